/* All about the site under the cursor: sections below each other, of which those worth least go where there is no room.
 * Pure. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "app.h"
#include "base/clock.h"
#include "base/duration.h"
#include "base/text.h"
#include "chart.h"
#include "model/curl_line.h"
#include "pane.h"
#include "words.h"

#define LABEL_WIDTH 9
#define CHART_LEAST 2
#define CHART_WORTH 12               /* slots of the window with a check */
#define CHART_AXIS 4                 /* a chart as high says from when to when it goes */
#define CHART_MOST 10
#define SUMMARY_FROM 105             /* from here on what there is to say of all outages stands behind the uptime */
#define ASIDE_FROM 50                /* columns from which on there is room for a number behind a bar */

/* What the sections draw from. */
struct detail {
    struct app *app;
    const struct snapshot *snapshot;
    const struct snapshot_row *row;
    struct samples samples;
    struct region_result region[REGIONS_MOST];
    int nregion;
    const struct lookback *past;     /* NULL: the history tells nothing of it, or not yet */
};

/* A section of the page: how many lines it would fill at this width (0: it has nothing to say), and drawing it into as many as it got. */
struct part {
    const char *label;
    int rank;                        /* 0 is never left out, high ones first */
    int (*lines)(const struct detail *d, int width);
    void (*draw)(const struct detail *d, struct cells *c);
    bool grows;                      /* takes what is left over, up to CHART_MOST */
};

static const struct row *row_of(const struct detail *d)
{
    return &d->row->row;
}

static int one_line(const struct detail *d, int width)
{
    (void)d;
    (void)width;
    return 1;
}

/* --- text over several lines ------------------------------------------------------------------------------------- */

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

/* The lines that text takes; drawn are those that there are, the last one cut. */
static int flow(struct cells *c, unsigned style, const char *text)
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

static int flow_lines(const struct detail *d, const char *text, int width)
{
    struct cells nowhere = { .width = width > 0 ? width : 1, .utf8 = true };

    (void)d;
    return flow(&nowhere, STYLE_PLAIN, text);
}

/* --- why ---------------------------------------------------------------------------------------------------------- */

static void why_text(char *text, size_t size, const struct detail *d)
{
    const struct row *r = row_of(d);
    char reason[WORDS_REASON_SIZE], took[DURATION_TEXT_SIZE], limit[DURATION_TEXT_SIZE];

    char answer[ROW_DETAIL_SIZE] = "answers";

    duration_measured(took, r->latency_us * NS_PER_US);
    if (r->status)
        snprintf(answer, sizeof(answer), "%d", r->status);
    else if (r->detail[0])
        snprintf(answer, sizeof(answer), "%s", r->detail);
    if (words_has_reason(r))
        snprintf(text, size, "%s", words_reason(reason, r, d->snapshot, INT16_MAX));
    else if (r->state.degraded == DEGRADED_SLOW && r->site->options->slow_above_ms)
        snprintf(text, size, "%s in %s, slow above %s in 3 of the last 5", answer, took,
                 duration_format(limit, r->site->options->slow_above_ms));
    else if (r->state.degraded == DEGRADED_CERTIFICATE)
        snprintf(text, size, "%s in %s, but its certificate ends in %d days", answer, took,
                 certificate_days(r->certificate_until, d->snapshot->now_ms));
    else
        snprintf(text, size, "%s in %s", answer, took);
}

static int why_lines(const struct detail *d, int width)
{
    char text[WORDS_REASON_SIZE];

    why_text(text, sizeof(text), d);
    return flow_lines(d, text, width);
}

static void why_draw(const struct detail *d, struct cells *c)
{
    char text[WORDS_REASON_SIZE];

    why_text(text, sizeof(text), d);
    flow(c, words_state_style(row_of(d)), text);
}

/* --- since when --------------------------------------------------------------------------------------------------- */

static bool local_time(struct tm *tm, int64_t ms)
{
    time_t seconds = (time_t)(ms / MS_PER_S);

    return localtime_r(&seconds, tm) != NULL;
}

