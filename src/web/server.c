/* Listens, and hands requests to routes. libmicrohttpd runs one thread, which alone owns the snapshot. */
#include "inside.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/log.h"
#include "hosts.h"
#include "reply.h"

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

/* What a page of somebody else has a browser do here is not what its user wants. Who is no browser says neither. */
static bool is_from_another_page(struct MHD_Connection *c)
{
    const char *site = MHD_lookup_connection_value(c, MHD_HEADER_KIND, "Sec-Fetch-Site");

    return MHD_lookup_connection_value(c, MHD_HEADER_KIND, "Origin") ||
           (site && strcasecmp(site, "none") != 0 && strcasecmp(site, "same-origin") != 0);
}

/* The header is whole. True when that says enough: *result is the refusal, and the body is never read. */
static bool is_refused(const struct web *w, struct MHD_Connection *c, const struct route *route, const char *method, enum MHD_Result *result)
{
    bool looks = !strcmp(method, MHD_HTTP_METHOD_GET) || !strcmp(method, MHD_HTTP_METHOD_HEAD);

    if (!host_is_ours(MHD_lookup_connection_value(c, MHD_HEADER_KIND, MHD_HTTP_HEADER_HOST), w->loopback, &w->hosts))
        *result = reply_say(c, MHD_HTTP_MISDIRECTED_REQUEST, "nobody of that name is here: see 'hosts' in uptime.cfg\n");
    else if (!looks && !(route && route->post && !strcmp(method, MHD_HTTP_METHOD_POST)))
        *result = reply_say(c, MHD_HTTP_METHOD_NOT_ALLOWED, "only GET and HEAD are answered\n");
    else if (route && route->post && !strcmp(method, MHD_HTTP_METHOD_HEAD)) /* HEAD asks, and must change nothing */
        *result = reply_say(c, MHD_HTTP_METHOD_NOT_ALLOWED, "only GET and POST report\n");
    else if (route && route->acts && is_from_another_page(c))
        *result = reply_say(c, MHD_HTTP_FORBIDDEN, "not for a page of somebody else\n");
    else
        return false;
    return true;
}

/* Called when the header is whole, for each piece of the body, when that is whole, and when a probe has ended. */
static enum MHD_Result answer(void *context, struct MHD_Connection *c, const char *url, const char *method, const char *version,
                              const char *body, size_t *body_size, void **request)
{
    static int seen;                 /* only its address counts: the header came, the body did not */
    const struct route *route = route_find(url);
    struct web *w = context;
    enum MHD_Result result;

    (void)version;
    (void)body;
    if (probing_has(w->probing, *request))
        return probing_answer(c, *request);
    if (!*request) {
        *request = &seen;
        return is_refused(w, c, route, method, &result) ? result : MHD_YES;
    }
    if (*body_size) {
        *body_size = 0; /* whatever a job has to say beside its report */
        return MHD_YES;
    }
    crowd_asked(c);
    if (!route)
        return route_none(c);
    refresh(w);
    return route->get(w, &(struct request){ c, url + strlen(route->path), request });
}

static void on_answered(void *context, struct MHD_Connection *c, void **request, enum MHD_RequestTerminationCode how)
{
    struct web *w = context;

    (void)how;
    if (probing_has(w->probing, *request))
        probing_forget(*request);
    *request = NULL;
    crowd_answered(c);
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
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ERROR_LOG | MHD_ALLOW_SUSPEND_RESUME;
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
    w->loopback = address_is_loopback(address->ai_addr);
    errno = 0;
    w->daemon = MHD_start_daemon(flags, 0, NULL, NULL, answer, w, MHD_OPTION_EXTERNAL_LOGGER, on_log, NULL,
                                 MHD_OPTION_SOCK_ADDR, address->ai_addr, MHD_OPTION_NOTIFY_COMPLETED, on_answered, w,
                                 MHD_OPTION_NOTIFY_CONNECTION, crowd_on_connection, &w->crowd,
                                 MHD_OPTION_CONNECTION_LIMIT, CROWD_MOST, MHD_OPTION_CONNECTION_TIMEOUT, IDLE_SECONDS,
                                 MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY, MHD_OPTION_END);
    code = errno;
    freeaddrinfo(address);
    if (w->daemon)
        return ERR_OK;
    return code ? err_errno(why, code == EADDRINUSE ? ERR_BUSY : ERR_UNAVAILABLE, code, "cannot listen on '%s'", listen)
                : err_set(why, ERR_UNAVAILABLE, "cannot listen on '%s'", listen);
}

static enum err copy_hosts(struct web *w, const struct strings *hosts)
{
    enum err err = ERR_OK;
    size_t i;

    for (i = 0; !err && hosts && i < hosts->n; i++)
        err = strings_add(&w->hosts, hosts->item[i]);
    return err;
}

enum err web_open(struct web **out, struct status_table *t, const struct web_options *options, struct errmsg *why)
{
    struct web *w = calloc(1, sizeof(*w));
    enum err err = ERR_OK;

    if (w)
        w->database = options->database ? strdup(options->database) : NULL;
    if (!w || (options->database && !w->database) || copy_hosts(w, options->hosts) != ERR_OK) {
        err = err_set(why, ERR_NOMEM, "cannot listen on '%s': out of memory", options->listen);
    } else {
        w->table = t;
        w->options = *options;
        crowd_init(&w->crowd);
        err = options->probe ? probing_open(&w->probing, options->probe, why) : ERR_OK;
    }
    if (!err)
        err = start(w, options->listen, why);
    if (err) {
        web_close(w);
        return err;
    }
    if (w->probing && options->probe_for_all && !w->loopback)
        log_line(LEVEL_WARNING, "whoever reaches %s can have any address asked that this machine can reach (probe_any)", options->listen);
    *out = w;
    return ERR_OK;
}

void web_close(struct web *w)
{
    if (!w)
        return;
    probing_stop(w->probing); /* libmicrohttpd must not be stopped while somebody is suspended */
    if (w->daemon)
        MHD_stop_daemon(w->daemon);
    probing_free(w->probing);
    snapshot_release(&w->snapshot);
    strings_release(&w->hosts);
    free(w->database);
    free(w);
}

int web_port(const struct web *w)
{
    return MHD_get_daemon_info(w->daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
}
