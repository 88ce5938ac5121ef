/* A thread that reads history for the figures of sites. It alone owns the connection; what it has read goes through a list
 * under its lock. */
#include "past_reader.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mutex.h"
#include "store/query.h"

#define AGAIN_NS (30 * NS_PER_S)           /* after the database could not be read */
#define AFTER_HOUR_MS (2 * MS_PER_MIN)     /* an hour is read when it is over and surely written */
#define BATCH 256                          /* pieces handed over at a time */

struct wanted {
    uint32_t key;                          /* 0: every site */
    int64_t since_ms;
};

struct past_reader {
    struct mutex lock;                     /* leaf: for the members down to the blank line */
    struct cond wake;
    bool closing;
    struct wanted *wanted;
    size_t nwanted, size;
    struct past_piece *first, **last;

    /* fixed once open */
    pthread_t thread;
    char *database;
    void (*ready)(void *context);
    void *context;

    /* the thread's alone */
    struct query *query;                   /* while there is work */
    bool told;                             /* of the trouble there is */
    int64_t hour_number;                   /* days are read up to this hour */
    struct histogram histogram;
    struct past_piece *batch, **batch_last;
    size_t nbatch;
};

void past_piece_free(struct past_piece *p)
{
    if (!p)
        return;
    course_release(&p->course);
    free(p->bytes);
    free(p);
}

/* --- handing over ------------------------------------------------------------------------------------------------- */

static bool is_closing(struct past_reader *r)
{
    bool closing;

    mutex_lock(&r->lock);
    closing = r->closing;
    mutex_unlock(&r->lock);
    return closing;
}

static void hand_over(struct past_reader *r)
{
    if (!r->batch)
        return;
    mutex_lock(&r->lock);
    *r->last = r->batch;
    r->last = r->batch_last;
    mutex_unlock(&r->lock);
    r->batch = NULL;
    r->batch_last = &r->batch;
    r->nbatch = 0;
    r->ready(r->context);
}

static struct past_piece *add_piece(struct past_reader *r, uint32_t key, enum past_part part)
{
    struct past_piece *p = calloc(1, sizeof(*p));

    if (!p)
        return NULL;
    p->key = key;
    p->part = part;
    p->course = (struct course)COURSE_INIT;
    if (r->nbatch == BATCH)
        hand_over(r);
    *r->batch_last = p;
    r->batch_last = &p->next;
    r->nbatch++;
    return p;
}

struct past_piece *past_reader_take(struct past_reader *r)
{
    struct past_piece *first;

    mutex_lock(&r->lock);
    first = r->first;
    r->first = NULL;
    r->last = &r->first;
    mutex_unlock(&r->lock);
    return first;
}

/* --- reading ------------------------------------------------------------------------------------------------------ */

/* One walk through history; every piece is ended when the next site's begins. */
struct walk {
    struct past_reader *reader;
    enum past_part part;
    uint32_t key;                          /* 0: before the first */
    int64_t hour_number;
    struct course course;
    enum err err;
};

static void end_piece(struct walk *w)
{
    struct past_reader *r = w->reader;
    struct strbuf packed = STRBUF_INIT;
    struct past_piece *p = w->key ? add_piece(r, w->key, w->part) : NULL;

    if (p && w->part == PAST_COURSE) {
        p->course = w->course;
        w->course = (struct course)COURSE_INIT;
    } else if (p) {
        histogram_pack(&r->histogram, HISTOGRAM_FINE, &packed);
        p->hour_number = w->hour_number;
        p->length = (uint32_t)packed.length;
        p->bytes = strbuf_detach(&packed);
        if (!p->bytes)
            p->length = 0;
    }
    course_release(&w->course);
    memset(&r->histogram, 0, sizeof(r->histogram));
}

/* False when the walk is to end. */
static bool go_on(struct walk *w, uint32_t key)
{
    if (key == w->key)
        return true;
    end_piece(w);
    w->key = key;
    return !is_closing(w->reader);
}

static bool take_span(void *context, const struct state_span *s)
{
    struct walk *w = context;

    if (!go_on(w, s->site))
        return false;
    w->err = course_see(&w->course, s->from_ms, s->state);
    return !w->err;
}

