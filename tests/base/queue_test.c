/* The bounded queue, alone and between many threads. */
#include "base/queue.h"

#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mutex.h"
#include "support/crowd.h"
#include "support/memory.h"
#include "support/tests.h"

static void what_is_pushed_first_is_popped_first(void **state)
{
    struct queue *q = queue_new(3, sizeof(int));
    int in, out, next = 0;

    (void)state;
    for (in = 0; in < 100; in += 2) { /* round and round the ring */
        int second = in + 1;

        assert_int_equal(queue_push(q, &in), ERR_OK);
        assert_int_equal(queue_push(q, &second), ERR_OK);
        assert_int_equal(queue_length(q), 2);
        while (queue_length(q)) {
            assert_int_equal(queue_pop(q, &out, COND_FOREVER), ERR_OK);
            assert_int_equal(out, next++);
        }
    }
    assert_int_equal(next, 100);
    queue_free(q);
}

static void a_full_queue_refuses_and_keeps_what_it_has(void **state)
{
    struct queue *q = queue_new(2, sizeof(int));
    int item[] = { 1, 2, 3 }, out[3] = { 0 };

    (void)state;
    assert_int_equal(queue_push(q, &item[0]), ERR_OK);
    assert_int_equal(queue_push(q, &item[1]), ERR_OK);
    assert_int_equal(queue_push(q, &item[2]), ERR_FULL);
    assert_int_equal(queue_length(q), 2);
    assert_int_equal(queue_drain(q, out, 3), 2);
    assert_int_equal(out[0], 1);
    assert_int_equal(out[1], 2);
    assert_int_equal(out[2], 0);
    queue_free(q);
}

static void draining_takes_no_more_than_was_asked_and_never_waits(void **state)
{
    struct queue *q = queue_new(5, 3); /* an odd size */
    char out[15];
    int i;

    (void)state;
    assert_int_equal(queue_drain(q, out, 5), 0);
    for (i = 0; i < 5; i++)
        assert_int_equal(queue_push(q, (const char[3]){ 'a', (char)('0' + i), 'z' }), ERR_OK);
    assert_int_equal(queue_drain(q, out, 2), 2);
    assert_memory_equal(out, "a0za1z", 6);
    assert_int_equal(queue_drain(q, out, 0), 0);
    assert_int_equal(queue_drain(q, out, 99), 3);
    assert_memory_equal(out, "a2za3za4z", 9);
    queue_free(q);
}

static void popping_from_an_empty_queue_ends_with_its_time(void **state)
{
    struct queue *q = queue_new(1, 1);
    int64_t until_ns = clock_mono_ns() + 3 * NS_PER_MS;
    char out;

    (void)state;
    assert_int_equal(queue_pop(q, &out, 0), ERR_FULL);
    assert_int_equal(queue_pop(q, &out, until_ns), ERR_FULL);
    assert_true(clock_mono_ns() >= until_ns);
    assert_int_equal(queue_push(q, "x"), ERR_OK);
    assert_int_equal(queue_pop(q, &out, 0), ERR_OK); /* what is there is given, however late it is */
    assert_int_equal(out, 'x');
    queue_free(q);
}

static void taking_waits_until_there_is_enough_or_its_time_is_over(void **state)
{
    struct queue *q = queue_new(4, 1);
    int64_t until_ns = clock_mono_ns() + 3 * NS_PER_MS;
    char out[4];

    (void)state;
    assert_int_equal(queue_push(q, "a"), ERR_OK);
    assert_int_equal(queue_take(q, out, 4, 2, until_ns), 1);
    assert_true(clock_mono_ns() >= until_ns);
    assert_int_equal(queue_take(q, out, 4, 2, 0), 0);
    for (until_ns = 0; until_ns < 4; until_ns++)
        assert_int_equal(queue_push(q, "b"), ERR_OK);
    assert_int_equal(queue_take(q, out, 3, 2, COND_FOREVER), 3);
    queue_close(q);
    assert_int_equal(queue_take(q, out, 4, 2, COND_FOREVER), 1); /* there will be no more */
    assert_int_equal(queue_take(q, out, 4, 2, COND_FOREVER), 0);
    queue_free(q);
}

static void a_closed_queue_refuses_and_gives_what_it_has(void **state)
{
    struct queue *q = queue_new(2, 1);
    char out;

    (void)state;
    assert_int_equal(queue_push(q, "x"), ERR_OK);
    queue_close(q);
    queue_close(q);
    assert_int_equal(queue_push(q, "y"), ERR_CLOSED);
    assert_int_equal(queue_pop(q, &out, COND_FOREVER), ERR_OK);
    assert_int_equal(out, 'x');
    assert_int_equal(queue_pop(q, &out, COND_FOREVER), ERR_CLOSED);
    assert_int_equal(queue_drain(q, &out, 1), 0);
    queue_free(q);
}

