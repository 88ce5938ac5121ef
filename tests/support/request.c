/* Requests, and the paths that need no route. Pure: no allocation on any way, because benchmarks come through here. */
#include "support/request.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool piece_is(struct piece p, const char *text)
{
    return strlen(text) == p.length && !memcmp(p.text, text, p.length);
}

bool piece_begins(struct piece p, const char *text)
{
    return strlen(text) <= p.length && !memcmp(p.text, text, strlen(text));
}

/* --- requests --------------------------------------------------------------------------------------------------- */

/* The value of the header line `name` in text, which is a whole header. */
static struct piece find_header(const char *text, size_t length, const char *name)
{
    const char *line = memchr(text, '\n', length), *end = text + length;
    size_t nname = strlen(name);

    while (line && (size_t)(end - ++line) > nname) {
        const char *next = memchr(line, '\n', (size_t)(end - line)), *value = line + nname + 1, *last = next ? next : end;

        if (!strncasecmp(line, name, nname) && line[nname] == ':') {
            while (value < last && (*value == ' ' || *value == '\t'))
                value++;
            while (last > value && isspace((unsigned char)last[-1]))
                last--;
            return (struct piece){ value, (size_t)(last - value) };
        }
        line = next;
    }
    return (struct piece){ "", 0 };
}

size_t request_whole(const char *text, size_t length)
{
    const char *end = memmem(text, length, "\r\n\r\n", 4);
    size_t header, body = 0;

    if (!end)
        return 0;
    header = (size_t)(end - text) + 4;
    if (*text == 'P') /* POST, PUT, PATCH */
        body = strtoul(find_header(text, header - 2, "Content-Length").text, NULL, 10);
    return length - header >= body ? header + body : 0;
}

bool request_parse(struct request *r, const char *text, size_t length)
{
    const char *line = memchr(text, '\r', length), *space, *after, *host, *query;

    if (!line)
        return false;
    space = memchr(text, ' ', (size_t)(line - text));
    after = space ? memchr(space + 1, ' ', (size_t)(line - space - 1)) : NULL;
    if (!after)
        return false;
    r->whole = (struct piece){ text, length };
    r->method = (struct piece){ text, (size_t)(space - text) };
    r->target = (struct piece){ space + 1, (size_t)(after - space - 1) };
    r->path = r->target;
    host = piece_begins(r->path, "http") ? memmem(r->path.text, r->path.length, "://", 3) : NULL;
    if (host) { /* as asked of a proxy */
        const char *slash = memchr(host + 3, '/', (size_t)(after - host - 3));

        r->path = slash ? (struct piece){ slash, (size_t)(after - slash) } : (struct piece){ "/", 1 };
    }
    query = memchr(r->path.text, '?', r->path.length);
    if (query)
        r->path.length = (size_t)(query - r->path.text);
    return true;
}

struct piece request_header(const struct request *r, const char *name)
{
    return find_header(r->whole.text, r->whole.length, name);
}

/* The value of a base64 digit; -1 for another character. */
static int digit_of(char c)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = c ? strchr(digits, c) : NULL;

    return at ? (int)(at - digits) : -1;
}

bool request_signs_in(const struct request *r, const char *user_password)
{
    struct piece value = request_header(r, "Authorization");
    size_t wanted = strlen(user_password), got = 0, i;
    unsigned bits = 0, have = 0;

    if (value.length < 6 || strncasecmp(value.text, "Basic ", 6) != 0)
        return false;
    for (i = 6; i < value.length && value.text[i] != '='; i++) {
        int digit = digit_of(value.text[i]);

        if (digit < 0)
            return false;
        bits = bits << 6 | (unsigned)digit;
        have += 6;
        if (have < 8)
            continue;
        have -= 8;
        if (got >= wanted || (unsigned char)user_password[got++] != (bits >> have & 0xff))
            return false;
    }
    return got == wanted;
}

/* --- paths ------------------------------------------------------------------------------------------------------ */

static void answer(struct step *step, char text[PATH_TEXT], int status, const char *header, const char *body)
{
    bool bodiless = status / 100 == 1 || status == 204 || status == 304;
    int used;

    if (bodiless)
        used = snprintf(text, PATH_TEXT, "HTTP/1.1 %d %s\r\n%sConnection: close\r\n\r\n", status, status_reason(status), header);
    else
        used = snprintf(text, PATH_TEXT, "HTTP/1.1 %d %s\r\n%sContent-Length: %zu\r\nConnection: close\r\n\r\n", status,
                        status_reason(status), header, strlen(body));
    step->kind = STEP_ANSWER;
    step->text = text;
    step->n = used;
    step->length = (size_t)used;
    if (!bodiless) {
        memcpy(text + used, body, strlen(body));
        step->length += strlen(body);
    }
}

static void redirect(struct step *step, char text[PATH_TEXT], const char *location)
{
    char header[PATH_TEXT - 128];

    snprintf(header, sizeof(header), "Location: %s\r\n", location);
    answer(step, text, 302, header, "");
}

