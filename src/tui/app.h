#ifndef APP_H
#define APP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "adding.h"
#include "alerts.h"
#include "cells.h"
#include "check/chain.h"
#include "config/edit.h"
#include "config/settings.h"
#include "form.h"
#include "grid.h"
#include "history.h"
#include "keys.h"
#include "lookback.h"
#include "model/snapshot.h"
#include "monitor/monitor.h"
#include "mouse.h"
#include "store/outbox.h"
#include "pane.h"
#include "post.h"
#include "prompt.h"
#include "replay.h"
#include "setup.h"
#include "view.h"

/* The controller: keys, pastes and snapshots come in, a view and requests to the outside come out. It knows neither
 * curses nor files nor the monitor, so whole dialogues are tested without them. One thread. */

/* What it asks of the outside. Each is done when the call returns; `said` gets what to tell the person: what was done
 * with ERR_OK ("added 2 sites"), else why not. None may be NULL. */
struct app_ops {
    enum err (*add)(void *self, const char *const *url, size_t nurl, const struct edit_value *value, size_t nvalue,
                    struct errmsg *said);
    /* What adding these would change in the file, for people: *diff is the caller's. */
    enum err (*preview)(void *self, const char *const *url, size_t nurl, char **diff, struct errmsg *said);
    /* Begins to try them, each once; what is known by now of those begun last. */
    enum err (*try_out)(void *self, const char *const *url, size_t nurl, struct errmsg *said);
    void (*tried)(void *self, struct tried *out, size_t n);
    /* Of all sites named, or of none. */
    enum err (*set)(void *self, const char *const *name, size_t nname, const struct edit_value *value, size_t nvalue,
                    struct errmsg *said);
    enum err (*remove)(void *self, const char *const *name, size_t nname, struct errmsg *said);
    /* Of the group `screen`. */
    enum err (*set_screen)(void *self, const struct edit_value *value, size_t nvalue, struct errmsg *said);
    /* Where it stands in which file, NULL: that file; for an editor. *path is the caller's. */
    enum err (*place)(void *self, const char *name, char **path, uint32_t *line, struct errmsg *said);
    /* site: what the edit was about, and is there again as it was; "" where there is no such thing. */
    enum err (*undo)(void *self, char *site, size_t size, struct errmsg *said);
    enum err (*reload)(void *self, struct errmsg *said);
    enum err (*command)(void *self, const struct command *command);
    enum err (*change_engine)(void *self, const char *engine, struct errmsg *said);
    /* What the table keeps of a site beside its row; regions are those of status_regions(). False when it is gone. */
    bool (*recent)(void *self, uint32_t id, struct samples *samples, struct region_result region[REGIONS_MOST],
                   int *nregion);
    /* What the history tells of a site up to that moment, 0: now; as read last: NULL or of another site while it is not read yet. Asks for it. */
    const struct lookback *(*lookback)(void *self, const char *name, int64_t window_ms, int64_t until_ms);
    /* What that site's server shows of itself, as looked at last; NULL as long as nobody has looked. Asks for it, anew where its
     * end is another one than checks tell (CERTIFICATE_UNKNOWN: they do not). */
    const struct chain *(*chain)(void *self, const struct site *site, int64_t until);
    /* What happened before the screen was opened: once, when it is read; the caller's to free(). */
    struct past_log *(*past_log)(void *self);
    /* Begins to read that moment of the past, or figures of it, in place of those asked for before; takes what it is given. False:
     * there is no history. */
    bool (*replay)(void *self, struct replay_want *want);
    void (*ask_figures)(void *self, struct replay_asks *asks);
    /* What came of it; the caller's to free. NULL: nothing. */
    struct replay_picture *(*replayed)(void *self);
    struct replay_chunk *(*figures)(void *self);
    /* What happened since somebody looked last, when it is read, and anew when it is read again; the caller's to free. */
    struct since *(*since)(void *self);
    /* Since that moment instead; false: there is no history. */
    bool (*want_since)(void *self, int64_t from_ms);
    /* What that incident's check met; NULL while it is not read. */
    const struct evidence *(*evidence)(void *self, int64_t incident);
    /* As monitor_alerts(); out may be NULL with most 0. */
    size_t (*alerts)(void *self, struct alert *out, size_t most, uint64_t *revision);
    /* As outbox_items(), and the counts; out may be NULL with most 0. */
    size_t (*messages)(void *self, struct outbox_item *out, size_t most, struct outbox_counts *counts);
    /* Sends it now, or drops it: outbox_hurry(), outbox_drop(). */
    enum err (*message)(void *self, uint64_t id, bool drop);
    /* In force now: borrowed until the next call of any of these. Names and URLs given to them are borrowed for the
     * call. */
    const struct settings *(*settings)(void *self);
};

struct asking;                       /* ask.h */

enum app_mode { MODE_GRID, MODE_PROMPT, MODE_QUESTION, MODE_FORM, MODE_HELP, MODE_ADDING, MODE_SETUP };

