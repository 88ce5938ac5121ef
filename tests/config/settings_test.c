/* What good settings become: values, names, sharing, files; and where the file is found. */
#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/strbuf.h"
#include "config/schema.h"
#include "config/settings.h"
#include "find.h"
#include "scratch.h"
#include "support/tests.h"

/* --- values ----------------------------------------------------------------------------------------------------- */

static const char everything[] =
    "database = \"here.db\"; engine = \"threads\"; workers = 2; max_in_flight = 50; listen = \"127.0.0.1:9180\";\n"
    "defaults: { interval = \"2m\"; timeout = 7; retries = 0x1; method = \"GET\"; owner = \"ops\"; };\n"
    "owners = ( { name = \"ops\"; email = \"ops@example.org\"; sms = [ \"+15550100\", \"15550101\" ];\n"
    "             ntfy = \"https://ntfy.example.org/ops\"; remind = \"4h\"; quiet = \"22:00-07:30 Europe/Paris\"; },\n"
    "           { name = \"web\"; email = \"\"; } );\n"
    "smtp: { url = \"smtp://mail.example.org:587\"; user = \"uptime\"; password_file = \"secret\"; from = "
    "\"u@example.org\";\n"
    "        tls = \"try\"; };\n"
    "sms: { url = \"https://api.example.com/Messages.json\"; user = \"AC0\"; password_env = \"CONFIG_TEST_SECRET\";\n"
    "       from = \"+15550000\"; };\n"
    "redis: { url = \"redis://127.0.0.1:6379/0\"; regions = [\"eu\", \"us\"]; quorum = 2; prefix = \"u\"; };\n"
    "history: { samples = \"7d\"; hourly = \"30d\"; };\n"
    "maintenance = ( { sites = [\"shop\"]; start = \"2028-02-29 02:05 Europe/Paris\"; duration = \"2h\"; } );\n"
    "anchors = [ \"https://192.0.2.1\" ];\n"
    "keys: { add = \"a\"; quit = \"q\"; };\n"
    "sites = (\n"
    "  \"https://example.org\",\n"
    "  { name = \"shop\"; url = \"https://Shop.example.org\"; interval = 30; timeout = \"500ms\"; retries = 10;\n"
    "    retry_interval = 0; slow_above = \"800ms\"; certificate_warning = \"0\"; body_limit = 4096; ip = 6;\n"
    "    expect_status = 204; expect_body = \"a\\tb\"; expect_body_regex = \"v[0-9]+\"; reject_body = \"no\"; user = "
    "\"me\";\n"
    "    password_file = \"secret\"; ca_file = \"secret\"; proxy = \"socks5h://proxy:1080\"; user_agent = \"x/1\";\n"
    "    headers = [ \"X-A: 1, 2\" ]; tags = ( \"eu\", \"money\" ); depends_on = [ \"example.org\" ]; regions = [ "
    "\"eu\" ];\n"
    "    follow_redirects = false; tls_verify = FALSE; paused = true; owner = \"web\"; } );\n";

