/* Time in states and outages, against a slow oracle that looks at every single moment. */
#include "model/course.h"

#include <stdbool.h>
#include <string.h>

#include "support/random.h"
#include "support/tests.h"

#define MOMENTS 400

/* What a site was seen in at each moment: the history the oracle reads. */
struct painted {
    int shown[MOMENTS];                    /* enum state or COURSE_NOT_OBSERVED */
    enum spent spent[MOMENTS];
};

/* Doubt is looked up by walking on to where it ended. */
static void settle(struct painted *p)
{
    static const struct {
        int shown;
        enum spent spent;
    } plain[] = {
        { STATE_UP, SPENT_UP }, { STATE_DEGRADED, SPENT_DEGRADED }, { STATE_DOWN, SPENT_DOWN },
        { STATE_INCONCLUSIVE, SPENT_INCONCLUSIVE }, { STATE_MAINTENANCE, SPENT_MAINTENANCE }, { STATE_PAUSED, SPENT_PAUSED },
    };
    int i, k;

    for (i = 0; i < MOMENTS; i++) {
        p->spent[i] = SPENT_NOTHING;
        for (k = 0; k < 6; k++)
            if (plain[k].shown == p->shown[i])
                p->spent[i] = plain[k].spent;
        if (p->shown[i] != STATE_CHECKING)
            continue;
        for (k = i; k < MOMENTS && p->shown[k] == STATE_CHECKING; k++)
            ;
        if (k < MOMENTS && p->shown[k] == STATE_DOWN)
            p->spent[i] = SPENT_DOWN;
        else if (k < MOMENTS && p->shown[k] == STATE_INCONCLUSIVE)
            p->spent[i] = SPENT_INCONCLUSIVE;
        else
            p->spent[i] = i ? p->spent[i - 1] : SPENT_NOTHING;
    }
}

/* States that lasted no time at all are among them, but beside doubt, which they would settle for the course and not for who looks
 * at moments. */
static void paint(struct random *r, struct painted *p, struct course *c)
{
    bool hollow = false;
    int i = 0;

    while (i < MOMENTS) {
        int shown = (int)random_below(r, STATE_COUNT + 1), length = 1 + (int)random_below(r, 30);

        if (!random_below(r, 3))
            shown = random_below(r, 2) ? STATE_UP : STATE_DOWN;
        if (hollow && shown == STATE_CHECKING)
            shown = STATE_DOWN;
        assert_int_equal(course_see(c, i, shown), ERR_OK);
        hollow = !random_below(r, 8) && i && p->shown[i - 1] != STATE_CHECKING && shown != STATE_CHECKING;
        if (hollow)
            continue;
        while (length-- && i < MOMENTS)
            p->shown[i++] = shown;
    }
    settle(p);
}

static bool is_good(enum spent s)
{
    return s == SPENT_UP || s == SPENT_DEGRADED;
}

/* Outages, moment by moment: each is the moments from a first bad one to the last before a good one. */
static struct outages slow_outages(const struct painted *p, int from, int to)
{
    struct outages o = OUTAGES_INIT;
    int begin = -1, end = -1, i;

    for (i = 0; i <= to; i++) {
        bool good = i < to && is_good(p->spent[i]);

        if (i < to && p->spent[i] == SPENT_DOWN) {
            begin = begin < 0 ? i : begin;
            end = i + 1;
        }
        if (begin >= 0 && (good || i == to)) {
            if (end > from) {
                o.n++;
                o.begun += begin >= from;
                o.ended += good;
                o.repair_ms += good ? end - begin : 0;
                o.longest_ms = end - begin > o.longest_ms ? end - begin : o.longest_ms;
            }
            begin = -1;
        }
    }
    return o;
}

static void check_window(const struct painted *p, const struct course *c, int from, int to)
{
    struct uptime right = { .window_ms = to > from ? to - from : 0 }, told = UPTIME_INIT;
    struct outages o = OUTAGES_INIT, slow = slow_outages(p, from, to);
    int i;

    for (i = from; i < to; i++)
        if (p->spent[i] < SPENT_COUNT)
            right.ms[p->spent[i]]++;
    course_uptime(c, from, to, &told);
    assert_memory_equal(&told, &right, sizeof(right));
    if (from >= to)
        return;
    course_outages(c, from, to, &o);
    assert_int_equal(o.n, slow.n);
    assert_int_equal(o.begun, slow.begun);
    assert_int_equal(o.ended, slow.ended);
    assert_int_equal(o.longest_ms, slow.longest_ms);
    assert_int_equal(o.repair_ms, slow.repair_ms);
}

static void time_and_outages_of_any_window_are_those_of_its_moments(void **state)
{
    struct random r = { 73 };
    int round, i;

    (void)state;
    for (round = 0; round < 5000; round++) {
        struct course c = COURSE_INIT;
        struct painted p;

        paint(&r, &p, &c);
        check_window(&p, &c, 0, MOMENTS);
        for (i = 0; i < 20; i++) {
            int from = (int)random_below(&r, MOMENTS + 1), to = (int)random_below(&r, MOMENTS + 1);

            check_window(&p, &c, from, to);
        }
        for (i = 0; i < MOMENTS; i += 7)
            assert_int_equal(course_at(&c, i), p.spent[i]);
        course_release(&c);
    }
}

