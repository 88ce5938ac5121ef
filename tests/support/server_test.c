/* The fault server does what scripts say, and tells what came. */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "support/client.h"
#include "support/crowd.h"
#include "support/ports.h"
#include "support/server.h"
#include "support/tests.h"

struct fixture {
    struct server *server;
    struct strbuf reply;
};

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));

    f->reply = (struct strbuf)STRBUF_INIT;
    f->server = server_start(NULL);
    *state = f;
    return f->server ? 0 : -1;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;

    server_stop(f->server);
    strbuf_release(&f->reply);
    free(f);
    return 0;
}

static enum client_end ask(struct fixture *f, const char *method, const char *path)
{
    char request[1024];

    snprintf(request, sizeof(request), "%s %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n", method, path, server_port(f->server));
    return client_ask(server_port(f->server), request, &f->reply, 0);
}

/* The answer's body. */
static const char *body_of(const struct strbuf *reply)
{
    const char *end = strstr(reply->text, "\r\n\r\n");

    return end ? end + 4 : "(no header)";
}

static void assert_begins(const struct strbuf *reply, const char *beginning)
{
    if (strncmp(reply->text, beginning, strlen(beginning)) != 0)
        assert_string_equal(reply->text, beginning);
}

/* --- paths ------------------------------------------------------------------------------------------------------ */

