/* One libcurl handle of a worker: what mail and HTTP have in common. The worker's thread owns it. The handle is kept from
 * letter to letter for its CA store, connections are not: by the next alarm they are long dead. */
#include "transfer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/duration.h"
#include "base/text.h"

#define FAREWELL_S 1L
#define ASKED_LATE_MS 2000           /* should_stop() comes sooner than so much after its time */

enum err transfer_open(struct transfer **out, const atomic_bool *stop, struct errmsg *why)
{
    struct transfer *t = calloc(1, sizeof(*t));

    if (t) {
        t->body = (struct strbuf)STRBUF_INIT;
        t->stop = stop;
        t->easy = curl_easy_init();
    }
    if (!t || !t->easy) {
        transfer_close(t);
        return err_set(why, ERR_NOMEM, "cannot make a transfer: out of memory");
    }
    *out = t;
    return ERR_OK;
}

void transfer_close(struct transfer *t)
{
    if (!t)
        return;
    curl_easy_cleanup(t->easy);
    strbuf_release(&t->body);
    free(t);
}

/* --- what libcurl calls ----------------------------------------------------------------------------------------- */

/* After the last reply there is only SMTP's farewell, for which libcurl would wait two minutes, whatever its time-out. */
static void be_brief(struct transfer *t)
{
    curl_easy_setopt(t->easy, CURLOPT_SERVER_RESPONSE_TIMEOUT, FAREWELL_S);
}

static size_t take_line(char *line, size_t size, size_t n, void *context)
{
    struct transfer *t = context;
    size_t length = size * n;

    while (length && (line[length - 1] == '\n' || line[length - 1] == '\r'))
        length--;
    if (length && strncmp(line, "221", length < 3 ? length : 3) != 0) /* SMTP's farewell tells nothing */
        text_clean(t->line, sizeof(t->line), line, length);
    if (t->upload.length && (t->upload.at == t->upload.length || *line >= '4'))
        be_brief(t);
    return size * n;
}

static size_t take_body(char *bytes, size_t size, size_t n, void *context)
{
    struct transfer *t = context;
    size_t room = TRANSFER_BODY_LIMIT - t->body.length;

    strbuf_add(&t->body, bytes, size * n < room ? size * n : room);
    return size * n <= room ? size * n : 0;
}

static size_t give_upload(char *bytes, size_t size, size_t n, void *context)
{
    struct transfer *t = context;
    size_t left = t->upload.length - t->upload.at;
    size_t length = size * n < left ? size * n : left;

    t->began = true;
    memcpy(bytes, t->upload.text + t->upload.at, length);
    t->upload.at += length;
    return length;
}

/* libcurl asks once a second at least; so we are sooner than its own time-out. */
static int should_stop(void *context, curl_off_t dltotal, curl_off_t dlnow, curl_off_t ultotal, curl_off_t ulnow)
{
    struct transfer *t = context;
    bool stopped = t->stop && atomic_load(t->stop);

    (void)dltotal;
    (void)dlnow;
    (void)ultotal;
    (void)ulnow;
    t->timed_out = clock_mono_ns() >= t->end_ns;
    if (stopped || t->timed_out)
        be_brief(t);
    return stopped || t->timed_out;
}

/* --- setting up ------------------------------------------------------------------------------------------------- */

#define SET(option, value)                                            \
    do {                                                              \
        if (curl_easy_setopt(t->easy, (option), (value)) != CURLE_OK) \
            return false;                                             \
    } while (0)

