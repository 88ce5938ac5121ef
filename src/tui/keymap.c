/* Which key does what, as the settings have it. Pure. */
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "keys.h"

/* The next of a blank separated list; its length, 0 at the end. */
static size_t next_key(const char **list, const char **key)
{
    size_t length;

    *list += strspn(*list, " ");
    *key = *list;
    length = strcspn(*list, " ");
    *list += length;
    return length;
}

static bool list_has(const char *list, uint32_t stroke)
{
    const char *key;
    size_t length;

    while (list && (length = next_key(&list, &key)) > 0)
        if (stroke_parse(key, length) == stroke)
            return true;
    return false;
}

void keymap_release(struct keymap *m)
{
    int a;

    for (a = 0; a < ACTION_COUNT; a++)
        free(m->keys[a]);
    *m = (struct keymap){ 0 };
}

static enum err check(const char *list, const char *action, struct errmsg *why)
{
    const char *key;
    size_t length;

    while ((length = next_key(&list, &key)) > 0)
        if (stroke_parse(key, length) == STROKE_NONE)
            return err_set(why, ERR_INVALID, "keys: '%.*s' of '%.40s' is no key: a, Space, Ctrl-L, F2, PgUp", (int)length, key, action);
    return ERR_OK;
}

static enum err take(struct keymap *m, const struct key_binding *b, struct errmsg *why)
{
    enum action a = keys_find_name(b->action);
    char *copy;

    if (a == ACTION_NONE)
        return err_set(why, ERR_INVALID, "keys: there is no action '%.40s'; ? lists them", b->action);
    if (check(b->key, b->action, why))
        return ERR_INVALID;
    copy = strdup(b->key);
    if (!copy)
        return err_set(why, ERR_NOMEM, "keys: out of memory");
    free(m->keys[a]);
    m->keys[a] = copy;
    return ERR_OK;
}

/* What another action was given is not this one's any more. */
static enum err give_up(struct keymap *m, enum action a, const bool given[ACTION_COUNT])
{
    const char *list = keys_row(a)->keys, *key;
    struct strbuf left = STRBUF_INIT;
    bool gone = false;
    size_t length;
    int other;

    while (list && (length = next_key(&list, &key)) > 0) {
        bool taken = false;

        for (other = 1; other < ACTION_COUNT && !taken; other++)
            taken = given[other] && list_has(m->keys[other], stroke_parse(key, length));
        gone |= taken;
        if (taken)
            continue;
        if (left.length)
            strbuf_addc(&left, ' ');
        strbuf_add(&left, key, length);
    }
    if (gone)
        m->keys[a] = left.length ? strbuf_detach(&left) : strdup("");
    strbuf_release(&left);
    return gone && !m->keys[a] ? ERR_NOMEM : ERR_OK;
}

enum err keymap_read(struct keymap *m, const struct key_binding *binding, size_t n, struct errmsg *why)
{
    bool given[ACTION_COUNT];
    enum err err = ERR_OK;
    size_t i;
    int a;

    keymap_release(m);
    for (i = 0; i < n; i++) {
        struct errmsg said;
        enum err one = take(m, &binding[i], &said);

        if (one && !err) {
            err = one;
            *why = said;
        }
    }
    for (a = 1; a < ACTION_COUNT; a++)
        given[a] = m->keys[a] != NULL;
    for (a = 1; a < ACTION_COUNT; a++)
        if (!given[a] && give_up(m, (enum action)a, given) && !err)
            err = err_set(why, ERR_NOMEM, "keys: out of memory");
    return err;
}

const char *keymap_keys(const struct keymap *m, enum action a)
{
    return m->keys[a] ? m->keys[a] : keys_row(a)->keys;
}

enum action keymap_find(const struct keymap *m, uint32_t stroke)
{
    int a;

    for (a = 1; a < ACTION_COUNT; a++)
        if (list_has(keymap_keys(m, (enum action)a), stroke))
            return (enum action)a;
    return ACTION_NONE;
}

size_t keymap_first(const struct keymap *m, enum action a, const char **first)
{
    *first = keymap_keys(m, a);
    return *first ? strcspn(*first, " ") : 0;
}
