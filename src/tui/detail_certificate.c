/* The certificate a site shows, and those above it as they were sent. Pure. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/duration.h"
#include "detail.h"
#include "words.h"

#define ASIDE_FROM 96                /* columns from which on when it ends stands behind how long it lasts */

static bool is_known(const struct detail *d)
{
    return detail_row(d)->certificate_until != CERTIFICATE_UNKNOWN;
}

int part_certificate_lines(const struct detail *d, int width)
{
    int sent = d->chain ? d->chain->n : 0;

    (void)width;
    return is_known(d) || sent ? 1 + sent : 0;
}

static const char *day_words(char text[64], int64_t ms)
{
    struct tm tm;

    if (!detail_local_time(&tm, ms) || !strftime(text, 64, "%a %d %b %Y %H:%M %Z", &tm))
        text[0] = '\0';
    return text;
}

static void draw_end(const struct detail *d, struct cells *c)
{
    const struct row *r = detail_row(d);
    int64_t left_ms = is_known(d) ? words_certificate_left_ms(r, d->snapshot->now_ms)
                                  : d->chain->certificate[0].until * MS_PER_S - d->snapshot->now_ms;
    char when[64], length[DURATION_TEXT_SIZE], text[256];
    bool near = left_ms < r->site->options->certificate_warning_ms;
    int used;

    day_words(when, d->snapshot->now_ms + left_ms);
    if (left_ms <= 0)
        snprintf(text, sizeof(text), "expired %s ago: %s", duration_glance(length, -left_ms), when);
    else
        snprintf(text, sizeof(text), "ends in %s: %s", duration_glance(length, left_ms), when);
    used = cells_text(c, 0, 0, c->width, left_ms <= 0 ? STYLE_DOWN : near ? STYLE_WARN : STYLE_PLAIN, text);
    if (!d->chain || !d->chain->protocol[0])
        return;
    snprintf(text, sizeof(text), "   %s%s%s", d->chain->protocol, d->chain->group[0] ? " " : "", d->chain->group);
    if (used + (int)strlen(text) <= c->width)
        cells_text(c, 0, used, c->width - used, STYLE_QUIET, text);
}

/* "shop.example.org, by R3 (Let's Encrypt)   61d" */
static void draw_certificate(const struct detail *d, struct cells *c, int y, const struct chain_certificate *x)
{
    int64_t left_ms = x->until * MS_PER_S - d->snapshot->now_ms;
    char end[96], when[64], length[DURATION_TEXT_SIZE], text[3 * CHAIN_NAME_SIZE + 32];
    bool own = !strcmp(x->subject, x->issuer), foreign = x->organisation[0] && strcmp(x->organisation, x->issuer) != 0;

    snprintf(text, sizeof(text), own ? "%s, by itself" : "%s, by %s%s%s%s", x->subject, x->issuer, foreign ? " (" : "",
             foreign ? x->organisation : "", foreign ? ")" : "");
    if (left_ms <= 0)
        snprintf(end, sizeof(end), "expired");
    else
        snprintf(end, sizeof(end), "%s", duration_glance(length, left_ms));
    if (c->width >= ASIDE_FROM)
        snprintf(end + strlen(end), sizeof(end) - strlen(end), "  %s", day_words(when, x->until * MS_PER_S));
    cells_text(c, y, 0, c->width - (int)strlen(end) - 2, STYLE_QUIET, text);
    cells_text(c, y, c->width - (int)strlen(end), (int)strlen(end), left_ms <= 0 ? STYLE_DOWN : STYLE_QUIET, end);
}

void part_certificate_draw(const struct detail *d, struct cells *c)
{
    int i;

    draw_end(d, c);
    for (i = 0; d->chain && i < d->chain->n && i + 1 < c->height; i++)
        draw_certificate(d, c, i + 1, &d->chain->certificate[i]);
}
