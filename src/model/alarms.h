#ifndef ALARMS_H
#define ALARMS_H

#include "model/alarm.h"

/* What the files of the book of alarms share. */

#define ALARM_CALM_MS (15 * INT64_C(60000))  /* what is not urgent waits so long for its like */
#define ALARM_WAIT_MS (90 * INT64_C(1000))   /* an alarm waits no longer than this for somebody's check */
#define OWNER_NONE (-1)

/* Whose check an alarm waits for. */
enum gate {
    GATE_OPEN,
    GATE_PARENT,                 /* is what it depends on down, too? */
    GATE_SELF                    /* what it depends on is back: is it? */
};

/* One site. Most have nothing to remember: m is NULL then. */
struct alarm {
    const struct site *site;     /* a reference; NULL: nobody has this number */
    struct alarm_memory *m;
    uint32_t *parent;            /* numbers of the sites it depends on */
    uint16_t nparent;
    uint16_t windows;            /* open ones that name it */
    int      owner;              /* index, or OWNER_NONE */
    bool     is_parent, paused, maintained, unsure, dirty;
    bool     asked_again;        /* since what held it is over */
    enum gate gate;
    int64_t  gate_ms, gate_until_ms;
    int64_t  settle_ms;          /* flapping ends then if nothing changes */
    int64_t  failing_ms;         /* the first of the failures in a row; 0: the last was good */
    int64_t  judged_ms;          /* the last verdict's check began then; 0: none yet */
    uint32_t span, stamp;        /* the last span of our own fault that touched it; visits */
    size_t   place;              /* in active, while m is not NULL */
};

/* How long news of an owner are collected. */
struct collecting {
    int64_t hold_until_ms, calm_until_ms;
};

struct alarms {
    struct alarm_rules *rules;
    struct alarm_sink sink;
    struct alarm *alarm;         /* by site number */
    size_t n;
    uint32_t *active;            /* those that remember something */
    size_t nactive, active_size;
    struct collecting *collecting; /* by owner */
    bool    *window_open;        /* by window */
    int64_t  window_ms;          /* when the next one opens or closes */
    unsigned open_for_all;       /* open windows without a list of sites */
    int64_t  next_ms;
    uint32_t stamps;

    bool     offline;
    uint32_t span;               /* number of the span of our own fault */
    bool     span_open;
    uint32_t nunsure;            /* sites whose last check told nothing */
    int64_t  span_ms;
    enum outcome span_outcome;
};

/* --- the book: alarms.c ------------------------------------------------------------------------------------------------- */

/* The alarm of that site; NULL: there is none. */
struct alarm *alarm_at(const struct alarms *a, uint32_t id);
uint32_t alarm_id(const struct alarms *a, const struct alarm *al);
/* Its memory, made if need be; NULL when memory ran out. */
struct alarm_memory *alarm_remember(struct alarms *a, struct alarm *al);
/* After each change: plans its time, hands what changed to the sink, forgets what is empty. */
void alarm_finish(struct alarms *a, struct alarm *al, int64_t now_ms);
void alarm_name_copy(char *to, size_t size, const char *from);

/* --- telling: alarm_tell.c ------------------------------------------------------------------------------------------------ */

int alarm_owner_find(const struct alarms *a, const char *name);
/* A notice about this site, for this owner, as of now. */
void alarm_notice(const struct alarms *a, const struct alarm *al, int owner, enum notice_kind kind, int64_t now_ms,
                  struct notice *out);
/* Of its outage, numbered and threaded. why may be "". */
void alarm_tell(struct alarms *a, struct alarm *al, int owner, enum notice_kind kind, const char *why, int64_t now_ms);
/* Of no outage: an id of its own. */
void alarm_tell_single(struct alarms *a, struct alarm *al, int owner, struct notice *n, int64_t now_ms);
/* To each who was told of the outage. */
void alarm_tell_all(struct alarms *a, struct alarm *al, enum notice_kind kind, const char *why, int64_t now_ms);
/* When the quiet hours that keep this from the owner end; 0: it may come now. */
int64_t alarm_quiet_until(const struct alarms *a, const struct alarm *al, int owner, enum notice_kind kind, int64_t at_ms);

/* --- outages: alarm_outage.c ----------------------------------------------------------------------------------------------- */

enum alarm_hold alarm_held(struct alarms *a, struct alarm *al, int64_t now_ms);
/* Tells of an outage that nobody knows of, unless something holds it. */
void alarm_judge(struct alarms *a, struct alarm *al, int64_t now_ms);
void alarm_is_down(struct alarms *a, struct alarm *al, const struct result *r, uint32_t failures, uint64_t incident_id,
                   int64_t now_ms);
void alarm_is_up(struct alarms *a, struct alarm *al, int64_t now_ms);
/* What it says matters to those that depend on it. */
void alarm_judge_children(struct alarms *a, int64_t now_ms);
/* Nothing changed for long enough. */
void alarm_settle(struct alarms *a, struct alarm *al, int64_t now_ms);

/* --- what comes with time: alarm_time.c -------------------------------------------------------------------------------------- */

/* When something of it is due by itself. */
int64_t alarm_next(struct alarms *a, struct alarm *al, int64_t now_ms);
/* Opens and closes windows, or with all set opens and closes them all anew. */
void alarm_windows(struct alarms *a, bool all, int64_t now_ms);
void alarm_maintenance(struct alarms *a, struct alarm *al, int64_t now_ms);

/* --- certificates, our own fault ------------------------------------------------------------------------------------------------ */

void alarm_certificate(struct alarms *a, struct alarm *al, const struct result *r, int64_t now_ms);
void alarm_ours(struct alarms *a, struct alarm *al, bool unsure, enum outcome outcome, int64_t now_ms);

#endif
