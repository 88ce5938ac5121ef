/* Certificates are what they say they are, in the eyes of libcurl, and servers speak TLS well or badly as told. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <curl/curl.h>
#include <openssl/ssl.h>

#include "base/clock.h"
#include "support/client.h"
#include "support/server.h"
#include "support/tests.h"
#include "support/tls.h"

static struct tls_authority *authority;

static int set_up(void **state)
{
    (void)state;
    curl_global_init(CURL_GLOBAL_ALL);
    authority = tls_authority_new();
    return 0;
}

static int tear_down(void **state)
{
    char file[512];

    (void)state;
    snprintf(file, sizeof(file), "%s", tls_authority_file(authority));
    tls_authority_free(authority);
    if (access(file, F_OK) == 0)
        return -1;
    curl_global_cleanup();
    return 0;
}

/* What one request found. */
struct found {
    CURLcode code;
    long status, verified;
    size_t bytes;
    char until[128];             /* "Expire date" of the leaf */
    char until_next[128];        /* and of the next in the chain */
};

static size_t count(char *bytes, size_t size, size_t n, void *context)
{
    (void)bytes;
    *(size_t *)context += size * n;
    return size * n;
}

static void find_date(CURL *curl, int index, char text[128])
{
    struct curl_certinfo *info = NULL;
    struct curl_slist *line;

    text[0] = '\0';
    curl_easy_getinfo(curl, CURLINFO_CERTINFO, &info);
    for (line = info && info->num_of_certs > index ? info->certinfo[index] : NULL; line; line = line->next)
        if (!strncasecmp(line->data, "Expire date:", 12))
            snprintf(text, 128, "%s", line->data + 12);
}

static struct found fetch(CURL *curl, const char *url, long timeout_ms)
{
    struct found f = { 0 };
    CURL *mine = curl ? NULL : (curl = curl_easy_init());

    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_CAPATH, NULL);
    curl_easy_setopt(curl, CURLOPT_CAINFO, tls_authority_file(authority));
    curl_easy_setopt(curl, CURLOPT_CERTINFO, 1L);
    curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, 1L);
    curl_easy_setopt(curl, CURLOPT_FORBID_REUSE, 1L);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, count);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &f.bytes);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, timeout_ms);
    f.code = curl_easy_perform(curl);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &f.status);
    curl_easy_getinfo(curl, CURLINFO_SSL_VERIFYRESULT, &f.verified);
    find_date(curl, 0, f.until);
    find_date(curl, 1, f.until_next);
    curl_easy_cleanup(mine);
    return f;
}

#define PATIENCE_MS 120000L

/* Runs a server that shows `kind` and fetches path from it. */
static struct found fetch_from(enum tls_kind kind, int days, const char *path)
{
    struct tls_identity *identity = tls_identity_new(authority, kind, days);
    struct server *s = server_start(&(struct server_options){ .tls = identity });
    char url[SERVER_URL_SIZE];
    struct found f = fetch(NULL, server_url(s, path, url), PATIENCE_MS);

    server_stop(s);
    tls_identity_free(identity);
    return f;
}

static void each_kind_is_judged_as_its_name_says(void **state)
{
    static const struct {
        enum tls_kind kind;
        CURLcode code;
        long verified;      /* OpenSSL's X509_V_ERR; -1: it does not come so far */
    } rows[] = {
        { TLS_GOOD, CURLE_OK, 0 },
        { TLS_SHORT_CHAIN, CURLE_OK, 0 },
        { TLS_EXPIRED, CURLE_PEER_FAILED_VERIFICATION, 10 },
        { TLS_NOT_YET, CURLE_PEER_FAILED_VERIFICATION, 9 },
        { TLS_WRONG_HOST, CURLE_PEER_FAILED_VERIFICATION, -1 },
        { TLS_SELF_SIGNED, CURLE_PEER_FAILED_VERIFICATION, 18 },
        { TLS_UNTRUSTED, CURLE_PEER_FAILED_VERIFICATION, 20 },
        { TLS_OLD, CURLE_SSL_CONNECT_ERROR, -1 },
    };
    size_t i;

    (void)state;
    assert_int_equal(sizeof(rows) / sizeof(rows[0]), TLS_KIND_COUNT);
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct found f = fetch_from(rows[i].kind, 60, "/ok");

        assert_int_equal(tls_kind_parse(tls_kind_name(rows[i].kind)), rows[i].kind);
        assert_int_equal(f.code, rows[i].code);
        if (rows[i].verified >= 0)
            assert_int_equal(f.verified, rows[i].verified);
        assert_int_equal(f.status, rows[i].code == CURLE_OK ? 200 : 0);
    }
    assert_int_equal(tls_kind_parse("splendid"), -1);
}

