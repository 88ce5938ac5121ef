/* The channels that are one POST: requests made by a row, sent and judged here. A worker's thread owns what it opened. */
#include "http.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"

#define LIMIT_MS (15 * MS_PER_S)
#define RETRY_MOST_MS MS_PER_DAY
#define TOKEN_LEAST 8                /* shorter is a word */

struct http {
    const struct notifier_ops *ops;
    struct transfer *transfer;
};

enum err http_open(void **self, const struct notifier_ops *ops, const atomic_bool *stop, struct errmsg *why)
{
    struct http *h = calloc(1, sizeof(*h));
    enum err err = h ? transfer_open(&h->transfer, stop, why) : err_set(why, ERR_NOMEM, "out of memory");

    if (err) {
        free(h);
        return err;
    }
    h->ops = ops;
    *self = h;
    return ERR_OK;
}

void http_close(void *self)
{
    struct http *h = self;

    if (h)
        transfer_close(h->transfer);
    free(h);
}

/* --- requests --------------------------------------------------------------------------------------------------- */

static void add_line(struct http_request *r, const char *line)
{
    struct curl_slist *more = curl_slist_append(r->headers, line);

    if (more)
        r->headers = more;
    else
        r->failed = true;
}

void http_add_header(struct http_request *r, const char *format, ...)
{
    char line[2048], clean[2048];
    va_list args;

    va_start(args, format);
    vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    text_clean(clean, sizeof(clean), line, strlen(line)); /* no line end, wherever it came from */
    add_line(r, clean);
}

void http_take_json(struct http_request *r, json_t *object)
{
    char *text = object ? json_dumps(object, JSON_COMPACT) : NULL;

    if (text)
        strbuf_adds(&r->body, text);
    else
        r->failed = true;
    free(text);
    json_decref(object);
}

json_t *http_text(const char *text, size_t most)
{
    size_t length = 0, kept = 0, units = 0;
    struct strbuf cut = STRBUF_INIT;
    json_t *string = NULL;

    text = text ? text : "";
    while (text[length]) {
        uint32_t point;
        int bytes = text_decode(text + length, strnlen(text + length, 4), &point);

        if (bytes < 1)
            break;
        units += point > 0xffff ? 2 : 1;
        if (units > most)
            break;
        length += (size_t)bytes;
        if (units + 3 <= most)
            kept = length;
    }
    if (!text[length])
        return json_stringn(text, length);
    strbuf_add(&cut, text, kept);
    strbuf_adds(&cut, "...");
    if (!cut.failed)
        string = json_stringn(cut.text, cut.length);
    strbuf_release(&cut);
    return string;
}

void http_hide_path(struct transfer *t, const char *url)
{
    const char *root = strstr(url, "://"), *path = root ? strpbrk(root + 3, "/?#") : NULL, *last = path, *next = path;

    while (next && (next = strpbrk(next, "/=?&#")))
        last = ++next;
    transfer_hide(t, path);
    if (last && strlen(last) >= TOKEN_LEAST)
        transfer_hide(t, last);
}

/* --- answers ---------------------------------------------------------------------------------------------------- */

bool http_has(const json_t *answer, const char *key)
{
    const json_t *value = json_object_get(answer, key);

    return json_is_string(value) || json_is_number(value);
}

/* What services call the sentence that says what is wrong. */
static const char *complaint(const json_t *answer)
{
    static const char *const keys[] = { "message", "errorDescription", "error", "detail", "errors" };
    size_t i;

    for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        const json_t *value = json_object_get(answer, keys[i]);

        if (json_is_array(value))
            value = json_array_get(value, 0);
        if (json_is_string(value))
            return json_string_value(value);
    }
    return NULL;
}

/* ": topic is not allowed", from JSON or from the first line of plain text. It is cut where secrets are hidden already: half of
 * one would not be found. */
static void add_complaint(char *text, size_t size, const char *body, const json_t *answer)
{
    const char *said = complaint(answer);
    size_t used = strlen(text);

    if (said)
        snprintf(text + used, size - used, ": %s", said);
    else if (*body && *body != '<' && *body != '{' && *body != '[')
        snprintf(text + used, size - used, ": %.*s", (int)(strcspn(body, "\r\n") < size ? strcspn(body, "\r\n") : size), body);
}

/* Seconds or a date in the header, or seconds in the JSON body (Discord, to a fraction). */
static int64_t retry_after(const struct transfer *t, const json_t *answer)
{
    const json_t *value = json_object_get(answer, "retry_after");
    double seconds = json_is_number(value) ? json_number_value(value) : 0;
    curl_off_t from_header = 0;

    if (!(seconds > 0) && curl_easy_getinfo(t->easy, CURLINFO_RETRY_AFTER, &from_header) == CURLE_OK)
        seconds = (double)from_header;
    if (!(seconds > 0))
        return 0;
    return seconds * MS_PER_S < RETRY_MOST_MS ? (int64_t)(seconds * MS_PER_S + 0.999) : RETRY_MOST_MS;
}

