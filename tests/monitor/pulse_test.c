/* Our own sign of life: once a minute, one at a time, to whom the settings say. */
#include "pulse.h"

#include "base/clock.h"
#include "support/tests.h"

static struct result answer(const struct job *job, enum outcome outcome)
{
    struct result r;

    result_init(&r, job);
    r.outcome = outcome;
    return r;
}

static void it_is_sent_at_once_and_then_once_a_minute(void **state)
{
    struct pulse p = { 0 };
    struct result r;
    struct job job;

    (void)state;
    assert_int_equal(pulse_set(&p, "http://127.0.0.1/ping"), ERR_OK);
    assert_true(pulse_due(&p, 7, NS_PER_S, &job));
    assert_int_equal(job.id, 7);
    assert_int_equal(job.method, METHOD_GET);
    assert_string_equal(job.site->url, "http://127.0.0.1/ping");
    r = answer(&job, OUTCOME_OK);
    pulse_take(&p, &r);
    assert_false(pulse_due(&p, 8, 60 * NS_PER_S, &job));
    assert_true(pulse_due(&p, 8, 61 * NS_PER_S, &job));
    pulse_release(&p);
}

static void while_one_is_under_way_no_other_is_sent(void **state)
{
    struct pulse p = { 0 };
    struct job job;

    (void)state;
    pulse_set(&p, "http://127.0.0.1/ping");
    assert_true(pulse_due(&p, 1, 0, &job));
    assert_false(pulse_due(&p, 2, 1000 * NS_PER_S, &job));
    pulse_unask(&p);
    assert_true(pulse_due(&p, 2, 1000 * NS_PER_S, &job));
    pulse_release(&p);
}

static void another_address_is_asked_at_once_and_none_never(void **state)
{
    struct pulse p = { 0 };
    struct result r;
    struct job job;

    (void)state;
    pulse_set(&p, "http://127.0.0.1/ping");
    assert_true(pulse_due(&p, 1, NS_PER_S, &job));
    r = answer(&job, OUTCOME_REFUSED);
    pulse_take(&p, &r);
    pulse_set(&p, "http://127.0.0.1/ping");
    assert_false(pulse_due(&p, 2, NS_PER_S, &job));
    pulse_set(&p, "http://127.0.0.1/other");
    assert_true(pulse_due(&p, 2, NS_PER_S, &job));
    r = answer(&job, OUTCOME_OK);
    pulse_take(&p, &r);
    pulse_set(&p, NULL);
    assert_false(pulse_due(&p, 3, 1000 * NS_PER_S, &job));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_sent_at_once_and_then_once_a_minute),
        cmocka_unit_test(while_one_is_under_way_no_other_is_sent),
        cmocka_unit_test(another_address_is_asked_at_once_and_none_never),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
