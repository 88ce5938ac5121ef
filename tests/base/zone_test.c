/* Time zones, compared with what the C library makes of the same files. */
#include "base/zone.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "support/random.h"
#include "support/tests.h"

static struct zone *open_zone(const char *name)
{
    struct errmsg why = ERRMSG_INIT;
    struct zone *z = NULL;

    if (zone_open(&z, name, &why))
        fail_msg("%s", why.text);
    return z;
}

static void every_offset_is_the_c_librarys_for_two_centuries(void **state)
{
    static const char *const names[] = {
        "Europe/Paris", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "America/Sao_Paulo", "Europe/Dublin",
        "Africa/Casablanca", "Asia/Tehran", "Pacific/Apia", "America/Nuuk", "Asia/Kathmandu", "UTC",
    };
    size_t i;
    int64_t s;

    (void)state;
    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct zone *z = open_zone(names[i]);

        assert_int_equal(setenv("TZ", names[i], 1), 0);
        tzset();
        for (s = INT64_C(-500000000); s < INT64_C(5500000000); s += 86400 * 3 + 12347) {
            time_t t = (time_t)s;
            struct tm tm;

            assert_non_null(localtime_r(&t, &tm));
            if (zone_offset_s(z, s) != tm.tm_gmtoff)
                fail_msg("%s at %lld: %d, not %ld", names[i], (long long)s, zone_offset_s(z, s), tm.tm_gmtoff);
        }
        zone_free(z);
    }
    assert_int_equal(unsetenv("TZ"), 0);
    tzset();
}

static void a_local_time_is_found_on_both_changes_of_the_year(void **state)
{
    static const struct {
        const char *zone;
        struct civil local, utc;
    } rows[] = {
        { "Europe/Paris", { 2026, 12, 1, 2, 0, 0, 0 }, { 2026, 12, 1, 1, 0, 0, 0 } },
        { "Europe/Paris", { 2026, 7, 1, 2, 0, 0, 0 }, { 2026, 7, 1, 0, 0, 0, 0 } },
        { "Europe/Paris", { 2026, 3, 29, 1, 59, 59, 0 }, { 2026, 3, 29, 0, 59, 59, 0 } },
        { "Europe/Paris", { 2026, 3, 29, 2, 30, 0, 0 }, { 2026, 3, 29, 1, 30, 0, 0 } },   /* skipped: 03:30 */
        { "Europe/Paris", { 2026, 3, 29, 3, 0, 0, 0 }, { 2026, 3, 29, 1, 0, 0, 0 } },
        { "Europe/Paris", { 2026, 10, 25, 2, 30, 0, 0 }, { 2026, 10, 25, 0, 30, 0, 0 } }, /* twice: the first */
        { "Europe/Paris", { 2026, 10, 25, 3, 0, 0, 0 }, { 2026, 10, 25, 2, 0, 0, 0 } },
        { "Europe/Paris", { 2090, 7, 1, 12, 0, 0, 0 }, { 2090, 7, 1, 10, 0, 0, 0 } },
        { "America/New_York", { 2026, 11, 1, 1, 30, 0, 0 }, { 2026, 11, 1, 5, 30, 0, 0 } },
        { "Australia/Lord_Howe", { 2026, 1, 1, 0, 0, 0, 0 }, { 2025, 12, 31, 13, 0, 0, 0 } },
        { "UTC", { 2026, 3, 29, 2, 30, 0, 0 }, { 2026, 3, 29, 2, 30, 0, 0 } },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct zone *z = open_zone(rows[i].zone);

        assert_int_equal(zone_utc_s(z, civil_s(&rows[i].local)), civil_s(&rows[i].utc));
        zone_free(z);
    }
}

static void dates_and_seconds_go_both_ways(void **state)
{
    struct random seed = { 7 };
    int i;

    (void)state;
    for (i = 0; i < 100000; i++) {
        time_t t = (time_t)random_below(&seed, UINT64_C(20000000000)) - 8000000000;
        struct civil c = civil_from_s(t);
        struct tm tm;

        assert_non_null(gmtime_r(&t, &tm));
        assert_int_equal(c.year, tm.tm_year + 1900);
        assert_int_equal(c.month, tm.tm_mon + 1);
        assert_int_equal(c.day, tm.tm_mday);
        assert_int_equal(c.hour * 3600 + c.minute * 60 + c.second, tm.tm_hour * 3600 + tm.tm_min * 60 + tm.tm_sec);
        assert_int_equal(c.weekday, tm.tm_wday);
        assert_int_equal(civil_s(&c), t);
    }
}

static void what_is_no_zone_is_refused(void **state)
{
    static const char *const names[] = { "Nowhere/Atall", "/etc/passwd", "../../../etc/passwd", "zone.tab", "Europe" };
    struct errmsg why = ERRMSG_INIT;
    struct zone *z = NULL;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        assert_int_not_equal(zone_open(&z, names[i], &why), ERR_OK);
        assert_null(z);
        assert_non_null(strstr(why.text, names[i]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_offset_is_the_c_librarys_for_two_centuries),
        cmocka_unit_test(a_local_time_is_found_on_both_changes_of_the_year),
        cmocka_unit_test(dates_and_seconds_go_both_ways),
        cmocka_unit_test(what_is_no_zone_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