static void since_draw(const struct detail *d, struct cells *c)
{
    const struct row *r = row_of(d);
    const struct snapshot *s = d->snapshot;
    char when[64] = "", age[WORDS_SIZE], last[WORDS_SIZE], next[WORDS_SIZE], text[320];
    struct tm tm;
    size_t used;

    if (local_time(&tm, s->now_ms - (s->now_ns - r->since_ns) / NS_PER_MS))
        strftime(when, sizeof(when), s->now_ns - r->since_ns < 12 * 3600 * NS_PER_S ? "%H:%M:%S" : "%d %b %H:%M", &tm);
    used = (size_t)snprintf(text, sizeof(text), "%s since %s (%s)", state_label(state_shown(&r->state), r->state.degraded), when,
                            words_age(age, r->since_ns, s->now_ns));
    if (r->checks)
        used += (size_t)snprintf(text + used, sizeof(text) - used, ", checked %s ago", words_age(last, r->checked_ns, s->now_ns));
    words_countdown(next, r, s->now_ns);
    if (strcmp(next, "-") != 0)
        used += (size_t)snprintf(text + used, sizeof(text) - used, ", next %s%s", strcmp(next, "now") ? "in " : "", next);
    if (r->state.failures)
        used += (size_t)snprintf(text + used, sizeof(text) - used, ", %u failure%s in a row", r->state.failures,
                                 r->state.failures == 1 ? "" : "s");
    if (r->late)
        snprintf(text + used, sizeof(text) - used, ", %u late", (unsigned)r->late);
    cells_text(c, 0, 0, c->width, STYLE_PLAIN, text);
}

/* --- what is asked ------------------------------------------------------------------------------------------------ */

static void add_list(struct strbuf *out, const char *name, const struct strings *list)
{
    size_t i;

    for (i = 0; i < list->n; i++)
        strbuf_addf(out, "%s%s", i ? " " : name, list->item[i]);
}

static void asks_text(struct strbuf *out, const struct detail *d)
{
    const struct options *o = row_of(d)->site->options;
    char text[STATUS_SET_TEXT_SIZE], length[DURATION_TEXT_SIZE];

    strbuf_addf(out, "%s every %s", row_of(d)->method == METHOD_HEAD ? "HEAD" : "GET", duration_format(length, o->interval_ms));
    strbuf_addf(out, ", timeout %s", duration_format(length, o->timeout_ms));
    if (o->retries)
        strbuf_addf(out, ", %d retr%s %s apart", o->retries, o->retries == 1 ? "y" : "ies",
                    duration_format(length, o->retry_interval_ms));
    if (o->expect_status.nrange)
        strbuf_addf(out, ", expects %s", status_set_format(text, &o->expect_status));
    if (o->expect_body)
        strbuf_addf(out, ", body has '%s'", o->expect_body);
    if (o->expect_body_regex)
        strbuf_addf(out, ", body fits /%s/", o->expect_body_regex);
    if (o->reject_body)
        strbuf_addf(out, ", body has no '%s'", o->reject_body);
    if (o->owner)
        strbuf_addf(out, ", owner %s", o->owner);
    add_list(out, ", tags ", &o->tags);
    add_list(out, ", needs ", &o->depends_on);
}

static int asks_lines(const struct detail *d, int width)
{
    struct strbuf text = STRBUF_INIT;
    int n;

    asks_text(&text, d);
    n = flow_lines(d, text.text, width);
    strbuf_release(&text);
    return n;
}

static void asks_draw(const struct detail *d, struct cells *c)
{
    struct strbuf text = STRBUF_INIT;

    asks_text(&text, d);
    flow(c, STYLE_PLAIN, text.text);
    strbuf_release(&text);
}

/* --- phases ------------------------------------------------------------------------------------------------------- */

static const char *const phase_label[PHASE_COUNT] = { "dns", "tcp", "tls", "ttfb", "body" };

/* The phase that a check without an end was in; PHASE_COUNT when it has one. */
static int unfinished(const struct row *r)
{
    const char *class = outcome_class((enum outcome)r->outcome);
    int i = 0;

    if (!r->checks || !class || strcmp(class, "timeout") != 0)
        return PHASE_COUNT;
    while (i < PHASE_COUNT && r->phase_us[i] != UINT32_MAX)
        i++;
    if (i == PHASE_TLS && strncmp(r->site->url, "https:", 6) != 0)
        i++;
    return i;
}

