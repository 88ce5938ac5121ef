/* Replay: which moment is wanted, and what came of it. Pure. */
#include "replay.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "act.h"
#include "app.h"
#include "base/clock.h"

#define STEPS_MOST 1000              /* that may wait for an answer */
#define ALERTS_FIGURED 8             /* of those named above the grid the figures are read, too */

/* --- what is shown --------------------------------------------------------------------------------------------------- */

static void forget_picture(struct replay *r)
{
    replay_picture_free(r->picture);
    snapshot_release(&r->snapshot);
    alert_list_release(&r->alerts);
    free(r->id);
    free(r->known);
    r->picture = NULL;
    r->id = NULL;
    r->known = NULL;
    r->nasked = 0;
    r->asked_all = false;
}

void replay_release(struct replay *r)
{
    forget_picture(r);
    free(r->asked);
    *r = (struct replay){ 0 };
}

static void show(struct app *a, const struct snapshot *s)
{
    a->snapshot = s;
    if (view_show(&a->view, s))
        app_say_fault(a, "memory ran out: the list is not whole");
}

void replay_leave(struct app *a)
{
    struct replay *r = &a->replay;

    if (r->shown)
        show(a, a->live);
    forget_picture(r);
    r->on = r->shown = r->waiting = false;
    r->number++;                     /* what is on its way is nobody's */
}

/* --- what is wanted -------------------------------------------------------------------------------------------------- */

static int by_number(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;

    return *x < *y ? -1 : *x > *y;
}

/* With a filter, turns are those of the sites that it shows; but one by state shows others at each turn. */
static void want_of_some(struct app *a, struct replay_want *w)
{
    size_t i;

    if (!filter_is_set(&a->view.filter) || strcasestr(a->view.filter.text, "state="))
        return;
    w->name = malloc((a->view.sites.n + 1) * sizeof(*w->name));
    if (!w->name)
        return;
    w->of_some = true;
    w->nname = a->view.sites.n;
    for (i = 0; i < w->nname; i++)
        w->name[i] = name_hash(a->snapshot->row[a->view.sites.id[i]].row.site->name);
    qsort(w->name, w->nname, sizeof(*w->name), by_number);
}

static void want(struct app *a, int64_t base_ms, int steps, int64_t ahead_ms)
{
    struct replay *r = &a->replay;
    struct replay_want *w = calloc(1, sizeof(*w));

    if (!w) {
        app_say_fault(a, "out of memory");
        return;
    }
    *w = (struct replay_want){ .number = r->number + 1, .from_ms = base_ms, .steps = steps, .ahead_ms = ahead_ms };
    want_of_some(a, w);
    if (!a->ops->replay(a->self, w)) {
        app_say_fault(a, "there is no history here: the settings name no database");
        return;
    }
    r->number++;
    r->base_ms = base_ms;
    r->steps = steps;
    r->ahead_ms = ahead_ms;
    r->on = r->waiting = true;
    if (!r->shown)
        r->at_ms = base_ms + ahead_ms;
}

void replay_go(struct app *a, int64_t at_ms)
{
    want(a, at_ms, 0, 0);
}

void replay_step(struct app *a, int turns, int64_t ahead_ms)
{
    struct replay *r = &a->replay;
    int64_t base_ms = r->on ? r->at_ms : a->live->now_ms;

    if (r->waiting) {                /* it comes on top of what was not answered yet */
        base_ms = r->base_ms;
        turns += r->steps;
        ahead_ms += r->ahead_ms;
    }
    if (turns > STEPS_MOST || turns < -STEPS_MOST)
        return;
    want(a, base_ms, turns, ahead_ms);
}

/* --- what came ------------------------------------------------------------------------------------------------------- */

/* Its place in the picture; nsite: it was not there. */
static size_t place_of(const struct replay_picture *p, uint32_t key)
{
    size_t low = 0, high = p->nsite;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (p->site[middle].key < key)
            low = middle + 1;
        else
            high = middle;
    }
    return low < p->nsite && p->site[low].key == key ? low : p->nsite;
}

