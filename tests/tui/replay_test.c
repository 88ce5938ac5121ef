/* The screen as it was: keys, banner and grid of a moment of the past, put together by hand. */
#include "replay.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "stage_replay.h"
#include "support/memory.h"
#include "support/tests.h"

static void go_back(struct stage *s)
{
    stage_keys(s, "[");
    s->picture = stage_picture(s, THEN_MS);
}

static void go_back_and_read(struct stage *s, int width, int height)
{
    go_back(s);
    stage_draw(s, width, height);
    s->chunk = stage_figures(s);
    stage_draw(s, width, height);
}

/* --- keys ---------------------------------------------------------------------------------------------------------- */

static void steps_add_up_until_they_are_answered(void **state)
{
    struct stage *s = *state;

    stage_world(s);
    stage_draw(s, 80, 24);
    stage_keys(s, "[ [ { ]");
    assert_string_equal(s->asked.text, "replay 0 -1 0\nreplay 0 -2 0\nreplay 0 -2 -3600\nreplay 0 -1 -3600\n");
    assert_true(stage_shows(s, "reading ..."));
    s->picture = stage_picture(s, THEN_MS);
    s->picture->number--;            /* of a want that was overtaken: nobody's */
    stage_draw(s, 80, 24);
    assert_false(s->app.replay.shown);
    s->picture = stage_picture(s, THEN_MS);
    assert_true(stage_shows(s, "REPLAY Tue 03:12:00 UTC (-9h 29m)  [0] now"));
    strbuf_reset(&s->asked);
    stage_keys(s, "]");
    assert_string_equal(s->asked.text, "replay -34149 1 0\n");
}

static void of_many_incidents_some_are_alerts(void **state)
{
    struct stage *s = *state;
    size_t i;

    stage_world(s);
    stage_draw(s, 80, 24);
    go_back(s);
    s->picture->incident = realloc(s->picture->incident, (ALERTS_MOST + 2) * sizeof(*s->picture->incident));
    assert_non_null(s->picture->incident);
    s->picture->nincident = ALERTS_MOST + 2;
    for (i = 1; i < s->picture->nincident; i++)
        s->picture->incident[i] = s->picture->incident[0];
    s->picture->incident[1].key = 4000; /* of a site that was not in the list then */
    stage_draw(s, 80, 24);
    assert_int_equal(app_alerts(&s->app)->n, ALERTS_MOST);
    assert_string_equal(app_alerts(&s->app)->alert[ALERTS_MOST - 1].site, "docs");
}

static void zero_and_esc_lead_back_to_now(void **state)
{
    struct stage *s = *state;
    const char *back[] = { "0", "Esc" };
    int i;

    stage_world(s);
    stage_draw(s, 80, 24);
    for (i = 0; i < 2; i++) {
        stage_keys(s, "j j j");
        stage_draw(s, 80, 24);
        go_back(s);
        stage_draw(s, 80, 24);
        assert_true(stage_shows(s, "REPLAY"));
        assert_true(stage_shows(s, "DOWN 1"));
        stage_keys(s, back[i]);
        stage_draw(s, 80, 24);
        assert_false(stage_shows(s, "REPLAY"));
        assert_true(stage_shows(s, "DOWN 3"));
    }
}

static void the_cursor_stays_on_its_site_through_time(void **state)
{
    struct stage *s = *state;
    char name[64];

    stage_world(s);
    stage_draw(s, 80, 24);
    stage_keys(s, "j j j j j j");
    snprintf(name, sizeof(name), "%s", stage_cursor(s));
    go_back(s);
    stage_draw(s, 80, 24);
    assert_string_equal(stage_cursor(s), name);
    stage_keys(s, "0");
    assert_string_equal(stage_cursor(s), name);
}

static void what_would_change_something_is_refused(void **state)
{
    static const char *const keys[] = { "a", "e", "d", "u", "p", "r", "A", "m", "M", "T", "X", "R" };
    struct stage *s = *state;
    size_t i;

    stage_world(s);
    stage_draw(s, 80, 24);
    go_back(s);
    stage_draw(s, 80, 24);
    strbuf_reset(&s->asked);
    for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        stage_keys(s, keys[i]);
        assert_int_equal(s->app.mode, MODE_GRID);
        assert_true(stage_shows(s, "this is the past, and stays as it is"));
    }
    stage_paste(s, "https://new.example.org/");
    assert_int_equal(s->app.mode, MODE_GRID);
    assert_int_equal(s->asked.length, 0);
}

