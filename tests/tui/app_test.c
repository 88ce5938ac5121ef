/* Whole dialogues: keys in, requests to the outside and a screen out. */
#include "app.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "since.h"
#include "since_read.h"
#include "stage_replay.h"
#include "support/memory.h"
#include "support/random.h"
#include "support/tests.h"

static void one_url_is_added_and_comes_under_the_cursor(void **state)
{
    struct stage *s = *state;

    stage_world(s);
    snprintf(s->said, sizeof(s->said), "added https://zz.example.org/");
    stage_keys(s, "a");
    assert_true(stage_shows(s, "Add URL (paste many):"));
    stage_type(s, "https://zz.example.org/");
    stage_keys(s, "Enter");
    assert_string_equal(s->asked.text, "add https://zz.example.org/\n");
    assert_true(stage_shows(s, "added https://zz.example.org/ - u undoes"));
    stage_site(s, "zz.example.org", "https://zz.example.org/", STATE_NEW);
    stage_take(s);
    assert_string_equal(stage_cursor(s), "zz.example.org");
}

static void fifty_pasted_urls_are_one_write(void **state)
{
    struct stage *s = *state;
    struct strbuf pasted = STRBUF_INIT, wanted = STRBUF_INIT;
    int i;

    strbuf_adds(&wanted, "add");
    for (i = 0; i < 50; i++) {
        strbuf_addf(&pasted, "https://site%d.example.org/\r\n", i);
        strbuf_addf(&wanted, " https://site%d.example.org/", i);
    }
    strbuf_adds(&pasted, "https://site7.example.org/\nhttps://watched.example.org/\n");
    strbuf_addc(&wanted, '\n');
    stage_site(s, "watched", "https://watched.example.org/", STATE_UP);
    stage_take(s);
    snprintf(s->said, sizeof(s->said), "added 50 sites");

    stage_keys(s, "a");
    stage_paste(s, pasted.text);
    assert_string_equal(s->asked.text, ""); /* line ends do not submit */
    assert_true(stage_shows(s, "Add 52 URLs: "));
    stage_keys(s, "Enter");
    assert_string_equal(s->asked.text, ""); /* it is looked over first */
    assert_true(stage_shows(s, "Add 50 sites: 0 of 50 tried"));
    assert_true(stage_shows(s, "2 were there already"));
    stage_keys(s, "Enter");
    assert_string_equal(s->asked.text, wanted.text);
    assert_true(stage_shows(s, "added 50 sites - u undoes"));
    strbuf_release(&pasted);
    strbuf_release(&wanted);
}

static void of_a_list_only_those_that_are_well_can_be_added(void **state)
{
    static const int sizes[][2] = { { 40, 12 }, { 80, 24 }, { 120, 40 }, { 200, 50 } };
    struct stage *s = *state;
    size_t i;

    stage_take(s);
    stage_draw(s, 80, 24);
    stage_keys(s, "a");
    stage_paste(s, "https://a.example.org/ https://b.example.org/ https://c.example.org/");
    stage_keys(s, "Enter g");        /* nothing is known yet */
    assert_string_equal(s->asked.text, "");
    s->tried[0] = (struct tried){ true, STATE_UP, DEGRADED_NOT, "200 in 84 ms" };
    s->tried[1] = (struct tried){ true, STATE_DOWN, DEGRADED_NOT, "no such host: b.example.org" };
    s->ntried = 2;
    for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        char name[32];

        snprintf(name, sizeof(name), "adding_%dx%d", sizes[i][0], sizes[i][1]);
        stage_golden(name, stage_draw(s, sizes[i][0], sizes[i][1]));
    }
    stage_keys(s, "Esc");
    assert_true(stage_shows(s, "nothing was added"));
    assert_string_equal(s->asked.text, "");
    stage_paste(s, "https://a.example.org/ https://b.example.org/ https://c.example.org/");
    stage_keys(s, "Enter");
    stage_draw(s, 80, 24);
    stage_keys(s, "g");
    assert_string_equal(s->asked.text, "add https://a.example.org/\n");
    assert_int_equal(s->app.mode, MODE_GRID);
}

