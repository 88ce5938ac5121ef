/* A status table with a site of each kind, through the real functions. */
#include "town.h"

#include <assert.h>
#include <stdio.h>

#include "base/clock.h"

int town_add(struct town *town, const char *name, const char *url)
{
    const struct options *shared;
    const struct site *site;
    struct options o;
    enum err err;

    options_init(&o);
    o.retries = 0;
    shared = options_share(&o);
    site = site_new(name, url, shared);
    err = status_add(town->t, site, false, &town->id[town->n], &town->generation[town->n]);
    assert(!err);
    (void)err;
    site_unref(site);
    options_unref(shared);
    return town->n++;
}

void town_publish(struct town *town, int i, enum outcome outcome, int status)
{
    struct job job = { .site_id = town->id[i], .generation = town->generation[i], .attempt = 1, .due_ns = town->now_ns };
    struct journal_entry entry;
    struct result r;

    result_init(&r, &job);
    r.outcome = outcome;
    r.status = status;
    r.begun_ns = town->now_ns;
    r.took_ns = r.request_ns = 84 * NS_PER_MS;
    r.phase_ns[PHASE_DNS] = 2 * NS_PER_MS;
    r.phase_ns[PHASE_CONNECT] = 21 * NS_PER_MS;
    if (outcome == OUTCOME_OK) {
        r.phase_ns[PHASE_TLS] = 38 * NS_PER_MS;
        r.phase_ns[PHASE_FIRST_BYTE] = 22 * NS_PER_MS;
        r.phase_ns[PHASE_BODY] = 0;
        r.certificate_until = TOWN_NOW_MS / 1000 + 61 * 86400;
    }
    r.checked_at_ms = TOWN_NOW_MS - 9000;
    snprintf(r.address, sizeof(r.address), "192.0.2.7");
    status_publish(town->t, &r, town->now_ns);
    status_take_journal(town->t, &entry, 1);
}

void town_build(struct town *town)
{
    *town = (struct town){ .t = status_new(16, NULL, NULL), .now_ns = 1000 * NS_PER_S };
    assert(town->t);
    status_set_hosts(town->t, 16, false);
    town_publish(town, town_add(town, "shop", "https://probe:secret@shop.example.org/"), OUTCOME_OK, 200);
    status_set_figures(town->t, town->id[0], &(struct figures){ .up = { 100000, 99999, 99321, SHARE_NONE } });
    town_publish(town, town_add(town, "api", "http://api.example.org/v1"), OUTCOME_STATUS, 502);
    town_add(town, "new", "https://new.example.org/");
    town_publish(town, town_add(town, TOWN_HOSTILE, "https://odd.example.org/?a=\"b\"&c"), OUTCOME_OK, 204);
    town_publish(town, town_add(town, "ours", "https://ours.example.org/"), OUTCOME_LOCAL_FILES, 0);
    status_pause(town->t, town->id[town_add(town, "asleep", "https://asleep.example.org/")], true);
}

void town_release(struct town *town)
{
    status_free(town->t);
}
