/* From a key to its effect on the terminal: the real loop and the real curses on a pseudo-terminal, while results stream into
 * the status table. Measures 10 sites, then as many as asked for, in one run, with the same keys.
 *
 *     screen_keys [-n SITES] [-r RESULTS_A_SECOND] [-k KEYS] [-t tag|dependency]
 *
 * -t shows them as a tree: two tags each of a hundred, or every ten below one of those before.
 *
 * Prints a line of JSON for each: sites, results a second that were really published, and the milliseconds within which the
 * cursor was seen to move, at p50, p99 and at most, and how many keys found it at an end of the list; then the ratio of the p99s. */
#include <errno.h>
#include <locale.h>
#include <poll.h>
#include <pthread.h>
#include <pty.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "model/status.h"
#include "monitor/monitor.h"
#include "tui/tui.h"

#define PATIENCE_MS 60000
#define NO_EFFECT_MS 500

/* --- a monitor that only holds a table ---------------------------------------------------------------------------- */

struct monitor {
    struct status_table *table;
    uint32_t *id, *generation;
    size_t n;
    double rate;
    atomic_bool over;
    atomic_ullong published;
};

size_t monitor_alerts(struct monitor *m, struct alert *out, size_t most, uint64_t *revision)
{
    (void)m;
    (void)out;
    (void)most;
    *revision = 0;
    return 0;
}

size_t monitor_messages(struct monitor *m, struct outbox_item *out, size_t most, struct outbox_counts *counts)
{
    (void)m;
    (void)out;
    (void)most;
    *counts = (struct outbox_counts){ .saved = true };
    return 0;
}

struct status_table *monitor_table(struct monitor *m)
{
    return m->table;
}

enum err monitor_apply(struct monitor *m, const struct settings *s, struct monitor_changes *changes)
{
    (void)m;
    (void)s;
    *changes = (struct monitor_changes){ 0 };
    return ERR_OK;
}

enum err monitor_change_engine(struct monitor *m, const struct settings *s, const char *engine, struct errmsg *why)
{
    (void)m;
    (void)s;
    return err_set(why, ERR_UNAVAILABLE, "there is no engine '%s' here", engine);
}

enum err monitor_send(struct monitor *m, const struct command *c)
{
    (void)m;
    (void)c;
    return ERR_OK;
}

/* --- the side that draws ------------------------------------------------------------------------------------------ */

static void publish(struct monitor *m, size_t i, uint64_t number)
{
    struct job job = { .id = number, .site_id = m->id[i], .generation = m->generation[i] };
    struct journal_entry taken;
    struct result r;

    result_init(&r, &job);
    r.outcome = number % 50 ? OUTCOME_OK : OUTCOME_REFUSED; /* sites go up and down all the time */
    r.status = number % 50 ? 200 : 0;
    r.took_ns = r.request_ns = (int64_t)(20 + number * 7919 % 300) * NS_PER_MS;
    status_publish(m->table, &r, clock_mono_ns());
    status_take_journal(m->table, &taken, 1);
}

static void *stream(void *context)
{
    struct monitor *m = context;
    int64_t began_ns = clock_mono_ns();
    uint64_t number = 0;

    while (!atomic_load(&m->over)) {
        uint64_t wanted = (uint64_t)((double)(clock_mono_ns() - began_ns) / 1e9 * m->rate);
        struct timespec nap = { 0, 1000000 };

        for (; number < wanted; number++)
            publish(m, (size_t)(number * 2654435761u % m->n), number + 1);
        atomic_store(&m->published, number);
        nanosleep(&nap, NULL);
    }
    return NULL;
}

static int tree;                     /* 0, 1 by tag, 2 by dependency */

/* The options of site i; those before it have the same as long as they are in the same groups. */
static const struct options *options_for(size_t i, const struct options *last)
{
    struct options o;
    char text[32];

    options_init(&o);
    o.retries = 0;
    if (tree == 1 && i) {
        snprintf(text, sizeof(text), "tag%02zu", i % 100);
        strings_add(&o.tags, text);
        snprintf(text, sizeof(text), "tag%02zu", i / 7 % 100);
        strings_add(&o.tags, text);
    } else if (tree == 2 && i) {
        snprintf(text, sizeof(text), "site%06zu", i / 10);
        strings_add(&o.depends_on, text);
    } else if (last)
        return last;
    return options_share_again(&last, &o);
}

static void add_sites(struct monitor *m)
{
    const struct options *shared = NULL;
    size_t i;

    m->id = calloc(m->n, sizeof(*m->id));
    m->generation = calloc(m->n, sizeof(*m->generation));
    for (i = 0; i < m->n; i++) {
        char name[32], url[64];
        struct site *site;

        snprintf(name, sizeof(name), "site%06zu", i);
        snprintf(url, sizeof(url), "https://s%06zu.example.org/", i);
        shared = options_for(i, shared);
        site = site_new(name, url, shared);
        status_add(m->table, site, false, &m->id[i], &m->generation[i]);
        site_unref(site);
        publish(m, i, i * 50 + 1);
    }
}

static int draw_side(size_t n, double rate)
{
    struct tui_options options = { .log_level = LEVEL_ERROR, .no_bell = true };
    struct monitor m = { .table = status_new(1 << 10, NULL, NULL), .n = n, .rate = rate };
    struct settings *settings = settings_new();
    struct errmsg why = ERRMSG_INIT;
    pthread_t thread;
    sigset_t set;
    enum err err;

    tui_signals(&set);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    setlocale(LC_ALL, "C.UTF-8");
    add_sites(&m);
    settings->screen.tree = tree;
    pthread_create(&thread, NULL, stream, &m);
    err = tui_run(&m, &settings, &options, &why);
    atomic_store(&m.over, true);
    pthread_join(thread, NULL);
    fprintf(stderr, "%llu\n", (unsigned long long)atomic_load(&m.published));
    _exit((int)err);
}

