/* Sites deleted, paused, resumed and checked: the one under the cursor, or all that are tagged. Pure. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "act.h"
#include "ask.h"
#include "base/duration.h"

static bool has_file(struct app *a)
{
    return a->ops->settings(a->self)->path != NULL;
}

/* --- names in the file -------------------------------------------------------------------------------------------- */

struct names {
    const char **name;               /* borrowed from the sites */
    size_t n;
};

typedef bool wanted_fn(const struct row *r);

/* Of the sites that it is about and that are wanted. False when memory ran out, which is told. */
static bool names_of(struct app *a, struct names *names, wanted_fn *wanted)
{
    size_t i;

    names->n = 0;
    names->name = calloc(a->nsubject + 1, sizeof(*names->name));
    if (!names->name) {
        app_say_fault(a, "out of memory");
        return false;
    }
    for (i = 0; i < a->nsubject; i++) {
        const struct row *r = ask_subject_at(a, i);

        if (r && wanted(r))
            names->name[names->n++] = r->site->name;
    }
    return true;
}

static bool is_in_file(const struct row *r)
{
    return !r->mine;
}

static bool is_paused_in_file(const struct row *r)
{
    return !r->mine && r->state.paused && r->site->options->paused;
}

static bool runs_in_file(const struct row *r)
{
    return !r->mine && !r->state.paused;
}

/* --- delete ------------------------------------------------------------------------------------------------------- */

static void delete_subjects(struct app *a)
{
    struct errmsg said = ERRMSG_INIT;
    struct names names;

    if (!names_of(a, &names, is_in_file))
        return;
    if (names.n < a->nsubject)
        app_say_fault(a, a->nsubject == 1 ? "it changed meanwhile: nothing was deleted"
                                          : "some changed meanwhile: nothing was deleted");
    else if (act_tell(a, a->ops->remove(a->self, names.name, names.n, &said), &said))
        app_say(a, "%s - u undoes", said.text);
    free(names.name);
}

void action_delete(struct app *a, const char *argument)
{
    char what[SUBJECTS_TEXT_SIZE];
    size_t i;

    (void)argument;
    if (!ask_about_each(a))
        return;
    for (i = 0; i < a->nsubject; i++)
        if (ask_subject_at(a, i)->mine) {
            app_say_fault(a, "%s was given on the command line: it stands in no file", ask_subject_at(a, i)->site->name);
            return;
        }
    if (!has_file(a))
        app_say_fault(a, "there is no settings file to write to: start with -c FILE");
    else
        ask_question(a, delete_subjects, "delete %s? y/N", ask_subjects_text(a, what));
}

/* --- commands to the monitor -------------------------------------------------------------------------------------- */

static bool send(struct app *a, enum command_kind kind, const struct row *r, int64_t for_ms)
{
    struct command c = { .kind = kind, .site_id = r ? r->id : 0, .generation = r ? r->generation : 0, .for_ms = for_ms };
    enum err err = a->ops->command(a->self, &c);

    if (err)
        app_say_fault(a, err == ERR_UNAVAILABLE ? "this screen only looks, or its monitor is gone"
                                                : "the monitor takes no more commands now: try again");
    return !err;
}

/* To each site that it is about and that is wanted; to how many. */
static size_t send_each(struct app *a, enum command_kind kind, int64_t for_ms, wanted_fn *wanted)
{
    size_t i, n = 0;

    for (i = 0; i < a->nsubject; i++) {
        const struct row *r = ask_subject_at(a, i);

        if (!r || !wanted(r))
            continue;
        if (!send(a, kind, r, for_ms))
            return 0;
        n++;
    }
    return n;
}

static bool runs(const struct row *r)
{
    return !r->state.paused;
}

static bool runs_without_file(const struct row *r)
{
    return r->mine && !r->state.paused;
}

static bool is_paused_by_hand(const struct row *r)
{
    return r->state.paused && (r->mine || !r->site->options->paused);
}

static bool is_paused(const struct row *r)
{
    return r->state.paused;
}

/* --- pause -------------------------------------------------------------------------------------------------------- */

/* Paused in the file, and so for good; in the monitor alone, where there is no file. */
static bool pause_for_good(struct app *a)
{
    static const struct edit_value paused = { "paused", "true" };
    struct errmsg said = ERRMSG_INIT;
    char what[SUBJECTS_TEXT_SIZE];
    struct names names;
    enum err err = ERR_OK;
    size_t n;

    n = send_each(a, COMMAND_PAUSE, 0, has_file(a) ? runs_without_file : runs);
    if (n)
        app_say(a, "paused %s until it is resumed, or this program ends", ask_subjects_text(a, what));
    if (!has_file(a) || !names_of(a, &names, runs_in_file))
        return true;
    if (names.n)
        err = a->ops->set(a->self, names.name, names.n, &paused, 1, &said);
    if (err)
        a->why = said;
    else if (names.n)
        app_say(a, "paused in the file - p resumes, u undoes");
    free(names.name);
    return !err;
}

