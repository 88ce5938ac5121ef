/* Listens, and answers from a table of routes. libmicrohttpd runs one thread, which alone owns the snapshot. */
#include "web/web.h"

#include <errno.h>
#include <microhttpd.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/duration.h"
#include "base/log.h"
#include "web/pages.h"

#include "incidents.h"

#define CONNECTIONS 64u
#define CONNECTION_MEMORY 16384u      /* bytes of request line and header at the most */
#define IDLE_SECONDS 15u
#define PIECE 65536u                  /* bytes of a long answer written at a time */
#define ROWS_ON_A_PAGE 1000u
#define FRESH_NS (NS_PER_S / 5)       /* a snapshot younger than this will do */

struct web {
    struct MHD_Daemon *daemon;
    struct status_table *table;
    char *database;                  /* NULL: there is none */
    struct web_options options;      /* its texts are not ours to keep */

    /* libmicrohttpd's thread's alone */
    struct snapshot snapshot;
};

/* --- answers ------------------------------------------------------------------------------------------------------ */

#define HTML "text/html; charset=utf-8"
#define PLAIN "text/plain; charset=utf-8"

static enum MHD_Result send_response(struct MHD_Connection *c, unsigned status, const char *type, struct MHD_Response *response)
{
    enum MHD_Result sent;

    if (!response)
        return MHD_NO; /* closes the connection */
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
    MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
    MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
    MHD_add_response_header(response, "Referrer-Policy", "no-referrer");
    MHD_add_response_header(response, "Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'");
    if (status == MHD_HTTP_METHOD_NOT_ALLOWED)
        MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
    sent = MHD_queue_response(c, status, response);
    MHD_destroy_response(response);
    return sent;
}

/* Sends what is in out, and releases it. */
static enum MHD_Result send_text(struct MHD_Connection *c, unsigned status, const char *type, struct strbuf *out)
{
    size_t length = out->length;
    char *text = out->failed ? NULL : strbuf_detach(out);
    struct MHD_Response *response;

    strbuf_release(out);
    if (!text)
        return MHD_NO;
    response = MHD_create_response_from_buffer(length, text, MHD_RESPMEM_MUST_FREE);
    if (!response)
        free(text);
    return send_response(c, status, type, response);
}

static enum MHD_Result say(struct MHD_Connection *c, unsigned status, const char *text)
{
    return send_response(c, status, PLAIN, MHD_create_response_from_buffer(strlen(text), (void *)text, MHD_RESPMEM_PERSISTENT));
}

static enum MHD_Result ask_for_password(struct MHD_Connection *c)
{
    static const char text[] = "this job has a password\n";
    struct MHD_Response *response = MHD_create_response_from_buffer(sizeof(text) - 1, (void *)text, MHD_RESPMEM_PERSISTENT);
    enum MHD_Result sent = response ? MHD_queue_basic_auth_fail_response(c, "uptimesquirrel", response) : MHD_NO;

    MHD_destroy_response(response);
    return sent;
}

/* --- long answers, a piece at a time ------------------------------------------------------------------------------- */

typedef bool write_some_fn(struct strbuf *out, struct place *at, const struct snapshot *s, size_t enough);

struct stream {
    const struct web *web;
    write_some_fn *write_some;
    struct place at;
    struct strbuf piece;
    size_t sent;                     /* of the piece */
    bool more;
};

static ssize_t stream_read(void *context, uint64_t position, char *buffer, size_t size)
{
    struct stream *s = context;
    size_t n;

    (void)position;
    if (s->sent == s->piece.length && s->more) {
        strbuf_reset(&s->piece);
        s->sent = 0;
        s->more = s->write_some(&s->piece, &s->at, &s->web->snapshot, PIECE);
        if (s->piece.failed)
            return MHD_CONTENT_READER_END_WITH_ERROR;
    }
    n = s->piece.length - s->sent;
    if (!n)
        return MHD_CONTENT_READER_END_OF_STREAM;
    if (n > size)
        n = size;
    memcpy(buffer, s->piece.text + s->sent, n);
    s->sent += n;
    return (ssize_t)n;
}

static void stream_free(void *context)
{
    struct stream *s = context;

    strbuf_release(&s->piece);
    free(s);
}

