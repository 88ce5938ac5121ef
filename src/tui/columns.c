/* The columns of the grid by their titles, and what a person chose of them. */
#include <strings.h>

#include "columns_inside.h"

const struct column_row column_rows[COLUMN_COUNT] = {
#define COLUMN(id, title, width, rank, lie, gives, key, text) { title, width, rank, lie, gives },
#include "columns.def"
#undef COLUMN
};

const char *column_title(enum column c)
{
    return column_rows[c].title;
}

enum column column_find(const char *title)
{
    int c = 0;

    while (c < COLUMN_COUNT && strcasecmp(column_rows[c].title, title) != 0)
        c++;
    return (enum column)c;
}

enum err column_choice_read(struct column_choice *choice, const char *const *title, size_t n, struct errmsg *why)
{
    struct column_choice read = { .column = { COLUMN_STATE, COLUMN_NAME }, .n = n ? 2 : 0 };
    size_t i;
    int k;

    for (i = 0; i < n; i++) {
        enum column c = column_find(title[i]);

        if (c == COLUMN_COUNT)
            return err_set(why, ERR_INVALID, "there is no column '%.40s'", title[i]);
        for (k = 0; k < read.n && read.column[k] != c; k++)
            ;
        if (k == read.n)
            read.column[read.n++] = c;
    }
    *choice = read;
    return ERR_OK;
}
