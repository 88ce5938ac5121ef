#ifndef DETAIL_H
#define DETAIL_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "app.h"
#include "base/strbuf.h"
#include "cells.h"
#include "lookback.h"
#include "model/samples.h"
#include "model/snapshot.h"

/* What the sections of the detail pane draw from, and what they share. Pure. */
struct detail {
    struct app *app;
    const struct snapshot *snapshot;
    const struct snapshot_row *row;
    struct samples samples;
    struct region_result region[REGIONS_MOST];
    int nregion;
    const struct chain *chain;       /* NULL: nobody has looked at its certificate */
    const struct lookback *past;     /* NULL: the history tells nothing of it, or not yet */
};

#define CHART_LEAST 2

/* How many lines a section would fill at this width, 0: it has nothing to say; and drawing it into as many as it got. */
#define PART(name, ...) \
    int part_##name##_lines(const struct detail *d, int width); \
    void part_##name##_draw(const struct detail *d, struct cells *c);
#include "detail.def"
#undef PART

const struct row *detail_row(const struct detail *d);
bool detail_local_time(struct tm *tm, int64_t ms);

/* The lines that text takes; drawn are those that there are, the last one cut. */
int detail_flow(struct cells *c, unsigned style, const char *text);
int detail_flow_lines(const char *text, int width);
/* The same of what `write` tells. */
typedef void detail_write_fn(struct strbuf *out, const struct detail *d);
int detail_written_lines(const struct detail *d, int width, detail_write_fn *write);
void detail_written_draw(const struct detail *d, struct cells *c, detail_write_fn *write);

#endif
