/* Asks one question both ways a check can be run. */
#include "asking.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/text.h"
#include "support/dns.h"

struct options asking_options(void)
{
    struct options o;

    options_init(&o);
    o.timeout_ms = 20000; /* for what is to be found before it; what has to time out asks for less */
    return o;
}

static struct job make_job(const char *url, struct options *o, enum method method, struct site **site)
{
    const struct options *shared = options_share(o);

    assert_non_null(shared);
    *site = site_new("site", url, shared);
    assert_non_null(*site);
    options_unref(shared);
    return (struct job){ .id = 7, .site_id = 3, .generation = 5, .attempt = 1, .method = method, .site = *site,
                         .due_ns = clock_mono_ns() };
}

struct result ask_runner(const char *url, struct options *o, enum method method)
{
    struct check_runner *runner;
    struct result result;
    struct site *site;
    struct job job = make_job(url, o, method, &site);

    assert_int_equal(check_runner_open(&runner, NULL), ERR_OK);
    check_run(runner, &job, &result);
    check_runner_close(runner);
    site_unref(site);
    return result;
}

static void keep(void *context, const struct result *result)
{
    *(struct result *)context = *result;
}

struct result ask_loop(const char *url, struct options *o, enum method method)
{
    struct result result = { 0 };
    struct check_loop *loop;
    struct site *site;
    struct job job = make_job(url, o, method, &site);

    assert_int_equal(check_loop_open(&loop, 1, keep, &result, NULL), ERR_OK);
    assert_int_equal(check_loop_start(loop, &job), ERR_OK);
    site_unref(site); /* the loop holds its own */
    while (check_loop_active(loop))
        check_loop_turn(loop, INT64_MAX);
    check_loop_close(loop);
    return result;
}

void assert_result_is_sane(const struct result *r)
{
    int64_t sum = 0;
    int i;

    assert_int_equal(r->job_id, 7);
    assert_int_equal(r->site_id, 3);
    assert_int_equal(r->generation, 5);
    assert_true(r->took_ns >= 0);
    for (i = 0; i < PHASE_COUNT; i++) {
        assert_true(r->phase_ns[i] >= PHASE_NOT_REACHED);
        sum += r->phase_ns[i] > 0 ? r->phase_ns[i] : 0;
    }
    assert_true(sum <= r->request_ns);
    assert_true(r->request_ns <= r->took_ns);
    assert_true(r->status == 0 || (r->status >= 100 && r->status <= 999));
    assert_true(text_is_clean(r->detail));
    assert_true(text_is_clean(r->address));
    assert_true(r->checked_at_ms > 0);
}

struct result ask(const char *url, const struct options *o, enum method method)
{
    struct options mine;
    struct result one, other;

    assert_int_equal(options_copy(&mine, o), ERR_OK);
    one = ask_runner(url, &mine, method);
    assert_int_equal(options_copy(&mine, o), ERR_OK);
    other = ask_loop(url, &mine, method);
    assert_result_is_sane(&one);
    assert_result_is_sane(&other);
    assert_string_equal(outcome_name(one.outcome), outcome_name(other.outcome));
    assert_int_equal(one.status, other.status);
    assert_int_equal(one.method, other.method);
    assert_string_equal(one.detail, other.detail);
    return one;
}

static struct dns *dns;

int asking_setup(void **state)
{
    (void)state;
    dns = dns_for_checks();
    return check_open(NULL);
}

int asking_teardown(void **state)
{
    (void)state;
    check_close();
    dns_stop(dns);
    return 0;
}
