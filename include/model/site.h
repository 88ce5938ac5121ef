#ifndef MODEL_SITE_H
#define MODEL_SITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* What the settings say. A site is a name, a URL and its options; both structs are immutable once made and shared by
 * count: whoever keeps a pointer holds a reference, on any thread. An edit makes a new site, never changes one, so a check
 * in flight goes on reading the old one. Sites with equal options share one struct options: a hundred thousand plain
 * addresses cost a name and a URL each. */

enum method { METHOD_HEAD, METHOD_GET };
enum ip_family { IP_ANY, IP_V4, IP_V6 };
enum proxy_use { PROXY_NONE, PROXY_ENV, PROXY_URL };

/* Accepted statuses, "200-299,401". No range: anything below 400. */
#define STATUS_SET_RANGES 16
struct status_set {
    uint8_t nrange;
    struct {
        uint16_t first, last; /* both included; 100-999 */
    } range[STATUS_SET_RANGES];
};

/* A list of strings, in the order written. */
struct strings {
    size_t n;
    char **item;
};

/* Everything about a site but its name and URL. Texts may be NULL: not set. Ranges: INTERFACE of uptime.cfg, kept by the
 * room that reads it. */
struct options {
    int64_t interval_ms;            /* from one check to the next; 1 s - 30 d */
    int64_t timeout_ms;             /* one attempt: look-up, HEAD, GET and redirects together; 50 ms - 5 min */
    int64_t retry_interval_ms;      /* 0 - 1 h */
    int64_t slow_above_ms;          /* 0: never slow */
    int64_t certificate_warning_ms; /* 0: never warned */
    int64_t body_limit;             /* bytes read at most */
    int     retries;                /* 0 - 10, after the first failure */
    enum method    method;
    enum ip_family ip;
    enum proxy_use proxy;
    bool follow_redirects;
    bool tls_verify;
    bool paused;
    struct status_set expect_status;
    char *owner;
    char *expect_body;              /* must be there */
    char *expect_body_regex;        /* POSIX extended; must match */
    char *reject_body;              /* must not be there */
    char *user;
    char *password;                 /* secret: never shown, logged or sent elsewhere */
    char *password_file;            /* where it was read from, absolute; NULL: not from a file */
    char *password_env;             /* the environment variable it was read from; NULL: not from there */
    char *ca_file;                  /* absolute path */
    char *proxy_url;                /* with PROXY_URL; may hold a secret */
    char *user_agent;
    struct strings headers;         /* "Name: value"; may hold secrets */
    struct strings tags;
    struct strings depends_on;      /* names of sites */
    struct strings regions;         /* where remote workers check it; none: anywhere */
    struct strings arguments;       /* of the program an exec URL names; may hold secrets */
};

/* The built-in defaults in memory of the caller's own, to be changed field by field; release or intern it. */
void options_init(struct options *o);
void options_release(struct options *o);
/* A deep copy. ERR_NOMEM leaves dst released. */
enum err options_copy(struct options *dst, const struct options *src);
bool options_equal(const struct options *a, const struct options *b);
uint64_t options_hash(const struct options *o);

/* True when the check has to read a body, whatever `method` says. */
bool options_want_body(const struct options *o);

/* An immutable options block. Takes what *o holds (o is released, also on failure); NULL when memory ran out. */
const struct options *options_share(struct options *o);
/* As options_share(); the result takes the place of *last, which may be NULL, and is the same block when the options are equal. */
const struct options *options_share_again(const struct options **last, struct options *o);
const struct options *options_ref(const struct options *o);
void options_unref(const struct options *o);

struct site {
    const char *name;
    const char *url;                /* in normal form, may hold a password; its scheme names the kind of check */
    const struct options *options;  /* a reference of the site's own */
};

/* Copies both texts and takes a new reference on options. NULL when memory ran out. */
struct site *site_new(const char *name, const char *url, const struct options *options);
struct site *site_ref(const struct site *site);
void site_unref(const struct site *site);
bool site_equal(const struct site *a, const struct site *b);

/* The host of a URL, without user, port or brackets; its length, 0 if there is none. */
size_t site_host(const char *url, const char **host);

/* True for web pages: what is not asked by HTTP has no method and no status. */
bool url_is_http(const char *url);
#define URL_CODE_SIZE 5
/* The kind of check in at most four capitals: "TCP", "DNS", "SMTP"; what the grid shows where there is no HTTP status. */
const char *url_code(char text[URL_CODE_SIZE], const char *url);

/* "200-299,401": ERR_INVALID with a message for what is no status set. Overlaps and blanks around commas are fine; at most
 * STATUS_SET_RANGES. */
enum err status_set_parse(struct status_set *set, const char *text, struct errmsg *why);
bool status_set_has(const struct status_set *set, int status);
#define STATUS_SET_TEXT_SIZE (STATUS_SET_RANGES * 8 + 1)
const char *status_set_format(char text[STATUS_SET_TEXT_SIZE], const struct status_set *set);

enum err strings_add(struct strings *s, const char *text);
void strings_release(struct strings *s);
bool strings_have(const struct strings *s, const char *text);
bool strings_equal(const struct strings *a, const struct strings *b);

#endif
