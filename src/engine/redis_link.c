/* One connection to Redis that comes back by itself. hiredis is used as far as its 0.14 goes: RESP2, blocking calls, and
 * a socket time-out longer than any wait asked of the server, because a call that times out kills the connection. */
#include "redis_link.h"

#include <stdatomic.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/text.h"

#define CONNECT_S 2
#define CALL_S 5                      /* longer than a BLOCK of 2 s by more than a second */
#define RETRY_FIRST_NS (100 * NS_PER_MS)
#define RETRY_MOST_NS (10 * NS_PER_S)

struct redis_link {
    char *host;                       /* or the path of a socket */
    bool  is_path;
    int   port, db;
    char *user, *password;            /* NULL: none */
    char  client[32];
    char  where[160];                 /* for messages */
    char  trouble[256];
    redisContext *context;
    _Atomic int fd;                   /* of context; -1 */
    int64_t retry_ns, wait_ns;
    int64_t clock_offset_ms;
};

/* --- the URL ------------------------------------------------------------------------------------------------------ */

static char *part(const char *from, const char *to)
{
    return to > from ? strndup(from, (size_t)(to - from)) : NULL;
}

/* "[user][:password]@": %-escapes are undone. */
static void unescape(char *text)
{
    char *to = text;
    unsigned byte;

    for (; text && *text; text++, to++) {
        if (*text == '%' && sscanf(text + 1, "%2x", &byte) == 1) {
            *to = (char)byte;
            text += 2;
        } else
            *to = *text;
    }
    if (to)
        *to = '\0';
}

static void take_sign_in(struct redis_link *l, const char *from, const char *at)
{
    const char *colon = memchr(from, ':', (size_t)(at - from));

    l->user = part(from, colon ? colon : at);
    l->password = colon ? part(colon + 1, at) : NULL;
    unescape(l->user);
    unescape(l->password);
}

static bool take_host(struct redis_link *l, const char *from)
{
    const char *end = from + strcspn(from, "/?#"), *at = NULL, *colon, *p;

    for (p = from; p < end; p++)
        if (*p == '@')
            at = p;
    if (at) {
        take_sign_in(l, from, at);
        from = at + 1;
    }
    if (*from == '[') {
        colon = memchr(from, ']', (size_t)(end - from));
        l->host = colon ? part(from + 1, colon) : NULL;
        colon = colon && colon[1] == ':' ? colon + 1 : NULL;
    } else {
        colon = memchr(from, ':', (size_t)(end - from));
        l->host = part(from, colon ? colon : end);
    }
    l->port = colon ? atoi(colon + 1) : 6379;
    l->db = *end == '/' ? atoi(end + 1) : 0;
    return l->host && l->port > 0 && l->port < 65536 && l->db >= 0;
}

static bool take_url(struct redis_link *l, const char *url)
{
    if (!strncasecmp(url, "unix://", 7)) {
        l->is_path = true;
        l->host = strdup(url + 7);
        return l->host && *l->host == '/';
    }
    return !strncasecmp(url, "redis://", 8) && take_host(l, url + 8);
}

enum err redis_link_new(struct redis_link **out, const struct engine_broker *b, const char *name, struct errmsg *why)
{
    struct redis_link *l = calloc(1, sizeof(*l));
    char shown[200];

    if (!l)
        return err_set(why, ERR_NOMEM, "cannot make a connection to Redis: out of memory");
    atomic_init(&l->fd, -1);
    text_mask_url(shown, sizeof(shown), b->url);
    if (!take_url(l, b->url)) {
        redis_link_free(l);
        return err_set(why, ERR_INVALID, "redis.url '%s' is no URL of a Redis: write it like redis://127.0.0.1:6379/0", shown);
    }
    if (b->password) {
        free(l->password);
        l->password = strdup(b->password);
    }
    snprintf(l->client, sizeof(l->client), "%s", name);
    if (l->is_path)
        snprintf(l->where, sizeof(l->where), "Redis at %.120s", l->host);
    else
        snprintf(l->where, sizeof(l->where), "Redis at %.120s:%d", l->host, l->port);
    *out = l;
    return ERR_OK;
}

static void drop(struct redis_link *l)
{
    atomic_store(&l->fd, -1);
    if (l->context)
        redisFree(l->context);
    l->context = NULL;
}

void redis_link_free(struct redis_link *l)
{
    if (!l)
        return;
    drop(l);
    free(l->host);
    free(l->user);
    free(l->password);
    free(l);
}

/* --- connecting --------------------------------------------------------------------------------------------------- */

