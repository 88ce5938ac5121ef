/* The writing side of history: what is handed over waits in memory (waiting.c), and one thread, the writer, brings it into the
 * database (transaction.c, keeper.c). The writer alone owns the connection. */
#include "store/history.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "files.h"
#include "pack.h"
#include "sweep.h"
#include "transaction.h"

#define FLUSH_MS 5000
#define SAMPLES_MOST 65536
#define BATCHES_BYTES ((size_t)32 << 20)
#define LATEST_NS (10 * NS_PER_S)
#define RETRY_MS 500
#define RETRY_MOST_NS (8 * NS_PER_S)
#define COMPLAIN_NS (60 * NS_PER_S)
#define PACK_DELAY_MS (30 * MS_PER_S)    /* so long after an hour it is packed: checks that began in it have ended by then */
#define SWEEP_NS (15 * 60 * NS_PER_S)

struct history {
    pthread_t thread;
    struct waiting waiting;
    struct mutex lock;                   /* leaf: for the members down to the blank line */
    char trouble[sizeof(((struct history_health *)NULL)->trouble)];
    bool present;
    uint32_t say_again;
    uint64_t bytes;
    int64_t write_ns;
    int64_t samples_ms, hourly_ms;

    _Atomic int64_t alive_ms;
    int64_t flush_ns, retry_first_ns;

    /* the writer's alone, once it runs */
    struct keeper keeper;
    uint32_t resumed;                    /* times that batches were turned away */
    struct portion portion;
    int64_t latest_ns;                   /* when the latest samples are written again */
    int64_t retry_ns;                    /* how long to wait after the failure; 0: all is well */
    int64_t complained_ns;
    struct packer packer;
    struct sweep sweep;
    int64_t sweep_ns;                    /* when to sweep again */
};

/* --- trouble ------------------------------------------------------------------------------------------------------ */

static void set_trouble(struct history *h, const char *text)
{
    mutex_lock(&h->lock);
    text_clean(h->trouble, sizeof(h->trouble), text, strlen(text));
    h->present = h->present || h->keeper.open;
    h->say_again = h->keeper.renewed + h->resumed;
    mutex_unlock(&h->lock);
}

/* What there is no room for comes first: a line on a screen may be too short for all of it. */
static void describe(struct history *h, char *text, size_t size, const char *cause)
{
    struct history_health health;

    waiting_count(&h->waiting, &health);
    if (health.lost + health.turned_away)
        snprintf(text, size, "no room for %" PRIu64 " results and %" PRIu64 " other entries: %s", health.lost, health.turned_away, cause);
    else
        snprintf(text, size, "%s", cause);
}

static void tell_failure(struct history *h, const struct errmsg *why, int64_t now_ns)
{
    char text[sizeof(why->text) + 96];

    describe(h, text, sizeof(text), why->text);
    if (!h->retry_ns || now_ns - h->complained_ns >= COMPLAIN_NS) {
        log_line(LEVEL_ERROR, "%s; checks go on, what there is to write waits in memory", text);
        h->complained_ns = now_ns;
    }
    h->retry_ns = h->retry_ns ? 2 * h->retry_ns : h->retry_first_ns;
    if (h->retry_ns > RETRY_MOST_NS)
        h->retry_ns = RETRY_MOST_NS;
    set_trouble(h, text);
}

static void tell_recovery(struct history *h)
{
    if (h->retry_ns)
        log_line(LEVEL_WARNING, "history '%s' is written again", h->keeper.path);
    h->retry_ns = 0;
    set_trouble(h, "");
}

/* --- the writer --------------------------------------------------------------------------------------------------- */

/* Everything that waited is written; but some was turned away meanwhile. */
static void say_again(struct history *h)
{
    struct turned_away away = waiting_turned_away(&h->waiting);
    int64_t alive = atomic_load(&h->alive_ms), until_ms = alive ? alive : clock_wall_ms();
    struct batch *b = away.once ? batch_new() : NULL;

    if (!away.some || (away.once && !b))
        return;
    if (away.once)
        log_line(LEVEL_WARNING, "history '%s' lacks what happened in %lld s: more than there was memory for", h->keeper.path,
                 (long long)((until_ms - away.since_ms) / MS_PER_S));
    batch_gap(b, away.since_ms, until_ms, GAP_LOST);
    waiting_resume(&h->waiting, &away, b);
    h->resumed++;
}

/* What a transaction took and left behind, for people. */
static void note_written(struct history *h, int64_t begun_ns)
{
    uint64_t bytes = files_bytes(h->keeper.path);

    mutex_lock(&h->lock);
    h->bytes = bytes;
    h->write_ns = clock_mono_ns() - begun_ns;
    mutex_unlock(&h->lock);
}

/* Writes what waits, portion after portion, until nothing does or it fails. */
static enum err flush(struct history *h, bool last)
{
    struct errmsg why = ERRMSG_INIT;
    int64_t now = clock_mono_ns();
    bool latest = last || now >= h->latest_ns;
    enum err err;

    do {
        int64_t alive = atomic_load(&h->alive_ms), begun_ns = clock_mono_ns();

        waiting_look(&h->waiting, &h->portion);
        err = keeper_check(&h->keeper, alive ? alive : clock_wall_ms(), &why);
        if (!err)
            err = transaction_run(&h->keeper, &h->portion, alive, latest, &why);
        if (err) {
            waiting_failed(&h->portion);
            break;
        }
        note_written(h, begun_ns);
        waiting_done(&h->waiting, &h->portion);
        if (latest)
            h->latest_ns = clock_mono_ns() + LATEST_NS;
        latest = false;
        if (waiting_is_empty(&h->waiting))
            say_again(h);
    } while (!waiting_is_empty(&h->waiting));
    if (err)
        tell_failure(h, &why, now);
    else
        tell_recovery(h);
    return err;
}

