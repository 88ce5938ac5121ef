#ifndef HELP_H
#define HELP_H

#include <stdbool.h>
#include <stdint.h>

#include "cells.h"
#include "keys.h"

/* The help page, made from the key table as it is in force. Pure. */

/* Draws from line *top on, which is put right when it is too far. */
void help_draw(struct cells *c, const struct keymap *keys, int *top);

/* False when the key leaves the page. */
bool help_stroke(int *top, uint32_t stroke, int height);

#endif
