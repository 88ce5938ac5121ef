/* What happened since a person looked last: the worst and newest first, below a line that sums it up. Pure. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "act.h"
#include "app.h"
#include "base/clock.h"
#include "base/duration.h"
#include "since.h"
#include "since_read.h"
#include "words.h"

#define NAME_WIDTH 20
#define LABEL_WIDTH 6
#define SUMS_MOST 6                  /* parts of the sum */
#define ABSENT_MS MS_PER_MIN         /* who was away for less is told when something happened, and not that nothing did */
#define LINES_MOST (SUMS_MOST + 1)   /* and lines it takes, with a blank one below */

struct account {
    struct since *since;
    bool asked;                      /* by :since TIME, not for who comes back */
    bool told;                       /* who came back was shown or told it */
};

static struct account *account_of(struct app *a)
{
    if (!a->pane[PANE_SINCE].own)
        a->pane[PANE_SINCE].own = calloc(1, sizeof(struct account));
    return a->pane[PANE_SINCE].own;
}

static void release(struct app *a)
{
    struct account *c = a->pane[PANE_SINCE].own;

    if (c)
        since_free(c->since);
    free(c);
}

/* --- in words ------------------------------------------------------------------------------------------------------- */

/* "18:04" "yesterday 18:04" "Fri 20 Nov 18:04" */
static void when_text(char text[32], int64_t at_ms, int64_t now_ms)
{
    time_t at = (time_t)(at_ms / MS_PER_S), now = (time_t)(now_ms / MS_PER_S), before = now - 86400;
    struct tm tm, today, yesterday;

    text[0] = '\0';
    if (!localtime_r(&at, &tm) || !localtime_r(&now, &today) || !localtime_r(&before, &yesterday))
        return;
    if (tm.tm_yday == today.tm_yday && tm.tm_year == today.tm_year)
        strftime(text, 32, "%H:%M", &tm);
    else if (tm.tm_yday == yesterday.tm_yday && tm.tm_year == yesterday.tm_year)
        strftime(text, 32, "yesterday %H:%M", &tm);
    else
        strftime(text, 32, "%a %d %b %H:%M", &tm);
}

/* "Since you last looked, yesterday 18:04 (14h)" */
static void since_text(char text[96], const struct app *a, const struct account *c)
{
    char when[32], ago[DURATION_TEXT_SIZE];
    int64_t now_ms = a->live->now_ms;

    when_text(when, c->since->from_ms, now_ms);
    duration_glance(ago, now_ms > c->since->from_ms ? now_ms - c->since->from_ms : 0);
    snprintf(text, 96, "%s%s (%s)", c->asked || a->plan.narrow ? "Since " : "Since you last looked, ", when, ago);
}

static void title(struct app *a, struct strbuf *out)
{
    struct account *c = account_of(a);
    char text[96] = "Since you last looked";

    if (c && c->since)
        since_text(text, a, c);
    strbuf_adds(out, text);
}

static size_t sum(char part[SUMS_MOST][64], const struct since *s)
{
    static const struct {
        enum since_kind kind;
        const char *one, *many;
    } parts[SUMS_MOST] = {
        { SINCE_OUTAGE, "outage", "outages" }, { SINCE_AGAIN, "site up again", "sites up again" },
        { SINCE_CERTIFICATE, "certificate near its end", "certificates near their end" }, { SINCE_ADDED, "site added", "sites added" },
        { SINCE_REMOVED, "site removed", "sites removed" }, { SINCE_GAP, "time nobody watched", "times nobody watched" },
    };
    size_t n = 0, i;

    for (i = 0; i < SUMS_MOST; i++) {
        unsigned count = s->count[parts[i].kind];

        if (!count)
            continue;
        snprintf(part[n], sizeof(part[n]), "%u %s", count, count == 1 ? parts[i].one : parts[i].many);
        if (parts[i].kind == SINCE_OUTAGE)
            snprintf(part[n] + strlen(part[n]), 32, ", %u still down", (unsigned)s->count[SINCE_DOWN]);
        n++;
    }
    return n;
}

/* The sum on as many lines as it needs, and a blank one behind it; how many. */
static size_t sum_lines(char line[LINES_MOST][256], const struct since *s, int width)
{
    char part[SUMS_MOST][64];
    size_t n = sum(part, s), at = 0, i;

    line[0][0] = '\0';
    for (i = 0; i < n; i++) {
        if (line[at][0] && (int)(strlen(line[at]) + strlen(part[i])) + 3 > width)
            line[++at][0] = '\0';
        snprintf(line[at] + strlen(line[at]), sizeof(line[at]) - strlen(line[at]), "%s%s", line[at][0] ? ", " : "", part[i]);
    }
    line[n ? at + 1 : at][0] = '\0';
    return n ? at + 2 : 0;
}

