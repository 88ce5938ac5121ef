/* The text of a mail. Pure: what a letter says, and nothing else, decides every byte of it. */
#include "mail.h"

#include <stdbool.h>
#include <string.h>
#include <time.h>

#include <openssl/evp.h>

#include "base/clock.h"
#include "base/text.h"

#define LINE_LIMIT 900              /* below the 998 of RFC 5322, section 2.1.1 */
#define QUOTED_WIDTH 75             /* and the "=" of a soft break */
#define WORD_BYTES 39               /* 52 of base64: an encoded word of 64, beside "Subject: " below 76 */

/* --- headers ---------------------------------------------------------------------------------------------------- */

static bool is_plain(const char *text)
{
    const char *c;

    for (c = text; *c; c++)
        if (*c < 0x20 || *c > 0x7e)
            return false;
    return !strstr(text, "=?") && strlen(text) < LINE_LIMIT;
}

/* Bytes of whole characters, at most WORD_BYTES. */
static size_t word_length(const char *text)
{
    size_t length = 0;

    while (text[length]) {
        uint32_t point;
        int bytes = text_decode(text + length, strnlen(text + length, 4), &point);

        bytes = bytes < 1 ? 1 : bytes;
        if (length + (size_t)bytes > WORD_BYTES)
            break;
        length += (size_t)bytes;
    }
    return length;
}

void mail_add_text(struct strbuf *out, const char *text)
{
    unsigned char encoded[WORD_BYTES * 2];
    char clean[2048];
    const char *at = clean;

    text_clean(clean, sizeof(clean), text, strlen(text));
    if (is_plain(clean)) {
        strbuf_adds(out, clean);
        return;
    }
    while (*at) {
        size_t length = word_length(at);

        EVP_EncodeBlock(encoded, (const unsigned char *)at, (int)length);
        strbuf_addf(out, "%s=?UTF-8?B?%s?=", at == clean ? "" : "\r\n ", (const char *)encoded);
        at += length;
    }
}

/* The C library's names of days and months follow the locale. */
static void add_date(struct strbuf *out, int64_t at_ms)
{
    static const char days[][4] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
    static const char months[][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
    time_t seconds = (time_t)(at_ms / MS_PER_S);
    struct tm tm;

    if (gmtime_r(&seconds, &tm))
        strbuf_addf(out, "Date: %s, %d %s %d %02d:%02d:%02d +0000\r\n", days[tm.tm_wday], tm.tm_mday, months[tm.tm_mon],
                    tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

static void add_headers(struct strbuf *out, const struct letter *l, const char *from, const char *to)
{
    const char *domain = strchr(from, '@');

    domain = domain ? domain + 1 : "localhost";
    strbuf_addf(out, "From: UptimeSquirrel <%s>\r\nTo: <%s>\r\nSubject: ", from, to);
    mail_add_text(out, l->title ? l->title : "");
    strbuf_adds(out, "\r\n");
    add_date(out, l->at_ms);
    strbuf_addf(out, "Message-ID: <%s@%s>\r\n", l->id, domain);
    if (*l->thread && strcmp(l->thread, l->id) != 0)
        strbuf_addf(out, "In-Reply-To: <%s@%s>\r\nReferences: <%s@%s>\r\n", l->thread, domain, l->thread, domain);
    strbuf_adds(out, "Auto-Submitted: auto-generated\r\nX-Auto-Response-Suppress: All\r\n");
    if (l->priority == LETTER_HIGH)
        strbuf_adds(out, "Importance: high\r\n");
}

/* --- the body --------------------------------------------------------------------------------------------------- */

static bool goes_as_it_is(const char *text)
{
    size_t column = 0;

    for (; *text; text++) {
        if (*text != '\n' && (*text < 0x20 || *text > 0x7e))
            return false;
        column = *text == '\n' ? 0 : column + 1;
        if (column > LINE_LIMIT)
            return false;
    }
    return true;
}

static void add_plain_line(struct strbuf *out, const char *line, size_t length)
{
    strbuf_add(out, line, length);
    strbuf_adds(out, "\r\n");
}

static void add_quoted_line(struct strbuf *out, const char *line, size_t length)
{
    size_t column = 0, i;

    for (i = 0; i < length; i++) {
        unsigned char c = (unsigned char)line[i];
        bool blank_at_end = c == ' ' && i + 1 == length;
        bool plain = c >= 0x20 && c <= 0x7e && c != '=' && !blank_at_end;
        size_t width = plain ? 1 : 3;

        if (column + width > QUOTED_WIDTH) {
            strbuf_adds(out, "=\r\n");
            column = 0;
        }
        if (plain)
            strbuf_addc(out, (char)c);
        else
            strbuf_addf(out, "=%02X", c);
        column += width;
    }
    strbuf_adds(out, "\r\n");
}

static void add_lines(struct strbuf *out, const char *text, void (*add)(struct strbuf *, const char *, size_t))
{
    while (*text) {
        size_t length = strcspn(text, "\n");

        add(out, text, length);
        text += length + (text[length] == '\n');
    }
}

void mail_add_quoted(struct strbuf *out, const char *text)
{
    add_lines(out, text, add_quoted_line);
}

void mail_compose(struct strbuf *out, const struct letter *l, const char *from, const char *to)
{
    const char *text = l->text ? l->text : "";
    bool plain = goes_as_it_is(text);

    add_headers(out, l, from, to);
    strbuf_addf(out,
                "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: %s\r\n\r\n",
                plain ? "7bit" : "quoted-printable");
    add_lines(out, text, plain ? add_plain_line : add_quoted_line);
}
