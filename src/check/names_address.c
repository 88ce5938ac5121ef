/* Addresses: which hosts are one already, and answers made of them. Pure. */
#include "names.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

bool names_is_address(const char *host, size_t length)
{
    struct in6_addr address;
    char text[INET6_ADDRSTRLEN];
    size_t i;

    for (i = 0; i < length; i++)
        if ((unsigned char)host[i] >= 0x80 || host[i] == '%')
            return true; /* an international name, or an address with a zone: libcurl's to understand */
    if (!length || length >= sizeof(text))
        return !length;
    memcpy(text, host, length);
    text[length] = '\0';
    return inet_pton(AF_INET, text, &address) == 1 || inet_pton(AF_INET6, text, &address) == 1 ||
           strspn(text, "0123456789abcdefxABCDEFX.") == length; /* 127.1, 0x7f000001 */
}

void names_add_address(struct name_answer *a, const struct sockaddr *from)
{
    struct name_address *to = &a->address[a->n];
    const struct sockaddr_in *four = (const void *)from;
    const struct sockaddr_in6 *six = (const void *)from;
    int i;

    if (a->n == NAME_ADDRESSES || (from->sa_family != AF_INET && from->sa_family != AF_INET6))
        return;
    memset(to, 0, sizeof(*to));
    to->family = from->sa_family;
    if (from->sa_family == AF_INET)
        memcpy(to->bytes, &four->sin_addr, 4);
    else
        memcpy(to->bytes, &six->sin6_addr, 16);
    for (i = 0; i < a->n; i++)
        if (!memcmp(&a->address[i], to, sizeof(*to)))
            return;
    a->n++;
}
