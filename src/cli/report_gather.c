/* What history tells of a range of time: sites, time in states, incidents. The main thread. */
#include "report.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/day.h"
#include "base/text.h"

/* --- sites -------------------------------------------------------------------------------------------------------- */

static char *clean_copy(const char *text)
{
    size_t size = text ? strlen(text) + 1 : 1;
    char *copy = malloc(size);

    if (copy)
        text_clean(copy, size, text ? text : "", size - 1);
    return copy;
}

static enum err take_tags(struct strings *tags, const char *json)
{
    json_t *list = json_loads(json, 0, NULL);
    enum err err = ERR_OK;
    size_t i;

    for (i = 0; !err && i < json_array_size(list); i++) {
        char *tag = clean_copy(json_string_value(json_array_get(list, i)));

        err = tag ? strings_add(tags, tag) : ERR_NOMEM;
        free(tag);
    }
    json_decref(list);
    return err;
}

static void figures_release(struct report_figures *f)
{
    free(f->day);
    free(f->slot);
}

static enum err figures_init(struct report_figures *f, const struct report *r)
{
    int i;

    f->slowest_phase = -1;
    for (i = 0; i < PHASE_COUNT; i++)
        f->phase_us[i] = UINT32_MAX;
    f->day = calloc(r->nday, sizeof(*f->day));
    f->slot = calloc(r->nslot, sizeof(*f->slot));
    return f->day && f->slot ? ERR_OK : ERR_NOMEM;
}

static void site_release(struct report_site *s)
{
    free(s->name);
    free(s->url);
    free(s->owner);
    strings_release(&s->tags);
    figures_release(&s->figures);
}

static enum err site_init(struct report_site *s, const struct stored_site *from, const struct report *r)
{
    enum err err = take_tags(&s->tags, from->tags);

    s->key = from->key;
    s->gone = from->gone_ms != 0;
    s->name = clean_copy(from->name);
    s->url = clean_copy(from->url);
    s->owner = clean_copy(from->owner);
    return !err && s->name && s->url && s->owner ? figures_init(&s->figures, r) : ERR_NOMEM;
}

/* What visitors share. */
struct gathering {
    struct report *r;
    enum err err;
    size_t size;                           /* places there are */
};

/* A place more for an item; NULL when memory ran out. */
static void *one_more(struct gathering *g, void *items, size_t n, size_t item)
{
    if (n < g->size)
        return items;
    g->size = g->size ? 2 * g->size : 64;
    items = realloc(items, g->size * item);
    if (!items)
        g->err = ERR_NOMEM;
    return items;
}

static bool take_site(void *context, const struct stored_site *from)
{
    struct gathering *g = context;
    struct report *r = g->r;
    struct report_site site = { 0 };
    void *sites;

    if (from->gone_ms && from->gone_ms <= r->from_ms)
        return true;
    if (r->site && strcmp(r->site, from->name) != 0)
        return true;
    g->err = site_init(&site, from, r);
    if (!g->err && r->tag && !strings_have(&site.tags, r->tag)) {
        site_release(&site);
        return true;
    }
    sites = g->err ? NULL : one_more(g, r->sites, r->nsite, sizeof(*r->sites));
    if (!sites) {
        site_release(&site);
        return false;
    }
    r->sites = sites;
    r->sites[r->nsite++] = site;
    return true;
}

struct report_site *report_find(const struct report *r, uint32_t key)
{
    size_t low = 0, high = r->nsite;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (r->sites[middle].key < key)
            low = middle + 1;
        else
            high = middle;
    }
    return low < r->nsite && r->sites[low].key == key ? &r->sites[low] : NULL;
}

static int by_name(const void *a, const void *b)
{
    const struct report_site *x = a, *y = b;
    int order = strcmp(x->name, y->name);

    return order ? order : (x->key > y->key) - (x->key < y->key);
}

static enum err gather_sites(struct report *r, struct query *q, struct errmsg *why)
{
    struct gathering g = { .r = r };
    enum err err = query_sites(q, true, take_site, &g, why);

    if (!err && g.err)
        err = err_set(why, g.err, "out of memory");
    if (!err && !r->nsite && r->site)
        err = err_set(why, ERR_NOTFOUND, "history knows no site '%s'", r->site);
    if (!err && !r->nsite && r->tag)
        err = err_set(why, ERR_NOTFOUND, "history knows no site with the tag '%s'", r->tag);
    return err;
}

/* --- time in states ----------------------------------------------------------------------------------------------- */

struct walk {
    struct report *r;
    struct report_site *site;              /* whose spans come; NULL: nobody's */
    struct course course;
    enum err err;
};

static void course_figures(const struct report *r, const struct course *c, struct report_figures *f)
{
    size_t i;
    int w;

    for (w = 0; w < FIGURES_WINDOWS; w++)
        course_uptime(c, r->until_ms - figures_window_ms((enum figures_window)w), r->until_ms, &f->window[w]);
    course_uptime(c, r->from_ms, r->until_ms, &f->range);
    course_outages(c, r->from_ms, r->until_ms, &f->outages);
    for (i = 0; i < r->nday; i++)
        course_uptime(c, r->day_ms[i], r->day_ms[i + 1], &f->day[i]);
}

static void end_course(struct walk *w)
{
    if (w->site)
        course_figures(w->r, &w->course, &w->site->figures);
    course_release(&w->course);
}

static bool take_span(void *context, const struct state_span *s)
{
    struct walk *w = context;

    if (!w->site || w->site->key != s->site) {
        end_course(w);
        w->site = report_find(w->r, s->site);
    }
    if (w->site)
        w->err = course_see(&w->course, s->from_ms, s->state);
    return !w->err;
}

