/* The scanner and libconfig see the same settings at the same places. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libconfig.h>

#include "document.h"
#include "messy.h"
#include "scratch.h"
#include "support/random.h"
#include "support/tests.h"

/* libconfig 1.5 forgets a text that is never closed; we never hand it one, but the comparison does. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libconfig";
}

static uint64_t from_environment(const char *name, uint64_t otherwise)
{
    const char *value = getenv(name);

    return value && *value ? strtoull(value, NULL, 10) : otherwise;
}

/* libconfig alone, as 1.5 wants it: no byte order mark, a newline at the end. */
static bool libconfig_takes(const char *text, size_t length)
{
    struct strbuf copy = STRBUF_INIT;
    config_t config;
    bool taken;

    strbuf_add(&copy, text, length);
    strbuf_adds(&copy, "\n");
    config_init(&config);
    taken = config_read_string(&config, copy.text + (strncmp(copy.text, "\xef\xbb\xbf", 3) ? 0 : 3));
    config_destroy(&config);
    strbuf_release(&copy);
    return taken;
}

static void messy_files_are_followed_to_the_last_byte(void **state)
{
    struct random random = { from_environment("CONFIG_SEED", 1) };
    uint64_t rounds = from_environment("CONFIG_ROUNDS", 4000), i;
    struct strbuf text = STRBUF_INIT;

    (void)state;
    for (i = 0; i < rounds; i++) {
        struct report report = REPORT_INIT;
        struct document d;

        messy_file(&random, &text);
        document_open(&d, "/nowhere/uptime.cfg", text.text, text.length, &report);
        if (report.kind || !d.agrees)
            fail_msg("round %llu: %s\n%s", (unsigned long long)i, report.n ? report.fault[0].text : "disagrees",
                     text.text);
        document_close(&d);
        report_release(&report);
    }
    strbuf_release(&text);
}

/* What libconfig takes and we do not: a list of what we refuse on purpose. */
static bool is_refused_on_purpose(const struct report *r)
{
    static const char *const purposes[] = {
        "never closed", "side by side", "brackets within each other", "NUL byte", "cannot read",
        "settings in one group",
    };
    size_t i;

    for (i = 0; i < sizeof(purposes) / sizeof(purposes[0]); i++)
        if (r->n && strstr(r->fault[0].text, purposes[i]))
            return true;
    return false;
}

static void damage(struct random *r, struct strbuf *text)
{
    static const char pieces[] = "{}()[]=:;,\"\\/*#@ \n\r\t.-+0123456789LxeEaf_\x01\xc3";
    size_t n = random_below(r, 4) + 1;
    char c;

    while (n-- && text->length) {
        size_t at = random_below(r, text->length);
        size_t remove = random_below(r, 3) ? 0 : random_below(r, text->length - at < 9 ? text->length - at : 9);

        c = pieces[random_below(r, sizeof(pieces) - 1)];
        strbuf_splice(text, at, remove, &c, random_below(r, 2));
    }
}

static void damaged_files_are_judged_as_libconfig_judges_them(void **state)
{
    struct random random = { from_environment("CONFIG_SEED", 1) + 1 };
    uint64_t rounds = from_environment("CONFIG_ROUNDS", 4000), i;
    struct strbuf text = STRBUF_INIT;

    (void)state;
    for (i = 0; i < rounds; i++) {
        struct report report = REPORT_INIT;
        struct document d;

        messy_file(&random, &text);
        damage(&random, &text);
        document_open(&d, "/nowhere/uptime.cfg", text.text, text.length, &report);
        if (!report.kind && (!d.agrees || !libconfig_takes(text.text, text.length)))
            fail_msg("round %llu: taken\n%s", (unsigned long long)i, text.text);
        if (report.kind && libconfig_takes(text.text, text.length) && !is_refused_on_purpose(&report))
            fail_msg("round %llu: %s\n%s", (unsigned long long)i, report.fault[0].text, text.text);
        document_close(&d);
        report_release(&report);
    }
    strbuf_release(&text);
}

static void numbers_are_handed_over_as_they_are_written(void **state)
{
    static const struct { const char *written; long long number; } rows[] = {
        { "0", 0 }, { "010", 10 }, { "-08", -8 }, { "+5", 5 }, { "5L", 5 }, { "5LL", 5 }, { "2147483648", 2147483648 },
        { "-2147483649", -2147483649 }, { "0xFF", 255 }, { "0xffffffff", 4294967295 }, { "0x1FL", 31 },
        { "99999999999999999999", INT64_MAX }, { "0xffffffffffffffffffff", INT64_MAX },
    };
    char text[128];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct report report = REPORT_INIT;
        struct document d;
        int length = snprintf(text, sizeof(text), "a = %s; b = [ %s, 1 ];", rows[i].written, rows[i].written);
        const config_setting_t *root;

        document_open(&d, "/nowhere/uptime.cfg", text, (size_t)length, &report);
        assert_int_equal(report.kind, ERR_OK);
        assert_true(d.agrees);
        root = config_root_setting(&d.config);
        assert_int_equal(config_setting_get_int64(config_setting_get_member(root, "a")), rows[i].number);
        assert_int_equal(config_setting_get_int64_elem(config_setting_get_member(root, "b"), 0), rows[i].number);
        document_close(&d);
    }
}

static void lines_are_those_where_a_text_stands(void **state)
{
    static const char text[] = "\n\nsites = (\n  \"https://a\"\n  # behind\n  ,\n\"https://b\"\n);\nworkers\n=\n2;";
    struct report report = REPORT_INIT;
    struct document d;
    const config_setting_t *root, *sites;

    (void)state;
    document_open(&d, "/nowhere/uptime.cfg", text, sizeof(text) - 1, &report);
    assert_int_equal(report.kind, ERR_OK);
    root = config_root_setting(&d.config);
    sites = config_setting_get_member(root, "sites");
    assert_int_equal(document_line(&d, sites), 3);
    assert_int_equal(document_line(&d, config_setting_get_elem(sites, 0)), 4);
    assert_int_equal(document_line(&d, config_setting_get_elem(sites, 1)), 7);
    assert_int_equal(document_line(&d, config_setting_get_member(root, "workers")), 9);
    document_close(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messy_files_are_followed_to_the_last_byte),
        cmocka_unit_test(damaged_files_are_judged_as_libconfig_judges_them),
        cmocka_unit_test(numbers_are_handed_over_as_they_are_written),
        cmocka_unit_test(lines_are_those_where_a_text_stands),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
