#ifndef PROMPT_H
#define PROMPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "cells.h"

/* One line being edited: behind a label at the bottom of the screen, or in a field of the form. */
struct prompt {
    struct strbuf text;              /* UTF-8, clean but for line ends where `many` */
    size_t at;                       /* the cursor: a byte of text that begins a character, or its end */
    bool   offered;                  /* what stands there is our proposal: what is typed or pasted first takes its place */
    bool   many;                     /* pasted line ends are kept: a list is being typed */
};

#define PROMPT_INIT { STRBUF_INIT, 0, false, false }
#define PROMPT_MOST ((size_t)1 << 20) /* bytes; what comes behind is dropped */

enum prompt_event { PROMPT_IGNORED, PROMPT_MOVED, PROMPT_CHANGED, PROMPT_DONE, PROMPT_CANCELLED };

void prompt_release(struct prompt *p);
/* Starts with this text, the cursor behind it. */
void prompt_set(struct prompt *p, const char *text);
/* The same with a proposal. */
void prompt_offer(struct prompt *p, const char *text);

/* Enter is DONE; Esc, Ctrl-C and Ctrl-G are CANCELLED; IGNORED is for others to use. */
enum prompt_event prompt_stroke(struct prompt *p, uint32_t stroke);

/* Inserts at the cursor. Line ends never submit: they are kept where `many`, else the first line is what counts.
 * Control characters are dropped. */
void prompt_paste(struct prompt *p, const char *text, size_t length);

/* Draws in `width` columns, scrolled so that the cursor is seen, and puts the screen's cursor there. */
void prompt_draw(const struct prompt *p, struct cells *c, int y, int x, int width, unsigned style);

#endif
