/* Where the programs of one test live. They are known by a variable of their environment, which children inherit and nobody
 * clears: that finds orphans, too. */
#include "place.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/strbuf.h"
#include "keeper.h"
#include "support/tests.h"
#include "whole.h"

#define MARK "UPTIME_TEST_PLACE"
#define SANITIZED 99                 /* what programs exit with that a sanitizer ends */
#define VARIABLES 64

#define PATH_SIZE 512

static char directory[128];

static void die(const char *what)
{
    perror(what);
    abort();
}

static void make_directory(const char *name)
{
    if (mkdir(place_path(name), 0700) != 0)
        die(place_path(name));
}

/* --- files -------------------------------------------------------------------------------------------------------- */

static const char *compose(char path[PATH_SIZE], const char *name)
{
    snprintf(path, PATH_SIZE, "%s/%s", directory, name);
    return path;
}

const char *place_directory(void)
{
    return directory;
}

/* For tests alone: what they hold of it is to last. */
const char *place_path(const char *name)
{
    static char path[8][PATH_SIZE];
    static unsigned next;

    return compose(path[next++ % 8], name);
}

const char *place_write(const char *name, const char *format, ...)
{
    const char *path = place_path(name);
    FILE *f = fopen(path, "w");
    va_list args;

    if (!f)
        die(path);
    va_start(args, format);
    vfprintf(f, format, args);
    va_end(args);
    if (fclose(f) != 0)
        die(path);
    return path;
}

char *place_read(const char *name)
{
    char path[PATH_SIZE], chunk[4096];
    struct strbuf text = STRBUF_INIT;
    FILE *f = fopen(compose(path, name), "r");
    size_t n;

    if (!f)
        return NULL;
    while ((n = fread(chunk, 1, sizeof(chunk), f)) > 0)
        strbuf_add(&text, chunk, n);
    fclose(f);
    return strbuf_detach(&text);
}

bool place_has(const char *name)
{
    char path[PATH_SIZE];

    return access(compose(path, name), F_OK) == 0;
}

/* --- the environment ---------------------------------------------------------------------------------------------- */

/* Sets that variable, or takes it away. */
static void change(char **environment, const char *text)
{
    size_t length = strcspn(text, "="), i, n;

    for (n = 0; environment[n]; n++)
        ;
    for (i = 0; i < n && (strncmp(environment[i], text, length) != 0 || environment[i][length] != '='); i++)
        ;
    if (i < n) {
        free(environment[i]);
        environment[i] = environment[--n];
        environment[n] = NULL;
    }
    if (text[length] && n < VARIABLES)
        environment[n] = strdup(text);
}

static void set(char **environment, const char *name, const char *value)
{
    struct strbuf text = STRBUF_INIT;

    strbuf_addf(&text, "%s=%s", name, value);
    change(environment, text.text);
    strbuf_release(&text);
}

/* A directory of the place. */
static void set_path(char **environment, const char *name, const char *file)
{
    struct strbuf text = STRBUF_INIT;

    strbuf_addf(&text, "%s=%s/%s", name, directory, file);
    change(environment, text.text);
    strbuf_release(&text);
}

/* Reports of sanitizers go to files, since nobody may be there to read what stands on a screen. */
static void set_sanitizer(char **environment, const char *name)
{
    const char *given = getenv(name);
    struct strbuf text = STRBUF_INIT;

    strbuf_addf(&text, "%s%sexitcode=%d:log_path=%s/reports/report", given ? given : "", given && *given ? ":" : "", SANITIZED,
                directory);
    set(environment, name, text.text);
    strbuf_release(&text);
}

