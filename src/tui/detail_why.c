/* What is held of a site and why, what it is asked, and the line that repeats it. Pure. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/duration.h"
#include "detail.h"
#include "model/curl_line.h"
#include "words.h"

static void why_text(char *text, size_t size, const struct detail *d)
{
    const struct row *r = detail_row(d);
    char reason[WORDS_REASON_SIZE], took[DURATION_TEXT_SIZE], limit[DURATION_TEXT_SIZE];

    char answer[ROW_DETAIL_SIZE] = "answers";

    duration_measured(took, r->latency_us * NS_PER_US);
    if (r->status)
        snprintf(answer, sizeof(answer), "%d", r->status);
    else if (r->detail[0])
        snprintf(answer, sizeof(answer), "%s", r->detail);
    if (words_has_reason(r))
        snprintf(text, size, "%s", words_reason(reason, r, d->snapshot, INT16_MAX));
    else if (r->state.degraded == DEGRADED_SLOW && r->site->options->slow_above_ms)
        snprintf(text, size, "%s in %s, slow above %s in 3 of the last 5", answer, took,
                 duration_format(limit, r->site->options->slow_above_ms));
    else if (r->state.degraded == DEGRADED_CERTIFICATE)
        snprintf(text, size, "%s in %s, but its certificate ends in %d days", answer, took,
                 certificate_days(r->certificate_until, d->snapshot->now_ms));
    else
        snprintf(text, size, "%s in %s", answer, took);
}

int part_why_lines(const struct detail *d, int width)
{
    char text[WORDS_REASON_SIZE];

    why_text(text, sizeof(text), d);
    return detail_flow_lines(text, width);
}

void part_why_draw(const struct detail *d, struct cells *c)
{
    char text[WORDS_REASON_SIZE];

    why_text(text, sizeof(text), d);
    detail_flow(c, words_state_style(detail_row(d)), text);
}

/* --- since when ------------------------------------------------------------------------------------------------------ */

static void state_text(struct strbuf *out, const struct detail *d)
{
    const struct row *r = detail_row(d);
    const struct snapshot *s = d->snapshot;
    char when[64] = "", age[WORDS_SIZE];
    struct tm tm;

    if (detail_local_time(&tm, s->now_ms - (s->now_ns - r->since_ns) / NS_PER_MS))
        strftime(when, sizeof(when), s->now_ns - r->since_ns < 12 * 3600 * NS_PER_S ? "%H:%M:%S" : "%d %b %H:%M", &tm);
    strbuf_addf(out, "%s since %s (%s)", state_label(state_shown(&r->state), r->state.degraded), when,
                words_age(age, r->since_ns, s->now_ns));
    if (r->checks)
        strbuf_addf(out, ", checked %s ago", words_age(age, r->checked_ns, s->now_ns));
    words_countdown(age, r, s->now_ns);
    if (strcmp(age, "-") != 0)
        strbuf_addf(out, ", next %s%s", strcmp(age, "now") ? "in " : "", age);
    if (r->state.failures)
        strbuf_addf(out, ", %u failure%s in a row", r->state.failures, r->state.failures == 1 ? "" : "s");
    if (r->late)
        strbuf_addf(out, ", %u late", (unsigned)r->late);
}

int part_state_lines(const struct detail *d, int width)
{
    return detail_written_lines(d, width, state_text);
}

void part_state_draw(const struct detail *d, struct cells *c)
{
    detail_written_draw(d, c, state_text);
}

/* --- what is asked --------------------------------------------------------------------------------------------------- */

static void add_list(struct strbuf *out, const char *name, const struct strings *list)
{
    size_t i;

    for (i = 0; i < list->n; i++)
        strbuf_addf(out, "%s%s", i ? " " : name, list->item[i]);
}

/* "HEAD ", "GET in place of HEAD ": what was asked last, and what is next where an answer did not come. */
static const char *method_words(const struct row *r)
{
    const struct options *o = r->site->options;
    const char *class = outcome_class((enum outcome)r->outcome);
    bool no_answer = r->checks && class && (!strcmp(class, "timeout") || !strcmp(class, "protocol"));

    if (!url_is_http(r->site->url))
        return "";
    if (o->method == METHOD_GET || options_want_body(o))
        return "GET ";
    if (no_answer)
        return "HEAD and GET in turn ";
    return r->method == METHOD_GET ? "GET in place of HEAD " : "HEAD ";
}

static void asks_text(struct strbuf *out, const struct detail *d)
{
    const struct options *o = detail_row(d)->site->options;
    char text[STATUS_SET_TEXT_SIZE], length[DURATION_TEXT_SIZE];

    strbuf_addf(out, "%severy %s", method_words(detail_row(d)), duration_format(length, o->interval_ms));
    strbuf_addf(out, ", timeout %s", duration_format(length, o->timeout_ms));
    if (o->retries)
        strbuf_addf(out, ", %d retr%s %s apart", o->retries, o->retries == 1 ? "y" : "ies",
                    duration_format(length, o->retry_interval_ms));
    if (o->expect_status.nrange)
        strbuf_addf(out, ", expects %s", status_set_format(text, &o->expect_status));
    if (o->expect_body)
        strbuf_addf(out, ", body has '%s'", o->expect_body);
    if (o->expect_body_regex)
        strbuf_addf(out, ", body fits /%s/", o->expect_body_regex);
    if (o->reject_body)
        strbuf_addf(out, ", body has no '%s'", o->reject_body);
    add_list(out, ", tags ", &o->tags);
    add_list(out, ", needs ", &o->depends_on);
}

int part_asks_lines(const struct detail *d, int width)
{
    return detail_written_lines(d, width, asks_text);
}

void part_asks_draw(const struct detail *d, struct cells *c)
{
    detail_written_draw(d, c, asks_text);
}

/* --- address, curl --------------------------------------------------------------------------------------------------- */

int part_address_lines(const struct detail *d, int width)
{
    (void)width;
    return detail_row(d)->address[0] != '\0';
}

void part_address_draw(const struct detail *d, struct cells *c)
{
    cells_text(c, 0, 0, c->width, STYLE_PLAIN, detail_row(d)->address);
}

static void repeat_text(struct strbuf *out, const struct detail *d)
{
    curl_line(out, detail_row(d)->site, (enum method)detail_row(d)->method);
}

int part_repeat_lines(const struct detail *d, int width)
{
    return detail_written_lines(d, width, repeat_text);
}

void part_repeat_draw(const struct detail *d, struct cells *c)
{
    detail_written_draw(d, c, repeat_text);
}
