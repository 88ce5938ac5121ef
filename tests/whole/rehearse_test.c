/* rehearse: who would be told what and when, without a word being sent. */
#include <string.h>

#include "place.h"
#include "process.h"
#include "whole.h"

static void write_settings(void)
{
    place_write("uptime.cfg",
                "defaults: { owner = \"ops\"; interval = \"30s\"; };\n"
                "owners = ( { name = \"ops\"; webhook = \"%s\"; remind = \"10m\"; escalate = \"boss\"; escalate_after = \"5m\"; },\n"
                "           { name = \"boss\"; webhook = \"%s\"; } );\n"
                "sites = ( { name = \"router\"; url = \"%s\"; }, { name = \"shop\"; url = \"%s\"; depends_on = [ \"router\" ]; },\n"
                "          { name = \"alone\"; url = \"%s\"; owner = \"\"; } );\n",
                url("/told"), url("/told"), url("/ok"), url("/ok"), url("/ok"));
}

/* Where the piece is; fails when it is not behind `from`. */
static const char *then(const char *from, const char *piece)
{
    const char *at = strstr(from, piece);

    if (!at)
        fail_msg("'%s' does not follow in:\n%s", piece, from);
    return at;
}

static void an_outage_is_walked_through_and_nothing_is_sent(void **state)
{
    const struct ran *r;
    const char *at;

    (void)state;
    write_settings();
    r = run("rehearse", "router", "down", "30m");
    assert_int_equal(r->code, 0);
    assert_says(r->out, "shop: nobody is told: what it depends on is down\n");
    at = then(r->out, "router: DOWN\n");
    at = then(at, "-> ops by webhook");
    at = then(at, ": [DOWN] router\n");
    at = then(at, "-> boss by webhook");
    at = then(at, "router: UP\n");
    then(at, ": [UP] router after ");
    assert_silent(r->out, "] shop");
    assert_says(r->out, "nothing was sent");
    assert_safe(r->out);
    assert_int_equal(server_hits(web, NULL, NULL), 0);
    assert_false(place_has("uptime.db"));
}

static void what_is_over_before_it_is_certain_is_told_to_nobody(void **state)
{
    const struct ran *r;

    (void)state;
    write_settings();
    r = run("rehearse", "shop", "down", "1s");
    assert_int_equal(r->code, 0);
    assert_silent(r->out, "->");
    assert_says(r->out, "nobody would be told");
}

static void wrong_words_are_wrong_usage(void **state)
{
    const struct ran *r;

    (void)state;
    write_settings();
    r = run("rehearse", "ruoter", "down", "30m");
    assert_int_equal(r->code, 2);
    assert_says(r->err, "did you mean 'router'?");
    assert_int_equal(run("rehearse", "router", "up", "30m")->code, 2);
    assert_int_equal(run("rehearse", "router", "down", "soon")->code, 2);
    assert_int_equal(run("rehearse", "router")->code, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WHOLE(an_outage_is_walked_through_and_nothing_is_sent),
        WHOLE(what_is_over_before_it_is_certain_is_told_to_nobody),
        WHOLE(wrong_words_are_wrong_usage),
    };

    return WHOLE_RUN(tests);
}
