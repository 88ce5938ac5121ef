#ifndef PROBE_H
#define PROBE_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/job.h"
#include "model/result.h"

#include "body.h"
#include "header.h"
#include "names.h"

/* One check as a sequence of steps on one easy handle, with nobody saying who drives them: a blocking runner and a loop
 * both do
 *
 *     probe_take(p, job);
 *     want = probe_begin(p);
 *     PROBE_NAME   look p->query up, then want = probe_named(p)
 *     PROBE_DRIVE  drive the handle to its end, then want = probe_next(p, code)
 *     PROBE_SOCKET wait for p->talk, then want = probe_ready(p)
 *     PROBE_OVER   use p->result; probe_end(p)
 *
 * What libcurl does not run talks by itself over a descriptor (ops.h). For web pages: HEAD comes first; when its answer is bad news, GET asks again; redirects are followed one request a hop, so that phases
 * belong to the last; a certificate that fails is asked for its date. Handles and buffers are kept for the next check. */

enum probe_want { PROBE_NAME, PROBE_DRIVE, PROBE_SOCKET, PROBE_OVER };

#define REDIRECTS_MOST 10
#define PINNED_SIZE 272          /* the longest host name, a colon, a port */

enum asking { ASKING_SITE, ASKING_CERTIFICATE };

struct check_ops;

/* Of a kind that talks by itself. */
struct talk {
    int     fd;                      /* to be waited for; -1: none */
    short   events;                  /* POLLIN, POLLOUT: what for */
    int64_t next_ns;                 /* or until then, and never beyond the deadline */
    int     address;                 /* of the query's answer: the next to try */
    int     number;                  /* errno of the address that failed last */
    int64_t begun_ns;                /* this connection, or question */
    int64_t connected_ns, answered_ns; /* 0: not yet */
    void   *state;                   /* the kind's own */
};

struct probe {
    struct probe *next, *previous;   /* for whoever keeps it in a list */
    void  *owner;                    /* for whoever drives it */
    CURLM *multi;                    /* likewise: where its handle is */
    bool   given_up;                 /* likewise: nobody waits for p->query any more */
    uint32_t serial;                 /* likewise: of its wait for talk.fd */
    const struct check_ops *ops;     /* of its site's kind; NULL: nobody knows it */
    struct talk talk;
    CURL *easy;
    struct curl_slist *headers;      /* made from `prepared` */
    const struct options *prepared;  /* what the handle was last set up with: a reference; NULL: nothing */
    struct job job;                  /* with a reference on its site while a check is under way */
    struct result result;
    int64_t deadline_ns;
    int64_t certificate_deadline_ns; /* of the look at a certificate that failed */
    enum asking asking;
    bool     head_asked;             /* HEAD was tried and its answer was bad */
    int      hops;
    uint64_t seen[REDIRECTS_MOST + 1]; /* hashes of the URLs asked in this chain */
    char    *url;                    /* of this hop when redirected; NULL: the site's own */
    struct name_query query;         /* of this hop's host */
    int64_t  asked_ns;               /* when it was asked */
    int64_t  looked_up_ns;           /* how long that took; PHASE_NOT_REACHED: libcurl looks up, or nobody needs to */
    CURLSH  *share;                  /* of one handle: what makes libcurl take our addresses at no cost */
    struct curl_slist *resolve;      /* the addresses as libcurl wants them, and the last ones taken back */
    char     pinned[PINNED_SIZE];    /* "host:port" of those it knows; "": none */
    bool     foreign;                /* redirected to another origin: no secrets, no headers of the site's */

    /* of the request under way */
    struct header header;
    struct body   body;
    struct strbuf seen_header, seen_body; /* the beginning of what came, for evidence */
    bool header_stop, body_stop;     /* a callback of ours ended the transfer */
    bool opened;                     /* a socket was asked for: the look-up is over */
    bool connected;                  /* at its end, TCP was established */
    bool no_files;                   /* a socket was refused to us for want of descriptors */
    char tried[RESULT_ADDRESS_SIZE]; /* the address tried last */
    char error[CURL_ERROR_SIZE];
};

/* The probe a query belongs to. */
#define PROBE_OF(q) ((struct probe *)(void *)((char *)(q) - offsetof(struct probe, query)))

struct probe *probe_new(void);
void probe_free(struct probe *p);

/* Takes the job, with a reference on its site. */
void probe_take(struct probe *p, const struct job *job);

/* The clock runs from here. */
enum probe_want probe_begin(struct probe *p);
/* p->query is answered. */
enum probe_want probe_named(struct probe *p);
/* The request has ended with code. */
enum probe_want probe_next(struct probe *p, CURLcode code);

/* What p->talk waits for is there, or its time has come. */
enum probe_want probe_ready(struct probe *p);
/* When to call probe_ready() whatever happens. */
int64_t probe_next_ns(const struct probe *p);

/* The name was not found in time. */
void probe_name_timeout(struct probe *p);

/* The host to be looked up for p->query, and which addresses are wanted. */
size_t probe_host(const struct probe *p, const char **host);

/* Ends a check before its time, as OUTCOME_CANCELLED. */
void probe_cancel(struct probe *p);

/* Lets go of the site. */
void probe_end(struct probe *p);

/* The CA file the next request needs; NULL: the system's. One multi handle must not see two. */
const char *probe_ca_file(const struct probe *p);

/* The check is over: puts what a failing one met on the shelf (check/evidence.h). Before probe_end(). */
void probe_keep_evidence(struct probe *p);

/* --- private to the files of probe_*.c ---------------------------------------------------------------------------- */

/* The URL of this hop; what libcurl is to be told of it, the caller's to free, NULL when memory ran out. */
const char *probe_url(const struct probe *p);
char *probe_curl_url(const struct probe *p);
bool probe_has_tls(const struct probe *p);

/* Sets the handle up for the next request of p->asking; what libcurl has against it. */
CURLcode probe_setup(struct probe *p, int64_t now_ns);

/* What the end of this request says. Writes outcome, status, phases, address and detail into p->result. */
void probe_judge(struct probe *p, CURLcode code);

/* probe_evidence.c: a request begins, a line of its answer's header came, a piece of its body came. */
void probe_witness_begin(struct probe *p);
void probe_witness_header(struct probe *p, const char *line, size_t length);
void probe_witness_body(struct probe *p, const char *bytes, size_t length);

#endif
