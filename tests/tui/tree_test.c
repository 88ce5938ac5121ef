/* The list as a tree: what belongs where, folds, and keys that act on groups. */
#include "forest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stage.h"
#include "support/memory.h"
#include "support/random.h"
#include "support/tests.h"

/* --- a world with tags and dependencies --------------------------------------------------------------------------- */

static struct snapshot_row *row_of(struct stage *s, const char *name)
{
    size_t i;

    for (i = 0; i < s->snapshot.nrow; i++)
        if (s->snapshot.row[i].row.generation && !strcmp(s->snapshot.row[i].row.site->name, name))
            return &s->snapshot.row[i];
    fail_msg("nobody is called %s", name);
    return NULL;
}

/* Adds words, blank separated, to the tags or what it depends on; "" takes all away. */
static void put_words(struct stage *s, const char *name, bool tags, const char *words)
{
    struct snapshot_row *row = row_of(s, name);
    struct strings *list;
    struct options o;

    stage_options(row, &o);
    list = tags ? &o.tags : &o.depends_on;
    if (!*words)
        strings_release(list);
    while (*words) {
        char word[64];
        size_t n = strcspn(words, " ");

        snprintf(word, sizeof(word), "%.*s", (int)n, words);
        assert_int_equal(strings_add(list, word), ERR_OK);
        words += n + strspn(words + n, " ");
    }
    stage_set_options(row, &o);
    stage_touch(s, row->row.id);
}

static void tagged(struct stage *s, const char *name, const char *tags)
{
    put_words(s, name, true, tags);
}

static void depends(struct stage *s, const char *name, const char *on)
{
    put_words(s, name, false, on);
}

static void put_world(struct stage *s)
{
    stage_world(s);
    tagged(s, "payments", "money");
    tagged(s, "shop-cart", "money");
    tagged(s, "old-wiki", "");
    tagged(s, "stale", "");
    tagged(s, "cdn-asset", "");
    depends(s, "git", "intranet");
    depends(s, "ci", "git registry");
    depends(s, "registry", "git");
    depends(s, "grafana", "ci");
    depends(s, "legacy-crm", "intranet");
    depends(s, "erp", "legacy-crm");
    depends(s, "shop-cart", "cdn-asset");
    depends(s, "payments", "cdn-asset");
    depends(s, "media", "cdn-asset");
    depends(s, "search", "git");
    depends(s, "blog", "status-page");
    stage_take(s);
}

/* The lines of the tree, groups in brackets with '+' if folded, depth by dots: "[shop] .api-eu ..git". */
static const char *lines(struct stage *s)
{
    static struct strbuf text = STRBUF_INIT;
    struct view *v = &s->app.view;
    size_t i;
    uint32_t d;

    strbuf_release(&text);
    for (i = 0; i < view_lines(v); i++) {
        struct view_line l = view_line(v, i);

        strbuf_adds(&text, i ? " " : "");
        for (d = 1; d < l.depth; d++)
            strbuf_addc(&text, '.');
        if (l.header)
            strbuf_addf(&text, "[%s%s]", l.folded ? "+" : "", view_group_name(v, forest_group(&v->tree, l.group)));
        else
            strbuf_addf(&text, "%s%s", l.folded ? "+" : "", s->snapshot.row[l.id].row.site->name);
    }
    return text.text ? text.text : "";
}

static void few(struct stage *s)
{
    static const char *const names[] = { "a", "b", "c", "d", "e" };
    size_t i;

    for (i = 0; i < 5; i++) {
        char url[64];

        snprintf(url, sizeof(url), "https://%s.example.org/", names[i]);
        stage_site(s, names[i], url, STATE_UP);
    }
    tagged(s, "a", "eu");
    tagged(s, "b", "eu money eu");
    tagged(s, "c", "money");
    tagged(s, "d", "us");
    stage_take(s);
    stage_draw(s, 80, 24);
}

/* --- what belongs where ------------------------------------------------------------------------------------------- */

