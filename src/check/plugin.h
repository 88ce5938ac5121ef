#ifndef PLUGIN_H
#define PLUGIN_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "model/result.h"

/* What monitoring plugins say (monitoring-plugins.org, "Development Guidelines"). Pure; any thread. */

#define PLUGIN_PATH_SIZE 1024
#define PLUGIN_OUTPUT_MOST 4096      /* so much of its output is looked at */

/* The program an exec URL names, its percent signs decoded. */
enum err plugin_path(char path[PLUGIN_PATH_SIZE], const char *url, struct errmsg *why);

/* What the way it ended (waitid(2)) and its first line mean: code 0 and 1 are good, the latter with *warning. text gets the
 * line's words and, in brackets, its performance data as label=value. */
enum outcome plugin_judge(const siginfo_t *end, const char *output, size_t length, char text[RESULT_DETAIL_SIZE],
                          bool *warning);

#endif
