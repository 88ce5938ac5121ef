/* Which sites to show. Read anew for each row: a term costs less to read than a compiled form would to explain.
 * Pure. */
#include "filter.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define ALTERNATIVE_SIZE 128         /* longer texts are compared by their beginning */

/* A piece of a filter's text: a term, or one alternative of it. */
struct piece {
    const char *at;
    size_t length;
};

static bool next_piece(const char **text, const char *between, struct piece *out)
{
    *text += strspn(*text, between);
    out->at = *text;
    out->length = strcspn(*text, between);
    *text += out->length;
    return out->length > 0;
}

static bool has(const char *text, const char *part)
{
    return text && strcasestr(text, part);
}

static bool tag_fits(const struct row *r, const char *value)
{
    const struct strings *tags = &r->site->options->tags;
    size_t i;

    for (i = 0; i < tags->n; i++)
        if (has(tags->item[i], value))
            return true;
    return false;
}

static bool owner_fits(const struct row *r, const char *value)
{
    return has(r->site->options->owner, value);
}

static bool name_fits(const struct row *r, const char *value)
{
    return has(r->site->name, value) || has(r->site->url, value);
}

static bool begins(const char *word, const char *part)
{
    return !strncasecmp(word, part, strlen(part));
}

static bool is_state(enum state s, enum degraded why, const char *value)
{
    return begins(state_label(s, why), value) || begins(state_name(s), value);
}

static bool state_fits(const struct row *r, const char *value)
{
    return is_state(state_shown(&r->state), (enum degraded)r->state.degraded, value);
}

static const struct term {
    const char *prefix;
    bool (*fits)(const struct row *r, const char *value);
} terms[] = {
    { "tag=", tag_fits }, { "state=", state_fits }, { "owner=", owner_fits }, { "", name_fits },
};

/* The kind of a term; steps over its prefix. */
static const struct term *term_of(struct piece *p)
{
    const struct term *t = terms;
    size_t length;

    while (strncasecmp(p->at, t->prefix, strlen(t->prefix)) != 0)
        t++;
    length = strlen(t->prefix) < p->length ? strlen(t->prefix) : p->length;
    p->at += length;
    p->length -= length;
    return t;
}

/* Copies an alternative to where it ends with a terminator. False when there is none left. */
static bool next_alternative(struct piece *p, char value[ALTERNATIVE_SIZE])
{
    size_t length = 0, cut;

    while (p->length && *p->at == '|') {
        p->at++;
        p->length--;
    }
    while (length < p->length && p->at[length] != '|')
        length++;
    cut = length < ALTERNATIVE_SIZE ? length : ALTERNATIVE_SIZE - 1;
    memcpy(value, p->at, cut);
    value[cut] = '\0';
    p->at += length;
    p->length -= length;
    return cut > 0;
}

static bool term_fits(struct piece p, const struct row *r)
{
    const struct term *t = term_of(&p);
    char value[ALTERNATIVE_SIZE];

    if (!p.length)                   /* "tag=" alone: still being typed */
        return true;
    while (next_alternative(&p, value))
        if (t->fits(r, value))
            return true;
    return false;
}

bool filter_shows(const struct filter *f, const struct snapshot_row *row)
{
    const char *text = f->text ? f->text : "";
    struct piece p;

    while (next_piece(&text, " ", &p))
        if (!term_fits(p, &row->row))
            return false;
    return true;
}

bool filter_finds(const char *text, const struct snapshot_row *row)
{
    return name_fits(&row->row, text);
}

static bool some_state_is(const char *value)
{
    int s;

    for (s = 0; s < STATE_COUNT; s++)
        if (is_state((enum state)s, DEGRADED_NOT, value) || is_state((enum state)s, DEGRADED_CERTIFICATE, value))
            return true;
    return false;
}

enum err filter_set(struct filter *f, const char *text, struct errmsg *why)
{
    const char *at = text;
    struct piece p;
    char *copy;

    while (next_piece(&at, " ", &p)) {
        char value[ALTERNATIVE_SIZE];

        if (term_of(&p)->fits != state_fits)
            continue;
        while (next_alternative(&p, value))
            if (!some_state_is(value))
                return err_set(why, ERR_INVALID, "no state is called '%.40s': "
                               "down, check, slow, warn, ?, new, up, maint or pause", value);
    }
    copy = strdup(text);
    if (!copy)
        return err_set(why, ERR_NOMEM, "cannot filter: out of memory");
    free(f->text);
    f->text = copy;
    return ERR_OK;
}

void filter_release(struct filter *f)
{
    free(f->text);
    f->text = NULL;
}

bool filter_is_set(const struct filter *f)
{
    return f->text && f->text[strspn(f->text, " ")];
}
