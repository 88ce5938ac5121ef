/* Notices, several of them in one message, and what failing sites have in common. */
#include "model/notice.h"

#include <stdio.h>
#include <string.h>

#include "support/tests.h"

#define MOST 12

/* One notice of a row: kind by its state. */
struct told {
    const char *site;
    enum state state;
    enum outcome outcome;
    enum phase phase;
    const char *address, *tags, *url;
    int64_t certificate_until;
};

static struct notice kept[MOST];
static const struct notice *list[MOST];

static size_t make(const struct told *t, size_t most)
{
    size_t n;

    for (n = 0; n < most && t[n].site; n++) {
        struct notice *k = &kept[n];

        notice_init(k, t[n].state == STATE_DOWN ? NOTICE_DOWN : t[n].state == STATE_UP ? NOTICE_UP : NOTICE_DEGRADED);
        k->state = t[n].state;
        k->outcome = t[n].outcome;
        k->phase = t[n].phase;
        k->status = t[n].outcome == OUTCOME_STATUS ? 502 : 0;
        if (t[n].certificate_until)
            k->certificate_until = t[n].certificate_until;
        snprintf(k->site, sizeof(k->site), "%s", t[n].site);
        snprintf(k->address, sizeof(k->address), "%s", t[n].address ? t[n].address : "");
        snprintf(k->tags, sizeof(k->tags), "%s", t[n].tags ? t[n].tags : "");
        snprintf(k->url, sizeof(k->url), "%s", t[n].url ? t[n].url : "");
        list[n] = k;
    }
    return n;
}

#define REFUSED OUTCOME_REFUSED, PHASE_CONNECT

static void what_failing_sites_share_is_found_the_most_telling_first(void **state)
{
    static const struct {
        const char *summary;
        struct told told[MOST];
    } rows[] = {
        { "1 down", { { "a", STATE_DOWN, REFUSED, "192.0.2.7", "eu", NULL, 0 } } },
        { "2 down, all on 192.0.2.7",
          { { "a", STATE_DOWN, REFUSED, "192.0.2.7", "eu", NULL, 0 }, { "b", STATE_DOWN, REFUSED, "192.0.2.7", "eu", NULL, 0 } } },
        { "2 down", /* one address, but not one phase */
          { { "a", STATE_DOWN, REFUSED, "192.0.2.7", "", NULL, 0 },
            { "b", STATE_DOWN, OUTCOME_STATUS, PHASE_FIRST_BYTE, "192.0.2.7", "", NULL, 0 } } },
        { "4 down, 3 on 192.0.2.7",
          { { "x", STATE_DOWN, REFUSED, "192.0.2.9", "", NULL, 0 }, { "a", STATE_DOWN, REFUSED, "192.0.2.7", "", NULL, 0 },
            { "b", STATE_DOWN, REFUSED, "192.0.2.7", "", NULL, 0 }, { "c", STATE_DOWN, REFUSED, "192.0.2.7", "", NULL, 0 } } },
        { "2 down, all by one certificate that ends 2026-11-24 12:25 UTC",
          { { "a", STATE_DOWN, OUTCOME_TLS_EXPIRED, PHASE_TLS, "192.0.2.7", "", NULL, INT64_C(1795523100) },
            { "b", STATE_DOWN, OUTCOME_TLS_EXPIRED, PHASE_TLS, "192.0.2.7", "", NULL, INT64_C(1795523100) } } },
        { "2 down, all without name service for example.net",
          { { "a", STATE_DOWN, OUTCOME_DNS_FAILED, PHASE_DNS, "", "", "https://www.example.net/", 0 },
            { "b", STATE_DOWN, OUTCOME_DNS_FAILED, PHASE_DNS, "", "", "https://example.net:444/x", 0 } } },
        { "3 down, all tagged money",
          { { "a", STATE_DOWN, REFUSED, "192.0.2.1", "eu, money", NULL, 0 },
            { "b", STATE_DOWN, OUTCOME_WAIT_TIMEOUT, PHASE_FIRST_BYTE, "192.0.2.2", "money", NULL, 0 },
            { "c", STATE_DOWN, OUTCOME_STATUS, PHASE_FIRST_BYTE, "192.0.2.3", "us, money", NULL, 0 } } },
        { "2 down, all with connection refused, 1 up again",
          { { "a", STATE_DOWN, REFUSED, "192.0.2.1", "moneybag", NULL, 0 }, { "u", STATE_UP, REFUSED, "192.0.2.1", "", NULL, 0 },
            { "b", STATE_DOWN, REFUSED, "192.0.2.2", "money", NULL, 0 } } },
        { "1 up again, 1 other notice", /* down and up within one message: up is the last news */
          { { "a", STATE_DOWN, REFUSED, "192.0.2.1", "", NULL, 0 }, { "s", STATE_DEGRADED, OUTCOME_OK, PHASE_COUNT, "", "", NULL, 0 },
            { "a", STATE_UP, REFUSED, "192.0.2.1", "", NULL, 0 } } },
        { "2 down, all with HTTP 502",
          { { "a", STATE_DOWN, OUTCOME_STATUS, PHASE_FIRST_BYTE, "192.0.2.1", "", NULL, 0 },
            { "b", STATE_DOWN, OUTCOME_STATUS, PHASE_FIRST_BYTE, "192.0.2.2", "", NULL, 0 } } },
    };
    char text[BUNDLE_SUMMARY_SIZE];
    struct bundle b;
    size_t i, n;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        n = make(rows[i].told, MOST);
        bundle_init(&b, list, n, BUNDLE_STORM);
        assert_string_equal(bundle_summary(text, &b), rows[i].summary);
    }
}

static void every_kind_has_a_name_of_its_own(void **state)
{
    int k;

    (void)state;
    for (k = 0; k < NOTICE_KINDS; k++)
        assert_int_equal(notice_kind_parse(notice_kind_name((enum notice_kind)k)), k);
    assert_int_equal(notice_kind_parse("no such"), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_failing_sites_share_is_found_the_most_telling_first),
        cmocka_unit_test(every_kind_has_a_name_of_its_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
