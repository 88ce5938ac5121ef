/* The past of one site, in a few hundred bytes. Pure but for memory; one thread at a time. */
#include "model/past.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "model/samples.h"

static const struct {
    const char *name;
    int64_t ms;
} windows[FIGURES_WINDOWS] = {
    { "24h", MS_PER_DAY }, { "7d", 7 * MS_PER_DAY }, { "30d", 30 * MS_PER_DAY }, { "90d", 90 * MS_PER_DAY },
};

const char *figures_window_name(enum figures_window w)
{
    return windows[w].name;
}

int64_t figures_window_ms(enum figures_window w)
{
    return windows[w].ms;
}

/* --- how long results took ---------------------------------------------------------------------------------------- */

static void part_release(struct packed_part *part)
{
    free(part->bytes);
    *part = (struct packed_part){ 0 };
}

static enum err part_set(struct packed_part *part, const struct histogram *h)
{
    struct strbuf packed = STRBUF_INIT;
    char *bytes = NULL;

    histogram_pack(h, HISTOGRAM_FINE, &packed);
    if (!packed.failed && packed.length)
        bytes = malloc(packed.length); /* no byte more: there may be a hundred thousand */
    if (packed.failed || (packed.length && !bytes)) {
        strbuf_release(&packed);
        return ERR_NOMEM;
    }
    if (bytes)
        memcpy(bytes, packed.text, packed.length);
    part_release(part);
    part->bytes = bytes;
    part->length = (uint32_t)packed.length;
    strbuf_release(&packed);
    return ERR_OK;
}

static void add_fresh(struct histogram *h, const struct past *p)
{
    int i;

    for (i = 0; i < p->nfresh; i++)
        histogram_add(h, latency_us(p->fresh[i]));
}

static enum err fold_fresh(struct past *p)
{
    struct histogram h = HISTOGRAM_INIT;

    histogram_unpack(&h, p->hour.bytes, p->hour.length);
    add_fresh(&h, p);
    p->nfresh = 0;
    return part_set(&p->hour, &h);
}

/* Another hour has begun: the one before joins the day. */
static enum err turn_hour(struct past *p, int32_t hour_number)
{
    struct histogram h = HISTOGRAM_INIT;

    p->hour_number = hour_number;
    if (!p->nfresh && !p->hour.length)
        return ERR_OK;
    p->day_number = hour_number;
    histogram_unpack(&h, p->day.bytes, p->day.length);
    histogram_unpack(&h, p->hour.bytes, p->hour.length);
    add_fresh(&h, p);
    p->nfresh = 0;
    part_release(&p->hour);
    return part_set(&p->day, &h);
}

enum err past_took(struct past *p, int64_t at_ms, uint32_t took_us)
{
    int32_t hour_number = (int32_t)(at_ms / MS_PER_H);
    enum err err = hour_number > p->hour_number ? turn_hour(p, hour_number) : ERR_OK;

    if (!err && p->nfresh == PAST_FRESH)
        err = fold_fresh(p);
    if (!err)
        p->fresh[p->nfresh++] = latency_code(took_us);
    return err;
}

void past_take_day(struct past *p, char *bytes, uint32_t length, int64_t hour_number)
{
    if (p->hour_number < hour_number) {
        p->nfresh = 0; /* it is among them */
        part_release(&p->hour);
        p->hour_number = (int32_t)hour_number;
    }
    part_release(&p->day);
    p->day_number = (int32_t)hour_number;
    p->day.bytes = bytes;
    p->day.length = length;
}

enum err past_join_hour(struct past *p, const char *bytes, uint32_t length, int64_t hour_number)
{
    struct packed_part *part = p->hour_number > hour_number ? &p->day : &p->hour;
    struct histogram h = HISTOGRAM_INIT;

    if (p->hour_number < hour_number)
        p->hour_number = (int32_t)hour_number;
    histogram_unpack(&h, part->bytes, part->length);
    histogram_unpack(&h, bytes, length);
    return part_set(part, &h);
}

/* --- its course --------------------------------------------------------------------------------------------------- */

enum err past_see(struct past *p, int64_t at_ms, int state)
{
    return course_see(&p->course, at_ms, state);
}

enum err past_join_course(struct past *p, struct course *before)
{
    enum err err = course_append(before, &p->course);

    if (err)
        return err;
    course_release(&p->course);
    p->course = *before;
    *before = (struct course)COURSE_INIT;
    return ERR_OK;
}

void past_release(struct past *p)
{
    course_release(&p->course);
    part_release(&p->day);
    part_release(&p->hour);
}

/* --- what is told ------------------------------------------------------------------------------------------------- */

static void figure_uptime(const struct past *p, int64_t now_ms, struct figures *f)
{
    int w;

    for (w = 0; w < FIGURES_WINDOWS; w++) {
        struct uptime u = UPTIME_INIT;

        course_uptime(&p->course, now_ms - windows[w].ms, now_ms, &u);
        f->up[w] = uptime_share(&u);
        f->seen[w] = uptime_seen(&u);
    }
}

static void figure_latency(const struct past *p, int64_t now_ms, struct figures *f)
{
    static const int permille[] = { 500, 950, 990 };
    const int64_t yesterday = now_ms / MS_PER_H - 24;
    struct histogram h = HISTOGRAM_INIT;
    uint32_t us[3];

    if (p->day_number > yesterday)
        histogram_unpack(&h, p->day.bytes, p->day.length);
    if (p->hour_number >= yesterday) {
        histogram_unpack(&h, p->hour.bytes, p->hour.length);
        add_fresh(&h, p);
    }
    histogram_quantiles(&h, permille, us, 3);
    f->p50_us = us[0];
    f->p95_us = us[1];
    f->p99_us = us[2];
}

void past_figures(struct past *p, int64_t now_ms, struct figures *f)
{
    course_forget(&p->course, now_ms - windows[FIGURES_90D].ms);
    figure_uptime(p, now_ms, f);
    figure_latency(p, now_ms, f);
}
