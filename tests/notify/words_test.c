/* Notices in words: what each form says, how short it is, that ids hold, and that hostile texts stay texts. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/clock.h"
#include "base/text.h"
#include "mail.h"
#include "notify/words.h"
#include "support/memory.h"
#include "support/random.h"
#include "support/tests.h"

#define NOON INT64_C(1795435269120)  /* 2026-11-23T12:01:09.120Z */

static struct notice down(void)
{
    struct notice n;

    notice_init(&n, NOTICE_DOWN);
    strcpy(n.id, "42.0");
    n.incident_id = 42;
    n.is_first = true;
    strcpy(n.owner, "ops");
    strcpy(n.site, "shop");
    strcpy(n.url, "https://shop.example.org/");
    strcpy(n.tags, "eu, money");
    n.state = STATE_DOWN;
    n.outcome = OUTCOME_STATUS;
    n.status = 502;
    strcpy(n.cause, "HTTP 502 Bad Gateway");
    strcpy(n.address, "192.0.2.7");
    n.attempts = 3;
    n.at_ms = NOON;
    n.since_ms = NOON - 20 * MS_PER_S;
    n.duration_ms = 20 * MS_PER_S;
    strcpy(n.repeat, "curl -sS -o /dev/null -D - -m 10 'https://shop.example.org/'");
    return n;
}

static struct letter letter_of(const struct notice *n, const struct message_settings *m)
{
    const struct notice *list[] = { n };
    struct bundle b;
    struct letter l;

    bundle_init(&b, list, 1, BUNDLE_ONE);
    assert_int_equal(words_letter(&l, &b, m), ERR_OK);
    return l;
}

/* --- one notice ------------------------------------------------------------------------------------------------- */

static void each_kind_says_what_matters_first(void **state)
{
    static const struct {
        enum notice_kind kind;
        const char *title, *brief;
        enum letter_priority priority;
        enum letter_tone tone;
    } rows[] = {
        { NOTICE_DOWN, "[DOWN] shop", "DOWN shop: HTTP 502 Bad Gateway, since 12:00 UTC", LETTER_HIGH, LETTER_BAD },
        { NOTICE_UP, "[UP] shop after 20s", "UP shop after 20s", LETTER_LOW, LETTER_GOOD },
        { NOTICE_REMINDER, "[DOWN] shop for 20s", "DOWN shop for 20s: HTTP 502 Bad Gateway", LETTER_HIGH, LETTER_BAD },
        { NOTICE_PARENT_BACK, "[DOWN] shop, though router is back",
          "DOWN shop, though router is back: HTTP 502 Bad Gateway", LETTER_HIGH, LETTER_BAD },
        { NOTICE_DEGRADED, "[SLOW] shop", "SLOW shop: HTTP 502 Bad Gateway", LETTER_NORMAL, LETTER_WARNING },
        { NOTICE_FINE, "[UP] shop is fine again", "UP shop, no longer degraded", LETTER_LOW, LETTER_GOOD },
        { NOTICE_CERTIFICATE, "[CERT] shop: certificate ends in 7 days",
          "CERT shop: ends in 7 days, 2026-11-30 12:00 UTC", LETTER_NORMAL, LETTER_WARNING },
        { NOTICE_FLAPPING, "[FLAP] shop went up and down 6 times", "FLAP shop went up and down 6 times", LETTER_NORMAL,
          LETTER_WARNING },
        { NOTICE_SETTLED, "[DOWN] shop has settled", "DOWN shop has settled", LETTER_HIGH, LETTER_BAD },
        { NOTICE_OURS, "[MONITOR] nothing could be checked for 20s",
          "MONITOR could not check for 20s, the fault was ours. Sites concerned: 6", LETTER_NORMAL, LETTER_WARNING },
        { NOTICE_TEST, "[TEST] UptimeSquirrel reaches ops", "TEST of UptimeSquirrel for ops", LETTER_NORMAL, LETTER_PLAIN },
    };
    size_t i;

    (void)state;
    assert_int_equal(sizeof(rows) / sizeof(rows[0]), NOTICE_KINDS);
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct notice n = down();
        struct letter l;

        n.kind = rows[i].kind;
        n.count = 6;
        n.at_ms = n.since_ms = (int64_t)1795435200 * MS_PER_S; /* 2026-11-23 12:00 UTC */
        n.certificate_days = 7;
        if (n.kind == NOTICE_CERTIFICATE)
            n.certificate_until = 1795435200 + 7 * 86400;
        strcpy(n.parent, "router");
        l = letter_of(&n, NULL);
        assert_string_equal(l.title, rows[i].title);
        assert_string_equal(l.brief, rows[i].brief);
        assert_int_equal(l.priority, rows[i].priority);
        assert_int_equal(l.tone, rows[i].tone);
        assert_true(*l.text && *l.push && *l.json);
        letter_release(&l);
    }
}

