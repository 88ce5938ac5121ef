#ifndef SETUP_H
#define SETUP_H

#include <stdbool.h>
#include <stdint.h>

#include "cells.h"
#include "columns.h"
#include "groups.h"

/* The page on which columns and looks of the screen are chosen. Pure; a plain value. */
struct setup_looks {
    int  scheme;
    bool bell, message, mouse;
    enum tree_kind tree;
};

struct setup {
    enum column column[COLUMN_COUNT]; /* in the order chosen */
    bool shown[COLUMN_COUNT];        /* by column */
    bool as_fits;                    /* those that fit: nothing was chosen */
    struct setup_looks looks;
    int  at, top;
};

void setup_init(struct setup *s, const struct column_choice *choice, struct setup_looks looks);

enum setup_event { SETUP_GOES_ON, SETUP_SAVE, SETUP_CANCEL };
enum setup_event setup_stroke(struct setup *s, uint32_t stroke);

/* The titles chosen, "STATE, NAME, P95"; "" for those that fit. */
#define SETUP_TITLES_SIZE 256
const char *setup_titles(const struct setup *s, char text[SETUP_TITLES_SIZE]);

void setup_draw(struct setup *s, struct cells *c);

#endif
