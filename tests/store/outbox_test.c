/* Messages on their way: order, parcels, tries, limits; and what is left of them after a start. */
#include "store/outbox.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "place.h"
#include "support/tests.h"

#define NOON INT64_C(1795435200000) /* 2026-11-23T12:00:00Z */

static struct outbox *open_outbox(struct place *p, int64_t now_ms)
{
    struct errmsg why = ERRMSG_INIT;
    struct outbox *o;

    place_open(p);
    if (outbox_open(&o, p->history, now_ms, &why))
        fail_msg("%s", why.text);
    return o;
}

static void close_outbox(struct place *p, struct outbox *o)
{
    place_close(p);
    outbox_free(o);
}

/* Puts in one that tells of number k, due at once. */
static void put_at(struct outbox *o, struct batch *b, const char *address, int k, int64_t now_ms, int64_t not_before_ms)
{
    char notice[32], id[32];
    struct outbox_message m = { .owner = "ops", .channel = "email", .address = address, .site = "shop", .subject = "DOWN shop",
                                .notice_id = id, .notice = notice, .incident_id = 7, .not_before_ms = not_before_ms };

    snprintf(notice, sizeof(notice), "%d", k);
    snprintf(id, sizeof(id), "7.%d", k);
    assert_int_equal(outbox_put(o, b, &m, now_ms), ERR_OK);
}

static void put(struct place *p, struct outbox *o, int k, int64_t now_ms)
{
    struct batch *b = make_batch();

    put_at(o, b, "a@example.org", k, now_ms, now_ms);
    history_commit(p->history, b);
    place_settle(p);
}

/* "1 2 3": what the next parcel tells of; "" when nothing is due. */
static const char *next(struct outbox *o, int64_t now_ms, struct outbox_parcel **p)
{
    static char text[4096];
    int64_t next_ms;
    size_t i;

    text[0] = '\0';
    *p = outbox_next(o, now_ms, &next_ms);
    for (i = 0; *p && i < (*p)->n; i++)
        snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%s", i ? " " : "", (*p)->notice[i]);
    return text;
}

static void send_next(struct outbox *o, const char *expected, enum outbox_end end, int64_t now_ms)
{
    struct outbox_parcel *p;

    assert_string_equal(next(o, now_ms, &p), expected);
    if (!p)
        return;
    outbox_begin(o, p, clock_mono_ns() + 60 * NS_PER_S);
    outbox_end(o, p, end, 0, end == OUTBOX_ARRIVED ? "250 OK" : "no", 1000, now_ms);
}

static void nothing_is_sent_before_its_transaction_is_written(void **state)
{
    struct place *p = *state;
    struct outbox *o = open_outbox(p, NOON);
    struct batch *b = make_batch();
    struct outbox_parcel *parcel;

    put_at(o, b, "a@example.org", 1, NOON, NOON);
    assert_string_equal(next(o, NOON, &parcel), "");
    history_commit(p->history, b);
    place_settle(p);
    send_next(o, "1", OUTBOX_ARRIVED, NOON);
    place_settle(p);
    assert_string_equal(place_text(p, "SELECT state || ' ' || tries || ' ' || error || ' ' || owner || ' ' || notice_id FROM outbox"),
                        "sent 1 250 OK ops 7.1");
    close_outbox(p, o);
}

static void what_is_due_together_goes_together_and_stays_so_through_every_try(void **state)
{
    struct place *p = *state;
    struct outbox *o = open_outbox(p, NOON);
    struct outbox_parcel *parcel;
    uint64_t id;

    put(p, o, 1, NOON);
    put(p, o, 2, NOON);
    assert_string_equal(next(o, NOON, &parcel), "1 2");
    id = parcel->id;
    outbox_begin(o, parcel, clock_mono_ns() + 60 * NS_PER_S);
    put(p, o, 3, NOON);
    outbox_end(o, parcel, OUTBOX_AGAIN, 0, "greylisted", 1000, NOON);
    send_next(o, "", OUTBOX_ARRIVED, NOON + 4999);           /* what is behind it does not overtake it */
    place_settle(p);
    close_outbox(p, o);

    o = open_outbox(p, NOON + 5000);                        /* neither after a restart */
    assert_string_equal(next(o, NOON + 5000, &parcel), "1 2");
    assert_int_equal(parcel->id, id);
    assert_int_equal(parcel->tries, 1);
    outbox_begin(o, parcel, clock_mono_ns() + 60 * NS_PER_S);
    place_settle(p);
    close_outbox(p, o);                                     /* killed after it was sent, before that was written */
    free(parcel);

    o = open_outbox(p, NOON + 6000);
    assert_string_equal(next(o, NOON + 6000, &parcel), "1 2");
    assert_int_equal(parcel->id, id);                        /* a repeat is known by it */
    assert_int_equal(parcel->tries, 2);
    outbox_end(o, parcel, OUTBOX_ARRIVED, 0, "", 0, NOON + 6000);
    send_next(o, "3", OUTBOX_ARRIVED, NOON + 6000);
    send_next(o, "", OUTBOX_ARRIVED, NOON + 6000);
    close_outbox(p, o);
}

