/* Messages: what goes in comes out, and whatever else comes does no harm. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "making.h"
#include "message.h"
#include "support/random.h"
#include "support/same.h"

/* --- what is the same ----------------------------------------------------------------------------------------------- */

static void assert_same_command(const struct command *a, const struct command *b)
{
    SAME(kind); SAME(site_id); SAME(generation); SAME(for_ms); SAME(by); SAME(note); SAME(message);
}

static void assert_same_alert(const struct alert *a, const struct alert *b)
{
    SAME(site_id); SAME(generation); SAME(incident_id); SAME(down); SAME(flapping); SAME(told); SAME(hold);
    SAME(since_ms); SAME(acked_ms); SAME(mute_until_ms); SAME(maintain_until_ms); SAME(reminders); SAME(remind_ms); SAME(escalate_ms); SAME(site);
    SAME(cause); SAME(address); SAME(ack_by); SAME(ack_note); SAME(owners);
}

static void assert_same_item(const struct outbox_item *a, const struct outbox_item *b)
{
    SAME(id); SAME(incident_id); SAME(state); SAME(tries); SAME(created_ms); SAME(next_ms); SAME(ended_ms);
    SAME(owner); SAME(channel); SAME(address); SAME(site); SAME(subject); SAME(error);
}

static void assert_same_samples(const struct samples *a, const struct samples *b)
{
    SAME(slot); SAME(newest); SAME(next); SAME(kept); SAME(mark); SAME(worst); SAME(latency); SAME(usual);
}

/* --- one by one ----------------------------------------------------------------------------------------------------- */

static struct unpack inside(const struct strbuf *b)
{
    return (struct unpack){ (const unsigned char *)b->text + FRAME_HEAD + 1, (const unsigned char *)b->text + b->length, false };
}

static void small_messages_come_out_as_they_went_in(void **state)
{
    struct command in = { COMMAND_ACK, 7, 9, 600000, "sam", "on it", UINT64_MAX }, out;
    struct welcome hi = { REMOTE_VERSION, UINT64_MAX, 4711, "1.2.3", "/etc/uptime.cfg" }, ho;
    struct answer_done done;
    struct ask question;
    struct hello hello;
    struct strbuf b = STRBUF_INIT;
    struct unpack u;

    (void)state;
    put_command(&b, &in);
    assert_int_equal(frame_length(b.text, b.length, FRAME_SMALL), b.length);
    u = inside(&b);
    assert_true(get_command(&u, &out));
    assert_same_command(&in, &out);

    strbuf_reset(&b);
    put_welcome(&b, &hi);
    u = inside(&b);
    assert_true(get_welcome(&u, &ho));
    assert_true(ho.run == UINT64_MAX && ho.pid == 4711);
    assert_string_equal(ho.program, "1.2.3");
    assert_string_equal(ho.settings, "/etc/uptime.cfg");

    strbuf_reset(&b);
    put_done(&b, ERR_FULL, "too \033[31mbusy");
    u = inside(&b);
    assert_true(get_done(&u, &done));
    assert_int_equal(done.err, ERR_FULL);
    assert_string_equal(done.text, "too ?[31mbusy");

    strbuf_reset(&b);
    put_ask(&b, &(struct ask){ 1234567890123, 77, REMOTE_IN_TROUBLE, 88 });
    u = inside(&b);
    assert_true(get_ask(&u, &question));
    assert_true(question.since == 1234567890123 && question.alerts == 77 && question.messages == 88 && question.which == REMOTE_IN_TROUBLE);

    strbuf_reset(&b);
    put_hello(&b, &(struct hello){ REMOTE_VERSION + 1, true });
    u = inside(&b);
    assert_true(get_hello(&u, &hello)); /* of another version: that much is understood */
    assert_int_equal(hello.version, REMOTE_VERSION + 1);
    assert_false(hello.readonly);
    strbuf_release(&b);
}

