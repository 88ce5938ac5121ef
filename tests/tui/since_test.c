/* What happened while nobody looked: the list, when it shows itself, and what a database that was really written tells. */
#include "since.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "seen.h"
#include "since_read.h"
#include "stage.h"
#include "store/history.h"
#include "support/random.h"
#include "support/tests.h"

#define LOOKED_MS (STAGE_NOW_MS - 14 * MS_PER_H - 37 * MS_PER_MIN) /* yesterday 22:04 */

static struct since *nothing_since(int64_t from_ms)
{
    struct since *s = calloc(1, sizeof(*s));

    assert_non_null(s);
    s->from_ms = from_ms;
    s->until_ms = STAGE_NOW_MS;
    return s;
}

static struct since_item *outage(struct since *s, enum since_kind kind, const char *name, int64_t ago_ms, int64_t for_ms, const char *why)
{
    struct since_item *i = since_add(s, kind, name, STAGE_NOW_MS - ago_ms);

    if (kind == SINCE_DOWN)
        s->count[SINCE_OUTAGE]++;
    i->n = 1;
    i->for_ms = for_ms;
    snprintf(i->text, sizeof(i->text), "%s", why);
    return i;
}

static struct since *a_night(void)
{
    struct since *s = nothing_since(LOOKED_MS);

    outage(s, SINCE_DOWN, "legacy-crm", 40 * MS_PER_MIN, 40 * MS_PER_MIN, "no first byte in 10.0 s (dns 2 ms, tcp 21 ms, tls 38 ms)");
    outage(s, SINCE_OUTAGE, "blog", 9 * MS_PER_H, 6 * MS_PER_MIN, "HTTP 502 Bad Gateway");
    outage(s, SINCE_OUTAGE, "ci", 7 * MS_PER_H, 34 * MS_PER_MIN, "connection refused")->n = 5;
    s->count[SINCE_OUTAGE] = 7;
    since_add(s, SINCE_AGAIN, "mx-webmail", STAGE_NOW_MS - 11 * MS_PER_H)->for_ms = 3 * MS_PER_H;
    since_add(s, SINCE_ADDED, "newcomer", STAGE_NOW_MS - 2 * MS_PER_H);
    since_add(s, SINCE_REMOVED, "the-old-shop", STAGE_NOW_MS - 3 * MS_PER_H);
    since_add(s, SINCE_GAP, "", STAGE_NOW_MS - 10 * MS_PER_H)->for_ms = 4 * MS_PER_MIN;
    since_sort(s);
    return s;
}

static void it_shows_itself_once_and_any_key_goes_on(void **state)
{
    struct stage *s = *state;

    stage_world(s);
    s->since = a_night();
    assert_true(stage_shows(s, "Since you last looked, yesterday 22:04 (14h)"));
    assert_true(stage_shows(s, "7 outages, 1 still down"));
    stage_keys(s, "Esc");
    assert_false(stage_shows(s, "Since you last looked"));
    s->since = a_night();            /* it is read once more a little later */
    assert_false(stage_shows(s, "Since you last looked"));
    stage_keys(s, ":");
    stage_type(s, "since");
    stage_keys(s, "Enter");
    assert_true(stage_shows(s, "Since you last looked, yesterday 22:04 (14h)"));
    stage_keys(s, "d");              /* no way through the list: it is what it is in the grid */
    assert_true(stage_shows(s, "delete "));
    stage_keys(s, "n");
    assert_false(stage_shows(s, "Since you last looked"));
}

static void enter_leads_to_the_site(void **state)
{
    struct stage *s = *state;

    stage_world(s);
    s->since = a_night();
    stage_draw(s, 80, 24);
    stage_keys(s, "Enter");
    stage_draw(s, 80, 24);
    assert_string_equal(stage_cursor(s), "legacy-crm");
    assert_true(stage_shows(s, "why"));
}

static void who_types_already_is_told_in_a_line(void **state)
{
    struct stage *s = *state;

    stage_world(s);
    stage_draw(s, 80, 24);
    stage_keys(s, "j");
    s->since = a_night();
    assert_true(stage_shows(s, "Since you last looked, yesterday 22:04 (14h): :since tells what happened"));
    assert_true(stage_shows(s, "STATE NAME"));
}

static void that_nothing_happened_is_one_line(void **state)
{
    struct stage *s = *state;
    struct since *quiet;

    stage_site(s, "shop", "https://shop.example.org/", STATE_UP);
    stage_take(s);
    stage_draw(s, 80, 24);
    s->since = nothing_since(LOOKED_MS);
    assert_true(stage_shows(s, "Since you last looked, yesterday 22:04 (14h): nothing happened"));
    assert_true(stage_shows(s, "STATE NAME"));
    stage_end(state);
    assert_int_equal(stage_begin(state), 0);
    s = *state;
    stage_site(s, "shop", "https://shop.example.org/", STATE_UP);
    stage_take(s);
    quiet = nothing_since(LOOKED_MS); /* the monitor ran as long as its screen */
    since_add(quiet, SINCE_GAP, "", LOOKED_MS)->for_ms = 14 * MS_PER_H;
    quiet->to_the_end = true;
    s->since = quiet;
    assert_true(stage_shows(s, "yesterday 22:04 (14h): nobody watched"));
}

