#ifndef NOTIFY_WORDS_H
#define NOTIFY_WORDS_H

#include "base/err.h"
#include "config/settings.h"
#include "model/notice.h"
#include "notify/letter.h"

/* Notices put into words: every form of a letter at once. Pure but for the time zone, which is this process's; any thread.
 *
 * The letter's id comes from the ids of the notices, their owner and when it began, so that the same bundle has the same id at
 * every try, and an incident that has the number of another in a database that is gone has not. A letter about one site is
 * threaded under the first of its incident. */

/* b has notices of one owner. messages: words of one's own for letters about one site (NULL: none). *out is the caller's to
 * release; ERR_NOMEM leaves nothing in it. */
enum err words_letter(struct letter *out, const struct bundle *b, const struct message_settings *messages);

/* A text message: the text in characters of GSM 03.38, others replaced by what comes nearest, cut to `most` septets with
 * "..." at its end. dst is terminated; size >= 1. Returns the septets. */
#define BRIEF_SEPTETS 160
size_t words_gsm(char *dst, size_t size, const char *text, size_t most);

#endif
