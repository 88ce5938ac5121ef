#ifndef COLUMNS_INSIDE_H
#define COLUMNS_INSIDE_H

#include "columns.h"

/* What the files of the columns share: columns.def by its fields. */
struct column_row {
    const char *title;
    int width, rank;
    enum lie lie;
    bool gives;
};
extern const struct column_row column_rows[COLUMN_COUNT];

#define COLUMN_TEXT_SIZE 512

/* One cell's worth of text and how it is to look. */
struct said {
    char text[COLUMN_TEXT_SIZE];
    unsigned style;
};

struct asked {
    const struct snapshot *snapshot;
    const struct snapshot_row *row;
    int width;
};

typedef void column_text_fn(struct said *to, const struct asked *a);
extern column_text_fn *const column_texts[COLUMN_COUNT];

#endif
