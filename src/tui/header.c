/* The lines above the grid. Each is parts in a row from the left; what is at the right is drawn first and keeps its
 * place. Pure. */
#include "header.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/duration.h"
#include "words.h"

/* A line while it is written. */
struct line {
    struct cells *cells;
    int y, x, end;                   /* free columns are x to end - 1 */
    int gap;                         /* blanks between parts */
};

static void part(struct line *l, enum style style, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Appends a part, if all of it fits; if not, nothing more is appended. */
static void part(struct line *l, enum style style, const char *format, ...)
{
    char text[256];
    va_list args;
    int columns;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    columns = cells_columns(l->cells, text, SIZE_MAX);
    if (!columns)
        return;
    if (l->x + columns > l->end) {
        l->end = l->x;
        return;
    }
    cells_text(l->cells, l->y, l->x, columns, style, text);
    l->x += columns + l->gap;
}

/* Writes at the right end. */
static void part_right(struct line *l, enum style style, const char *text)
{
    int columns = cells_columns(l->cells, text, SIZE_MAX);

    if (l->x + columns + 1 > l->end)
        return;
    cells_text(l->cells, l->y, l->end - columns, columns, style, text);
    l->end -= columns + 2;
}

static struct line line_at(struct cells *c, int y, int gap)
{
    cells_fill(c, y, 0, c->width, STYLE_PLAIN);
    return (struct line){ c, y, 0, c->width, gap };
}

static void part_clock(struct line *l, bool wide, const struct snapshot *s)
{
    time_t seconds = (time_t)(s->now_ms / MS_PER_S);
    char text[64];
    struct tm tm;
    size_t length;

    if (!localtime_r(&seconds, &tm))
        return;
    length = wide ? strftime(text, sizeof(text), "%a %H:%M:%S %Z", &tm) : strftime(text, sizeof(text), "%H:%M:%S", &tm);
    if (length)
        part_right(l, STYLE_PLAIN, text);
}

/* Only UP is worth telling when there is none. */
static bool is_told(const struct tally *t)
{
    return t->count || t->letter == 'U';
}

static void part_tally(struct line *l, const struct snapshot *s, bool letters)
{
    struct tally tally[TALLY_COUNT];
    int i;

    if (s->unobserved) {
        part(l, STYLE_QUIET, letters ? "-" : "-  not watched");
        return;
    }
    words_tally(tally, &s->counts);
    for (i = 0; i < TALLY_COUNT; i++) {
        if (!is_told(&tally[i]))
            continue;
        if (letters)
            part(l, tally[i].style, "%c%u", tally[i].letter, (unsigned)tally[i].count);
        else
            part(l, tally[i].style, "%s %u", tally[i].word, (unsigned)tally[i].count);
    }
}

/* The columns that part_tally() needs for words, with a blank behind each. */
static int tally_width(const struct snapshot *s, int *parts)
{
    struct tally tally[TALLY_COUNT];
    int i, width = 0;

    words_tally(tally, &s->counts);
    for (i = 0, *parts = 0; i < TALLY_COUNT; i++)
        if (is_told(&tally[i])) {
            width += snprintf(NULL, 0, "%s %u ", tally[i].word, (unsigned)tally[i].count);
            ++*parts;
        }
    return width;
}

static void part_sites(struct line *l, const struct snapshot *s)
{
    part(l, STYLE_HEALTH, "%u site%s", (unsigned)s->counts.total, s->counts.total == 1 ? "" : "s");
}

/* "12ms" or "12 ms", by how much room there is. */
static const char *measured(char text[DURATION_TEXT_SIZE], int64_t ns, bool wide)
{
    char *blank;

    duration_measured(text, ns);
    blank = wide ? NULL : strchr(text, ' ');
    if (blank)
        memmove(blank, blank + 1, strlen(blank));
    return text;
}

static void part_network(struct line *l, const struct snapshot *s, bool wide)
{
    const struct health *h = &s->health;
    char age[WORDS_SIZE];

    if (h->offline)
        part(l, STYLE_LOUD, " OFFLINE %s ", words_age(age, h->offline_since_ns, s->now_ns));
    else if (wide && h->anchors)
        part(l, STYLE_GOOD, "net ok (%u anchor%s)", (unsigned)h->anchors, h->anchors == 1 ? "" : "s");
    else
        part(l, STYLE_GOOD, "net ok");
}

/* "outbox 2, next 0:41": only what is on its way, and what came to nothing. */
static void part_outbox(struct line *l, const struct snapshot *s, const struct outbox_counts *o)
{
    int64_t wait_ns = o ? (o->next_ms - s->now_ms) * NS_PER_MS : 0;
    char text[96], next[WORDS_SIZE];

    if (!o || !(o->waiting || o->dead))
        return;
    if (!o->waiting)
        snprintf(text, sizeof(text), "outbox %u dead", o->dead);
    else
        snprintf(text, sizeof(text), "outbox %u, next %s", o->waiting, wait_ns > 0 ? words_until(next, wait_ns, 0) : "now");
    part_right(l, o->dead ? STYLE_FAULT : STYLE_WARN, text);
}

static void part_trouble(struct line *l, const struct health *h)
{
    l->x += cells_text(l->cells, l->y, l->x, l->end - l->x, STYLE_FAULT, h->trouble) + l->gap;
}

static void part_health(struct line *l, const struct snapshot *s, const struct outbox_counts *outbox, bool wide)
{
    const struct health *h = &s->health;
    enum style lag = h->lag_p99_ns > NS_PER_S ? STYLE_FAULT : STYLE_HEALTH;
    enum style busy = h->slots && h->in_flight >= h->slots ? STYLE_FAULT : STYLE_HEALTH;
    char text[DURATION_TEXT_SIZE], engine[48];

    if (h->trouble[0] && !wide) { /* what else is told may be old, or untrue */
        part_trouble(l, h);
        if (h->offline)
            part_network(l, s, wide);
        return;
    }
    part_outbox(l, s, outbox);
    part(l, STYLE_HEALTH, wide ? "%.1f checks/s" : "%.1f/s", h->checks_per_s);
    part(l, lag, "lag %s%s", wide ? "p99 " : "", measured(text, h->lag_p99_ns, wide));
    snprintf(text, sizeof(text), "busy %u/%u", (unsigned)h->in_flight, (unsigned)h->slots);
    snprintf(engine, sizeof(engine), " (%s, %u worker%s)", h->engine, (unsigned)h->workers, h->workers == 1 ? "" : "s");
    if (!wide || !h->engine[0] || l->x + (int)(strlen(text) + strlen(engine) + strlen("net ok")) + l->gap > l->end)
        engine[0] = '\0'; /* how the network is, is worth more */
    part(l, busy, "%s%s", text, engine);
    part_network(l, s, wide);
    if (h->waiting)
        part(l, STYLE_FAULT, "waiting %u", (unsigned)h->waiting);
    if (h->late)
        part(l, STYLE_WARN, "late %llu", (unsigned long long)h->late);
    if (h->trouble[0] && l->end - l->x >= 20)
        part_trouble(l, h);
}

/* The words stand close where they would not fit otherwise; then the name of the machine gives way. */
static void part_counts(struct line *l, const struct snapshot *s, const char *host, int gap)
{
    int parts, width = tally_width(s, &parts);
    int free = l->end - l->x - (int)strlen(host) - gap - width;

    l->gap = gap;
    while (l->gap > 1 && free < parts * (l->gap - 1))
        l->gap--;
    if (free >= 0)
        part(l, STYLE_HOST, "%s", host);
    part_tally(l, s, false);
    l->gap = gap;
}

void header_draw_counts(struct cells *c, int y, const struct snapshot *s, const struct outbox_counts *outbox, const char *host,
                        bool frozen)
{
    bool wide = c->width >= HEADER_WIDE;
    struct line l = line_at(c, y, 2);

    part_clock(&l, wide, s);
    if (frozen)
        part_right(&l, STYLE_LOUD, wide ? " FROZEN at " : "FROZEN");
    if (wide)
        part(&l, STYLE_HOST, "uptimesquirrel");
    part_counts(&l, s, host, wide ? 3 : 2);
    if (wide)
        part_sites(&l, s);
    if (c->width >= HEADER_ONE_LINE && !s->past)
        part_health(&l, s, outbox, true);
}

void header_draw_letters(struct cells *c, int y, const struct snapshot *s, bool frozen)
{
    struct line l = line_at(c, y, 1);

    if (c->width >= 34)
        part_clock(&l, false, s);
    if (frozen)
        part_right(&l, STYLE_LOUD, "FROZEN");
    if (s->health.offline)
        part(&l, STYLE_LOUD, "OFFLINE");
    part_tally(&l, s, true);
}

void header_draw_replay(struct cells *c, int y, const struct replay_banner *b)
{
    char text[REPLAY_TEXT_SIZE];

    cells_fill(c, y, 0, c->width, STYLE_QUESTION);
    cells_text(c, y, c->width < 60 ? 0 : 1, c->width, STYLE_QUESTION, replay_banner_text(text, b, c->width));
}

void header_draw_health(struct cells *c, int y, const struct snapshot *s, const struct outbox_counts *outbox)
{
    struct line l = line_at(c, y, 2);
    bool wide = c->width >= HEADER_WIDE;

    if (!wide)
        part_sites(&l, s);
    part_health(&l, s, outbox, wide);
}

/* --- alerts ------------------------------------------------------------------------------------------------------- */

bool header_has_alert(const struct snapshot *s)
{
    return s->health.offline || s->health.trouble[0] || s->counts.state[STATE_DOWN];
}

static const struct row *alert_at(const struct snapshot *s, const struct order *alerts, size_t i)
{
    const struct row *r = i < alerts->n ? &s->row[alerts->id[i]].row : NULL;

    return r && state_shown(&r->state) == STATE_DOWN ? r : NULL;
}

static int alert_text(char *text, size_t size, const struct row *r, const struct snapshot *s, const struct alert *known,
                      const char *before)
{
    char age[WORDS_SIZE], reason[WORDS_REASON_SIZE], mark[ALERT_MARK_SIZE] = "";

    words_age(age, r->since_ns, s->now_ns);
    words_reason(reason, r, s, INT16_MAX);
    if (known)
        alert_mark(mark, known, s->now_ms);
    return snprintf(text, size, "%s%s %s DOWN %s: %s%s%s%s", before, *mark ? "known:" : "ALERT", r->site->name, age, reason,
                    *mark ? " [" : "", mark, *mark ? "]" : "");
}

/* Those that are down and quiet, or not, as far as they fit. */
static bool part_alerts(struct line *l, const struct snapshot *s, const struct order *alerts, const struct alert_list *known,
                        bool quiet)
{
    char text[1024];
    const struct row *r;
    size_t i;

    for (i = 0; (r = alert_at(s, alerts, i)) != NULL; i++) {
        if (known && alert_list_is_quiet(known, r->id, s->now_ms) != quiet)
            continue;
        alert_text(text, sizeof(text), r, s, known ? alert_list_find(known, r->id) : NULL, l->x ? "  |  " : "");
        if (l->x && l->x + cells_columns(l->cells, text, SIZE_MAX) > l->end)
            return false;
        l->x += cells_text(l->cells, l->y, l->x, l->end - l->x, STYLE_ALERT, text);
    }
    return true;
}

/* How many of those that are down somebody has taken on, or wants to hear nothing of. */
static uint32_t quiet_down(const struct snapshot *s, const struct alert_list *known)
{
    uint32_t n = 0;
    size_t i;

    for (i = 0; known && i < known->n; i++) {
        uint32_t id = known->alert[i].site_id;

        n += id < s->nrow && s->row[id].row.generation && state_shown(&s->row[id].row.state) == STATE_DOWN &&
             alert_is_quiet(&known->alert[i], s->now_ms);
    }
    return n;
}

/* "+6 more  [!] next", of those that `!` goes to. */
static void alert_rest(char text[64], uint32_t down, uint32_t quiet)
{
    uint32_t loud = down > quiet ? down - quiet : 0;

    *text = '\0';
    if (loud > 1)
        snprintf(text, 64, "+%u more  [!] next", (unsigned)loud - 1);
    else if (loud)
        snprintf(text, 64, "[!]");
    else if (down > 1)
        snprintf(text, 64, "+%u more", (unsigned)down - 1);
}

void header_draw_alert(struct cells *c, int y, const struct snapshot *s, const struct order *alerts,
                       const struct alert_list *known)
{
    struct line l = line_at(c, y, 0);
    uint32_t down = s->counts.state[STATE_DOWN];
    char rest[64];

    cells_fill(c, y, 0, c->width, STYLE_ALERT);
    alert_rest(rest, down, quiet_down(s, known));
    if (down)
        part_right(&l, STYLE_ALERT, rest);
    if (s->health.offline)
        l.x += cells_text(c, y, 0, l.end, STYLE_ALERT,
                          "OFFLINE: nothing can be reached from here; no site is blamed for it");
    else if (!down)
        l.x += cells_text(c, y, 0, l.end, STYLE_ALERT, s->health.trouble);
    if (part_alerts(&l, s, alerts, known, false) && known)
        part_alerts(&l, s, alerts, known, true);
}

static void add_letters(struct strbuf *out, const struct snapshot *s, int n)
{
    struct tally tally[TALLY_COUNT];
    int i;

    words_tally(tally, &s->counts);
    for (i = 0; i < n; i++)
        if (tally[i].count || (tally[i].letter == 'U' && !s->counts.total))
            strbuf_addf(out, "%s%c%u", out->length ? " " : "", tally[i].letter, (unsigned)tally[i].count);
}

void header_one_line(struct strbuf *out, const struct snapshot *s, const struct order *alerts, int width)
{
    const struct row *worst = alert_at(s, alerts, 0);
    char age[WORDS_SIZE] = "";
    int needed = 0;

    if (s->health.offline)
        strbuf_adds(out, "OFFLINE");
    if (worst) {
        words_age(age, worst->since_ns, s->now_ns);
        needed = (int)(strlen(worst->site->name) + strlen(age)) + 2;
    }
    add_letters(out, s, TALLY_COUNT);
    if (worst && (int)out->length + needed > width) { /* what is down matters more than what is not */
        strbuf_reset(out);
        add_letters(out, s, 1);
    }
    if (worst)
        strbuf_addf(out, " %s %s", worst->site->name, age);
}
