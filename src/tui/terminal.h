#ifndef TERMINAL_H
#define TERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "cells.h"
#include "mouse.h"

/* The real terminal: cells onto the screen, keys and pastes off the keyboard. terminal.c alone knows curses, and one
 * thread alone may call it, from open to close. */
struct terminal;

/* Whether terminal_open() could: the same answers, and nothing is changed. */
enum err terminal_probe(struct errmsg *why);

/* Takes over standard input and output. ERR_UNAVAILABLE, nothing changed, when they are no terminal or one on which
 * nothing can be placed (dumb, unknown). ascii: draw ASCII whatever the locale; no_colour: as $NO_COLOR does. */
enum err terminal_open(struct terminal **out, bool ascii, bool no_colour, struct errmsg *why);
/* Gives the terminal back as it was. NULL is fine. */
void terminal_close(struct terminal *t);

/* What the terminal and the locale can show. */
bool terminal_utf8(const struct terminal *t);
/* To wait for input on. */
int terminal_fd(const struct terminal *t);

/* As it is now; curses is told when it changed. */
void terminal_size(struct terminal *t, int *width, int *height);

/* Brings the screen up to these cells; only those that changed since are touched. */
void terminal_paint(struct terminal *t, const struct cells *c, int scheme);
/* The screen may hold anything: the next paint draws every cell. */
void terminal_forget(struct terminal *t);
/* Others may have the terminal, until terminal_go_on(). */
void terminal_leave(struct terminal *t);
/* We were stopped and go on: the terminal's modes are set anew, and all is drawn. */
void terminal_go_on(struct terminal *t);

/* Whether the terminal tells of clicks and the wheel (in the manner of xterm, SGR); at first it does not. */
void terminal_mouse(struct terminal *t, bool on);

enum input_kind { INPUT_NONE, INPUT_STROKE, INPUT_PASTE, INPUT_MOUSE, INPUT_FOCUS, INPUT_BLUR }; /* BLUR: nobody types here now */
struct input {
    enum input_kind kind;
    uint32_t stroke;                 /* keys.h */
    bool more;                       /* other input waits behind it */
    const char *text;                /* pasted: until the next call */
    size_t length;
    struct mouse mouse;
};

/* The next key or paste, without waiting. A paste is told when all of it is there. */
struct input terminal_read(struct terminal *t, int64_t now_ns);

/* False when nobody is there any more: hung up, or at the end of input though it said that there was some. */
bool terminal_is_there(const struct terminal *t, bool has_input);

void terminal_bell(struct terminal *t);
/* The title, where the terminal is of a family that has one; text is plain ASCII. */
void terminal_title(struct terminal *t, const char *text);
/* Text for the terminal's clipboard (OSC 52); whoever does not know it ignores it. */
void terminal_copy(struct terminal *t, const char *text);

#endif
