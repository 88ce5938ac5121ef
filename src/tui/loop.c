/* The main thread's loop: keys, signals and the passing of time, each answered with a frame. It owns the terminal, the
 * view, the snapshot and the settings file. */
#include "tui/tui.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "act.h"
#include "app.h"
#include "clipboard.h"
#include "editor.h"
#include "base/clock.h"
#include "base/queue.h"
#include "model/snapshot.h"
#include "outside.h"
#include "since.h"
#include "terminal.h"

#define FRAME_NS (250 * NS_PER_MS)   /* the table is looked at so often at most; keys and resizes are drawn at once */
#define BLURRED_NS (2 * NS_PER_S)    /* and so often while nobody types here */
#define LOOK_NS NS_PER_S             /* so often the settings file is looked at */
#define AWAY_MS (15 * MS_PER_MIN)     /* who was away as long is told what happened */
#define NOTE_NS (60 * NS_PER_S)      /* so often it is written when somebody was here last */
#define INPUTS_A_FRAME 4096          /* keys taken before the screen shows what they did */

struct log_entry {
    enum log_level level;
    char line[256];
};

struct loop {
    struct terminal *terminal;
    struct status_table *table;
    struct snapshot snapshot;
    struct outside outside;
    struct app app;
    struct cells cells;
    struct queue *log;               /* of struct log_entry; when it is full, lines are lost */
    int  signals, news;              /* news: an eventfd that says that something was read */
    struct clipboard clipboard;
    bool no_bell;
    bool blurred;                    /* the terminal said that another has the keyboard */
    bool dirty;                      /* draw before waiting */
    bool gone;                       /* the terminal is, or we are told to end */
    int64_t refreshed_ns, looked_ns;
    int64_t seen_ms, noted_ns;       /* somebody typed here, or came here: wall clock; and when that was written */
};

void tui_signals(sigset_t *set)
{
    static const int signals[] = { SIGHUP, SIGINT, SIGTERM, SIGTSTP, SIGCONT, SIGWINCH };
    size_t i;

    sigemptyset(set);
    for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
        sigaddset(set, signals[i]);
}

/* --- what comes in ------------------------------------------------------------------------------------------------ */

static void keep_line(void *context, enum log_level level, const char *line)
{
    struct log_entry e = { .level = level };

    snprintf(e.line, sizeof(e.line), "%s", line);
    queue_push(context, &e);
}

/* Warnings tell of sites and of the monitor, which the screen shows by itself. */
static void tell_log(struct loop *l)
{
    struct log_entry e;

    while (queue_drain(l->log, &e, 1))
        if (e.level == LEVEL_ERROR) {
            app_say_fault(&l->app, "%s", e.line);
            l->dirty = true;
        }
}

static void refresh(struct loop *l, int64_t now_ns)
{
    int64_t second = l->snapshot.now_ms / MS_PER_S;

    l->refreshed_ns = now_ns;
    if (l->app.frozen && !l->outside.applied)
        return;
    /* after an error, too, rows were taken over, and the list has to hold no site that is gone */
    snapshot_refresh(&l->snapshot, l->table, now_ns, clock_wall_ms());
    app_take(&l->app, &l->snapshot);
    l->dirty |= l->snapshot.nchanged || l->snapshot.now_ms / MS_PER_S != second; /* ages and the clock go on */
}

static void look_at_file(struct loop *l, int64_t now_ns)
{
    struct errmsg said;
    enum err err;

    l->looked_ns = now_ns;
    if (!outside_look(&l->outside, &err, &said))
        return;
    app_tell(&l->app, err != ERR_OK, said.text);
    l->dirty = true;
}

static void take_signal(struct loop *l, int number)
{
    switch (number) {
    case SIGHUP:                     /* of a terminal that went, too: that is seen at the next wait */
        act(&l->app, ACTION_RELOAD, NULL);
        break;
    case SIGTERM:
        l->gone = true;
        break;
    case SIGINT:
        app_ask_to_leave(&l->app);
        break;
    case SIGTSTP:
        app_stroke(&l->app, STROKE_CTRL('Z'), false);
        break;
    case SIGCONT:
        terminal_go_on(l->terminal);
        break;
    default:                         /* SIGWINCH: the next frame asks for the size */
        break;
    }
    l->dirty = true;
}

static void take_signals(struct loop *l)
{
    struct signalfd_siginfo info;

    while (read(l->signals, &info, sizeof(info)) == (ssize_t)sizeof(info))
        take_signal(l, (int)info.ssi_signo);
}

/* Who leaves a screen on in tmux comes back to it without opening it. */
static void see_person(struct loop *l, bool looks)
{
    int64_t now_ms = clock_wall_ms();

    if (now_ms - l->seen_ms >= AWAY_MS)
        since_come_back(&l->app, l->seen_ms, looks);
    l->seen_ms = now_ms;
}