static void the_live_sites_go_on_meanwhile(void **state)
{
    struct stage *s = *state;

    stage_world(s);
    stage_draw(s, 80, 24);
    go_back(s);
    stage_draw(s, 80, 24);
    stage_set_state(s, 4, STATE_DOWN);
    stage_remove(s, 7);
    stage_site(s, "brand-new", "https://new.example.org/", STATE_UP);
    stage_take(s);
    assert_true(s->app.bell);
    stage_draw(s, 120, 40);
    assert_false(stage_shows(s, "brand-new"));
    stage_keys(s, "G j k 0");
    stage_draw(s, 120, 60);
    assert_true(stage_shows(s, "brand-new"));
    assert_true(stage_shows(s, "DOWN 4"));
    assert_null(strstr(stage_order(s), "the-old-shop"));
}

static void what_is_of_now_alone_tells_nothing_of_then(void **state)
{
    static const char *const panes[] = { "4", "5" };
    struct stage *s = *state;
    size_t i;

    stage_world(s);
    stage_draw(s, 80, 24);
    go_back(s);
    stage_draw(s, 80, 24);
    for (i = 0; i < 2; i++) {
        stage_keys(s, panes[i]);
        assert_true(stage_shows(s, "of then nothing is known"));
        stage_keys(s, "j k G Enter r");
        stage_draw(s, 200, 50);
    }
    stage_keys(s, "3");
    assert_true(stage_shows(s, "HTTP 502 Bad Gateway"));
    stage_keys(s, "2");
    assert_true(stage_shows(s, "1 not acknowledged"));
}

static void a_filter_makes_turns_those_of_its_sites(void **state)
{
    struct stage *s = *state;

    stage_world(s);
    stage_draw(s, 80, 24);
    stage_keys(s, "\\");
    stage_type(s, "docs");
    stage_keys(s, "Enter [");
    assert_true(s->want->of_some);
    assert_int_equal(s->want->nname, 1);
    assert_true(s->want->name[0] == name_hash("docs"));
    stage_keys(s, "Esc \\");
    stage_type(s, " state=up");
    stage_keys(s, "Enter [");
    assert_false(s->want->of_some);  /* what it shows is another list at each turn */
}

static void sorted_by_a_figure_the_figures_of_all_are_asked_for(void **state)
{
    struct stage *s = *state;

    stage_world(s);
    stage_draw(s, 80, 16);
    go_back(s);
    stage_draw(s, 80, 16);
    assert_true(s->asks->n < s->app.view.sites.n);
    replay_asks_free(s->asks);
    s->asks = NULL;
    stage_draw(s, 80, 16);
    assert_null(s->asks);            /* once is enough */
    stage_keys(s, ":");
    stage_type(s, "sort p95");
    stage_keys(s, "Enter");
    stage_draw(s, 80, 16);
    assert_true(s->asks->n >= s->app.view.sites.n);
}

static void what_can_not_be_read_is_said(void **state)
{
    struct stage *s = *state;

    stage_world(s);
    stage_draw(s, 80, 24);
    stage_keys(s, "[");
    s->picture = calloc(1, sizeof(*s->picture));
    s->picture->number = s->want->number;
    s->picture->err = ERR_IO;
    err_set(&s->picture->why, ERR_IO, "cannot read history: disk on fire");
    assert_true(stage_shows(s, "disk on fire"));
    assert_false(stage_shows(s, "REPLAY"));
    go_back(s);
    s->picture->is_first = true;
    assert_true(stage_shows(s, "no history before Mon 03:12:00 UTC"));
    stage_keys(s, "]");
    s->picture = calloc(1, sizeof(*s->picture));
    s->picture->number = s->want->number;
    s->picture->is_now = true;
    assert_true(stage_shows(s, "this is now"));
    assert_false(stage_shows(s, "REPLAY"));
}

static void any_allocation_of_a_step_may_fail(void **state)
{
    struct stage *s = *state;
    unsigned n;

    stage_world(s);
    stage_draw(s, 80, 24);
    for (n = 1; n < 60; n++) {
        go_back(s);
        memory_fail(n);
        app_draw(&s->app, &s->cells);
        stage_keys(s, "] {");
        memory_failed();
        if (s->app.replay.shown && s->asks && s->asks->number == s->app.replay.picture->number)
            s->chunk = stage_figures(s);
        memory_fail(n);
        app_draw(&s->app, &s->cells);
        stage_keys(s, "0");
        app_draw(&s->app, &s->cells);
        memory_failed();
    }
    stage_take(s);
    assert_true(stage_shows(s, "DOWN 3"));
}

/* --- times ---------------------------------------------------------------------------------------------------------- */