static bool take_hour(void *context, const struct hourly *h)
{
    struct walk *w = context;

    if (!go_on(w, h->site))
        return false;
    histogram_unpack(&w->reader->histogram, h->took[ROLLUP_WHOLE].bytes, h->took[ROLLUP_WHOLE].length);
    return true;
}

static bool take_sample(void *context, const struct sample *s)
{
    struct walk *w = context;

    if (!go_on(w, s->site))
        return false;
    if (s->counts && s->outcome == OUTCOME_OK)
        histogram_add(&w->reader->histogram, s->took_us);
    return true;
}

static enum err end_walk(struct walk *w, enum err err)
{
    end_piece(w);
    return err ? err : w->err;
}

/* What one site, or each, was in up to until_ms; what was seen last is not known to hold longer. */
static enum err read_course(struct past_reader *r, uint32_t key, int64_t until_ms, struct errmsg *why)
{
    struct walk w = { .reader = r, .part = PAST_COURSE, .course = COURSE_INIT };

    return end_walk(&w, query_spans(r->query, key, until_ms - figures_window_ms(FIGURES_90D), until_ms, take_span, &w, why));
}

/* The 24 hours before that one. */
static enum err read_day(struct past_reader *r, uint32_t key, int64_t hour_number, struct errmsg *why)
{
    struct walk w = { .reader = r, .part = PAST_DAY, .hour_number = hour_number, .course = COURSE_INIT };
    int64_t until_ms = hour_number * MS_PER_H;

    return end_walk(&w, query_hours(r->query, key, until_ms - MS_PER_DAY, until_ms, take_hour, &w, why));
}

/* What that hour had until then. */
static enum err read_hour(struct past_reader *r, uint32_t key, int64_t until_ms, struct errmsg *why)
{
    int64_t hour_number = until_ms / MS_PER_H;
    struct walk w = { .reader = r, .part = PAST_HOUR, .hour_number = hour_number, .course = COURSE_INIT };

    return end_walk(&w, query_samples(r->query, key, hour_number * MS_PER_H, until_ms, take_sample, &w, why));
}

static enum err read_wanted(struct past_reader *r, const struct wanted *wanted, struct errmsg *why)
{
    enum err err = read_course(r, wanted->key, wanted->since_ms, why);

    if (!err)
        err = read_day(r, wanted->key, wanted->since_ms / MS_PER_H, why);
    return err ? err : read_hour(r, wanted->key, wanted->since_ms, why);
}

/* --- the thread --------------------------------------------------------------------------------------------------- */

/* The hour up to which everything is surely written. */
static int64_t hour_over(void)
{
    return (clock_wall_ms() - AFTER_HOUR_MS) / MS_PER_H;
}

/* Waits for something to do, until until_ns; false when there is nothing more to be done, ever. */
static bool wait_wanted(struct past_reader *r, int64_t until_ns, bool *any, struct wanted *wanted)
{
    bool closing;

    mutex_lock(&r->lock);
    while (!r->closing && !r->nwanted && cond_wait(&r->wake, &r->lock, until_ns))
        ;
    *any = r->nwanted > 0;
    if (*any)
        *wanted = r->wanted[0];
    closing = r->closing;
    mutex_unlock(&r->lock);
    return !closing;
}

static void drop_wanted(struct past_reader *r)
{
    mutex_lock(&r->lock);
    r->nwanted--;
    memmove(r->wanted, r->wanted + 1, r->nwanted * sizeof(*r->wanted));
    mutex_unlock(&r->lock);
}

/* The database is opened for each piece of work: the file may be another one by then. */
static enum err do_work(struct past_reader *r, bool any, const struct wanted *wanted, struct errmsg *why)
{
    enum err err;

    if (!any && hour_over() <= r->hour_number)
        return ERR_OK;
    err = query_open(&r->query, r->database, why);
    if (!err && any) {
        err = read_wanted(r, wanted, why);
        if (!err)
            drop_wanted(r);
    } else if (!err) {
        int64_t hour_number = hour_over();

        err = read_day(r, 0, hour_number, why);
        if (!err)
            r->hour_number = hour_number;
    }
    query_close(r->query);
    r->query = NULL;
    hand_over(r);
    return err;
}

