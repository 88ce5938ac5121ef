/* The settings of the screen, looked at before there is one. Pure. */
#include "columns.h"
#include "keys.h"
#include "tui/tui.h"

enum err tui_check(const struct settings *s, struct errmsg *why)
{
    struct column_choice choice;
    struct keymap keys = { 0 };
    enum err err = keymap_read(&keys, s->key, s->nkey, why);
    struct errmsg said;

    keymap_release(&keys);
    if (!err && column_choice_read(&choice, (const char *const *)s->screen.titles.item, s->screen.titles.n, &said))
        err = err_set(why, ERR_INVALID, "screen: %s", said.text);
    return err;
}
