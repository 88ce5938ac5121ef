/* Our own words about one notice: a row for each kind, whose phrases are templates like those of uptime.cfg. Pure. */
#include "phrases.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

/* What is said of a kind. The names are those of config/message_fields.def; what a kind can not know is not named. */
static const struct phrases {
    const char *title, *sentence, *brief;
    enum letter_priority priority;
    enum letter_tone tone;
} rows[NOTICE_KINDS] = {
    [NOTICE_DOWN] = { "[DOWN] {site}", "{site} is DOWN: {cause}", "DOWN {site}: {cause}", LETTER_HIGH, LETTER_BAD },
    [NOTICE_UP] = { "[UP] {site} after {duration}", "{site} is UP again after {duration}", "UP {site} after {duration}",
                    LETTER_LOW, LETTER_GOOD },
    [NOTICE_REMINDER] = { "[DOWN] {site} for {duration}", "{site} is still DOWN, for {duration}: {cause}",
                          "DOWN {site} for {duration}: {cause}", LETTER_HIGH, LETTER_BAD },
    [NOTICE_PARENT_BACK] = { "[DOWN] {site}, though {parent} is back",
                             "{parent} is back, but {site} is DOWN: {cause}",
                             "DOWN {site}, though {parent} is back: {cause}", LETTER_HIGH, LETTER_BAD },
    [NOTICE_DEGRADED] = { "[SLOW] {site}", "{site} is degraded: {cause}", "SLOW {site}: {cause}", LETTER_NORMAL,
                          LETTER_WARNING },
    [NOTICE_FINE] = { "[UP] {site} is fine again", "{site} is no longer degraded, after {duration}",
                      "UP {site}, no longer degraded", LETTER_LOW, LETTER_GOOD },
    [NOTICE_FLAPPING] = { "[FLAP] {site} went up and down {count} times",
                          "{site} went up and down {count} times: quiet until it has settled",
                          "FLAP {site} went up and down {count} times", LETTER_NORMAL, LETTER_WARNING },
    [NOTICE_SETTLED] = { "[{state}] {site} has settled", "{site} has settled and is {state}",
                         "{state} {site} has settled", LETTER_LOW, LETTER_GOOD },
    [NOTICE_OURS] = { "[MONITOR] nothing could be checked for {duration}",
                      "We could not check for {duration}: the fault was ours. Sites concerned: {count}",
                      "MONITOR could not check for {duration}, the fault was ours. Sites concerned: {count}",
                      LETTER_NORMAL, LETTER_WARNING },
    [NOTICE_TEST] = { "[TEST] UptimeSquirrel reaches {owner}",
                      "This is a test: somebody tries out how {owner} is told", "TEST of UptimeSquirrel for {owner}",
                      LETTER_NORMAL, LETTER_PLAIN },
};

static const char *value_of(void *context, int field)
{
    return facts_field(context, (enum message_field)field);
}

/* A cause nobody knows takes its ": " along. */
static void fill(struct strbuf *out, const char *phrase, const struct facts *f)
{
    size_t begun = out->length, dangling;

    template_fill(out, TEMPLATE_MESSAGE, phrase, value_of, (void *)f);
    dangling = out->length - begun >= 2 && !strcmp(out->text + out->length - 2, ": ") ? 2 : 0;
    strbuf_splice(out, out->length - dangling, dangling, "", 0);
}

/* --- certificates ----------------------------------------------------------------------------------------------- */

static void add_days(struct strbuf *out, int days)
{
    int n = abs(days);

    if (days > 0)
        strbuf_addf(out, "ends in %d day%s", n, n == 1 ? "" : "s");
    else if (days == 0)
        strbuf_adds(out, "ends within a day");
    else
        strbuf_addf(out, "ended %d day%s ago", n, n == 1 ? "" : "s");
}

static void add_certificate(struct strbuf *out, const char *begin, const char *middle, const struct notice *n)
{
    strbuf_addf(out, "%s%s%s", begin, n->site, middle);
    add_days(out, n->certificate_days);
}

/* --- forms ------------------------------------------------------------------------------------------------------ */

void phrase_title(struct strbuf *out, const struct facts *f)
{
    if (f->notice->kind == NOTICE_CERTIFICATE)
        add_certificate(out, "[CERT] ", ": certificate ", f->notice);
    else
        fill(out, rows[f->notice->kind].title, f);
}

