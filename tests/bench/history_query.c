/* What history answers, and how fast: 30 days of one site among SITES at 60 s, from hours and from raw samples; and the figures of a
 * whole grid.
 *
 *     history_query [-s SITES] [-b ROUNDS] DIRECTORY
 *
 * Hours of all sites are made for 30 days, raw samples of the one that is asked for: in blocks, and for comparison as rows of a
 * plain table by site and time. "uptime and p95" is asked each way ROUNDS times; medians, in ms; one line of JSON. */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "bench.h"
#include "model/histogram.h"
#include "store/query.h"

#define DAYS 30
#define BEGIN (INT64_C(1795435200000) - DAYS * MS_PER_DAY)

static int sites = 1000, rounds = 21;
static char path[512];

static void must(int code, sqlite3 *db)
{
    if (code == SQLITE_OK || code == SQLITE_DONE || code == SQLITE_ROW)
        return;
    fprintf(stderr, "%s\n", sqlite3_errmsg(db));
    exit(1);
}

static uint32_t took_of(int i)
{
    return 20000 + (uint32_t)((unsigned)i * 2654435761u % 9000);
}

/* An empty database of this program's, with the sites in it. */
static void make_empty(void)
{
    struct history_options o = { .path = path, .samples_ms = 14 * MS_PER_DAY, .hourly_ms = 400 * MS_PER_DAY };
    struct history *h;
    int i;

    if (history_open(&h, &o, NULL) != ERR_OK)
        exit(1);
    for (i = 1; i <= sites; i++) {
        struct options options;
        const struct options *shared;
        struct batch *b = batch_new();
        const struct site *site;
        char name[32];

        options_init(&options);
        shared = options_share(&options);
        snprintf(name, sizeof(name), "site-%d", i);
        site = site_new(name, "https://example.org/", shared);
        batch_site(b, (uint32_t)i, site, BEGIN);
        history_commit(h, b);
        site_unref(site);
        options_unref(shared);
    }
    history_close(h);
}

/* One site's samples come through the writer's own door; its blocks and hours are made by it. */
static void make_samples(void)
{
    struct history_options o = { .path = path, .samples_ms = 400 * MS_PER_DAY, .hourly_ms = 400 * MS_PER_DAY };
    struct history *h;
    int i;

    if (history_open(&h, &o, NULL) != ERR_OK)
        exit(1);
    for (i = 0; i < DAYS * 1440; i++) {
        struct sample s = { .site = 1, .status = 200, .attempt = 1, .counts = true, .at_ms = BEGIN + i * MS_PER_MIN, .took_us = took_of(i) };
        int p;

        for (p = 0; p < PHASE_COUNT; p++)
            s.phase_us[p] = p == PHASE_BODY ? 0 : took_of(i + p) / 5;
        history_sample(h, &s);
        if (i % 4000 == 0) {
            history_alive(h, s.at_ms);
            history_settle(h, INT64_MAX);
        }
    }
    history_alive(h, BEGIN + (DAYS + 1) * MS_PER_DAY);
    while (true) { /* until all is packed */
        sqlite3 *db;
        sqlite3_stmt *s;
        int left = 1;

        history_settle(h, INT64_MAX);
        must(sqlite3_open(path, &db), db);
        sqlite3_busy_timeout(db, 10000);
        must(sqlite3_prepare_v2(db, "SELECT count(*) FROM sample", -1, &s, NULL), db);
        if (sqlite3_step(s) == SQLITE_ROW)
            left = sqlite3_column_int(s, 0);
        sqlite3_finalize(s);
        sqlite3_close(db);
        if (!left)
            break;
        usleep(20000);
    }
    history_close(h);
}

/* Hours of the others are copies of the first one's; a plain table of its samples; and a state for all the time. */
static void make_rest(void)
{
    static const char sql[] =
        "BEGIN;"
        "INSERT INTO hour SELECT key, hour_ms, checks, good, failed, inconclusive, dns, connect, tls, first_byte, body, whole FROM site"
        " CROSS JOIN hour WHERE hour.site = 1 AND key > 1;"
        "DELETE FROM change; DELETE FROM run;"
        "INSERT INTO run VALUES (1, %lld, %lld, 'start');"
        "INSERT INTO change SELECT key, 1, %lld + n * 86400000, iif(n %% 2, 'up', 'down'), n = 0 FROM site CROSS JOIN"
        " (WITH RECURSIVE c (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM c WHERE n < %d) SELECT n FROM c);"
        "CREATE TABLE plain (site INTEGER, at_ms INTEGER, took_us INTEGER, outcome INTEGER, PRIMARY KEY (site, at_ms)) WITHOUT ROWID;"
        "COMMIT;";
    char text[2048];
    sqlite3_stmt *s;
    sqlite3 *db;
    int i;

    snprintf(text, sizeof(text), sql, (long long)BEGIN, (long long)(BEGIN + DAYS * MS_PER_DAY), (long long)BEGIN, DAYS - 1);
    must(sqlite3_open(path, &db), db);
    must(sqlite3_exec(db, text, NULL, NULL, NULL), db);
    must(sqlite3_exec(db, "BEGIN", NULL, NULL, NULL), db);
    must(sqlite3_prepare_v2(db, "INSERT INTO plain VALUES (1, ?, ?, 0)", -1, &s, NULL), db);
    for (i = 0; i < DAYS * 1440; i++) {
        sqlite3_bind_int64(s, 1, BEGIN + i * MS_PER_MIN);
        sqlite3_bind_int64(s, 2, took_of(i));
        must(sqlite3_step(s), db);
        sqlite3_reset(s);
    }
    sqlite3_finalize(s);
    must(sqlite3_exec(db, "COMMIT; PRAGMA wal_checkpoint(TRUNCATE)", NULL, NULL, NULL), db);
    sqlite3_close(db);
}

