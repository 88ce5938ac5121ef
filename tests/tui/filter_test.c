/* Which sites a filter shows. */
#include "filter.h"

#include <string.h>

#include "stage.h"
#include "support/tests.h"

static void terms_and_alternatives_choose_the_sites(void **state)
{
    static const struct {
        const char *text, *sites;
    } rows[] = {
        { "crm", "legacy-crm" },
        { "EXAMPLE.NET", "mx-webmail" },
        { "tag=mail", "mx-webmail" },
        { "tag=crm", "legacy-crm intranet erp" },
        { "state=down tag=crm", "legacy-crm" },
        { "tag=crm state=DOWN|maint", "legacy-crm erp" },
        { "state=?", "far-away" },
        { "state=slow", "shop-cart search" },
        { "state=warn", "payments" },
        { "state=degraded", "shop-cart search payments" },
        { "owner=ops state=up", "shop-日本" },
        { "owner=nobody", "" },
        { "blog|docs", "blog docs" },
        { "  blog  ", "blog" },
        { "tag=mail|", "mx-webmail" },
        { "日本", "shop-日本" },
    };
    struct stage *s = *state;
    struct errmsg why;
    size_t i, j;

    stage_world(s);
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        size_t n = 0;

        assert_int_equal(view_set_filter(&s->app.view, &s->snapshot, rows[i].text, &why), ERR_OK);
        for (j = 0; rows[i].sites[j]; j++)
            n += rows[i].sites[j] == ' ';
        assert_string_equal(stage_order(s), rows[i].sites);
        assert_int_equal(s->app.view.sites.n, *rows[i].sites ? n + 1 : 0);
    }
    assert_int_equal(view_set_filter(&s->app.view, &s->snapshot, "", &why), ERR_OK);
    assert_int_equal(s->app.view.sites.n, s->snapshot.counts.total);
}

static void a_term_that_is_still_being_typed_hides_nothing(void **state)
{
    static const char *const texts[] = { "tag=", "state=", "owner=", "state=d" };
    struct stage *s = *state;
    size_t i;

    stage_site(s, "a", "https://a.example.org/", STATE_DOWN);
    stage_take(s);
    for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        assert_int_equal(view_set_filter(&s->app.view, &s->snapshot, texts[i], NULL), ERR_OK);
        assert_string_equal(stage_order(s), "a");
    }
}

static void a_state_that_there_is_not_is_refused_and_the_filter_stays(void **state)
{
    struct stage *s = *state;
    struct errmsg why = ERRMSG_INIT;

    stage_world(s);
    assert_int_equal(view_set_filter(&s->app.view, &s->snapshot, "state=down", &why), ERR_OK);
    assert_int_equal(view_set_filter(&s->app.view, &s->snapshot, "blog state=bogus", &why), ERR_INVALID);
    assert_non_null(strstr(why.text, "'bogus'"));
    assert_int_equal(s->app.view.sites.n, 3);
    assert_string_equal(s->app.view.filter.text, "state=down");
}

static void sites_come_and_go_as_they_begin_and_cease_to_fit(void **state)
{
    struct stage *s = *state;

    stage_world(s);
    assert_int_equal(view_set_filter(&s->app.view, &s->snapshot, "state=check", NULL), ERR_OK);
    assert_string_equal(stage_order(s), "blog");
    stage_set_state(s, 0, STATE_CHECKING);
    stage_take(s);
    assert_string_equal(stage_order(s), "api-eu blog");
    stage_set_state(s, 3, STATE_UP);
    stage_take(s);
    assert_string_equal(stage_order(s), "api-eu");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(terms_and_alternatives_choose_the_sites, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(a_term_that_is_still_being_typed_hides_nothing, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(a_state_that_there_is_not_is_refused_and_the_filter_stays, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(sites_come_and_go_as_they_begin_and_cease_to_fit, stage_begin, stage_end),
    };

    return cmocka_run_group_tests(tests, stage_locale, NULL);
}
