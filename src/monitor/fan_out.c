/* From a notice for an owner to messages for all the owner's addresses. */
#include "fan_out.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "notify/notice_json.h"
#include "notify/notifier.h"

static enum err put(struct outbox *o, struct batch *b, const struct owner *owner, const struct notifier_ops *ops, size_t address,
                    const struct notice *n, const char *json, int64_t not_before_ms, int64_t now_ms)
{
    char label[NOTIFIER_LABEL_SIZE], subject[OUTBOX_SUBJECT_SIZE], clean[OUTBOX_SUBJECT_SIZE];
    struct outbox_message m = {
        .owner = owner->name,
        .channel = ops->name,
        .address = notifier_label(label, ops, owner, address),
        .site = *n->site ? n->site : NULL,
        .subject = clean,
        .notice_id = n->id,
        .notice = json,
        .incident_id = n->incident_id,
        .not_before_ms = not_before_ms,
    };

    snprintf(subject, sizeof(subject), "%s%s%s", notice_kind_name(n->kind), *n->site ? " " : "", n->site);
    text_clean(clean, sizeof(clean), subject, strlen(subject)); /* it may have been cut within a character */
    return outbox_put(o, b, &m, now_ms);
}

void fan_out(struct outbox *o, struct batch *b, const struct settings *s, const struct notice *n, int64_t not_before_ms,
             int64_t now_ms)
{
    const struct owner *owner = settings_owner(s, n->owner);
    size_t channels, c, a, addresses = 0;
    const struct notifier_ops *const *table = notifier_table(&channels);
    char *json = NULL;
    enum err err;

    if (!owner)
        return;
    err = notice_to_json(&json, n);
    for (c = 0; c < channels && !err; c++)
        for (a = 0; a < notifier_addresses(table[c], owner) && !err; a++, addresses++)
            err = put(o, b, owner, table[c], a, n, json, not_before_ms, now_ms);
    if (err)
        log_line(LEVEL_ERROR, "no memory to tell '%s': %s %s", owner->name, notice_kind_name(n->kind), n->site);
    else if (!addresses)
        log_line(LEVEL_WARNING, "'%s' has no address to be told at: %s %s", owner->name, notice_kind_name(n->kind), n->site);
    free(json);
}
