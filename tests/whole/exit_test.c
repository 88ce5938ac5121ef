/* What `check` exits with, and what it says on which descriptor. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "place.h"
#include "process.h"
#include "support/ports.h"
#include "support/tls.h"
#include "whole.h"

/* --- 0 and 1: the verdict ----------------------------------------------------------------------------------------- */

static void all_well_is_0(void **state)
{
    const struct ran *r = run("check", url("/ok"), url("/status/204"), url("/redirect/3"));

    (void)state;
    assert_int_equal(r->code, 0);
    assert_int_equal(count_lines(r->out), 4);
    assert_says(r->out, "STATE NAME");
    assert_says(r->out, "UP    127.0.0.1");
    assert_says(r->err, "3 sites: 3 up; ");
}

static void one_down_among_many_is_1(void **state)
{
    const struct ran *r = run("check", "--retries", "0", url("/ok"), url("/status/500"), url("/status/201"));

    (void)state;
    assert_int_equal(r->code, 1);
    assert_says(r->out, "DOWN ");
    assert_says(r->out, "HTTP 500 Internal Server Error");
    assert_says(r->err, "3 sites: 1 down, 2 up; ");
}

static void degraded_alone_is_0(void **state)
{
    const struct ran *r;

    (void)state;
    place_write("uptime.cfg", "sites = ( { name = \"slow\"; url = \"%s\"; slow_above = \"1ms\"; } );\n", url("/delay/20"));
    r = run("check");
    assert_int_equal(r->code, 0);
    assert_says(r->out, "SLOW  slow");
    assert_says(r->err, "1 site: 1 degraded; ");
}

static void a_certificate_near_its_end_is_a_warning_and_0(void **state)
{
    struct tls_authority *a = tls_authority_new();
    struct tls_identity *i = tls_identity_new(a, TLS_GOOD, 5);
    struct server *secure = server_start(&(struct server_options){ .tls = i });
    char address[SERVER_URL_SIZE];
    const struct ran *r;

    (void)state;
    place_write("uptime.cfg", "defaults: { ca_file = \"%s\"; certificate_warning = \"14d\"; };\n"
                "sites = ( { name = \"old\"; url = \"%s\"; } );\n", tls_authority_file(a),
                server_url(secure, "/ok", address));
    r = run("check");
    assert_int_equal(r->code, 0);
    assert_says(r->out, "WARN  old");
    assert_says(r->out, "certificate ends in 5 days");
    server_stop(secure);
    tls_identity_free(i);
    tls_authority_free(a);
}

static void a_paused_site_is_told_and_not_asked(void **state)
{
    const struct ran *r;

    (void)state;
    place_write("uptime.cfg", "sites = ( { name = \"shop\"; url = \"%s\"; paused = true; }, \"%s\" );\n", url("/status/500"),
                url("/ok"));
    r = run("check");
    assert_int_equal(r->code, 0);
    assert_says(r->out, "PAUSE shop");
    assert_int_equal(server_hits(web, NULL, "/status/500"), 0);
}

/* --- 2: wrong usage or settings ----------------------------------------------------------------------------------- */

static void a_bad_url_is_2_and_nothing_is_checked(void **state)
{
    static const struct { const char *url, *cause; } bad[] = {
        { "example.org", "did you mean 'https://example.org'?" },
        { "ftp://127.0.0.1/", "'ftp'" },
        { "http://", "host" },
        { "http://127.0.0.1:99999/", "'http://127.0.0.1:99999/' is no URL" },
        { "http://a b/", "blank" },
        { "http://127.0.0.1/\033[31m", "control character" },
        { "http://127.0.0.1/\xff", "broken UTF-8" },
        { "javascript:alert(1)", "is no URL" },
        { "", "" },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        const struct ran *r = run("check", url("/ok"), bad[i].url, url("/status/201"));

        if (r->code != 2)
            fail_msg("'%s' exits with %d", bad[i].url, r->code);
        assert_string_equal(r->out, "");
        assert_says(r->err, bad[i].cause);
        assert_null(strchr(r->err, '\033'));
    }
    assert_int_equal(server_hits(web, NULL, NULL), 0);
}

static void every_bad_url_is_told(void **state)
{
    const struct ran *r = run("check", "one", url("/ok"), "two", "three");

    (void)state;
    assert_int_equal(r->code, 2);
    assert_int_equal(count_lines(r->err), 3);
    assert_says(r->err, "'one'");
    assert_says(r->err, "'two'");
    assert_says(r->err, "'three'");
}

static void a_file_that_is_not_there_is_2(void **state)
{
    const struct ran *named = run("check", "-c", "nowhere.cfg"), *found = run("check");

    (void)state;
    assert_int_equal(named->code, 2);
    assert_says(named->err, "nowhere.cfg': No such file or directory");
    assert_int_equal(found->code, 2);
    assert_says(found->err, "there is no ./uptime.cfg");
    assert_says(found->err, "/config/uptimesquirrel/uptime.cfg");
    assert_string_equal(found->out, "");
}

