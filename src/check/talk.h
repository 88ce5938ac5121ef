#ifndef TALK_H
#define TALK_H

#include <stdbool.h>
#include <stddef.h>

#include "probe.h"

/* What the kinds of check that speak for themselves share: sockets to the addresses of a host, one after the other, and the
 * writing of results. One thread, the probe's. */

/* Opens a socket of `type` and `protocol` to the next address that takes one, and begins to connect it to `port`; protocol6
 * is IPv6's. PROBE_SOCKET: wait for it to be writable. PROBE_OVER: none is left, and the result says why. */
struct talk_way {
    int type, protocol, protocol6;
    uint16_t port;
};
enum probe_want talk_connect(struct probe *p, const struct talk_way *way);

/* How that went: 0, or an errno. */
int talk_connected(const struct probe *p);

/* This address failed with errno `number`: goes on with the next one. */
enum probe_want talk_failed(struct probe *p, const struct talk_way *way, int number);

/* Datagrams that are read in one turn: whoever floods us delays no other check. */
#define TALK_DATAGRAMS 64

/* Waits for `events` (poll(2)) on the socket, until next_ns at most. */
enum probe_want talk_wait(struct probe *p, short events, int64_t next_ns);

/* Ends the check; detail is cleaned, and may be NULL. */
enum probe_want talk_over(struct probe *p, enum outcome outcome, const char *detail);
/* As talk_over() with what an errno of a socket means. */
enum probe_want talk_over_errno(struct probe *p, int number);

/* Closes the descriptor, if one is open. */
void talk_close(struct probe *p);

/* The port a URL names, or its scheme's own; 0: neither. */
uint16_t talk_port(const char *url);
/* What follows the host and port: "/example.org?type=A", or "". */
const char *talk_path(const char *url);

#endif
