/* add, remove, list and validate: the file is edited line by line, and says why when it is not. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <wchar.h>

#include "place.h"
#include "process.h"
#include "terminal.h"
#include "whole.h"

static const char settings[] =
    "# my sites\n"
    "\n"
    "engine =   \"threads\";   # odd   spacing\n"
    "defaults: { interval = \"5m\"; };\t# tabs\t\n"
    "owners = ( { name = \"ops\"; email = \"ops@example.org\"; } );\n"
    "sites = (\n"
    "  \"http://one.example.test/\",        # the first\n"
    "  /* two, of\n"
    "     course */ { name = \"two\"; url = \"http://two.example.test/\"; tags = [\"a\", \"b\"]; },\n"
    "  // and\n"
    "  { name = \"three\";\n"
    "    url = \"http://probe:geheim@three.example.test/\"; paused = true; } # the last\n"
    ");\n"
    "# the end\n";

static void write_settings(void)
{
    place_write("uptime.cfg", "%s", settings);
}

/* Lines that went, and lines that came, by diff(1); the lines around are the same by byte. */
static const char *difference(void)
{
    place_write("before", "%s", settings);
    return shell("diff before uptime.cfg | grep '^[<>]'")->out;
}

static void assert_untouched(void)
{
    char *text = place_read("uptime.cfg");

    assert_string_equal(text, settings);
    free(text);
}

/* --- add ---------------------------------------------------------------------------------------------------------- */

static void add_changes_its_line_and_no_other(void **state)
{
    const struct ran *r;

    (void)state;
    write_settings();
    r = run("add", "http://four.example.test");
    assert_int_equal(r->code, 0);
    assert_says(r->out, "added http://four.example.test to ");
    assert_says(r->out, "/uptime.cfg\n");
    assert_string_equal(r->err, "");
    assert_string_equal(difference(), "<     url = \"http://probe:geheim@three.example.test/\"; paused = true; } # the last\n"
                                      ">     url = \"http://probe:geheim@three.example.test/\"; paused = true; }, # the last\n"
                                      ">   \"http://four.example.test\"\n");
}

static void add_writes_what_it_was_told(void **state)
{
    (void)state;
    write_settings();
    assert_int_equal(run("add", "http://four.example.test/", "--name", "vier", "--owner", "ops", "--interval", "30s")->code, 0);
    assert_says(difference(), "name = \"vier\"; url = \"http://four.example.test/\"; owner = \"ops\"; interval = \"30s\";");
    assert_says(run("list")->out, "vier             30s      ops          http://four.example.test/\n");
}

static void many_are_added_at_once_or_none(void **state)
{
    const struct ran *r;

    (void)state;
    write_settings();
    r = run_with((&(struct how){ .input = "http://a.example.test/\n# no\nhttp://b.example.test/\n" }), "add", "-");
    assert_int_equal(r->code, 0);
    assert_int_equal(count_lines(r->out), 2);
    assert_int_equal(count_lines(run("list")->out), 6);
    write_settings();
    r = run("add", "http://a.example.test/", "b.example.test", "ftp://c.example.test/");
    assert_int_equal(r->code, 2);
    assert_says(r->err, "'b.example.test' has no scheme (did you mean 'https://b.example.test'?)");
    assert_says(r->err, "'ftp://c.example.test/'");
    assert_untouched();
}

static void what_is_there_already_is_not_added_again(void **state)
{
    const struct ran *r;

    (void)state;
    write_settings();
    r = run("add", "http://two.example.test", "HTTP://One.Example.test/#top");
    assert_int_equal(r->code, 0); /* what was wanted is so */
    assert_string_equal(r->out, "");
    assert_says(r->err, "http://two.example.test is in ");
    assert_int_equal(count_lines(r->err), 2);
    assert_untouched();
    r = run("add", "http://new.example.test/", "http://two.example.test/", "http://new.example.test/");
    assert_int_equal(r->code, 0);
    assert_int_equal(count_lines(r->out), 1);
    assert_int_equal(count_lines(r->err), 2);
    assert_int_equal(count_lines(run("list")->out), 5);
    assert_int_equal(run("add", "http://two.example.test/", "--name", "deux")->code, 0); /* a name of its own: another site */
    assert_int_equal(count_lines(run("list")->out), 6);
}

static void a_password_that_others_may_read_is_warned_of(void **state)
{
    const struct ran *r = run("add", "http://u:geheim@five.example.test/", "-c", "fresh.cfg");
    struct stat st;

    (void)state;
    assert_int_equal(r->code, 0);
    assert_string_equal(r->err, "");
    assert_int_equal(stat(place_path("fresh.cfg"), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(chmod(place_path("fresh.cfg"), 0644), 0);
    r = run("add", "http://u:geheim@six.example.test/", "-c", "fresh.cfg");
    assert_int_equal(r->code, 0);
    assert_says(r->err, "others may read it");
    assert_silent(r->err, "geheim");
    assert_silent(r->out, "geheim");
    assert_string_equal(run("add", "http://seven.example.test/", "-c", "fresh.cfg")->err, "");
}

static void a_bad_setting_is_refused_and_nothing_is_written(void **state)
{
    static const struct { const char *flag, *value, *words; } bad[] = {
        { "--name", "two", "has this name already" },
        { "--name", "", "'name'" },
        { "--name", "a\033[31mb", "control character" },
        { "--owner", "nobody", "there is no owner 'nobody'" },
        { "--interval", "1ms", "'interval' must be 1s to 30d, not 1ms" },
        { "--interval", "soon", "no duration" },
        { "--interval", "\"; paused = true; x = \"", "no duration" },
    };
    size_t i;

    (void)state;
    write_settings();
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        const struct ran *r = run("add", "http://four.example.test/", bad[i].flag, bad[i].value);

        if (r->code != 2)
            fail_msg("%s '%s' exits with %d", bad[i].flag, bad[i].value, r->code);
        assert_says(r->err, bad[i].words);
        assert_safe(r->err);
        assert_string_equal(r->out, "");
        assert_untouched();
    }
    assert_int_equal(run("add", "http://a.example.test/", "http://b.example.test/", "--name", "x")->code, 2);
    assert_untouched();
}

static void odd_names_are_written_so_that_they_read_back(void **state)
{
    static const char *const name[] = { "a \"quoted\" name", "back\\slash", "münchen 漢字", "# no comment", "x'); drop" };
    json_error_t why;
    size_t i;

    (void)state;
    write_settings();
    for (i = 0; i < sizeof(name) / sizeof(name[0]); i++)
        if (run("add", "http://four.example.test/", "--name", name[i])->code)
            fail_msg("'%s' is refused", name[i]);
    for (i = 0; i < sizeof(name) / sizeof(name[0]); i++) {
        char line[32];
        json_t *o;

        snprintf(line, sizeof(line), "%zup", 4 + i);
        o = json_loads(shell("\"$squirrel\" list --output json | sed -n $1", line)->out, 0, &why);
        assert_string_equal(json_string_value(json_object_get(o, "name")), name[i]);
        json_decref(o);
    }
    for (i = 0; i < sizeof(name) / sizeof(name[0]); i++)
        assert_int_equal(run("remove", name[i])->code, 0);
    assert_untouched();
}

static void a_file_that_is_named_and_not_there_is_made(void **state)
{
    const struct ran *r;

    (void)state;
    r = run("add", "-c", "new.cfg", "first.example.test");
    assert_int_equal(r->code, 2);
    assert_false(place_has("new.cfg"));
    r = run("add", "-c", "new.cfg", "http://first.example.test/");
    assert_int_equal(r->code, 0);
    assert_says(r->out, "/new.cfg, which is new\n");
    r = run("add", "-c", "new.cfg", "http://second.example.test/");
    assert_silent(r->out, "which is new");
    assert_says(run("list", "-c", "new.cfg")->out, "second.example.test");
    assert_int_equal(run("validate", "-c", "new.cfg")->code, 0);
    r = run("add", "-c", "no/such/directory/new.cfg", "http://first.example.test/");
    assert_int_equal(r->code, 2);
    assert_says(r->err, "No such file or directory");
    r = run("add", "http://first.example.test/"); /* nor is one made where nobody asked for it */
    assert_int_equal(r->code, 2);
    assert_says(r->err, "name a file with -c");
}

static void mode_and_link_of_the_file_stay(void **state)
{
    struct stat st;

    (void)state;
    write_settings();
    shell("mv uptime.cfg real.cfg; ln -s real.cfg uptime.cfg; chmod 640 real.cfg");
    assert_int_equal(run("add", "http://four.example.test/")->code, 0);
    assert_int_equal(lstat(place_path("uptime.cfg"), &st), 0);
    assert_true(S_ISLNK(st.st_mode));
    assert_int_equal(stat(place_path("uptime.cfg"), &st), 0);
    assert_int_equal(st.st_mode & 07777, 0640);
    assert_says(shell("cat real.cfg")->out, "four.example.test");
}

static void carriage_returns_stay(void **state)
{
    (void)state;
    place_write("uptime.cfg", "sites = (\r\n  \"http://one.example.test/\"\r\n);\r\n");
    assert_int_equal(run("add", "http://two.example.test/")->code, 0);
    assert_string_equal(shell("cat uptime.cfg")->out,
                        "sites = (\r\n  \"http://one.example.test/\",\r\n  \"http://two.example.test/\"\r\n);\r\n");
}

/* --- remove ------------------------------------------------------------------------------------------------------- */

static void remove_takes_its_lines_and_no_other(void **state)
{
    const struct ran *r;

    (void)state;
    write_settings();
    r = run("remove", "two");
    assert_int_equal(r->code, 0);
    assert_says(r->out, "removed two from ");
    assert_silent(difference(), ">   { name");
    assert_silent(difference(), "one.example");
    assert_silent(difference(), "three");
    assert_says(difference(), "two.example.test");
    assert_int_equal(run("remove", "one.example.test")->code, 0);
    assert_int_equal(run("remove", "three")->code, 0);
    r = run("list");
    assert_int_equal(count_lines(r->out), 1);
    assert_int_equal(run("validate")->code, 0);
    assert_says(shell("cat uptime.cfg")->out, "# the end\n");
}

static void removing_what_is_not_there_removes_nothing(void **state)
{
    const struct ran *r;

    (void)state;
    write_settings();
    r = run("remove", "two", "four");
    assert_int_equal(r->code, 2);
    assert_says(r->err, "there is no site 'four'\n");
    assert_untouched();
    assert_says(run("remove", "thre")->err, "there is no site 'thre' (did you mean 'three'?)\n");
    r = run("remove", "two", "two");
    assert_int_equal(r->code, 2);
    assert_untouched();
    r = run("remove", "\033[2J");
    assert_safe(r->err);
}

/* --- list, validate ----------------------------------------------------------------------------------------------- */

static void list_tells_what_stands_in_the_file(void **state)
{
    const struct ran *r;

    (void)state;
    write_settings();
    r = run("list");
    assert_int_equal(r->code, 0);
    assert_string_equal(r->err, "");
    assert_says(r->out, "one.example.test 5m       -            http://one.example.test/\n");
    assert_says(r->out, "two              5m       -            http://two.example.test/  [a, b]\n");
    assert_says(r->out, "three            paused   -            http://probe:***@three.example.test/\n");
    assert_silent(r->out, "geheim");
    r = run("list", "--output", "json");
    assert_int_equal(count_lines(r->out), 3);
    assert_says(r->out, "{\"name\":\"two\",\"url\":\"http://two.example.test/\",\"owner\":null,\"tags\":[\"a\",\"b\"],\"interval_ms\":300000,");
    assert_silent(r->out, "geheim");
    assert_int_equal(server_hits(web, NULL, NULL), 0);
}

/* Columns before `piece`, as a terminal counts them. */
static int column_of(const char *text, const char *piece)
{
    const char *at = strstr(text, piece), *line = at;
    wchar_t wide[256];
    char bytes[256];

    assert_non_null(at);
    while (line > text && line[-1] != '\n')
        line--;
    snprintf(bytes, sizeof(bytes), "%.*s", (int)(at - line), line);
    return wcswidth(wide, mbstowcs(wide, bytes, 256));
}

static void wide_names_keep_the_columns_of_a_list(void **state)
{
    const struct ran *r;

    (void)state;
    place_write("uptime.cfg", "sites = ( { name = \"münchen\"; url = \"http://a.example.test/\"; },\n"
                              "  { name = \"東京\"; url = \"http://b.example.test/\"; },\n"
                              "  { name = \"a name of thirty-two columns ...\"; url = \"http://c.example.test/\"; } );\n");
    r = run("list");
    assert_int_equal(column_of(r->out, "URL"), column_of(r->out, "http://a"));
    assert_int_equal(column_of(r->out, "URL"), column_of(r->out, "http://b"));
    assert_int_equal(column_of(r->out, "URL"), column_of(r->out, "http://c"));
    r = run("check", "--retries", "0");
    assert_int_equal(column_of(r->out, "DNS"), column_of(r->out, "CODE"));
    assert_int_equal(column_of(strstr(r->out, "東京"), "DNS"), column_of(r->out, "CODE") - 6);
}

static void refused_settings(const char *line, const char *words)
{
    const struct ran *r = shell("printf '%s\n' \"$1\" >odd.cfg; \"$squirrel\" validate -c odd.cfg", line);

    assert_int_equal(r->code, 2);
    assert_string_equal(r->out, "");
    assert_says(r->err, words);
}

static void validate_knows_what_only_the_screen_uses(void **state)
{
    (void)state;
    refused_settings("keys = { ad = \"a\"; };", "keys: there is no action 'ad'");
    refused_settings("keys = { add = \"zz\"; };", "'zz' of 'add' is no key");
    refused_settings("screen: { columns = [ \"STAT\" ]; };", "screen: there is no column 'STAT'");
}

static void validate_says_that_all_is_well_or_what_is_not(void **state)
{
    const struct ran *r;

    (void)state;
    write_settings();
    r = run("validate");
    assert_int_equal(r->code, 0);
    assert_says(r->out, "/uptime.cfg: 3 sites, 1 owner: nothing wrong\n");
    assert_says(r->err, "note: 'ops' can not be told by email: uptime.cfg has no 'smtp'");
    place_write("uptime.cfg", "sites = (\n  \"http://a/\",\n  { url = \"http://b/\" \n);\n");
    r = run("validate");
    assert_int_equal(r->code, 2);
    assert_says(r->err, "uptime.cfg:4: ");
    assert_string_equal(r->out, "");
    place_write("uptime.cfg", "\033[31m = \"\xff\"; sites = ( { url = \"http://a/\"; n\xc2\x9b\x6d = 1; } );\n");
    r = run("validate");
    assert_int_equal(r->code, 2);
    assert_safe(r->err);
}

static void the_file_that_is_shipped_is_valid(void **state)
{
    (void)state;
    assert_int_equal(run("validate", "-c", GOLDEN "/../../../uptime.cfg")->code, 0);
}

/* --- and the screen ----------------------------------------------------------------------------------------------- */

static void a_running_watch_notices(void **state)
{
    struct terminal *t;

    (void)state;
    place_write("uptime.cfg", "sites = (\n  { name = \"first\"; url = \"%s\"; }\n);\n", url("/ok"));
    t = watch_at(80, 24);
    terminal_wait(t, "UP    first");
    assert_int_equal(run("add", url("/status/201"), "--name", "second")->code, 0);
    terminal_wait(t, "UP    second");
    assert_int_equal(run("remove", "first")->code, 0);
    terminal_wait_gone(t, "UP    first");
    terminal_wait(t, "UP    second");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WHOLE(add_changes_its_line_and_no_other),
        WHOLE(add_writes_what_it_was_told),
        WHOLE(many_are_added_at_once_or_none),
        WHOLE(what_is_there_already_is_not_added_again),
        WHOLE(a_password_that_others_may_read_is_warned_of),
        WHOLE(a_bad_setting_is_refused_and_nothing_is_written),
        WHOLE(odd_names_are_written_so_that_they_read_back),
        WHOLE(a_file_that_is_named_and_not_there_is_made),
        WHOLE(mode_and_link_of_the_file_stay),
        WHOLE(carriage_returns_stay),
        WHOLE(remove_takes_its_lines_and_no_other),
        WHOLE(removing_what_is_not_there_removes_nothing),
        WHOLE(list_tells_what_stands_in_the_file),
        WHOLE(wide_names_keep_the_columns_of_a_list),
        WHOLE(validate_knows_what_only_the_screen_uses),
        WHOLE(validate_says_that_all_is_well_or_what_is_not),
        WHOLE(the_file_that_is_shipped_is_valid),
        WHOLE(a_running_watch_notices),
    };

    return WHOLE_RUN(tests);
}
