/* The certificate a site shows. Pure. */
#include <stdio.h>

#include "base/clock.h"
#include "base/duration.h"
#include "detail.h"
#include "words.h"

int part_certificate_lines(const struct detail *d, int width)
{
    (void)width;
    return detail_row(d)->certificate_until != CERTIFICATE_UNKNOWN;
}

void part_certificate_draw(const struct detail *d, struct cells *c)
{
    const struct row *r = detail_row(d);
    int64_t left_ms = words_certificate_left_ms(r, d->snapshot->now_ms);
    char when[64] = "", length[DURATION_TEXT_SIZE], text[160];
    struct tm tm;
    bool near = left_ms < r->site->options->certificate_warning_ms;

    if (detail_local_time(&tm, d->snapshot->now_ms + left_ms))
        strftime(when, sizeof(when), "%a %d %b %Y %H:%M %Z", &tm);
    if (left_ms <= 0)
        snprintf(text, sizeof(text), "expired %s ago: %s", duration_glance(length, -left_ms), when);
    else
        snprintf(text, sizeof(text), "ends in %s: %s", duration_glance(length, left_ms), when);
    cells_text(c, 0, 0, c->width, left_ms <= 0 ? STYLE_DOWN : near ? STYLE_WARN : STYLE_PLAIN, text);
}
