/* From the outbox to the receiver: real HTTP, receivers that hang, refuse and come back. */
#include "notify/sender.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "notify/notice_json.h"
#include "parts.h"
#include "support/same.h"
#include "support/server.h"
#include "support/tests.h"

#define SETTINGS                                                                                                            \
    "owners = ( { name = \"ops\"; webhook = [ \"@A@\", \"@B@\" ]; }, { name = \"boss\"; webhook = \"@B@\"; } ); sites = ();"

static struct server *server;
static struct settings *settings;
static struct outbox *outbox;
static struct sender *sender;
static int sequence;

static int begin(void **state)
{
    char a[SERVER_URL_SIZE], b[SERVER_URL_SIZE];
    struct errmsg why = ERRMSG_INIT;

    (void)state;
    server = server_start(NULL);
    settings = parts_settings(SETTINGS, server_url(server, "/a", a), server_url(server, "/b", b));
    server_route(server, "/a", ANSWER(204, NULL, ""));
    server_route(server, "/b", ANSWER(204, NULL, ""));
    if (outbox_open(&outbox, NULL, clock_wall_ms(), &why) || sender_open(&sender, outbox, settings, &why))
        return -1;
    return 0;
}

static int end(void **state)
{
    (void)state;
    sender_close(sender);
    outbox_free(outbox);
    settings_free(settings);
    server_stop(server);
    return 0;
}

static void put(const char *owner_name, size_t address, const char *site)
{
    const struct owner *owner = settings_owner(settings, owner_name);
    char label[NOTIFIER_LABEL_SIZE], *json;
    struct outbox_message m = { .owner = owner_name, .channel = "webhook", .site = site, .subject = "DOWN", .notice_id = "7.0" };
    struct notice n;

    notice_init(&n, NOTICE_DOWN);
    snprintf(n.id, sizeof(n.id), "7.%d", sequence++);
    snprintf(n.thread, sizeof(n.thread), "%s", n.id);
    snprintf(n.owner, sizeof(n.owner), "%s", owner_name);
    snprintf(n.site, sizeof(n.site), "%s", site);
    n.incident_id = 7;
    n.state = STATE_DOWN;
    n.at_ms = n.since_ms = clock_wall_ms();
    assert_int_equal(notice_to_json(&json, &n), ERR_OK);
    m.notice = json;
    m.address = notifier_label(label, notifier_find("webhook"), owner, address);
    m.not_before_ms = clock_wall_ms();
    assert_int_equal(outbox_put(outbox, NULL, &m, clock_wall_ms()), ERR_OK);
    free(json);
}

/* Waits until nothing is on its way. */
static void wait_for_all(void)
{
    int64_t until_ns = clock_mono_ns() + 60 * NS_PER_S;
    struct outbox_counts c;

    do {
        outbox_counts(outbox, &c);
        if (c.waiting)
            server_wait_hits(server, NULL, "/tick", 0); /* yields */
    } while (c.waiting && clock_mono_ns() < until_ns);
    assert_int_equal(c.waiting, 0);
}

static char *idempotency_key(const char *path)
{
    char *request = server_last_request(server, path), *key = request ? strcasestr(request, "Idempotency-Key:") : NULL, *copy;

    assert_non_null(key);
    copy = strndup(key, strcspn(key, "\r\n"));
    free(request);
    return copy;
}

static void a_receiver_that_hangs_delays_nobody_else(void **state)
{
    (void)state;
    server_route(server, "/a", HOLD, ANSWER(204, NULL, ""));
    put("ops", 0, "shop");
    assert_true(server_wait_held(server, 1));
    put("ops", 1, "shop");
    put("boss", 0, "shop");
    assert_true(server_wait_hits(server, "POST", "/b", 2));
    server_release(server);
    wait_for_all();
}

