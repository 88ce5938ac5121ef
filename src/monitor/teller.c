/* Keeps the past of each site and tells the status table its figures. The monitor's thread. */
#include "teller.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/grow.h"
#include "base/log.h"
#include "observed.h"
#include "past_reader.h"

#define LATER_NS (5 * NS_PER_S)            /* figures are told so long after the first result that changes them */

struct kept {
    struct past past;
    uint32_t key;                          /* in history; 0: none */
    bool there, waiting, told;             /* waiting: in the line */
};

/* Who had a result and when, in that order: a ring. */
struct line {
    struct place {
        uint32_t id;
        int64_t  since_ns;
    } *place;
    size_t size, first, n;
};

struct teller {
    struct status_table *table;
    struct past_reader *reader;            /* NULL: there is no history */
    struct kept *site;                     /* indexed by site id */
    size_t nsite;
    struct line line;
    struct by_key {
        uint32_t key, id;
    } *by_key;                             /* ascending; made anew when sites came or went */
    size_t nby_key;
    bool stale;                            /* by_key is not of today */
    bool started;                          /* the reader reads, unasked, of the sites that were there before */
    int64_t since_ms;
    struct observed observed;
};

static struct kept *kept_of(struct teller *t, uint32_t id)
{
    return id < t->nsite && t->site[id].there ? &t->site[id] : NULL;
}

/* --- open and close ----------------------------------------------------------------------------------------------- */

enum err teller_open(struct teller **out, struct status_table *table, const char *database, int64_t since_ms,
                     void (*ready)(void *context), void *context, struct errmsg *why)
{
    struct teller *t = calloc(1, sizeof(*t));
    enum err err = ERR_OK;

    if (!t)
        return err_set(why, ERR_NOMEM, "out of memory");
    t->table = table;
    t->since_ms = since_ms;
    if (database)
        err = past_reader_open(&t->reader, database, since_ms, ready, context, why);
    if (err)
        teller_close(t);
    else
        *out = t;
    return err;
}

void teller_close(struct teller *t)
{
    size_t i;

    if (!t)
        return;
    past_reader_close(t->reader);
    for (i = 0; i < t->nsite; i++)
        past_release(&t->site[i].past);
    free(t->site);
    free(t->line.place);
    free(t->by_key);
    free(t);
}

void teller_read_past(struct teller *t)
{
    if (t->reader && past_reader_ask(t->reader, 0, t->since_ms) != ERR_OK)
        log_line(LEVEL_ERROR, "memory ran out: there are no figures of the past");
}

/* --- who is to be told -------------------------------------------------------------------------------------------- */

static void tell(struct teller *t, uint32_t id, int64_t now_ms)
{
    struct kept *k = &t->site[id];
    struct figures f = FIGURES_NONE;

    past_figures(&k->past, now_ms, &f);
    k->told = true;
    status_set_figures(t->table, id, &f);
}

static enum err stand_in_line(struct line *l, uint32_t id, int64_t now_ns)
{
    if (l->n == l->size) {
        size_t size = l->size ? 2 * l->size : 64, i;
        struct place *place = malloc(size * sizeof(*place));

        if (!place)
            return ERR_NOMEM;
        for (i = 0; i < l->n; i++)
            place[i] = l->place[(l->first + i) % l->size];
        free(l->place);
        *l = (struct line){ place, size, 0, l->n };
    }
    l->place[(l->first + l->n++) % l->size] = (struct place){ id, now_ns };
    return ERR_OK;
}

/* Soon; the first time at once, too, when there is a latency, but no time that was observed yet. */
static void tell_soon(struct teller *t, uint32_t id, int64_t now_ns, int64_t now_ms)
{
    struct kept *k = &t->site[id];

    if (!k->told)
        tell(t, id, now_ms);
    if (!k->waiting && stand_in_line(&t->line, id, now_ns) == ERR_OK)
        k->waiting = true;
}

/* --- sites come and go -------------------------------------------------------------------------------------------- */

static enum err make_place(struct teller *t, uint32_t id)
{
    size_t size = grow_size(t->nsite, (size_t)id + 1);
    struct kept *site;

    if (id < t->nsite)
        return ERR_OK;
    site = realloc(t->site, size * sizeof(*site));
    if (!site)
        return ERR_NOMEM;
    memset(site + t->nsite, 0, (size - t->nsite) * sizeof(*site));
    t->site = site;
    t->nsite = size;
    return ERR_OK;
}

void teller_added(struct teller *t, uint32_t id, uint32_t key, int64_t now_ms)
{
    bool waiting;

    if (make_place(t, id) != ERR_OK)
        return;                            /* nothing is told of it, then */
    waiting = t->site[id].waiting;
    past_release(&t->site[id].past);
    t->site[id] = (struct kept){ .past = PAST_INIT, .key = key, .there = true, .waiting = waiting };
    t->stale = true;
    if (key && t->reader && t->started)
        past_reader_ask(t->reader, key, now_ms);
    teller_look(t, id, t->started ? now_ms : t->since_ms);
}

