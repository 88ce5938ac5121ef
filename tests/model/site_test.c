/* Sites and options: made once, shared by count, compared by value. */
#include "model/site.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "making.h"
#include "support/crowd.h"
#include "support/memory.h"

/* Every member set, so that a copy that forgets one shows. */
static void fill(struct options *o)
{
    options_init(o);
    o->interval_ms = 1000;
    o->timeout_ms = 2000;
    o->retry_interval_ms = 3000;
    o->slow_above_ms = 4000;
    o->certificate_warning_ms = 5000;
    o->body_limit = 6000;
    o->retries = 7;
    o->method = METHOD_GET;
    o->ip = IP_V6;
    o->proxy = PROXY_URL;
    o->follow_redirects = false;
    o->tls_verify = false;
    o->paused = true;
    assert_int_equal(status_set_parse(&o->expect_status, "200-299,401", NULL), ERR_OK);
    o->owner = strdup("ops");
    o->expect_body = strdup("Welcome");
    o->expect_body_regex = strdup("v[0-9]+");
    o->reject_body = strdup("Fatal error");
    o->user = strdup("probe");
    o->password = strdup("secret");
    o->password_file = strdup("shop.secret");
    o->password_env = strdup("SHOP_SECRET");
    o->ca_file = strdup("ca.pem");
    o->proxy_url = strdup("http://proxy:3128");
    o->user_agent = strdup("x/1");
    assert_int_equal(strings_add(&o->headers, "X-Probe: 1"), ERR_OK);
    assert_int_equal(strings_add(&o->headers, "X-Probe: 2"), ERR_OK);
    assert_int_equal(strings_add(&o->tags, "eu"), ERR_OK);
    assert_int_equal(strings_add(&o->depends_on, "router"), ERR_OK);
    assert_int_equal(strings_add(&o->regions, "us"), ERR_OK);
}

/* Changes the nth thing there is in options; false when there is no nth. */
static bool change(struct options *o, int n)
{
    char **texts[] = { &o->owner, &o->expect_body, &o->expect_body_regex, &o->reject_body, &o->user, &o->password,
                       &o->password_file, &o->password_env, &o->ca_file, &o->proxy_url, &o->user_agent };
    struct strings *lists[] = { &o->headers, &o->tags, &o->depends_on, &o->regions };
    enum { TEXTS = sizeof(texts) / sizeof(texts[0]), LISTS = sizeof(lists) / sizeof(lists[0]) };

    switch (n) {
    case 0: o->interval_ms++; return true;
    case 1: o->timeout_ms++; return true;
    case 2: o->retry_interval_ms++; return true;
    case 3: o->slow_above_ms++; return true;
    case 4: o->certificate_warning_ms++; return true;
    case 5: o->body_limit++; return true;
    case 6: o->retries++; return true;
    case 7: o->method = o->method == METHOD_GET ? METHOD_HEAD : METHOD_GET; return true;
    case 8: o->ip = o->ip == IP_ANY ? IP_V4 : IP_ANY; return true;
    case 9: o->proxy = o->proxy == PROXY_NONE ? PROXY_ENV : PROXY_NONE; return true;
    case 10: o->follow_redirects = !o->follow_redirects; return true;
    case 11: o->tls_verify = !o->tls_verify; return true;
    case 12: o->paused = !o->paused; return true;
    case 13: return !status_set_parse(&o->expect_status, "418", NULL);
    }
    n -= 14;
    if (n < TEXTS) { /* another text */
        free(*texts[n]);
        *texts[n] = strdup("changed");
        return true;
    }
    n -= TEXTS;
    if (n < TEXTS) { /* none, or an empty one where there was none */
        char *old = *texts[n];

        *texts[n] = old ? NULL : strdup("");
        free(old);
        return true;
    }
    n -= TEXTS;
    if (n < LISTS) /* one more */
        return !strings_add(lists[n], "changed");
    n -= LISTS;
    if (n < LISTS) { /* another one */
        strings_release(lists[n]);
        return !strings_add(lists[n], "other");
    }
    return false;
}

