/* Watches a header come in. One thread; one of these to a request in flight. */
#include "header.h"

#include <string.h>
#include <strings.h>

#include "base/text.h"

static const struct wall {
    const char *header, *value, *name;
    bool sure;
} walls[] = {
#define WALL(header, value, name, sure) { header, value, name, sure },
#include "walls.def"
#undef WALL
};

void header_begin(struct header *h)
{
    memset(h, 0, sizeof(*h));
}

/* "HTTP/1.1 502 Bad Gateway": each answer begins with one; those before the last (103 Early Hints) do not count. */
static void take_status_line(struct header *h, const char *line, size_t length)
{
    const char *end = line + length, *at = memchr(line, ' ', length);

    h->whole = false;
    h->wall = NULL;
    h->wall_sure = false;
    h->reason[0] = '\0';
    at = at ? memchr(at + 1, ' ', (size_t)(end - at - 1)) : NULL;
    if (!at)
        return;
    while (end > at && (end[-1] == '\r' || end[-1] == '\n' || end[-1] == ' '))
        end--;
    if (end > at)
        text_clean(h->reason, sizeof(h->reason), at + 1, (size_t)(end - at - 1));
}

static bool value_has(const char *value, size_t length, const char *word)
{
    size_t n = strlen(word), i;

    for (i = 0; i + n <= length; i++)
        if (!strncasecmp(value + i, word, n))
            return true;
    return false;
}

static void look_for_wall(struct header *h, const char *line, size_t length)
{
    const char *colon = memchr(line, ':', length);
    size_t name = colon ? (size_t)(colon - line) : 0, i;

    for (i = 0; name && i < sizeof(walls) / sizeof(walls[0]); i++) {
        const struct wall *w = &walls[i];

        if (strlen(w->header) != name || strncasecmp(w->header, line, name) != 0)
            continue;
        if (!value_has(colon + 1, length - name - 1, w->value) || h->wall_sure)
            continue;
        h->wall = w->name;
        h->wall_sure = w->sure;
    }
}

bool header_take(struct header *h, const char *line, size_t length)
{
    h->bytes += length;
    if (h->bytes > HEADER_LIMIT) {
        h->too_large = true;
        return false;
    }
    if (length >= 5 && !memcmp(line, "HTTP/", 5))
        take_status_line(h, line, length);
    else if (length && (line[0] == '\r' || line[0] == '\n'))
        h->whole = true;
    else
        look_for_wall(h, line, length);
    return true;
}

const char *header_blocked_by(const struct header *h, int status)
{
    bool may_block = status == 403 || status == 429 || (status == 503 && h->wall_sure);

    return may_block ? h->wall : NULL;
}
