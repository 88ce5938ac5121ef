/* The monitor as it runs all day, without a screen: schedule, engine, table and journal of a real uptime.cfg.
 *
 *     steady CONFIG WARM_SECONDS SECONDS [keep]
 *
 * keep: with history in its database and an outbox, as `run` has them; without, nothing is kept and nobody told. What SECONDS used is reported; beside it lateness, memory now, and the bytes a site has in each place. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "bench.h"
#include "check/check.h"
#include "config/settings.h"
#include "monitor/monitor.h"

static void sleep_s(double s)
{
    struct timespec t = { (time_t)s, (long)((s - (double)(time_t)s) * 1e9) };

    clock_nanosleep(CLOCK_MONOTONIC, 0, &t, NULL);
}

/* Results there were so far, and those whose last result was good. */
static void count(struct monitor *m, size_t *checks, size_t *good)
{
    static struct row_change rows[256];
    struct changes changes = { 0 };
    size_t n, i;

    *checks = *good = 0;
    while ((n = status_changes(monitor_table(m), &changes, rows, 256)))
        for (i = 0; i < n; i++) {
            *checks += rows[i].row.checks;
            *good += rows[i].row.checks && rows[i].row.outcome == OUTCOME_OK;
            site_unref(rows[i].row.site);
        }
}

/* Bytes of name and URL, on the average. */
static size_t strings_of_a_site(const struct settings *s)
{
    size_t bytes = 0, i;

    for (i = 0; i < s->nsite; i++)
        bytes += strlen(s->site[i]->name) + strlen(s->site[i]->url) + 2;
    return s->nsite ? bytes / s->nsite : 0;
}

static enum err keep(struct monitor_options *o, const struct settings *s, struct errmsg *why)
{
    const struct history_options h = { .path = s->database, .samples_ms = s->history.samples_ms, .hourly_ms = s->history.hourly_ms };
    enum err err = history_open(&o->history, &h, why);

    return err ? err : outbox_open(&o->outbox, o->history, clock_wall_ms(), why);
}

int main(int argc, char *argv[])
{
    struct monitor_options options = { 0 };
    struct errmsg why = ERRMSG_INIT;
    struct bench_meter meter;
    struct settings *settings;
    struct faults faults = { 0 };
    struct monitor *monitor;
    struct health health;
    size_t before, after, good;
    char more[256];

    log_open(LEVEL_ERROR, NULL, NULL);
    if (argc != 4 && argc != 5)
        return 2;
    if (check_open(&why) != ERR_OK)
        return 3;
    if (settings_read(&settings, argv[1], &faults) != ERR_OK) {
        fprintf(stderr, "%s\n", faults.line.n ? faults.line.item[0] : "steady: cannot read the settings");
        return 2;
    }
    if (argc == 5 && keep(&options, settings, &why) != ERR_OK) {
        fprintf(stderr, "steady: %s\n", why.text);
        return 3;
    }
    if (monitor_open(&monitor, settings, NULL, 0, &options, &why) != ERR_OK) {
        fprintf(stderr, "steady: %s\n", why.text);
        return 3;
    }
    sleep_s(atof(argv[2]));
    count(monitor, &before, &good);
    bench_begin(&meter);
    sleep_s(atof(argv[3]));
    status_health(monitor_table(monitor), &health);
    count(monitor, &after, &good);
    snprintf(more, sizeof(more),
             ",\"late_p99_ms\":%.2f,\"late_1s\":%llu,\"in_flight\":%u,\"rss_kb\":%.0f,\"row\":%zu,\"samples\":%zu,\"strings\":%zu",
             (double)health.lag_p99_ns / 1e6, (unsigned long long)health.late, health.in_flight, bench_rss_kb(),
             sizeof(struct row), sizeof(struct samples), strings_of_a_site(settings));
    bench_report(&meter, after - before, good, more);
    monitor_close(monitor);
    history_close(options.history);
    outbox_free(options.outbox);
    settings_free(settings);
    check_close();
    return 0;
}
