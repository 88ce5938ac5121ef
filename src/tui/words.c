/* What is said of a site in a few columns: codes, ages, latencies, and the sentence of a site in trouble. Pure. */
#include "words.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/duration.h"

const char *words_code(char text[WORDS_SIZE], const struct row *r)
{
    const char *tag = outcome_tag((enum outcome)r->outcome);

    if (!r->checks || state_shown(&r->state) == STATE_PAUSED)
        tag = "-";
    if (tag)
        snprintf(text, WORDS_SIZE, "%s", tag);
    else if (!r->status && url_is_http(r->site->url))
        snprintf(text, WORDS_SIZE, "-");
    else if (!r->status)
        url_code(text, r->site->url);
    else
        snprintf(text, WORDS_SIZE, "%d", r->status);
    return text;
}

const char *words_latency(char text[WORDS_SIZE], uint32_t us, int width)
{
    if (!us)
        snprintf(text, WORDS_SIZE, "-");
    else if (us < 1000)
        snprintf(text, WORDS_SIZE, "%.1f", us / 1e3 < 0.1 ? 0.1 : us / 1e3);
    else if (us < 999500)
        snprintf(text, WORDS_SIZE, "%.0f", us / 1e3);
    else
        snprintf(text, WORDS_SIZE, "%.1fs", us / 1e6);
    if ((int)strlen(text) > width)
        snprintf(text, WORDS_SIZE, "%.0fs", us / 1e6);
    return text;
}

const char *words_uptime(char text[WORDS_SIZE], int32_t up, int32_t seen)
{
    const int32_t well_seen = SHARE_ALL / 10 * 9, nearly_all = SHARE_ALL - 10; /* 99.99 % */
    char share[SHARE_TEXT_SIZE];
    bool partly = up != SHARE_NONE && seen < well_seen;
    int decimals = up == SHARE_ALL ? 1 : up >= nearly_all && !partly ? 3 : 2;

    snprintf(text, WORDS_SIZE, "%s%s", share_format(share, up, decimals), partly ? "*" : "");
    return text;
}

const char *words_age(char text[WORDS_SIZE], int64_t then_ns, int64_t now_ns)
{
    return duration_glance(text, (now_ns - then_ns) / NS_PER_MS);
}

const char *words_until(char text[WORDS_SIZE], int64_t due_ns, int64_t now_ns)
{
    int64_t s = due_ns > now_ns ? (due_ns - now_ns + NS_PER_S - 1) / NS_PER_S : 0;

    if (s < 6000)
        snprintf(text, WORDS_SIZE, "%d:%02d", (int)(s / 60), (int)(s % 60));
    else
        duration_glance(text, s * MS_PER_S);
    return text;
}

const char *words_countdown(char text[WORDS_SIZE], const struct row *r, int64_t now_ns)
{
    if (r->in_flight)
        snprintf(text, WORDS_SIZE, "now");
    else if (r->due_ns == INT64_MAX || state_shown(&r->state) == STATE_PAUSED)
        snprintf(text, WORDS_SIZE, "-");
    else
        words_until(text, r->due_ns, now_ns);
    return text;
}

const char *words_countdown_calm(char text[WORDS_SIZE], const struct row *r, int64_t now_ns)
{
    const int64_t step_ns = 5 * NS_PER_S;
    int64_t left_ns = r->due_ns == INT64_MAX ? 0 : r->due_ns - now_ns;

    if (left_ns > 2 * step_ns)
        now_ns -= (step_ns - left_ns % step_ns) % step_ns;
    return words_countdown(text, r, now_ns);
}

int64_t words_certificate_left_ms(const struct row *r, int64_t now_ms)
{
    const int64_t most = INT64_C(10000) * 366 * MS_PER_DAY;
    int64_t left_s;

    if (__builtin_sub_overflow(r->certificate_until, now_ms / MS_PER_S, &left_s) ||
        left_s > most / MS_PER_S || left_s < -most / MS_PER_S)
        return r->certificate_until < 0 ? -most : most;
    return left_s * MS_PER_S;
}

const char *words_certificate(char text[WORDS_SIZE], const struct row *r, int64_t now_ms)
{
    if (r->certificate_until == CERTIFICATE_UNKNOWN)
        snprintf(text, WORDS_SIZE, "-");
    else if (words_certificate_left_ms(r, now_ms) <= 0)
        snprintf(text, WORDS_SIZE, "EXP");
    else
        snprintf(text, WORDS_SIZE, "%d", certificate_days(r->certificate_until, now_ms));
    return text;
}

