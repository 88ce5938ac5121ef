#ifndef LINK_H
#define LINK_H

#include "remote/screen.h"

#include "message.h"
#include "place.h"

/* A connection to a monitor, from the side of who asks. One thread; it waits for each answer. */
/* Told of the open alarms. */
typedef void link_alerts_fn(void *context, const struct alert *alert, size_t n, uint64_t revision);
/* Told of the messages to owners. */
typedef void link_messages_fn(void *context, const struct outbox_item *item, size_t n, const struct outbox_counts *counts);

struct remote_link {
    int fd;
    int wait_ms;                     /* for each answer */
    int wake;                        /* a descriptor that ends any waiting when it is readable; -1: none */
    struct strbuf in;
    size_t used;                     /* bytes of in: the frame taken last */
    struct welcome welcome;
    char own[sizeof(((struct welcome *)0)->settings)]; /* place_of_settings() of who asks */
    struct alert *alert;             /* ALERTS_MOST of them; NULL: none came yet */
    link_alerts_fn *alerts;          /* NULL: nobody asks for them */
    struct outbox_item *item;        /* MESSAGES_MOST of them; NULL: none came yet */
    link_messages_fn *messages;      /* NULL: nobody asks for them */
    const struct settings *settings; /* by which remote_fetch() gives rows their sites; borrowed */
};

struct remote_link *link_new(const struct settings *s, int wait_ms, int wake);
/* Tries every place; ERR_UNAVAILABLE: no monitor is there. */
enum err link_connect(struct remote_link *l, const struct sockaddr_un *place, size_t nplace, bool readonly, struct errmsg *why);
void link_disconnect(struct remote_link *l);
enum err link_write(struct remote_link *l, struct strbuf *out, struct errmsg *why);

/* Told of each row of an answer, whose site is NULL. False ends the walk with ERR_NOMEM. */
typedef bool link_row_fn(void *context, struct row_message *m);
enum err link_ask(struct remote_link *l, const struct ask *a, link_row_fn *row, void *context, struct answer_end *end,
                  struct errmsg *why);
/* Writes what is in out, and waits for what became of it. */
enum err link_do(struct remote_link *l, struct strbuf *out, struct errmsg *why);

/* The site of a row: that of its name in the settings (a reference, taken over; or NULL) when the row is of it, else one made of
 * what the row tells. A new reference; NULL: memory ran out. */
const struct site *link_site(const struct site *own, const struct row_message *m);

#endif
