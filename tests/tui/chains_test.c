/* Certificates looked at by a thread, for a person who goes through the list. */
#include "chains.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/mutex.h"
#include "support/server.h"
#include "support/tests.h"
#include "support/tls.h"

#define WAIT_NS (60 * NS_PER_S)

static struct mutex lock;
static struct cond news;
static unsigned woken;               /* under lock */

static void wake(void *context)
{
    (void)context;
    mutex_lock(&lock);
    woken++;
    cond_broadcast(&news);
    mutex_unlock(&lock);
}

static void wait_for(unsigned n)
{
    int64_t until_ns = clock_mono_ns() + WAIT_NS;
    bool in_time = true;

    mutex_lock(&lock);
    while (woken < n && in_time)
        in_time = cond_wait(&news, &lock, until_ns);
    mutex_unlock(&lock);
    assert_true(in_time);
}

static const struct site *site_at(const char *url)
{
    const struct options *shared;
    const struct site *site;
    struct options o;

    options_init(&o);
    shared = options_share(&o);
    site = site_new("site", url, shared);
    options_unref(shared);
    assert_non_null(site);
    return site;
}

static void what_was_seen_is_kept_by_its_url(void **state)
{
    struct tls_authority *authority = tls_authority_new();
    struct tls_identity *identity = tls_identity_new(authority, TLS_SHORT_CHAIN, 9);
    struct server *s = server_start(&(struct server_options){ .tls = identity });
    char url[SERVER_URL_SIZE];
    const struct site *site = site_at(server_url(s, "/a", url)), *closed = site_at("https://127.0.0.1:1/");
    struct chains *c;
    struct chain seen;
    int64_t seen_ns;

    (void)state;
    assert_int_equal(chains_start(&c, wake, NULL), ERR_OK);
    assert_false(chains_take(c, url, &seen, &seen_ns));
    chains_want(c, site);
    wait_for(1);
    assert_true(chains_take(c, url, &seen, &seen_ns));
    assert_int_equal(seen.n, 2);
    assert_true(seen_ns <= clock_mono_ns());
    chains_want(c, closed);
    wait_for(2);
    assert_true(chains_take(c, "https://127.0.0.1:1/", &seen, &seen_ns));
    assert_string_not_equal(seen.trouble, "");
    assert_true(chains_take(c, url, &seen, &seen_ns));
    assert_int_equal(seen.n, 2);
    chains_want(c, site);            /* and it ends all the same */
    chains_stop(c);
    site_unref(site);
    site_unref(closed);
    server_stop(s);
    tls_identity_free(identity);
    tls_authority_free(authority);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_seen_is_kept_by_its_url),
    };

    mutex_init(&lock);
    cond_init(&news);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
