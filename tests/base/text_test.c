/* Text from outside: what is hostile stays outside. */
#include "base/text.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/random.h"
#include "support/tests.h"

#define POINTS 0x110000u

static bool is_scalar(uint32_t point)
{
    return point < 0xd800 || (point > 0xdfff && point < POINTS);
}

/* --- UTF-8 ------------------------------------------------------------------------------------------------------- */

static void all_of_unicode_is_written_and_read_back(void **state)
{
    uint32_t point, back;

    (void)state;
    for (point = 0; point < POINTS; point++) {
        char bytes[4];
        int n, i;

        if (!is_scalar(point))
            continue;
        n = text_encode(point, bytes);
        assert_int_equal(n, point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4);
        assert_int_equal(text_decode(bytes, 4, &back), n);
        assert_int_equal(back, point);
        for (i = 1; i < n; i++) /* cut short it is nothing */
            assert_int_equal(text_decode(bytes, (size_t)i, &back), -1);
    }
}

static void bytes_that_are_no_utf_8_are_refused(void **state)
{
    static const char *const rows[] = {
        "\x80", "\xbf", "\xc0\x80", "\xc1\xbf",                     /* alone, too long */
        "\xc2", "\xc2\x41", "\xc2\xc2", "\xe2\x82", "\xe2\x41\x80", /* cut, interrupted */
        "\xe0\x80\x80", "\xe0\x9f\xbf",                             /* too long */
        "\xed\xa0\x80", "\xed\xbf\xbf",                             /* surrogates */
        "\xf0\x80\x80\x80", "\xf0\x8f\xbf\xbf",                     /* too long */
        "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xf7\xbf\xbf\xbf", /* beyond the last */
        "\xf8\x88\x80\x80\x80", "\xfe", "\xff",
    };
    uint32_t point = 7;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_int_equal(text_decode(rows[i], strlen(rows[i]), &point), -1);
    assert_int_equal(text_decode("", 0, &point), 0);
    assert_int_equal(text_decode("a", 0, &point), 0);
    assert_int_equal(point, 7);
    assert_int_equal(text_decode("", 1, &point), 1); /* NUL is a character */
    assert_int_equal(point, 0);
}

/* --- what may be shown ------------------------------------------------------------------------------------------- */

static void controls_and_what_can_not_be_seen_may_not_be_shown(void **state)
{
    static const struct {
        uint32_t first, last;
    } rows[] = {
        { 0x00, 0x1f },       { 0x7f, 0x7f },       { 0x80, 0x9f },       { 0xad, 0xad },       { 0x34f, 0x34f },
        { 0x61c, 0x61c },     { 0x115f, 0x1160 },   { 0x17b4, 0x17b5 },   { 0x180b, 0x180f },   { 0x200b, 0x200f },
        { 0x2028, 0x202e },   { 0x2060, 0x206f },   { 0x3164, 0x3164 },   { 0xd800, 0xdfff },   { 0xe000, 0xf8ff },
        { 0xfdd0, 0xfdef },   { 0xfe00, 0xfe0f },   { 0xfeff, 0xfeff },   { 0xffa0, 0xffa0 },   { 0xfff0, 0xfffb },
        { 0xfffe, 0xffff },   { 0x1bca0, 0x1bca3 }, { 0x1d173, 0x1d17a }, { 0x1fffe, 0x1ffff }, { 0xdfffe, 0xdffff },
        { 0xe0000, 0x10ffff }, { 0x110000, 0x110010 }, { 0xfffffff0, 0xfffffffe },
    };
    size_t i;
    uint32_t p;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        for (p = rows[i].first; p <= rows[i].last; p++)
            assert_false(text_is_safe(p));
}

