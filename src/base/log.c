/* Log lines: made clean, time-stamped, written by one call each. Any thread; what lines go through is under one lock, which
 * is not held while they do. */
#include "base/log.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/text.h"

#define LINE_SIZE 1024

static void to_stderr(void *context, enum log_level level, const char *line);

static _Atomic int least_level = LEVEL_INFO;
static struct mutex lock = MUTEX_INIT; /* leaf */
static log_sink_fn *sink_fn = to_stderr; /* under lock */
static void *sink_context;               /* under lock */

/* True when standard error is the stream $JOURNAL_STREAM names. A shell or a tmux that a service started inherits the
 * variable, but not the stream (systemd.exec(5)). */
static bool journald_reads(void)
{
    const char *stream = getenv("JOURNAL_STREAM");
    unsigned long long device, inode;
    struct stat info;

    return stream && sscanf(stream, "%llu:%llu", &device, &inode) == 2 && !fstat(STDERR_FILENO, &info) &&
           info.st_dev == device && info.st_ino == inode;
}

static void to_stderr(void *context, enum log_level level, const char *line)
{
    static const char priority[] = { '3', '4', '6', '7' }; /* syslog(3) */
    char out[LINE_SIZE + CLOCK_RFC3339_SIZE + 2], stamp[CLOCK_RFC3339_SIZE];
    int length;

    (void)context;
    if (journald_reads())
        length = snprintf(out, sizeof(out), "<%c>%s\n", priority[level], line);
    else
        length = snprintf(out, sizeof(out), "%s %s\n", clock_rfc3339(stamp, clock_wall_ms()), line);
    if (write(STDERR_FILENO, out, (size_t)length) < 0)
        return; /* nobody left to tell */
}

void log_open(enum log_level least, log_sink_fn *sink, void *context)
{
    atomic_store(&least_level, (int)least);
    mutex_lock(&lock);
    sink_fn = sink ? sink : to_stderr;
    sink_context = context;
    mutex_unlock(&lock);
}

void log_line(enum log_level level, const char *format, ...)
{
    char raw[4 * LINE_SIZE], line[LINE_SIZE]; /* a clean byte stands for four raw ones at most */
    log_sink_fn *sink;
    void *context;
    va_list args;

    if ((int)level > atomic_load(&least_level))
        return;
    va_start(args, format);
    vsnprintf(raw, sizeof(raw), format, args);
    va_end(args);
    text_clean(line, sizeof(line), raw, strlen(raw));

    mutex_lock(&lock);
    sink = sink_fn;
    context = sink_context;
    mutex_unlock(&lock);
    sink(context, level, line);
}

int log_level_parse(const char *word)
{
    static const char *const words[] = { "error", "warning", "info", "debug" };
    int i;

    for (i = 0; i < 4; i++)
        if (!strcmp(word, words[i]))
            return i;
    return -1;
}
