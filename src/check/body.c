/* Judges a body while it comes in. One thread; one of these to a request in flight. */
#include "body.h"

#include <regex.h>
#include <string.h>

#define KEEP_MEMORY 65536 /* a larger buffer is given back between checks */

void body_begin(struct body *b, const struct options *o, bool watch)
{
    if (b->kept.capacity > KEEP_MEMORY)
        strbuf_release(&b->kept);
    else
        strbuf_reset(&b->kept);
    b->options = o;
    b->bytes = 0;
    b->limited = b->found = b->rejected = false;
    b->watch = watch;
}

void body_release(struct body *b)
{
    strbuf_release(&b->kept);
}

static bool holds(const struct body *b, const char *text)
{
    return text && memmem(b->kept.text, b->kept.length, text, strlen(text));
}

/* Without an expression only so much is kept as could be the beginning of a text that ends in the next bytes. */
static void trim(struct body *b)
{
    size_t longest = 0, length;

    if (b->options->expect_body_regex)
        return;
    if (b->options->expect_body)
        longest = strlen(b->options->expect_body);
    if (b->options->reject_body && (length = strlen(b->options->reject_body)) > longest)
        longest = length;
    if (b->kept.length >= longest && longest)
        strbuf_splice(&b->kept, 0, b->kept.length - (longest - 1), NULL, 0);
}

bool body_take(struct body *b, const char *bytes, size_t length)
{
    size_t room = (size_t)b->options->body_limit - b->bytes;

    if (length >= room) {
        length = room;
        b->limited = true;
    }
    b->bytes += length;
    if (!b->watch)
        return !b->limited;

    strbuf_add(&b->kept, bytes, length);
    b->found = b->found || holds(b, b->options->expect_body);
    b->rejected = b->rejected || holds(b, b->options->reject_body);
    trim(b);
    if (b->rejected || b->kept.failed)
        return false;
    if (b->found && !b->options->reject_body && !b->options->expect_body_regex)
        return false;
    return !b->limited;
}

static bool matches(const struct body *b)
{
    regmatch_t all = { 0, (regoff_t)b->kept.length };
    regex_t regex;
    bool match;

    if (regcomp(&regex, b->options->expect_body_regex, REG_EXTENDED | REG_NOSUB) != 0)
        return false; /* settings were read with this expression: only memory can be the cause */
    match = regexec(&regex, b->kept.text, 1, &all, REG_STARTEND) == 0;
    regfree(&regex);
    return match;
}

enum outcome body_verdict(struct body *b)
{
    if (!b->watch)
        return OUTCOME_OK;
    if (b->kept.failed)
        return OUTCOME_LOCAL_MEMORY;
    if (b->rejected)
        return OUTCOME_BODY_REJECTED;
    if (b->options->expect_body && !b->found)
        return OUTCOME_BODY_MISSING;
    if (b->options->expect_body_regex && !matches(b))
        return OUTCOME_BODY_NO_MATCH;
    return OUTCOME_OK;
}
