#ifndef SUPPORT_CLIENT_H
#define SUPPORT_CLIENT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"

/* A client that knows nothing of HTTP: it sends bytes to a port of 127.0.0.1 and tells what came back, and how it ended. */
enum client_end {
    CLIENT_CLOSED,          /* in good order */
    CLIENT_RESET,
    CLIENT_ENOUGH,          /* as many bytes came as were wanted */
    CLIENT_REFUSED,
    CLIENT_SILENT           /* nothing came for a very long time: a broken test */
};

/* A connected socket, or -1 with errno. address NULL: 127.0.0.1. */
int client_connect(const char *address, int port);
/* False when the other side is gone. */
bool client_send(int fd, const char *text);
/* Appends what comes until the end, or until into holds `enough` bytes (0: no limit). */
enum client_end client_receive(int fd, struct strbuf *into, size_t enough);

/* All of it: connects, sends, empties *reply, receives, hangs up. */
enum client_end client_ask(int port, const char *request, struct strbuf *reply, size_t enough);

#endif
