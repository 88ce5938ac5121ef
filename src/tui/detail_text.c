/* What the sections of the detail pane share: text over several lines, and the clock of here. Pure. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "detail.h"

const struct row *detail_row(const struct detail *d)
{
    return &d->row->row;
}

bool detail_local_time(struct tm *tm, int64_t ms)
{
    time_t seconds = (time_t)(ms / MS_PER_S);

    return localtime_r(&seconds, tm) != NULL;
}

/* The beginning of text that one line takes, up to a blank where there is one. */
static size_t line_of(const struct cells *c, const char *text)
{
    size_t length = strlen(text), fits = 0, i = 0;

    if (cells_columns(c, text, SIZE_MAX) <= c->width)
        return length;
    while (i < length && cells_columns(c, text, i + 1) <= c->width)
        if (text[++i] == ' ')
            fits = i;
    return fits ? fits : i ? i : 1;
}

int detail_flow(struct cells *c, unsigned style, const char *text)
{
    int y = 0;

    while (*text) {
        size_t length = line_of(c, text);
        char line[1024];

        snprintf(line, sizeof(line), "%.*s", y + 1 == c->height ? (int)sizeof(line) : (int)length, text);
        if (y < c->height)
            cells_text(c, y, 0, c->width, style, line);
        y++;
        text += length;
        text += strspn(text, " ");
    }
    return y;
}

int detail_flow_lines(const char *text, int width)
{
    struct cells nowhere = { .width = width > 0 ? width : 1, .utf8 = true };

    return detail_flow(&nowhere, STYLE_PLAIN, text);
}

int detail_written_lines(const struct detail *d, int width, detail_write_fn *write)
{
    struct strbuf text = STRBUF_INIT;
    int n;

    write(&text, d);
    n = text.length ? detail_flow_lines(text.text, width) : 0;
    strbuf_release(&text);
    return n;
}

void detail_written_draw(const struct detail *d, struct cells *c, detail_write_fn *write)
{
    struct strbuf text = STRBUF_INIT;

    write(&text, d);
    if (text.length)
        detail_flow(c, STYLE_PLAIN, text.text);
    strbuf_release(&text);
}
