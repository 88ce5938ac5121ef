/* A badge: an SVG picture of a name and a state, to stand in other pages. Pure. */
#include "web/pages.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "colour.h"
#include "escape.h"

#define LETTER 7 /* a letter's width at this size, about */

static int width_of(const char *text)
{
    size_t length = 0;

    for (; *text; text++)
        length += (*text & 0xc0) != 0x80; /* characters, not bytes */
    return (int)length * LETTER + 12;
}

static void write_badge(struct strbuf *out, const char *label, const char *value, const char *colour)
{
    int left = width_of(label), right = width_of(value);

    strbuf_addf(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"20\" role=\"img\"><title>", left + right);
    escape_html(out, label);
    strbuf_adds(out, ": ");
    escape_html(out, value);
    strbuf_addf(out,
                "</title><clipPath id=\"r\"><rect width=\"%d\" height=\"20\" rx=\"3\"/></clipPath><g clip-path=\"url(#r)\">"
                "<rect width=\"%d\" height=\"20\" fill=\"#555\"/><rect x=\"%d\" width=\"%d\" height=\"20\" fill=\"%s\"/></g>"
                "<g fill=\"#fff\" text-anchor=\"middle\" font-family=\"Verdana,DejaVu Sans,sans-serif\" font-size=\"11\">"
                "<text x=\"%d\" y=\"14\" textLength=\"%d\">",
                left + right, left, left, right, colour, left / 2, left - 10);
    escape_html(out, label);
    strbuf_addf(out, "</text><text x=\"%d\" y=\"14\" textLength=\"%d\">", left + right / 2, right - 10);
    escape_html(out, value);
    strbuf_adds(out, "</text></g></svg>\n");
}

void status_badge(struct strbuf *out, const struct snapshot *s, const struct row *r)
{
    char name[64], value[40];

    if (r) {
        enum state state = state_shown(&r->state);

        text_clean(name, sizeof(name), r->site->name, strlen(r->site->name));
        write_badge(out, name, state_name(state), colour_of(state));
        return;
    }
    if (s->counts.state[STATE_DOWN])
        snprintf(value, sizeof(value), "%u down", (unsigned)s->counts.state[STATE_DOWN]);
    else
        snprintf(value, sizeof(value), "%u up", (unsigned)(s->counts.state[STATE_UP] + s->counts.state[STATE_DEGRADED]));
    write_badge(out, "sites", value, colour_of(s->counts.state[STATE_DOWN] ? STATE_DOWN : STATE_UP));
}
