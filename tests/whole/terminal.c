/* A person at a terminal. Each word to tmux is a run of its client, a few milliseconds. */
#include "terminal.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "place.h"
#include "process.h"
#include "support/tests.h"
#include "whole.h"

struct terminal {
    struct terminal *older;
    unsigned number;
    char socket[160];
    char answer[256];
    struct screen screen;
};

static struct terminal *newest;

/* --- talking to tmux ---------------------------------------------------------------------------------------------- */

struct words {
    const char *word[96];
    size_t n;
};

static void add(struct words *w, const char *const *word)
{
    for (; *word; word++) {
        if (w->n + 1 == sizeof(w->word) / sizeof(w->word[0]))
            fail_msg("too many words for tmux");
        w->word[w->n++] = *word;
    }
    w->word[w->n] = NULL;
}

#define ADD(words, ...) add(words, (const char *const[]){ __VA_ARGS__, NULL })

/* What it said, for process_forget(). tmux itself does not live in the place: it goes on when the programs are to be gone. */
static const struct ran *tmux(const struct terminal *t, const char *const *word)
{
    char serves[160];
    const char *const changes[] = { "UPTIME_TEST_PLACE", serves, "ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", NULL };
    const struct how homeless = { .changes = changes };
    struct words w = { .n = 0 };
    const struct ran *r;

    snprintf(serves, sizeof(serves), "%s=%s", PLACE_SERVED, place_directory());
    ADD(&w, "tmux", "-u", "-f", "/dev/null", "-S", t->socket);
    add(&w, word);
    r = process_run(&homeless, w.word);
    if (r->code)
        fail_msg("tmux %s: %s", word[0], r->err);
    return r;
}

void terminal_command(struct terminal *t, const char *const words[])
{
    process_forget(tmux(t, words));
}

const char *terminal_ask(struct terminal *t, const char *format)
{
    const struct ran *r = tmux(t, (const char *const[]){ "display-message", "-p", "-t", ":0", format, NULL });

    snprintf(t->answer, sizeof(t->answer), "%.*s", (int)strcspn(r->out, "\n"), r->out);
    process_forget(r);
    return t->answer;
}

/* --- opening and closing ------------------------------------------------------------------------------------------ */

/* The shell around the program, as a person has one: it tells the program's number and what it exited with, for tmux 3.3a
 * sometimes loses that, and then keeps the window open without living in the place any more. */
static const char around[] =
    "trap : INT QUIT; sh -c 'echo $$ >\"$0\"; exec \"$@\"' \"run/pid-$0\" \"$@\"; "
    "echo $? >\"run/end-$0.new\"; mv \"run/end-$0.new\" \"run/end-$0\"; exec env -i sleep 1000000";

struct terminal *terminal_open(int width, int height, const char *const *changes, const char *const argv[])
{
    static unsigned opened;
    char columns[16], rows[16], number[16], **environment = place_environment(changes);
    struct terminal *t = calloc(1, sizeof(*t));
    struct words w = { .n = 0 };

    if (!t)
        abort();
    t->number = ++opened;
    snprintf(t->socket, sizeof(t->socket), "%s/run/tmux-%u", place_directory(), t->number);
    snprintf(columns, sizeof(columns), "%d", width);
    snprintf(rows, sizeof(rows), "%d", height);
    snprintf(number, sizeof(number), "%u", t->number);
    ADD(&w, "start-server", ";", "set-option", "-g", "status", "off", ";");
    ADD(&w, "new-session", "-d", "-x", columns, "-y", rows, "-c", place_directory(), "env", "-i");
    add(&w, (const char *const *)environment);
    ADD(&w, "sh", "-c", around, number);
    add(&w, argv);
    terminal_command(t, w.word);
    place_free_environment(environment);
    t->older = newest;
    newest = t;
    return t;
}

static void forget_screen(struct terminal *t)
{
    free(t->screen.line);
    free(t->screen.cut);
    free(t->screen.text);
    t->screen = (struct screen){ 0 };
}

void terminal_close(struct terminal *t)
{
    struct terminal **at;

    for (at = &newest; *at != t; at = &(*at)->older)
        ;
    *at = t->older;
    terminal_tmux(t, "kill-server");
    forget_screen(t);
    free(t);
}

void terminal_close_all(void)
{
    while (newest)
        terminal_close(newest);
}

/* --- hands -------------------------------------------------------------------------------------------------------- */

