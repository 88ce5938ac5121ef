#ifndef ORDER_H
#define ORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "model/snapshot.h"

/* The visible sites in order, kept at a cost that grows with what changed: each site keeps the key by which it was
 * placed, and only a site whose key or visibility changed is placed anew. */

/* Two numbers that sort a site; names decide between equals. ORDER_UNKNOWN as major sorts last, inverted or not. */
#define ORDER_UNKNOWN INT64_MAX
struct order_key {
    int64_t major, minor;
};

/* What decides: both pure functions of one row and context. */
typedef struct order_key order_key_fn(const struct snapshot_row *row);
typedef bool order_visible_fn(const void *context, const struct snapshot_row *row);

struct order {
    uint32_t *id;                    /* site ids, first to last */
    size_t n;
    size_t id_size;
    struct order_place {
        struct order_key key;
        uint32_t generation;
        bool placed;                 /* it is in id[] */
        bool moving;                 /* only while order_update() works */
    } *place;                        /* indexed by site id */
    size_t nplace;
    order_key_fn *key;
    order_visible_fn *visible;
    const void *context;
    bool inverted;
    uint64_t moves;                  /* grows whenever the list may have changed */
    bool stale;                      /* memory ran out: empty, until it can be rebuilt */
};

void order_init(struct order *o, order_key_fn *key, order_visible_fn *visible, const void *context);
void order_release(struct order *o);

/* Places those of s->changed that have to move. After ERR_NOMEM the list is empty until a later call can rebuild it. */
enum err order_update(struct order *o, const struct snapshot *s);
/* Places all, after key, visible, context or inverted changed. */
enum err order_rebuild(struct order *o, const struct snapshot *s);

/* Where that site is; SIZE_MAX if it is not visible. */
size_t order_find(const struct order *o, const struct snapshot *s, uint32_t id);

int order_compare_keys(const struct order_key *a, const struct order_key *b);
/* Names as people sort them: case counts little, and web2 comes before web10. */
int order_compare_names(const char *a, const char *b);

#endif
