#ifndef CLI_H
#define CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "config/settings.h"

/* What the files of this room share: arguments, exit codes, and settings read with the messages people see. */

enum flag {
#define FLAG(id, letter, name, argument, help) FLAG_##id,
#include "flags.def"
#undef FLAG
    FLAG_COUNT
};

enum exit_code {
    EXIT_WELL = 0,       /* all is well */
    EXIT_DOWN = 1,       /* something is down */
    EXIT_USAGE = 2,      /* wrong usage or settings */
    EXIT_TROUBLE = 3,    /* we could not do our work, or something is inconclusive */
};

/* A command line, taken apart. */
struct args {
    const char *command;             /* its word */
    const char *value[FLAG_COUNT];   /* NULL: not given; "" for flags without argument */
    char      **operand;
    size_t      noperand;
};

/* "uptimesquirrel check: MESSAGE" on standard error; returns code. */
int complain(const struct args *a, enum exit_code code, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* A clean line on standard output. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Each line of f so, and the place where help is to be found; returns EXIT_USAGE. */
int complain_faults(const struct args *a, const struct faults *f);

/* Reads a number, or a duration in ms, between least and most, from a flag; leaves *out alone when it was not given.
 * False after a complaint. */
bool args_number(const struct args *a, enum flag flag, long least, long most, int *out);
bool args_duration(const struct args *a, enum flag flag, int64_t least_ms, int64_t most_ms, int64_t *out_ms);
/* True for --output json; *bad after a complaint about another word. */
bool args_json(const struct args *a, bool *bad);

/* Finds and reads the settings. EXIT_WELL, or the exit code after a complaint. *out is NULL when must_exist is false, no
 * file was named and there is none. */
int load_settings(const struct args *a, bool must_exist, struct settings **out);

/* For commands that speak to the running monitor: it goes on with its old settings while there are faults in the file, and is
 * found all the same. */
int load_settings_or_path(const struct args *a, struct settings **out);

/* True when that descriptor may be written to in colour. */
bool may_color(const struct args *a, int fd);

/* True when the locale's characters are UTF-8. */
bool speaks_utf8(void);

/* Writes all buffered data of standard output; a failure is EXIT_TROUBLE after a complaint, else code. */
int finish_output(const struct args *a, int code);

#define COMMAND(name, arguments, flags, summary) int command_##name(const struct args *a);
#include "commands.def"
#undef COMMAND

#endif
