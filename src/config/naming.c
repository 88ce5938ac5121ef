/* Names for sites that were given none. */
#include "naming.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "check/kind.h"
#include "model/site.h"
#include "refine.h"

#define NUMBER_SIZE 24                   /* " (18446744073709551615)" */

/* What a name can be made of. Lengths fit an int: a URL has at most a few thousand bytes. */
struct parts {
    const char *host, *port, *path;
    int nhost, nport, npath;             /* nport 0: the scheme's own; npath 0: just "/" */
    const char *default_port;
    bool bracketed;                      /* the host is an IPv6 address */
};

static struct parts take_apart(const char *url)
{
    struct parts p = { .default_port = check_standard_port(url) };
    const char *end;

    p.nhost = (int)site_host(url, &p.host);
    p.bracketed = p.host > url && p.host[-1] == '[';
    end = p.host + p.nhost + p.bracketed;
    if (*end == ':') {
        p.port = end + 1;
        p.nport = (int)strcspn(p.port, "/?#");
        end = p.port + p.nport;
    }
    if (!p.nhost) {          /* dns:///example.org, exec:///usr/lib/nagios/plugins/check_load: their own last word */
        const char *slash = memrchr(end, '/', strcspn(end, "?#"));

        p.host = slash ? slash + 1 : end;
        p.nhost = (int)strcspn(p.host, "?#");
        end += strlen(end);
    }
    p.path = end;
    p.npath = (int)strcspn(end, "?#");
    if (p.npath == 1)
        p.npath = 0;
    return p;
}

static bool is_free(const struct naming *n, const char *name)
{
    return !textmap_find(&n->taken, name) && !(n->also && textmap_find(n->also, name));
}

/* "[::1]:8080/path", cut to what a name may be. */
static void compose(char name[NAME_LIMIT + 1], const struct parts *p, const char *port, int nport, int npath)
{
    char whole[1024];
    bool brackets = p->bracketed && (nport || npath);
    int length = snprintf(whole, sizeof(whole), "%s%.*s%s%s%.*s%.*s", brackets ? "[" : "", p->nhost, p->host,
                          brackets ? "]" : "", nport ? ":" : "", nport, port, npath, p->path);

    text_clean(name, NAME_LIMIT + 1, whole, (size_t)length < sizeof(whole) ? (size_t)length : sizeof(whole) - 1);
}

/* The number tried last for this name, 1 at first; NULL when memory ran out. */
static size_t *counter(struct naming *n, const char *name)
{
    size_t *last = textmap_find(&n->numbers, name);
    char *copy;

    if (last)
        return last;
    copy = strdup(name);
    if (!copy || textmap_add(&n->numbers, copy, 1)) {
        free(copy);
        return NULL;
    }
    return textmap_find(&n->numbers, name);
}

static enum err add_number(struct naming *n, char name[NAME_LIMIT + 1])
{
    char base[NAME_LIMIT + 1 - NUMBER_SIZE];
    size_t *number;

    text_clean(base, sizeof(base), name, strlen(name));
    number = counter(n, base);
    if (!number)
        return ERR_NOMEM;
    do
        snprintf(name, NAME_LIMIT + 1, "%s (%zu)", base, ++*number);
    while (!is_free(n, name));
    return ERR_OK;
}

enum err naming_generate(struct naming *n, char **out, const char *url)
{
    struct parts p = take_apart(url);
    char name[NAME_LIMIT + 1];

    compose(name, &p, "", 0, 0);
    if (!is_free(n, name) && p.nport)
        compose(name, &p, p.port, p.nport, 0);
    if (!is_free(n, name) && p.npath)
        compose(name, &p, p.port, p.nport, p.npath);
    if (!is_free(n, name) && !p.nport)
        compose(name, &p, p.default_port, (int)strlen(p.default_port), p.npath);
    if (!is_free(n, name) && add_number(n, name))
        return ERR_NOMEM;
    *out = strdup(name);
    return *out ? ERR_OK : ERR_NOMEM;
}

void naming_release(struct naming *n)
{
    size_t i;

    for (i = 0; i < n->numbers.capacity; i++)
        free((char *)n->numbers.entry[i].text);
    textmap_release(&n->numbers);
    textmap_release(&n->taken);
}
