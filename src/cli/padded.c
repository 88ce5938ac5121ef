/* Columns of tables. */
#include "padded.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#define NAME_LEAST 12
#define NAME_MOST 32

int padded_width(const char *text)
{
    wchar_t wide[256];
    size_t n = mbstowcs(wide, text, sizeof(wide) / sizeof(wide[0]));
    int width = n == (size_t)-1 ? -1 : wcswidth(wide, n < 256 ? n : 256);

    return width < 0 ? (int)strlen(text) : width;
}

int names_width(const struct site *const *site, size_t n)
{
    int most = NAME_LEAST;
    size_t i;

    for (i = 0; i < n; i++) {
        int width = padded_width(site[i]->name);

        if (width > most)
            most = width > NAME_MOST ? NAME_MOST : width;
    }
    return most;
}

void print_padded(const char *text, int width)
{
    int pad = width - padded_width(text);

    printf("%s%*s", text, pad > 0 ? pad : 0, "");
}