static void fail(struct redis_link *l, const char *cause)
{
    char raw[300];

    snprintf(raw, sizeof(raw), "%s: %s", l->where, cause);
    text_clean(l->trouble, sizeof(l->trouble), raw, strlen(raw));
    drop(l);
    l->wait_ns = l->wait_ns ? 2 * l->wait_ns : RETRY_FIRST_NS;
    if (l->wait_ns > RETRY_MOST_NS)
        l->wait_ns = RETRY_MOST_NS;
    l->retry_ns = clock_mono_ns() + l->wait_ns;
}

/* A command whose answer must not be an error. */
static bool must(struct redis_link *l, const char *format, ...)
{
    redisReply *r;
    va_list args;
    bool good;

    va_start(args, format);
    r = redisvCommand(l->context, format, args);
    va_end(args);
    good = r && r->type != REDIS_REPLY_ERROR;
    if (!good)
        fail(l, r ? r->str : l->context->errstr);
    freeReplyObject(r);
    return good;
}

static bool learn_clock(struct redis_link *l)
{
    redisReply *r = redisCommand(l->context, "TIME");
    bool good = r && r->type == REDIS_REPLY_ARRAY && r->elements == 2 && r->element[0]->type == REDIS_REPLY_STRING &&
                r->element[1]->type == REDIS_REPLY_STRING;

    if (good)
        l->clock_offset_ms = strtoll(r->element[0]->str, NULL, 10) * MS_PER_S +
                             strtoll(r->element[1]->str, NULL, 10) / 1000 - clock_wall_ms();
    else
        fail(l, r && r->type == REDIS_REPLY_ERROR ? r->str : "does not tell the time");
    freeReplyObject(r);
    return good;
}

static bool sign_in(struct redis_link *l)
{
    if (l->password && l->user && !must(l, "AUTH %s %s", l->user, l->password))
        return false;
    if (l->password && !l->user && !must(l, "AUTH %s", l->password))
        return false;
    if (l->db && !must(l, "SELECT %d", l->db))
        return false;
    return must(l, "CLIENT SETNAME %s", l->client) && learn_clock(l);
}

static bool connect_now(struct redis_link *l)
{
    const struct timeval patience = { CONNECT_S, 0 }, call = { CALL_S, 0 };

    l->context = l->is_path ? redisConnectUnixWithTimeout(l->host, patience)
                            : redisConnectWithTimeout(l->host, l->port, patience);
    if (!l->context || l->context->err) {
        fail(l, l->context ? l->context->errstr : "out of memory");
        return false;
    }
    redisSetTimeout(l->context, call);
    atomic_store(&l->fd, l->context->fd);
    if (!sign_in(l))
        return false;
    l->trouble[0] = '\0';
    l->wait_ns = 0;
    return true;
}

bool redis_link_ready(struct redis_link *l, bool *fresh)
{
    if (fresh)
        *fresh = false;
    if (l->context)
        return true;
    if (clock_mono_ns() < l->retry_ns || !connect_now(l))
        return false;
    if (fresh)
        *fresh = true;
    return true;
}

int64_t redis_link_retry_ns(const struct redis_link *l)
{
    return l->retry_ns;
}

const char *redis_link_trouble(const struct redis_link *l)
{
    return l->trouble;
}

const char *redis_link_name(const struct redis_link *l)
{
    return l->where;
}

int64_t redis_link_clock_ms(struct redis_link *l)
{
    return clock_wall_ms() + l->clock_offset_ms;
}

/* --- commands ----------------------------------------------------------------------------------------------------- */

redisReply *redis_link_call(struct redis_link *l, const char *format, ...)
{
    redisReply *r = NULL;
    va_list args;

    va_start(args, format);
    if (l->context)
        r = redisvCommand(l->context, format, args);
    va_end(args);
    if (!r && l->context)
        fail(l, l->context->errstr);
    return r;
}

bool redis_link_queue(struct redis_link *l, int n, const char *const *word, const size_t *length)
{
    return l->context && redisAppendCommandArgv(l->context, n, (const char **)(uintptr_t)word, length) == REDIS_OK;
}

redisReply *redis_link_reply(struct redis_link *l)
{
    void *r = NULL;

    if (!l->context)
        return NULL;
    if (redisGetReply(l->context, &r) != REDIS_OK) {
        fail(l, l->context->errstr);
        return NULL;
    }
    return r;
}

void redis_link_break(struct redis_link *l)
{
    int fd = atomic_load(&l->fd);

    if (fd >= 0)
        shutdown(fd, SHUT_RDWR);
}

bool redis_is_error(const redisReply *r, const char *word)
{
    return r && r->type == REDIS_REPLY_ERROR && !strncmp(r->str, word, strlen(word));
}