static void a_first_visit_is_told_nothing(void **state)
{
    struct stage *s = *state;

    stage_world(s);
    assert_false(stage_shows(s, "ince you"));
    stage_keys(s, ":");
    stage_type(s, "since");
    stage_keys(s, "Enter");
    assert_true(stage_shows(s, "nobody looked before"));
    stage_keys(s, ":");
    stage_type(s, "since 2h");
    stage_keys(s, "Enter");
    assert_string_equal(s->asked.text, "since -7200\n");
    s->since = a_night();
    s->since->from_ms = STAGE_NOW_MS - 2 * MS_PER_H;
    assert_true(stage_shows(s, "Since 10:41 (2h)"));
}

static void who_left_the_screen_on_is_told_when_they_come_back(void **state)
{
    struct stage *s = *state;

    stage_world(s);
    stage_draw(s, 80, 24);
    stage_keys(s, "j k");
    since_come_back(&s->app, LOOKED_MS, true);
    assert_string_equal(s->asked.text, "since -52620\n");
    s->since = a_night();
    assert_true(stage_shows(s, "7 outages, 1 still down"));
    stage_keys(s, "Esc");
    since_come_back(&s->app, LOOKED_MS, false); /* with a key that does something: nothing stands in its way */
    stage_keys(s, "j");
    s->since = a_night();
    assert_true(stage_shows(s, ":since tells what happened"));
    assert_true(stage_shows(s, "STATE NAME"));
}

static void certificates_near_their_end_are_news_once(void **state)
{
    static const int64_t left_days[] = { 13, 15, 12, -1 };
    static const char *const names[] = { "now-near", "still-far", "long-near", "ended" };
    struct stage *s = *state;
    int i;

    for (i = 0; i < 4; i++) {
        char url[64];

        snprintf(url, sizeof(url), "https://%s.example.org/", names[i]);
        stage_site(s, names[i], url, STATE_UP)->row.certificate_until = (STAGE_NOW_MS + left_days[i] * MS_PER_DAY) / MS_PER_S + 3600;
    }
    stage_take(s);
    s->since = nothing_since(STAGE_NOW_MS - 30 * MS_PER_H);
    stage_draw(s, 80, 24);
    assert_true(stage_shows(s, "2 certificates near their end"));
    assert_true(stage_shows(s, "now-near             CERT  its certificate ends in 13d"));
    assert_true(stage_shows(s, "ended                CERT  its certificate has ended"));
}

static void the_list(void **state)
{
    static const struct {
        int width, height;
    } sizes[] = { { 40, 12 }, { 80, 24 }, { 120, 40 }, { 200, 50 } };
    struct stage *s = *state;
    char file[64];
    size_t i;

    stage_world(s);
    s->since = a_night();
    for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        snprintf(file, sizeof(file), "since_%dx%d", sizes[i].width, sizes[i].height);
        stage_golden(file, stage_draw(s, sizes[i].width, sizes[i].height));
    }
}

/* --- from a database ------------------------------------------------------------------------------------------------- */

#define SITES 5
#define BEGAN_MS (STAGE_NOW_MS - 100 * MS_PER_H)

static char path[64];

/* What really happened, to be counted the slow way. */
static struct fact {
    int site;
    int64_t from_ms, until_ms;       /* until 0: it goes on */
} facts[200];
static int nfact;

static void open_incident(struct history *h, int site, int64_t at_ms, int64_t id)
{
    struct batch *b = batch_new();
    struct incident_row row = { .id = id, .site = (uint32_t)site, .failing_ms = at_ms, .opened_ms = at_ms, .outcome = OUTCOME_REFUSED,
                                .certificate_until = CERTIFICATE_UNKNOWN, .address = "192.0.2.1", .message = "connection refused" };

    batch_incident(b, &row);
    history_commit(h, b);
}

static void end_incident(struct history *h, int64_t id, int64_t at_ms)
{
    struct batch *b = batch_new();

    batch_incident_end(b, id, at_ms, INCIDENT_UP);
    history_commit(h, b);
}

