#ifndef TRANSFER_H
#define TRANSFER_H

#include <stdatomic.h>

#include <curl/curl.h>

#include "base/strbuf.h"
#include "notify/notifier.h"

/* One libcurl handle of a worker: what mail and HTTP have in common, and what came of the last transfer. One thread. */

#define TRANSFER_SECRETS 6
#define TRANSFER_BODY_LIMIT ((size_t)8 << 10)

struct transfer {
    CURL *easy;
    const atomic_bool *stop;
    int64_t end_ns;                  /* monotonic: then it is given up */
    bool timed_out;
    bool began;                      /* the other side asked for the message: from here on it may have arrived */
    struct strbuf body;              /* of the answer, its beginning; of SMTP nothing */
    char line[256];                  /* the last line of header that came; of SMTP: the last reply. Clean */
    char error[CURL_ERROR_SIZE];
    struct {
        const char *text;            /* what is sent */
        size_t length, at;
    } upload;
    const char *secret[TRANSFER_SECRETS]; /* borrowed until the next transfer; never shown */
    size_t nsecret;
};

enum err transfer_open(struct transfer **out, const atomic_bool *stop, struct errmsg *why);
/* NULL is fine. */
void transfer_close(struct transfer *t);

/* Forgets the last transfer and sets the handle up for another that ends at until_ns, or limit_ms from now if that is
 * sooner. False, and *out is written, when there is no time left or no memory. */
bool transfer_begin(struct transfer *t, int64_t until_ns, int64_t limit_ms, struct delivery *out);
/* Hides a text from messages, unless it is so short that it would blot out half of them; NULL is fine. */
void transfer_hide(struct transfer *t, const char *secret);
/* CURLE_OPERATION_TIMEDOUT when its time is over, CURLE_ABORTED_BY_CALLBACK when the program ends. */
CURLcode transfer_run(struct transfer *t);

/* A delivery whose message, which may quote the other side, holds no secret of this transfer. */
void transfer_told(const struct transfer *t, struct delivery *out, enum delivery_end end, int code, const char *format,
                   ...)
    __attribute__((format(printf, 5, 6)));
/* The end of a transfer that came to no answer: everything but a wrong address may pass. */
void transfer_failed(const struct transfer *t, CURLcode code, struct delivery *out);

#endif