struct bars {
    uint32_t us[PHASE_COUNT];        /* UINT32_MAX: not reached */
    int unfinished;
    uint64_t all, scale;
};

static struct bars bars_of(const struct detail *d)
{
    const struct row *r = row_of(d);
    struct bars b = { .unfinished = unfinished(r) };
    uint64_t usual = 0;
    int i;

    for (i = 0; i < PHASE_COUNT; i++) {
        b.us[i] = r->checks ? r->phase_us[i] : UINT32_MAX;
        b.all += b.us[i] == UINT32_MAX ? 0 : b.us[i];
        usual += latency_us(d->samples.usual[i]);
    }
    if (b.unfinished < PHASE_COUNT && r->latency_us > b.all) {
        b.us[b.unfinished] = (uint32_t)(r->latency_us - b.all);
        b.all = r->latency_us;
    }
    b.scale = b.all > usual ? b.all : usual;
    return b;
}

static int phases_lines(const struct detail *d, int width)
{
    struct bars b = bars_of(d);
    int i, n = 0;

    (void)width;
    for (i = 0; i < PHASE_COUNT; i++)
        n += b.us[i] != UINT32_MAX;
    return b.all ? n : 0;
}

static void draw_phase(const struct detail *d, struct cells *c, int y, int i, const struct bars *b, uint64_t before)
{
    bool aside = c->width >= ASIDE_FROM;
    uint32_t usual = latency_us(d->samples.usual[i]);
    int x = 15, width = c->width - x - (aside ? 17 : 0);
    char text[DURATION_TEXT_SIZE], line[64];
    enum style style = i == b->unfinished ? STYLE_TREND_FAIL
                     : usual && b->us[i] > 2 * (uint64_t)usual + 1000 ? STYLE_TREND_HIGH : STYLE_TREND;

    cells_text(c, y, 0, 4, STYLE_PLAIN, phase_label[i]);
    cells_field(c, y, 5, 8, b->us[i] == UINT32_MAX ? STYLE_QUIET : STYLE_PLAIN, LIE_RIGHT,
                b->us[i] == UINT32_MAX ? "-" : duration_measured(text, b->us[i] * NS_PER_US));
    if (width > 0 && b->us[i] != UINT32_MAX)
        chart_bar(c, y, x, width, (double)before / (double)b->scale, (double)(before + b->us[i]) / (double)b->scale, style);
    if (!aside || !usual)
        return;
    snprintf(line, sizeof(line), "usual %s", duration_measured(text, usual * NS_PER_US));
    cells_field(c, y, c->width - 16, 15, STYLE_QUIET, LIE_RIGHT, line);
}

static void phases_draw(const struct detail *d, struct cells *c)
{
    struct bars b = bars_of(d);
    uint64_t before = 0;
    int i, y = 0;

    for (i = 0; i < PHASE_COUNT; i++) {
        if (b.us[i] == UINT32_MAX)
            continue;
        draw_phase(d, c, y++, i, &b, before);
        before += b.us[i] == UINT32_MAX ? 0 : b.us[i];
    }
}

/* --- latency ------------------------------------------------------------------------------------------------------ */

/* A window that is nearly empty tells less than the last checks, if there are any. */
static bool has_chart(const struct detail *d)
{
    int i, n = 0;

    if (!d->past || !d->past->checks)
        return false;
    for (i = 0; i < LOOKBACK_SLOTS; i++)
        n += d->past->slot[i] != CHART_GAP;
    return n >= CHART_WORTH || d->samples.kept < 2;
}

static int latency_lines(const struct detail *d, int width)
{
    (void)width;
    if (has_chart(d) || d->samples.kept > 1)
        return 1 + CHART_LEAST;
    return d->samples.kept;
}

static size_t oldest_first(const struct samples *s, uint32_t us[SAMPLES_KEPT])
{
    size_t i;

    for (i = 0; i < s->kept; i++)
        us[i] = latency_us(s->latency[(s->next + SAMPLES_KEPT - s->kept + i) % SAMPLES_KEPT]);
    return s->kept;
}