static void a_site_stands_under_each_of_its_tags_and_those_without_come_last(void **state)
{
    struct stage *s = *state;

    few(s);
    stage_keys(s, "t");
    assert_string_equal(lines(s), "[eu] a b [money] b c [us] d [no tag] e");
    stage_set_state(s, 2, STATE_DOWN);
    stage_take(s);
    assert_string_equal(lines(s), "[money] c b [eu] a b [us] d [no tag] e"); /* worst first, within groups and among them */
    stage_set_state(s, 4, STATE_DOWN);
    stage_take(s);
    assert_string_equal(lines(s), "[money] c b [eu] a b [us] d [no tag] e"); /* whatever its state */
    stage_keys(s, "t t");
    assert_int_equal(s->app.view.tree.kind, TREE_OFF);
    assert_int_equal(view_lines(&s->app.view), 5);
}

static void groups_come_in_the_order_of_the_list(void **state)
{
    static const uint32_t latency[] = { 10, 50, 30, 40, 0 };
    struct stage *s = *state;
    uint32_t i;

    few(s);
    for (i = 0; i < 5; i++) {
        s->snapshot.row[i].row.latency_us = latency[i] * 1000;
        stage_touch(s, i);
    }
    stage_take(s);
    stage_type(s, ":tree tag");
    stage_keys(s, "Enter");
    stage_type(s, ":sort LAST");
    stage_keys(s, "Enter");
    assert_string_equal(lines(s), "[eu] b a [money] b c [us] d [no tag] e"); /* the slowest group first */
    stage_keys(s, "I");
    assert_string_equal(lines(s), "[eu] a b [money] c b [us] d [no tag] e");
    stage_type(s, ":sort NAME");
    stage_keys(s, "Enter I");
    assert_string_equal(lines(s), "[us] d [money] c b [eu] b a [no tag] e");
}

static void what_depends_on_a_site_hangs_below_it(void **state)
{
    struct stage *s = *state;

    few(s);
    depends(s, "b", "a");
    depends(s, "c", "b a");
    depends(s, "d", "nobody a");     /* the first that is there */
    stage_take(s);
    stage_type(s, ":tree dependency");
    stage_keys(s, "Enter");
    assert_string_equal(lines(s), "[a] a .b ..c .d [no dependency] e");
    stage_set_state(s, 2, STATE_DOWN);
    stage_take(s);
    assert_string_equal(lines(s), "[a] a .b ..c .d [no dependency] e");
    stage_remove(s, 0);
    stage_take(s);
    assert_string_equal(lines(s), "[b] b .c [no dependency] d e");
}

static void a_ring_of_dependencies_is_cut(void **state)
{
    struct stage *s = *state;

    few(s);
    depends(s, "a", "b");
    depends(s, "b", "c");
    depends(s, "c", "a");
    depends(s, "d", "a d");
    depends(s, "e", "e");
    stage_take(s);
    stage_keys(s, "t t");
    assert_string_equal(lines(s), "[a] a .c ..b .d [no dependency] e");
}

static void the_filter_leaves_what_it_shows_where_it_is(void **state)
{
    struct stage *s = *state;

    few(s);
    depends(s, "b", "a");
    depends(s, "c", "b");
    stage_take(s);
    stage_keys(s, "t t \\");
    stage_type(s, "tag=money");
    assert_string_equal(lines(s), "[a] b .c"); /* though a is hidden */
    stage_keys(s, "Ctrl-U");
    stage_type(s, "c.example");
    assert_string_equal(lines(s), "[a] c");
    stage_keys(s, "Esc t t");
    assert_string_equal(lines(s), "[eu] a b [money] b c [us] d [no tag] e");
}

/* --- any change, against a layout from nothing -------------------------------------------------------------------- */

static void change_something(struct stage *s, struct random *r)
{
    static const char *const words[] = { "", "x", "y", "z x", "x y", "w" };
    uint32_t n = (uint32_t)s->snapshot.nrow, id = n ? (uint32_t)random_below(r, n) : 0;
    bool there = n && s->snapshot.row[id].row.generation;
    char name[32], url[64];

    switch (random_below(r, there ? 8 : 1)) {
    case 0: case 1:
        snprintf(name, sizeof(name), "s%u", (unsigned)random_below(r, 100000));
        snprintf(url, sizeof(url), "https://%s.example.org/", name);
        stage_site(s, name, url, STATE_NEW);
        break;
    case 2:
        stage_remove(s, id);
        break;
    case 3:
        tagged(s, s->snapshot.row[id].row.site->name, words[random_below(r, 6)]);
        break;
    case 4: {
        const struct row *other = &s->snapshot.row[random_below(r, n)].row;

        if (other->generation)
            depends(s, s->snapshot.row[id].row.site->name, random_below(r, 3) ? other->site->name : "");
        break;
    }
    default:
        stage_set_state(s, id, (enum state)random_below(r, STATE_COUNT));
        s->snapshot.row[id].row.since_ns += (int64_t)random_below(r, 10);
    }
}

