#ifndef NOTIFY_LETTER_H
#define NOTIFY_LETTER_H

#include <stdint.h>

/* What is sent to one owner: all its forms at once, of which a channel takes the ones it needs. Words come from
 * notify/words.h, delivery from notify/notifier.h. Every text is well-formed UTF-8; only `text` has line ends ("\n"); none has
 * other control characters. Who makes a letter owns it; a channel borrows it for one call. */

/* How loud it is, and what colour it has where there are colours. */
enum letter_priority {
    LETTER_LOW,                      /* recovery, a test, a digest of old news */
    LETTER_NORMAL,                   /* degraded, certificate, reminder */
    LETTER_HIGH,                     /* something is down */
};
enum letter_tone { LETTER_PLAIN, LETTER_GOOD, LETTER_WARNING, LETTER_BAD };

#define LETTER_ID_SIZE 96

struct letter {
    /* [0-9A-Za-z.-]+, unique for what is told to this owner by this channel and address, the same at every try: Message-ID and
     * Idempotency-Key, by which a repeat is known. */
    char id[LETTER_ID_SIZE];
    /* The id of the letter that opened the incident, under which this one is shown; "" or its own id for the first of a
     * thread. It need not have been sent. */
    char thread[LETTER_ID_SIZE];
    enum letter_priority priority;
    enum letter_tone tone;
    int64_t at_ms;                   /* wall clock: when it happened; the same at every try */
    int     tries;                   /* tries before this one */

    char *title;                     /* mail subject, title of a push: "[DOWN] shop" */
    char *text;                      /* the long form, lines of any length */
    char *brief;                     /* at most 160 septets of GSM 03.38, nothing else in it: one text message */
    char *push;                      /* the body under title, a few lines */
    char *url;                       /* of the one site it is about, http or https, without password; NULL: none */
    char *json;                      /* one object, for webhooks and commands */
};

#define LETTER_INIT { .title = NULL }

/* Frees the texts. */
void letter_release(struct letter *l);

#endif
