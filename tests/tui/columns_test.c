/* Which columns a screen shows, where, and what the trend looks like. */
#include "columns.h"

#include <string.h>

#include "base/clock.h"
#include "stage.h"
#include "support/tests.h"

static const struct column_choice all;

static const char *titles(int width, int scroll)
{
    static char text[512];
    struct layout l;
    int i;

    layout_plan(&l, &all, width, scroll);
    text[0] = '\0';
    for (i = 0; i < l.n; i++) {
        strcat(text, i ? " " : "");
        strcat(text, column_title(l.at[i].column));
    }
    return text;
}

static void the_columns_worth_most_are_shown_first(void **state)
{
    static const struct {
        int width;
        const char *titles;
    } rows[] = {
        { 20, "STATE NAME CODE" },
        { 40, "STATE NAME CODE FOR LAST" },
        { 59, "STATE NAME CODE FOR LAST" },
        { 60, "STATE NAME CODE LAST TREND FOR" },
        { 80, "STATE NAME CODE LAST P95 UP24H CERT TREND FOR" },
        { 100, "STATE NAME CODE LAST P95 P99 UP24H CERT NEXT TREND FOR" },
        { 120, "STATE NAME TAG CODE LAST P95 P99 UP24H UP7D UP30D CERT NEXT TREND FOR" },
        { 127, "STATE NAME TAG CODE LAST P50 P95 P99 UP24H UP7D UP30D CERT NEXT TREND FOR" },
        { 200, "STATE NAME TAG OWNER CODE LAST P50 P95 P99 UP24H UP7D UP30D CERT NEXT EVERY TREND FOR URL" },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_string_equal(titles(rows[i].width, 0), rows[i].titles);
}

static void columns_fill_every_width_without_overlapping(void **state)
{
    int width, scroll, i;

    (void)state;
    for (width = 20; width <= 400; width++)
        for (scroll = 0; scroll <= layout_last_scroll(width); scroll++) {
            struct layout l;
            int free = 1;

            layout_plan(&l, &all, width, scroll);
            for (i = 0; i < l.n; i++) {
                assert_int_equal(l.at[i].x, free);
                assert_in_range(l.at[i].width, 4, 400);
                free = l.at[i].x + l.at[i].width + 1;
            }
            assert_in_range(free, 1, width + 1);
            if (!scroll && width < 390)
                assert_int_equal(free, width + 1);
            assert_in_range(l.reason_width, 0, width);
            if (l.reason_width)
                assert_in_range(l.reason_x + l.reason_width, 1, width);
        }
}

static void scrolling_reaches_every_column(void **state)
{
    int width, scroll, c;

    (void)state;
    for (width = 60; width <= 130; width += 10) {
        bool seen[COLUMN_COUNT] = { false };

        for (scroll = 0; scroll <= layout_last_scroll(width); scroll++) {
            struct layout l;
            int i;

            layout_plan(&l, &all, width, scroll);
            assert_int_equal(l.at[0].column, COLUMN_STATE);
            assert_int_equal(l.at[1].column, COLUMN_NAME);
            for (i = 0; i < l.n; i++)
                seen[l.at[i].column] = true;
        }
        for (c = 0; c < COLUMN_COUNT; c++)
            assert_true(seen[c]);
    }
    assert_string_equal(titles(80, 1), "STATE NAME TAG OWNER CODE LAST P50 P95 P99");
    assert_string_equal(titles(80, 2), "STATE NAME OWNER CODE LAST P50 P95 P99 UP24H");
}

static void the_trend_moves_on_while_nothing_is_heard(void **state)
{
    struct stage *s = *state;
    struct snapshot_row *row;
    int i;

    row = stage_site(s, "a", "https://a.example.org/", STATE_UP);
    row->p50_us = 1000;
    for (i = 0; i < TREND_SLOTS; i++) {
        row->mark[i] = i == TREND_SLOTS - 2 ? MARK_FAILED : MARK_GOOD;
        row->worst[i] = latency_code(1000);
    }
    stage_take(s);
    stage_draw(s, 80, 24);
    assert_non_null(strstr(stage_line(s, 3), "............X."));
    s->snapshot.now_ns += 2 * 300 * NS_PER_S;
    stage_draw(s, 80, 24);
    assert_non_null(strstr(stage_line(s, 3), "..........X.  "));
    s->snapshot.now_ns += 40 * 300 * NS_PER_S;
    stage_draw(s, 80, 24);
    assert_null(strstr(stage_line(s, 3), "X"));
    s->snapshot.now_ns = STAGE_NOW_NS; /* a result of a moment after the snapshot */
    row->slot++;
    stage_draw(s, 80, 24);
    assert_non_null(strstr(stage_line(s, 3), "............X."));
}

static void the_trend_is_logarithmic_around_the_median(void **state)
{
    static const struct {
        uint32_t us;
        char mark;
    } rows[] = {
        { 1, '_' }, { 79000, '_' }, { 81000, '.' }, { 100000, '.' }, { 140000, '-' }, { 200000, '=' }, { 300000, '+' }, { 500000, '*' },
        { 700000, '#' }, { 60000000, '#' },
    };
    struct stage *s = *state;
    struct snapshot_row *row = stage_site(s, "a", "https://a.example.org/", STATE_UP);
    size_t i, n = sizeof(rows) / sizeof(rows[0]);
    char marks[16] = "";

    row->p50_us = 100000;
    for (i = 0; i < n; i++) {
        row->mark[TREND_SLOTS - n + i] = MARK_GOOD;
        row->worst[TREND_SLOTS - n + i] = latency_code(rows[i].us);
        marks[i] = rows[i].mark;
    }
    stage_take(s);
    stage_draw(s, 80, 24);
    assert_non_null(strstr(stage_line(s, 3), marks));
}

static void the_title_tells_the_span_of_the_trend(void **state)
{
    struct stage *s = *state;
    struct snapshot_row *row;
    struct options o;

    stage_site(s, "a", "https://a.example.org/", STATE_UP);
    stage_take(s);
    assert_true(stage_shows(s, "TREND 1h10m "));
    row = stage_site(s, "b", "https://b.example.org/", STATE_UP);
    stage_options(row, &o)->interval_ms = 10000;
    stage_set_options(row, &o);
    stage_take(s);
    assert_true(stage_shows(s, "TREND 14m-1h "));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_columns_worth_most_are_shown_first),
        cmocka_unit_test(columns_fill_every_width_without_overlapping),
        cmocka_unit_test(scrolling_reaches_every_column),
        cmocka_unit_test_setup_teardown(the_trend_moves_on_while_nothing_is_heard, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(the_trend_is_logarithmic_around_the_median, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(the_title_tells_the_span_of_the_trend, stage_begin, stage_end),
    };

    return cmocka_run_group_tests(tests, stage_locale, NULL);
}
