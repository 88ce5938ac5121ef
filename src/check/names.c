/* Host names looked up for all checks. Answers live in a table under one leaf lock; whoever asks for a name that is being
 * looked up joins those who wait for it. Who looks them up is in names_ares.c and names_system.c. */
#include "names.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/mutex.h"
#include "names_table.h"

static struct {
    struct mutex lock;              /* leaf: for the table and the list of wanted names */
    struct names_table table;       /* under lock */
    struct name *wanted, **wanted_end; /* under lock */

    const char *servers;            /* fixed once open */
    enum system_use use;            /* likewise: which names getaddrinfo(3) answers; c-ares the others */
} names;

/* Who is to be asked for this name? */
static bool by_system(const struct name *n)
{
    size_t length = strlen(n->host), local = strlen(".local");

    length -= length && n->host[length - 1] == '.';
    return names.use == SYSTEM_ALWAYS ||
           (names.use == SYSTEM_LOCAL && length > local && !strncasecmp(n->host + length - local, ".local", local));
}

/* When the table has grown too full: old names go, and if that does not help, it becomes larger. */
static void make_room(void)
{
    struct name **bucket = NULL, **old = NULL;
    struct name *swept = NULL;
    size_t size = 0;

    mutex_lock(&names.lock);
    if (names.table.nname > 2 * names.table.nbucket) {
        swept = names_table_sweep(&names.table, clock_mono_ns());
        if (names.table.nname > names.table.nbucket)
            size = 2 * names.table.nbucket;
    }
    mutex_unlock(&names.lock);
    names_free_list(swept);
    bucket = size ? names_table_buckets(size) : NULL;
    if (!bucket)
        return;
    mutex_lock(&names.lock);
    if (size > names.table.nbucket) {
        old = names_table_spread(&names.table, bucket, size);
    } else
        old = bucket; /* somebody else was faster */
    mutex_unlock(&names.lock);
    free(old);
}

/* --- asking ------------------------------------------------------------------------------------------------------- */

/* Hands a name over to whoever answers. */
static void have_asked(struct name *n)
{
    if (by_system(n))
        names_system_ask(n);
    else
        names_ares_poke();
}

static struct name *new_name(const char *host, size_t length, enum ip_family family)
{
    struct name *n = calloc(1, sizeof(*n) + length + 1);

    if (!n)
        return NULL;
    memcpy(n->host, host, length);
    n->family = (uint8_t)family;
    n->state = NAME_KNOWN; /* that nothing is known, and not for long */
    return n;
}

static void want_locked(struct name *n) NEEDS(names.lock)
{
    n->state = by_system(n) ? NAME_ASKED : NAME_WANTED;
    if (n->state == NAME_ASKED)
        return;
    n->wanted = NULL;
    *names.wanted_end = n;
    names.wanted_end = &n->wanted;
}

/* How a look into the table ended. */
enum found { FOUND_ANSWER, FOUND_COMPANY, FOUND_NOTHING };

/* FOUND_ANSWER: q has it. FOUND_COMPANY: q waits with others, or is the first of them: *ask is who is to be asked for.
 * FOUND_NOTHING: the name is new, and there was no spare to put into the table. */
static enum found look_locked(struct name_query *q, const char *host, size_t length, enum ip_family family,
                              struct name **spare, struct name **ask) NEEDS(names.lock)
{
    struct name *n = names_table_find(&names.table, host, length, family);

    if (n && n->state == NAME_KNOWN && n->until_ns > clock_mono_ns()) {
        q->answer = n->answer;
        return FOUND_ANSWER;
    }
    if (!n) {
        n = *spare;
        if (!n)
            return FOUND_NOTHING;
        *spare = NULL;
        names_table_put(&names.table, n);
    }
    if (n->state == NAME_KNOWN) {
        want_locked(n);
        *ask = n;
    }
    q->name = n;
    q->next = n->waiting;
    n->waiting = q;
    return FOUND_COMPANY;
}

