/* The longest time a loop of checks did not come back: a check is begun each millisecond, in turn from the list.
 *
 *     loop_stall [-s SECONDS] [-T TIMEOUT_MS] < URLS */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "bench.h"
#include "check/check.h"

#define IN_FLIGHT 10000

struct tally {
    size_t checks, good;
};

static void on_done(void *context, const struct result *r)
{
    struct tally *t = context;

    t->checks++;
    t->good += result_good(r);
}

int main(int argc, char *argv[])
{
    int64_t until_ns, next_ns, longest_ns = 0;
    long seconds = 5;
    const struct options *shared;
    struct bench_meter meter;
    struct tally tally = { 0 };
    struct check_loop *loop;
    struct site **site;
    struct errmsg why;
    struct options o;
    size_t n, i;
    char **url, more[64];
    int c;

    options_init(&o);
    while ((c = getopt(argc, argv, "s:T:")) != -1)
        if (c == 's')
            seconds = atol(optarg);
        else
            o.timeout_ms = atol(optarg);
    bench_raise_files();
    shared = options_share(&o);
    url = bench_urls(&n);
    site = calloc(n, sizeof(*site));
    for (i = 0; i < n; i++)
        site[i] = site_new(url[i], url[i], shared);
    if (check_open(&why) != ERR_OK || check_loop_open(&loop, IN_FLIGHT, on_done, &tally, &why) != ERR_OK) {
        fprintf(stderr, "loop_stall: %s\n", why.text);
        return 3;
    }
    bench_begin(&meter);
    next_ns = clock_mono_ns();
    until_ns = next_ns + seconds * NS_PER_S;
    for (i = 0; next_ns < until_ns;) {
        int64_t begun_ns, wanted_ns, took_ns;

        for (; next_ns <= clock_mono_ns(); next_ns += NS_PER_MS, i++) {
            struct job job = { .id = i + 1, .site_id = (uint32_t)(i % n), .attempt = 1, .due_ns = next_ns, .site = site[i % n] };

            check_loop_start(loop, &job);
        }
        begun_ns = clock_mono_ns();
        wanted_ns = next_ns > begun_ns ? next_ns - begun_ns : 0;
        check_loop_turn(loop, next_ns);
        took_ns = clock_mono_ns() - begun_ns - wanted_ns;
        if (took_ns > longest_ns)
            longest_ns = took_ns;
    }
    snprintf(more, sizeof(more), ",\"longest_ms\":%.2f", (double)longest_ns / 1e6);
    bench_report(&meter, tally.checks, tally.good, more);
    check_loop_close(loop);
    check_close();
    return 0;
}
