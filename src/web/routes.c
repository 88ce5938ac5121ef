/* What is told at which address. libmicrohttpd's thread. */
#include "inside.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/duration.h"
#include "base/log.h"
#include "incidents.h"
#include "reply.h"

#define ROWS_ON_A_PAGE 1000u

static enum MHD_Result get_page(struct web *w, struct MHD_Connection *c, const char *rest)
{
    struct strbuf out = STRBUF_INIT;

    (void)rest;
    status_page(&out, &w->snapshot, ROWS_ON_A_PAGE);
    return reply_text(c, MHD_HTTP_OK, TYPE_HTML, &out);
}

static enum MHD_Result get_metrics(struct web *w, struct MHD_Connection *c, const char *rest)
{
    (void)rest;
    return reply_stream(c, &w->snapshot, TYPE_METRICS, metrics_write);
}

static enum MHD_Result get_status(struct web *w, struct MHD_Connection *c, const char *rest)
{
    (void)rest;
    return reply_stream(c, &w->snapshot, TYPE_JSON, status_json);
}

static enum MHD_Result get_incidents(struct web *w, struct MHD_Connection *c, const char *rest)
{
    const char *since = MHD_lookup_connection_value(c, MHD_GET_ARGUMENT_KIND, "since");
    int64_t span_ms = 30 * MS_PER_DAY, now_ms = clock_wall_ms();
    struct strbuf out = STRBUF_INIT;
    struct errmsg why;

    (void)rest;
    if (since && duration_parse(since, &span_ms, NULL) != ERR_OK)
        return reply_say(c, MHD_HTTP_BAD_REQUEST, "say since when like ?since=30d\n");
    if (!w->database)
        return reply_say(c, MHD_HTTP_SERVICE_UNAVAILABLE, "there is no history\n");
    if (incidents_json(&out, w->database, now_ms - span_ms, now_ms + MS_PER_DAY, &why) == ERR_OK)
        return reply_text(c, MHD_HTTP_OK, TYPE_JSON, &out);
    strbuf_release(&out);
    log_line(LEVEL_WARNING, "web: %s", why.text);
    return reply_say(c, MHD_HTTP_SERVICE_UNAVAILABLE, "the history can not be read at the moment\n");
}

static enum MHD_Result get_probe(struct web *w, struct MHD_Connection *c, const char *rest)
{
    const char *target = MHD_lookup_connection_value(c, MHD_GET_ARGUMENT_KIND, "target");
    const struct snapshot_row *row;
    struct strbuf out = STRBUF_INIT;

    (void)rest;
    if (!target || !*target)
        return reply_say(c, MHD_HTTP_BAD_REQUEST, "say what to tell of: /probe?target=NAME or URL\n");
    row = snapshot_find(&w->snapshot, target);
    if (!row)
        return reply_say(c, MHD_HTTP_NOT_FOUND, "no site of that name or URL is watched\n");
    metrics_probe(&out, &row->row);
    return reply_text(c, MHD_HTTP_OK, TYPE_METRICS, &out);
}

/* /badge.svg, /badge/NAME.svg; libmicrohttpd has decoded the path. */
static enum MHD_Result get_badge(struct web *w, struct MHD_Connection *c, const char *rest)
{
    const struct snapshot_row *row = NULL;
    size_t length = strlen(rest);
    struct strbuf out = STRBUF_INIT;
    char name[512];

    if (length < 4 || strcmp(rest + length - 4, ".svg") != 0 || length >= sizeof(name))
        return reply_say(c, MHD_HTTP_NOT_FOUND, "badges are /badge.svg and /badge/NAME.svg\n");
    if (*rest == '/') {
        snprintf(name, sizeof(name), "%.*s", (int)length - 5, rest + 1);
        row = snapshot_find(&w->snapshot, name);
        if (!row)
            return reply_say(c, MHD_HTTP_NOT_FOUND, "no site of that name is watched\n");
    }
    status_badge(&out, &w->snapshot, row ? &row->row : NULL);
    return reply_text(c, MHD_HTTP_OK, TYPE_SVG, &out);
}

static enum MHD_Result get_health(struct web *w, struct MHD_Connection *c, const char *rest)
{
    (void)rest;
    if (health_is_well(&w->snapshot.health))
        return reply_say(c, MHD_HTTP_OK, "the monitor is well\n");
    return reply_say(c, MHD_HTTP_SERVICE_UNAVAILABLE, "the monitor is in trouble: see /api/status\n");
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
        return reply_say(c, MHD_HTTP_NOT_FOUND, "no job of that name is waited for\n");
    if (!may_report(c, row->site))
        return reply_ask_for_password(c);
    if (w->options.report(w->options.context, row->id, row->generation, good) != ERR_OK)
        return reply_say(c, MHD_HTTP_SERVICE_UNAVAILABLE, "too many reports at once\n");
    return reply_say(c, MHD_HTTP_OK, good ? "noted\n" : "noted: it failed\n");
}

static const struct route routes[] = {
    { "/", false, false, get_page },
    { "/metrics", false, false, get_metrics },
    { "/probe", false, false, get_probe },
    { "/api/status", false, false, get_status },
    { "/api/incidents", false, false, get_incidents },
    { "/badge", true, false, get_badge },
    { "/report", true, true, take_report },
    { "/-/healthy", false, false, get_health },
};

const struct route *route_find(const char *path)
{
    size_t i;

    for (i = 0; i < sizeof(routes) / sizeof(routes[0]); i++) {
        const struct route *r = &routes[i];

        if (r->prefix ? !strncmp(path, r->path, strlen(r->path)) : !strcmp(path, r->path))
            return r;
    }
    return NULL;
}
