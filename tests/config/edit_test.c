/* Edits change the bytes they must and no other. In the rows, two lines of text are one file: before and after. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/edit.h"
#include "scratch.h"
#include "support/tests.h"

struct row {
    const char *before, *after;      /* after NULL: refused */
    const char *key, *value;         /* of the site "a"; edit_remove() has no key, edit_add() takes value for a URL */
};

typedef enum err act_fn(struct edit *e, const struct row *row, struct errmsg *why);

static enum err act_set(struct edit *e, const struct row *row, struct errmsg *why)
{
    struct edit_value value = { row->key, row->value };

    return edit_set(e, "a", &value, 1, why);
}

static enum err act_add(struct edit *e, const struct row *row, struct errmsg *why)
{
    struct edit_value value = { row->key, "b" };

    return edit_add(e, row->value, &value, row->key ? 1 : 0, why);
}

static enum err act_remove(struct edit *e, const struct row *row, struct errmsg *why)
{
    (void)row;
    return edit_remove(e, "a", why);
}

static void check_row(act_fn *act, const struct row *row, size_t number)
{
    struct errmsg why = ERRMSG_INIT;
    struct edit *e = NULL;
    const char *text;
    size_t length;
    enum err err;

    if (edit_open(&e, scratch_write("uptime.cfg", row->before, -1), &why))
        fail_msg("row %zu: %s\n%s", number, why.text, row->before);
    err = act(e, row, &why);
    text = edit_text(e, &length);
    assert_int_equal(length, strlen(text));
    if (err && row->after)
        fail_msg("row %zu: %s\n%s", number, why.text, row->before);
    if (!err && !row->after)
        fail_msg("row %zu should be refused:\n%s\n--- gives\n%s", number, row->before, text);
    if (strcmp(text, row->after ? row->after : row->before) != 0)
        fail_msg("row %zu:\n%s\n--- gives\n%s\n--- instead of\n%s", number, row->before, text, row->after);
    edit_free(e);
}

static void check_rows(act_fn *act, const struct row *row, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++)
        check_row(act, &row[i], i);
}

#define CHECK_ROWS(act, rows) check_rows(act, rows, sizeof(rows) / sizeof(rows[0]))

static void setting_a_value_replaces_its_bytes_alone(void **state)
{
    static const struct row rows[] = {
        { "sites = ( { name = \"a\"; url = \"https://a\"; retries = 2; } );",
          "sites = ( { name = \"a\"; url = \"https://a\"; retries = 3; } );", "retries", "3" },
        { "sites = ( { name = \"a\"; url = \"https://a\"; interval : /* x */ 30 /* y */, } );",
          "sites = ( { name = \"a\"; url = \"https://a\"; interval : /* x */ \"1m\" /* y */, } );", "interval",
          " 1m " },
        { "sites = ( { name = \"a\"; url = \"https://a\"; paused = TRUE } ); # end",
          "sites = ( { name = \"a\"; url = \"https://a\"; paused = false } ); # end", "paused", "no" },
        { "sites = ( { name = \"a\"; url = \"https://a\"; tags = [ ]; } );\n",
          "sites = ( { name = \"a\"; url = \"https://a\"; tags = [ \"eu\", \"a, b\" ]; } );\n", "tags",
          "eu, \"a, b\"" },
        { "sites = ( { name = \"a\"; url = \"https://a\"; tags = ( \"x\", # {\n \"y\" ) # }\n; } );\n",
          "sites = ( { name = \"a\"; url = \"https://a\"; tags = [ ]  # {\n   # }\n; } );\n", "tags", "" },
        { "sites = ( { name = \"a\"; url = \"https://a\"; expect_body = \"x\" // one\n \"y\"; } );\n",
          "sites = ( { name = \"a\"; url = \"https://a\"; expect_body = \" \\\"z\\\"\\n\\x01\\\\ \xc3\xa4\" // one\n"
          " ; } );\n", "expect_body",
          " \"z\"\n\x01\\ \xc3\xa4" },
        { "\xef\xbb\xbfsites = (\r\n  { name = \"a\";\r\n    url = \"https://a\"; } );\r\n",
          "\xef\xbb\xbfsites = (\r\n  { name = \"a\";\r\n    url = \"https://b/\"; } );\r\n", "url", "https://b/" },
        { "sites = ( { url = \"https://a\"; } );", "sites = ( { url = \"https://a/x\"; } );", "url", "https://a/x" },
        { "sites = ( \"https://a\" );", "sites = ( \"https://a/x\" );", "url", "https://a/x" },
    };

    (void)state;
    CHECK_ROWS(act_set, rows);
}

