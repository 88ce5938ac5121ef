/* What `check` prints. Data to standard output, words to standard error. Everything from outside was made clean before it
 * came here (results), or is masked and cleaned on the way (URLs). The main thread. */
#include "pass_print.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/duration.h"
#include "base/text.h"
#include "padded.h"

void pass_print_begin(struct pass_print *r, bool json, bool color, const struct site *const *site, size_t n)
{
    r->json = json;
    r->color = color;
    r->name_width = names_width(site, n);
    if (json)
        return;
    printf("STATE ");
    print_padded("NAME", r->name_width);
    printf(" CODE    TIME  MESSAGE\n");
}

/* --- the table ---------------------------------------------------------------------------------------------------- */

static const char *color_of(enum state s)
{
    switch (s) {
    case STATE_UP:
        return "\033[32m";
    case STATE_DEGRADED:
    case STATE_INCONCLUSIVE:
        return "\033[33m";
    case STATE_DOWN:
        return "\033[1;31m";
    default:
        return "";
    }
}

/* A good answer says more when it is degraded: why. */
static void describe(char text[RESULT_MESSAGE_SIZE], const struct pass_result *p)
{
    if (p->state == STATE_PAUSED)
        snprintf(text, RESULT_MESSAGE_SIZE, "paused, not checked");
    else if (p->state == STATE_NEW)
        snprintf(text, RESULT_MESSAGE_SIZE, "reports by itself to a monitor, not checked");
    else
        result_message(text, &p->result);
    if (p->degraded == DEGRADED_CERTIFICATE && p->state == STATE_DEGRADED)
        result_message_add_certificate(text, p->result.certificate_until, p->result.checked_at_ms);
}

/* "  [eu 200 38 ms, us DNS]" */
static void print_regions(const struct result *r)
{
    int i;

    for (i = 0; r->nregion > 1 && i < r->nregion; i++) {
        const struct region_result *from = &r->region[i];
        const char *tag = outcome_tag((enum outcome)from->outcome);
        char took[DURATION_TEXT_SIZE] = "", code[8];

        snprintf(code, sizeof(code), "%d", from->status);
        if (from->latency_us != UINT32_MAX)
            duration_measured(took, from->latency_us * NS_PER_US);
        printf("%s%s %s %s", i ? ", " : "  [", from->name, tag ? tag : code, took);
    }
    if (r->nregion > 1)
        putchar(']');
}

static void print_row(const struct pass_print *r, const struct site *site, const struct pass_result *p)
{
    const char *tag = !p->attempts ? "-" : outcome_tag(p->result.outcome), *color = color_of(p->state);
    char took[DURATION_TEXT_SIZE] = "-", code[16], message[RESULT_MESSAGE_SIZE];

    if (tag)
        snprintf(code, sizeof(code), "%s", tag);
    else if (!p->result.status)
        url_code(code, site->url);
    else
        snprintf(code, sizeof(code), "%d", p->result.status);
    if ((p->result.status || result_good(&p->result)) && p->attempts)
        duration_measured(took, p->result.took_ns);
    describe(message, p);
    printf("%s%-5s%s ", r->color ? color : "", state_label(p->state, p->degraded), r->color && *color ? "\033[0m" : "");
    print_padded(site->name, r->name_width);
    printf(" %-4s %7s  %s", code, took, message);
    print_regions(&p->result);
    putchar('\n');
}

/* --- JSON --------------------------------------------------------------------------------------------------------- */

/* Milliseconds to the microsecond, cut and not rounded, so that phases never sum to more than the whole. */
static json_t *json_ms(int64_t ns)
{
    return ns < 0 ? json_null() : json_real((double)(ns / NS_PER_US) / 1000.0);
}

static json_t *json_text(const char *text)
{
    return text && *text ? json_string(text) : json_null();
}

static json_t *json_phases(const struct result *r, bool checked)
{
    static const char *const keys[PHASE_COUNT] = { "dns_ms", "connect_ms", "tls_ms", "first_byte_ms", "body_ms" };
    json_t *o = json_object();
    int i;

    for (i = 0; i < PHASE_COUNT; i++)
        json_object_set_new(o, keys[i], json_ms(r->phase_ns[i]));
    json_object_set_new(o, "total_ms", json_ms(checked ? r->request_ns : -1));
    return o;
}

