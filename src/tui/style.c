/* The table of looks. Pure; any thread. */
#include "style.h"

#include <string.h>

enum { SCHEME_DEFAULT, SCHEME_LIGHT, SCHEME_BLIND, SCHEME_MONOCHROME, SCHEME_COUNT };

#define BOLD LOOK_BOLD
#define DIM LOOK_DIM
#define REVERSE LOOK_REVERSE
#define UNDERLINE LOOK_UNDERLINE
#define NO LOOK_NO_COLOUR

static const struct {
    unsigned attributes;
    short colour[SCHEME_MONOCHROME][4]; /* fg and bg of 256, fg and bg of 8 */
    unsigned alone;
} looks[STYLE_COUNT] = {
#define STYLE(id, attributes, a, b, c, d, e, f, g, h, i, j, k, l, alone) \
    { attributes, { { a, b, c, d }, { e, f, g, h }, { i, j, k, l } }, alone },
#include "styles.def"
#undef STYLE
};

static struct look look_of(enum style kind, int scheme, int colours)
{
    const short *colour;

    if (scheme == SCHEME_MONOCHROME || colours < 8)
        return (struct look){ looks[kind].alone, NO, NO };
    colour = looks[kind].colour[scheme] + (colours >= 256 ? 0 : 2);
    return (struct look){ looks[kind].attributes, colour[0], colour[1] };
}

struct look style_look(uint8_t style, int scheme, int colours)
{
    struct look look = look_of((enum style)(style & STYLE_KIND), scheme, colours);

    if (style & STYLE_OLD)
        look = (struct look){ LOOK_DIM, NO, NO };
    if (style & STYLE_UNDER_CURSOR) {
        struct look cursor = look_of(STYLE_CURSOR, scheme, colours);

        look.attributes = (look.attributes & LOOK_BOLD) | cursor.attributes;
        look.fg = cursor.fg;
        look.bg = cursor.bg;
    }
    if (look.fg == 0 && colours < 256)
        look.attributes &= ~(unsigned)LOOK_BOLD; /* bold black is bright black, on some terminals black on black */
    return look;
}

static const char *const schemes[SCHEME_COUNT] = { "default", "light", "colour-blind", "monochrome" };

int style_scheme(const char *name)
{
    int i;

    if (!name)
        return SCHEME_DEFAULT;
    for (i = 0; i < SCHEME_COUNT; i++)
        if (!strcmp(schemes[i], name))
            return i;
    return -1;
}

_Static_assert(STYLE_SCHEMES == SCHEME_COUNT, "style.h tells of other schemes");

const char *style_scheme_name(int scheme)
{
    return schemes[scheme];
}

const char *style_schemes(void)
{
    return "default light colour-blind monochrome";
}
