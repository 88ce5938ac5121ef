/* The live key table, and names of keys. Pure; any thread. */
#include "keys.h"

#include <stdlib.h>
#include <string.h>

#include "tui/tui.h"
#include <strings.h>

#include "base/text.h"

static const struct key keys[ACTION_COUNT] = {
#define KEY(id, function, section, keys, word, rank, label, help) \
    [ACTION_##id] = { #id, SECTION_##section, keys, word, rank, label, help },
#include "keys.def"
#undef KEY
};

static const struct {
    const char *name;
    uint32_t stroke;
} names[] = {
    { "Up", STROKE_UP }, { "Down", STROKE_DOWN }, { "Left", STROKE_LEFT }, { "Right", STROKE_RIGHT },
    { "Home", STROKE_HOME }, { "End", STROKE_END }, { "PgUp", STROKE_PAGE_UP }, { "PgDn", STROKE_PAGE_DOWN },
    { "Ins", STROKE_INSERT }, { "Del", STROKE_DELETE }, { "Enter", STROKE_ENTER }, { "Esc", STROKE_ESC },
    { "Tab", STROKE_TAB }, { "Space", STROKE_SPACE }, { "Backspace", STROKE_RUBOUT },
};

uint32_t stroke_parse(const char *name, size_t length)
{
    uint32_t point = 0;
    size_t i;

    if (length && text_decode(name, length, &point) == (int)length)
        return point;
    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (strlen(names[i].name) == length && !strncasecmp(names[i].name, name, length))
            return names[i].stroke;
    if (length == 6 && !strncasecmp(name, "Ctrl-", 5))
        return STROKE_CTRL(name[5]);
    if ((length == 2 || length == 3) && (*name == 'F' || *name == 'f')) {
        int number = (int)strtol(name + 1, NULL, 10);

        if (number >= 1 && number <= 12)
            return STROKE_F0 + (uint32_t)number;
    }
    return STROKE_NONE;
}

const struct key *keys_row(enum action a)
{
    return &keys[a];
}

static bool list_has(const char *list, uint32_t stroke)
{
    size_t length;

    for (; list && *list; list += length + strspn(list + length, " ")) {
        length = strcspn(list, " ");
        if (stroke_parse(list, length) == stroke)
            return true;
    }
    return false;
}

enum action keys_find(uint32_t stroke)
{
    int a;

    for (a = 1; a < ACTION_COUNT; a++)
        if (list_has(keys[a].keys, stroke))
            return (enum action)a;
    return ACTION_NONE;
}

enum action keys_find_word(const char *word, size_t length)
{
    enum action found = ACTION_NONE;
    int a, n = 0;

    for (a = 1; a < ACTION_COUNT; a++) {
        if (!keys[a].word || strncmp(keys[a].word, word, length) != 0)
            continue;
        if (strlen(keys[a].word) == length)
            return (enum action)a;
        found = (enum action)a;
        n++;
    }
    return n == 1 && length ? found : ACTION_NONE;
}

size_t keys_first(enum action a, const char **first)
{
    *first = keys[a].keys;
    return *first ? strcspn(*first, " ") : 0;
}

bool tui_key(size_t i, struct tui_key *out)
{
    const struct key *k = i + 1 < ACTION_COUNT ? keys_row((enum action)(i + 1)) : NULL;

    if (k)
        *out = (struct tui_key){ k->keys, k->word, k->help };
    return k != NULL;
}
