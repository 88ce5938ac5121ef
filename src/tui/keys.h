#ifndef KEYS_H
#define KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "config/settings.h"

/* What a person can do, and with which key. A stroke is a code point (Ctrl-A is 1, Esc 27) or one of those below. */
enum stroke {
    STROKE_NONE,
    STROKE_TAB = 9,
    STROKE_ENTER = 13,
    STROKE_ESC = 27,
    STROKE_SPACE = 32,
    STROKE_RUBOUT = 127,             /* Backspace, whatever the terminal sends */
    STROKE_SPECIAL = 0x110000,
    STROKE_UP = STROKE_SPECIAL, STROKE_DOWN, STROKE_LEFT, STROKE_RIGHT, STROKE_HOME, STROKE_END,
    STROKE_PAGE_UP, STROKE_PAGE_DOWN, STROKE_INSERT, STROKE_DELETE, STROKE_BACKTAB,
    STROKE_F0,                       /* F1 is STROKE_F0 + 1 */
    STROKE_LAST = STROKE_F0 + 12
};
#define STROKE_CTRL(letter) ((uint32_t)(letter) & 0x1fu)

/* The stroke of "k" "Up" "Ctrl-L" "F10"; STROKE_NONE for no such name. */
uint32_t stroke_parse(const char *name, size_t length);

enum action {
    ACTION_NONE,
#define KEY(id, ...) ACTION_##id,
#include "keys.def"
#undef KEY
    ACTION_COUNT
};

enum section { SECTION_MOVE, SECTION_FIND, SECTION_SITES, SECTION_PANES, SECTION_SCREEN, SECTION_COUNT };

struct key {
    const char *name;                /* "PAGE_UP" */
    enum section section;
    const char *keys, *word;         /* NULL: none */
    int rank;
    const char *label, *help;
};

/* a is not ACTION_NONE. */
const struct key *keys_row(enum action a);
/* By the word behind ':', or a beginning of it that fits no other. */
enum action keys_find_word(const char *word, size_t length);
/* By the name it has in the settings: the word, or "page-down" for PAGE_DOWN. */
enum action keys_find_name(const char *name);

/* The keys in force: the table's, but for those that the settings give to another action. */
struct keymap {
    char *keys[ACTION_COUNT];        /* NULL: as in the table; "": none */
};
void keymap_release(struct keymap *m);
/* Anew from the settings. ERR_INVALID tells of the first that is wrong, the others hold; ERR_NOMEM: some are the table's. */
enum err keymap_read(struct keymap *m, const struct key_binding *binding, size_t n, struct errmsg *why);
/* As people write them, blank separated; NULL or "": none. */
const char *keymap_keys(const struct keymap *m, enum action a);
enum action keymap_find(const struct keymap *m, uint32_t stroke);
/* The first of its keys: its length, and where in *first. 0: it has none. */
size_t keymap_first(const struct keymap *m, enum action a, const char **first);

#endif
