/* Maintenance windows and quiet hours over both changes of the year. Times in rows are those of UTC. */
#include "model/calendar.h"

#include "base/clock.h"
#include "support/tests.h"

static struct zone *paris;

static int open_paris(void **state)
{
    struct errmsg why = ERRMSG_INIT;

    (void)state;
    return zone_open(&paris, "Europe/Paris", &why);
}

static int close_paris(void **state)
{
    (void)state;
    zone_free(paris);
    return 0;
}

static int64_t ms(int month, int day, int hour, int minute)
{
    return civil_s(&(struct civil){ .year = 2026, .month = month, .day = day, .hour = hour, .minute = minute }) * MS_PER_S;
}

struct when {
    int month, day, hour, minute;
};

static int64_t when_ms(const struct when *w)
{
    return w->month ? ms(w->month, w->day, w->hour, w->minute) : 0;
}

static void a_window_is_found_while_it_is_open_and_before_it_opens(void **state)
{
    static const struct {
        struct when start;           /* in Paris */
        enum calendar_repeat repeat;
        int minutes;
        struct when at, from;        /* from.month 0: none any more */
    } rows[] = {
        { { 12, 1, 2, 0 }, REPEAT_NONE, 120, { 11, 1, 0, 0 }, { 12, 1, 1, 0 } },
        { { 12, 1, 2, 0 }, REPEAT_NONE, 120, { 12, 1, 2, 59 }, { 12, 1, 1, 0 } },
        { { 12, 1, 2, 0 }, REPEAT_NONE, 120, { 12, 1, 3, 0 }, { 0, 0, 0, 0 } },
        { { 3, 1, 2, 30 }, REPEAT_WEEKLY, 60, { 3, 22, 1, 45 }, { 3, 22, 1, 30 } },
        { { 3, 1, 2, 30 }, REPEAT_WEEKLY, 60, { 3, 23, 0, 0 }, { 3, 29, 1, 30 } },    /* 02:30 is skipped: 03:30 */
        { { 3, 1, 2, 30 }, REPEAT_WEEKLY, 60, { 4, 1, 0, 0 }, { 4, 5, 0, 30 } },
        { { 10, 4, 2, 30 }, REPEAT_WEEKLY, 60, { 10, 25, 0, 0 }, { 10, 25, 0, 30 } }, /* 02:30 is twice: the first */
        { { 10, 4, 2, 30 }, REPEAT_WEEKLY, 60, { 10, 25, 1, 30 }, { 11, 1, 1, 30 } },
        { { 3, 27, 23, 0 }, REPEAT_DAILY, 120, { 3, 28, 23, 30 }, { 3, 28, 22, 0 } },
        { { 3, 27, 23, 0 }, REPEAT_DAILY, 120, { 3, 29, 22, 30 }, { 3, 29, 21, 0 } },
        { { 1, 5, 22, 0 }, REPEAT_WEEKLY, 60, { 1, 1, 0, 0 }, { 1, 5, 21, 0 } },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct when *s = &rows[i].start;
        struct calendar_window w = {
            .start = { .year = 2026, .month = s->month, .day = s->day, .hour = s->hour, .minute = s->minute },
            .repeat = rows[i].repeat,
            .duration_ms = rows[i].minutes * MS_PER_MIN,
            .zone = paris,
        };
        struct calendar_span span;
        bool found = calendar_span(&w, when_ms(&rows[i].at), &span);

        assert_int_equal(found, rows[i].from.month != 0);
        if (found) {
            assert_int_equal(span.from_ms, when_ms(&rows[i].from));
            assert_int_equal(span.until_ms - span.from_ms, w.duration_ms);
        }
    }
}

static void quiet_hours_end_when_clocks_there_say_so(void **state)
{
    static const struct {
        int from_h, until_h;
        struct when at, until;       /* until.month 0: not quiet */
    } rows[] = {
        { 22, 7, { 12, 1, 20, 59 }, { 0, 0, 0, 0 } },  { 22, 7, { 12, 1, 21, 0 }, { 12, 2, 6, 0 } },
        { 22, 7, { 12, 2, 5, 59 }, { 12, 2, 6, 0 } },  { 22, 7, { 12, 2, 6, 0 }, { 0, 0, 0, 0 } },
        { 12, 14, { 7, 1, 10, 30 }, { 7, 1, 12, 0 } }, { 12, 14, { 7, 1, 9, 59 }, { 0, 0, 0, 0 } },
        { 22, 7, { 3, 28, 22, 0 }, { 3, 29, 5, 0 } },  { 22, 7, { 10, 24, 21, 0 }, { 10, 25, 6, 0 } },
        { 1, 3, { 10, 25, 1, 30 }, { 10, 25, 2, 0 } }, /* the second 02:30 */
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct calendar_quiet q = { .on = true, .from_min = rows[i].from_h * 60, .until_min = rows[i].until_h * 60, .zone = paris };

        assert_int_equal(calendar_quiet_until(&q, when_ms(&rows[i].at)), when_ms(&rows[i].until));
        q.on = false;
        assert_int_equal(calendar_quiet_until(&q, when_ms(&rows[i].at)), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_window_is_found_while_it_is_open_and_before_it_opens),
        cmocka_unit_test(quiet_hours_end_when_clocks_there_say_so),
    };

    return cmocka_run_group_tests(tests, open_paris, close_paris);
}
