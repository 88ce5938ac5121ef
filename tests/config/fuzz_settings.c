/* libFuzzer: any bytes as uptime.cfg. Reading must end, leak nothing and hide what is secret; what libconfig takes,
 * the scanner must follow; and every edit of good settings must be refused or do what it should (edit.c judges that
 * itself).
 *
 *     fuzz_settings -max_len=4096 -max_total_time=3600 CORPUS
 *
 * Set -dict to a file of words of the language to go faster. */
#include <assert.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "config/edit.h"
#include "config/settings.h"
#include "document.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

static char path[64];

static void remove_file(void)
{
    unlink(path);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    int fd;

    (void)argc;
    (void)argv;
    setlocale(LC_ALL, "C.UTF-8");
    snprintf(path, sizeof(path), "/tmp/fuzz_settings.XXXXXX");
    fd = mkstemp(path);
    assert(fd >= 0);
    close(fd);
    atexit(remove_file);
    return 0;
}

static void check_faults(struct faults *faults, enum err err)
{
    size_t i;

    assert((err == ERR_OK) == (faults->line.n == 0));
    for (i = 0; i < faults->line.n; i++)
        assert(text_is_clean(faults->line.item[i]) && *faults->line.item[i]);
    faults_release(faults);
}

/* A text that was taken, the scanner has seen as libconfig has. */
static void check_scanner(const char *text, size_t size)
{
    struct report report = REPORT_INIT;
    struct document d;

    document_open(&d, path, text, size, &report);
    assert(report.kind || d.agrees);
    document_close(&d);
    report_release(&report);
}

static void edit_it(const char *text, size_t size, const char *name)
{
    static const struct edit_value values[] = {
        { "interval", "45s" }, { "tags", "a, \"b\"" }, { "name", "n {" }, { "paused", NULL }, { "url", "https://new/" },
    };
    FILE *f = fopen(path, "w");
    struct edit *e = NULL;
    char *diff = NULL;
    size_t i;

    assert(f && fwrite(text, 1, size, f) == size && !fclose(f));
    if (edit_open(&e, path, NULL))
        return;
    for (i = 0; i < sizeof(values) / sizeof(values[0]); i++)
        if (!edit_set(e, name, &values[i], 1, NULL) && !strcmp(values[i].key, "name"))
            name = "n {";
    edit_add(e, "https://added/", values, size % 3, NULL);
    edit_remove(e, name, NULL);
    edit_diff(e, &diff);
    free(diff);
    edit_free(e);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    char *text = malloc(size + 1);
    struct faults faults = { 0 };
    struct settings *s = NULL;
    enum err err;

    memcpy(text, data, size);
    text[size] = '\0';
    err = settings_read_text(&s, path, text, size, &faults);
    check_faults(&faults, err);
    check_scanner(text, size);
    if (!err)
        edit_it(text, size, s->nsite ? s->site[size % s->nsite]->name : "none");
    settings_free(s);
    free(text);
    return 0;
}