static void setting_something_new_goes_behind_the_last_setting(void **state)
{
    static const struct row rows[] = {
        { "sites = ( { name = \"a\"; url = \"https://a\"; } );",
          "sites = ( { name = \"a\"; url = \"https://a\"; retries = 3; } );", "retries", "3" },
        { "sites = ( { name = \"a\"; url = \"https://a\" } );",
          "sites = ( { name = \"a\"; url = \"https://a\"; retries = 3; } );", "retries", "3" },
        { "sites = ({name=\"a\" url=\"https://a\"});", "sites = ({name=\"a\" url=\"https://a\"; retries = 3;});",
          "retries", "3" },
        { "sites = (\n  { name = \"a\";\n    url = \"https://a\";   # the { door\n  }\n);",
          "sites = (\n  { name = \"a\";\n    url = \"https://a\";   # the { door\n    retries = 3;\n  }\n);", "retries",
          "3" },
        { "sites = (\n  { name = \"a\";\n    url = \"https://a\"   // no semicolon\n  }\n);",
          "sites = (\n  { name = \"a\";\n    url = \"https://a\";   // no semicolon\n    retries = 3;\n  }\n);",
          "retries", "3" },
        { "sites = (\n  {\n\tname = \"a\"; url = \"https://a\"; /* one */ /* two */\n\n\t# more\n  }\n);",
          "sites = (\n  {\n\tname = \"a\"; url = \"https://a\"; /* one */ /* two */\n\t  retries = 3;\n\n\t# more\n"
          "  }\n);", "retries", "3" },
        { "sites = ( { name = \"a\"; url = \"https://a\"; /* c */ } );",
          "sites = ( { name = \"a\"; url = \"https://a\"; /* c */ retries = 3; } );", "retries", "3" },
        { "sites = ( { name = \"a\"; url = \"https://a\"; /* c\n */ } );",
          "sites = ( { name = \"a\"; url = \"https://a\"; retries = 3; /* c\n */ } );", "retries", "3" },
        { "sites = (\r\n  { name = \"a\";\r\n    url = \"https://a\";\r\n  } );\r\n",
          "sites = (\r\n  { name = \"a\";\r\n    url = \"https://a\";\r\n    retries = 3;\r\n  } );\r\n", "retries",
          "3" },
    };

    (void)state;
    CHECK_ROWS(act_set, rows);
}

static void a_plain_site_becomes_a_group_when_it_gets_a_setting(void **state)
{
    static const struct row rows[] = {
        { "sites = (\n  \"https://a\",   # home\n  \"https://b\"\n);",
          "sites = (\n  { url = \"https://a\"; paused = true; },   # home\n  \"https://b\"\n);", "paused", "true" },
        { "sites = ( \"https://a\" );", "sites = ( { name = \"home\"; url = \"https://a\"; } );", "name", "home" },
        { "sites = ( \"https://a\" );", "sites = ( \"https://a\" );", "paused", NULL },
    };

    (void)state;
    CHECK_ROWS(act_set, rows);
}

