/* The manual, the completions and the program say the same: all are made from the same tables, and shells understand them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "place.h"
#include "process.h"
#include "whole.h"

/* Each line of help's list of commands or options begins with a word; calls back with each. */
static void each_word(const char *text, const char *heading, const char *begin, void (*each)(const char *word, void *context),
                      void *context)
{
    char *copy = strdup(strstr(text, heading)), *line, *rest = copy;
    unsigned n = 0;

    strsep(&rest, "\n");
    while ((line = strsep(&rest, "\n")) && *line) {
        char word[64];
        const char *at = strstr(line, begin);

        if (!at || strspn(line, " ") > 6 || sscanf(at, " %63[a-z-]", word) != 1)
            continue;
        each(word, context);
        n++;
    }
    assert_true(n > 4);
    free(copy);
}

static void is_in_the_manual(const char *word, void *manual)
{
    char escaped[160] = "";
    size_t used = 0;

    if (*word != '-')
        used = (size_t)snprintf(escaped, sizeof(escaped), "\\fB"); /* before an option stands its letter */
    for (; *word; word++)
        used += (size_t)snprintf(escaped + used, sizeof(escaped) - used, *word == '-' ? "\\-" : "%c", *word);
    assert_says(manual, escaped);
}

static void the_manual_has_every_command_and_option_that_help_has(void **state)
{
    const char *help = run("--help")->out, *manual = run("manual", "1")->out;
    const char *const commands[] = { "check", "compare", "worker", "add" };
    size_t i;

    (void)state;
    each_word(help, "Commands:", "", is_in_the_manual, (void *)manual);
    for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
        each_word(run(commands[i], "--help")->out, "Options:", "--", is_in_the_manual, (void *)manual);
}

static void the_manual_has_every_setting_of_the_shipped_file(void **state)
{
    static const char *const words[] = { "interval", "timeout", "expect_body_regex", "quorum", "password_file", "duration",
                                         "samples", "email", "listen", "max_in_flight" };
    const char *manual = run("manual", "5")->out;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        assert_says(manual, words[i]);
    assert_says(manual, "From 1s to 30d. Default: 5m.");
}

/* The words in bold of a section of the manual, up to the first of these characters, stand in the README, with that behind them. */
static unsigned stand_in_the_readme(const char *manual, const char *section, const char *until, const char *behind)
{
    const char *readme = shell("cat \"$1\"", README)->out;
    char *copy = strdup(strstr(manual, section)), *line, *rest = copy;
    unsigned n = 0;

    strsep(&rest, "\n");
    while ((line = strsep(&rest, "\n")) && strncmp(line, ".SH", 3) != 0) {
        char word[64] = "";
        size_t used = 0;

        if (strncmp(line, "\\fB", 3) != 0)
            continue;
        for (line += 3; *line && !strchr(until, *line) && strncmp(line, "\\fR", 3) != 0 && used + 8 < sizeof(word); line++)
            if (*line != '\\')
                word[used++] = *line;
        snprintf(word + used, sizeof(word) - used, "%s", behind);
        assert_says(readme, word);
        n++;
    }
    free(copy);
    return n;
}

static void the_readme_has_every_address_and_every_kind_of_check(void **state)
{
    (void)state;
    assert_true(stand_in_the_readme(run("manual", "1")->out, ".SH HTTP", "? ", "") >= 8);
    assert_true(stand_in_the_readme(run("manual", "5")->out, ".SH KINDS OF CHECK", " ", ":") >= 7);
}

static void the_pages_are_roff_without_a_line_that_could_be_taken_for_a_request(void **state)
{
    static const char *const sections[] = { "1", "5" };
    size_t i;

    (void)state;
    for (i = 0; i < 2; i++) {
        const struct ran *r = run("manual", sections[i]);
        char *line, *rest = r->out;

        assert_int_equal(r->code, 0);
        assert_int_equal(strncmp(r->out, ".\\\" ", 4), 0);
        while ((line = strsep(&rest, "\n")))
            if (*line == '.')
                assert_non_null(strstr(" \\\" TH SH SS TP PP RS RE nf fi br ", (char[]){ line[1], line[2], '\0' }));
    }
}

static void bash_completes_commands_options_and_their_words(void **state)
{
    static const char script[] = "eval \"$(\"$squirrel\" completion bash)\"; COMP_WORDS=(uptimesquirrel $1); "
                                 "COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _uptimesquirrel; echo \"${COMPREPLY[@]}\"";
    static const struct {
        const char *typed, *completed;
    } rows[] = {
        { "vali", "validate\n" },
        { "check --eng", "--engine\n" },
        { "-c x check --ret", "--retries\n" },
        { "check --engine fut", "futures\n" },
        { "list --output j", "json\n" },
        { "list --output t", "table\n" },
        { "status --output t", "table tmux\n" },
        { "report --output c", "csv\n" },
        { "notify --channel we", "webhook\n" },
        { "completion z", "zsh\n" },
        { "list --engi", "\n" },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const char *const argv[] = { "bash", "-c", script, "bash", rows[i].typed, NULL };
        const char *changes[] = { "squirrel=" SQUIRREL, NULL };

        assert_string_equal(process_run(&(struct how){ .changes = changes }, argv)->out, rows[i].completed);
    }
}

static void completions_are_refused_for_shells_we_do_not_know(void **state)
{
    (void)state;
    assert_int_equal(run("completion", "csh")->code, 2);
    assert_int_equal(run("completion")->code, 2);
    assert_int_equal(run("manual", "7")->code, 2);
    assert_int_equal(run("completion", "zsh")->code, 0);
    assert_int_equal(run("completion", "fish")->code, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WHOLE(the_manual_has_every_command_and_option_that_help_has),
        WHOLE(the_manual_has_every_setting_of_the_shipped_file),
        WHOLE(the_readme_has_every_address_and_every_kind_of_check),
        WHOLE(the_pages_are_roff_without_a_line_that_could_be_taken_for_a_request),
        WHOLE(bash_completes_commands_options_and_their_words),
        WHOLE(completions_are_refused_for_shells_we_do_not_know),
    };

    return WHOLE_RUN(tests);
}
