#include "outages.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/duration.h"
#include "base/strbuf.h"
#include "making.h"

#define SITES 4
#define NOTICES 4096

static const char *const names[SITES] = { "router", "shop", "api", "cdn" };
enum truth { TRUE_UP, TRUE_DOWN, TRUE_SLOW, TRUE_LOCAL };

static struct play {
    struct alarms *book;
    struct alarm_rules *rules;
    const struct site *site[SITES];
    enum truth truth[SITES];
    struct site_state state[SITES];
    int64_t certificate_until[SITES];
    bool asked[SITES], maintained[SITES];
    struct alarm_memory kept[SITES];
    bool has_kept[SITES];
    int64_t now_ms;
    uint64_t incident[SITES], incidents;
    struct strbuf told;
} play;
static struct notice notices[NOTICES];
static size_t nnotice;

static void tell(void *context, uint32_t site, const struct notice *n, int64_t not_before_ms)
{
    char at[DURATION_TEXT_SIZE];

    (void)context;
    assert_true(not_before_ms >= n->at_ms);
    assert_true(site == UINT32_MAX || site < SITES);
    strbuf_addf(&play.told, "%s %s %s%s%s", duration_format(at, not_before_ms - OUTAGES_T0_MS), n->owner,
                notice_kind_name(n->kind), *n->site ? " " : "", n->site);
    if (*n->why_now)
        strbuf_addf(&play.told, ": %s", n->why_now);
    strbuf_addc(&play.told, '\n');
    assert_true(nnotice < NOTICES);
    notices[nnotice++] = *n;
}

static void keep(void *context, uint32_t site, const struct alarm_memory *m)
{
    (void)context;
    play.kept[site] = *m;
    play.has_kept[site] = true;
}

static void ask(void *context, uint32_t site)
{
    (void)context;
    play.asked[site] = true;
}

static void maintain(void *context, uint32_t site, bool on)
{
    (void)context;
    assert_int_not_equal(play.maintained[site], on);
    play.maintained[site] = on;
}

static const struct alarm_sink sink = { .tell = tell, .keep = keep, .ask = ask, .maintain = maintain };

/* --- checking ------------------------------------------------------------------------------------------------------------ */

static void check(uint32_t id)
{
    static const enum outcome outcomes[] = { OUTCOME_OK, OUTCOME_REFUSED, OUTCOME_OK, OUTCOME_LOCAL_FILES };
    enum truth truth = play.truth[id];
    struct result r = make_result(id, 1, outcomes[truth]);
    struct site_state *s = &play.state[id];

    r.checked_at_ms = play.now_ms;
    r.certificate_until = play.certificate_until[id];
    snprintf(r.address, sizeof(r.address), "192.0.2.%u", id + 1);
    s->unsure = truth == TRUE_LOCAL;
    s->degraded = truth == TRUE_SLOW ? DEGRADED_SLOW : DEGRADED_NOT;
    s->failures = truth == TRUE_DOWN ? 3 : 0;
    if (truth == TRUE_DOWN && s->verdict != STATE_DOWN)
        play.incident[id] = ++play.incidents;
    if (!s->unsure)
        s->verdict = truth == TRUE_DOWN ? STATE_DOWN : truth == TRUE_SLOW ? STATE_DEGRADED : STATE_UP;
    alarms_observe(play.book, id, s, &r, s->verdict == STATE_DOWN ? play.incident[id] : 0, play.now_ms);
}

/* A second after it was asked for. */
static void answer_asked(void)
{
    uint32_t id;
    bool any = true;

    while (any) {
        any = false;
        for (id = 0; id < SITES; id++)
            if (play.asked[id]) {
                play.asked[id] = false;
                play.now_ms += MS_PER_S;
                check(id);
                any = true;
            }
    }
}

/* --- time ------------------------------------------------------------------------------------------------------------------ */

static void advance(int64_t until_ms)
{
    int guard;

    for (guard = 0; alarms_next(play.book) <= until_ms; guard++) {
        int64_t next_ms = alarms_next(play.book);

        assert_true(guard < 100000);
        if (next_ms > play.now_ms)
            play.now_ms = next_ms;
        alarms_tick(play.book, play.now_ms);
        answer_asked();
    }
    if (until_ms > play.now_ms)
        play.now_ms = until_ms;
}

static struct alarm_rules *make_rules(void (*adjust)(struct outages *o))
{
    struct options options[SITES];
    struct outages o;
    int i;

