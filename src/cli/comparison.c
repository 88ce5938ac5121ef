/* What is told of a comparison. The main thread. */
#include "comparison.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define BAR_COLUMNS 50
#define ORDER_SHOWN 10
#define DIFFERENCES_SHOWN 20

struct run_figures {
    struct one_pass *pass;           /* those that ran, in order */
    int npass;
    char *reason;                    /* why it can not run here; NULL: it can */
};

enum err comparison_open(struct comparison *c, size_t nengine, int rounds)
{
    size_t i;

    c->nengine = nengine;
    c->rounds = rounds;
    c->figures = calloc(nengine, sizeof(*c->figures));
    for (i = 0; c->figures && i < nengine; i++) {
        c->figures[i].pass = calloc((size_t)rounds, sizeof(*c->figures[i].pass));
        if (!c->figures[i].pass)
            return ERR_NOMEM;
    }
    return c->figures ? ERR_OK : ERR_NOMEM;
}

void comparison_close(struct comparison *c)
{
    size_t i;
    int r;

    for (i = 0; c->figures && i < c->nengine; i++) {
        for (r = 0; r < c->figures[i].npass; r++)
            one_pass_release(&c->figures[i].pass[r]);
        free(c->figures[i].pass);
        free(c->figures[i].reason);
    }
    free(c->figures);
}

void comparison_take(struct comparison *c, size_t engine, struct one_pass *p)
{
    struct run_figures *f = &c->figures[engine];

    if (!p->reason) {
        f->pass[f->npass++] = *p;
        return;
    }
    f->reason = p->reason;
    p->reason = NULL;
    one_pass_release(p);
}

bool comparison_gave_up(const struct comparison *c, size_t engine)
{
    return c->figures[engine].reason != NULL;
}

/* --- figures ------------------------------------------------------------------------------------------------------ */

struct spread {
    double least, median, most;
};

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double wall_of(const struct one_pass *p)
{
    return p->wall_s;
}

static double cpu_of(const struct one_pass *p)
{
    return p->cpu_s;
}

static double peak_of(const struct one_pass *p)
{
    return (double)p->peak_kib;
}

static double switches_of(const struct one_pass *p)
{
    return (double)p->switches;
}

static struct spread spread_of(const struct run_figures *f, double (*of)(const struct one_pass *))
{
    double value[100];
    int i;

    for (i = 0; i < f->npass; i++)
        value[i] = of(&f->pass[i]);
    qsort(value, (size_t)f->npass, sizeof(value[0]), by_value);
    return (struct spread){ value[0], f->npass % 2 ? value[f->npass / 2]
                                                   : (value[f->npass / 2 - 1] + value[f->npass / 2]) / 2,
                            value[f->npass - 1] };
}

/* The engine others are held against: serial, or the first that ran. */
static const struct run_figures *base_of(const struct comparison *c, const char **name)
{
    const struct run_figures *base = NULL;
    size_t i;

    for (i = 0; i < c->nengine; i++)
        if (c->figures[i].npass && (!base || !strcmp(c->engine[i]->name, "serial"))) {
            base = &c->figures[i];
            *name = c->engine[i]->name;
        }
    return base;
}

/* True when the results of each round came in the order of the first. */
static bool same_order(const struct comparison *c, const struct run_figures *f)
{
    int r;

    for (r = 1; r < f->npass; r++)
        if (memcmp(f->pass[0].order, f->pass[r].order, c->nsite * sizeof(f->pass[0].order[0])) != 0)
            return false;
    return true;
}

/* --- the table ---------------------------------------------------------------------------------------------------- */

static const char *seconds(char text[32], double s)
{
    snprintf(text, 32, s < 0.9995 ? "%.0f ms" : s < 99.95 ? "%.2f s" : "%.0f s", s < 0.9995 ? s * 1000 : s);
    if (s < 0.00995)
        snprintf(text, 32, "%.1f ms", s * 1000);
    return text;
}