/* One pushes numbers, one takes them by threes, and by one when the last few will not become three. */
static void gather(void *context, int number)
{
    struct queue *q = context;
    int i, out[3];

    if (number == 0) {
        for (i = 0; i < 10000; i++)
            while (queue_push(q, &i))
                sched_yield();
        return;
    }
    for (i = 0; i < 10000;) {
        size_t n = queue_take(q, out, 3, i < 9999 ? 3 : 1, COND_FOREVER), k;

        for (k = 0; k < n; k++)
            if (out[k] != i++)
                abort();
    }
}

static void whoever_waits_for_several_is_woken_when_they_are_there(void **state)
{
    struct queue *q = queue_new(5, sizeof(int));

    (void)state;
    crowd(2, gather, q);
    assert_int_equal(queue_length(q), 0);
    queue_free(q);
}

static void without_memory_there_is_no_queue(void **state)
{
    unsigned n;

    (void)state;
    for (n = 1; n <= 2; n++) {
        memory_fail(n);
        assert_null(queue_new(4, 4));
        assert_true(memory_failed());
    }
    queue_free(NULL);
}

#define PRODUCERS 4
#define CONSUMERS 4
#define EACH 5000

struct item {
    int producer, number;
};

struct market {
    struct queue *queue;
    _Atomic int producing;
    _Atomic int taken[PRODUCERS][EACH];
    _Atomic int disorder;
};

static void trade(void *context, int number)
{
    struct market *m = context;
    int i;
    struct item item;

    if (number < PRODUCERS) {
        for (i = 0; i < EACH; i++) {
            item = (struct item){ number, i };
            while (queue_push(m->queue, &item) == ERR_FULL)
                sched_yield();
        }
        if (atomic_fetch_sub(&m->producing, 1) == 1)
            queue_close(m->queue);
        return;
    }
    for (;;) {
        struct item some[3];
        size_t n = 0;

        switch (queue_pop(m->queue, &some[0], number % 2 ? COND_FOREVER : clock_mono_ns() + 100 * NS_PER_US)) {
        case ERR_OK:
            n = 1 + queue_drain(m->queue, &some[1], 2);
            break;
        case ERR_FULL:
            break;
        default:
            return;
        }
        while (n--)
            atomic_fetch_add(&m->taken[some[n].producer][some[n].number], 1);
    }
}

static void between_many_threads_each_item_arrives_once(void **state)
{
    struct market *m = calloc(1, sizeof(*m));
    int p, i;

    (void)state;
    m->queue = queue_new(16, sizeof(struct item));
    atomic_store(&m->producing, PRODUCERS);
    crowd(PRODUCERS + CONSUMERS, trade, m);
    for (p = 0; p < PRODUCERS; p++)
        for (i = 0; i < EACH; i++)
            assert_int_equal(atomic_load(&m->taken[p][i]), 1);
    queue_free(m->queue);
    free(m);
}

/* One pushes numbers, one takes them: they stay in order. */
static void pass_on(void *context, int number)
{
    struct market *m = context;
    int i, out;

    for (i = 0; i < EACH; i++) {
        if (number == 0) {
            while (queue_push(m->queue, &i))
                sched_yield();
        } else if (queue_pop(m->queue, &out, COND_FOREVER) || out != i) {
            atomic_fetch_add(&m->disorder, 1);
        }
    }
}

static void between_two_threads_order_is_kept(void **state)
{
    struct market m = { .queue = queue_new(7, sizeof(int)) };

    (void)state;
    crowd(2, pass_on, &m);
    assert_int_equal(atomic_load(&m.disorder), 0);
    queue_free(m.queue);
}

static void wait_to_the_end(void *context, int number)
{
    struct market *m = context;
    struct item item;

    if (number == 0)
        queue_close(m->queue);
    else if (queue_pop(m->queue, &item, COND_FOREVER) != ERR_CLOSED)
        atomic_fetch_add(&m->disorder, 1);
}

static void closing_wakes_everybody(void **state)
{
    int i;

    (void)state;
    for (i = 0; i < 50; i++) {
        struct market m = { .queue = queue_new(1, sizeof(struct item)) };

        crowd(9, wait_to_the_end, &m);
        assert_int_equal(atomic_load(&m.disorder), 0);
        queue_free(m.queue);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_pushed_first_is_popped_first),
        cmocka_unit_test(a_full_queue_refuses_and_keeps_what_it_has),
        cmocka_unit_test(draining_takes_no_more_than_was_asked_and_never_waits),
        cmocka_unit_test(popping_from_an_empty_queue_ends_with_its_time),
        cmocka_unit_test(taking_waits_until_there_is_enough_or_its_time_is_over),
        cmocka_unit_test(whoever_waits_for_several_is_woken_when_they_are_there),
        cmocka_unit_test(a_closed_queue_refuses_and_gives_what_it_has),
        cmocka_unit_test(without_memory_there_is_no_queue),
        cmocka_unit_test(between_many_threads_each_item_arrives_once),
        cmocka_unit_test(between_two_threads_order_is_kept),
        cmocka_unit_test(closing_wakes_everybody),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
