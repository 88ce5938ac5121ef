/* The text of a mail: headers no text can end, bodies that come through any server whole. */
#include "mail.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parts.h"
#include "support/tests.h"

struct row {
    const char *text, *wanted;
};

static void check(const struct row *row, size_t n, void (*add)(struct strbuf *, const char *))
{
    size_t i;

    for (i = 0; i < n; i++) {
        struct strbuf out = STRBUF_INIT;

        add(&out, row[i].text);
        assert_string_equal(out.text, row[i].wanted);
        strbuf_release(&out);
    }
}

static void subjects_are_plain_or_encoded_words(void **state)
{
    static const struct row rows[] = {
        { "", "" },
        { "[DOWN] shop: 50% = 1_2?", "[DOWN] shop: 50% = 1_2?" },
        { "caf\xc3\xa9", "=?UTF-8?B?Y2Fmw6k=?=" },
        { "=?UTF-8?B?eA==?=", "=?UTF-8?B?PT9VVEYtOD9CP2VBPT0/PQ==?=" }, /* shown as it is, not decoded */
        { "a\r\nBcc: x@evil\r\n\r\nhi", "a  Bcc: x@evil    hi" },
        { "\xff", "?" },
        /* cut between characters, each word by itself in Base64 */
        { "\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac"
          "\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac" "aa\xe2\x82\xac",
          "=?UTF-8?B?4oKs4oKs4oKs4oKs4oKs4oKs4oKs4oKs4oKs4oKs4oKs4oKsYWE=?=\r\n =?UTF-8?B?4oKs?=" },
    };

    (void)state;
    check(rows, sizeof(rows) / sizeof(rows[0]), mail_add_text);
}

#define X70 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

static void bodies_are_quoted_printable(void **state)
{
    static const struct row rows[] = {
        { "", "" },
        { "a\nb", "a\r\nb\r\n" },
        { "caf\xc3\xa9 = 1", "caf=C3=A9 =3D 1\r\n" },
        { "blank \n\n.\n", "blank=20\r\n\r\n.\r\n" },
        { "tab\there", "tab=09here\r\n" },
        { X70 "12345", X70 "12345\r\n" },
        { X70 "123456", X70 "12345=\r\n6\r\n" },
        { X70 "123\xc3\xa9", X70 "123=\r\n=C3=A9\r\n" },
        { "a\rb", "a=0Db\r\n" },
    };

    (void)state;
    check(rows, sizeof(rows) / sizeof(rows[0]), mail_add_quoted);
}

static void the_same_letter_is_the_same_mail(void **state)
{
    struct strbuf a = STRBUF_INIT, b = STRBUF_INIT;
    struct letter again = *parts_letter();

    (void)state;
    again.tries = 7;
    mail_compose(&a, parts_letter(), "u@example.org", "ops@example.org");
    mail_compose(&b, &again, "u@example.org", "ops@example.org");
    assert_string_equal(a.text, b.text);
    strbuf_release(&a);
    strbuf_release(&b);
}

static void long_lines_are_encoded_and_headers_stay_short(void **state)
{
    struct strbuf out = STRBUF_INIT;
    struct letter l = *parts_letter();
    char title[3000], text[3000];
    const char *line;

    (void)state;
    memset(title, 'T', sizeof(title) - 1);
    title[sizeof(title) - 1] = '\0';
    memcpy(text, title, sizeof(text));
    l.title = title;
    l.text = text;
    mail_compose(&out, &l, "u@example.org", "ops@example.org");
    for (line = out.text; *line; line += strcspn(line, "\n") + 1)
        assert_true(strcspn(line, "\r\n") <= 78);
    strbuf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(subjects_are_plain_or_encoded_words),
        cmocka_unit_test(bodies_are_quoted_printable),
        cmocka_unit_test(the_same_letter_is_the_same_mail),
        cmocka_unit_test(long_lines_are_encoded_and_headers_stay_short),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
