/* Who is told what, and when: scripts of outages and what comes of them (outages.h). Each fault read in the rivals' code
 * (RIVALS) has a row here. */
#include "model/alarm.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "outages.h"
#include "support/tests.h"

struct row {
    const char *script, *told;
    void (*adjust)(struct outages *o);
};

static void play_rows(const struct row *rows, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++) {
        const char *told = outages_play(rows[i].adjust, rows[i].script);

        if (strcmp(told, rows[i].told) != 0)
            fail_msg("%s\ntold:\n%sinstead of:\n%s", rows[i].script, told, rows[i].told);
    }
}
#define PLAY(rows) play_rows(rows, sizeof(rows) / sizeof(rows[0]))

/* --- plain outages -------------------------------------------------------------------------------------------------------- */

static void reminded(struct outages *o)
{
    o->rules->owner[0].remind_ms = 30 * MS_PER_MIN;
}

static void nobodys(struct outages *o)
{
    free(o->site[SHOP]->owner);
    o->site[SHOP]->owner = NULL;
}

static void every_outage_is_told_once_and_its_end_once(void **state)
{
    static const struct row rows[] = {
        { "0 up shop; 10m wait -", "", NULL },
        { "0 up shop; 1m down shop; 2m down shop; 41m up shop; 50m up shop", "1m20s ops down shop\n41m20s ops up shop\n", NULL },
        { "0 down shop; 10m down shop", "20s ops down shop\n", NULL },                       /* down from the first check on */
        { "0 down shop; 10m local shop; 610s down shop; 21m up shop", "20s ops down shop\n21m20s ops up shop\n", NULL },
        { "0 down shop; 5s up shop", "20s ops down shop\n20s ops up shop\n", NULL },           /* within the hold: still a pair */
        { "0 down shop; 5m up shop", "", nobodys },
        { "0 down shop; 5m restart -; 6m down shop; 7m up shop", "20s ops down shop\n7m20s ops up shop\n", NULL },
        { "0 down shop; 5m restart -; 6m up shop", "20s ops down shop\n6m20s ops up shop\n", NULL },
        { "0 up shop; 5m restart -; 6m up shop", "", NULL },                                   /* no flood at the start */
    };

    (void)state;
    PLAY(rows);
}

static void news_that_come_together_go_together(void **state)
{
    static const struct row rows[] = {
        { "0 down shop; 5s down api; 19s down cdn; 20s down router; 30s up api",
          "20s ops down shop\n20s ops down api\n20s ops down cdn\n40s ops down router\n40s ops up api\n", NULL },
    };

    (void)state;
    PLAY(rows);
}

static void reminders_come_by_time_and_ever_more_seldom(void **state)
{
    static const struct row rows[] = {
        { "0 down shop; 4h wait -; 5h up shop; 10h wait -",
          "20s ops down shop\n30m40s ops reminder shop\n1h30m40s ops reminder shop\n3h30m40s ops reminder shop\n5h20s ops up shop\n",
          reminded },
        { "0 down shop; 1m down shop; 2m down shop; 3m down shop", "20s ops down shop\n", reminded }, /* never from a check */
        { "0 down shop; 40m restart -; 41m down shop; 80m restart -; 2h wait -",
          "20s ops down shop\n30m40s ops reminder shop\n1h30m40s ops reminder shop\n", reminded },
        { "0 down shop; 10m jump - 24h; 24h20m wait -; 24h31m wait -", "20s ops down shop\n1d30m40s ops reminder shop\n", reminded },
    };

    (void)state;
    PLAY(rows);
}

/* --- people's words ---------------------------------------------------------------------------------------------------------- */

