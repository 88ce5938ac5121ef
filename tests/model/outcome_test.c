/* The table of outcomes keeps the rules of INTERFACE.md. */
#include "model/outcome.h"

#include <string.h>

#include "base/text.h"
#include "support/tests.h"

static void every_outcome_has_a_name_a_class_and_a_sentence(void **state)
{
    static const char *const classes[] = {
        "dns", "refused", "connect", "timeout", "tls", "redirect", "protocol", "status", "body", "blocked", "local",
    };
    bool used[sizeof(classes) / sizeof(classes[0])] = { false };
    int o, other;
    size_t i;

    (void)state;
    for (o = 0; o < OUTCOME_COUNT; o++) {
        const char *class = outcome_class((enum outcome)o), *tag = outcome_tag((enum outcome)o);
        bool known = false;

        for (i = 0; class && i < sizeof(classes) / sizeof(classes[0]); i++)
            if (!strcmp(class, classes[i]))
                known = used[i] = true;
        assert_true(known || o == OUTCOME_OK);
        assert_true(!tag || strlen(tag) <= 4);
        assert_true(text_is_clean(outcome_sentence((enum outcome)o)));
        assert_true(strlen(outcome_sentence((enum outcome)o)) > 0);
        for (other = 0; other < o; other++) {
            assert_string_not_equal(outcome_name((enum outcome)o), outcome_name((enum outcome)other));
            assert_string_not_equal(outcome_sentence((enum outcome)o), outcome_sentence((enum outcome)other));
        }
    }
    for (i = 0; i < sizeof(classes) / sizeof(classes[0]); i++)
        assert_true(used[i]);
}

static void outcomes_of_a_class_share_its_tag(void **state)
{
    static const struct {
        const char *class, *tag;
    } rows[] = {
        { "dns", "DNS" }, { "refused", "TCP" }, { "connect", "TCP" }, { "timeout", "TMO" }, { "tls", "TLS" }, { "redirect", "RDIR" },
        { "protocol", "PROT" }, { "status", NULL }, { "body", "BODY" }, { "blocked", "BLKD" }, { "local", "?" },
    };
    int o;
    size_t i;

    (void)state;
    for (o = 1; o < OUTCOME_COUNT; o++)
        for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
            if (strcmp(outcome_class((enum outcome)o), rows[i].class) != 0)
                continue;
            if (rows[i].tag)
                assert_string_equal(outcome_tag((enum outcome)o), rows[i].tag);
            else
                assert_null(outcome_tag((enum outcome)o));
        }
    assert_null(outcome_class(OUTCOME_OK));
    assert_null(outcome_tag(OUTCOME_OK));
}

static void whose_fault_it_may_be(void **state)
{
    static const struct {
        enum outcome outcome;
        bool local, network, answer;
    } rows[] = {
        { OUTCOME_OK, false, false, true },
        { OUTCOME_DNS, false, true, false },
        { OUTCOME_DNS_TIMEOUT, false, true, false },
        { OUTCOME_PROXY_DNS, false, true, false },
        { OUTCOME_REFUSED, false, false, false },
        { OUTCOME_UNREACHABLE, false, true, false },
        { OUTCOME_NO_NETWORK, false, true, false },
        { OUTCOME_CONNECT, false, false, false },
        { OUTCOME_CONNECT_TIMEOUT, false, true, false },
        { OUTCOME_TLS_TIMEOUT, false, true, false },
        { OUTCOME_WAIT_TIMEOUT, false, true, false },
        { OUTCOME_BODY_TIMEOUT, false, true, false },
        { OUTCOME_TLS_EXPIRED, false, false, false },
        { OUTCOME_TLS, false, false, false },
        { OUTCOME_REDIRECT_LOOP, false, false, true },
        { OUTCOME_REDIRECT_SCHEME, false, false, true },
        { OUTCOME_NOT_HTTP, false, false, false },
        { OUTCOME_EMPTY, false, false, false },
        { OUTCOME_STATUS, false, false, true },
        { OUTCOME_BODY_MISSING, false, false, true },
        { OUTCOME_BLOCKED, false, false, true },
        { OUTCOME_LOCAL_FILES, true, false, false },
        { OUTCOME_LOCAL_NETWORK, true, false, false },
        { OUTCOME_CANCELLED, true, false, false },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_int_equal(outcome_is_local(rows[i].outcome), rows[i].local);
        assert_int_equal(outcome_is_network(rows[i].outcome), rows[i].network);
        assert_int_equal(outcome_has_answer(rows[i].outcome), rows[i].answer);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_outcome_has_a_name_a_class_and_a_sentence),
        cmocka_unit_test(outcomes_of_a_class_share_its_tag),
        cmocka_unit_test(whose_fault_it_may_be),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
