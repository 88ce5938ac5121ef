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

static struct unpack inside(const struct strbuf *b)
{
    return (struct unpack){ (const unsigned char *)b->text + FRAME_HEAD + 1, (const unsigned char *)b->text + b->length, false };
}

static void small_messages_come_out_as_they_went_in(void **state)
{
    struct command in = { COMMAND_ACK, 7, 9, 600000, "sam", "on it" }, out;
    struct welcome hi = { REMOTE_VERSION, UINT64_MAX, 4711, "1.2.3" }, ho;
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
    assert_memory_equal(&in, &out, sizeof(in));

    strbuf_reset(&b);
    put_welcome(&b, &hi);
    u = inside(&b);
    assert_true(get_welcome(&u, &ho));
    assert_true(ho.run == UINT64_MAX && ho.pid == 4711);
    assert_string_equal(ho.program, "1.2.3");

    strbuf_reset(&b);
    put_done(&b, ERR_FULL, "too \033[31mbusy");
    u = inside(&b);
    assert_true(get_done(&u, &done));
    assert_int_equal(done.err, ERR_FULL);
    assert_string_equal(done.text, "too ?[31mbusy");

    strbuf_reset(&b);
    put_ask(&b, &(struct ask){ 1234567890123, 77, REMOTE_IN_TROUBLE });
    u = inside(&b);
    assert_true(get_ask(&u, &question));
    assert_true(question.since == 1234567890123 && question.alerts == 77 && question.which == REMOTE_IN_TROUBLE);

    strbuf_reset(&b);
    put_hello(&b, &(struct hello){ REMOTE_VERSION + 1, true });
    u = inside(&b);
    assert_true(get_hello(&u, &hello)); /* of another version: that much is understood */
    assert_int_equal(hello.version, REMOTE_VERSION + 1);
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
    assert_memory_equal(&m->change.row.state, &change[0].row.state, sizeof(struct site_state));
    assert_memory_equal(&m->change.samples, &change[0].samples, sizeof(struct samples));
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
    struct alert in[2] = { { .site_id = 3, .generation = 4, .incident_id = 5, .down = true, .told = true, .since_ms = 6, .site = "shop",
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
    assert_memory_equal(out, in, sizeof(in));
    strbuf_release(&b);
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
        cmocka_unit_test(lengths_of_frames_are_not_believed),
        cmocka_unit_test(broken_messages_never_harm),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