static void an_acknowledged_outage_is_quiet_until_it_ends(void **state)
{
    static const struct row rows[] = {
        { "0 down shop; 10m ack shop on it; 9h up shop; 10h down shop; 10h31m wait -",
          "20s ops down shop\n9h20s ops up shop\n10h20s ops down shop\n10h30m40s ops reminder shop\n", reminded },
        { "0 down shop; 10m ack shop on it; 20m restart -; 9h wait -", "20s ops down shop\n", reminded },
        { "0 up shop; 1m ack shop nothing; 2m down shop; 33m wait -", "2m20s ops down shop\n32m40s ops reminder shop\n", reminded },
    };
    const struct notice *n;

    (void)state;
    PLAY(rows);
    outages_play(NULL, "0 down shop; 10m ack shop renewing it; 20m up shop");
    assert_int_equal(outages_notices(&n), 2);
    assert_string_equal(n[1].ack_by, "sam");
    assert_string_equal(n[1].ack_note, "renewing it");
}

static void a_muted_site_is_judged_again_at_the_end(void **state)
{
    static const struct row rows[] = {
        { "0 mute shop 1h; 10m down shop; 30m up shop; 2h wait -", "", NULL },
        { "0 mute shop 1h; 10m down shop; 2h up shop", "1h21s ops down shop: the mute is over\n2h20s ops up shop\n", NULL },
        { "0 down shop; 10m mute shop 1h; 30m up shop; 2h wait -", "20s ops down shop\n1h10m ops up shop\n", NULL },
        { "0 down shop; 10m mute shop 2h; 3h wait -", "20s ops down shop\n2h10m20s ops reminder shop\n", reminded },
        { "0 mute shop 1h; 10m down shop; 20m restart -; 2h wait -", "1h21s ops down shop: the mute is over\n", NULL },
        { "0 mute shop 1h; 10m down shop; 20m mute shop 0s; 2h wait -", "20m21s ops down shop: the mute is over\n", NULL },
    };

    (void)state;
    PLAY(rows);
}

static void a_paused_site_sends_nothing(void **state)
{
    static const struct row rows[] = {
        { "0 down shop; 10m pause shop; 9h resume shop; 9h1m up shop",
          "20s ops down shop\n9h20s ops reminder shop\n9h1m20s ops up shop\n", reminded },
        { "0 pause shop; 1m down shop; 10m up shop", "", NULL },
    };

    (void)state;
    PLAY(rows);
}

/* --- maintenance ---------------------------------------------------------------------------------------------------------------- */

static void window_10h30_to_11h30(struct outages *o)
{
    o->rules->nwindow = 1;
    assert_int_equal(strings_add(&o->rules->window[0].sites, "shop"), ERR_OK);
    o->rules->window[0].when = (struct calendar_window){ .start = { .year = 2026, .month = 12, .day = 1, .hour = 10, .minute = 30 },
                                                         .duration_ms = MS_PER_H };
}

static void weekly_window(struct outages *o)
{
    window_10h30_to_11h30(o);
    o->rules->window[0].when.repeat = REPEAT_WEEKLY;
}

static void window_for_all(struct outages *o)
{
    window_10h30_to_11h30(o);
    strings_release(&o->rules->window[0].sites);
}

