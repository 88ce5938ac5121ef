/* Names we answer to. Pure. */
#include "hosts.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <strings.h>

#define NAME_SIZE 256

/* "[::1]:9180" without its port and brackets, "Name.:80" without its port and last dot. False: no host. */
static bool take_name(char name[NAME_SIZE], const char *host, bool *bracketed)
{
    const char *end;
    size_t length;

    *bracketed = *host == '[';
    host += *bracketed;
    end = *bracketed ? strchr(host, ']') : strchrnul(host, ':');
    length = end ? (size_t)(end - host) : 0;
    if (!length || length >= NAME_SIZE)
        return false;
    memcpy(name, host, length);
    if (!*bracketed && length > 1 && name[length - 1] == '.')
        length--;
    name[length] = '\0';
    return true;
}

static bool is_loopback_4(const struct in_addr *a)
{
    return ntohl(a->s_addr) >> 24 == IN_LOOPBACKNET;
}

bool address_is_loopback(const struct sockaddr *a)
{
    const void *any = a;

    if (a->sa_family == AF_INET6)
        return IN6_IS_ADDR_LOOPBACK(&((const struct sockaddr_in6 *)any)->sin6_addr);
    return a->sa_family == AF_INET && is_loopback_4(&((const struct sockaddr_in *)any)->sin_addr);
}

/* The address it stands for; *loopback tells of what kind. */
static bool is_address(const char *name, bool bracketed, bool *loopback)
{
    struct in6_addr six;
    struct in_addr four;

    if (bracketed) {
        if (inet_pton(AF_INET6, name, &six) != 1)
            return false;
        *loopback = IN6_IS_ADDR_LOOPBACK(&six);
        return true;
    }
    if (inet_pton(AF_INET, name, &four) != 1)
        return false;
    *loopback = is_loopback_4(&four);
    return true;
}

/* As the settings may have it: with brackets. */
static bool is_named(const char *name, bool bracketed, const struct strings *names)
{
    size_t i, length = strlen(name);

    for (i = 0; names && i < names->n; i++) {
        const char *known = names->item[i] + bracketed;

        if (bracketed == (*names->item[i] == '[') && !strncasecmp(known, name, length) && !strcmp(known + length, bracketed ? "]" : ""))
            return true;
    }
    return false;
}

bool host_is_ours(const char *host, bool loopback, const struct strings *names)
{
    bool bracketed, local;
    char name[NAME_SIZE];

    if (!host || (!loopback && !(names && names->n)))
        return true;
    if (!take_name(name, host, &bracketed))
        return false;
    if (is_named(name, bracketed, names))
        return true;
    if (is_address(name, bracketed, &local))
        return local || !loopback;
    return !strcasecmp(name, "localhost");
}
