/* The main screen as text, at the sizes of SCREENS.md and at every other. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "stage.h"
#include "support/tests.h"

static void each_size_shows_what_was_drawn_for_it(void **state)
{
    static const struct {
        const char *name;
        int width, height;
        bool utf8;
    } rows[] = {
        { "grid_40x12", 40, 12, false }, { "grid_80x24", 80, 24, false }, { "grid_120x40", 120, 40, false },
        { "grid_200x50", 200, 50, false }, { "grid_60x20", 60, 20, false }, { "grid_80x8", 80, 8, false },
        { "grid_20x5", 20, 5, false }, { "grid_19x4", 19, 4, false }, { "grid_400x20", 400, 20, false },
        { "grid_80x24_utf8", 80, 24, true },
    };
    struct stage *s = *state;
    size_t i;

    stage_world(s);
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        s->cells.utf8 = rows[i].utf8;
        stage_golden(rows[i].name, stage_draw(s, rows[i].width, rows[i].height));
    }
}

static const int sizes[][2] = { { 40, 12 }, { 80, 24 }, { 120, 40 }, { 200, 50 } };
#define NSIZE (sizeof(sizes) / sizeof(sizes[0]))

static void golden_at(struct stage *s, const char *name, int width, int height)
{
    char full[64];

    snprintf(full, sizeof(full), "%s_%dx%d", name, width, height);
    stage_golden(full, stage_draw(s, width, height));
}

static void every_dialogue_looks_as_drawn_at_four_sizes(void **state)
{
    static const struct {
        const char *name, *keys, *typed, *more;
    } rows[] = {
        { "help", "?", "", "" },
        { "form", "j e Down Down", "x", "" },
        { "form_wrong", "j e Down Down", "x", "Enter" },
        { "add", "a", "example.org", "Enter" },
        { "delete", "j d", "", "" },
        { "delete_many", "Space Space Space d", "", "" },
        { "filter", "\\", "tag=crm", "Enter" },
        { "search", "/", "shop", "" },
        { "columns", "l l l", "", "" },
        { "pause", "p", "1h", "" },
        { "sorted", "> > > > I", "", "" },
        { "command", ":", "s", "Tab" },
        { "engine", "X", "nonsense", "Enter" },
        { "quit", "q", "", "" },
        { "frozen", "Z j", "", "" },
        { "detail", "j j Enter", "", "" },
        { "certs", "5 j j", "", "" },
        { "certs_focus", "Tab Tab j", "", "" },
        { "next", ":", "next", "Enter" },
        { "monitor", ":", "monitor", "Enter" },
    };
    size_t i, k;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        for (k = 0; k < NSIZE; k++) {
            struct stage *s;

            stage_end(state);
            stage_begin(state);
            s = *state;
            stage_world(s);
            stage_draw(s, sizes[k][0], sizes[k][1]);
            stage_keys(s, rows[i].keys);
            stage_type(s, rows[i].typed);
            stage_keys(s, rows[i].more);
            golden_at(s, rows[i].name, sizes[k][0], sizes[k][1]);
        }
}

static void the_log_tells_what_happened(void **state)
{
    struct stage *s = *state;
    size_t i;

    s->past_log = calloc(1, sizeof(*s->past_log));
    assert_non_null(s->past_log);
    s->past_log->n = 2;
    s->past_log->event[0] = (struct past_event){ STAGE_NOW_MS - 2 * MS_PER_DAY, 3, STATE_DOWN, "ci", "connection refused" };
    s->past_log->event[1] = (struct past_event){ STAGE_NOW_MS - 47 * MS_PER_H, 3, STATE_UP, "ci", "" };
    stage_world(s);
    s->snapshot.now_ms += 60000;
    s->snapshot.now_ns += 60000 * INT64_C(1000000);
    stage_set_state(s, 14, STATE_CHECKING);
    s->snapshot.row[14].row.outcome = OUTCOME_STATUS;
    s->snapshot.row[14].row.status = 502;
    s->snapshot.row[14].row.state.failures = 1;
    stage_take(s);
    stage_set_state(s, 14, STATE_DOWN);
    stage_set_state(s, 2, STATE_UP);
    s->snapshot.row[2].row.outcome = OUTCOME_OK;
    stage_site(s, "fresh", "https://fresh.example.org/", STATE_NEW);
    stage_take(s);
    app_say_fault(&s->app, "cannot read uptime.cfg: it is gone");
    for (i = 0; i < 4; i++) {
        stage_draw(s, sizes[i][0], sizes[i][1]);
        stage_keys(s, "3");
        golden_at(s, "log", sizes[i][0], sizes[i][1]);
        stage_keys(s, "1");
    }
    stage_golden("log_beside_200x50", stage_draw(s, 200, 50));
    stage_keys(s, "/ c i Enter L");
    stage_golden("log_of_site_80x24", stage_draw(s, 80, 24));
}

/* Ninety days of the site under the cursor. */
static void put_past(struct stage *s)
{
    struct lookback *l = &s->lookback;
    int i;

    snprintf(l->name, sizeof(l->name), "legacy-crm");
    l->known = true;
    l->read_ms = STAGE_NOW_MS;
    for (i = 20; i < LOOKBACK_DAYS; i++)
        l->day[i] = i == 60 || i == 75 || i == 89 ? DAY_BAD : DAY_GOOD;
    l->outages_of_day[60] = 1;
    l->outages_of_day[75] = 3;
    l->outages_of_day[89] = 1;
    l->outages = (struct outages){ .n = 5, .begun = 5, .ended = 4, .longest_ms = 40 * MS_PER_MIN, .repair_ms = 24 * MS_PER_MIN };
    l->spent.ms[SPENT_UP] = 69 * MS_PER_DAY;
    l->outage[0].id = 7;
    l->outage[0].began_ms = STAGE_NOW_MS - 40 * MS_PER_MIN;
    l->outage[0].outcome = OUTCOME_WAIT_TIMEOUT;
    l->outage[0].has_evidence = true;
    l->outage[1].began_ms = STAGE_NOW_MS - 34 * MS_PER_H;
    l->outage[1].ended_ms = l->outage[1].began_ms + 6 * MS_PER_MIN;
    l->outage[1].outcome = OUTCOME_STATUS;
    l->outage[1].status = 502;
    l->outage[2].began_ms = STAGE_NOW_MS - 14 * MS_PER_DAY;
    l->outage[2].ended_ms = l->outage[2].began_ms + 2 * MS_PER_MIN;
    l->outage[2].outcome = OUTCOME_TLS;
    l->noutage = 3;
    for (i = 30; i < LOOKBACK_SLOTS; i++)
        l->slot[i] = i > 232 ? UINT32_MAX : i % 17 ? 300000 + (uint32_t)(i * 7919 % 200) * 1000 : 1900000;
    l->checks = 1433;
    snprintf(s->chain_of, sizeof(s->chain_of), "legacy-crm");
    s->chain = (struct chain){
        .n = 3, .protocol = "TLSv1.3", .group = "x25519",
        .certificate = {
            { "crm.example.org", "Example CA R3", "Example Trust", 0, STAGE_NOW_MS / MS_PER_S + 201 * 86400 + 3600 },
            { "Example CA R3", "Example Root", "Example Trust", 0, STAGE_NOW_MS / MS_PER_S + 700 * 86400 },
            { "Example Root", "Example Root", "", 0, STAGE_NOW_MS / MS_PER_S - 60 },
        },
    };
    s->evidence_of = 7;
    s->evidence.header_bytes = (uint16_t)snprintf(s->evidence.header, sizeof(s->evidence.header),
                                                  "HTTP/1.1 502 Bad Gateway\r\nServer: \033[31mevil\r\nSet-Cookie: a=***\r\n");
    s->evidence.body_bytes = (uint16_t)snprintf(s->evidence.body, sizeof(s->evidence.body), "<html>\n  <h1>502</h1>\n</html>\n");
}