static void every_setting_is_read(void **state)
{
    struct settings *s;
    const struct options *o;
    const struct owner *ops;

    (void)state;
    setenv("CONFIG_TEST_SECRET", "from the environment", 1);
    scratch_write("secret", "from a file\r\nnot this\n", -1);
    s = scratch_settings(everything);
    assert_string_equal(s->database, scratch_path("here.db"));
    assert_string_equal(s->engine, "threads");
    assert_string_equal(s->listen, "127.0.0.1:9180");
    assert_int_equal(s->workers, 2);
    assert_int_equal(s->max_in_flight, 50);

    assert_int_equal(s->nowner, 2);
    ops = settings_owner(s, "ops");
    assert_string_equal(ops->email.item[0], "ops@example.org");
    assert_int_equal(ops->sms.n, 2);
    assert_string_equal(ops->sms.item[1], "15550101");
    assert_int_equal(ops->remind_ms, 4 * MS_PER_H);
    assert_int_equal(ops->quiet.from_min, 22 * 60);
    assert_int_equal(ops->quiet.until_min, 7 * 60 + 30);
    assert_string_equal(ops->quiet.zone, "Europe/Paris");
    assert_int_equal(settings_owner(s, "web")->email.n, 0);
    assert_null(settings_owner(s, "nobody"));

    assert_string_equal(s->smtp.url, "smtp://mail.example.org:587/");
    assert_string_equal(s->smtp.password, "from a file");
    assert_string_equal(s->smtp.password_file, scratch_path("secret"));
    assert_int_equal(s->smtp.tls, MAIL_TLS_TRY);
    assert_string_equal(s->sms.password, "from the environment");
    assert_string_equal(s->sms.password_env, "CONFIG_TEST_SECRET");
    assert_int_equal(s->redis.regions.n, 2);
    assert_int_equal(s->redis.quorum, 2);
    assert_int_equal(s->history.samples_ms, 7 * MS_PER_DAY);
    assert_int_equal(s->nwindow, 1);
    assert_int_equal(s->window[0].start.day, 29);
    assert_int_equal(s->window[0].start.minute, 5);
    assert_int_equal(s->window[0].duration_ms, 2 * MS_PER_H);
    assert_string_equal(s->anchors.item[0], "https://192.0.2.1/");
    assert_int_equal(s->nkey, 2);
    assert_string_equal(s->key[1].action, "quit");
    assert_string_equal(s->key[1].key, "q");

    assert_int_equal(s->nsite, 2);
    o = settings_site(s, "example.org")->options;
    assert_ptr_equal(o, s->defaults);
    assert_int_equal(o->interval_ms, 2 * MS_PER_MIN);
    assert_int_equal(o->timeout_ms, 7 * MS_PER_S);
    assert_int_equal(o->retries, 1);
    assert_int_equal(o->method, METHOD_GET);
    assert_string_equal(o->owner, "ops");

    assert_string_equal(settings_site(s, "shop")->url, "https://shop.example.org/");
    o = settings_site(s, "shop")->options;
    assert_int_equal(o->interval_ms, 30 * MS_PER_S);
    assert_int_equal(o->timeout_ms, 500);
    assert_int_equal(o->retry_interval_ms, 0);
    assert_int_equal(o->certificate_warning_ms, 0);
    assert_int_equal(o->body_limit, 4096);
    assert_int_equal(o->ip, IP_V6);
    assert_int_equal(o->method, METHOD_GET);
    assert_true(status_set_has(&o->expect_status, 204) && !status_set_has(&o->expect_status, 200));
    assert_string_equal(o->expect_body, "a\tb");
    assert_string_equal(o->password, "from a file");
    assert_string_equal(o->ca_file, scratch_path("secret"));
    assert_int_equal(o->proxy, PROXY_URL);
    assert_string_equal(o->proxy_url, "socks5h://proxy:1080/");
    assert_string_equal(o->headers.item[0], "X-A: 1, 2");
    assert_string_equal(o->tags.item[1], "money");
    assert_string_equal(o->depends_on.item[0], "example.org");
    assert_true(o->paused && !o->follow_redirects && !o->tls_verify);
    settings_free(s);
}

/* An administrator who looks at the service from a terminal means its history, not one of his own. */
static void the_file_of_the_service_has_the_history_of_the_service(void **state)
{
    char *found = find_database_of_service("/etc/us/uptime.cfg", "/etc/us/uptime.cfg", scratch_path(""));

    (void)state;
    assert_non_null(found);
    assert_string_equal(found, scratch_path("uptime.db"));
    free(found);
    assert_null(find_database_of_service("/home/anna/uptime.cfg", "/etc/us/uptime.cfg", scratch_path("")));
    assert_null(find_database_of_service("/etc/us/uptime.cfg", "/etc/us/uptime.cfg", "/nonexistent"));
    setenv("STATE_DIRECTORY", "/var/lib/uptime", 1);
    assert_null(find_database_of_service("/etc/us/uptime.cfg", "/etc/us/uptime.cfg", scratch_path("")));
    unsetenv("STATE_DIRECTORY");
}

