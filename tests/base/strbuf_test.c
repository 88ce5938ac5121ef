/* Growing strings, against a naive model of them. */
#include "base/strbuf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/memory.h"
#include "support/random.h"
#include "support/tests.h"

static void a_new_string_is_empty_and_owns_nothing(void **state)
{
    struct strbuf b = STRBUF_INIT;

    (void)state;
    assert_string_equal(b.text, "");
    assert_int_equal(b.length, 0);
    strbuf_add(&b, "", 0);
    strbuf_adds(&b, "");
    strbuf_addf(&b, "%s", "");
    assert_ptr_equal(b.text, strbuf_empty);
    strbuf_reset(&b);
    strbuf_release(&b);
    strbuf_release(&b);
    assert_string_equal(strbuf_empty, "");
}

static void what_is_added_stands_behind_what_was_there(void **state)
{
    struct strbuf b = STRBUF_INIT;

    (void)state;
    strbuf_adds(&b, "one");
    strbuf_addc(&b, ' ');
    strbuf_add(&b, "two\0three", 9);
    strbuf_addf(&b, " %d%%", 42);
    assert_int_equal(b.length, 17);
    assert_memory_equal(b.text, "one two\0three 42%", 18);
    strbuf_reset(&b);
    assert_string_equal(b.text, "");
    strbuf_addf(&b, "%01000d", 7);
    assert_int_equal(b.length, 1000);
    assert_int_equal(strspn(b.text, "0"), 999);
    strbuf_release(&b);
}

static void a_detached_string_is_the_callers(void **state)
{
    struct strbuf b = STRBUF_INIT;
    char *text;

    (void)state;
    text = strbuf_detach(&b);
    assert_string_equal(text, "");
    free(text);
    strbuf_adds(&b, "mine");
    text = strbuf_detach(&b);
    assert_string_equal(text, "mine");
    assert_string_equal(b.text, "");
    assert_int_equal(b.capacity, 0);
    free(text);
}

static void a_splice_replaces_a_piece(void **state)
{
    static const struct {
        const char *before;
        size_t at, remove;
        const char *bytes, *after;
    } rows[] = {
        { "", 0, 0, "", "" },
        { "", 0, 0, "abc", "abc" },
        { "abc", 0, 0, "x", "xabc" },
        { "abc", 3, 0, "x", "abcx" },
        { "abc", 1, 1, "", "ac" },
        { "abc", 0, 3, "", "" },
        { "abc", 1, 1, "longer", "alongerc" },
        { "abc", 0, 2, "y", "yc" },
        { "abc", 1, 2, "zz", "azz" },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct strbuf b = STRBUF_INIT;

        strbuf_adds(&b, rows[i].before);
        strbuf_splice(&b, rows[i].at, rows[i].remove, rows[i].bytes, strlen(rows[i].bytes));
        assert_string_equal(b.text, rows[i].after);
        assert_int_equal(b.length, strlen(rows[i].after));
        strbuf_release(&b);
    }
}

/* The model: a plain array, large enough, and the plainest code that can be right. */
struct model {
    char text[70000];
    size_t length;
};

static void model_splice(struct model *m, size_t at, size_t remove, const char *bytes, size_t length)
{
    char tail[sizeof(m->text)];
    size_t ntail = m->length - at - remove;

    memcpy(tail, m->text + at + remove, ntail);
    memcpy(m->text + at, bytes, length);
    memcpy(m->text + at + length, tail, ntail);
    m->length = at + length + ntail;
}

static void random_edits_do_what_the_model_does(void **state)
{
    struct random r = { 20261123 };
    struct model *m = calloc(1, sizeof(*m));
    struct strbuf b = STRBUF_INIT;
    char bytes[512];
    int i;

    (void)state;
    for (i = 0; i < 30000; i++) {
        size_t at = random_below(&r, m->length + 1), remove = random_below(&r, m->length - at + 1);
        size_t length = random_below(&r, i % 100 ? 20 : sizeof(bytes)), k;

        if (remove > length + 5 && random_below(&r, 50))
            remove = random_below(&r, length + 5); /* seldom a large bite, so that it grows */
        if (m->length > 60000)
            remove = m->length - at;
        for (k = 0; k < length; k++)
            bytes[k] = (char)random_next(&r);
        switch (random_below(&r, 6)) {
        case 0:
            strbuf_add(&b, bytes, length);
            model_splice(m, m->length, 0, bytes, length);
            break;
        case 1:
            strbuf_addc(&b, bytes[0]);
            model_splice(m, m->length, 0, bytes, 1);
            break;
        case 2:
            strbuf_addf(&b, "%d-%s", i, "text");
            k = (size_t)snprintf(bytes, sizeof(bytes), "%d-%s", i, "text");
            model_splice(m, m->length, 0, bytes, k);
            break;
        default:
            strbuf_splice(&b, at, remove, bytes, length);
            model_splice(m, at, remove, bytes, length);
        }
        assert_int_equal(b.length, m->length);
        assert_int_equal(b.text[b.length], '\0');
        assert_true(b.capacity == 0 || b.capacity > b.length);
        if (i % 50 == 0)
            assert_memory_equal(b.text, m->text, m->length);
    }
    assert_memory_equal(b.text, m->text, m->length);
    assert_false(b.failed);
    strbuf_release(&b);
    free(m);
}

/* Builds a string of some length; true when it is whole. */
static bool build(struct strbuf *b)
{
    int i;

    for (i = 0; i < 100; i++) {
        strbuf_addf(b, "line %d", i);
        strbuf_splice(b, 0, 1, "[", 1);
        strbuf_addc(b, '\n');
    }
    return !b->failed;
}

static void without_memory_it_stops_growing_and_says_so_at_the_end(void **state)
{
    bool more = true;
    unsigned n;

    (void)state;
    for (n = 1; more; n++) {
        struct strbuf b = STRBUF_INIT;
        bool whole;

        memory_fail(n);
        whole = build(&b);
        more = memory_failed();
        assert_int_equal(whole, !more);
        assert_int_equal(b.length, strlen(b.text));
        if (more && n % 2) {
            assert_null(strbuf_detach(&b)); /* half a string is none */
            assert_false(b.failed);
        } else if (more) {
            strbuf_reset(&b); /* a fresh start */
            assert_true(build(&b));
        }
        strbuf_release(&b);
    }
    assert_true(n > 4);
}

static void more_than_memory_has_is_refused_without_trying(void **state)
{
    struct strbuf b = STRBUF_INIT;

    (void)state;
    strbuf_adds(&b, "kept");
    strbuf_add(&b, "x", SIZE_MAX / 2);
    assert_true(b.failed);
    assert_string_equal(b.text, "kept");
    strbuf_release(&b);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_string_is_empty_and_owns_nothing),
        cmocka_unit_test(what_is_added_stands_behind_what_was_there),
        cmocka_unit_test(a_detached_string_is_the_callers),
        cmocka_unit_test(a_splice_replaces_a_piece),
        cmocka_unit_test(random_edits_do_what_the_model_does),
        cmocka_unit_test(without_memory_it_stops_growing_and_says_so_at_the_end),
        cmocka_unit_test(more_than_memory_has_is_refused_without_trying),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
