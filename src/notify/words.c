/* Notices put into words: one by our phrases or templates of the owner's, several as a summary and a list. */
#include "notify/words.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "phrases.h"
#include "words_json.h"

#define LISTED_MOST 100              /* in a mail; a push has PUSHED_MOST */
#define PUSHED_MOST 12

/* --- ids -------------------------------------------------------------------------------------------------------- */

static uint64_t hash_text(uint64_t hash, const char *text)
{
    while (*text)
        hash = (hash ^ (unsigned char)*text++) * UINT64_C(1099511628211);
    return (hash ^ 0xff) * UINT64_C(1099511628211);
}

#define HASH_BEGIN UINT64_C(14695981039346656037)

/* Notices of one incident share when it began; a number that was given before, to another incident, does not come with the
 * same moment again. */
static uint64_t birth(const struct notice *n)
{
    uint64_t hash = hash_text(HASH_BEGIN, n->owner);

    return (hash ^ (uint64_t)(n->incident_id ? n->since_ms : n->at_ms)) * UINT64_C(1099511628211);
}

static void set_id(char id[LETTER_ID_SIZE], const char *base, uint64_t hash)
{
    char *c;

    snprintf(id, LETTER_ID_SIZE, "%.60s.%016" PRIx64, base, hash);
    for (c = id; *c; c++)
        if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-", *c))
            *c = '-';
}

static void set_ids(struct letter *l, const struct bundle *b)
{
    const struct notice *n = b->notice[0];
    uint64_t hash = HASH_BEGIN;
    char base[32];
    size_t i;

    if (b->n == 1) {
        set_id(l->id, n->id, birth(n));
        snprintf(base, sizeof(base), "%" PRIu64 ".0", n->incident_id);
        if (n->incident_id && !n->is_first)
            set_id(l->thread, base, birth(n));
        return;
    }
    for (i = 0; i < b->n; i++)
        hash = hash_text(hash, b->notice[i]->id) ^ birth(b->notice[i]);
    snprintf(base, sizeof(base), "b%zu", b->n);
    set_id(l->id, base, hash);
}

/* --- one notice ------------------------------------------------------------------------------------------------- */

static const char *value_of(void *context, int field)
{
    return facts_field(context, (enum message_field)field);
}

typedef void phrase_fn(struct strbuf *out, const struct facts *f);

/* A form by the owner's template, or by our phrase. */
static void add_form(struct strbuf *out, const struct facts *f, const char *template, phrase_fn *phrase)
{
    if (template && *f->notice->site)
        template_fill(out, TEMPLATE_MESSAGE, template, value_of, (void *)f);
    else
        phrase(out, f);
}

/* The forms of a letter in the making. */
struct forms {
    struct strbuf title, text, brief, push;
};

static void write_one(struct forms *w, const struct notice *n, const struct message_settings *m)
{
    static const struct message_settings ours;
    struct facts f;

    m = m ? m : &ours;
    facts_init(&f, n);
    add_form(&w->title, &f, m->title, phrase_title);
    add_form(&w->text, &f, m->text, phrase_text);
    add_form(&w->brief, &f, m->brief, phrase_brief);
    add_form(&w->push, &f, m->push, phrase_push);
}

/* --- several ---------------------------------------------------------------------------------------------------- */

/* Those that are down stand first: they are what somebody has to do something about. */
static void list_all(struct strbuf *out, const struct bundle *b, size_t most, const char *begin)
{
    size_t i, listed = 0;
    int pass;

    for (pass = 0; pass < 2; pass++)
        for (i = 0; i < b->n; i++) {
            struct facts f;

            if ((phrase_priority(b->notice[i]) == LETTER_HIGH) != (pass == 0) || listed++ >= most)
                continue;
            facts_init(&f, b->notice[i]);
            strbuf_adds(out, begin);
            phrase_brief(out, &f);
            strbuf_addc(out, '\n');
        }
    if (listed > most)
        strbuf_addf(out, "%sand %zu more\n", begin, listed - most);
}

