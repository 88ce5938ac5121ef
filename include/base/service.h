#ifndef BASE_SERVICE_H
#define BASE_SERVICE_H

#include <stdint.h>

/* What a service manager is told and asks for: sd_notify(3)'s datagrams to $NOTIFY_SOCKET, and sd_watchdog_enabled(3). Without
 * a service manager nothing happens. Any thread; never waits. */

/* "READY=1", "STATUS=42 up, 1 down", "STOPPING=1", ...; lines apart by \n, at most 511 bytes. What follows STATUS= is clean. */
void service_notify(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* "RELOADING=1" with the moment, as it is wanted before a reload; READY=1 follows after it. */
void service_reloading(void);

/* Tells that this thread lives, when that is due: half of the time $WATCHDOG_USEC allows. Called by one thread alone, the one
 * whose work is what the service is for. now_ns: monotonic. */
void service_alive(int64_t now_ns);

#endif
