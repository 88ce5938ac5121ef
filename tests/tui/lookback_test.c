/* What the detail pane tells of the past, from a database that was really written. */
#include "lookback.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mutex.h"
#include "chart.h"
#include "store/history.h"
#include "support/tests.h"

#define NOW_MS INT64_C(1795524069000)

static char path[64];

static void write_sample(struct history *h, int64_t at_ms, bool good)
{
    struct sample s = { .site = 3, .status = good ? 200 : 0, .outcome = good ? OUTCOME_OK : OUTCOME_REFUSED, .attempt = 1, .counts = true,
                        .at_ms = at_ms, .took_us = 84000 };
    int i;

    for (i = 0; i < PHASE_COUNT; i++)
        s.phase_us[i] = i;
    history_sample(h, &s);
}

static void write_change(struct history *h, int64_t at_ms, enum state state)
{
    struct batch *b = batch_new();

    batch_change(b, 3, at_ms, state);
    history_commit(h, b);
}

static void write_incident(struct history *h, int64_t began_ms, int64_t ended_ms)
{
    struct evidence met = { .header_bytes = 5, .header = "502\r\n" };
    struct incident_row row = { .id = began_ms / 1000, .site = 3, .failing_ms = began_ms, .opened_ms = began_ms,
                                .outcome = OUTCOME_REFUSED, .certificate_until = CERTIFICATE_UNKNOWN, .address = "192.0.2.1",
                                .message = "connection refused", .evidence = &met };
    struct batch *b = batch_new();

    batch_incident(b, &row);
    if (ended_ms)
        batch_incident_end(b, row.id, ended_ms, INCIDENT_UP);
    history_commit(h, b);
}

static void write_past(void)
{
    struct history_options options = { .path = path, .samples_ms = 14 * MS_PER_DAY, .hourly_ms = 400 * MS_PER_DAY };
    struct history *h;
    struct errmsg why;
    struct options plain;
    const struct options *shared;
    struct site *site;
    struct batch *b = batch_new();
    int i;

    if (history_open(&h, &options, &why))
        fail_msg("%s", why.text);
    options_init(&plain);
    shared = options_share(&plain);
    site = site_new("shop", "https://shop.example.org/", shared);
    batch_gap(b, 0, NOW_MS - 3 * MS_PER_DAY, GAP_CLOCK); /* the run that opening began lies in the present */
    batch_site(b, 3, site, NOW_MS - 3 * MS_PER_DAY);
    history_commit(h, b);
    history_alive(h, NOW_MS - 3 * MS_PER_DAY);
    write_change(h, NOW_MS - 3 * MS_PER_DAY, STATE_UP);
    write_change(h, NOW_MS - 30 * MS_PER_H, STATE_DOWN);
    write_incident(h, NOW_MS - 30 * MS_PER_H, NOW_MS - 29 * MS_PER_H);
    write_change(h, NOW_MS - 29 * MS_PER_H, STATE_UP);
    for (i = 48; i > 0; i--) /* one each half-hour, one of them bad */
        write_sample(h, NOW_MS - i * 30 * MS_PER_MIN, i != 20);
    history_alive(h, NOW_MS);
    history_settle(h, INT64_MAX);
    history_close(h);
    site_unref(site);
    options_unref(shared);
}

static int open_place(void **state)
{
    (void)state;
    snprintf(path, sizeof(path), "/tmp/lookback_test.%d.db", (int)getpid());
    write_past();
    return 0;
}

static int leave_place(void **state)
{
    char name[80];

    (void)state;
    unlink(path);
    snprintf(name, sizeof(name), "%s-wal", path);
    unlink(name);
    snprintf(name, sizeof(name), "%s-shm", path);
    unlink(name);
    return 0;
}

static int count_slots(const struct lookback *l, uint32_t us)
{
    int i, n = 0;

    for (i = 0; i < LOOKBACK_SLOTS; i++)
        n += l->slot[i] == us;
    return n;
}