static void maintenance_holds_alarms_and_judges_again_at_its_end(void **state)
{
    static const struct row rows[] = {
        /* down-across: begins inside, outlasts it */
        { "0 up shop; 40m down shop; 2h up shop", "1h30m21s ops down shop: maintenance is over\n2h20s ops up shop\n",
          window_10h30_to_11h30 },
        /* down-inside: begins and ends inside: nobody ever hears of it, neither of its end */
        { "0 up shop; 40m down shop; 50m up shop; 3h wait -", "", window_10h30_to_11h30 },
        /* begin-down, up inside: an end is told to who knows of the beginning */
        { "0 down shop; 50m up shop; 3h wait -", "20s ops down shop\n50m20s ops up shop\n", window_10h30_to_11h30 },
        /* begin-down, end-down: told once, nothing repeated */
        { "0 down shop; 3h up shop", "20s ops down shop\n3h20s ops up shop\n", window_10h30_to_11h30 },
        /* begin-down, up and down again inside, end-down */
        { "0 down shop; 40m up shop; 50m down shop; 2h wait -",
          "20s ops down shop\n40m20s ops up shop\n1h30m21s ops down shop: maintenance is over\n", window_10h30_to_11h30 },
        /* up again just when it ends: asked once more before anybody is told */
        { "0 up shop; 40m down shop; 85m maintain shop 10m; 91m up shop; 3h wait -", "", window_10h30_to_11h30 },
        /* a restart inside */
        { "0 up shop; 40m down shop; 50m restart -; 55m down shop; 2h wait -", "1h30m21s ops down shop: maintenance is over\n",
          window_10h30_to_11h30 },
        { "0 up api; 40m down api; 2h wait -", "40m20s ops down api\n", window_10h30_to_11h30 }, /* somebody else's */
        { "0 up api; 40m down api; 2h wait -", "1h30m21s ops down api: maintenance is over\n", window_for_all },
        { "0 up shop; 168h40m down shop; 170h wait -", "7d1h30m21s ops down shop: maintenance is over\n", weekly_window },
        /* by a person's word */
        { "0 maintain shop 1h; 10m down shop; 2h wait -", "1h21s ops down shop: maintenance is over\n", NULL },
    };

    (void)state;
    PLAY(rows);
}

/* --- what it depends on ------------------------------------------------------------------------------------------------------------ */

static void behind_router(struct outages *o)
{
    assert_int_equal(strings_add(&o->site[SHOP]->depends_on, "router"), ERR_OK);
    assert_int_equal(strings_add(&o->site[API]->depends_on, "shop"), ERR_OK);
}

static void in_a_ring(struct outages *o)
{
    behind_router(o);
    assert_int_equal(strings_add(&o->site[ROUTER]->depends_on, "api"), ERR_OK);
}

static void behind_a_router_that_is_down_nobody_is_alarmed(void **state)
{
    static const struct row rows[] = {
        { "0 up router; 0 up shop; 0 up api; 1m down router; 2m down shop; 2m down api; 9m up api; 9m up shop; 10m up router; 1h wait -",
          "1m20s ops down router\n10m20s ops up router\n", behind_router },
        /* the child is told when the parent is back and it is not */
        { "0 up router; 0 up shop; 1m down router; 2m down shop; 10m up router; 20m up shop",
          "1m20s ops down router\n10m20s ops up router\n10m20s ops parent_back shop: 'router' is back\n20m20s ops up shop\n",
          behind_router },
        /* over two steps */
        { "0 up router; 0 up shop; 0 up api; 1m down router; 2m down api; 10m up router; 20m wait -",
          "1m20s ops down router\n10m20s ops up router\n10m20s ops parent_back api: 'router' is back\n", behind_router },
        /* the child was noticed first: the parent is asked before anybody is told */
        { "0 up router; 0 up shop; 1m wait -", "", behind_router },
        /* the child alone */
        { "0 up router; 0 up shop; 1m down shop; 5m up shop", "1m21s ops down shop\n5m20s ops up shop\n", behind_router },
        /* an end is never held: shop was told, then the router went, then shop came back by another way */
        { "0 up router; 0 up shop; 1m down shop; 5m down router; 6m up shop; 7m up router",
          "1m21s ops down shop\n5m20s ops down router\n6m20s ops up shop\n7m20s ops up router\n", behind_router },
        { "0 up router; 0 up shop; 0 up api; 1m down router; 2m down shop; 3m down api; 5m up api; 5m up shop; 5m up router; 9m wait -",
          "1m21s ops down router\n5m20s ops up router\n", in_a_ring },
        { "0 up router; 0 up shop; 1m down router; 2m down shop; 3m restart -; 4m down shop; 10m up router; 11m wait -",
          "1m20s ops down router\n10m20s ops up router\n10m20s ops parent_back shop: 'router' is back\n", behind_router },
    };

    (void)state;
    PLAY(rows);
}

static void a_parent_is_asked_before_its_child_is_blamed(void **state)
{
    /* the router is down already, but its next check would come only later */
    const char *told = outages_play(behind_router, "0 up router; 0 up shop; 59s local router; 1m down shop; 3m wait -");

    (void)state;
    assert_string_equal(told, "2m50s ops down shop\n"); /* no verdict on it within 90 s: told all the same */
}