bool names_ask(struct name_query *q, const char *host, size_t length, enum ip_family family)
{
    struct name *spare = NULL, *ask = NULL;
    enum found found;

    q->name = NULL;
    mutex_lock(&names.lock);
    found = look_locked(q, host, length, family, &spare, &ask);
    mutex_unlock(&names.lock);
    if (found == FOUND_NOTHING) { /* memory is got without the lock */
        make_room();
        spare = new_name(host, length, family);
        if (!spare) {
            q->answer = (struct name_answer){ .outcome = OUTCOME_LOCAL_MEMORY };
            return true;
        }
        mutex_lock(&names.lock);
        found = look_locked(q, host, length, family, &spare, &ask);
        mutex_unlock(&names.lock);
        free(spare);
    }
    if (ask)
        have_asked(ask); /* it is being asked for, so that nobody frees it; q may be answered already */
    return found == FOUND_ANSWER;
}

bool names_take_back(struct name_query *q)
{
    struct name_query **at;
    bool found = false;

    mutex_lock(&names.lock);
    for (at = q->name ? &q->name->waiting : NULL; at && *at; at = &(*at)->next)
        if (*at == q) {
            *at = q->next;
            found = true;
            break;
        }
    mutex_unlock(&names.lock);
    return found;
}

/* --- answering ---------------------------------------------------------------------------------------------------- */

void names_answer(struct name *n, const struct name_answer *a, int64_t keep_ns)
{
    struct name_query *first, *q, *next;

    mutex_lock(&names.lock);
    n->answer = *a;
    n->until_ns = clock_mono_ns() + keep_ns;
    n->state = NAME_KNOWN;
    first = n->waiting;
    n->waiting = NULL;
    for (q = first; q; q = q->next)
        q->name = NULL; /* too late to take it back; and n may be gone soon */
    mutex_unlock(&names.lock);
    for (q = first; q; q = next) {
        next = q->next;
        q->answer = *a;
        q->answered(q);
    }
}

int names_family(const struct name *n)
{
    return n->family == IP_V4 ? AF_INET : n->family == IP_V6 ? AF_INET6 : AF_UNSPEC;
}

struct name *names_next_wanted(void)
{
    struct name *n;

    mutex_lock(&names.lock);
    n = names.wanted;
    if (n) {
        names.wanted = n->wanted;
        if (!names.wanted)
            names.wanted_end = &names.wanted;
        n->state = NAME_ASKED;
    }
    mutex_unlock(&names.lock);
    return n;
}

/* --- open and close ----------------------------------------------------------------------------------------------- */

static bool system_is_busy(void)
{
    bool busy = false;
    size_t i;

    mutex_lock(&names.lock);
    for (i = 0; i < names.table.nbucket && !busy; i++) {
        const struct name *n;

        for (n = names.table.bucket[i]; n && !busy; n = n->next)
            busy = n->state != NAME_KNOWN && by_system(n);
    }
    mutex_unlock(&names.lock);
    return busy;
}

enum err names_open(const char *servers, struct errmsg *why)
{
    enum err err = ERR_OK;

    memset(&names, 0, sizeof(names));
    names.servers = servers;
    names.wanted_end = &names.wanted;
    names.table = (struct names_table){ .bucket = names_table_buckets(NAMES_BUCKETS_FIRST), .nbucket = NAMES_BUCKETS_FIRST };
    mutex_init(&names.lock);
    if (!names.table.bucket)
        return err_set(why, ERR_NOMEM, "cannot set up the look-up of names: out of memory");
    names.use = servers ? SYSTEM_NEVER : names_system_use();
    if (names.use != SYSTEM_NEVER)
        err = names_system_open(why);
    return err || names.use == SYSTEM_ALWAYS ? err : names_ares_open(servers, why);
}

const char *names_servers(void)
{
    return names.servers;
}

void names_close(void)
{
    size_t i;

    if (names.use != SYSTEM_NEVER) {
        if (system_is_busy())
            return; /* getaddrinfo(3) can not be interrupted, and the process ends anyway */
        names_system_close();
    }
    if (names.use != SYSTEM_ALWAYS)
        names_ares_close();
    for (i = 0; i < names.table.nbucket; i++)
        names_free_list(names.table.bucket[i]);
    free(names.table.bucket);
    mutex_release(&names.lock);
}
