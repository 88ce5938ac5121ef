/* Text into cells: what is clipped, what is replaced, how wide it is. */
#include "cells.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "stage.h"
#include "support/random.h"
#include "support/tests.h"

static struct cells cells;

static int begin(void **state)
{
    (void)state;
    cells = (struct cells){ .utf8 = true };
    return cells_resize(&cells, 20, 3) ? -1 : 0;
}

static int end(void **state)
{
    (void)state;
    cells_release(&cells);
    return 0;
}

static const char *text(void)
{
    static struct strbuf out = STRBUF_INIT;

    strbuf_release(&out);
    cells_to_text(&cells, &out);
    return out.text;
}

static void fields_are_padded_cut_and_laid_as_told(void **state)
{
    static const struct {
        enum lie lie;
        int width;
        const char *text, *shown;
    } rows[] = {
        { LIE_LEFT, 8, "shop", "|shop    |" },
        { LIE_RIGHT, 8, "shop", "|    shop|" },
        { LIE_LEFT, 8, "shop-cart-eu", "|shop-ca~|" },
        { LIE_RIGHT, 8, "shop-cart-eu", "|shop-ca~|" },
        { LIE_CUT_MIDDLE, 8, "shop-cart-eu", "|shop~-eu|" },
        { LIE_CUT_MIDDLE, 7, "shop-cart-eu", "|sho~-eu|" },
        { LIE_CUT_MIDDLE, 2, "shop-cart-eu", "|s~|" },
        { LIE_CUT_MIDDLE, 1, "shop-cart-eu", "|~|" },
        { LIE_LEFT, 4, "", "|    |" },
        { LIE_LEFT, 4, "日本語", "|日~ |" },
        { LIE_LEFT, 6, "日本語", "|日本語|" },
        { LIE_RIGHT, 7, "日本語", "| 日本語|" },
        { LIE_CUT_MIDDLE, 5, "日本語x", "|日~x |" },
        { LIE_LEFT, 4, "e\xcc\x81t\xc3\xa9", "|e\xcc\x81t\xc3\xa9 |" },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char line[64];

        cells_clear(&cells);
        cells_text(&cells, 0, 0, 1, 0, "|");
        cells_text(&cells, 0, 1 + rows[i].width, 1, 0, "|");
        cells_field(&cells, 0, 1, rows[i].width, 0, rows[i].lie, rows[i].text);
        snprintf(line, sizeof(line), "%s\n\n\n", rows[i].shown);
        assert_string_equal(text(), line);
    }
}

static void hostile_text_is_shown_as_question_marks(void **state)
{
    static const struct {
        const char *text, *shown;
    } rows[] = {
        { "a\x1b[31mb", "a?[31mb\n\n\n" },
        { "a\tb\nc\rd", "a b c d\n\n\n" },
        { "a\xc2\x9b" "b", "a?b\n\n\n" },                      /* CSI of C1 */
        { "a\xe2\x80\xae" "b", "a?b\n\n\n" },                  /* right-to-left override */
        { "a\xe2\x80\x8b" "b", "a?b\n\n\n" },                  /* zero-width space */
        { "a\xff\xfe" "b", "a??b\n\n\n" },
        { "a\xe6\x97", "a??\n\n\n" },                          /* cut within a character */
        { "a\x7f" "b", "a?b\n\n\n" },
        { "\xf0\x9f\x91\x8d\xf0\x9f\x8f\xbd", "\xf0\x9f\x91\x8d?\n\n\n" }, /* a skin tone, whose width is disputed */
        { "\xf0\x9f\x87\xab\xf0\x9f\x87\xb7", "??\n\n\n" },    /* a flag */
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        cells_clear(&cells);
        cells_text(&cells, 0, 0, 20, 0, rows[i].text);
        assert_string_equal(text(), rows[i].shown);
    }
}