/* The slots of the window, the worst of each column's, and below them from when to when. */
static void past_chart(const struct detail *d, struct cells *c)
{
    bool axis = c->height >= CHART_AXIS;
    struct cells chart = cells_part(c, 0, 0, c->height - axis, c->width);
    size_t room = chart_room(c, c->width), i;
    uint32_t us[LOOKBACK_SLOTS] = { 0 };
    char length[DURATION_TEXT_SIZE], text[96];

    if (!room)
        return;
    if (room > LOOKBACK_SLOTS)
        room = LOOKBACK_SLOTS;
    for (i = 0; i < LOOKBACK_SLOTS; i++) {
        uint32_t *to = &us[i * room / LOOKBACK_SLOTS];

        if (d->past->slot[i] > *to)
            *to = d->past->slot[i];
    }
    chart_draw(&chart, us, room);
    if (!axis)
        return;
    snprintf(text, sizeof(text), "-%s", duration_format(length, d->past->window_ms));
    cells_text(c, c->height - 1, 8, 8, STYLE_QUIET, text);
    snprintf(text, sizeof(text), "%u checks  ( ) zoom  now", (unsigned)d->past->checks);
    cells_field(c, c->height - 1, 16, 8 + (int)(c->utf8 ? (room + 1) / 2 : room) - 16, STYLE_QUIET, LIE_RIGHT, text);
}

static void latency_draw(const struct detail *d, struct cells *c)
{
    static const int permille[] = { 500, 950, 990, 1000 };
    static const char *const names[] = { "p50", "p95", "p99", "max" };
    uint32_t us[4], value[SAMPLES_KEPT];
    struct cells chart = cells_part(c, 1, 0, c->height - 1, c->width);
    char text[DURATION_TEXT_SIZE], line[64];
    int i, x = 0;

    samples_percentiles(&d->samples, permille, us, 4);
    for (i = 0; i < 4 && d->samples.kept; i++) {
        snprintf(line, sizeof(line), "%s %s", names[i], duration_measured(text, us[i] * NS_PER_US));
        x += cells_text(c, 0, x, c->width - x, STYLE_PLAIN, line) + 3;
    }
    if (d->samples.kept)
        snprintf(line, sizeof(line), "of the last %d good check%s", d->samples.kept, d->samples.kept == 1 ? "" : "s");
    else
        snprintf(line, sizeof(line), "no good check yet");
    if (x + (int)strlen(line) <= c->width)
        cells_text(c, 0, x, c->width - x, STYLE_QUIET, line);
    if (chart.height > 1 && has_chart(d))
        past_chart(d, &chart);
    else if (chart.height > 1)
        chart_draw(&chart, value, oldest_first(&d->samples, value));
}

/* --- uptime ------------------------------------------------------------------------------------------------------- */

static int uptime_lines(const struct detail *d, int width)
{
    const struct figures *f = &row_of(d)->figures;
    int i;

    (void)width;
    for (i = 0; i < FIGURES_WINDOWS; i++)
        if (f->up[i] != SHARE_NONE)
            return 1;
    return 0;
}

/* "5 outages in 90 days, longest 40m, MTTR 6m, MTBF 13d" */
static void summary_text(char *text, size_t size, const struct detail *d)
{
    const struct outages *o = &d->past->outages;
    int64_t mttr_ms = outages_mttr_ms(o), mtbf_ms = outages_mtbf_ms(o, &d->past->spent);
    char longest[DURATION_TEXT_SIZE], mttr[DURATION_TEXT_SIZE] = "-", mtbf[DURATION_TEXT_SIZE] = "-";

    if (mttr_ms >= 0)
        duration_glance(mttr, mttr_ms);
    if (mtbf_ms >= 0)
        duration_glance(mtbf, mtbf_ms);
    snprintf(text, size, "%u outage%s in 90 days, longest %s, MTTR %s, MTBF %s", (unsigned)o->n, o->n == 1 ? "" : "s",
             duration_glance(longest, o->longest_ms), mttr, mtbf);
}