static size_t memberships(const struct stage *s, uint32_t id)
{
    const struct strings *tags = &s->snapshot.row[id].row.site->options->tags;
    size_t n = 0, i, k;

    for (i = 0; i < tags->n; i++) {
        for (k = 0; k < i && strcmp(tags->item[i], tags->item[k]) != 0; k++)
            ;
        n += k == i;
    }
    return n ? n : 1;
}

/* Everything is there as often as it should be, and the numbers of groups add up. */
static void is_whole(struct stage *s)
{
    const struct view *v = &s->app.view;
    size_t wanted = 0, members = 0, counted = 0, i;
    uint32_t g;

    for (i = 0; i < v->sites.n; i++)
        wanted += v->tree.kind == TREE_TAG ? memberships(s, v->sites.id[i]) : 1;
    for (g = 0; g < v->tree.nshown; g++) {
        const struct group *group = forest_group(&v->tree, v->tree.shown[g]);

        assert_int_equal(group->first, members);
        members += group->n;
        for (i = 0, counted = 0; i < STATE_COUNT; i++)
            counted += group->counts.state[i];
        assert_int_equal(counted, group->n);
        assert_true(v->tree.line[group->line].member == TREE_HEADER && v->tree.line[group->line].group == v->tree.shown[g]);
    }
    assert_int_equal(members, wanted);
    assert_int_equal(v->tree.nmember, wanted);
    for (i = 0; i < view_lines(v); i++) {
        struct view_line l = view_line(v, i);

        if (!l.header)
            assert_int_equal(forest_find(&v->tree, l.id, l.group), i);
    }
}

static void step_by_step_it_is_as_laid_out_from_nothing(void **state)
{
    static const enum column columns[] = { COLUMN_STATE, COLUMN_NAME, COLUMN_LAST };
    struct stage *s = *state;
    struct random random = { 17 };
    int round;

    stage_draw(s, 80, 24);
    for (round = 0; round < 600; round++) {
        uint64_t n = random_below(&random, 8);
        char *before;

        if (round % 100 == 0) {
            view_set_sort(&s->app.view, &s->snapshot, columns[round / 100 % 3], round % 200 == 0);
            view_set_tree(&s->app.view, &s->snapshot, round / 300 ? TREE_DEPENDENCY : TREE_TAG);
        }
        if (random_below(&random, 10) == 0)
            stage_keys(s, random_below(&random, 2) ? "_" : "=");
        stage_keys(s, random_below(&random, 2) ? "j -" : "k +");
        while (n--)
            change_something(s, &random);
        stage_take(s);
        before = strdup(lines(s));
        view_set_tree(&s->app.view, &s->snapshot, s->app.view.tree.kind);
        assert_string_equal(lines(s), before);
        free(before);
        is_whole(s);
    }
}

static void without_memory_it_is_the_plain_list_until_there_is_some(void **state)
{
    struct stage *s = *state;
    unsigned n;

    few(s);
    for (n = 1; n < 40; n++) {
        stage_site(s, "more", "https://more.example.org/", STATE_UP);
        memory_fail(n);
        view_set_tree(&s->app.view, &s->snapshot, n % 2 ? TREE_TAG : TREE_DEPENDENCY);
        view_take(&s->app.view, &s->snapshot);
        memory_failed();
        stage_draw(s, 80, 24);
        stage_take(s);
        assert_true(forest_is_on(&s->app.view.tree));
        assert_true(view_lines(&s->app.view) > s->app.view.sites.n);
        forest_release(&s->app.view.tree);
    }
}

/* --- folds and the cursor ----------------------------------------------------------------------------------------- */