static void a_repeat_has_the_id_of_the_first_try(void **state)
{
    struct outbox_item item[8];
    char *first, *second;
    size_t n;

    (void)state;
    server_route(server, "/a", RESET, THEN, ANSWER(503, NULL, ""), THEN, ANSWER(204, NULL, ""));
    put("ops", 0, "shop");
    assert_true(server_wait_hits(server, "POST", "/a", 1));
    first = idempotency_key("/a");
    do
        n = outbox_items(outbox, item, 8);
    while (n && item[0].state == OUTBOX_SENDING);
    assert_int_equal(item[0].state, OUTBOX_WAITING);
    assert_int_equal(item[0].tries, 1);
    assert_true(strlen(item[0].error) > 0);
    put("ops", 0, "api");
    assert_int_equal(outbox_hurry(outbox, item[0].id, clock_wall_ms()), ERR_OK);
    assert_true(server_wait_hits(server, "POST", "/a", 2));
    second = idempotency_key("/a");
    assert_string_equal(first, second);
    free(first);
    free(second);
    do
        n = outbox_items(outbox, item, 8);
    while (n && item[0].state == OUTBOX_SENDING);
    assert_int_equal(outbox_hurry(outbox, item[0].id, clock_wall_ms()), ERR_OK);
    wait_for_all();
    assert_int_equal(server_hits(server, "POST", "/a"), 4); /* and one for what came meanwhile */
}

static void what_the_settings_know_no_more_is_dead(void **state)
{
    struct outbox_counts c;
    struct settings *other = parts_settings("owners = ( { name = \"boss\"; webhook = \"@B@\"; } ); sites = ();", "http://x.invalid/",
                                            "http://x.invalid/");

    (void)state;
    sender_apply(sender, other);
    put("ops", 0, "shop");
    wait_for_all();
    outbox_counts(outbox, &c);
    assert_int_equal(c.dead, 1);
    assert_int_equal(server_hits(server, NULL, NULL), 0);
    settings_free(other);
}

static void a_refusal_is_final(void **state)
{
    struct outbox_item item[4];

    (void)state;
    server_route(server, "/a", ANSWER(410, NULL, ""));
    put("ops", 0, "shop");
    wait_for_all();
    assert_true(outbox_items(outbox, item, 4) >= 1);
    assert_int_equal(item[0].state, OUTBOX_DEAD);
    assert_int_equal(server_hits(server, "POST", "/a"), 1);
}

static void closing_keeps_what_is_not_sent(void **state)
{
    struct outbox_counts c;

    (void)state;
    server_route(server, "/a", HOLD, ANSWER(204, NULL, ""));
    put("ops", 0, "shop");
    assert_true(server_wait_held(server, 1));
    sender_close(sender);
    sender = NULL;
    outbox_counts(outbox, &c);
    assert_int_equal(c.waiting, 1);
    server_release(server);
}

/* --- JSON ------------------------------------------------------------------------------------------------------------------ */

static void fill_notice(struct notice *n)
{
    notice_init(n, NOTICE_REMINDER);
    *n = (struct notice){ .kind = NOTICE_REMINDER, .id = "1.2", .incident_id = UINT64_MAX / 4, .is_first = true, .thread = "1.0",
                          .owner = "ops", .site = "caf\xc3\xa9 \"x\"", .url = "https://x/", .tags = "eu, money", .state = STATE_DOWN,
                          .outcome = OUTCOME_TLS_EXPIRED, .status = 502, .phase = PHASE_TLS, .cause = "certificate expired",
                          .address = "192.0.2.7", .attempts = 3, .at_ms = 1, .since_ms = 2, .until_ms = 3, .duration_ms = 4, .count = 5,
                          .certificate_until = -6, .certificate_days = -7, .why_now = "why", .parent = "router", .ack_by = "sam",
                          .ack_note = "on it", .repeat = "curl 'https://x/'" };
}

static void assert_same_notice(const struct notice *a, const struct notice *b)
{
    SAME(kind); SAME(id); SAME(incident_id); SAME(is_first); SAME(thread); SAME(owner); SAME(site); SAME(url);
    SAME(tags); SAME(state); SAME(outcome); SAME(status); SAME(phase); SAME(cause); SAME(address); SAME(attempts);
    SAME(at_ms); SAME(since_ms); SAME(until_ms); SAME(duration_ms); SAME(count); SAME(certificate_until);
    SAME(certificate_days); SAME(why_now); SAME(parent); SAME(ack_by); SAME(ack_note); SAME(repeat);
}

