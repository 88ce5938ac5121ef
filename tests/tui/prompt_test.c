/* The line editor. */
#include "prompt.h"

#include <string.h>

#include "keys.h"
#include "stage.h"
#include "support/random.h"
#include "support/tests.h"

static struct prompt prompt;

static int begin(void **state)
{
    (void)state;
    prompt = (struct prompt)PROMPT_INIT;
    return 0;
}

static int end(void **state)
{
    (void)state;
    prompt_release(&prompt);
    return 0;
}

static enum prompt_event press(const char *keys)
{
    enum prompt_event event = PROMPT_IGNORED;
    size_t length;

    for (; *keys; keys += length + strspn(keys + length, " ")) {
        length = strcspn(keys, " ");
        event = prompt_stroke(&prompt, stroke_parse(keys, length));
    }
    return event;
}

static void keys_edit_as_in_a_shell(void **state)
{
    static const struct {
        const char *before, *keys, *after;
        size_t at;
    } rows[] = {
        { "", "a b c", "abc", 3 },
        { "abc", "Left Left x", "axbc", 2 },
        { "abc", "Home x", "xabc", 1 },
        { "abc", "Ctrl-A Del", "bc", 0 },
        { "abc", "Left Ctrl-U", "c", 0 },
        { "abc", "Left Ctrl-K", "ab", 2 },
        { "one two", "Ctrl-W", "one ", 4 },
        { "one two  ", "Ctrl-W", "one ", 4 },
        { "one", "Ctrl-W Ctrl-W", "", 0 },
        { "abc", "Backspace", "ab", 2 },
        { "abc", "Ctrl-H Ctrl-H", "a", 1 },
        { "", "Backspace", "", 0 },
        { "abc", "Home Left Backspace", "abc", 0 },
        { "abc", "End Right Del", "abc", 3 },
        { "日本", "Left x", "日x本", 4 },
        { "日本", "Backspace", "日", 3 },
        { "e\xcc\x81z", "Left Left x", "xe\xcc\x81z", 1 },
        { "e\xcc\x81z", "Home Right x", "e\xcc\x81xz", 4 },
        { "e\xcc\x81", "Backspace", "", 0 },
        { "ab", "Up Down F1 Tab Ctrl-L", "ab", 2 },
        { "a", "Space b", "a b", 3 },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        prompt_set(&prompt, rows[i].before);
        press(rows[i].keys);
        assert_string_equal(prompt.text.text, rows[i].after);
        assert_int_equal(prompt.at, rows[i].at);
    }
}

static void what_is_typed_or_pasted_takes_the_place_of_a_proposal(void **state)
{
    static const struct {
        const char *keys, *after;
    } rows[] = {
        { "3 0 m", "30m" }, { "Left 2", "12h" }, { "Backspace m", "1m" }, { "End 3", "1h3" }, { "Home Ctrl-K 5", "5" },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        prompt_offer(&prompt, "1h");
        press(rows[i].keys);
        assert_string_equal(prompt.text.text, rows[i].after);
    }
    prompt_offer(&prompt, "1h");
    prompt_paste(&prompt, "2d\n", 3);
    assert_string_equal(prompt.text.text, "2d");
    prompt_offer(&prompt, "1h");
    prompt_paste(&prompt, "", 0);
    assert_string_equal(prompt.text.text, "1h");
    assert_int_equal(press("Enter"), PROMPT_DONE);
    assert_string_equal(prompt.text.text, "1h");
    prompt_set(&prompt, "1h");
    press("3");
    assert_string_equal(prompt.text.text, "1h3");
}

static void enter_is_done_and_three_keys_leave(void **state)
{
    (void)state;
    assert_int_equal(press("Enter"), PROMPT_DONE);
    assert_int_equal(press("Ctrl-J"), PROMPT_DONE);
    assert_int_equal(press("Esc"), PROMPT_CANCELLED);
    assert_int_equal(press("Ctrl-C"), PROMPT_CANCELLED);
    assert_int_equal(press("Ctrl-G"), PROMPT_CANCELLED);
    assert_int_equal(press("F5"), PROMPT_IGNORED);
    assert_int_equal(press("x"), PROMPT_CHANGED);
    assert_int_equal(press("Left"), PROMPT_MOVED);
    assert_int_equal(prompt_stroke(&prompt, 0x9b), PROMPT_IGNORED);
    assert_int_equal(prompt_stroke(&prompt, 0x202e), PROMPT_IGNORED);
}

static void pasting_never_submits_and_keeps_no_control_character(void **state)
{
    static const struct {
        bool many;
        const char *pasted, *text;
    } rows[] = {
        { false, "https://a.example.org/\n", "<https://a.example.org/>" },
        { false, "\n\n one\ntwo\n", "<one>" },
        { false, "a\x1b[31mb\x07", "<a[31mb>" },
        { false, "a\tb", "<a b>" },
        { true, "one\r\ntwo\nthree", "<one\n\ntwo\nthree>" },
        { true, "\xff" "a\xe2\x80\xae" "b", "<ab>" },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        prompt.many = rows[i].many;
        prompt_set(&prompt, "<>");
        press("Left");
        prompt_paste(&prompt, rows[i].pasted, strlen(rows[i].pasted));
        assert_string_equal(prompt.text.text, rows[i].text);
    }
}

static void what_is_too_much_is_dropped(void **state)
{
    static char much[3 << 20];
    int i;

    (void)state;
    memset(much, 'x', sizeof(much) - 1);
    prompt_paste(&prompt, much, strlen(much));
    assert_in_range(prompt.text.length, 0, PROMPT_MOST);
    prompt_paste(&prompt, much, 1 << 19);
    for (i = 0; i < 3; i++)
        prompt_paste(&prompt, much, 1 << 18);
    press("x y z");
    assert_in_range(prompt.text.length, 1, PROMPT_MOST);
}

static void the_cursor_is_always_in_sight(void **state)
{
    static const uint32_t strokes[] = {
        'a', 'b', ' ', 0x65e5, 0x301, STROKE_LEFT, STROKE_RIGHT, STROKE_HOME, STROKE_END, STROKE_RUBOUT, STROKE_DELETE,
        STROKE_CTRL('W'),
    };
    struct cells cells = { .utf8 = true };
    struct random random = { 3 };
    int i;

    (void)state;
    assert_int_equal(cells_resize(&cells, 30, 1), ERR_OK);
    for (i = 0; i < 20000; i++) {
        int x = (int)random_below(&random, 8), width = 2 + (int)random_below(&random, 20);

        prompt_stroke(&prompt, strokes[random_below(&random, sizeof(strokes) / sizeof(strokes[0]))]);
        assert_in_range(prompt.at, 0, prompt.text.length);
        prompt_draw(&prompt, &cells, 0, x, width, 0);
        assert_in_range(cells.cursor_x, x, x + width - 1);
        assert_int_equal(cells.cursor_y, 0);
    }
    cells_release(&cells);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(keys_edit_as_in_a_shell, begin, end),
        cmocka_unit_test_setup_teardown(what_is_typed_or_pasted_takes_the_place_of_a_proposal, begin, end),
        cmocka_unit_test_setup_teardown(enter_is_done_and_three_keys_leave, begin, end),
        cmocka_unit_test_setup_teardown(pasting_never_submits_and_keeps_no_control_character, begin, end),
        cmocka_unit_test_setup_teardown(what_is_too_much_is_dropped, begin, end),
        cmocka_unit_test_setup_teardown(the_cursor_is_always_in_sight, begin, end),
    };

    return cmocka_run_group_tests(tests, stage_locale, NULL);
}
