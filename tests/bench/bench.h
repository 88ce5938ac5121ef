#ifndef BENCH_H
#define BENCH_H

#include <stddef.h>

/* What the programs of the benchmark share: a list of URLs comes in, one line of JSON goes out. */

/* The lines of standard input; a program of the benchmark never frees them. */
char **bench_urls(size_t *n);

/* As many descriptors as there may be. */
void bench_raise_files(void);

/* What was used since bench_begin(), by this process and the children it has now. */
struct bench_meter {
    double wall_s, cpu_s;
};
void bench_begin(struct bench_meter *m);
/* {"checks":N,"good":N,"wall_s":S,"cpu_s":S,"peak_kb":N}, and `more`, which begins with a comma or is "". Peak memory is
 * VmHWM, its children's added. */
void bench_report(const struct bench_meter *m, size_t checks, size_t good, const char *more);

/* Memory of this process now. */
double bench_rss_kb(void);

double bench_now(void);

#endif
