/* The tokens of libconfig's language and where they stand. Where two rules fit, the longer match wins, as in flex. */
#include "lexer.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_hex_digit(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* What a name begins with, and what it goes on with. Never by locale. */
static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '*';
}

static bool is_name(char c)
{
    return is_letter(c) || is_digit(c) || c == '-' || c == '_';
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

void lexer_init(struct lexer *l, const char *text, size_t length)
{
    assert(length < UINT32_MAX);
    *l = (struct lexer){ .text = text, .length = (uint32_t)length, .line = 1 };
}

/* The character at an offset; NUL behind the end. (A NUL within is no character of the language either.) */
static char peek(const struct lexer *l, uint32_t at)
{
    return at < l->length ? l->text[at] : '\0';
}

static uint32_t span(const struct lexer *l, uint32_t at, bool (*of)(char))
{
    uint32_t from = at;

    while (at < l->length && of(l->text[at]))
        at++;
    return at - from;
}

static uint32_t skip_line(const struct lexer *l, uint32_t at)
{
    const char *newline = memchr(l->text + at, '\n', l->length - at);

    return newline ? (uint32_t)(newline - l->text) : l->length;
}

/* Passes over one block comment; false when it never ends. */
static bool skip_block(struct lexer *l)
{
    uint32_t at, line = l->line;

    for (at = l->at + 2; at < l->length; at++) {
        line += l->text[at] == '\n';
        if (l->text[at] == '*' && peek(l, at + 1) == '/') {
            l->at = at + 2;
            l->line = line;
            return true;
        }
    }
    return false;
}

/* Passes over blanks and comments; false at a comment that never ends. */
static bool skip(struct lexer *l)
{
    while (l->at < l->length) {
        char c = l->text[l->at], next = peek(l, l->at + 1);

        if (c == '\n') {
            l->line++;
            l->at++;
        } else if (is_blank(c) || c == '\r' || c == '\f') {
            l->at++;
        } else if (c == '#' || (c == '/' && next == '/')) {
            l->at = skip_line(l, l->at);
        } else if (c == '/' && next == '*') {
            if (!skip_block(l))
                return false;
        } else {
            break;
        }
    }
    return true;
}

/* A quoted text; a backslash takes only the backslash or quote behind it along. False when it never ends. */
static bool quoted(const struct lexer *l, uint32_t at, uint32_t *end)
{
    for (at++; at < l->length; at++) {
        char c = l->text[at];

        if (c == '"') {
            *end = at + 1;
            return true;
        }
        if (c == '\\' && (peek(l, at + 1) == '"' || peek(l, at + 1) == '\\'))
            at++;
    }
    *end = l->length;
    return false;
}

/* "@include" behind nothing but blanks on its line, then blanks and a quote. 0: no; else the offset of the quote. */
static uint32_t include_quote(const struct lexer *l)
{
    static const char word[] = "@include";
    uint32_t at = l->at, blanks;

    while (at > 0 && is_blank(l->text[at - 1]))
        at--;
    if ((at > 0 && l->text[at - 1] != '\n') || l->length - l->at < sizeof(word) ||
        memcmp(l->text + l->at, word, sizeof(word) - 1) != 0)
        return 0;
    at = l->at + (uint32_t)sizeof(word) - 1;
    blanks = span(l, at, is_blank);
    return blanks && peek(l, at + blanks) == '"' ? at + blanks : 0;
}

/* The exponent that begins here; 0 if none does. */
static uint32_t exponent(const struct lexer *l, uint32_t at)
{
    uint32_t sign, digits;

    if (peek(l, at) != 'e' && peek(l, at) != 'E')
        return 0;
    sign = peek(l, at + 1) == '+' || peek(l, at + 1) == '-';
    digits = span(l, at + 1 + sign, is_digit);
    return digits ? 1 + sign + digits : 0;
}

/* Up to two L, which make an integer a 64-bit one. */
static uint32_t long_suffix(const struct lexer *l, uint32_t at)
{
    return peek(l, at) != 'L' ? 0 : peek(l, at + 1) != 'L' ? 1 : 2;
}

static enum token_kind number(const struct lexer *l, uint32_t *end)
{
    uint32_t at = l->at, whole, part;

    whole = span(l, at + 2, is_hex_digit);
    if (peek(l, at) == '0' && (peek(l, at + 1) == 'x' || peek(l, at + 1) == 'X') && whole) {
        at += 2 + whole;
        *end = at + long_suffix(l, at);
        return TOKEN_HEX;
    }
    at += peek(l, at) == '+' || peek(l, at) == '-';
    whole = span(l, at, is_digit);
    at += whole;
    if (peek(l, at) == '.') {
        at += 1 + span(l, at + 1, is_digit);
        *end = at + exponent(l, at);
        return TOKEN_FLOAT;
    }
    if (!whole) {
        *end = l->at + 1;
        return TOKEN_GARBAGE;
    }
    part = exponent(l, at);
    *end = at + (part ? part : long_suffix(l, at));
    return part ? TOKEN_FLOAT : TOKEN_INTEGER;
}

static enum token_kind word(const struct lexer *l, uint32_t *end)
{
    uint32_t length = span(l, l->at, is_name);
    const char *text = l->text + l->at;

    *end = l->at + length;
    if ((length == 4 && !strncasecmp(text, "true", 4)) || (length == 5 && !strncasecmp(text, "false", 5)))
        return TOKEN_BOOLEAN;
    return TOKEN_NAME;
}

static enum token_kind mark(char c)
{
    switch (c) {
    case '=': case ':': return TOKEN_EQUALS;
    case ',': return TOKEN_COMMA;
    case ';': return TOKEN_SEMICOLON;
    case '(': case '[': case '{': return TOKEN_OPEN;
    case ')': case ']': case '}': return TOKEN_CLOSE;
    default: return TOKEN_GARBAGE;
    }
}

static enum token_kind token_at(const struct lexer *l, uint32_t *end)
{
    char c = l->text[l->at];
    uint32_t quote;

    if (c == '"')
        return quoted(l, l->at, end) ? TOKEN_STRING : TOKEN_UNCLOSED_STRING;
    if (is_letter(c))
        return word(l, end);
    if (is_digit(c) || c == '+' || c == '-' || c == '.')
        return number(l, end);
    quote = c == '@' ? include_quote(l) : 0;
    if (quote)
        return quoted(l, quote, end) ? TOKEN_INCLUDE : TOKEN_UNCLOSED_INCLUDE;
    *end = l->at + 1;
    return mark(c);
}

void lexer_next(struct lexer *l, struct token *t)
{
    uint32_t at;

    if (!skip(l)) {
        *t = (struct token){ TOKEN_UNCLOSED_COMMENT, l->at, l->length, l->line };
        l->at = l->length;
        return;
    }
    *t = (struct token){ TOKEN_END, l->at, l->at, l->line };
    if (l->at == l->length)
        return;
    t->kind = token_at(l, &t->end);
    for (at = t->start; at < t->end; at++)
        l->line += l->text[at] == '\n';
    l->at = t->end;
}
