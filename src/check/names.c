/* The seam for looking names up: for now only a bound on how many look-ups are under way. One loop's thread. */
#include "names.h"

#include <arpa/inet.h>
#include <assert.h>
#include <string.h>

#include "model/site.h"

bool names_is_address(const char *url)
{
    struct in6_addr address;
    char text[64];
    const char *host;
    size_t length = site_host(url, &host);

    if (length >= sizeof(text))
        return false;
    memcpy(text, host, length);
    text[length] = '\0';
    return inet_pton(AF_INET, text, &address) == 1 || inet_pton(AF_INET6, text, &address) == 1;
}

bool names_enter(struct names *n)
{
    if (n->under_way == NAMES_AT_ONCE)
        return false;
    n->under_way++;
    return true;
}

void names_leave(struct names *n)
{
    assert(n->under_way > 0);
    n->under_way--;
}
