/* notify: tries out how an owner is told. One message by each channel and address, and a line for what became of it. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "cli.h"
#include "notify/notifier.h"
#include "notify/words.h"

#define NAMES_MOST 64

/* --- who and how ------------------------------------------------------------------------------------------------ */

static int complain_unknown(const struct args *a, const char *what, const char *word, const char *const *known, size_t n)
{
    const char *meant = text_nearest(word, known, n);
    char shown[100];

    text_clean(shown, sizeof(shown), word, strlen(word));
    return complain(a, EXIT_USAGE, "there is no %s '%s'%s%s%s", what, shown, meant ? " (did you mean '" : "",
                    meant ? meant : "", meant ? "'?)" : "");
}

static int complain_owner(const struct args *a, const struct settings *s, const char *word)
{
    const char *known[NAMES_MOST];
    size_t n;

    if (!s->nowner)
        return complain(a, EXIT_USAGE, "%s has no owners", s->path);
    for (n = 0; n < s->nowner && n < NAMES_MOST; n++)
        known[n] = s->owner[n].name;
    return complain_unknown(a, "owner", word, known, n);
}

static int complain_channel(const struct args *a, const char *word)
{
    const char *known[NAMES_MOST];
    size_t n, i;
    const struct notifier_ops *const *table = notifier_table(&n);

    for (i = 0; i < n && i < NAMES_MOST; i++)
        known[i] = table[i]->name;
    return complain_unknown(a, "channel", word, known, i);
}

/* --- sending ---------------------------------------------------------------------------------------------------- */

static enum err write_letter(struct letter *out, const struct owner *owner)
{
    struct notice n;
    const struct notice *list[] = { &n };
    struct bundle b;

    notice_init(&n, NOTICE_TEST);
    n.at_ms = clock_wall_ms();
    snprintf(n.id, sizeof(n.id), "test");
    text_clean(n.owner, sizeof(n.owner), owner->name, strlen(owner->name));
    bundle_init(&b, list, 1, BUNDLE_ONE);
    return words_letter(out, &b, NULL);
}

/* True when it was sent. */
static bool send_one(const struct notifier_ops *ops, const struct destination *to, const struct letter *letter)
{
    char label[NOTIFIER_LABEL_SIZE];
    struct delivery d;

    notifier_send_once(ops, to, letter, NULL, clock_mono_ns() + NOTIFIER_LIMIT_NS, &d);
    say("%-9s %s: %s: %s", ops->name, notifier_label(label, ops, to->owner, to->address), delivery_word(d.end), d.message);
    fflush(stdout);
    return d.end == DELIVERY_SENT;
}

static int send_all(const struct args *a, const struct settings *s, const struct owner *owner, const struct letter *letter)
{
    const char *channel = a->value[FLAG_CHANNEL];
    size_t n, i, addresses = 0, sent = 0;
    const struct notifier_ops *const *table = notifier_table(&n);

    for (i = 0; i < n; i++) {
        struct destination to = { s, owner, 0 };

        if (channel && strcmp(channel, table[i]->name) != 0)
            continue;
        for (; to.address < notifier_addresses(table[i], owner); to.address++, addresses++)
            sent += send_one(table[i], &to, letter);
    }
    if (!addresses)
        return complain(a, EXIT_USAGE, "owner '%s' has no %s", owner->name, channel ? channel : "channel");
    return sent == addresses ? EXIT_WELL : EXIT_TROUBLE;
}

static int try_out(const struct args *a, const struct settings *s)
{
    const struct owner *owner = settings_owner(s, a->operand[0]);
    struct letter letter = LETTER_INIT;
    int code;

    if (!owner)
        return complain_owner(a, s, a->operand[0]);
    if (write_letter(&letter, owner))
        return complain(a, EXIT_TROUBLE, "out of memory");
    code = send_all(a, s, owner, &letter);
    letter_release(&letter);
    return code;
}

int command_notify(const struct args *a)
{
    struct settings *s = NULL;
    int code;

    if (a->noperand != 1)
        return complain(a, EXIT_USAGE, "which owner? one of 'owners' in the file");
    if (!a->value[FLAG_TEST])
        return complain(a, EXIT_USAGE, "only a test can be sent by hand: add --test");
    if (a->value[FLAG_CHANNEL] && !notifier_find(a->value[FLAG_CHANNEL]))
        return complain_channel(a, a->value[FLAG_CHANNEL]);
    code = load_settings(a, true, &s);
    if (!code)
        code = try_out(a, s);
    settings_free(s);
    return finish_output(a, code);
}
