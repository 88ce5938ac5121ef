/* Owners, kept so that they can be said again. The monitor's thread. */
#include "record_inside.h"

#include <stdlib.h>
#include <string.h>

void owners_release(struct owners *o)
{
    size_t i;

    for (i = 0; i < o->n; i++) {
        free(o->owner[i].name);
        strings_release(&o->owner[i].email);
        strings_release(&o->owner[i].sms);
        strings_release(&o->owner[i].ntfy);
        strings_release(&o->owner[i].webhook);
    }
    free(o->owner);
    *o = (struct owners){ 0 };
}

static bool copy_strings(struct strings *to, const struct strings *from)
{
    size_t i;

    for (i = 0; i < from->n; i++)
        if (strings_add(to, from->item[i]) != ERR_OK)
            return false;
    return true;
}

static bool copy_owner(struct owner_copy *to, const struct owner *from)
{
    to->name = strdup(from->name);
    to->remind_ms = from->remind_ms;
    return to->name && copy_strings(&to->email, &from->email) && copy_strings(&to->sms, &from->sms) &&
           copy_strings(&to->ntfy, &from->ntfy) && copy_strings(&to->webhook, &from->webhook);
}

void owners_copy(struct owners *to, const struct settings *s)
{
    bool well = true;

    owners_release(to);
    to->owner = calloc(s->nowner + 1, sizeof(*to->owner));
    for (; to->owner && well && to->n < s->nowner; to->n++)
        well = copy_owner(&to->owner[to->n], &s->owner[to->n]);
    if (!well)
        to->n--; /* out of memory: it stays out of history */
}

void owners_write(const struct owners *o, struct batch *b)
{
    struct owner_row *row = calloc(o->n + 1, sizeof(*row));
    size_t i;

    if (!row)
        return;
    for (i = 0; i < o->n; i++) {
        const struct owner_copy *from = &o->owner[i];

        row[i] = (struct owner_row){ from->name, &from->email, &from->sms, &from->ntfy, &from->webhook, from->remind_ms };
    }
    batch_owners(b, row, o->n);
    free(row);
}
