/* A connection to a monitor, from the side of who asks. One thread at a time. */
#include "link.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"

struct remote_link *link_new(const struct settings *s, int wait_ms, int wake)
{
    struct remote_link *l = calloc(1, sizeof(*l));

    if (!l)
        return NULL;
    l->fd = -1;
    l->wait_ms = wait_ms;
    l->wake = wake;
    l->in = (struct strbuf)STRBUF_INIT;
    l->settings = s;
    return l;
}

void link_disconnect(struct remote_link *l)
{
    if (l->fd >= 0)
        close(l->fd);
    l->fd = -1;
    l->used = 0;
    strbuf_reset(&l->in);
}

void remote_link_close(struct remote_link *l)
{
    if (!l)
        return;
    link_disconnect(l);
    strbuf_release(&l->in);
    free(l->alert);
    free(l->item);
    free(l);
}

/* --- frames ------------------------------------------------------------------------------------------------------- */

static enum err gone(struct remote_link *l, struct errmsg *why)
{
    link_disconnect(l);
    return err_set(why, ERR_CLOSED, "the monitor is gone");
}

static enum err broken(struct remote_link *l, struct errmsg *why)
{
    link_disconnect(l);
    return err_set(why, ERR_INVALID, "the monitor says what this program does not understand");
}

/* Waits until the socket is ready for `events`. */
static enum err wait_ready(struct remote_link *l, short events, int64_t until_ns, struct errmsg *why)
{
    struct pollfd fds[] = { { .fd = l->fd, .events = events }, { .fd = l->wake, .events = POLLIN } };
    int64_t left_ns = until_ns - clock_mono_ns();
    int n = poll(fds, l->wake >= 0 ? 2 : 1, left_ns > 0 ? (int)(left_ns / NS_PER_MS) + 1 : 0);

    if (n < 0 && errno != EINTR)
        return gone(l, why);
    if (fds[0].revents)
        return ERR_OK;
    if (clock_mono_ns() >= until_ns || (l->wake >= 0 && fds[1].revents)) {
        link_disconnect(l);
        return err_set(why, ERR_UNAVAILABLE, "the monitor does not answer");
    }
    return ERR_OK;
}

enum err link_write(struct remote_link *l, struct strbuf *out, struct errmsg *why)
{
    int64_t until_ns = clock_mono_ns() + l->wait_ms * NS_PER_MS;
    size_t sent = 0;
    enum err err = out->failed ? ERR_NOMEM : ERR_OK;

    while (!err && sent < out->length) {
        ssize_t n = send(l->fd, out->text + sent, out->length - sent, MSG_NOSIGNAL | MSG_DONTWAIT);

        if (n > 0)
            sent += (size_t)n;
        else if (n < 0 && (errno == EAGAIN || errno == EINTR))
            err = wait_ready(l, POLLOUT, until_ns, why);
        else
            err = gone(l, why);
    }
    strbuf_release(out);
    return err;
}

static enum err fill(struct remote_link *l, int64_t until_ns, struct errmsg *why)
{
    char bytes[16384];
    ssize_t n = recv(l->fd, bytes, sizeof(bytes), MSG_DONTWAIT);

    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return wait_ready(l, POLLIN, until_ns, why);
    if (n <= 0)
        return gone(l, why);
    strbuf_add(&l->in, bytes, (size_t)n);
    return l->in.failed ? ERR_NOMEM : ERR_OK;
}

/* The next frame: what it is, and what it holds, which is borrowed until the next call. */
static enum err read_frame(struct remote_link *l, char *kind, struct unpack *u, struct errmsg *why)
{
    int64_t until_ns = clock_mono_ns() + l->wait_ms * NS_PER_MS;
    enum err err = ERR_OK;

    if (l->used)
        strbuf_splice(&l->in, 0, l->used, NULL, 0);
    l->used = 0;
    while (!err) {
        size_t length = frame_length(l->in.text, l->in.length, FRAME_MOST);

        if (length == SIZE_MAX)
            return broken(l, why);
        if (length) {
            l->used = length;
            *kind = l->in.text[FRAME_HEAD];
            u->at = (const unsigned char *)l->in.text + FRAME_HEAD + 1;
            u->end = (const unsigned char *)l->in.text + length;
            u->bad = false;
            return ERR_OK;
        }
        err = fill(l, until_ns, why);
    }
    return err;
}

