/* Moments of the past against a painting of them, second by second. */
#include "store/moment.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "place.h"
#include "support/random.h"
#include "support/tests.h"

#define NOON INT64_C(1795435200000) /* 2026-11-23T12:00:00Z */
#define SLOTS 400                   /* one a second */
#define SITES 4                     /* keys 1 to SITES */
#define MOST_MS 7000
#define AT(slot) (NOON + (slot) * 1000)

struct told {
    int state;                      /* STATE_COUNT: not in the list */
    int64_t since_ms;
};

/* What is to be found at each second. */
struct painting {
    struct told told[SLOTS][SITES + 1];
    bool observed[SLOTS], begins[SLOTS]; /* begins: a run does */
    unsigned turned[SLOTS];         /* a bit for each site that changed then */
};

struct life {
    struct painting *painting;
    struct told now[SITES + 1];
    int64_t changed_ms[SITES + 1];  /* the last change that was written */
    int at;
};

static struct query *open_query(const struct place *p)
{
    struct errmsg why = ERRMSG_INIT;
    struct query *q = NULL;

    if (query_open(&q, p->path, &why) != ERR_OK)
        fail_msg("%s", why.text);
    return q;
}

/* From now on it is so, and nobody watches. */
static void paint_on(struct life *l)
{
    int i;

    for (i = l->at; i < SLOTS; i++) {
        memcpy(l->painting->told[i], l->now, sizeof(l->now));
        l->painting->observed[i] = false;
    }
}

static void go_on(struct life *l, int to)
{
    int i;

    for (i = l->at; i < to; i++)
        l->painting->observed[i] = true;
    l->at = to;
}

/* A run begins, after time nobody watched, or with a clock put back. */
static void begin_run(struct life *l, int at)
{
    int i;

    l->at = at;
    for (i = at; i < SLOTS; i++) {
        l->painting->begins[i] = false;
        l->painting->turned[i] = 0;
    }
    l->painting->begins[at] = true;
    for (i = 1; i <= SITES; i++)
        l->now[i].since_ms = l->changed_ms[i] <= AT(at) ? l->changed_ms[i] : AT(at);
    paint_on(l);
}

static void change(struct life *l, int site, int state)
{
    l->now[site] = (struct told){ state, AT(l->at) };
    l->changed_ms[site] = AT(l->at);
    l->painting->turned[l->at] |= 1u << site;
    paint_on(l);
}

static void come_or_go(struct place *p, struct life *l, struct batch *b, int site)
{
    static const char *const names[SITES + 1] = { "", "shop", "blog", "wiki", "mail" };

    if (l->now[site].state == STATE_COUNT) {
        add_site(p, (uint32_t)site, names[site], AT(l->at));
        change(l, site, STATE_NEW);
    } else {
        batch_site_gone(b, (uint32_t)site, AT(l->at));
        change(l, site, STATE_COUNT);
    }
}

static void live(struct place *p, struct random *r, struct painting *painting)
{
    struct life l = { .painting = painting, .at = 20 };
    struct batch *b = make_batch();
    int i;

    memset(painting, 0, sizeof(*painting));
    for (i = 0; i <= SITES; i++)
        l.now[i].state = STATE_COUNT;
    for (i = 0; i < SLOTS; i++)
        memcpy(painting->told[i], l.now, sizeof(l.now));
    batch_gap(b, 0, AT(l.at), GAP_CLOCK); /* the run that opening began lies in the present */
    history_commit(p->history, b);
    begin_run(&l, l.at);
    for (i = 0; i < 90 && l.at < SLOTS - 50; i++) {
        int site = 1 + (int)random_below(r, SITES);

        b = make_batch();
        go_on(&l, l.at + (int)random_below(r, 8));
        history_alive(p->history, AT(l.at));
        if (random_below(r, 9) == 0) {
            int to = l.at + (int)random_below(r, 40) - 12;

            to = to < 20 ? 20 : to;
            batch_gap(b, AT(l.at), AT(to), to < l.at ? GAP_CLOCK : GAP_ASLEEP);
            begin_run(&l, to);
            history_alive(p->history, AT(l.at));
        } else if (l.now[site].state == STATE_COUNT || random_below(r, 6) == 0)
            come_or_go(p, &l, b, site);
        else {
            int state = (int)random_below(r, STATE_COUNT);

            batch_change(b, (uint32_t)site, AT(l.at), (enum state)state);
            change(&l, site, state);
        }
        history_commit(p->history, b);
        place_settle(p);
    }
}

/* --- states ------------------------------------------------------------------------------------------------------- */