static void a_row_comes_out_as_it_went_in_but_for_its_password(void **state)
{
    struct region_result region[1] = { { "eu", OUTCOME_DNS, 0, 77 } };
    struct changes walk = { 0 };
    struct row_change change[2];
    struct row_message *m = malloc(sizeof(*m));
    struct strbuf b = STRBUF_INIT;
    struct fake f;
    struct unpack u;
    size_t begun;

    (void)state;
    fake_init(&f);
    fake_publish(&f, fake_add(&f, 5), false);
    assert_int_equal(status_changes(f.table, &walk, change, 2), 1);
    begun = frame_begin(&b, FRAME_ROWS);
    put_row(&b, &change[0], region, 1);
    frame_end(&b, begun);
    u = inside(&b);
    assert_true(get_row(&u, m));
    assert_true(unpack_is_whole(&u));
    assert_string_equal(m->name, "site-5");
    assert_string_equal(m->url, "https://joe:***@site-5.example.org/");
    assert_null(strstr(b.text + FRAME_HEAD + 1, "secret"));
    assert_int_equal(m->nregion, 1);
    assert_string_equal(m->region[0].name, "eu");
    m->change.row.site = change[0].row.site;
    m->change.row.revision = change[0].row.revision;
    assert_memory_equal(&m->change.row.state, &change[0].row.state, sizeof(struct site_state)); /* bytes alone */
    assert_same_samples(&m->change.samples, &change[0].samples);
    assert_int_equal(m->change.row.outcome, OUTCOME_REFUSED);
    assert_string_equal(m->change.row.detail, "so it is");
    assert_true(m->change.row.since_ns == change[0].row.since_ns);
    site_unref(change[0].row.site);
    free(m);
    strbuf_release(&b);
    fake_release(&f);
}

static void alerts_come_out_as_they_went_in(void **state)
{
    struct alert in[2] = { { .site_id = 3, .generation = 4, .incident_id = 5, .down = true, .told = true, .since_ms = 6,
                             .remind_ms = 8, .escalate_ms = 9, .site = "shop",
                             .cause = "connection refused", .ack_by = "sam", .ack_note = "on it", .owners = "ops" },
                           { .site_id = 9, .hold = HOLD_MUTED, .mute_until_ms = 77, .site = "blog" } };
    struct alert *out = calloc(ALERTS_MOST, sizeof(*out));
    struct strbuf b = STRBUF_INIT;
    uint64_t revision;
    struct unpack u;
    size_t n;

    (void)state;
    put_alerts(&b, in, 2, 42);
    u = inside(&b);
    assert_true(get_alerts(&u, out, &n, &revision));
    assert_int_equal(n, 2);
    assert_int_equal(revision, 42);
    assert_same_alert(&out[0], &in[0]);
    assert_same_alert(&out[1], &in[1]);
    strbuf_release(&b);
    free(out);
}

static void messages_to_owners_come_out_as_they_went_in_but_for_their_addresses(void **state)
{
    const struct outbox_counts counts = { .waiting = 3, .dead = 1, .next_ms = 99, .revision = UINT64_MAX - 1, .saved = true };
    struct outbox_item in[2] = { { .id = 3, .incident_id = 5, .state = OUTBOX_WAITING, .tries = 4, .created_ms = 6, .next_ms = 7,
                                   .owner = "ops", .channel = "smtp", .address = "ops@example.org", .site = "shop", .subject = "DOWN shop",
                                   .error = "connection \033[31mrefused" },
                                 { .id = UINT64_MAX, .state = OUTBOX_DEAD, .ended_ms = 8, .owner = "boss", .channel = "webhook" } };
    struct outbox_item *out = calloc(MESSAGES_MOST, sizeof(*out));
    struct strbuf b = STRBUF_INIT;
    struct outbox_counts told;
    struct unpack u;
    size_t n;

    (void)state;
    put_messages(&b, in, 2, &counts);
    assert_null(memmem(b.text, b.length, "example.org", 11));
    u = inside(&b);
    assert_true(get_messages(&u, out, &n, &told));
    assert_int_equal(n, 2);
    assert_true(told.waiting == 3 && told.dead == 1 && told.next_ms == 99 && told.revision == UINT64_MAX - 1 && told.saved);
    assert_string_equal(out[0].error, "connection ?[31mrefused");
    memset(in[0].address, 0, sizeof(in[0].address));
    memset(in[0].error, 0, sizeof(in[0].error));
    memset(out[0].error, 0, sizeof(out[0].error));
    assert_same_item(&out[0], &in[0]);
    assert_same_item(&out[1], &in[1]);
    strbuf_release(&b);
    free(out);
}

