#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdarg.h>

/* One line for each event worth telling. The text is made clean here (base/text.h), so a line can never hold what a
 * stranger sent raw. Any thread; never called with a lock held. */
enum log_level { LEVEL_ERROR, LEVEL_WARNING, LEVEL_INFO, LEVEL_DEBUG };

/* Where lines go. Called by any thread, one line at a time is not promised: write each with one call. */
typedef void log_sink_fn(void *context, enum log_level level, const char *line);

/* Before threads start, or when the screen takes over the terminal. NULL: standard error, with <N> priorities when
 * $JOURNAL_STREAM says that journald reads it (sd-daemon(3)). */
void log_open(enum log_level least, log_sink_fn *sink, void *context);

void log_line(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* "error" "warning" "info" "debug"; -1 for another word. */
int log_level_parse(const char *word);

#endif
