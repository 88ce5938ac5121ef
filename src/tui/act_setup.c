/* How the screen looks: the setup page, and columns by a command. Pure. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "act.h"
#include "setup.h"
#include "style.h"

void action_setup(struct app *a, const char *argument)
{
    (void)argument;
    free(a->setup);
    a->setup = malloc(sizeof(*a->setup));
    if (!a->setup) {
        app_say_fault(a, "out of memory");
        return;
    }
    setup_init(a->setup, &a->columns, (struct setup_looks){ .scheme = a->scheme, .bell = !a->no_bell, .message = !a->no_message,
                                                            .mouse = a->mouse, .tree = a->view.tree.kind });
    a->mode = MODE_SETUP;
}

static void setup_close(struct app *a)
{
    free(a->setup);
    a->setup = NULL;
    a->mode = MODE_GRID;
}

/* What is as it would be anyway is not written. */
static void save(struct app *a)
{
    const struct setup *s = a->setup;
    const struct setup_looks *l = &s->looks;
    char titles[SETUP_TITLES_SIZE];
    const struct edit_value value[] = {
        { "columns", setup_titles(s, titles)[0] ? titles : NULL },
        { "colours", l->scheme ? style_scheme_name(l->scheme) : NULL },
        { "bell", l->bell ? NULL : "false" },
        { "message", l->message ? "true" : NULL },
        { "tree", l->tree ? tree_word(l->tree) : NULL },
        { "mouse", l->mouse ? "true" : NULL },
    };
    struct errmsg said = ERRMSG_INIT;

    if (!a->ops->settings(a->self)->path)
        app_say_fault(a, "there is no settings file to write to: start with -c FILE");
    else if (act_tell(a, a->ops->set_screen(a->self, value, sizeof(value) / sizeof(value[0]), &said), &said)) {
        if (!l->scheme && a->scheme) {
            a->scheme = 0;
            a->redraw = true;
        }
        view_set_tree(&a->view, a->snapshot, l->tree);
        a->mouse = l->mouse;
        setup_close(a);
        app_take_settings(a);
    }
}

void act_on_setup(struct app *a, uint32_t stroke)
{
    enum setup_event event = setup_stroke(a->setup, stroke);

    if (event == SETUP_CANCEL)
        setup_close(a);
    else if (event == SETUP_SAVE)
        save(a);
}

/* For as long as this screen is open: the setup page writes. */
void action_columns(struct app *a, const char *argument)
{
    const char *title[COLUMN_COUNT] = { NULL };
    char *text = strdup(argument ? argument : ""), *rest = text, *word;
    struct errmsg why;
    size_t n = 0;

    while (text && n < COLUMN_COUNT && (word = strtok_r(n ? NULL : text, " ,", &rest)) != NULL)
        title[n++] = word;
    if (!text)
        app_say_fault(a, "out of memory");
    else if (column_choice_read(&a->columns, title, n, &why))
        app_say_fault(a, "%s", why.text);
    free(text);
}
