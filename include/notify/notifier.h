#ifndef NOTIFY_NOTIFIER_H
#define NOTIFY_NOTIFIER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "config/settings.h"
#include "notify/letter.h"

/* Ways of telling people: the channels. Each is a row of src/notify/notifiers.def, a file src/notify/notifier_NAME.c, and is
 * judged by tests/notify/contract_test.c. */

enum delivery_end {
    DELIVERY_SENT,                   /* handed over; that somebody read it nobody knows */
    DELIVERY_PASSING,                /* not now: try again later, with the same letter. It may have arrived all the same */
    DELIVERY_PERMANENT,              /* the same letter will be refused again: settings or address are wrong */
};

/* What became of one try. */
struct delivery {
    enum delivery_end end;
    int64_t retry_after_ms;          /* what the other side asked for, with DELIVERY_PASSING; 0: nothing */
    int     code;                    /* the status or reply code of the other side; 0: it gave none */
    char    message[256];            /* one line for people, clean, without secrets: "250 OK", "HTTP 429 Too Many Requests" */
};

/* Whom a letter goes to: one address of one owner on one channel. */
struct destination {
    const struct settings *settings; /* borrowed for the call; passwords and servers are read from here */
    const struct owner *owner;       /* of settings */
    size_t address;                  /* below notifier_addresses() */
};

/* A channel. What open() gives belongs to one thread, a worker of the channel, and is called by that thread alone; any
 * number of workers may be open at a time. No function is called with a lock held. */
struct notifier_ops {
    const char *name;                /* the word in uptime.cfg, in an outbox row and behind --channel */
    const char *summary;             /* one line for people */
    size_t addresses;                /* offsetof(struct owner, the strings it is for) */
    bool one_address;                /* the strings are one address (a command's argv), not one each */
    bool secret_address;             /* an address is a key, and never shown */

    /* NULL: nothing but an address is needed. Else false, with a reason, while settings lack what the channel needs (there is
     * no mail server): nothing is sent then, and it is a permanent error. */
    bool (*ready)(const struct settings *s, struct errmsg *why);

    /* stop (may be NULL) turns true when the program ends: a send under way returns within a second or so, with
     * DELIVERY_PASSING. It outlives the worker. self is to be handed to the other two. */
    enum err (*open)(void **self, const struct notifier_ops *ops, const atomic_bool *stop, struct errmsg *why);

    /* Sends and waits for the end of it, until_ns (monotonic) at most and no longer than the channel's own time limit;
     * then DELIVERY_PASSING. *out is written whole. */
    void (*send)(void *self, const struct destination *to, const struct letter *letter, int64_t until_ns,
                 struct delivery *out);

    /* NULL is fine. */
    void (*close)(void *self);

    const void *row;                 /* what a family of channels shares its functions by; its own business */
};

/* Sends are bounded by this, whatever until_ns says. */
#define NOTIFIER_LIMIT_NS (INT64_C(30) * 1000000000)

/* The table: n rows in the order of notifiers.def. Any thread. */
const struct notifier_ops *const *notifier_table(size_t *n);
const struct notifier_ops *notifier_find(const char *name);

/* How many addresses an owner has on a channel. */
size_t notifier_addresses(const struct notifier_ops *ops, const struct owner *owner);

/* What an address is called in the outbox, on the screen and in logs: it tells addresses of one owner apart, stays the same
 * while the setting does, and holds no secret. "ops@example.org", "+15550100", "hooks.example.org#1f9c04aa", "gammu-smsd-inject". */
#define NOTIFIER_LABEL_SIZE 288
const char *notifier_label(char text[NOTIFIER_LABEL_SIZE], const struct notifier_ops *ops, const struct owner *owner,
                           size_t address);
/* The address of that label; false when the settings have it no more. */
bool notifier_address(const struct notifier_ops *ops, const struct owner *owner, const char *label, size_t *address);

/* One letter by one channel, opened and closed for it: what `notify --test` does. Checks ready() first. */
void notifier_send_once(const struct notifier_ops *ops, const struct destination *to, const struct letter *letter,
                        const atomic_bool *stop, int64_t until_ns, struct delivery *out);

/* Writes *out whole; returns it. */
struct delivery *delivery_set(struct delivery *out, enum delivery_end end, int code, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* "sent" "try again" "refused" */
const char *delivery_word(enum delivery_end end);

#endif
