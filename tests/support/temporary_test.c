/* What a killed test left behind goes, and nothing else. */
#include "support/temporary.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/tests.h"

static void what_a_dead_process_left_behind_goes_with_the_next_one_made(void **state)
{
    char *theirs = mmap(NULL, 256, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0), ours[128], again[128], inner[200];
    pid_t child;

    (void)state;
    assert_true(temporary_make(ours, sizeof(ours), "temporary"));
    child = fork();
    if (!child) {
        bool made = temporary_make(theirs, 256, "temporary");

        snprintf(inner, sizeof(inner), "%s/inner", theirs);
        _exit(made && mkdir(inner, 0700) == 0 ? 0 : 1); /* as if it were killed: nothing is removed */
    }
    assert_int_equal(waitpid(child, NULL, 0), child);
    assert_int_equal(access(theirs, F_OK), 0);
    assert_true(temporary_make(again, sizeof(again), "temporary"));
    assert_int_not_equal(access(theirs, F_OK), 0);
    assert_int_equal(access(ours, F_OK), 0);
    temporary_remove(ours);
    temporary_remove(again);
    assert_int_not_equal(access(ours, F_OK), 0);
    munmap(theirs, 256);
}

static void a_path_that_does_not_fit_is_refused(void **state)
{
    char path[16];

    (void)state;
    assert_false(temporary_make(path, sizeof(path), "temporary"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_dead_process_left_behind_goes_with_the_next_one_made),
        cmocka_unit_test(a_path_that_does_not_fit_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
