/* Where bytes have to be put in or taken out for a change of the settings. Read the pictures: '|' is where text goes
 * in. */
#include "splice.h"

#include <string.h>

#include "lexer.h"

/* --- lines ------------------------------------------------------------------------------------------------------ */

struct scene scene_of(const struct source *s, const struct tree *tree)
{
    const char *newline = memchr(s->text.text, '\n', s->text.length);
    bool crlf = newline && newline > s->text.text && newline[-1] == '\r';

    return (struct scene){ s->text.text, (uint32_t)s->text.length, tree, crlf ? "\r\n" : "\n" };
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\f';
}

static uint32_t line_start(const struct scene *s, uint32_t at)
{
    while (at > 0 && s->text[at - 1] != '\n')
        at--;
    return at;
}

/* Nothing but blanks stands before it on its line. */
static bool is_first(const struct scene *s, uint32_t at)
{
    while (at > 0 && is_blank(s->text[at - 1]))
        at--;
    return at == 0 || s->text[at - 1] == '\n';
}

/* The blanks a line begins with, in memory of the caller's. */
struct indent {
    char text[64];
};

static const char *indent_of(struct indent *indent, const struct scene *s, uint32_t at)
{
    uint32_t start = line_start(s, at), length = 0;

    while (length < sizeof(indent->text) - 1 && (s->text[start + length] == ' ' || s->text[start + length] == '\t'))
        length++;
    memcpy(indent->text, s->text + start, length);
    indent->text[length] = '\0';
    return indent->text;
}

/* What stands behind something on its line: comments, and then the end of the line or another token. */
struct tail {
    uint32_t end;                    /* behind the last comment */
    uint32_t stop;                   /* the newline, or the next token (or a comment of several lines) */
    bool is_end;                     /* it is the newline */
};

static struct tail tail_of(const struct scene *s, uint32_t at)
{
    struct tail t = { at, at, false };
    const char *close, *newline;

    for (;;) {
        while (t.stop < s->length && is_blank(s->text[t.stop]))
            t.stop++;
        newline = memchr(s->text + t.stop, '\n', s->length - t.stop);
        if (s->text[t.stop] == '#' || (s->text[t.stop] == '/' && s->text[t.stop + 1] == '/')) {
            t.stop = newline ? (uint32_t)(newline - s->text) : s->length;
            t.end = t.stop;
        } else if (s->text[t.stop] == '/' && s->text[t.stop + 1] == '*') {
            close = strstr(s->text + t.stop + 2, "*/");
            if (!close || (newline && newline < close))
                return t;
            t.stop = (uint32_t)(close + 2 - s->text);
            t.end = t.stop;
        } else {
            t.is_end = t.stop == s->length || s->text[t.stop] == '\n';
            return t;
        }
    }
}

/* Where the line behind a tail begins. */
static uint32_t next_line(const struct scene *s, const struct tail *t)
{
    return t->stop < s->length ? t->stop + 1 : t->stop;
}

static bool is_all_blank(const struct scene *s, uint32_t from, uint32_t to)
{
    while (from < to && (is_blank(s->text[from]) || s->text[from] == '\n'))
        from++;
    return from >= to;
}

/* --- another value ---------------------------------------------------------------------------------------------- */

/* The tokens of a value, and whether there are comments between them. */
static bool has_comments(const struct scene *s, const struct node *n)
{
    struct lexer lexer;
    struct token t;
    uint32_t behind = n->start;

    lexer_init(&lexer, s->text, n->end);
    for (lexer.at = n->start; lexer_next(&lexer, &t), t.kind != TOKEN_END; behind = t.end)
        if (!is_all_blank(s, behind, t.start))
            return true;
    return false;
}

