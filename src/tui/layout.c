/* Which columns fit a screen, and where they stand. */
#include <string.h>

#include "columns_inside.h"

#define NAME_LEAST 16
#define NAME_LEAST_AT_80 20
#define REASON_ENOUGH 34             /* a reason that has less room takes columns that do not give way, too */

/* How columns grow where there is room: each step up to its limit, in this order; what is left then is NAME's, or
 * URL's. */
static const struct {
    enum column column;
    int most;
} growth[] = {
    { COLUMN_NAME, 22 }, { COLUMN_TREND, 16 }, { COLUMN_NAME, 32 }, { COLUMN_TREND, TREND_SLOTS },
    { COLUMN_URL, 48 }, { COLUMN_NAME, 48 }, { COLUMN_URL, 400 }, { COLUMN_NAME, 400 },
};

static int spread(int width[COLUMN_COUNT], int spare)
{
    size_t i;

    for (i = 0; i < sizeof(growth) / sizeof(growth[0]) && spare > 0; i++) {
        int *w = &width[growth[i].column];
        int more = *w && growth[i].most > *w ? growth[i].most - *w : 0;

        if (more > spare)
            more = spare;
        *w += more;
        spare -= more;
    }
    return spare;
}

static int frozen(int width, int set[COLUMN_COUNT])
{
    memset(set, 0, COLUMN_COUNT * sizeof(*set));
    set[COLUMN_STATE] = column_rows[COLUMN_STATE].width;
    set[COLUMN_NAME] = width < 80 ? NAME_LEAST : NAME_LEAST_AT_80;
    return width - 1 - set[COLUMN_STATE] - 1 - set[COLUMN_NAME]; /* column 0 is the cursor's */
}

static int column_of_rank(int rank)
{
    int c = 0;

    while (column_rows[c].rank != rank)
        c++;
    return c;
}

static bool is_chosen(const struct column_choice *choice, int c)
{
    int i;

    for (i = 0; i < choice->n; i++)
        if ((int)choice->column[i] == c)
            return true;
    return !choice->n;
}

/* The columns worth most, of those chosen. */
static void choose_best(const struct column_choice *choice, int width, int set[COLUMN_COUNT])
{
    int spare = frozen(width, set), rank, c;

    for (rank = 1; rank < COLUMN_COUNT - 1; rank++) {
        c = column_of_rank(rank);
        if (!is_chosen(choice, c))
            continue;
        if (column_rows[c].width >= spare)
            break;                   /* none of less worth gets in before it */
        set[c] = column_rows[c].width;
        spare -= column_rows[c].width + 1;
    }
    spread(set, spare);
}

/* All columns in turn, from the scroll-th of those that are not frozen; how many there were before them. */
static int choose_from(int width, int scroll, int set[COLUMN_COUNT])
{
    int spare = frozen(width, set) - 1, c, before = 0; /* the last column of the screen says that there is more */

    for (c = COLUMN_NAME + 1; c < COLUMN_COUNT; c++) {
        if (before < scroll - 1) {
            before++;
            continue;
        }
        if (column_rows[c].width >= spare)
            break;
        set[c] = column_rows[c].width;
        spare -= column_rows[c].width + 1;
    }
    spread(set, spare);
    return c;
}

int layout_last_scroll(int width)
{
    int set[COLUMN_COUNT], scroll = 1;

    if (width < COLUMNS_SHORT_BELOW)
        return 0;
    while (scroll < COLUMN_COUNT && choose_from(width, scroll, set) < COLUMN_COUNT)
        scroll++;
    return scroll;
}

/* STATE NAME CODE FOR LAST, as far as they fit beside a name that one can read. */
static void plan_short(struct layout *l, int width)
{
    static const struct {
        enum column column;
        int width;
    } wanted[] = { { COLUMN_CODE, 4 }, { COLUMN_FOR, 4 }, { COLUMN_LAST, 4 } };
    int name = width - 7, x, i;

    l->n = 0;
    for (i = 0; i < 3 && name - wanted[i].width - 1 >= 8; i++)
        name -= wanted[i].width + 1;
    l->at[l->n].column = COLUMN_STATE;
    l->at[l->n].x = 1;
    l->at[l->n++].width = 5;
    l->at[l->n].column = COLUMN_NAME;
    l->at[l->n].x = 7;
    l->at[l->n++].width = name;
    x = 7 + name + 1;
    while (l->n - 2 < i) {
        l->at[l->n].column = wanted[l->n - 2].column;
        l->at[l->n].x = x;
        l->at[l->n].width = wanted[l->n - 2].width;
        x += l->at[l->n++].width + 1;
    }
    l->more_left = l->more_right = false;
    l->reason_x = l->reason_width = l->trend_width = 0;
}

/* The reason takes the columns that give way, from the first on, and what follows while that is too little. */
static void plan_reason(struct layout *l)
{
    int i = 0, end = 0;

    l->reason_width = 0;
    while (i < l->n && !column_rows[l->at[i].column].gives)
        i++;
    if (i == l->n)
        return;
    l->reason_x = l->at[i].x;
    for (; i < l->n && l->at[i].column != COLUMN_FOR; i++) {
        if (!column_rows[l->at[i].column].gives && end - l->reason_x >= REASON_ENOUGH)
            break;
        end = l->at[i].x + l->at[i].width;
    }
    l->reason_width = end - l->reason_x;
}

void layout_plan(struct layout *l, const struct column_choice *choice, int width, int scroll)
{
    int set[COLUMN_COUNT], i, x = 1;

    if (width < COLUMNS_SHORT_BELOW) {
        plan_short(l, width);
        return;
    }
    l->n = 0;
    l->more_left = scroll > 1;
    l->more_right = false;
    l->trend_width = 0;
    if (scroll > 0)
        l->more_right = choose_from(width, scroll, set) < COLUMN_COUNT;
    else
        choose_best(choice, width, set);
    for (i = 0; i < (choice->n && !scroll ? choice->n : COLUMN_COUNT); i++) {
        int c = choice->n && !scroll ? (int)choice->column[i] : i;

        if (!set[c])
            continue;
        l->at[l->n].column = (enum column)c;
        l->at[l->n].x = x;
        l->at[l->n++].width = set[c];
        x += set[c] + 1;
        if (c == COLUMN_TREND)
            l->trend_width = set[c];
    }
    plan_reason(l);
}