static void assert_same_memory(const struct alarm_memory *a, const struct alarm_memory *b)
{
    size_t i;

    SAME(incident_id); SAME(down); SAME(since_ms); SAME(confirmed_ms); SAME(outcome); SAME(status); SAME(phase);
    SAME(attempts); SAME(certificate_until); SAME(cause); SAME(address); SAME(ntold); SAME(notices); SAME(reminders);
    SAME(remind_ms); SAME(escalate_ms); SAME(held); SAME(parent); SAME(acked_ms); SAME(ack_by); SAME(ack_note);
    SAME(mute_until_ms); SAME(maintain_until_ms); SAME(degraded_ms); SAME(nchange); SAME(change_ms); SAME(flapping);
    for (i = 0; i < ALARM_TOLD_MOST; i++) {
        SAME(told[i].owner); SAME(told[i].thread); SAME(told[i].not_before_ms);
    }
    for (i = 0; i < ALARM_CERTIFICATES_MOST; i++) {
        SAME(certificate[i].until_s); SAME(certificate[i].step);
    }
}

static void a_notice_survives_the_database(void **state)
{
    struct notice n, back;
    char *json;

    (void)state;
    fill_notice(&n);
    assert_int_equal(notice_to_json(&json, &n), ERR_OK);
    assert_int_equal(notice_from_json(&back, json), ERR_OK);
    assert_same_notice(&n, &back);
    free(json);
    notice_init(&n, NOTICE_DOWN);
    assert_int_equal(notice_to_json(&json, &n), ERR_OK);
    assert_int_equal(notice_from_json(&back, json), ERR_OK);
    assert_same_notice(&n, &back);
    free(json);
    assert_int_equal(notice_from_json(&back, "[]"), ERR_INVALID);
    assert_int_equal(notice_from_json(&back, "{\"id\":\"1\"}"), ERR_INVALID);
    assert_int_equal(notice_from_json(&back, "{\"kind\":\"down\",\"site\":[1],\"outcome\":\"NO SUCH\",\"count\":-1}"), ERR_OK);
    assert_int_equal(back.outcome, OUTCOME_OK);
}

static void what_rules_remember_survives_the_database(void **state)
{
    struct alarm_memory m = { .incident_id = 9, .down = true, .since_ms = 1, .confirmed_ms = 2, .outcome = OUTCOME_REFUSED, .status = 3,
                              .phase = PHASE_CONNECT, .attempts = 4, .certificate_until = CERTIFICATE_UNKNOWN, .cause = "refused",
                              .address = "192.0.2.7", .ntold = 2, .notices = 5, .reminders = 6, .remind_ms = 7, .escalate_ms = 8,
                              .held = "held", .parent = "router", .acked_ms = 9, .ack_by = "sam", .ack_note = "note",
                              .mute_until_ms = 10, .maintain_until_ms = 11, .degraded_ms = 12, .nchange = 2, .change_ms = { 13, 14 },
                              .flapping = true, .told = { { "ops", "9.0", 15 }, { "boss", "9.1", 16 } },
                              .certificate = { { 17, 30 }, { 18, 7 } } },
                        back;
    char *json;

    (void)state;
    assert_int_equal(alarm_memory_to_json(&json, &m), ERR_OK);
    assert_int_equal(alarm_memory_from_json(&back, json), ERR_OK);
    assert_same_memory(&m, &back);
    free(json);
    assert_int_equal(alarm_memory_from_json(&back, "nothing"), ERR_INVALID);
}

#define SENDING(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SENDING(a_receiver_that_hangs_delays_nobody_else),
        SENDING(a_repeat_has_the_id_of_the_first_try),
        SENDING(what_the_settings_know_no_more_is_dead),
        SENDING(a_refusal_is_final),
        SENDING(closing_keeps_what_is_not_sent),
        cmocka_unit_test(a_notice_survives_the_database),
        cmocka_unit_test(what_rules_remember_survives_the_database),
    };

    return cmocka_run_group_tests(tests, parts_begin, parts_end);
}