static void the_built_in_options_are_those_of_the_contract(void **state)
{
    struct options o;

    (void)state;
    memset(&o, 0xff, sizeof(o));
    options_init(&o);
    assert_int_equal(o.interval_ms, 300000);
    assert_int_equal(o.timeout_ms, 10000);
    assert_int_equal(o.retries, 2);
    assert_int_equal(o.retry_interval_ms, 5000);
    assert_int_equal(o.method, METHOD_HEAD);
    assert_int_equal(o.body_limit, 1048576);
    assert_int_equal(o.slow_above_ms, 0);
    assert_true(o.follow_redirects && o.tls_verify && !o.paused);
    assert_int_equal(o.ip, IP_ANY);
    assert_int_equal(o.proxy, PROXY_NONE);
    assert_int_equal(o.expect_status.nrange, 0);
    assert_null(o.password);
    assert_false(options_want_body(&o));
    options_release(&o);
}

static void a_copy_is_equal_and_any_change_makes_it_another(void **state)
{
    struct options full, empty, copy;
    int n = 0, i;
    bool more = true;

    (void)state;
    fill(&full);
    options_init(&empty);
    for (i = 0; i < 2; i++) {
        const struct options *from = i ? &full : &empty;

        for (n = 0, more = true; more; n++) {
            assert_int_equal(options_copy(&copy, from), ERR_OK);
            assert_true(options_equal(from, &copy) && options_equal(&copy, from));
            assert_int_equal(options_hash(from), options_hash(&copy));
            more = change(&copy, n);
            assert_int_equal(options_equal(from, &copy), !more);
            assert_int_equal(options_equal(&copy, from), !more);
            options_release(&copy);
        }
        assert_int_equal(n, 14 + 2 * 11 + 2 * 4 + 1);
    }
    options_release(&full);
    options_release(&empty);
    options_release(&empty); /* twice is fine */
}

static void a_copy_without_memory_is_no_copy(void **state)
{
    struct options full, copy;
    bool more = true;
    unsigned n;

    (void)state;
    fill(&full);
    for (n = 1; more; n++) {
        enum err err;

        memset(&copy, 0xff, sizeof(copy));
        memory_fail(n);
        err = options_copy(&copy, &full);
        more = memory_failed();
        assert_int_equal(err, more ? ERR_NOMEM : ERR_OK);
        assert_true(more ? copy.owner == NULL && copy.headers.n == 0 : options_equal(&copy, &full));
        options_release(&copy);
    }
    assert_true(n > 15);
    options_release(&full);
}

static void only_expectations_on_the_body_ask_for_it(void **state)
{
    struct options o;

    (void)state;
    options_init(&o);
    o.method = METHOD_GET;
    assert_false(options_want_body(&o));
    o.expect_body = strdup("x");
    assert_true(options_want_body(&o));
    options_release(&o);
    o.expect_body_regex = strdup("x");
    assert_true(options_want_body(&o));
    options_release(&o);
    o.reject_body = strdup("x");
    assert_true(options_want_body(&o));
    options_release(&o);
}

static void shared_options_take_what_they_are_given(void **state)
{
    struct options o;
    const struct options *a;

    (void)state;
    fill(&o);
    a = options_share(&o);
    assert_non_null(a);
    assert_null(o.owner); /* nothing is left behind */
    assert_string_equal(a->owner, "ops");
    assert_ptr_equal(options_ref(a), a);
    options_unref(a);
    assert_string_equal(a->owner, "ops");
    options_unref(a);
    options_unref(NULL);

    fill(&o);
    memory_fail(1);
    assert_null(options_share(&o));
    assert_true(memory_failed());
    assert_null(o.owner); /* released all the same */
}

static void equal_options_one_after_the_other_are_one_block(void **state)
{
    const struct options *last = NULL, *first;
    struct options o;

    (void)state;
    fill(&o);
    first = options_share_again(&last, &o);
    assert_non_null(first);
    assert_ptr_equal(last, first);
    fill(&o);
    assert_ptr_equal(options_share_again(&last, &o), first);
    assert_null(o.owner);
    fill(&o);
    o.retries++;
    options_ref(first);
    assert_ptr_not_equal(options_share_again(&last, &o), first);
    assert_string_equal(first->owner, "ops");
    options_unref(first);

    fill(&o);
    memory_fail(1);
    assert_null(options_share_again(&last, &o));
    assert_true(memory_failed());
    assert_null(last);
}

