/* A screen without what differs from run to run. Works on wide characters, of which the grid's each take one column. */
#include "mask.h"

#include <regex.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "base/strbuf.h"

#define COLUMNS 512
#define FOR_WIDTH 6

struct rule {
    const char *pattern, *with;
};

static const struct rule everywhere[] = {
    { "[0-2][0-9]:[0-5][0-9]:[0-5][0-9]", "hh:mm:ss" },
    { "(Mon|Tue|Wed|Thu|Fri|Sat|Sun) hh", "Day hh" },
    { "127\\.0\\.0\\.1:[0-9]{5}", "127.0.0.1:#####" },
    { " in [0-9]+\\.[0-9]s", " in #.#s" },
    { "[0-9]+(\\.[0-9]+)? ms", "# ms" },
    { NULL, NULL },
};

/* What stands at the right of it depends on all panes and keys there are, and is judged by tests/tui. */
static const struct rule below_rows[] = {
    { " +(https?:.*|1Sites.*)$", "" },
    { "^\\?Help .*", "?Help" },
    { NULL, NULL },
};

static const struct rule above_titles[] = {
    { "  +", " " },
    { " $", "" },
    { "[0-9]+\\.[0-9]/s", "#/s" },
    { "[0-9]+\\.[0-9] checks/s", "# checks/s" },
    { "lag [0-9.]+(ms|s)", "lag #" },
    { "lag p99 [0-9.]*#? ?(ms|s)", "lag p99 #" },
    { "busy [0-9]+/[0-9]+", "busy #/#" },
    { " (late|waiting) [0-9]+", "" },
    { "DOWN [0-9]+[smhd]:", "DOWN #:" },
    { NULL, NULL },
};

/* Puts the rule's text in place of whatever its pattern fits. */
static void apply(struct strbuf *line, const struct rule *rule)
{
    regmatch_t at;
    regex_t regex;
    size_t from = 0;

    if (regcomp(&regex, rule->pattern, REG_EXTENDED) != 0)
        abort();
    while (regexec(&regex, line->text + from, 1, &at, from ? REG_NOTBOL : 0) == 0 && at.rm_eo > at.rm_so) {
        strbuf_splice(line, from + (size_t)at.rm_so, (size_t)(at.rm_eo - at.rm_so), rule->with, strlen(rule->with));
        from += (size_t)at.rm_so + strlen(rule->with);
    }
    regfree(&regex);
}

static void apply_all(struct strbuf *line, const struct rule *rule)
{
    for (; rule->pattern; rule++)
        apply(line, rule);
}

/* The name of this machine, where it stands as a word. */
static void leave_out_host(struct strbuf *line, const char *host)
{
    char *at = strstr(line->text, host);
    size_t length = strlen(host);

    if (at && (at == line->text || at[-1] == ' ') && (!at[length] || at[length] == ' '))
        strbuf_splice(line, (size_t)(at - line->text), length + (at[length] == ' '), "", 0);
}

/* --- columns ------------------------------------------------------------------------------------------------------ */

struct column {
    wchar_t title[16];
    int start, end;                  /* of the title */
};

struct columns {
    struct column column[40];
    int n;
};

static void read_titles(struct columns *c, const wchar_t *line)
{
    int at = 0;

    c->n = 0;
    while (line[at] && c->n < 40) {
        struct column *k = &c->column[c->n];
        int length;

        at += (int)wcsspn(line + at, L" ");
        length = (int)wcscspn(line + at, L" ");
        if (!length)
            break;
        k->start = at;
        k->end = at += length;
        swprintf(k->title, 16, L"%.*ls", length > 15 ? 15 : length, line + k->start);
        if (c->n && !wcscmp(k[-1].title, L"TREND") && k[-1].end == k[-1].start + 5)
            k[-1].end = k->end; /* what stands behind it is its span */
        else
            c->n++;
    }
}

static bool is_among(const wchar_t *title, const wchar_t *const *list)
{
    for (; *list; list++)
        if (!wcscmp(title, *list))
            return true;
    return false;
}

/* A figure, an age or a countdown: no "-", and no piece of a sentence. */
static bool is_figure(const wchar_t *text, int length)
{
    int i, digits = 0;

    for (i = 0; i < length; i++) {
        if (!wcschr(L" 0123456789.:<smhdw", text[i]))
            return !wcsncmp(text + length - 3, L"now", 3);
        digits += text[i] >= L'0' && text[i] <= L'9';
    }
    return digits > 0;
}

static void mask_figure(wchar_t *line, int start, int end)
{
    if (is_figure(line + start, end - start)) {
        wmemset(line + start, L' ', (size_t)(end - start));
        line[end - 1] = L'#';
    }
}