/* Whole days from now until a date as OpenSSL writes it. */
static int days_until(const char *date)
{
    struct tm tm = { 0 };

    assert_non_null(strptime(date, "%b %d %H:%M:%S %Y", &tm));
    return (int)((timegm(&tm) - time(NULL)) / 86400);
}

static void a_certificate_ends_after_as_many_days_as_asked(void **state)
{
    static const int days[] = { 0, 1, 13, 400 };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(days) / sizeof(days[0]); i++)
        assert_int_equal(days_until(fetch_from(TLS_GOOD, days[i], "/ok").until), days[i]);
}

static void an_intermediate_may_end_before_its_leaf(void **state)
{
    struct found f = fetch_from(TLS_SHORT_CHAIN, 5, "/ok");

    (void)state;
    assert_int_equal(f.code, CURLE_OK);
    assert_int_equal(days_until(f.until), 105);
    assert_int_equal(days_until(f.until_next), 5);
}

static void old_tls_works_for_clients_that_allow_it(void **state)
{
    struct tls_identity *identity = tls_identity_new(authority, TLS_OLD, 60);
    struct server *s = server_start(&(struct server_options){ .tls = identity });
    CURL *curl = curl_easy_init();
    char url[SERVER_URL_SIZE];
    struct found f;

    (void)state;
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_0 | (long)CURL_SSLVERSION_MAX_TLSv1_1);
    curl_easy_setopt(curl, CURLOPT_SSL_CIPHER_LIST, "ALL:@SECLEVEL=0");
    f = fetch(curl, server_url(s, "/ok", url), PATIENCE_MS);
    assert_int_equal(f.code, CURLE_OK);
    assert_int_equal(f.status, 200);
    curl_easy_cleanup(curl);
    server_stop(s);
    tls_identity_free(identity);
}

static void scripts_play_over_tls(void **state)
{
    static const struct {
        const char *path;
        CURLcode code;
        long status;
        size_t bytes;
    } rows[] = {
        { "/status/503", CURLE_OK, 503, 7 },
        { "/delay/5", CURLE_OK, 200, 5 },
        { "/body/5000000", CURLE_OK, 200, 5000000 },
        { "/closed-after-body", CURLE_OK, 200, 9 },
        { "/fault/reset", CURLE_RECV_ERROR, 0, 0 },
        { "/fault/body-short", CURLE_PARTIAL_FILE, 200, 500 },
        { "/fault/ok-in-pieces", CURLE_OK, 200, 3 },
        { "/fault/banner", CURLE_UNSUPPORTED_PROTOCOL, 0, 0 },
        { "/fault/empty", CURLE_GOT_NOTHING, 0, 0 },
        { "/chain/3", CURLE_OK, 302, 0 },
    };
    struct tls_identity *identity = tls_identity_new(authority, TLS_GOOD, 60);
    struct server *s = server_start(&(struct server_options){ .tls = identity });
    char url[SERVER_URL_SIZE];
    size_t i;

    (void)state;
    server_route(s, "/closed-after-body", SEND("HTTP/1.1 200 OK\r\n\r\nwhole now"), CLOSE);
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct found f = fetch(NULL, server_url(s, rows[i].path, url), PATIENCE_MS);

        assert_int_equal(f.code, rows[i].code);
        assert_int_equal(f.status, rows[i].status);
        assert_int_equal(f.bytes, rows[i].bytes);
    }
    assert_int_equal(server_totals(s).shaken, sizeof(rows) / sizeof(rows[0]));
    assert_true(server_wait_open(s, 0));
    server_stop(s);
    tls_identity_free(identity);
}

/* How OpenSSL sees the end of what comes from path: SSL_ERROR_ZERO_RETURN after a goodbye. */
static int end_seen_by_openssl(const struct server *s, const char *path)
{
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    SSL *tls = SSL_new(context);
    int fd = client_connect(NULL, server_port(s)), n, end;
    char bytes[1024];

    SSL_set_fd(tls, fd);
    assert_int_equal(SSL_connect(tls), 1);
    n = snprintf(bytes, sizeof(bytes), "GET %s HTTP/1.1\r\nHost: x\r\n\r\n", path);
    assert_int_equal(SSL_write(tls, bytes, n), n);
    while ((n = SSL_read(tls, bytes, sizeof(bytes))) > 0)
        continue;
    end = SSL_get_error(tls, n);
    SSL_free(tls);
    SSL_CTX_free(context);
    close(fd);
    return end;
}

