#ifndef MODEL_NOTICE_H
#define MODEL_NOTICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/outcome.h"
#include "model/result.h"
#include "model/state.h"

/* One thing one owner is told: a plain value, made by the rules (model/alarm.h), kept in the outbox, put into words by the
 * notifiers. Every text in it is clean (base/text.h), cut between characters, and holds no secret; "" is not known. Times are
 * wall-clock milliseconds since 1970, 0: not known. */
enum notice_kind {
    NOTICE_DOWN,         /* confirmed down; also to the next owner, see why_now */
    NOTICE_UP,           /* up again: since_ms, until_ms and duration_ms are the outage's */
    NOTICE_REMINDER,     /* still down; count: which reminder, from 1 */
    NOTICE_PARENT_BACK,  /* what it depends on is back and it is not: it opens the outage for this owner, as DOWN does */
    NOTICE_DEGRADED,     /* slow; sent to owners who ask for it */
    NOTICE_FINE,         /* no longer degraded */
    NOTICE_CERTIFICATE,  /* ends in certificate_days */
    NOTICE_FLAPPING,     /* went up and down count times: quiet until it has settled */
    NOTICE_SETTLED,      /* flapping is over: state tells how it is */
    NOTICE_OURS,         /* we could not check from since_ms to until_ms: the fault was ours; count: sites concerned */
    NOTICE_TEST,         /* somebody tries the channel out */
    NOTICE_KINDS
};

#define NOTICE_ID_SIZE 48
#define NOTICE_NAME_SIZE 132     /* names have 128 bytes at most */
#define NOTICE_URL_SIZE 512
#define NOTICE_TAGS_SIZE 192
#define NOTICE_NOTE_SIZE 192
#define NOTICE_REPEAT_SIZE 640

struct notice {
    enum notice_kind kind;
    char     id[NOTICE_ID_SIZE];         /* the same whenever this notice is sent again, and no other's: "123.0" is the DOWN of
                                          * incident 123, "123.4" the fourth after it; "c17.3" one of no incident */
    uint64_t incident_id;                /* 0: of no incident (certificate, ours, test) */
    bool     is_first;                   /* opens its incident for this owner: later ones are threaded under it */
    char     thread[NOTICE_ID_SIZE];     /* the id of that first one; its own when it is the first or stands alone */

    char     owner[NOTICE_NAME_SIZE];
    char     site[NOTICE_NAME_SIZE];     /* "": of no one site (ours, test) */
    char     url[NOTICE_URL_SIZE];       /* its password masked */
    char     tags[NOTICE_TAGS_SIZE];     /* "eu, money" */

    enum state   state;                  /* as it is told: DOWN, UP, DEGRADED; INCONCLUSIVE for ours */
    enum outcome outcome;                /* what failed; of UP: what had failed. OUTCOME_OK: not known */
    int      status;                     /* HTTP status then; 0: none */
    enum phase phase;                    /* in which it failed; PHASE_COUNT: not known */
    char     cause[RESULT_MESSAGE_SIZE]; /* one sentence: "connected, but no first byte in 10 s (dns 2.0 ms, connect 21 ms)" */
    char     address[RESULT_ADDRESS_SIZE];
    uint32_t attempts;                   /* failed checks in a row that confirmed it; 0: not known */

    int64_t  at_ms;                      /* when what is told happened */
    int64_t  since_ms;                   /* when it began: the outage, the slowness, the span */
    int64_t  until_ms;                   /* when that ended; 0: it goes on */
    int64_t  duration_ms;                /* from since to until, or to at_ms while it goes on; never negative */
    uint32_t count;                      /* see the kinds */
    int64_t  certificate_until;          /* seconds since 1970; CERTIFICATE_UNKNOWN */
    int      certificate_days;           /* left; negative when past. Only with a known certificate_until */

    char     why_now[NOTICE_NOTE_SIZE];  /* why only now, or why this owner: "maintenance is over", "'ops' has not acknowledged it
                                          * for 15m"; "" for plain news */
    char     parent[NOTICE_NAME_SIZE];   /* of PARENT_BACK: which site is back */
    char     ack_by[NOTICE_NAME_SIZE];   /* who acknowledged the incident; "": nobody */
    char     ack_note[NOTICE_NOTE_SIZE];
    char     repeat[NOTICE_REPEAT_SIZE]; /* how to repeat the check: a curl line, secrets masked */
};

/* A notice of that kind that tells nothing yet. */
void notice_init(struct notice *n, enum notice_kind kind);

/* "down" "parent_back": JSON, the outbox, templates. */
const char *notice_kind_name(enum notice_kind k);
/* The kind of that name; -1: there is none. */
int notice_kind_parse(const char *name);

/* What several failing sites have in common, the most telling first. */
enum common {
    COMMON_NONE,
    COMMON_CERTIFICATE,  /* one certificate, by its end; text: "2026-11-24 12:25 UTC" */
    COMMON_ADDRESS,      /* one phase and one address; text: "192.0.2.7" */
    COMMON_NAMESERVER,   /* names can not be looked up; text: the domain they share, or "" */
    COMMON_TAG,          /* text: the tag */
    COMMON_OUTCOME       /* nothing but how they fail; text: "connection refused" */
};

struct common_cause {
    enum common kind;
    uint32_t count;                      /* of the failing ones, those that share it: at least two, and at least three in four */
    char text[NOTICE_NAME_SIZE];
};

/* Why several notices are one message. */
enum bundle_reason {
    BUNDLE_ONE,          /* it is only one */
    BUNDLE_STORM,        /* they came together */
    BUNDLE_DIGEST        /* they wait since the cap of the hour was reached */
};

/* What one message says: notices of one owner, oldest first. Borrows. */
struct bundle {
    const struct notice *const *notice;
    size_t n;                            /* at least 1 */
    enum bundle_reason reason;
    uint32_t down, up, other;            /* sites: that stay down, that are up again; and notices about anything else */
    struct common_cause common;          /* of those that are down */
};

/* Counts and looks for the common cause; keeps the pointer. The last news of a site is what counts for it. */
void bundle_init(struct bundle *b, const struct notice *const *notice, size_t n, enum bundle_reason reason);

/* "12 down, all on 192.0.2.7" "5 down, 4 by one certificate" "3 down, 2 up": one line without a site's name. */
#define BUNDLE_SUMMARY_SIZE 256
const char *bundle_summary(char text[BUNDLE_SUMMARY_SIZE], const struct bundle *b);

#endif