/* Told once. */
static void note_trouble(struct past_reader *r, enum err err, const struct errmsg *why)
{
    if (err && !r->told)
        log_line(LEVEL_WARNING, "figures of the past are not up to date: %s", why->text[0] ? why->text : err_name(err));
    r->told = err != ERR_OK;
}

static bool pause_after_trouble(struct past_reader *r)
{
    int64_t until_ns = clock_mono_ns() + AGAIN_NS;
    bool closing;

    mutex_lock(&r->lock);
    while (!r->closing && cond_wait(&r->wake, &r->lock, until_ns))
        ;
    closing = r->closing;
    mutex_unlock(&r->lock);
    return !closing;
}

static void *read_all(void *context)
{
    struct past_reader *r = context;
    struct wanted wanted;
    bool more = true, any;

    while (more && wait_wanted(r, clock_mono_ns() + AGAIN_NS, &any, &wanted)) {
        struct errmsg why = ERRMSG_INIT;
        enum err err = do_work(r, any, &wanted, &why);

        note_trouble(r, err, &why);
        if (err)
            more = pause_after_trouble(r);
    }
    return NULL;
}

/* --- open and close ----------------------------------------------------------------------------------------------- */

static void reader_free(struct past_reader *r)
{
    struct past_piece *p, *next;

    for (p = r->first; p; p = next) {
        next = p->next;
        past_piece_free(p);
    }
    cond_release(&r->wake);
    mutex_release(&r->lock);
    free(r->wanted);
    free(r->database);
    free(r);
}

enum err past_reader_open(struct past_reader **out, const char *database, int64_t since_ms, void (*ready)(void *context),
                          void *context, struct errmsg *why)
{
    struct past_reader *r = calloc(1, sizeof(*r));

    if (!r)
        return err_set(why, ERR_NOMEM, "out of memory");
    mutex_init(&r->lock);
    cond_init(&r->wake);
    r->last = &r->first;
    r->batch_last = &r->batch;
    r->ready = ready;
    r->context = context;
    r->hour_number = since_ms / MS_PER_H;
    r->database = strdup(database);
    if (!r->database) {
        reader_free(r);
        return err_set(why, ERR_NOMEM, "out of memory");
    }
    if (pthread_create(&r->thread, NULL, read_all, r) != 0) {
        reader_free(r);
        return err_set(why, ERR_UNAVAILABLE, "cannot start the thread that reads history");
    }
    *out = r;
    return ERR_OK;
}

void past_reader_close(struct past_reader *r)
{
    if (!r)
        return;
    mutex_lock(&r->lock);
    r->closing = true;
    mutex_unlock(&r->lock);
    cond_broadcast(&r->wake);
    pthread_join(r->thread, NULL);
    reader_free(r);
}

static enum err make_room(struct past_reader *r, struct wanted **spare, size_t *size)
{
    size_t n;

    mutex_lock(&r->lock);
    n = r->nwanted + 1 > r->size ? 2 * r->size + 4 : 0;
    mutex_unlock(&r->lock);
    *size = n;
    *spare = n ? malloc(n * sizeof(**spare)) : NULL;
    return n && !*spare ? ERR_NOMEM : ERR_OK;
}

enum err past_reader_ask(struct past_reader *r, uint32_t key, int64_t since_ms)
{
    struct wanted *spare, *old = NULL;
    size_t size;
    enum err err = make_room(r, &spare, &size); /* memory is not asked for under the lock */

    if (err)
        return err;
    mutex_lock(&r->lock);
    if (spare) {
        if (r->nwanted)
            memcpy(spare, r->wanted, r->nwanted * sizeof(*spare));
        old = r->wanted;
        r->wanted = spare;
        r->size = size;
    }
    r->wanted[r->nwanted++] = (struct wanted){ key, since_ms };
    mutex_unlock(&r->lock);
    cond_signal(&r->wake);
    free(old);
    return ERR_OK;
}
