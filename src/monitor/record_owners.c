/* Owners, kept so that they can be said again. The monitor's thread. */
#include "record_inside.h"

#include <stdlib.h>
#include <string.h>

#include "notify/notifier.h"

void owners_release(struct owners *o)
{
    size_t i;

    for (i = 0; i < o->n; i++) {
        free(o->owner[i].name);
        strings_release(&o->owner[i].channel);
        strings_release(&o->owner[i].address);
    }
    free(o->owner);
    *o = (struct owners){ 0 };
}

static bool add_contacts(struct owner_copy *to, const struct notifier_ops *ops, const struct owner *from)
{
    char label[NOTIFIER_LABEL_SIZE];
    size_t i;

    for (i = 0; i < notifier_addresses(ops, from); i++)
        if (strings_add(&to->channel, ops->name) || strings_add(&to->address, notifier_label(label, ops, from, i)))
            return false;
    return true;
}

static bool copy_owner(struct owner_copy *to, const struct owner *from)
{
    size_t n, i;
    const struct notifier_ops *const *table = notifier_table(&n);
    bool well;

    to->name = strdup(from->name);
    to->remind_ms = from->remind_ms;
    well = to->name != NULL;
    for (i = 0; well && i < n; i++)
        well = add_contacts(to, table[i], from);
    return well;
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

/* The contacts of all, one owner after the other. */
static size_t add_row(struct owner_row *row, struct owner_contact *contact, const struct owner_copy *from)
{
    size_t i, n = from->address.n;

    for (i = 0; i < n; i++)
        contact[i] = (struct owner_contact){ from->channel.item[i], from->address.item[i] };
    *row = (struct owner_row){ from->name, from->remind_ms, n, contact };
    return n;
}

void owners_write(const struct owners *o, struct batch *b)
{
    struct owner_row *row = calloc(o->n + 1, sizeof(*row));
    struct owner_contact *contact;
    size_t i, all = 0, used = 0;

    for (i = 0; i < o->n; i++)
        all += o->owner[i].address.n;
    contact = calloc(all + 1, sizeof(*contact));
    for (i = 0; row && contact && i < o->n; i++)
        used += add_row(&row[i], contact + used, &o->owner[i]);
    if (row && contact)
        batch_owners(b, row, o->n);
    free(row);
    free(contact);
}