static void letters_of_every_script_may_be_shown(void **state)
{
    static const char *const rows[] = {
        " ~azAZ09", "\xc2\xa0", "ÄÖÜß", "Ελληνικά", "Русский", "עברית", "العربية", "हिन्दी", "ไทย", "日本語", "한국어", "ქართული", "✓✗│▁▂▃█", "€£¥", "🐿",
        "\xef\xbf\xbd", "\xef\xbf\xbc",
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_true(text_is_clean(rows[i]));
}

/* --- cleaning ---------------------------------------------------------------------------------------------------- */

static void text_is_cleaned(void **state)
{
    static const struct {
        const char *given, *clean;
    } rows[] = {
        { "", "" },
        { "plain", "plain" },
        { "a\tb\nc\rd\r\n", "a b c d  " },
        { "\x1b[31mred\x1b[0m", "?[31mred?[0m" },
        { "\x1b]0;title\x07", "?]0;title?" },
        { "bell\x07 back\x08 del\x7f", "bell? back? del?" },
        { "c1 \xc2\x9b" "31m", "c1 ?31m" },             /* U+009B, one '?' for the character */
        { "raw c1 \x9b" "31m", "raw c1 ?31m" },
        { "bidi \xe2\x80\xae" "gpj.exe", "bidi ?gpj.exe" },
        { "isolate \xe2\x81\xa6x\xe2\x81\xa9", "isolate ?x?" },
        { "zero\xe2\x80\x8bwidth\xef\xbb\xbf", "zero?width?" },
        { "line\xe2\x80\xa8sep\xe2\x80\xa9", "line?sep?" },
        { "tag\xf3\xa0\x81\x81", "tag?" },
        { "latin1 \xfc\xdf", "latin1 ??" },
        { "overlong \xc0\xaf", "overlong ??" },
        { "cut \xe2\x82", "cut ??" },
        { "surrogate \xed\xa0\x80", "surrogate ???" },
        { "good \xe2\x82\xac \xc3\xbc", "good \xe2\x82\xac \xc3\xbc" },
    };
    char out[64];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        size_t n = text_clean(out, sizeof(out), rows[i].given, strlen(rows[i].given));

        assert_string_equal(out, rows[i].clean);
        assert_int_equal(n, strlen(rows[i].clean));
        assert_true(text_is_clean(out));
        assert_int_equal(text_is_clean(rows[i].given), !strcmp(rows[i].given, rows[i].clean));
    }
    assert_int_equal(text_clean(out, sizeof(out), "a\0b", 3), 3);
    assert_string_equal(out, "a?b");
}

static void each_character_is_kept_or_replaced_as_its_safety_says(void **state)
{
    uint32_t point;

    (void)state;
    for (point = 1; point < POINTS; point++) {
        char given[5] = "", out[8];
        int n;

        if (!is_scalar(point))
            continue;
        n = text_encode(point, given);
        given[n] = '\0';
        text_clean(out, sizeof(out), given, (size_t)n);
        if (text_is_safe(point))
            assert_string_equal(out, given);
        else
            assert_string_equal(out, point == '\t' || point == '\n' || point == '\r' ? " " : "?");
        assert_int_equal(text_is_clean(given), text_is_safe(point));
    }
}

/* Bytes that are often nearly right. */
static size_t random_text(struct random *r, char *bytes, size_t size)
{
    size_t length = random_below(r, size), used = 0;

    while (used < length) {
        uint32_t point = (uint32_t)random_below(r, random_below(r, 2) ? 0x3000 : POINTS);
        char one[4];
        int n = is_scalar(point) ? text_encode(point, one) : 0, i;

        if (random_below(r, 4) == 0)
            bytes[used++] = (char)random_next(r);
        else
            for (i = 0; i < n && used < length; i++)
                bytes[used++] = one[i];
    }
    return used;
}

static void whatever_comes_the_outcome_is_clean_bounded_and_stays_as_it_is(void **state)
{
    struct random r = { 42 };
    int i;

    (void)state;
    for (i = 0; i < 100000; i++) {
        char given[200], out[220], cut[220], again[220];
        size_t length = random_text(&r, given, sizeof(given)), n, size, m;

        n = text_clean(out, sizeof(out), given, length);
        assert_true(n <= length);
        assert_int_equal(out[n], '\0');
        assert_true(text_is_clean(out));
        assert_int_equal(text_clean(again, sizeof(again), out, n), n);
        assert_string_equal(again, out);

        size = 1 + random_below(&r, sizeof(cut) - 1);
        memset(cut, '~', sizeof(cut));
        m = text_clean(cut, size, given, length);
        assert_true(m < size);
        assert_int_equal(cut[m], '\0');
        assert_true(text_is_clean(cut));
        assert_memory_equal(cut, out, m);   /* a shorter room gives a beginning of the same */
        assert_true(m == n || m + 4 >= size);
        assert_true(size == sizeof(cut) || cut[size] == '~');
    }
}

