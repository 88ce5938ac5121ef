/* Work done aside, and the promises of its end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/executor.h"
#include "base/mutex.h"

/* A gate work can be held at. */
struct gate {
    struct mutex lock;
    struct cond changed;
    bool open;
    int waiting;
};

static struct gate gate;

static int setup(void **state)
{
    (void)state;
    mutex_init(&gate.lock);
    cond_init(&gate.changed);
    return 0;
}

static void set_gate(bool open)
{
    mutex_lock(&gate.lock);
    gate.open = open;
    mutex_unlock(&gate.lock);
    cond_broadcast(&gate.changed);
}

static void *pass_gate(void *context)
{
    mutex_lock(&gate.lock);
    gate.waiting++;
    cond_broadcast(&gate.changed);
    while (!gate.open)
        cond_wait(&gate.changed, &gate.lock, COND_FOREVER);
    gate.waiting--;
    mutex_unlock(&gate.lock);
    return context;
}

static void wait_for_waiting(int n)
{
    mutex_lock(&gate.lock);
    while (gate.waiting < n)
        cond_wait(&gate.changed, &gate.lock, COND_FOREVER);
    mutex_unlock(&gate.lock);
}

static void *count(void *context)
{
    atomic_fetch_add((_Atomic int *)context, 1);
    return context;
}

static void a_future_gives_what_the_work_returned(void **state)
{
    struct executor *e = executor_new(2);
    _Atomic int n = 0;
    struct future *f;

    (void)state;
    assert_int_equal(executor_submit(e, count, &n, NULL, NULL, &f), ERR_OK);
    assert_true(future_wait(f, COND_FOREVER));
    assert_int_equal(future_state(f), FUTURE_DONE);
    assert_ptr_equal(future_value(f), &n);
    assert_int_equal(n, 1);
    executor_close(e);
    assert_ptr_equal(future_value(f), &n); /* outlives its executor */
    future_drop(f);
}

static void waiting_ends_at_its_deadline(void **state)
{
    struct executor *e = executor_new(1);
    struct future *f;

    (void)state;
    set_gate(false);
    assert_int_equal(executor_submit(e, pass_gate, NULL, NULL, NULL, &f), ERR_OK);
    assert_false(future_wait(f, clock_mono_ns() + NS_PER_MS));
    assert_false(future_wait(f, 0));
    set_gate(true);
    assert_true(future_wait(f, COND_FOREVER));
    future_drop(f);
    executor_close(e);
}

static void threads_are_started_on_demand_and_used_again(void **state)
{
    struct executor *e = executor_new(4);
    struct future *f[6];
    int i;

    (void)state;
    assert_int_equal(executor_threads(e), 0);
    set_gate(false);
    for (i = 0; i < 6; i++)
        assert_int_equal(executor_submit(e, pass_gate, NULL, NULL, NULL, &f[i]), ERR_OK);
    wait_for_waiting(4);
    assert_int_equal(executor_threads(e), 4);
    assert_int_equal(executor_pending(e), 2);
    set_gate(true);
    for (i = 0; i < 6; i++) {
        assert_true(future_wait(f[i], COND_FOREVER));
        future_drop(f[i]);
    }
    for (i = 0; i < 20; i++) {
        assert_int_equal(executor_submit(e, pass_gate, NULL, NULL, NULL, &f[0]), ERR_OK);
        assert_true(future_wait(f[0], COND_FOREVER));
        future_drop(f[0]);
    }
    assert_int_equal(executor_threads(e), 4);
    executor_close(e);
}

static void what_has_not_begun_can_be_cancelled(void **state)
{
    struct executor *e = executor_new(1);
    struct future *running, *waiting;
    _Atomic int n = 0;

    (void)state;
    set_gate(false);
    assert_int_equal(executor_submit(e, pass_gate, NULL, NULL, NULL, &running), ERR_OK);
    wait_for_waiting(1);
    assert_int_equal(executor_submit(e, count, &n, NULL, NULL, &waiting), ERR_OK);
    assert_int_equal(future_state(waiting), FUTURE_PENDING);
    assert_true(future_cancel(waiting));
    assert_false(future_cancel(waiting));
    assert_int_equal(future_state(waiting), FUTURE_CANCELLED);
    assert_null(future_value(waiting));
    assert_false(future_cancel(running));
    set_gate(true);
    assert_true(future_wait(running, COND_FOREVER));
    assert_false(future_cancel(running));
    executor_close(e);
    assert_int_equal(n, 0);
    future_drop(running);
    future_drop(waiting);
}

