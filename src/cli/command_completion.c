/* completion: what a shell needs to complete our command lines, made from the tables of commands and options. */
#include <stdio.h>
#include <string.h>

#include "args.h"

/* --- bash --------------------------------------------------------------------------------------------------------- */

static void bash_flags(const struct verb *c)
{
    const struct flag_row *f;
    size_t i;

    for (i = 0; (f = flag_at(i)); i++)
        if (f->help && c->flags & 1u << i)
            printf("--%s ", f->name);
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

    fputs("# bash completion of uptimesquirrel; made by: uptimesquirrel completion bash\n"
          "_uptimesquirrel()\n{\n    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} command= i\n"
          "    case $before in\n"
          "    -c | --config) COMPREPLY=($(compgen -f -- \"$word\")); return ;;\n"
          "    --engine | --engines) COMPREPLY=($(compgen -W 'serial threads futures processes events redis' -- \"$word\")); return ;;\n"
          "    --output) COMPREPLY=($(compgen -W 'table json tmux prometheus csv html' -- \"$word\")); return ;;\n"
          "    --log-level) COMPREPLY=($(compgen -W 'error warning info debug' -- \"$word\")); return ;;\n"
          "    esac\n"
          "    for ((i = 1; i < COMP_CWORD; i++)); do\n        case ${COMP_WORDS[i]} in\n        ", stdout);
    bash_flags_with_argument();
    fputs(") ((i++)) ;;\n        -*) ;;\n        *) command=${COMP_WORDS[i]}; break ;;\n        esac\n    done\n"
          "    case $command in\n", stdout);
    for (i = 0; (c = verb_at(i)); i++) {
        printf("    %s) COMPREPLY=($(compgen -W '", c->name);
        bash_flags(c);
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
            fputs(!strcmp(f->name, "config") ? "_files" : "( )", stdout);
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