static void what_can_not_be_added_stays_to_be_mended(void **state)
{
    struct stage *s = *state;

    stage_take(s);
    snprintf(s->said, sizeof(s->said), "added 1 site");
    stage_keys(s, "a");
    stage_paste(s, "example.org\nhttps://good.example.org/");
    stage_keys(s, "Enter");
    assert_string_equal(s->asked.text, "add https://good.example.org/\n");
    assert_true(stage_shows(s, "added 1 site; 1 left: "));
    assert_string_equal(s->app.prompt.text.text, "example.org");
    stage_keys(s, "Home");
    stage_type(s, "https://");
    stage_keys(s, "Enter");
    assert_string_equal(s->asked.text, "add https://good.example.org/\nadd https://example.org/\n");
    assert_int_equal(s->app.mode, MODE_GRID);
}

static void a_list_that_comes_line_by_line_is_one_list_too(void **state)
{
    static const char list[] = "https://a.example.org/\rhttps://b.example.org/\rhttps://c.example.org/";
    struct stage *s = *state;
    size_t i;

    stage_take(s);
    stage_keys(s, "a");
    for (i = 0; list[i]; i++)        /* a terminal that knows no bracketed paste */
        app_stroke(&s->app, (uint32_t)list[i], true);
    assert_string_equal(s->asked.text, "");
    app_stroke(&s->app, STROKE_ENTER, false);
    app_stroke(&s->app, STROKE_ENTER, false); /* looked over */
    assert_string_equal(s->asked.text, "add https://a.example.org/ https://b.example.org/ https://c.example.org/\n");
}

static void pasting_into_the_grid_opens_the_prompt(void **state)
{
    struct stage *s = *state;

    stage_take(s);
    stage_paste(s, "https://a.example.org/\nhttps://b.example.org/\n");
    assert_true(stage_shows(s, "Add 2 URLs: "));
    stage_keys(s, "Esc");
    assert_string_equal(s->asked.text, "");
}

static void deleting_asks_with_no_as_the_default_and_can_be_undone(void **state)
{
    static const char *const noes[] = { "n", "N", "Enter", "Esc", "j", "d", "Space", "q", "Ctrl-C" };
    struct stage *s = *state;
    size_t i;

    stage_world(s);
    stage_keys(s, "/");
    stage_type(s, "blog");
    stage_keys(s, "Enter");
    for (i = 0; i < sizeof(noes) / sizeof(noes[0]); i++) {
        stage_keys(s, "d");
        assert_true(stage_shows(s, "delete blog? y/N"));
        stage_keys(s, noes[i]);
        assert_int_equal(s->app.mode, MODE_GRID);
        assert_false(s->app.leave);
    }
    assert_string_equal(s->asked.text, "");
    snprintf(s->said, sizeof(s->said), "deleted blog");
    stage_keys(s, "d y");
    assert_string_equal(s->asked.text, "remove blog\n");
    assert_true(stage_shows(s, "deleted blog - u undoes"));
    snprintf(s->said, sizeof(s->said), "undone: delete blog");
    stage_keys(s, "u");
    assert_string_equal(s->asked.text, "remove blog\nundo\n");
    assert_true(stage_shows(s, "undone: delete blog"));
}

static void what_an_undo_brings_back_comes_under_the_cursor(void **state)
{
    struct stage *s = *state;

    stage_world(s);
    stage_draw(s, 80, 24);
    stage_keys(s, "g");
    snprintf(s->undone, sizeof(s->undone), "zz-back");
    stage_keys(s, "u");
    assert_string_not_equal(stage_cursor(s), "zz-back");
    stage_site(s, "zz-back", "https://zz.example.org/", STATE_NEW);
    stage_take(s);
    assert_string_equal(stage_cursor(s), "zz-back");
}

static void the_site_asked_about_is_the_one_deleted_whatever_moves(void **state)
{
    struct stage *s = *state;

    stage_site(s, "first", "https://first.example.org/", STATE_UP);
    stage_site(s, "second", "https://second.example.org/", STATE_UP);
    stage_take(s);
    stage_draw(s, 80, 24);
    stage_keys(s, "d");
    assert_true(stage_shows(s, "delete first?"));
    stage_set_state(s, 1, STATE_DOWN);
    stage_take(s);
    stage_keys(s, "y");
    assert_string_equal(s->asked.text, "remove first\n");
    stage_keys(s, "d");
    stage_remove(s, 0);
    stage_take(s);
    stage_keys(s, "y");
    assert_string_equal(s->asked.text, "remove first\n");
    assert_true(stage_shows(s, "nothing was deleted"));
}

