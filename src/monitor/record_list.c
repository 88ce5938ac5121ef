/* The list of sites and owners in history, in step with uptime.cfg, and sites found again: by name, or, when they were renamed, by
 * their URL. The monitor's thread. */
#include "record_inside.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"

/* --- what is known ------------------------------------------------------------------------------------------------ */

static void known_free(struct known *k)
{
    if (!k)
        return;
    free(k->name);
    free(k->url);
    free(k->stored);
    free(k->samples);
    free(k);
}

void known_forget_all(struct record *r)
{
    while (r->nknown)
        known_free(r->known[--r->nknown]);
    free(r->known);
    r->known = NULL;
    r->known_size = 0;
}

struct known *known_add(struct record *r)
{
    struct known *k = calloc(1, sizeof(*k));

    if (r->nknown == r->known_size && k) {
        size_t size = r->known_size ? 2 * r->known_size : 64;
        struct known **more = realloc(r->known, size * sizeof(*more));

        if (more) {
            r->known = more;
            r->known_size = size;
        }
    }
    if (!k || r->nknown == r->known_size) {
        free(k);
        return NULL;
    }
    k->id = NOBODY;
    return r->known[r->nknown++] = k;
}

/* Those in the list before those that left, and of those the last first. */
static int by_standing(const struct known *a, const struct known *b)
{
    if (a->gone != b->gone)
        return a->gone ? 1 : -1;
    return a->key > b->key ? -1 : a->key < b->key;
}

static int by_name(const void *a, const void *b)
{
    const struct known *const *x = a, *const *y = b;
    int order = strcmp((*x)->name, (*y)->name);

    return order ? order : by_standing(*x, *y);
}

static int by_url(const void *a, const void *b)
{
    const struct known *const *x = a, *const *y = b;
    int order = strcmp((*x)->url, (*y)->url);

    return order ? order : by_standing(*x, *y);
}

