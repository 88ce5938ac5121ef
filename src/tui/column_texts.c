/* What columns say of a site. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/duration.h"
#include "base/text.h"
#include "columns_inside.h"
#include "words.h"

#define UPTIME_POOR 99000            /* a share below is coloured */

static void say(struct said *to, const char *text)
{
    snprintf(to->text, COLUMN_TEXT_SIZE, "%s", text);
}

static void text_state(struct said *to, const struct asked *a)
{
    const struct row *r = &a->row->row;

    if (a->snapshot->unobserved) {
        say(to, "-");
        return;
    }
    say(to, state_label(state_shown(&r->state), (enum degraded)r->state.degraded));
    to->style = words_state_style(r);
}

static void text_name(struct said *to, const struct asked *a)
{
    say(to, a->row->row.site->name);
    if (state_shown(&a->row->row.state) == STATE_PAUSED)
        to->style = STYLE_PAUSE;
}

static void text_tag(struct said *to, const struct asked *a)
{
    const struct strings *tags = &a->row->row.site->options->tags;

    say(to, tags->n ? tags->item[0] : "");
    to->style = STYLE_QUIET;
}

static void text_owner(struct said *to, const struct asked *a)
{
    const char *owner = a->row->row.site->options->owner;

    say(to, owner ? owner : "");
    to->style = STYLE_QUIET;
}

static void text_url(struct said *to, const struct asked *a)
{
    text_mask_url(to->text, COLUMN_TEXT_SIZE, a->row->row.site->url);
    to->style = STYLE_QUIET;
}

static void text_code(struct said *to, const struct asked *a)
{
    words_code(to->text, &a->row->row);
    if (state_shown(&a->row->row.state) == STATE_DOWN)
        to->style = STYLE_REASON;
}

static void text_last(struct said *to, const struct asked *a)
{
    const struct row *r = &a->row->row;
    bool good = r->checks && r->outcome == OUTCOME_OK && state_shown(&r->state) != STATE_PAUSED;

    words_latency(to->text, good ? r->latency_us : 0, a->width);
    if (words_is_old(r, a->snapshot->now_ns))
        say(to, "old");
    else if (state_shown(&r->state) == STATE_DEGRADED && r->state.degraded == DEGRADED_SLOW)
        to->style = STYLE_SLOW;
}

static void text_p50(struct said *to, const struct asked *a)
{
    words_latency(to->text, a->row->p50_us, a->width);
}

static void text_p95(struct said *to, const struct asked *a)
{
    words_latency(to->text, a->row->p95_us, a->width);
}

static void text_p99(struct said *to, const struct asked *a)
{
    words_latency(to->text, a->row->p99_us, a->width);
}

static void text_uptime(struct said *to, const struct asked *a, enum figures_window w)
{
    const struct figures *f = &a->row->row.figures;

    words_uptime(to->text, f->up[w], f->seen[w]);
    if (f->up[w] != SHARE_NONE && f->up[w] < UPTIME_POOR)
        to->style = STYLE_WARN;
}

static void text_up24h(struct said *to, const struct asked *a)
{
    text_uptime(to, a, FIGURES_24H);
}

static void text_up7d(struct said *to, const struct asked *a)
{
    text_uptime(to, a, FIGURES_7D);
}

static void text_up30d(struct said *to, const struct asked *a)
{
    text_uptime(to, a, FIGURES_30D);
}

static void text_unknown(struct said *to, const struct asked *a)
{
    (void)a;
    say(to, "-");
}

static void text_cert(struct said *to, const struct asked *a)
{
    const struct row *r = &a->row->row;

    words_certificate(to->text, r, a->snapshot->now_ms);
    if (!strcmp(to->text, "EXP"))
        to->style = STYLE_DOWN;
    else if (r->certificate_until != CERTIFICATE_UNKNOWN &&
             words_certificate_left_ms(r, a->snapshot->now_ms) < r->site->options->certificate_warning_ms)
        to->style = STYLE_WARN;
}

static void text_next(struct said *to, const struct asked *a)
{
    words_countdown_calm(to->text, &a->row->row, a->snapshot->now_ns);
    to->style = STYLE_QUIET;
}

static void text_every(struct said *to, const struct asked *a)
{
    duration_format(to->text, a->row->row.site->options->interval_ms);
    if ((int)strlen(to->text) > a->width)
        duration_glance(to->text, a->row->row.site->options->interval_ms);
    to->style = STYLE_QUIET;
}

static void text_age(struct said *to, const struct asked *a)
{
    words_age(to->text, a->row->row.since_ns, a->snapshot->now_ns);
}

column_text_fn *const column_texts[COLUMN_COUNT] = {
#define COLUMN(id, title, width, rank, lie, gives, key, text) text_##text,
#include "columns.def"
#undef COLUMN
};
