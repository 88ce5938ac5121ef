#ifndef MODEL_ALARM_H
#define MODEL_ALARM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "model/calendar.h"
#include "model/notice.h"
#include "model/site.h"

/* Who is told what, and when: the rules. A book of alarms learns every result, people's words (ack, mute, maintenance) and the
 * time, and answers through the functions of its sink. It has no clock, no thread and no I/O: the monitor turns it by the
 * wall clock, `rehearse` by a clock of its own.
 *
 * What holds an alarm back - maintenance, a mute, something it depends on, flapping - holds the telling of an outage, never a
 * check, and is judged again when it ends: who is down then is told then. An end is told to exactly those who were told the
 * beginning. */

/* --- the rules -------------------------------------------------------------------------------------------------------- */

struct alarm_owner {
    char    *name;
    int64_t  remind_ms;                  /* first reminder; each wait is twice the one before, up to a day. 0: none */
    bool     degraded;                   /* wants to be told of slow sites */
    struct calendar_quiet quiet;
    uint32_t wake;                       /* kinds that come in quiet hours all the same: 1 << enum notice_kind */
    struct strings wake_tags;            /* and any news of sites with one of these */
    char    *next;                       /* whom it goes to unacknowledged; NULL: nobody */
    int64_t  escalate_ms;
};

struct alarm_window {
    struct strings sites;                /* names; none: every site */
    struct calendar_window when;
};

/* Owns all of it. A book takes it whole. */
struct alarm_rules {
    int64_t hold_ms;                     /* news wait so long for others to go with; 0: they do not */
    int     flaps;                       /* so many changes within flap_ms are flapping; 0: nothing is */
    int64_t flap_ms;                     /* and half of it without a change ends it */
    struct alarm_owner *owner;
    size_t nowner;
    struct alarm_window *window;
    size_t nwindow;
    struct zone **zone;                  /* those of quiet hours and windows */
    size_t nzone;
};

#define ALARM_HOLD_MS INT64_C(20000)
#define ALARM_FLAPS 6
#define ALARM_FLAP_MS INT64_C(1800000)

/* Empty rules with the built-in figures; NULL when memory ran out. */
struct alarm_rules *alarm_rules_new(size_t nowner, size_t nwindow, size_t nzone);
void alarm_rules_free(struct alarm_rules *r);

/* --- what is remembered of one site ------------------------------------------------------------------------------------ */

#define ALARM_TOLD_MOST 6                /* owners one incident is told to */
#define ALARM_CHANGES_MOST 16
#define ALARM_CERTIFICATES_MOST 4        /* certificates of one site: some are served in turn */

/* Survives a restart. Times are wall-clock milliseconds; 0: never. */
struct alarm_memory {
    uint64_t incident_id;                /* the open outage, or the last one while anything of it is still to be told */
    bool     down;
    int64_t  since_ms, confirmed_ms;
    enum outcome outcome;                /* how it failed first */
    int      status;
    enum phase phase;
    uint32_t attempts;
    int64_t  certificate_until;
    char     cause[RESULT_MESSAGE_SIZE];
    char     address[RESULT_ADDRESS_SIZE];

    uint32_t ntold;                      /* those who were told that it is down, and are owed its end */
    struct alarm_told {
        char    owner[NOTICE_NAME_SIZE];
        char    thread[NOTICE_ID_SIZE];
        int64_t not_before_ms;           /* of the last notice: the next does not overtake it */
    } told[ALARM_TOLD_MOST];
    uint32_t notices;                    /* of this incident so far */
    uint32_t reminders;
    int64_t  remind_ms, escalate_ms;     /* when next; 0: not planned */
    char     held[NOTICE_NOTE_SIZE];     /* what held it back, once it is over; "" nothing did */
    char     parent[NOTICE_NAME_SIZE];   /* it was held because this one was down */

    int64_t  acked_ms;
    char     ack_by[NOTICE_NAME_SIZE];
    char     ack_note[NOTICE_NOTE_SIZE];
    int64_t  mute_until_ms;
    int64_t  maintain_until_ms;          /* by a person's word; windows come from the rules */

    int64_t  degraded_ms;                /* since when it is slow, if somebody was told; 0 */
    uint32_t nchange;                    /* changes between up and down within flap_ms */
    int64_t  change_ms[ALARM_CHANGES_MOST];
    bool     flapping;

