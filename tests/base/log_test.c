/* Log lines, and where they go. */
#include "base/log.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/text.h"
#include "support/crowd.h"
#include "support/tests.h"

struct heard {
    _Atomic int lines;
    _Atomic int strange;
    enum log_level level;
    char line[2048];
};

static void hear(void *context, enum log_level level, const char *line)
{
    struct heard *h = context;

    h->level = level;
    snprintf(h->line, sizeof(h->line), "%s", line);
    atomic_fetch_add(&h->lines, 1);
}

static int back_to_stderr(void **state)
{
    (void)state;
    log_open(LEVEL_INFO, NULL, NULL);
    return 0;
}

static void lines_of_the_level_asked_for_reach_the_sink(void **state)
{
    struct heard h = { .lines = 0 };
    int least, level;

    (void)state;
    for (least = LEVEL_ERROR; least <= LEVEL_DEBUG; least++) {
        log_open((enum log_level)least, hear, &h);
        for (level = LEVEL_ERROR; level <= LEVEL_DEBUG; level++) {
            int before = atomic_load(&h.lines);

            log_line((enum log_level)level, "level %d of %s", level, "log");
            assert_int_equal(atomic_load(&h.lines) - before, level <= least);
            if (level > least)
                continue;
            assert_int_equal(h.level, level);
            assert_memory_equal(h.line, "level ", 6);
        }
    }
}

static void a_line_never_holds_what_a_stranger_sent_raw(void **state)
{
    struct heard h = { .lines = 0 };

    (void)state;
    log_open(LEVEL_INFO, hear, &h);
    log_line(LEVEL_INFO, "shop: HTTP 503 %s", "\x1b[2J\xc2\x9b\xe2\x80\xae\xff\r\nFAKE: all is well");
    assert_string_equal(h.line, "shop: HTTP 503 ?[2J???  FAKE: all is well");
}

static void a_long_line_is_cut_between_characters(void **state)
{
    struct heard h = { .lines = 0 };
    char text[6000] = "";
    int before;

    (void)state;
    log_open(LEVEL_INFO, hear, &h);
    for (before = 0; before < 4; before++) {
        size_t i;

        memset(text, 'x', (size_t)before);
        for (i = (size_t)before; i + 4 < sizeof(text); i += 3)
            memcpy(text + i, "€", 4);
        log_line(LEVEL_INFO, "%s", text);
        assert_int_equal(strlen(h.line), before + (1023 - before) / 3 * 3);
        assert_memory_equal(h.line, text, strlen(h.line));
    }
}

/* What a child writes to its standard error when it logs one line; journal: what $JOURNAL_STREAM says, "ours" for the truth,
 * NULL for nothing. */
static void log_in_child(enum log_level level, const char *journal, char *out, size_t size)
{
    size_t used = 0;
    ssize_t n;
    int end[2], status;
    pid_t child;

    assert_int_equal(pipe(end), 0);
    child = fork();
    if (!child) {
        char stream[64];
        struct stat info;

        dup2(end[1], STDERR_FILENO);
        fstat(STDERR_FILENO, &info);
        snprintf(stream, sizeof(stream), "%llu:%llu", (unsigned long long)info.st_dev, (unsigned long long)info.st_ino);
        if (journal)
            setenv("JOURNAL_STREAM", strcmp(journal, "ours") != 0 ? journal : stream, 1);
        else
            unsetenv("JOURNAL_STREAM");
        log_open(LEVEL_DEBUG, NULL, NULL);
        log_line(level, "shop is down");
        _exit(0);
    }
    close(end[1]);
    while ((n = read(end[0], out + used, size - 1 - used)) > 0)
        used += (size_t)n;
    out[used] = '\0';
    close(end[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static void on_standard_error_lines_carry_the_time(void **state)
{
    static const char *const elsewhere[] = { NULL, "", "8:1", "nonsense", "1", ":" };
    char out[256];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(elsewhere) / sizeof(elsewhere[0]); i++) {
        log_in_child(LEVEL_WARNING, elsewhere[i], out, sizeof(out));
        assert_int_equal(strlen(out), 24 + strlen(" shop is down\n"));
        assert_true(out[0] == '2' && out[4] == '-' && out[10] == 'T' && out[23] == 'Z');
        assert_string_equal(out + 24, " shop is down\n");
    }
}

static void for_journald_they_carry_a_priority(void **state)
{
    static const char *const lines[] = { "<3>shop is down\n", "<4>shop is down\n", "<6>shop is down\n", "<7>shop is down\n" };
    char out[256];
    int level;

    (void)state;
    for (level = LEVEL_ERROR; level <= LEVEL_DEBUG; level++) {
        log_in_child((enum log_level)level, "ours", out, sizeof(out));
        assert_string_equal(out, lines[level]);
    }
}

static void levels_are_read_by_name(void **state)
{
    (void)state;
    assert_int_equal(log_level_parse("error"), LEVEL_ERROR);
    assert_int_equal(log_level_parse("warning"), LEVEL_WARNING);
    assert_int_equal(log_level_parse("info"), LEVEL_INFO);
    assert_int_equal(log_level_parse("debug"), LEVEL_DEBUG);
    assert_int_equal(log_level_parse("DEBUG"), -1);
    assert_int_equal(log_level_parse(""), -1);
    assert_int_equal(log_level_parse("warn"), -1);
}

/* Two sinks, each of which knows its own context. */
static void sink_a(void *context, enum log_level level, const char *line)
{
    struct heard *h = context;

    (void)level;
    (void)line;
    atomic_fetch_add(&h[0].lines, 1);
    if (h[0].line[0] != 'a')
        atomic_fetch_add(&h[0].strange, 1);
}

static void sink_b(void *context, enum log_level level, const char *line)
{
    struct heard *h = context;

    (void)level;
    (void)line;
    atomic_fetch_add(&h[0].lines, 1);
    if (h[0].line[0] != 'b')
        atomic_fetch_add(&h[0].strange, 1);
}

static void log_and_switch(void *context, int number)
{
    struct heard *h = context;
    int i;

    for (i = 0; i < 2000; i++) {
        if (number == 0)
            log_open(LEVEL_INFO, i % 2 ? sink_a : sink_b, i % 2 ? &h[0] : &h[1]);
        else
            log_line(LEVEL_INFO, "%d", i);
    }
}

static void the_sink_may_change_while_lines_are_written(void **state)
{
    struct heard h[2] = { { .line = "a" }, { .line = "b" } };

    (void)state;
    log_open(LEVEL_INFO, sink_a, &h[0]);
    crowd(5, log_and_switch, h);
    assert_int_equal(atomic_load(&h[0].strange) + atomic_load(&h[1].strange), 0);
    assert_int_equal(atomic_load(&h[0].lines) + atomic_load(&h[1].lines), 4 * 2000);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, back_to_stderr)
    static const struct CMUnitTest tests[] = {
        TEST(lines_of_the_level_asked_for_reach_the_sink),
        TEST(a_line_never_holds_what_a_stranger_sent_raw),
        TEST(a_long_line_is_cut_between_characters),
        TEST(on_standard_error_lines_carry_the_time),
        TEST(for_journald_they_carry_a_priority),
        TEST(levels_are_read_by_name),
        TEST(the_sink_may_change_while_lines_are_written),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
