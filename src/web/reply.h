#ifndef REPLY_H
#define REPLY_H

#include <microhttpd.h>

#include "web/pages.h"

#define TYPE_HTML "text/html; charset=utf-8"
#define TYPE_PLAIN "text/plain; charset=utf-8"
#define TYPE_METRICS "text/plain; version=0.0.4; charset=utf-8"
#define TYPE_JSON "application/json"
#define TYPE_SVG "image/svg+xml"

/* Each answers a request. MHD_NO, which closes the connection, when memory ran out. */

/* Gives response away; NULL: there was no memory for it. */
enum MHD_Result reply_with(struct MHD_Connection *c, unsigned status, const char *type, struct MHD_Response *response);

/* Sends what is in out, and releases it. */
enum MHD_Result reply_text(struct MHD_Connection *c, unsigned status, const char *type, struct strbuf *out);

/* A constant text for people. */
enum MHD_Result reply_say(struct MHD_Connection *c, unsigned status, const char *text);

enum MHD_Result reply_ask_for_password(struct MHD_Connection *c);

/* A long answer, a piece at a time, each from the snapshot as it is then. */
typedef bool write_some_fn(struct strbuf *out, struct place *at, const struct snapshot *s, size_t enough);
enum MHD_Result reply_stream(struct MHD_Connection *c, const struct snapshot *snapshot, const char *type, write_some_fn *write_some);

#endif