/* --- the side that types ------------------------------------------------------------------------------------------ */

/* Reads until `mark` came; milliseconds from began_ns. Negative when nothing came for so long. */
static double wait_mark(int fd, const char *mark, int64_t began_ns, int patience_ms)
{
    static char seen[1 << 16];
    size_t length = 0;

    for (;;) {
        struct pollfd p = { .fd = fd, .events = POLLIN };
        ssize_t got;

        if (clock_mono_ns() - began_ns > patience_ms * NS_PER_MS || poll(&p, 1, patience_ms) < 1)
            return -1;
        if (length > sizeof(seen) / 2) {
            memmove(seen, seen + length - 64, 64);
            length = 64;
        }
        got = read(fd, seen + length, sizeof(seen) - 1 - length);
        if (got <= 0)
            return -1;
        length += (size_t)got;
        seen[length] = '\0';
        if (strstr(seen, mark))
            return (double)(clock_mono_ns() - began_ns) / 1e6;
    }
}

/* What the table's own frames write is read away, so that a key's effect is the next thing to come. */
static void drain_for(int fd, int ms)
{
    int64_t until_ns = clock_mono_ns() + ms * NS_PER_MS;
    char bytes[1 << 14];

    while (clock_mono_ns() < until_ns) {
        struct pollfd p = { .fd = fd, .events = POLLIN };

        if (poll(&p, 1, 1) == 1 && read(fd, bytes, sizeof(bytes)) <= 0)
            return;
    }
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

struct measured {
    double p50_ms, p99_ms, most_ms;
};

static double press(int fd, const char *stroke)
{
    int64_t began_ns = clock_mono_ns();

    return write(fd, stroke, 1) == 1 ? wait_mark(fd, ">", began_ns, NO_EFFECT_MS) : -1;
}

/* *ends: keys that did nothing, for the site under the cursor had gone to an end of the list meanwhile: the key for the other way,
 * pressed at once then, is measured in their place, so that a screen that stands still is seen all the same. */
static bool measure(int fd, int keys, double *took, int *ends)
{
    static const char *const strokes[] = { "j", "k" }; /* eight down, eight up */
    int i;

    for (i = 0; i < keys; i++) {
        int up = i % 16 >= 8;

        drain_for(fd, 20 + i * 37 % 60); /* at any phase of the frames */
        took[i] = press(fd, strokes[up]);
        if (took[i] < 0) {
            took[i] = press(fd, strokes[!up]);
            ++*ends;
        }
        if (took[i] < 0)
            return false;
    }
    return true;
}

static bool run(size_t n, double rate, int keys, struct measured *m)
{
    struct winsize size = { .ws_row = 50, .ws_col = 200 };
    double *took = calloc((size_t)keys, sizeof(*took));
    int master, status, ends[2], at_an_end = 0;
    struct rusage usage;
    char text[32] = "";
    int64_t began_ns;
    double seconds;
    bool ok;
    pid_t pid;

    if (!took || pipe(ends) != 0)
        return false;
    pid = forkpty(&master, NULL, NULL, &size);
    if (pid < 0)
        return false;
    if (!pid) {
        setenv("TERM", "tmux-256color", 1);
        dup2(ends[1], STDERR_FILENO);
        draw_side(n, rate);
    }
    close(ends[1]);
    ok = wait_mark(master, "STATE", clock_mono_ns(), PATIENCE_MS) >= 0;
    began_ns = clock_mono_ns();
    drain_for(master, 1000);
    ok = ok && measure(master, keys, took, &at_an_end);
    seconds = (double)(clock_mono_ns() - began_ns) / 1e9;
    kill(pid, SIGTERM);
    drain_for(master, 300);
    close(master);
    if (read(ends[0], text, sizeof(text) - 1) < 0)
        text[0] = '\0';
    wait4(pid, &status, 0, &usage);
    close(ends[0]);
    qsort(took, (size_t)keys, sizeof(*took), by_size);
    *m = (struct measured){ took[keys / 2], took[keys * 99 / 100], took[keys - 1] };
    printf("{\"sites\":%zu,\"results_per_s\":%.0f,\"keys\":%d,\"p50_ms\":%.2f,\"p99_ms\":%.2f,\"most_ms\":%.2f,\"at_an_end\":%d,\"cpu_s\":%.2f,\"seconds\":%.1f}\n", n,
           strtod(text, NULL) / seconds, keys, m->p50_ms, m->p99_ms, m->most_ms, at_an_end,
           (double)usage.ru_utime.tv_sec + (double)usage.ru_stime.tv_sec + (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6,
           seconds);
    fflush(stdout);
    free(took);
    return ok;
}

int main(int argc, char **argv)
{
    struct measured few, many;
    size_t n = 100000;
    double rate = 10000;
    int keys = 200, c;

    while ((c = getopt(argc, argv, "n:r:k:t:")) != -1)
        switch (c) {
        case 'n': n = strtoul(optarg, NULL, 10); break;
        case 'r': rate = strtod(optarg, NULL); break;
        case 'k': keys = (int)strtol(optarg, NULL, 10); break;
        case 't': tree = strcmp(optarg, "tag") ? 2 : 1; break;
        default: return 2;
        }
    if (n < 1 || keys < 1)
        return 2;
    if (!run(10, rate, keys, &few) || !run(n, rate, keys, &many))
        return 1;
    printf("{\"ratio_p99\":%.2f,\"ratio_p50\":%.2f}\n", many.p99_ms / few.p99_ms, many.p50_ms / few.p50_ms);
    return 0;
}
