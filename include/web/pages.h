#ifndef WEB_PAGES_H
#define WEB_PAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "model/snapshot.h"

/* What can be told of a snapshot, as text in the form each reader wants. Pure functions: no clock, no I/O. Everything written
 * is escaped for its place, whatever a site is called or a server said. When memory runs out, out->failed says so. */

/* Where a long text stands: a hundred thousand sites are written a piece at a time. Begin with { 0 }. */
struct place {
    uint32_t family, row;
};

/* Prometheus' text format 0.0.4: blackbox_exporter's names labelled instance="<URL>" and site="<name>", and our own,
 * uptimesquirrel_*. Writes on until out holds `enough` bytes or more; false when that was the end. What is paused or
 * inconclusive has no probe_* at the moment: the fault is not the site's. */
bool metrics_write(struct strbuf *out, struct place *at, const struct snapshot *s, size_t enough);

/* One site as blackbox_exporter answers /probe: no labels. False, with nothing written: nothing is known of it at the moment. */
bool metrics_probe(struct strbuf *out, const struct row *r);

/* {"monitor":{...},"counts":{...},"sites":[...]}, in the same way. */
bool status_json(struct strbuf *out, struct place *at, const struct snapshot *s, size_t enough);

/* A page for people, those in trouble first: HTML with its style and pictures inside, no script. At most so many rows; of the
 * rest it says how many are well. */
void status_page(struct strbuf *out, const struct snapshot *s, size_t most);

/* An SVG picture: "name | up". r NULL: of all sites. */
void status_badge(struct strbuf *out, const struct snapshot *s, const struct row *r);

/* The site of that name, or else of that URL (as it stands, or with its password masked); NULL: there is none. */
const struct snapshot_row *snapshot_find(const struct snapshot *s, const char *name_or_url);

#endif
