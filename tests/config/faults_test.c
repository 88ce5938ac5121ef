/* What is wrong with uptime.cfg is told, all of it, where it stands. */
#include <locale.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/strbuf.h"
#include "scratch.h"
#include "support/tests.h"

struct row {
    const char *text;                /* of the file */
    const char *faults;              /* a line each, without "uptime.cfg:" */
};

static void check_rows(const struct row *row, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++) {
        char *found = scratch_faults(row[i].text, -1);
        struct strbuf wanted = STRBUF_INIT;
        const char *line;

        for (line = row[i].faults; *line; line += strcspn(line, "\n") + 1)
            strbuf_addf(&wanted, "uptime.cfg:%.*s\n", (int)strcspn(line, "\n"), line);
        if (strcmp(found, wanted.text) != 0)
            fail_msg("row %zu:\n%s\n--- gives\n%s--- instead of\n%s", i, row[i].text, found, wanted.text);
        strbuf_release(&wanted);
        free(found);
    }
}

#define CHECK_ROWS(rows) check_rows(rows, sizeof(rows) / sizeof(rows[0]))
#define SITE(settings) "sites = ( { name = \"shop\"; url = \"https://shop.example.org/\"; " settings " } );\n"
#define IN_SITE "1: sites[0] 'shop': "

static void unknown_settings_are_named_at_every_level(void **state)
{
    static const struct row rows[] = {
        { "enginee = \"events\";", "1: unknown setting 'enginee' (did you mean 'engine'?)\n" },
        { "zzzzzz = 1;", "1: unknown setting 'zzzzzz'\n" },
        { SITE("intervall = \"30s\";"), IN_SITE "unknown setting 'intervall' (did you mean 'interval'?)\n" },
        { SITE("password = \"x\";"), IN_SITE "unknown setting 'password' (did you mean 'password_file'?)\n" },
        { SITE("ulr = \"x\";"), IN_SITE "unknown setting 'ulr' (did you mean 'url'?)\n" },
        { "defaults: {\n intervall = 1; url = \"https://x\"; name = \"y\"; };",
          "2: defaults: unknown setting 'intervall' (did you mean 'interval'?)\n"
          "2: defaults: unknown setting 'url'\n"
          "2: defaults: unknown setting 'name'\n" },
        { "owners = ( { name = \"ops\";\n mail = \"x@y\"; } );",
          "2: owners[0] 'ops': unknown setting 'mail' (did you mean 'email'?)\n" },
        { "smtp: { url = \"smtp://m\"; from = \"a@b\"; form = \"c\"; };",
          "1: smtp: unknown setting 'form' (did you mean 'from'?)\n" },
        { "sms: { url = \"https://m\"; from = \"a\"; urls = \"c\"; };",
          "1: sms: unknown setting 'urls' (did you mean 'url'?)\n" },
        { "redis: { url = \"redis://m\"; region = [ \"a\" ]; };",
          "1: redis: unknown setting 'region' (did you mean 'regions'?)\n" },
        { "history: { sample = \"14d\"; };", "1: history: unknown setting 'sample' (did you mean 'samples'?)\n" },
        { "maintenance = ( { start = \"2026-12-01 02:00 UTC\"; duration = \"2h\"; site = [ ]; } );",
          "1: maintenance[0]: unknown setting 'site' (did you mean 'sites'?)\n" },
    };

    (void)state;
    CHECK_ROWS(rows);
}