static void taking_a_setting_out_leaves_its_neighbours(void **state)
{
    static const struct row rows[] = {
        { "sites = ( { name = \"a\"; url = \"https://a\"; retries = 3; } );",
          "sites = ( { name = \"a\"; url = \"https://a\"; } );", "retries", NULL },
        { "sites = ( { name = \"a\"; retries = 3; url = \"https://a\"; } );",
          "sites = ( { name = \"a\"; url = \"https://a\"; } );", "retries", NULL },
        { "sites = (\n  { name = \"a\";\n    # kept\n    retries = 3;  # gone\n    # kept\n    url = \"https://a\";\n"
          "  } );",
          "sites = (\n  { name = \"a\";\n    # kept\n    # kept\n    url = \"https://a\";\n  } );", "retries", NULL },
        { "sites = (\n  { name = \"a\"; url = \"https://a\"; retries = 3;  # kept\n  } );",
          "sites = (\n  { name = \"a\"; url = \"https://a\";  # kept\n  } );", "retries", NULL },
        { "sites = ({name=\"a\"url=\"https://a\"ip=4retries=0timeout=5});",
          "sites = ({name=\"a\"url=\"https://a\"ip=4 timeout=5});", "retries", NULL },
        { "sites = ( { name = \"a\"; url = \"https://a\"; } );", "sites = ( { name = \"a\"; url = \"https://a\"; } );",
          "retries", NULL },
        { "sites = ( { name = \"a\"; url = \"https://a\"; } );", NULL, "url", NULL },
        { "sites = ( { name = \"a\"; url = \"https://b\"; } );", "sites = ( { url = \"https://b\"; } );", "name",
          NULL },
    };

    (void)state;
    CHECK_ROWS(act_set, rows);
}

static void a_new_site_goes_behind_the_last(void **state)
{
    static const struct row rows[] = {
        { "sites = ( \"https://a\" );", "sites = ( \"https://a\", \"https://b\" );", NULL, "https://b" },
        { "sites = (\"https://a\"/* c */);", "sites = (\"https://a\",/* c */ \"https://b\");", NULL, "https://b" },
        { "sites = (\n  \"https://a\"   # the last, }\n  # and more\n);\n",
          "sites = (\n  \"https://a\",   # the last, }\n  \"https://b\"\n  # and more\n);\n", NULL, "https://b" },
        { "sites = (\n  \"https://a\" );\n", "sites = (\n  \"https://a\",\n  \"https://b\" );\n", NULL, "https://b" },
        { "sites = ( \"https://x\",\n          \"https://a\" );",
          "sites = ( \"https://x\",\n          \"https://a\",\n          \"https://b\" );",
          NULL, "https://b" },
        { "sites = (\n    \"https://x\"\n  , \"https://a\"  # c\n  );",
          "sites = (\n    \"https://x\"\n  , \"https://a\"  # c\n  , \"https://b\"\n  );", NULL, "https://b" },
        { "sites = (\r\n  {\r\n    url = \"https://a\";\r\n  }\r\n);",
          "sites = (\r\n  {\r\n    url = \"https://a\";\r\n  },\r\n  \"https://b\"\r\n);",
          NULL, "https://b" },
        { "sites = ();", "sites = ( \"https://b\" );", NULL, "https://b" },
        { "sites = ( # none yet\n);", "sites = ( # none yet\n  \"https://b\"\n);", NULL, "https://b" },
        { "sites = ( /* none yet */ );", "sites = ( /* none yet */ \"https://b\" );", NULL, "https://b" },
        { "workers = 2;", "workers = 2;\n\nsites = (\n  \"https://b\"\n);\n", NULL, "https://b" },
        { "workers = 2 # two\r\n", "workers = 2 # two\r\n\r\nsites = (\r\n  \"https://b\"\r\n);\r\n", NULL,
          "https://b" },
        { "", "sites = (\n  \"https://b\"\n);\n", NULL, "https://b" },
        { "# nothing", "# nothing\n\nsites = (\n  \"https://b\"\n);\n", NULL, "https://b" },
        { "sites = [ \"https://a\" ];", "sites = [ \"https://a\", \"https://b\" ];", NULL, "https://b" },
        { "sites = [ \"https://a\" ];", NULL, "name", "https://b" },
        { "sites = ( \"https://a\" );", "sites = ( \"https://a\", { name = \"b\"; url = \"https://a/x\"; } );", "name",
          "https://a/x" },
        { "sites = ( { name = \"b\"; url = \"https://a\"; } );", NULL, "name", "https://c" },
        { "sites = ( \"https://a\" );", NULL, NULL, "b.example.org" },
        { "sites = ( \"https://a\" );", NULL, NULL, "https://u:***@b" },
        { "sites = ( \"https://a\" );", NULL, "bogus", "https://b" },
    };

    (void)state;
    CHECK_ROWS(act_add, rows);
}

