/* In which order addresses are tried, and whether /etc/hosts is worth asking. */
#include "names.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "names_hosts.h"
#include "support/tests.h"

static struct name_answer of_text(const char *text)
{
    struct name_answer a = { .outcome = OUTCOME_OK };
    char copy[256], *word, *save = NULL;

    snprintf(copy, sizeof(copy), "%s", text);
    for (word = strtok_r(copy, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
        struct name_address *to = &a.address[a.n++];

        to->family = strchr(word, ':') ? AF_INET6 : AF_INET;
        assert_int_equal(inet_pton(to->family, word, to->bytes), 1);
    }
    return a;
}

static void assert_order(const char *before, const char *after)
{
    struct name_answer a = of_text(before), b = of_text(after);

    names_order(&a);
    assert_int_equal(a.n, b.n);
    assert_memory_equal(a.address, b.address, sizeof(a.address[0]) * (size_t)b.n);
}

static void one_family_stays_as_the_name_server_said(void **state)
{
    (void)state;
    assert_order("192.0.2.3 192.0.2.1 192.0.2.2", "192.0.2.3 192.0.2.1 192.0.2.2");
    assert_order("2001:db8::2 2001:db8::1", "2001:db8::2 2001:db8::1");
    assert_order("", "");
}

static void private_ipv6_comes_after_ipv4(void **state)
{
    (void)state;
    assert_order("fd00::2 192.0.2.2 fd00::1 192.0.2.1", "192.0.2.2 192.0.2.1 fd00::2 fd00::1");
}

static void two_families_do_not_mix(void **state)
{
    struct name_answer a = of_text("192.0.2.2 2001:db8::2 192.0.2.1 2001:db8::1");

    (void)state;
    names_order(&a); /* which of them is first depends on this machine's routes */
    assert_int_equal(a.n, 4);
    assert_int_equal(a.address[0].family, a.address[1].family);
    assert_int_equal(a.address[2].family, a.address[3].family);
    assert_int_not_equal(a.address[0].family, a.address[2].family);
}

static void only_names_in_the_file_are_looked_for_there(void **state)
{
    (void)state;
    assert_true(hosts_may_know("localhost"));
    assert_true(hosts_may_know("LocalHost"));
    assert_false(hosts_may_know("no-such-name.example.org"));
    hosts_forget();
    assert_true(hosts_may_know("localhost"));
    hosts_forget();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_family_stays_as_the_name_server_said),
        cmocka_unit_test(private_ipv6_comes_after_ipv4),
        cmocka_unit_test(two_families_do_not_mix),
        cmocka_unit_test(only_names_in_the_file_are_looked_for_there),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