static void values_of_a_wrong_type_are_refused(void **state)
{
    static const struct row rows[] = {
        { SITE("interval = true;"), IN_SITE "'interval' must be a duration such as \"30s\", not true or false\n" },
        { SITE("interval = 1.5;"),
          IN_SITE "'interval' must be a duration such as \"30s\", not a number with a point\n" },
        { SITE("interval = [ 1 ];"), IN_SITE "'interval' must be a duration such as \"30s\", not a list\n" },
        { SITE("interval = { };"), IN_SITE "'interval' must be a duration such as \"30s\", not a group\n" },
        { SITE("retries = \"2\";"), IN_SITE "'retries' must be a number, not a text\n" },
        { SITE("paused = 1;"), IN_SITE "'paused' must be true or false, not a number\n" },
        { SITE("tags = \"eu\";"), IN_SITE "'tags' must be a list of texts, not a text\n" },
        { SITE("tags = [ 1, 2 ];"), IN_SITE "'tags' must be a list of texts, not a list\n" },
        { SITE("tags = ( \"a\", [ \"b\" ] );"), IN_SITE "'tags' must be a list of texts, not a list\n" },
        { SITE("owner = 5;"), IN_SITE "'owner' must be a text, not a number\n" },
        { "workers = \"2\";", "1: 'workers' must be a number, not a text\n" },
        { "defaults = 5;\nowners = { };\nsites = \"x\";\nsmtp = [ ];",
          "1: 'defaults' must be a group { }\n2: 'owners' must be a list ( )\n3: 'sites' must be a list ( )\n"
          "4: 'smtp' must be a group { }\n" },
        { "sites = ( 5, [ ], true );",
          "1: sites[0]: a site must be a URL in quotes or a group { }\n"
          "1: sites[1]: a site must be a URL in quotes or a group { }\n"
          "1: sites[2]: a site must be a URL in quotes or a group { }\n" },
        { "sites = ( { name = 5; url = 6; } );",
          "1: sites[0]: 'name' must be a text\n1: sites[0]: 'url' must be a text\n" },
        { "owners = ( 5 );", "1: owners[0]: this must be a group { }\n" },
        { "keys: { add = 5; };", "1: keys: 'add' must be a text\n" },
    };

    (void)state;
    CHECK_ROWS(rows);
}

static void durations_are_exact_and_in_range(void **state)
{
    static const struct row rows[] = {
        { SITE("interval = \"0s\";"), IN_SITE "'interval' must be 1s to 30d, not 0s\n" },
        { SITE("interval = 0;"), IN_SITE "'interval' must be 1s to 30d, not 0s\n" },
        { SITE("interval = -5;"), IN_SITE "'interval' must be 1s to 30d, not -5s\n" },
        { SITE("interval = \"999ms\";"), IN_SITE "'interval' must be 1s to 30d, not 999ms\n" },
        { SITE("interval = \"30d1s\";"), IN_SITE "'interval' must be 1s to 30d, not 30d1s\n" },
        { SITE("interval = 0x1e;"), IN_SITE "'interval' is no duration: not in hexadecimal\n" },
        { SITE("interval = \"0x1e\";"),
          IN_SITE "'interval': '0x1e' is no duration: write it like 500ms, 30s, 5m, 1h30m or 14d\n" },
        { SITE("interval = \"-5s\";"),
          IN_SITE "'interval': '-5s' is no duration: write it like 500ms, 30s, 5m, 1h30m or 14d\n" },
        { SITE("interval = \"5 m\";"),
          IN_SITE "'interval': '5 m' is no duration: write it like 500ms, 30s, 5m, 1h30m or 14d\n" },
        { SITE("interval = \"\";"), IN_SITE "'interval': '' is no duration: it is empty\n" },
        { SITE("interval = \"99999999999999999999d\";"),
          IN_SITE "'interval': '99999999999999999999d' is no duration: the number is too large\n" },
        { SITE("interval = 9999999999;"), IN_SITE "'interval' must be 1s to 30d, not 115740d17h46m39s\n" },
        { SITE("interval = 9223372036854775807;"),
          IN_SITE "'interval' must be 1s to 30d, not 106751991167d7h12m55s807ms\n" },
        { SITE("interval = 99999999999999999999999999;"),
          IN_SITE "'interval' must be 1s to 30d, not 106751991167d7h12m55s807ms\n" },
        { SITE("timeout = \"49ms\"; retry_interval = \"2h\"; slow_above = \"6m\";"),
          IN_SITE "'timeout' must be 50ms to 5m, not 49ms\n"
          IN_SITE "'retry_interval' must be 0s to 1h, not 2h\n"
          IN_SITE "'slow_above' must be 1ms to 5m (or 0: off), not 6m\n" },
    };

    (void)state;
    CHECK_ROWS(rows);
}

