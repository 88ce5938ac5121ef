/* The cursor stays on its site and on its line, whatever happens around it. */
#include "view.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "stage.h"
#include "support/random.h"
#include "support/tests.h"

static void fill(struct stage *s, int n)
{
    int i;

    for (i = 0; i < n; i++) {
        char name[32], url[64];

        snprintf(name, sizeof(name), "site%02d", i);
        snprintf(url, sizeof(url), "https://%s.example.org/", name);
        stage_site(s, name, url, STATE_UP);
    }
    stage_take(s);
    stage_draw(s, 80, 24);
}

/* The line of the screen that begins with the cursor's mark. */
static int cursor_line(struct stage *s)
{
    int y, found = -1;

    stage_draw(s, s->cells.width, s->cells.height);
    for (y = 0; y < s->cells.height; y++)
        if (stage_line(s, y)[0] == '>') {
            assert_int_equal(found, -1);
            found = y;
        }
    return found;
}

static void while_nobody_uses_it_the_cursor_rests_on_the_worst_site(void **state)
{
    struct stage *s = *state;

    fill(s, 40);
    assert_string_equal(stage_cursor(s), "site00");
    stage_set_state(s, 30, STATE_DOWN);
    stage_take(s);
    assert_string_equal(stage_cursor(s), "site30");
    assert_int_equal(cursor_line(s), 4);
    stage_keys(s, "j");
    assert_string_equal(stage_cursor(s), "site00");
    stage_set_state(s, 31, STATE_DOWN);
    stage_take(s);
    assert_string_equal(stage_cursor(s), "site00");
    stage_keys(s, "Home");
    stage_set_state(s, 32, STATE_DOWN);
    s->snapshot.row[32].row.since_ns++;
    stage_take(s);
    assert_string_equal(stage_cursor(s), "site32");
}

static void new_trouble_never_moves_what_is_under_the_cursor(void **state)
{
    struct stage *s = *state;
    int line, i;

    fill(s, 40);
    stage_keys(s, "j j j j j j j j j j");
    line = cursor_line(s);
    for (i = 30; i < 40; i++) {      /* the first of them brings the line of the alert, too */
        stage_set_state(s, (uint32_t)i, STATE_DOWN);
        stage_take(s);
        assert_string_equal(stage_cursor(s), "site10");
        assert_int_equal(cursor_line(s), line);
    }
    for (i = 30; i < 40; i++) {
        stage_set_state(s, (uint32_t)i, STATE_UP);
        stage_take(s);
        assert_string_equal(stage_cursor(s), "site10");
        assert_int_equal(cursor_line(s), line);
    }
}

static void the_cursor_goes_where_its_site_goes(void **state)
{
    struct stage *s = *state;
    int line;

    fill(s, 40);
    stage_keys(s, "G k k");
    assert_string_equal(stage_cursor(s), "site37");
    line = cursor_line(s);
    stage_set_state(s, 37, STATE_DOWN);
    stage_take(s);
    assert_string_equal(stage_cursor(s), "site37");
    assert_in_range(cursor_line(s), 4, line);
    assert_int_equal(s->app.view.at, 0);
    stage_keys(s, "I");
    assert_string_equal(stage_cursor(s), "site37");
    assert_int_equal(s->app.view.at, 39);
}

static void when_its_site_goes_the_cursor_stays_where_it_was(void **state)
{
    struct stage *s = *state;
    int line;

    fill(s, 40);
    stage_keys(s, "j j j");
    line = cursor_line(s);
    stage_remove(s, 3);
    stage_take(s);
    assert_string_equal(stage_cursor(s), "site04");
    assert_int_equal(cursor_line(s), line);
    stage_keys(s, "G");
    stage_remove(s, 39);
    stage_take(s);
    assert_string_equal(stage_cursor(s), "site38");
}

static void an_edited_site_is_the_same_and_another_under_its_number_is_not(void **state)
{
    struct stage *s = *state;
    struct snapshot_row *row;

    fill(s, 10);
    stage_keys(s, "j j j");
    row = &s->snapshot.row[3];
    site_unref(row->row.site);
    row->row.site = site_new("zz-renamed", "https://site03.example.org/", s->settings.defaults);
    row->row.generation += 1000;
    stage_touch(s, 3);
    stage_take(s);
    assert_string_equal(stage_cursor(s), "zz-renamed");
    stage_remove(s, 3);
    assert_int_equal(stage_site(s, "a-newcomer", "https://new.example.org/", STATE_UP)->row.id, 3);
    stage_take(s);
    assert_string_not_equal(stage_cursor(s), "a-newcomer");
}