static void a_site_keeps_its_texts_and_its_options(void **state)
{
    char name[] = "shop", url[] = "https://shop.example.org/";
    struct options o;
    const struct options *shared;
    struct site *site;

    (void)state;
    fill(&o);
    shared = options_share(&o);
    site = site_new(name, url, shared);
    options_unref(shared);
    memset(name, 'x', 4);
    memset(url, 'x', 4);
    assert_string_equal(site->name, "shop");
    assert_string_equal(site->url, "https://shop.example.org/");
    assert_ptr_equal(site_ref(site), site);
    site_unref(site);
    assert_string_equal(site->options->owner, "ops");

    memory_fail(1);
    assert_null(site_new("a", "b", site->options));
    assert_true(memory_failed());
    site_unref(site); /* AddressSanitizer sees that this was the last, and of the options too */
    site_unref(NULL);
}

static void another_interval(struct options *o)
{
    o->interval_ms = 30000;
}

static void sites_are_equal_by_what_they_say(void **state)
{
    const struct site *a = make_site("a", "http://a/", NULL), *same = make_site("a", "http://a/", NULL);
    const struct site *rows[] = { make_site("b", "http://a/", NULL), make_site("a", "http://b/", NULL),
                                  make_site("a", "http://a/", another_interval) };
    size_t i;

    (void)state;
    assert_true(site_equal(a, a));
    assert_true(site_equal(a, same));
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_false(site_equal(a, rows[i]));
        assert_false(site_equal(rows[i], a));
        site_unref(rows[i]);
    }
    site_unref(a);
    site_unref(same);
}

static void take_and_give_back(void *context, int number)
{
    const struct site *site = context;
    int i;

    for (i = 0; i < 20000; i++) {
        site_ref(site);
        assert_int_equal(site->url[0], 'h');
        if (i % 3 == number % 3) {
            const struct options *o = options_ref(site->options);

            assert_int_equal(o->retries, 2);
            options_unref(o);
        }
        site_unref(site);
    }
    site_unref(site); /* its own */
}

static void any_number_of_threads_may_hold_one_site(void **state)
{
    const struct site *site = make_site("a", "http://a/", NULL);
    int i;

    (void)state;
    for (i = 0; i < 7; i++)
        site_ref(site);
    crowd(8, take_and_give_back, (void *)site); /* whoever is last frees it */
}

static void the_host_of_a_url_is_found(void **state)
{
    static const struct {
        const char *url, *host;
    } rows[] = {
        { "http://example.org", "example.org" },
        { "https://example.org/", "example.org" },
        { "https://example.org:8443/a:b@c", "example.org" },
        { "https://user:p@ss@example.org/x", "example.org" },
        { "https://user@example.org?q=@", "example.org" },
        { "http://example.org#x@y", "example.org" },
        { "http://127.0.0.1:80/", "127.0.0.1" },
        { "http://[::1]:80/", "::1" },
        { "http://u:p@[fe80::1%25eth0]/", "fe80::1%25eth0" },
        { "http:///path", "" },
        { "http://", "" },
        { "example.org/", "" },
        { "", "" },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const char *host;
        size_t length = site_host(rows[i].url, &host);

        assert_int_equal(length, strlen(rows[i].host));
        assert_memory_equal(host, rows[i].host, length);
    }
}

/* --- status sets -------------------------------------------------------------------------------------------------- */

static void status_sets_are_read_and_written(void **state)
{
    static const struct {
        const char *text, *written;
    } rows[] = {
        { "200", "200" },
        { "200-299", "200-299" },
        { "200-299,401", "200-299,401" },
        { " 200 , 300-399 ,500", "200,300-399,500" },
        { "200-200", "200" },
        { "100-999", "100-999" },
        { "300-399,200-350", "300-399,200-350" },
        { "200,200", "200,200" },
        { "101,102,103,104,105,106,107,108,109,110,111,112,113,114,115,116",
          "101,102,103,104,105,106,107,108,109,110,111,112,113,114,115,116" },
        { "101-199,201-299,301-399,401-499,501-599,601-699,701-799,801-899,901-999,101-199,201-299,301-399,401-499,501-599,601-699,701-799",
          "101-199,201-299,301-399,401-499,501-599,601-699,701-799,801-899,901-999,101-199,201-299,301-399,401-499,501-599,601-699,701-799" },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char text[STATUS_SET_TEXT_SIZE];
        struct status_set set, again;

        assert_int_equal(status_set_parse(&set, rows[i].text, NULL), ERR_OK);
        assert_string_equal(status_set_format(text, &set), rows[i].written);
        assert_int_equal(status_set_parse(&again, text, NULL), ERR_OK);
        assert_memory_equal(&set, &again, sizeof(set));
    }
}

