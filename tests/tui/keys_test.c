/* The live key table: footer, help, commands and dispatcher read it alone. */
#include "keys.h"

#include <string.h>

#include "act.h"
#include "stage.h"
#include "support/tests.h"

static const struct keymap plain;

static size_t each_key(void (*visit)(uint32_t stroke, enum action a))
{
    size_t n = 0;
    int a;

    for (a = 1; a < ACTION_COUNT; a++) {
        const char *list = keys_row((enum action)a)->keys;
        size_t length;

        for (; list && *list; list += length + strspn(list + length, " ")) {
            length = strcspn(list, " ");
            visit(stroke_parse(list, length), (enum action)a);
            n++;
        }
    }
    return n;
}

static void leads_to_its_action(uint32_t stroke, enum action a)
{
    assert_int_not_equal(stroke, STROKE_NONE);
    assert_int_equal(keymap_find(&plain, stroke), a); /* a key given twice would lead to the first */
}

static void every_key_leads_to_one_action(void **state)
{
    (void)state;
    assert_in_range(each_key(leads_to_its_action), 30, 200);
}

static void no_key_is_one_that_tmux_or_screen_take(uint32_t stroke, enum action a)
{
    (void)a;
    assert_int_not_equal(stroke, STROKE_CTRL('A'));
    assert_int_not_equal(stroke, STROKE_CTRL('B'));
}

static void the_prefixes_of_tmux_and_screen_are_left_alone(void **state)
{
    (void)state;
    each_key(no_key_is_one_that_tmux_or_screen_take);
}

static void no_action_needs_a_function_key(void **state)
{
    int a;

    (void)state;
    for (a = 1; a < ACTION_COUNT; a++) {
        const struct key *k = keys_row((enum action)a);

        assert_true(k->keys || k->word);
        if (k->keys)
            assert_false(k->keys[0] == 'F' && k->keys[1] >= '1' && k->keys[1] <= '9');
    }
}

static void words_are_found_by_an_unmistakable_beginning(void **state)
{
    static const struct {
        const char *word;
        enum action action;
    } rows[] = {
        { "q", ACTION_QUIT }, { "add", ACTION_ADD }, { "ad", ACTION_ADD }, { "a", ACTION_NONE }, { "ac", ACTION_ACK }, { "filt", ACTION_FILTER }, { "f", ACTION_NONE },
        { "check", ACTION_CHECK }, { "checka", ACTION_CHECK_ALL }, { "sort", ACTION_SORT }, { "", ACTION_NONE }, { "nonsense", ACTION_NONE },
        { "Q", ACTION_NONE },
    };
    size_t i;
    int a, b;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_int_equal(keys_find_word(rows[i].word, strlen(rows[i].word)), rows[i].action);
    for (a = 1; a < ACTION_COUNT; a++)
        for (b = a + 1; b < ACTION_COUNT; b++)
            if (keys_row((enum action)a)->word && keys_row((enum action)b)->word)
                assert_string_not_equal(keys_row((enum action)a)->word, keys_row((enum action)b)->word);
}