static void numbers_are_read_whole_and_kept_in_range(void **state)
{
    static const struct row rows[] = {
        { "workers = 0;\nmax_in_flight = 100001;",
          "1: 'workers' must be 1 to 1024, not 0\n2: 'max_in_flight' must be 1 to 100000, not 100001\n" },
        { "workers = 4294967298;", "1: 'workers' must be 1 to 1024, not 4294967298\n" },
        { "workers = 0x100000002;", "1: 'workers' must be 1 to 1024, not 4294967298\n" },
        { "workers = 0x10000000000000002;", "1: 'workers' must be 1 to 1024, not 9223372036854775807\n" },
        { "workers = 18446744073709551618L;", "1: 'workers' must be 1 to 1024, not 9223372036854775807\n" },
        { SITE("retries = 11;"), IN_SITE "'retries' must be 0 to 10, not 11\n" },
        { SITE("body_limit = 0;"), IN_SITE "'body_limit' must be 1 to 1073741824, not 0\n" },
        { "redis: { url = \"redis://h\"; regions = [ \"a\" ]; quorum = 2; };",
          "1: redis: 'quorum' is 2, but there are only 1 regions\n" },
    };

    (void)state;
    CHECK_ROWS(rows);
}

static void words_statuses_and_patterns_are_checked(void **state)
{
    static const struct row rows[] = {
        { "engine = \"thread\";",
          "1: 'engine' must be serial, threads, futures, processes, events or redis, not 'thread' "
                                  "(did you mean 'threads'?)\n" },
        { SITE("method = \"POST\";"), IN_SITE "'method' must be HEAD or GET, not 'POST'\n" },
        { SITE("method = \"get\";"), IN_SITE "'method' must be HEAD or GET, not 'get' (did you mean 'GET'?)\n" },
        { SITE("ip = \"5\";"), IN_SITE "'ip' must be any, 4 or 6, not '5'\n" },
        { SITE("expect_status = \"200-\";"),
          IN_SITE "'expect_status': '200-' is no list of statuses: write it like 200-299,401\n" },
        { SITE("expect_status = \"299-200\";"),
          IN_SITE "'expect_status': '299-200' is no list of statuses: write it like 200-299,401\n" },
        { SITE("expect_status = 20;"),
          IN_SITE "'expect_status': '20' is no list of statuses: write it like 200-299,401\n" },
        { SITE("expect_body_regex = \"(\";"),
          IN_SITE "'expect_body_regex': '(' is no regular expression: Unmatched ( or \\(\n" },
        { SITE("expect_body_regex = \"x{1,9999}{1,9999}\";"),
          IN_SITE "'expect_body_regex': 'x{1,9999}{1,9999}' is too large a regular expression\n" },
        { SITE("proxy = \"direct\";"),
          IN_SITE "'proxy' must be none, env or a URL: 'direct' has no scheme (did you mean 'http://direct'?)\n" },
        { "hosts = [ \"https://status.example.org\" ];",
          "1: 'hosts': 'https://status.example.org' is no host name: write it like status.example.org, without scheme and port\n" },
        { "probe_any = \"yes\";", "1: 'probe_any' must be off, local or all, not 'yes'\n" },
        { "listen = \"9180\";", "1: 'listen': '9180' is no address to listen on: write it like 127.0.0.1:9180\n" },
        { "listen = \"h:65536\";",
          "1: 'listen': 'h:65536' is no address to listen on: write it like 127.0.0.1:9180\n" },
        { "smtp: { url = \"smtp://m\"; from = \"a@b\"; tls = \"yes\"; };",
          "1: smtp: 'tls' must be required, try or none, not 'yes'\n" },
    };

    (void)state;
    CHECK_ROWS(rows);
}

