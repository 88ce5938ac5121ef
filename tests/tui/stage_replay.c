/* A moment of the past, put together by hand. */
#include "stage_replay.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "support/tests.h"

static struct replay_site *add(struct replay_picture *p, const char *name, int state, int64_t ago_ms)
{
    struct replay_site *s = &p->site[p->nsite];

    *s = (struct replay_site){ .key = (uint32_t)++p->nsite, .name = strdup(name), .url = strdup("https://gone.example.org/"),
                               .owner = strdup("ops"), .tag = strdup("www"), .interval_ms = 60000, .state = state,
                               .since_ms = p->instant.at_ms - ago_ms };
    return s;
}

struct replay_picture *stage_picture(struct stage *s, int64_t at_ms)
{
    struct replay_picture *p = calloc(1, sizeof(*p));
    struct replay_incident *i;
    uint32_t id;

    assert_non_null(p);
    p->number = s->want->number;
    p->instant = (struct instant){ .at_ms = at_ms, .first_ms = at_ms - MS_PER_DAY, .observed = true };
    p->site = calloc(s->snapshot.nrow + 2, sizeof(*p->site));
    p->incident = calloc(1, sizeof(*p->incident));
    p->log = calloc(1, sizeof(*p->log));
    for (id = 0; id < s->snapshot.nrow; id++) {
        const char *name = s->snapshot.row[id].row.generation ? s->snapshot.row[id].row.site->name : NULL;

        if (!name || !strcmp(name, "registry")) /* it came later */
            continue;
        if (!strcmp(name, "docs")) {
            i = &p->incident[p->nincident++];
            *i = (struct replay_incident){ .key = add(p, name, STATE_DOWN, 7 * MS_PER_MIN)->key, .id = 7, .outcome = OUTCOME_STATUS,
                                           .status = 502, .opened_ms = at_ms - 7 * MS_PER_MIN,
                                           .certificate_until = CERTIFICATE_UNKNOWN, .message = "HTTP 502 Bad Gateway" };
        } else if (!strcmp(name, "git"))
            add(p, name, STATE_CHECKING, 5 * MS_PER_S);
        else if (!strcmp(name, "search"))
            add(p, name, STATE_DEGRADED, 20 * MS_PER_MIN);
        else if (!strcmp(name, "old-wiki"))
            add(p, name, STATE_PAUSED, 2 * MS_PER_DAY);
        else
            add(p, name, STATE_UP, 3 * MS_PER_DAY);
    }
    add(p, "the-old-shop", STATE_UP, 40 * MS_PER_DAY)->gone = true;
    p->log->n = 2;
    p->log->event[0] = (struct past_event){ .at_ms = at_ms - 3 * MS_PER_H, .site = 3, .state = STATE_UP, .name = "mx-webmail" };
    p->log->event[1] = (struct past_event){ .at_ms = at_ms - 7 * MS_PER_MIN, .site = 9, .state = STATE_DOWN, .name = "docs",
                                            .text = "HTTP 502 Bad Gateway" };
    assert_true(replay_picture_index(p));
    return p;
}

static const char *name_of_key(struct stage *s, uint32_t key)
{
    const struct replay_picture *p = s->app.replay.picture;

    return p && key <= p->nsite ? p->site[key - 1].name : "";
}

/* Of a site that was failing or down it was that which failed. */
static void fail_those_in_trouble(struct stage *s, struct replay_chunk *c)
{
    size_t i;

    for (i = 0; i < c->n; i++) {
        struct replay_figures *f = &c->figures[i];
        const char *name = name_of_key(s, f->key);

        if (!strcmp(name, "docs") || !strcmp(name, "git"))
            f->last.outcome = !strcmp(name, "docs") ? OUTCOME_STATUS : OUTCOME_REFUSED;
        if (!strcmp(name, "docs"))
            f->last.status = 502;
        if (!strcmp(name, "git"))
            f->last.status = 0;
    }
}

struct replay_chunk *stage_figures(struct stage *s)
{
    struct replay_chunk *c = calloc(1, sizeof(*c));
    size_t i, k;

    assert_non_null(s->asks);
    assert_non_null(c);
    c->number = s->asks->number;
    for (i = 0; i < s->asks->n && i < REPLAY_CHUNK; i++) {
        struct replay_figures *f = &c->figures[c->n++];
        uint32_t us = 20000 + s->asks->ask[i].key * 1700;

        *f = (struct replay_figures){ .key = s->asks->ask[i].key, .figures = { .up = { 100000, 99981, 99930, -1 }, .seen = { 100000, 100000, 100000, 0 } } };
        f->last = (struct sample){ .site = f->key, .status = 200, .outcome = OUTCOME_OK, .attempt = 1, .counts = true,
                                   .at_ms = s->asks->at_ms - 30000, .took_us = us };
        for (k = 0; k < PHASE_COUNT; k++)
            f->last.phase_us[k] = UINT32_MAX;
        f->figures.p50_us = us;
        f->figures.p95_us = us * 3 / 2;
        f->figures.p99_us = us * 2;
        for (k = 0; k < TREND_SLOTS; k++) {
            f->mark[k] = k % 11 == f->key % 11 ? MARK_FAILED : MARK_GOOD;
            f->worst[k] = latency_code(us + (uint32_t)(k * f->key % 7) * us / 5);
        }
    }
    fail_those_in_trouble(s, c);
    return c;
}