static enum MHD_Result send_stream(struct MHD_Connection *c, const struct web *w, const char *type, write_some_fn *write_some)
{
    struct stream *s = malloc(sizeof(*s));
    struct MHD_Response *response;

    if (!s)
        return MHD_NO;
    *s = (struct stream){ .web = w, .write_some = write_some, .piece = STRBUF_INIT, .more = true };
    response = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, PIECE, stream_read, s, stream_free);
    if (!response)
        stream_free(s);
    return send_response(c, MHD_HTTP_OK, type, response);
}

/* --- routes ------------------------------------------------------------------------------------------------------- */

/* rest: the path behind the route's own. */
typedef enum MHD_Result route_fn(struct web *w, struct MHD_Connection *c, const char *rest);

static enum MHD_Result get_page(struct web *w, struct MHD_Connection *c, const char *rest)
{
    struct strbuf out = STRBUF_INIT;

    (void)rest;
    status_page(&out, &w->snapshot, ROWS_ON_A_PAGE);
    return send_text(c, MHD_HTTP_OK, HTML, &out);
}

static enum MHD_Result get_metrics(struct web *w, struct MHD_Connection *c, const char *rest)
{
    (void)rest;
    return send_stream(c, w, "text/plain; version=0.0.4; charset=utf-8", metrics_write);
}

static enum MHD_Result get_status(struct web *w, struct MHD_Connection *c, const char *rest)
{
    (void)rest;
    return send_stream(c, w, "application/json", status_json);
}

static enum MHD_Result get_incidents(struct web *w, struct MHD_Connection *c, const char *rest)
{
    const char *since = MHD_lookup_connection_value(c, MHD_GET_ARGUMENT_KIND, "since");
    int64_t span_ms = 30 * MS_PER_DAY, now_ms = clock_wall_ms();
    struct strbuf out = STRBUF_INIT;
    struct errmsg why;

    (void)rest;
    if (since && duration_parse(since, &span_ms, NULL) != ERR_OK)
        return say(c, MHD_HTTP_BAD_REQUEST, "say since when like ?since=30d\n");
    if (!w->database)
        return say(c, MHD_HTTP_SERVICE_UNAVAILABLE, "there is no history\n");
    if (incidents_json(&out, w->database, now_ms - span_ms, now_ms + MS_PER_DAY, &why) == ERR_OK)
        return send_text(c, MHD_HTTP_OK, "application/json", &out);
    strbuf_release(&out);
    log_line(LEVEL_WARNING, "web: %s", why.text);
    return say(c, MHD_HTTP_SERVICE_UNAVAILABLE, "the history can not be read at the moment\n");
}

static enum MHD_Result get_probe(struct web *w, struct MHD_Connection *c, const char *rest)
{
    const char *target = MHD_lookup_connection_value(c, MHD_GET_ARGUMENT_KIND, "target");
    const struct snapshot_row *row;
    struct strbuf out = STRBUF_INIT;

    (void)rest;
    if (!target || !*target)
        return say(c, MHD_HTTP_BAD_REQUEST, "say what to tell of: /probe?target=NAME or URL\n");
    row = snapshot_find(&w->snapshot, target);
    if (!row)
        return say(c, MHD_HTTP_NOT_FOUND, "no site of that name or URL is watched\n");
    metrics_probe(&out, &row->row);
    return send_text(c, MHD_HTTP_OK, "text/plain; version=0.0.4; charset=utf-8", &out);
}

/* /badge.svg, /badge/NAME.svg; libmicrohttpd has decoded the path. */
static enum MHD_Result get_badge(struct web *w, struct MHD_Connection *c, const char *rest)
{
    const struct snapshot_row *row = NULL;
    size_t length = strlen(rest);
    struct strbuf out = STRBUF_INIT;
    char name[512];

    if (length < 4 || strcmp(rest + length - 4, ".svg") != 0 || length >= sizeof(name))
        return say(c, MHD_HTTP_NOT_FOUND, "badges are /badge.svg and /badge/NAME.svg\n");
    if (*rest == '/') {
        snprintf(name, sizeof(name), "%.*s", (int)length - 5, rest + 1);
        row = snapshot_find(&w->snapshot, name);
        if (!row)
            return say(c, MHD_HTTP_NOT_FOUND, "no site of that name is watched\n");
    }
    status_badge(&out, &w->snapshot, row ? &row->row : NULL);
    return send_text(c, MHD_HTTP_OK, "image/svg+xml", &out);
}

