/* Real servers, settings and letters for the tests of this room. */
#include "parts.h"

#include <fcntl.h>
#include <glob.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/strbuf.h"
#include "support/temporary.h"
#include "support/tests.h"

#define PATIENCE_MS 60000

extern char **environ;

static char directory[64];

static void give_up(const char *what)
{
    perror(what);
    abort();
}

/* --- the directory ---------------------------------------------------------------------------------------------- */

/* Where tests/run unpacks programs whose packages it does not install. */
static void find_programs(void)
{
    char path[4096];

    snprintf(path, sizeof(path), "%s:/usr/sbin:" PARTS_UNPACKED "/usr/bin:" PARTS_UNPACKED "/usr/sbin", getenv("PATH"));
    setenv("PATH", path, 1);
    setenv("LD_LIBRARY_PATH", PARTS_UNPACKED "/usr/lib/postfix", 1);
}

int parts_begin(void **state)
{
    static const char *const proxies[] = { "http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY" };
    size_t i;

    (void)state;
    if (!temporary_make(directory, sizeof(directory), "notify"))
        give_up("a directory");
    for (i = 0; i < sizeof(proxies) / sizeof(proxies[0]); i++)
        unsetenv(proxies[i]);
    setenv("NOTIFY_SECRET", PARTS_SECRET, 1);
    find_programs();
    signal(SIGPIPE, SIG_IGN);
    return 0;
}

int parts_end(void **state)
{
    (void)state;
    temporary_remove(directory);
    return 0;
}

const char *parts_path(const char *name)
{
    static char path[8][128];
    static unsigned next;
    char *text = path[next++ % 8];

    snprintf(text, sizeof(path[0]), "%s/%s", directory, name);
    return text;
}

char *parts_read(const char *path)
{
    struct strbuf text = STRBUF_INIT;
    FILE *file = fopen(path, "r");
    char bytes[4096];
    size_t n;

    if (!file)
        return NULL;
    while ((n = fread(bytes, 1, sizeof(bytes), file)) > 0)
        strbuf_add(&text, bytes, n);
    fclose(file);
    return strbuf_detach(&text);
}

char *parts_wait(const char *pattern)
{
    int waited;

    for (waited = 0; waited < PATIENCE_MS; waited += 5) {
        glob_t found;
        char *text = NULL;

        if (glob(pattern, 0, NULL, &found) == 0)
            text = parts_read(found.gl_pathv[0]);
        globfree(&found);
        if (text)
            return text;
        poll(NULL, 0, 5);
    }
    fail_msg("nothing came as %s", pattern);
    return NULL;
}

/* --- servers ---------------------------------------------------------------------------------------------------- */

struct part {
    pid_t pid;
    int input;                       /* it ends when this is closed */
    char told[256];
};

static void read_line(int fd, char *line, size_t size)
{
    struct pollfd polls = { .fd = fd, .events = POLLIN };
    size_t used = 0;

    while (used + 1 < size && poll(&polls, 1, PATIENCE_MS) == 1 && read(fd, line + used, 1) == 1 && line[used] != '\n')
        used++;
    line[used] = '\0';
    if (!used)
        give_up("parts.py told nothing");
}

struct part *part_start(const char *const *words)
{
    const char *argv[16] = { "/usr/bin/python3", PARTS };
    struct part *p = calloc(1, sizeof(*p));
    posix_spawn_file_actions_t actions;
    int in[2], out[2], n;

    for (n = 0; words[n]; n++)
        argv[n + 2] = words[n];
    if (!p || pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC))
        give_up("pipes");
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
    if (posix_spawn(&p->pid, argv[0], &actions, NULL, (char *const *)argv, environ))
        give_up(argv[0]);
    posix_spawn_file_actions_destroy(&actions);
    close(in[0]);
    close(out[1]);
    p->input = in[1];
    read_line(out[0], p->told, sizeof(p->told));
    close(out[0]);
    return p;
}

const char *part_told(const struct part *p)
{
    return p->told;
}

void part_end(struct part *p)
{
    close(p->input);
    waitpid(p->pid, NULL, 0);
    free(p);
}

/* --- settings and letters --------------------------------------------------------------------------------------- */

struct settings *parts_settings(const char *text, const char *a, const char *b)
{
    struct strbuf whole = STRBUF_INIT;
    struct faults faults = { 0 };
    struct settings *s = NULL;
    const char *at;

    for (; (at = strchr(text, '@')); text = at + (at[1] == 'A' || at[1] == 'B' ? 3 : 1)) {
        strbuf_add(&whole, text, (size_t)(at - text));
        strbuf_adds(&whole, at[1] == 'A' ? a : at[1] == 'B' ? b : "@");
    }
    strbuf_adds(&whole, text);
    if (settings_read_text(&s, parts_path("uptime.cfg"), whole.text, whole.length, &faults))
        fail_msg("%s\n%s", faults.line.n ? faults.line.item[0] : "?", whole.text);
    strbuf_release(&whole);
    return s;
}

const struct letter *parts_letter(void)
{
    static const struct letter letter = {
        .id = "42.0.m1x2y3", .thread = "42.0.m1x2y3", .priority = LETTER_HIGH, .tone = LETTER_BAD,
        .at_ms = INT64_C(1795437669120), .title = "[DOWN] shop", .text = "shop is DOWN: HTTP 502\n.\n..dots\nend\n",
        .brief = "DOWN shop: HTTP 502", .push = "HTTP 502 Bad Gateway\nsince 12:41", .url = "https://shop.example.org/",
        .json = "{\"version\":1,\"event\":\"down\",\"site\":\"shop\"}",
    };

    return &letter;
}

const struct letter *parts_hostile(void)
{
    static const struct letter letter = {
        .id = "43.0.m1x2y3", .thread = "42.0.m1x2y3", .tone = LETTER_BAD, .at_ms = INT64_C(1795437669120),
        .title = "[DOWN] @everyone <!channel> **b** [x](http://evil) \xe6\xbc\xa2\xe5\xad\x97 =?UTF-8?B?eA==?=\r\nBcc: x@evil",
        .text = "<@U1> & <!here>\r\n.\r\nMAIL FROM:<x@evil>\n\xe2\x82\xac \xe6\xbc\xa2\n",
        .brief = "--help; `id` $(id) & \"x\"", .push = "<!everyone> @here <@1> &amp; `code` ||x|| </b>",
        .url = "https://shop.example.org/?a=<b>&c='d'", .json = "{\"site\":\"\\\"<!channel>\"}",
    };

    return &letter;
}

struct delivery parts_send(const char *channel, const struct settings *s, const struct letter *l)
{
    struct destination to = { s, &s->owner[0], 0 };
    struct delivery end;

    notifier_send_once(notifier_find(channel), &to, l, NULL, clock_mono_ns() + 60 * NS_PER_S, &end);
    return end;
}
