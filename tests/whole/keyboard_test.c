/* A person at the keyboard: what keys do to the list and to its file, in the real program under tmux. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "place.h"
#include "process.h"
#include "terminal.h"
#include "whole.h"

/* A file as people keep them: comments of all kinds, odd spacing, no semicolon where none is needed. */
static void write_messy(void)
{
    char text[4096];

    snprintf(text, sizeof(text),
             "# My sites.   Keep this comment.\n"
             "defaults: { interval = \"1h\"; retries = 0; };\t/* all of them */\n"
             "\n"
             "sites = (\n"
             "  \"%s\",              # the front page\n"
             "  /* call Sam, not me */\n"
             "  { name = \"shop\"; url = \"%s\"; interval = \"30m\"; tags = [\"money\"]; },\n"
             "    { name = \"old\";   url = \"%s\"; },   // to go\n"
             "  { name = \"news\"; url = \"%s\" }         # no semicolon\n"
             ");\n"
             "# the end\n",
             url("/ok"), url("/status/200"), url("/status/500"), url("/status/201"));
    place_write("uptime.cfg", "%s", text);
    place_write("before", "%s", text);
}

/* Lines that went, and lines that came; ports as #. */
static const char *difference(void)
{
    return shell("diff before uptime.cfg | grep '^[<>]' | sed 's/127.0.0.1:[0-9]*/HOST/'")->out;
}

static struct terminal *watch_messy(int width)
{
    struct terminal *t;

    write_messy();
    t = watch_at(width, 24);
    terminal_wait(t, "DOWN  old ");
    terminal_wait(t, "UP    127.0.0.1 ");
    terminal_wait(t, "UP    shop ");
    terminal_wait(t, "UP    news ");
    return t;
}

/* Puts the cursor on the site of that name. */
static void go_to(struct terminal *t, const char *name)
{
    char searched[80];

    terminal_keys(t, "/");
    terminal_type(t, name);
    terminal_keys(t, "Enter");
    snprintf(searched, sizeof(searched), "search: %s", name);
    terminal_wait(t, searched);
}

static void type_line(struct terminal *t, const char *prompt, const char *text)
{
    terminal_wait(t, prompt);
    terminal_type(t, text);
    terminal_keys(t, "Enter");
}

/* --- an editor of one's own --------------------------------------------------------------------------------------- */

/* It hears where, shows itself, takes a key, and writes. */
static void an_editor_has_the_terminal_for_a_while(void **state)
{
    const char *const changes[] = { "EDITOR=./my-editor --quiet", NULL };
    struct terminal *t;

    (void)state;
    write_messy();
    place_write("my-editor", "#!/bin/sh\necho \"$@\" > words\necho this is my editor\nread answer\n"
                             "sed -i 's/name = \"old\"/name = \"renamed\"/' \"$3\"\n");
    shell("chmod +x my-editor");
    t = watch_with(100, 24, changes);
    terminal_wait(t, "DOWN  old ");
    go_to(t, "old");
    terminal_keys(t, "E");
    terminal_wait(t, "this is my editor");
    terminal_keys(t, "C-c");         /* its own affair, and it ends by it */
    terminal_wait(t, "ended badly");
    terminal_wait(t, "DOWN  old ");
    assert_int_equal(shell("grep -q -- '--quiet +8 ' words")->code, 0);
    terminal_keys(t, "E");
    terminal_wait(t, "this is my editor");
    terminal_keys(t, "Enter");
    terminal_wait(t, "DOWN  renamed ");
    terminal_keys(t, "q y");
    assert_int_equal(terminal_end(t), 0);
}

static void an_editor_that_is_none_is_told(void **state)
{
    const char *const changes[] = { "VISUAL=no-such-editor", NULL };
    struct terminal *t;

    (void)state;
    write_messy();
    t = watch_with(100, 24, changes);
    terminal_wait(t, "DOWN  old ");
    terminal_keys(t, "E");
    terminal_wait(t, "cannot run the editor 'no-such-editor'");
    terminal_wait(t, "DOWN  old ");
    terminal_keys(t, "q y");
    assert_int_equal(terminal_end(t), 0);
}

/* --- the file after a session ------------------------------------------------------------------------------------- */

