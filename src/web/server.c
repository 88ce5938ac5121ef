/* Listens, and hands requests to routes. libmicrohttpd runs one thread, which alone owns the snapshot. */
#include "inside.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/log.h"
#include "reply.h"

#define CONNECTIONS 64u
#define CONNECTION_MEMORY 16384u      /* bytes of request line and header at the most */
#define IDLE_SECONDS 15u
#define FRESH_NS (NS_PER_S / 5)       /* a snapshot younger than this will do */

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
    const struct route *route = route_find(url);
    struct web *w = context;

    (void)version;
    (void)body;
    if (strcmp(method, MHD_HTTP_METHOD_GET) != 0 && strcmp(method, MHD_HTTP_METHOD_HEAD) != 0 &&
        !(route && route->post && !strcmp(method, MHD_HTTP_METHOD_POST)))
        return reply_say(c, MHD_HTTP_METHOD_NOT_ALLOWED, "only GET and HEAD are answered\n"); /* its body is never read */
    if (!*request) {
        *request = &seen;
        return MHD_YES;
    }
    if (*body_size) {
        *body_size = 0; /* whatever a job has to say beside its report */
        return MHD_YES;
    }
    if (!route)
        return reply_say(c, MHD_HTTP_NOT_FOUND, "there are /, /metrics, /probe?target=, /api/status, /api/incidents, /badge.svg and /-/healthy\n");
    if (route->post && !strcmp(method, MHD_HTTP_METHOD_HEAD))
        return reply_say(c, MHD_HTTP_METHOD_NOT_ALLOWED, "only GET and POST report\n"); /* HEAD asks, and must change nothing */
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
