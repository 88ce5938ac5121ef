/* How many checks are due in each second to come, kept up row by row. Pure. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app.h"
#include "base/clock.h"
#include "chart.h"
#include "pane.h"

#define SECONDS 256                  /* of which a screen shows as many as it has columns */

/* A check due in second n counts in second n % SECONDS, if it is within reach. */
struct strip {
    int64_t *second;                 /* by site id; -1: not counted */
    size_t nsite;
    uint32_t count[SECONDS];
    int64_t now;                     /* the second of the last snapshot */
};

static bool make_room(struct strip *s, size_t n)
{
    size_t size = n + n / 2 + 64, i;
    int64_t *more;

    if (n <= s->nsite)
        return true;
    more = realloc(s->second, size * sizeof(*more));
    if (!more)
        return false;
    for (i = s->nsite; i < size; i++)
        more[i] = -1;
    s->second = more;
    s->nsite = size;
    return true;
}

static void count_site(struct strip *s, const struct row *r, uint32_t id)
{
    int64_t at = r->due_ns / NS_PER_S;
    bool counts = r->generation && r->due_ns != INT64_MAX && !r->state.paused && !r->in_flight && at < s->now + SECONDS;

    if (s->second[id] >= 0)
        s->count[s->second[id] % SECONDS]--;
    if (at < s->now)
        at = s->now;
    s->second[id] = counts ? at : -1;
    if (counts)
        s->count[at % SECONDS]++;
}

static void take(struct app *a, const struct snapshot *snapshot)
{
    struct strip *s = a->pane[PANE_NEXT].own;
    size_t i;

    if (!s)
        s = a->pane[PANE_NEXT].own = calloc(1, sizeof(*s));
    if (!s || !make_room(s, snapshot->nrow))
        return;
    s->now = snapshot->now_ns / NS_PER_S;
    for (i = 0; i < snapshot->nchanged; i++)
        count_site(s, &snapshot->row[snapshot->changed[i]].row, snapshot->changed[i]);
}

static void release(struct app *a)
{
    struct strip *s = a->pane[PANE_NEXT].own;

    if (s)
        free(s->second);
    free(s);
}

static int draw(struct app *a, struct cells *c, int top)
{
    static const char *const blocks[] = { "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
    const struct strip *s = a->pane[PANE_NEXT].own;
    int seconds = c->width - 9, i, y = c->height > 2 ? 1 : 0;
    uint32_t most = 1;
    char text[32];

    (void)top;
    if (!s || seconds < 1)
        return 1;
    seconds = seconds < 60 ? seconds : seconds < 120 ? 60 : 120;
    for (i = 0; i < seconds; i++)
        most = s->count[(s->now + i) % SECONDS] > most ? s->count[(s->now + i) % SECONDS] : most;
    cells_text(c, y, 0, 4, STYLE_LABEL, "now");
    cells_fill(c, y, 4, seconds, STYLE_TREND); /* one style for all of it: it moves every second */
    for (i = 0; i < seconds; i++) {
        uint32_t n = s->count[(s->now + i) % SECONDS];

        if (n)
            cells_text(c, y, 4 + i, 1, STYLE_TREND, c->utf8 ? blocks[(n * 8 - 1) / most] : n * 2 > most ? "#" : "-");
    }
    snprintf(text, sizeof(text), "+%ds", seconds);
    cells_text(c, y, 4 + seconds, 5, STYLE_LABEL, text);
    if (c->height > 1) {
        char line[96];

        snprintf(line, sizeof(line), "at most %u in a second", (unsigned)most);
        cells_text(c, y + 1, 4, c->width - 4, STYLE_QUIET, line);
    }
    return 2;
}

const struct pane_ops pane_next = {
    .take = take,
    .release = release,
    .draw = draw,
};
