/* What each service is sent over HTTP: address, headers, body, within its limits; and that no text becomes markup, a mention or
 * a header. A real server takes it all. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <jansson.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/clock.h"
#include "base/strbuf.h"
#include "parts.h"
#include "support/server.h"
#include "support/tests.h"
#include "support/tls.h"

static struct server *server;

static int start_all(void **state)
{
    parts_begin(state);
    server = server_start(NULL);
    return 0;
}

static int stop_all(void **state)
{
    server_stop(server);
    return parts_end(state);
}

/* --- helpers ---------------------------------------------------------------------------------------------------- */

/* What came, header and body, of a letter sent by a channel whose settings have the server's URL for @A@. */
static char *sent(const char *channel, const char *settings, const char *answer, const struct letter *l)
{
    char url[SERVER_URL_SIZE];
    struct settings *s = parts_settings(settings, server_url(server, "", url), "");
    struct delivery d;

    server_forget(server);
    server_route(server, "/*", ANSWER(200, NULL, answer));
    d = parts_send(channel, s, l);
    settings_free(s);
    if (d.end != DELIVERY_SENT)
        fail_msg("%s: %s", channel, d.message);
    assert_int_equal(server_hits(server, "POST", NULL), 1);
    return server_last_request(server, NULL);
}

static json_t *body_of(const char *request)
{
    const char *body = strstr(request, "\r\n\r\n");
    json_t *o = body ? json_loads(body + 4, JSON_REJECT_DUPLICATES, NULL) : NULL;

    if (!o)
        fail_msg("no JSON in:\n%s", request);
    return o;
}

/* "embeds.0.title": the text there. */
static const char *at(const json_t *o, const char *path)
{
    char name[32];

    while (o && *path) {
        size_t length = strcspn(path, ".");

        snprintf(name, sizeof(name), "%.*s", (int)length, path);
        o = json_is_array(o) ? json_array_get(o, (size_t)atoi(name)) : json_object_get(o, name);
        path += length + (path[length] == '.');
    }
    return json_string_value(o);
}

static void assert_has(const char *text, const char *piece)
{
    if (!strstr(text, piece))
        fail_msg("'%s' is missing in:\n%s", piece, text);
}

/* So long that every limit is met. */
static struct letter long_letter(void)
{
    static char title[2000], text[20000];
    struct letter l = *parts_letter();
    size_t i;

    memset(title, 't', sizeof(title) - 1);
    for (i = 0; i + 4 < sizeof(text); i += 3)
        memcpy(text + i, "\xe2\x82\xac", 3);
    l.title = title;
    l.push = l.text = text;
    return l;
}

static size_t characters(const char *text)
{
    size_t n = 0;

    for (; *text; text++)
        n += ((unsigned char)*text & 0xc0) != 0x80;
    return n;
}

/* --- text messages ---------------------------------------------------------------------------------------------- */

#define SMS "sms: { url = \"@A@/2010-04-01/Accounts/AC0/Messages.json\"; user = \"AC0\"; password_env = \"NOTIFY_SECRET\"; from = "

static void a_text_message_is_a_form_signed_in_for(void **state)
{
    char *request = sent("sms", "owners = ( { name = \"ops\"; sms = \"+15550100\"; } );" SMS "\"+15550000\"; };", "{}",
                         parts_letter());

    (void)state;
    assert_has(request, "POST /2010-04-01/Accounts/AC0/Messages.json HTTP/1.1\r\n");
    assert_has(request, "Authorization: Basic QUMwOnNFY3JFdC00NzEx\r\n"); /* AC0:sEcrEt-4711 */
    assert_has(request, "Content-Type: application/x-www-form-urlencoded\r\n");
    assert_has(request, "Idempotency-Key: 42.0.m1x2y3\r\n");
    assert_has(request, "\r\n\r\nTo=%2B15550100&From=%2B15550000&Body=DOWN%20shop%3A%20HTTP%20502");
    free(request);
    request = sent("sms", "owners = ( { name = \"ops\"; sms = \"+15550100\"; } );" SMS "\"MG0123456789abcdef0123456789abcdef\"; };",
                   "{}", parts_hostile());
    assert_has(request, "&MessagingServiceSid=MG0123456789abcdef0123456789abcdef&Body=--help%3B%20%60id%60%20%24%28id%29%20%26%20%22x%22");
    free(request);
}

