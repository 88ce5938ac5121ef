/* The door of a monitor. One thread, which owns the socket and those who came; it reads the status table as everybody does, by
 * copies, and hands commands on. Who does not read gets nothing new: at most one frame of rows waits for each. */
#include "remote/server.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "message.h"
#include "place.h"

#define VISITORS_MOST 64
#define IDLE_NS (60 * NS_PER_S)      /* who neither reads nor says anything for so long is sent away when others want in */
#define DEAF_MS 100                  /* nobody is let in for so long after descriptors ran out */
#define ROWS_A_TURN 2048u            /* of the whole table looked at for one visitor, before the others have their turn */

struct visitor {
    int  fd;
    bool welcome, readonly, last;    /* last: ends when what waits is written */
    struct strbuf in, out;
    size_t sent;                     /* of out */
    bool walking;                    /* rows are being told */
    uint64_t alerts, messages;       /* revisions of those he knows */
    enum remote_which which;
    struct changes walk;
    int64_t active_ns;
};

struct remote_server {
    pthread_t thread;
    bool started, bound;             /* bound: the socket and its link are ours to remove */
    int  listener, stop;             /* stop: eventfd */
    struct sockaddr_un place, other; /* the socket, and a link to it */
    struct monitor *monitor;
    void (*reload)(void *context);
    void *context;
    uint64_t run;
    char settings[sizeof(((struct welcome *)0)->settings)]; /* as welcome tells it */
    struct visitor visitor[VISITORS_MOST];
    size_t nvisitor;
    bool deaf;                       /* who knocks waits: there was no descriptor for him */
    bool stuck;                      /* waiting failed; it was told */
    struct row_change rows[ROWS_A_FRAME];
    struct alert *alert;             /* ALERTS_MOST of them; NULL: nobody asked yet */
    struct outbox_item *item;        /* likewise, MESSAGES_MOST */
};

/* --- who comes and goes ------------------------------------------------------------------------------------------- */

static void send_away(struct remote_server *s, size_t i)
{
    struct visitor *v = &s->visitor[i];

    close(v->fd);
    strbuf_release(&v->in);
    strbuf_release(&v->out);
    s->visitor[i] = s->visitor[--s->nvisitor];
}

/* The same user, or root: the mode of the socket says so, too, but a directory can be given away. */
static bool may_come_in(int fd)
{
    struct ucred who;
    socklen_t size = sizeof(who);

    return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &size) == 0 && (who.uid == geteuid() || who.uid == 0);
}

/* Makes room by sending the one away who was silent for longest. False: all are lively. */
static bool make_room(struct remote_server *s, int64_t now_ns)
{
    size_t i, oldest = 0;

    if (s->nvisitor < VISITORS_MOST)
        return true;
    for (i = 1; i < s->nvisitor; i++)
        if (s->visitor[i].active_ns < s->visitor[oldest].active_ns)
            oldest = i;
    if (now_ns - s->visitor[oldest].active_ns < IDLE_NS)
        return false;
    send_away(s, oldest);
    return true;
}

