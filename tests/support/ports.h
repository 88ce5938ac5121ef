#ifndef SUPPORT_PORTS_H
#define SUPPORT_PORTS_H

/* Ports of 127.0.0.1 with trouble below HTTP. Each call gives another one; they are held, so that nobody else gets them,
 * until the program ends. Errors end the program. Any thread. */

/* Nobody listens: connections are refused. */
int port_refused(void);

/* Somebody listens, but the backlog is full: connections are neither made nor refused. */
int port_full(void);

/* UDP: whatever is asked is never answered. A name server that died. */
int port_silent_udp(void);

#endif
