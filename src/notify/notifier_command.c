/* command: a program of the owner's choice, without a shell: its arguments from templates, JSON on standard input. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/clock.h"
#include "base/environment.h"
#include "child.h"
#include "config/template.h"
#include "notifiers.h"

#define LIMIT_NS (25 * NS_PER_S)

/* What programs need, those that show a message on a desktop, too; the rest of our environment may be secret. */
static const char *const passed_on[] = {
    "PATH", "HOME", "USER", "LOGNAME", "SHELL", "TZ", "LANG", "LC_ALL", "LC_CTYPE", "TMPDIR", "DISPLAY", "WAYLAND_DISPLAY",
    "XAUTHORITY", "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS",
};

static enum err command_open(void **self, const struct notifier_ops *ops, const atomic_bool *stop, struct errmsg *why)
{
    (void)ops;
    (void)why;
    *self = (void *)stop;
    return ERR_OK;
}

static void command_close(void *self)
{
    (void)self;
}

/* --- arguments -------------------------------------------------------------------------------------------------- */

struct filling {
    const struct destination *to;
    const struct letter *letter;
};

static const char *value_of(void *context, int field)
{
    const struct filling *f = context;
    const struct letter *l = f->letter;
    const char *const values[] = {
        [COMMAND_TITLE] = l->title, [COMMAND_TEXT] = l->text, [COMMAND_SHORT] = l->brief, [COMMAND_PUSH] = l->push,
        [COMMAND_URL] = l->url, [COMMAND_OWNER] = f->to->owner->name, [COMMAND_ID] = l->id,
        [COMMAND_THREAD] = *l->thread ? l->thread : l->id, [COMMAND_JSON] = l->json,
    };

    return values[field];
}

/* What comes out of a template is never an option: only what is written in uptime.cfg begins with a dash. */
static char *make_argument(const struct filling *f, const char *template)
{
    struct strbuf out = STRBUF_INIT;

    template_fill(&out, TEMPLATE_COMMAND, template, value_of, (void *)f);
    if (*template == '{' && *out.text == '-')
        strbuf_splice(&out, 0, 0, " ", 1);
    return strbuf_detach(&out);
}

static void free_arguments(char **argv)
{
    size_t i;

    for (i = 0; argv && argv[i]; i++)
        free(argv[i]);
    free(argv);
}

static char **make_arguments(const struct filling *f)
{
    const struct strings *command = &f->to->owner->command;
    char **argv = calloc(command->n + 1, sizeof(*argv));
    size_t i;

    for (i = 0; argv && i < command->n; i++)
        if (!(argv[i] = make_argument(f, command->item[i]))) {
            free_arguments(argv);
            return NULL;
        }
    return argv;
}

/* Where uptime.cfg is: relative paths are relative to it. The caller's to free. */
static char *directory_of(const struct settings *s)
{
    const char *slash = s->path ? strrchr(s->path, '/') : NULL;

    return strndup(slash ? s->path : "/", slash && slash > s->path ? (size_t)(slash - s->path) : 1);
}

/* --- its end ---------------------------------------------------------------------------------------------------- */

/* sysexits.h: these say that the same again would fail the same way. 126 and 127 are a shell's and env's. */
static bool is_final(int status)
{
    static const int final[] = { EX_USAGE, EX_DATAERR, EX_NOUSER, EX_NOHOST, EX_NOPERM, EX_CONFIG, 126, 127 };
    size_t i;

    for (i = 0; i < sizeof(final) / sizeof(final[0]); i++)
        if (final[i] == status)
            return true;
    return false;
}

static bool is_our_shortage(int number)
{
    return number == EAGAIN || number == ENOMEM || number == EMFILE || number == ENFILE;
}

static void judge(const struct child_result *r, const char *program, struct delivery *out)
{
    int said = (int)strcspn(r->said, "\r\n");
    const char *colon = said ? ": " : "";

    switch (r->end) {
    case CHILD_EXITED:
        delivery_set(out, !r->number ? DELIVERY_SENT : is_final(r->number) ? DELIVERY_PERMANENT : DELIVERY_PASSING,
                     r->number, "exit %d%s%.*s", r->number, colon, said, r->said);
        break;
    case CHILD_SIGNALLED:
        delivery_set(out, DELIVERY_PASSING, 0, "ended by signal %d%s%.*s", r->number, colon, said, r->said);
        break;
    case CHILD_KILLED:
        delivery_set(out, DELIVERY_PASSING, 0, "took too long and was ended%s%.*s", colon, said, r->said);
        break;
    case CHILD_NOT_STARTED:
        delivery_set(out, is_our_shortage(r->number) ? DELIVERY_PASSING : DELIVERY_PERMANENT, 0, "cannot start '%s': %s", program, strerrordesc_np(r->number));
        break;
    }
}

static void run(const struct child_run *child, struct delivery *out)
{
    struct child_result result;
    struct errmsg why = ERRMSG_INIT;

    if (child_run(child, &result, &why))
        delivery_set(out, DELIVERY_PASSING, 0, "%s", why.text);
    else
        judge(&result, child->argv[0], out);
}

static void command_send(void *self, const struct destination *to, const struct letter *letter, int64_t until_ns,
                         struct delivery *out)
{
    struct filling f = { to, letter };
    int64_t limit_ns = clock_mono_ns() + LIMIT_NS;
    char **argv = make_arguments(&f);
    char **environment = environment_of(NULL, passed_on, sizeof(passed_on) / sizeof(passed_on[0]));
    char *directory = directory_of(to->settings);
    const char *json = letter->json ? letter->json : "{}";
    struct child_run child = { argv, environment, directory, json, strlen(json), until_ns < limit_ns ? until_ns : limit_ns,
                               self };

    if (argv && environment && directory)
        run(&child, out);
    else
        delivery_set(out, DELIVERY_PASSING, 0, "out of memory");
    free_arguments(argv);
    environment_free(environment);
    free(directory);
}

const struct notifier_ops notifier_command_ops = {
    .name = "command",
    .summary = "a program of your own, with JSON on its standard input",
    .addresses = offsetof(struct owner, command),
    .one_address = true,
    .open = command_open,
    .send = command_send,
    .close = command_close,
};
