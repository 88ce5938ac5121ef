/* URLs: what is taken, as what, and what is said of the rest. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/settings.h"
#include "support/tests.h"
#include "url.h"

static void good_urls_come_in_one_form(void **state)
{
    static const char *const rows[][2] = {
        { "https://example.org", "https://example.org/" },
        { "HTTPS://Example.ORG:443/A/../b?C=d#frag", "https://example.org/b?C=d" },
        { "http://example.org:80", "http://example.org/" },
        { "http://example.org:443/", "http://example.org:443/" },
        { "https://example.org:8443?x", "https://example.org:8443/?x" },
        { "http://127.0.0.1:9100/ok", "http://127.0.0.1:9100/ok" },
        { "http://127.1/", "http://127.0.0.1/" },
        { "http://[::1]:8080/x", "http://[::1]:8080/x" },
        { "https://u:p%40ss@h/", "https://u:p%40ss@h/" },
        { "https://h/\xc3\xa4", "https://h/%c3%a4" },
        { "https://h/redirect?to=https://other/", "https://h/redirect?to=https://other/" },
        { "https://xn--4ca.example/", "https://xn--4ca.example/" },
        { "TCP://DB.example.org:5432/", "tcp://db.example.org:5432" },
        { "tcp://[::1]:5432", "tcp://[::1]:5432" },
        { "tls://ldap.example.org:443/", "tls://ldap.example.org" },
        { "tls://ldap.example.org:636", "tls://ldap.example.org:636" },
        { "smtp://mail.example.org:25", "smtp://mail.example.org" },
        { "imaps://mail.example.org:993/", "imaps://mail.example.org" },
        { "icmp://router.example.org/", "icmp://router.example.org" },
        { "dns://192.0.2.53:53/example.org?type=MX", "dns://192.0.2.53/example.org?type=MX" },
        { "dns://192.0.2.53:5353/example.org", "dns://192.0.2.53:5353/example.org" },
        { "DNS:///example.org?type=a", "dns:///example.org?type=a" },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct errmsg why = ERRMSG_INIT;
        char *url = NULL, *again = NULL;

        if (url_normalize(&url, rows[i][0], &why))
            fail_msg("'%s': %s", rows[i][0], why.text);
        assert_string_equal(url, rows[i][1]);
        assert_int_equal(url_normalize(&again, url, &why), ERR_OK);
        assert_string_equal(again, url);
        free(url);
        free(again);
    }
}

static void bad_urls_are_refused_with_their_fault(void **state)
{
    static const char *const rows[][2] = {
        { "", "the URL is empty" },
        { "example.org", "'example.org' has no scheme (did you mean 'https://example.org'?)" },
        { "127.0.0.1:9100/ok", "'127.0.0.1:9100/ok' has no scheme (did you mean 'https://127.0.0.1:9100/ok'?)" },
        { "localhost:80", "'localhost:80' has no scheme (did you mean 'https://localhost:80'?)" },
        { "//example.org/x", "'//example.org/x' has no scheme (did you mean 'https://example.org/x'?)" },
        { "http:/example.org", "'http:/example.org' has no scheme (did you mean 'https://example.org'?)" },
        { "https:example.org", "'https:example.org' has no scheme (did you mean 'https://example.org'?)" },
        { "u:hunter2@example.org", "'u:***@example.org' has no scheme (did you mean 'https://u:***@example.org'?)" },
        { "/path", "'/path' has no scheme (did you mean 'https://path'?)" },
        { "?", "'?' is no URL: it begins with no scheme such as https://" },
        { "tcp://h", "'tcp://h' is no URL of a check 'tcp': it names no port" },
        { "tcp://h:1/x", "'tcp://h:1/x' is no URL of a check 'tcp': it has something behind its host and port" },
        { "tcp://", "'tcp://' is no URL of a check 'tcp': it names no host" },
        { "tcp://u@h:1", "'tcp://u@h:1' is no URL of a check 'tcp': it has a user, or letters beyond ASCII" },
        { "icmp://h:7", "'icmp://h:7' is no URL of a check 'icmp': it has a port" },
        { "dns://h", "'dns://h' is no URL of a check 'dns': it asks for no name: write it like "
                     "dns://192.0.2.53/example.org?type=A" },
        { "dns:///x?type=MXX", "'dns:///x?type=MXX' is no URL of a check 'dns': it asks for records of no known type 'MXX' "
                               "(did you mean 'MX'?)" },
        { "dns:///x?class=IN", "'dns:///x?class=IN' is no URL of a check 'dns': it has another query than type=" },
        { "exec:///bin/true", "'exec:///bin/true' runs a program: only uptime.cfg itself can ask for that" },
        { "ftp://example.org/", "'ftp://example.org/' begins with 'ftp', "
              "but only https, http, tls, smtp, smtps, imap, imaps, pop3, pop3s, tcp, icmp and dns are understood (did you mean 'http'?)" },
        { "file:///etc/passwd", "'file:///etc/passwd' begins with 'file', "
              "but only https, http, tls, smtp, smtps, imap, imaps, pop3, pop3s, tcp, icmp and dns are understood" },
        { "https:///path", "'https:///path' is no URL: it names no host" },
        { "https://", "'https://' is no URL: No host part in the URL" },
        { "https://u:hunter2@:80/", "'https://u:***@:80/' is no URL: No host part in the URL" },
        { "https://a b/", "'https://a b/' is no URL: there is a blank in it" },
        { " https://a/", "' https://a/' is no URL: there is a blank in it" },
        { "https://a/\r\nX: y", "'https://a/  X: y' is no URL: there is a blank in it" },
        { "https://a/\x01", "'https://a/?' is no URL: there is a control character or broken UTF-8 in it" },
        { "https://a/\x7f", "'https://a/?' is no URL: there is a control character or broken UTF-8 in it" },
        { "https://a/\xff", "'https://a/?' is no URL: there is a control character or broken UTF-8 in it" },
        { "https://a/\xe2\x80\xae", "'https://a/?' is no URL: there is a control character or broken UTF-8 in it" },
        { "https://a:0/", "'https://a:0/' is no URL: there is no port 0" },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct errmsg why = ERRMSG_INIT;
        char *url = NULL;

        assert_int_equal(url_normalize(&url, rows[i][0], &why), ERR_INVALID);
        assert_string_equal(why.text, rows[i][1]);
        assert_null(url);
    }
}

/* libcurl words these, not we. */
static void what_libcurl_refuses_is_refused(void **state)
{
    static const char *const rows[] = {
        "https://a:65536/", "https://a:x/", "https://[::1/", "https://[zz]/", "https://a\\b/", "https://u:hunter2@a@b/",
        "https://a%00b/", "https://a%2fb/", "https://{a}/",
    };
    char *url = NULL, long_url[5000];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct errmsg why = ERRMSG_INIT;

        assert_int_equal(url_normalize(&url, rows[i], &why), ERR_INVALID);
        assert_non_null(strstr(why.text, " is no URL: "));
        assert_null(strstr(why.text, "hunter2"));
        assert_null(url);
    }
    memset(long_url, 'a', sizeof(long_url));
    memcpy(long_url, "https://", 8);
    long_url[sizeof(long_url) - 1] = '\0';
    assert_int_equal(url_normalize(&url, long_url, NULL), ERR_INVALID);
}