static enum err gather_courses(struct report *r, struct query *q, uint32_t key, struct errmsg *why)
{
    struct walk w = { .r = r, .course = COURSE_INIT };
    int64_t longest_ms = r->until_ms - figures_window_ms(FIGURES_90D);
    enum err err = query_spans(q, key, longest_ms < r->from_ms ? longest_ms : r->from_ms, r->until_ms, take_span, &w, why);

    if (!err && w.err)
        err = err_set(why, w.err, "out of memory");
    end_course(&w);
    return err;
}

/* A site that was not watched in a window at all has no part in it. */
static void add_watched(struct uptime *total, const struct uptime *u)
{
    int64_t ms = 0;
    int what;

    for (what = 0; what < SPENT_COUNT; what++)
        ms += u->ms[what];
    if (ms)
        uptime_add(total, u);
}

static void sum_up(struct report *r)
{
    struct report_figures *t = &r->total;
    size_t i, k;
    int w;

    for (i = 0; i < r->nsite; i++) {
        const struct report_figures *f = &r->sites[i].figures;

        for (w = 0; w < FIGURES_WINDOWS; w++)
            add_watched(&t->window[w], &f->window[w]);
        add_watched(&t->range, &f->range);
        outages_add(&t->outages, &f->outages);
        for (k = 0; k < r->nday; k++)
            add_watched(&t->day[k], &f->day[k]);
    }
}

/* --- incidents ---------------------------------------------------------------------------------------------------- */

static void incident_release(struct report_incident *i)
{
    free(i->site);
    free(i->message);
    free(i->note);
}

static bool take_incident(void *context, const struct stored_incident *from)
{
    struct gathering *g = context;
    struct report *r = g->r;
    struct report_incident i = {
        .id = from->row.id, .outcome = from->row.outcome, .status = from->row.status, .failing_ms = from->row.failing_ms,
        .opened_ms = from->row.opened_ms, .ended_ms = from->ended_ms, .end = from->end, .acked_ms = from->acked_ms,
    };
    void *incidents;

    if (!report_find(r, from->row.site))
        return true;
    i.site = clean_copy(from->name);
    i.message = clean_copy(from->row.message);
    i.note = clean_copy(from->note);
    g->err = i.site && i.message && i.note ? ERR_OK : ERR_NOMEM;
    incidents = g->err ? NULL : one_more(g, r->incident, r->nincident, sizeof(*r->incident));
    if (!incidents) {
        incident_release(&i);
        return false;
    }
    r->incident = incidents;
    r->incident[r->nincident++] = i;
    return true;
}

static enum err gather_incidents(struct report *r, struct query *q, uint32_t key, struct errmsg *why)
{
    struct gathering g = { .r = r };
    enum err err = query_incidents(q, key, r->from_ms, r->until_ms, take_incident, &g, why);

    return !err && g.err ? err_set(why, g.err, "out of memory") : err;
}

const char *report_length(char text[DURATION_TEXT_SIZE], int64_t ms)
{
    int64_t unit = ms >= MS_PER_DAY ? MS_PER_H : ms >= MS_PER_H ? MS_PER_MIN : MS_PER_S;

    if (ms >= 0)
        return duration_format(text, ms / unit * unit);
    snprintf(text, DURATION_TEXT_SIZE, "-");
    return text;
}

int64_t report_incident_ms(const struct report *r, const struct report_incident *i)
{
    int64_t end_ms = i->ended_ms && i->ended_ms < r->until_ms ? i->ended_ms : r->until_ms;

    return end_ms > i->failing_ms ? end_ms - i->failing_ms : 0;
}

/* --- all of it ---------------------------------------------------------------------------------------------------- */

static enum err lay_out(struct report *r)
{
    int64_t range_ms = r->until_ms - r->from_ms, at;
    size_t n = 0;

    for (at = r->from_ms; at < r->until_ms; at = day_next_ms(at))
        r->nday++;
    r->day_ms = calloc(r->nday + 1, sizeof(*r->day_ms));
    if (!r->day_ms)
        return ERR_NOMEM;
    for (at = r->from_ms; n < r->nday; at = day_next_ms(at))
        r->day_ms[n++] = at;
    r->day_ms[n] = r->until_ms;
    r->slot_ms = (range_ms + REPORT_SLOTS - 1) / REPORT_SLOTS;
    if (r->slot_ms > MS_PER_H)             /* whole hours, for that is what is kept of them */
        r->slot_ms = (r->slot_ms + MS_PER_H - 1) / MS_PER_H * MS_PER_H;
    r->nslot = (size_t)((range_ms + r->slot_ms - 1) / r->slot_ms);
    return figures_init(&r->total, r);
}

enum err report_gather(struct report *r, struct query *q, struct errmsg *why)
{
    enum err err = lay_out(r) ? err_set(why, ERR_NOMEM, "out of memory") : gather_sites(r, q, why);
    uint32_t key = r->nsite == 1 ? r->sites[0].key : 0;

    if (!err)
        err = gather_courses(r, q, key, why);
    if (!err)
        err = report_gather_latencies(r, q, key, why);
    if (!err)
        err = gather_incidents(r, q, key, why);
    if (!err)
        sum_up(r);
    if (r->nsite)
        qsort(r->sites, r->nsite, sizeof(*r->sites), by_name);
    return err;
}

void report_end(struct report *r)
{
    size_t i;

    for (i = 0; i < r->nsite; i++)
        site_release(&r->sites[i]);
    for (i = 0; i < r->nincident; i++)
        incident_release(&r->incident[i]);
    figures_release(&r->total);
    free(r->sites);
    free(r->incident);
    free(r->day_ms);
}