    o.rules = alarm_rules_new(2, 1, 1);
    assert_non_null(o.rules);
    o.rules->nwindow = o.rules->nzone = 0;
    o.rules->owner[0].name = strdup("ops");
    o.rules->owner[1].name = strdup("boss");
    for (i = 0; i < SITES; i++) {
        options_init(&options[i]);
        options[i].owner = strdup("ops");
        o.site[i] = &options[i];
    }
    if (adjust)
        adjust(&o);
    for (i = 0; i < SITES; i++) {
        const struct options *shared = options_share(&options[i]);

        site_unref(play.site[i]);
        play.site[i] = site_new(names[i], "https://example.org/", shared);
        assert_non_null(play.site[i]);
        options_unref(shared);
    }
    return o.rules;
}

static void open_book(void (*adjust)(struct outages *o))
{
    uint32_t id;

    play.book = alarms_new(make_rules(adjust), &sink);
    assert_non_null(play.book);
    for (id = 0; id < SITES; id++) {
        assert_int_equal(alarms_set_site(play.book, id, play.site[id]), ERR_OK);
        if (play.has_kept[id])
            assert_int_equal(alarms_remember(play.book, id, &play.kept[id]), ERR_OK);
        play.maintained[id] = false;
    }
    assert_int_equal(alarms_settle(play.book, play.now_ms), ERR_OK);
}

static int64_t length_ms(const char *text)
{
    struct errmsg why = ERRMSG_INIT;
    int64_t ms;

    if (duration_parse(text, &ms, &why))
        fail_msg("%s", why.text);
    return ms;
}

static void become(uint32_t id, enum truth truth)
{
    play.truth[id] = truth;
    check(id);
}

static void certificate(uint32_t id, const char *more)
{
    char left[32];
    int number = 0;

    assert_true(sscanf(more, "%31s %d", left, &number) >= 1);
    play.certificate_until[id] = (play.now_ms + length_ms(left)) / MS_PER_S / 86400 * 86400 + number;
    become(id, TRUE_UP);
}

static void step(void (*adjust)(struct outages *o), const char *verb, uint32_t id, const char *more)
{
    if (!strcmp(verb, "up") || !strcmp(verb, "down") || !strcmp(verb, "slow") || !strcmp(verb, "local")) {
        become(id, *verb == 'u' ? TRUE_UP : *verb == 'd' ? TRUE_DOWN : *verb == 's' ? TRUE_SLOW : TRUE_LOCAL);
    } else if (!strcmp(verb, "cert")) {
        certificate(id, more);
    } else if (!strcmp(verb, "ack")) {
        alarms_ack(play.book, id, "sam", more, play.now_ms);
    } else if (!strcmp(verb, "mute")) {
        assert_int_equal(alarms_mute(play.book, id, play.now_ms + length_ms(more), play.now_ms), ERR_OK);
    } else if (!strcmp(verb, "maintain")) {
        assert_int_equal(alarms_maintain(play.book, id, play.now_ms + length_ms(more), play.now_ms), ERR_OK);
    } else if (!strcmp(verb, "pause") || !strcmp(verb, "resume")) {
        alarms_pause(play.book, id, *verb == 'p', play.now_ms);
        if (*verb == 'r')
            check(id);
    } else if (!strcmp(verb, "offline") || !strcmp(verb, "online")) {
        alarms_offline(play.book, verb[1] == 'f', play.now_ms);
    } else if (!strcmp(verb, "restart")) {
        alarms_free(play.book);
        open_book(adjust);
    } else if (!strcmp(verb, "jump")) {
        alarms_shift(play.book, length_ms(more));
        play.now_ms += length_ms(more);
    } else if (strcmp(verb, "wait") != 0) {
        fail_msg("no such verb: %s", verb);
    }
    answer_asked();
}

const char *outages_play(void (*adjust)(struct outages *o), const char *script)
{
    char *text = strdup(script), *rest = NULL, *one;
    static struct strbuf result = STRBUF_INIT;
    uint32_t id;

    nnotice = 0;
    play.told = (struct strbuf)STRBUF_INIT;
    play.now_ms = OUTAGES_T0_MS;
    for (id = 0; id < SITES; id++)
        play.certificate_until[id] = CERTIFICATE_UNKNOWN;
    open_book(adjust);
    for (one = strtok_r(text, ";", &rest); one; one = strtok_r(NULL, ";", &rest)) {
        char when[32], verb[16], site[16], more[64] = "";

        if (sscanf(one, " %31s %15s %15s %63[^\n]", when, verb, site, more) < 3)
            fail_msg("no step: '%s'", one);
        for (id = 0; id < SITES - 1 && strcmp(site, names[id]) != 0; id++)
            ;
        advance(OUTAGES_T0_MS + length_ms(when));
        step(adjust, verb, id, more);
    }
    alarms_free(play.book);
    for (id = 0; id < SITES; id++)
        site_unref(play.site[id]);
    free(text);
    strbuf_release(&result);
    result = play.told;
    memset(&play, 0, sizeof(play));
    return result.text;
}

size_t outages_notices(const struct notice **out)
{
    *out = notices;
    return nnotice;
}
