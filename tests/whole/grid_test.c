/* The live grid in tmux, as text, at the sizes people use. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "golden.h"
#include "place.h"
#include "process.h"
#include "support/ports.h"
#include "support/tls.h"
#include "whole.h"

/* --- a site of each state ----------------------------------------------------------------------------------------- */

static struct {
    struct tls_authority *authority;
    struct tls_identity *identity[3];
    struct server *server[3];
    char url[3][SERVER_URL_SIZE];
} secure;

static void open_secure(void)
{
    static const struct { enum tls_kind kind; int days; } made[3] = { { TLS_GOOD, 61 }, { TLS_GOOD, 5 }, { TLS_EXPIRED, 0 } };
    int i;

    secure.authority = tls_authority_new();
    for (i = 0; i < 3; i++) {
        secure.identity[i] = tls_identity_new(secure.authority, made[i].kind, made[i].days);
        secure.server[i] = server_start(&(struct server_options){ .tls = secure.identity[i] });
        server_url(secure.server[i], "/ok", secure.url[i]);
    }
}

static void close_secure(void)
{
    int i;

    for (i = 0; i < 3; i++) {
        server_stop(secure.server[i]);
        tls_identity_free(secure.identity[i]);
    }
    tls_authority_free(secure.authority);
}

/* Sites come one after the other, each when the one before it has its state: so the order in the grid is the same always, for
 * in trouble the newest is the first. */
struct growing {
    struct terminal *terminal;
    struct strbuf sites;
};

static void grow(struct growing *g, const char *name, const char *address, const char *settings, const char *shows)
{
    strbuf_addf(&g->sites, "%s  { name = \"%s\"; url = \"%s\"; %s}", g->sites.length ? ",\n" : "", name, address, settings);
    place_write("uptime.cfg", "workers = 2;\n"
                "defaults: { interval = \"1h\"; timeout = \"10s\"; retries = 0; ca_file = \"%s\"; };\nsites = (\n%s\n);\n",
                tls_authority_file(secure.authority), g->sites.text);
    if (g->terminal)
        terminal_keys(g->terminal, "R");
    else
        g->terminal = watch_at(120, 40);
    terminal_wait(g->terminal, shows);
}

static struct terminal *watch_each_state(void)
{
    struct growing g = { .sites = STRBUF_INIT };
    char refused[64];

    snprintf(refused, sizeof(refused), "http://127.0.0.1:%d/", port_refused());
    place_write("junk.pem", "no certificate\n");
    server_route(web, "/held", HOLD);
    grow(&g, "front", url("/ok"), "", "UP    front");
    grow(&g, "secure", secure.url[0], "tags = [\"shop\"]; ", "UP    secure");
    grow(&g, "ends-soon", secure.url[1], "", "WARN  ends-soon");
    grow(&g, "slow", url("/delay/60"), "interval = \"1s\"; slow_above = \"20ms\"; ", "SLOW  slow");
    grow(&g, "resting", url("/status/500"), "paused = true; ", "PAUSE resting");
    grow(&g, "ours", secure.url[0], "ca_file = \"junk.pem\"; ", "?     ours");
    grow(&g, "waiting", url("/held"), "timeout = \"5m\"; ", "NEW   waiting");
    grow(&g, "shaky", url("/status/502"), "retries = 10; retry_interval = \"1h\"; ", "CHECK shaky");
    grow(&g, "lost", "http://nx.example.test/", "", "DOWN  lost");
    grow(&g, "silent", url("/hang"), "timeout = \"1s\"; ", "DOWN  silent");
    grow(&g, "expired", secure.url[2], "tags = [\"shop\", \"eu\"]; ", "DOWN  expired");
    grow(&g, "broken", url("/fault/hostile-reason"), "", "DOWN  broken");
    grow(&g, "round", url("/loop"), "", "DOWN  round");
    grow(&g, "not-http", url("/fault/banner"), "", "DOWN  not-http");
    grow(&g, "wrong-page", url("/body/10"), "expect_body = \"Welcome\"; ", "DOWN  wrong-page");
    grow(&g, "wall", url("/fault/wall-cloudflare"), "", "DOWN  wall");
    grow(&g, "closed", refused, "tags = [\"db\"]; ", "DOWN  closed");
    strbuf_release(&g.sites);
    terminal_keys(g.terminal, "Escape"); /* drops the message */
    return g.terminal;
}

static void each_state_at_four_sizes(void **state)
{
    struct terminal *t;

    (void)state;
    open_secure();
    t = watch_each_state();
    golden_wait(t, "states_120x40");
    terminal_resize(t, 200, 50);
    golden_wait(t, "states_200x50");
    terminal_resize(t, 80, 24);
    golden_wait(t, "states_80x24");
    terminal_resize(t, 40, 12);
    golden_wait(t, "states_40x12");
    terminal_resize(t, 20, 5);
    golden_wait(t, "states_20x5");
    terminal_close(t);
    close_secure();
}

static void a_list_without_sites(void **state)
{
    struct terminal *t;

    (void)state;
    place_write("uptime.cfg", "sites = ( );\n");
    t = watch_at(80, 24);
    golden_wait(t, "empty_80x24");
    terminal_keys(t, "q"); /* there is nothing to stop */
    assert_int_equal(terminal_end(t), 0);
}

/* --- the title ---------------------------------------------------------------------------------------------------- */

static void the_title_of_the_window_counts(void **state)
{
    struct terminal *t;

    (void)state;
    place_write("uptime.cfg", "defaults: { retries = 0; };\nsites = ( \"%s\", { name = \"bad\"; url = \"%s\"; } );\n", url("/ok"),
                url("/fault/hostile-reason"));
    t = watch_at(80, 24);
    terminal_wait(t, "DOWN  bad");
    assert_string_equal(terminal_ask(t, "#{pane_title}"), "squirrel: 1 down"); /* and not "owned" */
    assert_safe(terminal_look(t)->text);
}

/* --- lines of the terminal ---------------------------------------------------------------------------------------- */

static void without_utf8_all_is_ascii(void **state)
{
    static const char *const how[][2] = { { "LC_ALL=C", NULL }, { "LC_ALL=C.UTF-8", "--ascii" } };
    size_t i;

    (void)state;
    for (i = 0; i < 2; i++) {
        struct terminal *t;
        const char *c;

        place_write("uptime.cfg", "defaults: { retries = 0; };\nsites = ( \"%s\", { name = \"münchen\"; url = \"%s\"; } );\n", url("/ok"),
                    url("/status/500"));
        t = terminal_open(80, 24, CHANGES(how[i][0]), (const char *const[]){ SQUIRREL, how[i][1], NULL });
        terminal_wait(t, "HTTP 500");
        for (c = terminal_look(t)->text; *c; c++)
            if ((unsigned char)*c >= 0x80)
                fail_msg("%s:\n%s", how[i][0], terminal_look(t)->text);
        terminal_close(t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WHOLE(each_state_at_four_sizes),
        WHOLE(a_list_without_sites),
        WHOLE(the_title_of_the_window_counts),
        WHOLE(without_utf8_all_is_ascii),
    };

    return WHOLE_RUN(tests);
}
