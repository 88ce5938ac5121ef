/* The table of kinds of check. No state; any thread. */
#include "check/kind.h"

#include <string.h>
#include <strings.h>

#include "ops.h"

static const struct check_ops *const table[] = {
#define CHECK(name) &check_##name##_ops,
#include "checks.def"
#undef CHECK
};
#define ROWS (sizeof(table) / sizeof(table[0]))

const struct check_kind *const *check_kinds(size_t *n)
{
    static const struct check_kind *const kinds[] = {
#define CHECK(name) &check_##name##_ops.kind,
#include "checks.def"
#undef CHECK
    };

    *n = ROWS;
    return kinds;
}

static const struct check_scheme *scheme_of(const struct check_kind *kind, const char *url, size_t length)
{
    const struct check_scheme *s;

    for (s = kind->schemes; s->scheme; s++)
        if (strlen(s->scheme) == length && !strncasecmp(s->scheme, url, length))
            return s;
    return NULL;
}

static const struct check_ops *find(const char *url, const struct check_scheme **scheme)
{
    const char *end = strstr(url, "://");
    size_t i;

    for (i = 0; end && i < ROWS; i++)
        if ((*scheme = scheme_of(&table[i]->kind, url, (size_t)(end - url))))
            return table[i];
    *scheme = NULL;
    return NULL;
}

const struct check_ops *check_ops_of(const char *url)
{
    const struct check_scheme *scheme;

    return find(url, &scheme);
}

const struct check_kind *check_kind_of(const char *url, const struct check_scheme **scheme)
{
    const struct check_scheme *found;
    const struct check_ops *ops = find(url, &found);

    if (scheme)
        *scheme = found;
    return ops ? &ops->kind : NULL;
}

const char *check_standard_port(const char *url)
{
    const struct check_scheme *scheme;

    find(url, &scheme);
    return scheme && scheme->port ? scheme->port : "";
}