static enum MHD_Result get_health(struct web *w, struct MHD_Connection *c, const char *rest)
{
    (void)rest;
    if (health_is_well(&w->snapshot.health))
        return say(c, MHD_HTTP_OK, "the monitor is well\n");
    return say(c, MHD_HTTP_SERVICE_UNAVAILABLE, "the monitor is in trouble: see /api/status\n");
}

/* Only who knows the site's password may speak for it, if it has one. */
static bool may_report(struct MHD_Connection *c, const struct site *site)
{
    const struct options *o = site->options;
    char *password = NULL, *user = MHD_basic_auth_get_username_password(c, &password);
    bool may = !o->password || (user && password && !strcmp(user, o->user ? o->user : "") && !strcmp(password, o->password));

    MHD_free(user);
    MHD_free(password);
    return may;
}

/* The site that is named, or named before "/fail"; *good tells which. */
static const struct row *find_reporting(const struct web *w, const char *rest, bool *good)
{
    static const char fail[] = "/fail";
    const struct snapshot_row *row = snapshot_find(&w->snapshot, rest);
    size_t length = strlen(rest);
    char name[512];

    *good = row != NULL;
    if (!row && length > sizeof(fail) && length < sizeof(name) && !strcmp(rest + length - (sizeof(fail) - 1), fail)) {
        snprintf(name, sizeof(name), "%.*s", (int)(length - (sizeof(fail) - 1)), rest);
        row = snapshot_find(&w->snapshot, name);
    }
    return row && !strncmp(row->row.site->url, "heartbeat:", 10) ? &row->row : NULL;
}

static enum MHD_Result take_report(struct web *w, struct MHD_Connection *c, const char *rest)
{
    const struct row *row;
    bool good;

    if (*rest != '/' || !(row = find_reporting(w, rest + 1, &good)) || !w->options.report)
        return say(c, MHD_HTTP_NOT_FOUND, "no job of that name is waited for\n");
    if (!may_report(c, row->site))
        return ask_for_password(c);
    if (w->options.report(w->options.context, row->id, row->generation, good) != ERR_OK)
        return say(c, MHD_HTTP_SERVICE_UNAVAILABLE, "too many reports at once\n");
    return say(c, MHD_HTTP_OK, good ? "noted\n" : "noted: it failed\n");
}

static const struct route {
    const char *path;
    bool prefix;                     /* what follows is the route's to read */
    bool post;                       /* POST is taken, too */
    route_fn *get;
} routes[] = {
    { "/", false, false, get_page },
    { "/metrics", false, false, get_metrics },
    { "/probe", false, false, get_probe },
    { "/api/status", false, false, get_status },
    { "/api/incidents", false, false, get_incidents },
    { "/badge", true, false, get_badge },
    { "/report", true, true, take_report },
    { "/-/healthy", false, false, get_health },
};

static const struct route *find_route(const char *path)
{
    size_t i;

    for (i = 0; i < sizeof(routes) / sizeof(routes[0]); i++) {
        const struct route *r = &routes[i];

        if (r->prefix ? !strncmp(path, r->path, strlen(r->path)) : !strcmp(path, r->path))
            return r;
    }
    return NULL;
}

static void refresh(struct web *w)
{
    int64_t now_ns = clock_mono_ns();

    if (w->snapshot.now_ns && now_ns - w->snapshot.now_ns < FRESH_NS)
        return;
    if (snapshot_refresh(&w->snapshot, w->table, now_ns, clock_wall_ms()) != ERR_OK)
        log_line(LEVEL_WARNING, "cannot bring the status page up to date: out of memory");
}