static size_t head_lines(const struct app *a, const struct since *s)
{
    char line[LINES_MOST][256];

    return sum_lines(line, s, a->plan.width);
}

/* --- items ---------------------------------------------------------------------------------------------------------- */

static const struct {
    const char *label;
    enum style style;
} kinds[SINCE_KINDS] = {
    [SINCE_DOWN] = { "DOWN", STYLE_DOWN }, [SINCE_OUTAGE] = { "DOWN", STYLE_QUIET }, [SINCE_AGAIN] = { "UP", STYLE_UP },
    [SINCE_CERTIFICATE] = { "CERT", STYLE_WARN }, [SINCE_ADDED] = { "NEW", STYLE_NEW }, [SINCE_REMOVED] = { "GONE", STYLE_QUIET },
    [SINCE_GAP] = { "-", STYLE_QUIET },
};

static void item_text(char *text, size_t size, const struct since_item *i)
{
    char length[DURATION_TEXT_SIZE];

    duration_glance(length, i->for_ms > 0 ? i->for_ms : 0);
    switch (i->kind) {
    case SINCE_DOWN:
        if (i->n > 1)
            snprintf(text, size, "still, the last of %u: %s", (unsigned)i->n, i->text);
        else
            snprintf(text, size, "still, for %s: %s", length, i->text);
        break;
    case SINCE_OUTAGE:
        if (i->n > 1)
            snprintf(text, size, "%u times, %s in all, the last: %s", (unsigned)i->n, length, i->text);
        else
            snprintf(text, size, "for %s: %s", length, i->text);
        break;
    case SINCE_AGAIN:
        snprintf(text, size, "again, after %s", length);
        break;
    case SINCE_CERTIFICATE:
        snprintf(text, size, i->for_ms > 0 ? "its certificate ends in %s" : "its certificate has ended", length);
        break;
    case SINCE_ADDED:
        snprintf(text, size, "is watched from then on");
        break;
    case SINCE_REMOVED:
        snprintf(text, size, "left the list");
        break;
    default:
        snprintf(text, size, "nobody watched for %s: the monitor did not run, or the machine slept", length);
    }
}

static void draw_item(struct app *a, struct cells *c, int y, const struct since_item *i, unsigned flags)
{
    bool wide = c->width >= 60;
    int x = wide ? 14 : 7, name = wide ? NAME_WIDTH : 12;
    char when[32], text[256];

    words_moment(when, i->at_ms, a->live->now_ms, wide);
    cells_text(c, y, 1, x - 2, STYLE_QUIET | flags, when);
    cells_field(c, y, x, name, STYLE_PLAIN | flags, LIE_CUT_MIDDLE, i->name);
    x += name + 1;
    cells_text(c, y, x, c->width - x, kinds[i->kind].style | flags, kinds[i->kind].label);
    x += LABEL_WIDTH;
    item_text(text, sizeof(text), i);
    cells_text(c, y, x, c->width - x, STYLE_PLAIN | flags, text);
}

static size_t count(struct app *a)
{
    const struct account *c = account_of(a);

    return c && c->since && c->since->n ? head_lines(a, c->since) + c->since->n : 0;
}

static void item(struct app *a, struct cells *c, int y, size_t i, unsigned flags)
{
    const struct since *s = account_of(a)->since;
    char line[LINES_MOST][256];
    size_t head = sum_lines(line, s, a->plan.width);

    if (i < head)
        cells_text(c, y, 1, c->width - 1, STYLE_HEADING | flags, line[i]);
    else
        draw_item(a, c, y, &s->item[i - head], flags);
}

static bool subject(struct app *a, size_t i, uint32_t *site_id)
{
    const struct since *s = account_of(a)->since;
    size_t head = head_lines(a, s), id;

    for (id = 0; i >= head && id < a->snapshot->nrow; id++)
        if (a->snapshot->row[id].row.generation && !strcmp(a->snapshot->row[id].row.site->name, s->item[i - head].name)) {
            *site_id = (uint32_t)id;
            return true;
        }
    return false;
}

/* --- what came ------------------------------------------------------------------------------------------------------ */

