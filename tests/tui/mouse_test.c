/* What clicks and the wheel do. */
#include <stdio.h>
#include <string.h>

#include "act.h"
#include "stage.h"
#include "support/tests.h"

static void click_at(struct stage *s, int y, int x)
{
    app_mouse(&s->app, (struct mouse){ MOUSE_CLICK, y, x });
    stage_draw(s, s->cells.width, s->cells.height);
}

/* On the first line that has the text, where the text is. */
static void click_on(struct stage *s, const char *text)
{
    int y;

    for (y = 0; y < s->cells.height; y++) {
        const char *line = stage_line(s, y), *at = strstr(line, text);

        if (at) {
            click_at(s, y, (int)(at - line));
            return;
        }
    }
    fail_msg("'%s' is not on the screen", text);
}

static void turn_wheel(struct stage *s, enum mouse_kind kind, int y, int x)
{
    app_mouse(&s->app, (struct mouse){ kind, y, x });
    stage_draw(s, s->cells.width, s->cells.height);
}

static void a_click_selects_and_one_on_what_is_selected_opens(void **state)
{
    struct stage *s = *state;

    stage_world(s);
    stage_draw(s, 80, 24);
    click_on(s, "blog");
    assert_string_equal(stage_cursor(s), "blog");
    assert_int_equal(s->app.here, PANE_SITES);
    click_on(s, "blog");
    assert_int_equal(s->app.here, PANE_DETAIL);
    click_on(s, "asks");             /* a page has nothing to select */
    assert_int_equal(s->app.here, PANE_DETAIL);
    stage_keys(s, "Esc");
    stage_draw(s, 80, 24);
    click_at(s, 21, 10);             /* the last row */
    assert_string_equal(stage_cursor(s), stage_line(s, 21)[0] == '>' ? stage_cursor(s) : "on line 21");
    click_at(s, 0, 0);
    click_at(s, 23, 3);              /* keys are no buttons */
    assert_int_equal(s->app.mode, MODE_GRID);
    click_at(s, 2, 5);               /* the alert: to the next in trouble */
    assert_string_equal(stage_cursor(s), "mx-webmail");
}

static void titles_sort_and_turn_round(void **state)
{
    struct stage *s = *state;

    stage_world(s);
    stage_draw(s, 80, 24);
    click_on(s, "P95");
    assert_int_equal(s->app.view.sort, COLUMN_P95);
    assert_false(s->app.view.sites.inverted);
    click_on(s, "P95");
    assert_true(s->app.view.sites.inverted);
    click_on(s, "TREND");            /* nobody can sort by that */
    assert_int_equal(s->app.view.sort, COLUMN_P95);
    click_on(s, "NAME");
    assert_int_equal(s->app.view.sort, COLUMN_NAME);
    assert_false(s->app.view.sites.inverted);
    stage_draw(s, 40, 12);
    click_on(s, "LAST");
    assert_int_equal(s->app.view.sort, COLUMN_LAST);
}

static void names_of_panes_open_them(void **state)
{
    static const struct {
        const char *name;
        enum pane pane;
    } rows[] = {
        { "2Alerts", PANE_ALERTS }, { "5Certs", PANE_CERTS }, { "3Log", PANE_LOG }, { "4Outbox", PANE_OUTBOX }, { "1Sites", PANE_SITES },
    };
    static const int sizes[][2] = { { 80, 24 }, { 120, 40 }, { 200, 50 } };
    struct stage *s = *state;
    size_t i, k;

    stage_world(s);
    for (k = 0; k < 3; k++) {
        stage_draw(s, sizes[k][0], sizes[k][1]);
        for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
            click_on(s, rows[i].name);
            assert_int_equal(s->app.here, rows[i].pane);
        }
    }
    click_at(s, s->app.plan.y_status, s->app.x_panes - 1);
    click_at(s, s->app.plan.y_status, s->app.x_panes + 6); /* the blank between two */
    assert_int_equal(s->app.here, PANE_SITES);
}

static void the_wheel_scrolls_what_it_is_over(void **state)
{
    struct stage *s = *state;
    size_t top;

    stage_world(s);
    stage_draw(s, 80, 24);
    stage_keys(s, "j");
    turn_wheel(s, MOUSE_WHEEL_DOWN, 10, 10);
    assert_int_equal(s->app.view.top, 3);
    assert_int_equal(s->app.view.at, 3); /* the cursor is taken along */
    turn_wheel(s, MOUSE_WHEEL_UP, 10, 10);
    turn_wheel(s, MOUSE_WHEEL_UP, 10, 10);
    assert_int_equal(s->app.view.top, 0);
    assert_int_equal(s->app.view.at, 3); /* and stays where it can */
    stage_keys(s, "?");
    stage_draw(s, 80, 24);
    turn_wheel(s, MOUSE_WHEEL_DOWN, 10, 10);
    assert_int_equal(s->app.help_top, 3);
    stage_keys(s, "q");
    stage_draw(s, 200, 50);
    top = s->app.view.top;
    turn_wheel(s, MOUSE_WHEEL_DOWN, s->app.plan.y_status - 10, 150);
    assert_int_equal(s->app.view.top, top);
    assert_int_equal(s->app.here, PANE_CERTS);
    assert_int_equal(s->app.pane[PANE_CERTS].at, 3);
    turn_wheel(s, MOUSE_WHEEL_UP, s->app.plan.y_status - 10, 150);
    assert_int_equal(s->app.pane[PANE_CERTS].at, 0);
}

