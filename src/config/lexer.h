#ifndef CONFIG_LEXER_H
#define CONFIG_LEXER_H

#include <stddef.h>
#include <stdint.h>

/* The tokens of libconfig's language and where they stand: the same rules as lib/scanner.l of libconfig 1.5, which
 * tells no columns. Blanks and comments are passed over. */
enum token_kind {
    TOKEN_END, TOKEN_NAME, TOKEN_EQUALS, TOKEN_COMMA, TOKEN_SEMICOLON,
    TOKEN_OPEN,                      /* one of ( [ { */
    TOKEN_CLOSE,                     /* one of ) ] } */
    TOKEN_STRING,                    /* one literal, with its quotes */
    TOKEN_BOOLEAN, TOKEN_INTEGER, TOKEN_HEX, TOKEN_FLOAT,
    TOKEN_INCLUDE,                   /* from the @ to the closing quote */
    TOKEN_UNCLOSED_STRING, TOKEN_UNCLOSED_COMMENT, TOKEN_UNCLOSED_INCLUDE,
    TOKEN_GARBAGE
};

struct token {
    enum token_kind kind;
    uint32_t start, end;
    uint32_t line;                   /* where it begins, from 1 */
};

/* length < 2^32. */
struct lexer {
    const char *text;
    uint32_t length;
    uint32_t at;
    uint32_t line;
};

void lexer_init(struct lexer *l, const char *text, size_t length);
void lexer_next(struct lexer *l, struct token *t);

#endif