static void make_alerts(struct replay *r)
{
    const struct replay_picture *p = r->picture;
    size_t most = p->nincident < ALERTS_MOST ? p->nincident : ALERTS_MOST, i;

    r->alerts.alert = calloc(most + 1, sizeof(*r->alerts.alert));
    for (i = 0; r->alerts.alert && i < p->nincident && r->alerts.n < most; i++) {
        const struct replay_incident *from = &p->incident[i];
        struct alert *to = &r->alerts.alert[r->alerts.n];
        size_t k = place_of(p, from->key);

        if (k == p->nsite)
            continue;
        to->site_id = r->id[k];
        to->generation = r->snapshot.row[to->site_id].row.generation;
        to->incident_id = (uint64_t)from->id;
        to->down = true;
        to->since_ms = from->opened_ms;
        to->acked_ms = from->acked_ms;
        snprintf(to->site, sizeof(to->site), "%s", p->site[k].name);
        snprintf(to->cause, sizeof(to->cause), "%s", from->message);
        snprintf(to->ack_note, sizeof(to->ack_note), "%s", from->note);
        r->alerts.n++;
    }
    alert_list_index(&r->alerts);
}

static void show_picture(struct app *a, struct replay_picture *p)
{
    struct replay *r = &a->replay;
    uint32_t *id = malloc((p->nsite + 1) * sizeof(*id));
    struct snapshot s = SNAPSHOT_INIT;
    bool *known = NULL;

    if (id && !replay_build(&s, id, p, a->live))
        known = calloc(s.nrow + 1, sizeof(*known));
    if (!known) {
        app_say_fault(a, "out of memory");
        snapshot_release(&s);
        free(id);
        replay_picture_free(p);
        if (!r->shown)
            replay_leave(a);
        return;
    }
    forget_picture(r);
    r->picture = p;
    r->snapshot = s;
    r->id = id;
    r->known = known;
    r->at_ms = p->instant.at_ms;
    r->shown = true;
    make_alerts(r);
    show(a, &r->snapshot);
}

static void say_first(struct app *a, int64_t first_ms)
{
    struct replay_banner b = { .on = true, .at_ms = first_ms, .now_ms = a->live->now_ms };
    char text[REPLAY_TEXT_SIZE], *end;

    replay_banner_text(text, &b, 60);
    end = strstr(text, " (-");
    if (end)
        *end = '\0';
    app_say(a, "no history before %s", text + strlen("REPLAY "));
}

/* There is no such moment: what was shown stays. */
static void say_none(struct app *a, const struct replay_picture *p)
{
    if (p->err)
        app_say_fault(a, "%s", p->why.text[0] ? p->why.text : err_name(p->err));
    else if (p->is_now)
        app_say(a, "this is now");
    else
        app_say(a, "there is no history yet");
    if (p->is_now || !a->replay.shown)
        replay_leave(a);
}

static void take_picture(struct app *a, struct replay_picture *p)
{
    struct replay *r = &a->replay;

    if (p->number != r->number) {
        replay_picture_free(p);
        return;
    }
    r->waiting = false;
    if (p->err || p->is_now || p->instant.first_ms == INT64_MAX) {
        say_none(a, p);
        replay_picture_free(p);
        return;
    }
    if (p->is_first)
        say_first(a, p->instant.first_ms);
    show_picture(a, p);
}

static bool has_room(struct snapshot *s, size_t n)
{
    uint32_t *more;

    if (s->changed_size >= n)
        return true;
    more = realloc(s->changed, n * sizeof(*more));
    if (!more)
        return false;
    s->changed = more;
    s->changed_size = n;
    return true;
}

static void take_chunk(struct app *a, const struct replay_chunk *c)
{
    struct replay *r = &a->replay;
    size_t i;

    if (!r->shown || c->number != r->picture->number || !has_room(&r->snapshot, REPLAY_CHUNK))
        return;
    r->snapshot.nchanged = 0;
    for (i = 0; i < c->n; i++) {
        size_t place = place_of(r->picture, c->figures[i].key);
        uint32_t id;

        if (place == r->picture->nsite)
            continue;
        id = r->id[place];
        replay_fill(&r->snapshot, id, &c->figures[i]);
        r->known[id] = true;
        r->snapshot.changed[r->snapshot.nchanged++] = id;
    }
    view_take(&a->view, &r->snapshot);
    r->snapshot.nchanged = 0;
}

