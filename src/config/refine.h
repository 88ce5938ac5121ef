#ifndef CONFIG_REFINE_H
#define CONFIG_REFINE_H

#include "base/err.h"

/* What a text must be to be taken: each function checks one and gives what to keep of it, the caller's to free.
 * ERR_INVALID says what is wrong, in a message without secrets. */
enum err refine_line(char **out, const char *text, struct errmsg *why);         /* printable, not empty */
enum err refine_name(char **out, const char *text, struct errmsg *why);         /* 1 - 128 printable bytes */
enum err refine_header(char **out, const char *text, struct errmsg *why);       /* "Name: value", RFC 9110 section 5 */
enum err refine_regex(char **out, const char *text, struct errmsg *why);        /* POSIX extended */
enum err refine_host(char **out, const char *text, struct errmsg *why);
enum err refine_listen(char **out, const char *text, struct errmsg *why);       /* host:port */
enum err refine_mail_url(char **out, const char *text, struct errmsg *why);
enum err refine_broker_url(char **out, const char *text, struct errmsg *why);
enum err refine_mail_address(char **out, const char *text, struct errmsg *why); /* one, without a display name */
enum err refine_phone(char **out, const char *text, struct errmsg *why);        /* digits, with a + or not */
enum err refine_secret_url(char **out, const char *text, struct errmsg *why);   /* http or https */
enum err refine_topic(char **out, const char *text, struct errmsg *why);        /* URL of a topic of ntfy */
enum err refine_key(char **out, const char *text, struct errmsg *why);          /* letters and digits */
enum err refine_message(char **out, const char *text, struct errmsg *why);      /* a template; lines are fine */
enum err refine_argument(char **out, const char *text, struct errmsg *why);     /* a template, of a command */
enum err refine_wake(char **out, const char *text, struct errmsg *why);         /* a kind of notice, or tag=NAME */

#define NAME_LIMIT 128

#endif