/* --- push ------------------------------------------------------------------------------------------------------- */

#define NTFY "owners = ( { name = \"ops\"; ntfy = \"@A@/base/my%20alerts\"; ntfy_token_env = \"NOTIFY_SECRET\"; } );"

static void ntfy_takes_json_above_its_topic(void **state)
{
    char *request = sent("ntfy", NTFY, "{\"id\":\"1\"}", parts_letter());
    json_t *o = body_of(request);
    struct letter l = long_letter();

    (void)state;
    assert_has(request, "POST /base/ HTTP/1.1\r\n");
    assert_has(request, "Authorization: Bearer " PARTS_SECRET "\r\n");
    assert_string_equal(at(o, "topic"), "my alerts");
    assert_string_equal(at(o, "title"), "[DOWN] shop");
    assert_string_equal(at(o, "message"), "HTTP 502 Bad Gateway\nsince 12:41");
    assert_string_equal(at(o, "click"), "https://shop.example.org/");
    assert_int_equal(json_integer_value(json_object_get(o, "priority")), 5);
    json_decref(o);
    free(request);
    request = sent("ntfy", NTFY, "{\"id\":\"1\"}", &l);
    o = body_of(request);
    assert_int_equal(strlen(at(o, "message")), 3999); /* bytes, of whole characters */
    json_decref(o);
    free(request);
}

#define PUSHOVER "owners = ( { name = \"ops\"; pushover = \"u123\"; } ); pushover: { url = \"@A@/1\"; token_env = \"NOTIFY_SECRET\"; };"

static void pushover_takes_json_within_its_limits(void **state)
{
    struct letter l = long_letter();
    char *request = sent("pushover", PUSHOVER, "{\"status\":1}", &l);
    json_t *o = body_of(request);

    (void)state;
    assert_string_equal(at(o, "token"), PARTS_SECRET);
    assert_string_equal(at(o, "user"), "u123");
    assert_int_equal(characters(at(o, "title")), 250);
    assert_int_equal(characters(at(o, "message")), 1024);
    assert_string_equal(at(o, "title") + 247, "...");
    assert_int_equal(json_integer_value(json_object_get(o, "priority")), 1);
    assert_int_equal(json_integer_value(json_object_get(o, "timestamp")), 1795437669);
    json_decref(o);
    free(request);
}

static void gotify_takes_json_with_a_key(void **state)
{
    char *request = sent("gotify", "owners = ( { name = \"ops\"; gotify = \"@A@/push/\"; gotify_token_env = \"NOTIFY_SECRET\"; } );",
                         "{\"id\":1}", parts_letter());
    json_t *o = body_of(request);

    (void)state;
    assert_has(request, "POST /push/message HTTP/1.1\r\n");
    assert_has(request, "X-Gotify-Key: " PARTS_SECRET "\r\n");
    assert_string_equal(at(o, "message"), "HTTP 502 Bad Gateway\nsince 12:41");
    assert_string_equal(at(o, "extras.client::notification.click.url"), "https://shop.example.org/");
    json_decref(o);
    free(request);
}

/* --- chats ------------------------------------------------------------------------------------------------------ */

#define SLACK "owners = ( { name = \"ops\"; slack = \"@A@/services/T0/B0/x\"; } );"