/* --- asking ------------------------------------------------------------------------------------------------------- */

static struct histogram sum;
static int64_t good_ms;
static size_t visited;

static bool add_span(void *context, const struct state_span *s)
{
    (void)context;
    good_ms += s->state == STATE_UP ? s->until_ms - s->from_ms : 0;
    visited++;
    return true;
}

static bool add_hour(void *context, const struct hourly *h)
{
    (void)context;
    histogram_unpack(&sum, h->took[ROLLUP_WHOLE].bytes, h->took[ROLLUP_WHOLE].length);
    visited++;
    return true;
}

static bool add_sample(void *context, const struct sample *s)
{
    (void)context;
    histogram_add(&sum, s->took_us);
    return true;
}

static void ask_hours(struct query *q)
{
    query_spans(q, 1, BEGIN, BEGIN + DAYS * MS_PER_DAY, add_span, NULL, NULL);
    query_hours(q, 1, BEGIN, BEGIN + DAYS * MS_PER_DAY, add_hour, NULL, NULL);
}

static void ask_blocks(struct query *q)
{
    query_samples(q, 1, BEGIN, BEGIN + DAYS * MS_PER_DAY, add_sample, NULL, NULL);
}

static void ask_grid(struct query *q)
{
    query_spans(q, 0, BEGIN, BEGIN + DAYS * MS_PER_DAY, add_span, NULL, NULL);
    query_hours(q, 0, BEGIN + (DAYS - 1) * MS_PER_DAY, BEGIN + DAYS * MS_PER_DAY, add_hour, NULL, NULL);
}

/* As others do it: rows, sorted by SQL. */
static void ask_rows(struct query *q)
{
    static sqlite3 *db;
    static sqlite3_stmt *s;

    (void)q;
    if (!db) {
        must(sqlite3_open(path, &db), db);
        must(sqlite3_prepare_v2(db, "SELECT took_us, (SELECT avg(outcome = 0) FROM plain WHERE site = 1) FROM plain WHERE site = 1 ORDER BY"
                                    " took_us LIMIT 1 OFFSET (SELECT count(*) * 95 / 100 FROM plain WHERE site = 1)", -1, &s, NULL), db);
    }
    must(sqlite3_step(s), db);
    sum.n += (uint64_t)sqlite3_column_int64(s, 0);
    sqlite3_reset(s);
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

static double ask(void (*how)(struct query *q), struct query *q)
{
    double ms[101];
    int i;

    for (i = 0; i < rounds; i++) {
        double begun = bench_now();

        memset(&sum, 0, sizeof(sum));
        how(q);
        if (!sum.n)
            exit(1); /* nothing was found */
        ms[i] = (bench_now() - begun) * 1e3;
    }
    qsort(ms, (size_t)rounds, sizeof(ms[0]), by_size);
    return ms[rounds / 2];
}

int main(int argc, char *argv[])
{
    double hours, blocks, rows, grid;
    struct query *q;
    int option;

    while ((option = getopt(argc, argv, "s:b:")) != -1)
        *(option == 's' ? &sites : &rounds) = atoi(optarg);
    if (optind != argc - 1 || rounds < 1 || rounds > 101)
        return 2;
    snprintf(path, sizeof(path), "%s/query.db", argv[optind]);
    unlink(path);
    make_empty();
    make_samples();
    make_rest();
    if (query_open(&q, path, NULL) != ERR_OK)
        return 1;
    hours = ask(ask_hours, q);
    blocks = ask(ask_blocks, q);
    rows = ask(ask_rows, q);
    grid = ask(ask_grid, q);
    query_close(q);
    printf("{\"sites\":%d,\"hours_ms\":%.3f,\"blocks_ms\":%.3f,\"rows_sql_ms\":%.3f,\"rows_to_hours\":%.1f,\"grid_ms\":%.1f}\n", sites,
           hours, blocks, rows, rows / hours, grid);
    return 0;
}