static void the_longest_messages_fit_a_frame_and_more_are_not_believed(void **state)
{
    const struct outbox_counts counts = { .waiting = UINT32_MAX, .revision = 1 };
    struct outbox_item *in = calloc(MESSAGES_MOST + 1, sizeof(*in)), *out = calloc(MESSAGES_MOST, sizeof(*out));
    struct strbuf b = STRBUF_INIT;
    struct outbox_counts told;
    struct unpack u;
    size_t n, i;

    (void)state;
    for (i = 0; i <= MESSAGES_MOST; i++) {
        in[i] = (struct outbox_item){ .id = UINT64_MAX, .state = OUTBOX_DROPPED, .tries = UINT32_MAX, .created_ms = INT64_MIN,
                                      .next_ms = INT64_MIN, .ended_ms = INT64_MAX };
        memset(in[i].owner, 'o', sizeof(in[i].owner) - 1);
        memset(in[i].channel, 'c', sizeof(in[i].channel) - 1);
        memset(in[i].site, 'n', sizeof(in[i].site) - 1);
        memset(in[i].subject, 's', sizeof(in[i].subject) - 1);
        memset(in[i].error, 'e', sizeof(in[i].error) - 1);
    }
    put_messages(&b, in, MESSAGES_MOST, &counts);
    assert_int_equal(frame_length(b.text, b.length, FRAME_MOST), b.length);
    u = inside(&b);
    assert_true(get_messages(&u, out, &n, &told));
    assert_int_equal(n, MESSAGES_MOST);
    for (i = 0; i < MESSAGES_MOST; i++)
        assert_same_item(&out[i], &in[i]);

    u.at = (const unsigned char *)b.text + FRAME_HEAD + 1;
    u.end--;
    assert_false(get_messages(&u, out, &n, &told)); /* cut short */
    strbuf_reset(&b);
    put_messages(&b, in, MESSAGES_MOST + 1, &counts);
    u = inside(&b);
    assert_false(get_messages(&u, out, &n, &told));
    in[0].state = OUTBOX_STATES;
    strbuf_reset(&b);
    put_messages(&b, in, 1, &counts);
    u = inside(&b);
    assert_false(get_messages(&u, out, &n, &told));
    strbuf_release(&b);
    free(in);
    free(out);
}

static void lengths_of_frames_are_not_believed(void **state)
{
    (void)state;
    assert_int_equal(frame_length("", 0, 100), 0);
    assert_int_equal(frame_length("\5\0\0", 3, 100), 0);
    assert_int_equal(frame_length("\0\0\0\0", 4, 100), SIZE_MAX);
    assert_int_equal(frame_length("\5\0\0\0abcd", 8, 100), 0);
    assert_int_equal(frame_length("\5\0\0\0abcdef", 10, 100), 9);
    assert_int_equal(frame_length("\145\0\0\0", 4, 100), SIZE_MAX);
    assert_int_equal(frame_length("\377\377\377\377", 4, FRAME_MOST), SIZE_MAX);
}

/* Good messages with bytes turned, cut and put at random; each in memory of its own, so that a sanitizer sees its end. */
static void broken_messages_never_harm(void **state)
{
    struct row_message *m = malloc(sizeof(*m));
    struct changes walk = { 0 };
    struct row_change change;
    struct strbuf b = STRBUF_INIT;
    struct random random = { 11 };
    struct fake f;
    int round;

    (void)state;
    fake_init(&f);
    fake_publish(&f, fake_add(&f, 5), true);
    assert_int_equal(status_changes(f.table, &walk, &change, 1), 1);
    put_row(&b, &change, NULL, 0);
    for (round = 0; round < 100000; round++) {
        size_t length = 1 + random_below(&random, b.length), i;
        unsigned char *bytes = malloc(length);
        struct answer_end end;
        struct answer_done done;
        struct welcome welcome;
        struct command command;
        struct unpack u;

        memcpy(bytes, b.text, length);
        for (i = random_below(&random, 6); i; i--)
            bytes[random_below(&random, length)] = (unsigned char)random_below(&random, 256);
        u = (struct unpack){ bytes, bytes + length, false };
        if (get_row(&u, m)) {
            m->change.row.site = NULL;
            assert_true(m->change.row.state.verdict < VERDICT_COUNT);
            assert_true(m->change.samples.kept <= SAMPLES_KEPT);
        }
        u = (struct unpack){ bytes, bytes + length, false };
        get_end(&u, &end);
        u = (struct unpack){ bytes, bytes + length, false };
        get_done(&u, &done);
        u = (struct unpack){ bytes, bytes + length, false };
        get_welcome(&u, &welcome);
        u = (struct unpack){ bytes, bytes + length, false };
        get_command(&u, &command);
        free(bytes);
    }
    site_unref(change.row.site);
    free(m);
    strbuf_release(&b);
    fake_release(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_messages_come_out_as_they_went_in),
        cmocka_unit_test(a_row_comes_out_as_it_went_in_but_for_its_password),
        cmocka_unit_test(alerts_come_out_as_they_went_in),
        cmocka_unit_test(messages_to_owners_come_out_as_they_went_in_but_for_their_addresses),
        cmocka_unit_test(the_longest_messages_fit_a_frame_and_more_are_not_believed),
        cmocka_unit_test(lengths_of_frames_are_not_believed),
        cmocka_unit_test(broken_messages_never_harm),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
