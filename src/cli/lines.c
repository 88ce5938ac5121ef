/* URLs from the command line or from standard input. */
#include "lines.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_MOST 8192

static char *trimmed(char *line)
{
    char *end = line + strlen(line);

    while (end > line && isspace((unsigned char)end[-1]))
        *--end = '\0';
    while (isspace((unsigned char)*line))
        line++;
    return line;
}

static int read_stdin(const struct args *a, struct strings *urls)
{
    char *line = NULL;
    size_t size = 0;
    ssize_t length;
    int code = EXIT_WELL;

    while (!code && (length = getline(&line, &size, stdin)) >= 0) {
        char *url = trimmed(line);

        if (length > LINE_MOST || strlen(line) > LINE_MOST)
            code = complain(a, EXIT_USAGE, "line %zu of standard input is longer than %d bytes", urls->n + 1, LINE_MOST);
        else if (*url && *url != '#' && strings_add(urls, url) != ERR_OK)
            code = complain(a, EXIT_TROUBLE, "cannot read standard input: out of memory");
    }
    if (!code && ferror(stdin))
        code = complain(a, EXIT_TROUBLE, "cannot read standard input: %m");
    free(line);
    return code;
}

int read_urls(const struct args *a, struct strings *urls)
{
    size_t i;

    *urls = (struct strings){ 0 };
    if (a->noperand == 1 && !strcmp(a->operand[0], "-"))
        return read_stdin(a, urls);
    for (i = 0; i < a->noperand; i++)
        if (strings_add(urls, a->operand[i]) != ERR_OK)
            return complain(a, EXIT_TROUBLE, "cannot take the URLs: out of memory");
    return EXIT_WELL;
}
