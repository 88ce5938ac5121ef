/* Scripts, copied and made ready to be played. No locks: written once, then only read. */
#include "support/script.h"

#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"

#define REPEAT_BYTES 16384u /* an endless text is sent in pieces of about this size */

const char *status_reason(int status)
{
    static const struct { int status; const char *reason; } reasons[] = {
        { 100, "Continue" }, { 103, "Early Hints" }, { 200, "OK" }, { 201, "Created" }, { 202, "Accepted" },
        { 204, "No Content" }, { 206, "Partial Content" }, { 301, "Moved Permanently" }, { 302, "Found" },
        { 303, "See Other" }, { 304, "Not Modified" }, { 307, "Temporary Redirect" }, { 308, "Permanent Redirect" },
        { 400, "Bad Request" }, { 401, "Unauthorized" }, { 403, "Forbidden" }, { 404, "Not Found" },
        { 405, "Method Not Allowed" }, { 408, "Request Timeout" }, { 410, "Gone" }, { 429, "Too Many Requests" },
        { 500, "Internal Server Error" }, { 501, "Not Implemented" }, { 502, "Bad Gateway" },
        { 503, "Service Unavailable" }, { 504, "Gateway Timeout" },
    };
    size_t i;

    for (i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
        if (reasons[i].status == status)
            return reasons[i].reason;
    return "Status";
}

/* True when the header lines hold one of this name; `name` ends with a colon. */
static bool has_line(const char *lines, const char *name)
{
    size_t length = strlen(name);

    for (; lines && *lines; lines = strchr(lines, '\n') ? strchr(lines, '\n') + 1 : NULL)
        if (!strncasecmp(lines, name, length))
            return true;
    return false;
}

static void write_answer(struct strbuf *out, struct step *step)
{
    const char *headers = step->text ? step->text : "", *body = step->body ? step->body : "";
    int status = (int)step->n;
    bool bodiless = status / 100 == 1 || status == 204 || status == 304;

    strbuf_addf(out, "HTTP/1.1 %d %s\r\n%s", status, status_reason(status), headers);
    if (!bodiless && !has_line(headers, "Content-Length:") && !has_line(headers, "Transfer-Encoding:"))
        strbuf_addf(out, "Content-Length: %zu\r\n", strlen(body));
    if (status / 100 != 1 && !has_line(headers, "Connection:"))
        strbuf_adds(out, "Connection: close\r\n");
    strbuf_adds(out, "\r\n");
    step->n = (int64_t)out->length;
    strbuf_adds(out, body);
}

/* Gives the copy of a step texts of its own. */
static bool prepare(struct step *step)
{
    struct strbuf out = STRBUF_INIT;

    if (step->kind == STEP_ANSWER)
        write_answer(&out, step);
    else if (step->text)
        strbuf_add(&out, step->text, step->length ? step->length : strlen(step->text));
    if (step->kind == STEP_REPEAT && step->n == FOREVER) {
        size_t once = out.length;

        while (once && out.length < REPEAT_BYTES)
            strbuf_add(&out, step->text, once);
    }
    step->length = out.length;
    step->body = NULL;
    step->text = strbuf_detach(&out);
    return step->text != NULL;
}

bool script_init(struct script *s, const struct step *steps)
{
    size_t n = 0, i;

    while (steps[n].kind != STEP_END)
        n++;
    *s = (struct script){ .step = calloc(n + 1, sizeof(*steps)), .parts = 1 };
    if (!s->step)
        return false;
    for (i = 0; i < n; i++) {
        struct step copy = steps[i];

        if (!prepare(&copy))
            goto fail;
        s->step[i] = copy;
        s->parts += copy.kind == STEP_THEN;
    }
    return true;

fail:
    script_release(s);
    return false;
}

void script_release(struct script *s)
{
    size_t i;

    for (i = 0; s->step && s->step[i].kind != STEP_END; i++)
        free((char *)s->step[i].text);
    free(s->step);
    *s = (struct script){ 0 };
}

const struct step *script_part(const struct script *s, unsigned nth)
{
    const struct step *step = s->step;

    if (nth >= s->parts)
        nth = s->parts - 1;
    while (nth)
        nth -= step++->kind == STEP_THEN;
    return step;
}
