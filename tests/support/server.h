#ifndef SUPPORT_SERVER_H
#define SUPPORT_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "support/script.h"

/* A web server that misbehaves on request, on loopback alone. One thread of its own plays a script on each connection
 * (support/script.h); tests tell it what to play and ask it what came. All functions may be called by any thread. None
 * sleeps: what waits, waits for the thing itself, and gives up after SERVER_PATIENCE_S, which only a broken test reaches.
 *
 * Paths that need no route:
 *
 *     /  /ok                  200
 *     /status/N               that status
 *     /split/H/G              status H for HEAD, G for everything else
 *     /delay/MS[/N]           status N (200), so much later
 *     /hang                   nothing, ever
 *     /body/N                 200 with a body of N bytes
 *     /redirect/N  /chain/N   N redirects, then 200; by path, by absolute URL
 *     /loop                   redirects for ever, between two paths
 *     /goto/URL               302 to URL, percent-decoded (/goto/ftp:%2F%2Fexample.org%2F)
 *     /echo                   200 with the request for a body
 *     /auth/USER/PASSWORD     200 to those who sign in so (Basic), else 401
 *     /fault/NAME             a row of faults.def
 *     /set/NAME/PATH...       from now on /named/NAME does as /PATH would: trouble that comes and goes
 *     /named/NAME             200 until set
 *
 * Anything else: 404. */
struct server;
struct tls_identity;

struct server_options {
    const char *address;              /* "127.0.0.1" if NULL; "::1"; "127.0.0.0/8": all of it, by one socket */
    int ports;                        /* listeners; 0: one. The kernel chooses each port */
    const struct tls_identity *tls;   /* NULL: plain HTTP; must live longer than the server (support/tls.h) */
    bool busy;                        /* polls instead of sleeping: a steadier target for benchmarks */
    bool uncounted;                   /* keeps no record of requests but their number: a faster one */
};

/* NULL after a line on standard error. options may be NULL. */
struct server *server_start(const struct server_options *options);
/* Closes everything and joins. NULL is fine. */
void server_stop(struct server *s);

int server_port(const struct server *s);
int server_port_at(const struct server *s, int listener);

#define SERVER_URL_SIZE 512
/* "http://127.0.0.1:12345/ok"; https with TLS. */
const char *server_url(const struct server *s, const char *path, char url[SERVER_URL_SIZE]);

/* What to do for requests to `path` from now on; steps are copied. A path that ends with '*' stands for all that begin so; a
 * query counts only if path has one. The newest route that fits is played, and goes before the paths above. */
#define server_route(s, path, ...) server_route_steps(s, path, (const struct step[]){ __VA_ARGS__, { .kind = STEP_END } })
void server_route_steps(struct server *s, const char *path, const struct step *steps);

/* What to do with each new connection, before anything is read or any hand is shaken. At first: REQUEST. */
#define server_greet(s, ...) server_greet_steps(s, (const struct step[]){ __VA_ARGS__, { .kind = STEP_END } })
void server_greet_steps(struct server *s, const struct step *steps);

/* Refuses connections, or takes them again; the ports stay ours. Connections there are live on. */
void server_refuse(struct server *s, bool refuse);

/* --- what came ------------------------------------------------------------------------------------------------- */

#define SERVER_PATIENCE_S 120

/* Requests whose header came whole, by method and path (without query); NULL stands for any. */
unsigned server_hits(struct server *s, const char *method, const char *path);
/* Waits until there were at least n. */
bool server_wait_hits(struct server *s, const char *method, const char *path, unsigned n);
/* The text of the last request to path (NULL: any), header and body, for the caller to free(); NULL: there was none. */
char *server_last_request(struct server *s, const char *path);
/* Forgets what came until now. */
void server_forget(struct server *s);

struct server_totals {
    uint64_t accepted, requests;
    uint64_t shaken, resumed;   /* TLS handshakes that ended well; of these, those that resumed a session */
    unsigned open;              /* connections there are now */
    unsigned held;              /* of these, those in a HOLD */
};
struct server_totals server_totals(struct server *s);
/* Waits until exactly n connections are open; until at least n are held. */
bool server_wait_open(struct server *s, unsigned n);
bool server_wait_held(struct server *s, unsigned n);

/* Lets all who are held now go on. */
void server_release(struct server *s);

/* --- the corpus of faults -------------------------------------------------------------------------------------- */

/* One row of faults.def. */
struct fault {
    const char *name;
    const char *error;          /* what one check of /fault/NAME finds, INTERFACE.md's word; NULL: all is well */
    int status;                 /* of the last answer; 0: none, or it does not matter */
    const struct step *steps;
};
extern const struct fault faults[];
extern const size_t nfault;

#endif