static bool set_up(struct transfer *t, int64_t limit_ms)
{
    const char *ca_file = curl_version_info(CURLVERSION_NOW)->cainfo;

    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_QUICK_EXIT, 1L); /* a silent name server does not hold the worker */
    SET(CURLOPT_TIMEOUT_MS, (long)(limit_ms + ASKED_LATE_MS));
    SET(CURLOPT_ERRORBUFFER, t->error);
    SET(CURLOPT_FRESH_CONNECT, 1L);
    SET(CURLOPT_FORBID_REUSE, 1L);
    SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    SET(CURLOPT_CAPATH, NULL); /* a directory would switch the cache of the CA store off */
    if (ca_file)
        SET(CURLOPT_CAINFO, ca_file);
    SET(CURLOPT_HEADERFUNCTION, take_line);
    SET(CURLOPT_HEADERDATA, t);
    SET(CURLOPT_WRITEFUNCTION, take_body);
    SET(CURLOPT_WRITEDATA, t);
    SET(CURLOPT_READFUNCTION, give_upload);
    SET(CURLOPT_READDATA, t);
    SET(CURLOPT_XFERINFOFUNCTION, should_stop);
    SET(CURLOPT_XFERINFODATA, t);
    SET(CURLOPT_NOPROGRESS, 0L);
    return true;
}

bool transfer_begin(struct transfer *t, int64_t until_ns, int64_t limit_ms, struct delivery *out)
{
    int64_t now_ns = clock_mono_ns(), left_ms = (until_ns - now_ns) / NS_PER_MS;

    if (left_ms > limit_ms)
        left_ms = limit_ms;
    t->end_ns = now_ns + left_ms * NS_PER_MS;
    t->nsecret = 0;
    t->began = t->timed_out = false;
    t->upload.length = 0;
    strbuf_reset(&t->body);
    t->body.failed = false;
    t->line[0] = t->error[0] = '\0';
    curl_easy_reset(t->easy);
    if (left_ms <= 0) {
        delivery_set(out, DELIVERY_PASSING, 0, "no time was left to send it");
        return false;
    }
    if (!set_up(t, left_ms)) {
        delivery_set(out, DELIVERY_PASSING, 0, "out of memory");
        return false;
    }
    return true;
}

void transfer_hide(struct transfer *t, const char *secret)
{
    if (secret && strlen(secret) >= 4 && t->nsecret < TRANSFER_SECRETS)
        t->secret[t->nsecret++] = secret;
}

CURLcode transfer_run(struct transfer *t)
{
    int64_t begun_ns = clock_mono_ns();
    char took[DURATION_TEXT_SIZE];
    CURLcode code;

    t->upload.at = 0;
    code = curl_easy_perform(t->easy);
    if (code == CURLE_WRITE_ERROR && t->body.length == TRANSFER_BODY_LIMIT)
        return CURLE_OK; /* the status is there, and nobody wants the rest */
    if (code != CURLE_ABORTED_BY_CALLBACK || !t->timed_out)
        return code;
    snprintf(t->error, sizeof(t->error), "no answer in %s", duration_measured(took, t->end_ns - begun_ns));
    return CURLE_OPERATION_TIMEDOUT;
}

/* --- what came of it -------------------------------------------------------------------------------------------- */

static void hide_secrets(const struct transfer *t, char *text)
{
    size_t i;

    for (i = 0; i < t->nsecret; i++) {
        size_t length = strlen(t->secret[i]);
        char *at = text;

        while ((at = strstr(at, t->secret[i]))) {
            memcpy(at, "***", 3);
            memmove(at + 3, at + length, strlen(at + length) + 1);
            at += 3;
        }
    }
}

void transfer_told(const struct transfer *t, struct delivery *out, enum delivery_end end, int code, const char *format,
                   ...)
{
    char text[1024];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    hide_secrets(t, text);
    delivery_set(out, end, code, "%s", text);
}

void transfer_failed(const struct transfer *t, CURLcode code, struct delivery *out)
{
    bool hopeless = code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL || code == CURLE_NOT_BUILT_IN;

    if (code == CURLE_ABORTED_BY_CALLBACK)
        delivery_set(out, DELIVERY_PASSING, 0, "interrupted: the program ends");
    else
        transfer_told(t, out, hopeless ? DELIVERY_PERMANENT : DELIVERY_PASSING, 0, "%s",
                      *t->error ? t->error : curl_easy_strerror(code));
}
