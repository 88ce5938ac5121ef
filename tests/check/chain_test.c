/* What a server shows of itself: every certificate, whoever trusts it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "asking.h"
#include "base/clock.h"
#include "base/text.h"
#include "check/chain.h"
#include "support/server.h"
#include "support/tls.h"

static struct tls_authority *authority;
static atomic_bool stop;

static int setup(void **state)
{
    authority = tls_authority_new();
    return asking_setup(state);
}

static int teardown(void **state)
{
    tls_authority_free(authority);
    return asking_teardown(state);
}

static struct chain look_at(const char *url)
{
    struct options o = asking_options();
    const struct options *shared = options_share(&o);
    const struct site *site = site_new("site", url, shared);
    struct chain seen;

    assert_non_null(site);
    assert_true(chain_is_there(site));
    chain_look(&seen, site, &stop);
    site_unref(site);
    options_unref(shared);
    return seen;
}

/* A server of that kind, looked at; scheme takes the place of "https". */
static struct chain look(enum tls_kind kind, int days, const char *scheme)
{
    struct tls_identity *identity = tls_identity_new(authority, kind, days);
    struct server *s = server_start(&(struct server_options){ .tls = identity });
    char url[SERVER_URL_SIZE], other[SERVER_URL_SIZE];
    struct chain seen;

    snprintf(other, sizeof(other), "%s%s", scheme, server_url(s, "", url) + strlen("https"));
    seen = look_at(other);
    server_stop(s);
    tls_identity_free(identity);
    return seen;
}

static void the_chain_is_seen_with_its_ends_and_how_it_was_agreed_on(void **state)
{
    struct chain c = look(TLS_SHORT_CHAIN, 9, "https");
    int64_t now_s = clock_wall_ms() / MS_PER_S;

    (void)state;
    assert_string_equal(c.trouble, "");
    assert_int_equal(c.n, 2);
    assert_string_equal(c.certificate[0].issuer, c.certificate[1].subject);
    assert_true(c.certificate[0].until > c.certificate[1].until);
    assert_int_equal((c.certificate[1].until - now_s) / 86400, 9);
    assert_true(c.certificate[0].from <= now_s);
    assert_string_equal(c.protocol, "TLSv1.3");
    assert_string_not_equal(c.group, "");
}

static void what_nobody_trusts_is_seen_too(void **state)
{
    static const enum tls_kind kinds[] = { TLS_EXPIRED, TLS_NOT_YET, TLS_WRONG_HOST, TLS_SELF_SIGNED, TLS_UNTRUSTED };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        struct chain c = look(kinds[i], 30, i % 2 ? "tls" : "https");

        if (c.n < 1 || !c.certificate[0].subject[0])
            fail_msg("%s: %s", tls_kind_name(kinds[i]), c.trouble);
        assert_true(text_is_clean(c.certificate[0].subject));
    }
}

static void why_nothing_is_seen_is_told(void **state)
{
    struct chain c = look(TLS_OLD, 30, "https");

    (void)state;
    assert_int_equal(c.n, 0);
    assert_string_not_equal(c.trouble, "");
    c = look_at("https://127.0.0.1:1/");
    assert_int_equal(c.n, 0);
    assert_string_not_equal(c.trouble, "");
    assert_true(text_is_clean(c.trouble));
}

static void a_look_that_is_stopped_hangs_up(void **state)
{
    struct chain c;

    (void)state;
    atomic_store(&stop, true);
    c = look(TLS_GOOD, 30, "https");
    atomic_store(&stop, false);
    assert_int_equal(c.n, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_chain_is_seen_with_its_ends_and_how_it_was_agreed_on),
        cmocka_unit_test(what_nobody_trusts_is_seen_too),
        cmocka_unit_test(why_nothing_is_seen_is_told),
        cmocka_unit_test(a_look_that_is_stopped_hangs_up),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
