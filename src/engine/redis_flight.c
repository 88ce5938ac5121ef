/* Jobs of the distributed engine under way: a table under one leaf lock, in which each ends once, by its regions' answers or by its
 * time running out; what the regions find is made one result. */
#include "redis_inside.h"

#include <stdio.h>
#include <string.h>

#include "check/evidence.h"

#define STRAGGLERS_NS (2 * NS_PER_S)           /* once the verdict stands, silent regions are waited for so long */

void flight_set_trouble(struct redis *e, const char *text)
{
    mutex_lock(&e->lock);
    snprintf(e->trouble, sizeof(e->trouble), "%s", text);
    mutex_unlock(&e->lock);
}

/* --- regions ------------------------------------------------------------------------------------------------------ */

static const struct strings *region_list(const struct redis *e, const struct site *site)
{
    return site->options->regions.n ? &site->options->regions : &e->regions;
}

size_t flight_regions(const struct redis *e, const struct site *site)
{
    size_t n = region_list(e, site)->n;

    return n < 1 ? 1 : n > REGIONS_MOST ? REGIONS_MOST : n;
}

const char *flight_region(const struct redis *e, const struct site *site, size_t i)
{
    const struct strings *list = region_list(e, site);

    return list->n ? list->item[i] : ANYWHERE;
}

/* --- ends --------------------------------------------------------------------------------------------------------- */

/* Most of the regions, unless settings say otherwise. */
static int quorum_of(const struct redis *e, const struct flight *f)
{
    int quorum = e->quorum ? e->quorum : f->asked / 2 + 1;

    return quorum > f->asked ? f->asked : quorum;
}

/* Where some regions found nothing, what the others say may still be enough. */
static void sum_up(const struct redis *e, const struct flight *f, struct result *out)
{
    if (f->failed >= quorum_of(e, f))
        *out = f->bad_result;
    else if (f->good && f->good + f->failed > f->asked - quorum_of(e, f))
        *out = f->good_result; /* those that are silent could not make a quorum with those that failed */
    else if (f->excused && !f->failed)
        *out = f->bad_result;
    else {
        result_fail(out, &f->job, OUTCOME_LOCAL_WORKER, clock_mono_ns(), clock_wall_ms());
        snprintf(out->detail, sizeof(out->detail), "%.120s", f->answered ? "too few regions answered" : e->trouble);
    }
    out->job_id = f->job.id;
    out->site_id = f->job.site_id;
    out->generation = f->job.generation;
    out->attempt = f->job.attempt;
    out->due_ns = f->job.due_ns;
    out->nregion = f->asked;
    memcpy(out->region, f->region, sizeof(out->region));
}

/* Frees the place; the site is for the caller to let go of, outside the lock. */
static void take_out_locked(struct redis *e, uint32_t place, struct result *out, const struct site **site) NEEDS(e->lock)
{
    struct flight *f = &e->flight[place];

    sum_up(e, f, out);
    *site = f->job.site;
    memset(f, 0, sizeof(*f));
    e->free_place[e->nfree++] = place;
}

static void tell_end(struct redis *e, const struct result *result, const struct site *site)
{
    site_unref(site);
    e->env.done(e->env.context, result);
}

void flight_end_overdue(struct redis *e, bool all, enum outcome outcome)
{
    int64_t now = clock_mono_ns();
    uint32_t i;

    for (i = 0; i < e->slots; i++) {
        const struct site *site = NULL;
        struct result result;

        mutex_lock(&e->lock);
        if (e->flight[i].job.id && (all || now >= e->flight[i].expires_ns))
            take_out_locked(e, i, &result, &site);
        mutex_unlock(&e->lock);
        if (!site)
            continue;
        if (outcome == OUTCOME_CANCELLED)
            result.outcome = outcome;
        tell_end(e, &result, site);
    }
}

/* --- on its way --------------------------------------------------------------------------------------------------- */

