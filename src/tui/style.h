#ifndef STYLE_H
#define STYLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What kind of text a cell holds, and what that looks like: pure code names the kind, the terminal asks for the
 * look. */
enum style {
#define STYLE(id, ...) STYLE_##id,
#include "styles.def"
#undef STYLE
    STYLE_COUNT
};

/* Beside the kind: in the row under the cursor; old news. */
#define STYLE_UNDER_CURSOR 0x80u
#define STYLE_OLD 0x40u
#define STYLE_KIND 0x3fu

enum { LOOK_BOLD = 1, LOOK_DIM = 2, LOOK_REVERSE = 4, LOOK_UNDERLINE = 8 };

#define LOOK_NO_COLOUR (-1)
struct look {
    unsigned attributes;             /* LOOK_... */
    short fg, bg;                    /* LOOK_NO_COLOUR: the terminal's own */
};

/* style with its flags; colours the terminal has: 0, 8 or 256 (others count as the next lower of these). scheme is
 * one of style_scheme(). */
struct look style_look(uint8_t style, int scheme, int colours);

/* The number of "default" "light" "colour-blind" "monochrome"; NULL is default; -1 for another word. */
int style_scheme(const char *name);
#define STYLE_SCHEMES 4
const char *style_scheme_name(int scheme);
/* Names, blank separated, for messages. */
const char *style_schemes(void);

#endif