static void times_are_read_as_people_write_them(void **state)
{
    static const struct {
        const char *text;
        int64_t ago_s;               /* -1: no such time */
    } rows[] = {
        { "03:12", 9 * 3600 + 29 * 60 + 9 }, { "3:12", 9 * 3600 + 29 * 60 + 9 }, { "12:41:09", 0 }, { "12:41:10", 86399 },
        { "2h", 7200 }, { "1h30m", 5400 }, { "yesterday 12:41", 86409 }, { "2026-11-20 14:00", 4 * 86400 - 4731 },
        { "2026-11-24", 12 * 3600 + 41 * 60 + 9 }, { "2026-11-25", -1 }, { "2026-13-01", -1 }, { "25:00", -1 }, { "42", -1 }, { "soon", -1 },
        { "", -1 }, { "03:12 x", -1 },
    };
    struct errmsg why;
    int64_t at_ms;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        enum err err = replay_parse(rows[i].text, STAGE_NOW_MS, &at_ms, &why);

        if ((err != ERR_OK) != (rows[i].ago_s < 0) || (!err && at_ms != STAGE_NOW_MS - rows[i].ago_s * MS_PER_S))
            fail_msg("'%s': %s, %lld s ago", rows[i].text, err ? why.text : "ok", (long long)(STAGE_NOW_MS - at_ms) / MS_PER_S);
    }
}

static void the_command_takes_a_time_or_tells_where_one_is(void **state)
{
    struct stage *s = *state;

    stage_world(s);
    stage_draw(s, 80, 24);
    stage_keys(s, ":");
    stage_type(s, "replay");
    stage_keys(s, "Enter");
    assert_true(stage_shows(s, "this is now: [ goes back"));
    stage_keys(s, ":");
    stage_type(s, "replay 03:12");
    stage_keys(s, "Enter");
    assert_string_equal(s->asked.text, "replay -34149 0 0\n");
    s->picture = stage_picture(s, THEN_MS);
    stage_draw(s, 80, 24);
    stage_keys(s, ":");
    stage_type(s, "replay nonsense");
    stage_keys(s, "Enter");
    assert_true(stage_shows(s, "'nonsense' is no time"));
}

/* --- screens -------------------------------------------------------------------------------------------------------- */

static const struct {
    int width, height;
} sizes[] = { { 40, 12 }, { 80, 24 }, { 120, 40 }, { 200, 50 } };

static void golden(struct stage *s, const char *name, size_t i)
{
    char file[64];

    snprintf(file, sizeof(file), "%s_%dx%d", name, sizes[i].width, sizes[i].height);
    stage_golden(file, stage_draw(s, sizes[i].width, sizes[i].height));
}

static void a_moment_of_the_past(void **state)
{
    struct stage *s = *state;
    size_t i;

    stage_world(s);
    for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        stage_draw(s, sizes[i].width, sizes[i].height);
        go_back_and_read(s, sizes[i].width, sizes[i].height);
        golden(s, "replay", i);
        stage_keys(s, "0");
    }
}

static void a_moment_that_nobody_watched(void **state)
{
    struct stage *s = *state;
    size_t i;

    stage_world(s);
    for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        stage_draw(s, sizes[i].width, sizes[i].height);
        go_back(s);
        s->picture->instant.observed = false;
        s->picture->instant.unseen_from_ms = THEN_MS - 2 * MS_PER_MIN;
        s->picture->instant.unseen_until_ms = THEN_MS + 2 * MS_PER_MIN;
        stage_draw(s, sizes[i].width, sizes[i].height);
        s->chunk = stage_figures(s);
        golden(s, "replay_unseen", i);
        stage_keys(s, "0");
    }
}

static void tiny_screens_and_what_is_printed_say_it(void **state)
{
    struct stage *s = *state;
    struct strbuf out = STRBUF_INIT;

    stage_world(s);
    stage_draw(s, 80, 24);
    go_back_and_read(s, 80, 24);
    stage_draw(s, 19, 4);
    assert_non_null(strstr(stage_line(s, 0), "REPLAY"));
    app_print(&s->app, 80, false, &out);
    assert_non_null(strstr(out.text, "REPLAY Tue 03:12:00 UTC"));
    strbuf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(steps_add_up_until_they_are_answered, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(of_many_incidents_some_are_alerts, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(zero_and_esc_lead_back_to_now, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(the_cursor_stays_on_its_site_through_time, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(what_would_change_something_is_refused, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(the_live_sites_go_on_meanwhile, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(what_is_of_now_alone_tells_nothing_of_then, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(a_filter_makes_turns_those_of_its_sites, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(sorted_by_a_figure_the_figures_of_all_are_asked_for, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(what_can_not_be_read_is_said, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(any_allocation_of_a_step_may_fail, stage_begin, stage_end),
        cmocka_unit_test(times_are_read_as_people_write_them),
        cmocka_unit_test_setup_teardown(the_command_takes_a_time_or_tells_where_one_is, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(a_moment_of_the_past, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(a_moment_that_nobody_watched, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(tiny_screens_and_what_is_printed_say_it, stage_begin, stage_end),
    };

    return cmocka_run_group_tests(tests, stage_locale, NULL);
}