static void take_input(struct loop *l, int64_t now_ns)
{
    struct input in;
    int n = 0;

    while (n++ < INPUTS_A_FRAME && !l->app.leave && (in = terminal_read(l->terminal, now_ns)).kind != INPUT_NONE) {
        if (in.kind != INPUT_BLUR)
            see_person(l, in.kind == INPUT_FOCUS);
        if (in.kind == INPUT_FOCUS || in.kind == INPUT_BLUR)
            l->blurred = in.kind == INPUT_BLUR;
        else if (in.kind == INPUT_MOUSE)
            app_mouse(&l->app, in.mouse);
        else if (in.kind == INPUT_PASTE)
            app_paste(&l->app, in.text, in.length);
        else
            app_stroke(&l->app, in.stroke, in.more);
        l->dirty = true;
    }
}

/* For the next visit: now and then, and at the end. */
static void note_look(struct loop *l, int64_t now_ns)
{
    l->noted_ns = now_ns;
    outside_seen(&l->outside, l->seen_ms);
}

static int64_t frame_ns(const struct loop *l)
{
    return l->blurred ? BLURRED_NS : FRAME_NS;
}

/* --- what goes out ------------------------------------------------------------------------------------------------ */

static void draw(struct loop *l)
{
    char title[APP_TITLE_SIZE];
    int width, height;

    l->dirty = false;
    terminal_size(l->terminal, &width, &height);
    if ((width != l->cells.width || height != l->cells.height) && cells_resize(&l->cells, width, height))
        return;
    app_set_file_trouble(&l->app, l->outside.trouble);
    app_draw(&l->app, &l->cells);
    if (l->app.redraw)
        terminal_forget(l->terminal);
    l->app.redraw = false;
    terminal_mouse(l->terminal, l->app.mouse && !l->app.no_mouse);
    terminal_paint(l->terminal, &l->cells, l->app.scheme);
    terminal_title(l->terminal, app_title(&l->app, title));
    if (l->app.bell && !l->no_bell)
        terminal_bell(l->terminal);
    l->app.bell = false;
    if (l->app.alarm[0])
        clipboard_tell(&l->clipboard, l->app.alarm);
    l->app.alarm[0] = '\0';
}

static void hand_over_copied(struct loop *l)
{
    clipboard_reap(&l->clipboard);
    if (!l->app.copied)
        return;
    if (!clipboard_send(&l->clipboard, l->app.copied))
        terminal_copy(l->terminal, l->app.copied);
    free(l->app.copied);
    l->app.copied = NULL;
}

/* --- others have the terminal --------------------------------------------------------------------------------------- */

static void edit_outside(struct loop *l)
{
    struct errmsg why = ERRMSG_INIT;

    terminal_leave(l->terminal);
    if (editor_run(l->app.edited, l->app.edited_line, l->signals, &l->gone, &why) != ERR_OK)
        app_say_fault(&l->app, "%s", why.text);
    terminal_go_on(l->terminal);
    free(l->app.edited);
    l->app.edited = NULL;
    l->dirty = true;
    l->looked_ns = 0; /* what was written is looked at now */
}

/* The whole process: the monitor is another one. By SIGTSTP, which does nothing where no shell could go on with us (tmux and ssh
 * start us as the only program): SIGSTOP would hold the screen for ever. */
static void stop(struct loop *l)
{
    const struct sigaction usual = { .sa_handler = SIG_DFL };
    struct sigaction before;
    sigset_t only, blocked;

    l->app.stop = false;
    terminal_leave(l->terminal);
    sigemptyset(&only);
    sigaddset(&only, SIGTSTP);
    sigaction(SIGTSTP, &usual, &before);
    pthread_sigmask(SIG_UNBLOCK, &only, &blocked);
    raise(SIGTSTP);
    pthread_sigmask(SIG_SETMASK, &blocked, NULL);
    sigaction(SIGTSTP, &before, NULL);
    terminal_go_on(l->terminal);
    l->dirty = true;
}

/* --- the loop ----------------------------------------------------------------------------------------------------- */

static void wait_for_something(struct loop *l)
{
    struct pollfd fds[3] = {
        { .fd = terminal_fd(l->terminal), .events = POLLIN },
        { .fd = l->signals, .events = POLLIN },
        { .fd = l->news, .events = POLLIN },
    };
    int64_t wait_ns = l->refreshed_ns + frame_ns(l) - clock_mono_ns();
    eventfd_t count;
    int wait_ms = wait_ns > 0 ? (int)(wait_ns / NS_PER_MS) + 1 : 0;

    if (poll(fds, 3, wait_ms) < 0 && errno != EINTR)
        l->gone = true;
    if (fds[1].revents)
        take_signals(l);
    if (fds[2].revents && eventfd_read(l->news, &count) == 0)
        l->dirty = true;
    if (fds[0].revents & (POLLHUP | POLLERR | POLLNVAL) || !terminal_is_there(l->terminal, fds[0].revents & POLLIN))
        l->gone = true;
}