void teller_removed(struct teller *t, uint32_t id)
{
    struct kept *k = kept_of(t, id);

    if (!k)
        return;
    past_release(&k->past);
    k->past = (struct past)PAST_INIT;
    k->there = false;
    t->stale = true;
}

void teller_found(struct teller *t, uint32_t id, uint32_t key)
{
    struct kept *k = kept_of(t, id);

    if (!k)
        return;
    k->key = key;
    t->stale = true;
}

/* --- what happens ------------------------------------------------------------------------------------------------- */

void teller_result(struct teller *t, uint32_t id, const struct journal_entry *e, int64_t now_ns)
{
    int64_t now_ms = e->result.checked_at_ms + e->result.took_ns / NS_PER_MS;
    struct kept *k = kept_of(t, id);

    if (!k)
        return;
    past_see(&k->past, now_ms, e->after);
    if (result_good(&e->result))
        past_took(&k->past, now_ms, (uint32_t)(e->result.took_ns / NS_PER_US));
    tell_soon(t, id, now_ns, now_ms);
}

void teller_look(struct teller *t, uint32_t id, int64_t now_ms)
{
    struct kept *k = kept_of(t, id);
    struct row row;

    if (!k || status_row(t->table, id, &row, NULL) != ERR_OK)
        return;
    past_see(&k->past, now_ms, state_shown(&row.state));
    site_unref(row.site);
}

/* Nothing was observed from one moment to the other. */
static void note_gap(struct teller *t, int64_t from_ms, int64_t until_ms)
{
    uint32_t id;

    for (id = 0; id < t->nsite; id++)
        if (t->site[id].there) {
            past_see(&t->site[id].past, from_ms, COURSE_NOT_OBSERVED);
            teller_look(t, id, until_ms);
        }
}

/* --- what history knows ------------------------------------------------------------------------------------------- */

static int by_key(const void *a, const void *b)
{
    const struct by_key *x = a, *y = b;

    return (x->key > y->key) - (x->key < y->key);
}

static void make_index(struct teller *t)
{
    struct by_key *index = malloc((t->nsite + 1) * sizeof(*index));
    uint32_t id;

    if (!index)
        return;                            /* the old one is right about most */
    free(t->by_key);
    t->by_key = index;
    t->nby_key = 0;
    for (id = 0; id < t->nsite; id++)
        if (t->site[id].there && t->site[id].key)
            t->by_key[t->nby_key++] = (struct by_key){ t->site[id].key, id };
    qsort(t->by_key, t->nby_key, sizeof(*t->by_key), by_key);
    t->stale = false;
}

static struct kept *find_key(struct teller *t, uint32_t key, uint32_t *id)
{
    struct by_key wanted = { .key = key }, *found;
    struct kept *k;

    if (t->stale)
        make_index(t);
    found = t->nby_key ? bsearch(&wanted, t->by_key, t->nby_key, sizeof(wanted), by_key) : NULL;
    k = found ? kept_of(t, found->id) : NULL;
    if (!k || k->key != key)
        return NULL;
    *id = found->id;
    return k;
}

static void take_piece(struct teller *t, struct past_piece *p, int64_t now_ms)
{
    uint32_t id;
    struct kept *k = find_key(t, p->key, &id);
    enum err err = ERR_OK;

    if (!k)
        return;
    switch (p->part) {
    case PAST_COURSE:
        err = past_join_course(&k->past, &p->course);
        break;
    case PAST_DAY:
        past_take_day(&k->past, p->bytes, p->length, p->hour_number);
        p->bytes = NULL;
        break;
    case PAST_HOUR:
        err = past_join_hour(&k->past, p->bytes, p->length, p->hour_number);
        break;
    }
    if (err)
        log_line(LEVEL_ERROR, "memory ran out: figures of the past are not complete");
    tell(t, id, now_ms);
}

void teller_tick(struct teller *t, int64_t now_ns, int64_t boot_ns, int64_t now_ms)
{
    struct past_piece *p = t->reader ? past_reader_take(t->reader) : NULL, *next;
    struct line *l = &t->line;
    struct unobserved gap;

    t->started = true;
    if (observed_look(&t->observed, now_ns, boot_ns, now_ms, &gap))
        note_gap(t, gap.from_ms, gap.until_ms);
    for (; p; p = next) {
        next = p->next;
        take_piece(t, p, now_ms);
        past_piece_free(p);
    }
    while (l->n && l->place[l->first].since_ns + LATER_NS <= now_ns) {
        uint32_t id = l->place[l->first].id;

        l->first = (l->first + 1) % l->size;
        l->n--;
        t->site[id].waiting = false;
        if (t->site[id].there)
            tell(t, id, now_ms);
    }
}
