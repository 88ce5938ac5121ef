#ifndef MODEL_RESULT_H
#define MODEL_RESULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/job.h"
#include "model/outcome.h"

/* The phases of the last request of a check, each a duration of its own. */
enum phase { PHASE_DNS, PHASE_CONNECT, PHASE_TLS, PHASE_FIRST_BYTE, PHASE_BODY, PHASE_COUNT };

#define PHASE_NOT_REACHED INT64_C(-1)
#define CERTIFICATE_UNKNOWN INT64_MIN
#define RESULT_ADDRESS_SIZE 46 /* INET6_ADDRSTRLEN */
#define RESULT_DETAIL_SIZE 128

/* What one region found, of a site that is checked from several. */
#define REGIONS_MOST 8
#define REGION_NAME_SIZE 16
struct region_result {
    char     name[REGION_NAME_SIZE];
    uint8_t  outcome;                 /* enum outcome; LOCAL_WORKER when nobody answered */
    uint16_t status;
    uint32_t latency_us;
};

/* What one check found: a plain value, fit to be copied, compared, stored and sent. */
struct result {
    uint64_t job_id;
    uint32_t site_id;
    uint32_t generation;
    uint32_t attempt;
    enum outcome outcome;
    int      status;                  /* of the last answer; 0: none */
    enum method method;               /* of the last request */
    bool     warning;                 /* all is well, but it warns: a plugin's word */
    bool     head_failed;             /* HEAD gave bad news or none, and GET's answer counts */
    int64_t  due_ns;                  /* monotonic, as in the job */
    int64_t  begun_ns;                /* monotonic */
    int64_t  took_ns;                 /* the whole attempt: HEAD, GET and redirects together */
    int64_t  request_ns;              /* the last request alone */
    int64_t  phase_ns[PHASE_COUNT];   /* PHASE_NOT_REACHED, or >= 0; together at most request_ns */
    int64_t  certificate_until;       /* seconds since 1970: earliest end of the chain; CERTIFICATE_UNKNOWN */
    int64_t  checked_at_ms;           /* wall clock, when it began */
    uint8_t  nregion;                 /* regions asked; 0: checked from here */
    struct region_result region[REGIONS_MOST];
    char     address[RESULT_ADDRESS_SIZE]; /* "": unknown */
    char     detail[RESULT_DETAIL_SIZE];   /* clean text that makes the outcome's sentence precise; may be "" */
};

/* A result for a job that has nothing to tell yet: outcome OK, nothing reached. */
void result_init(struct result *r, const struct job *job);

/* A result for a job that was never begun, for a reason of ours. */
void result_fail(struct result *r, const struct job *job, enum outcome outcome, int64_t now_ns, int64_t now_ms);

static inline bool result_good(const struct result *r)
{
    return r->outcome == OUTCOME_OK;
}

#define RESULT_MESSAGE_SIZE 256
/* One sentence for people: "200 in 84 ms", "HTTP 502 Bad Gateway",
 * "connected, but no first byte in 10 s (dns 2.0 ms, connect 21 ms)". Clean; at most RESULT_MESSAGE_SIZE. */
const char *result_message(char text[RESULT_MESSAGE_SIZE], const struct result *r);

/* Puts "; certificate ends in 5 days" behind what is there. `until` is known. */
void result_message_add_certificate(char text[RESULT_MESSAGE_SIZE], int64_t until, int64_t now_ms);

/* Whole days until `until` (seconds since 1970), rounded down, negative when past; within 99999 either way. */
int certificate_days(int64_t until, int64_t now_ms);

/* "dns" "connect" "tls" "first byte" "body" */
const char *phase_name(enum phase p);

#endif