bool words_is_old(const struct row *r, int64_t now_ns)
{
    const struct options *o = r->site->options;

    if (!r->checks || r->state.paused)
        return false;
    return now_ns - r->checked_ns > (2 * o->interval_ms + o->timeout_ms) * NS_PER_MS;
}

/* --- the reason ------------------------------------------------------------------------------------------------- */

bool words_has_reason(const struct row *r)
{
    enum state s = state_shown(&r->state);

    return s != STATE_UP && s != STATE_DEGRADED;
}

/* " (tcp+tls ok)": how far a check came that ran out of time. */
static void add_phases(char *text, size_t size, const struct row *r)
{
    static const char *const short_names[PHASE_FIRST_BYTE] = { NULL, "tcp", "tls" };
    size_t used = strlen(text);
    const char *before = " (";
    int i;

    for (i = 0; i < PHASE_FIRST_BYTE && used < size; i++)
        if (short_names[i] && r->phase_us[i] != UINT32_MAX) {
            used += (size_t)snprintf(text + used, size - used, "%s%s", before, short_names[i]);
            before = "+";
        }
    if (*before == '+' && used < size)
        snprintf(text + used, size - used, " ok)");
}

static const char *after(const char *text, const char *start)
{
    size_t length = strlen(start);

    return strncmp(text, start, length) ? text : text + length;
}

/* How much a sentence may say; the largest that fits is taken. */
enum room { ROOM_LARGE, ROOM_MEDIUM, ROOM_SMALL, ROOM_COUNT };

/* What went wrong, as short as can be; with how far it came, where there is room. */
static void failure(char *text, size_t size, const struct row *r, int64_t now_ms, enum room room)
{
    enum outcome o = (enum outcome)r->outcome;
    const char *class = outcome_class(o);
    const char *sentence = outcome_sentence(o);
    char number[WORDS_SIZE];

    if (o == OUTCOME_STATUS)
        snprintf(text, size, "HTTP %d%s%s", r->status, r->detail[0] ? " " : "", r->detail);
    else if (o == OUTCOME_TLS_EXPIRED && r->certificate_until != CERTIFICATE_UNKNOWN)
        snprintf(text, size, "%s %s ago", sentence,
                 duration_glance(number, -words_certificate_left_ms(r, now_ms)));
    else if (class && !strcmp(class, "timeout")) {
        snprintf(text, size, "%s in %.1fs", after(sentence, "connected, but "), r->latency_us / 1e6);
        if (room == ROOM_LARGE)
            add_phases(text, size, r);
    } else
        snprintf(text, size, "%s%s%s", sentence, r->detail[0] ? ": " : "", r->detail);
}

/* The number of the retry is never what is cut off: it comes first where there is little room. */
static void checking(char *text, size_t size, const struct row *r, int64_t now_ms, enum room room)
{
    int retries = r->site->options->retries;
    char retry[48] = "or is it our network?"; /* its end is held back: model/network.h */
    size_t used = 0;

    if (r->state.failures <= retries)
        snprintf(retry, sizeof(retry), "retry %d of %d", r->state.failures, retries);
    if (room == ROOM_SMALL)
        used = (size_t)snprintf(text, size, "%s: ", retry);
    failure(text + used, size - used, r, now_ms, room);
    used = strlen(text);
    if (room != ROOM_SMALL)
        snprintf(text + used, size - used, " - %s", retry);
}

static void not_checked_yet(char *text, size_t size, const struct row *r, const struct snapshot *s)
{
    char number[WORDS_SIZE];

    if (s->unobserved)
        snprintf(text, size, "nobody watched: the monitor did not run");
    else if (r->in_flight)
        snprintf(text, size, "first check is under way");
    else if (r->due_ns == INT64_MAX)
        snprintf(text, size, "not checked yet");
    else
        snprintf(text, size, "first check in %s", words_until(number, r->due_ns, s->now_ns));
}

static void paused(char *text, size_t size, const struct row *r, const struct snapshot *s)
{
    char number[WORDS_SIZE];

    if (s->past)
        snprintf(text, size, "paused");
    else if (r->due_ns != INT64_MAX)
        snprintf(text, size, "paused for another %s", words_until(number, r->due_ns, s->now_ns));
    else
        snprintf(text, size, "%s", r->site->options->paused ? "paused in the file" : "paused until resumed");
}

