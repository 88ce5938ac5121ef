/* Mail through real servers: aiosmtpd with STARTTLS and AUTH, smtp-sink, and one that says nothing. */
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <openssl/pem.h>
#include <openssl/ssl.h>

#include "base/clock.h"
#include "parts.h"
#include "support/server.h"
#include "support/tests.h"
#include "support/tls.h"

static struct tls_authority *authority;
static struct part *plain, *guarded;   /* without TLS; with STARTTLS and AUTH */

/* What a server shows, as files for one that is no C. */
static void write_identity(const struct tls_identity *identity, const char *certificate, const char *key)
{
    FILE *file = fopen(certificate, "w");

    PEM_write_X509(file, SSL_CTX_get0_certificate(tls_context(identity)));
    fclose(file);
    file = fopen(key, "w");
    PEM_write_PrivateKey(file, SSL_CTX_get0_privatekey(tls_context(identity)), NULL, NULL, 0, NULL, NULL);
    fclose(file);
}

static int start_all(void **state)
{
    struct tls_identity *identity;

    parts_begin(state);
    mkdir(parts_path("plain"), 0700);
    mkdir(parts_path("guarded"), 0700);
    authority = tls_authority_new();
    identity = tls_identity_new(authority, TLS_GOOD, 30);
    write_identity(identity, parts_path("cert.pem"), parts_path("key.pem"));
    tls_identity_free(identity);
    plain = part("mail", parts_path("plain"));
    guarded = part("mail", parts_path("guarded"), parts_path("cert.pem"), parts_path("key.pem"), "uptime", PARTS_SECRET);
    return 0;
}

static int stop_all(void **state)
{
    part_end(plain);
    part_end(guarded);
    tls_authority_free(authority);
    return parts_end(state);
}

/* --- helpers ---------------------------------------------------------------------------------------------------- */

static unsigned mails_in(const char *pattern)
{
    glob_t found;
    unsigned n = glob(parts_path(pattern), 0, NULL, &found) ? 0 : (unsigned)found.gl_pathc;

    globfree(&found);
    return n;
}

static char *last_mail(const char *directory)
{
    char pattern[32], path[64];

    snprintf(pattern, sizeof(pattern), "%s/*.eml", directory);
    snprintf(path, sizeof(path), "%s/%u.eml", directory, mails_in(pattern));
    return parts_read(parts_path(path));
}

#define OWNER "owners = ( { name = \"ops\"; email = \"ops@example.org\"; } );\n"
#define FROM "from = \"uptime@example.org\"; "

static struct delivery send_by(const struct part *server, const char *rest, const char *b, const struct letter *l)
{
    char text[512];
    struct settings *s;
    struct delivery d;

    snprintf(text, sizeof(text), OWNER "smtp: { url = \"smtp://127.0.0.1:@A@\"; " FROM "%s };", rest);
    s = parts_settings(text, part_told(server), b);
    d = parts_send("email", s, l);
    settings_free(s);
    return d;
}

#define SIGNED_IN "user = \"uptime\"; password_env = \"NOTIFY_SECRET\"; "

static void assert_has(const char *text, const char *piece)
{
    if (!strstr(text, piece))
        fail_msg("'%s' is missing in:\n%s", piece, text);
}

/* --- encryption and signing in ---------------------------------------------------------------------------------- */

static void mail_goes_encrypted_and_signed_in(void **state)
{
    struct delivery d = send_by(guarded, SIGNED_IN "ca_file = \"@B@\";", tls_authority_file(authority), parts_letter());
    char *mail;

    (void)state;
    assert_string_equal(d.message, "250 2.0.0 kept as 1");
    assert_int_equal(d.end, DELIVERY_SENT);
    mail = last_mail("guarded");
    assert_has(mail, "Envelope-From: uptime@example.org\nEnvelope-To: ops@example.org\nEnvelope-TLS: yes\nEnvelope-User: uptime\n");
    free(mail);
}

