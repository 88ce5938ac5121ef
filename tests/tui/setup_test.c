/* Columns and looks of the screen: chosen on a page, by a command, and from the settings. */
#include "setup.h"

#include <stdio.h>
#include <string.h>

#include "stage.h"
#include "support/tests.h"

static void columns_of_ones_own_come_in_their_order(void **state)
{
    struct stage *s = *state;

    stage_world(s);
    stage_draw(s, 80, 24);
    stage_type(s, ":columns for code p95 cert");
    stage_keys(s, "Enter");
    assert_non_null(strstr(stage_draw(s, 80, 24), " STATE NAME "));
    assert_non_null(strstr(stage_line(s, 3), "FOR CODE    P95 CERT"));
    stage_type(s, ":columns nonsense");
    stage_keys(s, "Enter");
    assert_true(stage_shows(s, "there is no column 'nonsense'"));
    assert_non_null(strstr(stage_line(s, 3), "FOR CODE    P95 CERT"));
    stage_type(s, ":columns");
    stage_keys(s, "Enter");
    assert_true(stage_shows(s, "TREND"));
}

static void columns_that_do_not_fit_go_by_their_worth(void **state)
{
    struct stage *s = *state;

    stage_world(s);
    stage_draw(s, 80, 24);
    stage_type(s, ":columns url p50 p99 up7d up30d every tag owner code");
    stage_keys(s, "Enter");
    stage_draw(s, 80, 24);
    assert_non_null(strstr(stage_line(s, 3), "CODE")); /* worth most, though it comes last */
    assert_null(strstr(stage_line(s, 3), "URL"));
}

static void the_page_writes_what_is_not_as_it_would_be_anyway(void **state)
{
    struct stage *s = *state;

    stage_world(s);
    stage_draw(s, 80, 24);
    snprintf(s->said, sizeof(s->said), "saved how the screen looks");
    stage_keys(s, "S");
    assert_true(stage_shows(s, "The screen: the columns that fit"));
    stage_keys(s, "Enter");
    assert_string_equal(s->asked.text, "screen columns=(out) colours=(out) bell=(out) message=(out) tree=(out) mouse=(out)\n");
    strbuf_reset(&s->asked);
    stage_keys(s, "S Space j Space j + Enter"); /* without TAG and OWNER, CODE behind LAST */
    assert_non_null(strstr(s->asked.text, "screen columns=STATE, NAME, LAST, CODE, P50"));
    assert_null(strstr(s->asked.text, "TAG"));
    strbuf_reset(&s->asked);
    stage_keys(s, "S k k k k k k k Space j Space j j Space Space j Space Enter"); /* colours, bell, tmux, list and mouse */
    assert_string_equal(s->asked.text, "screen columns=(out) colours=light bell=false message=(out) tree=dependency mouse=true\n");
    assert_int_equal(s->app.view.tree.kind, TREE_DEPENDENCY);
    assert_true(s->app.mouse);
    stage_keys(s, "S Esc");
    assert_int_equal(s->app.mode, MODE_GRID);
}

static void settings_choose_columns_colours_and_the_bell(void **state)
{
    char *titles[] = { (char *)"NAME", (char *)"FOR", (char *)"CODE" };
    struct stage *s = *state;

    s->settings.screen.titles.item = titles;
    s->settings.screen.titles.n = 3;
    s->settings.screen.colours = (char *)"light";
    s->settings.screen.rings = false;
    s->settings.screen.tells = true;
    s->settings.screen.tree = TREE_TAG;
    s->settings.screen.mouse = true;
    app_take_settings(&s->app);
    stage_world(s);
    stage_draw(s, 80, 24);
    assert_non_null(strstr(stage_line(s, 3), "FOR CODE"));
    assert_int_equal(s->app.scheme, style_scheme("light"));
    stage_set_state(s, 12, STATE_DOWN);
    stage_take(s);
    assert_false(s->app.bell);
    assert_string_equal(s->app.alarm, "squirrel: payments is DOWN");
    assert_int_equal(s->app.view.tree.kind, TREE_TAG);
    assert_true(s->app.mouse);
    stage_keys(s, "t t");            /* what a key did holds while the file says no other thing */
    app_take_settings(&s->app);
    assert_int_equal(s->app.view.tree.kind, TREE_OFF);
}

static void the_page_looks_as_drawn(void **state)
{
    static const int sizes[][2] = { { 40, 12 }, { 80, 24 }, { 120, 40 }, { 200, 50 } };
    struct stage *s = *state;
    size_t i;

    stage_world(s);
    stage_draw(s, 80, 24);
    stage_keys(s, "S j j Space +");
    for (i = 0; i < 4; i++) {
        char name[32];

        snprintf(name, sizeof(name), "setup_%dx%d", sizes[i][0], sizes[i][1]);
        stage_golden(name, stage_draw(s, sizes[i][0], sizes[i][1]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(columns_of_ones_own_come_in_their_order, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(columns_that_do_not_fit_go_by_their_worth, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(the_page_writes_what_is_not_as_it_would_be_anyway, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(settings_choose_columns_colours_and_the_bell, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(the_page_looks_as_drawn, stage_begin, stage_end),
    };

    return cmocka_run_group_tests(tests, stage_locale, NULL);
}
