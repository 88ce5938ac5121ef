/* The list in order, placed one by one, against the same list sorted whole. */
#include "order.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "columns.h"
#include "stage.h"
#include "support/memory.h"
#include "support/random.h"
#include "support/tests.h"

static void names_are_sorted_as_people_sort_them(void **state)
{
    static const char *const sorted[] = {
        "", "a", "a1", "a2", "a10", "a10b", "a010c", "api", "API2", "b", "shop", "Shop-a", "shop-b", "web1", "web2.example", "web10.example",
    };
    size_t i, j;

    (void)state;
    for (i = 0; i < sizeof(sorted) / sizeof(sorted[0]); i++)
        for (j = 0; j < sizeof(sorted) / sizeof(sorted[0]); j++) {
            int c = order_compare_names(sorted[i], sorted[j]);

            assert_int_equal((c > 0) - (c < 0), (i > j) - (i < j));
        }
    assert_true(order_compare_names("A", "a") != 0);
    assert_true(order_compare_names("web01", "web1") != 0);
}

static bool all(const void *context, const struct snapshot_row *row)
{
    (void)context;
    (void)row;
    return true;
}

static bool not_paused(const void *context, const struct snapshot_row *row)
{
    (void)context;
    return !row->row.state.paused;
}

static void same(const struct order *a, const struct order *b)
{
    assert_int_equal(a->n, b->n);
    assert_memory_equal(a->id, b->id, a->n * sizeof(*a->id));
}

static void change_something(struct stage *s, struct random *r)
{
    uint32_t n = (uint32_t)s->snapshot.nrow, id = n ? (uint32_t)random_below(r, n) : 0;
    char name[32], url[64];
    struct snapshot_row *row;

    switch (random_below(r, 8)) {
    case 0: case 1:
        snprintf(name, sizeof(name), "s%u", (unsigned)random_below(r, 500));
        snprintf(url, sizeof(url), "https://%s.example.org/", name);
        row = stage_site(s, name, url, STATE_NEW);
        row->row.latency_us = (uint32_t)random_below(r, 5);
        break;
    case 2:
        if (n && s->snapshot.row[id].row.generation)
            stage_remove(s, id);
        break;
    default:
        if (!n || !s->snapshot.row[id].row.generation)
            break;
        stage_set_state(s, id, (enum state)random_below(r, STATE_COUNT));
        s->snapshot.row[id].row.since_ns += (int64_t)random_below(r, 10);
        s->snapshot.row[id].row.latency_us = (uint32_t)random_below(r, 5);
    }
}

static void placing_one_by_one_is_the_same_as_sorting_all(void **state)
{
    static const enum column columns[] = { COLUMN_STATE, COLUMN_NAME, COLUMN_LAST, COLUMN_FOR, COLUMN_URL };
    struct stage *s = *state;
    struct random random = { 5 };
    size_t c;

    for (c = 0; c < 2 * sizeof(columns) / sizeof(columns[0]); c++) {
        order_key_fn *key = column_key(columns[c / 2]);
        struct order step, whole;
        int round;

        order_init(&step, key, not_paused, NULL);
        order_init(&whole, key, not_paused, NULL);
        step.inverted = whole.inverted = c % 2;
        assert_int_equal(order_rebuild(&step, &s->snapshot), ERR_OK);
        for (round = 0; round < 150; round++) {
            uint64_t n = random_below(&random, 12), i;

            while (n--)
                change_something(s, &random);
            assert_int_equal(order_update(&step, &s->snapshot), ERR_OK);
            assert_int_equal(order_rebuild(&whole, &s->snapshot), ERR_OK);
            same(&step, &whole);
            for (i = 0; i < step.n; i++)
                assert_int_equal(order_find(&step, &s->snapshot, step.id[i]), i);
            s->snapshot.nchanged = 0;
        }
        order_release(&step);
        order_release(&whole);
    }
}