static void sentence_of(char *text, size_t size, const struct row *r, const struct snapshot *s, enum room room)
{
    enum state shown = state_shown(&r->state);
    bool failing = r->outcome != OUTCOME_OK && r->checks;
    size_t used;

    if (s->past && !failing && (shown == STATE_CHECKING || shown == STATE_DOWN || shown == STATE_INCONCLUSIVE)) {
        snprintf(text, size, "-");   /* what it met then is not kept */
        return;
    }
    switch (shown) {
    case STATE_NEW:
        not_checked_yet(text, size, r, s);
        break;
    case STATE_CHECKING:
        checking(text, size, r, s->now_ms, room);
        break;
    case STATE_PAUSED:
        paused(text, size, r, s);
        break;
    case STATE_MAINTENANCE:
        used = (size_t)snprintf(text, size, "maintenance, still checked%s", failing ? ": " : "");
        if (failing)
            failure(text + used, size - used, r, s->now_ms, room);
        break;
    case STATE_INCONCLUSIVE:
        used = (size_t)snprintf(text, size, "%s", outcome_is_local((enum outcome)r->outcome) ? "" : "our network? ");
        failure(text + used, size - used, r, s->now_ms, room);
        break;
    default:
        failure(text, size, r, s->now_ms, room);
    }
}

const char *words_reason(char text[WORDS_REASON_SIZE], const struct row *r, const struct snapshot *s, int width)
{
    size_t used = words_is_old(r, s->now_ns) ? (size_t)snprintf(text, WORDS_REASON_SIZE, "old: ") : 0;
    int room;

    for (room = 0; room < ROOM_COUNT; room++) {
        sentence_of(text + used, WORDS_REASON_SIZE - used, r, s, (enum room)room);
        if ((int)strlen(text) <= width)
            break;
    }
    return text;
}

/* --- states ----------------------------------------------------------------------------------------------------- */

enum style words_shown_style(enum state s)
{
    static const enum style styles[STATE_COUNT] = {
        STYLE_NEW, STYLE_UP, STYLE_SLOW, STYLE_CHECK, STYLE_DOWN, STYLE_UNSURE, STYLE_MAINT, STYLE_PAUSE,
    };

    return styles[s];
}

enum style words_state_style(const struct row *r)
{
    return words_shown_style(state_shown(&r->state));
}

void words_tally(struct tally tally[TALLY_COUNT], const struct status_counts *c)
{
    const uint32_t *n = c->state;
    const struct tally all[TALLY_COUNT] = {
        { "DOWN", 'D', STYLE_DOWN, n[STATE_DOWN] },
        { "CHECK", 'C', STYLE_CHECK, n[STATE_CHECKING] },
        { "SLOW", 'S', STYLE_SLOW, n[STATE_DEGRADED] - c->warning },
        { "WARN", 'W', STYLE_WARN, c->warning },
        { "?", '?', STYLE_UNSURE, n[STATE_INCONCLUSIVE] },
        { "NEW", 'N', STYLE_NEW, n[STATE_NEW] },
        { "UP", 'U', STYLE_UP, n[STATE_UP] },
        { "MAINT", 'M', STYLE_MAINT, n[STATE_MAINTENANCE] },
        { "PAUSED", 'P', STYLE_PAUSE, n[STATE_PAUSED] },
    };

    memcpy(tally, all, sizeof(all));
}

void words_moment(char text[WORDS_MOMENT_SIZE], int64_t at_ms, int64_t now_ms, bool wide)
{
    time_t at = (time_t)(at_ms / MS_PER_S), now = (time_t)(now_ms / MS_PER_S);
    struct tm tm, today;

    text[0] = '\0';
    if (!localtime_r(&at, &tm) || !localtime_r(&now, &today))
        return;
    if (tm.tm_yday == today.tm_yday && tm.tm_year == today.tm_year)
        strftime(text, WORDS_MOMENT_SIZE, wide ? "%H:%M:%S" : "%H:%M", &tm);
    else
        strftime(text, WORDS_MOMENT_SIZE, wide ? "%d %b %H:%M" : "%d %b", &tm);
}