static bool take_site(void *context, const struct site_then *s)
{
    struct told *found = context;

    assert_in_range(s->key, 1, SITES);
    assert_int_equal(found[s->key].state, STATE_COUNT);
    found[s->key] = (struct told){ s->state, s->since_ms };
    assert_int_equal(s->url[0], 'h');
    return true;
}

static void compare_moment(struct query *q, const struct painting *p, int at)
{
    struct told found[SITES + 1] = { { STATE_COUNT, 0 }, { STATE_COUNT, 0 }, { STATE_COUNT, 0 }, { STATE_COUNT, 0 }, { STATE_COUNT, 0 } };
    struct instant m;
    int i;

    assert_int_equal(query_then(q, AT(at) + 300, INT64_MAX, &m, take_site, found, NULL), ERR_OK);
    if (m.observed != p->observed[at])
        fail_msg("second %d: observed is %d", at, m.observed);
    assert_int_equal(m.first_ms, AT(20));
    for (i = 1; i <= SITES; i++)
        if (found[i].state != p->told[at][i].state || (found[i].state != STATE_COUNT && found[i].since_ms != p->told[at][i].since_ms))
            fail_msg("second %d: site %d is %d since %lld, should be %d since %lld", at, i, found[i].state, (long long)(found[i].since_ms - NOON),
                     p->told[at][i].state, (long long)(p->told[at][i].since_ms - NOON));
}

/* --- steps -------------------------------------------------------------------------------------------------------- */

static bool is_of_first_two(void *context, const struct stored_change *c)
{
    (void)context;
    return c->site <= 2;
}

static int64_t back_from(const struct painting *p, int at)
{
    int m = at;

    if (!p->observed[at] || p->begins[at]) {
        while (!p->begins[m] && !p->observed[m - 1])
            m--;
        return AT(m) - 1;
    }
    while (m > at - MOST_MS / 1000 && !p->begins[m]) {
        m--;
        if (p->turned[m] & 06)
            break;
    }
    return AT(m);
}

static int64_t on_from(const struct painting *p, int at)
{
    int m = at + 1;

    if (!p->observed[at]) {
        while (m < SLOTS && !p->begins[m])
            m++;
        return m < SLOTS ? AT(m) : INT64_MAX;
    }
    while (m < at + MOST_MS / 1000 && p->observed[m] && !p->begins[m] && !(p->turned[m] & 06))
        m++;
    return AT(m);
}

static void compare_steps(struct query *q, const struct painting *p, int at)
{
    int64_t back, on;

    assert_int_equal(query_turn(q, AT(at), INT64_MAX, -1, MOST_MS, is_of_first_two, NULL, &back, NULL), ERR_OK);
    if (back != back_from(p, at))
        fail_msg("back from second %d is %lld, should be %lld", at, (long long)(back - NOON), (long long)(back_from(p, at) - NOON));
    assert_int_equal(query_turn(q, AT(at), INT64_MAX, 1, MOST_MS, is_of_first_two, NULL, &on, NULL), ERR_OK);
    if (on != on_from(p, at))
        fail_msg("on from second %d is %lld, should be %lld", at, (long long)(on - NOON), (long long)(on_from(p, at) - NOON));
}

/* --- gaps --------------------------------------------------------------------------------------------------------- */

struct gaps {
    bool unseen[SLOTS];
    int64_t upto_ms;
};

static bool take_gap(void *context, int64_t from_ms, int64_t until_ms)
{
    struct gaps *g = context;
    int64_t at;

    assert_true(from_ms >= g->upto_ms && from_ms < until_ms);
    g->upto_ms = until_ms;
    for (at = from_ms; at < until_ms; at += 1000)
        g->unseen[(at - NOON) / 1000] = true;
    return true;
}

static void compare_gaps(struct query *q, const struct painting *p)
{
    struct gaps g = { .upto_ms = 0 };
    int i;

    assert_int_equal(query_gaps(q, AT(10), AT(SLOTS - 10), take_gap, &g, NULL), ERR_OK);
    for (i = 10; i < SLOTS - 10; i++)
        if (g.unseen[i] == p->observed[i])
            fail_msg("second %d: %s", i, g.unseen[i] ? "somebody watched" : "nobody watched");
}

static void moments_and_steps_are_what_a_second_by_second_painting_shows(void **state)
{
    struct painting *painting = malloc(sizeof(*painting));
    struct random r = { 5 };
    int round, at;

    (void)state;
    assert_non_null(painting);
    for (round = 0; round < 10; round++) {
        struct place *p;
        struct query *q;

        assert_int_equal(place_make((void **)&p), 0);
        place_open(p);
        live(p, &r, painting);
        q = open_query(p);
        for (at = 20; at < SLOTS - 20; at++) {
            compare_moment(q, painting, at);
            compare_steps(q, painting, at);
        }
        compare_gaps(q, painting);
        query_close(q);
        place_remove((void **)&p);
    }
    free(painting);
}

