/* Text for one text message: GSM 03.38 (3GPP TS 23.038, 6.2.1). One character beyond its alphabet would make the whole message
 * UCS-2, with room for 70 characters instead of 160; so such characters are replaced by what comes nearest. */
#include <stdbool.h>
#include <string.h>

#include "base/text.h"
#include "notify/words.h"

/* What is neither ASCII nor needs replacing. */
static const uint32_t alphabet[] = {
    0xa3, 0xa5, 0xe8, 0xe9, 0xf9, 0xec, 0xf2, 0xc7, 0xd8, 0xf8, 0xc5, 0xe5, 0x394, 0x3a6, 0x393, 0x39b, 0x3a9, 0x3a0,
    0x3a8, 0x3a3, 0x398, 0x39e, 0xc6, 0xe6, 0xdf, 0xc9, 0xa4, 0xa1, 0xc4, 0xd6, 0xd1, 0xdc, 0xa7, 0xbf, 0xe4, 0xf6,
    0xf1, 0xfc, 0xe0,
};

/* From U+00A0 on, a word for each character; "-" stands for none. */
static const char latin[] =
    "- - c - - - | - \" (C) a << - - R - o +- 2 3 ' u P . , 1 o >> 1/4 1/2 3/4 - "
    "A A A A - - - - E - E E I I I I D - O O O O - x - U U U - Y Th - "
    "- a a a - - - c - - e e - i i i d - - o o o - / - - u u - y th y "
    "A a A a A a C c C c C c C c D d D d E e E e E e E e E e G g G g G g G g H h H h I i I i I i I i I i IJ ij "
    "J j K k k L l L l L l L l L l N n N n N n n NG ng O o O o O o OE oe R r R r R r S s S s S s S s T t T t T t "
    "U u U u U u U u U u U u W w Y y Y Z z Z z Z z s";

static const struct {
    uint32_t first, last;
    const char *text;
} others[] = {
    { 0x2010, 0x2015, "-" },  { 0x2018, 0x201b, "'" }, { 0x201c, 0x201f, "\"" }, { 0x2022, 0x2022, "*" },
    { 0x2026, 0x2026, "..." }, { 0x2032, 0x2032, "'" }, { 0x2033, 0x2033, "\"" }, { 0x2039, 0x2039, "<" },
    { 0x203a, 0x203a, ">" },  { 0x2122, 0x2122, "TM" }, { 0x2190, 0x2190, "<-" }, { 0x2192, 0x2192, "->" },
    { 0x2212, 0x2212, "-" },  { 0x2000, 0x200a, " " }, { 0x202f, 0x202f, " " },
};

static bool in_alphabet(uint32_t point)
{
    size_t i;

    for (i = 0; i < sizeof(alphabet) / sizeof(alphabet[0]); i++)
        if (alphabet[i] == point)
            return true;
    return false;
}

/* Those of the extension table take two septets. */
static size_t septets(uint32_t point)
{
    return point == 0x20ac || (point < 0x80 && strchr("^{}\\[~]|", (int)point)) ? 2 : 1;
}

static const char *latin_word(uint32_t point, size_t *length)
{
    const char *word = latin;

    for (point -= 0xa0; point && *word; point--)
        word += strcspn(word, " ") + (word[strcspn(word, " ")] == ' ');
    *length = strcspn(word, " ");
    return *length == 1 && *word == '-' ? NULL : word;
}

/* What stands for a character: ASCII, or itself. */
static const char *nearest(uint32_t point, const char *itself, size_t *length)
{
    const char *word = NULL;
    size_t i;

    if ((point >= 0x20 && point < 0x7f && point != '`') || point == 0x20ac || in_alphabet(point))
        return itself;
    if (point == '`' || point == 0xa0) {
        *length = 1;
        return point == '`' ? "'" : " ";
    }
    if (point > 0xa0 && point < 0x180)
        word = latin_word(point, length);
    for (i = 0; !word && i < sizeof(others) / sizeof(others[0]); i++)
        if (point >= others[i].first && point <= others[i].last) {
            word = others[i].text;
            *length = strlen(word);
        }
    if (word)
        return word;
    *length = 1;
    return "?";
}

/* Where the text may be cut, and what it costs up to there. */
struct cut {
    size_t at, septets;
};

static void put(char *dst, size_t size, size_t *used, const char *text, size_t length)
{
    if (*used + length < size) {
        memcpy(dst + *used, text, length);
        *used += length;
    }
}

size_t words_gsm(char *dst, size_t size, const char *text, size_t most)
{
    struct cut cut = { 0, 0 };
    size_t used = 0, spent = 0;

    while (*text) {
        uint32_t point = 0;
        int bytes = text_decode(text, strnlen(text, 4), &point);
        size_t length = bytes > 0 ? (size_t)bytes : 1, cost = 0, i;
        const char *word = nearest(bytes > 0 ? point : 0xfffd, text, &length);

        if (word == text)
            cost = septets(point);
        for (i = 0; word != text && i < length; i++)
            cost += septets((unsigned char)word[i]);
        if (spent + cost > most || used + length + 1 > size) {
            used = cut.at;
            put(dst, size, &used, "...", 3);
            spent = cut.septets + 3;
            break;
        }
        put(dst, size, &used, word, length);
        spent += cost;
        if (spent + 3 <= most && used + 4 <= size)
            cut = (struct cut){ used, spent };
        text += bytes > 0 ? bytes : 1;
    }
    dst[used] = '\0';
    return spent;
}
