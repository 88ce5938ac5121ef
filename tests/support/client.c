/* A raw client for tests. Blocking; one thread for each socket. */
#include "support/client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

int client_connect(const char *address, int port)
{
    struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_port = htons((in_port_t)port) };
    struct sockaddr_in6 v6 = { .sin6_family = AF_INET6, .sin6_port = htons((in_port_t)port) };
    bool is_v4 = inet_pton(AF_INET, address ? address : "127.0.0.1", &v4.sin_addr) == 1;
    int fd, failed, number;

    if (!is_v4)
        inet_pton(AF_INET6, address, &v6.sin6_addr);
    fd = socket(is_v4 ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &(struct timeval){ .tv_sec = 120 }, sizeof(struct timeval));
    failed = is_v4 ? connect(fd, (struct sockaddr *)&v4, sizeof(v4)) : connect(fd, (struct sockaddr *)&v6, sizeof(v6));
    if (!failed)
        return fd;
    number = errno;
    close(fd);
    errno = number;
    return -1;
}

bool client_send(int fd, const char *text)
{
    size_t left = strlen(text);

    while (left) {
        ssize_t n = send(fd, text, left, MSG_NOSIGNAL);

        if (n <= 0)
            return false;
        text += n;
        left -= (size_t)n;
    }
    return true;
}

enum client_end client_receive(int fd, struct strbuf *into, size_t enough)
{
    char bytes[65536];

    for (;;) {
        ssize_t n;

        if (enough && into->length >= enough)
            return CLIENT_ENOUGH;
        n = recv(fd, bytes, sizeof(bytes), 0);
        if (n == 0)
            return CLIENT_CLOSED;
        if (n < 0)
            return errno == EAGAIN ? CLIENT_SILENT : CLIENT_RESET;
        strbuf_add(into, bytes, (size_t)n);
    }
}

enum client_end client_ask(int port, const char *request, struct strbuf *reply, size_t enough)
{
    int fd = client_connect(NULL, port);
    enum client_end end;
    bool sent;

    strbuf_reset(reply);
    if (fd < 0)
        return errno == ECONNREFUSED ? CLIENT_REFUSED : CLIENT_RESET;
    sent = client_send(fd, request);
    end = client_receive(fd, reply, enough);
    if (!sent)
        end = CLIENT_RESET; /* the error was told once, to send() */
    close(fd);
    return end;
}
