/* Colours may be missing, few or hard to see: nothing depends on them. */
#include "style.h"

#include "stage.h"
#include "support/tests.h"

static void no_text_is_bright_black_or_black_on_black(void **state)
{
    int style, scheme, colours, flags;

    (void)state;
    for (scheme = 0; scheme < 4; scheme++)
        for (colours = 0; colours <= 256; colours += colours ? 248 : 8)
            for (style = 0; style < STYLE_COUNT; style++)
                for (flags = 0; flags < 4; flags++) {
                    struct look look = style_look((uint8_t)(style | flags << 6), scheme, colours);

                    assert_in_range(look.fg + 1, 0, colours);
                    assert_in_range(look.bg + 1, 0, colours);
                    assert_true(look.fg == LOOK_NO_COLOUR || look.fg != look.bg);
                    assert_int_not_equal(look.fg, 8);
                    if (colours < 256)
                        assert_false(look.fg == 0 && look.attributes & LOOK_BOLD);
                    /* black and white need the other one behind or before them */
                    if (look.fg == 0 || look.fg == 16)
                        assert_int_not_equal(look.bg, LOOK_NO_COLOUR);
                    if (look.bg != LOOK_NO_COLOUR)
                        assert_int_not_equal(look.fg, LOOK_NO_COLOUR);
                }
}

static void without_colours_trouble_and_cursor_are_still_set_off(void **state)
{
    struct look plain = style_look(STYLE_UP, style_scheme(NULL), 0);

    (void)state;
    assert_int_equal(plain.attributes, 0);
    assert_int_not_equal(style_look(STYLE_DOWN, style_scheme(NULL), 0).attributes, 0);
    assert_int_not_equal(style_look(STYLE_ALERT, style_scheme(NULL), 0).attributes, 0);
    assert_int_not_equal(style_look(STYLE_UP | STYLE_UNDER_CURSOR, style_scheme(NULL), 0).attributes, 0);
    assert_int_equal(style_look(STYLE_DOWN, style_scheme("monochrome"), 256).fg, LOOK_NO_COLOUR);
}

static void schemes_have_names(void **state)
{
    (void)state;
    assert_int_equal(style_scheme(NULL), style_scheme("default"));
    assert_int_equal(style_scheme("pink"), -1);
    assert_in_range(style_scheme("colour-blind"), 1, 3);
    assert_in_range(style_scheme("light"), 1, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_text_is_bright_black_or_black_on_black),
        cmocka_unit_test(without_colours_trouble_and_cursor_are_still_set_off),
        cmocka_unit_test(schemes_have_names),
    };

    return cmocka_run_group_tests(tests, stage_locale, NULL);
}