/* Certificates that came near their end, or met it, meanwhile. */
static void add_certificates(const struct app *a, struct since *s)
{
    size_t id;

    for (id = 0; id < a->live->nrow; id++) {
        const struct row *r = &a->live->row[id].row;
        struct since_item *i;
        int64_t left_ms, away_ms = s->until_ms - s->from_ms;

        if (!r->generation || r->certificate_until == CERTIFICATE_UNKNOWN)
            continue;
        left_ms = words_certificate_left_ms(r, s->until_ms);
        if (left_ms > r->site->options->certificate_warning_ms || left_ms + away_ms <= 0 ||
            (left_ms > 0 && left_ms + away_ms <= r->site->options->certificate_warning_ms))
            continue;
        i = since_add(s, SINCE_CERTIFICATE, r->site->name, s->until_ms + (left_ms > 0 ? left_ms - r->site->options->certificate_warning_ms : left_ms));
        if (i)
            i->for_ms = left_ms;
    }
    since_sort(s);
}

/* That nobody watched until now, since the monitor ran no longer than the screen, is no news. */
static bool is_worth_it(const struct since *s)
{
    return s->n > (s->count[SINCE_GAP] == 1 && s->to_the_end);
}

static void show(struct app *a, const struct since *s)
{
    a->pane[PANE_SINCE].top = 0;
    panes_open(a, PANE_SINCE);
    a->pane[PANE_SINCE].at = s->n ? head_lines(a, s) : 0;
}

static void say(struct app *a, struct account *c)
{
    char text[96];

    since_text(text, a, c);
    if (is_worth_it(c->since))
        app_say(a, "%s: :since tells what happened", text);
    else if (c->since->n)
        app_say(a, "%s: nobody watched", text);
    else
        app_say(a, "%s: nothing happened", text);
}

/* Unless there is something else to read, or nothing to tell of a moment's absence. */
static bool may_say(const struct app *a, const struct since *s)
{
    if (a->message[0] || a->mode != MODE_GRID)
        return false;
    return is_worth_it(s) || (!a->typed && s->until_ms - s->from_ms >= ABSENT_MS);
}

static void tell(struct app *a, struct account *c)
{
    bool shows = a->here == PANE_SINCE, may_show = !a->typed && a->mode == MODE_GRID && a->here == PANE_SITES;

    if (c->told && (shows || a->typed || !is_worth_it(c->since)))
        return;
    if (is_worth_it(c->since) && may_show)
        show(a, c->since);
    else if (may_say(a, c->since))
        say(a, c);
    c->told = true;
}

void since_take(struct app *a)
{
    struct since *s = a->ops->since(a->self);
    struct account *c = s ? account_of(a) : NULL;

    if (!c) {
        since_free(s);
        return;
    }
    add_certificates(a, s);
    since_free(c->since);
    c->since = s;
    if (!c->asked)
        tell(a, c);
    else if (a->here == PANE_SINCE)
        a->pane[PANE_SINCE].at = s->n ? head_lines(a, s) : 0;
}

void since_come_back(struct app *a, int64_t from_ms, bool looks)
{
    struct account *c = account_of(a);

    if (!c || !a->ops->want_since(a->self, from_ms))
        return;
    c->asked = c->told = false;
    a->typed = !looks;
}

/* --- keys ----------------------------------------------------------------------------------------------------------- */

static bool asked(struct app *a, const char *argument)
{
    struct account *c = account_of(a);
    struct errmsg why;
    int64_t from_ms;

    if (!c)
        return false;
    if (!*argument) {
        if (!c->since)
            app_say(a, "nobody looked before: :since 2h tells of a time");
        return c->since != NULL;
    }
    if (replay_parse(argument, a->live->now_ms, &from_ms, &why)) {
        app_say_fault(a, "%s", why.text);
        return false;
    }
    if (!a->ops->want_since(a->self, from_ms)) {
        app_say_fault(a, "there is no history here: the settings name no database");
        return false;
    }
    c->asked = true;
    since_free(c->since);
    c->since = NULL;
    return true;
}

/* Whatever is no way through the list goes on to the grid. */
static bool stroke(struct app *a, uint32_t key)
{
    static const enum action ways[] = {
        ACTION_UP, ACTION_DOWN, ACTION_PAGE_UP, ACTION_PAGE_DOWN, ACTION_HALF_UP, ACTION_HALF_DOWN, ACTION_FIRST, ACTION_LAST,
        ACTION_PANE_DETAIL, ACTION_CLEAR, ACTION_HELP, ACTION_COMMAND, ACTION_REDRAW,
    };
    enum action action = keymap_find(&a->keys, key);
    size_t i;

    for (i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
        if (action == ways[i])
            return false;
    panes_open(a, PANE_SITES);
    return action == ACTION_NONE || key == STROKE_SPACE;
}

const struct pane_ops pane_since = {
    .title = title,
    .asked = asked,
    .release = release,
    .count = count,
    .nothing = "nothing happened, as far as it was read",
    .item = item,
    .subject = subject,
    .stroke = stroke,
};
