/* The way in: locale, the command's word, its arguments; then the command. The main thread. */
#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "args.h"
#include "base/text.h"
#include "check/check.h"
#include "cli.h"
#include "engine/helper.h"

int complain(const struct args *a, enum exit_code code, const char *format, ...)
{
    char raw[1024], text[1024];
    va_list args;

    va_start(args, format);
    vsnprintf(raw, sizeof(raw), format, args);
    va_end(args);
    text_clean(text, sizeof(text), raw, strlen(raw));
    fprintf(stderr, "uptimesquirrel%s%s: %s\n", a && a->command ? " " : "", a && a->command ? a->command : "", text);
    return code;
}

void say(const char *format, ...)
{
    char raw[1024], text[1024];
    va_list args;

    va_start(args, format);
    vsnprintf(raw, sizeof(raw), format, args);
    va_end(args);
    text_clean(text, sizeof(text), raw, strlen(raw));
    puts(text);
}

int complain_faults(const struct args *a, const struct faults *f)
{
    size_t i;

    (void)a;
    for (i = 0; i < f->line.n; i++)
        fprintf(stderr, "%s\n", f->line.item[i]);
    return EXIT_USAGE;
}

bool may_color(const struct args *a, int fd)
{
    const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

    return isatty(fd) && !a->value[FLAG_NO_COLOR] && !(no_color && *no_color) && term && *term && strcmp(term, "dumb") != 0;
}

bool speaks_utf8(void)
{
    return !strcmp(nl_langinfo(CODESET), "UTF-8");
}

int finish_output(const struct args *a, int code)
{
    bool flushed = fflush(stdout) == 0;

    if (flushed && !ferror(stdout))
        return code;
    /* It failed long ago, and errno is somebody else's by now: asked again, with what does no harm to broken output. */
    if (flushed && write(STDOUT_FILENO, "\n", 1) == 1)
        return complain(a, EXIT_TROUBLE, "cannot write the output: some of it is lost");
    return errno == EPIPE ? EXIT_TROUBLE : complain(a, EXIT_TROUBLE, "cannot write the output: %m"); /* who read it has enough */
}

/* Nothing may ever be opened on descriptors 0, 1 or 2 by accident; and what was closed fails those who use it, rather than
 * to swallow what they write. */
static void fill_standard_descriptors(void)
{
    int fd;

    for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
            _exit(EXIT_TROUBLE); /* the lowest free number is the one that is given */
}

/* Machines read numbers with a point, whatever people here are used to. */
static void set_locale(void)
{
    const char *lang = getenv("LC_ALL");

    if (!lang || !*lang)
        lang = getenv("LC_CTYPE");
    if (!lang || !*lang)
        lang = getenv("LANG");
    if (!setlocale(LC_ALL, "") || !lang || !*lang)
        setlocale(LC_CTYPE, "C.UTF-8");
    setlocale(LC_NUMERIC, "C");
}

/* The command, whose word is taken out of argv wherever it stands among options. A URL, or no word at all, means watch; NULL:
 * an unknown word, which stays. */
static const struct verb *choose(int *argc, char *argv[], bool *named)
{
    int at = args_word(*argc, argv);
    const struct verb *c = at ? verb_find(argv[at]) : NULL;

    *named = c != NULL;
    if (c)
        memmove(&argv[at], &argv[at + 1], (size_t)(*argc - at) * sizeof(*argv)); /* with the NULL behind the last */
    *argc -= *named;
    return c || (at && argv[at][0] != '-' && !strpbrk(argv[at], ":./")) ? c : verb_find("watch");
}

static int unknown_command(const char *word)
{
    const char *nearest = verb_nearest(word);
    char shown[64];

    text_clean(shown, sizeof(shown), word, strlen(word));
    if (nearest)
        return complain(NULL, EXIT_USAGE, "unknown command '%s' (did you mean '%s'?)", shown, nearest);
    return complain(NULL, EXIT_USAGE, "unknown command '%s'; uptimesquirrel --help lists them", shown);
}

/* `help` and `help COMMAND`, as others have them. word NULL: of the whole program. */
static int help(const char *word)
{
    const struct verb *c = word ? verb_find(word) : NULL;
    const struct args none = { 0 };

    if (word && !c)
        return unknown_command(word);
    print_help(c);
    return finish_output(&none, EXIT_WELL);
}

static int run(const struct verb *c, const struct args *a)
{
    struct errmsg why;
    int code;

    if (check_open(&why) != ERR_OK)
        return complain(a, EXIT_TROUBLE, "%s", why.text);
    code = c->run(a);
    check_close();
    return code;
}

int main(int argc, char *argv[])
{
    const struct verb *c;
    struct args a = { 0 };
    bool named;
    int code;

    prctl(PR_SET_NAME, "uptimesquirrel"); /* started as /proc/self/exe, it would be "exe" */
    if (argc > 1 && !strcmp(argv[1], HELPER_WORD))
        return helper_main();
    fill_standard_descriptors();
    set_locale();
    c = choose(&argc, argv, &named);
    if (!c && !strcmp(argv[1], "help"))
        return help(argv[2]);
    if (!c)
        return unknown_command(argv[args_word(argc, argv)]);
    code = args_parse(&a, c, argc, argv);
    if (code != EXIT_WELL)
        return code;
    if (a.value[FLAG_HELP])
        return help(named ? c->name : NULL);
    if (a.value[FLAG_VERSION]) {
        print_version();
        return finish_output(&a, EXIT_WELL);
    }
    return run(c, &a);
}
