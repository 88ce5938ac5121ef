/* The manual pages. What tables know is taken from them, so that program and manual can not disagree; the rest is said here. */
#include "manual.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "base/clock.h"
#include "base/duration.h"
#include "check/kind.h"
#include "config/schema.h"
#include "tui/tui.h"
#include "web/web.h"

/* --- roff --------------------------------------------------------------------------------------------------------- */

/* Text as it is: what roff would take for a request or a dash is escaped. */
static void put(const char *text)
{
    const char *at;

    for (at = text; *at; at++) {
        if ((*at == '.' || *at == '\'') && (at == text || at[-1] == '\n'))
            fputs("\\&", stdout);
        if (*at == '\\')
            fputs("\\e", stdout);
        else if (*at == '-')
            fputs("\\-", stdout);
        else
            putchar(*at);
    }
}

static void put_line(const char *text)
{
    put(text);
    putchar('\n');
}

static void title(const char *name, int section)
{
    printf(".\\\" Made by uptimesquirrel manual %d\n.TH %s %d \"\" \"UptimeSquirrel %s\"\n", section, name, section, UPTIME_VERSION);
}

static void head(const char *name)
{
    printf(".SH %s\n", name);
}

static void sentence(const char *text)
{
    put(text);
    puts(".");
}

/* A term in bold, and from the next line on what it means. */
static void term(const char *bold, const char *plain)
{
    fputs(".TP\n\\fB", stdout);
    put(bold);
    fputs("\\fR", stdout);
    if (plain && *plain) {
        putchar(' ');
        put(plain);
    }
    putchar('\n');
}

static void example(const char *lines)
{
    puts(".PP\n.nf\n.RS");
    put(lines);
    puts(".RE\n.fi");
}

/* --- uptimesquirrel(1) -------------------------------------------------------------------------------------------- */

static void tell_flag(const struct flag_row *f)
{
    char bold[64];

    if (f->letter)
        snprintf(bold, sizeof(bold), "-%c, --%s", f->letter, f->name);
    else
        snprintf(bold, sizeof(bold), "--%s", f->name);
    term(bold, f->argument);
    sentence(f->help);
}

/* The options that every command has. */
static unsigned flags_of_all(void)
{
    const struct verb *c;
    unsigned all = ~0u;
    size_t i;

    for (i = 0; (c = verb_at(i)); i++)
        all &= c->flags;
    return all;
}

static void tell_verb(const struct verb *c)
{
    unsigned own = c->flags & ~flags_of_all();
    const char *before = "Options: ";
    const struct flag_row *f;
    size_t i;

    term(c->name, c->arguments);
    sentence(c->summary);
    for (i = 0; (f = flag_at(i)); i++) {
        if (!(own & 1u << i) || !f->help)
            continue;
        printf("%s\\fB\\-\\-", before);
        put(f->name);
        fputs("\\fR", stdout);
        before = ", ";
    }
    if (*before == ',')
        puts(".");
}

static void tell_keys(void)
{
    struct tui_key key;
    char bold[64];
    size_t i;

    for (i = 0; tui_key(i, &key); i++) {
        snprintf(bold, sizeof(bold), "%s%s%s%s", key.keys ? key.keys : "", key.keys && key.word ? "  " : "", key.word ? ":" : "",
                 key.word ? key.word : "");
        term(bold, NULL);
        sentence(key.help);
    }
}

static void tell_addresses(void)
{
    const char *address, *tells;
    size_t i;

    for (i = 0; web_address(i, &address, &tells); i++) {
        term(address, NULL);
        sentence(tells);
    }
}

void manual_program(void)
{
    const struct flag_row *f;
    const struct verb *c;
    size_t i;

    title("UPTIMESQUIRREL", 1);
    head("NAME");
    put_line("uptimesquirrel - watch web sites: which are up, how fast, and which are down and why");
    head("SYNOPSIS");
    puts("\\fBuptimesquirrel\\fR [\\fBwatch\\fR] [\\fB\\-c\\fR \\fIFILE\\fR] [\\fIURL\\fR...]\n.br\n"
         "\\fBuptimesquirrel\\fR \\fICOMMAND\\fR [\\fIOPTION\\fR...] [\\fIARGUMENT\\fR...]");
    head("DESCRIPTION");
    put_line("Checks a list of web sites all the time, with HEAD requests that cost them next to nothing, and shows in a terminal "
             "which are up, how fast, and which are down and why. A status of 400 and above, or no whole answer, is a failure; it "
             "is confirmed before a site is called down. The list is in uptime.cfg(5).");
    head("COMMANDS");
    for (i = 0; (c = verb_at(i)); i++)
        tell_verb(c);
    head("OPTIONS");
    for (i = 0; (f = flag_at(i)); i++)
        if (f->help)
            tell_flag(f);
    head("KEYS");
    tell_keys();
    head("EXIT STATUS");
    term("0", NULL), put_line("All is well.");
    term("1", NULL), put_line("Something is down.");
    term("2", NULL), put_line("Wrong usage or settings.");
    term("3", NULL), put_line("We could not do our work, or nothing is down but something is inconclusive.");
    head("SIGNALS");
    put_line("Of run: HUP reads the file again, as a change of it does; TERM and INT end in good order, a second one at once; USR1 tells "
             "the log how things stand.");
    head("HTTP");
    put_line("With listen set in uptime.cfg(5), these are answered:");
    tell_addresses();
    head("FILES");
    put_line("Without -c and $UPTIMESQUIRREL_CONFIG the first there is of ./uptime.cfg, $XDG_CONFIG_HOME/uptimesquirrel/uptime.cfg (~/.config) and "
             "/etc/uptimesquirrel/uptime.cfg.");
    head("ENVIRONMENT");
    term("UPTIMESQUIRREL_CONFIG", NULL), put_line("The file to use, as with -c.");
    term("UPTIMESQUIRREL_NAME_SERVERS", NULL), put_line("Name servers to ask instead of the system's: 192.0.2.53,[2001:db8::53]:5353.");
    term("NO_COLOR", NULL), put_line("Anything but empty: no colours.");
    head("EXAMPLES");
    example("uptimesquirrel\nuptimesquirrel check https://example.org || echo down\nuptimesquirrel compare --rounds 5\n"
            "uptimesquirrel add https://example.org --name shop --interval 30s\n");
    head("SEE ALSO");
    put_line("uptime.cfg(5), tmux(1), curl(1)");
}

