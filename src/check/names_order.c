/* In which order the addresses of a name are tried. c-ares would ask the kernel about each address of each answer; that matters
 * only where both families came. Pure but for one question to the kernel. */
#include "names.h"

#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Would a packet to this address find a way out? Nothing is sent. */
static bool has_route(const struct name_address *a)
{
    struct sockaddr_in6 to = { .sin6_family = AF_INET6, .sin6_port = htons(9) };
    int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    bool route;

    if (fd < 0)
        return false;
    memcpy(&to.sin6_addr, a->bytes, sizeof(to.sin6_addr));
    route = connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0;
    close(fd);
    return route;
}

/* fc00::/7 stands behind IPv4 in the policy table (RFC 6724, section 2.1). */
static bool is_unique_local(const struct name_address *a)
{
    return (a->bytes[0] & 0xfe) == 0xfc;
}

static const struct name_address *first_of(const struct name_answer *a, int family)
{
    int i;

    for (i = 0; i < a->n; i++)
        if (a->address[i].family == family)
            return &a->address[i];
    return NULL;
}

void names_order(struct name_answer *a)
{
    const struct name_address *six = first_of(a, AF_INET6);
    struct name_answer sorted = *a;
    int family, i;

    if (!six || !first_of(a, AF_INET))
        return;
    family = !is_unique_local(six) && has_route(six) ? AF_INET6 : AF_INET;
    sorted.n = 0;
    for (i = 0; i < a->n; i++)
        if (a->address[i].family == family)
            sorted.address[sorted.n++] = a->address[i];
    for (i = 0; i < a->n; i++)
        if (a->address[i].family != family)
            sorted.address[sorted.n++] = a->address[i];
    *a = sorted;
}