static void one_address_never_waits_for_another(void **state)
{
    struct place *p = *state;
    struct outbox *o = open_outbox(p, NOON);
    struct batch *b = make_batch();
    struct outbox_parcel *first, *second;

    put_at(o, b, "a@example.org", 1, NOON, NOON);
    put_at(o, b, "b@example.org", 2, NOON, NOON);
    history_commit(p->history, b);
    place_settle(p);
    next(o, NOON, &first);
    next(o, NOON, &second);
    assert_non_null(first);
    assert_non_null(second);
    assert_string_not_equal(first->address, second->address);
    outbox_end(o, second, OUTBOX_ARRIVED, 0, "", 0, NOON);
    outbox_end(o, first, OUTBOX_REFUSED, 0, "no", 0, NOON);
    close_outbox(p, o);
}

static void what_is_not_due_yet_waits(void **state)
{
    struct place *p = *state;
    struct outbox *o = open_outbox(p, NOON);
    struct batch *b = make_batch();
    int64_t next_ms;

    put_at(o, b, "a@example.org", 1, NOON, NOON + 20000);
    history_commit(p->history, b);
    place_settle(p);
    assert_null(outbox_next(o, NOON, &next_ms));
    assert_int_equal(next_ms, NOON + 20000);
    send_next(o, "1", OUTBOX_ARRIVED, NOON + 20000);
    close_outbox(p, o);
}

static void what_is_refused_is_dead_and_can_be_sent_anew(void **state)
{
    struct place *p = *state;
    struct outbox *o = open_outbox(p, NOON);
    struct outbox_counts c;
    struct outbox_item item[4];

    put(p, o, 1, NOON);
    put(p, o, 2, NOON + 1000);
    send_next(o, "1", OUTBOX_REFUSED, NOON);
    send_next(o, "2", OUTBOX_ARRIVED, NOON + 1000);
    outbox_counts(o, &c);
    assert_int_equal(c.dead, 1);
    assert_int_equal(outbox_items(o, item, 4), 2);
    assert_int_equal(item[0].state, OUTBOX_DEAD);
    assert_string_equal(item[0].error, "no");
    place_settle(p);
    close_outbox(p, o);

    o = open_outbox(p, NOON + MS_PER_H);
    assert_int_equal(outbox_items(o, item, 4), 2);
    assert_string_equal(item[0].site, "shop");
    assert_string_equal(item[1].site, "shop");
    outbox_counts(o, &c);
    assert_int_equal(c.dead, 1);
    assert_true(c.revision > 0); /* so that a screen looks */
    assert_int_equal(outbox_hurry(o, item[0].id, NOON + MS_PER_H), ERR_OK);
    send_next(o, "1", OUTBOX_ARRIVED, NOON + MS_PER_H);
    assert_int_equal(outbox_hurry(o, 99, NOON), ERR_NOTFOUND);
    close_outbox(p, o);
}

static void tries_go_on_for_a_day(void **state)
{
    struct outbox *o;
    struct errmsg why = ERRMSG_INIT;
    struct outbox_parcel *p;
    struct outbox_counts c;
    int64_t now_ms = NOON, next_ms = NOON, longest_ms = 0;
    int tries = 0;

    (void)state;
    assert_int_equal(outbox_open(&o, NULL, NOON, &why), ERR_OK); /* without a database */
    put_at(o, NULL, "a@example.org", 1, NOON, NOON);
    for (;;) {
        p = outbox_next(o, now_ms, &next_ms);
        if (!p && next_ms == INT64_MAX)
            break;
        if (!p) {
            if (next_ms - NOON < MS_PER_H && next_ms - now_ms > longest_ms)
                longest_ms = next_ms - now_ms;
            now_ms = next_ms;
            continue;
        }
        outbox_end(o, p, OUTBOX_AGAIN, 0, "no", (uint32_t)tries++, now_ms);
    }
    outbox_counts(o, &c);
    assert_int_equal(c.dead, 1);
    assert_true(now_ms - NOON > 20 * MS_PER_H && now_ms - NOON <= MS_PER_DAY);
    assert_true(longest_ms <= MS_PER_MIN);
    assert_true(tries > 80 && tries < 400);
    outbox_free(o);
}