/* Uptime is told a moment after the first result: until then, and where there is none, it is a "-". */
static void mask_share(wchar_t *line, int start, int end)
{
    int i = start;

    while (i < end && wcschr(L" 0123456789.*-", line[i]))
        i++;
    if (i < end || wcsspn(line + start, L" ") >= (size_t)(end - start))
        return;
    wmemset(line + start, L' ', (size_t)(end - start));
    line[end - 1] = L'#';
}

/* A sentence that goes on so far is no marks. */
static void mask_marks(wchar_t *line, int start, int end)
{
    bool any = wcsspn(line + start, L" ") < (size_t)(end - start);

    if ((int)wcsspn(line + start, L" _.-=+*#X?m▁▂▃▄▅▆▇█") < end - start)
        return;
    wmemset(line + start, L' ', (size_t)(end - start));
    if (any)
        line[start] = L'~';
}

/* line is filled up with blanks. */
static void mask_row(wchar_t *line, const struct columns *c)
{
    static const wchar_t *const figures[] = { L"LAST", L"P50", L"P95", L"P99", L"NEXT", L"FOR", NULL };
    static const wchar_t *const shares[] = { L"UP24H", L"UP7D", L"UP30D", NULL };
    int i;

    for (i = 1; i < c->n; i++) {
        const struct column *k = &c->column[i], *before = k - 1;
        bool behind_trend = !wcscmp(before->title, L"TREND");

        if (!wcscmp(k->title, L"TREND"))
            mask_marks(line, k->start, i + 1 < c->n ? k[1].end - FOR_WIDTH - 1 : k->end);
        else if (is_among(k->title, shares))
            mask_share(line, before->end + 1, k->end);
        else if (is_among(k->title, figures))
            mask_figure(line, behind_trend ? k->end - FOR_WIDTH : before->end + 1, k->end);
    }
}

/* --- the screen --------------------------------------------------------------------------------------------------- */

static void add_line(struct strbuf *out, const wchar_t *line)
{
    char bytes[COLUMNS * 4];
    size_t n = wcstombs(bytes, line, sizeof(bytes));

    while (n && bytes[n - 1] == ' ')
        n--;
    strbuf_add(out, bytes, n);
    strbuf_addc(out, '\n');
}

/* Panes tell of latencies and times all over; what they say is judged by tests/tui. Here they end at their edge. */
static bool is_edge(wchar_t c)
{
    return c == L'│' || c == L'├';
}

static void cut_off_side(wchar_t *wide)
{
    int i;

    for (i = 100; wide[i]; i++)
        if (is_edge(wide[i])) {
            wmemset(wide + i, L' ', wcslen(wide + i));
            return;
        }
}

/* "1-17 of 17  sort: ..." */
static bool counts_sites(const char *line)
{
    unsigned first, last, all;

    return *line >= '0' && *line <= '9' && sscanf(line, "%u-%u of %u ", &first, &last, &all) == 3; /* nor a blank line before it */
}

static void mask_line(struct strbuf *out, struct strbuf *line, struct columns *c, const char *host)
{
    wchar_t wide[COLUMNS + 1];
    bool titles = strstr(line->text, "STATE NAME") != NULL;
    size_t n;

    apply_all(line, everywhere);
    if (!c->n && !titles) {
        apply_all(line, above_titles);
        leave_out_host(line, host);
    }
    if (counts_sites(line->text) || !strncmp(line->text, "?Help ", 6))
        apply_all(line, below_rows);
    n = mbstowcs(wide, line->text, COLUMNS);
    if (n == (size_t)-1)
        abort();
    wmemset(wide + n, L' ', COLUMNS - n);
    wide[COLUMNS] = L'\0';
    cut_off_side(wide);
    if (titles)
        read_titles(c, wide);
    else if (c->n && wcsspn(wide, L" >") == 1) /* a site's row: its state begins in the second column */
        mask_row(wide, c);
    add_line(out, wide);
}

char *mask_screen(const char *text, const char *host)
{
    struct strbuf out = STRBUF_INIT, line = STRBUF_INIT;
    struct columns c = { .n = 0 };
    bool below = false;              /* within a pane below the grid: up to the line that counts the sites */
    const char *end;

    for (; (end = strchr(text, '\n')); text = end + 1) {
        below = (below || !strncmp(text, "── ", 7)) && !counts_sites(text);
        if (below)
            continue;
        strbuf_reset(&line);
        strbuf_add(&line, text, (size_t)(end - text));
        mask_line(&out, &line, &c, host);
    }
    strbuf_release(&line);
    return strbuf_detach(&out);
}
