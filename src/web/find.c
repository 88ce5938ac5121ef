/* Finding a site in a snapshot. Pure. */
#include "web/pages.h"

#include <string.h>

#include "base/text.h"

static bool is_url(const struct row *r, const char *text)
{
    char masked[2048];

    if (!strcmp(r->site->url, text))
        return true;
    text_mask_url(masked, sizeof(masked), r->site->url);
    return !strcmp(masked, text);
}

const struct snapshot_row *snapshot_find(const struct snapshot *s, const char *name_or_url)
{
    bool url = strstr(name_or_url, "://") != NULL;
    size_t i;

    for (i = 0; i < s->nrow; i++) {
        const struct row *r = &s->row[i].row;

        if (r->generation && (!strcmp(r->site->name, name_or_url) || (url && is_url(r, name_or_url))))
            return &s->row[i];
    }
    return NULL;
}
