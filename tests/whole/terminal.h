#ifndef WHOLE_TERMINAL_H
#define WHOLE_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* A person at a terminal: a private tmux server with one window, in which a program of the place (place.h) runs. Nothing is
 * waited for by sleeping: the screen is looked at until it shows what is waited for. What does not come within
 * SERVER_PATIENCE_S fails the test, with the screen as it is then. */
struct terminal;

/* changes as place_environment() takes them. */
struct terminal *terminal_open(int width, int height, const char *const *changes, const char *const argv[]);
/* The program with these words. */
#define watch_at(width, height, ...) \
    terminal_open(width, height, NULL, (const char *const[]){ SQUIRREL __VA_OPT__(,) __VA_ARGS__, NULL })
#define watch_with(width, height, changes, ...) \
    terminal_open(width, height, changes, (const char *const[]){ SQUIRREL __VA_OPT__(,) __VA_ARGS__, NULL })
/* What the shell does with a line. */
#define IN_SHELL(line) (const char *const[]){ "sh", "-c", line, NULL }
/* A list of changes. */
#define CHANGES(...) ((const char *const[]){ __VA_ARGS__, NULL })
/* Closes the window and the server, as if the machine was shut down. */
void terminal_close(struct terminal *t);
void terminal_close_all(void);

/* --- hands -------------------------------------------------------------------------------------------------------- */

/* Keys by tmux's names, blank separated: "Down Enter C-u a". */
void terminal_keys(struct terminal *t, const char *keys);
/* Letter by letter. */
void terminal_type(struct terminal *t, const char *text);
/* All at once, in brackets if the program asked for them. */
void terminal_paste(struct terminal *t, const char *text);
void terminal_resize(struct terminal *t, int width, int height);

/* --- eyes --------------------------------------------------------------------------------------------------------- */

struct screen {
    char *text;                      /* all lines, without blanks at their ends, a newline behind each */
    char **line;                     /* the same, one by one */
    int n;
    char *cut;                       /* where the lines stand */
};

/* What stands there now; good until the next look at this terminal. */
const struct screen *terminal_look(struct terminal *t);
bool terminal_shows(struct terminal *t, const char *text);
/* The line that holds text; fails the test when there is none. */
const char *terminal_line(struct terminal *t, const char *text);

/* Waits for text, or for none of it. */
void terminal_wait(struct terminal *t, const char *text);
void terminal_wait_gone(struct terminal *t, const char *text);
/* Waits until ready() says so; what: what was waited for, to be told. */
void terminal_wait_until(struct terminal *t, bool (*ready)(const struct screen *s, const void *context),
                         const void *context, const char *what);

/* --- tmux --------------------------------------------------------------------------------------------------------- */

/* What tmux says to a format ("#{window_bell_flag}"); good until the next call. */
const char *terminal_ask(struct terminal *t, const char *format);
/* One of its commands, about this window: terminal_tmux(t, "select-window"). */
#define terminal_tmux(t, ...) terminal_command(t, (const char *const[]){ __VA_ARGS__, NULL })
void terminal_command(struct terminal *t, const char *const words[]);
pid_t terminal_program(struct terminal *t);
/* Waits for the end of the program; what it exited with, -N: signal N ended it. The window stays, with what is written on it. */
int terminal_end(struct terminal *t);

#endif
