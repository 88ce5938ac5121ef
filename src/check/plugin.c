/* What monitoring plugins say. Pure; any thread. */
#include "plugin.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "base/text.h"

/* --- the program -------------------------------------------------------------------------------------------------- */

static int hex(char c)
{
    return isdigit((unsigned char)c) ? c - '0' : isxdigit((unsigned char)c) ? tolower((unsigned char)c) - 'a' + 10 : -1;
}

enum err plugin_path(char path[PLUGIN_PATH_SIZE], const char *url, struct errmsg *why)
{
    const char *at = strstr(url, "://");
    size_t n = 0;

    at = at ? at + 3 : url;
    if (*at != '/')
        return err_set(why, ERR_INVALID, "it names no program: write it like exec:///usr/lib/nagios/plugins/check_load");
    if (strpbrk(at, "?#"))
        return err_set(why, ERR_INVALID, "arguments stand in 'arguments', not in the URL");
    for (; *at && n + 1 < PLUGIN_PATH_SIZE; at++) {
        if (*at == '%' && (hex(at[1]) < 0 || hex(at[2]) < 0 || (at[1] == '0' && at[2] == '0')))
            return err_set(why, ERR_INVALID, "it has a percent sign without two digits behind it");
        path[n++] = *at == '%' ? (char)(hex(at[1]) << 4 | hex(at[2])) : *at;
        at += *at == '%' ? 2 : 0;
    }
    path[n] = '\0';
    if (*at)
        return err_set(why, ERR_INVALID, "its path is too long");
    return path[n - 1] == '/' ? err_set(why, ERR_INVALID, "it names a directory") : ERR_OK;
}

/* --- performance data --------------------------------------------------------------------------------------------- */

/* One 'label'=value[unit];...: label and value to out, which has room for them; the rest of the list, NULL at its end. */
static const char *take_figure(const char *at, const char *end, char *out, size_t size)
{
    bool quoted;
    const char *label;
    size_t nlabel, nvalue;

    while (at < end && isspace((unsigned char)*at))
        at++;
    quoted = at < end && *at == '\'';
    label = at += quoted;
    while (at < end && (quoted ? *at != '\'' : *at != '=' && !isspace((unsigned char)*at)))
        at++;
    nlabel = (size_t)(at - label);
    at += quoted && at < end;
    *out = '\0';
    if (at >= end || *at != '=' || !nlabel)
        return NULL;
    for (nvalue = 0, at++; at + nvalue < end && at[nvalue] != ';' && !isspace((unsigned char)at[nvalue]); nvalue++)
        ;
    snprintf(out, size, "%.*s=%.*s", (int)nlabel, label, (int)nvalue, at);
    for (at += nvalue; at < end && !isspace((unsigned char)*at); at++)
        ;
    return at;
}

/* " [load1=0.12 load5=0.20]", as many as fit. */
static void add_figures(char text[RESULT_DETAIL_SIZE], const char *at, const char *end)
{
    char list[RESULT_DETAIL_SIZE] = "", figure[RESULT_DETAIL_SIZE], clean[RESULT_DETAIL_SIZE];
    size_t used = strlen(text), n = 0;

    while ((at = take_figure(at, end, figure, sizeof(figure)))) {
        size_t length = text_clean(clean, sizeof(clean), figure, strlen(figure));

        if (used + n + length + 4 >= RESULT_DETAIL_SIZE)
            break;
        n += (size_t)snprintf(list + n, sizeof(list) - n, "%s%s", n ? " " : "", clean);
    }
    if (n)
        snprintf(text + used, RESULT_DETAIL_SIZE - used, "%s[%s]", used ? " " : "", list);
}

/* --- the verdict -------------------------------------------------------------------------------------------------- */

static void describe(char text[RESULT_DETAIL_SIZE], const char *output, size_t length)
{
    const char *end = memchr(output, '\n', length);
    const char *bar;

    end = end ? end : output + length;
    bar = memchr(output, '|', (size_t)(end - output));
    length = (size_t)((bar ? bar : end) - output);
    while (length && isspace((unsigned char)output[length - 1]))
        length--;
    text_clean(text, RESULT_DETAIL_SIZE, output, length);
    if (bar)
        add_figures(text, bar + 1, end);
}

enum outcome plugin_judge(const siginfo_t *end, const char *output, size_t length, char text[RESULT_DETAIL_SIZE],
                          bool *warning)
{
    static const enum outcome codes[] = { OUTCOME_OK, OUTCOME_OK, OUTCOME_CRITICAL, OUTCOME_LOCAL_UNKNOWN };
    int code = end->si_status;

    *warning = false;
    if (end->si_code != CLD_EXITED) {
        snprintf(text, RESULT_DETAIL_SIZE, "signal %d (%s)", code, strsignal(code));
        return OUTCOME_NO_PLUGIN;
    }
    if (code < 0 || code >= (int)(sizeof(codes) / sizeof(codes[0]))) {
        snprintf(text, RESULT_DETAIL_SIZE, "exit code %d", code);
        return OUTCOME_NO_PLUGIN;
    }
    describe(text, output, length);
    *warning = code == 1;
    return codes[code];
}
