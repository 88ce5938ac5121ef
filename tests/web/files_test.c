/* The files say what the server would, are replaced whole, and failures are told with their cause. */
#include "web/files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/tests.h"
#include "town.h"

static struct town town;
static char top[] = "/tmp/squirrel-files-XXXXXX", directory[64];

static int set_up(void **state)
{
    (void)state;
    town_build(&town);
    if (!mkdtemp(top))
        return -1;
    snprintf(directory, sizeof(directory), "%s/status", top);
    return 0;
}

static int tear_down(void **state)
{
    char command[128];

    (void)state;
    town_release(&town);
    snprintf(command, sizeof(command), "rm -rf %s", top);
    strcpy(top + strlen(top) - 6, "XXXXXX");
    return system(command);
}

static const char *content(const char *name)
{
    static char text[1 << 16];
    char path[128];
    size_t n = 0;
    FILE *f;

    snprintf(path, sizeof(path), "%s/%s", directory, name);
    f = fopen(path, "r");
    if (f) {
        n = fread(text, 1, sizeof(text) - 1, f);
        fclose(f);
    }
    text[n] = '\0';
    return text;
}

static void the_files_are_there_at_once_and_for_all_to_read(void **state)
{
    struct web_files *f;
    struct errmsg why;
    char path[128];
    struct stat st;

    (void)state;
    assert_int_equal(web_files_open(&f, town.t, directory, &why), ERR_OK);
    assert_non_null(strstr(content("index.html"), "1 of 6 sites is down"));
    assert_non_null(strstr(content("status.json"), "\"down\":1"));
    assert_non_null(strstr(content("badge.svg"), "1 down"));
    assert_non_null(strstr(content("uptimesquirrel.prom"), "probe_success"));
    snprintf(path, sizeof(path), "%s/index.html", directory);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0644);
    web_files_close(f);
}

static void the_last_word_is_written_at_the_end(void **state)
{
    struct web_files *f;
    struct errmsg why;

    (void)state;
    assert_int_equal(web_files_open(&f, town.t, directory, &why), ERR_OK);
    town_publish(&town, 1, OUTCOME_OK, 200);
    web_files_close(f);
    assert_non_null(strstr(content("index.html"), "No site of 6 is down"));
}

static void what_can_not_be_written_is_told_with_its_cause(void **state)
{
    struct web_files *f;
    struct errmsg why;

    (void)state;
    assert_int_equal(web_files_open(&f, town.t, "/nowhere/status", &why), ERR_IO);
    assert_string_equal(why.text, "cannot make '/nowhere/status': No such file or directory");
    assert_int_equal(web_files_open(&f, town.t, "/dev/full", &why), ERR_IO);
    assert_non_null(strstr(why.text, "Not a directory"));
}

static void a_link_that_lies_in_wait_is_not_followed(void **state)
{
    struct web_files *f;
    char link[128], victim[128];
    struct errmsg why;

    (void)state;
    snprintf(victim, sizeof(victim), "%s/victim", top);
    mkdir(directory, 0755);
    snprintf(link, sizeof(link), "%s/.index.html.new", directory);
    assert_int_equal(symlink(victim, link), 0);
    assert_int_equal(web_files_open(&f, town.t, directory, &why), ERR_IO);
    assert_int_equal(access(victim, F_OK), -1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(the_files_are_there_at_once_and_for_all_to_read),
        TEST(the_last_word_is_written_at_the_end),
        TEST(what_can_not_be_written_is_told_with_its_cause),
        TEST(a_link_that_lies_in_wait_is_not_followed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
