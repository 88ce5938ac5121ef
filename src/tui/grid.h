#ifndef GRID_H
#define GRID_H

#include <stdbool.h>

#include "alerts.h"
#include "base/strbuf.h"
#include "cells.h"
#include "keys.h"
#include "pane.h"
#include "replay.h"
#include "store/outbox.h"
#include "view.h"

/* The main screen: which lines there are at some size, and what is in them. Pure. */
struct plan {
    int width, height;
    bool one_line;                   /* too small for a grid: line 0 alone says it all */
    bool narrow;                     /* letters instead of words, few columns */
    int y_replay, y_health, y_alert, y_keys; /* -1: there is no such line */
    int y_titles, y_rows, nrows, y_status;
    int y_talk;                      /* the last line: prompts, questions and messages */
    struct pane_places panes;        /* beside and below the rows */
};

/* alert: there is something to tell. replay: it is the past. nline: lines that show every site. */
void grid_plan(struct plan *p, int width, int height, bool alert, bool replay, size_t nline);

/* What the grid shows beside snapshot and view. */
struct grid {
    const struct snapshot *snapshot;
    const struct view *view;
    const struct alert_list *alerts; /* what the monitor tells of them; NULL: nothing */
    const struct outbox_counts *outbox; /* NULL: nobody was ever told anything */
    const struct keymap *keys;
    const struct column_choice *columns;
    const char *host;                /* this machine's name */
    const char *file_trouble;        /* "": none; what is wrong with the settings file */
    bool has_file;                   /* there is one */
    enum pane here;                  /* which has the keys */
    struct replay_banner replay;
    bool frozen;                     /* the picture is held */
    bool alone;                      /* and stands in the place of the rows, which are left out */
};

/* The view is settled on the plan's rows. Returns where the names of panes begin in the status line; p->width: they do not. */
int grid_draw(const struct grid *g, const struct plan *p, struct cells *c);

/* Which pane's name is at x of a status line whose names begin at x_panes; PANE_COUNT: none. */
enum pane grid_pane_at(int x_panes, int x);

/* The same as text, every site of the list: what is left behind on the way out. */
void grid_print(const struct grid *g, int width, bool utf8, struct strbuf *out);

/* "STATE" "P95, inverted": for messages and the status line. */
const char *grid_sort_name(const struct view *v, char text[32]);

#endif
