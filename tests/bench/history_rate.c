/* History beside the checks: how many results a second does a monitor get without it, how many with it, and what does one cost?
 *
 *     history_rate [-s SITES] [-n SAMPLES] [-t SECONDS] [-b ROUNDS] DIRECTORY
 *
 * In each round a monitor checks SITES sites of a server of its own as fast as it can, with history off and then on, SECONDS
 * each. Then SAMPLES are written as fast as can be. Medians; one line of JSON. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mutex.h"
#include "bench.h"
#include "check/check.h"
#include "monitor/monitor.h"
#include "store/history.h"
#include "support/server.h"

static int sites = 1000, samples = 200000, seconds = 3, rounds = 3;

static struct sample sample_of(int i, int64_t from_ms)
{
    struct sample s = { .site = 1 + (uint32_t)(i % sites), .status = 200, .outcome = OUTCOME_OK, .attempt = 1, .counts = true,
                        .at_ms = from_ms + i / 10, .took_us = 20000 + (uint32_t)(i * 7919 % 5000) };
    int p;

    for (p = 0; p < PHASE_COUNT; p++)
        s.phase_us[p] = 1000 + (uint32_t)(i * 31 % 700);
    return s;
}

static double cpu_s(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static struct history *open_in(const char *directory)
{
    char path[512];
    struct history_options o = { .path = path, .samples_ms = 14 * MS_PER_DAY, .hourly_ms = 400 * MS_PER_DAY };
    struct history *h = NULL;
    struct errmsg why;

    snprintf(path, sizeof(path), "%s/bench.db", directory);
    unlink(path);
    if (history_open(&h, &o, &why) != ERR_OK) {
        fprintf(stderr, "%s\n", why.text);
        exit(1);
    }
    return h;
}

/* CPU seconds of all samples written. */
static double write_all(const char *directory)
{
    struct history *h = open_in(directory);
    int64_t from = clock_wall_ms();
    double begun = cpu_s();
    int i;

    for (i = 0; i < samples; i++) {
        struct sample s = sample_of(i, from);

        history_sample(h, &s);
        if (i % 20000 == 19999)
            history_settle(h, COND_FOREVER);
    }
    history_settle(h, COND_FOREVER);
    begun = cpu_s() - begun;
    history_close(h);
    return begun;
}

/* --- a monitor ---------------------------------------------------------------------------------------------------- */

static void wait_s(double s)
{
    struct timespec t = { (time_t)s, (long)((s - (double)(time_t)s) * 1e9) };

    clock_nanosleep(CLOCK_MONOTONIC, 0, &t, NULL);
}

static uint64_t checks_of(struct monitor *m)
{
    static struct row_change rows[256];
    struct changes changes = { 0 };
    uint64_t checks = 0;
    size_t n, i;

    while ((n = status_changes(monitor_table(m), &changes, rows, 256)))
        for (i = 0; i < n; i++) {
            checks += rows[i].row.checks;
            site_unref(rows[i].row.site);
        }
    return checks;
}

static void make_sites(struct settings *s, const struct server *server)
{
    const struct options *shared;
    char name[32], url[SERVER_URL_SIZE];
    struct options o;
    int i;

    options_init(&o);
    o.interval_ms = 1;
    shared = options_share(&o);
    s->site = calloc((size_t)sites, sizeof(s->site[0]));
    for (i = 0; i < sites; i++) {
        snprintf(name, sizeof(name), "site-%d", i);
        s->site[s->nsite++] = site_new(name, server_url(server, "/ok", url), shared);
    }
}

/* Checks a second. */
static double monitor_rate(const struct settings *s, struct history *h, double *cpu_us)
{
    struct monitor_options options = { .history = h };
    struct monitor *m;
    struct errmsg why;
    double begun, cpu;
    uint64_t checks;

    if (monitor_open(&m, s, NULL, 0, &options, &why) != ERR_OK) {
        fprintf(stderr, "%s\n", why.text);
        exit(1);
    }
    wait_s(1);
    checks = checks_of(m);
    begun = bench_now();
    cpu = cpu_s();
    wait_s(seconds);
    checks = checks_of(m) - checks;
    *cpu_us = (cpu_s() - cpu) * 1e6 / (double)checks;
    begun = bench_now() - begun;
    monitor_close(m);
    return (double)checks / begun;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

static double median(double *values)
{
    qsort(values, (size_t)rounds, sizeof(values[0]), by_size);
    return values[rounds / 2];
}

int main(int argc, char *argv[])
{
    double off[64], on[64], ratio[64], cpu_ratio[64], us[64], cpu_off, cpu_on;
    struct settings settings = { .engine = (char *)(uintptr_t)"events", .max_in_flight = 1000,
                                 .history = { .samples_ms = 14 * MS_PER_DAY, .hourly_ms = 400 * MS_PER_DAY } };
    unsigned long long lost = 0;
    struct server *server;
    int option, i;

    while ((option = getopt(argc, argv, "s:n:t:b:")) != -1)
        *(option == 's' ? &sites : option == 'n' ? &samples : option == 't' ? &seconds : &rounds) = atoi(optarg);
    if (optind != argc - 1 || rounds < 1 || rounds > 64)
        return 2;
    log_open(LEVEL_ERROR, NULL, NULL);
    bench_raise_files();
    server = server_start(&(struct server_options){ .uncounted = true });
    if (check_open(NULL) != ERR_OK || !server)
        return 1;
    make_sites(&settings, server);
    for (i = 0; i < rounds; i++) {
        struct history_health health;
        struct history *h;

        off[i] = monitor_rate(&settings, NULL, &cpu_off);
        h = open_in(argv[optind]);
        on[i] = monitor_rate(&settings, h, &cpu_on);
        history_health(h, &health);
        lost += health.lost;
        history_close(h);
        ratio[i] = on[i] / off[i];
        cpu_ratio[i] = cpu_on / cpu_off;
        us[i] = write_all(argv[optind]) * 1e6 / samples;
    }
    printf("{\"off_per_s\":%.0f,\"on_per_s\":%.0f,\"ratio\":%.3f,\"cpu_ratio\":%.3f,\"lost\":%llu,\"cpu_us_a_sample\":%.2f}\n",
           median(off), median(on), median(ratio), median(cpu_ratio), lost, median(us));
    return 0;
}