static void a_session_changes_its_lines_and_no_other(void **state)
{
    struct terminal *t = watch_messy(100);

    (void)state;
    terminal_keys(t, "a");
    type_line(t, "Add URL", url("/status/202"));
    terminal_wait(t, "added ");
    terminal_wait(t, " - u undoes");
    go_to(t, "shop");
    terminal_keys(t, "e");
    terminal_wait(t, "Edit shop");
    terminal_keys(t, "Down Down C-u");
    terminal_type(t, "45m");
    terminal_wait(t, "1 change");
    terminal_keys(t, "Enter");
    terminal_wait(t, "saved shop");
    go_to(t, "old");
    terminal_keys(t, "d");
    terminal_wait(t, "delete old? y/N");
    terminal_keys(t, "y");
    terminal_wait(t, "deleted old");
    go_to(t, "news");
    terminal_keys(t, "p");
    terminal_wait(t, "pause news for");
    terminal_keys(t, "Enter");
    terminal_wait(t, "PAUSE news ");
    terminal_keys(t, "q");
    terminal_wait(t, "stop checking 4 sites? y/N");
    terminal_keys(t, "y");
    assert_int_equal(terminal_end(t), 0);
    assert_string_equal(difference(),
                        "<   { name = \"shop\"; url = \"http://HOST/status/200\"; interval = \"30m\"; tags = [\"money\"]; },\n"
                        "<     { name = \"old\";   url = \"http://HOST/status/500\"; },   // to go\n"
                        "<   { name = \"news\"; url = \"http://HOST/status/201\" }         # no semicolon\n"
                        ">   { name = \"shop\"; url = \"http://HOST/status/200\"; interval = \"45m\"; tags = [\"money\"]; },\n"
                        ">   { name = \"news\"; url = \"http://HOST/status/201\"; paused = true; },         # no semicolon\n"
                        ">   \"http://HOST/status/202\"\n");
    /* and tomorrow the list is as they left it */
    t = watch_at(100, 24);
    terminal_wait(t, "PAUSE news ");
    terminal_wait(t, "UP    shop ");
    assert_false(terminal_shows(t, " old "));
}

static void what_is_undone_is_as_it_was_by_the_byte(void **state)
{
    struct terminal *t = watch_messy(80);

    (void)state;
    go_to(t, "old");
    terminal_keys(t, "d");
    terminal_wait(t, "delete old? y/N");
    terminal_keys(t, "Enter"); /* N is the default */
    terminal_wait_gone(t, "delete old?");
    assert_string_equal(difference(), "");
    terminal_keys(t, "d");
    terminal_wait(t, "delete old? y/N");
    terminal_keys(t, "y");
    terminal_wait(t, "deleted old - u undoes");
    terminal_wait_gone(t, "DOWN  old ");
    assert_says(difference(), "< ");
    terminal_keys(t, "u");
    terminal_wait(t, "undone: delete old");
    terminal_wait(t, "DOWN  old ");
    assert_string_equal(difference(), "");
}

/* --- adding ------------------------------------------------------------------------------------------------------- */

static void many_are_pasted_at_once(void **state)
{
    struct terminal *t = watch_messy(80);
    char pasted[4096];

    (void)state;
    snprintf(pasted, sizeof(pasted), "%s\n%s\r\n\n  %s\n%s\n", url("/body/1"), url("/body/2"), url("/body/3"), url("/ok"));
    terminal_keys(t, "a");
    terminal_wait(t, "Add URL");
    terminal_paste(t, pasted);
    terminal_wait(t, "Add 4 URLs");
    assert_string_equal(difference(), ""); /* not before Enter */
    terminal_keys(t, "Enter");
    terminal_wait(t, "3 of 3 tried, 3 well");
    terminal_wait(t, "The settings file:");
    assert_string_equal(difference(), "");
    terminal_keys(t, "Enter");
    terminal_wait(t, "added 3 sites");
    terminal_wait(t, "7 sites ");
    assert_string_equal(difference(),
                        "<   { name = \"news\"; url = \"http://HOST/status/201\" }         # no semicolon\n"
                        ">   { name = \"news\"; url = \"http://HOST/status/201\" },         # no semicolon\n"
                        ">   \"http://HOST/body/1\",\n"
                        ">   \"http://HOST/body/2\",\n"
                        ">   \"http://HOST/body/3\"\n");
    terminal_keys(t, "u"); /* one undo for all of them */
    terminal_wait(t, "4 sites ");
    assert_string_equal(difference(), "");
}

