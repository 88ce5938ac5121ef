/* A database that lacks something: one that could not be used at the start and can be by now, and one that lost what was said.
 * The monitor's thread. */
#include "record_inside.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"

/* Everything there is to say of one site. Of an outage that is over by now it is not known when that was, but that it was before
 * the site came into the state it is in. */
static void say(struct record *r, struct recorded *s, const struct row *row)
{
    struct batch *b = record_batch(r);

    batch_site(b, s->key, row->site, clock_wall_ms());
    record_say_state(r, s, row);
    batch_incidents_over(b, s->key, s->incident, s->since_ms, row->state.paused ? INCIDENT_PAUSED : INCIDENT_UP);
    if (s->incident)
        record_repeat_incident(r, s, row);
}

static void say_all(struct record *r)
{
    struct row row;
    uint32_t id;

    owners_write(&r->owners, record_batch(r));
    for (id = 0; id < r->nsite; id++) {
        struct recorded *s = record_of(r, id);

        if (!s || status_row(r->table, id, &row, NULL) != ERR_OK)
            continue;
        say(r, s, &row);
        site_unref(row.site);
    }
    record_commit(r);
}

/* --- at last ------------------------------------------------------------------------------------------------------ */

/* The outage that an earlier run left open goes on if the site is down, for that is how it was last seen; then it is this one.
 * While nobody knows yet it stays open, and the next result tells. */
static void take_incident(struct recorded *s, const struct known *k, const struct row *row)
{
    enum state verdict = (enum state)row->state.verdict;

    if (k->incident && (s->incident || verdict == STATE_NEW || verdict == STATE_CHECKING))
        s->incident = k->incident;
}

static void find(struct record *r, uint32_t id, const struct row *row)
{
    bool other_url;
    struct known *k = record_find(r, &r->site[id], row->site, &other_url);

    if (!k)
        return;
    if (!other_url)
        take_incident(&r->site[id], k, row);
    else if (k->incident)
        batch_incident_end(record_batch(r), k->incident, r->start_ms, INCIDENT_EDITED);
    k->incident = 0;
    k->claimed = true;
    k->gone = false;
    k->id = id;
}

/* The list as it is, as if it were taken over now. */
static enum err take_list(struct record *r)
{
    struct row *row = calloc(r->nsite + 1, sizeof(*row));
    const struct site **site = calloc(r->nsite + 1, sizeof(*site));
    enum err err = row && site ? ERR_OK : ERR_NOMEM;
    size_t n = 0, i;
    uint32_t id;

    for (id = 0; id < r->nsite && !err; id++)
        if (r->site[id].listed && status_row(r->table, id, &row[n], NULL) == ERR_OK) {
            site[n] = row[n].site;
            n++;
        }
    if (!err)
        record_list_begin(r, site, n);
    for (i = 0; i < n; i++) {
        find(r, row[i].id, &row[i]);
        site_unref(row[i].site);
    }
    if (!err)
        record_list_settle(r, clock_wall_ms()); /* not before the run that began when the database could be used */
    free(row);
    free(site);
    return err;
}

/* What is in the database is read by this thread: once, and not before it can be used. */
static enum err join(struct record *r)
{
    int64_t own = r->last_incident;
    struct errmsg why = ERRMSG_INIT;
    enum err err = record_read(r, &why);

    r->joined = !err;
    if (!err)
        err = take_list(r);
    if (own > r->last_incident)
        r->last_incident = own;
    if (!err) {
        say_all(r);
        log_line(LEVEL_WARNING, "history can be used from now on; what happened before was not kept");
        return ERR_OK;
    }
    log_line(LEVEL_WARNING, "%s: history is tried again", *why.text ? why.text : err_name(err));
    r->joined = false;
    known_forget_all(r);
    return err;
}

enum record_news record_catch_up(struct record *r)
{
    bool lacks = r->health.say_again != r->said_again;

    r->said_again = r->health.say_again;
    if (!r->joined)
        return r->health.present && join(r) == ERR_OK ? RECORD_JOINED : RECORD_NOTHING;
    if (!lacks)
        return RECORD_NOTHING;
    say_all(r);
    return RECORD_SAID_AGAIN;
}
