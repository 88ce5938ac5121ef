#ifndef CHECK_KIND_H
#define CHECK_KIND_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/* Kinds of check. The scheme of a site's URL names its kind, and nothing else does: tcp://db.example.org:5432 is connected to,
 * dns://192.0.2.53/example.org?type=MX is asked for a record. Each kind is a row of src/check/checks.def and a file
 * src/check/check_NAME.c, and is judged by tests/check/contract_test.c. */

struct check_scheme {
    const char *scheme;              /* "smtp" */
    const char *port;                /* "25"; NULL: a URL has to name one, or has none */
};

/* What a URL of a kind may and must have. */
enum url_parts {
    URL_PORT = 1,                    /* may have a port */
    URL_PATH = 2,                    /* may have a path and a query */
    URL_ANY_HOST = 4,                /* need not name a host */
    URL_NO_HOST = 8,                 /* must not name one */
};

struct check_kind {
    const char *name;                /* "tcp" */
    const char *summary;             /* one line for people */
    const char *example;             /* a good URL, in normal form */
    const struct check_scheme *schemes; /* up to one without a name */
    unsigned parts;                  /* of enum url_parts */

    /* It runs what this machine's own settings say, and nothing that anybody else names: no URL of a command line, no job
     * of a broker. */
    bool own_only;

    /* Nobody is asked: it reports by itself to a monitor that runs. */
    bool reports;

    /* What is wrong with a URL in normal form, as the end of a sentence: "it asks for no name". NULL: nothing can be. */
    enum err (*examine)(const char *url, struct errmsg *why);
};

/* The table: n rows in the order of checks.def. */
const struct check_kind *const *check_kinds(size_t *n);

/* The kind of a URL, by its scheme; NULL: there is none. *scheme, unless NULL, is the row of it. */
const struct check_kind *check_kind_of(const char *url, const struct check_scheme **scheme);

/* The port a URL stands for without naming it; "" when there is none. */
const char *check_standard_port(const char *url);

#endif