static void a_receiver_may_ask_for_time(void **state)
{
    struct outbox *o;
    struct errmsg why = ERRMSG_INIT;
    struct outbox_parcel *p;
    int64_t next_ms;

    (void)state;
    assert_int_equal(outbox_open(&o, NULL, NOON, &why), ERR_OK);
    put_at(o, NULL, "a@example.org", 1, NOON, NOON);
    p = outbox_next(o, NOON, &next_ms);
    outbox_end(o, p, OUTBOX_AGAIN, 90000, "429", 0, NOON);
    assert_null(outbox_next(o, NOON + 89999, &next_ms));
    assert_int_equal(next_ms, NOON + 90000);
    outbox_shift(o, MS_PER_H);
    assert_null(outbox_next(o, NOON + MS_PER_H + 89999, &next_ms));
    assert_int_equal(next_ms, NOON + MS_PER_H + 90000);
    outbox_free(o);
}

static void above_the_limit_one_digest_stands_for_all_and_nothing_is_dropped(void **state)
{
    struct outbox *o;
    struct errmsg why = ERRMSG_INIT;
    struct outbox_parcel *p;
    int64_t now_ms = NOON, next_ms, sent_ms[8];
    size_t n = 0, told = 0, last = 0;
    bool digest = false;
    int k;

    (void)state;
    assert_int_equal(outbox_open(&o, NULL, NOON, &why), ERR_OK);
    outbox_limit(o, 5);
    for (k = 0; k < 200; k++)
        put_at(o, NULL, "a@example.org", k, NOON + k * MS_PER_S, NOON + k * MS_PER_S);
    while (told < 200) {
        p = outbox_next(o, now_ms, &next_ms);
        if (!p) {
            assert_true(next_ms > now_ms && next_ms < INT64_MAX);
            now_ms = next_ms;
            continue;
        }
        assert_true(n < 8);
        sent_ms[n++] = now_ms;
        told += last = p->n;
        digest = p->digest;
        outbox_end(o, p, OUTBOX_ARRIVED, 0, "", 0, now_ms);
    }
    assert_int_equal(n, 5);
    assert_int_equal(last, 196);
    assert_true(digest);
    assert_true(sent_ms[4] - sent_ms[0] < MS_PER_H);
    put_at(o, NULL, "a@example.org", 200, now_ms, now_ms);
    assert_null(outbox_next(o, now_ms, &next_ms));
    assert_true(next_ms >= sent_ms[0] + MS_PER_H);      /* never six within an hour */
    outbox_free(o);
}

static void messages_can_be_hurried_and_dropped(void **state)
{
    struct place *p = *state;
    struct outbox *o = open_outbox(p, NOON);
    struct batch *b = make_batch();
    struct outbox_item item[4];
    struct outbox_parcel *parcel;

    put_at(o, b, "a@example.org", 1, NOON, NOON + 20000);
    put_at(o, b, "a@example.org", 2, NOON, NOON + MS_PER_H);
    put_at(o, b, "a@example.org", 3, NOON, NOON + 2 * MS_PER_H);
    history_commit(p->history, b);
    place_settle(p);
    assert_int_equal(outbox_items(o, item, 4), 3);
    assert_int_equal(outbox_hurry(o, item[1].id, NOON), ERR_OK); /* and what is before it */
    assert_string_equal(next(o, NOON, &parcel), "1 2");
    assert_int_equal(outbox_drop(o, item[0].id, NOON), ERR_BUSY);
    outbox_end(o, parcel, OUTBOX_AGAIN, 0, "no", 0, NOON);
    assert_int_equal(outbox_drop(o, item[1].id, NOON), ERR_OK);  /* the whole parcel */
    assert_int_equal(outbox_drop(o, item[2].id, NOON), ERR_OK);
    assert_int_equal(outbox_drop(o, item[2].id, NOON), ERR_NOTFOUND);
    place_settle(p);
    assert_int_equal(place_number(p, "SELECT count(*) FROM outbox WHERE state = 'dropped'"), 3);
    send_next(o, "", OUTBOX_ARRIVED, NOON + MS_PER_DAY);
    close_outbox(p, o);
}