static void control_characters_get_nowhere(void **state)
{
    static const struct row rows[] = {
        { "sites = ( \"https://a.example.org/\\x01\" );",
          "1: sites[0]: 'url': 'https://a.example.org/?' is no URL: there is a control character or broken UTF-8 in "
          "it\n" },
        { "sites = ( \"https://a.example.org/\\nX: y\" );",
          "1: sites[0]: 'url': 'https://a.example.org/ X: y' is no URL: there is a blank in it\n" },
        { SITE("headers = [ \"X-A: 1\\r\\nX-B: 2\" ];"),
          IN_SITE "'headers': the header 'X-A' has a control character or broken UTF-8 in it\n" },
        { SITE("headers = [ \"X-A\" ];"), IN_SITE "'headers': a header has no colon: write it like X-Probe: 1\n" },
        { SITE("headers = [ \": 1\" ];"),
          IN_SITE "'headers': a header has no name before its colon: write it like X-Probe: 1\n" },
        { SITE("headers = [ \"X A: 1\" ];"),
          IN_SITE "'headers': a header has no name before its colon: write it like X-Probe: 1\n" },
        { SITE("user_agent = \"x\\x1b[0m\";"),
          IN_SITE "'user_agent': 'x?[0m' has a control character or broken UTF-8 in it\n" },
        { "sites = ( { name = \"a\\tb\"; url = \"https://x\"; } );",
          "1: sites[0]: 'name': 'a b' has a control character or broken UTF-8 in it\n" },
        { "sites = ( { name = \"\xff\"; url = \"https://x\"; }, { name = \"\"; url = \"https://y\"; },\n"
          "{ name = \"\xe2\x80\xae\"; url = \"https://z\"; } );",
          "1: sites[0]: 'name': '?' has a control character or broken UTF-8 in it\n"
          "1: sites[1]: 'name': a text is empty\n"
          "2: sites[2]: 'name': '?' has a control character or broken UTF-8 in it\n" },
    };

    (void)state;
    CHECK_ROWS(rows);
}

static void urls_without_a_good_scheme_are_refused_with_a_hint(void **state)
{
    static const struct row rows[] = {
        { "sites = (\n  \"example.org\",\n  \"127.0.0.1:9100/ok\"\n);",
          "2: sites[0]: 'url': 'example.org' has no scheme (did you mean 'https://example.org'?)\n"
          "3: sites[1]: 'url': '127.0.0.1:9100/ok' has no scheme (did you mean 'https://127.0.0.1:9100/ok'?)\n" },
        { "sites = ( \"ftp://u:secret@example.org\" );",
          "1: sites[0]: 'url': 'ftp://u:***@example.org' begins with 'ftp', "
              "but only https, http, tls, smtp, smtps, imap, imaps, pop3, pop3s, tcp, icmp, dns, exec and heartbeat are understood (did you mean 'http'?)\n" },
        { "anchors = [ \"192.0.2.1\" ];",
          "1: 'anchors': '192.0.2.1' has no scheme (did you mean 'https://192.0.2.1'?)\n" },
        { "sites = ( { name = \"x\"; } );", "1: sites[0] 'x': 'url' is missing\n" },
        { "smtp: { url = \"mail.example.org\"; from = \"a@b\"; };",
          "1: smtp: 'url': 'mail.example.org' has no scheme (did you mean 'smtp://mail.example.org'?)\n" },
        { "redis: { url = \"http://h\"; };",
          "1: redis: 'url': 'http://h' begins with 'http', but only redis and rediss are understood\n" },
    };

    (void)state;
    CHECK_ROWS(rows);
}