/* Many at once leave the text that one after the other leave, whatever the list looks like. */
static void many_are_added_as_one_after_the_other(void **state)
{
    static const char *const lists[] = {
        "", "workers = 2 # two\r\n", "sites = ();", "sites = ( # none yet\n);", "sites = ( \"https://a\" );",
        "sites = (\"https://a\"/* c */);", "sites = [ \"https://a\" ];", "sites = (\n  \"https://a\"   # the last, }\n  # and more\n);\n",
        "sites = (\n  \"https://a\" );\n", "sites = ( \"https://x\",\n          \"https://a\" );",
        "sites = (\n    \"https://x\"\n  , \"https://a\"  # c\n  );", "sites = (\r\n  {\r\n    url = \"https://a\";\r\n  }\r\n);",
        "sites = ( \"https://a\"\n);", "sites = ( \"https://a\" # c\n  , \"https://x\");",
    };
    static const char *const url[] = { "https://b", "https://c/", "https://u:p@d", "https://b/again" };
    struct edit_value interval = { "interval", "30s" };
    size_t i, u, nvalue, length;
    enum err err;

    (void)state;
    for (i = 0; i < 2 * sizeof(lists) / sizeof(lists[0]); i++) {
        const char *path = scratch_write("uptime.cfg", lists[i / 2], -1);
        struct errmsg why = ERRMSG_INIT;
        struct edit *single, *many;

        nvalue = i % 2;
        assert_int_equal(edit_open(&single, path, &why), ERR_OK);
        assert_int_equal(edit_open(&many, path, &why), ERR_OK);
        for (u = 0, err = ERR_OK; u < 4 && !err; u++)
            err = edit_add(single, url[u], &interval, nvalue, &why);
        if (err && (!nvalue || !strchr(lists[i / 2], '['))) /* an array has no room for groups, the other lists have */
            fail_msg("%s\n%s", why.text, lists[i / 2]);
        assert_int_equal(edit_add_all(many, url, 4, &interval, nvalue, &why), err);
        assert_string_equal(edit_text(many, &length), edit_text(single, &length));
        edit_free(single);
        edit_free(many);
    }
}

static void many_are_added_all_or_none(void **state)
{
    static const char *const url[] = { "https://b", "https://c", "c.example.org", "https://d" };
    struct errmsg why = ERRMSG_INIT;
    struct edit *e;
    size_t length;

    (void)state;
    assert_int_equal(edit_open(&e, scratch_write("uptime.cfg", "sites = ( \"https://a\" );", -1), &why), ERR_OK);
    assert_int_equal(edit_add_all(e, url, 4, NULL, 0, &why), ERR_INVALID);
    assert_non_null(strstr(why.text, "'c.example.org' has no scheme"));
    assert_string_equal(edit_text(e, &length), "sites = ( \"https://a\" );");
    assert_int_equal(edit_add_all(e, url, 0, NULL, 0, &why), ERR_OK);
    assert_string_equal(edit_text(e, &length), "sites = ( \"https://a\" );");
    assert_int_equal(edit_add_all(e, url, 2, NULL, 0, &why), ERR_OK);
    assert_string_equal(edit_text(e, &length), "sites = ( \"https://a\", \"https://b\", \"https://c\" );");
    edit_free(e);
}

