#ifndef REPORT_H
#define REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/duration.h"
#include "base/strbuf.h"
#include "model/past.h"
#include "model/rollup.h"
#include "store/query.h"

/* What history tells of a range of time: worked out once, then written as a table, JSON, CSV or HTML. The main thread. Texts
 * are clean (base/text.h) and not escaped for any place yet. */
#define REPORT_SLOTS 120                   /* points of the picture of latencies, at most */

/* Figures of one slot of the picture. */
struct report_slot {
    uint32_t p50_us, p95_us;               /* 0: there was no good result */
    uint32_t failed;                       /* results */
};

/* What is told of one site, or of all of them together. */
struct report_figures {
    struct uptime window[FIGURES_WINDOWS]; /* the 24 hours, 7 days, ... before the end of the range */
    struct uptime range;
    struct outages outages;                /* of the range, as is all below */
    uint32_t checks, good, failed, inconclusive;
    uint32_t p50_us, p95_us, p99_us;       /* 0: there was no good result */
    uint32_t phase_us[PHASE_COUNT];        /* medians; UINT32_MAX: never reached */
    int      slowest_phase;                /* -1: none */
    struct uptime *day;                    /* nday */
    struct report_slot *slot;              /* nslot */
};

struct report_site {
    uint32_t key;
    char *name, *url, *owner;              /* url masked; owner "": none */
    struct strings tags;
    bool gone;                             /* watched no longer */
    struct report_figures figures;
};

struct report_incident {
    int64_t  id;
    char    *site, *message, *note;        /* note "": none */
    enum outcome outcome;
    int      status;
    int64_t  failing_ms, opened_ms;
    int64_t  ended_ms;                     /* 0: goes on */
    enum incident_end end;
    int64_t  acked_ms;                     /* 0: never */
};

struct report {
    int64_t from_ms, until_ms;
    const char *site, *tag;                /* NULL: all of them */
    int64_t samples_ms;                    /* how long samples are kept */
    size_t  nday, nslot;
    int64_t *day_ms;                       /* nday + 1: when the days begin, and the end */
    int64_t slot_ms;                       /* length of a slot */
    struct report_site *sites;             /* in the order of names */
    size_t  nsite;
    struct report_figures total;
    struct report_incident *incident;      /* oldest first */
    size_t  nincident;
};

/* Fills what is below samples_ms. ERR_NOTFOUND: there is no such site or tag. */
enum err report_gather(struct report *r, struct query *q, struct errmsg *why);
void report_end(struct report *r);

/* Its part about results and latencies; r->sites and their slots are there. */
enum err report_gather_latencies(struct report *r, struct query *q, uint32_t key, struct errmsg *why);
/* The site of that key, by halves; NULL. Valid while sites are in the order of keys. */
struct report_site *report_find(const struct report *r, uint32_t key);

/* A length in its two largest units, "2h30m" "29d4h" "40m"; "-" below 0. */
const char *report_length(char text[DURATION_TEXT_SIZE], int64_t ms);

/* How long an incident has lasted at the end of the range. */
int64_t report_incident_ms(const struct report *r, const struct report_incident *i);

void report_table(const struct report *r, struct strbuf *out);
void report_json(const struct report *r, struct strbuf *out);
void report_csv(const struct report *r, struct strbuf *out);
void report_html(const struct report *r, struct strbuf *out);

/* Pictures for HTML (report_svg.c): uptime by day, and latency over time. */
void report_svg_days(const struct report *r, const struct report_figures *f, struct strbuf *out);
void report_svg_latency(const struct report *r, const struct report_figures *f, struct strbuf *out);

#endif