static void a_bad_file_is_2_with_every_fault_a_line(void **state)
{
    const struct ran *r;

    (void)state;
    place_write("uptime.cfg", "engine = \"evnts\";\n"
                              "defaults: { interval = \"0s\"; };\n"
                              "sites = (\n"
                              "  \"example.org\",\n"
                              "  { name = \"shop\"; url = \"%s\"; intervall = \"5m\"; },\n"
                              "  { name = \"shop\"; url = \"%s\"; method = \"POST\"; owner = \"nobody\"; },\n"
                              "  { name = \"lost\"; } );\n", url("/a"), url("/b"));
    r = run("check");
    assert_int_equal(r->code, 2);
    assert_string_equal(r->out, "");
    assert_int_equal(count_lines(r->err), 8);
    assert_says(r->err, "uptime.cfg:1: 'engine' must be ");
    assert_says(r->err, "uptime.cfg:2: defaults: 'interval' must be 1s to 30d, not 0s\n");
    assert_says(r->err, "uptime.cfg:4: sites[0]: 'url': 'example.org' has no scheme");
    assert_says(r->err, "uptime.cfg:5: sites[1] 'shop': unknown setting 'intervall' (did you mean 'interval'?)\n");
    assert_says(r->err, "uptime.cfg:6: sites[2] 'shop': sites[1] has this name already\n");
    assert_says(r->err, "uptime.cfg:6: sites[2] 'shop': 'method' must be HEAD or GET, not 'POST'\n");
    assert_says(r->err, "uptime.cfg:6: sites[2] 'shop': there is no owner 'nobody'\n");
    assert_says(r->err, "uptime.cfg:7: sites[3] 'lost': 'url' is missing\n");
    assert_int_equal(server_hits(web, NULL, NULL), 0);
}

static void a_list_without_sites_is_2(void **state)
{
    const struct ran *r;

    (void)state;
    place_write("uptime.cfg", "sites = ( );\n");
    r = run("check");
    assert_int_equal(r->code, 2);
    assert_says(r->err, "there is no site to check");
    r = run_with((&(struct how){ .input = "" }), "check", "-");
    assert_int_equal(r->code, 2);
    r = run_with((&(struct how){ .input = "# only\n\n   \n# comments" }), "check", "-");
    assert_int_equal(r->code, 2);
    assert_says(r->err, "there is no site to check");
}

/* --- 3: we could not do our work ---------------------------------------------------------------------------------- */

/* A file that is no certificate is our fault, not the site's. */
static void write_inconclusive(const char *also)
{
    place_write("junk.pem", "this is no certificate\n");
    place_write("uptime.cfg", "defaults: { retries = 0; };\nsites = (\n"
                "  { name = \"ours\"; url = \"https://127.0.0.1:%d/\"; ca_file = \"junk.pem\"; },\n  \"%s\" );\n",
                server_port(web), also);
}

static void inconclusive_is_3(void **state)
{
    const struct ran *r;

    (void)state;
    write_inconclusive(url("/ok"));
    r = run("check");
    assert_int_equal(r->code, 3);
    assert_says(r->out, "?     ours");
    assert_says(r->err, "2 sites: 1 inconclusive, 1 up; ");
}

static void down_says_more_than_inconclusive(void **state)
{
    (void)state;
    write_inconclusive(url("/status/500"));
    assert_int_equal(run("check")->code, 1);
}

static void a_machine_that_seems_offline_is_told(void **state)
{
    const struct ran *r = run("check", "--retries", "0", "http://nx-1.invalid/", "http://nx-2.invalid/", "http://nx-3.invalid/");

    (void)state;
    assert_int_equal(r->code, 1); /* what it saw, and a hint */
    assert_says(r->err, "this machine seems to be offline");
    r = run("check", "--retries", "0", "http://nx-1.invalid/", "http://nx-2.invalid/", "http://nx-3.invalid/", url("/ok"));
    assert_int_equal(r->code, 1);
    assert_silent(r->err, "offline");
}

/* --- what to check ------------------------------------------------------------------------------------------------ */

static void urls_are_checked_in_place_of_the_file(void **state)
{
    const struct ran *r;

    (void)state;
    place_write("uptime.cfg", "sites = ( \"%s\" );\n", url("/status/500"));
    r = run("check", url("/ok"));
    assert_int_equal(r->code, 0);
    assert_int_equal(server_hits(web, NULL, "/status/500"), 0);
}

static void a_named_file_lends_its_defaults_to_urls(void **state)
{
    const struct ran *r;

    (void)state;
    place_write("uptime.cfg", "defaults: { expect_status = \"404\"; };\nsites = ( \"%s\" );\n", url("/status/500"));
    r = run("check", "-c", "uptime.cfg", url("/status/404"));
    assert_int_equal(r->code, 0);
    assert_int_equal(server_hits(web, NULL, "/status/500"), 0);
}

