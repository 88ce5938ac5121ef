#ifndef SUPPORT_SCRIPT_H
#define SUPPORT_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a server does on one connection, step by step. A script is a list of steps; when it ends, the connection is closed
 * in good order. A peer that hangs up ends any script.
 *
 *     server_route(s, "/ok", ANSWER(200, NULL, "hello\n"));
 *     server_route(s, "/cut", SEND("HTTP/1.1 200 OK\r\nServ"));
 *     server_route(s, "/shop", FOR("HEAD"), ANSWER(405, NULL, ""), FOR("GET"), ANSWER(200, NULL, "Welcome"));
 *     server_route(s, "/flaky", ANSWER(503, NULL, ""), THEN, RESET, THEN, ANSWER(200, NULL, "back"));
 */
enum step_kind {
    STEP_END,
    STEP_REQUEST, STEP_READ, STEP_SHAKE,
    STEP_SEND, STEP_REPEAT, STEP_DRIP, STEP_FILL,
    STEP_ANSWER, STEP_MIRROR, STEP_AUTH,
    STEP_DELAY, STEP_HOLD, STEP_HANG,
    STEP_CLOSE, STEP_CUT, STEP_RESET,
    STEP_FOR, STEP_THEN
};

struct step {
    enum step_kind kind;
    int64_t n;              /* times, bytes, milliseconds or a status */
    int64_t every_ms;
    const char *text;       /* what is sent; the header lines of an answer; a method */
    size_t length;          /* of text; 0: up to its end */
    const char *body;
};

#define FOREVER INT64_MAX

/* --- the words of a script ------------------------------------------------------------------------------------- */

/* A whole answer. headers are "Name: value\r\n" lines or NULL; Content-Length and "Connection: close" are added unless
 * headers say something of their own. HEAD gets the same header and no body. */
#define ANSWER(status, headers, body_) { .kind = STEP_ANSWER, .n = (status), .text = (headers), .body = (body_) }
#define REDIRECT(status, location) ANSWER(status, "Location: " location "\r\n", "")

/* Raw bytes. SEND_BYTES takes a literal that may hold NULs. */
#define SEND(text_) { .kind = STEP_SEND, .text = (text_) }
#define SEND_BYTES(literal) { .kind = STEP_SEND, .text = "" literal, .length = sizeof(literal) - 1 }
#define FILL(bytes) { .kind = STEP_FILL, .n = (bytes) }                            /* so many 'x' */
#define REPEAT(text_, times) { .kind = STEP_REPEAT, .text = (text_), .n = (times) }
/* A byte at a time, one every so many milliseconds; the whole text `times` times. */
#define DRIP(text_, times, ms) { .kind = STEP_DRIP, .text = (text_), .n = (times), .every_ms = (ms) }

/* 200 with the request, as it came, for a body. */
#define MIRROR { .kind = STEP_MIRROR }
/* Goes on if the request signs in as "user:password" (Basic, RFC 7617); else answers 401 and ends. */
#define AUTH(user_password) { .kind = STEP_AUTH, .text = (user_password) }

#define DELAY(ms) { .kind = STEP_DELAY, .n = (ms) }
/* Until the test calls server_release(). */
#define HOLD { .kind = STEP_HOLD }
/* Never reads nor writes again. */
#define HANG { .kind = STEP_HANG }

/* How it ends: in order (TLS says goodbye); by FIN alone; by RST. */
#define CLOSE { .kind = STEP_CLOSE }
#define CUT { .kind = STEP_CUT }
#define RESET { .kind = STEP_RESET }

/* Reads the next request of this connection and plays what its path asks for; shakes hands first where TLS is spoken. A
 * connection begins with this, unless server_greet() says otherwise. */
#define REQUEST { .kind = STEP_REQUEST }
/* Waits for bytes, whatever they are, and drops those that came: a ClientHello, a line of another protocol. */
#define READ { .kind = STEP_READ }

/* Shakes hands now, in the middle of a connection that began in the clear (STARTTLS). */
#define SHAKE { .kind = STEP_SHAKE }

/* What follows, up to the next FOR, is for this method alone. No FOR that fits: the end. */
#define FOR(method) { .kind = STEP_FOR, .text = (method) }
/* What came before was for one request to this path; what follows is for the next one. The last part is for all later. */
#define THEN { .kind = STEP_THEN }

/* --- scripts of the server's own ------------------------------------------------------------------------------- */

/* A copy of steps that owns its texts, with whole answers written out: text is header and body, n the header's length. */
struct script {
    struct step *step;
    unsigned parts;         /* 1 and the number of THENs */
};

/* steps end with STEP_END. False when memory ran out. */
bool script_init(struct script *s, const struct step *steps);
void script_release(struct script *s);
/* The first step for the nth request, from 0. */
const struct step *script_part(const struct script *s, unsigned nth);

/* "OK", "Not Found"; "Status" for one nobody gave a name. */
const char *status_reason(int status);

#endif