/* A decimal number, up to the next slash or the end, which *at is moved behind. -1 for anything else. */
static long number(struct piece *at)
{
    long value = 0;
    size_t i;

    for (i = 0; i < at->length && i < 12 && isdigit((unsigned char)at->text[i]); i++)
        value = value * 10 + at->text[i] - '0';
    if (!i || (i < at->length && at->text[i] != '/'))
        return -1;
    i += i < at->length;
    at->text += i;
    at->length -= i;
    return value;
}

/* Moves *at behind `word` if it begins so. */
static bool take(struct piece *at, const char *word)
{
    if (!piece_begins(*at, word))
        return false;
    at->text += strlen(word);
    at->length -= strlen(word);
    return true;
}

static int hex_of(char c)
{
    return isdigit((unsigned char)c) ? c - '0' : isxdigit((unsigned char)c) ? tolower((unsigned char)c) - 'a' + 10 : -1;
}

static void percent_decode(char *out, size_t size, struct piece from)
{
    size_t used = 0, i;

    for (i = 0; i < from.length && used + 1 < size; i++) {
        char c = from.text[i];

        if (c == '%' && i + 2 < from.length && hex_of(from.text[i + 1]) >= 0 && hex_of(from.text[i + 2]) >= 0) {
            c = (char)(hex_of(from.text[i + 1]) << 4 | hex_of(from.text[i + 2]));
            i += 2;
        }
        out[used++] = c;
    }
    out[used] = '\0';
}

static bool is_head(const struct request *r)
{
    return piece_is(r->method, "HEAD");
}

void path_play(struct step steps[PATH_STEPS], char text[PATH_TEXT], struct piece path, const struct request *r, bool secure)
{
    char location[PATH_TEXT - 160];
    struct piece at = path, host;
    long n = -1, later = -1;

    memset(steps, 0, PATH_STEPS * sizeof(*steps));
    if (piece_is(path, "/") || piece_is(path, "/ok")) {
        answer(steps, text, 200, "", "ok\n");
    } else if (take(&at, "/status/") && (n = number(&at)) >= 100 && n <= 999) {
        answer(steps, text, (int)n, "", "status\n");
    } else if (take(&at, "/split/") && (n = number(&at)) >= 100 && (later = number(&at)) >= 100 && n <= 999 && later <= 999) {
        answer(steps, text, (int)(is_head(r) ? n : later), "", "split\n");
    } else if (take(&at, "/delay/") && (later = number(&at)) >= 0) {
        n = number(&at);
        steps[0] = (struct step)DELAY(later);
        answer(steps + 1, text, n >= 100 && n <= 999 ? (int)n : 200, "", "late\n");
    } else if (piece_is(path, "/hang")) {
        steps[0] = (struct step)HANG;
    } else if (take(&at, "/body/") && (n = number(&at)) >= 0) {
        snprintf(text, PATH_TEXT, "HTTP/1.1 200 OK\r\nContent-Length: %ld\r\nConnection: close\r\n\r\n", n);
        steps[0] = (struct step){ .kind = STEP_SEND, .text = text, .length = strlen(text) };
        if (!is_head(r))
            steps[1] = (struct step)FILL(n);
    } else if (take(&at, "/redirect/") && (n = number(&at)) >= 0) {
        snprintf(location, sizeof(location), "/redirect/%ld", n - 1);
        if (n)
            redirect(steps, text, location);
        else
            answer(steps, text, 200, "", "ok\n");
    } else if (take(&at, "/chain/") && (n = number(&at)) >= 0) {
        host = request_header(r, "Host");
        snprintf(location, sizeof(location), "%s://%.*s/chain/%ld", secure ? "https" : "http", (int)(host.length % 256), host.text,
                 n - 1);
        if (n)
            redirect(steps, text, location);
        else
            answer(steps, text, 200, "", "ok\n");
    } else if (piece_is(path, "/loop")) {
        redirect(steps, text, "/loop/back");
    } else if (piece_is(path, "/loop/back")) {
        redirect(steps, text, "/loop");
    } else if (take(&at, "/goto/")) {
        /* the query is part of where to go */
        if (r->path.text == path.text)
            at.length = (size_t)(r->target.text + r->target.length - at.text);
        percent_decode(location, sizeof(location), at);
        redirect(steps, text, location);
    } else if (piece_is(path, "/echo")) {
        steps[0] = (struct step)MIRROR;
    } else if (take(&at, "/auth/") && memchr(at.text, '/', at.length)) {
        snprintf(text, PATH_TEXT, "%.*s", (int)(at.length < PATH_TEXT ? at.length : PATH_TEXT - 1), at.text);
        *strchr(text, '/') = ':';
        steps[0] = (struct step){ .kind = STEP_AUTH, .text = text };
        steps[1] = (struct step){ .kind = STEP_SEND, .text = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n" };
        steps[1].length = strlen(steps[1].text);
    } else {
        answer(steps, text, 404, "", "no such path\n");
    }
}