static void a_site_goes_with_its_lines_and_its_comma(void **state)
{
    static const struct row rows[] = {
        { "sites = ( \"https://a\" );", "sites = ( );", NULL, NULL },
        { "sites = ( \"https://a\", \"https://b\" );", "sites = ( \"https://b\" );", NULL, NULL },
        { "sites = ( \"https://b\", \"https://a\" );", "sites = ( \"https://b\" );", NULL, NULL },
        { "sites = (\"https://b\",\"https://a\",\"https://c\");", "sites = (\"https://b\",\"https://c\");", NULL,
          NULL },
        { "sites = (\n  # b\n  \"https://b\",  # b\n  # a\n  \"https://a\",  # a\n  # c\n  \"https://c\"  # c\n);",
          "sites = (\n  # b\n  \"https://b\",  # b\n  # a\n  # c\n  \"https://c\"  # c\n);", NULL, NULL },
        { "sites = (\n  \"https://b\",  # b\n  {\n    url = \"https://a\";\n  }  # a\n);",
          "sites = (\n  \"https://b\"  # b\n);", NULL, NULL },
        { "sites = (\n    \"https://b\"\n  , \"https://a\"  # a\n  , \"https://c\"\n);",
          "sites = (\n    \"https://b\"\n  , \"https://c\"\n);", NULL, NULL },
        { "sites = (\n    \"https://a\"  # a\n  , \"https://c\"\n);", "sites = (\n      # a\n   \"https://c\"\n);",
          NULL, NULL },
        { "sites = (\n    \"https://c\"\n  , \"https://a\"\n);", "sites = (\n    \"https://c\"\n);", NULL, NULL },
        { "sites = (\n  \"https://a\"\n  # about the next\n  , \"https://c\"\n);",
          "sites = (\n  \n  # about the next\n   \"https://c\"\n);", NULL, NULL },
        { "sites = ( { name = \"a\"; url = \"https://x\"; }, { url = \"https://y\"; depends_on = [ \"a\" ]; } );", NULL,
          NULL, NULL },
    };

    (void)state;
    CHECK_ROWS(act_remove, rows);
}

static void several_values_are_set_at_once(void **state)
{
    static const struct edit_value values[] = {
        { "name", "shop" }, { "interval", "30s" }, { "tags", NULL }, { "headers", "X-A: 1, \"X-B: 1, 2\"" },
    };
    struct errmsg why = ERRMSG_INIT;
    struct edit *e;
    size_t length;

    (void)state;
    assert_int_equal(edit_open(&e, scratch_write("uptime.cfg", "sites = (\n  \"https://a\"\n);\n", -1), &why), ERR_OK);
    assert_int_equal(edit_set(e, "a", values, 4, &why), ERR_OK);
    assert_string_equal(edit_text(e, &length), "sites = (\n  { name = \"shop\"; url = \"https://a\"; interval = "
                                               "\"30s\"; "
                                               "headers = [ \"X-A: 1\", \"X-B: 1, 2\" ]; }\n);\n");
    assert_int_equal(edit_set(e, "a", values, 4, &why), ERR_NOTFOUND);
    assert_int_equal(edit_remove(e, "shop", &why), ERR_OK);
    assert_int_equal(edit_add(e, "https://c", values, 4, &why), ERR_OK);
    assert_string_equal(edit_text(e, &length), "sites = (\n  { name = \"shop\"; url = \"https://c\"; interval = "
                                               "\"30s\"; "
                                               "headers = [ \"X-A: 1\", \"X-B: 1, 2\" ]; }\n);\n");
    assert_string_equal(edit_original(e, &length), "sites = (\n  \"https://a\"\n);\n");
    edit_free(e);
}