static void uptime_draw(const struct detail *d, struct cells *c)
{
    const struct figures *f = &row_of(d)->figures;
    bool partly = false;
    char text[WORDS_SIZE], summary[160];
    int i, x = 0;

    for (i = 0; i < FIGURES_WINDOWS; i++) {
        words_uptime(text, f->up[i], f->seen[i]);
        partly |= strchr(text, '*') != NULL;
        x += cells_text(c, 0, x, c->width - x, STYLE_QUIET, figures_window_name((enum figures_window)i)) + 1;
        x += cells_text(c, 0, x, c->width - x, STYLE_PLAIN, text) + 3;
    }
    if (partly)
        x += cells_text(c, 0, x, c->width - x, STYLE_QUIET, "* not all of it was observed") + 3;
    if (!d->past || !d->past->noutage)
        return;
    summary_text(summary, sizeof(summary), d);
    if (x + (int)strlen(summary) <= c->width)
        cells_text(c, 0, x, c->width - x, STYLE_QUIET, summary);
}

/* --- days and outages --------------------------------------------------------------------------------------------- */

static int days_lines(const struct detail *d, int width)
{
    return d->past && width >= 30;
}

/* A character a day, today last: '.' good, the number of its outages, blank when nobody looked. */
static void days_draw(const struct detail *d, struct cells *c)
{
    int n = c->width < LOOKBACK_DAYS ? c->width : LOOKBACK_DAYS, x;

    for (x = 0; x < n; x++) {
        int i = LOOKBACK_DAYS - n + x;
        char mark[2] = { d->past->outages_of_day[i] > 9 ? '9' : (char)('0' + d->past->outages_of_day[i]) };

        if (d->past->day[i] == DAY_BAD)
            cells_text(c, 0, x, 1, STYLE_TREND_FAIL, mark[0] == '0' ? "X" : mark);
        else if (d->past->day[i] == DAY_GOOD)
            cells_text(c, 0, x, 1, STYLE_UP, ".");
        else
            cells_text(c, 0, x, 1, STYLE_QUIET, c->utf8 ? "·" : " ");
    }
}

static int outages_lines(const struct detail *d, int width)
{
    return d->past && d->past->noutage ? width >= SUMMARY_FROM ? 1 : 2 : 0;
}

static void outage_text(char *text, size_t size, const struct detail *d, int i)
{
    int64_t began_ms = d->past->outage[i].began_ms, ended_ms = d->past->outage[i].ended_ms;
    const char *tag = outcome_tag(d->past->outage[i].outcome);
    char length[DURATION_TEXT_SIZE], when[32] = "", code[8] = "failed";
    struct tm tm;

    if (d->past->outage[i].status)
        snprintf(code, sizeof(code), "%d", d->past->outage[i].status);
    duration_glance(length, (ended_ms ? ended_ms : d->snapshot->now_ms) - began_ms);
    if (local_time(&tm, began_ms))
        strftime(when, sizeof(when), d->snapshot->now_ms - began_ms < 6 * MS_PER_DAY ? "%a %H:%M" : "%d %b %H:%M", &tm);
    snprintf(text, size, "%s %s %s", ended_ms ? when : "now", length, tag ? tag : code);
}

static void outages_draw(const struct detail *d, struct cells *c)
{
    char text[160];
    int i, x = 0;

    for (i = 0; i < d->past->noutage; i++) {
        outage_text(text, sizeof(text), d, i);
        if (x && x + 3 + (int)strlen(text) > c->width)
            break;
        x += x ? cells_text(c, 0, x, c->width - x, STYLE_RULE, " | ") : 0;
        x += cells_text(c, 0, x, c->width - x, d->past->outage[i].ended_ms ? STYLE_PLAIN : STYLE_REASON, text);
    }
    summary_text(text, sizeof(text), d);
    if (c->width < SUMMARY_FROM)
        cells_text(c, 1, 0, c->width, STYLE_QUIET, text);
}

/* --- regions ------------------------------------------------------------------------------------------------------ */

static int regions_lines(const struct detail *d, int width)
{
    (void)width;
    return d->nregion;
}

