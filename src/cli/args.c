/* The command line: one table of commands, one of flags; help is made from both. */
#include "args.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "check/check.h"
#include "engine/engine.h"
#include "version.h"

#define F(id) (1u << FLAG_##id)
#define EVERYWHERE (F(CONFIG) | F(ASCII) | F(NO_COLOR) | F(VERSION) | F(HELP))

static const struct flag_row flags[FLAG_COUNT] = {
#define FLAG(id, letter, name, argument, help) { letter, name, argument, help },
#include "flags.def"
#undef FLAG
};

static const struct verb commands[] = {
#define COMMAND(name, arguments, flags, summary) { #name, arguments, (flags) | EVERYWHERE, summary, command_##name },
#include "commands.def"
#undef COMMAND
};
#define NCOMMAND (sizeof(commands) / sizeof(commands[0]))

const struct verb *verb_at(size_t i)
{
    return i < NCOMMAND ? &commands[i] : NULL;
}

const struct flag_row *flag_at(size_t i)
{
    return i < FLAG_COUNT ? &flags[i] : NULL;
}

const struct verb *verb_find(const char *word)
{
    size_t i;

    for (i = 0; i < NCOMMAND; i++)
        if (!strcmp(commands[i].name, word))
            return &commands[i];
    return NULL;
}

const char *verb_nearest(const char *word)
{
    const char *names[NCOMMAND];
    size_t i;

    for (i = 0; i < NCOMMAND; i++)
        names[i] = commands[i].name;
    return text_nearest(word, names, NCOMMAND);
}

/* True for an option whose argument is the word behind it. */
static bool takes_next(const char *word)
{
    int i;

    for (i = 0; i < FLAG_COUNT; i++) {
        bool is_it = word[1] == '-' ? !strcmp(word + 2, flags[i].name) : word[1] == flags[i].letter && !word[2];

        if (is_it && flags[i].argument)
            return true;
    }
    return false;
}

int args_word(int argc, char *const argv[])
{
    int i;

    for (i = 1; i < argc && argv[i][0] == '-' && argv[i][1]; i++) {
        if (!strcmp(argv[i], "--"))
            return 0;
        i += takes_next(argv[i]);
    }
    return i < argc ? i : 0;
}

/* --- help --------------------------------------------------------------------------------------------------------- */

#define HELP_WIDTH 80 /* as half a screen is wide */

/* Prints text from that column on, in as many lines as it needs. */
static void print_from(int column, const char *text)
{
    size_t room = (size_t)(HELP_WIDTH - column);

    while (strlen(text) > room) {
        size_t n = room;

        while (n && text[n] != ' ')
            n--;
        if (!n)
            n = strcspn(text, " ");
        printf("%.*s\n%*s", (int)n, text, column, "");
        text += n + strspn(text + n, " ");
    }
    puts(text);
}

static void print_flags(unsigned set)
{
    int i;

    puts("\nOptions:");
    for (i = 0; i < FLAG_COUNT; i++) {
        char left[40];

        if (!(set & 1u << i) || !flags[i].help)
            continue;
        snprintf(left, sizeof(left), "%s%c%s--%s%s%s", flags[i].letter ? "-" : " ", flags[i].letter ? flags[i].letter : ' ',
                 flags[i].letter ? ", " : "  ", flags[i].name, flags[i].argument ? " " : "",
                 flags[i].argument ? flags[i].argument : "");
        printf("  %-23s ", left);
        print_from(26, flags[i].help);
    }
}

void print_help(const struct verb *c)
{
    char summary[256];
    size_t i;

    if (c) {
        printf("Usage: uptimesquirrel %s [OPTION...]%s%s\n\n", c->name, *c->arguments ? " " : "", c->arguments);
        snprintf(summary, sizeof(summary), "%s: %s.", c->name, c->summary);
        print_from(0, summary);
        print_flags(c->flags);
    } else {
        puts("Usage: uptimesquirrel [watch] [-c FILE] [URL...]\n       uptimesquirrel COMMAND [OPTION...] [ARGUMENT...]\n\n"
             "Watches web sites: which are up, how fast, and which are down and why.\n\nCommands:");
        for (i = 0; i < NCOMMAND; i++) {
            printf("  %-10s ", commands[i].name);
            print_from(13, commands[i].summary);
        }
        print_flags(EVERYWHERE);
        puts("\nuptimesquirrel COMMAND --help tells more.");
    }
    puts("\nExit: 0 all is well; 1 something is down; 2 wrong usage or settings; 3 we could\n"
         "not do our work, or nothing is down but something is inconclusive.");
}

void print_version(void)
{
    printf("uptimesquirrel %s\n%s\n", UPTIME_VERSION, version_libraries());
}

/* --- parsing ------------------------------------------------------------------------------------------------------ */