static void the_long_form_tells_the_whole_story(void **state)
{
    static const char wanted[] =
        "shop is DOWN: HTTP 502 Bad Gateway\n"
        "\n"
        "why now      maintenance is over\n"
        "site         shop\n"
        "url          https://shop.example.org/\n"
        "host         shop.example.org\n"
        "address      192.0.2.7\n"
        "cause        HTTP 502 Bad Gateway\n"
        "code         502\n"
        "since        2026-11-23 12:00 UTC\n"
        "duration     1h12m\n"
        "failures     3\n"
        "tags         eu, money\n"
        "taken by     sam\n"
        "note         on it\n"
        "owner        ops\n"
        "incident     42\n"
        "at           2026-11-23 13:12 UTC\n"
        "\n"
        "To see for yourself:\n"
        "\n"
        "    curl -sS -o /dev/null -D - -m 10 'https://shop.example.org/'\n";
    struct notice n = down();
    struct letter l;

    (void)state;
    n.since_ms = (int64_t)1795435200 * MS_PER_S;
    n.at_ms = n.since_ms + 72 * MS_PER_MIN + 5 * MS_PER_S;
    n.duration_ms = n.at_ms - n.since_ms;
    strcpy(n.why_now, "maintenance is over");
    strcpy(n.ack_by, "sam");
    strcpy(n.ack_note, "on it");
    l = letter_of(&n, NULL);
    assert_string_equal(l.text, wanted);
    assert_string_equal(l.push, "HTTP 502 Bad Gateway\nsince 2026-11-23 12:00 UTC\nmaintenance is over\nhttps://shop.example.org/");
    assert_string_equal(l.url, "https://shop.example.org/");
    letter_release(&l);
}

static void json_has_what_scripts_need(void **state)
{
    struct notice n = down();
    struct letter l = letter_of(&n, NULL);
    json_t *o = json_loads(l.json, JSON_REJECT_DUPLICATES, NULL);

    (void)state;
    assert_non_null(o);
    assert_int_equal(json_integer_value(json_object_get(o, "version")), 1);
    assert_string_equal(json_string_value(json_object_get(o, "id")), l.id);
    assert_string_equal(json_string_value(json_object_get(o, "event")), "down");
    assert_string_equal(json_string_value(json_object_get(o, "class")), "status");
    assert_string_equal(json_string_value(json_object_get(o, "detail")), "HTTP 502 Bad Gateway");
    assert_int_equal(json_integer_value(json_object_get(o, "incident_id")), 42);
    assert_int_equal(json_integer_value(json_object_get(o, "duration_ms")), 20000);
    assert_int_equal(json_array_size(json_object_get(o, "tags")), 2);
    assert_true(json_is_null(json_object_get(o, "until")));
    assert_true(json_is_null(json_object_get(o, "certificate_days_left")));
    json_decref(o);
    letter_release(&l);
}

static void what_no_browser_opens_is_no_link(void **state)
{
    static const char *const urls[] = { "https://me:***@shop.example.org/", "tcp://db.example.org:5432", "exec:///bin/x", "" };
    struct notice n = down();
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
        struct letter l;

        strcpy(n.url, urls[i]);
        l = letter_of(&n, NULL);
        assert_null(l.url);
        letter_release(&l);
    }
}