static void turn(struct loop *l)
{
    int64_t now_ns;

    if (l->dirty)
        draw(l);
    wait_for_something(l);
    if (l->gone)
        return;
    now_ns = clock_mono_ns();
    take_input(l, now_ns);
    if (l->app.edited)
        edit_outside(l);
    if (l->app.stop)
        stop(l);
    tell_log(l);
    if (now_ns - l->noted_ns >= NOTE_NS)
        note_look(l, now_ns);
    if (now_ns - l->looked_ns >= LOOK_NS)
        look_at_file(l, now_ns);
    if (now_ns - l->refreshed_ns >= frame_ns(l) || l->outside.applied)
        refresh(l, now_ns);
    if (l->outside.applied)
        app_take_settings(&l->app);
    l->outside.applied = false;
    hand_over_copied(l);
}

static enum err open_all(struct loop *l, const struct tui_options *o, struct errmsg *why)
{
    sigset_t set;
    enum err err;

    l->log = queue_new(64, sizeof(struct log_entry));
    if (!l->log)
        return err_set(why, ERR_NOMEM, "cannot open a screen: out of memory");
    tui_signals(&set);
    l->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (l->signals < 0)
        return err_errno(why, ERR_IO, errno, "cannot read signals");
    l->news = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (l->news < 0)
        return err_errno(why, ERR_IO, errno, "cannot make an event descriptor");
    err = terminal_open(&l->terminal, o->ascii, o->no_color, why);
    if (err)
        return err;
    l->cells.utf8 = terminal_utf8(l->terminal);
    return ERR_OK;
}

static void host_name(char *text, size_t size)
{
    if (gethostname(text, size) != 0)
        snprintf(text, size, "localhost");
    text[size - 1] = '\0';
    text[strcspn(text, ".")] = '\0';
}

static void print(struct loop *l, struct strbuf *out)
{
    if (l->app.print && !l->gone)
        app_print(&l->app, l->cells.width, l->cells.utf8, out);
}

static void wake(void *context)
{
    eventfd_write(((struct loop *)context)->news, 1);
}

static void run(struct loop *l, const struct tui_options *o, struct strbuf *left_behind)
{
    log_open(o->log_level, keep_line, l->log);
    outside_open(&l->outside, wake, l);
    l->seen_ms = clock_wall_ms();
    l->noted_ns = clock_mono_ns();
    refresh(l, l->noted_ns);
    app_take_settings(&l->app);
    while (!l->app.leave && !l->gone)
        turn(l);
    note_look(l, clock_mono_ns());
    print(l, left_behind);
    terminal_close(l->terminal);
    l->terminal = NULL;
    log_open(o->log_level, NULL, NULL);
}

static void close_all(struct loop *l)
{
    terminal_close(l->terminal);
    if (l->signals >= 0)
        close(l->signals);
    app_release(&l->app);
    outside_release(&l->outside);
    if (l->news >= 0)
        close(l->news);
    snapshot_release(&l->snapshot);
    cells_release(&l->cells);
    queue_free(l->log);
    clipboard_reap(&l->clipboard);
}

enum err tui_probe(struct errmsg *why)
{
    return terminal_probe(why);
}

enum err tui_run(struct monitor *m, struct settings **settings, const struct tui_options *options, struct errmsg *why)
{
    struct loop l = { .table = monitor_table(m), .signals = -1, .news = -1, .no_bell = options->no_bell };
    struct strbuf left_behind = STRBUF_INIT;
    int scheme = style_scheme(options->scheme);
    sigset_t set, before;
    char host[64];
    enum err err;

    if (scheme < 0)
        return err_set(why, ERR_INVALID, "there are no colours '%.40s': %s", options->scheme, style_schemes());
    tui_signals(&set);
    pthread_sigmask(SIG_BLOCK, &set, &before);
    host_name(host, sizeof(host));
    outside_init(&l.outside, m, settings);
    app_init(&l.app, &outside_ops, &l.outside, &l.snapshot, host);
    l.app.scheme = scheme;
    l.app.elsewhere = options->elsewhere;
    l.app.readonly = options->readonly;
    l.app.no_mouse = options->no_mouse;
    l.outside.readonly = options->readonly;
    err = open_all(&l, options, why);
    if (!err)
        run(&l, options, &left_behind);
    close_all(&l);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (left_behind.length) {
        fwrite(left_behind.text, 1, left_behind.length, stdout);
        fflush(stdout);
    }
    strbuf_release(&left_behind);
    return err;
}