static void paths_answer_as_their_names_say(void **state)
{
    static const struct {
        const char *method, *path, *begins, *body;
    } rows[] = {
        { "GET", "/", "HTTP/1.1 200 OK\r\n", "ok\n" },
        { "HEAD", "/ok", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n", "" },
        { "GET", "/ok?query=1", "HTTP/1.1 200 OK\r\n", "ok\n" },
        { "GET", "http://elsewhere.example.org/status/410?as=proxy", "HTTP/1.1 410 Gone\r\n", "status\n" },
        { "GET", "http://elsewhere.example.org", "HTTP/1.1 200 OK\r\n", "ok\n" },
        { "GET", "/status/503", "HTTP/1.1 503 Service Unavailable\r\n", "status\n" },
        { "HEAD", "/status/503", "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 7\r\n", "" },
        { "GET", "/status/204", "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n", "" },
        { "GET", "/status/999", "HTTP/1.1 999 Status\r\n", "status\n" },
        { "GET", "/status/99", "HTTP/1.1 404 ", "no such path\n" },
        { "GET", "/status/200x", "HTTP/1.1 404 ", "no such path\n" },
        { "HEAD", "/split/405/200", "HTTP/1.1 405 ", "" },
        { "GET", "/split/405/200", "HTTP/1.1 200 ", "split\n" },
        { "GET", "/delay/1", "HTTP/1.1 200 ", "late\n" },
        { "GET", "/delay/1/500", "HTTP/1.1 500 ", "late\n" },
        { "HEAD", "/body/5", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n", "" },
        { "GET", "/body/5", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n", "xxxxx" },
        { "GET", "/body/0", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n", "" },
        { "GET", "/redirect/2", "HTTP/1.1 302 Found\r\nLocation: /redirect/1\r\n", "" },
        { "GET", "/redirect/0", "HTTP/1.1 200 ", "ok\n" },
        { "GET", "/chain/0", "HTTP/1.1 200 ", "ok\n" },
        { "GET", "/loop", "HTTP/1.1 302 Found\r\nLocation: /loop/back\r\n", "" },
        { "GET", "/loop/back", "HTTP/1.1 302 Found\r\nLocation: /loop\r\n", "" },
        { "GET", "/goto/ftp:%2F%2Fexample.org%2f%1b", "HTTP/1.1 302 Found\r\nLocation: ftp://example.org/\x1b\r\n", "" },
        { "GET", "/goto/http://h/?a=b", "HTTP/1.1 302 Found\r\nLocation: http://h/?a=b\r\n", "" },
        { "HEAD", "/echo", "HTTP/1.1 200 OK\r\n", "" },
        { "GET", "/auth/me/secret", "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic ", "" },
        { "GET", "/named/shop", "HTTP/1.1 200 ", "ok\n" },
        { "GET", "/nothing", "HTTP/1.1 404 Not Found\r\n", "no such path\n" },
        { "GET", "/fault/nothing", "HTTP/1.1 404 Not Found\r\n", "no such path\n" },
    };
    struct fixture *f = *state;
    size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_int_equal(ask(f, rows[i].method, rows[i].path), CLIENT_CLOSED);
        assert_begins(&f->reply, rows[i].begins);
        assert_string_equal(body_of(&f->reply), rows[i].body);
    }
}

static void a_chain_redirects_to_the_host_that_was_asked(void **state)
{
    struct fixture *f = *state;
    char wanted[128];

    ask(f, "GET", "/chain/12");
    snprintf(wanted, sizeof(wanted), "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:%d/chain/11\r\n", server_port(f->server));
    assert_begins(&f->reply, wanted);
}

static void a_name_does_as_it_was_set_to(void **state)
{
    struct fixture *f = *state;

    ask(f, "GET", "/set/shop/status/500");
    assert_begins(&f->reply, "HTTP/1.1 200 ");
    ask(f, "GET", "/named/shop");
    assert_begins(&f->reply, "HTTP/1.1 500 ");
    ask(f, "GET", "/named/shops");
    assert_begins(&f->reply, "HTTP/1.1 200 ");
    ask(f, "GET", "/set/shop/fault/cut-in-header");
    assert_int_equal(ask(f, "GET", "/named/shop"), CLIENT_CLOSED);
    assert_string_equal(f->reply.text, "HTTP/1.1 200 OK\r\nServ");
    ask(f, "GET", "/set/shop");
    ask(f, "GET", "/named/shop");
    assert_begins(&f->reply, "HTTP/1.1 200 OK\r\nContent-Length: 3");
}

static void only_the_right_password_signs_in(void **state)
{
    static const struct {
        const char *path, *header, *begins;
    } rows[] = {
        { "/auth/me/secret", "Authorization: Basic bWU6c2VjcmV0", "HTTP/1.1 200 " },
        { "/auth/me/secret", "authorization:basic bWU6c2VjcmV0", "HTTP/1.1 200 " },
        { "/auth/me/secret", "Authorization: Basic bWU6c2VjcmV1", "HTTP/1.1 401 " },
        { "/auth/me/secret", "Authorization: Basic bWU6c2VjcmU=", "HTTP/1.1 401 " },
        { "/auth/me/secret", "Authorization: Basic bWU6c2VjcmV0cw==", "HTTP/1.1 401 " },
        { "/auth/me/secret", "Authorization: Basic", "HTTP/1.1 401 " },
        { "/auth/me/secret", "Authorization: Bearer bWU6c2VjcmV0", "HTTP/1.1 401 " },
        { "/auth/me/secre", "Authorization: Basic bWU6c2VjcmU=", "HTTP/1.1 200 " },
        { "/auth/me/", "Authorization: Basic bWU6", "HTTP/1.1 200 " },
    };
    struct fixture *f = *state;
    size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char request[512];

        snprintf(request, sizeof(request), "GET %s HTTP/1.1\r\nHost: x\r\n%s\r\n\r\n", rows[i].path, rows[i].header);
        assert_int_equal(client_ask(server_port(f->server), request, &f->reply, 0), CLIENT_CLOSED);
        assert_begins(&f->reply, rows[i].begins);
    }
}

static void what_is_no_request_line_is_hung_up_on(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(client_ask(server_port(f->server), "hello\r\n\r\n", &f->reply, 0), CLIENT_CLOSED);
    assert_int_equal(f->reply.length, 0);
}

static void every_fault_of_the_corpus_is_played_to_its_end_or_to_ours(void **state)
{
    static const char *const methods[] = { "HEAD", "GET" };
    struct fixture *f = *state;
    size_t i, m;

    for (i = 0; i < nfault; i++) {
        size_t other;

        for (other = 0; other < i; other++)
            assert_string_not_equal(faults[other].name, faults[i].name);
        for (m = 0; m < 2; m++) {
            bool silent = faults[i].error && !strcmp(faults[i].error, "timeout");
            bool left_open = !strcmp(faults[i].name, "ok-left-open") || !strcmp(faults[i].name, "ok-keep-alive");
            char path[128], request[256];

            snprintf(path, sizeof(path), "/fault/%s", faults[i].name);
            snprintf(request, sizeof(request), "%s %s HTTP/1.1\r\nHost: x\r\n\r\n", methods[m], path);
            if (silent && !strstr(faults[i].name, "head-405") && !strstr(faults[i].name, "redirect")) {
                int fd = client_connect(NULL, server_port(f->server));

                client_send(fd, request);
                assert_true(server_wait_hits(f->server, methods[m], path, 1));
                close(fd);
            } else if (!(silent && m)) {
                /* 1 MiB is more than any that ends, and less than those that do not */
                enum client_end end = client_ask(server_port(f->server), request, &f->reply, left_open ? 10 : 1 << 20);
                bool wants_reset = !strcmp(faults[i].name, "reset") || (m && !strcmp(faults[i].name, "body-short-reset"));

                assert_int_not_equal(end, CLIENT_SILENT);
                assert_int_equal(end == CLIENT_RESET, wants_reset);
                if (!faults[i].error && faults[i].status == 200 && !strstr(faults[i].name, "redirect") && m &&
                    !strstr(faults[i].name, "get-503"))
                    assert_non_null(strstr(f->reply.text, "HTTP/1."));
            }
            assert_true(server_wait_open(f->server, 0));
        }
    }
}

/* --- steps ------------------------------------------------------------------------------------------------------ */

static void bytes_are_sent_as_they_are(void **state)
{
    struct fixture *f = *state;

    server_route(f->server, "/raw", SEND_BYTES("a\0b\xff"), SEND("c"), REPEAT("de", 3), FILL(4), DRIP("fg", 2, 1));
    assert_int_equal(ask(f, "GET", "/raw"), CLIENT_CLOSED);
    assert_int_equal(f->reply.length, 19);
    assert_memory_equal(f->reply.text, "a\0b\xff" "cdededexxxxfgfg", 19);
}

static void an_answer_is_whole_for_get_and_a_header_for_head(void **state)
{
    struct fixture *f = *state;

    server_route(f->server, "/a", ANSWER(404, "X-A: 1\r\n", "gone"));
    server_route(f->server, "/own", ANSWER(200, "content-length: 9\r\nConnection: keep-alive\r\n", "four"));
    ask(f, "GET", "/a");
    assert_string_equal(f->reply.text, "HTTP/1.1 404 Not Found\r\nX-A: 1\r\nContent-Length: 4\r\nConnection: close\r\n\r\ngone");
    ask(f, "HEAD", "/a");
    assert_string_equal(f->reply.text, "HTTP/1.1 404 Not Found\r\nX-A: 1\r\nContent-Length: 4\r\nConnection: close\r\n\r\n");
    ask(f, "GET", "/own");
    assert_string_equal(f->reply.text, "HTTP/1.1 200 OK\r\ncontent-length: 9\r\nConnection: keep-alive\r\n\r\nfour");
}

static void large_answers_come_whole(void **state)
{
    static const size_t sizes[] = { 1, 16383, 16384, 16385, 150000, 5000000 };
    struct fixture *f = *state;
    size_t i;

    for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        char path[64];

        snprintf(path, sizeof(path), "/body/%zu", sizes[i]);
        assert_int_equal(ask(f, "GET", path), CLIENT_CLOSED);
        assert_int_equal(strlen(body_of(&f->reply)), sizes[i]);
        assert_int_equal(strspn(body_of(&f->reply), "x"), sizes[i]);
    }
    server_route(f->server, "/lines", SEND("HTTP/1.1 200 OK\r\n"), REPEAT("X-Line: 0123456789\r\n", 20000), SEND("\r\n"));
    assert_int_equal(ask(f, "GET", "/lines"), CLIENT_CLOSED);
    assert_int_equal(f->reply.length, 17 + 20000 * 20 + 2);
}

static void an_endless_answer_lets_the_others_have_their_turn(void **state)
{
    struct fixture *f = *state;
    struct strbuf endless = STRBUF_INIT;
    int fd = client_connect(NULL, server_port(f->server));

    client_send(fd, "GET /fault/body-endless HTTP/1.1\r\n\r\n");
    assert_int_equal(client_receive(fd, &endless, 1 << 20), CLIENT_ENOUGH);
    assert_int_equal(ask(f, "GET", "/ok"), CLIENT_CLOSED);
    assert_int_equal(client_receive(fd, &endless, 2 << 20), CLIENT_ENOUGH);
    close(fd);
    assert_true(server_wait_open(f->server, 0));
    strbuf_release(&endless);
}

static void parts_are_for_one_request_each_and_the_last_for_all_later(void **state)
{
    struct fixture *f = *state;

    server_route(f->server, "/flaky", ANSWER(503, NULL, ""), THEN, RESET, THEN, ANSWER(200, NULL, "back"));
    ask(f, "GET", "/flaky");
    assert_begins(&f->reply, "HTTP/1.1 503 ");
    assert_int_equal(ask(f, "GET", "/flaky"), CLIENT_RESET);
    ask(f, "GET", "/flaky");
    assert_begins(&f->reply, "HTTP/1.1 200 ");
    ask(f, "GET", "/flaky");
    assert_begins(&f->reply, "HTTP/1.1 200 ");
}

static void steps_behind_for_are_for_that_method_alone(void **state)
{
    struct fixture *f = *state;

    server_route(f->server, "/x", SEND("all "), FOR("HEAD"), SEND("head"), FOR("GET"), SEND("get"), THEN, FOR("GET"), SEND("2"));
    ask(f, "HEAD", "/x");
    assert_string_equal(f->reply.text, "all head");
    ask(f, "GET", "/x");
    assert_string_equal(f->reply.text, "2");
    ask(f, "POST", "/x");
    assert_string_equal(f->reply.text, "");
}

static void the_newest_route_that_fits_is_played(void **state)
{
    struct fixture *f = *state;

    server_route(f->server, "/a*", SEND("prefix"));
    server_route(f->server, "/ab", SEND("exact"));
    server_route(f->server, "/ab?q=1", SEND("query"));
    server_route(f->server, "/ok", SEND("mine"));
    ask(f, "GET", "/a");
    assert_string_equal(f->reply.text, "prefix");
    ask(f, "GET", "/abc?q=1");
    assert_string_equal(f->reply.text, "prefix");
    ask(f, "GET", "/ab?q=2");
    assert_string_equal(f->reply.text, "exact");
    ask(f, "GET", "/ab?q=1");
    assert_string_equal(f->reply.text, "query");
    ask(f, "GET", "/ok");
    assert_string_equal(f->reply.text, "mine");
}

static void a_connection_is_kept_for_as_many_requests_as_the_script_wants(void **state)
{
    struct fixture *f = *state;

    server_route(f->server, "/keep", ANSWER(200, "Connection: keep-alive\r\n", "1"), REQUEST);
    assert_int_equal(client_ask(server_port(f->server),
                                "GET /keep HTTP/1.1\r\n\r\nPOST /keep HTTP/1.1\r\nContent-Length: 5\r\n\r\nab\r\n\r"
                                "GET /ok HTTP/1.1\r\n\r\nGET /never HTTP/1.1\r\n\r\n", &f->reply, 0),
                     CLIENT_CLOSED);
    assert_int_equal(server_hits(f->server, NULL, "/keep"), 2);
    assert_int_equal(server_hits(f->server, NULL, "/ok"), 1);
    assert_int_equal(server_hits(f->server, NULL, "/never"), 0);
    assert_int_equal(server_totals(f->server).accepted, 1);
}

static void a_request_may_come_in_pieces(void **state)
{
    struct fixture *f = *state;
    int fd = client_connect(NULL, server_port(f->server));
    struct strbuf reply = STRBUF_INIT;
    const char *at;

    for (at = "POST /echo HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc"; *at; at++)
        client_send(fd, (const char[]){ *at, '\0' });
    assert_int_equal(client_receive(fd, &reply, 0), CLIENT_CLOSED);
    assert_string_equal(body_of(&f->reply), "(no header)");
    assert_string_equal(body_of(&reply), "POST /echo HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc");
    strbuf_release(&reply);
    close(fd);
}

static void a_delay_lasts_at_least_as_long_as_asked(void **state)
{
    struct fixture *f = *state;
    int64_t begun_ns = clock_mono_ns();

    ask(f, "GET", "/delay/30");
    assert_begins(&f->reply, "HTTP/1.1 200 ");
    assert_true(clock_mono_ns() - begun_ns >= 30 * NS_PER_MS);
}

static void delays_end_in_the_order_of_their_ends(void **state)
{
    enum { N = 40 };
    struct fixture *f = *state;
    int fd[N], i;

    for (i = 0; i < N; i++) {
        char request[128];

        fd[i] = client_connect(NULL, server_port(f->server));
        snprintf(request, sizeof(request), "GET /delay/%d HTTP/1.1\r\n\r\n", i * 37 % N);
        client_send(fd[i], request);
    }
    for (i = 0; i < N; i++) {
        strbuf_reset(&f->reply);
        assert_int_equal(client_receive(fd[i], &f->reply, 0), CLIENT_CLOSED);
        assert_begins(&f->reply, "HTTP/1.1 200 ");
        close(fd[i]);
    }
}

static void held_requests_go_on_when_released(void **state)
{
    struct fixture *f = *state;
    int fd[3], i;

    server_route(f->server, "/held", HOLD, ANSWER(200, NULL, "at last"), HOLD);
    for (i = 0; i < 3; i++) {
        fd[i] = client_connect(NULL, server_port(f->server));
        client_send(fd[i], "GET /held HTTP/1.1\r\n\r\n");
    }
    assert_true(server_wait_held(f->server, 3));
    assert_int_equal(recv(fd[0], (char[1]){ 0 }, 1, MSG_DONTWAIT), -1);
    close(fd[2]); /* one does not wait for it */
    assert_true(server_wait_open(f->server, 2));
    server_release(f->server);
    assert_true(server_wait_held(f->server, 2)); /* in the second HOLD */
    for (i = 0; i < 2; i++) {
        strbuf_reset(&f->reply);
        assert_int_equal(client_receive(fd[i], &f->reply, 50), CLIENT_ENOUGH);
        assert_begins(&f->reply, "HTTP/1.1 200 ");
    }
    server_release(f->server);
    for (i = 0; i < 2; i++) {
        assert_int_equal(client_receive(fd[i], &f->reply, 0), CLIENT_CLOSED);
        close(fd[i]);
    }
}

static void greetings_come_before_anything_is_read(void **state)
{
    struct fixture *f = *state;
    int fd;

    server_greet(f->server, SEND("220 ready\r\n"), READ, SEND("221 bye\r\n"));
    fd = client_connect(NULL, server_port(f->server));
    strbuf_reset(&f->reply);
    assert_int_equal(client_receive(fd, &f->reply, 11), CLIENT_ENOUGH);
    client_send(fd, "QUIT\r\n");
    assert_int_equal(client_receive(fd, &f->reply, 0), CLIENT_CLOSED);
    assert_string_equal(f->reply.text, "220 ready\r\n221 bye\r\n");
    close(fd);

    server_greet(f->server, RESET);
    assert_int_equal(ask(f, "GET", "/ok"), CLIENT_RESET);
    server_greet(f->server, READ, CUT);
    assert_int_equal(ask(f, "GET", "/ok"), CLIENT_CLOSED);
    assert_int_equal(f->reply.length, 0);

    server_greet(f->server, HANG); /* accepts and never reads */
    fd = client_connect(NULL, server_port(f->server));
    client_send(fd, "GET /ok HTTP/1.1\r\n\r\n");
    assert_true(server_wait_open(f->server, 1));
    close(fd);
    assert_true(server_wait_open(f->server, 0));
    assert_int_equal(server_hits(f->server, NULL, NULL), 0);

    server_greet(f->server, SEND(""), REQUEST);
    ask(f, "GET", "/ok");
    assert_begins(&f->reply, "HTTP/1.1 200 ");
}

/* --- what came --------------------------------------------------------------------------------------------------- */

static void requests_are_counted_and_the_last_is_kept(void **state)
{
    struct fixture *f = *state;
    char *last;

    assert_null(server_last_request(f->server, NULL));
    ask(f, "HEAD", "/a?x=1");
    ask(f, "GET", "/a");
    ask(f, "GET", "/b");
    assert_int_equal(server_hits(f->server, "HEAD", "/a"), 1);
    assert_int_equal(server_hits(f->server, NULL, "/a"), 2);
    assert_int_equal(server_hits(f->server, "GET", NULL), 2);
    assert_int_equal(server_hits(f->server, NULL, NULL), 3);
    assert_int_equal(server_hits(f->server, "PUT", NULL), 0);
    assert_int_equal(server_totals(f->server).requests, 3);
    assert_int_equal(server_totals(f->server).accepted, 3);
    last = server_last_request(f->server, NULL);
    assert_ptr_equal(strstr(last, "GET /b HTTP/1.1\r\n"), last);
    free(last);
    last = server_last_request(f->server, "/a");
    assert_ptr_equal(strstr(last, "GET /a HTTP/1.1\r\nHost: "), last);
    free(last);
    server_forget(f->server);
    assert_int_equal(server_hits(f->server, NULL, NULL), 0);
    assert_null(server_last_request(f->server, "/a"));
    assert_null(server_last_request(f->server, NULL));
}

static void refusing_keeps_the_port_and_may_end_again(void **state)
{
    struct fixture *f = *state;
    int fd = client_connect(NULL, server_port(f->server)), i;

    client_send(fd, "GET /hang HTTP/1.1\r\n\r\n");
    assert_true(server_wait_hits(f->server, "GET", "/hang", 1));
    for (i = 0; i < 3; i++) {
        server_refuse(f->server, true);
        server_refuse(f->server, true);
        assert_int_equal(ask(f, "GET", "/ok"), CLIENT_REFUSED);
        assert_int_equal(server_totals(f->server).open, 1);
        server_refuse(f->server, false);
        assert_int_equal(ask(f, "GET", "/ok"), CLIENT_CLOSED);
        assert_begins(&f->reply, "HTTP/1.1 200 ");
        assert_true(server_wait_open(f->server, 1));
    }
    close(fd);
}

/* --- addresses and ports ------------------------------------------------------------------------------------------ */

static void asks_ok(const char *address, int port)
{
    struct strbuf reply = STRBUF_INIT;
    int fd = client_connect(address, port);

    assert_true(fd >= 0);
    client_send(fd, "GET /ok HTTP/1.1\r\n\r\n");
    assert_int_equal(client_receive(fd, &reply, 0), CLIENT_CLOSED);
    assert_begins(&reply, "HTTP/1.1 200 ");
    strbuf_release(&reply);
    close(fd);
}

static void servers_listen_where_they_are_told_on_loopback_alone(void **state)
{
    static const char *const elsewhere[] = { "0.0.0.0", "::", "192.0.2.1", "localhost", "" };
    struct server *many = server_start(&(struct server_options){ .ports = 5 });
    struct server *v6 = server_start(&(struct server_options){ .address = "::1" });
    struct server *wide = server_start(&(struct server_options){ .address = "127.0.0.0/8" });
    char url[SERVER_URL_SIZE], wanted[64];
    int i;

    (void)state;
    for (i = 0; i < 5; i++)
        asks_ok(NULL, server_port_at(many, i));
    assert_int_equal(server_hits(many, NULL, "/ok"), 5);
    server_stop(many);

    if (v6) { /* not everywhere is there IPv6 */
        asks_ok("::1", server_port(v6));
        snprintf(wanted, sizeof(wanted), "http://[::1]:%d/x", server_port(v6));
        assert_string_equal(server_url(v6, "/x", url), wanted);
    }
    server_stop(v6);

    asks_ok("127.0.0.1", server_port(wide));
    asks_ok("127.1.2.3", server_port(wide));
    asks_ok("127.255.255.254", server_port(wide));
    snprintf(wanted, sizeof(wanted), "http://127.0.0.1:%d/", server_port(wide));
    assert_string_equal(server_url(wide, "/", url), wanted);
    server_stop(wide);

    for (i = 0; i < 5; i++)
        assert_null(server_start(&(struct server_options){ .address = elsewhere[i] }));
    server_stop(NULL);
}

static void a_refused_port_refuses_and_a_full_one_neither_accepts_nor_refuses(void **state)
{
    struct sockaddr_in full = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    struct strbuf reply = STRBUF_INIT;
    struct pollfd p;

    (void)state;
    assert_int_equal(client_ask(port_refused(), "GET / HTTP/1.1\r\n\r\n", &reply, 0), CLIENT_REFUSED);
    assert_int_not_equal(port_refused(), port_refused());

    /* on loopback a connection that can be made or refused is so before connect() returns */
    full.sin_port = htons((in_port_t)port_full());
    p = (struct pollfd){ .fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), .events = POLLOUT };
    assert_int_equal(connect(p.fd, (struct sockaddr *)&full, sizeof(full)), -1);
    assert_int_equal(errno, EINPROGRESS);
    assert_int_equal(poll(&p, 1, 0), 0);
    close(p.fd);
}