static void slack_shows_text_and_mentions_nobody(void **state)
{
    char *request = sent("slack", SLACK, "ok", parts_hostile());
    json_t *o = body_of(request);
    struct letter l = long_letter();

    (void)state;
    assert_has(request, "POST /services/T0/B0/x HTTP/1.1\r\n");
    assert_has(at(o, "text"), "&lt;!channel&gt;");
    assert_null(strchr(at(o, "text"), '<'));
    assert_null(strchr(at(o, "attachments.0.fallback"), '<'));
    assert_string_equal(at(o, "attachments.0.blocks.0.text.type"), "plain_text");
    assert_string_equal(at(o, "attachments.0.blocks.1.text.type"), "plain_text");
    assert_string_equal(at(o, "attachments.0.blocks.1.text.text"), parts_hostile()->push);
    assert_true(json_is_false(json_object_get(o, "link_names")));
    assert_string_equal(at(o, "parse"), "none");
    json_decref(o);
    free(request);
    request = sent("slack", SLACK, "ok", &l);
    o = body_of(request);
    assert_int_equal(characters(at(o, "attachments.0.blocks.0.text.text")), 150);
    assert_int_equal(characters(at(o, "attachments.0.blocks.1.text.text")), 3000);
    json_decref(o);
    free(request);
}

#define DISCORD "owners = ( { name = \"ops\"; discord = \"@A@/api/webhooks/1/x\"; } );"

static void discord_shows_text_and_mentions_nobody(void **state)
{
    char *request = sent("discord", DISCORD, "", parts_hostile());
    json_t *o = body_of(request), *parse = json_object_get(json_object_get(o, "allowed_mentions"), "parse");
    struct letter l = long_letter();

    (void)state;
    assert_true(json_is_array(parse) && json_array_size(parse) == 0);
    assert_has(at(o, "embeds.0.title"), "\\@everyone \\<!channel\\> \\*\\*b\\*\\* \\[x\\]\\(http\\://evil\\)");
    assert_has(at(o, "embeds.0.description"), "\\|\\|x\\|\\|");
    assert_string_equal(at(o, "embeds.0.url"), parts_hostile()->url);
    assert_string_equal(at(o, "embeds.0.timestamp"), "2026-11-23T12:41:09.120Z");
    json_decref(o);
    free(request);
    request = sent("discord", DISCORD, "", &l);
    o = body_of(request);
    assert_int_equal(characters(at(o, "embeds.0.title")), 256);
    assert_int_equal(characters(at(o, "embeds.0.description")), 4000);
    json_decref(o);
    free(request);
}

/* --- webhooks --------------------------------------------------------------------------------------------------- */

#define WEBHOOK "owners = ( { name = \"ops\"; webhook = \"@A@/in?k=v\"; webhook_secret_env = \"NOTIFY_SECRET\"; } );"

/* A header's value, for the caller to free(). */
static char *header(const char *request, const char *name)
{
    const char *found = strstr(request, name);

    assert_non_null(found);
    found += strlen(name) + 2;
    return strndup(found, strcspn(found, "\r"));
}

static void a_webhook_is_signed_as_the_readme_says(void **state)
{
    char *request = sent("webhook", WEBHOOK, "", parts_letter());
    char *signature = header(request, "X-Squirrel-Signature"), *timestamp = header(request, "X-Squirrel-Timestamp");
    char *key = header(request, "Idempotency-Key"), wanted[80] = "sha256=";
    struct strbuf text = STRBUF_INIT;
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned length, i;

    (void)state;
    assert_string_equal(key, "42.0.m1x2y3");
    strbuf_addf(&text, "%s.%s", timestamp, strstr(request, "\r\n\r\n") + 4);
    HMAC(EVP_sha256(), PARTS_SECRET, (int)strlen(PARTS_SECRET), (unsigned char *)text.text, text.length, digest, &length);
    for (i = 0; i < length; i++)
        snprintf(wanted + 7 + 2 * i, 3, "%02x", digest[i]);
    assert_string_equal(signature, wanted);
    assert_string_equal(strchr(text.text, '.') + 1, parts_letter()->json);
    assert_true(llabs(atoll(timestamp) - clock_wall_ms() / MS_PER_S) < 100);
    strbuf_release(&text);
    free(signature);
    free(timestamp);
    free(key);
    free(request);
}