static void what_is_not_known_comes_last_either_way_round(void **state)
{
    struct stage *s = *state;
    struct order o;
    int i;

    stage_site(s, "slow", "https://slow.example.org/", STATE_UP)->row.latency_us = 9000;
    stage_site(s, "unknown", "https://unknown.example.org/", STATE_NEW);
    stage_site(s, "fast", "https://fast.example.org/", STATE_UP)->row.latency_us = 10;
    order_init(&o, column_key(COLUMN_LAST), all, NULL);
    for (i = 0; i < 2; i++) {
        o.inverted = i;
        assert_int_equal(order_rebuild(&o, &s->snapshot), ERR_OK);
        assert_string_equal(s->snapshot.row[o.id[0]].row.site->name, i ? "fast" : "slow");
        assert_string_equal(s->snapshot.row[o.id[2]].row.site->name, "unknown");
    }
    order_release(&o);
}

static void names_are_turned_round_too(void **state)
{
    struct stage *s = *state;
    struct order o;
    int i;

    stage_site(s, "a", "https://a.example.org/", STATE_UP);
    stage_site(s, "b", "https://b.example.org/", STATE_UP);
    order_init(&o, column_key(COLUMN_NAME), all, NULL);
    for (i = 0; i < 2; i++) {
        o.inverted = i;
        assert_int_equal(order_rebuild(&o, &s->snapshot), ERR_OK);
        assert_string_equal(s->snapshot.row[o.id[0]].row.site->name, i ? "b" : "a");
    }
    order_release(&o);
}

static void without_memory_the_list_is_empty_and_comes_back(void **state)
{
    struct stage *s = *state;
    struct order o;
    int i;

    order_init(&o, column_key(COLUMN_STATE), all, NULL);
    for (i = 0; i < 300; i++) {
        stage_site(s, "a", "https://a.example.org/", STATE_UP);
        if (i == 20)
            assert_int_equal(order_update(&o, &s->snapshot), ERR_OK);
    }
    memory_fail(1);
    assert_int_equal(order_update(&o, &s->snapshot), ERR_NOMEM);
    assert_true(memory_failed());
    assert_int_equal(o.n, 0);
    assert_true(order_find(&o, &s->snapshot, 3) == SIZE_MAX);
    s->snapshot.nchanged = 0;
    assert_int_equal(order_update(&o, &s->snapshot), ERR_OK);
    assert_int_equal(o.n, 300);
    order_release(&o);
}

static unsigned keys_made;

static struct order_key counted_key(const struct snapshot_row *row)
{
    keys_made++;
    return column_key(COLUMN_STATE)(row);
}

/* Counted, not timed. */
static void a_refresh_looks_at_what_changed_and_no_more(void **state)
{
    struct stage *s = *state;
    struct order o;
    uint32_t i;

    for (i = 0; i < 5000; i++) {
        char name[32], url[64];

        snprintf(name, sizeof(name), "site%u", (unsigned)i);
        snprintf(url, sizeof(url), "https://%s.example.org/", name);
        stage_site(s, name, url, STATE_UP);
        s->snapshot.nchanged = 0;
    }
    order_init(&o, counted_key, all, NULL);
    assert_int_equal(order_rebuild(&o, &s->snapshot), ERR_OK);
    keys_made = 0;
    for (i = 0; i < 1000; i++) {
        stage_set_state(s, i, i % 2 ? STATE_DOWN : STATE_UP);
        assert_int_equal(order_update(&o, &s->snapshot), ERR_OK);
        s->snapshot.nchanged = 0;
    }
    assert_int_equal(keys_made, 1000);
    assert_int_equal(o.n, 5000);
    order_release(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_sorted_as_people_sort_them),
        cmocka_unit_test_setup_teardown(placing_one_by_one_is_the_same_as_sorting_all, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(what_is_not_known_comes_last_either_way_round, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(names_are_turned_round_too, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(without_memory_the_list_is_empty_and_comes_back, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(a_refresh_looks_at_what_changed_and_no_more, stage_begin, stage_end),
    };

    return cmocka_run_group_tests(tests, stage_locale, NULL);
}