static void what_is_no_url_stays_in_the_line_to_be_mended(void **state)
{
    struct terminal *t = watch_messy(80);

    (void)state;
    terminal_keys(t, "a");
    type_line(t, "Add URL", "shop.example.test");
    terminal_wait(t, "(did you mean 'https://shop.example.test'?)");
    assert_true(terminal_shows(t, "Add URL (paste many): shop.example.test"));
    assert_string_equal(difference(), "");
    terminal_keys(t, "C-u");
    terminal_type(t, url("/body/9"));
    terminal_keys(t, "Enter");
    terminal_wait(t, "5 sites ");
    assert_says(difference(), "/body/9\"\n");
}

/* --- the form ----------------------------------------------------------------------------------------------------- */

static void a_wrong_value_is_not_saved(void **state)
{
    struct terminal *t = watch_messy(80);

    (void)state;
    go_to(t, "shop");
    terminal_keys(t, "e");
    terminal_wait(t, "Edit shop");
    terminal_keys(t, "Down Down C-u");
    terminal_type(t, "soon");
    terminal_keys(t, "Enter");
    terminal_wait(t, "'soon' is no duration");
    assert_string_equal(difference(), "");
    terminal_keys(t, "Escape");
    terminal_wait(t, "leave without saving? y/N");
    terminal_keys(t, "y");
    terminal_wait_gone(t, "Edit shop");
    assert_string_equal(difference(), "");
}

static void a_form_is_saved_beside_what_others_changed_meanwhile(void **state)
{
    struct terminal *t = watch_messy(80);

    (void)state;
    go_to(t, "shop");
    terminal_keys(t, "e");
    terminal_wait(t, "Edit shop");
    terminal_keys(t, "Down Down C-u");
    terminal_type(t, "45m");
    shell("sed -i 's/Keep this comment/Kept/; s/\"money\"/\"gold\"/' uptime.cfg");
    terminal_wait(t, "reloaded");
    terminal_keys(t, "Enter");
    terminal_wait(t, "saved shop");
    assert_string_equal(difference(),
                        "< # My sites.   Keep this comment.\n"
                        "> # My sites.   Kept.\n"
                        "<   { name = \"shop\"; url = \"http://HOST/status/200\"; interval = \"30m\"; tags = [\"money\"]; },\n"
                        ">   { name = \"shop\"; url = \"http://HOST/status/200\"; interval = \"45m\"; tags = [\"gold\"]; },\n");
}

/* --- pausing and asking now --------------------------------------------------------------------------------------- */

static void a_pause_for_a_time_stays_out_of_the_file(void **state)
{
    struct terminal *t = watch_messy(80);

    (void)state;
    go_to(t, "shop");
    terminal_keys(t, "p");
    type_line(t, "pause shop for", "10m");
    terminal_wait(t, "PAUSE shop ");
    assert_string_equal(difference(), "");
    server_forget(web);
    terminal_keys(t, "p");
    terminal_wait(t, "UP    shop "); /* resumed, and asked at once */
    assert_true(server_wait_hits(web, "HEAD", "/status/200", 1));
    assert_string_equal(difference(), "");
}

static void a_site_is_checked_when_told_to(void **state)
{
    struct terminal *t = watch_messy(80);

    (void)state;
    go_to(t, "old");
    server_route(web, "/status/500", ANSWER(200, NULL, "well again\n"));
    server_forget(web);
    terminal_keys(t, "r");
    terminal_wait(t, "UP    old ");
    assert_int_equal(server_hits(web, NULL, NULL), 1); /* nobody else: their hour is not over */
}

/* --- looking ------------------------------------------------------------------------------------------------------ */

/* The names stand in this order, one below the other. */
static bool stand_in_order(const struct screen *s, const void *context)
{
    const char *const *name = context;
    int i;

    for (i = 0; i < s->n && *name; i++)
        if (strstr(s->line[i], *name))
            name++;
    return !*name;
}

