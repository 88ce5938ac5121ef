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
    setup_init(a->setup, &a->columns, a->scheme, !a->no_bell, !a->no_message);
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
    char titles[SETUP_TITLES_SIZE];
    const struct edit_value value[] = {
        { "columns", setup_titles(s, titles)[0] ? titles : NULL },
        { "colours", s->scheme ? style_scheme_name(s->scheme) : NULL },
        { "bell", s->bell ? NULL : "false" },
        { "message", s->message ? "true" : NULL },
    };
    struct errmsg said = ERRMSG_INIT;

    if (!a->ops->settings(a->self)->path)
        app_say_fault(a, "there is no settings file to write to: start with -c FILE");
    else if (act_tell(a, a->ops->set_screen(a->self, value, 4, &said), &said)) {
        if (!s->scheme && a->scheme) {
            a->scheme = 0;
            a->redraw = true;
        }
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
