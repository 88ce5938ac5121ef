/* Screens compared with files. */
#include "golden.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/strbuf.h"
#include "mask.h"
#include "support/tests.h"
#include "whole.h"

#define STILL 25 /* looks */

static char *masked(struct terminal *t)
{
    char host[64] = "";

    if (gethostname(host, sizeof(host) - 1) != 0)
        abort();
    host[strcspn(host, ".")] = '\0';
    return mask_screen(terminal_look(t)->text, host);
}

static char *read_golden(const char *path)
{
    struct strbuf text = STRBUF_INIT;
    FILE *f = fopen(path, "r");
    char chunk[4096];
    size_t n;

    while (f && (n = fread(chunk, 1, sizeof(chunk), f)) > 0)
        strbuf_add(&text, chunk, n);
    if (f)
        fclose(f);
    return strbuf_detach(&text);
}

static void write_golden(struct terminal *t, const char *path)
{
    char *now = masked(t);
    int still = 0;
    FILE *f;

    while (still++ < STILL) {
        char *next;

        whole_pause();
        next = masked(t);
        if (strcmp(now, next) != 0)
            still = 0;
        free(now);
        now = next;
    }
    f = fopen(path, "w");
    if (!f || fputs(now, f) < 0 || fclose(f) != 0)
        fail_msg("cannot write %s", path);
    free(now);
}

struct likeness {
    struct terminal *terminal;
    const char *wanted;
    char *seen;
};

static bool is_alike(void *context)
{
    struct likeness *l = context;

    free(l->seen);
    l->seen = masked(l->terminal);
    return !strcmp(l->seen, l->wanted);
}

void golden_wait(struct terminal *t, const char *name)
{
    const char *order = getenv("UPTIME_GOLDEN");
    struct likeness l = { .terminal = t };
    char path[512], *wanted;

    snprintf(path, sizeof(path), "%s/%s.txt", GOLDEN, name);
    if (order && !strcmp(order, "write")) {
        write_golden(t, path);
        return;
    }
    l.wanted = wanted = read_golden(path);
    if (!whole_wait(is_alike, &l))
        fail_msg("%s should be:\n%s\nbut is:\n%s", name, wanted, l.seen);
    free(l.seen);
    free(wanted);
}

void golden_text(const char *file, const char *text)
{
    const char *order = getenv("UPTIME_GOLDEN");
    char path[512], *wanted;
    FILE *f;

    snprintf(path, sizeof(path), "%s/%s", GOLDEN, file);
    if (order && !strcmp(order, "write")) {
        f = fopen(path, "w");
        if (!f || fputs(text, f) < 0 || fclose(f) != 0)
            fail_msg("cannot write %s", path);
        return;
    }
    wanted = read_golden(path);
    if (strcmp(wanted, text) != 0)
        fail_msg("%s should be:\n%s\nbut is:\n%s", file, wanted, text);
    free(wanted);
}
