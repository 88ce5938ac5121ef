/* Alarms on the screen: the panes Alerts and Outbox, and what people say of outages. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "stage.h"
#include "support/tests.h"

static struct snapshot_row *down(struct stage *s, const char *name, const char *url)
{
    struct snapshot_row *row = stage_site(s, name, url, STATE_DOWN);

    row->row.outcome = OUTCOME_REFUSED;
    return row;
}

static struct alert *tell(struct stage *s, const struct snapshot_row *row)
{
    struct alert *a = &s->alert[s->nalert++];

    *a = (struct alert){ .site_id = row->row.id, .generation = row->row.generation, .incident_id = 7, .down = true, .told = true,
                         .since_ms = STAGE_NOW_MS - 40 * MS_PER_MIN };
    snprintf(a->site, sizeof(a->site), "%s", row->row.site->name);
    snprintf(a->cause, sizeof(a->cause), "connection refused");
    snprintf(a->owners, sizeof(a->owners), "ops, boss");
    s->revision++;
    return a;
}

static void the_pane_tells_who_is_down_who_was_told_and_who_took_it_on(void **state)
{
    struct stage *s = *state;
    struct alert *a = tell(s, down(s, "shop", "https://shop.example.org/")), *b;

    snprintf(a->ack_by, sizeof(a->ack_by), "sam");
    snprintf(a->ack_note, sizeof(a->ack_note), "renewing it");
    a->acked_ms = STAGE_NOW_MS;
    b = tell(s, down(s, "erp", "https://erp.example.org/"));
    b->told = false;
    b->hold = HOLD_PARENT;
    stage_take(s);
    stage_draw(s, 120, 20);
    stage_keys(s, "2");
    assert_true(stage_shows(s, "Alerts: 2, 1 not acknowledged"));
    assert_true(stage_shows(s, "DOWN  shop                   40m ACK sam"));
    assert_true(stage_shows(s, "connection refused (renewing it)"));
    assert_true(stage_shows(s, "ops, boss"));
    assert_true(stage_shows(s, "not told: what it depends on is down"));
}

static void what_somebody_took_on_rings_no_bell_and_comes_last(void **state)
{
    struct stage *s = *state;
    struct snapshot_row *shop, *erp;

    stage_take(s);
    shop = down(s, "shop", "https://shop.example.org/");
    tell(s, shop)->acked_ms = STAGE_NOW_MS;
    s->app.bell = false;
    stage_take(s);
    assert_false(s->app.bell);
    erp = down(s, "erp", "https://erp.example.org/");
    tell(s, erp);
    stage_take(s);
    assert_true(s->app.bell);
    stage_draw(s, 160, 20);
    assert_non_null(strstr(stage_line(s, 1), "ALERT erp DOWN"));
    assert_null(strstr(stage_line(s, 1), " more"));    /* ! goes to one */
    assert_non_null(strstr(stage_line(s, 1), "[!]"));
    stage_keys(s, "!");
    assert_string_equal(stage_cursor(s), "erp");
    stage_keys(s, "!");
    assert_string_equal(stage_cursor(s), "erp");       /* the other one is taken care of */
}

static void the_log_tells_what_people_did(void **state)
{
    struct stage *s = *state;
    struct alert *a = tell(s, down(s, "shop", "https://shop.example.org/"));

    stage_take(s);
    stage_draw(s, 100, 20);
    stage_keys(s, "3");
    assert_false(stage_shows(s, "ACK"));               /* it was so when we came */
    a->acked_ms = STAGE_NOW_MS;
    snprintf(a->ack_by, sizeof(a->ack_by), "sam");
    snprintf(a->ack_note, sizeof(a->ack_note), "renewing it");
    a->mute_until_ms = STAGE_NOW_MS + 15 * MS_PER_MIN;
    s->revision++;
    stage_take(s);
    stage_draw(s, 100, 20);
    assert_true(stage_shows(s, "shop                 ACK   by sam: renewing it"));
    assert_true(stage_shows(s, "shop                 MUTE  for 15m"));
    a->mute_until_ms = 0;
    s->revision++;
    stage_take(s);
    stage_draw(s, 100, 20);
    assert_true(stage_shows(s, "shop                 MUTE  no longer"));
}

