/* The text of uptime.cfg with what it includes put in place, and the way back from its lines to the files. */
#include "source.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lexer.h"

#define INCLUDE_DEPTH 10                 /* as libconfig's own limit */
#define INCLUDE_PIECES 2000              /* two for each file included: files that include each other twice end soon */

static const char byte_order_mark[] = "\xef\xbb\xbf";

/* A file on its way into the whole text. */
struct inclusion {
    struct source *source;
    struct report *report;
    const char *path;
    const char *text;
    size_t length;
    uint32_t file;                       /* its number in source->file */
    unsigned depth;
};

static void out_of_memory(struct report *r)
{
    report_error(r, ERR_NOMEM, "out of memory");
}

void source_release(struct source *s)
{
    size_t i;

    for (i = 0; i < s->nfile; i++)
        free(s->file[i].path);
    free(s->file);
    free(s->piece);
    strbuf_release(&s->text);
    *s = (struct source)SOURCE_INIT;
}

/* --- files and pieces ------------------------------------------------------------------------------------------- */

/* A file may be included twice; it is listed once. */
static bool add_file(struct source *s, const char *path, struct stamp stamp, uint32_t *number)
{
    struct source_file *file;
    char *copy;

    for (*number = 0; *number < s->nfile; (*number)++)
        if (!strcmp(s->file[*number].path, path))
            return true;
    file = realloc(s->file, (s->nfile + 1) * sizeof(*file));
    if (!file)
        return false;
    s->file = file;
    copy = strdup(path);
    if (!copy)
        return false;
    s->file[s->nfile++] = (struct source_file){ copy, stamp };
    return true;
}

static uint32_t count_lines(const char *text, size_t length)
{
    uint32_t lines = 0;
    const char *end = text + length;

    while ((text = memchr(text, '\n', (size_t)(end - text)))) {
        lines++;
        text++;
    }
    return lines;
}

/* Appends a stretch of a file that begins at the given line of it. */
static bool add_piece(const struct inclusion *in, size_t from, size_t to, uint32_t file_line)
{
    struct source *s = in->source;
    struct source_piece *piece = realloc(s->piece, (s->npiece + 1) * sizeof(*piece));
    const struct source_piece *last;
    uint32_t line = 1;

    if (!piece)
        return false;
    s->piece = piece;
    if (s->npiece) {
        last = &piece[s->npiece - 1];
        line = last->line + count_lines(s->text.text + last->start, s->text.length - last->start);
    }
    s->piece[s->npiece++] = (struct source_piece){
        .start = (uint32_t)s->text.length, .line = line, .file_start = (uint32_t)from, .file_line = file_line,
        .file = in->file,
    };
    strbuf_add(&s->text, in->text + from, to - from);
    return true;
}

/* --- following @include ----------------------------------------------------------------------------------------- */

static void include_file(struct inclusion *in);

static void fault_in(const struct inclusion *in, uint32_t line, const char *message)
{
    report_add(in->report, 0, path_name(in->path), line, "%s", message);
}

/* The file an @include names, seen from the file it stands in. The quoted path knows \\ and \" alone. */
static char *included_path(const struct inclusion *in, const struct token *t)
{
    const char *at = memchr(in->text + t->start, '"', t->end - t->start);
    const char *end = in->text + t->end - 1;
    struct strbuf named = STRBUF_INIT;
    char *directory = path_directory(in->path);
    char *path = NULL;

    for (at++; at < end; at++) {
        at += *at == '\\' && (at[1] == '\\' || at[1] == '"') && at + 1 < end;
        strbuf_addc(&named, *at);
    }
    if (directory && !named.failed)
        path = path_join(directory, named.text);
    strbuf_release(&named);
    free(directory);
    return path;
}

static void include_path(struct inclusion *in, uint32_t line, const char *path)
{
    struct source *s = in->source;
    struct strbuf text = STRBUF_INIT;
    struct inclusion inner = { .source = s, .report = in->report, .path = path, .depth = in->depth + 1 };
    struct errmsg why = ERRMSG_INIT;
    struct stat st;
    enum err err;

    if (inner.depth > INCLUDE_DEPTH || s->npiece > INCLUDE_PIECES) {
        fault_in(in, line, inner.depth > INCLUDE_DEPTH ? "files include each other more than 10 deep"
                                                       : "too many files are included");
        return;
    }
    err = file_read(&text, &st, path, FILE_REGULAR, SOURCE_LIMIT, &why);
    if (err == ERR_NOMEM || (!err && !add_file(s, path, stamp_of(&st), &inner.file))) {
        out_of_memory(in->report);
    } else if (err) {
        fault_in(in, line, why.text);
    } else {
        inner.text = text.text;
        inner.length = text.length;
        include_file(&inner);
    }
    strbuf_release(&text);
}

