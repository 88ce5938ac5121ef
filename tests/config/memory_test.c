/* Memory runs out at each place in turn: it is told, nothing is half done, nothing leaks. */
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "config/edit.h"
#include "config/schema.h"
#include "scratch.h"
#include "support/memory.h"
#include "support/tests.h"

static const char text[] =
    "defaults: { interval = \"2m\"; owner = \"ops\"; tags = [ \"x\" ]; };\n"
    "owners = ( { name = \"ops\"; email = [ \"a@b\", \"c@d\" ]; quiet = \"22:00-07:00 UTC\"; } );\n"
    "smtp: { url = \"smtp://m\"; from = \"a@b\"; password_file = \"secret\"; };\n"
    "redis: { url = \"redis://m\"; regions = [ \"eu\" ]; password_env = \"CONFIG_TEST_SECRET\"; };\n"
    "maintenance = ( { sites = [ \"h\" ]; start = \"2026-12-01 02:00 UTC\"; duration = \"2h\"; } );\n"
    "keys: { add = \"a\"; };\n"
    "anchors = [ \"https://192.0.2.1\" ];\n"
    "sites = (\n"
    "  \"https://h\", \"https://h\", \"https://h\", \"https://h\"\n"
    "@include \"more.cfg\"\n"
    ");\n";
static const char more_text[] =
    "  , { name = \"shop\"; url = \"https://s\"; ca_file = \"secret\"; password_file = \"secret\"; proxy = "
    "\"http://p\";\n"
    "    headers = [ \"X-A: 1\" ]; expect_body = \"x\"; depends_on = [ \"h\" ]; expect_body_regex = \"x\"; }\n";
static const char bad_text[] =
    "engin = 1; workers = 0;\n"
    "sites = ( \"a\", { url = \"https://b\"; owner = \"x\"; method = \"X\"; }, { bogus = 1; } );\n";

static int write_files(void **state)
{
    setenv("CONFIG_TEST_SECRET", "x", 1);
    if (scratch_begin(state))
        return -1;
    scratch_write("secret", "x\n", -1);
    scratch_write("more.cfg", more_text, -1);
    scratch_write("uptime.cfg", text, -1);
    return 0;
}

static void reading_is_all_or_nothing(void **state)
{
    bool more = true;
    unsigned n;

    (void)state;
    for (n = 1; more; n++) {
        struct faults faults = { 0 };
        struct settings *s = NULL;
        enum err err;

        memory_fail(n);
        err = settings_read(&s, scratch_path("uptime.cfg"), &faults);
        more = memory_failed();
        if (err != (more ? ERR_NOMEM : ERR_OK))
            fail_msg("allocation %u: %s: %s", n, err_name(err), faults.line.n ? faults.line.item[0] : "nothing said");
        assert_true(!s == more);
        if (s)
            assert_int_equal(s->nsite, 5);
        settings_free(s);
        faults_release(&faults);
    }
    assert_true(n > 100);
}

static void faults_are_told_or_memory_is_blamed(void **state)
{
    bool more = true;
    unsigned n;

    (void)state;
    for (n = 1; more; n++) {
        struct faults faults = { 0 };
        struct settings *s = NULL;
        enum err err;

        memory_fail(n);
        err = settings_read_text(&s, scratch_path("uptime.cfg"), bad_text, sizeof(bad_text) - 1, &faults);
        more = memory_failed();
        assert_null(s);
        if (err != ERR_NOMEM && (err != ERR_INVALID || faults.line.n != 7)) /* a hint may be missing */
            fail_msg("allocation %u: %s: %zu lines", n, err_name(err), faults.line.n);
        assert_true(more || err == ERR_INVALID);
        faults_release(&faults);
    }
}

static enum err edit_it(struct edit *e)
{
    static const struct edit_value values[] = { { "tags", "a, b" }, { "name", "x" }, { "headers", "X-B: 2" } };
    enum err err = edit_set(e, "h", values, 3, NULL);

    if (!err)
        err = edit_add(e, "https://new", values, 1, NULL);
    return err ? err : edit_remove(e, "new", NULL);
}

static void editing_is_all_or_nothing(void **state)
{
    bool more = true;
    unsigned n;

    (void)state;
    for (n = 1; more; n += 1 + n / 100) {
        struct edit *e = NULL;
        char *diff = NULL;
        size_t length;
        enum err err;

        memory_fail(n);
        err = edit_open(&e, scratch_path("uptime.cfg"), NULL);
        if (!err)
            err = edit_it(e);
        if (!err)
            err = edit_diff(e, &diff);
        more = memory_failed();
        assert_int_equal(err, more ? ERR_NOMEM : ERR_OK);
        if (e)
            assert_non_null(edit_text(e, &length));
        free(diff);
        edit_free(e);
    }
}

static void sites_of_a_command_line_are_all_or_nothing(void **state)
{
    static const char *const urls[] = { "https://a", "https://a/b", "https://a/b?c", "https://a/b?d", "https://c" };
    struct settings *s = settings_new();
    bool more = true;
    unsigned n;

    (void)state;
    for (n = 1; more; n++) {
        const struct site **site = NULL;
        size_t nsite = 0;
        enum err err;

        memory_fail(n);
        err = settings_url_sites(&site, &nsite, s, urls, 5, NULL);
        more = memory_failed();
        assert_int_equal(err, more ? ERR_NOMEM : ERR_OK);
        assert_int_equal(nsite, more ? 0 : 5);
        while (nsite)
            site_unref(site[--nsite]);
        free(site);
    }
    settings_free(s);
}

static void a_value_is_taken_whole_or_not(void **state)
{
    static const char *const rows[][2] = {
        { "owner", "ops" }, { "tags", "a, \"b\"" }, { "headers", "X-A: 1" }, { "password_file", "/dev/null/x" },
        { "proxy", "http://p" },
        { "password_env", "CONFIG_TEST_SECRET" }, { "expect_body_regex", "a+" }, { "interval", "5m" },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct setting *row = schema_find(rows[i][0]);
        bool more = true;
        unsigned n;

        for (n = 1; more; n++) {
            struct options o, before;
            char *shown = NULL;
            enum err err;

            options_init(&o);
            options_init(&before);
            memory_fail(n);
            err = setting_parse(row, rows[i][1], "/", &o, NULL);
            if (!err)
                err = setting_format(&shown, row, &o);
            more = memory_failed();
            assert_true(!more || err == ERR_NOMEM);
            free(shown);
            options_release(&o);
            options_release(&before);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reading_is_all_or_nothing),
        cmocka_unit_test(faults_are_told_or_memory_is_blamed),
        cmocka_unit_test(editing_is_all_or_nothing),
        cmocka_unit_test(sites_of_a_command_line_are_all_or_nothing),
        cmocka_unit_test(a_value_is_taken_whole_or_not),
    };

    setlocale(LC_ALL, "C.UTF-8");
    return cmocka_run_group_tests(tests, write_files, scratch_end);
}