static void folds_hold_whatever_happens_to_the_list(void **state)
{
    struct stage *s = *state;

    few(s);
    stage_keys(s, "t j j - ");
    assert_string_equal(lines(s), "[+eu] [money] b c [us] d [no tag] e");
    assert_string_equal(stage_cursor(s), ""); /* on the header */
    stage_set_state(s, 3, STATE_DOWN);
    stage_take(s);
    stage_keys(s, "> I");
    stage_site(s, "f", "https://f.example.org/", STATE_UP);
    tagged(s, "f", "eu");
    stage_take(s);
    stage_type(s, ":sort STATE");
    stage_keys(s, "Enter");
    assert_string_equal(lines(s), "[us] d [+eu] [money] b c [no tag] e");
    stage_remove(s, 0);
    stage_remove(s, 1);
    stage_remove(s, 5);
    stage_take(s);
    assert_string_equal(lines(s), "[us] d [money] c [no tag] e");
    stage_site(s, "a", "https://a.example.org/", STATE_UP);
    tagged(s, "a", "eu");
    stage_take(s);
    assert_string_equal(lines(s), "[us] d [+eu] [money] c [no tag] e");
    stage_keys(s, "t t t");          /* each kind has its own */
    assert_string_equal(lines(s), "[us] d [+eu] [money] c [no tag] e");
    stage_keys(s, "_");
    assert_string_equal(lines(s), "[+us] [+eu] [+money] [+no tag]");
    stage_keys(s, "=");
    assert_string_equal(lines(s), "[us] d [eu] a [money] c [no tag] e");
}

static void plus_and_minus_and_enter_fold_what_the_cursor_is_on(void **state)
{
    struct stage *s = *state;

    few(s);
    depends(s, "b", "a");
    depends(s, "c", "b");
    depends(s, "d", "b");
    stage_take(s);
    stage_keys(s, "t t j j j");
    assert_string_equal(lines(s), "[a] a .b ..c ..d [no dependency] e");
    assert_string_equal(stage_cursor(s), "c");
    stage_keys(s, "-");              /* the group that it is in */
    assert_string_equal(lines(s), "[a] a .+b [no dependency] e");
    assert_string_equal(stage_cursor(s), "b");
    assert_true(stage_shows(s, "+ b (2) "));
    assert_true(stage_shows(s, "below: UP 2"));
    stage_set_state(s, 2, STATE_DOWN);
    stage_take(s);
    assert_non_null(strstr(stage_draw(s, 40, 12), "below: D1 U1")); /* no fold hides trouble */
    stage_set_state(s, 2, STATE_UP);
    stage_take(s);
    stage_draw(s, 80, 24);
    stage_keys(s, "-");
    assert_string_equal(lines(s), "[+a] [no dependency] e");
    stage_keys(s, "- +");
    assert_string_equal(lines(s), "[a] a .+b [no dependency] e");
    stage_keys(s, "Enter");
    assert_string_equal(lines(s), "[+a] [no dependency] e");
    stage_keys(s, "Enter j j +");
    assert_string_equal(lines(s), "[a] a .b ..c ..d [no dependency] e");
    assert_string_equal(stage_cursor(s), "b");
    stage_keys(s, "t");
    stage_keys(s, "+");
    assert_true(stage_shows(s, "t shows the list as a tree, which has folds"));
}

static void search_and_trouble_unfold_what_they_find(void **state)
{
    struct stage *s = *state;

    few(s);
    stage_keys(s, "t _");
    stage_set_state(s, 2, STATE_DOWN);
    stage_take(s);
    assert_string_equal(lines(s), "[+money] [+eu] [+us] [+no tag]");
    stage_keys(s, "!");
    assert_string_equal(lines(s), "[money] c b [+eu] [+us] [+no tag]");
    assert_string_equal(stage_cursor(s), "c");
    stage_keys(s, "/");
    stage_type(s, "b.example");
    stage_keys(s, "Enter");
    assert_int_equal(s->app.view.at, 2);
    stage_keys(s, "n");              /* the same site under its other tag */
    assert_string_equal(lines(s), "[money] c b [eu] a b [+us] [+no tag]");
    assert_int_equal(s->app.view.at, 5);
    stage_keys(s, "N");
    assert_int_equal(s->app.view.at, 2);
    stage_keys(s, "g n");
    assert_int_equal(s->app.view.at, 2);
    stage_keys(s, "g N");
    assert_int_equal(s->app.view.at, 5);
    stage_keys(s, "j /");
    stage_type(s, "zzz");
    stage_keys(s, "Esc");
    assert_int_equal(s->app.view.at, 6); /* back on the header */
}