static void a_wrong_password_is_refused_for_good_and_not_told(void **state)
{
    struct delivery d;

    (void)state;
    setenv("NOTIFY_SECRET", "another-" PARTS_SECRET, 1);
    d = send_by(guarded, SIGNED_IN "ca_file = \"@B@\";", tls_authority_file(authority), parts_letter());
    setenv("NOTIFY_SECRET", PARTS_SECRET, 1);
    assert_int_equal(d.end, DELIVERY_PERMANENT);
    assert_int_equal(d.code, 535);
    assert_null(strstr(d.message, PARTS_SECRET));
}

static void nothing_is_sent_to_a_server_nobody_vouches_for(void **state)
{
    unsigned before = mails_in("guarded/*.eml");
    struct delivery d = send_by(guarded, SIGNED_IN, "", parts_letter());

    (void)state;
    assert_int_equal(d.end, DELIVERY_PASSING); /* certificates come and go */
    assert_int_equal(mails_in("guarded/*.eml"), before);
}

static void tls_is_required_unless_the_settings_say_otherwise(void **state)
{
    static const struct {
        const char *rest;
        enum delivery_end end;
    } rows[] = {
        { "", DELIVERY_PERMANENT }, { "tls = \"required\";", DELIVERY_PERMANENT }, { "tls = \"try\";", DELIVERY_SENT },
        { "tls = \"none\";", DELIVERY_SENT },
        { "tls = \"try\"; " SIGNED_IN, DELIVERY_PERMANENT }, /* a password never goes in clear by accident */
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        unsigned before = mails_in("plain/*.eml");
        struct delivery d = send_by(plain, rows[i].rest, "", parts_letter());

        if (d.end != rows[i].end)
            fail_msg("%s: %s", rows[i].rest, d.message);
        assert_int_equal(mails_in("plain/*.eml") - before, d.end == DELIVERY_SENT);
    }
}

/* --- the mail --------------------------------------------------------------------------------------------------- */

static void a_mail_has_what_mail_readers_need(void **state)
{
    static const char *const pieces[] = {
        "\r\nTo: <ops@example.org>\r\n", "From: UptimeSquirrel <uptime@example.org>\r\n", "Subject: [DOWN] shop\r\n",
        "\r\nDate: Mon, 23 Nov 2026 12:41:09 +0000\r\n", "\r\nMessage-ID: <42.0.m1x2y3@example.org>\r\n",
        "\r\nAuto-Submitted: auto-generated\r\n", "\r\nMIME-Version: 1.0\r\n", "\r\nContent-Transfer-Encoding: 7bit\r\n",
        "\r\n\r\nshop is DOWN: HTTP 502\r\n.\r\n..dots\r\nend\r\n",
    };
    struct delivery d = send_by(plain, "tls = \"none\";", "", parts_letter());
    char *mail = last_mail("plain");
    size_t i;

    (void)state;
    assert_int_equal(d.end, DELIVERY_SENT);
    for (i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++)
        assert_has(mail, pieces[i]);
    assert_null(strstr(mail, "In-Reply-To")); /* the first of its thread */
    free(mail);
}

static void later_mail_of_an_incident_is_threaded_under_the_first(void **state)
{
    struct letter later = *parts_letter();
    char *mail;

    (void)state;
    strcpy(later.id, "42.3.m1x2y3");
    later.title = (char *)"[UP] shop";
    send_by(plain, "tls = \"none\";", "", &later);
    mail = last_mail("plain");
    assert_has(mail, "\r\nMessage-ID: <42.3.m1x2y3@example.org>\r\n");
    assert_has(mail, "\r\nIn-Reply-To: <42.0.m1x2y3@example.org>\r\nReferences: <42.0.m1x2y3@example.org>\r\n");
    free(mail);
}

static void no_text_becomes_a_header_a_command_or_another_mail(void **state)
{
    unsigned before = mails_in("plain/*.eml");
    struct delivery d = send_by(plain, "tls = \"none\";", "", parts_hostile());
    char *mail = last_mail("plain"), *body;

    (void)state;
    assert_int_equal(d.end, DELIVERY_SENT);
    assert_int_equal(mails_in("plain/*.eml"), before + 1);
    body = strstr(mail, "\r\n\r\n");
    assert_non_null(body);
    *body = '\0';
    assert_null(strstr(mail, "\nBcc"));
    assert_has(mail, "Subject: =?UTF-8?B?");
    assert_has(body + 4, "MAIL FROM:<x@evil>\r\n");
    assert_has(body + 4, "=E2=82=AC =E6=BC=A2\r\n");
    free(mail);
}

