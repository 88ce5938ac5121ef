/* The page on which a site's settings are edited. */
#include "form.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/schema.h"
#include "keys.h"
#include "stage.h"
#include "support/memory.h"
#include "support/random.h"
#include "support/tests.h"

static struct snapshot_row *shop(struct stage *s)
{
    struct snapshot_row *row = stage_site(s, "shop", "https://probe:s3cret@shop.example.org/", STATE_UP);
    struct options o;

    stage_options(row, &o);
    o.interval_ms = 30000;
    assert_int_equal(strings_add(&o.headers, "Authorization: Bearer s3cret"), ERR_OK);
    stage_set_options(row, &o);
    stage_site(s, "other", "https://other.example.org/", STATE_UP);
    stage_take(s);
    stage_keys(s, "G");
    assert_string_equal(stage_cursor(s), "shop");
    return row;
}

/* Goes down to the field of that key. */
static void go_to(struct stage *s, const char *key)
{
    int i;

    for (i = 0; i < 60; i++) {
        const char *here = strstr(stage_draw(s, 80, 24), "\n>");

        if (here && strcspn(here + 2, " \n") == strlen(key) && !strncmp(here + 2, key, strlen(key)))
            return;
        stage_keys(s, "Tab");
    }
    fail_msg("the form has no field %s", key);
}

static void only_what_was_changed_is_written(void **state)
{
    struct stage *s = *state;

    shop(s);
    stage_keys(s, "e");
    go_to(s, "interval");
    stage_keys(s, "Ctrl-U");
    stage_type(s, "2m");
    go_to(s, "expect_body");
    stage_type(s, "Welcome");
    go_to(s, "certificate_warning");
    stage_keys(s, "Ctrl-U");
    go_to(s, "method");
    stage_keys(s, "Space Enter");
    assert_string_equal(s->asked.text, "set shop interval=2m method=GET expect_body=Welcome certificate_warning=(out)\n");
    assert_int_equal(s->app.mode, MODE_GRID);
}

static void a_form_without_changes_writes_nothing(void **state)
{
    struct stage *s = *state;

    shop(s);
    stage_keys(s, "e Enter");
    assert_string_equal(s->asked.text, "");
    assert_int_equal(s->app.mode, MODE_GRID);
    stage_keys(s, "e x Backspace Enter");
    assert_string_equal(s->asked.text, "");
}

static void what_is_wrong_is_told_at_once_and_not_saved(void **state)
{
    static const struct {
        const char *key, *text, *told;
    } rows[] = {
        { "interval", "5 minutes", "no duration" },
        { "interval", "10ms", "interval" },
        { "retries", "99", "retries" },
        { "expect_status", "abc", "statuses" },
        { "owner", "nobody", "nobody of that name" },
        { "method", "POST", "POST" },
        { "name", "other", "another site has that name" },
        { "url", "shop.example.org", "https://shop.example.org" },
    };
    struct stage *s = *state;
    size_t i;

    shop(s);
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        stage_keys(s, "e");
        go_to(s, rows[i].key);
        stage_keys(s, "Ctrl-U");
        stage_type(s, rows[i].text);
        if (!stage_shows(s, rows[i].told))
            fail_msg("%s = %s: nothing about '%s' in\n%s", rows[i].key, rows[i].text, rows[i].told, stage_draw(s, 80, 24));
        stage_keys(s, "Up Up Enter");
        assert_int_equal(s->app.mode, MODE_FORM);
        assert_true(stage_shows(s, rows[i].told));
        stage_keys(s, "Esc y");
        assert_int_equal(s->app.mode, MODE_GRID);
    }
    assert_string_equal(s->asked.text, "");
}

static void no_secret_is_shown_and_none_is_lost(void **state)
{
    struct stage *s = *state;
    int i;

    shop(s);
    stage_keys(s, "e");
    for (i = 0; i < 40; i++) {
        assert_null(strstr(stage_draw(s, 200, 50), "s3cret"));
        stage_keys(s, "Down");
    }
    go_to(s, "url");
    stage_type(s, "cart");
    stage_keys(s, "Enter");
    assert_string_equal(s->asked.text, "set shop url=https://probe:s3cret@shop.example.org/cart\n");
}