static void a_search_goes_back_to_the_site_when_the_tree_became_another_meanwhile(void **state)
{
    struct stage *s = *state;
    char tag[16];
    int i;

    few(s);
    for (i = 0; i < 100; i++) {
        snprintf(tag, sizeof(tag), "tag%02d", i);
        tagged(s, "a", tag);
    }
    stage_take(s);
    stage_keys(s, "t _ G k /");
    assert_true(s->app.mark_before.on_group);
    assert_true(s->app.mark_before.group >= 32);
    stage_type(s, "zz");
    s->settings.screen.tree = TREE_DEPENDENCY;
    app_take_settings(&s->app);
    stage_keys(s, "Esc");
    assert_string_equal(stage_cursor(s), s->snapshot.row[s->app.mark_before.id].row.site->name);
}

static void the_cursor_goes_with_its_site_and_with_its_group(void **state)
{
    struct stage *s = *state;

    few(s);
    stage_keys(s, "t j j j j j");    /* c, in money */
    assert_string_equal(stage_cursor(s), "c");
    stage_set_state(s, 3, STATE_DOWN);
    stage_take(s);
    assert_string_equal(lines(s), "[us] d [eu] a b [money] b c [no tag] e");
    assert_string_equal(stage_cursor(s), "c");
    stage_keys(s, "k");              /* b, in money: not that in eu */
    stage_set_state(s, 0, STATE_DOWN);
    stage_set_state(s, 3, STATE_UP);
    stage_take(s);
    assert_string_equal(lines(s), "[eu] a b [money] b c [us] d [no tag] e");
    assert_int_equal(s->app.view.at, 4);
    stage_keys(s, "{");
    assert_int_equal(s->app.view.at, 3);
    stage_set_state(s, 0, STATE_UP);
    stage_set_state(s, 2, STATE_DOWN);
    stage_take(s);
    assert_int_equal(s->app.view.at, 0); /* money came first */
    assert_string_equal(view_group(&s->app.view)->name, "money");
}

static void braces_go_from_group_to_group_and_from_state_to_state(void **state)
{
    struct stage *s = *state;

    few(s);
    stage_set_state(s, 1, STATE_DOWN);
    stage_set_state(s, 2, STATE_DOWN);
    stage_set_state(s, 3, STATE_CHECKING);
    stage_take(s);
    stage_keys(s, "}");
    assert_string_equal(stage_cursor(s), "d");
    stage_keys(s, "}");
    assert_string_equal(stage_cursor(s), "a");
    stage_keys(s, "} } {");
    assert_string_equal(stage_cursor(s), "d");
    stage_keys(s, "{ {");
    assert_int_equal(s->app.view.at, 0);
    stage_keys(s, "t g }");
    assert_true(s->app.view.on_group);
    stage_keys(s, "j {");
    assert_true(s->app.view.on_group);
    stage_keys(s, "{ { {");
    assert_int_equal(s->app.view.at, 0);
    stage_keys(s, "G } }");
    assert_string_equal(stage_cursor(s), "e");
}

/* --- acting on groups --------------------------------------------------------------------------------------------- */

static void what_acts_on_a_site_acts_on_all_of_a_group(void **state)
{
    struct stage *s = *state;

    few(s);
    stage_keys(s, "t _ r");
    assert_non_null(strstr(s->asked.text, "check 0."));
    assert_non_null(strstr(s->asked.text, "check 1."));
    assert_null(strstr(s->asked.text, "check 2."));
    assert_true(stage_shows(s, "checking 2 sites of eu"));
    strbuf_reset(&s->asked);
    stage_keys(s, "d");
    assert_true(stage_shows(s, "delete 2 sites of eu? y/N"));
    stage_keys(s, "n");
    assert_string_equal(s->asked.text, "");
    stage_keys(s, "d y");
    assert_string_equal(s->asked.text, "remove a b\n");
    strbuf_reset(&s->asked);
    stage_keys(s, "m Enter");
    assert_non_null(strstr(s->asked.text, "mute 0."));
    assert_non_null(strstr(s->asked.text, "mute 1."));
    strbuf_reset(&s->asked);
    stage_keys(s, "p 1 h Enter");
    assert_non_null(strstr(s->asked.text, "pause 1."));
    strbuf_reset(&s->asked);
    stage_keys(s, "e");              /* what is about one site needs one */
    assert_true(stage_shows(s, "this is a group: go to a site of it"));
    assert_int_equal(s->app.mode, MODE_GRID);
    stage_keys(s, "\\");
    stage_type(s, "b.example");
    stage_keys(s, "Enter g d");
    assert_true(stage_shows(s, "delete b? y/N")); /* what the filter hides is left alone */
    stage_keys(s, "n Esc");
    assert_string_equal(s->asked.text, "");
}

