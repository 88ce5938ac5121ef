/* The status page: one HTML document with its style and pictures inside. Pure. */
#include "web/pages.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/duration.h"
#include "colour.h"
#include "escape.h"
#include "model/row_text.h"

static const char style[] =
    ":root{--bg:#fff;--fg:#1b1f24;--dim:#667080;--line:#e3e6ea;--card:#f6f7f9}"
    "@media(prefers-color-scheme:dark){:root{--bg:#101418;--fg:#e6e9ed;--dim:#98a2b0;--line:#2a3038;--card:#181d23}}"
    "*{box-sizing:border-box}body{margin:0 auto;max-width:64rem;padding:1rem;background:var(--bg);color:var(--fg);"
    "font:16px/1.45 system-ui,sans-serif}"
    "header{border-left:.5rem solid var(--c);background:var(--card);padding:1rem;margin-bottom:1rem;border-radius:.3rem}"
    "h1{font-size:1.5rem;margin:0}p{margin:.2rem 0;color:var(--dim)}ul{list-style:none;margin:0;padding:0}"
    "li{display:grid;grid-template-columns:1rem minmax(8rem,1fr) 12rem 5rem 5rem 7rem;gap:.2rem .8rem;align-items:center;"
    "padding:.55rem .3rem;border-bottom:1px solid var(--line)}"
    ".n{overflow-wrap:anywhere;font-weight:600}.s{font-weight:600}.t{color:var(--dim);text-align:right;white-space:nowrap}"
    ".w{grid-column:2/-1;color:var(--dim);font-size:.9rem;overflow-wrap:anywhere}svg{display:block;width:100%;height:1.5rem}"
    "footer{color:var(--dim);font-size:.85rem;margin-top:1rem}"
    "@media(max-width:40rem){li{grid-template-columns:1rem 1fr 7rem}.s{text-align:right}.g{grid-column:2/-1;grid-row:2}.t{display:none}}"
    "@media(min-width:120rem){body{max-width:none;font-size:20px}ul{columns:2;column-gap:3rem}li{break-inside:avoid}}";

/* --- which sites, in which order ---------------------------------------------------------------------------------- */

/* Trouble first. */
static int rank_of(enum state s)
{
    static const int rank[STATE_COUNT] = {
        [STATE_DOWN] = 0,        [STATE_CHECKING] = 1, [STATE_DEGRADED] = 2, [STATE_INCONCLUSIVE] = 3,
        [STATE_MAINTENANCE] = 4, [STATE_UP] = 5,       [STATE_NEW] = 6,      [STATE_PAUSED] = 7,
    };

    return rank[s];
}

/* By trouble, then as in the file. */
static int by_trouble(const void *a, const void *b)
{
    const struct row *x = &(*(const struct snapshot_row *const *)a)->row, *y = &(*(const struct snapshot_row *const *)b)->row;
    int difference = rank_of(state_shown(&x->state)) - rank_of(state_shown(&y->state));

    return difference ? difference : (x->id > y->id) - (x->id < y->id);
}

static const struct snapshot_row **rows_in_order(const struct snapshot *s, size_t *n)
{
    const struct snapshot_row **rows = malloc((s->nrow + 1) * sizeof(const struct snapshot_row *));
    size_t i;

    *n = 0;
    for (i = 0; rows && i < s->nrow; i++)
        if (s->row[i].row.generation)
            rows[(*n)++] = &s->row[i];
    if (rows)
        qsort(rows, *n, sizeof(const struct snapshot_row *), by_trouble);
    return rows;
}

/* --- one site ----------------------------------------------------------------------------------------------------- */

/* The trend: a bar for each slot of time, as high as its slowest check was slow; failures fill the height. */
static void write_trend(struct strbuf *out, const struct snapshot_row *row)
{
    static const enum state as_state[] = {
        [MARK_GOOD] = STATE_UP,
        [MARK_MAINTENANCE] = STATE_MAINTENANCE,
        [MARK_INCONCLUSIVE] = STATE_INCONCLUSIVE,
        [MARK_FAILED] = STATE_DOWN,
    };
    uint32_t most = 1;
    int i;

    for (i = 0; i < TREND_SLOTS; i++)
        if (latency_us(row->worst[i]) > most)
            most = latency_us(row->worst[i]);
    strbuf_addf(out, "<svg class=\"g\" viewBox=\"0 0 %d 24\" preserveAspectRatio=\"none\" aria-hidden=\"true\">", TREND_SLOTS * 5);
    for (i = 0; i < TREND_SLOTS; i++) {
        int height = row->mark[i] == MARK_GOOD ? 4 + (int)(20.0 * latency_us(row->worst[i]) / most) : 24;

        if (row->mark[i] != MARK_NONE)
            strbuf_addf(out, "<rect x=\"%d\" y=\"%d\" width=\"4\" height=\"%d\" fill=\"%s\"/>", i * 5, 24 - height, height,
                        colour_of(as_state[row->mark[i]]));
    }
    strbuf_adds(out, "</svg>");
}