static void let_in(struct remote_server *s, int64_t now_ns)
{
    int fd = accept4(s->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

    if (fd < 0) {
        s->deaf = errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM;
        return;
    }
    if (!may_come_in(fd) || !make_room(s, now_ns)) {
        close(fd);
        return;
    }
    s->visitor[s->nvisitor++] = (struct visitor){ .fd = fd, .in = STRBUF_INIT, .out = STRBUF_INIT, .active_ns = now_ns };
}

/* --- rows --------------------------------------------------------------------------------------------------------- */

static bool is_wanted(const struct visitor *v, const struct row *r)
{
    enum state shown = state_shown(&r->state);

    return v->which == REMOTE_ALL ||
           (r->generation && (shown == STATE_DOWN || shown == STATE_CHECKING || shown == STATE_DEGRADED ||
                              shown == STATE_INCONCLUSIVE));
}

/* The open alarms, when they are others than he knows. Who asks for those in trouble alone wants an answer at once. */
static void tell_alerts(struct remote_server *s, struct visitor *v)
{
    uint64_t revision;
    size_t n;

    if (v->which != REMOTE_ALL || monitor_alerts_revision(s->monitor) == v->alerts)
        return;
    if (!s->alert && !(s->alert = calloc(ALERTS_MOST, sizeof(*s->alert))))
        return; /* out of memory: the next time */
    n = monitor_alerts(s->monitor, s->alert, ALERTS_MOST, &revision);
    put_alerts(&v->out, s->alert, n, revision);
}

/* What is on its way to owners, likewise. */
static void tell_messages(struct remote_server *s, struct visitor *v)
{
    struct outbox_counts counts;
    size_t n;

    if (v->messages == NO_MESSAGES)
        return;
    monitor_messages(s->monitor, NULL, 0, &counts);
    if (counts.revision == v->messages)
        return;
    if (!s->item && !(s->item = calloc(MESSAGES_MOST, sizeof(*s->item))))
        return; /* out of memory: the next time */
    n = monitor_messages(s->monitor, s->item, MESSAGES_MOST, &counts);
    put_messages(&v->out, s->item, n, &counts);
}

static void tell_end(struct remote_server *s, struct visitor *v)
{
    struct status_table *t = monitor_table(s->monitor);
    struct answer_end end = { .upto = v->walk.upto, .slots = status_slots(t) };

    tell_alerts(s, v);
    tell_messages(s, v);
    status_counts(t, &end.counts);
    status_health(t, &end.health);
    put_end(&v->out, &end);
    v->walking = false;
}

/* The next frame of rows, or the end. Goes through some of the table only, so that others have their turn. */
static void tell_rows(struct remote_server *s, struct visitor *v)
{
    struct status_table *t = monitor_table(s->monitor);
    struct region_result region[REGIONS_MOST];
    size_t begun = frame_begin(&v->out, FRAME_ROWS), empty = v->out.length, looked = 0, n, i;

    while (v->out.length == empty && looked < ROWS_A_TURN && (n = status_changes(t, &v->walk, s->rows, ROWS_A_FRAME))) {
        looked += n;
        for (i = 0; i < n; i++) {
            const struct row *r = &s->rows[i].row;

            if (is_wanted(v, r))
                put_row(&v->out, &s->rows[i], region, r->generation ? status_regions(t, r->id, region) : 0);
            site_unref(r->site);
        }
    }
    if (v->out.length > empty) {
        frame_end(&v->out, begun);
        return;
    }
    strbuf_splice(&v->out, begun, v->out.length - begun, NULL, 0);
    if (looked < ROWS_A_TURN)
        tell_end(s, v);
}

/* --- what they say ------------------------------------------------------------------------------------------------ */

static bool take_hello(struct remote_server *s, struct visitor *v, struct unpack *u)
{
    struct welcome welcome = { .version = REMOTE_VERSION, .run = s->run, .pid = (uint32_t)getpid(), .program = UPTIME_VERSION };
    struct hello hello;

    memcpy(welcome.settings, s->settings, sizeof(welcome.settings));

    if (v->welcome || !get_hello(u, &hello))
        return false;
    put_welcome(&v->out, &welcome);
    v->welcome = true;
    v->readonly = hello.readonly;
    v->last = hello.version != REMOTE_VERSION;
    return true;
}

static bool take_ask(struct visitor *v, struct unpack *u)
{
    struct ask ask;

    if (v->walking || !get_ask(u, &ask))
        return false;
    v->walking = true;
    v->which = ask.which;
    v->alerts = ask.alerts;
    v->messages = ask.messages;
    v->walk = (struct changes){ .since = ask.since };
    return true;
}

static const char *refusal(enum err err)
{
    return err == ERR_FULL          ? "the monitor is too busy to listen: try again"
           : err == ERR_BUSY        ? "the message is being sent this moment"
           : err == ERR_NOTFOUND    ? "the message is not on its way any more"
           : err == ERR_UNAVAILABLE ? "nobody is told"
                                    : "";
}

static bool take_command(struct remote_server *s, struct visitor *v, struct unpack *u)
{
    struct command c;
    enum err err;

    if (!get_command(u, &c))
        return false;
    err = v->readonly ? ERR_UNAVAILABLE : monitor_send(s->monitor, &c);
    put_done(&v->out, err, v->readonly ? "this screen only looks" : refusal(err));
    return true;
}

static bool take_reload(struct remote_server *s, struct visitor *v, struct unpack *u)
{
    if (!unpack_is_whole(u))
        return false;
    if (!v->readonly)
        s->reload(s->context);
    put_done(&v->out, v->readonly ? ERR_UNAVAILABLE : ERR_OK, v->readonly ? "this screen only looks" : "");
    return true;
}

static bool take_frame(struct remote_server *s, struct visitor *v, char kind, struct unpack *u)
{
    if (kind == FRAME_HELLO)
        return take_hello(s, v, u);
    if (!v->welcome)
        return false;
    switch (kind) {
    case FRAME_ASK:
        return take_ask(v, u);
    case FRAME_COMMAND:
        return take_command(s, v, u);
    case FRAME_RELOAD:
        return take_reload(s, v, u);
    default:
        return false;
    }
}

/* One question at a time: what is asked meanwhile stays where it is. False: nonsense. */
static bool take_frames(struct remote_server *s, struct visitor *v)
{
    size_t length;

    while (!v->out.length && !v->walking && !v->last && (length = frame_length(v->in.text, v->in.length, FRAME_SMALL))) {
        struct unpack u;

        if (length == SIZE_MAX)
            return false;
        u = (struct unpack){ (const unsigned char *)v->in.text + FRAME_HEAD + 1, (const unsigned char *)v->in.text + length, false };
        if (!take_frame(s, v, v->in.text[FRAME_HEAD], &u))
            return false;
        strbuf_splice(&v->in, 0, length, NULL, 0);
    }
    return true;
}

/* --- turns -------------------------------------------------------------------------------------------------------- */

/* Reads as long as there is room for a frame. False: gone. */
static bool hear(struct visitor *v)
{
    char bytes[FRAME_SMALL];
    ssize_t n;

    if (v->in.length >= FRAME_SMALL)
        return true;
    n = recv(v->fd, bytes, FRAME_SMALL - v->in.length, 0);
    if (n <= 0)
        return n < 0 && (errno == EAGAIN || errno == EINTR);
    strbuf_add(&v->in, bytes, (size_t)n);
    return !v->in.failed;
}

/* Writes what waits. False: gone, or that was the last. */
static bool speak(struct visitor *v, int64_t now_ns)
{
    while (v->sent < v->out.length) {
        ssize_t n = send(v->fd, v->out.text + v->sent, v->out.length - v->sent, MSG_NOSIGNAL);

        if (n < 0)
            return errno == EAGAIN || errno == EINTR;
        v->sent += (size_t)n;
        v->active_ns = now_ns;
    }
    v->sent = 0;
    strbuf_reset(&v->out);
    return !v->last;
}

/* False: send him away. */
static bool serve(struct remote_server *s, struct visitor *v, short events, int64_t now_ns)
{
    if (events & (POLLIN | POLLHUP | POLLERR)) {
        v->active_ns = now_ns;
        if (!hear(v))
            return false;
    }
    do {
        if (!v->out.length && v->walking)
            tell_rows(s, v);
        if (!take_frames(s, v) || v->out.failed || !speak(v, now_ns))
            return false;
    } while (!v->out.length && !v->walking && frame_length(v->in.text, v->in.length, FRAME_SMALL)); /* said in one breath */
    return true;
}

static short events_of(const struct visitor *v)
{
    return (short)((v->in.length < FRAME_SMALL ? POLLIN : 0) | (v->out.length || v->walking ? POLLOUT : 0));
}

/* The kernel has no memory for so many descriptors at the moment, or a lowered limit forbids them: rests, and goes on. */
static void rest(struct remote_server *s, int number)
{
    struct pollfd stop = { .fd = s->stop, .events = POLLIN };

    if (!s->stuck)
        log_line(LEVEL_WARNING, "cannot wait for screens: %s; it is tried again", strerror(number));
    s->stuck = true;
    if (poll(&stop, 1, DEAF_MS) < 0)
        nanosleep(&(struct timespec){ 0, DEAF_MS * NS_PER_MS }, NULL);
}

/* Waits for visitors and who knocks. False: nothing to look at. */
static bool wait_for_any(struct remote_server *s, struct pollfd *fds)
{
    size_t n = s->nvisitor, i;

    fds[0] = (struct pollfd){ .fd = s->stop, .events = POLLIN };
    fds[1] = (struct pollfd){ .fd = s->deaf ? -1 : s->listener, .events = POLLIN };
    for (i = 0; i < n; i++)
        fds[i + 2] = (struct pollfd){ .fd = s->visitor[i].fd, .events = events_of(&s->visitor[i]) };
    if (poll(fds, n + 2, s->deaf ? DEAF_MS : -1) < 0) {
        if (errno != EINTR)
            rest(s, errno);
        return false;
    }
    s->deaf = s->stuck = false;
    return true;
}

static bool is_stopped(const struct remote_server *s)
{
    eventfd_t count;

    return eventfd_read(s->stop, &count) == 0;
}

static void *work(void *context)
{
    struct remote_server *s = context;
    struct pollfd fds[VISITORS_MOST + 2];

    while (!is_stopped(s)) {
        size_t i = s->nvisitor;
        int64_t now_ns;

        if (!wait_for_any(s, fds))
            continue;
        now_ns = clock_mono_ns();
        while (i-- > 0) /* backwards: who goes is replaced by one who had his turn */
            if (fds[i + 2].revents && !serve(s, &s->visitor[i], fds[i + 2].revents, now_ns))
                send_away(s, i);
        if (fds[1].revents)
            let_in(s, now_ns);
    }
    while (s->nvisitor)
        send_away(s, 0);
    return NULL;
}

/* --- open and close ----------------------------------------------------------------------------------------------- */

/* A socket that stands there is one of a monitor that was killed: the lock of the database is ours. */
static enum err open_door(struct remote_server *s, struct errmsg *why)
{
    s->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    s->stop = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    unlink(s->place.sun_path);
    s->bound = s->listener >= 0 && s->stop >= 0 && bind(s->listener, (struct sockaddr *)&s->place, sizeof(s->place)) == 0;
    if (!s->bound || chmod(s->place.sun_path, 0600) != 0 || listen(s->listener, VISITORS_MOST) != 0)
        return err_errno(why, ERR_IO, errno, "cannot listen for screens at '%s'", s->place.sun_path);
    if (*s->other.sun_path) {
        unlink(s->other.sun_path);
        if (symlink(strrchr(s->place.sun_path, '/') + 1, s->other.sun_path) != 0)
            *s->other.sun_path = '\0'; /* found by the database alone, then */
    }
    return ERR_OK;
}

static enum err start(struct remote_server *s, struct errmsg *why)
{
    sigset_t all, before;
    int number;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    number = pthread_create(&s->thread, NULL, work, s);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    s->started = !number;
    return number ? err_errno(why, ERR_UNAVAILABLE, number, "cannot start a thread for screens") : ERR_OK;
}

enum err remote_server_open(struct remote_server **out, struct monitor *m, const struct settings *settings,
                            void (*reload)(void *context), void *context, struct errmsg *why)
{
    struct remote_server *s = calloc(1, sizeof(*s));
    enum err err = ERR_OK;

    if (!s)
        return err_set(why, ERR_NOMEM, "cannot listen for screens: out of memory");
    s->listener = s->stop = -1;
    s->monitor = m;
    s->reload = reload;
    s->context = context;
    place_of_settings(s->settings, sizeof(s->settings), settings->path);
    if (!place_to_open(&s->place, &s->other, settings->path, settings->database))
        err = err_set(why, ERR_IO, "cannot listen for screens: the path of the database is too long for a socket");
    else if (getrandom(&s->run, sizeof(s->run), 0) != (ssize_t)sizeof(s->run))
        err = err_errno(why, ERR_IO, errno, "cannot listen for screens");
    if (!err)
        err = open_door(s, why);
    if (!err)
        err = start(s, why);
    if (err)
        remote_server_close(s);
    else
        *out = s;
    return err;
}

void remote_server_close(struct remote_server *s)
{
    if (!s)
        return;
    if (s->started) {
        eventfd_write(s->stop, 1);
        pthread_join(s->thread, NULL);
    }
    if (s->bound) {
        if (*s->other.sun_path)
            unlink(s->other.sun_path);
        unlink(s->place.sun_path);
    }
    if (s->listener >= 0)
        close(s->listener);
    if (s->stop >= 0)
        close(s->stop);
    free(s->alert);
    free(s->item);
    free(s);
}