void splice_value(struct patch *p, const struct scene *s, uint32_t node, const char *literal)
{
    const struct node *n = &s->tree->node[node];
    struct lexer lexer;
    struct token t;

    if (!has_comments(s, n)) {
        patch_add(p, n->start, n->end - n->start, literal);
        return;
    }
    lexer_init(&lexer, s->text, n->end); /* takes the tokens out, leaves what is between them */
    for (lexer.at = n->start; lexer_next(&lexer, &t), t.kind != TOKEN_END;)
        patch_add(p, t.start, t.end - t.start, t.start == n->start ? literal : "");
}

void splice_wrap(struct patch *p, const struct scene *s, uint32_t node, const char *before, const char *behind)
{
    patch_add(p, s->tree->node[node].start, 0, before);
    patch_add(p, s->tree->node[node].end, 0, behind);
}

/* --- something more --------------------------------------------------------------------------------------------- */

/* Up to six pieces put in as one. */
static void insert(struct patch *p, uint32_t at, const char *const piece[6])
{
    struct strbuf text = STRBUF_INIT;
    int i;

    for (i = 0; i < 6 && piece[i]; i++)
        strbuf_adds(&text, piece[i]);
    p->failed = p->failed || text.failed;
    patch_add(p, at, 0, text.text);
    strbuf_release(&text);
}

#define INSERT(p, at, ...) insert(p, at, (const char *const[6]){ __VA_ARGS__ })

static uint32_t last_child(const struct tree *t, uint32_t parent)
{
    uint32_t child, last = NOWHERE;

    TREE_EACH(t, parent, child)
        last = child;
    return last;
}

/* Right before the closing bracket: on a line of its own if the bracket has one.
 *
 *     sites = ( | )        sites = (  # none yet
 *                          |);                                 */
static void insert_last(struct patch *p, const struct scene *s, uint32_t parent, const char *comma, const char *text)
{
    uint32_t close = s->tree->node[parent].end - 1;
    struct indent indent;

    if (is_first(s, close))
        INSERT(p, line_start(s, close), indent_of(&indent, s, close), "  ", comma, text, s->newline);
    else
        INSERT(p, close, is_all_blank(s, close - 1, close) ? "" : " ", comma, text, " ");
}

/* { name = "x"; |}         name = "x";   # comment
 *                          |}                                   */
static void add_behind(struct patch *p, const struct scene *s, uint32_t last, const char *statement)
{
    const struct node *n = &s->tree->node[last];
    struct tail tail = tail_of(s, n->separator == NOWHERE ? n->end : n->separator + 1);
    struct indent indent;

    if (n->separator == NOWHERE)
        patch_add(p, n->end, 0, ";");
    if (tail.is_end)
        INSERT(p, next_line(s, &tail), indent_of(&indent, s, n->name), is_first(s, n->name) ? "" : "  ", statement,
               s->newline);
    else
        INSERT(p, tail.end, " ", statement);
}

void splice_add(struct patch *p, const struct scene *s, uint32_t group, const char *name, const char *literal)
{
    uint32_t last = last_child(s->tree, group);
    struct strbuf statement = STRBUF_INIT;

    strbuf_addf(&statement, "%s = %s;", name, literal);
    if (statement.failed)
        p->failed = true;
    else if (last == NOWHERE)
        insert_last(p, s, group, "", statement.text);
    else
        add_behind(p, s, last, statement.text);
    strbuf_release(&statement);
}

void splice_add_last(struct patch *p, const struct scene *s, const char *name, const char *literal)
{
    INSERT(p, s->length, s->length ? s->newline : "", name, " = ", literal, ";", s->newline);
}

/* The comma before an element begins its line. */
static bool is_comma_first(const struct scene *s, uint32_t list, uint32_t element)
{
    uint32_t child, before = NOWHERE;

    for (child = list + 1; child < element; child = s->tree->node[child].after)
        before = child;
    return before != NOWHERE && is_first(s, s->tree->node[before].separator);
}

/* "a",| "b" )        "a",   # comment        "a"   # comment
 *                    |"b"                    |, "b"             */