/* --- uptime.cfg(5) ------------------------------------------------------------------------------------------------ */

static const char *type_word(const struct setting *s)
{
    static const char *const words[SETTING_TYPES] = {
        [SETTING_TEXT] = "text",         [SETTING_TEXTS] = "text or list", [SETTING_STRINGS] = "list",
        [SETTING_DURATION] = "duration", [SETTING_INTEGER] = "number",     [SETTING_SIZE] = "bytes",
        [SETTING_BOOLEAN] = "true or false", [SETTING_WORD] = "word",      [SETTING_STATUSES] = "statuses",
        [SETTING_PROXY] = "none, env or URL", [SETTING_FILE] = "file",     [SETTING_PATH] = "file",
        [SETTING_PASSWORD_FILE] = "file", [SETTING_PASSWORD_ENV] = "variable", [SETTING_QUIET] = "hours and zone",
        [SETTING_MOMENT] = "time and zone",
    };

    return s->type < SETTING_TYPES && words[s->type] ? words[s->type] : "";
}

static void tell_range(const struct setting *s)
{
    char least[DURATION_TEXT_SIZE], most[DURATION_TEXT_SIZE];

    if (s->type == SETTING_DURATION)
        printf("\nFrom %s to %s%s.", duration_format(least, s->least), duration_format(most, s->most),
               s->words ? ", or off" : "");
    else if ((s->type == SETTING_INTEGER || s->type == SETTING_SIZE) && s->most)
        printf("\nFrom %lld to %lld.", (long long)s->least, (long long)s->most);
    else if (s->words) {
        fputs("\nOne of: ", stdout);
        put(s->words);
        putchar('.');
    }
}

static void tell_default(const struct setting *s, const struct options *built_in)
{
    char *text;

    if (!built_in || setting_format(&text, s, built_in) != ERR_OK)
        return;
    if (*text) {
        fputs(" Default: ", stdout);
        put(text);
        putchar('.');
    }
    free(text);
}

static void tell_setting(const struct setting *s, const struct options *built_in)
{
    char kind[64];

    snprintf(kind, sizeof(kind), "(%s%s)", type_word(s), s->required ? ", required" : "");
    term(s->name, kind);
    put(s->help);
    putchar('.');
    tell_range(s);
    tell_default(s, built_in);
    putchar('\n');
}

static void tell_group(const struct schema_group *g, const struct options *built_in)
{
    size_t n, i;
    bool site = g->rows == schema_site(&n);

    if (*g->name)
        printf(".SS \"%s%s\"\n", g->name, g->list ? ": ( ... )" : ": { ... }");
    sentence(g->help);
    if (site && g->list)
        return; /* told under defaults */
    for (i = 0; i < g->n; i++)
        tell_setting(&g->rows[i], site ? built_in : NULL);
}

static void tell_kinds(void)
{
    size_t n, i;
    const struct check_kind *const *kind = check_kinds(&n);

    head("KINDS OF CHECK");
    put_line("The scheme of a URL names what is asked:");
    for (i = 0; i < n; i++) {
        const struct check_scheme *s;

        fputs(".TP\n\\fB", stdout);
        for (s = kind[i]->schemes; s->scheme; s++)
            printf("%s%s", s == kind[i]->schemes ? "" : " ", s->scheme);
        puts("\\fR");
        sentence(kind[i]->summary);
        puts(".br");
        put_line(kind[i]->example);
    }
}

void manual_settings(void)
{
    struct schema_group g;
    struct options built_in;
    size_t i;

    title("UPTIME.CFG", 5);
    head("NAME");
    put_line("uptime.cfg - the sites that uptimesquirrel watches, and who is told");
    head("DESCRIPTION");
    put_line("The file is in the format of libconfig. Durations are written \"500ms\" \"30s\" \"5m\" \"1h30m\" \"14d\"; a bare number is "
             "seconds. Relative paths are relative to the file. @include \"FILE\" works. Every fault is told with its line; a file "
             "with one is not used. The least there can be:");
    example("sites = ( \"https://example.org\", \"https://example.net\" );\n");
    head("SETTINGS");
    options_init(&built_in);
    for (i = 0; (g = schema_group(i)).name; i++)
        tell_group(&g, &built_in);
    options_release(&built_in);
    tell_kinds();
    head("SEE ALSO");
    put_line("uptimesquirrel(1)");
}
