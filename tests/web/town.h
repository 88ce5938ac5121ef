#ifndef TOWN_H
#define TOWN_H

#include "model/status.h"

/* A status table with a site of each kind of trouble, one with a hostile name, and results from a clock that stands. */
#define TOWN_NOW_MS INT64_C(1795437669000)
#define TOWN_HOSTILE "<script>alert(\"1\")</script>\\ & 'x'"

struct town {
    struct status_table *t;
    uint32_t id[16], generation[16];
    int n;
    int64_t now_ns;
};

void town_build(struct town *town);
void town_release(struct town *town);
/* Another site; its number. */
int town_add(struct town *town, const char *name, const char *url);
/* A result of it, with a status and a certificate when it is good. */
void town_publish(struct town *town, int i, enum outcome outcome, int status);

#endif