static void the_past_of_a_site_is_told(void **state)
{
    struct stage *s = *state;
    size_t i;

    stage_world(s);
    stage_alarms(s);
    put_past(s);
    stage_draw(s, 80, 24);
    stage_keys(s, "j j");
    for (i = 0; i < 4; i++) {
        stage_draw(s, sizes[i][0], sizes[i][1]);
        stage_keys(s, "Enter");
        golden_at(s, "past", sizes[i][0], sizes[i][1]);
        stage_keys(s, "1");
    }
    stage_golden("past_below_120x40", stage_draw(s, 120, 40));
    stage_golden("past_beside_200x50", stage_draw(s, 200, 50));
    stage_keys(s, ") ) o");
    assert_int_equal(s->lookback.window_ms, 30 * MS_PER_DAY);
    for (i = 0; i < NSIZE; i++)
        golden_at(s, "answer", sizes[i][0], sizes[i][1]);
}

static void the_kept_answer_comes_when_it_is_read(void **state)
{
    struct stage *s = *state;

    stage_world(s);
    stage_draw(s, 80, 24);
    stage_keys(s, "j j o");
    assert_true(stage_shows(s, "the history of legacy-crm is being read"));
    put_past(s);
    stage_take(s);
    assert_true(strstr(stage_draw(s, 80, 24), "502 Bad Gateway"));
    stage_keys(s, "Esc");
    memset(&s->lookback, 0, sizeof(s->lookback));
    stage_keys(s, "o j");                              /* another key: it is not waited for any more */
    put_past(s);
    stage_take(s);
    assert_false(stage_shows(s, "What the last failing check met"));
}