static void begin_sweep(struct history *h, int64_t now_ms, int64_t now_ns)
{
    int64_t samples_ms, hourly_ms;

    mutex_lock(&h->lock);
    samples_ms = h->samples_ms;
    hourly_ms = h->hourly_ms;
    mutex_unlock(&h->lock);
    h->sweep_ns = now_ns + SWEEP_NS;
    sweep_begin(&h->sweep, now_ms - samples_ms, now_ms - hourly_ms);
}

/* Packs and sweeps, a step of each between two portions. */
static enum err tidy(struct history *h)
{
    enum err err = ERR_OK;
    bool more = true;

    while (more && !err) {
        struct errmsg why = ERRMSG_INIT;
        int64_t now = clock_mono_ns(), wall = atomic_load(&h->alive_ms);

        if (!wall)
            return ERR_OK; /* nobody has told the time */
        if (now >= h->sweep_ns)
            begin_sweep(h, wall, now);
        err = pack_step(&h->packer, &h->keeper, wall - PACK_DELAY_MS, &more, &why);
        if (!err && h->sweep.under_way)
            err = sweep_step(&h->sweep, &h->keeper, &why);
        more = (more || h->sweep.under_way) && !waiting_is_closing(&h->waiting);
        if (err)
            tell_failure(h, &why, now);
        else if (more)
            err = flush(h, false);
    }
    return err;
}

static void *write_on(void *context)
{
    struct history *h = context;
    bool more = true;

    while (more) {
        int64_t now = clock_mono_ns();

        if (h->retry_ns)
            more = waiting_pause(&h->waiting, now + h->retry_ns);
        else
            more = waiting_wait(&h->waiting, now + h->flush_ns);
        if (flush(h, !more) == ERR_OK && more)
            tidy(h);
    }
    return NULL;
}

/* --- open and close ----------------------------------------------------------------------------------------------- */

static void history_free(struct history *h)
{
    keeper_close(&h->keeper);
    packer_release(&h->packer);
    waiting_release(&h->waiting);
    mutex_release(&h->lock);
    free(h->portion.sample);
    free(h);
}

static enum err start(struct history *h, bool later, struct errmsg *why)
{
    struct errmsg trouble = ERRMSG_INIT;
    enum err err = keeper_check(&h->keeper, clock_wall_ms(), &trouble);
    int number;

    if (err && (err != ERR_IO || !later))
        return err_set(why, err, "%s", trouble.text);
    if (err)
        tell_failure(h, &trouble, clock_mono_ns());
    else
        set_trouble(h, "");
    number = pthread_create(&h->thread, NULL, write_on, h);
    return number ? err_errno(why, ERR_UNAVAILABLE, number, "cannot start the writer of history") : ERR_OK;
}

enum err history_open(struct history **out, const struct history_options *o, struct errmsg *why)
{
    struct history *h = calloc(1, sizeof(*h));
    enum err err = ERR_NOMEM;

    if (!h)
        return err_set(why, err, "cannot open history '%s': out of memory", o->path);
    mutex_init(&h->lock);
    h->flush_ns = (o->flush_ms ? o->flush_ms : FLUSH_MS) * NS_PER_MS;
    h->retry_first_ns = (o->retry_ms ? o->retry_ms : RETRY_MS) * NS_PER_MS;
    h->samples_ms = o->samples_ms;
    h->hourly_ms = o->hourly_ms;
    h->portion.sample = calloc(PORTION_MOST, sizeof(*h->portion.sample));
    if (keeper_init(&h->keeper, o) || !h->portion.sample || packer_init(&h->packer) ||
        waiting_init(&h->waiting, o->samples_most ? o->samples_most : SAMPLES_MOST,
                     o->batches_bytes ? o->batches_bytes : BATCHES_BYTES))
        err_set(why, err, "cannot open history '%s': out of memory", o->path);
    else
        err = start(h, o->later, why);
    if (err) {
        history_free(h);
        return err;
    }
    *out = h;
    return ERR_OK;
}

void history_close(struct history *h)
{
    if (!h)
        return;
    waiting_close(&h->waiting);
    pthread_join(h->thread, NULL);
    history_free(h);
}

/* --- for everybody ------------------------------------------------------------------------------------------------ */

const char *history_path(const struct history *h)
{
    return h->keeper.path;
}

void history_sample(struct history *h, const struct sample *s)
{
    waiting_sample(&h->waiting, s);
}

void history_commit(struct history *h, struct batch *b)
{
    int64_t alive = atomic_load(&h->alive_ms);

    if (!batch_is_empty(b)) {
        if (waiting_batch(&h->waiting, b, alive ? alive : clock_wall_ms()))
            return;
        batch_tell_end(b, false);
    }
    batch_free(b);
}

void history_alive(struct history *h, int64_t wall_ms)
{
    atomic_store(&h->alive_ms, wall_ms);
}

void history_keep(struct history *h, int64_t samples_ms, int64_t hourly_ms)
{
    mutex_lock(&h->lock);
    h->samples_ms = samples_ms;
    h->hourly_ms = hourly_ms;
    mutex_unlock(&h->lock);
}

void history_health(struct history *h, struct history_health *out)
{
    mutex_lock(&h->lock);
    memcpy(out->trouble, h->trouble, sizeof(out->trouble));
    out->present = h->present;
    out->say_again = h->say_again;
    out->bytes = h->bytes;
    out->write_ns = h->write_ns;
    mutex_unlock(&h->lock);
    waiting_count(&h->waiting, out);
}

bool history_settle(struct history *h, int64_t until_ns)
{
    return waiting_drained(&h->waiting, until_ns);
}