static void a_silent_udp_port_takes_questions_and_says_nothing(void **state)
{
    struct sockaddr_in name_server = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int fd = socket(AF_INET, SOCK_DGRAM, 0), i;

    (void)state;
    name_server.sin_port = htons((in_port_t)port_silent_udp());
    assert_int_equal(connect(fd, (struct sockaddr *)&name_server, sizeof(name_server)), 0);
    for (i = 0; i < 3; i++)
        assert_int_equal(send(fd, "?", 1, 0), 1); /* if nobody were bound there, the second would fail */
    assert_int_equal(recv(fd, (char[1]){ 0 }, 1, MSG_DONTWAIT), -1);
    assert_int_equal(errno, EAGAIN);
    close(fd);
}

/* --- crowds ------------------------------------------------------------------------------------------------------- */

static void ask_and_meddle(void *context, int number)
{
    struct fixture *f = context;
    struct strbuf reply = STRBUF_INIT;
    char request[128], path[32];
    int i;

    for (i = 0; i < 50; i++) {
        snprintf(path, sizeof(path), "/path/%d", i % 7);
        if (number == 0) {
            server_route(f->server, path, DELAY(1), ANSWER(200, NULL, "routed"));
            server_hits(f->server, NULL, path);
            free(server_last_request(f->server, NULL));
            continue;
        }
        snprintf(request, sizeof(request), "GET %s HTTP/1.1\r\nHost: x\r\n\r\n", path);
        assert_int_equal(client_ask(server_port(f->server), request, &reply, 0), CLIENT_CLOSED);
        assert_begins(&reply, "HTTP/1.1 ");
    }
    strbuf_release(&reply);
}

