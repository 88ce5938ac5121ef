/* Names we answer to, and those a page of somebody else would ask by. */
#include "hosts.h"

#include <string.h>

#include "support/tests.h"

static void names_that_are_not_ours_are_refused_where_that_matters(void **state)
{
    static char status[] = "status.example.org", six[] = "[2001:db8::1]";
    static char *items[] = { status, six };
    static const struct strings named = { 2, items }, none = { 0 };
    static const struct {
        const char *host;
        bool loopback, named, ours;
    } rows[] = {
        { NULL, true, false, true }, /* HTTP/1.0: no browser */
        { "localhost", true, false, true }, { "LocalHost:9180", true, false, true }, { "localhost.:1", true, false, true },
        { "127.0.0.1:9180", true, false, true }, { "127.3.2.1", true, false, true }, { "[::1]:9180", true, false, true },
        { "evil.example.net", true, false, false }, { "evil.example.net:9180", true, false, false },
        { "localhost.evil.example.net", true, false, false }, { "127.0.0.1.evil.example.net", true, false, false },
        { "192.0.2.1", true, false, false }, { "[2001:db8::2]", true, false, false }, { "::1", true, false, false },
        { "", true, false, false }, { ":9180", true, false, false }, { "[", true, false, false }, { "[]", true, false, false },
        { "[::1", true, false, false }, { "0177.0.0.1", true, false, false }, { "2130706433", true, false, false },
        { "status.example.org", true, false, false }, { "status.example.org:443", true, true, true },
        { "Status.Example.Org.", true, true, true }, { "status.example.org.evil.net", true, true, false },
        { "[2001:db8::1]:80", true, true, true }, { "2001:db8::1", true, true, false }, { "localhost", true, true, true },
        { "evil.example.net", false, false, true }, { "", false, false, true },
        { "evil.example.net", false, true, false }, { "192.0.2.1:9180", false, true, true }, { "[2001:db8::7]", false, true, true },
        { "status.example.org", false, true, true }, { "localhost", false, true, true },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (host_is_ours(rows[i].host, rows[i].loopback, rows[i].named ? &named : &none) != rows[i].ours)
            fail_msg("row %zu: %s", i, rows[i].host);
    assert_true(host_is_ours("anything", false, NULL));
}

static void a_name_without_end_is_no_host(void **state)
{
    char name[4096];

    (void)state;
    memset(name, 'a', sizeof(name) - 1);
    name[sizeof(name) - 1] = '\0';
    assert_false(host_is_ours(name, true, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_that_are_not_ours_are_refused_where_that_matters),
        cmocka_unit_test(a_name_without_end_is_no_host),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