/* "shop, blog, api": names of those that are down, for a text message. */
static void add_names(struct strbuf *out, const struct bundle *b)
{
    const char *before = ": ";
    size_t i;

    for (i = 0; i < b->n && out->length < 2 * BRIEF_SEPTETS; i++)
        if (phrase_priority(b->notice[i]) == LETTER_HIGH) {
            strbuf_addf(out, "%s%s", before, b->notice[i]->site);
            before = ", ";
        }
}

static void write_many(struct forms *w, const struct bundle *b)
{
    char summary[BUNDLE_SUMMARY_SIZE];
    const char *label = b->down ? "DOWN" : b->up ? "UP" : "NEWS";

    bundle_summary(summary, b);
    strbuf_addf(&w->title, "[%s] %s", label, summary);
    strbuf_addf(&w->brief, "%s %s", label, summary);
    add_names(&w->brief, b);
    strbuf_addf(&w->text, "%s\n\n", summary);
    if (b->reason == BUNDLE_DIGEST)
        strbuf_adds(&w->text, "The cap of messages for an hour was reached; this is what came meanwhile.\n\n");
    list_all(&w->text, b, LISTED_MOST, "");
    list_all(&w->push, b, PUSHED_MOST, "");
}

/* --- the letter ------------------------------------------------------------------------------------------------- */

static void set_manner(struct letter *l, const struct bundle *b)
{
    size_t i;

    l->priority = LETTER_LOW;
    l->tone = phrase_tone(b->notice[0]);
    for (i = 0; i < b->n; i++) {
        if (phrase_priority(b->notice[i]) > l->priority)
            l->priority = phrase_priority(b->notice[i]);
        if (phrase_tone(b->notice[i]) > l->tone)
            l->tone = phrase_tone(b->notice[i]);
        if (b->notice[i]->at_ms > l->at_ms)
            l->at_ms = b->notice[i]->at_ms;
    }
    if (b->reason == BUNDLE_DIGEST && l->priority == LETTER_HIGH && !b->down)
        l->priority = LETTER_NORMAL;
}

/* Lines of a template's making have no place in a title or a text message. */
static void join_lines(struct strbuf *b)
{
    char *c;

    for (c = b->text; b->length && *c; c++)
        if (*c == '\n')
            *c = ' ';
}

/* What a browser opens: services refuse a message with a link that is none. */
static bool is_link(const char *url)
{
    return (!strncmp(url, "https://", 8) || !strncmp(url, "http://", 7)) && !strstr(url, "***");
}

static enum err finish(struct letter *l, struct forms *w, const struct bundle *b)
{
    char brief[BRIEF_SEPTETS * 4 + 1];
    struct strbuf gsm = STRBUF_INIT;

    join_lines(&w->title);
    join_lines(&w->brief);
    words_gsm(brief, sizeof(brief), w->brief.text, BRIEF_SEPTETS);
    strbuf_adds(&gsm, brief);
    gsm.failed |= w->brief.failed;
    l->title = strbuf_detach(&w->title);
    l->text = strbuf_detach(&w->text);
    l->push = strbuf_detach(&w->push);
    l->brief = strbuf_detach(&gsm);
    if (l->title && l->text && l->push && l->brief)
        l->json = words_json(l, b);
    if (l->json && b->n == 1 && is_link(b->notice[0]->url)) {
        struct strbuf url = STRBUF_INIT;

        strbuf_adds(&url, b->notice[0]->url);
        l->url = strbuf_detach(&url);
        return l->url ? ERR_OK : ERR_NOMEM;
    }
    return l->json ? ERR_OK : ERR_NOMEM;
}

enum err words_letter(struct letter *out, const struct bundle *b, const struct message_settings *messages)
{
    struct forms w = { STRBUF_INIT, STRBUF_INIT, STRBUF_INIT, STRBUF_INIT };
    struct letter l = LETTER_INIT;
    enum err err;

    set_ids(&l, b);
    set_manner(&l, b);
    if (b->n == 1)
        write_one(&w, b->notice[0], messages);
    else
        write_many(&w, b);
    err = finish(&l, &w, b);
    strbuf_release(&w.title);
    strbuf_release(&w.text);
    strbuf_release(&w.brief);
    strbuf_release(&w.push);
    if (err)
        letter_release(&l);
    else
        *out = l;
    return err;
}
