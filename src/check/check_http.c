/* Web sites: a request and its answer, by libcurl (probe.c). No state; any thread. */
#include "ops.h"

static const struct check_scheme schemes[] = { { "https", "443" }, { "http", "80" }, { NULL, NULL } };

const struct check_ops check_http_ops = {
    .kind = { .name = "http", .summary = "a web page is asked for", .example = "https://example.org/",
              .schemes = schemes, .parts = URL_PORT | URL_PATH },
    .curl = true,
};
