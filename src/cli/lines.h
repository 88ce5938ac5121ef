#ifndef LINES_H
#define LINES_H

#include "cli.h"

/* The URLs a command is given: its operands, or with "-" the lines of standard input (blank ones and # comments left out).
 * EXIT_WELL, or the exit code after a complaint. Release with strings_release(). */
int read_urls(const struct args *a, struct strings *urls);

#endif