static void what_is_no_status_set_is_refused(void **state)
{
    static const char *const rows[] = {
        "", " ", ",", "200,", ",200", "200,,201", "20", "2000", "99", "099", "000", "2xx", "-200", "200-", "200-2", "200-20x", "299-200", "200--299",
        "200 299", "200- 299", "200;201", "ok", "0x0c8", "200\n", "200-299-301", "+200",
        "101,102,103,104,105,106,107,108,109,110,111,112,113,114,115,116,117",
        "\x1b[31m", "200,\xff",
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct errmsg why = ERRMSG_INIT;
        struct status_set set;

        assert_int_equal(status_set_parse(&set, rows[i], &why), ERR_INVALID);
        assert_true(strlen(why.text) > 10);
        assert_true(text_is_clean(why.text));
        assert_int_equal(status_set_parse(&set, rows[i], NULL), ERR_INVALID);
    }
}

static void a_status_set_has_what_was_written_into_it(void **state)
{
    struct status_set none = { 0 }, some;
    int status;

    (void)state;
    assert_int_equal(status_set_parse(&some, "200-299,401,250-260", NULL), ERR_OK);
    for (status = -1; status < 1100; status++) {
        assert_int_equal(status_set_has(&none, status), status >= 100 && status < 400);
        assert_int_equal(status_set_has(&some, status), (status >= 200 && status <= 299) || status == 401);
    }
}

/* --- lists --------------------------------------------------------------------------------------------------------- */

static void a_list_of_strings_keeps_copies_in_order(void **state)
{
    struct strings a = { 0 }, b = { 0 };
    char text[] = "one";

    (void)state;
    assert_true(strings_equal(&a, &b));
    assert_int_equal(strings_add(&a, text), ERR_OK);
    memset(text, 'x', 3);
    assert_int_equal(strings_add(&a, "two"), ERR_OK);
    assert_int_equal(a.n, 2);
    assert_string_equal(a.item[0], "one");
    assert_true(strings_have(&a, "two"));
    assert_false(strings_have(&a, "tw"));
    assert_int_equal(strings_add(&b, "two"), ERR_OK);
    assert_int_equal(strings_add(&b, "one"), ERR_OK);
    assert_false(strings_equal(&a, &b)); /* order counts */
    strings_release(&b);
    assert_int_equal(b.n, 0);

    memory_fail(1);
    assert_int_equal(strings_add(&a, "three"), ERR_NOMEM);
    assert_true(memory_failed());
    memory_fail(2);
    assert_int_equal(strings_add(&a, "three"), ERR_NOMEM);
    assert_true(memory_failed());
    assert_int_equal(a.n, 2);
    assert_int_equal(strings_add(&a, "three"), ERR_OK);
    assert_string_equal(a.item[2], "three");
    strings_release(&a);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_built_in_options_are_those_of_the_contract),
        cmocka_unit_test(a_copy_is_equal_and_any_change_makes_it_another),
        cmocka_unit_test(a_copy_without_memory_is_no_copy),
        cmocka_unit_test(only_expectations_on_the_body_ask_for_it),
        cmocka_unit_test(shared_options_take_what_they_are_given),
        cmocka_unit_test(equal_options_one_after_the_other_are_one_block),
        cmocka_unit_test(a_site_keeps_its_texts_and_its_options),
        cmocka_unit_test(sites_are_equal_by_what_they_say),
        cmocka_unit_test(any_number_of_threads_may_hold_one_site),
        cmocka_unit_test(the_host_of_a_url_is_found),
        cmocka_unit_test(status_sets_are_read_and_written),
        cmocka_unit_test(what_is_no_status_set_is_refused),
        cmocka_unit_test(a_status_set_has_what_was_written_into_it),
        cmocka_unit_test(a_list_of_strings_keeps_copies_in_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
