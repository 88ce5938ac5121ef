/* Locks, the rule that nobody holds two, and conditions on the monotonic clock. */
#include "base/mutex.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "support/crowd.h"
#include "support/tests.h"

/* The signal a child process dies of that does this; 0 when it lives. */
static int dies_of(void (*act)(void))
{
    pid_t child = fork();
    int status;

    if (!child) {
        setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
        dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
        signal(SIGABRT, SIG_DFL); /* cmocka and the sanitizers have handlers of their own */
        act();
        _exit(0);
    }
    assert_true(child > 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static void lock_two(void) MUTEX_ATTRIBUTE(no_thread_safety_analysis)
{
    static struct mutex a, b;

    mutex_init(&a);
    mutex_init(&b);
    mutex_lock(&a);
    mutex_lock(&b);
}

static void unlock_what_is_not_locked(void) MUTEX_ATTRIBUTE(no_thread_safety_analysis)
{
    static struct mutex a;

    mutex_init(&a);
    mutex_unlock(&a);
}

static void lock_one_after_the_other(void)
{
    static struct mutex a, b;

    mutex_init(&a);
    mutex_init(&b);
    mutex_lock(&a);
    mutex_unlock(&a);
    mutex_lock(&b);
    mutex_unlock(&b);
    mutex_release(&a);
    mutex_release(&b);
}

static void who_takes_a_second_lock_is_stopped(void **state)
{
    (void)state;
    assert_int_equal(dies_of(lock_two), SIGABRT);
    assert_int_equal(dies_of(unlock_what_is_not_locked), SIGABRT);
    assert_int_equal(dies_of(lock_one_after_the_other), 0);
}

#define MEMBERS 8
#define STEPS 5000

struct counter {
    struct mutex lock;
    struct cond changed;
    int value;               /* under lock */
    int turn;                /* under lock */
};

static void count(void *context, int number)
{
    struct counter *c = context;
    int i;

    (void)number;
    for (i = 0; i < STEPS; i++) {
        mutex_lock(&c->lock);
        c->value++;
        mutex_unlock(&c->lock);
    }
}

static void a_lock_keeps_others_out(void **state)
{
    struct counter c = { .value = 0 };

    (void)state;
    mutex_init(&c.lock);
    crowd(MEMBERS, count, &c);
    assert_int_equal(c.value, MEMBERS * STEPS);
    mutex_release(&c.lock);
}

/* Each waits for its turn and hands it on. */
static void take_turns(void *context, int number)
{
    struct counter *c = context;
    int i;

    for (i = 0; i < 200; i++) {
        mutex_lock(&c->lock);
        while (c->turn != number)
            cond_wait(&c->changed, &c->lock, i % 2 ? COND_FOREVER : clock_mono_ns() + 600 * NS_PER_S);
        c->turn = (number + 1) % MEMBERS;
        c->value++;
        cond_broadcast(&c->changed);
        mutex_unlock(&c->lock);
    }
}

static void a_condition_wakes_those_who_wait(void **state)
{
    struct counter c = { .value = 0 };

    (void)state;
    mutex_init(&c.lock);
    cond_init(&c.changed);
    crowd(MEMBERS, take_turns, &c);
    assert_int_equal(c.value, MEMBERS * 200);
    cond_release(&c.changed);
    mutex_release(&c.lock);
}

static void a_wait_ends_when_its_time_has_passed(void **state)
{
    static const int64_t past_ns[] = { INT64_MIN, -1, 0, 1, NS_PER_S };
    struct counter c = { .value = 0 };
    int64_t until_ns = clock_mono_ns() + 5 * NS_PER_MS;
    size_t i;

    (void)state;
    mutex_init(&c.lock);
    cond_init(&c.changed);
    mutex_lock(&c.lock);
    for (i = 0; i < sizeof(past_ns) / sizeof(past_ns[0]); i++)
        assert_false(cond_wait(&c.changed, &c.lock, past_ns[i]));
    while (cond_wait(&c.changed, &c.lock, until_ns)) /* nobody signals; the system may */
        continue;
    assert_true(clock_mono_ns() >= until_ns);
    mutex_unlock(&c.lock); /* still held */
    cond_release(&c.changed);
    mutex_release(&c.lock);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_takes_a_second_lock_is_stopped),
        cmocka_unit_test(a_lock_keeps_others_out),
        cmocka_unit_test(a_condition_wakes_those_who_wait),
        cmocka_unit_test(a_wait_ends_when_its_time_has_passed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
