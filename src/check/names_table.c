/* Names by host and family: a table of buckets that grows. No lock, no thread. */
#include "names_table.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct name **names_table_buckets(size_t n)
{
    return calloc(n, sizeof(struct name *));
}

static size_t hash(const char *host, size_t length, enum ip_family family)
{
    uint64_t h = UINT64_C(14695981039346656037) ^ family; /* FNV-1a; case counts as nothing */
    size_t i;

    for (i = 0; i < length; i++) {
        unsigned char c = (unsigned char)host[i];

        h = (h ^ (c >= 'A' && c <= 'Z' ? c + 32u : c)) * UINT64_C(1099511628211);
    }
    return (size_t)(h ^ h >> 29);
}

struct name *names_table_find(const struct names_table *t, const char *host, size_t length, enum ip_family family)
{
    struct name *n = t->bucket[hash(host, length, family) % t->nbucket];

    while (n && (n->family != family || strncasecmp(n->host, host, length) != 0 || n->host[length]))
        n = n->next;
    return n;
}

static void put(struct names_table *t, struct name *n)
{
    struct name **at = &t->bucket[hash(n->host, strlen(n->host), (enum ip_family)n->family) % t->nbucket];

    n->next = *at;
    *at = n;
}

void names_table_put(struct names_table *t, struct name *n)
{
    put(t, n);
    t->nname++;
}

struct name *names_table_sweep(struct names_table *t, int64_t now_ns)
{
    struct name *out = NULL;
    size_t i;

    for (i = 0; i < t->nbucket; i++) {
        struct name **at = &t->bucket[i];

        while (*at) {
            struct name *n = *at;

            if (n->state == NAME_KNOWN && n->until_ns <= now_ns) {
                *at = n->next;
                n->next = out;
                out = n;
                t->nname--;
            } else
                at = &n->next;
        }
    }
    return out;
}

void names_free_list(struct name *n)
{
    while (n) {
        struct name *next = n->next;

        free(n);
        n = next;
    }
}

struct name **names_table_spread(struct names_table *t, struct name **bucket, size_t nbucket)
{
    struct name **old = t->bucket;
    size_t nold = t->nbucket, i;

    t->bucket = bucket;
    t->nbucket = nbucket;
    for (i = 0; i < nold; i++)
        while (old[i]) {
            struct name *n = old[i];

            old[i] = n->next;
            put(t, n);
        }
    return old;
}