static void names_must_be_distinct_and_known(void **state)
{
    static const struct row rows[] = {
        { "sites = (\n{ name = \"a\"; url = \"https://x\"; },\n\"https://b\",\n"
          "{ name = \"a\"; url = \"https://y\"; } );",
          "4: sites[2] 'a': sites[0] has this name already\n" },
        { "defaults: { owner = \"opps\"; };\nowners = ( { name = \"ops\"; } );",
          "1: defaults: there is no owner 'opps' (did you mean 'ops'?)\n" },
        { "owners = ( { name = \"ops\"; }, { name = \"ops\"; }, { email = \"a@b\"; } );",
          "1: owners[1] 'ops': two owners have this name\n1: owners[2]: 'name' is missing\n" },
        { SITE("owner = \"nobody\";"), IN_SITE "there is no owner 'nobody'\n" },
        { SITE("depends_on = [ \"router\", \"shop\" ];"),
          IN_SITE "'depends_on': there is no site 'router'\n" IN_SITE "'depends_on': it names itself\n" },
        { "maintenance = ( { sites = [ \"erp\" ]; start = \"2026-12-01 02:00 UTC\"; duration = \"2h\"; } );",
          "1: maintenance[0]: 'sites': there is no site 'erp'\n" },
    };

    (void)state;
    CHECK_ROWS(rows);
}

static void owners_and_windows_are_checked(void **state)
{
    static const struct row rows[] = {
        { "owners = ( { name = \"ops\"; email = \"ops\"; sms = [ \"+1\", \"12a\" ]; ntfy = \"ntfy.sh/x\";\n"
          "quiet = \"22:00-07:00\"; remind = \"59s\"; } );",
          "1: owners[0] 'ops': 'email': 'ops' is no mail address: write it like ops@example.org\n"
          "1: owners[0] 'ops': 'sms': '+1' is no telephone number: write it like +15550100\n"
          "1: owners[0] 'ops': 'ntfy': 'ntfy.sh/x' has no scheme (did you mean 'https://ntfy.sh/x'?)\n"
          "2: owners[0] 'ops': 'quiet': '22:00-07:00' are no hours: write them like 22:00-07:00 Europe/Paris\n"
          "2: owners[0] 'ops': 'remind' must be 1m to 30d (or 0: off), not 59s\n" },
        { "owners = ( { name = \"a\"; quiet = \"25:00-07:00 UTC\"; },"
          " { name = \"b\"; quiet = \"07:00-07:00 UTC\"; } );",
          "1: owners[0] 'a': 'quiet': '25:00-07:00 UTC' are no hours: write them like 22:00-07:00 Europe/Paris\n"
          "1: owners[1] 'b': 'quiet': '07:00-07:00 UTC' ends when it begins\n" },
        { "maintenance = ( { start = \"2026-02-29 02:00 UTC\"; duration = \"2h\"; },\n"
          "{ start = \"2026-12-01 2:00 UTC\"; duration = \"0\"; }, { start = \"2026-12-01 02:00 ../etc/passwd\"; } );",
          "1: maintenance[0]: 'start': '2026-02-29 02:00 UTC' is no time: there is no such day\n"
          "2: maintenance[1]: 'start': '2026-12-01 2:00 UTC' is no time: write it like 2026-12-01 02:00 Europe/Paris\n"
          "2: maintenance[1]: 'duration' must be 1m to 30d, not 0s\n"
          "2: maintenance[2]: 'start': '../etc/passwd' is no time zone: write it like Europe/Paris\n"
          "2: maintenance[2]: 'duration' is missing\n" },
    };

    (void)state;
    CHECK_ROWS(rows);
}