static void what_is_forgotten_does_not_change_what_comes_after(void **state)
{
    struct random r = { 79 };
    int round;

    (void)state;
    for (round = 0; round < 2000; round++) {
        struct course c = COURSE_INIT;
        struct painted p;
        int before = (int)random_below(&r, MOMENTS), from = before + (int)random_below(&r, (uint64_t)(MOMENTS - before));
        struct uptime whole = UPTIME_INIT, rest = UPTIME_INIT;
        uint32_t n;

        paint(&r, &p, &c);
        n = c.n;
        course_uptime(&c, from, MOMENTS, &whole);
        course_forget(&c, before);
        course_uptime(&c, from, MOMENTS, &rest);
        assert_memory_equal(&rest, &whole, sizeof(whole));
        assert_true(c.n <= n);
        course_release(&c);
    }
}

static void the_windows_of_a_day_add_up_to_the_day(void **state)
{
    struct random r = { 83 };
    int round, at, next;

    (void)state;
    for (round = 0; round < 1000; round++) {
        struct course c = COURSE_INIT;
        struct uptime whole = UPTIME_INIT, parts = UPTIME_INIT;
        struct painted p;

        paint(&r, &p, &c);
        course_uptime(&c, 0, MOMENTS, &whole);
        for (at = 0; at < MOMENTS; at = next) {
            next = at + 1 + (int)random_below(&r, 50);
            next = next < MOMENTS ? next : MOMENTS;
            course_uptime(&c, at, next, &parts);
        }
        assert_memory_equal(&parts, &whole, sizeof(whole));
        course_release(&c);
    }
}

static void a_failure_that_is_not_confirmed_was_none(void **state)
{
    struct course c = COURSE_INIT;
    struct uptime u = UPTIME_INIT;

    (void)state;
    course_see(&c, 1000, STATE_UP);
    course_see(&c, 2000, STATE_CHECKING);
    course_see(&c, 2500, STATE_CHECKING);
    course_uptime(&c, 0, 2600, &u);
    assert_int_equal(u.ms[SPENT_UP], 1600); /* not known to be anything else yet */
    course_see(&c, 3000, STATE_UP);
    assert_int_equal(c.n, 1);
    course_see(&c, 4000, STATE_CHECKING);
    course_see(&c, 5000, STATE_DOWN);
    assert_int_equal(course_at(&c, 4000), SPENT_DOWN);
    assert_int_equal(course_at(&c, 3999), SPENT_UP);
    course_release(&c);
}

static void a_restart_in_the_middle_of_an_outage_continues_it(void **state)
{
    struct course c = COURSE_INIT;
    struct outages o = OUTAGES_INIT;
    struct uptime u = UPTIME_INIT;

    (void)state;
    course_see(&c, 0, STATE_UP);
    course_see(&c, 1000, STATE_DOWN);
    course_see(&c, 2000, COURSE_NOT_OBSERVED);
    course_see(&c, 5000, STATE_DOWN);
    course_see(&c, 6000, STATE_UP);
    course_outages(&c, 0, 10000, &o);
    assert_int_equal(o.n, 1);
    assert_int_equal(o.longest_ms, 5000);
    course_uptime(&c, 0, 10000, &u);
    assert_int_equal(u.ms[SPENT_DOWN], 2000); /* of which so much was seen */
    assert_int_equal(uptime_observed_ms(&u), 7000);
    course_release(&c);
}

static void a_clock_set_back_stands_still(void **state)
{
    struct course c = COURSE_INIT;
    struct uptime u = UPTIME_INIT;

    (void)state;
    course_see(&c, 5000, STATE_UP);
    course_see(&c, 9000, STATE_DOWN);
    course_see(&c, 7000, STATE_UP);        /* before the last: the outage had no length */
    course_uptime(&c, 0, 10000, &u);
    assert_int_equal(u.ms[SPENT_UP], 5000);
    assert_int_equal(u.ms[SPENT_DOWN], 0);
    course_release(&c);
}

static void one_that_never_rests_forgets_its_oldest_turns(void **state)
{
    struct course c = COURSE_INIT;
    struct uptime u = UPTIME_INIT;
    int64_t at;

    (void)state;
    for (at = 0; at < 3 * COURSE_MOST; at++)
        assert_int_equal(course_see(&c, at, at % 2 ? STATE_DOWN : STATE_UP), ERR_OK);
    assert_true(c.n <= COURSE_MOST && c.size == COURSE_MOST);
    course_uptime(&c, 0, at, &u);
    assert_true(uptime_seen(&u) < SHARE_ALL);
    assert_in_range(uptime_share(&u), 49990, 50010);
    course_release(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(time_and_outages_of_any_window_are_those_of_its_moments),
        cmocka_unit_test(what_is_forgotten_does_not_change_what_comes_after),
        cmocka_unit_test(the_windows_of_a_day_add_up_to_the_day),
        cmocka_unit_test(a_failure_that_is_not_confirmed_was_none),
        cmocka_unit_test(a_restart_in_the_middle_of_an_outage_continues_it),
        cmocka_unit_test(a_clock_set_back_stands_still),
        cmocka_unit_test(one_that_never_rests_forgets_its_oldest_turns),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