static void many_may_ask_while_routes_change(void **state)
{
    struct fixture *f = *state;

    crowd(8, ask_and_meddle, f);
    assert_int_equal(server_hits(f->server, "GET", NULL), 7 * 50);
    assert_true(server_wait_hits(f->server, "GET", NULL, 7 * 50));
    assert_true(server_wait_open(f->server, 0));
}

static void thousands_may_hang_at_once(void **state)
{
    struct fixture *f = *state;
    struct rlimit files;
    unsigned n, i;
    int *fd;

    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    getrlimit(RLIMIT_NOFILE, &files);
    n = files.rlim_cur > 20100 ? 10000 : (unsigned)(files.rlim_cur - 100) / 2;
    fd = calloc(n, sizeof(*fd));
    for (i = 0; i < n; i++) {
        fd[i] = client_connect(NULL, server_port(f->server));
        assert_true(fd[i] >= 0);
        client_send(fd[i], "HEAD /hang HTTP/1.1\r\n\r\n");
    }
    assert_true(server_wait_hits(f->server, "HEAD", "/hang", n));
    assert_int_equal(server_totals(f->server).open, n);
    assert_int_equal(ask(f, "GET", "/ok"), CLIENT_CLOSED);
    assert_begins(&f->reply, "HTTP/1.1 200 ");
    for (i = 0; i < n; i++)
        close(fd[i]);
    assert_true(server_wait_open(f->server, 0));
    free(fd);
}