/* --- flapping ------------------------------------------------------------------------------------------------------------------------ */

static void who_flaps_is_told_once_and_then_how_it_settled(void **state)
{
    static const struct row rows[] = {
        { "0 down shop; 1m up shop; 2m down shop; 3m up shop; 4m down shop; 5m up shop; 6m down shop; 7m up shop; 1h wait -",
          "20s ops down shop\n1m20s ops up shop\n2m20s ops down shop\n3m20s ops up shop\n4m20s ops down shop\n"
          "5m20s ops flapping shop\n22m20s ops settled shop\n", NULL },
        { "0 down shop; 1m up shop; 2m down shop; 3m up shop; 4m down shop; 5m up shop; 6m down shop; 1h up shop",
          "20s ops down shop\n1m20s ops up shop\n2m20s ops down shop\n3m20s ops up shop\n4m20s ops down shop\n"
          "5m20s ops flapping shop\n21m20s ops settled shop\n1h20s ops up shop\n", NULL },
        { "0 down shop; 1m up shop; 2m down shop; 3m up shop; 4m down shop; 5m up shop; 6m restart -; 1h wait -",
          "20s ops down shop\n1m20s ops up shop\n2m20s ops down shop\n3m20s ops up shop\n4m20s ops down shop\n"
          "5m20s ops flapping shop\n20m20s ops settled shop\n", NULL },
        /* slowly enough it is no flapping */
        { "0 down shop; 10m up shop; 20m down shop; 30m up shop; 40m down shop; 50m up shop",
          "20s ops down shop\n10m20s ops up shop\n20m20s ops down shop\n30m20s ops up shop\n40m20s ops down shop\n50m20s ops up shop\n",
          NULL },
    };

    (void)state;
    PLAY(rows);
}

/* --- quiet hours, the next owner --------------------------------------------------------------------------------------------------------- */

static void quiet_12_to_20(struct outages *o)
{
    o->rules->owner[0].quiet = (struct calendar_quiet){ .on = true, .from_min = 12 * 60, .until_min = 20 * 60 };
    o->rules->owner[0].remind_ms = 30 * MS_PER_MIN;
}

static void quiet_but_down(struct outages *o)
{
    quiet_12_to_20(o);
    o->rules->owner[0].wake = 1u << NOTICE_DOWN;
}

static void quiet_but_money(struct outages *o)
{
    quiet_12_to_20(o);
    assert_int_equal(strings_add(&o->rules->owner[0].wake_tags, "money"), ERR_OK);
    assert_int_equal(strings_add(&o->site[API]->tags, "money"), ERR_OK);
}

static void quiet_hours_put_off_what_may_not_break_through(void **state)
{
    static const struct row rows[] = {
        { "3h down shop; 4h up shop", "10h ops down shop\n10h ops up shop\n", quiet_12_to_20 },
        { "3h down shop; 10h40m up shop", "10h ops down shop\n10h30m20s ops reminder shop\n10h40m20s ops up shop\n", quiet_12_to_20 },
        { "1h59m50s down shop; 4h up shop", "10h ops down shop\n10h ops up shop\n", quiet_12_to_20 },
        { "3h down shop; 4h up shop", "3h20s ops down shop\n10h ops up shop\n", quiet_but_down },
        { "3h down shop; 3h1m down api; 4h up api", "10h ops down shop\n3h1m20s ops down api\n3h31m40s ops reminder api\n4h20s ops up api\n", quiet_but_money },
    };

    (void)state;
    PLAY(rows);
}

static void boss_after_15m(struct outages *o)
{
    o->rules->owner[0].next = strdup("boss");
    o->rules->owner[0].escalate_ms = 15 * MS_PER_MIN;
    o->rules->owner[1].next = strdup("ops");
    o->rules->owner[1].escalate_ms = 15 * MS_PER_MIN;
}

