/* One monitor a database. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "monitor/lock.h"
#include "support/temporary.h"

static char directory[64], path[80], lock_path[96];

static int setup(void **state)
{
    FILE *file;

    (void)state;
    if (!temporary_make(directory, sizeof(directory), "lock"))
        return -1;
    snprintf(path, sizeof(path), "%s/uptime.db", directory);
    snprintf(lock_path, sizeof(lock_path), "%s.lock", path);
    file = fopen(path, "w");
    return file ? fclose(file) : -1;
}

static int teardown(void **state)
{
    (void)state;
    temporary_remove(directory);
    return 0;
}

/* In another process, which ends with the error for its exit code. */
static enum err take_elsewhere(void)
{
    pid_t child = fork();
    int status = 0;

    if (!child) {
        struct monitor_lock *l;

        _exit(monitor_lock_take(&l, path, NULL));
    }
    waitpid(child, &status, 0);
    assert_true(WIFEXITED(status));
    return (enum err)WEXITSTATUS(status);
}

static void a_second_monitor_is_refused_and_told_who_holds_it(void **state)
{
    struct monitor_lock *l, *second;
    struct errmsg why;
    char pid[32];

    (void)state;
    assert_int_equal(monitor_lock_take(&l, path, NULL), ERR_OK);
    assert_int_equal(take_elsewhere(), ERR_BUSY);
    assert_int_equal(monitor_lock_take(&second, path, &why), ERR_BUSY);
    snprintf(pid, sizeof(pid), "process %ld", (long)getpid());
    assert_non_null(strstr(why.text, pid));
    monitor_lock_release(l);
    assert_int_equal(take_elsewhere(), ERR_OK);
}

static void a_lock_whose_holder_died_is_free(void **state)
{
    struct monitor_lock *l;

    (void)state;
    assert_int_equal(take_elsewhere(), ERR_OK); /* ended without releasing: the file is still there */
    assert_int_equal(access(lock_path, F_OK), 0);
    assert_int_equal(monitor_lock_take(&l, path, NULL), ERR_OK);
    monitor_lock_release(l);
    assert_int_not_equal(access(lock_path, F_OK), 0);
}

static void a_lock_that_can_not_be_made_is_told(void **state)
{
    struct monitor_lock *l;
    struct errmsg why;

    (void)state;
    assert_int_equal(mkdir(lock_path, 0700), 0); /* in the way */
    assert_int_equal(monitor_lock_take(&l, path, &why), ERR_IO);
    assert_non_null(strstr(why.text, "cannot make a lock"));
    assert_int_equal(rmdir(lock_path), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_second_monitor_is_refused_and_told_who_holds_it),
        cmocka_unit_test(a_lock_whose_holder_died_is_free),
        cmocka_unit_test(a_lock_that_can_not_be_made_is_told),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