static void sites_of_the_command_line_stand_in_no_file(void **state)
{
    struct stage *s = *state;

    stage_site(s, "given", "https://given.example.org/", STATE_UP)->row.mine = true;
    stage_take(s);
    stage_keys(s, "d");
    assert_true(stage_shows(s, "given was given on the command line"));
    stage_keys(s, "e");
    assert_true(stage_shows(s, "given was given on the command line"));
    stage_keys(s, "p Enter");
    assert_memory_equal(s->asked.text, "pause 0.", 8);
    assert_int_equal(s->app.mode, MODE_GRID);
}

static void without_a_file_editing_says_so(void **state)
{
    static const char *const keys[] = { "a", "e", "d" };
    struct stage *s = *state;
    size_t i;

    s->settings.path = NULL;
    stage_site(s, "a", "https://a.example.org/", STATE_UP);
    stage_take(s);
    for (i = 0; i < 3; i++) {
        stage_keys(s, keys[i]);
        assert_int_equal(s->app.mode, MODE_GRID);
        assert_true(stage_shows(s, "there is no settings file to write to"));
    }
    assert_string_equal(s->asked.text, "");
}

static void pausing_asks_for_how_long_and_resuming_does_not(void **state)
{
    struct stage *s = *state;
    struct snapshot_row *row = stage_site(s, "shop", "https://shop.example.org/", STATE_UP);
    char wanted[128];
    struct options o;

    stage_take(s);
    stage_keys(s, "p");
    assert_true(stage_shows(s, "pause shop for (empty: until resumed):"));
    stage_type(s, "soon");
    stage_keys(s, "Enter");
    assert_int_equal(s->app.mode, MODE_PROMPT);
    assert_true(stage_shows(s, "'soon' is no duration"));
    stage_keys(s, "Ctrl-U");
    stage_type(s, "1h30m");
    stage_keys(s, "Enter");
    snprintf(wanted, sizeof(wanted), "pause 0.%u 5400000\n", (unsigned)row->row.generation);
    assert_string_equal(s->asked.text, wanted);
    assert_true(stage_shows(s, "paused shop for 1h30m"));

    strbuf_reset(&s->asked);
    stage_keys(s, "p Enter");
    assert_string_equal(s->asked.text, "set shop paused=true\n");

    strbuf_reset(&s->asked);
    stage_set_state(s, 0, STATE_PAUSED);
    stage_take(s);
    stage_keys(s, "p");
    snprintf(wanted, sizeof(wanted), "resume 0.%u 0\n", (unsigned)row->row.generation);
    assert_string_equal(s->asked.text, wanted);

    strbuf_reset(&s->asked);
    stage_options(row, &o)->paused = true;
    stage_set_options(row, &o);
    stage_touch(s, 0);
    stage_take(s);
    stage_keys(s, "p");
    assert_string_equal(s->asked.text, "set shop paused=(out)\n");
}

static void another_engine_is_asked_for_twice(void **state)
{
    struct stage *s = *state;

    stage_keys(s, "X");
    stage_type(s, "turbo");
    stage_keys(s, "Enter");
    assert_true(stage_shows(s, "one of serial, threads"));
    stage_keys(s, "Ctrl-U");
    stage_type(s, "threads");
    stage_keys(s, "Enter");
    assert_true(stage_shows(s, "run checks by 'threads'?"));
    stage_keys(s, "n");
    assert_string_equal(s->asked.text, "");
    stage_keys(s, "X");
    stage_type(s, "threads");
    stage_keys(s, "Enter y");
    assert_string_equal(s->asked.text, "engine threads\n");
}

static void checking_now_and_reloading_are_asked_for(void **state)
{
    struct stage *s = *state;
    char wanted[128];
    uint32_t generation;

    generation = stage_site(s, "a", "https://a.example.org/", STATE_UP)->row.generation;
    stage_take(s);
    stage_keys(s, "r");
    snprintf(wanted, sizeof(wanted), "check 0.%u 0\n", (unsigned)generation);
    assert_string_equal(s->asked.text, wanted);
    strbuf_reset(&s->asked);
    snprintf(s->said, sizeof(s->said), "uptime.cfg reloaded: +1 site, 0 removed, 2 changed");
    stage_keys(s, "R");
    assert_string_equal(s->asked.text, "reload\n");
    assert_true(stage_shows(s, "uptime.cfg reloaded: +1 site, 0 removed, 2 changed"));
    s->answer = ERR_FULL;
    stage_keys(s, "r");
    assert_true(stage_shows(s, "the monitor takes no more commands now"));
}