static void fill_locked(struct redis *e, uint32_t place, const struct job *job) NEEDS(e->lock)
{
    struct flight *f = &e->flight[place];
    size_t i;

    memset(f, 0, sizeof(*f));
    f->job = *job;
    f->number = ++e->number * e->slots + place;
    f->expires_ns = clock_mono_ns() + UNSENT_MOST_NS;
    f->asked = (uint8_t)flight_regions(e, job->site);
    for (i = 0; i < f->asked; i++) {
        snprintf(f->region[i].name, REGION_NAME_SIZE, "%s", flight_region(e, job->site, i));
        f->region[i].outcome = OUTCOME_LOCAL_WORKER;
        f->region[i].latency_us = UINT32_MAX;
    }
}

enum err flight_begin(struct redis *e, const struct job *job, uint32_t *place)
{
    enum err err = ERR_FULL;

    site_ref(job->site);
    mutex_lock(&e->lock);
    if (e->nfree) {
        *place = e->free_place[--e->nfree];
        fill_locked(e, *place, job);
        err = ERR_OK;
    }
    mutex_unlock(&e->lock);
    if (err)
        site_unref(job->site);
    return err;
}

bool flight_copy(struct redis *e, uint32_t place, struct job *job, uint64_t *number)
{
    bool there;

    mutex_lock(&e->lock);
    there = e->flight[place].job.id != 0 && !e->flight[place].sent;
    if (there) {
        *job = e->flight[place].job;
        *number = e->flight[place].number;
        site_ref(job->site);
    }
    mutex_unlock(&e->lock);
    return there;
}

void flight_mark_sent(struct redis *e, uint32_t place, uint64_t number, int64_t expires_ns)
{
    mutex_lock(&e->lock);
    if (e->flight[place].number == number) {
        e->flight[place].sent = true;
        e->flight[place].expires_ns = expires_ns;
    }
    mutex_unlock(&e->lock);
}

/* --- answers ------------------------------------------------------------------------------------------------------ */

static void note_region(struct flight *f, const char *region, const struct result *r)
{
    int i;

    for (i = 0; i < f->asked; i++) {
        struct region_result *to = &f->region[i];

        if (strcmp(to->name, region) != 0 || to->latency_us != UINT32_MAX)
            continue;
        to->outcome = (uint8_t)r->outcome;
        to->status = (uint16_t)r->status;
        to->latency_us = (uint32_t)(r->took_ns / NS_PER_US);
        f->answered++;
        if (outcome_is_local(r->outcome)) {
            if (!f->failed && !f->excused)
                f->bad_result = *r;
            f->excused = true;
            return;
        }
        if (result_good(r) && !f->good++)
            f->good_result = *r;
        else if (!result_good(r) && !f->failed++)
            f->bad_result = *r;
        return;
    }
}

/* When the regions that answered decide it already, those that are silent are not waited for much longer. */
static bool decided(const struct redis *e, const struct flight *f)
{
    int quorum = quorum_of(e, f);

    return f->failed >= quorum || (f->good && f->good + f->failed > f->asked - quorum);
}

void flight_take(struct redis *e, const struct envelope *envelope, const char *region, const struct result *found,
                 const redisReply *fields)
{
    uint32_t place = (uint32_t)(envelope->job_id % e->slots);
    const struct site *site = NULL;
    struct evidence evidence;
    uint64_t failed_job = 0;
    struct result result;
    struct flight *f;

    mutex_lock(&e->lock);
    f = &e->flight[place];
    if (f->job.id && f->number == envelope->job_id && f->job.generation == envelope->generation) {
        note_region(f, region, found);
        failed_job = result_good(found) ? 0 : f->job.id;
        if (f->answered == f->asked)
            take_out_locked(e, place, &result, &site);
        else if (decided(e, f) && f->expires_ns > clock_mono_ns() + STRAGGLERS_NS)
            f->expires_ns = clock_mono_ns() + STRAGGLERS_NS;
    }
    mutex_unlock(&e->lock);
    if (failed_job && evidence_is_kept() && message_get_evidence(fields, &evidence))
        evidence_put(failed_job, &evidence);
    if (site)
        tell_end(e, &result, site);
}
