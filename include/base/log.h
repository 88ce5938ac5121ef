#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdarg.h>

/* One line for each event worth telling. The text is made clean here (base/text.h), so a line can never hold what a
 * stranger sent raw. Any thread; never called with a lock held. */
enum log_level { LEVEL_ERROR, LEVEL_WARNING, LEVEL_INFO, LEVEL_DEBUG };

/* Where lines go: clean, without an end of line, at most 1023 bytes. Called by any thread, and by several at once. */
typedef void log_sink_fn(void *context, enum log_level level, const char *line);

/* At any time; a line that is on its way may still reach the old sink, so its context lives to the end of the program. sink
 * NULL: standard error, with <N> priorities when journald reads it (sd-daemon(3)). */
void log_open(enum log_level least, log_sink_fn *sink, void *context);

void log_line(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* "error" "warning" "info" "debug"; -1 for another word. */
int log_level_parse(const char *word);

#endif