static void a_long_fault_is_shown_whole_and_stays_until_a_key(void **state)
{
    struct stage *s = *state;

    stage_world(s);
    stage_draw(s, 80, 24);
    app_say_fault(&s->app, "uptime.cfg:12: sites[3] 'shop': unknown setting 'intervall' (did you mean 'interval'?) - and 3 more; "
                  "the old settings go on");
    assert_true(stage_shows(s, "the old settings go on"));
    assert_true(stage_shows(s, "uptime.cfg:12: sites[3] 'shop':"));
    s->snapshot.now_ns += 3600 * NS_PER_S;
    assert_true(stage_shows(s, "the old settings go on"));
    stage_keys(s, "j");
    assert_false(stage_shows(s, "the old settings go on"));
    app_say(&s->app, "just so you know");
    assert_true(stage_shows(s, "just so you know"));
    s->snapshot.now_ns += 16 * NS_PER_S;
    assert_false(stage_shows(s, "just so you know"));
    app_set_file_trouble(&s->app, "uptime.cfg: 4 faults");
    assert_true(stage_shows(s, "uptime.cfg: 4 faults"));
}

static void searching_moves_and_hides_nothing(void **state)
{
    struct stage *s = *state;
    size_t n;

    stage_world(s);
    n = s->app.view.sites.n;
    stage_keys(s, "j");
    stage_keys(s, "/");
    stage_type(s, "example.org/l");
    assert_string_equal(stage_cursor(s), "legacy-crm"); /* crm.example.org/login */
    stage_keys(s, "Esc");
    assert_string_equal(stage_cursor(s), "api-eu");
    stage_keys(s, "/");
    stage_type(s, "ci");
    stage_keys(s, "Enter");
    assert_string_equal(stage_cursor(s), "ci");
    stage_keys(s, "/");
    stage_type(s, "SHOP");
    stage_keys(s, "Enter");
    assert_string_equal(stage_cursor(s), "shop-日本");
    stage_keys(s, "n");
    assert_string_equal(stage_cursor(s), "shop-cart"); /* round the end */
    stage_keys(s, "N");
    assert_string_equal(stage_cursor(s), "shop-日本");
    assert_int_equal(s->app.view.sites.n, n);
    stage_keys(s, "/");
    stage_type(s, "nowhere");
    assert_true(stage_shows(s, "no site has that in its name or URL"));
    stage_keys(s, "Enter n");
    assert_true(stage_shows(s, "no site has 'nowhere'"));
}

static void a_filter_acts_while_it_is_typed_and_esc_takes_it_back(void **state)
{
    struct stage *s = *state;
    size_t all;

    stage_world(s);
    all = s->app.view.sites.n;
    stage_keys(s, "\\");
    stage_type(s, "tag=crm");
    assert_int_equal(s->app.view.sites.n, 3);
    stage_keys(s, "Esc");
    assert_int_equal(s->app.view.sites.n, all);
    stage_keys(s, "\\");
    stage_type(s, "tag=crm");
    stage_keys(s, "Enter");
    assert_true(stage_shows(s, "filter: tag=crm"));
    assert_true(stage_shows(s, "1-3 of 3, 22 hidden"));
    stage_keys(s, "\\");
    stage_type(s, " state=bogus");
    assert_true(stage_shows(s, "no state is called 'bogus'"));
    stage_keys(s, "Enter");
    assert_int_equal(s->app.mode, MODE_PROMPT);
    stage_keys(s, "Esc");
    assert_int_equal(s->app.view.sites.n, 3);
    stage_keys(s, "Esc");
    assert_int_equal(s->app.view.sites.n, all);
    assert_true(stage_shows(s, "filter: none"));
}

