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

/* Reads a line, its end left out, and terminates it. False at the end of the input; *length is more than LINE_MOST for one
 * that is too long, however long it may be. */
static bool next_line(char line[LINE_MOST + 1], size_t *length)
{
    size_t n = 0;
    int c;

    while ((c = getc(stdin)) != EOF && c != '\n' && n <= LINE_MOST) {
        if (n < LINE_MOST)
            line[n] = (char)c;
        n++;
    }
    line[n < LINE_MOST ? n : LINE_MOST] = '\0';
    *length = n;
    return n || c == '\n';
}

/* The URL of a line, empty for a blank one and a comment. */
static char *url_of(char *line, size_t number)
{
    static const char byte_order_mark[] = "\xef\xbb\xbf"; /* some editors begin a file with it */
    char *url = trimmed(number == 1 && !strncmp(line, byte_order_mark, 3) ? line + 3 : line);

    return *url == '#' ? url + strlen(url) : url;
}

static int read_stdin(const struct args *a, struct strings *urls)
{
    char line[LINE_MOST + 1];
    size_t length, number;

    for (number = 1; next_line(line, &length); number++) {
        const char *url;

        if (length > LINE_MOST)
            return complain(a, EXIT_USAGE, "line %zu of standard input is longer than %d bytes", number, LINE_MOST);
        if (strlen(line) != length)
            return complain(a, EXIT_USAGE, "line %zu of standard input holds a NUL byte", number);
        url = url_of(line, number);
        if (*url && strings_add(urls, url) != ERR_OK)
            return complain(a, EXIT_TROUBLE, "cannot read standard input: out of memory");
    }
    return ferror(stdin) ? complain(a, EXIT_TROUBLE, "cannot read standard input: %m") : EXIT_WELL;
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
