/* The shelf of evidence: a ring under a leaf lock. Any thread. */
#include "check/evidence.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "base/mutex.h"

#define KEPT 256

static _Atomic bool wanted;
static struct mutex lock = MUTEX_INIT;   /* leaf: for the two below */
static struct {
    uint64_t job_id;
    struct evidence *evidence;           /* NULL: taken */
} shelf[KEPT];
static size_t next;

void evidence_keep(bool keep)
{
    struct evidence *gone[KEPT];
    size_t i;

    atomic_store(&wanted, keep);
    if (keep)
        return;
    mutex_lock(&lock);
    for (i = 0; i < KEPT; i++) {
        gone[i] = shelf[i].evidence;
        shelf[i].evidence = NULL;
    }
    mutex_unlock(&lock);
    for (i = 0; i < KEPT; i++)
        free(gone[i]);
}

bool evidence_is_kept(void)
{
    return atomic_load(&wanted);
}

void evidence_put(uint64_t job_id, const struct evidence *e)
{
    struct evidence *copy = evidence_is_kept() ? malloc(sizeof(*copy)) : NULL, *gone;

    if (!copy)
        return; /* the incident is told without it */
    *copy = *e;
    mutex_lock(&lock);
    gone = shelf[next].evidence;
    shelf[next].job_id = job_id;
    shelf[next].evidence = copy;
    next = (next + 1) % KEPT;
    mutex_unlock(&lock);
    free(gone);
}

struct evidence *evidence_take(uint64_t job_id)
{
    struct evidence *e = NULL;
    size_t i;

    if (!evidence_is_kept())
        return NULL;
    mutex_lock(&lock);
    for (i = 0; i < KEPT && !e; i++)
        if (shelf[i].evidence && shelf[i].job_id == job_id) {
            e = shelf[i].evidence;
            shelf[i].evidence = NULL;
        }
    mutex_unlock(&lock);
    return e;
}