static void sorting_goes_through_the_columns_on_the_screen(void **state)
{
    static const char *const names[] = { "NAME", "CODE", "LAST", "P95", "UP24H", "CERT", "FOR", "STATE" };
    struct stage *s = *state;
    char text[64];
    size_t i;

    stage_world(s);
    stage_draw(s, 80, 24);
    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        stage_keys(s, ">");
        snprintf(text, sizeof(text), "sort: %s ", names[i]);
        assert_true(stage_shows(s, text));
    }
    stage_keys(s, "<");
    assert_true(stage_shows(s, "sort: FOR "));
    stage_keys(s, "I");
    assert_true(stage_shows(s, "sort: FOR, inverted "));
    stage_keys(s, ":");
    stage_type(s, "sort p99");
    stage_keys(s, "Enter");
    assert_true(stage_shows(s, "sort: P99 "));
    assert_memory_equal(stage_order(s), "legacy-crm shop-cart search ", 28);
    stage_keys(s, ":");
    stage_type(s, "sort up24h");
    stage_keys(s, "Enter");
    assert_true(stage_shows(s, "sort: UP24H "));
    assert_memory_equal(stage_order(s), "legacy-crm ci payments ", 23);
    stage_keys(s, ":");
    stage_type(s, "sort trend");
    stage_keys(s, "Enter");
    assert_true(stage_shows(s, "cannot sort by 'trend': there are STATE NAME"));
}

static void commands_do_what_keys_do(void **state)
{
    struct stage *s = *state;

    stage_world(s);
    stage_keys(s, ":");
    stage_type(s, "add https://a.example.org/");
    stage_keys(s, "Enter");
    assert_string_equal(s->asked.text, "add https://a.example.org/\n");
    assert_int_equal(s->app.mode, MODE_GRID);
    stage_keys(s, ":");
    stage_type(s, "filter state=down");
    stage_keys(s, "Enter");
    assert_int_equal(s->app.view.sites.n, 3);
    stage_keys(s, ":");
    stage_type(s, "frobnicate");
    stage_keys(s, "Enter");
    assert_true(stage_shows(s, "there is no command 'frobnicate'"));
    stage_keys(s, "Ctrl-U");
    stage_type(s, "colours light");
    stage_keys(s, "Enter");
    assert_int_equal(s->app.scheme, style_scheme("light"));
    stage_keys(s, ":");
    stage_type(s, "q");
    stage_keys(s, "Enter");
    assert_true(stage_shows(s, "stop checking 25 sites? y/N"));
    stage_keys(s, "y");
    assert_true(s->app.leave);
}

static void leaving_asks_unless_there_is_nothing_to_stop(void **state)
{
    static const char *const keys[] = { "q", "F10", "Ctrl-C", "Q" };
    struct stage *s = *state;
    size_t i;

    stage_site(s, "a", "https://a.example.org/", STATE_UP);
    stage_take(s);
    for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        s->app.leave = s->app.print = false;
        stage_keys(s, keys[i]);
        assert_true(stage_shows(s, "stop checking? y/N"));
        stage_keys(s, "Enter");
        assert_false(s->app.leave);
        stage_keys(s, keys[i]);
        stage_keys(s, "y");
        assert_true(s->app.leave);
        assert_int_equal(s->app.print, *keys[i] == 'Q');
    }
    s->app.leave = false;
    stage_keys(s, "q q");            /* the same key twice is a slip */
    assert_false(s->app.leave);
    stage_keys(s, "Ctrl-C Ctrl-C");  /* this one is meant */
    assert_true(s->app.leave);
    s->app.leave = false;
    stage_keys(s, "a");
    app_ask_to_leave(&s->app);
    assert_true(stage_shows(s, "stop checking? y/N"));
    stage_keys(s, "n Ctrl-Z");
    assert_true(stage_shows(s, "the checks run in this process"));
    assert_false(s->app.stop);
    s->app.elsewhere = true;
    stage_keys(s, "Ctrl-Z");
    assert_true(s->app.stop);
    s->app.elsewhere = s->app.stop = false;
    s->app.readonly = true;
    stage_keys(s, "p");              /* before it is asked for how long */
    assert_true(stage_shows(s, "this screen only looks (--readonly)"));
    s->app.readonly = false;
    stage_keys(s, "d");
    app_ask_to_leave(&s->app);       /* SIGINT, twice: nothing is deleted */
    assert_true(stage_shows(s, "stop checking? y/N"));
    app_ask_to_leave(&s->app);
    assert_true(s->app.leave);
    assert_string_equal(s->asked.text, "");
    s->app.leave = false;
    stage_remove(s, 0);
    stage_take(s);
    stage_keys(s, "q");
    assert_true(s->app.leave);
}

