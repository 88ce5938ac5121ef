/* The service manager's protocol: a datagram to the socket it names (sd_notify(3) holds it to be stable and free to be written
 * without a library). */
#include "base/service.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"

/* The address of $NOTIFY_SOCKET; its length, 0: there is none. '@' stands for the abstract name space. */
static socklen_t notify_address(struct sockaddr_un *address)
{
    const char *path = getenv("NOTIFY_SOCKET");
    size_t length = path ? strlen(path) : 0;

    if (!length || length >= sizeof(address->sun_path) || (*path != '/' && *path != '@'))
        return 0;
    *address = (struct sockaddr_un){ .sun_family = AF_UNIX };
    memcpy(address->sun_path, path, length);
    if (*path == '@')
        address->sun_path[0] = '\0';
    return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
}

void service_notify(const char *format, ...)
{
    struct sockaddr_un address;
    socklen_t size = notify_address(&address);
    char text[512];
    va_list args;
    int fd;

    if (!size)
        return;
    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return;
    (void)sendto(fd, text, strlen(text), MSG_NOSIGNAL, (struct sockaddr *)&address, size);
    close(fd);
}

void service_reloading(void)
{
    service_notify("RELOADING=1\nMONOTONIC_USEC=%" PRId64, clock_mono_ns() / NS_PER_US);
}

/* 0: nobody watches this process. */
static int64_t watchdog_ns(void)
{
    const char *us = getenv("WATCHDOG_USEC"), *pid = getenv("WATCHDOG_PID");
    long long every_us = us ? strtoll(us, NULL, 10) : 0;

    if (every_us <= 0 || every_us > INT64_MAX / NS_PER_US || (pid && strtoll(pid, NULL, 10) != getpid()))
        return 0;
    return every_us * NS_PER_US / 2;
}

void service_alive(int64_t now_ns)
{
    static int64_t every_ns = -1, next_ns; /* of the one thread that calls */

    if (every_ns < 0)
        every_ns = watchdog_ns();
    if (!every_ns || now_ns < next_ns)
        return;
    next_ns = now_ns + every_ns;
    service_notify("WATCHDOG=1");
}
