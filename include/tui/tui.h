#ifndef TUI_TUI_H
#define TUI_TUI_H

#include <signal.h>
#include <stdbool.h>

#include "base/err.h"
#include "base/log.h"
#include "config/settings.h"
#include "monitor/monitor.h"

/* The live screen: the grid of sites in the terminal, for as long as a person looks at it. */

struct tui_options {
    bool ascii;                     /* draw ASCII alone; so it is in any locale that is not UTF-8 */
    bool no_color;                  /* as $NO_COLOR, if that is not empty */
    bool no_bell;                   /* do not ring when a site goes down */
    bool no_mouse;                  /* leave the mouse to the terminal, whatever the settings and the person say */
    bool elsewhere;                 /* the monitor is another process's: leaving stops nothing, so nothing is asked */
    bool readonly;                  /* keys change nothing: neither the file nor the monitor */
    const char *scheme;             /* "default" "light" "colour-blind" "monochrome"; NULL: default */
    enum log_level log_level;       /* for log_open(), when the screen gives standard error back */
};

/* The signals that tui_run() reads from a descriptor: HUP, INT, TERM, TSTP, CONT and WINCH. Block them in the main thread
 * before any other thread starts, monitor_open() included, so that every thread inherits that. */
void tui_signals(sigset_t *set);

/* Whether tui_run() could open a screen here; else ERR_UNAVAILABLE with the reason. Changes nothing. */
enum err tui_probe(struct errmsg *why);

/* Shows the monitor's sites on standard input and output until the person leaves, the terminal goes away, or SIGTERM or
 * SIGHUP comes: ERR_OK, and the terminal is as it was. ERR_UNAVAILABLE, with nothing changed, when there is no terminal or
 * a dumb one: answer plainly then. ERR_INVALID for a scheme there is not. Waits; the main thread alone, with the locale
 * set (LC_CTYPE says what can be drawn) and SIGPIPE ignored.
 *
 * While it runs it owns *settings and its file: keys edit the file, changes of the file are noticed, and each time
 * *settings is read anew and applied to the monitor. Log lines go to the screen meanwhile. */
enum err tui_run(struct monitor *m, struct settings **settings, const struct tui_options *options, struct errmsg *why);

/* What is wrong with the settings of the screen that only the screen can tell: keys and columns. ERR_OK, or ERR_INVALID with
 * the first fault. The screen itself goes on without what is wrong, and says so. */
enum err tui_check(const struct settings *settings, struct errmsg *why);

/* The keys of the grid, for the manual: what number i does. False behind the last. */
struct tui_key {
    const char *keys, *word;        /* "Up k"; the command behind ':'. NULL: none */
    const char *help;               /* one sentence, without a full stop */
};
bool tui_key(size_t i, struct tui_key *out);

#endif
