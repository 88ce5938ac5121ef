#ifndef OUTBOX_LINE_H
#define OUTBOX_LINE_H

#include "store/outbox.h"

/* What waits for one address, in the order in which it goes. No lock, no I/O: whoever calls holds the outbox's lock. */

#define LINE_LIMIT_MOST 100          /* messages an hour that can be counted */

struct message {
    struct message *next;
    uint64_t id, incident_id;
    int64_t created_ms, not_before_ms;
    bool    written;                 /* it need not wait for a transaction */
    char   *site, *subject, *notice_id, *notice; /* site "": of no one */
};

struct line {
    struct line *next;
    char owner[OUTBOX_WORD_SIZE], channel[OUTBOX_WORD_SIZE], address[OUTBOX_ADDRESS_SIZE];
    struct message *first;           /* by not_before_ms, then id; the parcel's before all others */
    size_t   nparcel;                /* the first so many are a parcel that was tried; 0: none */
    uint64_t parcel;                 /* its number */
    uint32_t tries;
    int64_t  first_ms, next_ms;      /* its first and its next try */
    char     error[OUTBOX_ERROR_SIZE];
    bool     busy;                   /* it is being sent: the parcel belongs to the sender */
    bool     limited;                /* it waited for the limit of the hour */
    bool     hurried;                /* it shall not */
    int64_t  sent_ms[LINE_LIMIT_MOST]; /* a ring */
    uint32_t nsent;                  /* ever */
};

bool line_is(const struct line *l, const char *owner, const char *channel, const char *address);
void line_insert(struct line *l, struct message *m);
void line_note_sent(struct line *l, int64_t at_ms);

/* When its next parcel is to go, INT64_MAX: nothing is there. Messages above released_id wait for their transaction. */
int64_t line_due(struct line *l, int per_hour, uint64_t released_id, int64_t now_ms);
/* Makes what is due a parcel, unless there is one. */
void line_form(struct line *l, uint64_t released_id, int64_t now_ms);
/* Takes the parcel out; the chain of its messages. */
struct message *line_take_parcel(struct line *l);
/* The message of that number, and in *place how many are before it; NULL. */
struct message *line_find(const struct line *l, uint64_t id, size_t *place);
/* Takes one out that is in no parcel. */
void line_remove(struct line *l, struct message *m);
void line_shift(struct line *l, int64_t by_ms);
struct outbox_item line_item(const struct line *l, const struct message *m);
void message_free(struct message *m);

#endif