static void a_bad_value_changes_nothing_and_says_why(void **state)
{
    static const struct { struct edit_value value; const char *why; } rows[] = {
        { { "interval", "5x" }, "'interval': '5x' is no duration: write it like 500ms, 30s, 5m, 1h30m or 14d" },
        { { "interval", "" }, "'interval': '' is no duration: it is empty" },
        { { "retries", "many" }, "'retries' must be a number, not 'many'" },
        { { "paused", "maybe" }, "'paused' must be true or false, not 'maybe'" },
        { { "owner", "nobody" }, "uptime.cfg:2: sites[0]: there is no owner 'nobody'" },
        { { "url", "a.example.org" }, "'url': 'a.example.org' has no scheme (did you mean 'https://a.example.org'?)" },
        { { "url", "https://u:***@a" }, "'url': *** stands for a password: type it" },
        { { "proxy", "http://u:***@a" }, "'proxy': *** stands for a secret: type it, or leave the setting as it is" },
        { { "headers", "Authorization: ***" },
          "'headers': *** stands for a secret: type it, or leave the setting as it is" },
        { { "tags", "\"eu" }, "'tags': a quote is not closed, or no comma stands behind it" },
        { { "name", "b" }, "uptime.cfg:3: sites[1] 'b': sites[0] has this name already" },
        { { "bogus", "1" }, "a site has no setting 'bogus'" },
    };
    static const char text[] = "sites = (\n  \"https://a\",\n  { name = \"b\"; url = \"https://b\"; }\n);\n";
    struct errmsg why = ERRMSG_INIT;
    struct edit *e;
    size_t length, i;

    (void)state;
    assert_int_equal(edit_open(&e, scratch_write("uptime.cfg", text, -1), &why), ERR_OK);
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_int_equal(edit_set(e, "a", &rows[i].value, 1, &why), ERR_INVALID);
        assert_string_equal(why.text, rows[i].why);
        assert_string_equal(edit_text(e, &length), text);
    }
    edit_free(e);
}

static void what_stands_in_an_included_file_is_edited_there(void **state)
{
    static const struct edit_value pause = { "paused", "true" };
    struct errmsg why = ERRMSG_INIT;
    struct edit *e;
    size_t length;

    (void)state;
    scratch_write("more.cfg", "# more\n{ name = \"b\"; url = \"https://b\"; },\n\"https://c\"\n", -1);
    assert_int_equal(edit_open(&e, scratch_write("uptime.cfg", "sites = (\n  \"https://a\",\n@include \"more.cfg\"\n"
                                                               ");\n", -1), &why),
                     ERR_OK);
    assert_int_equal(edit_set(e, "b", &pause, 1, &why), ERR_INVALID);
    assert_string_equal(why.text, "that stands in line 2 of 'more.cfg', which 'uptime.cfg' includes: edit it there");
    assert_int_equal(edit_remove(e, "c", &why), ERR_INVALID);
    assert_string_equal(why.text, "that stands in line 3 of 'more.cfg', which 'uptime.cfg' includes: edit it there");
    assert_int_equal(edit_set(e, "a", &pause, 1, &why), ERR_OK);
    assert_int_equal(edit_add(e, "https://d", NULL, 0, &why), ERR_OK);
    assert_string_equal(edit_text(e, &length), "sites = (\n  { url = \"https://a\"; paused = true; },\n"
                                               "@include \"more.cfg\"\n"
                                               "  , \"https://d\"\n);\n");
    assert_int_equal(edit_remove(e, "a", &why), ERR_OK);
    assert_int_equal(edit_remove(e, "d", &why), ERR_OK);
    assert_string_equal(edit_text(e, &length), "sites = (\n@include \"more.cfg\"\n);\n");
    edit_free(e);
}

static void a_file_with_faults_is_not_edited(void **state)
{
    struct errmsg why = ERRMSG_INIT;
    struct edit *e = NULL;

    (void)state;
    assert_int_equal(edit_open(&e, scratch_write("uptime.cfg", "workers = 0;\nretries = 1;", -1), &why), ERR_INVALID);
    assert_string_equal(why.text, "uptime.cfg:1: 'workers' must be 1 to 1024, not 0 (and 1 more)");
    assert_int_equal(edit_open(&e, scratch_path("nix"), &why), ERR_IO);
    assert_int_equal(edit_open(&e, scratch_path(""), &why), ERR_IO);
    assert_null(e);
}

