/* A step of replay on a database there is: the moment read and made a snapshot, then the figures of a screenful of rows.
 *
 *     replay_step [-b ROUNDS] [-r ROWS] DATABASE
 *
 * Steps go back from the end of what was observed, each to the change before or by hours, turn about. Medians and the worst in ms;
 * one line of JSON. A database to try it on: the one that history_query leaves behind. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "bench.h"
#include "replay.h"
#include "replay_read.h"

static int rounds = 51, rows = 50;

static bool never(void *context)
{
    (void)context;
    return false;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

static struct replay_picture *read_moment(struct query *q, int64_t from_ms, int i)
{
    struct replay_want w = { .from_ms = from_ms, .steps = i % 2 ? -1 : 0, .ahead_ms = i % 2 ? 0 : -7 * MS_PER_H };

    return replay_read(q, &w, clock_wall_ms(), never, NULL);
}

static void build(const struct replay_picture *p)
{
    struct snapshot live = SNAPSHOT_INIT, s;
    uint32_t *id = malloc((p->nsite + 1) * sizeof(*id));

    if (id && !replay_build(&s, id, p, &live))
        snapshot_release(&s);
    free(id);
}

static void read_figures(struct query *q, const struct replay_picture *p)
{
    struct replay_chunk *c = malloc(sizeof(*c));
    struct replay_asks asks = { .at_ms = p->instant.at_ms, .n = p->nsite < (size_t)rows ? p->nsite : (size_t)rows };
    size_t i, at, done = 1;
    struct errmsg why;

    asks.ask = calloc(asks.n + 1, sizeof(*asks.ask));
    for (i = 0; asks.ask && i < asks.n; i++)
        asks.ask[i] = (struct replay_ask){ p->site[i].key, p->site[i].interval_ms };
    for (at = 0; c && asks.ask && at < asks.n && done; at += done)
        if (replay_read_figures(c, q, &asks, at, &done, never, NULL, &why))
            break;
    free(asks.ask);
    free(c);
}

int main(int argc, char *argv[])
{
    double moment[1001], made[1001], figures[1001];
    int64_t at_ms = clock_wall_ms();
    size_t sites = 0;
    struct query *q;
    int option, i;

    while ((option = getopt(argc, argv, "b:r:")) != -1)
        *(option == 'b' ? &rounds : &rows) = atoi(optarg);
    if (optind != argc - 1 || rounds < 1 || rounds > 1001 || query_open(&q, argv[optind], NULL) != ERR_OK)
        return 2;
    for (i = 0; i < rounds; i++) {
        double begun = bench_now(), read, built;
        struct replay_picture *p = read_moment(q, at_ms, i);

        if (!p || p->err || p->is_now)
            return 1;
        read = bench_now();
        build(p);
        built = bench_now();
        read_figures(q, p);
        figures[i] = (bench_now() - built) * 1e3;
        made[i] = (built - read) * 1e3;
        moment[i] = (read - begun) * 1e3;
        at_ms = p->instant.at_ms;
        sites = p->nsite;
        if (p->is_first)
            at_ms = clock_wall_ms();
        replay_picture_free(p);
    }
    query_close(q);
    qsort(moment, (size_t)rounds, sizeof(moment[0]), by_size);
    qsort(made, (size_t)rounds, sizeof(made[0]), by_size);
    qsort(figures, (size_t)rounds, sizeof(figures[0]), by_size);
    printf("{\"sites\":%zu,\"rows\":%d,\"moment_ms\":%.1f,\"moment_worst_ms\":%.1f,\"snapshot_ms\":%.1f,\"figures_ms\":%.1f,"
           "\"figures_worst_ms\":%.1f}\n", sites, rows, moment[rounds / 2], moment[rounds - 1], made[rounds / 2], figures[rounds / 2],
           figures[rounds - 1]);
    return 0;
}
