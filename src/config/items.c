/* Lists as a person types them on one line. */
#include "items.h"

#include <string.h>

/* Reads a quoted item from its opening quote on; what stands behind it, NULL when it is never closed. */
static const char *read_quoted(struct strbuf *item, const char *at)
{
    for (at++; *at && *at != '"'; at++) {
        at += *at == '\\' && (at[1] == '"' || at[1] == '\\');
        strbuf_addc(item, *at);
    }
    return *at ? at + 1 : NULL;
}

static const char *read_plain(struct strbuf *item, const char *at)
{
    const char *end = strchr(at, ',');

    if (!end)
        end = at + strlen(at);
    strbuf_add(item, at, (size_t)(end - at));
    while (item->length && item->text[item->length - 1] == ' ')
        strbuf_splice(item, item->length - 1, 1, NULL, 0);
    return end;
}

enum err items_split(struct strings *list, const char *text)
{
    struct strbuf item = STRBUF_INIT;
    enum err err = ERR_OK;

    for (text += strspn(text, " "); *text && !err; text += strspn(text, " ")) {
        bool quoted = *text == '"';

        strbuf_reset(&item);
        text = quoted ? read_quoted(&item, text) : read_plain(&item, text);
        if (!text) {
            err = ERR_INVALID;
            break;
        }
        text += strspn(text, " ");
        if (*text && *text != ',')
            err = ERR_INVALID;
        text += *text == ',';
        if (!err && (item.failed || ((quoted || item.length) && strings_add(list, item.text))))
            err = ERR_NOMEM;
    }
    strbuf_release(&item);
    return err;
}

static bool is_plain(const char *item)
{
    return *item && *item != ' ' && item[strlen(item) - 1] != ' ' && !strpbrk(item, ",\"");
}

void items_join(struct strbuf *out, const struct strings *list)
{
    const char *c;
    size_t i;

    for (i = 0; i < list->n; i++) {
        strbuf_adds(out, i ? ", " : "");
        if (is_plain(list->item[i])) {
            strbuf_adds(out, list->item[i]);
            continue;
        }
        strbuf_addc(out, '"');
        for (c = list->item[i]; *c; c++) {
            if (*c == '"' || *c == '\\')
                strbuf_addc(out, '\\');
            strbuf_addc(out, *c);
        }
        strbuf_addc(out, '"');
    }
}