/* --- passwords in URLs ------------------------------------------------------------------------------------------- */

static void passwords_in_urls_are_not_shown(void **state)
{
    static const struct {
        const char *url, *shown;
    } rows[] = {
        { "", "" },
        { "https://example.org/", "https://example.org/" },
        { "https://example.org:8443/a@b:c", "https://example.org:8443/a@b:c" },
        { "https://example.org/?mail=a:b@c", "https://example.org/?mail=a:b@c" },
        { "https://user@example.org/", "https://user@example.org/" },
        { "https://user:secret@example.org/x?y#z", "https://user:***@example.org/x?y#z" },
        { "https://user:@example.org", "https://user:***@example.org" },
        { "https://:secret@example.org", "https://:***@example.org" },
        { "https://user:se:cr@et@example.org:1/", "https://user:***@example.org:1/" },
        { "https://user:secret@[::1]:80/", "https://user:***@[::1]:80/" },
        { "https://[::1]:80/@", "https://[::1]:80/@" },
        { "user:secret@example.org", "user:***@example.org" },
        { "socks5h://u:secret@127.0.0.1:1080", "socks5h://u:***@127.0.0.1:1080" },
        { "redis://:secret@localhost/0", "redis://:***@localhost/0" },
        /* a password with a slash in it is a mistake, and quoted in the message about it */
        { "https://user:se/cret@example.org/", "https://user:***@example.org/" },
        { "https://user:sec?ret@example.org/", "https://user:***@example.org/" },
        { "https://user:s#ecret@example.org", "https://user:***@example.org" },
        { "https://user:sec ret@example.org", "https://user:***@example.org" },
        { "https://user:se://cret@example.org", "https://user:***@example.org" },
        { "user:se/cret@example.org", "user:***@example.org" },
        /* a sentence of somebody else's */
        { "redirect from http://a:secret@h/ to ftp://b:secret@g/x", "redirect from http://a:***@h/ to ftp://b:***@g/x" },
        { "could not reach http://h/, though http://b:secret@g/ works", "could not reach http://h/, though http://b:***@g/ works" },
        { "'http://a:secret@h': no", "'http://a:***@h': no" },
        { "http://h/ and mail to me@example.org: later", "http://h/ and mail to me@example.org: later" },
        /* and clean */
        { "http://u:\x1b]0;secret\x07@h/\x1b", "http://u:***@h/?" },
        { "http://u\n:secret@h\xff", "http://u :***@h?" },
    };
    char out[128];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        size_t n = text_mask_url(out, sizeof(out), rows[i].url);

        assert_string_equal(out, rows[i].shown);
        assert_int_equal(n, strlen(out));
    }
}

static void a_masked_url_fits_any_room_and_never_tells(void **state)
{
    static const char *const urls[] = {
        "https://user:SECRET@example.org/", "x http://a:SECRET@b y http://c:SECRET@d", "http://ü:SECRET@ü", "u:SE/CR ET@h",
    };
    size_t i, size;

    (void)state;
    for (i = 0; i < sizeof(urls) / sizeof(urls[0]); i++)
        for (size = 1; size < 64; size++) {
            char *out = malloc(size); /* for AddressSanitizer to watch */
            size_t n = text_mask_url(out, size, urls[i]);

            assert_int_equal(n, strlen(out));
            assert_true(n < size);
            assert_true(text_is_clean(out));
            assert_null(strstr(out, "S"));
            free(out);
        }
}

/* --- did you mean ------------------------------------------------------------------------------------------------ */