void replay_take(struct app *a)
{
    struct replay_picture *p = a->ops->replayed(a->self);
    struct replay_chunk *c, *next;

    if (p)
        take_picture(a, p);
    for (c = a->ops->figures(a->self); c; c = next) {
        next = c->next;
        take_chunk(a, c);
        free(c);
    }
}

/* --- figures --------------------------------------------------------------------------------------------------------- */

/* What the grid is sorted by is among the figures: those of every site are needed. */
static bool sorts_by_figures(const struct app *a)
{
    switch (a->view.sort) {
    case COLUMN_CODE: case COLUMN_LAST: case COLUMN_P50: case COLUMN_P95: case COLUMN_P99:
    case COLUMN_UP24H: case COLUMN_UP7D: case COLUMN_UP30D:
        return true;
    default:
        return false;
    }
}

/* The ids on the screen whose figures are not known. */
static size_t unknown_ids(const struct app *a, uint32_t *id, size_t most)
{
    const struct replay *r = &a->replay;
    const struct order *alerts = &a->view.alerts;
    const struct snapshot_row *cursor = view_subject(&a->view, a->snapshot);
    size_t n = 0, i;

    if (cursor && !r->known[cursor->row.id])
        id[n++] = cursor->row.id;
    for (i = a->view.top; i < view_lines(&a->view) && i < a->view.top + (size_t)a->plan.nrows && n < most; i++)
        if (!r->known[view_line(&a->view, i).id])
            id[n++] = view_line(&a->view, i).id;
    for (i = 0; i < alerts->n && i < ALERTS_FIGURED && n < most; i++)
        if (!r->known[alerts->id[i]])
            id[n++] = alerts->id[i];
    return n;
}

static uint32_t *index_of_ids(const struct replay *r)
{
    uint32_t *site = malloc((r->snapshot.nrow + 1) * sizeof(*site));
    size_t i;

    for (i = 0; site && i < r->picture->nsite; i++)
        site[r->id[i]] = (uint32_t)i;
    return site;
}

/* Asks for these, and, where all are needed, for the others behind them. */
static void ask_for(struct app *a, const uint32_t *id, size_t n, bool all)
{
    struct replay *r = &a->replay;
    struct replay_asks *asks = calloc(1, sizeof(*asks));
    uint32_t *site = index_of_ids(r);
    size_t i;

    if (asks)
        asks->ask = malloc((n + (all ? a->view.sites.n : 0) + 1) * sizeof(*asks->ask));
    if (!asks || !asks->ask || !site) {
        replay_asks_free(asks);
        free(site);
        return;
    }
    asks->number = r->picture->number;
    asks->at_ms = r->at_ms;
    for (i = 0; i < n + (all ? a->view.sites.n : 0); i++) {
        uint32_t one = i < n ? id[i] : a->view.sites.id[i - n];

        if (!r->known[one])
            asks->ask[asks->n++] = (struct replay_ask){ r->picture->site[site[one]].key, r->snapshot.row[one].row.site->options->interval_ms };
    }
    free(site);
    a->ops->ask_figures(a->self, asks);
}

void replay_ask(struct app *a)
{
    struct replay *r = &a->replay;
    size_t most = (size_t)(a->plan.nrows > 0 ? a->plan.nrows : 0) + ALERTS_FIGURED + 1, n;
    bool all = sorts_by_figures(a);
    uint32_t *id;

    if (!r->shown || r->waiting)
        return;
    id = malloc(most * sizeof(*id));
    if (!id)
        return;
    n = unknown_ids(a, id, most);
    if ((!n || (n == r->nasked && !memcmp(id, r->asked, n * sizeof(*id)))) && (!all || r->asked_all)) {
        free(id);
        return;
    }
    ask_for(a, id, n, all);
    free(r->asked);
    r->asked = id;
    r->nasked = n;
    r->asked_all = all;
}

struct replay_banner replay_banner_of(const struct app *a)
{
    const struct replay *r = &a->replay;
    struct replay_banner b = { .on = r->on, .waiting = r->waiting, .at_ms = r->at_ms, .now_ms = a->live->now_ms };

    if (r->shown) {
        b.unobserved = r->snapshot.unobserved;
        b.unseen_from_ms = r->picture->instant.unseen_from_ms;
        b.unseen_until_ms = r->picture->instant.unseen_until_ms;
    }
    return b;
}
