/* The command line: what is understood, what is refused and with which words, and help. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "place.h"
#include "process.h"
#include "whole.h"

/* Calls see() with each command that --help lists. */
static void each_command(void (*see)(const char *name, const void *context), const void *context)
{
    const char *line = strstr(run("--help")->out, "\nCommands:\n"), *next;
    unsigned n = 0;

    assert_non_null(line);
    for (line += strlen("\nCommands:\n"); *line != '\n'; line = next + 1) {
        size_t length = strcspn(line + 2, " \n");
        char name[32];

        next = strchr(line, '\n');
        assert_non_null(next);
        if (!length)
            continue; /* the summary above goes on */
        assert_in_range(length, 1, sizeof(name) - 1);
        snprintf(name, sizeof(name), "%.*s", (int)length, line + 2);
        see(name, context);
        n++;
    }
    assert_true(n >= 11);
}

static void refused(const char *line, const char *words)
{
    const struct ran *r = shell("eval \"exec \\\"\\$squirrel\\\" $1\"", line);

    if (r->code != 2)
        fail_msg("%s exits with %d: %s%s", line, r->code, r->out, r->err);
    assert_string_equal(r->out, "");
    assert_says(r->err, words);
    assert_safe(r->err);
}

static void unknown_words_are_refused_and_the_likely_one_is_named(void **state)
{
    (void)state;
    refused("chekc", "uptimesquirrel: unknown command 'chekc' (did you mean 'check'?)\n");
    refused("lists", "did you mean 'list'?");
    refused("remve shop", "did you mean 'remove'?");
    refused("Check", "did you mean 'check'?");
    refused("frobnicate", "unknown command 'frobnicate'; uptimesquirrel --help lists them");
    refused("''", "unknown command ''");
    refused("check --outptu json", "unknown option '--outptu' (did you mean --output?)");
    refused("check -x", "unknown option '-x'; uptimesquirrel check --help tells more");
    refused("list --retries 1", "unknown option '--retries'");
    refused("list shop", "takes no arguments");
    refused("validate uptime.cfg", "takes no arguments; name the file by -c FILE");
}

static void missing_and_bad_arguments_are_refused(void **state)
{
    (void)state;
    refused("check --retries", "--retries needs an argument");
    refused("-c", "-c needs an argument");
    refused("add", "which URL?");
    refused("remove", "which site?");
    refused("check --workers 0 http://127.0.0.1/", "--workers: '0' is no number from 1 to 1024");
    refused("check --workers 1.5 http://127.0.0.1/", "--workers: '1.5' is no number");
    refused("check --workers '' http://127.0.0.1/", "--workers: '' is no number");
    refused("check --workers 99999999999 http://127.0.0.1/", "is no number");
    refused("check --retries -1 http://127.0.0.1/", "--retries: '-1' is no number from 0 to 10");
    refused("check --retries 0x1 http://127.0.0.1/", "is no number");
    refused("check --timeout 49ms http://127.0.0.1/", "--timeout: '49ms' is not between 50ms and 5m");
    refused("check --timeout 5m1s http://127.0.0.1/", "is not between");
    refused("check --timeout soon http://127.0.0.1/", "--timeout: 'soon' is no duration");
    refused("check --timeout 99999999999999999999s http://127.0.0.1/", "--timeout:");
    refused("check --engine warp http://127.0.0.1/", "--engine: there is no engine 'warp'");
    refused("check --output xml http://127.0.0.1/", "--output: 'xml' is neither table nor json");
    refused("watch --engine warp", "--engine: there is no engine 'warp'");
    refused("check --engine event http://127.0.0.1/", "--engine: there is no engine 'event' in this program (did you mean 'events'?)");
    refused("compare --engines serial,thread http://127.0.0.1/", "(did you mean 'threads'?)");
    refused("status --output csv", "--output: 'csv' is neither table, json, tmux nor prometheus");
}