static void write_row(struct strbuf *out, const struct snapshot_row *row, const struct snapshot *s)
{
    const struct row *r = &row->row;
    enum state state = state_shown(&r->state);
    char text[RESULT_MESSAGE_SIZE], took[DURATION_TEXT_SIZE] = "", share[SHARE_TEXT_SIZE], up[SHARE_TEXT_SIZE + 1] = "";

    if (row->p50_us)
        duration_measured(took, row->p50_us * NS_PER_US);
    if (r->figures.up[FIGURES_30D] != SHARE_NONE)
        snprintf(up, sizeof(up), "%s%%", share_format(share, r->figures.up[FIGURES_30D], 2));
    strbuf_addf(out, "<li><svg viewBox=\"0 0 10 10\" aria-hidden=\"true\"><circle cx=\"5\" cy=\"5\" r=\"4\" fill=\"%s\"/></svg>"
                "<span class=\"n\">", colour_of(state));
    escape_html(out, r->site->name);
    strbuf_adds(out, "</span>");
    write_trend(out, row);
    strbuf_addf(out, "<span class=\"t\">%s</span><span class=\"t\">%s</span><span class=\"s\" style=\"color:%s\">%s</span>", up, took,
                colour_of(state), state_name(state));
    if (state != STATE_UP && state != STATE_PAUSED) {
        char since[DURATION_TEXT_SIZE];

        strbuf_addf(out, "<span class=\"w\">for %s: ", duration_glance(since, (s->now_ns - r->since_ns) / NS_PER_MS));
        escape_html(out, row_message(text, r));
        strbuf_adds(out, "</span>");
    }
    strbuf_adds(out, "</li>\n");
}

/* --- the page ----------------------------------------------------------------------------------------------------- */

static void write_header(struct strbuf *out, const struct snapshot *s)
{
    unsigned down = s->counts.state[STATE_DOWN], total = s->counts.total, i;
    const char *before = "";

    strbuf_addf(out, "<header style=\"--c:%s\"><h1>", colour_of(s->health.offline ? STATE_INCONCLUSIVE : down ? STATE_DOWN : STATE_UP));
    if (s->health.offline)
        strbuf_adds(out, "Our own network seems to be gone: nothing is known at the moment");
    else if (down)
        strbuf_addf(out, "%u of %u site%s %s down", down, total, total == 1 ? "" : "s", down == 1 ? "is" : "are");
    else
        strbuf_addf(out, "No site of %u is down", total);
    strbuf_adds(out, "</h1><p>");
    for (i = 0; i < STATE_COUNT; i++)
        if (s->counts.state[i]) {
            strbuf_addf(out, "%s%u %s", before, (unsigned)s->counts.state[i], state_name((enum state)i));
            before = ", ";
        }
    strbuf_adds(out, "</p></header>\n");
}

void status_page(struct strbuf *out, const struct snapshot *s, size_t most)
{
    char stamp[CLOCK_RFC3339_SIZE];
    size_t n, i;
    const struct snapshot_row **rows = rows_in_order(s, &n);

    if (!rows) {
        out->failed = true;
        return;
    }
    strbuf_adds(out, "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
                     "content=\"width=device-width,initial-scale=1\"><meta http-equiv=\"refresh\" content=\"30\"><title>");
    strbuf_addf(out, s->counts.state[STATE_DOWN] ? "%u down" : "status", (unsigned)s->counts.state[STATE_DOWN]);
    strbuf_addf(out, "</title><style>%s</style></head><body>\n", style);
    write_header(out, s);
    strbuf_adds(out, "<ul>\n");
    for (i = 0; i < n && i < most; i++)
        write_row(out, rows[i], s);
    strbuf_adds(out, "</ul>\n");
    if (n > most)
        strbuf_addf(out, "<p>and %zu more sites, in no worse a state</p>\n", n - most);
    strbuf_addf(out, "<footer>As of <time>%s</time>. UptimeSquirrel %s.</footer></body></html>\n", clock_rfc3339(stamp, s->now_ms),
                UPTIME_VERSION);
    free(rows);
}
