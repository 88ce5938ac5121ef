/* What is sent to one owner, in all its forms. */
#include "notify/letter.h"

#include <stdlib.h>

void letter_release(struct letter *l)
{
    char **text[] = { &l->title, &l->text, &l->brief, &l->push, &l->url, &l->json };
    size_t i;

    for (i = 0; i < sizeof(text) / sizeof(text[0]); i++) {
        free(*text[i]);
        *text[i] = NULL;
    }
}
