/* completion: what a shell needs to complete our command lines, made from the tables of commands and options. */
#include <stdio.h>
#include <string.h>

#include "args.h"

/* The words an option takes, where they are known. */
static const char *words_of(enum flag flag)
{
    static const char *const words[FLAG_COUNT] = {
        [FLAG_ENGINE] = "serial threads futures processes events redis",
        [FLAG_ENGINES] = "serial threads futures processes events redis",
        [FLAG_OUTPUT] = "table json",
        [FLAG_STATUS_OUTPUT] = "table json tmux prometheus",
        [FLAG_REPORT_OUTPUT] = "table json csv html",
        [FLAG_CHANNEL] = "email sms ntfy pushover gotify slack discord webhook command",
        [FLAG_LOG_LEVEL] = "error warning info debug",
    };

    return words[flag];
}

/* --- bash --------------------------------------------------------------------------------------------------------- */

static void bash_flags(const struct verb *c)
{
    const struct flag_row *f;
    size_t i;

    for (i = 0; (f = flag_at(i)); i++)
        if (f->help && c->flags & 1u << i)
            printf("--%s ", f->name);
}

/* The names of sites that mean nothing to a shell: compgen expands its words. */
static const char sites_function[] =
    "_uptimesquirrel_sites()\n{\n    uptimesquirrel list --output json 2>/dev/null |\n"
    "        sed -n 's/^{\"name\":\"\\([A-Za-z0-9._:/@%+-]*\\)\".*/\\1/p'\n}\n";

/* What comes behind the options of a command whose words are known. */
static void bash_words(const struct verb *c)
{
    const struct flag_row *f;
    size_t i;

    printf("    %s) case $before in\n", c->name);
    for (i = 0; (f = flag_at(i)); i++)
        if (c->flags & 1u << i && words_of((enum flag)i))
            printf("        --%s) words='%s' ;;\n", f->name, words_of((enum flag)i));
    puts("        esac ;;");
}

/* "bash|zsh|fish": the words themselves; NAME: the sites of the file. */
static void bash_operands(const struct verb *c)
{
    const char *at;

    if (!strncmp(c->arguments, "NAME", 4))
        fputs("'\"$(_uptimesquirrel_sites)\"'", stdout);
    else if (strchr(c->arguments, '|') && !strstr(c->arguments, "URL"))
        for (at = c->arguments; *at; at++)
            if (!strchr("[]", *at))
                putchar(*at == '|' ? ' ' : *at);
}

/* "-c | --config | --engine": what is followed by a word that is no command. */
static void bash_flags_with_argument(void)
{
    const struct flag_row *f;
    const char *before = "-c | ";
    size_t i;

    for (i = 0; (f = flag_at(i)); i++)
        if (f->help && f->argument) {
            printf("%s--%s", before, f->name);
            before = " | ";
        }
}

static void bash(void)
{
    const struct verb *c;
    size_t i;

    fputs("# bash completion of uptimesquirrel; made by: uptimesquirrel completion bash\n", stdout);
    fputs(sites_function, stdout);
    fputs("_uptimesquirrel()\n{\n    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} command= words= i\n"
          "    case $before in\n"
          "    -c | --config) COMPREPLY=($(compgen -f -- \"$word\")); return ;;\n"
          "    esac\n"
          "    for ((i = 1; i < COMP_CWORD; i++)); do\n        case ${COMP_WORDS[i]} in\n        ", stdout);
    bash_flags_with_argument();
    fputs(") ((i++)) ;;\n        -*) ;;\n        *) command=${COMP_WORDS[i]}; break ;;\n        esac\n    done\n"
          "    case ${command:-watch} in\n", stdout);
    for (i = 0; (c = verb_at(i)); i++)
        bash_words(c);
    fputs("    esac\n    if [ -n \"$words\" ]; then\n        COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n        return\n    fi\n"
          "    case $command in\n", stdout);
    for (i = 0; (c = verb_at(i)); i++) {
        printf("    %s) COMPREPLY=($(compgen -W '", c->name);
        bash_flags(c);
        bash_operands(c);
        puts("' -- \"$word\")) ;;");
    }
    fputs("    *) COMPREPLY=($(compgen -W '", stdout);
    for (i = 0; (c = verb_at(i)); i++)
        printf("%s ", c->name);
    bash_flags(verb_at(0));
    fputs("' -- \"$word\")) ;;\n    esac\n}\ncomplete -o default -F _uptimesquirrel uptimesquirrel\n", stdout);
}