    struct alarm_certificate {
        int64_t until_s;                 /* which certificate: its end. 0: none */
        int     step;                    /* the last one told, in days */
    } certificate[ALARM_CERTIFICATES_MOST];
};

/* Nothing is remembered: it need not be kept. */
bool alarm_memory_is_empty(const struct alarm_memory *m);

/* --- the book ---------------------------------------------------------------------------------------------------------- */

struct alarms;

/* What the book wants done; each is called from within the functions below, on their thread. */
struct alarm_sink {
    void *context;
    /* To be delivered to n->owner by all its channels, not before not_before_ms (wall clock). */
    void (*tell)(void *context, uint32_t site, const struct notice *n, int64_t not_before_ms);
    /* To be kept: *m is what is remembered of that site from now on. */
    void (*keep)(void *context, uint32_t site, const struct alarm_memory *m);
    /* To be checked soon: somebody's alarm waits for it. */
    void (*ask)(void *context, uint32_t site);
    /* It is under maintenance from now on, or no longer. */
    void (*maintain)(void *context, uint32_t site, bool on);
};

/* NULL when memory ran out. Takes the rules. */
struct alarms *alarms_new(struct alarm_rules *rules, const struct alarm_sink *sink);
void alarms_free(struct alarms *a);

/* The list: after changes of sites or rules, alarms_settle() once before anything else. A site keeps what is remembered of it
 * through alarms_set_site(). remembered (may be NULL) is copied: what keep() was given before the last stop. */
enum err alarms_set_site(struct alarms *a, uint32_t id, const struct site *site);
enum err alarms_remember(struct alarms *a, uint32_t id, const struct alarm_memory *remembered);
/* Something is remembered of it. */
bool alarms_remembers(const struct alarms *a, uint32_t id);
/* Gives all that is remembered to keep() once more. */
void alarms_keep_all(struct alarms *a);
void alarms_remove_site(struct alarms *a, uint32_t id);
void alarms_set_rules(struct alarms *a, struct alarm_rules *rules);
enum err alarms_settle(struct alarms *a, int64_t now_ms);

/* A result was published, with the state it led to. incident_id: the number of the outage the site is in with it; 0: of none. */
void alarms_observe(struct alarms *a, uint32_t id, const struct site_state *s, const struct result *r, uint64_t incident_id,
                    int64_t now_ms);
/* Checks of it were stopped or go on: while stopped, nothing is told of it. */
void alarms_pause(struct alarms *a, uint32_t id, bool paused, int64_t now_ms);
/* Our own network is gone, or back. */
void alarms_offline(struct alarms *a, bool offline, int64_t now_ms);

/* The number of the outage it is in; 0: of none. */
uint64_t alarms_incident(const struct alarms *a, uint32_t id);

/* People's words. by and note may be "". ERR_NOTFOUND: no such site; ERR_INVALID: there is nothing to acknowledge. */
enum err alarms_ack(struct alarms *a, uint32_t id, const char *by, const char *note, int64_t now_ms);
/* Until that moment, 0: no longer. */
enum err alarms_mute(struct alarms *a, uint32_t id, int64_t until_ms, int64_t now_ms);
enum err alarms_maintain(struct alarms *a, uint32_t id, int64_t until_ms, int64_t now_ms);

/* Time has come for something; and when it comes next, INT64_MAX: not by itself. */
void alarms_tick(struct alarms *a, int64_t now_ms);
int64_t alarms_next(const struct alarms *a);
/* The wall clock was put on by so much (or back): waits go on as they were. */
void alarms_shift(struct alarms *a, int64_t by_ms);

/* --- for people to look at ------------------------------------------------------------------------------------------------ */

enum alarm_hold { HOLD_NONE, HOLD_PAUSED, HOLD_MAINTENANCE, HOLD_MUTED, HOLD_PARENT, HOLD_FLAPPING, HOLD_OFFLINE, HOLD_COUNT };
/* "maintenance" "muted" "depends": why an alarm is held; "" for HOLD_NONE. */
const char *alarm_hold_name(enum alarm_hold h);

/* An alarm that is open, or muted, under maintenance by a person's word or flapping without being down. */
struct alarm_view {
    uint32_t site;
    const struct alarm_memory *memory;   /* until the next call of any function above */
    enum alarm_hold hold;
    bool maintained;                     /* by either way */
};
/* Visits each, in no order (visit may be NULL); how many. */
size_t alarms_view(const struct alarms *a, int64_t now_ms, void (*visit)(void *context, const struct alarm_view *v),
                   void *context);

#endif
