/* The keys in README.md are those of keys.def. UPTIME_GOLDEN=write puts them there. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "keys.h"
#include "support/tests.h"

static const char head[] = "| key, word | does |\n| --- | --- |\n";

static void add_row(struct strbuf *b, const struct key *k)
{
    const char *c = k->keys ? k->keys : "";

    strbuf_addf(b, "|");
    while (*(c += strspn(c, " "))) {
        size_t n = strcspn(c, " ");

        strbuf_addf(b, " `%.*s`", (int)n, c);
        c += n;
    }
    if (k->word)
        strbuf_addf(b, "%s `:%s`", k->keys ? "" : " ", k->word);
    strbuf_addf(b, " | %s |\n", k->help);
}

static char *wanted_rows(void)
{
    struct strbuf b = STRBUF_INIT;
    int section, a;

    for (section = 0; section < SECTION_COUNT; section++)
        for (a = ACTION_NONE + 1; a < ACTION_COUNT; a++)
            if ((int)keys_row((enum action)a)->section == section)
                add_row(&b, keys_row((enum action)a));
    return strbuf_detach(&b);
}

static char *read_readme(void)
{
    FILE *f = fopen(README, "r");
    struct strbuf b = STRBUF_INIT;
    char chunk[4096];
    size_t n;

    assert_non_null(f);
    while ((n = fread(chunk, 1, sizeof(chunk), f)) > 0)
        strbuf_add(&b, chunk, n);
    fclose(f);
    return strbuf_detach(&b);
}

static void write_readme(const char *text, const char *rows, const char *rows_end, const char *wanted)
{
    FILE *f = fopen(README, "w");

    assert_non_null(f);
    fprintf(f, "%.*s%s%s", (int)(rows - text), text, wanted, rows_end);
    assert_int_equal(fclose(f), 0);
}

static void the_keys_of_the_readme_are_those_in_force(void **state)
{
    char *text = read_readme(), *wanted = wanted_rows();
    const char *rows = strstr(text, head), *end, *wish = getenv("UPTIME_GOLDEN");

    (void)state;
    assert_non_null(rows);
    rows += strlen(head);
    end = strstr(rows, "\n\n");
    assert_non_null(end);
    end++;
    if (wish && !strcmp(wish, "write"))
        write_readme(text, rows, end, wanted);
    else if (strncmp(rows, wanted, (size_t)(end - rows)) != 0 || strlen(wanted) != (size_t)(end - rows))
        fail_msg("README.md has other keys (UPTIME_GOLDEN=write mends it); these are in force:\n%s", wanted);
    free(wanted);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_keys_of_the_readme_are_those_in_force),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