static void templates_of_the_owner_take_the_place_of_our_words(void **state)
{
    struct message_settings m = { (char *)"{site} {state}\n({code})", (char *)"{cause}\n{repeat}", (char *)"{state}! {site}", NULL };
    struct notice n = down();
    struct letter l = letter_of(&n, &m);

    (void)state;
    assert_string_equal(l.title, "shop DOWN (502)");
    assert_string_equal(l.text, "HTTP 502 Bad Gateway\ncurl -sS -o /dev/null -D - -m 10 'https://shop.example.org/'");
    assert_string_equal(l.brief, "DOWN! shop");
    assert_non_null(strstr(l.push, "since"));
    letter_release(&l);
    notice_init(&n, NOTICE_TEST); /* of no site: theirs would have holes */
    l = letter_of(&n, &m);
    assert_non_null(strstr(l.title, "[TEST]"));
    letter_release(&l);
}

/* --- ids -------------------------------------------------------------------------------------------------------- */

static void ids_hold_over_tries_and_thread_an_incident(void **state)
{
    struct notice first = down(), later = down(), reborn = down(), other = down();
    struct letter a = letter_of(&first, NULL), again = letter_of(&first, NULL), b, c, d;

    (void)state;
    later.kind = NOTICE_UP;
    later.is_first = false;
    strcpy(later.id, "42.3");
    later.at_ms += MS_PER_H;
    b = letter_of(&later, NULL);
    reborn.since_ms += MS_PER_DAY;       /* a new database gave the number again */
    c = letter_of(&reborn, NULL);
    strcpy(other.owner, "web");
    d = letter_of(&other, NULL);
    assert_string_equal(a.id, again.id);
    assert_string_equal(a.thread, "");
    assert_string_not_equal(b.id, a.id);
    assert_string_equal(b.thread, a.id);
    assert_string_not_equal(c.id, a.id);
    assert_string_not_equal(d.id, a.id);
    letter_release(&a);
    letter_release(&again);
    letter_release(&b);
    letter_release(&c);
    letter_release(&d);
}

/* --- several ---------------------------------------------------------------------------------------------------- */

#define MANY 130

static void many_are_a_summary_and_a_list(void **state)
{
    static struct notice n[MANY];
    const struct notice *list[MANY];
    struct bundle b;
    struct letter l, again;
    json_t *o;
    size_t i, lines = 0;
    const char *c;

    (void)state;
    for (i = 0; i < MANY; i++) {
        n[i] = down();
        n[i].phase = PHASE_FIRST_BYTE;
        snprintf(n[i].site, sizeof(n[i].site), "site-%zu", i);
        snprintf(n[i].id, sizeof(n[i].id), "%zu.0", i + 1);
        n[i].incident_id = i + 1;
        list[i] = &n[i];
    }
    bundle_init(&b, list, 12, BUNDLE_STORM);
    assert_int_equal(words_letter(&l, &b, NULL), ERR_OK);
    assert_string_equal(l.title, "[DOWN] 12 down, all on 192.0.2.7");
    assert_int_equal(strncmp(l.brief, "DOWN 12 down, all on 192.0.2.7: site-0, site-1", 46), 0);
    assert_non_null(strstr(l.text, "DOWN site-11: HTTP 502 Bad Gateway"));
    assert_int_equal(l.priority, LETTER_HIGH);
    assert_null(l.url);
    o = json_loads(l.json, 0, NULL);
    assert_string_equal(json_string_value(json_object_get(o, "event")), "storm");
    assert_int_equal(json_array_size(json_object_get(o, "notices")), 12);
    json_decref(o);
    assert_int_equal(words_letter(&again, &b, NULL), ERR_OK);
    assert_string_equal(l.id, again.id);
    letter_release(&again);
    letter_release(&l);

    bundle_init(&b, list, MANY, BUNDLE_DIGEST);
    assert_int_equal(words_letter(&l, &b, NULL), ERR_OK);
    assert_non_null(strstr(l.text, "and 30 more\n"));
    for (c = l.push; *c; c++)
        lines += *c == '\n';
    assert_int_equal(lines, 13);
    letter_release(&l);
}

