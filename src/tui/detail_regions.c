/* What each region found last. Pure. */
#include <stdio.h>

#include "base/clock.h"
#include "base/duration.h"
#include "detail.h"

int part_regions_lines(const struct detail *d, int width)
{
    (void)width;
    return d->nregion;
}

void part_regions_draw(const struct detail *d, struct cells *c)
{
    char took[DURATION_TEXT_SIZE], text[160], code[8];
    int i;

    for (i = 0; i < d->nregion && i < c->height; i++) {
        const struct region_result *r = &d->region[i];
        const char *tag = outcome_tag((enum outcome)r->outcome);

        snprintf(code, sizeof(code), "%u", r->status);
        snprintf(text, sizeof(text), "%-*s %-4s %8s  %s", REGION_NAME_SIZE - 1, r->name, tag ? tag : code,
                 r->latency_us ? duration_measured(took, r->latency_us * NS_PER_US) : "-",
                 r->outcome == OUTCOME_OK ? "" : outcome_sentence((enum outcome)r->outcome));
        cells_text(c, i, 0, c->width, r->outcome == OUTCOME_OK ? STYLE_PLAIN : STYLE_REASON, text);
    }
}
