/* Durations as people write and read them. */
#include "base/duration.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "support/random.h"
#include "support/tests.h"

static void durations_are_read_as_people_write_them(void **state)
{
    static const struct {
        const char *text;
        int64_t ms;
    } rows[] = {
        { "0", 0 }, { "0s", 0 }, { "7", 7000 }, { "007", 7000 }, { "90", 90000 },
        { "500ms", 500 }, { "30s", 30000 }, { "5m", 300000 }, { "8h", 28800000 }, { "14d", 1209600000 },
        { "1h30m", 5400000 }, { "1d2h3m4s5ms", 93784005 }, { "1d5ms", 86400005 }, { "1m1ms", 60001 }, { "90m", 5400000 },
        { "9223372036854775807ms", INT64_MAX }, { "9223372036854775", INT64_C(9223372036854775000) },
        { "106751991167d7h12m55s807ms", INT64_MAX },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct errmsg why = ERRMSG_INIT;
        int64_t ms = -1;

        assert_int_equal(duration_parse(rows[i].text, &ms, &why), ERR_OK);
        assert_string_equal(why.text, "");
        assert_int_equal(ms, rows[i].ms);
    }
}

static void what_is_no_duration_is_refused_with_a_message_that_quotes_it(void **state)
{
    static const char *const rows[] = {
        "", " ", "s", "ms", "-1", "-5s", "+5s", " 5s", "5s ", "5 s", "5S", "5M", "5sec", "1.5h", "1,5h", "0x10", "1e3", "inf", "nan",
        "infinity", "5mm", "5ss", "5s5s", "5s1m", "1ms1s", "1h1h", "1m1h", "5y", "5w", "1h30", "30 1h", "h1", "1h-5m", "1dh", "5\xc2\xb5s",
        "9223372036854775808ms", "9223372036854776", "106751991168d", "106751991167d7h12m55s808ms", "99999999999999999999",
        "18446744073709551616ms", "5s\n", "5s\x1b[31m",
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct errmsg why = ERRMSG_INIT;
        char quoted[64] = "'", clean[60];
        int64_t ms = -1;

        assert_int_equal(duration_parse(rows[i], &ms, &why), ERR_INVALID);
        assert_int_equal(ms, -1);
        text_clean(clean, sizeof(clean), rows[i], strlen(rows[i]));
        strcat(quoted, clean);
        strcat(quoted, "'");
        assert_ptr_equal(strstr(why.text, quoted), why.text);
        assert_true(text_is_clean(why.text));
        assert_int_equal(duration_parse(rows[i], &ms, NULL), ERR_INVALID);
    }
}

static void what_is_written_reads_back_the_same(void **state)
{
    static const struct {
        int64_t ms;
        const char *text;
    } rows[] = {
        { 0, "0s" }, { 1, "1ms" }, { 999, "999ms" }, { 1000, "1s" }, { 1001, "1s1ms" }, { 60000, "1m" }, { 5400000, "1h30m" },
        { 86400000, "1d" }, { 1209600000, "14d" }, { INT64_MAX, "106751991167d7h12m55s807ms" },
    };
    struct random r = { 1 };
    char text[DURATION_TEXT_SIZE];
    int64_t ms;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_string_equal(duration_format(text, rows[i].ms), rows[i].text);
    for (i = 0; i < 100000; i++) {
        int64_t given = (int64_t)(random_next(&r) >> (1 + random_below(&r, 63)));

        assert_int_equal(duration_parse(duration_format(text, given), &ms, NULL), ERR_OK);
        assert_int_equal(ms, given);
    }
}

static void a_glance_shows_the_largest_unit(void **state)
{
    static const struct {
        int64_t ms;
        const char *text;
    } rows[] = {
        { -5, "0s" }, { 0, "0s" }, { 999, "0s" }, { 1000, "1s" }, { 9999, "9s" }, { 59999, "59s" }, { 60000, "1m" },
        { 40 * MS_PER_MIN + 59999, "40m" }, { MS_PER_H - 1, "59m" }, { MS_PER_H, "1h" }, { MS_PER_DAY - 1, "23h" },
        { 41 * MS_PER_DAY, "41d" }, { INT64_MAX, "106751991167d" },
    };
    char text[DURATION_TEXT_SIZE];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_string_equal(duration_glance(text, rows[i].ms), rows[i].text);
}

static void a_measured_time_shows_no_more_than_it_knows(void **state)
{
    static const struct {
        int64_t ns;
        const char *text;
    } rows[] = {
        { 0, "0.0 ms" }, { 400 * NS_PER_US, "0.4 ms" }, { 2 * NS_PER_MS, "2.0 ms" }, { 9949 * NS_PER_US, "9.9 ms" },
        { 9950 * NS_PER_US, "10 ms" }, { 84 * NS_PER_MS, "84 ms" }, { 999499 * NS_PER_US, "999 ms" }, { 999500 * NS_PER_US, "1.0 s" },
        { 2400 * NS_PER_MS, "2.4 s" }, { 9949 * NS_PER_MS, "9.9 s" }, { 9950 * NS_PER_MS, "10 s" }, { 40 * NS_PER_S, "40 s" },
        { 300 * NS_PER_S, "300 s" }, { INT64_MAX, "9223372037 s" },
    };
    char text[DURATION_TEXT_SIZE];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_string_equal(duration_measured(text, rows[i].ns), rows[i].text);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(durations_are_read_as_people_write_them),
        cmocka_unit_test(what_is_no_duration_is_refused_with_a_message_that_quotes_it),
        cmocka_unit_test(what_is_written_reads_back_the_same),
        cmocka_unit_test(a_glance_shows_the_largest_unit),
        cmocka_unit_test(a_measured_time_shows_no_more_than_it_knows),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
