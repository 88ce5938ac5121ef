/* Whatever a notice says: its letter is a letter, its mail a mail, its text message fits. Fields stand one to a line. */
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/text.h"
#include "mail.h"
#include "notify/words.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool claim)
{
    if (!claim)
        abort();
}

static void take(const char **at, const char *end, char *text, size_t size)
{
    const char *line = memchr(*at, '\n', (size_t)(end - *at));
    size_t length = (size_t)((line ? line : end) - *at);

    text_clean(text, size, *at, length);
    *at += length + (line != NULL);
}

static void check_mail(const struct letter *l)
{
    struct strbuf mail = STRBUF_INIT;
    const char *line;
    bool in_header = true;

    mail_compose(&mail, l, "u@example.org", "ops@example.org");
    for (line = mail.text; *line; line += strcspn(line, "\n") + 1) {
        size_t length = strcspn(line, "\r\n"), i;

        must(length <= 998 && line[length] == '\r' && line[length + 1] == '\n');
        for (i = 0; i < length; i++)
            must(line[i] >= 0x20 && line[i] < 0x7f);
        in_header = in_header && length;
        must(!in_header || *line == ' ' || strchr("FTSDMIRAXC", *line));
    }
    strbuf_release(&mail);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *at = (const char *)data, *end = at + size;
    const struct notice *list[1];
    char again[BRIEF_SEPTETS * 4 + 1];
    struct notice n;
    struct bundle b;
    struct letter l;
    json_t *json;

    if (!size)
        return 0;
    notice_init(&n, (enum notice_kind)((unsigned char)*at++ % NOTICE_KINDS));
    take(&at, end, n.site, sizeof(n.site));
    take(&at, end, n.cause, sizeof(n.cause));
    take(&at, end, n.owner, sizeof(n.owner));
    take(&at, end, n.id, sizeof(n.id));
    take(&at, end, n.url, sizeof(n.url));
    take(&at, end, n.tags, sizeof(n.tags));
    take(&at, end, n.why_now, sizeof(n.why_now));
    take(&at, end, n.repeat, sizeof(n.repeat));
    list[0] = &n;
    bundle_init(&b, list, 1, BUNDLE_ONE);
    must(!words_letter(&l, &b, NULL));
    json = json_loads(l.json, JSON_REJECT_DUPLICATES, NULL);
    must(json != NULL);
    json_decref(json);
    must(text_is_clean(l.title) && text_is_clean(l.brief));
    must(words_gsm(again, sizeof(again), l.brief, BRIEF_SEPTETS) <= BRIEF_SEPTETS && !strcmp(again, l.brief));
    check_mail(&l);
    letter_release(&l);
    return 0;
}