static void space_tags_a_group_whole_and_untags_it(void **state)
{
    struct stage *s = *state;

    few(s);
    stage_keys(s, "t j j Space g Space"); /* b, then all of eu */
    assert_int_equal(s->app.view.ntagged, 2);
    assert_true(stage_shows(s, "*UP    - eu (2)"));
    assert_true(stage_shows(s, "tagged: 2"));
    stage_keys(s, "g Space");
    assert_int_equal(s->app.view.ntagged, 0);
    stage_keys(s, "G Space g d");    /* those that are tagged, not the group */
    assert_true(stage_shows(s, "delete e? y/N"));
}

/* --- as text ------------------------------------------------------------------------------------------------------ */

static void it_looks_as_drawn(void **state)
{
    static const int sizes[][2] = { { 40, 12 }, { 80, 24 }, { 120, 40 }, { 200, 50 } };
    static const struct {
        const char *name, *keys;
    } rows[] = {
        { "tree_tag", "t j" }, { "tree_tag_folded", "t _ } +" }, { "tree_dependency", "t t j" },
        { "tree_dependency_folded", "t t j j j j - } } -" },
    };
    struct stage *s = *state;
    size_t i, k;

    put_world(s);
    stage_draw(s, 80, 24);
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        stage_type(s, ":tree off");
        stage_keys(s, "Enter g");
        stage_keys(s, rows[i].keys);
        stage_keys(s, "Esc");
        for (k = 0; k < 4; k++) {
            char name[64];

            snprintf(name, sizeof(name), "%s_%dx%d", rows[i].name, sizes[k][0], sizes[k][1]);
            stage_golden(name, stage_draw(s, sizes[k][0], sizes[k][1]));
        }
        stage_keys(s, "=");
    }
}

static void it_is_left_behind_as_it_was_seen(void **state)
{
    struct strbuf out = STRBUF_INIT;
    struct stage *s = *state;

    few(s);
    stage_keys(s, "t g -");
    app_print(&s->app, 80, false, &out);
    assert_non_null(strstr(out.text, "\n UP    + eu (2)             UP 2"));
    assert_non_null(strstr(out.text, "\n UP    - money (2)          UP 2"));
    assert_null(strstr(out.text, "\n UP      a "));
    assert_non_null(strstr(out.text, "\n UP      b "));
    strbuf_release(&out);
}

int main(void)
{
#define ON_STAGE(test) cmocka_unit_test_setup_teardown(test, stage_begin, stage_end)
    const struct CMUnitTest tests[] = {
        ON_STAGE(a_site_stands_under_each_of_its_tags_and_those_without_come_last),
        ON_STAGE(groups_come_in_the_order_of_the_list),
        ON_STAGE(what_depends_on_a_site_hangs_below_it),
        ON_STAGE(a_ring_of_dependencies_is_cut),
        ON_STAGE(the_filter_leaves_what_it_shows_where_it_is),
        ON_STAGE(step_by_step_it_is_as_laid_out_from_nothing),
        ON_STAGE(without_memory_it_is_the_plain_list_until_there_is_some),
        ON_STAGE(folds_hold_whatever_happens_to_the_list),
        ON_STAGE(plus_and_minus_and_enter_fold_what_the_cursor_is_on),
        ON_STAGE(search_and_trouble_unfold_what_they_find),
        ON_STAGE(a_search_goes_back_to_the_site_when_the_tree_became_another_meanwhile),
        ON_STAGE(the_cursor_goes_with_its_site_and_with_its_group),
        ON_STAGE(braces_go_from_group_to_group_and_from_state_to_state),
        ON_STAGE(what_acts_on_a_site_acts_on_all_of_a_group),
        ON_STAGE(space_tags_a_group_whole_and_untags_it),
        ON_STAGE(it_looks_as_drawn),
        ON_STAGE(it_is_left_behind_as_it_was_seen),
    };

    return cmocka_run_group_tests(tests, stage_locale, NULL);
}
