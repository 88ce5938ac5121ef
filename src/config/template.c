/* Texts with names in braces: checked when settings are read, filled in when somebody is told. One walk serves both. */
#include "config/template.h"

#include <stdbool.h>
#include <string.h>

#include "report.h"

static const char *const message_names[] = {
#define FIELD(id, name, help) name,
#include "config/message_fields.def"
#undef FIELD
};

static const char *const command_names[] = {
#define FIELD(id, name, help) name,
#include "config/command_fields.def"
#undef FIELD
};

static const struct {
    const char *const *name;
    int n;
} lists[] = { [TEMPLATE_MESSAGE] = { message_names, MESSAGE_FIELDS }, [TEMPLATE_COMMAND] = { command_names, COMMAND_FIELDS } };

/* The field of a name; -1: there is none. */
static int field_of(enum template_kind kind, const char *name, size_t length)
{
    int i;

    for (i = 0; i < lists[kind].n; i++)
        if (strlen(lists[kind].name[i]) == length && !memcmp(lists[kind].name[i], name, length))
            return i;
    return -1;
}

/* One piece of a template: plain text, or a field. */
struct piece {
    const char *text;
    size_t length;
    bool is_field;
};

/* Cuts the next piece off; false when a brace has no partner: piece is what follows it. */
static bool next_piece(const char **at, struct piece *p)
{
    const char *text = *at;

    if ((*text == '{' || *text == '}') && text[1] == *text) {
        *p = (struct piece){ text, 1, false };
        *at = text + 2;
    } else if (*text == '{') {
        *p = (struct piece){ text + 1, strcspn(text + 1, "{}"), true };
        if (p->text[p->length] != '}')
            return false;
        *at = p->text + p->length + 1;
    } else {
        *p = (struct piece){ text, strcspn(text, "{}"), false };
        if (!p->length)
            return false;
        *at = text + p->length;
    }
    return true;
}

static enum err refuse_name(enum template_kind kind, const struct piece *p, struct errmsg *why)
{
    char name[64];
    struct shown s;
    struct hint h;
    size_t length = p->length < sizeof(name) ? p->length : sizeof(name) - 1;

    memcpy(name, p->text, length);
    name[length] = '\0';
    return err_set(why, ERR_INVALID, "there is no {%s} to put in%s", shown(&s, name),
                   hint(&h, name, lists[kind].name, (size_t)lists[kind].n));
}

enum err template_check(enum template_kind kind, const char *text, struct errmsg *why)
{
    struct piece p;

    while (*text) {
        if (!next_piece(&text, &p))
            return err_set(why, ERR_INVALID, "'%c' has no partner: write a brace that is meant as '%c%c'", *text, *text, *text);
        if (p.is_field && field_of(kind, p.text, p.length) < 0)
            return refuse_name(kind, &p, why);
    }
    return ERR_OK;
}

void template_fill(struct strbuf *out, enum template_kind kind, const char *text, template_value_fn *value,
                   void *context)
{
    struct piece p;

    while (*text && next_piece(&text, &p)) {
        const char *filled = p.is_field ? value(context, field_of(kind, p.text, p.length)) : NULL;

        if (!p.is_field)
            strbuf_add(out, p.text, p.length);
        else if (filled)
            strbuf_adds(out, filled);
    }
}