static void print_row(const struct comparison *c, size_t i, double base_s)
{
    const struct run_figures *f = &c->figures[i];
    struct spread wall = spread_of(f, wall_of);
    char least[32], median[32], most[32], cpu[32], ratio[32];

    snprintf(ratio, sizeof(ratio), base_s / wall.median < 9.95 ? "%.1fx" : "%.0fx", base_s / wall.median);
    printf("%-9s %4d %7s %7s %7s %6s %7s %8.0f %7.1f %8.0f\n", c->engine[i]->name, f->pass[0].workers,
           seconds(least, wall.least), seconds(median, wall.median), seconds(most, wall.most), ratio,
           seconds(cpu, spread_of(f, cpu_of).median), (double)c->nsite / wall.median,
           spread_of(f, peak_of).median / 1024, spread_of(f, switches_of).median);
}

/* Eighths of a cell where the terminal can; at least a trace of everything that took time. */
static void print_bar(const struct comparison *c, double share)
{
    int eighths = (int)(share * BAR_COLUMNS * 8 + 0.5), i;

    if (eighths < 1)
        eighths = 1;
    if (c->ascii) {
        for (i = 0; i < (eighths + 7) / 8; i++)
            putchar('#');
        return;
    }
    for (; eighths >= 8; eighths -= 8)
        fputs("\xe2\x96\x88", stdout);
    if (eighths) {
        char part[4] = { '\xe2', '\x96', (char)(0x90 - eighths), '\0' };

        fputs(part, stdout);
    }
}

static void print_bars(const struct comparison *c)
{
    double longest = 0;
    char text[32];
    size_t i;

    for (i = 0; i < c->nengine; i++)
        if (c->figures[i].npass && spread_of(&c->figures[i], wall_of).median > longest)
            longest = spread_of(&c->figures[i], wall_of).median;
    puts("");
    for (i = 0; i < c->nengine; i++) {
        double s;

        if (!c->figures[i].npass)
            continue;
        s = spread_of(&c->figures[i], wall_of).median;
        printf("%-9s ", c->engine[i]->name);
        print_bar(c, longest > 0 ? s / longest : 0);
        printf(" %s\n", seconds(text, s));
    }
}

static void print_lessons(const struct comparison *c)
{
    char why[256];
    size_t i;

    puts("");
    for (i = 0; i < c->nengine; i++) {
        if (c->figures[i].reason) {
            text_clean(why, sizeof(why), c->figures[i].reason, strlen(c->figures[i].reason));
            printf("%-9s did not run: %s\n", c->engine[i]->name, why);
        } else {
            printf("%-9s %s\n", c->engine[i]->name, c->engine[i]->lesson);
        }
    }
}

static void print_orders(const struct comparison *c)
{
    size_t i, j;

    puts("\nThe order in which results came (by place in the list):");
    for (i = 0; i < c->nengine; i++) {
        const struct run_figures *f = &c->figures[i];

        if (!f->npass)
            continue;
        printf("%-9s", c->engine[i]->name);
        for (j = 0; j < c->nsite && j < ORDER_SHOWN; j++)
            printf(" %u", f->pass[0].order[j] + 1);
        printf("%s  %s\n", c->nsite > ORDER_SHOWN ? " ..." : "",
               f->npass < 2 ? "" : same_order(c, f) ? "the same each time" : "another each time");
    }
}

/* --- whether they agree ------------------------------------------------------------------------------------------- */

/* Says which sites were found otherwise than by the first pass of all; how many. */
static size_t print_differences(const struct comparison *c, FILE *to)
{
    const struct one_pass *first = NULL;
    const char *by = NULL;
    size_t i, s, n = 0;
    int r;

    for (i = 0; i < c->nengine; i++)
        for (r = 0; r < c->figures[i].npass; r++) {
            const struct one_pass *p = &c->figures[i].pass[r];

            if (!first) {
                first = p;
                by = c->engine[i]->name;
            }
            for (s = 0; s < c->nsite; s++) {
                if (p->states[s] == first->states[s])
                    continue;
                if (++n <= DIFFERENCES_SHOWN)
                    fprintf(to, "%s: %s by %s, %s by %s (round %d)\n", c->site[s]->name, one_pass_word(first->states[s]), by,
                            one_pass_word(p->states[s]), c->engine[i]->name, r + 1);
            }
        }
    if (n > DIFFERENCES_SHOWN)
        fprintf(to, "and %zu more\n", n - DIFFERENCES_SHOWN);
    return n;
}