static void files_that_can_not_be_read_are_named_with_their_cause(void **state)
{
    char *found, wanted[1024];

    (void)state;
    found = scratch_faults(SITE("password_file = \"nix\"; ca_file = \"nix.pem\";"), -1);
    snprintf(wanted, sizeof(wanted),
             "uptime.cfg:" IN_SITE "'password_file': cannot read '%s': No such file or directory\n"
             "uptime.cfg:" IN_SITE "'ca_file': cannot read '%s': No such file or directory\n",
             scratch_path("nix"), scratch_path("nix.pem"));
    assert_string_equal(found, wanted);
    free(found);

    scratch_write("empty", "\nsecond line\n", -1);
    scratch_write("control", "se\x01" "cret\n", -1);
    found = scratch_faults(SITE("password_file = \"empty\";") "defaults: { password_file = \"control\"; };", -1);
    assert_non_null(strstr(found, "holds no password"));
    assert_non_null(strstr(found, "has a control character in it"));
    assert_null(strstr(found, "second line"));
    assert_null(strstr(found, "cret\n"));
    free(found);
}

static void mistakes_of_syntax_are_named_in_their_line(void **state)
{
    static const struct row rows[] = {
        { "workers = 2\nengine = events;", "2: 'events' must stand in quotes\n" },
        { "sites = (\n  \"https://a\",\n  \"https://b\",\n);\nmax_in_flight = 5;",
          "3: no comma may stand behind the last element\n" },
        { "anchors = [ \"https://a\", ];\nsites = ( \"https://b\", );",
          "1: no comma may stand behind the last element\n2: no comma may stand behind the last element\n" },
        { "sites = (\n  \"https://a\"\n  \"https://b\"\n);",
          "2: texts stand side by side here: a comma is missing between them\n" },
        { "sites = (\n  { url = \"https://a\"; }\n  { url = \"https://b\"; }\n);",
          "3: a comma is missing before this\n" },
        { "defaults: { interval = 30s; };", "1: 30s must stand in quotes\n" },
        { "defaults: { interval \"30s\"; };", "1: '=' is missing behind 'interval'\n" },
        { "defaults: {\n interval = ; };", "2: a value is missing here\n" },
        { "workers = 2;;", "1: the name of a setting was expected, not ';'\n" },
        { "workers = 2; 5 = 3;", "1: the name of a setting was expected, not '5'\n" },
        { "sites = ( url = \"https://a\" );",
          "1: 'url' must stand in quotes, or between { } if it is the name of a setting\n" },
        { "defaults: {\n interval = \"30s\";\n\n", "3: the '{' of line 1 is never closed by '}'\n" },
        { "sites = (\n{ url = \"https://a\"; ) }", "2: ')' stands where '}' should close the '{' of line 2\n" },
        { "workers = 2; }", "1: '}' closes nothing\n" },
        { "workers = $2;", "1: '$' has no meaning here\n" },
        { "workers = 2; workers = 3;", "1: 'workers' stands in line 1 already\n" },
        { "sites = (\n{ url = \"https://a\";\n  url = \"https://b\"; },\n"
          "{ url = \"https://c\"; url = \"https://d\" });",
          "3: 'url' stands in line 2 already\n4: 'url' stands in line 4 already\n" },
        { "sites = [ \"https://a\", { url = \"https://b\"; } ];",
          "1: an array [ ] holds no group, list or array: a list ( ) does\n" },
        { "anchors = [ \"https://a\", 5 ];", "1: an array [ ] holds values of one type\n" },
        { "workers = 2; /* never\nclosed\nengine = 5;", "1: the comment that begins here is never closed by */\n" },
        { "workers = 2;\n\"dropped silently by libconfig;\n",
          "2: the text that begins here is never closed by a quote\n" },
        { "defaults: {\n  owner = \"ops;\n  user = \"me\";\n};",
          "3: the text that begins here is never closed by a quote (is a quote missing in line 2, or in this one?)\n" },
    };

    (void)state;
    CHECK_ROWS(rows);
}

