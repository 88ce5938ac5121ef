/* Log lines: made clean, time-stamped, written by one call each. Any thread; the sink is set before threads start. */
#include "base/log.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"

static void to_stderr(void *context, enum log_level level, const char *line);

static _Atomic int least_level = LEVEL_INFO;
static log_sink_fn *_Atomic sink_fn = to_stderr;
static void *_Atomic sink_context;

static void to_stderr(void *context, enum log_level level, const char *line)
{
    static const char priority[] = { '3', '4', '6', '7' }; /* syslog(3) */
    char out[1200], stamp[CLOCK_RFC3339_SIZE];
    int length;

    (void)context;
    if (getenv("JOURNAL_STREAM"))
        length = snprintf(out, sizeof(out), "<%c>%s\n", priority[level], line);
    else
        length = snprintf(out, sizeof(out), "%s %s\n", clock_rfc3339(stamp, clock_wall_ms()), line);
    if (length >= (int)sizeof(out)) {
        length = sizeof(out) - 1;
        out[length - 1] = '\n';
    }
    if (write(STDERR_FILENO, out, (size_t)length) < 0)
        return; /* nobody left to tell */
}

void log_open(enum log_level least, log_sink_fn *sink, void *context)
{
    atomic_store(&least_level, (int)least);
    atomic_store(&sink_context, context);
    atomic_store(&sink_fn, sink ? sink : to_stderr);
}

void log_line(enum log_level level, const char *format, ...)
{
    char raw[1024], line[1024];
    log_sink_fn *sink = atomic_load(&sink_fn);
    va_list args;

    if ((int)level > atomic_load(&least_level))
        return;
    va_start(args, format);
    vsnprintf(raw, sizeof(raw), format, args);
    va_end(args);
    text_clean(line, sizeof(line), raw, strlen(raw));
    sink(atomic_load(&sink_context), level, line);
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