static void what_is_wrong_is_quoted_safely(void **state)
{
    static const char *const evil = "\033]0;owned\007\xc2\x9b\xe2\x80\xae\xff";
    static const char *const line[] = { "\"$1\"", "check \"--$1\"", "check --engine \"$1\" http://127.0.0.1/",
                                        "check --timeout \"$1\" http://127.0.0.1/", "check --output \"$1\" http://127.0.0.1/",
                                        "check --workers \"$1\" http://127.0.0.1/", "check \"$1\"", "check -c \"$1\"",
                                        "remove -c \"$1\" shop", "watch \"http://$1\"", "list \"$1\"" };
    char script[256];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(line) / sizeof(line[0]); i++) {
        const struct ran *r;

        snprintf(script, sizeof(script), "\"$squirrel\" %s", line[i]);
        r = shell(script, evil);
        if (r->code != 2)
            fail_msg("%s exits with %d", line[i], r->code);
        assert_safe(r->err);
        assert_safe(r->out);
    }
}

static void a_path_is_shown_safely(void **state)
{
    static const char *const path = "\033[31m\xc2\x9b.cfg";
    const struct ran *r;

    (void)state;
    r = run("add", "-c", path, "http://nx.example.test/");
    assert_int_equal(r->code, 0);
    assert_safe(r->out);
    assert_safe(run("validate", "-c", path)->out);
    assert_safe(run("add", "-c", path, "http://nx.example.test/")->err);
    assert_safe(run("remove", "-c", path, "nx.example.test")->out);
}

static void a_short_form_and_an_equals_sign_do_as_well(void **state)
{
    const struct ran *r;

    (void)state;
    place_write("a.cfg", "sites = ( \"%s\" );\n", url("/ok"));
    assert_int_equal(run("check", "-ca.cfg")->code, 0);
    assert_int_equal(run("check", "--config=a.cfg", "--retries=0", "--timeout=5s", "--output=json")->code, 0);
    r = run("check", "--", url("/ok"));
    assert_int_equal(r->code, 0);
    r = run("check", url("/ok"), "--output", "json"); /* options behind arguments */
    assert_says(r->out, "\"state\":\"up\"");
}

static void options_may_stand_before_the_command(void **state)
{
    const struct ran *r;

    (void)state;
    place_write("a.cfg", "sites = ( { name = \"shop\"; url = \"%s\"; } );\n", url("/ok"));
    r = run("-c", "a.cfg", "list");
    assert_int_equal(r->code, 0);
    assert_says(r->out, "shop");
    r = run("--no-color", "--config=a.cfg", "--output", "json", "check");
    assert_int_equal(r->code, 0);
    assert_says(r->out, "\"name\":\"shop\"");
    r = run("-c", "a.cfg"); /* none at all is watch */
    assert_says(r->out, "UP    shop");
    r = run("-c", "list", "validate"); /* an argument is no command */
    assert_int_equal(r->code, 2);
    assert_says(r->err, "/list': No such file");
}

/* --- help --------------------------------------------------------------------------------------------------------- */

/* A half of tmux's window is often 80 columns wide. */
static void assert_fits(const char *text)
{
    const char *end;

    for (; (end = strchr(text, '\n')); text = end + 1)
        if (end - text > 80)
            fail_msg("wider than 80 columns: %.*s", (int)(end - text), text);
}

static void help_of_the_whole_lists_all_commands(void **state)
{
    static const char *const command[] = { "watch", "check", "compare", "lab", "worker", "add", "remove", "list", "validate" };
    const struct ran *r = run("--help");
    size_t i;

    (void)state;
    assert_int_equal(r->code, 0);
    assert_string_equal(r->err, "");
    assert_says(r->out, "Usage: uptimesquirrel [watch] [-c FILE] [URL...]\n");
    for (i = 0; i < sizeof(command) / sizeof(command[0]); i++) {
        char word[32];

        snprintf(word, sizeof(word), "\n  %s ", command[i]);
        assert_says(r->out, word);
    }
    assert_says(r->out, "Exit: 0 all is well; 1 something is down; 2 ");
    assert_fits(r->out);
    assert_string_equal(run("-h")->out, r->out);
    assert_string_equal(run("help")->out, r->out);
}

