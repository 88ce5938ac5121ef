/* Text from outside made safe, at one place. No state; any thread. */
#include "base/text.h"

#include <ctype.h>
#include <string.h>

#define LONGEST_WORD 63u /* that text_distance() measures */

int text_decode(const char *bytes, size_t length, uint32_t *point)
{
    static const uint32_t least[5] = { 0, 0, 0x80, 0x800, 0x10000 };
    const unsigned char *s = (const unsigned char *)bytes;
    uint32_t p;
    int n, i;

    if (!length)
        return 0;
    if (s[0] < 0x80) {
        *point = s[0];
        return 1;
    }
    n = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;
    if (s[0] < 0xc2 || s[0] > 0xf4 || (size_t)n > length)
        return -1;
    p = s[0] & (0x7fu >> n);
    for (i = 1; i < n; i++) {
        if ((s[i] & 0xc0) != 0x80)
            return -1;
        p = p << 6 | (s[i] & 0x3fu);
    }
    if (p < least[n] || p > 0x10ffff || (p >= 0xd800 && p <= 0xdfff))
        return -1;
    *point = p;
    return n;
}

int text_encode(uint32_t point, char bytes[4])
{
    static const unsigned char lead[5] = { 0, 0, 0xc0, 0xe0, 0xf0 };
    int n = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    int i;

    for (i = n - 1; i > 0; i--) {
        bytes[i] = (char)(0x80 | (point & 0x3f));
        point >>= 6;
    }
    bytes[0] = (char)(lead[n] | point);
    return n;
}

bool text_is_safe(uint32_t point)
{
    static const struct { uint32_t first, last; } unsafe[] = {
        { 0x00, 0x1f }, { 0x7f, 0x9f }, { 0xad, 0xad }, { 0x34f, 0x34f }, { 0x61c, 0x61c }, { 0x115f, 0x1160 },
        { 0x17b4, 0x17b5 }, { 0x180b, 0x180f }, { 0x200b, 0x200f }, { 0x2028, 0x202e }, { 0x2060, 0x206f },
        { 0x3164, 0x3164 }, { 0xd800, 0xf8ff }, { 0xfdd0, 0xfdef }, { 0xfe00, 0xfe0f }, { 0xfeff, 0xfeff },
        { 0xffa0, 0xffa0 }, { 0xfff0, 0xfffb }, { 0x1bca0, 0x1bca3 }, { 0x1d173, 0x1d17a },
    };
    size_t i;

    if (point >= 0xe0000 || (point & 0xfffe) == 0xfffe)
        return false;
    for (i = 0; i < sizeof(unsafe) / sizeof(unsafe[0]); i++)
        if (point >= unsafe[i].first && point <= unsafe[i].last)
            return false;
    return true;
}

size_t text_clean(char *dst, size_t size, const char *src, size_t length)
{
    size_t used = 0;

    while (length) {
        uint32_t point = 0;
        int n = text_decode(src, length, &point);
        bool keep = n > 0 && text_is_safe(point);
        size_t bytes = keep ? (size_t)n : 1;

        if (used + bytes >= size)
            break;
        if (keep)
            memcpy(dst + used, src, bytes);
        else
            dst[used] = n == 1 && (*src == '\t' || *src == '\n' || *src == '\r') ? ' ' : '?';
        used += bytes;
        src += n > 0 ? n : 1;
        length -= n > 0 ? (size_t)n : 1;
    }
    dst[used] = '\0';
    return used;
}

bool text_is_clean(const char *text)
{
    size_t length = strlen(text);

    while (length) {
        uint32_t point;
        int n = text_decode(text, length, &point);

        if (n < 1 || !text_is_safe(point))
            return false;
        text += n;
        length -= (size_t)n;
    }
    return true;
}

/* The colon before a password in what may be an authority (user:password@host:port), and the '@' behind it; NULL: none. */
static const char *find_password(const char *start, const char **at)
{
    const char *end = start + strcspn(start, "/?#"), *colon = memchr(start, ':', (size_t)(end - start));

    if (!colon || *start == '[')
        return NULL;
    *at = memrchr(start, '@', (size_t)(end - start));
    /* no port, so a password with a slash or so in it: no URL, but a secret all the same */
    if (!*at && colon + 1 + strspn(colon + 1, "0123456789") < end)
        *at = strrchr(end, '@');
    return *at && colon < *at ? colon : NULL;
}

size_t text_mask_url(char *dst, size_t size, const char *url)
{
    const char *rest = url, *start = strstr(url, "://");
    size_t used = 0;

    for (start = start ? start + 3 : url; start; start = (start = strstr(start, "://")) ? start + 3 : NULL) {
        const char *at, *colon = find_password(start, &at);

        if (!colon)
            continue;
        used += text_clean(dst + used, size - used, rest, (size_t)(colon + 1 - rest));
        used += text_clean(dst + used, size - used, "***", 3);
        rest = start = at;
    }
    return used + text_clean(dst + used, size - used, rest, strlen(rest));
}

static unsigned least_of(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

unsigned text_distance(const char *a, const char *b)
{
    unsigned row[3][LONGEST_WORD + 1];
    size_t na = strlen(a), nb = strlen(b), i, j;

    if (na > LONGEST_WORD || nb > LONGEST_WORD)
        return LONGEST_WORD + 1;
    for (j = 0; j <= nb; j++)
        row[0][j] = (unsigned)j;
    for (i = 1; i <= na; i++) {
        unsigned *now = row[i % 3], *last = row[(i - 1) % 3];
        const unsigned *before = row[(i + 1) % 3];

        now[0] = (unsigned)i;
        for (j = 1; j <= nb; j++) {
            int x = tolower((unsigned char)a[i - 1]), y = tolower((unsigned char)b[j - 1]);

            now[j] = least_of(last[j - 1] + (x != y), least_of(last[j], now[j - 1]) + 1);
            if (i > 1 && j > 1 && x == tolower((unsigned char)b[j - 2]) && y == tolower((unsigned char)a[i - 2]))
                now[j] = least_of(now[j], before[j - 2] + 1);
        }
    }
    return row[na % 3][nb];
}

const char *text_nearest(const char *word, const char *const *words, size_t n)
{
    const char *nearest = NULL;
    size_t length = strlen(word), i;
    unsigned best = (unsigned)length / 3 + 1;

    if (length > LONGEST_WORD)
        return NULL;
    for (i = 0; i < n; i++) {
        unsigned d = text_distance(word, words[i]);

        if (d <= best && (d < best || !nearest)) {
            best = d;
            nearest = words[i];
        }
    }
    return nearest;
}
