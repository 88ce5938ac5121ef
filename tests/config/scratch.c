/* A directory of a test's own, and the files it plays with. */
#include "scratch.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/strbuf.h"
#include "support/temporary.h"
#include "support/tests.h"

static char directory[256];

int scratch_begin(void **state)
{
    (void)state;
    return temporary_make(directory, sizeof(directory), "config") ? 0 : -1;
}

int scratch_end(void **state)
{
    (void)state;
    chmod(directory, 0700);
    temporary_remove(directory);
    return 0;
}

const char *scratch_path(const char *name)
{
    static char path[4][512];
    static unsigned next;
    char *p = path[next++ % 4];

    snprintf(p, sizeof(path[0]), "%s/%s", directory, name);
    return p;
}

const char *scratch_write(const char *name, const char *text, long length)
{
    const char *path = scratch_path(name);
    size_t n = length < 0 ? strlen(text) : (size_t)length;
    FILE *f = fopen(path, "w");

    assert_non_null(f);
    assert_int_equal(fwrite(text, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
    return path;
}

char *scratch_read(const char *name, size_t *length)
{
    struct strbuf text = STRBUF_INIT;
    FILE *f = fopen(scratch_path(name), "r");
    char chunk[4096];
    size_t n;

    assert_non_null(f);
    while ((n = fread(chunk, 1, sizeof(chunk), f)) > 0)
        strbuf_add(&text, chunk, n);
    fclose(f);
    if (length)
        *length = text.length;
    return strbuf_detach(&text);
}

char *scratch_list(void)
{
    struct strbuf list = STRBUF_INIT;
    struct dirent **entry;
    int n = scandir(directory, &entry, NULL, alphasort), i;

    assert_true(n >= 2);
    for (i = 0; i < n; i++) {
        if (entry[i]->d_name[0] != '.')
            strbuf_addf(&list, "%s%s", list.length ? " " : "", entry[i]->d_name);
        free(entry[i]);
    }
    free(entry);
    return strbuf_detach(&list);
}

struct settings *scratch_settings(const char *text)
{
    struct settings *s = NULL;
    struct faults faults = { 0 };
    size_t i;

    if (settings_read(&s, scratch_write("uptime.cfg", text, -1), &faults) != ERR_OK) {
        for (i = 0; i < faults.line.n; i++)
            print_error("%s\n", faults.line.item[i]);
        fail_msg("these settings should be good:\n%s", text);
    }
    return s;
}

char *scratch_faults(const char *text, long length)
{
    struct settings *s = NULL;
    struct faults faults = { 0 };
    struct strbuf lines = STRBUF_INIT;
    size_t i;

    if (settings_read(&s, scratch_write("uptime.cfg", text, length), &faults) == ERR_OK)
        fail_msg("these settings should be bad:\n%s", text);
    assert_null(s);
    for (i = 0; i < faults.line.n; i++)
        strbuf_addf(&lines, "%s\n", faults.line.item[i]);
    faults_release(&faults);
    return strbuf_detach(&lines);
}