/* --- smtp-sink -------------------------------------------------------------------------------------------------- */

static void a_mail_whose_end_got_no_answer_comes_again_under_the_same_id(void **state)
{
    struct part *dropping, *taking;
    struct delivery d;
    char *mail;

    (void)state;
    mkdir(parts_path("sink"), 0700);
    dropping = part("sink", parts_path("sink"), "-q", ".");
    d = send_by(dropping, "tls = \"none\";", "", parts_letter());
    part_end(dropping);
    assert_int_equal(d.end, DELIVERY_PASSING);
    mkdir(parts_path("sink2"), 0700);
    taking = part("sink", parts_path("sink2"));
    d = send_by(taking, "tls = \"none\";", "", parts_letter());
    assert_int_equal(d.end, DELIVERY_SENT);
    mail = parts_wait(parts_path("sink2/sink.*"));
    part_end(taking);
    assert_has(mail, "Message-ID: <42.0.m1x2y3@example.org>");
    assert_has(mail, "\n.\n..dots\nend\n");
    free(mail);
}

static void refusals_of_smtp_sink_are_told_apart(void **state)
{
    static const struct {
        const char *option, *command;
        enum delivery_end end;
    } rows[] = {
        { "-r", "RCPT", DELIVERY_PASSING }, { "-f", "RCPT", DELIVERY_PERMANENT }, { "-r", "MAIL", DELIVERY_PASSING },
        { "-f", ".", DELIVERY_PERMANENT },  { "-r", ".", DELIVERY_PASSING },      { "-q", "HELO", DELIVERY_SENT },
    };
    size_t i;

    (void)state;
    mkdir(parts_path("sink3"), 0700);
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct part *sink = part("sink", parts_path("sink3"), rows[i].option, rows[i].command);
        struct delivery d = send_by(sink, "tls = \"none\";", "", parts_letter());

        if (d.end != rows[i].end)
            fail_msg("%s %s: %s", rows[i].option, rows[i].command, d.message);
        part_end(sink);
    }
}

static void a_silent_server_gets_a_hint(void **state)
{
    struct server *server = server_start(NULL);
    struct settings *s;
    struct destination to;
    struct delivery d;
    char port[16];

    (void)state;
    server_greet(server, HANG);
    snprintf(port, sizeof(port), "%d", server_port(server));
    s = parts_settings(OWNER "smtp: { url = \"smtp://127.0.0.1:@A@\"; " FROM "};", port, "");
    to = (struct destination){ s, &s->owner[0], 0 };
    notifier_send_once(notifier_find("email"), &to, parts_letter(), NULL, clock_mono_ns() + NS_PER_S / 2, &d);
    assert_int_equal(d.end, DELIVERY_PASSING);
    assert_has(d.message, "smtps://");
    settings_free(s);
    server_stop(server);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mail_goes_encrypted_and_signed_in),
        cmocka_unit_test(a_wrong_password_is_refused_for_good_and_not_told),
        cmocka_unit_test(nothing_is_sent_to_a_server_nobody_vouches_for),
        cmocka_unit_test(tls_is_required_unless_the_settings_say_otherwise),
        cmocka_unit_test(a_mail_has_what_mail_readers_need),
        cmocka_unit_test(later_mail_of_an_incident_is_threaded_under_the_first),
        cmocka_unit_test(no_text_becomes_a_header_a_command_or_another_mail),
        cmocka_unit_test(a_mail_whose_end_got_no_answer_comes_again_under_the_same_id),
        cmocka_unit_test(refusals_of_smtp_sink_are_told_apart),
        cmocka_unit_test(a_silent_server_gets_a_hint),
    };

    return cmocka_run_group_tests(tests, start_all, stop_all);
}