static void every_fault_is_told_in_the_order_of_the_file(void **state)
{
    static const struct row rows[] = {
        { "sites = ( \"a\",\n  { url = \"https://x\"; retries = 99; owner = \"x\"; bogus = 1; } );\nowners = ( { } );\n"
          "workers = 0;\n",
          "1: sites[0]: 'url': 'a' has no scheme (did you mean 'https://a'?)\n"
          "2: sites[1]: 'retries' must be 0 to 10, not 99\n"
          "2: sites[1]: unknown setting 'bogus'\n"
          "2: sites[1]: there is no owner 'x'\n"
          "3: owners[0]: 'name' is missing\n"
          "4: 'workers' must be 1 to 1024, not 0\n" },
    };

    (void)state;
    CHECK_ROWS(rows);
}

static void an_included_file_is_named_with_its_own_line(void **state)
{
    char *found, wanted[1024];

    (void)state;
    scratch_write("more.cfg", "# more\n{ name = \"b\"; url = \"https://b\"; bogus = 1; }", -1);
    found = scratch_faults("sites = (\n  \"https://a\",\n  @include \"more.cfg\" # here\n, \"c\" );\nworkers = 0;", -1);
    assert_string_equal(found, "more.cfg:2: sites[1] 'b': unknown setting 'bogus'\n"
                               "uptime.cfg:4: sites[2]: 'url': 'c' has no scheme (did you mean 'https://c'?)\n"
                               "uptime.cfg:5: 'workers' must be 1 to 1024, not 0\n");
    free(found);

    found = scratch_faults("workers = 2;\n@include \"nix.cfg\"\n@include \"uptime.cfg\"\n", -1);
    snprintf(wanted, sizeof(wanted), "uptime.cfg:2: cannot read '%s': No such file or directory\n",
             scratch_path("nix.cfg"));
    assert_memory_equal(found, wanted, strlen(wanted));
    assert_non_null(strstr(found, "files include each other more than 10 deep"));
    free(found);

    scratch_write("open.cfg", "/* never closed", -1);
    found = scratch_faults("workers = 2;\n@include \"open.cfg\"\n*/", -1);
    assert_string_equal(found, "open.cfg:1: what begins here is never closed\n");
    free(found);

    found = scratch_faults("@include \"/dev/null\"\n", -1);
    assert_string_equal(found, "uptime.cfg:1: cannot read '/dev/null': it is no file\n");
    free(found);
}

static void what_is_no_text_file_is_refused(void **state)
{
    struct settings *s = NULL;
    struct faults faults = { 0 };
    char *found, wanted[1024];

    (void)state;
    found = scratch_faults("workers = 2;\n\0engine = 5;", 26);
    assert_string_equal(found, "uptime.cfg:2: a NUL byte: this is no text file\n");
    free(found);

    assert_int_equal(settings_read(&s, scratch_path(""), &faults), ERR_IO);
    assert_int_equal(faults.line.n, 1);
    assert_non_null(strstr(faults.line.item[0], "': Is a directory"));
    assert_int_equal(settings_read(&s, scratch_path("nix"), &faults), ERR_IO);
    snprintf(wanted, sizeof(wanted), "cannot read '%s': No such file or directory", scratch_path("nix"));
    assert_string_equal(faults.line.item[0], wanted);
    assert_int_equal(settings_read(&s, "/dev/zero", &faults), ERR_IO);
    assert_string_equal(faults.line.item[0], "cannot read '/dev/zero': it is larger than 64 MiB");
    faults_release(&faults);
}

static void *write_late(void *context)
{
    FILE *pipe = fopen(context, "w"); /* waits for its reader */

    fputs("sites = ( \"https://a.example.org/\" );\n", pipe);
    fclose(pipe);
    return NULL;
}

