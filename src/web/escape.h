#ifndef ESCAPE_H
#define ESCAPE_H

#include <stddef.h>

#include "base/strbuf.h"

/* Text escaped for where it goes. Text comes clean (base/text.h) from the model; what follows is each format's own. */

/* A label's value of Prometheus' text format: \ " and line ends. Always terminated; cut between characters. */
void escape_label(char *dst, size_t size, const char *text);

/* Text and attribute values of HTML and SVG. */
void escape_html(struct strbuf *out, const char *text);

/* One segment of a URL's path. */
void escape_segment(struct strbuf *out, const char *text);

#endif