static void names_of_keys_are_read(void **state)
{
    static const struct {
        const char *name;
        uint32_t stroke;
    } rows[] = {
        { "k", 'k' }, { "\\", '\\' }, { "Up", STROKE_UP }, { "pgdn", STROKE_PAGE_DOWN }, { "Ctrl-L", 12 }, { "ctrl-c", 3 },
        { "F1", STROKE_F0 + 1 }, { "F12", STROKE_F0 + 12 }, { "F13", STROKE_NONE }, { "F0", STROKE_NONE }, { "\xc3\xa9", 0xe9 },
        { "", STROKE_NONE }, { "Ctrl-", STROKE_NONE }, { "up!", STROKE_NONE },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_int_equal(stroke_parse(rows[i].name, strlen(rows[i].name)), rows[i].stroke);
}

static void help_lists_every_key_and_the_footer_only_what_is_there(void **state)
{
    struct stage *s = *state;
    const char *screen;
    int a;

    stage_take(s);
    stage_draw(s, 115, 120);
    stage_keys(s, "?");
    screen = stage_draw(s, 115, 120);
    for (a = 1; a < ACTION_COUNT; a++) {
        const struct key *k = keys_row((enum action)a);

        if (k->keys)
            assert_non_null(strstr(screen, k->keys));
        assert_non_null(strstr(screen, k->help));
    }
    stage_keys(s, "q");
    stage_draw(s, 400, 30);
    for (a = 1; a < ACTION_COUNT; a++)
        if (keys_row((enum action)a)->rank)
            assert_non_null(strstr(stage_line(s, 29), keys_row((enum action)a)->label));
    assert_null(strstr(stage_line(s, 29), "Test"));
}

static void settings_give_keys_to_actions(void **state)
{
    const struct key_binding wanted[] = {
        { (char *)"add", (char *)"n" }, { (char *)"page-down", (char *)"Space Ctrl-V" }, { (char *)"delete", (char *)"" },
    };
    struct keymap m = { 0 };
    struct errmsg why;
    const char *first;

    (void)state;
    assert_int_equal(keymap_read(&m, wanted, 3, &why), ERR_OK);
    assert_int_equal(keymap_find(&m, 'n'), ACTION_ADD);
    assert_int_equal(keymap_find(&m, 'a'), ACTION_NONE);
    assert_int_equal(keymap_find(&m, 'N'), ACTION_FIND_PREVIOUS);
    assert_int_equal(keymap_first(&m, ACTION_FIND_NEXT, &first), 0); /* its only key is gone */
    assert_int_equal(keymap_find(&m, STROKE_SPACE), ACTION_PAGE_DOWN);
    assert_int_equal(keymap_find(&m, STROKE_CTRL('V')), ACTION_PAGE_DOWN);
    assert_int_equal(keymap_find(&m, STROKE_PAGE_DOWN), ACTION_NONE);
    assert_int_equal(keymap_find(&m, 'd'), ACTION_NONE);
    assert_string_equal(keymap_keys(&m, ACTION_QUIT), "q F10 Ctrl-C");
    keymap_release(&m);
    assert_int_equal(keymap_find(&m, 'a'), ACTION_ADD);
}

static void wrong_keys_in_the_settings_are_told_and_the_others_hold(void **state)
{
    static const struct {
        const char *action, *key, *why;
    } rows[] = {
        { "ad", "n", "keys: there is no action 'ad'; ? lists them" },
        { "add", "a Ctrl-", "keys: 'Ctrl-' of 'add' is no key: a, Space, Ctrl-L, F2, PgUp" },
    };
    size_t i;

    (void)state;
    for (i = 0; i < 2; i++) {
        const struct key_binding wanted[] = {
            { (char *)rows[i].action, (char *)rows[i].key }, { (char *)"sort", (char *)"s" },
        };
        struct keymap m = { 0 };
        struct errmsg why;

        assert_int_equal(keymap_read(&m, wanted, 2, &why), ERR_INVALID);
        assert_string_equal(why.text, rows[i].why);
        assert_int_equal(keymap_find(&m, 's'), ACTION_SORT);
        assert_int_equal(keymap_find(&m, 'a'), ACTION_ADD);
        keymap_release(&m);
    }
}

static void help_and_footer_show_the_keys_in_force(void **state)
{
    struct key_binding wanted[] = { { (char *)"add", (char *)"+" } };
    struct stage *s = *state;

    s->settings.key = wanted;
    s->settings.nkey = 1;
    app_take_settings(&s->app);
    stage_take(s);
    stage_draw(s, 80, 24);
    assert_non_null(strstr(stage_line(s, 23), "+Add"));
    stage_keys(s, "a");
    assert_int_equal(s->app.mode, MODE_GRID);
    stage_keys(s, "+");
    assert_int_equal(s->app.mode, MODE_PROMPT);
    stage_keys(s, "Esc ?");
    assert_non_null(strstr(stage_draw(s, 115, 120), "+             add a URL"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_key_leads_to_one_action),
        cmocka_unit_test(the_prefixes_of_tmux_and_screen_are_left_alone),
        cmocka_unit_test(no_action_needs_a_function_key),
        cmocka_unit_test(words_are_found_by_an_unmistakable_beginning),
        cmocka_unit_test(names_of_keys_are_read),
        cmocka_unit_test(settings_give_keys_to_actions),
        cmocka_unit_test(wrong_keys_in_the_settings_are_told_and_the_others_hold),
        cmocka_unit_test_setup_teardown(help_and_footer_show_the_keys_in_force, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(help_lists_every_key_and_the_footer_only_what_is_there, stage_begin, stage_end),
    };

    return cmocka_run_group_tests(tests, stage_locale, NULL);
}