static void leaving_with_changes_asks_first(void **state)
{
    struct stage *s = *state;

    shop(s);
    stage_keys(s, "e Esc");
    assert_int_equal(s->app.mode, MODE_GRID);
    stage_keys(s, "e x Esc");
    assert_true(stage_shows(s, "leave without saving? y/N"));
    stage_keys(s, "n");
    assert_int_equal(s->app.mode, MODE_FORM);
    assert_true(stage_shows(s, "shopx"));
    stage_keys(s, "Ctrl-C y");
    assert_int_equal(s->app.mode, MODE_GRID);
}

static void what_the_outside_refuses_stays_in_the_form(void **state)
{
    struct stage *s = *state;

    shop(s);
    s->answer = ERR_CHANGED;
    snprintf(s->said, sizeof(s->said), "the file was changed meanwhile");
    stage_keys(s, "e x Enter");
    assert_int_equal(s->app.mode, MODE_FORM);
    assert_true(stage_shows(s, "the file was changed meanwhile"));
    s->answer = ERR_OK;
    snprintf(s->said, sizeof(s->said), "saved shop");
    stage_keys(s, "Enter");
    assert_int_equal(s->app.mode, MODE_GRID);
    assert_true(stage_shows(s, "saved shop - u undoes"));
}

static void a_new_site_can_be_given_all_settings(void **state)
{
    struct stage *s = *state;

    shop(s);
    stage_keys(s, "a");
    stage_type(s, "https://new.example.org/");
    stage_keys(s, "Tab");
    assert_int_equal(s->app.mode, MODE_FORM);
    stage_type(s, "newcomer");
    go_to(s, "interval");
    stage_keys(s, "Ctrl-U");
    stage_type(s, "1m");
    stage_keys(s, "Enter");
    assert_string_equal(s->asked.text, "add https://new.example.org/ name=newcomer interval=1m\n");
}

static void words_are_chosen_in_turn(void **state)
{
    struct stage *s = *state;

    shop(s);
    stage_keys(s, "e");
    go_to(s, "ip");
    assert_true(stage_shows(s, "(Space: any 4 6)"));
    stage_keys(s, "Space");
    assert_true(stage_shows(s, ">ip                   4"));
    stage_keys(s, "Space Space");
    assert_true(stage_shows(s, ">ip                   any"));
    go_to(s, "paused");
    stage_keys(s, "Space Enter");
    assert_string_equal(s->asked.text, "set shop paused=true\n");
}

static void every_setting_has_a_field_with_its_help(void **state)
{
    struct stage *s = *state;
    size_t n, i;
    const struct setting *row = schema_site(&n);

    shop(s);
    stage_keys(s, "e");
    for (i = 0; i < n; i++) {
        go_to(s, row[i].name);
        assert_true(stage_shows(s, row[i].help) || strlen(row[i].help) > 79);
    }
}

static void a_form_survives_any_failing_allocation(void **state)
{
    struct stage *s = *state;
    const struct site *site = shop(s)->row.site;
    bool more = true;
    unsigned n;

    for (n = 1; more; n++) {
        struct form *form;

        memory_fail(n);
        form = form_edit(&s->settings, site);
        more = memory_failed();
        assert_int_equal(form == NULL, more);
        form_free(form);
    }
    assert_in_range(n, 20, 2000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(only_what_was_changed_is_written, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(a_form_without_changes_writes_nothing, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(what_is_wrong_is_told_at_once_and_not_saved, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(no_secret_is_shown_and_none_is_lost, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(leaving_with_changes_asks_first, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(what_the_outside_refuses_stays_in_the_form, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(a_new_site_can_be_given_all_settings, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(words_are_chosen_in_turn, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(every_setting_has_a_field_with_its_help, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(a_form_survives_any_failing_allocation, stage_begin, stage_end),
    };

    return cmocka_run_group_tests(tests, stage_locale, NULL);
}