/* --- connecting --------------------------------------------------------------------------------------------------- */

/* Who listens there could be anybody who was faster to make that file. */
static bool is_trusted(int fd)
{
    struct ucred who;
    socklen_t size = sizeof(who);

    return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &size) == 0 &&
           (who.uid == geteuid() || who.uid == 0 || geteuid() == 0);
}

static int try_place(const struct sockaddr_un *place)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (fd >= 0 && connect(fd, (const struct sockaddr *)place, sizeof(*place)) == 0 && is_trusted(fd))
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

/* Its list is another one than that of our settings: they only have their history in one place. */
static bool is_of_another_list(const struct remote_link *l)
{
    return *l->own && *l->welcome.settings && strcmp(l->own, l->welcome.settings) != 0;
}

static enum err shake_hands(struct remote_link *l, bool readonly, struct errmsg *why)
{
    struct hello hello = { REMOTE_VERSION, readonly };
    struct strbuf out = STRBUF_INIT;
    struct unpack u;
    enum err err;
    char kind;

    put_hello(&out, &hello);
    err = link_write(l, &out, why);
    if (!err)
        err = read_frame(l, &kind, &u, why);
    if (err)
        return err;
    if (kind != FRAME_WELCOME || !get_welcome(&u, &l->welcome))
        return broken(l, why);
    if (l->welcome.version != REMOTE_VERSION) {
        link_disconnect(l);
        return err_set(why, ERR_INVALID, "the monitor that runs is of another version of this program: restart it, or use its program");
    }
    if (is_of_another_list(l)) {
        err = err_set(why, ERR_INVALID, "the monitor that runs watches '%.300s', not '%.300s', and both have one database: "
                      "`database = \"NAME.db\";` in one of them keeps them apart", l->welcome.settings, l->own);
        link_disconnect(l);
        return err;
    }
    return ERR_OK;
}

enum err link_connect(struct remote_link *l, const struct sockaddr_un *place, size_t nplace, bool readonly, struct errmsg *why)
{
    size_t i;

    link_disconnect(l);
    for (i = 0; i < nplace && l->fd < 0; i++)
        l->fd = try_place(&place[i]);
    if (l->fd < 0)
        return err_set(why, ERR_UNAVAILABLE, "no monitor runs for these settings");
    return shake_hands(l, readonly, why);
}

enum err remote_link_open(struct remote_link **out, const struct settings *s, int wait_ms, struct errmsg *why)
{
    struct sockaddr_un place[PLACES_MOST];
    size_t n = s->path ? places_to_look(place, s->path, s->database) : 0;
    struct remote_link *l = link_new(s, wait_ms, -1);
    enum err err = l ? ERR_OK : err_set(why, ERR_NOMEM, "out of memory");

    if (!err) {
        place_of_settings(l->own, sizeof(l->own), s->path);
        err = link_connect(l, place, n, false, why);
    }
    if (err)
        remote_link_close(l);
    else
        *out = l;
    return err;
}

/* --- asking ------------------------------------------------------------------------------------------------------- */

static enum err take_rows(struct remote_link *l, struct unpack *u, link_row_fn *row, void *context, struct errmsg *why)
{
    struct row_message *m = malloc(sizeof(*m));
    enum err err = m ? ERR_OK : ERR_NOMEM;

    while (!err && u->at < u->end)
        if (!get_row(u, m))
            err = broken(l, why);
        else if (!row(context, m))
            err = ERR_NOMEM;
    free(m);
    return err == ERR_NOMEM ? err_set(why, err, "out of memory") : err;
}

static enum err take_alerts(struct remote_link *l, struct unpack *u, void *context, struct errmsg *why)
{
    uint64_t revision;
    size_t n;

    if (!l->alert && !(l->alert = calloc(ALERTS_MOST, sizeof(*l->alert))))
        return err_set(why, ERR_NOMEM, "out of memory");
    if (!get_alerts(u, l->alert, &n, &revision))
        return broken(l, why);
    if (l->alerts)
        l->alerts(context, l->alert, n, revision);
    return ERR_OK;
}