/* Puts in what an @include names. It begins a line of the whole text, and so does what stands behind it. */
static void follow(struct inclusion *in, const struct token *t, uint32_t line)
{
    char *named = included_path(in, t);
    char *path = named ? path_resolve(named) : NULL;

    if (in->source->text.length && in->source->text.text[in->source->text.length - 1] != '\n')
        strbuf_addc(&in->source->text, '\n');
    if (path)
        include_path(in, line, path);
    else
        out_of_memory(in->report);
    free(path);
    free(named);
}

static bool is_unclosed(enum token_kind kind)
{
    return kind == TOKEN_UNCLOSED_STRING || kind == TOKEN_UNCLOSED_COMMENT || kind == TOKEN_UNCLOSED_INCLUDE;
}

static bool is_text(const struct inclusion *in)
{
    const char *nul = memchr(in->text, '\0', in->length);

    if (nul)
        fault_in(in, 1 + count_lines(in->text, (size_t)(nul - in->text)), "a NUL byte: this is no text file");
    else if (in->source->text.length + in->length > SOURCE_LIMIT)
        fault_in(in, 0, "with what it includes, the text is larger than 64 MiB");
    else
        return true;
    return false;
}

/* Appends a file up to the last @include in it, each replaced by what it names; *from and *line are what comes
 * behind. */
static void follow_all(struct inclusion *in, uint32_t *from, uint32_t *line)
{
    uint32_t begin = *from;
    struct lexer lexer;
    struct token t;

    lexer_init(&lexer, in->text + begin, in->length - begin);
    do {
        lexer_next(&lexer, &t);
        if (t.kind != TOKEN_INCLUDE)
            continue;
        t.start += begin;
        t.end += begin;
        if (!add_piece(in, *from, t.start, *line))
            out_of_memory(in->report);
        follow(in, &t, t.line);
        *from = t.end;
        *line = lexer.line;
    } while (t.kind != TOKEN_END && !is_unclosed(t.kind));

    if (is_unclosed(t.kind) && in->depth)
        fault_in(in, t.line, "what begins here is never closed"); /* nor may the file around it do so */
}

static void include_file(struct inclusion *in)
{
    size_t mark = strlen(byte_order_mark);
    uint32_t from = in->length >= mark && !memcmp(in->text, byte_order_mark, mark) ? (uint32_t)mark : 0, line = 1;
    struct strbuf *text = &in->source->text;

    if (!is_text(in))
        return;
    if (in->depth || memmem(in->text, in->length, "@include", 8))
        follow_all(in, &from, &line);
    if (!add_piece(in, from, in->length, line))
        out_of_memory(in->report);
    if (text->length && text->text[text->length - 1] != '\n')
        strbuf_addc(text, '\n'); /* libconfig 1.5 wants one behind a comment */
}

void source_read(struct source *s, const char *path, const char *text, size_t length, struct report *r)
{
    struct strbuf own = STRBUF_INIT;
    struct inclusion in = { .source = s, .report = r, .path = path, .text = text, .length = length };
    struct errmsg why = ERRMSG_INIT;
    struct stamp stamp = { 0 };
    struct stat st;
    enum err err = ERR_OK;

    if (!text) {
        err = file_read(&own, &st, path, FILE_ANY, SOURCE_LIMIT, &why);
        in.text = own.text;
        in.length = own.length;
        if (!err)
            stamp = stamp_of(&st);
    }
    if (err)
        report_error(r, err, why.text);
    else if (in.length > SOURCE_LIMIT)
        report_error(r, ERR_IO, "the text is larger than 64 MiB");
    else if (!add_file(s, path, stamp, &in.file))
        out_of_memory(r);
    else
        include_file(&in);
    if (s->text.failed)
        out_of_memory(r);
    strbuf_release(&own);
}

/* --- the way back ----------------------------------------------------------------------------------------------- */

const char *source_path(const struct source *s, uint32_t line, uint32_t *file_line)
{
    size_t low = 0, high = s->npiece;
    const struct source_piece *p;

    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;

        if (s->piece[middle].line <= line)
            low = middle;
        else
            high = middle;
    }
    p = &s->piece[low];
    *file_line = line - p->line + p->file_line;
    return s->file[p->file].path;
}

const char *source_line(const struct source *s, uint32_t line, uint32_t *file_line)
{
    return path_name(source_path(s, line, file_line));
}

bool source_offset(const struct source *s, uint32_t at, uint32_t *file_at)
{
    size_t low = 0, high = s->npiece;
    const struct source_piece *p;

    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;

        if (s->piece[middle].start <= at)
            low = middle;
        else
            high = middle;
    }
    p = &s->piece[low];
    *file_at = at - p->start + p->file_start;
    return p->file == 0;
}

void source_fault(const struct source *s, struct report *r, uint32_t line, const char *format, ...)
{
    char message[768];
    uint32_t file_line;
    const char *file = source_line(s, line, &file_line);
    va_list args;

    va_start(args, format);
    vsnprintf(message, sizeof(message), format, args);
    va_end(args);
    report_add(r, line, file, file_line, "%s", message);
}
