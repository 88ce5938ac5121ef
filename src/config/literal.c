/* Values as libconfig reads them: the only place where they are written. */
#include "literal.h"

#include <string.h>

void literal_text(struct strbuf *out, const char *text)
{
    static const char plain[] = "\n\r\t\f\\\"", escaped[] = "nrtf\\\"";
    const char *c, *known;

    strbuf_addc(out, '"');
    for (c = text; *c; c++) {
        known = strchr(plain, *c);
        if (known)
            strbuf_addf(out, "\\%c", escaped[known - plain]);
        else if ((unsigned char)*c < 0x20 || *c == 0x7f)
            strbuf_addf(out, "\\x%02x", (unsigned)*c);
        else
            strbuf_addc(out, *c);
    }
    strbuf_addc(out, '"');
}

static void literal_list(struct strbuf *out, const struct strings *list)
{
    size_t i;

    strbuf_adds(out, list->n ? "[ " : "[ ]");
    for (i = 0; i < list->n; i++) {
        strbuf_adds(out, i ? ", " : "");
        literal_text(out, list->item[i]);
    }
    strbuf_adds(out, list->n ? " ]" : "");
}

void literal_typed(struct strbuf *out, const struct setting *row, const struct typed *t)
{
    switch (t->given.kind) {
    case GIVEN_TEXTS:
        literal_list(out, &t->list);
        break;
    case GIVEN_NUMBER:
        strbuf_addf(out, "%lld", (long long)t->given.number);
        break;
    case GIVEN_BOOLEAN:
        strbuf_adds(out, t->given.number ? "true" : "false");
        break;
    default: /* nothing typed for a duration is none: "" would be no duration */
        literal_text(out, row->type == SETTING_DURATION && !*t->text ? "0s" : t->text);
    }
}
