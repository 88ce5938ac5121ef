/* Certificates by the day they end, the next one first; sites whose certificates end in the same second share one line: they
 * share, as good as always, the certificate. Which sites those are is kept in order row by row. Pure. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "app.h"
#include "base/clock.h"
#include "base/duration.h"
#include "columns.h"
#include "order.h"
#include "pane.h"
#include "words.h"

struct calendar {
    struct order order;              /* sites with a certificate */
    size_t *first;                   /* of each line: an index in order.id */
    size_t nfirst, size;
    uint64_t counted;                /* order.moves when lines were counted */
    bool   is_counted;
};

static bool has_certificate(const void *context, const struct snapshot_row *row)
{
    (void)context;
    return row->row.certificate_until != CERTIFICATE_UNKNOWN;
}

static void take(struct app *a, const struct snapshot *s)
{
    struct calendar *c = a->pane[PANE_CERTS].own;

    if (!c) {
        c = a->pane[PANE_CERTS].own = calloc(1, sizeof(*c));
        if (!c)
            return;
        order_init(&c->order, column_key(COLUMN_CERT), has_certificate, NULL);
        order_rebuild(&c->order, s);
        return;
    }
    order_update(&c->order, s);
}

static void release(struct app *a)
{
    struct calendar *c = a->pane[PANE_CERTS].own;

    if (!c)
        return;
    order_release(&c->order);
    free(c->first);
    free(c);
}

static int64_t end_of(const struct calendar *c, size_t i)
{
    return c->order.place[c->order.id[i]].key.major;
}

/* Where each line begins in the order. */
static size_t count(struct app *a)
{
    struct calendar *c = a->pane[PANE_CERTS].own;
    size_t i;

    if (!c)
        return 0;
    if (c->is_counted && c->counted == c->order.moves)
        return c->nfirst;
    if (c->size < c->order.n) {
        size_t *more = realloc(c->first, c->order.n * sizeof(*more));

        if (!more)
            return 0;
        c->first = more;
        c->size = c->order.n;
    }
    c->nfirst = 0;
    for (i = 0; i < c->order.n; i++)
        if (!i || end_of(c, i) != end_of(c, i - 1))
            c->first[c->nfirst++] = i;
    c->counted = c->order.moves;
    c->is_counted = true;
    return c->nfirst;
}

static const struct row *row_at(const struct app *a, const struct calendar *c, size_t i)
{
    return &a->snapshot->row[c->order.id[i]].row;
}

static size_t end_of_line(const struct calendar *c, size_t line)
{
    return line + 1 < c->nfirst ? c->first[line + 1] : c->order.n;
}

static void day_of(char text[32], const struct app *a, const struct calendar *c, size_t line)
{
    int64_t left_ms = words_certificate_left_ms(row_at(a, c, c->first[line]), a->snapshot->now_ms);
    time_t at = (time_t)((left_ms + a->snapshot->now_ms) / MS_PER_S);
    struct tm tm;

    if (!localtime_r(&at, &tm) || !strftime(text, 32, "%a %d %b %Y", &tm))
        text[0] = '\0';
}

/* "Sat 12 Dec 2026", or nothing where the line above says so. */
static void day_text(char text[32], const struct app *a, const struct calendar *c, size_t line)
{
    char before[32];

    day_of(text, a, c, line);
    if (!line || (int)line == a->pane[PANE_CERTS].top)
        return;
    day_of(before, a, c, line - 1);
    if (!strcmp(before, text))
        text[0] = '\0';
}

static void names_text(struct strbuf *out, const struct app *a, const struct calendar *c, size_t line, int width)
{
    size_t i, end = end_of_line(c, line), n = end - c->first[line];
    char behind[48] = "";

    if (n > 1)
        snprintf(behind, sizeof(behind), " (one certificate, %zu sites)", n);
    for (i = c->first[line]; i < end; i++) {
        const char *name = row_at(a, c, i)->site->name;

        if (i > c->first[line] && (int)(out->length + strlen(name) + strlen(behind)) + 2 > width) {
            strbuf_adds(out, " ~");
            break;
        }
        strbuf_addf(out, "%s%s", i > c->first[line] ? " " : "", name);
    }
    strbuf_adds(out, behind);
}

static void item(struct app *a, struct cells *c, int y, size_t i, unsigned flags)
{
    const struct calendar *calendar = a->pane[PANE_CERTS].own;
    const struct row *r = row_at(a, calendar, calendar->first[i]);
    int64_t left_ms = words_certificate_left_ms(r, a->snapshot->now_ms);
    enum style style = left_ms <= 0 ? STYLE_DOWN : left_ms < r->site->options->certificate_warning_ms ? STYLE_WARN : STYLE_PLAIN;
    char day[32], days[DURATION_TEXT_SIZE];
    struct strbuf names = STRBUF_INIT;
    int x = 1;

    day_text(day, a, calendar, i);
    if (c->width >= 60) {
        cells_text(c, y, x, 15, STYLE_QUIET | flags, day);
        x += 17;
    }
    cells_field(c, y, x, 7, style | flags, LIE_RIGHT, left_ms <= 0 ? "EXPIRED" : duration_glance(days, left_ms));
    x += 9;
    names_text(&names, a, calendar, i, c->width - x);
    cells_text(c, y, x, c->width - x, STYLE_PLAIN | flags, names.text);
    strbuf_release(&names);
}

static bool subject(struct app *a, size_t i, uint32_t *site_id)
{
    const struct calendar *c = a->pane[PANE_CERTS].own;

    *site_id = c->order.id[c->first[i]];
    return true;
}

static void title(struct app *a, struct strbuf *out)
{
    const struct calendar *c = a->pane[PANE_CERTS].own;
    size_t n = count(a);

    strbuf_adds(out, "Certificates");
    if (c && n)
        strbuf_addf(out, ": %zu of %zu site%s", n, c->order.n, c->order.n == 1 ? "" : "s");
}

const struct pane_ops pane_certs = {
    .title = title,
    .take = take,
    .release = release,
    .count = count,
    .nothing = "no site has shown a certificate yet",
    .item = item,
    .subject = subject,
};
