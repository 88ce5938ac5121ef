/* What is told at which address. libmicrohttpd's thread. */
#include "inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/duration.h"
#include "base/log.h"
#include "hosts.h"
#include "incidents.h"
#include "reply.h"

#define ROWS_ON_A_PAGE 1000u

static enum MHD_Result get_page(struct web *w, const struct request *r)
{
    struct strbuf out = STRBUF_INIT;

    status_page(&out, &w->snapshot, ROWS_ON_A_PAGE);
    return reply_text(r->c, MHD_HTTP_OK, TYPE_HTML, &out);
}

static enum MHD_Result get_metrics(struct web *w, const struct request *r)
{
    return reply_stream(r->c, &w->snapshot, TYPE_METRICS, metrics_write);
}

static enum MHD_Result get_status(struct web *w, const struct request *r)
{
    return reply_stream(r->c, &w->snapshot, TYPE_JSON, status_json);
}

static enum MHD_Result get_incidents(struct web *w, const struct request *r)
{
    const char *since = MHD_lookup_connection_value(r->c, MHD_GET_ARGUMENT_KIND, "since");
    int64_t span_ms = 30 * MS_PER_DAY, now_ms = clock_wall_ms();
    struct strbuf out = STRBUF_INIT;
    struct errmsg why;

    if (since && duration_parse(since, &span_ms, NULL) != ERR_OK)
        return reply_say(r->c, MHD_HTTP_BAD_REQUEST, "say since when like ?since=30d\n");
    if (!w->database)
        return reply_say(r->c, MHD_HTTP_SERVICE_UNAVAILABLE, "there is no history\n");
    if (incidents_json(&out, w->database, now_ms - span_ms, now_ms + MS_PER_DAY, &why) == ERR_OK) {
        *w->complained.text = '\0';
        return reply_text(r->c, MHD_HTTP_OK, TYPE_JSON, &out);
    }
    strbuf_release(&out);
    if (strcmp(w->complained.text, why.text) != 0) /* once, however often somebody asks */
        log_line(LEVEL_WARNING, "web: %s", why.text);
    w->complained = why;
    return reply_say(r->c, MHD_HTTP_SERVICE_UNAVAILABLE, "the history can not be read at the moment\n");
}