static enum MHD_Result answer(void *context, struct MHD_Connection *c, const char *url, const char *method, const char *version,
                              const char *body, size_t *body_size, void **request)
{
    static int seen;                 /* only its address counts: the header came, the body did not */
    const struct route *route = find_route(url);
    struct web *w = context;

    (void)version;
    (void)body;
    if (strcmp(method, MHD_HTTP_METHOD_GET) != 0 && strcmp(method, MHD_HTTP_METHOD_HEAD) != 0 &&
        !(route && route->post && !strcmp(method, MHD_HTTP_METHOD_POST)))
        return say(c, MHD_HTTP_METHOD_NOT_ALLOWED, "only GET and HEAD are answered\n"); /* its body is never read */
    if (!*request) {
        *request = &seen;
        return MHD_YES;
    }
    if (*body_size) {
        *body_size = 0; /* whatever a job has to say beside its report */
        return MHD_YES;
    }
    if (!route)
        return say(c, MHD_HTTP_NOT_FOUND, "there are /, /metrics, /probe?target=, /api/status, /api/incidents, /badge.svg and /-/healthy\n");
    if (route->post && !strcmp(method, MHD_HTTP_METHOD_HEAD))
        return say(c, MHD_HTTP_METHOD_NOT_ALLOWED, "only GET and POST report\n"); /* HEAD asks, and must change nothing */
    refresh(w);
    return route->get(w, c, url + strlen(route->path));
}

/* --- open and close ----------------------------------------------------------------------------------------------- */

__attribute__((format(printf, 2, 0))) static void on_log(void *context, const char *format, va_list args)
{
    char text[512];

    (void)context;
    vsnprintf(text, sizeof(text), format, args);
    log_line(LEVEL_DEBUG, "web: %s", text);
}

/* "[::1]:9180" taken apart. False: too long. */
static bool split(const char *listen, char host[256], const char **port)
{
    const char *colon = strrchr(listen, ':'), *begin = listen;
    size_t length = colon ? (size_t)(colon - listen) : 0;

    if (!length)
        return false;
    if (*begin == '[' && listen[length - 1] == ']') {
        begin++;
        length -= 2;
    }
    if (length >= 256)
        return false;
    memcpy(host, begin, length);
    host[length] = '\0';
    *port = colon + 1;
    return true;
}

static enum err start(struct web *w, const char *listen, struct errmsg *why)
{
    const struct addrinfo hints = { .ai_flags = AI_PASSIVE | AI_NUMERICSERV, .ai_socktype = SOCK_STREAM };
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ERROR_LOG;
    struct addrinfo *address = NULL;
    const char *port;
    char host[256];
    int code;

    if (!split(listen, host, &port))
        return err_set(why, ERR_INVALID, "cannot listen on '%s': no host:port", listen);
    code = getaddrinfo(host, port, &hints, &address);
    if (code)
        return err_set(why, ERR_INVALID, "cannot listen on '%s': %s", listen, gai_strerror(code));
    if (address->ai_family == AF_INET6)
        flags |= MHD_USE_IPv6;
    errno = 0;
    w->daemon = MHD_start_daemon(flags, 0, NULL, NULL, answer, w, MHD_OPTION_EXTERNAL_LOGGER, on_log, NULL,
                                 MHD_OPTION_SOCK_ADDR, address->ai_addr,
                                 MHD_OPTION_CONNECTION_LIMIT, CONNECTIONS, MHD_OPTION_CONNECTION_TIMEOUT, IDLE_SECONDS,
                                 MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY, MHD_OPTION_END);
    code = errno;
    freeaddrinfo(address);
    if (w->daemon)
        return ERR_OK;
    return code ? err_errno(why, code == EADDRINUSE ? ERR_BUSY : ERR_UNAVAILABLE, code, "cannot listen on '%s'", listen)
                : err_set(why, ERR_UNAVAILABLE, "cannot listen on '%s'", listen);
}

enum err web_open(struct web **out, struct status_table *t, const struct web_options *options, struct errmsg *why)
{
    struct web *w = calloc(1, sizeof(*w));
    enum err err = ERR_OK;

    if (w)
        w->database = options->database ? strdup(options->database) : NULL;
    if (!w || (options->database && !w->database)) {
        err = err_set(why, ERR_NOMEM, "cannot listen on '%s': out of memory", options->listen);
    } else {
        w->table = t;
        w->options = *options;
        err = start(w, options->listen, why);
    }
    if (err) {
        web_close(w);
        return err;
    }
    *out = w;
    return ERR_OK;
}

void web_close(struct web *w)
{
    if (!w)
        return;
    if (w->daemon)
        MHD_stop_daemon(w->daemon);
    snapshot_release(&w->snapshot);
    free(w->database);
    free(w);
}

int web_port(const struct web *w)
{
    return MHD_get_daemon_info(w->daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
}