/* --- answers ---------------------------------------------------------------------------------------------------- */

static struct delivery answered(const char *channel, const char *settings)
{
    char url[SERVER_URL_SIZE];
    struct settings *s = parts_settings(settings, server_url(server, "", url), "");
    struct delivery d = parts_send(channel, s, parts_letter());

    settings_free(s);
    return d;
}

static void each_status_is_judged(void **state)
{
    static const struct {
        int status;
        enum delivery_end end;
    } rows[] = {
        { 200, DELIVERY_SENT },      { 201, DELIVERY_SENT },      { 202, DELIVERY_SENT },      { 204, DELIVERY_SENT },
        { 301, DELIVERY_PERMANENT }, { 307, DELIVERY_PERMANENT }, { 400, DELIVERY_PERMANENT }, { 401, DELIVERY_PERMANENT },
        { 403, DELIVERY_PERMANENT }, { 404, DELIVERY_PERMANENT }, { 408, DELIVERY_PASSING },   { 410, DELIVERY_PERMANENT },
        { 413, DELIVERY_PERMANENT }, { 425, DELIVERY_PASSING },   { 429, DELIVERY_PASSING },   { 500, DELIVERY_PASSING },
        { 502, DELIVERY_PASSING },   { 503, DELIVERY_PASSING },   { 504, DELIVERY_PASSING },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct delivery d;

        server_route(server, "/*", ANSWER(rows[i].status, rows[i].status / 100 == 3 ? "Location: /elsewhere\r\n" : NULL, ""));
        server_forget(server);
        d = answered("webhook", WEBHOOK);
        if (d.end != rows[i].end)
            fail_msg("%d: %s", rows[i].status, d.message);
        assert_int_equal(d.code, rows[i].status);
        assert_int_equal(server_hits(server, NULL, NULL), 1); /* no redirect is followed */
    }
}

static void retry_after_is_understood_in_all_its_forms(void **state)
{
    char date[64], line[96];
    time_t then = time(NULL) + 120;
    struct tm tm;
    struct delivery d;

    (void)state;
    server_route(server, "/*", ANSWER(503, "Retry-After: 17\r\n", ""));
    d = answered("webhook", WEBHOOK);
    assert_int_equal(d.retry_after_ms, 17000);

    gmtime_r(&then, &tm);
    strftime(date, sizeof(date), "%a, %d %b %Y %H:%M:%S GMT", &tm);
    snprintf(line, sizeof(line), "Retry-After: %s\r\n", date);
    server_route(server, "/*", ANSWER(429, line, ""));
    d = answered("webhook", WEBHOOK);
    assert_in_range(d.retry_after_ms, 60000, 120000);

    server_route(server, "/*", ANSWER(429, "Retry-After: 3\r\n", "{\"message\":\"slow\",\"retry_after\":2.25,\"global\":false}"));
    d = answered("discord", DISCORD);
    assert_int_equal(d.retry_after_ms, 2250);

    server_route(server, "/*", ANSWER(429, "Retry-After: 99999999\r\n", ""));
    d = answered("webhook", WEBHOOK);
    assert_true(d.retry_after_ms <= MS_PER_DAY);

    server_route(server, "/*", ANSWER(429, "Retry-After: soon\r\n", "{\"retry_after\":-1}"));
    d = answered("webhook", WEBHOOK);
    assert_int_equal(d.retry_after_ms, 0);
}

static void a_secret_in_an_answer_is_hidden_however_far_behind(void **state)
{
    char body[256];
    int before;

    (void)state;
    for (before = 180; before < 230; before++) {
        snprintf(body, sizeof(body), "%0*d%s", before, 0, PARTS_SECRET);
        server_route(server, "/*", ANSWER(400, NULL, body));
        assert_null(strstr(answered("ntfy", NTFY).message, "sEc"));
    }
}

