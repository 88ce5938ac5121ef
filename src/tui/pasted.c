/* Pasted lists of URLs. Pure. */
#include "pasted.h"

#include <stdlib.h>
#include <string.h>

#include "config/settings.h"

#define WRAPPING "\"'<>(),;"         /* what stands around URLs in lists, and in none of them at its ends */

/* The next piece between blanks, without wrapping and comments. */
static size_t next_piece(const char **text, const char **piece)
{
    size_t length;

    for (;;) {
        *text += strspn(*text, " \t\r\n" WRAPPING);
        if (**text != '#')
            break;
        *text += strcspn(*text, "\r\n");
    }
    *piece = *text;
    length = strcspn(*text, " \t\r\n");
    *text += length;
    while (length && strchr(WRAPPING, (*piece)[length - 1]))
        length--;
    return length;
}

size_t pasted_count(const char *text)
{
    const char *piece;
    size_t n = 0;

    while (next_piece(&text, &piece))
        n++;
    return n;
}

static enum err take(struct pasted *p, const char *piece, size_t length)
{
    char *text = strndup(piece, length);
    struct errmsg why;
    char *url = NULL;
    enum err err;

    if (!text)
        return ERR_NOMEM;
    err = url_normalize(&url, text, &why);
    if (!err)
        p->url[p->n++] = url;
    else if (err == ERR_INVALID) {
        if (!p->bad++)
            p->why = why;
        else
            strbuf_addc(&p->left, ' ');
        strbuf_adds(&p->left, text);
        err = p->left.failed ? ERR_NOMEM : ERR_OK;
    }
    free(text);
    return err;
}

/* --- which of them are new ---------------------------------------------------------------------------------------- */

struct known {
    const char *url;
    size_t place;                    /* among those pasted, counted from 1; 0: it is watched already */
};

static int by_url(const void *a, const void *b)
{
    const struct known *x = a, *y = b;
    int c = strcmp(x->url, y->url);

    return c ? c : (x->place > y->place) - (x->place < y->place);
}

static enum err drop_known(struct pasted *p, const struct snapshot *s)
{
    struct known *all = calloc(p->n + s->nrow + 1, sizeof(*all));
    size_t n = 0, kept = 0, i;

    if (!all)
        return ERR_NOMEM;
    for (i = 0; i < s->nrow; i++)
        if (s->row[i].row.generation)
            all[n++] = (struct known){ s->row[i].row.site->url, 0 };
    for (i = 0; i < p->n; i++)
        all[n++] = (struct known){ p->url[i], i + 1 };
    qsort(all, n, sizeof(*all), by_url);
    for (i = n; i-- > 1;)
        if (all[i].place && !strcmp(all[i].url, all[i - 1].url)) {
            free(p->url[all[i].place - 1]);
            p->url[all[i].place - 1] = NULL;
            all[i].url = "";         /* freed: the one behind was compared with it already */
            p->repeated++;
        }
    for (i = 0; i < p->n; i++)
        if (p->url[i])
            p->url[kept++] = p->url[i];
    p->n = kept;
    free(all);
    return ERR_OK;
}

enum err pasted_read(struct pasted *p, const char *text, const struct snapshot *s)
{
    size_t pieces = pasted_count(text), length;
    enum err err = ERR_OK;
    const char *piece;

    *p = (struct pasted){ .left = STRBUF_INIT };
    p->url = calloc(pieces + 1, sizeof(*p->url));
    if (!p->url)
        return ERR_NOMEM;
    while (!err && (length = next_piece(&text, &piece)) > 0)
        err = take(p, piece, length);
    return err ? err : drop_known(p, s);
}

void pasted_release(struct pasted *p)
{
    size_t i;

    for (i = 0; p->url && i < p->n; i++)
        free(p->url[i]);
    free(p->url);
    strbuf_release(&p->left);
}