/* Who was told, who has taken it on, and what is on its way: in the grid, in the panes, and in what is asked. */
static void alarms_look_as_drawn_at_four_sizes(void **state)
{
    static const struct {
        const char *name, *keys;
    } rows[] = {
        { "alarms", "" }, { "alerts", "2 j" }, { "outbox", "4" }, { "drop", "4 d" }, { "ack", "j j A" }, { "mute", "m" },
        { "maintenance", "M" }, { "test", "j j T" }, { "owners", "j Enter" }, { "owners_held", "Enter" },
    };
    size_t i, k;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        for (k = 0; k < NSIZE; k++) {
            struct stage *s;

            stage_end(state);
            stage_begin(state);
            s = *state;
            stage_world(s);
            stage_alarms(s);
            stage_draw(s, sizes[k][0], sizes[k][1]);
            stage_keys(s, rows[i].keys);
            golden_at(s, rows[i].name, sizes[k][0], sizes[k][1]);
        }
}

static void trouble_of_our_own_is_shown_loudly(void **state)
{
    struct stage *s = *state;
    struct health *h = &s->snapshot.health;

    stage_world(s);
    h->offline = true;
    h->offline_since_ns = STAGE_NOW_NS - 190 * INT64_C(1000000000);
    h->waiting = 7;
    h->late = 12;
    h->in_flight = 32;
    snprintf(h->trouble, sizeof(h->trouble), "cannot open a socket: too many open files");
    stage_golden("offline_80x24", stage_draw(s, 80, 24));
    stage_golden("offline_40x12", stage_draw(s, 40, 12));
    stage_golden("offline_200x50", stage_draw(s, 200, 50));
}

static void trouble_of_our_own_is_told_at_80_columns_whatever_else_there_is(void **state)
{
    struct stage *s = *state;

    stage_world(s);                                    /* some are down, and messages wait */
    snprintf(s->snapshot.health.trouble, sizeof(s->snapshot.health.trouble), "the monitor is gone; what is shown is old");
    stage_draw(s, 80, 24);
    assert_true(stage_shows(s, "the monitor is gone; what is shown is old"));
    assert_false(stage_shows(s, "net ok"));
    stage_draw(s, 100, 30);
    assert_true(stage_shows(s, "the monitor is gone"));
    stage_draw(s, 120, 40);
    assert_true(stage_shows(s, "the monitor is gone; what is shown is old"));
}

static void an_empty_list_tells_how_to_fill_it(void **state)
{
    struct stage *s = *state;

    stage_take(s);
    stage_golden("empty_80x24", stage_draw(s, 80, 24));
    stage_golden("empty_40x12", stage_draw(s, 40, 12));
    s->settings.path = NULL;
    stage_golden("empty_no_file_80x24", stage_draw(s, 80, 24));
    stage_site(s, "a", "https://a.example.org/", STATE_UP);
    stage_take(s);
    stage_keys(s, "\\");
    stage_type(s, "nobody");
    stage_keys(s, "Enter");
    stage_golden("empty_filter_80x24", stage_draw(s, 80, 24));
}

/* What a terminal of any size shows has as many lines, and none is longer. */
static void fits(struct stage *s, int width, int height)
{
    const char *text = stage_draw(s, width, height);
    int lines = 0;

    for (; *text; text += strcspn(text, "\n") + 1, lines++)
        assert_in_range(strcspn(text, "\n"), 0, (size_t)width * 4);
    assert_int_equal(lines, height);
    assert_in_range(s->cells.cursor_x + 1, 0, width);
}

static void every_size_is_drawn(void **state)
{
    static const char *const dialogues[] = { "g", "?", "q j e Down Down Down", "Esc a", "Esc d", "n p x", "Esc /", "Esc \\" };
    struct stage *s = *state;
    size_t i;
    int width, height;

    stage_world(s);
    stage_draw(s, 80, 24);
    for (i = 0; i < sizeof(dialogues) / sizeof(dialogues[0]); i++) {
        stage_keys(s, dialogues[i]);
        s->cells.utf8 = i % 2;
        for (width = 1; width <= 130; width += i ? 3 : 1)
            for (height = 1; height <= 45; height += i ? 2 : 1)
                fits(s, width, height);
        fits(s, 400, 120);
        fits(s, 1, 500);
        fits(s, 500, 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_size_shows_what_was_drawn_for_it, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(every_dialogue_looks_as_drawn_at_four_sizes, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(the_log_tells_what_happened, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(the_past_of_a_site_is_told, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(the_kept_answer_comes_when_it_is_read, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(alarms_look_as_drawn_at_four_sizes, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(trouble_of_our_own_is_shown_loudly, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(trouble_of_our_own_is_told_at_80_columns_whatever_else_there_is, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(an_empty_list_tells_how_to_fill_it, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(every_size_is_drawn, stage_begin, stage_end),
    };

    return cmocka_run_group_tests(tests, stage_locale, NULL);
}