static void without_descriptors_it_waits_until_there_are_some(void **state)
{
    struct fixture *f = *state;
    struct rlimit before, few;
    int filler[64], nfiller = 0, first = client_connect(NULL, server_port(f->server)), second, highest, i;

    client_send(first, "GET /hang HTTP/1.1\r\n\r\n");
    assert_true(server_wait_hits(f->server, NULL, "/hang", 1));

    /* leave one descriptor, for the second client: none below the highest, and no higher */
    for (i = highest = 0; i < 1024; i++)
        highest = fcntl(i, F_GETFD) >= 0 ? i : highest;
    do
        filler[nfiller] = dup(first);
    while (filler[nfiller++] < highest && nfiller < 64);
    getrlimit(RLIMIT_NOFILE, &before);
    few = before;
    few.rlim_cur = (rlim_t)filler[--nfiller] + 1;
    setrlimit(RLIMIT_NOFILE, &few);
    close(filler[nfiller]);
    second = client_connect(NULL, server_port(f->server));
    client_send(second, "GET /ok HTTP/1.1\r\n\r\n");
    while (nfiller)
        close(filler[--nfiller]);
    shutdown(first, SHUT_RDWR);
    close(first);
    strbuf_reset(&f->reply);
    client_receive(second, &f->reply, 0);
    setrlimit(RLIMIT_NOFILE, &before);
    close(second);
    assert_begins(&f->reply, "HTTP/1.1 200 ");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    static const struct CMUnitTest tests[] = {
        TEST(paths_answer_as_their_names_say),
        TEST(a_chain_redirects_to_the_host_that_was_asked),
        TEST(a_name_does_as_it_was_set_to),
        TEST(only_the_right_password_signs_in),
        TEST(what_is_no_request_line_is_hung_up_on),
        TEST(every_fault_of_the_corpus_is_played_to_its_end_or_to_ours),
        TEST(bytes_are_sent_as_they_are),
        TEST(an_answer_is_whole_for_get_and_a_header_for_head),
        TEST(large_answers_come_whole),
        TEST(an_endless_answer_lets_the_others_have_their_turn),
        TEST(parts_are_for_one_request_each_and_the_last_for_all_later),
        TEST(steps_behind_for_are_for_that_method_alone),
        TEST(the_newest_route_that_fits_is_played),
        TEST(a_connection_is_kept_for_as_many_requests_as_the_script_wants),
        TEST(a_request_may_come_in_pieces),
        TEST(a_delay_lasts_at_least_as_long_as_asked),
        TEST(delays_end_in_the_order_of_their_ends),
        TEST(held_requests_go_on_when_released),
        TEST(greetings_come_before_anything_is_read),
        TEST(requests_are_counted_and_the_last_is_kept),
        TEST(refusing_keeps_the_port_and_may_end_again),
        TEST(many_may_ask_while_routes_change),
        TEST(thousands_may_hang_at_once),
        TEST(without_descriptors_it_waits_until_there_are_some),
        cmocka_unit_test(servers_listen_where_they_are_told_on_loopback_alone),
        cmocka_unit_test(a_refused_port_refuses_and_a_full_one_neither_accepts_nor_refuses),
        cmocka_unit_test(a_silent_udp_port_takes_questions_and_says_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