static void print_table(const struct comparison *c)
{
    const char *base_name = "";
    const struct run_figures *base = base_of(c, &base_name);
    size_t i;

    printf("%zu site%s, %d round%s, retries off; SPEED is against %s\n\n", c->nsite, c->nsite == 1 ? "" : "s", c->rounds,
           c->rounds == 1 ? "" : "s", base_name);
    printf("%-9s %4s %7s %7s %7s %6s %7s %8s %7s %8s\n", "ENGINE", "WORK", "LEAST", "MEDIAN", "MOST", "SPEED", "CPU",
           "CHECKS/S", "MEM MiB", "SWITCHES");
    for (i = 0; i < c->nengine; i++)
        if (c->figures[i].npass)
            print_row(c, i, spread_of(base, wall_of).median);
    print_bars(c);
    print_lessons(c);
    print_orders(c);
}

/* --- JSON --------------------------------------------------------------------------------------------------------- */

static json_t *json_spread(struct spread s)
{
    json_t *o = json_object();

    json_object_set_new(o, "min", json_real(s.least));
    json_object_set_new(o, "median", json_real(s.median));
    json_object_set_new(o, "max", json_real(s.most));
    return o;
}

static void print_json(const struct comparison *c)
{
    const char *base_name = NULL;
    const struct run_figures *base = base_of(c, &base_name);
    size_t i;

    for (i = 0; i < c->nengine; i++) {
        const struct run_figures *f = &c->figures[i];
        json_t *o = json_object();
        char *line;

        json_object_set_new(o, "engine", json_string(c->engine[i]->name));
        json_object_set_new(o, "error", f->reason ? json_string(f->reason) : json_null());
        if (f->npass) {
            double median = spread_of(f, wall_of).median;

            json_object_set_new(o, "sites", json_integer((json_int_t)c->nsite));
            json_object_set_new(o, "rounds", json_integer(f->npass));
            json_object_set_new(o, "workers", json_integer(f->pass[0].workers));
            json_object_set_new(o, "wall_s", json_spread(spread_of(f, wall_of)));
            json_object_set_new(o, "compared_to", json_string(base_name));
            json_object_set_new(o, "speed", json_real(spread_of(base, wall_of).median / median));
            json_object_set_new(o, "cpu_s", json_spread(spread_of(f, cpu_of)));
            json_object_set_new(o, "checks_per_s", json_real((double)c->nsite / median));
            json_object_set_new(o, "peak_memory_kib", json_integer((json_int_t)spread_of(f, peak_of).median));
            json_object_set_new(o, "context_switches", json_integer((json_int_t)spread_of(f, switches_of).median));
            json_object_set_new(o, "same_order", f->npass < 2 ? json_null() : json_boolean(same_order(c, f)));
        }
        line = json_dumps(o, JSON_COMPACT | JSON_REAL_PRECISION(6));
        if (line)
            puts(line);
        free(line);
        json_decref(o);
    }
}

bool comparison_print(const struct comparison *c)
{
    const char *name;
    size_t differences;

    if (c->json)
        print_json(c);
    else if (base_of(c, &name))
        print_table(c);
    else
        print_lessons(c);
    fflush(stdout);
    differences = print_differences(c, stderr);
    if (differences)
        fprintf(stderr, "the engines did not find the same: something changed meanwhile, or one of them is wrong\n");
    else if (!c->json)
        puts("\nAll found the same.");
    return !differences;
}
