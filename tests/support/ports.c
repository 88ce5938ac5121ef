/* Ports with trouble below HTTP. Their sockets are left to the end of the program on purpose. */
#include "support/ports.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

static void need(int done, const char *act)
{
    if (done)
        return;
    perror(act);
    abort();
}

static int bound_socket(int type, struct sockaddr_in *address)
{
    int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
    socklen_t size = sizeof(*address);

    *address = (struct sockaddr_in){ .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    need(fd >= 0 && !bind(fd, (struct sockaddr *)address, size) && !getsockname(fd, (struct sockaddr *)address, &size),
         "cannot bind a socket");
    return fd;
}

int port_refused(void)
{
    struct sockaddr_in address;

    bound_socket(SOCK_STREAM, &address);
    return ntohs(address.sin_port);
}

int port_silent_udp(void)
{
    struct sockaddr_in address;

    bound_socket(SOCK_DGRAM, &address);
    return ntohs(address.sin_port);
}

int port_full(void)
{
    struct sockaddr_in address;
    int fd = bound_socket(SOCK_STREAM, &address), one, two;

    need(!listen(fd, 0), "cannot listen");
    /* a backlog of 0 has room for one; the kernel drops the SYN of each later one, which goes on asking in vain */
    one = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    two = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    need(one >= 0 && two >= 0 && !connect(one, (struct sockaddr *)&address, sizeof(address)), "cannot fill a backlog");
    need(connect(two, (struct sockaddr *)&address, sizeof(address)) < 0 && errno == EINPROGRESS, "cannot fill a backlog");
    return ntohs(address.sin_port);
}