/* Wherever in its URL a service has its token, and whether or not there is a path. */
static void a_token_in_a_url_is_hidden_in_the_answer(void **state)
{
    static const char *const rows[] = { "/", "/in/", "/in?", "/?k=", "/in?k=1&token=", "?", "?token=" };
    size_t i;

    (void)state;
    server_route(server, "*", ANSWER(400, NULL, "no such token: tOkEn-1234567890"));
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char settings[256];

        snprintf(settings, sizeof(settings), "owners = ( { name = \"ops\"; webhook = \"@A@%stOkEn-1234567890\"; } );", rows[i]);
        if (strstr(answered("webhook", settings).message, "tOkEn"))
            fail_msg("%s", settings);
    }
}

static void another_service_at_the_address_is_noticed(void **state)
{
    static const struct {
        const char *channel, *settings;
    } rows[] = { { "ntfy", NTFY }, { "pushover", PUSHOVER }, { "slack", SLACK } };
    size_t i;

    (void)state;
    server_route(server, "/*", ANSWER(200, NULL, "<html>please sign in to this network</html>"));
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_int_equal(answered(rows[i].channel, rows[i].settings).end, DELIVERY_PASSING);
}

static void nothing_is_posted_unless_somebody_vouches_for_the_server(void **state)
{
    struct tls_authority *authority = tls_authority_new();
    struct tls_identity *identity = tls_identity_new(authority, TLS_GOOD, 30);
    struct server_options options = { .tls = identity };
    struct server *guarded = server_start(&options);
    char url[SERVER_URL_SIZE];
    struct settings *s = parts_settings(WEBHOOK, server_url(guarded, "", url), "");
    struct delivery d = parts_send("webhook", s, parts_letter());

    (void)state;
    assert_int_equal(d.end, DELIVERY_PASSING);
    assert_int_equal(server_totals(guarded).requests, 0);
    settings_free(s);
    s = parts_settings("owners = ( { name = \"ops\"; webhook = \"@A@/ok\"; ca_file = \"@B@\"; } );", server_url(guarded, "", url),
                       tls_authority_file(authority));
    d = parts_send("webhook", s, parts_letter());
    assert_int_equal(d.end, DELIVERY_SENT);
    settings_free(s);
    server_stop(guarded);
    tls_identity_free(identity);
    tls_authority_free(authority);
}

static void an_answer_without_end_is_not_read_to_its_end(void **state)
{
    struct delivery d;

    (void)state;
    server_route(server, "/*", SEND("HTTP/1.1 400 Bad\r\n\r\n"), REPEAT("no ", FOREVER));
    d = answered("webhook", WEBHOOK);
    assert_int_equal(d.end, DELIVERY_PERMANENT);
    assert_int_equal(strncmp(d.message, "HTTP 400: no no no", 18), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_message_is_a_form_signed_in_for),
        cmocka_unit_test(ntfy_takes_json_above_its_topic),
        cmocka_unit_test(pushover_takes_json_within_its_limits),
        cmocka_unit_test(gotify_takes_json_with_a_key),
        cmocka_unit_test(slack_shows_text_and_mentions_nobody),
        cmocka_unit_test(discord_shows_text_and_mentions_nobody),
        cmocka_unit_test(a_webhook_is_signed_as_the_readme_says),
        cmocka_unit_test(each_status_is_judged),
        cmocka_unit_test(retry_after_is_understood_in_all_its_forms),
        cmocka_unit_test(a_secret_in_an_answer_is_hidden_however_far_behind),
        cmocka_unit_test(a_token_in_a_url_is_hidden_in_the_answer),
        cmocka_unit_test(another_service_at_the_address_is_noticed),
        cmocka_unit_test(nothing_is_posted_unless_somebody_vouches_for_the_server),
        cmocka_unit_test(an_answer_without_end_is_not_read_to_its_end),
    };

    return cmocka_run_group_tests(tests, start_all, stop_all);
}
