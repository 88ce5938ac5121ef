/* validate: read everything, open nothing, say what is wrong. */
#include "cli.h"
#include "notify/notifier.h"
#include "tui/tui.h"

/* Not wrong, but who counts on it will not be told. */
static void note_channels(const struct args *a, const struct settings *s, const struct owner *owner)
{
    struct errmsg why = ERRMSG_INIT;
    size_t n, i;
    const struct notifier_ops *const *table = notifier_table(&n);

    for (i = 0; i < n; i++)
        if (notifier_addresses(table[i], owner) && table[i]->ready && !table[i]->ready(s, &why))
            complain(a, EXIT_WELL, "note: '%s' can not be told by %s: %s", owner->name, table[i]->name, why.text);
}

int command_validate(const struct args *a)
{
    struct errmsg why;
    struct settings *s;
    size_t i;
    int code;

    if (a->noperand)
        return complain(a, EXIT_USAGE, "takes no arguments; name the file by -c FILE");
    code = load_settings(a, true, &s);
    if (code)
        return code;
    if (tui_check(s, &why)) {
        code = complain(a, EXIT_USAGE, "%s: %s", s->path, why.text);
        settings_free(s);
        return code;
    }
    say("%s: %zu site%s, %zu owner%s: nothing wrong", s->path, s->nsite, s->nsite == 1 ? "" : "s", s->nowner,
        s->nowner == 1 ? "" : "s");
    for (i = 0; i < s->nowner; i++)
        note_channels(a, s, &s->owner[i]);
    settings_free(s);
    return finish_output(a, EXIT_WELL);
}