static void regions_draw(const struct detail *d, struct cells *c)
{
    char took[DURATION_TEXT_SIZE], text[160], code[8];
    int i;

    for (i = 0; i < d->nregion && i < c->height; i++) {
        const struct region_result *r = &d->region[i];
        const char *tag = outcome_tag((enum outcome)r->outcome);

        snprintf(code, sizeof(code), "%u", r->status);
        snprintf(text, sizeof(text), "%-*s %-4s %8s  %s", REGION_NAME_SIZE - 1, r->name, tag ? tag : code,
                 r->latency_us ? duration_measured(took, r->latency_us * NS_PER_US) : "-",
                 r->outcome == OUTCOME_OK ? "" : outcome_sentence((enum outcome)r->outcome));
        cells_text(c, i, 0, c->width, r->outcome == OUTCOME_OK ? STYLE_PLAIN : STYLE_REASON, text);
    }
}

/* --- certificate, address, curl ----------------------------------------------------------------------------------- */

static int certificate_lines(const struct detail *d, int width)
{
    (void)width;
    return row_of(d)->certificate_until != CERTIFICATE_UNKNOWN;
}

static void certificate_draw(const struct detail *d, struct cells *c)
{
    const struct row *r = row_of(d);
    int64_t left_ms = words_certificate_left_ms(r, d->snapshot->now_ms);
    char when[64] = "", length[DURATION_TEXT_SIZE], text[160];
    struct tm tm;
    bool near = left_ms < r->site->options->certificate_warning_ms;

    if (local_time(&tm, d->snapshot->now_ms + left_ms))
        strftime(when, sizeof(when), "%a %d %b %Y %H:%M %Z", &tm);
    if (left_ms <= 0)
        snprintf(text, sizeof(text), "expired %s ago: %s", duration_glance(length, -left_ms), when);
    else
        snprintf(text, sizeof(text), "ends in %s: %s", duration_glance(length, left_ms), when);
    cells_text(c, 0, 0, c->width, left_ms <= 0 ? STYLE_DOWN : near ? STYLE_WARN : STYLE_PLAIN, text);
}

static int address_lines(const struct detail *d, int width)
{
    (void)width;
    return row_of(d)->address[0] != '\0';
}

static void address_draw(const struct detail *d, struct cells *c)
{
    cells_text(c, 0, 0, c->width, STYLE_PLAIN, row_of(d)->address);
}

static int repeat_lines(const struct detail *d, int width)
{
    struct strbuf text = STRBUF_INIT;
    int n;

    curl_line(&text, row_of(d)->site, (enum method)row_of(d)->method);
    n = flow_lines(d, text.text, width);
    strbuf_release(&text);
    return n;
}

static void repeat_draw(const struct detail *d, struct cells *c)
{
    struct strbuf text = STRBUF_INIT;

    curl_line(&text, row_of(d)->site, (enum method)row_of(d)->method);
    flow(c, STYLE_PLAIN, text.text);
    strbuf_release(&text);
}

static const struct part sections[] = {
    { "why",     0,  why_lines,         why_draw,         false },
    { "state",   1,  one_line,          since_draw,       false },
    { "asks",    9,  asks_lines,        asks_draw,        false },
    { "phases",  3,  phases_lines,      phases_draw,      false },
    { "latency", 4,  latency_lines,     latency_draw,     true },
    { "uptime",  5,  uptime_lines,      uptime_draw,      false },
    { "90 days", 7,  days_lines,        days_draw,        false },
    { "outages", 6,  outages_lines,     outages_draw,     false },
    { "regions", 2,  regions_lines,     regions_draw,     false },
    { "cert",    10,  certificate_lines, certificate_draw, false },
    { "address", 11,  address_lines,     address_draw,     false },
    { "repeat",  8,  repeat_lines,      repeat_draw,      false },
};
#define NSECTION ((int)(sizeof(sections) / sizeof(sections[0])))

/* --- which of them, and where ------------------------------------------------------------------------------------- */

static int total(const int lines[NSECTION])
{
    int i, n = 0;

    for (i = 0; i < NSECTION; i++)
        n += lines[i];
    return n;
}

/* The sections worth most, as they fit; of the chart its figures alone, where there is no room for more. */
static void choose_best(int lines[NSECTION], int height)
{
    int wanted[NSECTION], rank, i;

    memcpy(wanted, lines, sizeof(wanted));
    memset(lines, 0, sizeof(wanted));
    for (rank = 0; rank < NSECTION; rank++)
        for (i = 0; i < NSECTION; i++) {
            int left = height - total(lines);

            if (sections[i].rank == rank && wanted[i] && left > 0)
                lines[i] = wanted[i] <= left ? wanted[i] : sections[i].grows || !rank ? 1 : 0;
        }
}