/* Asked by a program of this machine, that does not ask for somebody else as proxies do. */
static bool is_local(struct MHD_Connection *c)
{
    static const char *const forwarding[] = { "Forwarded", "X-Forwarded-For", "X-Real-IP", "Via" };
    size_t i;

    for (i = 0; i < sizeof(forwarding) / sizeof(forwarding[0]); i++)
        if (MHD_lookup_connection_value(c, MHD_HEADER_KIND, forwarding[i]))
            return false;
    return address_is_loopback(MHD_get_connection_info(c, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr);
}

static enum MHD_Result tell_probe(const struct request *r, const struct row *row)
{
    struct strbuf out = STRBUF_INIT;

    if (metrics_probe(&out, row))
        return reply_text(r->c, MHD_HTTP_OK, TYPE_METRICS, &out);
    strbuf_release(&out);
    return reply_say(r->c, MHD_HTTP_SERVICE_UNAVAILABLE, "nothing is known of it at the moment: it is new or paused, or the fault is ours\n");
}

/* A target that is no site by name or by what it says: by the URL it stands for, or else checked now. */
static enum MHD_Result probe_other(struct web *w, const struct request *r, const char *target)
{
    const struct snapshot_row *row;
    enum MHD_Result result;
    struct errmsg why;
    char *url = NULL;

    if (probing_url(&url, target, &why) != ERR_OK) {
        struct strbuf said = STRBUF_INIT;

        strbuf_addf(&said, "%s\n", why.text);
        return reply_text(r->c, MHD_HTTP_BAD_REQUEST, TYPE_PLAIN, &said);
    }
    row = snapshot_find(&w->snapshot, url);
    result = row ? tell_probe(r, &row->row) : probing_ask(w->probing, r->c, url, r->later);
    free(url);
    return result;
}

static enum MHD_Result get_probe(struct web *w, const struct request *r)
{
    const char *target = MHD_lookup_connection_value(r->c, MHD_GET_ARGUMENT_KIND, "target");
    const struct snapshot_row *row;

    if (!target || !*target)
        return reply_say(r->c, MHD_HTTP_BAD_REQUEST, "say what to tell of: /probe?target=NAME or URL\n");
    row = snapshot_find(&w->snapshot, target);
    if (row)
        return tell_probe(r, &row->row);
    if (w->probing && (w->options.probe_for_all || is_local(r->c)))
        return probe_other(w, r, target);
    return reply_say(r->c, MHD_HTTP_NOT_FOUND, "no site of that name or URL is watched\n");
}

/* /badge.svg, /badge/NAME.svg; libmicrohttpd has decoded the path. */
static enum MHD_Result get_badge(struct web *w, const struct request *r)
{
    const struct snapshot_row *row = NULL;
    size_t length = strlen(r->rest);
    struct strbuf out = STRBUF_INIT;
    char name[512];

    if (length < 4 || strcmp(r->rest + length - 4, ".svg") != 0 || length >= sizeof(name))
        return reply_say(r->c, MHD_HTTP_NOT_FOUND, "badges are /badge.svg and /badge/NAME.svg\n");
    if (*r->rest == '/') {
        snprintf(name, sizeof(name), "%.*s", (int)length - 5, r->rest + 1);
        row = snapshot_find(&w->snapshot, name);
        if (!row)
            return reply_say(r->c, MHD_HTTP_NOT_FOUND, "no site of that name is watched\n");
    }
    status_badge(&out, &w->snapshot, row ? &row->row : NULL);
    return reply_text(r->c, MHD_HTTP_OK, TYPE_SVG, &out);
}

static enum MHD_Result get_health(struct web *w, const struct request *r)
{
    if (health_is_well(&w->snapshot.health))
        return reply_say(r->c, MHD_HTTP_OK, "the monitor is well\n");
    return reply_say(r->c, MHD_HTTP_SERVICE_UNAVAILABLE, "the monitor is in trouble: see /api/status\n");
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

static enum MHD_Result take_report(struct web *w, const struct request *r)
{
    const struct row *row;
    bool good;

    if (*r->rest != '/' || !(row = find_reporting(w, r->rest + 1, &good)) || !w->options.report)
        return reply_say(r->c, MHD_HTTP_NOT_FOUND, "no job of that name is waited for\n");
    if (!may_report(r->c, row->site))
        return reply_ask_for_password(r->c);
    if (w->options.report(w->options.context, row->id, row->generation, good) != ERR_OK)
        return reply_say(r->c, MHD_HTTP_SERVICE_UNAVAILABLE, "too many reports at once\n");
    return reply_say(r->c, MHD_HTTP_OK, good ? "noted\n" : "noted: it failed\n");
}

static const struct route routes[] = {
    { "/", false, false, false, get_page, "/", "a status page for people" },
    { "/metrics", false, false, false, get_metrics, "/metrics",
      "for Prometheus: the names of blackbox_exporter, and uptimesquirrel_*" },
    { "/probe", false, false, true, get_probe, "/probe?target=NAME or URL",
      "one site, as blackbox_exporter answers; other targets only with probe_any" },
    { "/api/status", false, false, false, get_status, "/api/status", "the whole table as JSON" },
    { "/api/incidents", false, false, false, get_incidents, "/api/incidents?since=30d", "outages of the history as JSON" },
    { "/badge", true, false, false, get_badge, "/badge.svg /badge/NAME.svg", "a picture to put into other pages" },
    { "/report", true, true, true, take_report, "/report/NAME /report/NAME/fail", "a job that is waited for reports, by POST" },
    { "/-/healthy", false, false, false, get_health, "/-/healthy", "200 while the monitor itself is well, else 503" },
};
#define NROUTE (sizeof(routes) / sizeof(routes[0]))

bool web_address(size_t i, const char **address, const char **tells)
{
    if (i >= NROUTE)
        return false;
    *address = routes[i].shown;
    *tells = routes[i].tells;
    return true;
}

enum MHD_Result route_none(struct MHD_Connection *c)
{
    struct strbuf out = STRBUF_INIT;
    size_t i;

    strbuf_adds(&out, "there is nothing here, but:\n");
    for (i = 0; i < NROUTE; i++)
        strbuf_addf(&out, "%s: %s\n", routes[i].shown, routes[i].tells);
    return reply_text(c, MHD_HTTP_NOT_FOUND, TYPE_PLAIN, &out);
}

const struct route *route_find(const char *path)
{
    size_t i;

    for (i = 0; i < NROUTE; i++) {
        const struct route *r = &routes[i];

        if (r->prefix ? !strncmp(path, r->path, strlen(r->path)) : !strcmp(path, r->path))
            return r;
    }
    return NULL;
}