static void an_empty_list_has_no_cursor_and_gets_one(void **state)
{
    struct stage *s = *state;

    stage_take(s);
    stage_draw(s, 80, 24);
    stage_keys(s, "j k G g PgDn PgUp n ! r");
    assert_string_equal(stage_cursor(s), "");
    fill(s, 1);
    assert_string_equal(stage_cursor(s), "site00");
    stage_remove(s, 0);
    stage_take(s);
    assert_string_equal(stage_cursor(s), "");
    stage_draw(s, 80, 24);
}

static void pages_and_ends_are_reached_and_not_passed(void **state)
{
    static const struct {
        const char *keys, *site;
    } rows[] = {
        { "G", "site99" }, { "j", "site99" }, { "k k", "site97" }, { "g", "site00" }, { "k", "site00" },
        { "PgDn", "site18" }, { "Ctrl-F", "site36" }, { "PgUp", "site18" }, { "Ctrl-D", "site27" }, { "Ctrl-U", "site18" },
        { "Home Down Down Up", "site01" }, { "End", "site99" },
    };
    struct stage *s = *state;
    size_t i;

    fill(s, 100);
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        stage_keys(s, rows[i].keys);
        assert_string_equal(stage_cursor(s), rows[i].site);
        assert_in_range(cursor_line(s), 3, 21);
    }
}

static void the_exclamation_mark_walks_through_the_sites_in_trouble(void **state)
{
    struct stage *s = *state;

    fill(s, 40);
    stage_keys(s, "!");
    assert_true(stage_shows(s, "no site is in trouble"));
    stage_set_state(s, 20, STATE_DEGRADED);
    stage_set_state(s, 30, STATE_DOWN);
    stage_take(s);
    stage_keys(s, "G !");
    assert_string_equal(stage_cursor(s), "site30");
    stage_keys(s, "!");
    assert_string_equal(stage_cursor(s), "site20");
    stage_keys(s, "!");
    assert_string_equal(stage_cursor(s), "site30");
    stage_keys(s, "\\");
    stage_type(s, "site1");
    stage_keys(s, "Enter !");
    assert_string_equal(stage_cursor(s), "site30");
    assert_true(stage_shows(s, "was hidden by the filter"));
}

static void whatever_happens_one_cursor_is_on_the_screen(void **state)
{
    static const char *const keys[] = { "j", "k", "PgDn", "PgUp", "G", "g", "!", "<", ">", "I", "Esc", "h", "l" };
    struct stage *s = *state;
    struct random random = { 77 };
    int i;

    fill(s, 60);
    for (i = 0; i < 3000; i++) {
        uint32_t id = (uint32_t)random_below(&random, 60);

        s->snapshot.now_ns += NS_PER_MS;
        if (random_below(&random, 2))
            stage_keys(s, keys[random_below(&random, sizeof(keys) / sizeof(keys[0]))]);
        else if (!s->snapshot.row[id].row.generation)
            stage_site(s, "again", "https://again.example.org/", STATE_NEW);
        else if (!random_below(&random, 6))
            stage_remove(s, id);
        else
            stage_set_state(s, id, (enum state)random_below(&random, STATE_COUNT));
        stage_take(s);
        stage_draw(s, 60 + (int)random_below(&random, 80), 5 + (int)random_below(&random, 40));
        assert_int_equal(cursor_line(s) >= 0, s->app.view.sites.n > 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(while_nobody_uses_it_the_cursor_rests_on_the_worst_site, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(new_trouble_never_moves_what_is_under_the_cursor, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(the_cursor_goes_where_its_site_goes, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(when_its_site_goes_the_cursor_stays_where_it_was, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(an_edited_site_is_the_same_and_another_under_its_number_is_not, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(an_empty_list_has_no_cursor_and_gets_one, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(pages_and_ends_are_reached_and_not_passed, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(the_exclamation_mark_walks_through_the_sites_in_trouble, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(whatever_happens_one_cursor_is_on_the_screen, stage_begin, stage_end),
    };

    return cmocka_run_group_tests(tests, stage_locale, NULL);
}
