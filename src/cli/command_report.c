/* report: what history tells of a range of time, as a table, JSON, CSV or a page. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "args.h"
#include "base/clock.h"
#include "base/day.h"
#include "base/text.h"
#include "cli.h"
#include "report.h"

#define SINCE_LEAST MS_PER_H
#define SINCE_MOST (3650 * MS_PER_DAY)
#define SINCE_DEFAULT (30 * MS_PER_DAY)

static const struct form {
    const char *name;
    void (*write)(const struct report *r, struct strbuf *out);
} forms[] = {
    { "table", report_table }, { "json", report_json }, { "csv", report_csv }, { "html", report_html },
};

static const struct form *find_form(const struct args *a)
{
    const char *word = a->value[FLAG_REPORT_OUTPUT] ? a->value[FLAG_REPORT_OUTPUT] : forms[0].name;
    size_t i;

    for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
        if (!strcmp(forms[i].name, word))
            return &forms[i];
    complain(a, EXIT_USAGE, "--output: '%s' is neither table, json, csv nor html", word);
    return NULL;
}

/* "2026-12-01", the beginning of that day here, or "2026-12-01T12:00:00Z". False after a complaint. */
static bool read_until(const struct args *a, int64_t *until_ms)
{
    const char *text = a->value[FLAG_UNTIL], *end;
    struct tm tm = { .tm_isdst = -1 };

    if (!text)
        return true;
    end = strptime(text, "%Y-%m-%dT%H:%M:%SZ", &tm);
    if (end && !*end) {
        *until_ms = (int64_t)timegm(&tm) * MS_PER_S;
        return true;
    }
    tm = (struct tm){ .tm_hour = 12, .tm_isdst = -1 };
    end = strptime(text, "%Y-%m-%d", &tm);
    if (end && !*end) {
        *until_ms = day_begin_ms((int64_t)mktime(&tm) * MS_PER_S);
        return true;
    }
    complain(a, EXIT_USAGE, "--until: '%s' is no day like 2026-12-01 and no moment like 2026-12-01T12:00:00Z", text);
    return false;
}

static int write_report(const struct args *a, const struct report *r, const struct form *form)
{
    struct strbuf out = STRBUF_INIT;
    int code = EXIT_WELL;

    form->write(r, &out);
    if (out.failed)
        code = complain(a, EXIT_TROUBLE, "out of memory");
    else
        fwrite(out.text, 1, out.length, stdout);
    strbuf_release(&out);
    return finish_output(a, code);
}

static int report_from(const struct args *a, const char *database, struct report *r, const struct form *form)
{
    struct errmsg why = ERRMSG_INIT;
    struct query *q;
    enum err err = query_open(&q, database, &why);
    int code;

    if (err == ERR_NOTFOUND)
        return complain(a, EXIT_TROUBLE, "%s; has a monitor run yet?", why.text);
    if (err)
        return complain(a, EXIT_TROUBLE, "%s", why.text);
    err = report_gather(r, q, &why);
    if (err)
        code = complain(a, err == ERR_NOTFOUND ? EXIT_USAGE : EXIT_TROUBLE, "%s", why.text);
    else
        code = write_report(a, r, form);
    report_end(r);
    query_close(q);
    return code;
}

int command_report(const struct args *a)
{
    struct report r = { .until_ms = clock_wall_ms(), .site = a->value[FLAG_SITE], .tag = a->value[FLAG_TAG] };
    const struct form *form = find_form(a);
    int64_t since_ms = SINCE_DEFAULT;
    struct settings *s;
    int code;

    if (!form || !args_duration(a, FLAG_SINCE, SINCE_LEAST, SINCE_MOST, &since_ms) || !read_until(a, &r.until_ms))
        return EXIT_USAGE;
    if (a->noperand)
        return complain(a, EXIT_USAGE, "takes no arguments; name a site by --site NAME");
    code = load_settings(a, true, &s);
    if (code)
        return code;
    r.from_ms = r.until_ms - since_ms;
    r.samples_ms = s->history.samples_ms;
    code = report_from(a, s->database, &r, form);
    settings_free(s);
    return code;
}
