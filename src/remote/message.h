#ifndef MESSAGE_H
#define MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "model/status.h"
#include "monitor/alerts.h"
#include "monitor/monitor.h"

#include "pack.h"

/* What a monitor and its screens say to each other over a Unix socket of one machine (times are its monotonic clock's). Each
 * message is a frame: its length (4 bytes, lowest first), one byte that says what it is, and values (pack.h).
 *
 *   screen                            monitor
 *   HELLO version, looks only         WELCOME version, number of this run, process, program
 *   ASK since, which, alerts,         ROWS ... ROWS ALERTS MESSAGES END
 *       messages                                            the rows changed after that revision, the open alarms and the
 *                                                           messages to owners if theirs is another one, and the revisions to ask with next: nobody is ever sent what he did not ask for, so that
 *                                                           nothing piles up for a screen that is slow or stopped
 *   COMMAND kind, site, ...           DONE error, what to tell
 *   RELOAD                            DONE
 *
 * Another version gets a WELCOME with the monitor's own, and the end. One more with each change of what a frame holds or means,
 * also when a value is only added at its end or to an enum that is sent: a frame is read to its last byte, and no further. What
 * never changes: frames, and that HELLO and WELCOME begin with the version. */

#define REMOTE_VERSION 4
#define FRAME_MOST (2u << 20)        /* bytes of a frame the monitor sends */
#define FRAME_SMALL 4096u            /* bytes of a frame a screen sends */
#define FRAME_HEAD 4u
#define ROWS_A_FRAME 64u
#define NO_MESSAGES UINT64_MAX
#define REMOTE_URL_SIZE 4200         /* of the longest URL and what stands for its password */

enum frame_kind {
    FRAME_HELLO = 'h', FRAME_ASK = 'a', FRAME_COMMAND = 'c', FRAME_RELOAD = 'r',
    FRAME_WELCOME = 'W', FRAME_ROWS = 'R', FRAME_ALERTS = 'L', FRAME_MESSAGES = 'M', FRAME_END = 'E', FRAME_DONE = 'D',
};

enum remote_which { REMOTE_ALL, REMOTE_IN_TROUBLE, REMOTE_WHICH_COUNT };

struct hello {
    uint64_t version;
    bool     readonly;
};
struct welcome {
    uint64_t version, run;           /* another run: nothing known before is good any more */
    uint32_t pid;
    char     program[32];
    char     settings[1024];         /* the path of its settings, without links; "" when it is not known */
};
struct ask {
    uint64_t since, alerts;          /* revisions */
    enum remote_which which;
    uint64_t messages;               /* revision; NO_MESSAGES: not this time */
};
struct answer_end {
    uint64_t upto;
    uint32_t slots;
    struct status_counts counts;
    struct health health;
};
struct answer_done {
    enum err err;
    char text[256];
};

/* A site as it came: rows are given their site by whoever takes them. */
struct row_message {
    struct row_change change;        /* change.row.site is NULL */
    char name[256], url[REMOTE_URL_SIZE];
    int64_t interval_ms;
    int nregion;
    struct region_result region[REGIONS_MOST];
};

/* Begins a frame in out, and ends it: its length is written then. The place it begins at is between the two. */
size_t frame_begin(struct strbuf *out, enum frame_kind kind);
void frame_end(struct strbuf *out, size_t begun);

/* The length of the frame at the beginning of these bytes, its head included: 0 when more is needed to know, SIZE_MAX when it
 * is none or longer than most. */
size_t frame_length(const char *bytes, size_t length, size_t most);

void put_hello(struct strbuf *out, const struct hello *h);
void put_welcome(struct strbuf *out, const struct welcome *w);
void put_ask(struct strbuf *out, const struct ask *a);
void put_command(struct strbuf *out, const struct command *c);
void put_reload(struct strbuf *out);
void put_alerts(struct strbuf *out, const struct alert *alert, size_t n, uint64_t revision);
/* Without their addresses, which no screen shows. */
void put_messages(struct strbuf *out, const struct outbox_item *item, size_t n, const struct outbox_counts *counts);
void put_end(struct strbuf *out, const struct answer_end *e);
void put_done(struct strbuf *out, enum err err, const char *text);
/* One of the rows of a frame begun with FRAME_ROWS. */
void put_row(struct strbuf *out, const struct row_change *c, const struct region_result *region, int nregion);

/* Read what a frame of that kind holds; false when it is broken. */
bool get_hello(struct unpack *u, struct hello *h);
bool get_welcome(struct unpack *u, struct welcome *w);
bool get_ask(struct unpack *u, struct ask *a);
bool get_command(struct unpack *u, struct command *c);
/* Into alert[0..ALERTS_MOST). */
bool get_alerts(struct unpack *u, struct alert *alert, size_t *n, uint64_t *revision);
/* Into item[0..MESSAGES_MOST). */
bool get_messages(struct unpack *u, struct outbox_item *item, size_t *n, struct outbox_counts *counts);
bool get_end(struct unpack *u, struct answer_end *e);
bool get_done(struct unpack *u, struct answer_done *d);
/* The next row; false when it is broken. There is one as long as u->at < u->end. */
bool get_row(struct unpack *u, struct row_message *r);

#endif
