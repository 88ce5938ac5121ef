#ifndef PROBE_H
#define PROBE_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stdint.h>

#include "body.h"
#include "header.h"
#include "model/job.h"
#include "model/result.h"

/* One check as a sequence of requests on one easy handle, with nobody saying who drives the handle: a blocking runner and a
 * loop both do
 *
 *     probe_take(p, job);
 *     if (probe_begin(p)) do { drive the handle to its end; } while (probe_next(p, code));
 *     use p->result; probe_end(p);
 *
 * HEAD comes first; when its answer is bad news, GET asks again; redirects are followed one request a hop, so that phases
 * belong to the last; a certificate that fails is asked for its date. Handles and buffers are kept for the next check. */

#define REDIRECTS_MOST 10

enum step { STEP_ASK, STEP_CERTIFICATE };

struct probe {
    struct probe *next, *previous;   /* for whoever keeps it in a list */
    void  *owner;                    /* for whoever drives it */
    CURLM *multi;                    /* likewise: where its handle is */
    void (*looked_up)(struct probe *p); /* may be NULL; called when the look-up of the first request is over */
    CURL *easy;
    struct curl_slist *headers;      /* made from `prepared` */
    const struct options *prepared;  /* what the handle was last set up with: a reference; NULL: nothing */
    struct job job;                  /* with a reference on its site while a check is under way */
    struct result result;
    int64_t deadline_ns;
    int64_t certificate_deadline_ns; /* of the look at a certificate that failed */
    enum step step;
    bool     head_asked;             /* HEAD was tried and its answer was bad */
    int      hops;
    uint64_t seen[REDIRECTS_MOST + 1]; /* hashes of the URLs asked in this chain */
    char    *url;                    /* of this hop when redirected; NULL: the site's own */
    bool     foreign;                /* redirected to another origin: no secrets, no headers of the site's */

    /* of the request under way */
    struct header header;
    struct body   body;
    bool header_stop, body_stop;     /* a callback of ours ended the transfer */
    bool opened;                     /* a socket was asked for: the look-up is over */
    bool connected;                  /* at its end, TCP was established */
    bool no_files;                   /* a socket was refused to us for want of descriptors */
    char tried[RESULT_ADDRESS_SIZE]; /* the address tried last */
    char error[CURL_ERROR_SIZE];
};

struct probe *probe_new(void);
void probe_free(struct probe *p);

/* Takes the job, with a reference on its site. */
void probe_take(struct probe *p, const struct job *job);

/* The clock runs from here. True: the handle is set up for the first request. False: p->result is complete. */
bool probe_begin(struct probe *p);

/* The request has ended with code. True: the handle is set up for another one. False: p->result is complete. */
bool probe_next(struct probe *p, CURLcode code);

/* Ends a check before its time, as OUTCOME_CANCELLED. */
void probe_cancel(struct probe *p);

/* Lets go of the site. */
void probe_end(struct probe *p);

/* The CA file the next request needs; NULL: the system's. One multi handle must not see two. */
const char *probe_ca_file(const struct probe *p);

/* --- private to the files of probe_*.c ---------------------------------------------------------------------------- */

/* Sets the handle up for the next request of p->step; what libcurl has against it. */
CURLcode probe_setup(struct probe *p, int64_t now_ns);

/* What the end of this request says. Writes outcome, status, phases, address and detail into p->result. */
void probe_judge(struct probe *p, CURLcode code);

#endif
