/* One pass by an engine with everything on: state machine, status table, journal. The counterpart of bare_loop and bare_pool.
 *
 *     engine_pass [-e ENGINE] [-t WORKERS] [-c IN_FLIGHT] [-w WARM_ROUNDS] [-r ROUNDS] [-T TIMEOUT_MS] [-a CA_FILE]
 *                 [-b REDIS_URL] < URLS */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mutex.h"
#include "bench.h"
#include "check/check.h"
#include "engine/engine.h"
#include "engine/helper.h"
#include "model/status.h"

struct pass {
    struct mutex lock;
    struct cond wake;
    size_t ready, wanted;            /* under lock; results since the last look, and how many are enough */
    struct status_table *table;
    struct engine *engine;
    const struct site **site;
    uint32_t *id, *generation;
    uint64_t jobs;
    size_t n, next, done, good;
};

static void on_done(void *context, const struct result *result)
{
    struct pass *p = context;
    bool enough;

    status_publish(p->table, result, clock_mono_ns());
    mutex_lock(&p->lock);
    enough = ++p->ready >= p->wanted;
    mutex_unlock(&p->lock);
    if (enough)
        cond_signal(&p->wake);
}

/* As monitor/pass.h does: for one result, or a moment longer for several while the engine has enough to do. */
static void wait_for_results(struct pass *p)
{
    size_t some = engine_room(p->engine)->slots / 4;
    int64_t soon_ns = clock_mono_ns() + 2 * NS_PER_MS;
    bool in_time = true;

    mutex_lock(&p->lock);
    p->wanted = p->next - p->done > 2 * some && some ? some : 1;
    while (p->ready < p->wanted && in_time)
        in_time = cond_wait(&p->wake, &p->lock, soon_ns);
    p->wanted = 1;
    while (!p->ready)
        cond_wait(&p->wake, &p->lock, COND_FOREVER);
    p->ready = 0;
    mutex_unlock(&p->lock);
}

static void make_sites(struct pass *p, const struct options *options, size_t slots)
{
    char **url = bench_urls(&p->n);
    size_t i;

    p->site = calloc(p->n, sizeof(*p->site));
    p->id = calloc(p->n, sizeof(*p->id));
    p->generation = calloc(p->n, sizeof(*p->generation));
    p->table = status_new(slots, NULL, NULL);
    for (i = 0; i < p->n; i++) {
        p->site[i] = site_new(url[i], url[i], options);
        status_add(p->table, p->site[i], false, &p->id[i], &p->generation[i]);
    }
    status_set_hosts(p->table, p->n, false);
}

static bool submit_next(struct pass *p)
{
    size_t i = p->next % p->n;
    struct job job = { .id = p->jobs + 1, .site_id = p->id[i], .generation = p->generation[i], .attempt = 1,
                       .method = METHOD_HEAD, .due_ns = clock_mono_ns(), .site = p->site[i] };

    if (p->next - p->done >= engine_room(p->engine)->slots || engine_submit(p->engine, &job) != ERR_OK)
        return false;
    p->jobs++;
    p->next++;
    return true;
}

static void run(struct pass *p, size_t rounds)
{
    struct journal_entry entry[64];
    size_t total = p->n * rounds, n, i;

    p->next = p->done = p->good = 0;
    while (p->done < total) {
        while (p->next < total && submit_next(p))
            ;
        wait_for_results(p);
        while ((n = status_take_journal(p->table, entry, 64)))
            for (i = 0; i < n; i++) {
                p->done++;
                p->good += result_good(&entry[i].result);
            }
    }
}

int main(int argc, char *argv[])
{
    struct engine_broker broker = { .prefix = "bench" };
    struct pass p = { 0 };
    struct engine_env env = { .slots = 64, .broker = &broker, .done = on_done, .context = &p };
    const char *engine = "events";
    long warm = 0, rounds = 1;
    struct bench_meter meter;
    struct errmsg why;
    struct options o;
    const struct options *shared;
    int c;

    if (argc > 1 && !strcmp(argv[1], HELPER_WORD))
        return helper_main();
    options_init(&o);
    o.retries = 0;
    while ((c = getopt(argc, argv, "e:t:c:w:r:T:a:b:")) != -1)
        switch (c) {
        case 'e': engine = optarg; break;
        case 't': env.workers = atoi(optarg); break;
        case 'c': env.slots = (size_t)atol(optarg); break;
        case 'w': warm = atol(optarg); break;
        case 'r': rounds = atol(optarg); break;
        case 'T': o.timeout_ms = atol(optarg); break;
        case 'a': o.ca_file = strdup(optarg); break;
        case 'b': broker.url = optarg; break;
        default: return 2;
        }
    bench_raise_files();
    mutex_init(&p.lock);
    cond_init(&p.wake);
    shared = options_share(&o);
    if (check_open(&why) != ERR_OK || engine_open(&p.engine, engine, &env, &why) != ERR_OK) {
        fprintf(stderr, "engine_pass: %s\n", why.text);
        return 3;
    }
    make_sites(&p, shared, engine_room(p.engine)->slots);
    run(&p, (size_t)warm);
    bench_begin(&meter);
    run(&p, (size_t)rounds);
    bench_report(&meter, p.done, p.good, "");
    engine_close(p.engine);
    check_close();
    return 0;
}