static void closing_cancels_what_waits_and_finishes_what_runs(void **state)
{
    struct executor *e = executor_new(2);
    struct future *f[10];
    int i, done = 0, cancelled = 0;

    (void)state;
    set_gate(false);
    for (i = 0; i < 10; i++)
        assert_int_equal(executor_submit(e, pass_gate, NULL, NULL, NULL, &f[i]), ERR_OK);
    wait_for_waiting(2);
    for (i = 2; i < 10; i++)
        if (i % 2)
            future_cancel(f[i]);
    set_gate(true);
    executor_close(e);
    for (i = 0; i < 10; i++) {
        done += future_state(f[i]) == FUTURE_DONE;
        cancelled += future_state(f[i]) == FUTURE_CANCELLED;
        future_drop(f[i]);
    }
    assert_int_equal(done + cancelled, 10);
    assert_true(done >= 2);
    assert_true(cancelled >= 4);
}

static void tell(void *context, struct future *f)
{
    _Atomic int *told = context;

    assert_true(future_state(f) >= FUTURE_DONE);
    atomic_fetch_add(told, 1);
}

static void the_callback_is_called_once_whatever_the_end(void **state)
{
    struct executor *e = executor_new(1);
    _Atomic int told = 0, n = 0;
    struct future *f;
    int i;

    (void)state;
    set_gate(false);
    executor_submit(e, pass_gate, NULL, tell, &told, NULL);
    wait_for_waiting(1);
    executor_submit(e, count, &n, tell, &told, &f);
    assert_true(future_cancel(f));
    assert_int_equal(told, 1);
    for (i = 0; i < 5; i++)
        executor_submit(e, count, &n, tell, &told, NULL);
    set_gate(true);
    executor_close(e);
    assert_int_equal(told, 7);
    future_drop(f);
}

static void futures_come_in_the_order_they_end(void **state)
{
    struct executor *e = executor_new(2);
    struct future *f[4];
    struct as_completed *a;
    _Atomic int n = 0;
    size_t index;
    int i;

    (void)state;
    set_gate(false);
    executor_submit(e, pass_gate, NULL, NULL, NULL, &f[0]);
    for (i = 1; i < 4; i++)
        executor_submit(e, count, &n, NULL, NULL, &f[i]);
    a = as_completed_new(f, 4);
    for (i = 1; i < 4; i++) {
        assert_true(as_completed_next(a, COND_FOREVER, &index));
        assert_int_equal(index, i);
    }
    assert_false(as_completed_next(a, 0, &index));
    set_gate(true);
    assert_true(as_completed_next(a, COND_FOREVER, &index));
    assert_int_equal(index, 0);
    assert_false(as_completed_next(a, COND_FOREVER, &index));
    as_completed_free(a);
    for (i = 0; i < 4; i++)
        future_drop(f[i]);
    executor_close(e);
}

static void an_iteration_may_be_left_early(void **state)
{
    struct executor *e = executor_new(1);
    struct future *f[2];
    struct as_completed *a;

    (void)state;
    set_gate(false);
    executor_submit(e, pass_gate, NULL, NULL, NULL, &f[0]);
    executor_submit(e, pass_gate, NULL, NULL, NULL, &f[1]);
    a = as_completed_new(f, 2);
    as_completed_free(a);
    a = as_completed_new(f, 0);
    as_completed_free(a);
    set_gate(true);
    executor_close(e);
    future_drop(f[0]);
    future_drop(f[1]);
}

static void many_hands_make_light_work(void **state)
{
    struct executor *e = executor_new(8);
    struct future *f[2000];
    struct as_completed *a;
    _Atomic int n = 0, told = 0;
    size_t index;
    int i, seen = 0;

    (void)state;
    for (i = 0; i < 2000; i++)
        assert_int_equal(executor_submit(e, count, &n, tell, &told, &f[i]), ERR_OK);
    for (i = 0; i < 2000; i += 7)
        future_cancel(f[i]);
    a = as_completed_new(f, 2000);
    while (as_completed_next(a, COND_FOREVER, &index))
        seen++;
    as_completed_free(a);
    assert_int_equal(seen, 2000);
    for (i = 0; i < 2000; i++)
        future_drop(f[i]);
    executor_close(e);
    assert_int_equal(told, 2000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_future_gives_what_the_work_returned),
        cmocka_unit_test(waiting_ends_at_its_deadline),
        cmocka_unit_test(threads_are_started_on_demand_and_used_again),
        cmocka_unit_test(what_has_not_begun_can_be_cancelled),
        cmocka_unit_test(closing_cancels_what_waits_and_finishes_what_runs),
        cmocka_unit_test(the_callback_is_called_once_whatever_the_end),
        cmocka_unit_test(futures_come_in_the_order_they_end),
        cmocka_unit_test(an_iteration_may_be_left_early),
        cmocka_unit_test(many_hands_make_light_work),
    };

    return cmocka_run_group_tests(tests, setup, NULL);
}