static void the_bell_rings_once_for_each_new_outage(void **state)
{
    struct stage *s = *state;

    stage_site(s, "was-down", "https://a.example.org/", STATE_DOWN);
    stage_site(s, "b", "https://b.example.org/", STATE_UP);
    stage_take(s);
    assert_false(s->app.bell);       /* it was so when we came */
    stage_set_state(s, 1, STATE_CHECKING);
    stage_take(s);
    assert_false(s->app.bell);
    stage_set_state(s, 1, STATE_DOWN);
    stage_take(s);
    assert_true(s->app.bell);
    s->app.bell = false;
    stage_touch(s, 1);
    stage_take(s);
    assert_false(s->app.bell);
    s->snapshot.row[1].row.state.unsure = true; /* and known to be down again: the same outage */
    stage_touch(s, 1);
    stage_take(s);
    s->snapshot.row[1].row.state.unsure = false;
    stage_touch(s, 1);
    stage_take(s);
    assert_false(s->app.bell);
    stage_set_state(s, 0, STATE_UP);
    stage_take(s);
    stage_set_state(s, 0, STATE_DOWN);
    s->snapshot.row[0].row.state.maintenance = true;
    stage_take(s);
    assert_false(s->app.bell);
    s->snapshot.row[0].row.state.maintenance = false; /* begun within a window, still there after it */
    stage_touch(s, 0);
    stage_take(s);
    assert_true(s->app.bell);
}

static void the_title_tells_the_worst(void **state)
{
    struct stage *s = *state;
    char title[APP_TITLE_SIZE];

    stage_take(s);
    assert_string_equal(app_title(&s->app, title), "squirrel: 0 up");
    stage_site(s, "a", "https://a.example.org/", STATE_UP);
    stage_site(s, "b", "https://b.example.org/", STATE_DEGRADED);
    stage_take(s);
    assert_string_equal(app_title(&s->app, title), "squirrel: 2 up");
    stage_set_state(s, 0, STATE_DOWN);
    stage_take(s);
    assert_string_equal(app_title(&s->app, title), "squirrel: 1 down");
    s->snapshot.health.offline = true;
    assert_string_equal(app_title(&s->app, title), "squirrel: offline");
}

static void hostile_names_and_answers_reach_no_cell(void **state)
{
    struct stage *s = *state;
    struct row *r;

    r = &stage_site(s, "evil\x1b]0;owned\x07\xe2\x80\xae" "name", "https://a.example.org/\x1b[2J", STATE_DOWN)->row;
    r->outcome = OUTCOME_STATUS;
    r->status = 500;
    snprintf(r->detail, sizeof(r->detail), "\x1b[31mred\xc2\x9b" "2J");
    snprintf(s->snapshot.health.trouble, sizeof(s->snapshot.health.trouble), "disk\x1b[5m full");
    stage_take(s);
    stage_draw(s, 160, 24);
    assert_null(strpbrk(stage_draw(s, 160, 24), "\x1b\x07"));
    assert_null(strstr(stage_draw(s, 160, 24), "\xe2\x80\xae"));
    assert_true(stage_shows(s, "evil?]0;owned??name"));
    stage_keys(s, "d");
    assert_null(strpbrk(stage_draw(s, 160, 24), "\x1b\x07"));
}

static void the_grid_is_left_behind_whole(void **state)
{
    struct stage *s = *state;
    struct strbuf out = STRBUF_INIT;
    size_t lines = 0;
    const char *at;

    stage_world(s);
    stage_draw(s, 80, 12);
    app_print(&s->app, 80, true, &out);
    for (at = out.text; *at; at++)
        lines += *at == '\n';
    assert_int_equal(lines, 2 + s->snapshot.counts.total);
    assert_non_null(strstr(out.text, "\n PAUSE old-wiki"));
    assert_non_null(strstr(out.text, "STATE NAME"));
    assert_null(strstr(out.text, ">"));
    strbuf_release(&out);
}

/* --- what no sane person does ------------------------------------------------------------------------------------- */