/* Of a site that is checked from several regions: what each found. */
static json_t *json_regions(const struct result *r)
{
    json_t *list = json_array();
    int i;

    for (i = 0; i < r->nregion; i++) {
        const struct region_result *from = &r->region[i];
        const char *class = outcome_class((enum outcome)from->outcome);
        json_t *o = json_object();

        json_object_set_new(o, "region", json_string(from->name));
        json_object_set_new(o, "error", json_text(class));
        json_object_set_new(o, "status", from->status ? json_integer(from->status) : json_null());
        json_object_set_new(o, "latency_ms", json_ms(from->latency_us == UINT32_MAX ? -1 : from->latency_us * NS_PER_US));
        json_array_append_new(list, o);
    }
    return list;
}

static json_t *json_method(const struct site *site, const struct result *r, bool checked)
{
    return checked && url_is_http(site->url) ? json_string(r->method == METHOD_GET ? "GET" : "HEAD") : json_null();
}

static void print_json(const struct site *site, const struct pass_result *p)
{
    const struct result *r = &p->result;
    bool checked = p->attempts > 0;
    bool dated = r->certificate_until != CERTIFICATE_UNKNOWN;
    char url[2048], message[RESULT_MESSAGE_SIZE], stamp[CLOCK_RFC3339_SIZE], *line;
    json_t *o = json_object();

    text_mask_url(url, sizeof(url), site->url);
    describe(message, p);
    json_object_set_new(o, "name", json_string(site->name));
    json_object_set_new(o, "url", json_string(url));
    json_object_set_new(o, "state", json_string(state_name(p->state)));
    json_object_set_new(o, "status", r->status ? json_integer(r->status) : json_null());
    json_object_set_new(o, "error", json_text(outcome_class(r->outcome)));
    json_object_set_new(o, "message", json_string(message));
    json_object_set_new(o, "method", json_method(site, r, checked));
    json_object_set_new(o, "latency_ms", json_ms(checked ? r->took_ns : -1));
    json_object_set_new(o, "phases", json_phases(r, checked));
    json_object_set_new(o, "attempts", json_integer(p->attempts));
    json_object_set_new(o, "address", json_text(r->address));
    json_object_set_new(o, "certificate_days_left",
                        dated ? json_integer(certificate_days(r->certificate_until, r->checked_at_ms)) : json_null());
    json_object_set_new(o, "checked_at", checked ? json_string(clock_rfc3339(stamp, r->checked_at_ms)) : json_null());
    if (r->nregion > 1)
        json_object_set_new(o, "regions", json_regions(r));
    line = json_dumps(o, JSON_COMPACT | JSON_REAL_PRECISION(15));
    if (line)
        puts(line);
    free(line);
    json_decref(o);
}

void pass_print_site(const struct pass_print *r, const struct site *site, const struct pass_result *p)
{
    if (r->json)
        print_json(site, p);
    else
        print_row(r, site, p);
}

/* --- the sum ------------------------------------------------------------------------------------------------------ */

void pass_print_end(const struct pass_print *r, const struct pass_result *result, size_t n, const struct pass_stats *stats)
{
    static const enum state order[] = { STATE_DOWN, STATE_INCONCLUSIVE, STATE_DEGRADED, STATE_UP, STATE_NEW, STATE_PAUSED };
    char took[DURATION_TEXT_SIZE];
    size_t count[STATE_COUNT] = { 0 }, i;
    const char *before = ": ";

    if (r->json)
        return;
    for (i = 0; i < n; i++)
        count[result[i].state]++;
    fprintf(stderr, "%zu site%s", n, n == 1 ? "" : "s");
    for (i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
        if (!count[order[i]])
            continue;
        fprintf(stderr, "%s%zu %s", before, count[order[i]], state_name(order[i]));
        before = ", ";
    }
    fprintf(stderr, "; %s\n", duration_measured(took, stats->took_ns));
}
