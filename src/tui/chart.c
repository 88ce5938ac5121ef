/* Columns and bars of cells. Pure. */
#include "chart.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/duration.h"
#include "base/text.h"

#define SCALE_WIDTH 8                /* "10.2 s |" */
#define DOTS 4                       /* levels in a cell of braille */
#define ASCII_LEVELS 2

/* The dots of a braille cell that a column of n dots from below lights up: left column, right column. */
static const uint8_t dots[2][DOTS + 1] = { { 0, 0x40, 0x44, 0x46, 0x47 }, { 0, 0x80, 0xa0, 0xb0, 0xb8 } };

size_t chart_room(const struct cells *c, int width)
{
    int columns = width - SCALE_WIDTH;

    return columns < 1 ? 0 : (size_t)columns * (c->utf8 ? 2 : 1);
}

static uint32_t largest(const uint32_t *us, size_t n)
{
    uint32_t most = 0;
    size_t i;

    for (i = 0; i < n; i++)
        if (us[i] != CHART_FAILED && us[i] > most)
            most = us[i];
    return most;
}

/* The end of the scale: 1, 1.5, 2, 3, 5 or 7 times a power of ten, so that it does not move with each check. */
static uint64_t round_up(uint32_t us)
{
    static const unsigned steps[] = { 10, 15, 20, 30, 50, 70, 100 };
    uint64_t power = 100;
    int i = 0;

    while (power * 10 < us)
        power *= 10;
    while (power * steps[i] / 10 < us)
        i++;
    return power * steps[i] / 10;
}

/* How high a value stands, in levels of `rows` cells of `each`; a good one is never nothing. */
static int level_of(uint32_t us, uint64_t top, int rows, int each)
{
    uint64_t all = (uint64_t)rows * (uint64_t)each, level;

    if (us == CHART_GAP || us == CHART_FAILED)
        return 0;
    level = (us * all + top / 2) / top;
    return level < 1 ? 1 : level > all ? (int)all : (int)level;
}

static int part_in(int level, int row_from_below, int each)
{
    int rest = level - row_from_below * each;

    return rest < 0 ? 0 : rest > each ? each : rest;
}

static void draw_braille(struct cells *c, int x, const uint32_t pair[2], uint64_t top)
{
    bool failed = pair[0] == CHART_FAILED || pair[1] == CHART_FAILED;
    int row;

    for (row = 0; row < c->height; row++) {
        uint32_t point = 0x2800;
        char bytes[5] = "";
        int i;

        for (i = 0; i < 2; i++)
            point |= dots[i][part_in(level_of(pair[i], top, c->height, DOTS), row, DOTS)];
        if (failed && row == 0)
            cells_text(c, c->height - 1, x, 1, STYLE_TREND_FAIL, "×");
        else if (point != 0x2800) {
            bytes[text_encode(point, bytes)] = '\0';
            cells_text(c, c->height - 1 - row, x, 1, STYLE_TREND, bytes);
        }
    }
}

static void draw_ascii(struct cells *c, int x, uint32_t us, uint64_t top)
{
    static const char *const marks[ASCII_LEVELS + 1] = { " ", ".", "|" };
    int level = level_of(us, top, c->height, ASCII_LEVELS), row;

    if (us == CHART_FAILED) {
        cells_text(c, c->height - 1, x, 1, STYLE_TREND_FAIL, "X");
        return;
    }
    for (row = 0; row < c->height; row++)
        cells_text(c, c->height - 1 - row, x, 1, STYLE_TREND, marks[part_in(level, row, ASCII_LEVELS)]);
}

static void draw_scale(struct cells *c, uint64_t top)
{
    char text[DURATION_TEXT_SIZE];
    int y;

    for (y = 0; y < c->height; y++)
        cells_text(c, y, SCALE_WIDTH - 1, 1, STYLE_RULE, c->utf8 ? "┤" : "|");
    cells_field(c, 0, 0, SCALE_WIDTH - 1, STYLE_QUIET, LIE_RIGHT, duration_measured(text, (int64_t)top * NS_PER_US));
    if (c->height > 1)
        cells_field(c, c->height - 1, 0, SCALE_WIDTH - 1, STYLE_QUIET, LIE_RIGHT, "0");
}

void chart_draw(struct cells *c, const uint32_t *us, size_t n)
{
    struct cells columns = cells_part(c, 0, SCALE_WIDTH, c->height, c->width - SCALE_WIDTH);
    size_t room = chart_room(c, c->width), i;
    uint64_t top;

    if (!room || !c->height)
        return;
    if (n > room) {
        us += n - room;
        n = room;
    }
    top = round_up(largest(us, n));
    draw_scale(c, top);
    for (i = 0; i < n; i += c->utf8 ? 2 : 1) {
        uint32_t pair[2] = { us[i], i + 1 < n ? us[i + 1] : CHART_GAP };

        if (c->utf8)
            draw_braille(&columns, (int)i / 2, pair, top);
        else
            draw_ascii(&columns, (int)i, us[i], top);
    }
}

void chart_bar(struct cells *c, int y, int x, int width, double from, double until, enum style style)
{
    int first = (int)(from * width), last = (int)(until * width + 0.5), i;

    if (first >= width)
        first = width - 1;
    if (last <= first)               /* what is there is seen, however short */
        last = first + 1;
    for (i = first; i < last && i < width; i++)
        cells_text(c, y, x + i, 1, style, c->utf8 ? "━" : "=");
}
