/* Days of a place, where clocks are put forward and back. */
#include "base/day.h"

#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "support/random.h"
#include "support/tests.h"

static void be_in(const char *zone)
{
    setenv("TZ", zone, 1);
    tzset();
}

/* Zones as rules (POSIX), so that no test depends on what this machine knows. */
#define PARIS "CET-1CEST,M3.5.0,M10.5.0/3"
#define NEW_YORK "EST5EDT,M3.2.0,M11.1.0"
#define BEIRUT "EET-2EEST,M3.5.0/0,M10.5.0/0"      /* put forward at midnight: 00:00 does not exist */
#define LORD_HOWE "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0"
#define KATHMANDU "<+0545>-5:45"

static int64_t utc_ms(int year, int month, int day, int hour, int minute)
{
    struct tm tm = { .tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = day, .tm_hour = hour, .tm_min = minute };

    return (int64_t)timegm(&tm) * MS_PER_S;
}

static void days_are_as_long_as_their_place_makes_them(void **state)
{
    static const struct {
        const char *zone;
        int month, day, hour;              /* noon or so there, of 2026, in UTC */
        int length_min;
    } rows[] = {
        { PARIS, 11, 23, 11, 24 * 60 }, { PARIS, 3, 29, 10, 23 * 60 }, { PARIS, 10, 25, 11, 25 * 60 },
        { NEW_YORK, 3, 8, 16, 23 * 60 }, { NEW_YORK, 11, 1, 17, 25 * 60 }, { NEW_YORK, 7, 4, 16, 24 * 60 },
        { BEIRUT, 3, 29, 9, 23 * 60 }, { BEIRUT, 3, 28, 10, 24 * 60 }, { BEIRUT, 10, 24, 9, 25 * 60 },
        { LORD_HOWE, 10, 4, 1, 23 * 60 + 30 }, { LORD_HOWE, 4, 5, 1, 24 * 60 + 30 },
        { KATHMANDU, 3, 29, 6, 24 * 60 }, { "UTC0", 3, 29, 12, 24 * 60 },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        int64_t noon = utc_ms(2026, rows[i].month, rows[i].day, rows[i].hour, 0);

        be_in(rows[i].zone);
        assert_int_equal((day_next_ms(noon) - day_begin_ms(noon)) / MS_PER_MIN, rows[i].length_min);
    }
}

static void days_follow_each_other_without_a_hole(void **state)
{
    static const char *const zones[] = { PARIS, NEW_YORK, BEIRUT, LORD_HOWE, KATHMANDU, "UTC0" };
    struct random r = { 89 };
    int i;

    (void)state;
    for (i = 0; i < 20000; i++) {
        int64_t at = utc_ms(2020, 1, 1, 0, 0) + (int64_t)random_below(&r, 10 * 365 * (uint64_t)MS_PER_DAY), begin, next;
        char before[DAY_TEXT_SIZE], first[DAY_TEXT_SIZE], last[DAY_TEXT_SIZE], now[DAY_TEXT_SIZE];

        be_in(zones[i % 6]);
        begin = day_begin_ms(at);
        next = day_next_ms(at);
        assert_true(begin <= at && at < next);
        assert_int_equal(day_begin_ms(begin), begin);
        assert_int_equal(day_begin_ms(next - 1), begin);
        assert_int_equal(day_begin_ms(next), next);
        day_date(now, at);
        assert_string_equal(day_date(first, begin), now);
        assert_string_equal(day_date(last, next - 1), now);
        assert_string_not_equal(day_date(before, begin - 1), now);
    }
}

static void moments_are_told_as_the_place_does(void **state)
{
    char text[DAY_TEXT_SIZE];

    (void)state;
    be_in(PARIS);
    assert_string_equal(day_minute(text, utc_ms(2026, 11, 23, 12, 41)), "2026-11-23 13:41");
    assert_string_equal(day_zone(text, utc_ms(2026, 11, 23, 12, 41)), "CET");
    assert_string_equal(day_minute(text, utc_ms(2026, 7, 1, 22, 30)), "2026-07-02 00:30");
    assert_string_equal(day_zone(text, utc_ms(2026, 7, 1, 22, 30)), "CEST");
    assert_string_equal(day_date(text, -1), "1970-01-01");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_are_as_long_as_their_place_makes_them),
        cmocka_unit_test(days_follow_each_other_without_a_hole),
        cmocka_unit_test(moments_are_told_as_the_place_does),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