static void a_connection_closes_with_a_goodbye_and_is_cut_without(void **state)
{
    struct tls_identity *identity = tls_identity_new(authority, TLS_GOOD, 60);
    struct server *s = server_start(&(struct server_options){ .tls = identity });

    (void)state;
    server_route(s, "/close", SEND("HTTP/1.1 200 OK\r\n\r\nwhole now"), CLOSE);
    server_route(s, "/end", SEND("HTTP/1.1 200 OK\r\n\r\nwhole now"));
    server_route(s, "/cut", SEND("HTTP/1.1 200 OK\r\n\r\nbroken of"), CUT);
    assert_int_equal(end_seen_by_openssl(s, "/close"), SSL_ERROR_ZERO_RETURN);
    assert_int_equal(end_seen_by_openssl(s, "/end"), SSL_ERROR_ZERO_RETURN);
    assert_int_equal(end_seen_by_openssl(s, "/cut"), SSL_ERROR_SSL);
    server_stop(s);
    tls_identity_free(identity);
}

static void sessions_that_were_resumed_are_counted(void **state)
{
    struct tls_identity *identity = tls_identity_new(authority, TLS_GOOD, 60);
    struct server *s = server_start(&(struct server_options){ .tls = identity });
    CURL *curl = curl_easy_init();
    char url[SERVER_URL_SIZE];

    (void)state;
    server_url(s, "/ok", url);
    curl_easy_setopt(curl, CURLOPT_SSL_SESSIONID_CACHE, 0L);
    fetch(curl, url, PATIENCE_MS);
    fetch(curl, url, PATIENCE_MS);
    assert_int_equal(server_totals(s).resumed, 0);
    curl_easy_setopt(curl, CURLOPT_SSL_SESSIONID_CACHE, 1L);
    fetch(curl, url, PATIENCE_MS);
    fetch(curl, url, PATIENCE_MS);
    assert_int_equal(server_totals(s).resumed, 1);
    assert_int_equal(server_totals(s).shaken, 4);
    curl_easy_cleanup(curl);
    server_stop(s);
    tls_identity_free(identity);
}

static void handshakes_fail_in_every_way(void **state)
{
    static const struct step hang[] = { HANG, { .kind = STEP_END } };
    static const struct step read_hang[] = { READ, HANG, { .kind = STEP_END } };
    static const struct step close_now[] = { CUT, { .kind = STEP_END } };
    static const struct step read_close[] = { READ, CUT, { .kind = STEP_END } };
    static const struct step reset[] = { RESET, { .kind = STEP_END } };
    static const struct step read_reset[] = { READ, RESET, { .kind = STEP_END } };
    static const struct step plain[] = { READ, ANSWER(400, NULL, "plain HTTP spoken here\n"), { .kind = STEP_END } };
    static const struct {
        const struct step *greeting;
        long timeout_ms;
        CURLcode code;
    } rows[] = {
        { hang, 50, CURLE_OPERATION_TIMEDOUT },
        { read_hang, 50, CURLE_OPERATION_TIMEDOUT },
        { close_now, PATIENCE_MS, CURLE_SSL_CONNECT_ERROR },
        { read_close, PATIENCE_MS, CURLE_SSL_CONNECT_ERROR },
        { reset, PATIENCE_MS, CURLE_SSL_CONNECT_ERROR },
        { read_reset, PATIENCE_MS, CURLE_SSL_CONNECT_ERROR },
        { plain, PATIENCE_MS, CURLE_SSL_CONNECT_ERROR },
    };
    struct tls_identity *identity = tls_identity_new(authority, TLS_GOOD, 60);
    struct server *s = server_start(&(struct server_options){ .tls = identity });
    char url[SERVER_URL_SIZE];
    struct found f;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        server_greet_steps(s, rows[i].greeting);
        f = fetch(NULL, server_url(s, "/ok", url), rows[i].timeout_ms);
        if (rows[i].greeting != reset || f.code != CURLE_COULDNT_CONNECT) /* the RST may be as quick as the connection */
            assert_int_equal(f.code, rows[i].code);
        assert_true(server_wait_open(s, 0));
    }
    assert_int_equal(server_totals(s).shaken, 0);
    server_greet(s, REQUEST);
    assert_int_equal(fetch(NULL, url, PATIENCE_MS).code, CURLE_OK);
    server_stop(s);
    tls_identity_free(identity);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_is_judged_as_its_name_says),
        cmocka_unit_test(a_certificate_ends_after_as_many_days_as_asked),
        cmocka_unit_test(an_intermediate_may_end_before_its_leaf),
        cmocka_unit_test(old_tls_works_for_clients_that_allow_it),
        cmocka_unit_test(scripts_play_over_tls),
        cmocka_unit_test(a_connection_closes_with_a_goodbye_and_is_cut_without),
        cmocka_unit_test(sessions_that_were_resumed_are_counted),
        cmocka_unit_test(handshakes_fail_in_every_way),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
