#ifndef NAMES_H
#define NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "model/outcome.h"
#include "model/site.h"

/* Host names looked up for all checks of this process: asked of the name servers by c-ares on a thread of its own, at most
 * 64 at a time, and remembered as long as they say. Where nsswitch.conf(5) asks for more than files and dns, getaddrinfo(3)
 * answers instead, on a few threads. Nobody's loop ever waits for a name server. */

#define NAME_ADDRESSES 8

struct name_answer {
    enum outcome outcome;            /* OUTCOME_OK, or why there are no addresses */
    int n;
    struct name_address {
        int family;                  /* AF_INET or AF_INET6 */
        unsigned char bytes[16];
    } address[NAME_ADDRESSES];       /* in the order to try them (RFC 6724) */
};

/* A question; its owner keeps it in place until it is answered or taken back. */
struct name_query {
    struct name_answer answer;
    void (*answered)(struct name_query *q); /* any thread but the asker's; no lock held; once */
    struct name_query *next;         /* private from here */
    struct name *name;
};

/* Once, before any question; names_close() when nobody asks any more. servers: ask these ("127.0.0.1:5353,[::1]:53") by
 * c-ares, whatever resolv.conf and nsswitch.conf say; NULL: the system's. Borrowed until names_close(). */
enum err names_open(const char *servers, struct errmsg *why);
void names_close(void);

/* The name servers to ask in place of the system's; NULL: the system's. */
const char *names_servers(void);

/* True when libcurl needs no look-up of ours for it: an address, or a name only it can turn into ASCII. */
bool names_is_address(const char *host, size_t length);

/* True: q->answer is there. False: q->answered will be called. ERR_NOMEM is an answer, too (OUTCOME_LOCAL_MEMORY). */
bool names_ask(struct name_query *q, const char *host, size_t length, enum ip_family family);

/* Adds an address to an answer, once; what is none of IP, or one too many, is left out. */
struct sockaddr;
void names_add_address(struct name_answer *a, const struct sockaddr *from);

/* Puts the family first that is to be tried first: IPv6, where there is a way to it (RFC 6724 as far as it concerns two
 * families); within a family the order stays. */
void names_order(struct name_answer *a);

/* Takes a question back. False: it is too late, and q->answered is being called. */
bool names_take_back(struct name_query *q);

#endif
