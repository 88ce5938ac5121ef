/* One pass by an engine with everything on: state machine, status table, journal. The counterpart of bare_loop.
 *
 *     engine_pass [-e ENGINE] [-t WORKERS] [-c IN_FLIGHT] [-r ROUNDS] [-T TIMEOUT_MS] [-a CA_FILE] < URLS
 *
 * Prints one line of JSON. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mutex.h"
#include "check/check.h"
#include "engine/engine.h"
#include "model/status.h"

struct pass {
    struct mutex lock;
    struct cond wake;
    bool woken;                      /* under lock */
    struct status_table *table;
    struct engine *engine;
    const struct site **site;
    uint32_t *id, *generation;
    size_t n, next, done, good;
};

static void on_journal(void *context)
{
    struct pass *p = context;

    mutex_lock(&p->lock);
    p->woken = true;
    mutex_unlock(&p->lock);
    cond_signal(&p->wake);
}

static void on_done(void *context, const struct result *result)
{
    status_publish(((struct pass *)context)->table, result, clock_mono_ns());
}

static void read_sites(struct pass *p, const struct options *options)
{
    char *line = NULL;
    size_t size = 0;
    ssize_t length;

    while ((length = getline(&line, &size, stdin)) > 1) {
        line[length - 1] = '\0';
        p->site = realloc(p->site, (p->n + 1) * sizeof(p->site[0]));
        p->site[p->n++] = site_new(line, line, options);
    }
    free(line);
}

static bool submit_next(struct pass *p)
{
    size_t i = p->next % p->n;
    struct job job = { .id = p->next + 1, .site_id = p->id[i], .generation = p->generation[i], .attempt = 1,
                       .method = METHOD_HEAD, .due_ns = clock_mono_ns(), .site = p->site[i] };

    if (p->next - p->done >= engine_room(p->engine)->slots || engine_submit(p->engine, &job) != ERR_OK)
        return false;
    p->next++;
    return true;
}

static void run(struct pass *p, size_t total)
{
    struct journal_entry entry[64];

    while (p->done < total) {
        size_t n, i;

        while (p->next < total && p->next - p->done < total && submit_next(p))
            ;
        mutex_lock(&p->lock);
        while (!p->woken)
            cond_wait(&p->wake, &p->lock, COND_FOREVER);
        p->woken = false;
        mutex_unlock(&p->lock);
        while ((n = status_take_journal(p->table, entry, 64)))
            for (i = 0; i < n; i++) {
                p->done++;
                p->good += result_good(&entry[i].result);
            }
    }
}

static double cpu_seconds(void)
{
    struct rusage u;

    getrusage(RUSAGE_SELF, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) + (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

int main(int argc, char *argv[])
{
    struct pass p = { 0 };
    struct engine_env env = { .slots = 64, .done = on_done, .context = &p };
    const char *engine = "events", *ca_file = NULL;
    struct errmsg why;
    struct options o;
    const struct options *shared;
    struct rusage usage;
    struct rlimit files;
    int64_t begun_ns;
    long rounds = 1;
    double cpu;
    size_t i;
    int c;

    options_init(&o);
    o.retries = 0;
    while ((c = getopt(argc, argv, "e:t:c:r:T:a:")) != -1) {
        if (c == 'e')
            engine = optarg;
        else if (c == 't')
            env.workers = atoi(optarg);
        else if (c == 'c')
            env.slots = (size_t)atol(optarg);
        else if (c == 'r')
            rounds = atol(optarg);
        else if (c == 'T')
            o.timeout_ms = atol(optarg);
        else if (c == 'a')
            ca_file = optarg;
    }
    if (ca_file)
        o.ca_file = strdup(ca_file);
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    mutex_init(&p.lock);
    cond_init(&p.wake);
    shared = options_share(&o);
    check_open(NULL);
    read_sites(&p, shared);
    p.id = calloc(p.n, sizeof(*p.id));
    p.generation = calloc(p.n, sizeof(*p.generation));
    p.table = status_new(env.slots, on_journal, &p);
    for (i = 0; i < p.n; i++)
        status_add(p.table, p.site[i], false, &p.id[i], &p.generation[i]);
    if (engine_open(&p.engine, engine, &env, &why) != ERR_OK) {
        fprintf(stderr, "engine_pass: %s\n", why.text);
        return 3;
    }
    begun_ns = clock_mono_ns();
    cpu = cpu_seconds();
    run(&p, p.n * (size_t)rounds);
    getrusage(RUSAGE_SELF, &usage);
    printf("{\"checks\":%zu,\"good\":%zu,\"wall_s\":%.4f,\"cpu_s\":%.4f,\"rss_kb\":%ld}\n", p.done, p.good,
           (double)(clock_mono_ns() - begun_ns) / 1e9, cpu_seconds() - cpu, usage.ru_maxrss);
    engine_close(p.engine);
    status_free(p.table);
    check_close();
    return 0;
}