static void a_url_that_stands_in_the_named_file_is_checked_too(void **state)
{
    const struct ran *r;

    (void)state;
    place_write("uptime.cfg", "sites = ( { name = \"shop\"; url = \"%s\"; }, \"%s\" );\n", url("/ok"), url("/other"));
    r = run("check", "-c", "uptime.cfg", url("/ok"));
    assert_int_equal(r->code, 0);
    assert_says(r->out, "UP    127.0.0.1 ");
    assert_int_equal(server_hits(web, NULL, "/other"), 0);
}

static void the_file_is_found_where_people_keep_it(void **state)
{
    char *text;

    (void)state;
    text = strdup(place_write("x.cfg", "sites = ( \"%s\" );\n", url("/ok")));
    assert_int_equal(shell("mkdir -p config/uptimesquirrel && mv x.cfg config/uptimesquirrel/uptime.cfg")->code, 0);
    assert_int_equal(run("check")->code, 0);
    place_write("uptime.cfg", "sites = ( \"%s\" );\n", url("/status/500"));
    assert_int_equal(run("check")->code, 1); /* the one here comes first */
    free(text);
}

static void retries_are_asked_and_counted(void **state)
{
    (void)state;
    assert_int_equal(run("check", "--retries", "0", url("/status/500"))->code, 1);
    assert_int_equal(server_hits(web, "HEAD", "/status/500"), 1);
    assert_int_equal(server_hits(web, "GET", "/status/500"), 1);
    place_write("uptime.cfg", "defaults: { retry_interval = \"0s\"; };\n");
    assert_int_equal(run("check", "-c", "uptime.cfg", "--retries", "3", url("/status/502"))->code, 1);
    assert_int_equal(server_hits(web, "HEAD", "/status/502"), 4);
}

static void one_good_answer_ends_the_retries(void **state)
{
    const struct ran *r;

    (void)state;
    server_route(web, "/flaky", ANSWER(503, NULL, ""), THEN, RESET, THEN, ANSWER(200, NULL, "back"));
    place_write("uptime.cfg", "defaults: { retry_interval = \"0s\"; };\n");
    r = run("check", "-c", "uptime.cfg", "--retries", "5", "--output", "json", url("/flaky"));
    assert_int_equal(r->code, 0);
    assert_says(r->out, "\"state\":\"up\"");
}

static void the_timeout_given_stands_over_every_sites_own(void **state)
{
    const struct ran *r;

    (void)state;
    place_write("uptime.cfg", "sites = ( { name = \"hangs\"; url = \"%s\"; timeout = \"5m\"; retries = 0; } );\n", url("/hang"));
    r = run("check", "--timeout", "100ms"); /* else it would outlast our patience */
    assert_int_equal(r->code, 1);
    assert_says(r->out, "TMO");
    assert_says(r->out, "no first byte in 1");
}

static void refused_connections_and_lost_names_are_told_apart(void **state)
{
    char refused[64];
    const struct ran *r;

    (void)state;
    snprintf(refused, sizeof(refused), "http://127.0.0.1:%d/", port_refused());
    r = run("check", "--retries", "0", refused, "http://nx.example.test/");
    assert_int_equal(r->code, 1);
    assert_says(r->out, " TCP ");
    assert_says(r->out, "connection refused");
    assert_says(r->out, " DNS ");
    assert_says(r->out, "nx.example.test");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WHOLE(all_well_is_0),
        WHOLE(one_down_among_many_is_1),
        WHOLE(degraded_alone_is_0),
        WHOLE(a_certificate_near_its_end_is_a_warning_and_0),
        WHOLE(a_paused_site_is_told_and_not_asked),
        WHOLE(a_bad_url_is_2_and_nothing_is_checked),
        WHOLE(every_bad_url_is_told),
        WHOLE(a_file_that_is_not_there_is_2),
        WHOLE(a_bad_file_is_2_with_every_fault_a_line),
        WHOLE(a_list_without_sites_is_2),
        WHOLE(inconclusive_is_3),
        WHOLE(down_says_more_than_inconclusive),
        WHOLE(a_machine_that_seems_offline_is_told),
        WHOLE(urls_are_checked_in_place_of_the_file),
        WHOLE(a_named_file_lends_its_defaults_to_urls),
        WHOLE(a_url_that_stands_in_the_named_file_is_checked_too),
        WHOLE(the_file_is_found_where_people_keep_it),
        WHOLE(retries_are_asked_and_counted),
        WHOLE(one_good_answer_ends_the_retries),
        WHOLE(the_timeout_given_stands_over_every_sites_own),
        WHOLE(refused_connections_and_lost_names_are_told_apart),
    };

    return WHOLE_RUN(tests);
}