static bool pause_done(struct app *a, const char *text)
{
    char length[DURATION_TEXT_SIZE], what[SUBJECTS_TEXT_SIZE];
    int64_t for_ms = 0;
    size_t i, n = 0;

    for (i = 0; i < a->nsubject; i++)
        n += ask_subject_at(a, i) != NULL;
    if (!n) {
        err_set(&a->why, ERR_CHANGED, "the site changed meanwhile: nothing was paused");
        return false;
    }
    if (!text[strspn(text, " ")])
        return pause_for_good(a);
    if (duration_parse(text, &for_ms, &a->why))
        return false;
    if (!for_ms) {
        err_set(&a->why, ERR_INVALID, "for no time at all? leave it empty to pause until resumed");
        return false;
    }
    if (send_each(a, COMMAND_PAUSE, for_ms, runs))
        app_say(a, "paused %s for %s", ask_subjects_text(a, what), duration_format(length, for_ms));
    return true;
}

static void resume(struct app *a)
{
    const struct settings *settings = a->ops->settings(a->self);
    const struct edit_value value = { "paused", settings->defaults->paused ? "false" : NULL };
    struct errmsg said = ERRMSG_INIT;
    char what[SUBJECTS_TEXT_SIZE];
    struct names names;

    if (send_each(a, COMMAND_RESUME, 0, has_file(a) ? is_paused_by_hand : is_paused))
        app_say(a, "resumed %s", ask_subjects_text(a, what));
    if (!has_file(a) || !names_of(a, &names, is_paused_in_file))
        return;
    if (names.n && act_tell(a, a->ops->set(a->self, names.name, names.n, &value, 1, &said), &said))
        app_say(a, "resumed, in the file too");
    free(names.name);
}

void action_pause(struct app *a, const char *argument)
{
    static const struct asking asking = { .done = pause_done };
    char what[SUBJECTS_TEXT_SIZE];
    bool all_paused = true;
    size_t i;

    if (!ask_about_each(a))
        return;
    for (i = 0; i < a->nsubject; i++)
        all_paused &= ask_subject_at(a, i)->state.paused;
    if (all_paused) {
        resume(a);
        return;
    }
    ask(a, &asking, argument ? argument : "", "pause %.40s for (empty: until resumed): ", ask_subjects_text(a, what));
    if (argument && *argument && pause_done(a, argument))
        ask_close(a);
}

/* --- check -------------------------------------------------------------------------------------------------------- */

void action_check(struct app *a, const char *argument)
{
    char what[SUBJECTS_TEXT_SIZE];

    (void)argument;
    if (!ask_about_each(a))
        return;
    if (a->nsubject == 1 && ask_subject(a)->state.paused)
        app_say(a, "%s is paused: p resumes it", ask_subjects_text(a, what));
    else if (send_each(a, COMMAND_CHECK, 0, runs))
        app_say(a, "checking %s", ask_subjects_text(a, what));
}

void action_check_all(struct app *a, const char *argument)
{
    (void)argument;
    if (send(a, COMMAND_CHECK_ALL, NULL, 0))
        app_say(a, "checking all sites");
}

/* --- tags --------------------------------------------------------------------------------------------------------- */

/* All of the group, or, when all are, none. */
static void tag_group(struct app *a)
{
    bool tagged = !view_group_is_tagged(&a->view, a->snapshot, view_group(&a->view));
    const struct snapshot_row *row;
    size_t i;

    for (i = 0; (row = view_group_row(&a->view, a->snapshot, i)) != NULL; i++)
        if (view_tag(&a->view, &row->row, tagged)) {
            app_say_fault(a, "out of memory");
            return;
        }
}

void action_tag(struct app *a, const char *argument)
{
    const struct snapshot_row *row = view_row(&a->view, a->snapshot);

    (void)argument;
    if (view_group(&a->view))
        tag_group(a);
    else if (row && view_tag(&a->view, &row->row, !view_is_tagged(&a->view, &row->row)))
        app_say_fault(a, "out of memory");
    if (row || view_group(&a->view))
        view_move(&a->view, a->snapshot, 1);
}

void action_tag_all(struct app *a, const char *argument)
{
    size_t i;

    (void)argument;
    for (i = 0; i < a->view.sites.n; i++)
        if (view_tag(&a->view, &a->snapshot->row[a->view.sites.id[i]].row, true)) {
            app_say_fault(a, "out of memory");
            return;
        }
}

void action_untag_all(struct app *a, const char *argument)
{
    (void)argument;
    view_untag_all(&a->view);
}
