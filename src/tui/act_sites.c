/* Sites added and edited; leaving. What is asked of the outside goes through app_ops.
 * Pure. */
#include "act.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ask.h"
#include "base/duration.h"
#include "base/text.h"
#include "engine/engine.h"
#include "model/curl_line.h"
#include "pasted.h"

/* --- common to all ------------------------------------------------------------------------------------------------ */

bool act_tell(struct app *a, enum err err, const struct errmsg *said)
{
    if (err)
        app_say_fault(a, "%s", said->text[0] ? said->text : err_name(err));
    else if (said->text[0])
        app_say(a, "%s", said->text);
    return !err;
}

static bool has_file(struct app *a)
{
    if (a->ops->settings(a->self)->path)
        return true;
    app_say_fault(a, "there is no settings file to write to: start with -c FILE");
    return false;
}

/* The site under the cursor becomes the subject, if it stands in the file. */
static const struct row *subject_in_file(struct app *a)
{
    const struct row *r;

    if (!ask_about(a))
        return NULL;
    r = ask_subject(a);
    if (r->mine) {
        app_say_fault(a, "%s was given on the command line: it stands in no file", r->site->name);
        return NULL;
    }
    return has_file(a) ? r : NULL;
}

/* That site will be under the cursor as soon as it comes. */
static void seek(struct app *a, const char *url)
{
    free(a->sought);
    a->sought = strdup(url);
    a->sought_by_name = false;
}

/* --- add ---------------------------------------------------------------------------------------------------------- */

/* What could not be added stays in the prompt, to be mended. */
static bool keep_bad(struct app *a, const struct pasted *p, const struct errmsg *said)
{
    prompt_set(&a->prompt, p->left.text);
    if (p->n)
        err_set(&a->why, ERR_INVALID, "%s; %zu left: %s", said->text, p->bad, p->why.text);
    else
        a->why = p->why;
    return false;
}

static bool add_good(struct app *a, const struct pasted *p, struct errmsg *said)
{
    enum err err;

    if (!p->n)
        return true;
    err = a->ops->add(a->self, (const char *const *)p->url, p->n, NULL, 0, said);
    if (err) {
        a->why = *said;
        return false;
    }
    seek(a, p->url[0]);
    return true;
}

/* A list is looked over first: each is tried, and what would be written is shown. */
static bool look_over(struct app *a, struct pasted *p)
{
    const char *const *url = (const char *const *)p->url;
    struct errmsg said = ERRMSG_INIT;
    char *diff = NULL;
    size_t n = p->n;

    if (a->ops->preview(a->self, url, n, &diff, &said)) {
        a->why = said;
        return false;
    }
    if (a->ops->try_out(a->self, url, n, &said))
        app_say_fault(a, "they can not be tried: %s", said.text);
    if (adding_new(&a->adding, p->url, n, diff)) {
        free(diff);
        err_set(&a->why, ERR_NOMEM, "cannot add these: out of memory");
        return false;
    }
    p->n = 0;                        /* their texts are the page's now */
    ask_close(a);
    a->mode = MODE_ADDING;
    if (p->repeated)
        app_say(a, "%zu %s there already", p->repeated, p->repeated == 1 ? "was" : "were");
    return true;
}

static void adding_close(struct app *a)
{
    adding_free(a->adding);
    a->adding = NULL;
    a->mode = MODE_GRID;
}

/* Adds all of them, or those that are well. */
static void add_looked_over(struct app *a, bool all)
{
    struct adding *page = a->adding;
    const char **url = calloc(page->n, sizeof(*url));
    struct errmsg said = ERRMSG_INIT;
    size_t i, n = 0;

    if (!url) {
        app_say_fault(a, "out of memory");
        return;
    }
    for (i = 0; i < page->n; i++)
        if (all || (page->tried[i].settled && (page->tried[i].state == STATE_UP || page->tried[i].state == STATE_DEGRADED)))
            url[n++] = page->url[i];
    if (n && act_tell(a, a->ops->add(a->self, url, n, NULL, 0, &said), &said)) {
        seek(a, url[0]);
        app_say(a, "%s - u undoes", said.text);
        adding_close(a);
    }
    free(url);
}

