/* Jobs as messages: what goes in comes out, and nothing else is let in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "wire.h"

static char buffer[WIRE_JOB_MOST];

/* A site with everything a check could need. */
static struct site *full_site(void)
{
    const struct options *shared;
    struct options o;
    struct site *site;

    options_init(&o);
    o.timeout_ms = 1234;
    o.body_limit = 77;
    o.method = METHOD_GET;
    o.ip = IP_V6;
    o.proxy = PROXY_URL;
    o.follow_redirects = false;
    o.tls_verify = false;
    status_set_parse(&o.expect_status, "200-299,401", NULL);
    o.expect_body = strdup("Welcome");
    o.expect_body_regex = strdup("v[0-9]+");
    o.reject_body = strdup("");
    o.user = strdup("probe");
    o.password = strdup("geheim");
    o.ca_file = strdup("/ca.pem");
    o.proxy_url = strdup("http://proxy:3128");
    o.user_agent = strdup("x/1");
    strings_add(&o.headers, "X-Probe: 1");
    strings_add(&o.headers, "Accept: */*");
    strings_add(&o.arguments, "-w");
    strings_add(&o.arguments, "a b");
    shared = options_share(&o);
    site = site_new("shop", "https://shop.example.org/\xc3\xa4", shared);
    options_unref(shared);
    return site;
}

static size_t put_full(struct site **site)
{
    struct job job = { .id = 9, .site_id = 8, .generation = 7, .attempt = 6, .method = METHOD_GET, .due_ns = -5 };

    *site = full_site();
    job.site = *site;
    return wire_put_job(buffer, &job);
}

static void a_job_comes_out_as_it_went_in(void **state)
{
    const struct options *cache = NULL, *o;
    struct site *in, *out;
    size_t length = put_full(&in);
    struct job job;

    (void)state;
    assert_int_equal(wire_get_job(buffer, length, &job, &out, &cache), ERR_OK);
    assert_int_equal(job.id, 9);
    assert_int_equal(job.site_id, 8);
    assert_int_equal(job.generation, 7);
    assert_int_equal(job.attempt, 6);
    assert_int_equal(job.method, METHOD_GET);
    assert_true(job.due_ns == -5);
    assert_ptr_equal(job.site, out);
    assert_string_equal(out->url, in->url);
    o = out->options;
    assert_true(options_equal(o, o));
    assert_int_equal(o->timeout_ms, 1234);
    assert_string_equal(o->expect_body, "Welcome");
    assert_string_equal(o->reject_body, "");
    assert_string_equal(o->password, "geheim");
    assert_string_equal(o->proxy_url, "http://proxy:3128");
    assert_true(strings_equal(&o->headers, &in->options->headers));
    assert_true(strings_equal(&o->arguments, &in->options->arguments));
    assert_true(status_set_has(&o->expect_status, 401));
    assert_false(status_set_has(&o->expect_status, 301));
    site_unref(in);
    site_unref(out);
    options_unref(cache);
}

static void equal_options_are_shared_from_job_to_job(void **state)
{
    const struct options *cache = NULL;
    struct site *in, *one, *two;
    size_t length = put_full(&in);
    struct job job;

    (void)state;
    assert_int_equal(wire_get_job(buffer, length, &job, &one, &cache), ERR_OK);
    assert_int_equal(wire_get_job(buffer, length, &job, &two, &cache), ERR_OK);
    assert_ptr_equal(one->options, two->options);
    site_unref(in);
    site_unref(one);
    site_unref(two);
    options_unref(cache);
}

static void a_message_cut_anywhere_is_refused(void **state)
{
    const struct options *cache = NULL;
    struct site *in, *out;
    size_t length = put_full(&in), i;
    struct job job;

    (void)state;
    for (i = 0; i < length; i++)
        assert_int_equal(wire_get_job(buffer, i, &job, &out, &cache), ERR_INVALID);
    buffer[length] = 0;
    assert_int_equal(wire_get_job(buffer, length + 1, &job, &out, &cache), ERR_INVALID);
    site_unref(in);
    options_unref(cache);
}

static void a_message_with_any_byte_changed_hurts_nobody(void **state)
{
    const struct options *cache = NULL;
    struct site *in, *out;
    size_t length = put_full(&in);
    unsigned seed = 20261123;
    struct job job;
    int i;

    (void)state;
    for (i = 0; i < 50000; i++) {
        size_t at = (size_t)rand_r(&seed) % length;
        char was = buffer[at];

        buffer[at] = (char)rand_r(&seed);
        if (wire_get_job(buffer, length, &job, &out, &cache) == ERR_OK)
            site_unref(out);
        buffer[at] = was;
    }
    site_unref(in);
    options_unref(cache);
}

static void a_job_too_long_for_a_message_is_not_cut(void **state)
{
    const struct options *shared;
    struct options o;
    struct site *site;
    struct job job = { .id = 1 };
    char *url = malloc(WIRE_JOB_MOST + 1);

    (void)state;
    memset(url, 'x', WIRE_JOB_MOST);
    url[WIRE_JOB_MOST] = '\0';
    options_init(&o);
    shared = options_share(&o);
    site = site_new("x", url, shared);
    job.site = site;
    assert_int_equal(wire_put_job(buffer, &job), 0);
    site_unref(site);
    options_unref(shared);
    free(url);
}

static void a_result_no_check_can_have_is_refused(void **state)
{
    static struct wire_answer good, bad;
    struct result *r = &bad.result.result;
    struct job job = { .id = 1 };

    (void)state;
    result_init(&good.result.result, &job);
    assert_true(wire_is_answer(&good, sizeof(good.result)));
    assert_true(wire_is_answer(&good, sizeof(good)));
    assert_false(wire_is_answer(&good, sizeof(good.result) - 1));
#define REFUSES(change)                                          \
    do {                                                         \
        bad = good;                                              \
        change;                                                  \
        assert_false(wire_is_answer(&bad, sizeof(bad.result)));  \
    } while (0)
    REFUSES(r->outcome = OUTCOME_COUNT);
    REFUSES(r->method = (enum method)2);
    REFUSES(r->status = -1);
    REFUSES(r->nregion = REGIONS_MOST + 1);
    REFUSES(r->took_ns = -1);
    REFUSES(r->phase_ns[PHASE_DNS] = INT64_MAX);
    REFUSES(memset(r->detail, 'x', sizeof(r->detail)));
    REFUSES(memset(r->address, 'x', sizeof(r->address)));
    REFUSES(memset(&r->warning, 2, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_job_comes_out_as_it_went_in),
        cmocka_unit_test(equal_options_are_shared_from_job_to_job),
        cmocka_unit_test(a_message_cut_anywhere_is_refused),
        cmocka_unit_test(a_message_with_any_byte_changed_hurts_nobody),
        cmocka_unit_test(a_job_too_long_for_a_message_is_not_cut),
        cmocka_unit_test(a_result_no_check_can_have_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
