/* Panes: which has the keys, what each says, and what is acted on from there. */
#include "pane.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "model/curl_line.h"
#include "stage.h"
#include "support/tests.h"

static void enter_shows_all_about_a_site_and_esc_leads_back(void **state)
{
    struct stage *s = *state;

    stage_world(s);
    stage_draw(s, 80, 24);
    stage_keys(s, "j j Enter");
    assert_true(stage_shows(s, "asks     HEAD and GET in turn every 1m, timeout 10s, 3 retries 5s apart"));
    assert_true(stage_shows(s, "legacy-crm  https://crm.example.org/login"));
    assert_false(stage_shows(s, "STATE NAME"));
    stage_keys(s, "j");              /* the grid's cursor moves underneath */
    assert_true(stage_shows(s, "blog  https://blog.example.org/"));
    stage_keys(s, "Esc");
    assert_true(stage_shows(s, "STATE NAME"));
    assert_string_equal(stage_cursor(s), "blog");
}

static void digits_lead_to_panes_and_back(void **state)
{
    struct stage *s = *state;

    stage_world(s);
    stage_draw(s, 80, 24);
    stage_keys(s, "5");
    assert_int_equal(panes_here(&s->app), PANE_CERTS);
    assert_true(stage_shows(s, "EXPIRED  api-eu"));
    stage_keys(s, "1");
    assert_int_equal(panes_here(&s->app), PANE_SITES);
    stage_type(s, ":certs");
    stage_keys(s, "Enter");
    assert_int_equal(panes_here(&s->app), PANE_CERTS);
}

static void tab_goes_round_the_panes_that_are_there(void **state)
{
    struct stage *s = *state;
    int n = 0;

    stage_world(s);
    stage_draw(s, 200, 50);
    do {
        stage_keys(s, "Tab");
        assert_false(panes_is_alone(&s->app));
        stage_draw(s, 200, 50);
        n++;
    } while (panes_here(&s->app) != PANE_SITES && n < 20);
    assert_int_equal(n, s->app.plan.panes.n + 1);
    stage_draw(s, 60, 20);           /* none fits here */
    stage_keys(s, "5");
    assert_true(panes_is_alone(&s->app));
    stage_keys(s, "Tab");            /* of those with a digit */
    assert_true(pane_digit(panes_here(&s->app)));
}

static void a_pane_that_a_smaller_terminal_has_no_room_for_stands_alone(void **state)
{
    struct stage *s = *state;

    stage_world(s);
    stage_draw(s, 200, 50);
    stage_keys(s, "Tab");
    assert_false(panes_is_alone(&s->app));
    stage_draw(s, 80, 24);
    assert_true(panes_is_alone(&s->app));
    assert_false(stage_shows(s, "STATE NAME"));
    stage_draw(s, 200, 50);
    assert_false(panes_is_alone(&s->app));
}

static void keys_for_a_site_act_on_the_one_in_the_pane(void **state)
{
    struct stage *s = *state;

    stage_world(s);
    stage_draw(s, 80, 24);
    stage_keys(s, "5 j j d");        /* the third certificate to end */
    assert_true(stage_shows(s, "delete login? y/N"));
    stage_keys(s, "n Enter");
    assert_int_equal(panes_here(&s->app), PANE_DETAIL);
    assert_string_equal(stage_cursor(s), "login");
}

static void sites_that_share_a_certificate_share_a_line(void **state)
{
    struct stage *s = *state;

    stage_world(s);
    stage_draw(s, 80, 24);
    stage_keys(s, "5");
    assert_true(stage_shows(s, "40d  ci git grafana registry (one certificate, 4 sites)"));
    s->snapshot.row[13].row.certificate_until += 1;
    stage_touch(s, 13);
    stage_take(s);
    assert_false(stage_shows(s, "4 sites"));
}