static void without_a_word_there_are_defaults(void **state)
{
    struct settings *s, *none = settings_new();

    (void)state;
    setenv("STATE_DIRECTORY", "/var/lib/uptime:/var/lib/other", 1);
    s = scratch_settings("");
    unsetenv("STATE_DIRECTORY");
    assert_string_equal(s->database, "/var/lib/uptime/uptime.db");
    assert_string_equal(s->engine, "events");
    assert_int_equal(s->workers, 0);
    assert_int_equal(s->max_in_flight, 1000);
    assert_int_equal(s->nsite, 0);
    assert_null(s->listen);
    assert_null(s->smtp.url);
    assert_null(settings_site(s, "x"));
    assert_string_equal(s->path, scratch_path("uptime.cfg"));
    assert_null(none->path);
    assert_int_equal(none->defaults->interval_ms, 5 * MS_PER_MIN);
    assert_false(settings_changed(none));
    settings_free(none);
    settings_free(s);
    settings_free(NULL);
}

static void an_empty_text_takes_a_default_back(void **state)
{
    struct settings *s = scratch_settings(
        "owners = ( { name = \"ops\"; } );\n"
        "defaults: { owner = \"ops\"; tags = [ \"x\" ]; slow_above = \"1s\"; expect_status = \"200\"; proxy = \"env\"; "
        "user = \"u\"; };\n"
        "sites = ( { url = \"https://a\"; owner = \"\"; tags = [ ]; slow_above = \"\"; expect_status = \"\"; proxy = "
        "\"none\";\n"
        "            user = \"\"; } );\n");
    const struct options *o = s->site[0]->options;

    (void)state;
    assert_null(o->owner);
    assert_null(o->user);
    assert_int_equal(o->tags.n, 0);
    assert_int_equal(o->slow_above_ms, 0);
    assert_true(status_set_has(&o->expect_status, 302));
    assert_int_equal(o->proxy, PROXY_NONE);
    settings_free(s);
}

static void a_password_of_a_site_puts_the_default_one_out(void **state)
{
    struct settings *s;

    (void)state;
    setenv("CONFIG_TEST_SECRET", "variable", 1);
    scratch_write("secret", "file", -1);
    s = scratch_settings("defaults: { password_file = \"secret\"; };\n"
                         "sites = ( \"https://a\", { url = \"https://b\"; password_env = \"CONFIG_TEST_SECRET\"; },\n"
                         "          { url = \"https://c\"; password_file = \"\"; } );");
    assert_string_equal(s->site[0]->options->password, "file");
    assert_string_equal(s->site[1]->options->password, "variable");
    assert_null(s->site[1]->options->password_file);
    assert_null(s->site[2]->options->password);
    settings_free(s);
}

static void credentials_of_systemd_come_first(void **state)
{
    struct settings *s;

    (void)state;
    mkdir(scratch_path("credentials"), 0700);
    scratch_write("credentials/secret", "systemd's\n", -1);
    scratch_write("secret", "ours\n", -1);
    setenv("CREDENTIALS_DIRECTORY", scratch_path("credentials"), 1);
    s = scratch_settings("defaults: { password_file = \"secret\"; };");
    assert_string_equal(s->defaults->password, "systemd's");
    settings_free(s);
    unlink(scratch_path("credentials/secret"));
    s = scratch_settings("defaults: { password_file = \"secret\"; };");
    assert_string_equal(s->defaults->password, "ours");
    settings_free(s);
    unsetenv("CREDENTIALS_DIRECTORY");
}

/* --- the text of the file --------------------------------------------------------------------------------------- */

static void files_of_other_systems_and_hands_are_read(void **state)
{
    static const char *const texts[] = {
        "\xef\xbb\xbfsites = ( \"https://a\" );", "sites = (\r\n  \"https://a\"\r\n);\r\n",
        "sites = ( \"https://a\" ) # end",
        "sites = ( \"https://a\" ) // end", "sites:(\"https://a\"),",
        "/* x */ sites = ( /* ( */ \"https://a\" /* ) */ ) /* x */",
        "sites = [ \"https://a\" ];", "sites = ( { url = \"https\" \":/\" /* joined */ \"/a\" } );",
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct settings *s = scratch_settings(texts[i]);

        assert_int_equal(s->nsite, 1);
        assert_string_equal(s->site[0]->url, "https://a/");
        settings_free(s);
    }
}