static enum err take_messages(struct remote_link *l, struct unpack *u, void *context, struct errmsg *why)
{
    struct outbox_counts counts;
    size_t n;

    if (!l->item && !(l->item = calloc(MESSAGES_MOST, sizeof(*l->item))))
        return err_set(why, ERR_NOMEM, "out of memory");
    if (!get_messages(u, l->item, &n, &counts))
        return broken(l, why);
    if (l->messages)
        l->messages(context, l->item, n, &counts);
    return ERR_OK;
}

enum err link_ask(struct remote_link *l, const struct ask *a, link_row_fn *row, void *context, struct answer_end *end,
                  struct errmsg *why)
{
    struct strbuf out = STRBUF_INIT;
    struct unpack u;
    enum err err;
    char kind;

    put_ask(&out, a);
    err = link_write(l, &out, why);
    while (!err && !(err = read_frame(l, &kind, &u, why))) {
        if (kind == FRAME_END)
            return get_end(&u, end) ? ERR_OK : broken(l, why);
        err = kind == FRAME_ROWS       ? take_rows(l, &u, row, context, why)
              : kind == FRAME_ALERTS   ? take_alerts(l, &u, context, why)
              : kind == FRAME_MESSAGES ? take_messages(l, &u, context, why)
                                       : broken(l, why);
    }
    return err;
}

enum err link_do(struct remote_link *l, struct strbuf *out, struct errmsg *why)
{
    struct answer_done done;
    struct unpack u;
    enum err err = link_write(l, out, why);
    char kind;

    if (!err)
        err = read_frame(l, &kind, &u, why);
    if (err)
        return err;
    if (kind != FRAME_DONE || !get_done(&u, &done))
        return broken(l, why);
    return done.err ? err_set(why, done.err, "%s", done.text) : ERR_OK;
}

enum err remote_send(struct remote_link *l, const struct command *c, struct errmsg *why)
{
    struct strbuf out = STRBUF_INIT;

    put_command(&out, c);
    return link_do(l, &out, why);
}

enum err remote_reload(struct remote_link *l, struct errmsg *why)
{
    struct strbuf out = STRBUF_INIT;

    put_reload(&out);
    return link_do(l, &out, why);
}

/* --- sites -------------------------------------------------------------------------------------------------------- */

static bool is_same(const struct site *own, const struct row_message *m)
{
    char url[REMOTE_URL_SIZE];

    text_mask_url(url, sizeof(url), own->url);
    return !strcmp(url, m->url) && own->options->interval_ms == m->interval_ms;
}

const struct site *link_site(const struct site *own, const struct row_message *m)
{
    const struct options *shared;
    struct options o;
    struct site *made;

    if (own && is_same(own, m))
        return own;
    site_unref(own);
    options_init(&o);
    o.interval_ms = m->interval_ms;
    shared = options_share(&o);
    made = shared ? site_new(m->name, m->url, shared) : NULL;
    options_unref(shared);
    return made;
}

struct fetching {
    struct remote_link *link;
    struct status_table *table;
};

static bool fetch_row(void *context, struct row_message *m)
{
    struct fetching *f = context;
    const struct site *own;

    if (!m->change.row.generation)
        return true;
    own = settings_site(f->link->settings, m->name);
    m->change.row.site = link_site(own ? site_ref(own) : NULL, m);
    if (!m->change.row.site)
        return false;
    if (status_mirror(f->table, &m->change, m->region, m->nregion) == ERR_OK)
        return true;
    site_unref(m->change.row.site);
    return false;
}

enum err remote_fetch(struct remote_link *l, struct status_table *t, bool in_trouble, struct status_counts *counts,
                      struct errmsg *why)
{
    struct ask ask = { .which = in_trouble ? REMOTE_IN_TROUBLE : REMOTE_ALL, .messages = NO_MESSAGES };
    struct fetching f = { l, t };
    struct answer_end end;
    enum err err = link_ask(l, &ask, fetch_row, &f, &end, why);

    if (err)
        return err;
    status_mirror_health(t, &end.health);
    *counts = end.counts;
    return ERR_OK;
}