static void what_is_due_is_counted_second_by_second(void **state)
{
    struct stage *s = *state;
    uint32_t i;

    for (i = 0; i < 40; i++)
        stage_site(s, "a", "https://a.example.org/", STATE_UP)->row.due_ns = STAGE_NOW_NS + (i / 20 + 3) * NS_PER_S;
    stage_take(s);
    stage_draw(s, 80, 24);
    stage_type(s, ":next");
    stage_keys(s, "Enter");
    assert_true(stage_shows(s, "now    ##   "));
    assert_true(stage_shows(s, "at most 20 in a second"));
    for (i = 0; i < 40; i++) {
        s->snapshot.row[i].row.due_ns = i < 5 ? STAGE_NOW_NS + 10 * NS_PER_S : INT64_MAX;
        stage_touch(s, i);
    }
    s->snapshot.now_ns += 2 * NS_PER_S;
    stage_take(s);
    assert_true(stage_shows(s, "now         #    "));
    assert_true(stage_shows(s, "at most 5 in a second"));
}

/* --- the line of curl --------------------------------------------------------------------------------------------- */

static void the_line_of_curl_repeats_the_check_and_tells_no_secret(void **state)
{
    struct stage *s = *state;
    struct snapshot_row *row = stage_site(s, "a", "https://me:secret1@a.example.org/it's?x=1&y=$HOME", STATE_DOWN);
    struct strbuf line = STRBUF_INIT;
    struct options o;

    stage_options(row, &o);
    o.timeout_ms = 2500;
    o.ip = IP_V6;
    o.tls_verify = false;
    o.user = strdup("probe");
    o.password = strdup("secret2");
    o.proxy = PROXY_URL;
    o.proxy_url = strdup("http://p:secret3@proxy.example.org:3128");
    strings_add(&o.headers, "Authorization: Bearer secret4");
    strings_add(&o.headers, "X-Token: secret5");
    strings_add(&o.headers, "X-Probe: 1");
    stage_set_options(row, &o);
    curl_line(&line, row->row.site, (enum method)row->row.method);
    assert_string_equal(line.text,
                        "curl -sSI -m 2.500 -6 -L --max-redirs 10 -k -x 'http://p:***@proxy.example.org:3128' "
                        "-A 'uptimesquirrel/" UPTIME_VERSION "' -H 'Authorization: ***' -H 'X-Token: ***' -H 'X-Probe: 1' "
                        "-u 'probe:***' 'https://me:***@a.example.org/it'\\''s?x=1&y=$HOME'");
    strbuf_release(&line);
}

static void y_copies_the_line(void **state)
{
    struct stage *s = *state;

    stage_world(s);
    stage_draw(s, 80, 24);
    stage_keys(s, "j y");
    assert_string_equal(s->app.copied, "curl -sSI -m 10 -L --max-redirs 10 -A 'uptimesquirrel/" UPTIME_VERSION
                                       "' 'https://api.eu.example.org/'");
    assert_true(stage_shows(s, "copied: curl -sSI"));
}

/* --- how the picture moves ---------------------------------------------------------------------------------------- */

static void a_held_picture_says_so(void **state)
{
    struct stage *s = *state;

    stage_world(s);
    stage_draw(s, 80, 24);
    stage_keys(s, "Z");
    assert_true(s->app.frozen);
    assert_true(stage_shows(s, "FROZEN"));
    stage_keys(s, "Z");
    assert_false(stage_shows(s, "FROZEN"));
}

static void the_cursor_may_stay_on_its_line(void **state)
{
    struct stage *s = *state;

    stage_world(s);
    stage_draw(s, 80, 24);
    stage_keys(s, "j j F");
    assert_string_equal(stage_cursor(s), "legacy-crm");
    stage_set_state(s, 20, STATE_DOWN); /* comes in above */
    stage_take(s);
    assert_string_equal(stage_cursor(s), "api-eu");
    stage_keys(s, "F");
    stage_set_state(s, 19, STATE_DOWN);
    stage_take(s);
    assert_string_equal(stage_cursor(s), "api-eu");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(enter_shows_all_about_a_site_and_esc_leads_back, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(digits_lead_to_panes_and_back, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(tab_goes_round_the_panes_that_are_there, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(a_pane_that_a_smaller_terminal_has_no_room_for_stands_alone, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(keys_for_a_site_act_on_the_one_in_the_pane, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(sites_that_share_a_certificate_share_a_line, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(what_is_due_is_counted_second_by_second, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(the_line_of_curl_repeats_the_check_and_tells_no_secret, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(y_copies_the_line, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(a_held_picture_says_so, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(the_cursor_may_stay_on_its_line, stage_begin, stage_end),
    };

    return cmocka_run_group_tests(tests, stage_locale, NULL);
}