void act_on_adding(struct app *a, uint32_t stroke)
{
    switch (adding_stroke(a->adding, stroke, a->plan.height)) {
    case ADDING_ALL:
        add_looked_over(a, true);
        break;
    case ADDING_WELL:
        add_looked_over(a, false);
        break;
    case ADDING_CANCEL:
        adding_close(a);
        app_say(a, "nothing was added");
        break;
    case ADDING_GOES_ON:
        break;
    }
}

static bool add_list(struct app *a, struct pasted *p)
{
    struct errmsg said = ERRMSG_INIT;
    char repeated[64] = "";

    if (p->n > 1 && !p->bad)
        return look_over(a, p);
    if (!add_good(a, p, &said))
        return false;
    if (p->repeated)
        snprintf(repeated, sizeof(repeated), "%s%zu %s there already", p->n ? ", " : "", p->repeated,
                 p->repeated == 1 ? "was" : "were");
    if (p->bad)
        return keep_bad(a, p, &said);
    if (p->n || p->repeated)
        app_say(a, "%s%s%s", said.text, repeated, p->n ? " - u undoes" : "");
    return true;
}

static bool add_done(struct app *a, const char *text)
{
    struct pasted p;
    bool ok = false;

    if (pasted_read(&p, text, a->snapshot))
        err_set(&a->why, ERR_NOMEM, "cannot add these: out of memory");
    else
        ok = add_list(a, &p);
    pasted_release(&p);
    return ok;
}

static bool name_is_taken(const void *context, const char *name)
{
    const struct app *a = context;
    size_t i;

    for (i = 0; i < a->snapshot->nrow; i++)
        if (a->snapshot->row[i].row.generation && !strcmp(a->snapshot->row[i].row.site->name, name))
            return true;
    return false;
}

static void open_form(struct app *a, struct form *form)
{
    if (!form) {
        app_say_fault(a, "cannot open the form: out of memory");
        return;
    }
    form_free(a->form);
    a->form = form;
    form_forbid(form, name_is_taken, a);
    a->mode = MODE_FORM;
}

/* More than a URL is to be said of the new site. */
static void add_tab(struct app *a, const char *text)
{
    char *url = strndup(text, strcspn(text, " \n"));
    struct form *form = url ? form_new(a->ops->settings(a->self), url) : NULL;

    ask_close(a);
    open_form(a, form);
    free(url);
}

void action_add(struct app *a, const char *argument)
{
    static const struct asking asking = { .many = true, .done = add_done, .tab = add_tab };

    if (!has_file(a))
        return;
    ask(a, &asking, argument ? argument : "", "Add URL (paste many): ");
    if (argument && *argument && add_done(a, argument))
        ask_close(a);
}

/* --- edit --------------------------------------------------------------------------------------------------------- */

void action_edit(struct app *a, const char *argument)
{
    const struct row *r = subject_in_file(a);

    (void)argument;
    if (r)
        open_form(a, form_edit(a->ops->settings(a->self), r->site));
}

/* Not the settings of one site, but the file as it stands, faults and all; at its top when no site of it is under the cursor. */
void action_edit_outside(struct app *a, const char *argument)
{
    const struct snapshot_row *under = view_row(&a->view, a->snapshot);
    const char *name = under && !under->row.mine ? under->row.site->name : NULL;
    struct errmsg said = ERRMSG_INIT;

    (void)argument;
    if (!has_file(a))
        return;
    free(a->edited);
    if (a->ops->place(a->self, name, &a->edited, &a->edited_line, &said) != ERR_OK)
        app_say_fault(a, "%s", said.text);
}

static bool save_values(struct app *a, const char *url, const struct edit_value *value, size_t n)
{
    const char *name = form_name(a->form);
    struct errmsg said = ERRMSG_INIT;
    enum err err;

    if (!name)
        err = a->ops->add(a->self, &url, 1, value, n, &said);
    else
        err = a->ops->set(a->self, &name, 1, value, n, &said);
    if (!act_tell(a, err, &said))
        return false;
    seek(a, url);
    app_say(a, "%s - u undoes", said.text);
    return true;
}

