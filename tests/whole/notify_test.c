/* notify: a test message by each channel of an owner, and what became of it, for people and for scripts. */
#include <stdlib.h>
#include <string.h>

#include "place.h"
#include "process.h"
#include "whole.h"

static void write_settings(void)
{
    char hook[SERVER_URL_SIZE];

    place_write("uptime.cfg",
                "owners = ( { name = \"ops\"; webhook = [ \"%s\", \"%s\" ]; },\n"
                "           { name = \"well\"; webhook = \"%s\"; command = [ \"sh\", \"-c\", \"cat > told\" ]; },\n"
                "           { name = \"nobody\"; } );\n"
                "sites = ( \"http://one.example.test\" );\n",
                server_url(web, "/ok", hook), url("/status/410"), hook);
}

static void every_channel_is_tried_and_told(void **state)
{
    const struct ran *r;
    char *request, *told;

    (void)state;
    write_settings();
    r = run("notify", "well", "--test");
    assert_int_equal(r->code, 0);
    assert_int_equal(count_lines(r->out), 2);
    assert_says(r->out, "webhook   127.0.0.1#");
    assert_says(r->out, ": sent: HTTP 200\n");
    assert_says(r->out, "command   sh: sent: exit 0\n");
    assert_string_equal(r->err, "");
    request = server_last_request(web, "/ok");
    assert_says(request, "Idempotency-Key: test.");
    assert_says(request, "\"event\":\"test\"");
    told = place_read("told"); /* where uptime.cfg is */
    assert_says(told, "\"owner\":\"well\"");
    free(request);
    free(told);
}

static void one_that_is_refused_fails_the_whole(void **state)
{
    const struct ran *r;

    (void)state;
    write_settings();
    r = run("notify", "ops", "--test");
    assert_int_equal(r->code, 3);
    assert_int_equal(count_lines(r->out), 2);
    assert_says(r->out, ": sent: HTTP 200\n");
    assert_says(r->out, ": refused: HTTP 410");
}

static void a_channel_can_be_chosen(void **state)
{
    const struct ran *r;

    (void)state;
    write_settings();
    r = run("notify", "well", "--channel", "command", "--test");
    assert_int_equal(r->code, 0);
    assert_int_equal(count_lines(r->out), 1);
    assert_int_equal(server_totals(web).requests, 0);
}

static void wrong_words_are_wrong_usage(void **state)
{
    static const struct {
        const char *words[4], *message;
    } rows[] = {
        { { "opps", "--test" }, "there is no owner 'opps' (did you mean 'ops'?)" },
        { { "ops", "--channel", "webhok", "--test" }, "there is no channel 'webhok' (did you mean 'webhook'?)" },
        { { "ops", "--channel", "sms", "--test" }, "owner 'ops' has no sms" },
        { { "nobody", "--test" }, "owner 'nobody' has no channel" },
        { { "ops" }, "add --test" },
        { { "--test" }, "which owner?" },
    };
    size_t i;

    (void)state;
    write_settings();
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const char *const *w = rows[i].words;
        const char *argv[] = { SQUIRREL, "notify", w[0], w[1], w[1] ? w[2] : NULL, w[1] && w[2] ? w[3] : NULL, NULL };
        const struct ran *r = process_run(NULL, argv);

        assert_int_equal(r->code, 2);
        assert_says(r->err, rows[i].message);
        assert_string_equal(r->out, "");
    }
    assert_int_equal(server_totals(web).requests, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WHOLE(every_channel_is_tried_and_told),
        WHOLE(one_that_is_refused_fails_the_whole),
        WHOLE(a_channel_can_be_chosen),
        WHOLE(wrong_words_are_wrong_usage),
    };

    return WHOLE_RUN(tests);
}