static void includes_are_relative_to_the_file_they_stand_in(void **state)
{
    struct settings *s;

    (void)state;
    mkdir(scratch_path("d"), 0700);
    scratch_write("d/one.cfg", "\"https://one\",\n@include \"two.cfg\"\n", -1);
    scratch_write("d/two.cfg", "\xef\xbb\xbf\"https://two\" # no newline", -1);
    s = scratch_settings("sites = (\n  @include \"d/one.cfg\" // more\n  , \"https://three\",\n@include \"d/two.cfg\"\n"
                         ");\n"
                         "# @include \"nowhere\"\n/*\n@include \"nowhere\"\n*/");
    assert_int_equal(s->nsite, 4);
    assert_string_equal(s->site[0]->name, "one");
    assert_string_equal(s->site[1]->name, "two");
    assert_string_equal(s->site[2]->name, "three");
    assert_string_equal(s->site[3]->name, "two:443");
    assert_int_equal(s->files.n, 3);
    assert_string_equal(s->files.item[0], scratch_path("uptime.cfg"));
    assert_string_equal(s->files.item[1], scratch_path("d/one.cfg"));
    assert_string_equal(s->files.item[2], scratch_path("d/two.cfg"));

    assert_false(settings_changed(s));
    scratch_write("d/two.cfg", "\"https://other\"", -1);
    assert_true(settings_changed(s));
    settings_free(s);
    unlink(scratch_path("d/one.cfg"));
    unlink(scratch_path("d/two.cfg"));
}

static void a_change_of_the_file_is_seen(void **state)
{
    struct settings *s = scratch_settings("workers = 2;");
    struct timespec times[2] = { { 0 }, { .tv_nsec = 1 } };

    (void)state;
    assert_false(settings_changed(s));
    assert_int_equal(utimensat(AT_FDCWD, s->path, times, 0), 0);
    assert_true(settings_changed(s));
    settings_free(s);

    s = scratch_settings("workers = 2;");
    unlink(s->path);
    assert_true(settings_changed(s));
    settings_free(s);
}

static void a_link_leads_to_the_file_and_paths_are_relative_to_that(void **state)
{
    struct settings *s = NULL;

    (void)state;
    mkdir(scratch_path("d"), 0700);
    scratch_write("d/real.cfg", "database = \"x.db\";", -1);
    unlink(scratch_path("link.cfg"));
    assert_int_equal(symlink("d/real.cfg", scratch_path("link.cfg")), 0);
    assert_int_equal(settings_read(&s, scratch_path("link.cfg"), NULL), ERR_OK);
    assert_string_equal(s->path, scratch_path("d/real.cfg"));
    assert_string_equal(s->database, scratch_path("d/x.db"));
    settings_free(s);
    unlink(scratch_path("d/real.cfg"));
}

/* --- names ------------------------------------------------------------------------------------------------------ */

static void sites_without_a_name_are_named_by_host_port_and_path(void **state)
{
    static const char text[] =
        "sites = (\n"
        "  \"https://h\", \"http://h\", \"https://h/\", \"https://h/a?q=secret\", \"https://h/a\", \"https://h/a\", "
        "\"https://h/a\",\n"
        "  \"http://h:8080\", \"http://h:8080/\", \"http://h:8080/b\", \"http://[::1]:80/\", \"http://[::1]:81/\",\n"
        "  \"http://[::1]/c\", \"https://u:pw@p\", \"https://written\", { name = \"written\"; url = \"https://x\" } );";
    static const char *const names[] = {
        "h", "h:80", "h:443", "h/a", "h:443/a", "h:443/a (2)", "h:443/a (3)", "h:8080", "h:8080 (2)", "h:8080/b",
        "::1", "[::1]:81", "[::1]/c", "p", "written:443", "written",
    };
    struct settings *s = scratch_settings(text);
    size_t i;

    (void)state;
    assert_int_equal(s->nsite, sizeof(names) / sizeof(names[0]));
    for (i = 0; i < s->nsite; i++) {
        assert_string_equal(s->site[i]->name, names[i]);
        assert_ptr_equal(settings_site(s, names[i]), s->site[i]);
    }
    settings_free(s);
}