static void sorted_filtered_and_searched(void **state)
{
    struct terminal *t = watch_messy(80);

    (void)state;
    terminal_keys(t, ">");
    terminal_wait(t, "sort: NAME ");
    terminal_wait_until(t, stand_in_order, CHANGES("UP    127.0.0.1", "UP    news", "DOWN  old", "UP    shop"), "names, first to last");
    terminal_keys(t, "I");
    terminal_wait(t, "sort: NAME, inverted");
    terminal_wait_until(t, stand_in_order, CHANGES("UP    shop", "DOWN  old", "UP    news", "UP    127.0.0.1"), "names, last to first");
    terminal_type(t, ":sort p95");
    terminal_keys(t, "Enter");
    terminal_wait(t, "sort: P95");
    terminal_keys(t, "\\");
    terminal_type(t, "state=down");
    terminal_keys(t, "Enter");
    terminal_wait(t, "1-1 of 1, 3 hidden");
    terminal_wait_gone(t, "UP    shop ");
    assert_true(terminal_shows(t, "4 sites ")); /* what is hidden is counted */
    terminal_keys(t, "Escape");
    terminal_wait(t, "UP    shop ");
    go_to(t, "n"); /* news, or another with an n in it */
    terminal_keys(t, "Escape");
    terminal_wait_gone(t, "search:");
    terminal_keys(t, "?");
    terminal_wait(t, "search name and URL; moves the cursor, hides nothing");
    terminal_keys(t, "Escape");
    terminal_wait(t, "UP    shop ");
}

/* --- the file is changed by others -------------------------------------------------------------------------------- */

static void a_bad_file_is_refused_and_the_old_settings_go_on(void **state)
{
    struct terminal *t = watch_messy(80);

    (void)state;
    shell("sed -i 's/retries = 0/retriees = 0/' uptime.cfg");
    terminal_wait(t, "unknown setting 'retriees' (did you mean 'retries'?)");
    go_to(t, "old");
    server_forget(web);
    terminal_keys(t, "r");
    assert_true(server_wait_hits(web, NULL, "/status/500", 1)); /* still checked */
    terminal_keys(t, "d");
    terminal_wait(t, "delete old? y/N");
    terminal_keys(t, "y");
    terminal_wait(t, "unknown setting 'retriees'"); /* and nothing is written into what is not understood */
    assert_silent(difference(), "old");
    shell("rm uptime.cfg");
    terminal_wait(t, "No such file or directory");
    shell("sed 's/\"shop\"/\"store\"/' before > uptime.cfg");
    terminal_wait(t, "UP    store ");
    terminal_wait_gone(t, "UP    shop ");
    terminal_wait(t, "DOWN  old ");
}

/* --- our own network ---------------------------------------------------------------------------------------------- */

static void offline_is_told_until_one_answers(void **state)
{
    struct terminal *t;
    char *text;

    (void)state;
    place_write("uptime.cfg", "defaults: { interval = \"1s\"; };\nsites = ( \"http://nx-1.example.test\", \"http://nx-2.example.test\", "
                "\"http://nx-3.example.test\", \"http://fail.example.test\" );\n");
    t = watch_at(80, 24);
    terminal_wait(t, "OFFLINE: nothing can be reached from here; no site is blamed for it");
    terminal_wait(t, "?     nx-2.example.test");
    assert_false(terminal_shows(t, "DOWN  "));
    text = place_read("uptime.cfg");
    text[strlen(text) - 4] = '\0'; /* " );\n" */
    place_write("uptime.cfg", "%s, { name = \"back\"; url = \"%s\"; } );\n", text, url("/ok"));
    free(text);
    terminal_wait(t, "UP    back ");
    terminal_wait(t, "net ok");
    terminal_wait(t, "DOWN  nx-2.example.test");
}

/* --- terminals ---------------------------------------------------------------------------------------------------- */

