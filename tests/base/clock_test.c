/* The clocks and the date machines read. */
#include "base/clock.h"

#include <string.h>

#include "support/tests.h"

static void dates_are_written_as_rfc_3339_says(void **state)
{
    static const struct {
        int64_t ms;
        const char *text;
    } rows[] = {
        { 0, "1970-01-01T00:00:00.000Z" },
        { 1, "1970-01-01T00:00:00.001Z" },
        { 999, "1970-01-01T00:00:00.999Z" },
        { -1, "1969-12-31T23:59:59.999Z" },
        { -1000, "1969-12-31T23:59:59.000Z" },
        { INT64_C(1795437669120), "2026-11-23T12:41:09.120Z" },
        { INT64_C(951782400000), "2000-02-29T00:00:00.000Z" },
        { INT64_C(1709251199999), "2024-02-29T23:59:59.999Z" },
        { INT64_C(4107542400000), "2100-03-01T00:00:00.000Z" },
        { INT64_C(253402300799999), "9999-12-31T23:59:59.999Z" },
        { INT64_C(253402300800000), "" },
        { INT64_C(-30641760000000), "0999-01-01T00:00:00.000Z" },
        { INT64_C(-62167219200000), "0000-01-01T00:00:00.000Z" },
        { INT64_C(-62167219200001), "" },
        { INT64_MAX, "" },
        { INT64_MIN, "" },
    };
    char text[CLOCK_RFC3339_SIZE];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        memset(text, '~', sizeof(text));
        assert_ptr_equal(clock_rfc3339(text, rows[i].ms), text);
        assert_string_equal(text, rows[i].text);
    }
}

static void clocks_go_forward(void **state)
{
    int64_t mono_ns = clock_mono_ns(), boot_ns = clock_boot_ns();
    int i;

    (void)state;
    assert_true(mono_ns > 0 && boot_ns >= mono_ns);
    assert_true(clock_wall_ms() > INT64_C(1577836800000)); /* 2020 */
    for (i = 0; i < 1000; i++) {
        int64_t mono_next_ns = clock_mono_ns(), boot_next_ns = clock_boot_ns();

        assert_true(mono_next_ns >= mono_ns && boot_next_ns >= boot_ns);
        mono_ns = mono_next_ns;
        boot_ns = boot_next_ns;
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates_are_written_as_rfc_3339_says),
        cmocka_unit_test(clocks_go_forward),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