static void ninety_days_of_a_site_are_read(void **state)
{
    struct lookback *l = calloc(1, sizeof(*l));
    struct query *q;
    struct errmsg why;

    (void)state;
    assert_int_equal(query_open(&q, path, &why), ERR_OK);
    assert_int_equal(lookback_read(l, q, "shop", MS_PER_DAY, NOW_MS, &why), ERR_OK);
    assert_true(l->known);
    assert_int_equal(l->checks, 48);
    assert_int_equal(count_slots(l, CHART_FAILED), 1);
    assert_in_range(count_slots(l, 84000), 40, 48);
    assert_int_equal(l->day[LOOKBACK_DAYS - 1], DAY_GOOD);
    assert_int_equal(l->day[LOOKBACK_DAYS - 2], DAY_BAD);
    assert_int_equal(l->outages_of_day[LOOKBACK_DAYS - 2], 1);
    assert_int_equal(l->day[LOOKBACK_DAYS - 5], DAY_UNSEEN);
    assert_int_equal(l->noutage, 1);
    assert_int_equal(l->outage[0].outcome, OUTCOME_REFUSED);
    assert_int_equal(l->outage[0].ended_ms - l->outage[0].began_ms, MS_PER_H);
    assert_true(l->outage[0].has_evidence);
    assert_int_equal(outages_mttr_ms(&l->outages), MS_PER_H);
    assert_int_equal(lookback_read(l, q, "shop", 30 * MS_PER_DAY, NOW_MS, &why), ERR_OK); /* from hours */
    assert_int_equal(l->checks, 48);
    assert_true(count_slots(l, CHART_FAILED) >= 1);
    assert_int_equal(lookback_read(l, q, "nobody", MS_PER_DAY, NOW_MS, &why), ERR_OK);
    assert_false(l->known);
    query_close(q);
    free(l);
}

static void what_happened_before_is_read(void **state)
{
    struct past_log *log = calloc(1, sizeof(*log));
    struct query *q;
    struct errmsg why;

    (void)state;
    assert_int_equal(query_open(&q, path, &why), ERR_OK);
    assert_int_equal(lookback_read_log(log, q, NOW_MS, &why), ERR_OK);
    assert_int_equal(log->n, 2);     /* the first UP is no news */
    assert_int_equal(log->event[0].state, STATE_DOWN);
    assert_string_equal(log->event[0].name, "shop");
    assert_string_equal(log->event[0].text, "connection refused");
    assert_int_equal(log->event[1].state, STATE_UP);
    query_close(q);
    free(log);
}

/* --- the thread --------------------------------------------------------------------------------------------------- */

static struct {
    struct mutex lock;
    struct cond news;
    int n;                           /* under lock: times it was woken */
} woken = { .lock = MUTEX_INIT };

static void wake(void *context)
{
    (void)context;
    mutex_lock(&woken.lock);
    woken.n++;
    mutex_unlock(&woken.lock);
    cond_signal(&woken.news);
}

static void wait_for_news(void)
{
    mutex_lock(&woken.lock);
    while (!woken.n)
        assert_true(cond_wait(&woken.news, &woken.lock, clock_mono_ns() + 20 * NS_PER_S));
    woken.n--;
    mutex_unlock(&woken.lock);
}

static void a_thread_reads_what_is_wanted_last(void **state)
{
    struct lookback *l = calloc(1, sizeof(*l));
    struct evidence *e = calloc(1, sizeof(*e));
    struct lookback_reader *r;

    (void)state;
    cond_init(&woken.news);
    assert_int_equal(lookback_start(&r, path, wake, NULL), ERR_OK);
    assert_false(lookback_take(r, l));
    lookback_want(r, "shop", 90 * MS_PER_DAY, 0);
    wait_for_news();
    assert_true(lookback_take(r, l));
    assert_string_equal(l->name, "shop");
    assert_true(l->known);
    assert_false(lookback_take(r, l));
    lookback_want_evidence(r, (NOW_MS - 30 * MS_PER_H) / 1000);
    wait_for_news();
    assert_true(lookback_take_evidence(r, e));
    assert_int_equal(e->header_bytes, 5);
    lookback_stop(r);
    free(l);
    free(e);
}

static void without_a_database_nothing_is_told(void **state)
{
    struct lookback_reader *r;
    struct lookback *l = calloc(1, sizeof(*l));

    (void)state;
    assert_int_equal(lookback_start(&r, "/nonexistent/uptime.db", wake, NULL), ERR_OK);
    lookback_want(r, "shop", MS_PER_DAY, 0);
    lookback_stop(r);
    assert_false(lookback_take(NULL, l));
    lookback_want(NULL, "shop", MS_PER_DAY, 0);
    free(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ninety_days_of_a_site_are_read),
        cmocka_unit_test(what_happened_before_is_read),
        cmocka_unit_test(a_thread_reads_what_is_wanted_last),
        cmocka_unit_test(without_a_database_nothing_is_told),
    };

    return cmocka_run_group_tests(tests, open_place, leave_place);
}