static void before_the_first_record_there_is_nothing(void **state)
{
    struct place *p = *state;
    struct told found[SITES + 1] = { { 0, 0 } };
    struct batch *b = make_batch();
    struct instant m;
    struct query *q;
    int64_t at;

    place_open(p);
    batch_gap(b, 0, NOON, GAP_CLOCK);
    history_commit(p->history, b);
    add_site(p, 1, "shop", NOON);
    place_close(p);
    q = open_query(p);
    assert_int_equal(query_then(q, NOON - 1000, INT64_MAX, &m, take_site, found, NULL), ERR_OK);
    assert_false(m.observed);
    assert_int_equal(m.first_ms, NOON);
    assert_int_equal(query_turn(q, NOON - 1000, INT64_MAX, 1, MOST_MS, is_of_first_two, NULL, &at, NULL), ERR_OK);
    assert_int_equal(at, NOON);
    query_close(q);
}

static void who_watched_a_moment_ago_watches_still(void **state)
{
    struct told found[SITES + 1] = { { 0, 0 }, { STATE_COUNT, 0 } };
    struct place *p = *state;
    struct batch *b = make_batch();
    struct instant m;
    struct query *q;
    int64_t at;

    place_open(p);
    batch_gap(b, 0, NOON, GAP_CLOCK);
    history_commit(p->history, b);
    add_site(p, 1, "shop", NOON);
    history_alive(p->history, NOON + 60000);
    place_close(p);
    q = open_query(p);
    assert_int_equal(query_then(q, NOON + 65000, NOON + 66000, &m, take_site, found, NULL), ERR_OK);
    assert_true(m.observed);
    assert_int_equal(query_turn(q, NOON + 66000, NOON + 66000, -1, MOST_MS, is_of_first_two, NULL, &at, NULL), ERR_OK);
    assert_int_equal(at, NOON + 66000 - MOST_MS);
    found[1].state = STATE_COUNT;
    assert_int_equal(query_then(q, NOON + 65000, NOON + 120000, &m, take_site, found, NULL), ERR_OK);
    assert_false(m.observed);
    query_close(q);
}

/* --- what is held ------------------------------------------------------------------------------------------------- */

struct counted {
    size_t n;
    int64_t sum_ms;
};

static bool count_sample(void *context, const struct sample *s)
{
    struct counted *c = context;

    c->n++;
    c->sum_ms += (s->at_ms - NOON) * s->site;
    return true;
}

static void what_is_held_is_what_there_is(void **state)
{
    static const uint32_t keys[] = { 1, 3 };
    struct place *p = *state;
    struct random r = { 6 };
    struct query *q;
    int i;

    place_open(p);
    for (i = 1; i <= SITES; i++)
        add_site(p, (uint32_t)i, "shop", NOON);
    for (i = 0; i < 400; i++) {
        struct sample s = make_sample(1 + (uint32_t)random_below(&r, SITES), NOON + (int64_t)random_below(&r, 7200) * 1000);

        history_sample(p->history, &s);
    }
    place_close(p);
    q = open_query(p);
    for (i = 0; i < 2; i++) {
        struct counted plain = { 0, 0 }, held = { 0, 0 };
        int64_t from = NOON + 10 * MS_PER_MIN, until = NOON + 90 * MS_PER_MIN;

        assert_int_equal(query_samples(q, keys[i], from, until, count_sample, &plain, NULL), ERR_OK);
        assert_int_equal(query_hold(q, keys, 2, NOON, NOON + 2 * MS_PER_H, NULL), ERR_OK);
        assert_int_equal(query_samples(q, keys[i], from, until, count_sample, &held, NULL), ERR_OK);
        query_let_go(q);
        assert_true(plain.n > 20);
        assert_int_equal(held.n, plain.n);
        assert_int_equal(held.sum_ms, plain.sum_ms);
    }
    query_close(q);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(moments_and_steps_are_what_a_second_by_second_painting_shows),
        cmocka_unit_test_setup_teardown(before_the_first_record_there_is_nothing, place_make, place_remove),
        cmocka_unit_test_setup_teardown(who_watched_a_moment_ago_watches_still, place_make, place_remove),
        cmocka_unit_test_setup_teardown(what_is_held_is_what_there_is, place_make, place_remove),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