char **place_environment(const char *const *changes)
{
    const char *servers = getenv("UPTIMESQUIRREL_NAME_SERVERS");
    char **e = calloc(VARIABLES + 1, sizeof(*e));

    if (!e)
        die("calloc");
    set(e, MARK, directory);
    set(e, "PATH", "/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin");
    set(e, "HOME", directory);
    set_path(e, "XDG_CONFIG_HOME", "config");
    set_path(e, "XDG_STATE_HOME", "state");
    set_path(e, "XDG_RUNTIME_DIR", "run");
    set_path(e, "TMPDIR", "run");
    set(e, "LC_ALL", "C.UTF-8");
    set(e, "TZ", "UTC");
    set(e, "TERM", "screen-256color");
    set(e, "squirrel", SQUIRREL);
    if (servers)
        set(e, "UPTIMESQUIRREL_NAME_SERVERS", servers);
    set_sanitizer(e, "ASAN_OPTIONS");
    set_sanitizer(e, "UBSAN_OPTIONS");
    set_sanitizer(e, "TSAN_OPTIONS");
    for (; changes && *changes; changes++)
        change(e, *changes);
    return e;
}

void place_free_environment(char **environment)
{
    char **variable;

    for (variable = environment; *variable; variable++)
        free(*variable);
    free(environment);
}

/* --- who lives here ----------------------------------------------------------------------------------------------- */

static bool is_marked(long pid, const char *name)
{
    char path[64], mark[256], text[16384];
    size_t length, n = 0;
    ssize_t got;
    int fd;

    snprintf(path, sizeof(path), "/proc/%ld/environ", pid);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    while (n < sizeof(text) && (got = read(fd, text + n, sizeof(text) - n)) > 0)
        n += (size_t)got;
    close(fd);
    length = (size_t)snprintf(mark, sizeof(mark), "%s=%s", name, directory) + 1; /* with its NUL */
    return memmem(text, n, mark, length) != NULL;
}

/* Counts those who bear that name, or sends them a signal. */
static unsigned each_marked(const char *name, int signal_number)
{
    DIR *proc = opendir("/proc");
    struct dirent *entry;
    unsigned n = 0;

    if (!proc)
        die("/proc");
    while ((entry = readdir(proc))) {
        long pid = isdigit((unsigned char)entry->d_name[0]) ? strtol(entry->d_name, NULL, 10) : 0;

        if (!pid || !is_marked(pid, name))
            continue;
        n++;
        if (signal_number)
            kill((pid_t)pid, signal_number);
    }
    closedir(proc);
    return n;
}

unsigned place_population(void)
{
    return each_marked(MARK, 0);
}

static bool is_empty(void *context)
{
    (void)context;
    return !place_population();
}

bool place_wait_empty(void)
{
    return whole_wait(is_empty, NULL);
}

/* --- beginning and end -------------------------------------------------------------------------------------------- */

/* What sanitizers wrote, on standard error; true if there was anything. */
static bool tell_reports(void)
{
    struct dirent **entry;
    int n = scandir(place_path("reports"), &entry, NULL, alphasort);
    bool any = false;
    char name[300], *text;

    while (n-- > 0) {
        snprintf(name, sizeof(name), "reports/%s", entry[n]->d_name);
        text = entry[n]->d_name[0] == '.' ? NULL : place_read(name);
        if (text && *text) {
            fprintf(stderr, "%s\n", text);
            any = true;
        }
        free(text);
        free(entry[n]);
    }
    free(entry);
    return any;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    (void)st;
    (void)kind;
    (void)ftw;
    return remove(path);
}

/* By the keeper, when there was no place_close(). */
static void clear(void)
{
    if (access(directory, F_OK) != 0)
        return;
    while (each_marked(PLACE_SERVED, SIGKILL) + each_marked(MARK, SIGKILL))
        whole_pause();
    nftw(directory, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

void place_open(void)
{
    const char *tmp = getenv("TMPDIR");

    snprintf(directory, sizeof(directory), "%.100s/whole.XXXXXX", tmp ? tmp : "/tmp");
    if (!mkdtemp(directory))
        die(directory);
    keeper_start(clear);
    make_directory("run");
    make_directory("reports");
}

void place_close(void)
{
    bool reported;

    while (each_marked(MARK, SIGKILL))
        whole_pause();
    reported = tell_reports();
    nftw(directory, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    keeper_stop();
    if (reported)
        fail_msg("a sanitizer had something to report");
}
