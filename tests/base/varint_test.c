/* Numbers in as few bytes as they need. */
#include "base/varint.h"

#include "support/random.h"
#include "support/tests.h"

static void numbers_come_back_from_the_bytes_they_need(void **state)
{
    struct random r = { 11 };
    int i;

    (void)state;
    for (i = 0; i < 100000; i++) {
        uint64_t value = random_next(&r) >> random_below(&r, 64), back;
        struct strbuf b = STRBUF_INIT;
        size_t need = 1;

        while (need < VARINT_MOST && value >> (7 * need))
            need++;
        varint_put(&b, value);
        assert_int_equal(b.length, need);
        assert_int_equal(varint_get((const unsigned char *)b.text, b.length, &back), need);
        assert_true(back == value);
        assert_int_equal(varint_get((const unsigned char *)b.text, b.length - 1, &back), 0); /* cut short */
        strbuf_release(&b);
    }
}

static void what_nobody_wrote_is_refused(void **state)
{
    static const struct {
        unsigned char bytes[12];
        size_t length;
    } bad[] = {
        { { 0 }, 0 },
        { { 0x80 }, 1 },
        { { 0x80, 0x00 }, 2 },                                                        /* zero in two bytes */
        { { 0xff, 0x80, 0x00 }, 3 },
        { { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02 }, 10 },       /* 65 bits */
        { { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01 }, 11 },
    };
    uint64_t value;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(varint_get(bad[i].bytes, bad[i].length, &value), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_come_back_from_the_bytes_they_need),
        cmocka_unit_test(what_nobody_wrote_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
