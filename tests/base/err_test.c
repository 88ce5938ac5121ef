/* Errors: a kind for code, one clean line for people. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/text.h"
#include "support/tests.h"

static void a_message_says_what_was_formatted_and_the_kind_comes_back(void **state)
{
    struct errmsg why = ERRMSG_INIT;

    (void)state;
    assert_int_equal(err_set(&why, ERR_BUSY, "cannot open %s '%s': %d", "history", "a.db", 7), ERR_BUSY);
    assert_string_equal(why.text, "cannot open history 'a.db': 7");
    assert_int_equal(err_errno(&why, ERR_IO, ENOENT, "cannot open '%s'", "b.db"), ERR_IO);
    assert_string_equal(why.text, "cannot open 'b.db': No such file or directory");
}

static void nobody_need_want_the_message(void **state)
{
    (void)state;
    assert_int_equal(err_set(NULL, ERR_FULL, "%d", 1), ERR_FULL);
    assert_int_equal(err_errno(NULL, ERR_IO, ENOENT, "%d", 1), ERR_IO);
}

static void a_message_is_one_line_of_clean_text(void **state)
{
    static const struct {
        const char *given, *text;
    } rows[] = {
        { "two\nlines\r", "two lines " },
        { "\x1b[31mred", "?[31mred" },
        { "bad \xff byte", "bad ? byte" },
        { "ünïcode ✓", "ünïcode ✓" },
        { "\xe2\x80\xae" "evil", "?evil" },
        { "", "" },
    };
    struct errmsg why;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        err_set(&why, ERR_INVALID, "%s", rows[i].given);
        assert_string_equal(why.text, rows[i].text);
        err_errno(&why, ERR_INVALID, ENOENT, "%s", rows[i].given);
        assert_true(text_is_clean(why.text));
    }
}

static void a_long_message_is_cut_between_characters(void **state)
{
    int before;

    (void)state;
    for (before = 0; before < 4; before++) {
        char given[3000] = "";
        struct errmsg why;
        size_t i;

        memset(given, 'x', (size_t)before);
        for (i = 0; i < 900; i++)
            strcat(given, "€");
        err_set(&why, ERR_INVALID, "%s", given);
        assert_int_equal(strlen(why.text), before + (511 - before) / 3 * 3);
        assert_memory_equal(why.text, given, strlen(why.text));
    }
}

static void a_message_may_quote_itself(void **state)
{
    struct errmsg why;

    (void)state;
    err_set(&why, ERR_INVALID, "no such owner");
    err_set(&why, ERR_INVALID, "uptime.cfg:%d: %s", 12, why.text);
    assert_string_equal(why.text, "uptime.cfg:12: no such owner");
    err_errno(&why, ERR_IO, EACCES, "(%s)", why.text);
    assert_string_equal(why.text, "(uptime.cfg:12: no such owner): Permission denied");
}

static void the_cause_is_there_however_long_the_message(void **state)
{
    static const char cause[] = ": No such file or directory";
    char given[1200];
    struct errmsg why;
    size_t length;

    (void)state;
    for (length = 440; length < sizeof(given); length++) {
        size_t i;

        for (i = 0; i + 2 < length; i += 2)
            memcpy(given + i, "\xc3\xbc", 2);
        given[i] = '\0';
        err_errno(&why, ERR_IO, ENOENT, "%s%s", length % 2 ? "x" : "", given);
        assert_true(strlen(why.text) < sizeof(why.text));
        assert_string_equal(why.text + strlen(why.text) - strlen(cause), cause);
        assert_true(text_is_clean(why.text));
        if (length > 600)
            assert_true(strlen(why.text) > sizeof(why.text) - 4);
    }
}

static void every_kind_has_a_name_of_its_own(void **state)
{
    int i, j;

    (void)state;
    for (i = 0; i < ERR_COUNT; i++) {
        assert_non_null(err_name((enum err)i));
        for (j = 0; j < i; j++)
            assert_string_not_equal(err_name((enum err)i), err_name((enum err)j));
    }
    assert_string_equal(err_name(ERR_NOMEM), "out of memory");
    assert_string_equal(err_name((enum err)ERR_COUNT), "unknown error");
    assert_string_equal(err_name((enum err)-1), "unknown error");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_message_says_what_was_formatted_and_the_kind_comes_back),
        cmocka_unit_test(nobody_need_want_the_message),
        cmocka_unit_test(a_message_is_one_line_of_clean_text),
        cmocka_unit_test(a_long_message_is_cut_between_characters),
        cmocka_unit_test(a_message_may_quote_itself),
        cmocka_unit_test(the_cause_is_there_however_long_the_message),
        cmocka_unit_test(every_kind_has_a_name_of_its_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
