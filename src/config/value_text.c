/* Values that are texts: one, a list of them, or one of a few words. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/settings.h"
#include "items.h"
#include "refine.h"
#include "report.h"
#include "secret.h"
#include "value_type.h"

/* --- words ------------------------------------------------------------------------------------------------------ */

/* "HEAD or GET", "serial, threads or events" */
static void join_words(struct strbuf *out, const struct strings *words)
{
    size_t i;

    for (i = 0; i < words->n; i++)
        strbuf_addf(out, "%s%s", !i ? "" : i + 1 < words->n ? ", " : " or ", words->item[i]);
}

static void split_words(struct strings *out, const char *words)
{
    char word[32];

    for (; *words; words += strcspn(words, " "), words += strspn(words, " ")) {
        snprintf(word, sizeof(word), "%.*s", (int)strcspn(words, " "), words);
        if (strings_add(out, word))
            return; /* a shorter list in a message */
    }
}

static enum err refuse_word(const struct taking *t, const char *text)
{
    struct strbuf joined = STRBUF_INIT;
    struct strings words = { 0 };
    struct hint h;
    struct shown s;

    split_words(&words, t->row->words);
    join_words(&joined, &words);
    err_set(t->why, ERR_INVALID, "'%s' must be %.200s, not '%s'%s", t->row->name, joined.text, shown(&s, text),
            hint(&h, text, (const char *const *)words.item, words.n));
    strings_release(&words);
    strbuf_release(&joined);
    return ERR_INVALID;
}

/* The number of a word in the row's list, -1 if it is not there. */
static int word_number(const struct setting *row, const char *text)
{
    size_t length = strlen(text);
    const char *word;
    int number = 0;

    for (word = row->words; *word; word += strcspn(word, " "), word += strspn(word, " "), number++)
        if (strcspn(word, " ") == length && !strncmp(word, text, length))
            return number;
    return -1;
}

/* One text, checked: what to keep of it, for the caller to free. */
static enum err refine(const struct taking *t, char **out, const char *text)
{
    struct errmsg inner = ERRMSG_INIT;
    enum err err;

    if (t->row->words && word_number(t->row, text) < 0)
        return refuse_word(t, text);
    if (!t->row->refine) {
        *out = strdup(text);
        return *out ? ERR_OK : taking_nomem(t);
    }
    err = t->row->refine(out, text, &inner);
    return err ? taking_fail(t, err, &inner) : ERR_OK;
}

static enum err take_text(const struct taking *t)
{
    char *kept = NULL;
    enum err err;

    if (!*t->given->text && t->row->required)
        return err_set(t->why, ERR_INVALID, "'%s' is empty", t->row->name);
    err = *t->given->text ? refine(t, &kept, t->given->text) : ERR_OK;
    if (!err)
        value_replace(t->member, kept);
    return err;
}

static void format_text(const struct setting *row, const void *member, struct strbuf *out)
{
    const char *text = *(char *const *)member;

    (void)row;
    strbuf_adds(out, text ? text : "");
}

static enum err take_strings(const struct taking *t)
{
    struct strings kept = { 0 };
    enum err err = ERR_OK;
    size_t i;

    for (i = 0; i < t->given->texts->n && !err; i++) {
        char *item = NULL;

        err = refine(t, &item, t->given->texts->item[i]);
        if (!err && strings_add(&kept, item))
            err = taking_nomem(t);
        free(item);
    }
    if (err) {
        strings_release(&kept);
        return err;
    }
    strings_release(t->member);
    *(struct strings *)t->member = kept;
    return ERR_OK;
}

static enum err take_texts(const struct taking *t)
{
    char *item = (char *)t->given->text; /* only read */
    struct strings one = { item && *item ? 1 : 0, &item };
    struct given list = { .kind = GIVEN_TEXTS, .texts = &one };
    struct taking as_list = *t;

    as_list.given = &list;
    return take_strings(t->given->kind == GIVEN_TEXTS ? t : &as_list);
}

/* Headers with their secrets as ***. */
static enum err mask_headers(struct strings *masked, const struct strings *headers)
{
    size_t i;

    for (i = 0; i < headers->n; i++) {
        const char *header = headers->item[i], *secret = secret_in_header(header);
        struct strbuf text = STRBUF_INIT;
        bool added;

        strbuf_add(&text, header, secret ? (size_t)(secret - header) : strlen(header));
        strbuf_adds(&text, secret ? "***" : "");
        added = !text.failed && !strings_add(masked, text.text);
        strbuf_release(&text);
        if (!added)
            return ERR_NOMEM;
    }
    return ERR_OK;
}

static void format_strings(const struct setting *row, const void *member, struct strbuf *out)
{
    struct strings masked = { 0 };

    if (row->refine != refine_header)
        items_join(out, member);
    else if (mask_headers(&masked, member))
        out->failed = true;
    else
        items_join(out, &masked);
    strings_release(&masked);
}

static enum err take_word(const struct taking *t)
{
    char digits[24];
    const char *text = t->given->text;
    int number;

    if (t->given->kind == GIVEN_NUMBER) { /* ip = 4 */
        snprintf(digits, sizeof(digits), "%lld", (long long)t->given->number);
        text = digits;
    }
    number = word_number(t->row, text);
    if (number < 0)
        return refuse_word(t, text);
    *(int *)t->member = number;
    return ERR_OK;
}

static void format_word(const struct setting *row, const void *member, struct strbuf *out)
{
    const char *word = row->words;
    int number = *(const int *)member;

    while (number--)
        word += strcspn(word, " ") + 1;
    strbuf_add(out, word, strcspn(word, " "));
}

const struct value_type value_text = {
    .noun = "a text", .accepts = GIVEN_BIT(GIVEN_TEXT), .take = take_text, .format = format_text, .ntext = 1,
};
const struct value_type value_texts = {
    .noun = "a text or a list of texts", .accepts = GIVEN_BIT(GIVEN_TEXT) | GIVEN_BIT(GIVEN_TEXTS), .take = take_texts,
    .format = format_strings, .is_list = true,
};
const struct value_type value_strings = {
    .noun = "a list of texts", .accepts = GIVEN_BIT(GIVEN_TEXTS), .take = take_strings, .format = format_strings,
    .is_list = true,
};
const struct value_type value_word = {
    .noun = "a text", .accepts = GIVEN_BIT(GIVEN_TEXT) | GIVEN_BIT(GIVEN_NUMBER), .take = take_word,
    .format = format_word, .plain = sizeof(int),
};

/* Words are enums here and ints there: one size, and all their values small. */
_Static_assert(sizeof(enum method) == sizeof(int) && sizeof(enum mail_tls) == sizeof(int), "an enum is no int");