static void append_behind(struct patch *p, const struct scene *s, uint32_t list, uint32_t last, const char *const *literal,
                          size_t n)
{
    const struct node *node = &s->tree->node[last];
    struct tail tail = tail_of(s, node->end);
    bool comma_first = is_comma_first(s, list, last), own_line = is_first(s, node->start) || comma_first;
    const char *comma = comma_first ? ", " : "";
    struct strbuf text = STRBUF_INIT;
    struct indent indent;
    size_t i;

    if (!comma_first)
        patch_add(p, node->end, 0, ",");
    indent_of(&indent, s, node->start);
    for (i = 0; i < n; i++) {
        const char *between = comma_first || i + 1 == n ? "" : ",";

        if (tail.is_end)
            strbuf_addf(&text, "%s%s%s%s%s%s", indent.text, own_line ? "" : "  ", comma, literal[i], between, s->newline);
        else if (own_line)
            strbuf_addf(&text, "%s%s%s%s%s", s->newline, indent.text, comma, literal[i], between);
        else
            strbuf_addf(&text, " %s%s", literal[i], between);
    }
    INSERT(p, tail.is_end ? next_line(s, &tail) : tail.end, text.text);
    p->failed = p->failed || text.failed;
    strbuf_release(&text);
}

void splice_append(struct patch *p, const struct scene *s, uint32_t list, const char *literal, bool foreign)
{
    uint32_t last = last_child(s->tree, list);

    if (last == NOWHERE)
        insert_last(p, s, list, "", literal);
    else if (foreign)
        insert_last(p, s, list, ", ", literal);
    else
        append_behind(p, s, list, last, &literal, 1);
}

void splice_append_more(struct patch *p, const struct scene *s, uint32_t list, const char *const *literal, size_t n)
{
    append_behind(p, s, list, last_child(s->tree, list), literal, n);
}

/* --- something less --------------------------------------------------------------------------------------------- */

/* Takes out a stretch: with its whole lines and the comment behind it if it has them for itself, else with blanks on
 * one side, so that what stands beside it stays where it is. */
static void cut(struct patch *p, const struct scene *s, uint32_t from, uint32_t to)
{
    struct tail tail = tail_of(s, to);
    const char *rest = "";

    if (tail.is_end && is_first(s, from)) {
        from = line_start(s, from);
        to = next_line(s, &tail);
    } else if (tail.is_end) {
        while (from > 0 && is_blank(s->text[from - 1]))
            from--;
    } else {
        while (is_blank(s->text[to]))
            to++;
        if (from > 0 && !strchr(" \t\r\f\n;,([{", s->text[from - 1]))
            rest = " "; /* a=1b=2c=3: the neighbours must not grow together */
    }
    patch_add(p, from, to - from, rest);
}

/* A value and its comma, whichever comes first; comments between the two stay. */
static void cut_both(struct patch *p, const struct scene *s, const struct node *n, uint32_t comma)
{
    bool behind = comma >= n->end;
    uint32_t between = behind ? n->end : comma + 1, until = behind ? comma : n->start;

    if (is_all_blank(s, between, until)) {
        cut(p, s, behind ? n->start : comma, behind ? comma + 1 : n->end);
    } else {
        patch_add(p, comma, 1, "");
        patch_add(p, n->start, n->end - n->start, "");
    }
}

void splice_remove(struct patch *p, const struct scene *s, uint32_t node)
{
    const struct node *n = &s->tree->node[node];

    cut(p, s, n->name, n->separator == NOWHERE ? n->end : n->separator + 1);
}

void splice_remove_element(struct patch *p, const struct scene *s, uint32_t list, uint32_t number)
{
    const struct node *n = &s->tree->node[tree_child(s->tree, list, number)];
    uint32_t before = number ? s->tree->node[tree_child(s->tree, list, number - 1)].separator : NOWHERE;

    if (before != NOWHERE && is_first(s, before)) {
        cut_both(p, s, n, before);
    } else if (n->separator != NOWHERE) {
        cut_both(p, s, n, n->separator);
    } else {
        if (before != NOWHERE)
            patch_add(p, before, 1, "");
        cut(p, s, n->start, n->end);
    }
}