static void write_past(void)
{
    struct history_options options = { .path = path, .samples_ms = 400 * MS_PER_DAY, .hourly_ms = 400 * MS_PER_DAY };
    struct random r = { 3 };
    struct options plain;
    const struct options *shared;
    struct history *h;
    struct batch *b = batch_new();
    int i, id = 0;

    assert_int_equal(history_open(&h, &options, NULL), ERR_OK);
    options_init(&plain);
    shared = options_share(&plain);
    batch_gap(b, 0, BEGAN_MS, GAP_CLOCK);
    history_commit(h, b);
    for (i = 1; i <= SITES; i++) {
        char name[16];
        struct site *site;

        snprintf(name, sizeof(name), "site-%d", i);
        site = site_new(name, "https://shop.example.org/", shared);
        b = batch_new();
        batch_site(b, (uint32_t)i, site, BEGAN_MS + (i == SITES ? 90 * MS_PER_H : 0));
        history_commit(h, b);
        site_unref(site);
    }
    b = batch_new();
    batch_site_gone(b, SITES - 1, BEGAN_MS + 80 * MS_PER_H);
    batch_gap(b, BEGAN_MS + 60 * MS_PER_H, BEGAN_MS + 61 * MS_PER_H, GAP_ASLEEP);
    history_commit(h, b);
    for (i = 1; i <= SITES - 2; i++) {
        int64_t at = BEGAN_MS;

        while ((at += 1000 + (int64_t)random_below(&r, 9 * 3600) * 1000) < STAGE_NOW_MS) {
            int64_t end = at + 1000 + (int64_t)random_below(&r, 3 * 3600) * 1000;

            open_incident(h, i, at, ++id);
            facts[nfact++] = (struct fact){ i, at, end < STAGE_NOW_MS ? end : 0 };
            if (end >= STAGE_NOW_MS)
                break;
            end_incident(h, id, end);
            at = end;
        }
    }
    history_alive(h, STAGE_NOW_MS);
    history_settle(h, INT64_MAX);
    history_close(h);
    options_unref(shared);
}

static void compare(struct query *q, int64_t from_ms)
{
    uint32_t outages = 0, down = 0, again = 0, n = 0;
    struct since *s;
    size_t k;
    int i;

    assert_int_equal(since_read(&s, q, from_ms, STAGE_NOW_MS, NULL), ERR_OK);
    for (i = 0; i < nfact; i++) {
        outages += facts[i].from_ms >= from_ms;
        down += facts[i].from_ms >= from_ms && !facts[i].until_ms;
        again += facts[i].from_ms < from_ms && facts[i].until_ms > from_ms;
    }
    assert_int_equal(s->count[SINCE_OUTAGE], outages);
    assert_int_equal(s->count[SINCE_DOWN], down);
    assert_int_equal(s->count[SINCE_AGAIN], again);
    assert_int_equal(s->count[SINCE_ADDED], from_ms <= BEGAN_MS + 90 * MS_PER_H);
    assert_int_equal(s->count[SINCE_REMOVED], from_ms <= BEGAN_MS + 80 * MS_PER_H);
    assert_int_equal(s->count[SINCE_GAP], from_ms < BEGAN_MS + 61 * MS_PER_H);
    for (k = 0; k < s->n; k++) {
        n += s->item[k].n;
        if (k)                       /* the worst first, then the newest */
            assert_true((s->item[k - 1].kind == SINCE_DOWN) > (s->item[k].kind == SINCE_DOWN) ||
                        ((s->item[k - 1].kind == SINCE_DOWN) == (s->item[k].kind == SINCE_DOWN) && s->item[k - 1].at_ms >= s->item[k].at_ms));
    }
    assert_int_equal(n, outages);
    since_free(s);
}

static void what_is_told_is_what_happened(void **state)
{
    struct query *q;
    int hours;

    (void)state;
    snprintf(path, sizeof(path), "/tmp/since_test.%d.db", (int)getpid());
    write_past();
    assert_true(nfact > 20);
    assert_int_equal(query_open(&q, path, NULL), ERR_OK);
    for (hours = 1; hours < 100; hours++)
        compare(q, STAGE_NOW_MS - hours * MS_PER_H + 500);
    query_close(q);
}

static void the_last_look_is_kept_beside_the_database(void **state)
{
    int64_t now_ms = clock_wall_ms();

    (void)state;
    assert_int_equal(seen_read(path), 0);
    assert_int_equal(seen_write(path, now_ms), ERR_OK);
    assert_int_equal(seen_write(path, now_ms - 1000), ERR_OK); /* another screen's, earlier */
    assert_true(seen_read(path) == now_ms);
    assert_int_equal(seen_write(path, now_ms + MS_PER_DAY), ERR_OK);
    assert_int_equal(seen_write(path, now_ms - 1000), ERR_OK); /* the clock was wrong then */
    assert_true(seen_read(path) == now_ms - 1000);
    assert_int_equal(seen_write("/nonexistent/uptime.db", now_ms), ERR_NOTFOUND);
}

static int clean_up(void **state)
{
    static const char *const ends[] = { "", "-wal", "-shm", ".seen" };
    char name[96];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        snprintf(name, sizeof(name), "%s%s", path, ends[i]);
        unlink(name);
    }
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(it_shows_itself_once_and_any_key_goes_on, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(enter_leads_to_the_site, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(who_types_already_is_told_in_a_line, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(that_nothing_happened_is_one_line, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(a_first_visit_is_told_nothing, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(who_left_the_screen_on_is_told_when_they_come_back, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(certificates_near_their_end_are_news_once, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(the_list, stage_begin, stage_end),
        cmocka_unit_test(what_is_told_is_what_happened),
        cmocka_unit_test(the_last_look_is_kept_beside_the_database),
    };

    return cmocka_run_group_tests(tests, stage_locale, clean_up);
}