static void sees_its_help(const char *name, const void *context)
{
    const struct ran *r = run(name, "--help");
    char usage[64];

    (void)context;
    assert_int_equal(r->code, 0);
    snprintf(usage, sizeof(usage), "Usage: uptimesquirrel %s [OPTION...]", name);
    assert_memory_equal(r->out, usage, strlen(usage));
    assert_says(r->out, "--config FILE");
    assert_says(r->out, "--help");
    assert_fits(r->out);
    assert_string_equal(run("help", name)->out, r->out);
}

static void help_of_a_command_lists_its_options(void **state)
{
    (void)state;
    each_command(sees_its_help, NULL);
    assert_says(run("check", "--help")->out, "--retries N");
    assert_silent(run("list", "--help")->out, "--retries");
    refused("help chekc", "did you mean 'check'?");
}

static void sees_it_in_the_readme(const char *name, const void *context)
{
    char words[64];

    snprintf(words, sizeof(words), "uptimesquirrel %s", name);
    if (strcmp(name, "watch") != 0) /* the one that needs no word */
        assert_says(context, words);
}

static void the_readme_names_every_command_and_engine(void **state)
{
    static const char *const engine[] = { "serial", "threads", "futures", "processes", "events", "redis" };
    const char *readme = shell("cat \"$1\"", README)->out;
    size_t i;

    (void)state;
    each_command(sees_it_in_the_readme, readme);
    for (i = 0; i < sizeof(engine) / sizeof(engine[0]); i++) {
        char row[32];

        snprintf(row, sizeof(row), "\n| `%s` | ", engine[i]);
        assert_says(readme, row);
    }
}

static void every_engine_is_named_in_help_and_can_be_asked_for(void **state)
{
    static const char *const engine[] = { "serial", "threads", "futures", "processes", "events" };
    const struct ran *help = run("check", "--help");
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(engine) / sizeof(engine[0]); i++) {
        assert_says(help->out, engine[i]);
        assert_int_equal(run("check", "--engine", engine[i], url("/ok"))->code, 0);
    }
}

static void the_version_names_the_libraries(void **state)
{
    static const char *const library[] = { "libcurl ", "c-ares ", "SQLite ", "ncurses ", "libconfig ", "jansson " };
    const struct ran *r = run("--version");
    size_t i;

    (void)state;
    assert_int_equal(r->code, 0);
    assert_memory_equal(r->out, "uptimesquirrel ", 15);
    for (i = 0; i < sizeof(library) / sizeof(library[0]); i++)
        assert_says(r->out, library[i]);
    assert_string_equal(run("-V")->out, r->out);
    assert_string_equal(run("check", "--version")->out, r->out);
}

static void help_asks_nothing_of_the_settings(void **state)
{
    (void)state;
    place_write("uptime.cfg", "this is no settings file\n");
    assert_int_equal(run("check", "--help")->code, 0);
    assert_int_equal(run("watch", "--help")->code, 0);
    assert_int_equal(run("--version")->code, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WHOLE(unknown_words_are_refused_and_the_likely_one_is_named),
        WHOLE(missing_and_bad_arguments_are_refused),
        WHOLE(what_is_wrong_is_quoted_safely),
        WHOLE(a_path_is_shown_safely),
        WHOLE(a_short_form_and_an_equals_sign_do_as_well),
        WHOLE(options_may_stand_before_the_command),
        WHOLE(help_of_the_whole_lists_all_commands),
        WHOLE(help_of_a_command_lists_its_options),
        WHOLE(the_readme_names_every_command_and_engine),
        WHOLE(every_engine_is_named_in_help_and_can_be_asked_for),
        WHOLE(the_version_names_the_libraries),
        WHOLE(help_asks_nothing_of_the_settings),
    };

    return WHOLE_RUN(tests);
}
