#ifndef HTTP_H
#define HTTP_H

#include <jansson.h>

#include "notifiers.h"
#include "transfer.h"

/* The channels that are one POST: one sender, and a row for each service, which says where to, what, and what an answer
 * means. Redirects are not followed; http_proxy and the like are obeyed, as by every other program. */

/* One POST in the making; a row fills it in, the sender frees it. */
struct http_request {
    struct strbuf url;
    struct strbuf body;
    struct curl_slist *headers;
    const char *user, *password;     /* Basic; borrowed; NULL: none */
    bool failed;                     /* memory ran out */
};

struct http_row {
    const char *type;                /* of the body: "application/json" */
    bool is_owners;                  /* the server is the owner's choice: their ca_file holds for it */

    /* ERR_INVALID, with a reason, when settings or address make no request: a permanent error. */
    enum err (*build)(struct http_request *r, const struct destination *to, const char *address,
                      const struct letter *letter, struct errmsg *why);

    /* The secrets of the request, for messages to hide; may be NULL. */
    void (*hide)(struct transfer *t, const struct destination *to, const char *address);

    /* True when the body of a 2xx is this service's: a gateway's login page is not. NULL: any will do. answer may be NULL: no
     * JSON. */
    bool (*accepted)(const char *body, const json_t *answer);
};

enum err http_open(void **self, const struct notifier_ops *ops, const atomic_bool *stop, struct errmsg *why);
void http_send(void *self, const struct destination *to, const struct letter *letter, int64_t until_ns,
               struct delivery *out);
void http_close(void *self);

#define HTTP_NOTIFIER(name_, summary_, row_)                                                                        \
    .name = #name_, .summary = summary_, .addresses = offsetof(struct owner, name_), .open = http_open,             \
    .send = http_send, .close = http_close, .row = row_

/* --- for rows --------------------------------------------------------------------------------------------------- */

void http_add_header(struct http_request *r, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The body: object as JSON. Takes the reference; NULL is memory that ran out. */
void http_take_json(struct http_request *r, json_t *object);
/* A JSON string of at most so many characters, as UTF-16 counts them, "..." at its end when it was cut. */
json_t *http_text(const char *text, size_t most);

/* For a hide(): services put tokens into the path and the query. */
void http_hide_path(struct transfer *t, const char *url);

/* answer has a text or a number of that name. */
bool http_has(const json_t *answer, const char *key);

#endif
