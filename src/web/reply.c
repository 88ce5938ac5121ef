/* Answers as libmicrohttpd sends them, with what every answer says of itself. Its thread. */
#include "reply.h"

#include <stdlib.h>
#include <string.h>

#define PIECE 65536u                  /* bytes of a long answer written at a time */

enum MHD_Result reply_with(struct MHD_Connection *c, unsigned status, const char *type, struct MHD_Response *response)
{
    enum MHD_Result sent;

    if (!response)
        return MHD_NO; /* closes the connection */
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
    MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
    MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
    MHD_add_response_header(response, "Referrer-Policy", "no-referrer");
    MHD_add_response_header(response, "Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'");
    if (status == MHD_HTTP_METHOD_NOT_ALLOWED)
        MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
    sent = MHD_queue_response(c, status, response);
    MHD_destroy_response(response);
    return sent;
}

enum MHD_Result reply_text(struct MHD_Connection *c, unsigned status, const char *type, struct strbuf *out)
{
    size_t length = out->length;
    char *text = out->failed ? NULL : strbuf_detach(out);
    struct MHD_Response *response;

    strbuf_release(out);
    if (!text)
        return MHD_NO;
    response = MHD_create_response_from_buffer(length, text, MHD_RESPMEM_MUST_FREE);
    if (!response)
        free(text);
    return reply_with(c, status, type, response);
}

enum MHD_Result reply_say(struct MHD_Connection *c, unsigned status, const char *text)
{
    return reply_with(c, status, TYPE_PLAIN, MHD_create_response_from_buffer(strlen(text), (void *)text, MHD_RESPMEM_PERSISTENT));
}

enum MHD_Result reply_ask_for_password(struct MHD_Connection *c)
{
    static const char text[] = "this job has a password\n";
    struct MHD_Response *response = MHD_create_response_from_buffer(sizeof(text) - 1, (void *)text, MHD_RESPMEM_PERSISTENT);
    enum MHD_Result sent = response ? MHD_queue_basic_auth_fail_response(c, "uptimesquirrel", response) : MHD_NO;

    MHD_destroy_response(response);
    return sent;
}

/* --- long answers, a piece at a time ------------------------------------------------------------------------------- */

struct stream {
    const struct snapshot *snapshot; /* as it is at each piece */
    write_some_fn *write_some;
    struct place at;
    struct strbuf piece;
    size_t sent;                     /* of the piece */
    bool more;
};

static ssize_t stream_read(void *context, uint64_t position, char *buffer, size_t size)
{
    struct stream *s = context;
    size_t n;

    (void)position;
    if (s->sent == s->piece.length && s->more) {
        strbuf_reset(&s->piece);
        s->sent = 0;
        s->more = s->write_some(&s->piece, &s->at, s->snapshot, PIECE);
        if (s->piece.failed)
            return MHD_CONTENT_READER_END_WITH_ERROR;
    }
    n = s->piece.length - s->sent;
    if (!n)
        return MHD_CONTENT_READER_END_OF_STREAM;
    if (n > size)
        n = size;
    memcpy(buffer, s->piece.text + s->sent, n);
    s->sent += n;
    return (ssize_t)n;
}

static void stream_free(void *context)
{
    struct stream *s = context;

    strbuf_release(&s->piece);
    free(s);
}

enum MHD_Result reply_stream(struct MHD_Connection *c, const struct snapshot *snapshot, const char *type, write_some_fn *write_some)
{
    struct stream *s = malloc(sizeof(*s));
    struct MHD_Response *response;

    if (!s)
        return MHD_NO;
    *s = (struct stream){ .snapshot = snapshot, .write_some = write_some, .piece = STRBUF_INIT, .more = true };
    response = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, PIECE, stream_read, s, stream_free);
    if (!response)
        stream_free(s);
    return reply_with(c, MHD_HTTP_OK, type, response);
}