/* Settings may come through a pipe, as from <(...) of a shell. */
static void a_pipe_is_read_to_its_end_but_not_waited_for_for_ever(void **state)
{
    struct settings *s = NULL;
    struct faults faults = { 0 };
    char path[256];
    pthread_t writer;

    (void)state;
    snprintf(path, sizeof(path), "%s", scratch_path("pipe"));
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(pthread_create(&writer, NULL, write_late, path), 0);
    assert_int_equal(settings_read(&s, path, &faults), ERR_OK);
    pthread_join(writer, NULL);
    assert_int_equal(s->nsite, 1);
    settings_free(s);
    assert_int_equal(settings_read(&s, path, &faults), ERR_IO);
    assert_non_null(strstr(faults.line.item[0], "nobody writes to it"));
    faults_release(&faults);
    unlink(path);
}

static void deep_nesting_is_refused_and_not_followed(void **state)
{
    char text[20000], *found;
    size_t depth;

    (void)state;
    for (depth = 31; depth <= 9000; depth *= 17) {
        memset(text, '(', sizeof(text));
        memcpy(text, "tags = ", 7);
        memset(text + 7 + depth, ')', depth);
        text[7 + 2 * depth] = '\0';
        found = scratch_faults(text, -1);
        assert_string_equal(found, depth <= 32 ? "uptime.cfg:1: unknown setting 'tags'\n"
                                               : "uptime.cfg:1: more than 32 brackets within each other\n");
        free(found);
    }
}

static void a_group_too_large_to_search_is_refused(void **state)
{
    struct strbuf text = STRBUF_INIT;
    char *found;
    int i;

    (void)state;
    strbuf_adds(&text, "keys: {\n");
    for (i = 0; i < 100000; i++)
        strbuf_addf(&text, "k%d = \"x\";", i);
    strbuf_adds(&text, "};\n");
    found = scratch_faults(text.text, -1);
    assert_string_equal(found, "uptime.cfg:1: more than 256 settings in one group: lists stand in ( )\n");
    free(found);
    strbuf_release(&text);
}

static void faults_show_no_password_and_no_control_character(void **state)
{
    static const char text[] =
        "sites = ( \"ftp://u:hunter2@h/\", \"u:hunter2@h/x\", \"https://u:hunter2@h h/\", \"https://u:hunter2@@h/\",\n"
        "{ url = \"https://x\"; headers = [ \"hunter2\", \"Authorization: hunter2\\n\" ]; proxy = "
        "\"gopher://u:hunter2@h\"; } );\n";
    char *found = scratch_faults(text, -1);

    (void)state;
    assert_null(strstr(found, "hunter2"));
    assert_int_equal(strspn(found, "\x1b"), 0);
    free(found);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unknown_settings_are_named_at_every_level),
        cmocka_unit_test(values_of_a_wrong_type_are_refused),
        cmocka_unit_test(durations_are_exact_and_in_range),
        cmocka_unit_test(numbers_are_read_whole_and_kept_in_range),
        cmocka_unit_test(words_statuses_and_patterns_are_checked),
        cmocka_unit_test(control_characters_get_nowhere),
        cmocka_unit_test(urls_without_a_good_scheme_are_refused_with_a_hint),
        cmocka_unit_test(names_must_be_distinct_and_known),
        cmocka_unit_test(owners_and_windows_are_checked),
        cmocka_unit_test(files_that_can_not_be_read_are_named_with_their_cause),
        cmocka_unit_test(mistakes_of_syntax_are_named_in_their_line),
        cmocka_unit_test(every_fault_is_told_in_the_order_of_the_file),
        cmocka_unit_test(an_included_file_is_named_with_its_own_line),
        cmocka_unit_test(what_is_no_text_file_is_refused),
        cmocka_unit_test(a_pipe_is_read_to_its_end_but_not_waited_for_for_ever),
        cmocka_unit_test(deep_nesting_is_refused_and_not_followed),
        cmocka_unit_test(a_group_too_large_to_search_is_refused),
        cmocka_unit_test(faults_show_no_password_and_no_control_character),
    };

    setlocale(LC_ALL, "C.UTF-8");
    return cmocka_run_group_tests(tests, scratch_begin, scratch_end);
}
