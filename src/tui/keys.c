/* The live key table, and names of keys. Pure; any thread. */
#include "keys.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "tui/tui.h"

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

/* PAGE_DOWN is "page-down", "page_down" and "Page_Down". */
static bool is_called(const char *id, const char *name)
{
    for (; *id && *name; id++, name++)
        if (*id != (*name == '-' ? '_' : toupper((unsigned char)*name)))
            return false;
    return !*id && !*name;
}

enum action keys_find_name(const char *name)
{
    int a;

    for (a = 1; a < ACTION_COUNT; a++)
        if (is_called(keys[a].name, name) || (keys[a].word && !strcasecmp(keys[a].word, name)))
            return (enum action)a;
    return ACTION_NONE;
}

bool tui_key(size_t i, struct tui_key *out)
{
    const struct key *k = i + 1 < ACTION_COUNT ? keys_row((enum action)(i + 1)) : NULL;

    if (k)
        *out = (struct tui_key){ k->keys, k->word, k->help };
    return k != NULL;
}