static void outages_are_acknowledged_muted_and_put_under_maintenance(void **state)
{
    struct stage *s = *state;

    down(s, "shop", "https://shop.example.org/");
    stage_take(s);
    stage_draw(s, 100, 20);
    stage_keys(s, "A");
    stage_type(s, "on it");
    stage_keys(s, "Enter");
    assert_non_null(strstr(s->asked.text, "ack 0."));
    assert_non_null(strstr(s->asked.text, "note: on it"));
    stage_keys(s, "m");
    stage_type(s, "15m");                              /* in the place of what was proposed */
    stage_keys(s, "Enter");
    assert_non_null(strstr(s->asked.text, " 900000"));
    stage_keys(s, "M Enter");
    assert_non_null(strstr(s->asked.text, " 3600000"));
    stage_keys(s, "m Ctrl-U");
    stage_type(s, "soon");
    stage_keys(s, "Enter");
    assert_true(stage_shows(s, "soon"));               /* the prompt is still there */
}

static void who_is_up_has_nothing_to_be_acknowledged(void **state)
{
    struct stage *s = *state;

    stage_site(s, "shop", "https://shop.example.org/", STATE_UP);
    stage_take(s);
    stage_draw(s, 100, 20);
    stage_keys(s, "A");
    assert_true(stage_shows(s, "shop is not down"));
    assert_null(strstr(s->asked.text, "ack"));
}

static void messages_are_shown_sent_now_and_dropped(void **state)
{
    struct stage *s = *state;

    s->message[0] = (struct outbox_item){ .id = 4, .state = OUTBOX_WAITING, .tries = 2, .next_ms = STAGE_NOW_MS + 41000, .owner = "ops",
                                          .channel = "sms", .subject = "down mx-webmail", .error = "503 from gateway" };
    s->message[1] = (struct outbox_item){ .id = 3, .state = OUTBOX_SENT, .tries = 1, .ended_ms = STAGE_NOW_MS - 1000, .owner = "ops",
                                          .channel = "email", .subject = "up blog", .error = "250 OK" };
    s->nmessage = 2;
    s->revision++;
    stage_site(s, "shop", "https://shop.example.org/", STATE_UP);
    stage_take(s);
    stage_draw(s, 100, 20);
    stage_keys(s, "4");
    assert_true(stage_shows(s, "Outbox: 1 waiting"));
    assert_true(stage_shows(s, "waiting    in 41s try 2   ops sms            down mx-webmail: 503 from gateway"));
    assert_true(stage_shows(s, "sent     12:41:08 try 1   ops email          up blog: 250 OK"));
    stage_keys(s, "r");
    assert_non_null(strstr(s->asked.text, "send message 4"));
    stage_keys(s, "d n");
    assert_null(strstr(s->asked.text, "drop message"));
    stage_keys(s, "d y");
    assert_non_null(strstr(s->asked.text, "drop message 4"));
    stage_keys(s, "j r");
    assert_true(stage_shows(s, "it is over: sent"));
}

#define ON_STAGE(test) cmocka_unit_test_setup_teardown(test, stage_begin, stage_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_STAGE(the_pane_tells_who_is_down_who_was_told_and_who_took_it_on),
        ON_STAGE(what_somebody_took_on_rings_no_bell_and_comes_last),
        ON_STAGE(the_log_tells_what_people_did),
        ON_STAGE(outages_are_acknowledged_muted_and_put_under_maintenance),
        ON_STAGE(who_is_up_has_nothing_to_be_acknowledged),
        ON_STAGE(messages_are_shown_sent_now_and_dropped),
    };

    return cmocka_run_group_tests(tests, stage_locale, NULL);
}