static void a_host_beyond_ascii_needs_a_locale_that_can_look_it_up(void **state)
{
    struct errmsg why = ERRMSG_INIT;
    char *url = NULL;

    (void)state;
    if (!setlocale(LC_ALL, "C.UTF-8"))
        skip();
    assert_int_equal(url_normalize(&url, "https://ex\xc3\xa4mple.org/", &why), ERR_OK);
    assert_string_equal(url, "https://ex\xc3\xa4mple.org/");
    free(url);
    setlocale(LC_ALL, "C");
    url = NULL;
    assert_int_equal(url_normalize(&url, "https://ex\xc3\xa4mple.org/", &why), ERR_INVALID);
    assert_non_null(strstr(why.text, "need a UTF-8 locale"));
    assert_null(url);
}

static void other_schemes_are_for_those_who_ask(void **state)
{
    struct errmsg why = ERRMSG_INIT;
    char *url = NULL;

    (void)state;
    assert_int_equal(url_normalize_for(&url, "SMTP://Mail.example.org:587", "smtp smtps", &why), ERR_OK);
    assert_string_equal(url, "smtp://mail.example.org:587/");
    free(url);
    assert_int_equal(url_normalize_for(&url, "redis://:pw@h:6379/0", "redis rediss", &why), ERR_OK);
    assert_string_equal(url, "redis://:pw@h:6379/0");
    free(url);
    url = NULL;
    assert_int_equal(url_normalize_for(&url, "https://h/", "smtp", &why), ERR_INVALID);
    assert_string_equal(why.text, "'https://h/' begins with 'https', but only smtp are understood");
}

static void a_masked_password_is_seen(void **state)
{
    (void)state;
    assert_true(url_is_masked("https://u:***@h/"));
    assert_false(url_is_masked("https://u:pw@h/:***@"));
    assert_false(url_is_masked("https://u:*@h/"));
    assert_false(url_is_masked("https://h/"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_urls_come_in_one_form),
        cmocka_unit_test(bad_urls_are_refused_with_their_fault),
        cmocka_unit_test(what_libcurl_refuses_is_refused),
        cmocka_unit_test(a_host_beyond_ascii_needs_a_locale_that_can_look_it_up),
        cmocka_unit_test(other_schemes_are_for_those_who_ask),
        cmocka_unit_test(a_masked_password_is_seen),
    };

    setlocale(LC_ALL, "C.UTF-8");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
