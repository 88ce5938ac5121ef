/* The table of channels, the addresses owners have on them, and what addresses are called where people see them. */
#include "notify/notifier.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "notifiers.h"

static const struct notifier_ops *const table[] = {
#define NOTIFIER(name) &notifier_##name##_ops,
#include "notifiers.def"
#undef NOTIFIER
    NULL
};

const struct notifier_ops *const *notifier_table(size_t *n)
{
    *n = sizeof(table) / sizeof(table[0]) - 1;
    return table;
}

const struct notifier_ops *notifier_find(const char *name)
{
    size_t i;

    for (i = 0; table[i]; i++)
        if (!strcmp(table[i]->name, name))
            return table[i];
    return NULL;
}

/* --- addresses -------------------------------------------------------------------------------------------------- */

static const struct strings *strings_of(const struct notifier_ops *ops, const struct owner *owner)
{
    return (const struct strings *)((const char *)owner + ops->addresses);
}

size_t notifier_addresses(const struct notifier_ops *ops, const struct owner *owner)
{
    size_t n = strings_of(ops, owner)->n;

    return ops->one_address && n ? 1 : n;
}

const char *destination_address(const struct notifier_ops *ops, const struct destination *to)
{
    return strings_of(ops, to->owner)->item[to->address];
}

/* FNV-1a, 32 bits: tells a handful of URLs apart and gives nothing of a long secret away. */
static uint32_t mark_of(const char *text)
{
    uint32_t hash = 2166136261u;

    while (*text)
        hash = (hash ^ (unsigned char)*text++) * 16777619u;
    return hash;
}

const char *notifier_label(char text[NOTIFIER_LABEL_SIZE], const struct notifier_ops *ops, const struct owner *owner,
                           size_t address)
{
    const char *whole = strings_of(ops, owner)->item[address];
    const char *host;
    size_t length = site_host(whole, &host);

    if (length && strstr(whole, "://")) /* the rest of a URL may be a secret */
        snprintf(text, NOTIFIER_LABEL_SIZE, "%.*s#%08" PRIx32, (int)(length < 255 ? length : 255), host, mark_of(whole));
    else if (ops->secret_address)
        snprintf(text, NOTIFIER_LABEL_SIZE, "#%08" PRIx32, mark_of(whole));
    else
        text_clean(text, NOTIFIER_LABEL_SIZE, whole, strlen(whole));
    return text;
}

bool notifier_address(const struct notifier_ops *ops, const struct owner *owner, const char *label, size_t *address)
{
    char text[NOTIFIER_LABEL_SIZE];
    size_t i, n = notifier_addresses(ops, owner);

    for (i = 0; i < n; i++)
        if (!strcmp(notifier_label(text, ops, owner, i), label)) {
            *address = i;
            return true;
        }
    return false;
}

/* --- deliveries ------------------------------------------------------------------------------------------------- */

struct delivery *delivery_set(struct delivery *out, enum delivery_end end, int code, const char *format, ...)
{
    char raw[1024];
    va_list args;
    int length;

    va_start(args, format);
    length = vsnprintf(raw, sizeof(raw), format, args);
    va_end(args);
    out->end = end;
    out->code = code;
    out->retry_after_ms = 0;
    text_clean(out->message, sizeof(out->message), raw,
               length < 0 ? 0 : (size_t)length < sizeof(raw) ? (size_t)length : sizeof(raw) - 1);
    return out;
}

const char *delivery_word(enum delivery_end end)
{
    static const char *const words[] = {
        [DELIVERY_SENT] = "sent", [DELIVERY_PASSING] = "try again", [DELIVERY_PERMANENT] = "refused",
    };

    return words[end];
}

void notifier_send_once(const struct notifier_ops *ops, const struct destination *to, const struct letter *letter,
                        const atomic_bool *stop, int64_t until_ns, struct delivery *out)
{
    struct errmsg why = ERRMSG_INIT;
    void *self = NULL;
    enum err err;

    if (ops->ready && !ops->ready(to->settings, &why)) {
        delivery_set(out, DELIVERY_PERMANENT, 0, "%s", why.text);
        return;
    }
    err = ops->open(&self, ops, stop, &why);
    if (err) {
        delivery_set(out, DELIVERY_PASSING, 0, "%s", *why.text ? why.text : err_name(err));
        return;
    }
    ops->send(self, to, letter, until_ns, out);
    ops->close(self);
}