static uint32_t any_stroke(struct random *r)
{
    static const uint32_t likely[] = {
        'j', 'k', '/', '\\', 'a', 'e', 'd', 'u', 'p', 'r', 'R', 'y', 'n', 'N', '!', '<', '>', 'I', 'h', 'l', 'g', 'G', '?', ':', 'q', 'Q',
        STROKE_ENTER, STROKE_ESC, STROKE_TAB, STROKE_SPACE, STROKE_RUBOUT, STROKE_UP, STROKE_DOWN, STROKE_LEFT, STROKE_RIGHT,
        STROKE_HOME, STROKE_END, STROKE_PAGE_UP, STROKE_PAGE_DOWN, STROKE_DELETE, STROKE_BACKTAB, STROKE_F0 + 1, STROKE_F0 + 4,
        STROKE_CTRL('U'), STROKE_CTRL('W'), STROKE_CTRL('C'), STROKE_CTRL('L'), STROKE_CTRL('Z'), STROKE_CTRL('K'), 's', 't', 'o', '1',
        '2', '3', '4', '5', 'L', 'Z', 'F', '*', 'U', 'A', 'm', 'M', 'T', 'S', 'X', '+', '-', '(', ')', '[', ']', '0', '{', '}', '=', '_', 0x65e5, 0x301, 0x202e, 0x9b, 0x10ffff, 0xd800,
    };

    if (random_below(r, 20))
        return likely[random_below(r, sizeof(likely) / sizeof(likely[0]))];
    return (uint32_t)random_below(r, STROKE_LAST + 1);
}

static void change_the_world(struct stage *s, struct random *r)
{
    uint32_t id = (uint32_t)random_below(r, s->snapshot.nrow);

    if (!s->snapshot.row[id].row.generation)
        stage_site(s, "reborn", "https://reborn.example.org/", STATE_NEW);
    else if (!random_below(r, 5))
        stage_remove(s, id);
    else
        stage_set_state(s, id, (enum state)random_below(r, STATE_COUNT));
    s->snapshot.health.offline = !random_below(r, 10);
    s->snapshot.row[id].row.outcome = (uint8_t)random_below(r, OUTCOME_COUNT);
    s->snapshot.now_ns += (int64_t)random_below(r, 10) * NS_PER_S;
    stage_take(s);
}

/* What was asked for comes, or something else does. */
static void read_the_past(struct stage *s, struct random *r)
{
    if (s->want && !s->picture && random_below(r, 3)) {
        s->picture = stage_picture(s, STAGE_NOW_MS - (int64_t)random_below(r, 100) * MS_PER_H);
        s->picture->err = random_below(r, 9) ? ERR_OK : ERR_IO;
        s->picture->is_now = !random_below(r, 9);
        s->picture->is_first = !random_below(r, 5);
        s->picture->instant.observed = random_below(r, 4) != 0;
    } else if (s->asks && !s->chunk && random_below(r, 2))
        s->chunk = stage_figures(s);
    else if (!s->since && (s->since = calloc(1, sizeof(*s->since))) != NULL) {
        size_t n = (size_t)random_below(r, 40);

        s->since->until_ms = STAGE_NOW_MS;
        s->since->from_ms = STAGE_NOW_MS - (int64_t)random_below(r, 100) * MS_PER_H;
        while (n-- > 0)
            since_add(s->since, (enum since_kind)random_below(r, SINCE_KINDS), random_below(r, 2) ? "blog" : "nobody", STAGE_NOW_MS);
        if (random_below(r, 2))
            since_come_back(&s->app, s->since->from_ms, random_below(r, 2));
    }
}

/* A moment, or as many seconds as $UPTIME_FUZZ_S says, then with keys of their own each time. */
struct bout {
    int64_t until_ns;
    int left;
    struct random random;
};

static struct bout bout_begin(void)
{
    const char *seconds = getenv("UPTIME_FUZZ_S");
    int64_t now_ns = clock_mono_ns();

    if (!seconds)
        return (struct bout){ .left = 60000, .random = { 20261124 } };
    print_message("keys begin at %lld\n", (long long)now_ns);
    return (struct bout){ now_ns + strtol(seconds, NULL, 10) * NS_PER_S, INT32_MAX, { (uint64_t)now_ns } };
}

