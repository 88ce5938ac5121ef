/* Where each setting of the text stands. The parser follows lib/grammar.y of libconfig 1.5; it stops at the first
 * thing it can not understand, with a message that names it. */
#include "tree.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lexer.h"
#include "lint.h"

#define LONG_AGE 6

struct parser {
    struct tree *tree;
    const struct source *source;
    struct report *report;
    struct lexer lexer;
    struct token now, last;
    uint32_t last_end_line;
    uint32_t long_line;                  /* where a text of several lines began, a few tokens ago; 0: nowhere */
    unsigned long_age;                   /* how many tokens ago */
    unsigned depth;
    bool stopped;
};

void tree_release(struct tree *t)
{
    free(t->node);
    *t = (struct tree)TREE_INIT;
}

/* --- faults ----------------------------------------------------------------------------------------------------- */

static void stop(struct parser *p, uint32_t line, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* A quote that was forgotten is noticed lines later, so a text of several lines just before is named too. */
static void stop(struct parser *p, uint32_t line, const char *format, ...)
{
    char message[256], hint[80] = "";
    uint32_t file_line;
    va_list args;

    if (p->stopped)
        return;
    p->stopped = true;
    va_start(args, format);
    vsnprintf(message, sizeof(message), format, args);
    va_end(args);
    if (p->long_line) {
        source_line(p->source, p->long_line, &file_line);
        snprintf(hint, sizeof(hint), " (is a quote missing in line %u, or in this one?)", file_line);
    }
    source_fault(p->source, p->report, line, "%s%s", message, hint);
}

/* A stretch of the text as it may stand in a message. */
static const char *quote(struct shown *q, const struct parser *p, uint32_t start, uint32_t end)
{
    char part[64];
    size_t length = end - start < sizeof(part) ? end - start : sizeof(part) - 1;

    memcpy(part, p->lexer.text + start, length);
    part[length] = '\0';
    return shown(q, part);
}

static const char *quote_token(struct shown *q, const struct parser *p, const struct token *t)
{
    return quote(q, p, t->start, t->end);
}

/* What is wrong with a token that fits nowhere, or ends the text too early. */
static bool stop_at_broken(struct parser *p)
{
    static const char *const broken[TOKEN_GARBAGE + 1] = {
        [TOKEN_UNCLOSED_STRING] = "the text that begins here is never closed by a quote",
        [TOKEN_UNCLOSED_COMMENT] = "the comment that begins here is never closed by */",
        [TOKEN_UNCLOSED_INCLUDE] = "the name of the file to include is never closed by a quote",
    };
    struct shown q;

    if (broken[p->now.kind])
        stop(p, p->now.line, "%s", broken[p->now.kind]);
    else if (p->now.kind == TOKEN_GARBAGE)
        stop(p, p->now.line, "'%s' has no meaning here", quote_token(&q, p, &p->now));
    return p->stopped;
}

/* --- tokens and nodes ------------------------------------------------------------------------------------------- */

static void advance(struct parser *p)
{
    p->last = p->now;
    p->last_end_line = p->lexer.line;
    lexer_next(&p->lexer, &p->now);
    if (p->last.kind == TOKEN_STRING && p->last_end_line != p->last.line) {
        p->long_line = p->last.line;
        p->long_age = 0;
    } else if (++p->long_age > LONG_AGE) {
        p->long_line = 0;
    }
}

static char character(const struct parser *p)
{
    return p->lexer.text[p->now.start];
}

/* The new node's number; NOWHERE when memory ran out. */
static uint32_t add_node(struct parser *p, uint32_t parent, const struct node *node)
{
    struct tree *t = p->tree;

    if (t->n == t->capacity) {
        uint32_t capacity = t->capacity ? t->capacity * 2 : 64;
        struct node *more = realloc(t->node, capacity * sizeof(*more));

        if (!more) {
            report_error(p->report, ERR_NOMEM, "out of memory");
            p->stopped = true;
            return NOWHERE;
        }
        t->node = more;
        t->capacity = capacity;
    }
    t->node[t->n] = *node;
    if (parent != NOWHERE)
        t->node[parent].nchild++;
    return t->n++;
}

/* --- the grammar ------------------------------------------------------------------------------------------------ */

static void parse_value(struct parser *p, uint32_t node);

static void parse_setting(struct parser *p, uint32_t group)
{
    struct node node = { .separator = NOWHERE, .name = p->now.start, .name_end = p->now.end, .line = p->now.line };
    struct token before = p->last;
    struct shown q;
    uint32_t n;

    advance(p);
    if (p->now.kind != TOKEN_EQUALS) {
        if (before.end == node.name && (before.kind == TOKEN_INTEGER || before.kind == TOKEN_FLOAT))
            stop(p, node.line, "%s must stand in quotes", quote(&q, p, before.start, node.name_end));
        else if (!stop_at_broken(p))
            stop(p, node.line, "'=' is missing behind '%s'", quote(&q, p, node.name, node.name_end));
        return;
    }
    advance(p);
    n = add_node(p, group, &node);
    if (n == NOWHERE)
        return;
    parse_value(p, n);
    if (!p->stopped && (p->now.kind == TOKEN_SEMICOLON || p->now.kind == TOKEN_COMMA)) {
        p->tree->node[n].separator = p->now.start;
        advance(p);
    }
}

static void parse_settings(struct parser *p, uint32_t group)
{
    struct shown q;

    while (!p->stopped && p->now.kind != TOKEN_END && p->now.kind != TOKEN_CLOSE) {
        if (p->now.kind == TOKEN_NAME)
            parse_setting(p, group);
        else if (!stop_at_broken(p))
            stop(p, p->now.line, "the name of a setting was expected, not '%s'", quote_token(&q, p, &p->now));
    }
}

static void parse_elements(struct parser *p, uint32_t list)
{
    while (!p->stopped && p->now.kind != TOKEN_END && p->now.kind != TOKEN_CLOSE) {
        struct node node = { .separator = NOWHERE, .line = p->now.line, .name = p->now.start,
                             .name_end = p->now.start };
        uint32_t n = add_node(p, list, &node);

        if (n == NOWHERE)
            return;
        parse_value(p, n);
        if (p->stopped || p->now.kind == TOKEN_END || p->now.kind == TOKEN_CLOSE)
            return;
        if (p->now.kind != TOKEN_COMMA) {
            if (!stop_at_broken(p))
                stop(p, p->now.line, "a comma is missing before this");
            return;
        }
        p->tree->node[n].separator = p->now.start;
        advance(p);
        if (p->now.kind == TOKEN_CLOSE) /* nothing else goes wrong by it: on to the next fault */
            source_fault(p->source, p->report, p->last.line, "no comma may stand behind the last element");
    }
}

static void parse_brackets(struct parser *p, uint32_t n)
{
    static const char brackets[] = "{}()[]";
    static const enum node_kind kinds[] = { NODE_GROUP, NODE_LIST, NODE_ARRAY };
    uint32_t opened = p->now.line;
    const char *open = strchr(brackets, character(p));
    enum node_kind kind = kinds[(open - brackets) / 2];

    p->tree->node[n].kind = kind;
    if (++p->depth > TREE_DEPTH)
        stop(p, opened, "more than %d brackets within each other", TREE_DEPTH);
    advance(p);
    if (kind == NODE_GROUP)
        parse_settings(p, n);
    else
        parse_elements(p, n);
    if (p->stopped)
        return;
    source_line(p->source, opened, &opened);
    if (p->now.kind == TOKEN_END)
        stop(p, p->now.line - 1, "the '%c' of line %u is never closed by '%c'", *open, opened, open[1]);
    else if (character(p) != open[1])
        stop(p, p->now.line, "'%c' stands where '%c' should close the '%c' of line %u", character(p), open[1], *open,
             opened);
    p->depth--;
    advance(p);
}

static void parse_string(struct parser *p, uint32_t n)
{
    p->tree->node[n].kind = NODE_STRING;
    do {
        p->tree->node[n].literals++;
        advance(p);
    } while (p->now.kind == TOKEN_STRING);
}

static void parse_value(struct parser *p, uint32_t n)
{
    static const enum node_kind scalars[] = {
        [TOKEN_BOOLEAN] = NODE_BOOLEAN, [TOKEN_INTEGER] = NODE_INTEGER, [TOKEN_HEX] = NODE_HEX,
        [TOKEN_FLOAT] = NODE_FLOAT,
    };
    uint32_t start = p->now.start;
    struct shown q;

    switch (p->now.kind) {
    case TOKEN_OPEN:
        parse_brackets(p, n);
        break;
    case TOKEN_STRING:
        parse_string(p, n);
        break;
    case TOKEN_BOOLEAN:
    case TOKEN_INTEGER:
    case TOKEN_HEX:
    case TOKEN_FLOAT:
        p->tree->node[n].kind = scalars[p->now.kind];
        advance(p);
        break;
    case TOKEN_NAME:
        stop(p, p->now.line, "'%s' must stand in quotes%s", quote_token(&q, p, &p->now),
             p->tree->node[n].name == start ? ", or between { } if it is the name of a setting" : "");
        break;
    default:
        if (!stop_at_broken(p))
            stop(p, p->now.kind == TOKEN_END ? p->last.line : p->now.line, "a value is missing here");
    }
    p->tree->node[n].start = start;
    p->tree->node[n].end = p->last.end;
    p->tree->node[n].end_line = p->last_end_line;
    p->tree->node[n].after = p->tree->n;
}

void tree_read(struct tree *t, const struct source *s, struct report *r)
{
    struct parser p = { .tree = t, .source = s, .report = r };
    struct node root = { .separator = NOWHERE, .end = (uint32_t)s->text.length };
    struct shown q;

    lexer_init(&p.lexer, s->text.text, s->text.length);
    if (add_node(&p, NOWHERE, &root) == NOWHERE)
        return;
    advance(&p);
    parse_settings(&p, 0);
    if (!p.stopped && p.now.kind == TOKEN_CLOSE)
        stop(&p, p.now.line, "'%s' closes nothing", quote_token(&q, &p, &p.now));
    t->node[0].after = t->n;
    if (!p.stopped)
        lint(t, s, r);
}

/* --- reading it ------------------------------------------------------------------------------------------------- */

uint32_t tree_child(const struct tree *t, uint32_t parent, uint32_t number)
{
    uint32_t child;

    TREE_EACH(t, parent, child)
        if (!number--)
            return child;
    return NOWHERE;
}

uint32_t tree_find(const struct tree *t, const char *text, uint32_t group, const char *name)
{
    size_t length = strlen(name);
    uint32_t child;

    TREE_EACH(t, group, child) {
        const struct node *n = &t->node[child];

        if (n->name_end - n->name == length && !memcmp(text + n->name, name, length))
            return child;
    }
    return NOWHERE;
}

/* libconfig 1.5 wraps hexadecimal digits beyond 64 bits around; no setting is that large, so the largest will do. */
static void print_integer(const struct node *n, const char *text, struct strbuf *out)
{
    uint32_t digits = n->end;

    while (text[digits - 1] == 'L')
        digits--;
    if (n->kind == NODE_HEX && digits - n->start > 2 + 15)
        strbuf_adds(out, "0x7fffffffffffffff");
    else
        strbuf_add(out, text + n->start, digits - n->start);
    strbuf_addc(out, 'L');
}

void tree_print(const struct tree *t, const char *text, size_t length, struct strbuf *out)
{
    uint32_t done = 0, i;

    for (i = 1; i < t->n; i++) {
        const struct node *n = &t->node[i];

        if (n->kind != NODE_INTEGER && n->kind != NODE_HEX)
            continue;
        strbuf_add(out, text + done, n->start - done);
        print_integer(n, text, out);
        done = n->end;
    }
    strbuf_add(out, text + done, length - done);
}
