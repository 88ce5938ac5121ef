/* An environment made anew has what was named, and nothing else. */
#include "base/environment.h"

#include <stdlib.h>

#include "support/memory.h"
#include "support/tests.h"

static const char *const names[] = { "ENVIRONMENT_TEST_A", "ENVIRONMENT_TEST_UNSET", "ENVIRONMENT_TEST_B" };

static void what_was_named_is_there_and_nothing_else(void **state)
{
    char **all = environment_of("FIRST=1", names, 3);

    (void)state;
    assert_string_equal(all[0], "FIRST=1");
    assert_string_equal(all[1], "ENVIRONMENT_TEST_A=a=b");
    assert_string_equal(all[2], "ENVIRONMENT_TEST_B=");
    assert_null(all[3]);
    environment_free(all);
    all = environment_of(NULL, names, 0);
    assert_null(all[0]);
    environment_free(all);
    environment_free(NULL);
}

static void memory_that_runs_out_gives_nothing(void **state)
{
    bool more = true;
    unsigned n;

    (void)state;
    for (n = 1; more; n++) {
        char **all;

        memory_fail(n);
        all = environment_of("FIRST=1", names, 3);
        more = memory_failed();
        assert_true(!all == more);
        environment_free(all);
    }
    assert_true(n > 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_named_is_there_and_nothing_else),
        cmocka_unit_test(memory_that_runs_out_gives_nothing),
    };

    setenv("ENVIRONMENT_TEST_A", "a=b", 1);
    setenv("ENVIRONMENT_TEST_B", "", 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