static void long_names_are_cut_and_stay_distinct(void **state)
{
    struct strbuf text = STRBUF_INIT;
    char path[200];
    struct settings *s;
    int i;

    (void)state;
    memset(path, 'p', sizeof(path));
    strbuf_adds(&text, "sites = ( \"https://h\"");
    for (i = 0; i < 4; i++)
        strbuf_addf(&text, ", \"https://h/%.*s%d\"", (int)sizeof(path), path, i);
    strbuf_adds(&text, " );");
    s = scratch_settings(text.text);
    for (i = 0; i < 5; i++)
        assert_true(strlen(s->site[i]->name) <= 128);
    settings_free(s);
    strbuf_release(&text);
}

static void urls_of_a_command_line_get_names_that_are_free(void **state)
{
    static const char *const urls[] = { "https://a", "https://b", "https://b/", "https://b/x", "https://c" };
    static const char *const bad[] = { "https://a", "b", "ftp://c" };
    struct settings *s = scratch_settings("defaults: { retries = 7; }; sites = ( { name = \"b\"; url = \"https://x\"; "
                                          "}, \"https://c\" );");
    struct faults faults = { 0 };
    const struct site **site;
    size_t n, i;

    (void)state;
    assert_int_equal(settings_url_sites(&site, &n, s, urls, 5, &faults), ERR_OK);
    assert_int_equal(n, 3);
    assert_string_equal(site[0]->name, "a");
    assert_string_equal(site[1]->name, "b:443");
    assert_string_equal(site[2]->name, "b/x");
    assert_ptr_equal(site[2]->options, s->defaults);
    for (i = 0; i < n; i++)
        site_unref(site[i]);
    free(site);

    assert_int_equal(settings_url_sites(&site, &n, s, bad, 3, &faults), ERR_INVALID);
    assert_int_equal(faults.line.n, 2);
    assert_string_equal(faults.line.item[0], "'b' has no scheme (did you mean 'https://b'?)");
    assert_string_equal(faults.line.item[1], "'ftp://c' begins with 'ftp', "
              "but only https, http, tls, smtp, smtps, imap, imaps, pop3, pop3s, tcp, icmp and dns are understood (did you mean 'http'?)");
    faults_release(&faults);
    settings_free(s);
}

/* --- many ------------------------------------------------------------------------------------------------------- */

#define MANY 100000

static void a_hundred_thousand_sites_share_their_options(void **state)
{
    struct strbuf text = STRBUF_INIT;
    struct settings *s;
    int64_t began;
    int i;

    (void)state;
    strbuf_adds(&text, "sites = (\n");
    for (i = 0; i < MANY; i++)
        strbuf_addf(&text, "  \"https://h%d.example.org/\",\n", i);
    strbuf_adds(&text, "{ url = \"https://x\"; retries = 1; }, { url = \"https://y\"; retries = 1; } );\n");
    began = clock_mono_ns();
    s = scratch_settings(text.text);
    print_message("%d sites read in %lld ms\n", MANY, (long long)((clock_mono_ns() - began) / NS_PER_MS));
    assert_int_equal(s->nsite, MANY + 2);
    for (i = 0; i < MANY; i++)
        assert_ptr_equal(s->site[i]->options, s->defaults);
    assert_ptr_equal(s->site[MANY]->options, s->site[MANY + 1]->options);
    assert_ptr_not_equal(s->site[MANY]->options, s->defaults);
    settings_free(s);
    strbuf_release(&text);
}

