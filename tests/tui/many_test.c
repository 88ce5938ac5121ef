/* Acting on many sites at once, and lines typed before. */
#include <stdio.h>
#include <string.h>

#include "stage.h"
#include "support/tests.h"

static void fill(struct stage *s, int n)
{
    int i;

    for (i = 0; i < n; i++) {
        char name[32], url[64];

        snprintf(name, sizeof(name), "site%d", i);
        snprintf(url, sizeof(url), "https://site%d.example.org/", i);
        stage_site(s, name, url, STATE_UP);
    }
    stage_take(s);
    stage_draw(s, 80, 24);
}

static void tagged_sites_are_deleted_by_one_edit(void **state)
{
    struct stage *s = *state;

    fill(s, 6);
    snprintf(s->said, sizeof(s->said), "deleted 3 sites");
    stage_keys(s, "Space Space j Space d");
    assert_true(stage_shows(s, "delete 3 sites? y/N"));
    assert_true(stage_shows(s, "*UP    site0"));
    stage_keys(s, "n");
    assert_string_equal(s->asked.text, "");
    assert_true(stage_shows(s, "tagged: 3"));
    stage_keys(s, "d y");
    assert_string_equal(s->asked.text, "remove site0 site1 site3\n");
    assert_true(stage_shows(s, "deleted 3 sites - u undoes"));
}

static void a_tag_never_passes_to_another_site(void **state)
{
    struct stage *s = *state;

    fill(s, 4);
    stage_keys(s, "Space Space");
    stage_remove(s, 0);
    stage_take(s);
    stage_site(s, "another", "https://another.example.org/", STATE_UP); /* takes its number */
    stage_take(s);
    assert_int_equal(s->app.view.ntagged, 1);
    stage_keys(s, "d y");
    assert_string_equal(s->asked.text, "remove site1\n");
}

static void many_are_paused_resumed_and_checked(void **state)
{
    struct stage *s = *state;

    fill(s, 4);
    stage_keys(s, "Space Space p");
    assert_true(stage_shows(s, "pause 2 sites for"));
    stage_type(s, "1h");
    stage_keys(s, "Enter");
    assert_non_null(strstr(s->asked.text, "pause 0."));
    assert_non_null(strstr(s->asked.text, "pause 1."));
    assert_null(strstr(s->asked.text, "pause 2."));
    strbuf_reset(&s->asked);
    stage_keys(s, "p Enter");
    assert_string_equal(s->asked.text, "set site0 site1 paused=true\n");
    strbuf_reset(&s->asked);
    stage_set_state(s, 0, STATE_PAUSED);
    stage_set_state(s, 1, STATE_PAUSED);
    stage_take(s);
    stage_keys(s, "p");
    assert_non_null(strstr(s->asked.text, "resume 0."));
    strbuf_reset(&s->asked);
    stage_keys(s, "U *");
    assert_int_equal(s->app.view.ntagged, 4);
    stage_keys(s, "r");
    assert_non_null(strstr(s->asked.text, "check 3."));
    assert_null(strstr(s->asked.text, "check 0."));
    stage_keys(s, "U");
    assert_int_equal(s->app.view.ntagged, 0);
}

/* --- lines -------------------------------------------------------------------------------------------------------- */

static void up_and_down_bring_back_what_was_typed(void **state)
{
    struct stage *s = *state;

    fill(s, 4);
    stage_type(s, ":sort p95");
    stage_keys(s, "Enter");
    stage_type(s, ":invert");
    stage_keys(s, "Enter : i n Up");
    assert_string_equal(s->app.prompt.text.text, "invert");
    stage_keys(s, "Up Up");
    assert_string_equal(s->app.prompt.text.text, "sort p95");
    stage_keys(s, "Down Down");
    assert_string_equal(s->app.prompt.text.text, "in");
    stage_keys(s, "Esc /");
    stage_keys(s, "Up");             /* each kind has its own */
    assert_string_equal(s->app.prompt.text.text, "");
}

static void tab_completes_commands_and_what_they_take(void **state)
{
    static const struct {
        const char *typed, *line;
    } rows[] = {
        { "inv", "invert " }, { "fi", "fi" }, { "che", "check" }, { "sort up", "sort UP" }, { "sort u", "sort U" }, { "sort tr", "sort tr" },
        { "engine s", "engine serial " }, { "filter st", "filter state=" }, { "filter tag=a st", "filter tag=a state=" },
        { "nonsense", "nonsense" }, { "colours co", "colours colour-blind " }, { "tree d", "tree dependency " },
    };
    struct stage *s = *state;
    size_t i;

    fill(s, 1);
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        stage_keys(s, ":");
        stage_type(s, rows[i].typed);
        stage_keys(s, "Tab");
        assert_string_equal(s->app.prompt.text.text, rows[i].line);
        stage_keys(s, "Esc");
    }
    stage_type(s, ":fi");
    stage_keys(s, "Tab");
    assert_true(stage_shows(s, "find filter"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(tagged_sites_are_deleted_by_one_edit, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(a_tag_never_passes_to_another_site, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(many_are_paused_resumed_and_checked, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(up_and_down_bring_back_what_was_typed, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(tab_completes_commands_and_what_they_take, stage_begin, stage_end),
    };

    return cmocka_run_group_tests(tests, stage_locale, NULL);
}