/* getopt_long's own tables, made from ours, for one command. */
struct getopt_tables {
    struct option long_options[FLAG_COUNT + 1];
    char letters[2 * FLAG_COUNT + 2];
};

static void fill_tables(struct getopt_tables *t, unsigned set)
{
    size_t n = 0, used = 0;
    int i;

    memset(t, 0, sizeof(*t));
    t->letters[used++] = ':'; /* tell a missing argument from an unknown option */
    for (i = 0; i < FLAG_COUNT; i++) {
        if (!(set & 1u << i))
            continue;
        t->long_options[n++] = (struct option){ flags[i].name, flags[i].argument ? required_argument : no_argument, NULL,
                                                256 + i };
        if (!flags[i].letter)
            continue;
        t->letters[used++] = (char)flags[i].letter;
        if (flags[i].argument)
            t->letters[used++] = ':';
    }
}

static int flag_of(int code)
{
    int i;

    if (code >= 256)
        return code - 256;
    for (i = 0; i < FLAG_COUNT; i++)
        if (flags[i].letter == code)
            return i;
    return -1;
}

static int complain_option(const struct args *a, unsigned set, int code, char *const argv[])
{
    const char *names[FLAG_COUNT], *nearest, *word = argv[optind - 1];
    char shown[64];
    size_t n = 0;
    int i;

    text_clean(shown, sizeof(shown), word, strlen(word));
    if (code == ':')
        return complain(a, EXIT_USAGE, "%s needs an argument", shown);
    for (i = 0; i < FLAG_COUNT; i++)
        if (set & 1u << i && flags[i].help)
            names[n++] = flags[i].name;
    nearest = !strncmp(word, "--", 2) ? text_nearest(word + 2, names, n) : NULL;
    if (nearest)
        return complain(a, EXIT_USAGE, "unknown option '%s' (did you mean --%s?)", shown, nearest);
    return complain(a, EXIT_USAGE, "unknown option '%s'; uptimesquirrel %s --help tells more", shown, a->command);
}

int args_parse(struct args *a, const struct verb *c, int argc, char *argv[])
{
    struct getopt_tables tables;
    int code;

    memset(a, 0, sizeof(*a));
    a->command = c->name;
    fill_tables(&tables, c->flags);
    opterr = 0;
    optind = 1;
    while ((code = getopt_long(argc, argv, tables.letters, tables.long_options, NULL)) != -1) {
        int flag = flag_of(code);

        if (code == '?' || code == ':' || flag < 0)
            return complain_option(a, c->flags, code, argv);
        a->value[flag] = optarg ? optarg : "";
    }
    a->operand = argv + optind;
    a->noperand = (size_t)(argc - optind);
    return EXIT_WELL;
}

bool args_number(const struct args *a, enum flag flag, long least, long most, int *out)
{
    const char *text = a->value[flag];
    char *end;
    long value;

    if (!text)
        return true;
    value = strtol(text, &end, 10);
    if (!*text || *end || strspn(text, "0123456789") != strlen(text) || strlen(text) > 9 || value < least || value > most) {
        char shown[40];

        text_clean(shown, sizeof(shown), text, strlen(text));
        complain(a, EXIT_USAGE, "--%s: '%s' is no number from %ld to %ld", flags[flag].name, shown, least, most);
        return false;
    }
    *out = (int)value;
    return true;
}

bool args_duration(const struct args *a, enum flag flag, int64_t least_ms, int64_t most_ms, int64_t *out_ms)
{
    const char *text = a->value[flag];
    char least[DURATION_TEXT_SIZE], most[DURATION_TEXT_SIZE];
    struct errmsg why;
    int64_t ms;

    if (!text)
        return true;
    if (duration_parse(text, &ms, &why) != ERR_OK) {
        complain(a, EXIT_USAGE, "--%s: %s", flags[flag].name, why.text);
        return false;
    }
    if (ms < least_ms || ms > most_ms) {
        complain(a, EXIT_USAGE, "--%s: '%s' is not between %s and %s", flags[flag].name, text,
                 duration_format(least, least_ms), duration_format(most, most_ms));
        return false;
    }
    *out_ms = ms;
    return true;
}

int complain_engine(const struct args *a, enum flag flag, const char *name)
{
    struct errmsg why;

    engine_unknown(name, &why);
    return complain(a, EXIT_USAGE, "--%s: %s", flags[flag].name, why.text);
}

bool args_json(const struct args *a, bool *bad)
{
    const char *word = a->value[FLAG_OUTPUT];
    char shown[40];

    *bad = false;
    if (!word || !strcmp(word, "table"))
        return false;
    if (!strcmp(word, "json"))
        return true;
    text_clean(shown, sizeof(shown), word, strlen(word));
    complain(a, EXIT_USAGE, "--output: '%s' is neither table nor json", shown);
    *bad = true;
    return false;
}