static void boss_while_ops_sleep(struct outages *o)
{
    boss_after_15m(o);
    quiet_12_to_20(o);
    o->rules->owner[0].remind_ms = 0;
}

#define NOT_ACKED "'ops' has not acknowledged it for 15m\n"

static void what_nobody_acknowledges_goes_to_the_next_owner(void **state)
{
    static const struct row rows[] = {
        { "0 down shop; 2h up shop", "20s ops down shop\n15m20s boss down shop: " NOT_ACKED "2h20s ops up shop\n2h20s boss up shop\n",
          boss_after_15m },
        { "0 down shop; 10m ack shop on it; 2h up shop", "20s ops down shop\n2h20s ops up shop\n", boss_after_15m },
        { "0 down shop; 10m up shop; 2h wait -", "20s ops down shop\n10m20s ops up shop\n", boss_after_15m },
        { "0 down shop; 10m restart -; 2h wait -", "20s ops down shop\n15m20s boss down shop: " NOT_ACKED, boss_after_15m },
        { "3h down shop; 5h up shop",
          "10h ops down shop\n3h15m20s boss down shop: " NOT_ACKED "10h ops up shop\n5h20s boss up shop\n", boss_while_ops_sleep },
    };

    (void)state;
    PLAY(rows);
}

/* --- slow, certificates ---------------------------------------------------------------------------------------------------------------- */

static void told_of_slow(struct outages *o)
{
    o->rules->owner[0].degraded = true;
}

static void slow_sites_are_told_to_who_asks_for_it(void **state)
{
    static const struct row rows[] = {
        { "0 up shop; 1m slow shop; 2m slow shop; 20m up shop", "16m ops degraded shop\n35m ops fine shop\n", told_of_slow },
        { "0 up shop; 1m slow shop; 20m up shop", "", NULL },
        { "0 slow shop; 20m down shop; 30m up shop", "15m ops degraded shop\n20m20s ops down shop\n30m20s ops up shop\n", told_of_slow },
    };

    (void)state;
    PLAY(rows);
}

static void a_certificate_is_told_once_a_step(void **state)
{
    static const struct row rows[] = {
        { "0 cert shop 31d; 1h cert shop 31d", "", NULL },
        { "0 cert shop 20d; 1h up shop; 24h up shop; 25h restart -; 26h up shop; 168h up shop; 169h up shop",
          "15m ops certificate shop\n7d15m ops certificate shop\n", NULL },
        { "0 cert shop 25h; 2h up shop; 3h up shop", "15m ops certificate shop\n", NULL },
        /* two certificates served in turn: one notice each, however often they change */
        { "0 cert shop 20d 1; 5m cert shop 20d 2; 10m cert shop 20d 1; 40m cert shop 20d 2; 50m cert shop 20d 1",
          "15m ops certificate shop\n15m ops certificate shop\n", NULL },
        /* one certificate of many sites: one message */
        { "0 cert shop 6d; 5m cert api 6d; 10m cert cdn 6d",
          "15m ops certificate shop\n15m ops certificate api\n15m ops certificate cdn\n", NULL },
    };

    (void)state;
    PLAY(rows);
}

/* --- our own fault ---------------------------------------------------------------------------------------------------------------------- */

static void our_own_fault_is_told_afterwards_in_one_notice(void **state)
{
    static const struct row rows[] = {
        { "0 up shop; 0 up api; 1m offline -; 1m local shop; 2m local api; 9m online -; 9m up shop; 9m1s up api; 20m wait -",
          "9m21s ops ours\n", NULL },
        { "0 up shop; 1m local shop; 9m up shop", "9m20s ops ours\n", NULL },     /* out of descriptors */
        { "0 up shop; 1m local shop; 65s up shop", "", NULL },                    /* not worth a word */
        { "0 up shop; 1m offline -; 9m online -; 10m wait -", "", NULL },         /* it concerned nobody */
        { "0 down shop; 1m offline -; 2m local shop; 3h online -; 3h1m down shop; 3h59m wait -",
          "20s ops down shop\n3h20s ops reminder shop\n3h1m20s ops ours\n", reminded },
    };
    const struct notice *n;

    (void)state;
    PLAY(rows);
    outages_play(NULL, "0 up shop; 0 up api; 1m offline -; 1m local shop; 1m local api; 9m online -; 9m up shop; 9m up api");
    assert_int_equal(outages_notices(&n), 1);
    assert_int_equal(n->count, 2);
    assert_int_equal(n->since_ms, OUTAGES_T0_MS + MS_PER_MIN);
    assert_int_equal(n->duration_ms, 8 * MS_PER_MIN);
}