static void distances_count_edits(void **state)
{
    static const struct {
        const char *a, *b;
        unsigned distance;
    } rows[] = {
        { "", "", 0 }, { "", "abc", 3 }, { "a", "a", 0 }, { "a", "A", 0 }, { "a", "b", 1 }, { "ab", "ba", 1 }, { "abc", "acb", 1 },
        { "interval", "intervall", 1 }, { "interval", "inteval", 1 }, { "INTERVAL", "interval", 0 }, { "timeout", "timoeut", 1 },
        { "kitten", "sitting", 3 }, { "ca", "abc", 3 }, { "retries", "retry_interval", 8 },
        { "123456789012345678901234567890123456789012345678901234567890123", "", 63 },
        { "1234567890123456789012345678901234567890123456789012345678901234", "", 64 },
        { "1234567890123456789012345678901234567890123456789012345678901234",
          "1234567890123456789012345678901234567890123456789012345678901234", 64 },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_int_equal(text_distance(rows[i].a, rows[i].b), rows[i].distance);
        assert_int_equal(text_distance(rows[i].b, rows[i].a), rows[i].distance);
    }
}

/* The definition, word for word (optimal string alignment). */
static unsigned distance_by_definition(const char *a, size_t na, const char *b, size_t nb)
{
    unsigned best, other;

    if (!na || !nb)
        return (unsigned)(na + nb);
    best = distance_by_definition(a, na - 1, b, nb - 1) + (tolower((unsigned char)a[na - 1]) != tolower((unsigned char)b[nb - 1]));
    other = distance_by_definition(a, na - 1, b, nb) + 1;
    best = other < best ? other : best;
    other = distance_by_definition(a, na, b, nb - 1) + 1;
    best = other < best ? other : best;
    if (na > 1 && nb > 1 && a[na - 1] == b[nb - 2] && a[na - 2] == b[nb - 1]) {
        other = distance_by_definition(a, na - 2, b, nb - 2) + 1;
        best = other < best ? other : best;
    }
    return best;
}

static void distances_of_random_words_are_as_defined(void **state)
{
    struct random r = { 7 };
    int i, k;

    (void)state;
    for (i = 0; i < 2000; i++) {
        char a[7] = "", b[7] = "";

        for (k = (int)random_below(&r, 7); k--;)
            a[k] = (char)('a' + random_below(&r, 3));
        for (k = (int)random_below(&r, 7); k--;)
            b[k] = (char)('a' + random_below(&r, 3));
        assert_int_equal(text_distance(a, b), distance_by_definition(a, strlen(a), b, strlen(b)));
    }
}

static void the_word_that_was_meant_is_found(void **state)
{
    static const char *const words[] = { "name", "url", "interval", "timeout", "retries", "retry_interval", "ip", "method" };
    static const struct {
        const char *word, *meant;
    } rows[] = {
        { "intervall", "interval" }, { "Interval", "interval" }, { "timout", "timeout" }, { "tmieout", "timeout" }, { "URL", "url" },
        { "uri", "url" }, { "retry", NULL }, { "retrys", "retries" }, { "pi", "ip" }, { "nme", "name" }, { "colour", NULL }, { "", NULL },
        { "xyzzy", NULL }, { "retry-interval", "retry_interval" },
    };
    char huge[401];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const char *meant = text_nearest(rows[i].word, words, sizeof(words) / sizeof(words[0]));

        if (rows[i].meant)
            assert_string_equal(meant, rows[i].meant);
        else
            assert_null(meant);
    }
    assert_null(text_nearest("name", words, 0));
    memset(huge, 'n', sizeof(huge) - 1);
    huge[sizeof(huge) - 1] = '\0';
    for (i = 0; i < sizeof(huge) - 1; i++) /* a long word is far from everything, however long */
        assert_null(text_nearest(huge + i, words, i > sizeof(huge) - 12 ? 0 : 8));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_of_unicode_is_written_and_read_back),
        cmocka_unit_test(bytes_that_are_no_utf_8_are_refused),
        cmocka_unit_test(controls_and_what_can_not_be_seen_may_not_be_shown),
        cmocka_unit_test(letters_of_every_script_may_be_shown),
        cmocka_unit_test(text_is_cleaned),
        cmocka_unit_test(each_character_is_kept_or_replaced_as_its_safety_says),
        cmocka_unit_test(whatever_comes_the_outcome_is_clean_bounded_and_stays_as_it_is),
        cmocka_unit_test(passwords_in_urls_are_not_shown),
        cmocka_unit_test(a_masked_url_fits_any_room_and_never_tells),
        cmocka_unit_test(distances_count_edits),
        cmocka_unit_test(distances_of_random_words_are_as_defined),
        cmocka_unit_test(the_word_that_was_meant_is_found),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