/* --- zsh ---------------------------------------------------------------------------------------------------------- */

/* Text within single quotes, where brackets and colons have a meaning to _arguments and _describe. */
static void zsh_quoted(const char *text)
{
    for (; *text; text++)
        if (*text == '\'')
            fputs("'\\''", stdout);
        else if (strchr("[]:\\", *text))
            printf("\\%c", *text);
        else
            putchar(*text);
}

static void zsh_flags(const struct verb *c)
{
    const struct flag_row *f;
    size_t i;

    for (i = 0; (f = flag_at(i)); i++) {
        if (!f->help || !(c->flags & 1u << i))
            continue;
        printf(" \\\n            '--%s[", f->name);
        zsh_quoted(f->help);
        putchar(']');
        if (f->argument) {
            fputs(": :", stdout);
            if (!strcmp(f->name, "config"))
                fputs("_files", stdout);
            else
                printf("(%s)", words_of((enum flag)i) ? words_of((enum flag)i) : " ");
        }
        putchar('\'');
    }
}

static void zsh(void)
{
    const struct verb *c;
    size_t i;

    puts("#compdef uptimesquirrel\n# zsh completion of uptimesquirrel; made by: uptimesquirrel completion zsh\n"
         "_uptimesquirrel() {\n    local -a commands=(");
    for (i = 0; (c = verb_at(i)); i++) {
        printf("        '%s:", c->name);
        zsh_quoted(c->summary);
        puts("'");
    }
    puts("    )\n    if (( CURRENT == 2 )) && [[ $PREFIX != -* ]]; then\n        _describe command commands\n        return\n    fi\n"
         "    case $words[2] in");
    for (i = 0; (c = verb_at(i)); i++) {
        printf("    %s)\n        _arguments", c->name);
        zsh_flags(c);
        puts(" \\\n            '*: :_default' ;;");
    }
    fputs("    *)\n        _arguments", stdout);
    zsh_flags(verb_at(0));
    puts(" \\\n            '*: :_default' ;;\n    esac\n}\n_uptimesquirrel \"$@\"");
}

/* --- fish --------------------------------------------------------------------------------------------------------- */

static void fish_quoted(const char *text)
{
    putchar('\'');
    for (; *text; text++) {
        if (*text == '\'' || *text == '\\')
            putchar('\\');
        putchar(*text);
    }
    putchar('\'');
}

static void fish_flag(const struct flag_row *f, size_t i)
{
    const struct verb *c;
    size_t v;

    fputs("complete -c uptimesquirrel -n '__fish_seen_subcommand_from", stdout);
    for (v = 0; (c = verb_at(v)); v++)
        if (c->flags & 1u << i)
            printf(" %s", c->name);
    printf("' -l %s%s -d ", f->name, !f->argument ? "" : !strcmp(f->name, "config") ? " -r" : " -x");
    fish_quoted(f->help);
    if (words_of((enum flag)i))
        printf(" -a '%s'", words_of((enum flag)i));
    putchar('\n');
}

static void fish(void)
{
    const struct flag_row *f;
    const struct verb *c;
    size_t i;

    puts("# fish completion of uptimesquirrel; made by: uptimesquirrel completion fish");
    for (i = 0; (c = verb_at(i)); i++) {
        printf("complete -c uptimesquirrel -f -n __fish_use_subcommand -a %s -d ", c->name);
        fish_quoted(c->summary);
        putchar('\n');
    }
    for (i = 0; (f = flag_at(i)); i++)
        if (f->help)
            fish_flag(f, i);
}

/* --- the command -------------------------------------------------------------------------------------------------- */

int command_completion(const struct args *a)
{
    static const struct {
        const char *name;
        void (*write)(void);
    } shells[] = { { "bash", bash }, { "zsh", zsh }, { "fish", fish } };
    size_t i;

    for (i = 0; a->noperand == 1 && i < sizeof(shells) / sizeof(shells[0]); i++)
        if (!strcmp(a->operand[0], shells[i].name)) {
            shells[i].write();
            return finish_output(a, EXIT_WELL);
        }
    return complain(a, EXIT_USAGE, "say for which shell: bash, zsh or fish");
}
