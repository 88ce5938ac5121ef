/* Collects what is wrong with a file, and makes what is quoted in a message fit to be seen. */
#include "report.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define MESSAGE_SIZE 1024

void report_release(struct report *r)
{
    size_t i;

    for (i = 0; i < r->n; i++)
        free(r->fault[i].text);
    free(r->fault);
    *r = (struct report)REPORT_INIT;
}

static void keep(struct report *r, unsigned order, enum err kind, const char *message)
{
    char clean[MESSAGE_SIZE];
    char *text;

    if (r->n == r->capacity) {
        size_t capacity = r->capacity ? r->capacity * 2 : 16;
        struct fault *more = realloc(r->fault, capacity * sizeof(*more));

        if (!more) {
            r->kind = ERR_NOMEM;
            return;
        }
        r->fault = more;
        r->capacity = capacity;
    }
    text_clean(clean, sizeof(clean), message, strlen(message));
    text = strdup(clean);
    if (!text) {
        r->kind = ERR_NOMEM;
        return;
    }
    r->fault[r->n++] = (struct fault){ order, text };
    if (r->kind == ERR_OK || kind != ERR_INVALID)
        r->kind = kind;
}

void report_add(struct report *r, unsigned order, const char *file, unsigned line, const char *format, ...)
{
    char message[MESSAGE_SIZE] = "";
    va_list args;
    int used = 0;

    if (file && line)
        used = snprintf(message, sizeof(message), "%.255s:%u: ", file, line);
    else if (file)
        used = snprintf(message, sizeof(message), "%.255s: ", file);
    va_start(args, format);
    vsnprintf(message + used, sizeof(message) - (size_t)used, format, args);
    va_end(args);
    keep(r, order, ERR_INVALID, message);
}

void report_error(struct report *r, enum err kind, const char *message)
{
    keep(r, 0, kind, message);
    if (kind == ERR_NOMEM)
        r->kind = ERR_NOMEM;
}

struct numbered {
    struct fault fault;
    size_t number;                   /* qsort() is not stable: what was found first is told first */
};

static int compare(const void *a, const void *b)
{
    const struct numbered *x = a, *y = b;

    if (x->fault.order != y->fault.order)
        return x->fault.order < y->fault.order ? -1 : 1;
    return x->number < y->number ? -1 : x->number > y->number;
}

/* The lines in the order of the file, in one array made at once: there may be a hundred thousand. */
static enum err sort_into(struct report *r, struct faults *out)
{
    struct numbered *line = malloc((r->n + 1) * sizeof(*line));
    char **item = malloc((r->n + 1) * sizeof(*item));
    size_t i;

    if (!line || !item) {
        free(line);
        free(item);
        return ERR_NOMEM;
    }
    for (i = 0; i < r->n; i++)
        line[i] = (struct numbered){ r->fault[i], i };
    qsort(line, r->n, sizeof(*line), compare);
    for (i = 0; i < r->n; i++)
        item[i] = line[i].fault.text;
    free(line);
    faults_release(out);
    out->line = (struct strings){ r->n, item };
    r->n = 0;
    return ERR_OK;
}

enum err report_finish(struct report *r, struct faults *out)
{
    enum err err = r->kind;

    if (err && out && sort_into(r, out))
        err = ERR_NOMEM;
    report_release(r);
    return err;
}

void faults_release(struct faults *f)
{
    strings_release(&f->line);
}

const char *shown(struct shown *s, const char *text)
{
    char whole[sizeof(s->text) * 4];
    size_t length = text_mask_url(whole, sizeof(whole), text);

    if (length < sizeof(s->text)) {
        memcpy(s->text, whole, length + 1);
        return s->text;
    }
    length = text_clean(s->text, sizeof(s->text) - 3, whole, length);
    memcpy(s->text + length, "...", 4);
    return s->text;
}

const char *hint(struct hint *h, const char *word, const char *const *known, size_t n)
{
    const char *nearest = strlen(word) > 2 ? text_nearest(word, known, n) : NULL;
    struct shown s;

    h->text[0] = '\0';
    if (nearest)
        snprintf(h->text, sizeof(h->text), " (did you mean '%s'?)", shown(&s, nearest));
    return h->text;
}