/* Quadratic work at any of these would take minutes. */
static void many_sites_of_one_kind_take_no_longer(void **state)
{
    static const char *const kinds[] = {
        "\"https://same.example.org/\"", "{ name = \"same\"; url = \"https://x\"; }", "\"no scheme\"", "{ bogus = 1; }",
        "{ url = \"https://x\"; owner = \"nobody\"; depends_on = [ \"none\" ]; }",
    };
    size_t kind;
    int i;

    (void)state;
    for (kind = 0; kind < sizeof(kinds) / sizeof(kinds[0]); kind++) {
        struct strbuf text = STRBUF_INIT;
        struct settings *s = NULL;

        strbuf_adds(&text, "sites = (\n");
        for (i = 0; i < MANY / 4; i++)
            strbuf_addf(&text, "%s%s\n", i ? "," : "", kinds[kind]);
        strbuf_adds(&text, ");\n");
        assert_int_equal(settings_read_text(&s, scratch_path("uptime.cfg"), text.text, text.length, NULL),
                         kind ? ERR_INVALID : ERR_OK);
        settings_free(s);
        strbuf_release(&text);
    }
}

/* --- finding it ------------------------------------------------------------------------------------------------- */

static void expect_found(const char *named, const char *wanted)
{
    struct errmsg why = ERRMSG_INIT;
    char *path = NULL;

    assert_int_equal(settings_find(&path, named, &why), ERR_OK);
    assert_string_equal(path, wanted);
    free(path);
}

static void the_file_is_looked_for_in_the_order_promised(void **state)
{
    char here[512], home[600];
    struct errmsg why = ERRMSG_INIT;
    char *path = NULL;

    (void)state;
    assert_non_null(getcwd(here, sizeof(here)));
    mkdir(scratch_path("cwd"), 0700);
    mkdir(scratch_path("xdg"), 0700);
    mkdir(scratch_path("xdg/uptimesquirrel"), 0700);
    snprintf(home, sizeof(home), "%s", scratch_path("xdg/uptimesquirrel/uptime.cfg"));
    assert_int_equal(chdir(scratch_path("cwd")), 0);
    setenv("XDG_CONFIG_HOME", scratch_path("xdg"), 1);
    unsetenv("UPTIMESQUIRREL_CONFIG");

    if (access("/etc/uptimesquirrel/uptime.cfg", F_OK)) {
        assert_int_equal(settings_find(&path, NULL, &why), ERR_NOTFOUND);
        assert_non_null(strstr(why.text, home));
        assert_null(path);
    }
    scratch_write("xdg/uptimesquirrel/uptime.cfg", "", -1);
    expect_found(NULL, home);
    scratch_write("cwd/uptime.cfg", "", -1);
    expect_found(NULL, "uptime.cfg");
    setenv("UPTIMESQUIRREL_CONFIG", "/some/where", 1);
    expect_found(NULL, "/some/where");
    expect_found("named.cfg", "named.cfg");

    unsetenv("UPTIMESQUIRREL_CONFIG");
    unsetenv("XDG_CONFIG_HOME");
    unlink(home);
    unlink("uptime.cfg");
    assert_int_equal(chdir(here), 0);
    rmdir(scratch_path("xdg/uptimesquirrel"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_setting_is_read),
        cmocka_unit_test(the_file_of_the_service_has_the_history_of_the_service),
        cmocka_unit_test(without_a_word_there_are_defaults),
        cmocka_unit_test(an_empty_text_takes_a_default_back),
        cmocka_unit_test(a_password_of_a_site_puts_the_default_one_out),
        cmocka_unit_test(credentials_of_systemd_come_first),
        cmocka_unit_test(files_of_other_systems_and_hands_are_read),
        cmocka_unit_test(includes_are_relative_to_the_file_they_stand_in),
        cmocka_unit_test(a_change_of_the_file_is_seen),
        cmocka_unit_test(a_link_leads_to_the_file_and_paths_are_relative_to_that),
        cmocka_unit_test(sites_without_a_name_are_named_by_host_port_and_path),
        cmocka_unit_test(long_names_are_cut_and_stay_distinct),
        cmocka_unit_test(urls_of_a_command_line_get_names_that_are_free),
        cmocka_unit_test(a_hundred_thousand_sites_share_their_options),
        cmocka_unit_test(many_sites_of_one_kind_take_no_longer),
        cmocka_unit_test(the_file_is_looked_for_in_the_order_promised),
    };

    setlocale(LC_ALL, "C.UTF-8");
    return cmocka_run_group_tests(tests, scratch_begin, scratch_end);
}