/* The first in the order of `text` that has it; nknown: none. */
static size_t find(struct record *r, struct known **index, const char *text, bool url)
{
    size_t low = 0, high = index ? r->nindex : 0;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (strcmp(url ? index[middle]->url : index[middle]->name, text) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static struct known *find_name(struct record *r, const char *name)
{
    size_t at = find(r, r->by_name, name, false);

    return r->by_name && at < r->nindex && !strcmp(r->by_name[at]->name, name) ? r->by_name[at] : NULL;
}

static char *masked(const char *url)
{
    size_t size = 4 * strlen(url) + 8;
    char *text = malloc(size), *fitting = NULL;

    if (text) {
        text_mask_url(text, size, url);
        fitting = strdup(text);
    }
    free(text);
    return fitting;
}

/* Of those whose names left the list just now, one of that URL. */
static struct known *find_renamed(struct record *r, const struct site *site)
{
    char *url = masked(site->url);
    struct known *found = NULL;
    size_t at;

    if (!url)
        return NULL;
    for (at = find(r, r->by_url, url, true); r->by_url && at < r->nindex && !strcmp(r->by_url[at]->url, url) && !found; at++)
        if (!r->by_url[at]->gone && !r->by_url[at]->claimed)
            found = r->by_url[at];
    free(url);
    return found;
}

void record_list_begin(struct record *r, const struct site *const *site, size_t n)
{
    size_t i;

    if (!r->joined)
        return;
    r->by_name = malloc((r->nknown + 1) * sizeof(*r->by_name));
    r->by_url = malloc((r->nknown + 1) * sizeof(*r->by_url));
    r->nindex = r->by_name && r->by_url ? r->nknown : 0;
    for (i = 0; i < r->nindex; i++) {
        r->by_name[i] = r->by_url[i] = r->known[i];
        r->known[i]->claimed = false;
    }
    qsort(r->by_name, r->nindex, sizeof(*r->by_name), by_name);
    qsort(r->by_url, r->nindex, sizeof(*r->by_url), by_url);
    for (i = 0; i < n; i++) {
        struct known *k = find_name(r, site[i]->name);

        if (k)
            k->claimed = true;
    }
}

/* --- sites come, change and go ------------------------------------------------------------------------------------ */

bool record_was(struct record *r, const struct site *site, uint32_t *id)
{
    struct known *k = r->joined && !find_name(r, site->name) ? find_renamed(r, site) : NULL;

    if (!k || k->id == NOBODY)
        return false;
    k->claimed = true;
    *id = k->id;
    return true;
}

static int64_t mono_of(const struct record *r, int64_t wall_ms)
{
    return r->start_ns + (wall_ms - r->start_ms) * NS_PER_MS;
}

/* The state to go on from: what paused it then may be over, and what pauses it now new. Maintenance is somebody else's word. */
static struct site_state resumed_state(const struct site_memory *m, const struct site *site, int64_t now_ms)
{
    struct site_state state = m->state;
    bool paused = site->options->paused || m->paused_until_ms > now_ms;

    if (state.paused && !paused)
        state_step(&state, EVENT_RESET);
    state.paused = paused;
    state.maintenance = false;
    return state;
}

static void resume_row(const struct record *r, const struct known *k, struct restored *to)
{
    const struct stored_site *s = k->stored;

    to->since_ns = mono_of(r, s->memory.since_ms);
    to->checked = s->checked;
    to->outcome = s->last.outcome;
    to->method = s->last.method;
    to->status = s->last.status;
    to->latency_us = s->last.took_us;
    memcpy(to->phase_us, s->last.phase_us, sizeof(to->phase_us));
    to->checked_ms = s->last.at_ms;
    to->checked_ns = mono_of(r, s->last.at_ms);
    to->certificate_until = s->memory.certificate_until;
    memcpy(to->address, s->memory.address, sizeof(to->address));
    memcpy(to->detail, s->memory.detail, sizeof(to->detail));
    to->samples = k->samples;
}

static int64_t mono_or_forever(const struct record *r, int64_t wall_ms)
{
    return wall_ms == 0 || wall_ms == INT64_MAX ? wall_ms : mono_of(r, wall_ms);
}

/* A site that an earlier run left: goes on from there, unless it asks another URL now. */
static void resume(struct record *r, struct recorded *s, struct known *k, const struct site *site, struct resumed *out)
{
    const struct site_memory *m = &k->stored->memory;

    out->known = true;
    out->row.state = resumed_state(m, site, r->start_ms);
    resume_row(r, k, &out->row);
    out->method.get_until_ns = s->get_until_ns = mono_or_forever(r, m->get_until_ms);
    if (m->paused_until_ms > r->start_ms) {
        s->paused_until_ms = m->paused_until_ms;
        out->paused_until_ns = mono_or_forever(r, m->paused_until_ms);
    }
    s->certificate_until = m->certificate_until;
    s->since_ms = m->since_ms;
    s->incident = k->incident;
    s->state = m->state;
    s->shown = (uint8_t)state_shown(&m->state);
}

/* Takes its name and URL over. False when memory ran out: it is as it was. */
static bool set_texts(struct known *k, const struct site *site, bool *other_url)
{
    char *name = strdup(site->name), *url = masked(site->url);

    *other_url = url && k->url && strcmp(url, k->url) != 0;
    if (!name || !url) {
        free(name);
        free(url);
        return false;
    }
    free(k->name);
    free(k->url);
    k->name = name;
    k->url = url;
    return true;
}

struct known *record_find(struct record *r, struct recorded *s, const struct site *site, bool *other_url)
{
    struct known *k = find_name(r, site->name);

    if (!k)
        k = find_renamed(r, site);
    if (!k)
        k = known_add(r);
    if (!k || !set_texts(k, site, other_url))
        return NULL; /* out of memory: nothing is kept of it */
    if (!k->key)
        k->key = ++r->last_key;
    s->known = k;
    s->key = k->key;
    return k;
}

void record_added(struct record *r, uint32_t id, const struct site *site, struct resumed *out)
{
    struct recorded *s = record_place(r, id);
    bool other_url;
    struct known *k;

    memset(out, 0, sizeof(*out));
    if (!s)
        return;
    record_forget_failing(s);
    *s = (struct recorded){ .certificate_until = CERTIFICATE_UNKNOWN, .shown = STATE_COUNT, .listed = true };
    k = r->joined ? record_find(r, s, site, &other_url) : NULL;
    if (!k)
        return;
    batch_site(record_batch(r), s->key, site, clock_wall_ms());
    s->incident = k->incident;
    if (k->stored && !k->gone && !other_url)
        resume(r, s, k, site, out);
    else
        record_end_incident(r, s, clock_wall_ms(), INCIDENT_EDITED);
    k->claimed = true;
    k->gone = false;
    k->id = id;
    k->incident = 0;
}

void record_changed(struct record *r, uint32_t id, const struct site *site, bool other_url)
{
    struct recorded *s = record_of(r, id);
    bool unused;

    if (!s)
        return;
    set_texts(s->known, site, &unused);
    batch_site(record_batch(r), s->key, site, clock_wall_ms());
    if (!other_url)
        return;
    record_end_incident(r, s, clock_wall_ms(), INCIDENT_EDITED);
    s->get_until_ns = 0;
    s->certificate_until = CERTIFICATE_UNKNOWN;
}

static void leave(struct record *r, struct known *k, int64_t at_ms)
{
    batch_site_gone(record_batch(r), k->key, at_ms);
    k->gone = true;
    k->id = NOBODY;
}

void record_removed(struct record *r, uint32_t id)
{
    struct recorded *s = id < r->nsite ? &r->site[id] : NULL;
    int64_t now = clock_wall_ms();

    if (!s)
        return;
    record_end_incident(r, s, now, INCIDENT_REMOVED);
    if (s->known)
        leave(r, s->known, now);
    *s = (struct recorded){ 0 };
}

/* Sites of an earlier run that are not in the list. */
static void forget_missing(struct record *r, int64_t at_ms)
{
    size_t i;

    for (i = 0; i < r->nknown; i++) {
        struct known *k = r->known[i];

        if (k->gone || k->claimed || k->id != NOBODY)
            continue;
        if (k->incident)
            batch_incident_end(record_batch(r), k->incident, at_ms, INCIDENT_REMOVED);
        k->incident = 0;
        leave(r, k, at_ms);
    }
}

/* What an earlier run left was taken over, or is of no use any more. */
static void forget_stored(struct record *r)
{
    size_t i;

    for (i = 0; i < r->nknown; i++) {
        free(r->known[i]->stored);
        free(r->known[i]->samples);
        r->known[i]->stored = NULL;
        r->known[i]->samples = NULL;
    }
}

void record_list_settle(struct record *r, int64_t at_ms)
{
    forget_missing(r, at_ms);
    forget_stored(r);
    free(r->by_name);
    free(r->by_url);
    r->by_name = r->by_url = NULL;
    r->nindex = 0;
}

void record_list_end(struct record *r, const struct settings *s)
{
    if (!r->history)
        return;
    history_keep(r->history, s->history.samples_ms, s->history.hourly_ms);
    owners_copy(&r->owners, s);
    if (!r->joined)
        return;
    record_list_settle(r, r->start_ms);
    owners_write(&r->owners, record_batch(r));
    record_look_all(r);
    record_commit(r);
}