void terminal_keys(struct terminal *t, const char *keys)
{
    char copy[512], *rest = copy, *key;
    struct words w = { .n = 0 };

    snprintf(copy, sizeof(copy), "%s", keys);
    ADD(&w, "send-keys", "-t", ":0");
    while ((key = strsep(&rest, " ")))
        ADD(&w, key);
    terminal_command(t, w.word);
}

void terminal_type(struct terminal *t, const char *text)
{
    terminal_tmux(t, "send-keys", "-t", ":0", "-l", "--", text);
}

void terminal_paste(struct terminal *t, const char *text)
{
    terminal_tmux(t, "set-buffer", "--", text);
    terminal_tmux(t, "paste-buffer", "-p", "-r", "-t", ":0");
}

void terminal_resize(struct terminal *t, int width, int height)
{
    char columns[16], rows[16];

    snprintf(columns, sizeof(columns), "%d", width);
    snprintf(rows, sizeof(rows), "%d", height);
    terminal_tmux(t, "resize-window", "-t", ":0", "-x", columns, "-y", rows);
}

/* --- eyes --------------------------------------------------------------------------------------------------------- */

static void take(struct screen *s, const char *text)
{
    const char *c;
    char *rest;

    s->text = strdup(text);
    s->cut = rest = strdup(text);
    for (c = text, s->n = 0; *c; c++)
        s->n += *c == '\n';
    s->line = calloc((size_t)s->n + 1, sizeof(*s->line));
    if (!s->text || !s->cut || !s->line)
        abort();
    for (s->n = 0; *rest; s->n++)
        s->line[s->n] = strsep(&rest, "\n");
}

const struct screen *terminal_look(struct terminal *t)
{
    const struct ran *r = tmux(t, (const char *const[]){ "capture-pane", "-p", "-t", ":0", NULL });

    forget_screen(t);
    take(&t->screen, r->out);
    process_forget(r);
    return &t->screen;
}

bool terminal_shows(struct terminal *t, const char *text)
{
    return strstr(terminal_look(t)->text, text) != NULL;
}

const char *terminal_line(struct terminal *t, const char *text)
{
    const struct screen *s = terminal_look(t);
    int i;

    for (i = 0; i < s->n; i++)
        if (strstr(s->line[i], text))
            return s->line[i];
    fail_msg("no line holds '%s':\n%s", text, s->text);
    return NULL;
}

struct wish {
    struct terminal *terminal;
    bool (*ready)(const struct screen *s, const void *context);
    const void *context;
};

static bool has_come_true(void *context)
{
    const struct wish *w = context;

    return w->ready(terminal_look(w->terminal), w->context);
}

void terminal_wait_until(struct terminal *t, bool (*ready)(const struct screen *s, const void *context),
                         const void *context, const char *what)
{
    struct wish w = { t, ready, context };

    if (!whole_wait(has_come_true, &w))
        fail_msg("waited in vain for %s:\n%s", what, t->screen.text);
}

static bool shows(const struct screen *s, const void *text)
{
    return strstr(s->text, text) != NULL;
}

static bool shows_not(const struct screen *s, const void *text)
{
    return !strstr(s->text, text);
}

void terminal_wait(struct terminal *t, const char *text)
{
    terminal_wait_until(t, shows, text, text);
}

void terminal_wait_gone(struct terminal *t, const char *text)
{
    terminal_wait_until(t, shows_not, text, "a screen without that text");
}

/* --- the program -------------------------------------------------------------------------------------------------- */

/* A number that the shell wrote; false while there is none. */
static bool told(const struct terminal *t, const char *what, int *value)
{
    char name[32], *text;
    bool whole;

    snprintf(name, sizeof(name), "run/%s-%u", what, t->number);
    text = place_read(name);
    whole = text && strchr(text, '\n');
    *value = whole ? (int)strtol(text, NULL, 10) : 0;
    free(text);
    return whole;
}

static bool has_begun(void *context)
{
    int value;

    return told(context, "pid", &value);
}

static bool has_ended(void *context)
{
    int value;

    return told(context, "end", &value);
}

pid_t terminal_program(struct terminal *t)
{
    int pid;

    if (!whole_wait(has_begun, t))
        fail_msg("the program does not begin:\n%s", terminal_look(t)->text);
    told(t, "pid", &pid);
    return (pid_t)pid;
}

int terminal_end(struct terminal *t)
{
    int code;

    if (!whole_wait(has_ended, t))
        fail_msg("the program does not end:\n%s", terminal_look(t)->text);
    told(t, "end", &code);
    return code > 128 ? 128 - code : code;
}