static void grow(int lines[NSECTION], int spare)
{
    int i;

    for (i = 0; i < NSECTION && spare > 0; i++)
        if (sections[i].grows && lines[i] + spare > CHART_LEAST) {
            int more = spare < CHART_MOST - lines[i] ? spare : CHART_MOST - lines[i];

            lines[i] += more;
            spare -= more;
        }
}

/* A blank line before what has several lines, where there is room for all of them. */
static bool is_apart(const int lines[NSECTION], int i)
{
    int before = i;

    while (before-- > 0)
        if (lines[before])
            return lines[i] > 1 || lines[before] > 1;
    return false;
}

static int gaps(const int lines[NSECTION])
{
    int i, n = 0;

    for (i = 0; i < NSECTION; i++)
        n += lines[i] && is_apart(lines, i);
    return n;
}

/* Draws a section on lines y to y + lines - 1, of which the first ones may lie above the screen. */
static void draw_section(const struct detail *d, struct cells *c, int y, int lines, const struct part *s)
{
    int label = c->width >= 40 ? LABEL_WIDTH : 0;
    struct cells part, whole = CELLS_INIT;
    int i;

    if (y + lines <= 0 || y >= c->height)
        return;
    if (label && y >= 0)
        cells_text(c, y, 0, label - 1, STYLE_LABEL, s->label);
    if (y >= 0) {
        part = cells_part(c, y, label, lines, c->width - label);
        s->draw(d, &part);
        return;
    }
    whole.utf8 = c->utf8;
    if (!cells_resize(&whole, c->width - label, lines)) {
        s->draw(d, &whole);
        for (i = -y; i < lines && y + i < c->height; i++)
            memcpy(cells_at(c, y + i, label), cells_at(&whole, i, 0), (size_t)whole.width * sizeof(*whole.cell));
    }
    cells_release(&whole);
}

static bool detail_of(struct app *a, struct detail *d)
{
    const struct snapshot_row *row = view_row(&a->view, a->snapshot);

    *d = (struct detail){ .app = a, .snapshot = a->snapshot, .row = row };
    if (!row || !a->ops->recent(a->self, row->row.id, &d->samples, d->region, &d->nregion))
        return false;
    d->past = a->ops->lookback(a->self, row->row.site->name, app_window_ms(a));
    if (d->past && (!d->past->known || strncmp(d->past->name, row->row.site->name, sizeof(d->past->name) - 1) != 0))
        d->past = NULL;
    return true;
}

static int draw(struct app *a, struct cells *c, int top)
{
    int lines[NSECTION], i, y = -top, wanted, width = c->width - (c->width >= 40 ? LABEL_WIDTH : 0);
    bool whole = panes_is_alone(a), apart;
    struct detail d;

    if (!detail_of(a, &d)) {
        cells_text(c, 0, 1, c->width, STYLE_QUIET, "there is no site here");
        return 1;
    }
    for (i = 0; i < NSECTION; i++)
        lines[i] = sections[i].lines(&d, width);
    if (!whole)
        choose_best(lines, c->height);
    apart = total(lines) + gaps(lines) <= c->height;
    grow(lines, c->height - total(lines) - (apart ? gaps(lines) : 0));
    wanted = total(lines) + (apart ? gaps(lines) : 0);
    for (i = 0; i < NSECTION; i++) {
        if (!lines[i])
            continue;
        y += apart && is_apart(lines, i);
        draw_section(&d, c, y, lines[i], &sections[i]);
        y += lines[i];
    }
    return wanted;
}

static void title(struct app *a, struct strbuf *out)
{
    const struct snapshot_row *row = view_row(&a->view, a->snapshot);
    char url[512];

    if (!row) {
        strbuf_adds(out, "Detail");
        return;
    }
    text_mask_url(url, sizeof(url), row->row.site->url);
    strbuf_addf(out, "%s  %s", row->row.site->name, url);
}

const struct pane_ops pane_detail = {
    .title = title,
    .draw = draw,
};