static void when_the_database_can_not_be_written_messages_go_on_in_memory(void **state)
{
    struct place *p = *state;
    struct outbox *o = open_outbox(p, NOON);
    struct batch *b = make_batch();
    struct outbox_parcel *parcel = NULL;
    struct outbox_counts c;
    sqlite3 *other;
    int64_t until_ns = clock_mono_ns() + 60 * NS_PER_S, next_ms;

    place_settle(p);
    assert_int_equal(sqlite3_open(p->path, &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK); /* somebody holds it locked */
    put_at(o, b, "a@example.org", 1, NOON, NOON);
    history_commit(p->history, b);
    while (!parcel && clock_mono_ns() < until_ns) {
        parcel = outbox_next(o, NOON, &next_ms);
        if (!parcel)
            history_settle(p->history, clock_mono_ns() + NS_PER_S / 20);
    }
    assert_non_null(parcel);
    outbox_counts(o, &c);
    assert_false(c.saved);
    outbox_end(o, parcel, OUTBOX_ARRIVED, 0, "", 0, NOON);
    assert_int_equal(sqlite3_exec(other, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(other), SQLITE_OK);
    place_settle(p);
    assert_int_equal(place_number(p, "SELECT count(*) FROM outbox WHERE state = 'sent'"), 1);
    close_outbox(p, o);
}

static void what_a_database_lacks_is_said_again(void **state)
{
    struct place *p = *state;
    struct outbox *o = open_outbox(p, NOON);
    struct outbox_parcel *parcel;

    put_at(o, NULL, "a@example.org", 1, NOON, NOON); /* as when there was no room to write it */
    put_at(o, NULL, "b@example.org", 2, NOON, NOON + 1000);
    put_at(o, NULL, "c@example.org", 3, NOON, NOON + 2000);
    send_next(o, "1", OUTBOX_ARRIVED, NOON);
    assert_string_equal(next(o, NOON + 1000, &parcel), "2");
    outbox_end(o, parcel, OUTBOX_AGAIN, 0, "no", 0, NOON + 1000);
    place_settle(p);
    assert_int_equal(place_number(p, "SELECT count(*) FROM outbox"), 0);
    outbox_say_again(o);
    outbox_say_again(o);
    place_settle(p);
    assert_string_equal(place_text(p, "SELECT group_concat(notice || ' ' || site || ' ' || notice_id || ' ' || state || ' ' || tries)"
                                      " FROM (SELECT * FROM outbox ORDER BY id)"), "2 shop 7.2 waiting 1,3 shop 7.3 waiting 0");
    close_outbox(p, o);
    o = open_outbox(p, NOON + 2000);
    send_next(o, "3", OUTBOX_ARRIVED, NOON + 2000);
    close_outbox(p, o);
}

static void visit_alarm(void *context, const char *site, const char *memory)
{
    char *text = context;

    snprintf(text + strlen(text), 64, "%s=%s;", site, memory);
}

static void what_rules_remember_is_found_again(void **state)
{
    struct place *p = *state;
    struct batch *b = make_batch();
    struct errmsg why = ERRMSG_INIT;
    char text[256] = "";

    place_open(p);
    batch_alarm(b, "shop", "{1}");
    batch_alarm(b, "api", "{2}");
    batch_alarm(b, "shop", "{3}");
    batch_alarm(b, "api", NULL);
    history_commit(p->history, b);
    place_settle(p);
    assert_int_equal(outbox_alarms(p->history, visit_alarm, text, &why), ERR_OK);
    assert_string_equal(text, "shop={3};");
}

#define AT_A_PLACE(test) cmocka_unit_test_setup_teardown(test, place_make, place_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        AT_A_PLACE(nothing_is_sent_before_its_transaction_is_written),
        AT_A_PLACE(what_is_due_together_goes_together_and_stays_so_through_every_try),
        AT_A_PLACE(one_address_never_waits_for_another),
        AT_A_PLACE(what_is_not_due_yet_waits),
        AT_A_PLACE(what_is_refused_is_dead_and_can_be_sent_anew),
        cmocka_unit_test(tries_go_on_for_a_day),
        cmocka_unit_test(a_receiver_may_ask_for_time),
        cmocka_unit_test(above_the_limit_one_digest_stands_for_all_and_nothing_is_dropped),
        AT_A_PLACE(messages_can_be_hurried_and_dropped),
        AT_A_PLACE(when_the_database_can_not_be_written_messages_go_on_in_memory),
        AT_A_PLACE(what_a_database_lacks_is_said_again),
        AT_A_PLACE(what_rules_remember_is_found_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