/* May come right by waiting: RFC 9110, section 15.5.9 and 15.6; RFC 6585; RFC 8470. */
static bool passes(long status)
{
    return status == 408 || status == 425 || status == 429 || status >= 500;
}

static void judge_status(const struct transfer *t, const struct http_row *row, long status, const json_t *answer,
                         struct delivery *out)
{
    char text[1024];

    if (status >= 200 && status < 300) {
        if (!row->accepted || row->accepted(t->body.text, answer))
            transfer_told(t, out, DELIVERY_SENT, (int)status, "HTTP %ld", status);
        else
            transfer_told(t, out, DELIVERY_PASSING, (int)status,
                          "HTTP %ld, but not with this service's answer: is the address right?", status);
        return;
    }
    snprintf(text, sizeof(text), "HTTP %ld%s", status, status >= 300 && status < 400 ? ": redirects are not followed" : "");
    add_complaint(text, sizeof(text), t->body.text, answer);
    transfer_told(t, out, passes(status) ? DELIVERY_PASSING : DELIVERY_PERMANENT, (int)status, "%s", text);
    if (out->end == DELIVERY_PASSING)
        out->retry_after_ms = retry_after(t, answer);
}

static void judge(const struct transfer *t, const struct http_row *row, CURLcode code, struct delivery *out)
{
    json_t *answer;
    long status = 0;

    curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
    if (code || status < 200) {
        transfer_failed(t, code ? code : CURLE_GOT_NOTHING, out);
        return;
    }
    answer = json_loadb(t->body.text, t->body.length, 0, NULL);
    judge_status(t, row, status, answer, out);
    json_decref(answer);
}

/* --- sending ---------------------------------------------------------------------------------------------------- */

#define SET(option, value)                                            \
    do {                                                              \
        if (curl_easy_setopt(t->easy, (option), (value)) != CURLE_OK) \
            return false;                                             \
    } while (0)

static bool set_up(struct transfer *t, const struct http_request *r, const char *ca_file)
{
    SET(CURLOPT_URL, r->url.text);
    SET(CURLOPT_PROTOCOLS_STR, "http,https");
    if (ca_file)
        SET(CURLOPT_CAINFO, ca_file);
    SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    SET(CURLOPT_USERAGENT, "uptimesquirrel/" UPTIME_VERSION);
    SET(CURLOPT_HTTPHEADER, r->headers);
    SET(CURLOPT_POST, 1L);
    SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->body.length);
    SET(CURLOPT_POSTFIELDS, r->body.text);
    if (r->user) {
        SET(CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
        SET(CURLOPT_USERNAME, r->user);
        SET(CURLOPT_PASSWORD, r->password ? r->password : "");
    }
    return true;
}

static void post(struct http *h, const struct http_request *r, const struct http_row *row, const struct destination *to,
                 int64_t until_ns, struct delivery *out)
{
    struct transfer *t = h->transfer;

    if (!transfer_begin(t, until_ns, LIMIT_MS, out))
        return;
    if (row->hide)
        row->hide(t, to, destination_address(h->ops, to));
    transfer_hide(t, r->password);
    if (set_up(t, r, row->is_owners ? to->owner->ca_file : NULL))
        judge(t, row, transfer_run(t), out);
    else
        delivery_set(out, DELIVERY_PASSING, 0, "out of memory");
}

void http_send(void *self, const struct destination *to, const struct letter *letter, int64_t until_ns,
               struct delivery *out)
{
    struct http *h = self;
    const struct http_row *row = h->ops->row;
    struct http_request r = { .url = STRBUF_INIT, .body = STRBUF_INIT };
    struct errmsg why = ERRMSG_INIT;
    enum err err;

    http_add_header(&r, "Content-Type: %s", row->type);
    add_line(&r, "Expect:"); /* or libcurl waits a second for leave to send a long one */
    err = row->build(&r, to, destination_address(h->ops, to), letter, &why);
    if (r.failed || r.url.failed || r.body.failed || err == ERR_NOMEM)
        delivery_set(out, DELIVERY_PASSING, 0, "out of memory");
    else if (err)
        delivery_set(out, DELIVERY_PERMANENT, 0, "%s", why.text);
    else
        post(h, &r, row, to, until_ns, out);
    curl_slist_free_all(r.headers);
    strbuf_release(&r.url);
    strbuf_release(&r.body);
}