void phrase_sentence(struct strbuf *out, const struct facts *f)
{
    if (f->notice->kind == NOTICE_CERTIFICATE)
        add_certificate(out, "The certificate of ", " ", f->notice);
    else
        fill(out, rows[f->notice->kind].sentence, f);
}

/* "13:41 CET" */
static const char *clock_part(const char *moment)
{
    const char *blank = strchr(moment, ' ');

    return blank ? blank + 1 : moment;
}

void phrase_brief(struct strbuf *out, const struct facts *f)
{
    const struct notice *n = f->notice;

    if (n->kind == NOTICE_CERTIFICATE)
        add_certificate(out, "CERT ", ": ", n);
    else
        fill(out, rows[n->kind].brief, f);
    if (n->kind == NOTICE_DOWN && *f->since)
        strbuf_addf(out, ", since %s", clock_part(f->since));
    if (n->kind == NOTICE_CERTIFICATE && *f->certificate)
        strbuf_addf(out, ", %s", f->certificate);
    if (*n->why_now)
        strbuf_addf(out, " (%s)", n->why_now);
}

static void add_line(struct strbuf *out, const char *before, const char *text)
{
    if (*text)
        strbuf_addf(out, "%s%s%s", out->length ? "\n" : "", before, text);
}

void phrase_push(struct strbuf *out, const struct facts *f)
{
    struct strbuf body = STRBUF_INIT;
    const struct notice *n = f->notice;
    bool about_failure = n->state == STATE_DOWN || n->state == STATE_DEGRADED;

    if (about_failure && *n->cause && n->kind != NOTICE_CERTIFICATE)
        add_line(&body, "", n->cause);
    else
        phrase_sentence(&body, f);
    if (n->kind == NOTICE_CERTIFICATE)
        add_line(&body, "on ", f->certificate);
    else
        add_line(&body, "since ", f->since);
    add_line(&body, "until ", f->until);
    if (n->kind == NOTICE_UP)
        add_line(&body, "was: ", n->cause);
    add_line(&body, "", n->why_now);
    add_line(&body, "", n->url);
    out->failed |= body.failed;
    strbuf_add(out, body.text, body.length);
    strbuf_release(&body);
}

/* What stands below the sentence, one line each, where it is known. */
static const struct {
    const char *label;
    enum message_field field;
} lines[] = {
    { "why now", MESSAGE_WHY_NOW },   { "site", MESSAGE_SITE },       { "url", MESSAGE_URL },
    { "host", MESSAGE_HOST },         { "address", MESSAGE_ADDRESS }, { "cause", MESSAGE_CAUSE },
    { "code", MESSAGE_CODE },         { "since", MESSAGE_SINCE },     { "until", MESSAGE_UNTIL },
    { "duration", MESSAGE_DURATION }, { "failures", MESSAGE_ATTEMPTS }, { "certificate", MESSAGE_CERTIFICATE },
    { "tags", MESSAGE_TAGS },         { "taken by", MESSAGE_ACK_BY }, { "note", MESSAGE_ACK_NOTE },
    { "owner", MESSAGE_OWNER },       { "incident", MESSAGE_INCIDENT }, { "at", MESSAGE_AT },
};

void phrase_text(struct strbuf *out, const struct facts *f)
{
    size_t i;

    phrase_sentence(out, f);
    strbuf_adds(out, "\n\n");
    for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        const char *value = facts_field(f, lines[i].field);

        if (*value)
            strbuf_addf(out, "%-12s %s\n", lines[i].label, value);
    }
    if (*f->notice->repeat)
        strbuf_addf(out, "\nTo see for yourself:\n\n    %s\n", f->notice->repeat);
}

enum letter_priority phrase_priority(const struct notice *n)
{
    return n->kind == NOTICE_SETTLED && n->state == STATE_DOWN ? LETTER_HIGH
           : n->kind == NOTICE_CERTIFICATE                     ? LETTER_NORMAL
                                                               : rows[n->kind].priority;
}

enum letter_tone phrase_tone(const struct notice *n)
{
    return n->kind == NOTICE_SETTLED && n->state == STATE_DOWN ? LETTER_BAD
           : n->kind == NOTICE_CERTIFICATE                     ? LETTER_WARNING
                                                               : rows[n->kind].tone;
}
