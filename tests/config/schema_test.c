/* The table of a site's settings: what a person types becomes what it says, and comes back as it was typed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/schema.h"
#include "items.h"
#include "literal.h"
#include "scratch.h"
#include "support/tests.h"

static void every_row_is_found_by_its_name_and_explained(void **state)
{
    size_t n, i, j;
    const struct setting *rows = schema_site(&n);

    (void)state;
    assert_true(n > 20);
    for (i = 0; i < n; i++) {
        assert_ptr_equal(schema_find(rows[i].name), &rows[i]);
        assert_true(strlen(rows[i].help) > 10);
        assert_true(rows[i].help[0] >= 'A' && rows[i].help[0] <= 'Z');
        assert_int_not_equal(rows[i].help[strlen(rows[i].help) - 1], '.');
        for (j = 0; j < i; j++)
            assert_string_not_equal(rows[i].name, rows[j].name);
    }
    assert_null(schema_find("name"));
    assert_null(schema_find(""));
}

static void what_is_typed_is_shown_again(void **state)
{
    static const struct { const char *name, *typed, *shown; } rows[] = {
        { "interval", "90", "1m30s" }, { "interval", " 1h30m ", "1h30m" }, { "retry_interval", "0", "0s" },
        { "retry_interval", "", "0s" }, { "slow_above", "800ms", "800ms" }, { "slow_above", "0", "" },
        { "slow_above", "", "" },
        { "certificate_warning", "", "" }, { "retries", "0", "0" }, { "retries", " 10", "10" },
        { "body_limit", "1048576", "1048576" },
        { "method", "GET", "GET" }, { "ip", "any", "any" }, { "ip", "6", "6" }, { "paused", "YES", "true" },
        { "paused", "off", "false" },
        { "expect_status", "200 - 299", NULL }, { "expect_status", "200-299, 401", "200-299,401" },
        { "expect_status", "", "" },
        { "tags", "eu,money", "eu, money" }, { "tags", " a b , \"c, d\" ,,", "a b, \"c, d\"" }, { "tags", "", "" },
        { "headers", "X-A: 1, X-B: \"q\"", "X-A: 1, \"X-B: \\\"q\\\"\"" },
        { "headers", "\"Accept: a, b\", Authorization: Bearer x, X-Api-Key: k",
          "\"Accept: a, b\", Authorization: ***, X-Api-Key: ***" },
        { "expect_body", "  two blanks  ", "  two blanks  " }, { "owner", " ops ", "ops" }, { "owner", "", "" },
        { "proxy", "none", "none" }, { "proxy", "", "none" }, { "proxy", "env", "env" },
        { "proxy", "http://u:pw@p:3128", "http://u:***@p:3128/" },
        { "interval", "", NULL }, { "interval", "31d", NULL }, { "retries", "", NULL }, { "retries", "1x", NULL },
        { "retries", "-1", NULL },
        { "paused", "", NULL }, { "method", "", NULL }, { "method", "PUT", NULL }, { "tags", "a\x01", NULL },
        { "tags", "\"a\" b", NULL },
        { "expect_body_regex", "[", NULL }, { "user_agent", "a\nb", NULL }, { "ca_file", "/nowhere/x.pem", NULL },
        { "password_file", "/nowhere/x", NULL },
        { "password_env", "9", NULL }, { "password_env", "CONFIG_TEST_UNSET", NULL },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct setting *row = schema_find(rows[i].name);
        struct errmsg why = ERRMSG_INIT;
        struct options o, before;
        char *text = NULL;
        enum err err;

        options_init(&o);
        options_init(&before);
        err = setting_parse(row, rows[i].typed, "/", &o, &why);
        if (err && rows[i].shown)
            fail_msg("%s '%s': %s", rows[i].name, rows[i].typed, why.text);
        if (!rows[i].shown) {
            assert_int_equal(err, ERR_INVALID);
            assert_non_null(strstr(why.text, rows[i].name));
            assert_true(options_equal(&o, &before));
        } else {
            assert_int_equal(setting_format(&text, row, &o), ERR_OK);
            assert_string_equal(text, rows[i].shown);
            free(text);
        }
        options_release(&o);
        options_release(&before);
    }
}

static void a_password_is_read_where_it_is_and_never_shown(void **state)
{
    const struct setting *file = schema_find("password_file"), *variable = schema_find("password_env");
    struct options o;
    char *text, directory[512];

    (void)state;
    scratch_write("secret", "hunter2\nrest", -1);
    snprintf(directory, sizeof(directory), "%s", scratch_path("."));
    setenv("CONFIG_TEST_SECRET", "hunter3", 1);
    options_init(&o);
    assert_int_equal(setting_parse(file, "secret", directory, &o, NULL), ERR_OK);
    assert_string_equal(o.password, "hunter2");
    assert_int_equal(setting_format(&text, file, &o), ERR_OK);
    assert_string_equal(text, scratch_path("./secret"));
    free(text);
    assert_int_equal(setting_parse(variable, "CONFIG_TEST_SECRET", directory, &o, NULL), ERR_OK);
    assert_string_equal(o.password, "hunter3");
    assert_null(o.password_file);
    assert_int_equal(setting_format(&text, variable, &o), ERR_OK);
    assert_string_equal(text, "CONFIG_TEST_SECRET");
    free(text);
    assert_int_equal(setting_parse(variable, "", directory, &o, NULL), ERR_OK);
    assert_null(o.password);
    options_release(&o);
}

static void masks_are_not_taken_for_secrets(void **state)
{
    struct errmsg why = ERRMSG_INIT;
    struct options o;

    (void)state;
    options_init(&o);
    assert_int_equal(setting_parse(schema_find("headers"), "Authorization: ***", "/", &o, &why), ERR_INVALID);
    assert_int_equal(setting_parse(schema_find("proxy"), "http://u:***@p", "/", &o, &why), ERR_INVALID);
    assert_int_equal(setting_parse(schema_find("headers"), "X-Mask: ***", "/", &o, &why), ERR_OK);
    options_release(&o);
}

static void literals_are_what_libconfig_reads_back(void **state)
{
    static const char *const rows[][2] = {
        { "plain", "\"plain\"" }, { "", "\"\"" }, { "a\"b\\c", "\"a\\\"b\\\\c\"" }, { "\n\r\t\f", "\"\\n\\r\\t\\f\"" },
        { "\x01\x7f\x1b", "\"\\x01\\x7f\\x1b\"" }, { "\xc3\xa4 # { ; /*", "\"\xc3\xa4 # { ; /*\"" },
        { "\\x41", "\"\\\\x41\"" },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct strbuf text = STRBUF_INIT;

        literal_text(&text, rows[i][0]);
        assert_string_equal(text.text, rows[i][1]);
        strbuf_release(&text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_is_found_by_its_name_and_explained),
        cmocka_unit_test(what_is_typed_is_shown_again),
        cmocka_unit_test(a_password_is_read_where_it_is_and_never_shown),
        cmocka_unit_test(masks_are_not_taken_for_secrets),
        cmocka_unit_test(literals_are_what_libconfig_reads_back),
    };

    return cmocka_run_group_tests(tests, scratch_begin, scratch_end);
}