static void ascii_shows_everything_else_as_a_question_mark(void **state)
{
    (void)state;
    cells.utf8 = false;
    cells_text(&cells, 0, 0, 20, 0, "sch\xc3\xb6n \xe6\x97\xa5\xe6\x9c\xac!");
    assert_string_equal(text(), "sch?n ?\?!\n\n\n");
    assert_int_equal(cells_columns(&cells, "\xe6\x97\xa5", SIZE_MAX), 1);
}

static void half_of_a_wide_character_never_stays(void **state)
{
    (void)state;
    cells_text(&cells, 0, 0, 20, 0, "日本語");
    cells_text(&cells, 0, 1, 1, 0, "x");
    assert_string_equal(text(), " x本語\n\n\n");
    cells_text(&cells, 0, 2, 1, 0, "y");
    assert_string_equal(text(), " xy 語\n\n\n");
    cells_text(&cells, 1, 19, 5, 0, "日");
    assert_string_equal(text(), " xy 語\n\n\n");
}

static void combining_characters_share_a_cell_and_are_bounded(void **state)
{
    char many[200] = "e";
    int i;

    (void)state;
    for (i = 0; i < 60; i++)
        strcat(many, "\xcc\x81");
    strcat(many, "x");
    cells_text(&cells, 0, 0, 20, 0, many);
    assert_string_equal(text(), "e\xcc\x81\xcc\x81x\n\n\n");
    assert_int_equal(cells_columns(&cells, many, SIZE_MAX), 2);
    cells_clear(&cells);
    cells_text(&cells, 0, 0, 20, 0, "\xcc\x81x");
    assert_string_equal(text(), " \xcc\x81x\n\n\n");
}

static void nothing_is_drawn_outside(void **state)
{
    (void)state;
    cells_text(&cells, -1, 0, 20, 0, "above");
    cells_text(&cells, 3, 0, 20, 0, "below");
    cells_text(&cells, 1, -2, 20, 0, "left");
    cells_text(&cells, 2, 18, 20, 0, "right");
    cells_field(&cells, 0, 30, 5, 0, LIE_LEFT, "x");
    cells_fill(&cells, 7, 0, 20, 0);
    assert_string_equal(text(), "\nft\n                  ri\n");
}

static void random_bytes_always_give_clean_text_of_the_right_width(void **state)
{
    struct random random = { 41 };
    int round;

    (void)state;
    for (round = 0; round < 20000; round++) {
        char bytes[40];
        size_t n = random_below(&random, sizeof(bytes) - 1), i;
        int x = (int)random_below(&random, 24) - 2, used;

        for (i = 0; i < n; i++)
            bytes[i] = (char)(random_below(&random, 3) ? random_below(&random, 255) + 1 : 0xe6);
        bytes[n] = '\0';
        if (!random_below(&random, 10))
            cells_clear(&cells);
        used = cells_text(&cells, 1, x, (int)random_below(&random, 20), 0, bytes);
        assert_in_range(used, 0, 20);
        for (i = 0; i < 20; i++) {
            const struct cell *c = cells_at(&cells, 1, (int)i);

            assert_in_range(c->width, 0, 2);
            assert_int_equal(c->width == 2, i + 1 < 20 && c[1].width == 0);
            assert_true(c->width == 0 || text_is_safe(c->point[0]));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(fields_are_padded_cut_and_laid_as_told, begin, end),
        cmocka_unit_test_setup_teardown(hostile_text_is_shown_as_question_marks, begin, end),
        cmocka_unit_test_setup_teardown(ascii_shows_everything_else_as_a_question_mark, begin, end),
        cmocka_unit_test_setup_teardown(half_of_a_wide_character_never_stays, begin, end),
        cmocka_unit_test_setup_teardown(combining_characters_share_a_cell_and_are_bounded, begin, end),
        cmocka_unit_test_setup_teardown(nothing_is_drawn_outside, begin, end),
        cmocka_unit_test_setup_teardown(random_bytes_always_give_clean_text_of_the_right_width, begin, end),
    };

    return cmocka_run_group_tests(tests, stage_locale, NULL);
}
