/* Environments for programs that are none of ours. */
#include "base/environment.h"

#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"

void environment_free(char **environment)
{
    size_t i;

    for (i = 0; environment && environment[i]; i++)
        free(environment[i]);
    free(environment);
}

/* "NAME=value" */
static char *variable_of(const char *name, const char *value)
{
    struct strbuf text = STRBUF_INIT;

    strbuf_adds(&text, name);
    strbuf_addc(&text, '=');
    strbuf_adds(&text, value);
    return strbuf_detach(&text);
}

char **environment_of(const char *first, const char *const *names, size_t n)
{
    char **all = calloc(n + 2, sizeof(*all));
    size_t i, used = 0;

    if (!all)
        return NULL;
    if (first && !(all[used++] = strdup(first)))
        goto fail;
    for (i = 0; i < n; i++) {
        const char *value = getenv(names[i]);

        if (value && !(all[used++] = variable_of(names[i], value)))
            goto fail;
    }
    return all;

fail:
    environment_free(all);
    return NULL;
}
