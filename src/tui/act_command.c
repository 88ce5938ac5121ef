/* Commands behind ':', and what Tab makes of their beginnings. Pure. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "act.h"
#include "ask.h"
#include "engine/engine.h"
#include "style.h"

static bool command_done(struct app *a, const char *text)
{
    enum action action;
    size_t length;

    text += strspn(text, " :");
    length = strcspn(text, " ");
    if (!length)
        return true;
    action = keys_find_word(text, length);
    if (action == ACTION_NONE) {
        err_set(&a->why, ERR_NOTFOUND, "there is no command '%.*s': ? lists them", (int)length, text);
        return false;
    }
    ask_close(a);
    text += length;
    act(a, action, text + strspn(text, " "));
    return true;
}

/* --- completion --------------------------------------------------------------------------------------------------- */

/* Words that could stand here: number i, NULL behind the last. */
typedef const char *word_fn(const struct app *a, size_t i);

static const char *command_word(const struct app *a, size_t i)
{
    size_t n = 0;
    int action;

    (void)a;
    for (action = 1; action < ACTION_COUNT; action++)
        if (keys_row((enum action)action)->word && n++ == i)
            return keys_row((enum action)action)->word;
    return NULL;
}

static const char *column_word(const struct app *a, size_t i)
{
    size_t n = 0;
    int c;

    (void)a;
    for (c = 0; c < COLUMN_COUNT; c++)
        if (column_key((enum column)c) && n++ == i)
            return column_title((enum column)c);
    return NULL;
}

static const char *title_word(const struct app *a, size_t i)
{
    (void)a;
    return i < COLUMN_COUNT ? column_title((enum column)i) : NULL;
}

static const char *engine_word(const struct app *a, size_t i)
{
    static const char *const words[] = { "serial", "threads", "futures", "processes", "events", "redis" };

    (void)a;
    return i < sizeof(words) / sizeof(words[0]) ? words[i] : NULL;
}

static const char *colours_word(const struct app *a, size_t i)
{
    static const char *const words[] = { "default", "light", "colour-blind", "monochrome" };

    (void)a;
    return i < sizeof(words) / sizeof(words[0]) ? words[i] : NULL;
}

static const char *kind_word(const struct app *a, size_t i)
{
    (void)a;
    return i < TREE_KINDS ? tree_word((enum tree_kind)i) : NULL;
}

static const char *filter_word(const struct app *a, size_t i)
{
    static const char *const words[] = { "state=down", "state=check", "state=slow", "state=warn", "state=up", "state=pause", "tag=", "owner=" };

    (void)a;
    return i < sizeof(words) / sizeof(words[0]) ? words[i] : NULL;
}

static word_fn *words_for(enum action action)
{
    switch (action) {
    case ACTION_SORT: return column_word;
    case ACTION_COLUMNS: return title_word;
    case ACTION_ENGINE: return engine_word;
    case ACTION_SCHEME: return colours_word;
    case ACTION_FILTER: return filter_word;
    case ACTION_TREE: return kind_word;
    default: return NULL;
    }
}

/* Goes as far as all words that begin so agree; several are told. */
static void complete(struct app *a, const char *text, size_t from, word_fn *word)
{
    const char *typed = text + from, *w, *first = NULL;
    size_t typed_length = strlen(typed), common = 0, n = 0, i;
    struct strbuf line = STRBUF_INIT, list = STRBUF_INIT;

    for (i = 0; (w = word(a, i)) != NULL; i++) {
        size_t same = 0;

        if (strncasecmp(w, typed, typed_length) != 0)
            continue;
        if (!n++) {
            first = w;
            common = strlen(w);
        }
        while (same < common && w[same] && w[same] == first[same])
            same++;
        common = same;
        strbuf_addf(&list, "%s%s", list.length ? " " : "", w);
    }
    if (n) {
        strbuf_add(&line, text, from);
        strbuf_add(&line, first, common);
        if (n == 1 && first[common - 1] != '=')
            strbuf_addc(&line, ' ');
        prompt_set(&a->prompt, line.text);
        a->why.text[0] = '\0';
        a->why_is_hint = n > 1;
        if (n > 1)
            err_set(&a->why, ERR_OK, "%s", list.text);
    }
    strbuf_release(&line);
    strbuf_release(&list);
}

static void command_tab(struct app *a, const char *text)
{
    char copy[256];
    size_t word = strspn(text, " :"), length = strcspn(text + word, " ");
    word_fn *words = command_word;
    size_t from = word;

    if (snprintf(copy, sizeof(copy), "%s", text) >= (int)sizeof(copy))
        return;
    if (text[word + length]) {       /* behind the first word */
        const char *last = strrchr(copy, ' ');

        words = words_for(keys_find_word(text + word, length));
        from = (size_t)(last - copy) + 1;
    }
    if (words)
        complete(a, copy, from, words);
}

void action_command(struct app *a, const char *argument)
{
    static const struct asking asking = { .done = command_done, .tab = command_tab, .history = HISTORY_COMMAND };

    (void)argument;
    ask(a, &asking, "", ":");
}