static void what_is_down_stands_before_what_is_up(void **state)
{
    struct notice up = down(), bad = down();
    const struct notice *list[] = { &up, &bad };
    struct bundle b;
    struct letter l;

    (void)state;
    up.kind = NOTICE_UP;
    up.state = STATE_UP;
    strcpy(up.site, "first");
    bundle_init(&b, list, 2, BUNDLE_STORM);
    assert_int_equal(words_letter(&l, &b, NULL), ERR_OK);
    assert_true(strstr(l.text, "DOWN shop") < strstr(l.text, "UP first"));
    assert_int_equal(l.tone, LETTER_BAD);
    letter_release(&l);
}

/* --- text messages ---------------------------------------------------------------------------------------------- */

#define A160 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" \
             "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static void text_messages_are_gsm(void **state)
{
    static const struct {
        const char *text, *wanted;
        size_t most, septets;
    } rows[] = {
        { "", "", 160, 0 }, { "DOWN shop", "DOWN shop", 160, 9 }, { A160, A160, 160, 160 },
        { "abcdef", "ab...", 5, 5 }, { "a[b]", "a[b]", 160, 6 }, { "[[[[", "[...", 5, 5 }, { "a[b]", "a...", 5, 4 },
        { "\xe2\x82\xac" "5", "\xe2\x82\xac" "5", 160, 3 },                     /* euro: two */
        { "M\xc3\xbcnchen \xc3\xa9", "M\xc3\xbcnchen \xc3\xa9", 160, 9 },       /* u umlaut and e acute are there */
        { "\xc3\xa1\xc5\x91\xc5\x81\xc3\x8e \xc5\x92", "aoLI OE", 160, 7 },
        { "\xe2\x80\x9cx\xe2\x80\x9d \xe2\x80\x94 y\xe2\x80\xa6", "\"x\" - y...", 160, 10 },
        { "\xe6\xbc\xa2\xe5\xad\x97 \xf0\x9f\x90\xbf", "?? ?", 160, 4 },
        { "a`b\x01" "c\xff", "a'b?c?", 160, 6 },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char text[700];
        size_t septets = words_gsm(text, sizeof(text), rows[i].text, rows[i].most);

        assert_string_equal(text, rows[i].wanted);
        assert_int_equal(septets, rows[i].septets);
    }
}

static void a_text_message_keeps_state_and_site_when_it_is_cut(void **state)
{
    struct notice n = down();
    struct letter l;

    (void)state;
    memset(n.cause, 'x', sizeof(n.cause) - 1);
    l = letter_of(&n, NULL);
    assert_int_equal(strlen(l.brief), 160);
    assert_int_equal(strncmp(l.brief, "DOWN shop: xxx", 14), 0);
    assert_string_equal(l.brief + 157, "...");
    letter_release(&l);
}

/* --- hostile texts ---------------------------------------------------------------------------------------------- */

static const char *const nasty[] = {
    "\r\nBcc: x@evil\r\n\r\n", "<!channel>", "@everyone", "{cause}", "{{", "}", "%s%n", "'; rm -rf / #", "`id`", "$(id)", "<b>",
    "\"\\", "\xe2\x80\xae", "\x1b[31m", "\xff\xfe", "\xf0\x9f\x90\xbf", "\xe6\xbc\xa2", "=?UTF-8?B?eA==?=", ".\n", "\t", " ", "--help",
    "https://u:p@h/", "a",
};

static void add_nasty(struct random *r, char *text, size_t size)
{
    char raw[512];
    size_t used = 0, parts = random_below(r, 12);

    while (parts-- && used < sizeof(raw) - 40)
        used += (size_t)snprintf(raw + used, sizeof(raw) - used, "%s", nasty[random_below(r, sizeof(nasty) / sizeof(nasty[0]))]);
    text_clean(text, size, raw, used); /* as notices promise */
}

