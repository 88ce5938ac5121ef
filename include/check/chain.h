#ifndef CHECK_CHAIN_H
#define CHECK_CHAIN_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "model/site.h"

/* What a server shows of itself when TLS is set up with it: every certificate it sends, and what both agreed on. Looked at for
 * one site at a time, when a person looks: results of checks carry no more than the day it ends. */

#define CHAIN_MOST 8
#define CHAIN_NAME_SIZE 128

struct chain {
    int  n;                          /* certificates, at most CHAIN_MOST: the site's own first, as they were sent */
    struct chain_certificate {
        char subject[CHAIN_NAME_SIZE], issuer[CHAIN_NAME_SIZE]; /* the common name, else the organisation; clean */
        char organisation[CHAIN_NAME_SIZE]; /* the issuer's; "": none */
        int64_t from, until;         /* seconds since 1970 */
    } certificate[CHAIN_MOST];
    char protocol[16];               /* "TLSv1.3" */
    char group[32];                  /* of the key exchange: "x25519"; "": not known */
    char trouble[160];               /* why nothing could be seen; "" */
};

/* True for a site that sets up TLS at once or by STARTTLS. */
bool chain_is_there(const struct site *site);

/* Connects to the site as its check would, sets up TLS without believing anybody, and hangs up: nothing is asked. Waits, for the
 * site's timeout at most, or until *stop turns true. Any thread; after check_open(). */
void chain_look(struct chain *out, const struct site *site, const atomic_bool *stop);

#endif
