#ifndef PROBING_H
#define PROBING_H

#include <microhttpd.h>
#include <stdbool.h>

#include "base/err.h"
#include "model/site.h"

/* Targets that are no sites, checked because somebody asks /probe for them, as blackbox_exporter does: a few at a time, by an
 * engine of our own, while the connections that asked are suspended. Functions are for libmicrohttpd's thread unless they say
 * otherwise. */
struct probing;

#define PROBING_MOST 16              /* checks at a time */

/* What a target is checked with: these, without the secrets and headers that are for sites. Before libmicrohttpd runs. */
enum err probing_open(struct probing **out, const struct options *defaults, struct errmsg *why);
/* Ends what is under way and takes nothing more, so that no connection is suspended any more: before libmicrohttpd is stopped, by
 * whoever stops it. */
void probing_stop(struct probing *p);
/* After it. NULL is fine. */
void probing_free(struct probing *p);

/* The URL a target stands for, in normal form, the caller's to free(); without a scheme it is a web page, as with
 * blackbox_exporter. ERR_INVALID: none that may be asked for (programs of this machine, jobs that report). */
enum err probing_url(char **url, const char *target, struct errmsg *why);

/* Answers c, or has the URL checked and comes again for the answer: *request, of libmicrohttpd's, is then what
 * probing_answer() takes. */
enum MHD_Result probing_ask(struct probing *p, struct MHD_Connection *c, const char *url, void **request);
/* True when the request is one of ours. */
bool probing_has(const struct probing *p, const void *request);
enum MHD_Result probing_answer(struct MHD_Connection *c, void *request);
/* The request is over. */
void probing_forget(void *request);

#endif