static void form_close(struct app *a)
{
    form_free(a->form);
    a->form = NULL;
    a->mode = MODE_GRID;
}

static void form_save(struct app *a)
{
    struct edit_value *value = NULL;
    const char *url;
    size_t n;

    if (form_name(a->form) && !form_changes(a->form)) {
        app_say(a, "nothing was changed");
        form_close(a);
        return;
    }
    if (form_values(a->form, &url, &value, &n)) {
        app_say_fault(a, "cannot save: out of memory");
        return;
    }
    if (save_values(a, url, value, n))
        form_close(a);
    free(value);
}

void act_on_form(struct app *a, uint32_t stroke)
{
    switch (form_stroke(a->form, stroke)) {
    case FORM_SAVE:
        form_save(a);
        break;
    case FORM_CANCEL:
        if (form_changes(a->form))
            ask_question(a, form_close, "leave without saving? y/N");
        else
            form_close(a);
        break;
    case FORM_GOES_ON:
        break;
    }
}

/* --- undo and reload ---------------------------------------------------------------------------------------------- */

void action_undo(struct app *a, const char *argument)
{
    struct errmsg said = ERRMSG_INIT;
    char site[NOTICE_NAME_SIZE] = "";

    (void)argument;
    if (!act_tell(a, a->ops->undo(a->self, site, sizeof(site), &said), &said) || !*site)
        return;
    seek(a, site);
    a->sought_by_name = true;
}

void action_reload(struct app *a, const char *argument)
{
    struct errmsg said = ERRMSG_INIT;

    (void)argument;
    act_tell(a, a->ops->reload(a->self, &said), &said);
}

/* --- copy -------------------------------------------------------------------------------------------------------- */

void action_copy(struct app *a, const char *argument)
{
    struct strbuf line = STRBUF_INIT;

    (void)argument;
    if (!ask_about(a))
        return;
    curl_line(&line, ask_subject(a)->site, (enum method)ask_subject(a)->method);
    free(a->copied);
    a->copied = strbuf_detach(&line);
    if (a->copied)
        app_say(a, "copied: %s", a->copied);
}

/* --- leaving ------------------------------------------------------------------------------------------------------ */

static void leave(struct app *a)
{
    a->leave = true;
}

static void leave_and_print(struct app *a)
{
    a->leave = a->print = true;
}

bool act_asks_to_leave(const struct app *a)
{
    return a->mode == MODE_QUESTION && (a->on_yes == leave || a->on_yes == leave_and_print);
}

/* One key must never stop all checks; with nothing to stop there is nothing to ask. */
static void ask_to_stop(struct app *a, void (*on_yes)(struct app *a))
{
    uint32_t n = a->snapshot->counts.total;

    if (!n || a->elsewhere)
        on_yes(a);
    else if (n == 1)
        ask_question(a, on_yes, "stop checking? y/N");
    else
        ask_question(a, on_yes, "stop checking %u sites? y/N", (unsigned)n);
}

void action_quit(struct app *a, const char *argument)
{
    (void)argument;
    ask_to_stop(a, leave);
}

void action_print(struct app *a, const char *argument)
{
    (void)argument;
    ask_to_stop(a, leave_and_print);
}

/* --- engine ------------------------------------------------------------------------------------------------------- */

static void change_engine(struct app *a)
{
    struct errmsg said = ERRMSG_INIT;

    act_tell(a, a->ops->change_engine(a->self, a->engine, &said), &said);
}

static bool engine_done(struct app *a, const char *text)
{
    if (!engine_find(text)) {
        err_set(&a->why, ERR_INVALID, "one of serial, threads, futures, processes, events, redis");
        return false;
    }
    snprintf(a->engine, sizeof(a->engine), "%s", text);
    ask_close(a);
    ask_question(a, change_engine, "run checks by '%s'? what is under way is checked anew; y/N", a->engine);
    return true;
}

static const struct asking engine_asking = { .done = engine_done };

void action_engine(struct app *a, const char *argument)
{
    if (argument && *argument && engine_find(argument))
        engine_done(a, argument);
    else
        ask(a, &engine_asking, "", "Engine (now %s): ", a->snapshot->health.engine);
}