struct app {
    const struct app_ops *ops;
    void *self;
    char host[64];                   /* this machine's name, for the header */
    const struct snapshot *live;     /* borrowed; given anew by app_take() */
    const struct snapshot *snapshot; /* what is shown: that, or a moment of the past */
    struct replay replay;
    bool elsewhere;                  /* leaving stops nothing */
    bool readonly;                   /* what changes something is refused */
    struct keymap keys;
    struct column_choice columns;
    bool   no_bell, no_message;      /* when a site goes down */
    bool   mouse, no_mouse;          /* clicks and the wheel are ours; they never are */
    int    tree_set;                 /* what the settings said of these last: only another word of theirs undoes a key */
    bool   mouse_set;
    struct view view;
    struct alert_list alerts;
    struct post *post;               /* NULL: there was never a message */
    struct plan plan;
    int    x_panes;                  /* where the names of panes begin in the status line */
    struct pane_state pane[PANE_COUNT];
    enum pane here;                  /* which has the keys */
    bool   alone;                    /* it is to stand in the grid's place */

    enum app_mode mode;
    struct prompt prompt;
    const struct asking *asking;     /* what the prompt is for */
    char   label[160];               /* what stands before it, and the question */
    struct errmsg why;               /* what is wrong with what was typed */
    bool   why_is_hint;              /* nothing is: it says what could be typed */
    char  *text_before;              /* filter or search, to go back to */
    struct view_mark mark_before;    /* where the cursor was, likewise */
    void (*on_yes)(struct app *a);   /* of the question */
    enum app_mode mode_after;        /* where No leads back to */
    struct subject {
        uint32_t id, generation;
    } *subject;                      /* the sites that prompt or question is about */
    size_t nsubject, subject_size;
    char   subject_group[32];        /* "" or the group that they are of */
    struct history history[HISTORY_COUNT]; /* of what was typed */
    struct form *form;
    struct adding *adding;
    struct setup *setup;
    int    help_top;

    char   message[sizeof(struct errmsg)];
    bool   message_is_fault;
    int64_t message_until_ns;        /* INT64_MAX: until a key is pressed */
    char   file_trouble[96];         /* "": the settings file is fine */
    char   engine[16];               /* the one to go over to, while the question is asked */
    uint64_t asked_message;          /* of the outbox: what a question is about */
    char  *sought;                   /* the URL of a site that is to come under the cursor as soon as it is there */
    bool   sought_by_name;           /* it is a name */

    int    zoom;                     /* of the latency chart: app_window_ms() */
    int64_t incident;                /* whose kept answer is shown */
    bool   wants_kept;               /* it is to be shown as soon as its site's history is read */
    bool   frozen;                   /* the picture is to stay as it is */
    bool  *rung;                     /* by site id: the bell rang for this outage */
    size_t nrung;
    bool   took_once;                /* a snapshot was seen */
    bool   typed;                    /* a key was pressed since it was opened */

    /* For the caller to act on, and to set back. */
    bool   leave, print;             /* end; and leave the grid behind as text */
    bool   bell;
    char   alarm[160];               /* "" or what tmux is to show */
    bool   redraw;                   /* draw every cell anew */
    int    scheme;                   /* style.h */
    char  *copied;                   /* text for the clipboard; the caller's to free */
    char  *edited;                   /* a file that the person's editor is to show, at that line; the caller's to free */
    uint32_t edited_line;
    bool   stop;                     /* give the terminal back until we are continued */
};

/* app is zeroed memory of the caller's. */
void app_init(struct app *a, const struct app_ops *ops, void *self, const struct snapshot *s, const char *host);
void app_release(struct app *a);

/* The snapshot was refreshed. */
void app_take(struct app *a, const struct snapshot *s);

/* The settings were read anew, or for the first time. */
void app_take_settings(struct app *a);

/* more: other input waits behind this key, as when lists are pasted into a terminal without bracketed paste. */
void app_stroke(struct app *a, uint32_t stroke, bool more);
void app_paste(struct app *a, const char *text, size_t length);

void app_mouse(struct app *a, struct mouse m);

void app_draw(struct app *a, struct cells *c);

/* Asks whether to leave, whatever goes on. */
void app_ask_to_leave(struct app *a);

/* What is said at the bottom line, until a key is pressed or a while has passed. */
void app_say(struct app *a, const char *format, ...) __attribute__((format(printf, 2, 3)));
void app_say_fault(struct app *a, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* What happened by itself: said, and kept in the log. */
void app_tell(struct app *a, bool fault, const char *text);
/* What is wrong with the settings file, as long as it is; "": nothing. */
void app_set_file_trouble(struct app *a, const char *text);

/* "squirrel: 2 down", for the terminal's title. */
#define APP_TITLE_SIZE 64
const char *app_title(const struct app *a, char text[APP_TITLE_SIZE]);

/* The span of the latency chart: an hour to 90 days. */
#define APP_ZOOMS 6
int64_t app_window_ms(const struct app *a);
/* The moment of the past that is shown; 0: now. */
int64_t app_until_ms(const struct app *a);

/* The alerts of the moment that is shown. */
const struct alert_list *app_alerts(const struct app *a);

/* The grid as text. */
void app_print(const struct app *a, int width, bool utf8, struct strbuf *out);

#endif