/* --- the notices themselves --------------------------------------------------------------------------------------------------------------- */

static void each_notice_has_an_id_of_its_own_and_is_threaded_under_the_first(void **state)
{
    const struct notice *n;
    size_t count, i, k;

    (void)state;
    outages_play(boss_after_15m, "0 down shop; 30m up shop; 40m down shop; 41m up shop; 42m cert shop 5d");
    count = outages_notices(&n);
    assert_int_equal(count, 7);
    for (i = 0; i < count; i++) {
        assert_true(strlen(n[i].id) > 0);
        assert_int_equal(strspn(n[i].id, "0123456789abcdefghijklmnopqrstuvwxyz.-"), strlen(n[i].id));
        for (k = 0; k < i; k++)
            assert_string_not_equal(n[i].id, n[k].id);
    }
    assert_string_equal(n[0].id, "1.0");
    assert_true(n[0].is_first && n[1].is_first && !n[2].is_first && !n[3].is_first && n[4].is_first);
    assert_string_equal(n[2].thread, n[0].id); /* ops */
    assert_string_equal(n[3].thread, n[1].id); /* boss */
    assert_string_equal(n[0].cause, "connection refused");
    assert_int_equal(n[0].phase, PHASE_CONNECT);
    assert_string_equal(n[0].address, "192.0.2.2");
    assert_int_equal(n[2].since_ms, OUTAGES_T0_MS);
    assert_int_equal(n[2].until_ms, OUTAGES_T0_MS + 30 * MS_PER_MIN);
    assert_int_equal(n[2].duration_ms, 30 * MS_PER_MIN);
}

static void a_clock_put_on_or_back_alarms_nobody(void **state)
{
    const struct notice *n;

    (void)state;
    outages_play(NULL, "0 down shop; 5m jump - 24h; 24h10m up shop");
    assert_int_equal(outages_notices(&n), 2);
    assert_int_equal(n[1].duration_ms, 10 * MS_PER_MIN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_outage_is_told_once_and_its_end_once),
        cmocka_unit_test(news_that_come_together_go_together),
        cmocka_unit_test(reminders_come_by_time_and_ever_more_seldom),
        cmocka_unit_test(an_acknowledged_outage_is_quiet_until_it_ends),
        cmocka_unit_test(a_muted_site_is_judged_again_at_the_end),
        cmocka_unit_test(a_paused_site_sends_nothing),
        cmocka_unit_test(maintenance_holds_alarms_and_judges_again_at_its_end),
        cmocka_unit_test(behind_a_router_that_is_down_nobody_is_alarmed),
        cmocka_unit_test(a_parent_is_asked_before_its_child_is_blamed),
        cmocka_unit_test(who_flaps_is_told_once_and_then_how_it_settled),
        cmocka_unit_test(quiet_hours_put_off_what_may_not_break_through),
        cmocka_unit_test(what_nobody_acknowledges_goes_to_the_next_owner),
        cmocka_unit_test(slow_sites_are_told_to_who_asks_for_it),
        cmocka_unit_test(a_certificate_is_told_once_a_step),
        cmocka_unit_test(our_own_fault_is_told_afterwards_in_one_notice),
        cmocka_unit_test(each_notice_has_an_id_of_its_own_and_is_threaded_under_the_first),
        cmocka_unit_test(a_clock_put_on_or_back_alarms_nobody),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
