/* Lists of URLs as people paste them. */
#include "pasted.h"

#include <string.h>

#include "stage.h"
#include "support/memory.h"
#include "support/tests.h"

static const char *list(const struct pasted *p)
{
    static char text[1024];
    size_t i;

    text[0] = '\0';
    for (i = 0; i < p->n; i++) {
        strcat(text, i ? " " : "");
        strcat(text, p->url[i]);
    }
    return text;
}

static void lists_of_any_shape_are_read(void **state)
{
    static const struct {
        const char *text, *urls, *left;
        size_t repeated;
    } rows[] = {
        { "", "", "", 0 },
        { "  \n\t ", "", "", 0 },
        { "https://a.example.org/", "https://a.example.org/", "", 0 },
        { "https://a.example.org/\nhttps://b.example.org/\r\nhttps://c.example.org/\n",
          "https://a.example.org/ https://b.example.org/ https://c.example.org/", "", 0 },
        { "https://b.example.org/ https://a.example.org/ https://b.example.org/", "https://b.example.org/ https://a.example.org/", "", 1 },
        { "HTTPS://A.Example.org https://a.example.org/", "https://a.example.org/", "", 1 },
        { "  \"https://a.example.org/\",\n  'http://b.example.org/x', # old\n# https://c.example.org/\n<https://d.example.org/>;",
          "https://a.example.org/ http://b.example.org/x https://d.example.org/", "", 0 },
        { "nonsense https://a.example.org/ ftp://b.example.org/", "https://a.example.org/", "nonsense ftp://b.example.org/", 0 },
        { "https://watched.example.org/ https://a.example.org/", "https://a.example.org/", "", 1 },
        { "https://watched.example.org/ https://watched.example.org/", "", "", 2 },
        { "https://a.example.org/?q=(x)", "https://a.example.org/?q=(x", "", 0 },
    };
    struct stage *s = *state;
    size_t i;

    stage_site(s, "watched", "https://watched.example.org/", STATE_UP);
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct pasted p;

        assert_int_equal(pasted_read(&p, rows[i].text, &s->snapshot), ERR_OK);
        assert_string_equal(list(&p), rows[i].urls);
        assert_string_equal(p.left.text, rows[i].left);
        assert_int_equal(p.repeated, rows[i].repeated);
        assert_int_equal(p.bad != 0, p.why.text[0] != '\0');
        pasted_release(&p);
    }
}

static void any_allocation_may_fail(void **state)
{
    struct stage *s = *state;
    bool more = true;
    unsigned n;

    stage_site(s, "watched", "https://watched.example.org/", STATE_UP);
    for (n = 1; more; n++) {
        struct pasted p;
        enum err err;

        memory_fail(n);
        err = pasted_read(&p, "https://a.example.org/ https://b.example.org/ https://a.example.org/", &s->snapshot);
        more = memory_failed();
        assert_int_equal(err, more ? ERR_NOMEM : ERR_OK);
        pasted_release(&p);
    }
    assert_in_range(n, 5, 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(lists_of_any_shape_are_read, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(any_allocation_may_fail, stage_begin, stage_end),
    };

    return cmocka_run_group_tests(tests, stage_locale, NULL);
}