static void items_of_panes_are_clicked_too(void **state)
{
    struct stage *s = *state;

    stage_world(s);
    stage_draw(s, 80, 24);
    stage_keys(s, "5");
    stage_draw(s, 80, 24);
    click_on(s, "payments");
    assert_int_equal(s->app.pane[PANE_CERTS].at, 1);
    click_on(s, "payments");
    assert_int_equal(s->app.here, PANE_DETAIL);
    assert_string_equal(stage_cursor(s), "payments");
    stage_keys(s, "1");
    stage_draw(s, 200, 50);
    click_on(s, "5 Certificates");   /* its title: it has the keys now */
    assert_int_equal(s->app.here, PANE_CERTS);
    click_on(s, "docs");
    assert_int_equal(s->app.here, PANE_SITES);
    assert_string_equal(stage_cursor(s), "docs");
}

static void a_click_on_a_group_selects_it_and_folds(void **state)
{
    struct stage *s = *state;

    stage_world(s);
    stage_draw(s, 80, 24);
    stage_keys(s, "t");
    stage_draw(s, 80, 24);
    click_on(s, "crm (3)");
    assert_string_equal(view_group(&s->app.view)->name, "crm");
    assert_false(view_group(&s->app.view)->folded);
    click_on(s, "crm (3)");
    assert_true(view_group(&s->app.view)->folded);
    click_on(s, "+ crm");            /* the mark, at once */
    assert_false(view_group(&s->app.view)->folded);
    click_on(s, "- mail");
    assert_true(view_group(&s->app.view)->folded);
    assert_string_equal(view_group(&s->app.view)->name, "mail");
}

static void questions_are_answered_by_keys_alone(void **state)
{
    struct stage *s = *state;

    stage_world(s);
    stage_draw(s, 80, 24);
    stage_keys(s, "d");
    click_at(s, 23, 5);
    turn_wheel(s, MOUSE_WHEEL_DOWN, 10, 10);
    assert_int_equal(s->app.mode, MODE_QUESTION);
    stage_keys(s, "n a");
    click_at(s, 10, 10);
    assert_int_equal(s->app.mode, MODE_PROMPT);
    assert_string_equal(s->asked.text, "");
}

static void it_is_off_unless_asked_for_and_can_be_off_for_good(void **state)
{
    struct stage *s = *state;

    stage_world(s);
    stage_draw(s, 80, 24);
    assert_false(s->app.mouse);
    stage_type(s, ":mouse");
    stage_keys(s, "Enter");
    assert_true(s->app.mouse);
    stage_type(s, ":mouse");
    stage_keys(s, "Enter");
    assert_false(s->app.mouse);
    s->app.no_mouse = true;
    stage_type(s, ":mouse");
    stage_keys(s, "Enter");
    assert_false(s->app.mouse);
    assert_true(stage_shows(s, "with -M"));
}

static void clicks_anywhere_at_any_size_break_nothing(void **state)
{
    static const char *const dialogues[] = { "g", "2", "5", "t _", "t =", "?", "q S", "Esc 3" };
    struct stage *s = *state;
    size_t i;
    int width, height, y, x;

    stage_world(s);
    for (i = 0; i < sizeof(dialogues) / sizeof(dialogues[0]); i++)
        for (width = 1; width < 210; width += 41)
            for (height = 1; height < 60; height += 11) {
                stage_draw(s, width, height);
                stage_keys(s, dialogues[i]);
                for (y = -1; y <= height; y += 3)
                    for (x = -1; x <= width; x += 19) {
                        app_mouse(&s->app, (struct mouse){ (enum mouse_kind)((x + y) % 3 ? 0 : 1 + x % 2), y, x });
                        app_draw(&s->app, &s->cells);
                    }
            }
}

int main(void)
{
#define ON_STAGE(test) cmocka_unit_test_setup_teardown(test, stage_begin, stage_end)
    const struct CMUnitTest tests[] = {
        ON_STAGE(a_click_selects_and_one_on_what_is_selected_opens),
        ON_STAGE(titles_sort_and_turn_round),
        ON_STAGE(names_of_panes_open_them),
        ON_STAGE(the_wheel_scrolls_what_it_is_over),
        ON_STAGE(items_of_panes_are_clicked_too),
        ON_STAGE(a_click_on_a_group_selects_it_and_folds),
        ON_STAGE(questions_are_answered_by_keys_alone),
        ON_STAGE(it_is_off_unless_asked_for_and_can_be_off_for_good),
        ON_STAGE(clicks_anywhere_at_any_size_break_nothing),
    };

    return cmocka_run_group_tests(tests, stage_locale, NULL);
}