static bool bout_goes_on(struct bout *b)
{
    return b->left-- > 0 && (!b->until_ns || b->left % 64 || clock_mono_ns() < b->until_ns);
}

static void no_sequence_of_keys_breaks_it(void **state)
{
    static const char *const pastes[] = {
        "https://x.example.org/\nhttps://y.example.org/\n", "state=down", "\x1b[200~\x07\n\n", "2h", "", "tag=shop|www owner=ops", "sort last", "tree tag", "tree dependency", "replay 3h", "replay", "since", "since 2h",
    };
    struct stage *s = *state;
    struct bout bout = bout_begin();
    struct random random = bout.random;

    stage_world(s);
    stage_alarms(s);
    snprintf(s->said, sizeof(s->said), "said");
    while (bout_goes_on(&bout)) {
        switch (random_below(&random, 40)) {
        case 0:
            change_the_world(s, &random);
            break;
        case 1:
            stage_paste(s, pastes[random_below(&random, sizeof(pastes) / sizeof(pastes[0]))]);
            break;
        case 2:
            s->answer = random_below(&random, 3) ? ERR_OK : ERR_CHANGED;
            s->settings.path = random_below(&random, 5) ? (char *)"/etc/uptime.cfg" : NULL;
            break;
        case 4:
            app_mouse(&s->app, (struct mouse){ (enum mouse_kind)random_below(&random, 3), (int)random_below(&random, 130),
                                               (int)random_below(&random, 410) });
            break;
        case 3:
            app_ask_to_leave(&s->app);
            break;
        case 5:
            read_the_past(s, &random);
            break;
        default:
            app_stroke(&s->app, any_stroke(&random), random_below(&random, 2));
        }
        if (bout.left % 7 == 0) {
            bool large = !random_below(&random, 8);

            s->cells.utf8 = random_below(&random, 2);
            stage_draw(s, 1 + (int)random_below(&random, large ? 400 : 130), 1 + (int)random_below(&random, large ? 120 : 45));
        }
        strbuf_reset(&s->asked);
        s->app.leave = false;
    }
}

static void any_allocation_of_a_dialogue_may_fail(void **state)
{
    struct stage *s = *state;
    unsigned n;

    stage_world(s);
    stage_draw(s, 80, 24);
    for (n = 1; n < 400; n++) {
        memory_fail(n);
        stage_keys(s, "j e x Enter Esc y a");
        app_paste(&s->app, "https://x.example.org/", 22);
        stage_keys(s, "Enter Esc / b l o g Enter n \\ w w w Enter Esc p 1 h Enter d y : s o r t Enter Esc");
        app_draw(&s->app, &s->cells);
        memory_failed();
        s->app.leave = false;
        strbuf_release(&s->asked);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(one_url_is_added_and_comes_under_the_cursor, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(fifty_pasted_urls_are_one_write, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(of_a_list_only_those_that_are_well_can_be_added, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(what_can_not_be_added_stays_to_be_mended, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(a_list_that_comes_line_by_line_is_one_list_too, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(pasting_into_the_grid_opens_the_prompt, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(deleting_asks_with_no_as_the_default_and_can_be_undone, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(what_an_undo_brings_back_comes_under_the_cursor, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(the_site_asked_about_is_the_one_deleted_whatever_moves, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(sites_of_the_command_line_stand_in_no_file, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(without_a_file_editing_says_so, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(pausing_asks_for_how_long_and_resuming_does_not, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(another_engine_is_asked_for_twice, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(checking_now_and_reloading_are_asked_for, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(a_long_fault_is_shown_whole_and_stays_until_a_key, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(searching_moves_and_hides_nothing, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(a_filter_acts_while_it_is_typed_and_esc_takes_it_back, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(sorting_goes_through_the_columns_on_the_screen, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(commands_do_what_keys_do, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(leaving_asks_unless_there_is_nothing_to_stop, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(the_bell_rings_once_for_each_new_outage, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(the_title_tells_the_worst, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(hostile_names_and_answers_reach_no_cell, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(the_grid_is_left_behind_whole, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(no_sequence_of_keys_breaks_it, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(any_allocation_of_a_dialogue_may_fail, stage_begin, stage_end),
    };

    return cmocka_run_group_tests(tests, stage_locale, NULL);
}