static void check_mail(const struct letter *l)
{
    struct strbuf mail = STRBUF_INIT;
    const char *body, *line;

    mail_compose(&mail, l, "u@example.org", "ops@example.org");
    body = strstr(mail.text, "\r\n\r\n");
    assert_non_null(body);
    for (line = mail.text; *line; line += strcspn(line, "\n") + 1) {
        size_t length = strcspn(line, "\r\n"), i;

        assert_true(length <= 998 && line[length] == '\r' && line[length + 1] == '\n');
        for (i = 0; i < length; i++)
            assert_true(line[i] >= 0x20 && line[i] < 0x7f);
        if (line < body && *line != ' ')
            assert_true(strncmp(line, "Bcc", 3) != 0);
    }
    strbuf_release(&mail);
}

static void check_letter(const struct letter *l)
{
    char again[BRIEF_SEPTETS * 4 + 1];
    json_t *o = json_loads(l->json, JSON_REJECT_DUPLICATES, NULL);

    assert_non_null(o);
    json_decref(o);
    assert_true(text_is_clean(l->title) && text_is_clean(l->brief));
    assert_true(words_gsm(again, sizeof(again), l->brief, BRIEF_SEPTETS) <= BRIEF_SEPTETS);
    assert_string_equal(again, l->brief);
    assert_int_equal(strspn(l->id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-"), strlen(l->id));
    check_mail(l);
}

static void whatever_a_notice_says_its_letter_stays_a_letter(void **state)
{
    struct message_settings m = { (char *)"{site}{cause}\n{owner}", (char *)"{repeat}\n.\n{cause}", (char *)"{cause}{site}", (char *)"{tags}" };
    struct random r = { 7 };
    int round;

    (void)state;
    for (round = 0; round < 4000; round++) {
        struct notice n = down();
        struct letter l;

        n.kind = (enum notice_kind)random_below(&r, NOTICE_KINDS);
        add_nasty(&r, n.site, sizeof(n.site));
        add_nasty(&r, n.cause, sizeof(n.cause));
        add_nasty(&r, n.owner, sizeof(n.owner));
        add_nasty(&r, n.tags, sizeof(n.tags));
        add_nasty(&r, n.repeat, sizeof(n.repeat));
        add_nasty(&r, n.why_now, sizeof(n.why_now));
        add_nasty(&r, n.url, sizeof(n.url));
        add_nasty(&r, n.id, sizeof(n.id));
        l = letter_of(&n, random_below(&r, 2) ? &m : NULL);
        check_letter(&l);
        letter_release(&l);
    }
}

static void memory_that_runs_out_leaves_nothing_behind(void **state)
{
    struct notice n = down();
    const struct notice *list[] = { &n, &n };
    struct bundle b;
    unsigned i, round;

    (void)state;
    for (round = 1; round <= 2; round++) {
        bool more = true;

        bundle_init(&b, list, round, BUNDLE_STORM);
        for (i = 1; more; i++) {
            struct letter l = LETTER_INIT;
            enum err err;

            memory_fail(i);
            err = words_letter(&l, &b, NULL);
            more = memory_failed();
            assert_int_equal(err, more ? ERR_NOMEM : ERR_OK);
            if (more)
                assert_null(l.title);
            letter_release(&l);
        }
        assert_true(i > 5);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_says_what_matters_first),
        cmocka_unit_test(the_long_form_tells_the_whole_story),
        cmocka_unit_test(json_has_what_scripts_need),
        cmocka_unit_test(what_no_browser_opens_is_no_link),
        cmocka_unit_test(templates_of_the_owner_take_the_place_of_our_words),
        cmocka_unit_test(ids_hold_over_tries_and_thread_an_incident),
        cmocka_unit_test(many_are_a_summary_and_a_list),
        cmocka_unit_test(what_is_down_stands_before_what_is_up),
        cmocka_unit_test(text_messages_are_gsm),
        cmocka_unit_test(a_text_message_keeps_state_and_site_when_it_is_cut),
        cmocka_unit_test(whatever_a_notice_says_its_letter_stays_a_letter),
        cmocka_unit_test(memory_that_runs_out_leaves_nothing_behind),
    };

    setenv("TZ", "UTC", 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