static void every_terminal_shows_the_grid_and_takes_keys(void **state)
{
    static const char *const terms[] = { "TERM=tmux-256color", "TERM=screen-256color", "TERM=screen", "TERM=xterm-256color",
                                         "TERM=linux", "TERM=vt100" };
    size_t i;

    (void)state;
    write_messy();
    for (i = 0; i < sizeof(terms) / sizeof(terms[0]); i++) {
        struct terminal *t = watch_with(80, 24, CHANGES(terms[i]));

        terminal_wait(t, "DOWN  old ");
        terminal_wait(t, " STATE NAME ");
        terminal_keys(t, "G Up Down q");
        terminal_wait(t, "stop checking 4 sites? y/N");
        terminal_keys(t, "y");
        assert_int_equal(terminal_end(t), 0);
        terminal_close(t);
    }
}

static void a_terminal_that_can_nothing_gets_a_plain_answer(void **state)
{
    static const char *const dumb[] = { "TERM=dumb", "TERM", NULL };
    size_t i;

    (void)state;
    write_messy();
    for (i = 0; i < 2; i++) {
        struct terminal *t = watch_with(80, 24, CHANGES(dumb[i]));

        assert_int_equal(terminal_end(t), 1);
        assert_true(terminal_shows(t, "DOWN  old "));
        assert_true(terminal_shows(t, "4 sites: 1 down, 3 up"));
        terminal_close(t);
    }
}

static bool has_rung(void *context)
{
    return !strcmp(terminal_ask(context, "#{window_bell_flag}"), "1");
}

static void a_new_outage_rings(void **state)
{
    struct terminal *t;

    (void)state;
    place_write("uptime.cfg", "sites = ( { name = \"shop\"; url = \"%s\"; interval = \"1s\"; retries = 0; } );\n", url("/named/shop"));
    t = watch_at(80, 24);
    terminal_wait(t, "UP    shop ");
    assert_false(has_rung(t));
    server_route(web, "/named/shop", ANSWER(503, NULL, "no\n"));
    terminal_wait(t, "DOWN  shop ");
    assert_true(whole_wait(has_rung, t));
}

/* What tmux's own line says is seen by who is attached: from within another tmux here. */
static void tmux_tells_of_a_new_outage(void **state)
{
    struct terminal *t, *attached;
    char socket[160];

    (void)state;
    place_write("uptime.cfg", "screen: { message = true; };\nsites = ( { name = \"shop #{pid}\"; url = \"%s\"; interval = \"1s\"; "
                "retries = 0; } );\n", url("/named/shop"));
    t = terminal_open(80, 24, NULL, IN_SHELL("TMUX=$(echo \"$PWD\"/run/tmux-*),0,0 exec \"$squirrel\""));
    terminal_wait(t, "UP    shop ");
    terminal_tmux(t, "set-option", "-g", "display-time", "0"); /* until a key is pressed */
    snprintf(socket, sizeof(socket), "%s", terminal_ask(t, "#{socket_path}"));
    attached = terminal_open(80, 24, CHANGES("TMUX"), (const char *const[]){ "tmux", "-S", socket, "attach", NULL });
    terminal_wait(attached, "UP    shop ");
    server_route(web, "/named/shop", ANSWER(503, NULL, "no\n"));
    terminal_wait(attached, "squirrel: shop #{pid} is DOWN");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WHOLE(a_session_changes_its_lines_and_no_other),
        WHOLE(an_editor_has_the_terminal_for_a_while),
        WHOLE(an_editor_that_is_none_is_told),
        WHOLE(what_is_undone_is_as_it_was_by_the_byte),
        WHOLE(many_are_pasted_at_once),
        WHOLE(what_is_no_url_stays_in_the_line_to_be_mended),
        WHOLE(a_wrong_value_is_not_saved),
        WHOLE(a_form_is_saved_beside_what_others_changed_meanwhile),
        WHOLE(a_pause_for_a_time_stays_out_of_the_file),
        WHOLE(a_site_is_checked_when_told_to),
        WHOLE(sorted_filtered_and_searched),
        WHOLE(a_bad_file_is_refused_and_the_old_settings_go_on),
        WHOLE(offline_is_told_until_one_answers),
        WHOLE(every_terminal_shows_the_grid_and_takes_keys),
        WHOLE(a_terminal_that_can_nothing_gets_a_plain_answer),
        WHOLE(a_new_outage_rings),
        WHOLE(tmux_tells_of_a_new_outage),
    };

    return WHOLE_RUN(tests);
}
