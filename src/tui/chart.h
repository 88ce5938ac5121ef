#ifndef CHART_H
#define CHART_H

#include <stddef.h>
#include <stdint.h>

#include "cells.h"

/* Latencies as columns, the oldest at the left: braille dots, two columns a cell, where there is UTF-8, and ASCII
 * elsewhere. Pure. */
#define CHART_GAP 0u                 /* no check then */
#define CHART_FAILED UINT32_MAX

/* Fills c: values in us, CHART_GAP or CHART_FAILED; of more than fit the last are drawn. A scale stands at the left. */
void chart_draw(struct cells *c, const uint32_t *us, size_t n);

/* The values that fit into `width` columns. */
size_t chart_room(const struct cells *c, int width);

/* A bar from `from` to `until`, in parts of 1 of the width. */
void chart_bar(struct cells *c, int y, int x, int width, double from, double until, enum style style);

#endif
