/* The latest sample of each site. The writer's thread. */
#include "latest.h"

#include <stdlib.h>
#include <string.h>

#include "base/grow.h"

#define KEYS_MOST (1u << 24)             /* more sites than anybody has; a key beyond is not noted */

static bool make_room(struct latest *l, uint32_t key)
{
    size_t size = grow_size(l->size, (size_t)key + 1);
    void *site;

    if (key >= KEYS_MOST)
        return false;
    if (key < l->size)
        return true;
    site = realloc(l->site, size * sizeof(l->site[0]));
    if (!site)
        return false;
    l->site = site;
    memset(l->site + l->size, 0, (size - l->size) * sizeof(l->site[0]));
    l->size = size;
    return true;
}

void latest_note(struct latest *l, const struct sample *s)
{
    if (!make_room(l, s->site))
        return;
    l->site[s->site].sample = *s;
    l->site[s->site].state = LATEST_NEW;
}

int latest_write(struct latest *l, struct writing *w)
{
    int code = SQLITE_DONE;
    size_t i;

    for (i = 0; i < l->size && code == SQLITE_DONE; i++) {
        if (l->site[i].state != LATEST_NEW)
            continue;
        l->site[i].state = LATEST_WRITING;
        code = write_last(w, &l->site[i].sample);
    }
    return code;
}

void latest_settle(struct latest *l, bool committed)
{
    size_t i;

    for (i = 0; i < l->size; i++)
        if (l->site[i].state == LATEST_WRITING)
            l->site[i].state = committed ? LATEST_WRITTEN : LATEST_NEW;
}

void latest_release(struct latest *l)
{
    free(l->site);
    *l = (struct latest){ 0 };
}