static void a_difference_shows_lines_and_no_secret(void **state)
{
    static const struct edit_value values[] = {
        { "headers", "Authorization: Bearer hunter2, X-Probe: 1" }, { "proxy", "http://me:hunter2@proxy" },
    };
    struct errmsg why = ERRMSG_INIT;
    struct edit *e;
    char *diff;

    (void)state;
    assert_int_equal(edit_open(&e, scratch_write("uptime.cfg", "# x\nsites = (\n  \"https://u:hunter2@a\", # "
                                                               "https://v:hunter2@b\n"
                                                 "  \"https://b\"\n);\n", -1), &why), ERR_OK);
    assert_int_equal(edit_diff(e, &diff), ERR_OK);
    assert_string_equal(diff, "");
    free(diff);
    assert_int_equal(edit_set(e, "a", values, 2, &why), ERR_OK);
    assert_int_equal(edit_remove(e, "b", &why), ERR_OK);
    assert_int_equal(edit_diff(e, &diff), ERR_OK);
    assert_string_equal(diff, "-  \"https://u:***@a\", # https://v:***@b\n-  \"https://b\"\n"
                              "+  { url = \"https://u:***@a\"; headers = [ \"Authorization: ***\", \"X-Probe: 1\" ]; "
                              "proxy = \"http://me:***@proxy\"; } # https://v:***@b\n");
    free(diff);
    edit_free(e);
}

static void the_screens_group_is_made_and_changed_and_nothing_else(void **state)
{
    static const char before[] = "# mine\nkeys = { add = \"n\"; }; # and this\nsites = ( \"https://a\" );\n";
    const struct edit_value first[] = { { "columns", "NAME, P95, FOR" }, { "bell", "false" } };
    const struct edit_value second[] = { { "columns", NULL }, { "colours", "light" }, { "bell", "true" } };
    const struct edit_value wrong = { "colours", "pink" };
    struct edit *e;
    struct errmsg why;
    size_t length;

    (void)state;
    assert_int_equal(edit_open(&e, scratch_write("uptime.cfg", before, -1), &why), ERR_OK);
    assert_int_equal(edit_screen(e, first, 2, &why), ERR_OK);
    assert_memory_equal(edit_text(e, &length), before, strlen(before));
    assert_string_equal(edit_text(e, &length) + strlen(before), "\nscreen = { columns = [ \"NAME\", \"P95\", \"FOR\" ]; bell = false; };\n");
    assert_int_equal(edit_screen(e, second, 3, &why), ERR_OK);
    assert_string_equal(edit_text(e, &length) + strlen(before), "\nscreen = { bell = true; colours = \"light\"; };\n");
    assert_int_equal(edit_screen(e, &wrong, 1, &why), ERR_INVALID);
    assert_string_equal(edit_text(e, &length) + strlen(before), "\nscreen = { bell = true; colours = \"light\"; };\n");
    edit_free(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(setting_a_value_replaces_its_bytes_alone),
        cmocka_unit_test(setting_something_new_goes_behind_the_last_setting),
        cmocka_unit_test(a_plain_site_becomes_a_group_when_it_gets_a_setting),
        cmocka_unit_test(taking_a_setting_out_leaves_its_neighbours),
        cmocka_unit_test(a_new_site_goes_behind_the_last),
        cmocka_unit_test(many_are_added_as_one_after_the_other),
        cmocka_unit_test(many_are_added_all_or_none),
        cmocka_unit_test(a_site_goes_with_its_lines_and_its_comma),
        cmocka_unit_test(several_values_are_set_at_once),
        cmocka_unit_test(a_bad_value_changes_nothing_and_says_why),
        cmocka_unit_test(what_stands_in_an_included_file_is_edited_there),
        cmocka_unit_test(a_file_with_faults_is_not_edited),
        cmocka_unit_test(the_screens_group_is_made_and_changed_and_nothing_else),
        cmocka_unit_test(a_difference_shows_lines_and_no_secret),
    };

    setlocale(LC_ALL, "C.UTF-8");
    return cmocka_run_group_tests(tests, scratch_begin, scratch_end);
}
