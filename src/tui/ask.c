/* Prompts and questions of the bottom line. Pure. */
#include "ask.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "act.h"
#include "base/text.h"

void ask(struct app *a, const struct asking *asking, const char *text, const char *label, ...)
{
    va_list args;

    va_start(args, label);
    vsnprintf(a->label, sizeof(a->label), label, args);
    va_end(args);
    a->asking = asking;
    a->prompt.many = asking->many;
    a->why.text[0] = '\0';
    prompt_set(&a->prompt, text);
    history_begin(&a->history[asking->history]);
    a->mode = MODE_PROMPT;
}

void ask_close(struct app *a)
{
    prompt_set(&a->prompt, "");
    a->asking = NULL;
    a->why.text[0] = '\0';
    a->mode = MODE_GRID;
}

static void done(struct app *a)
{
    const struct asking *asking = a->asking;
    char *text = strdup(a->prompt.text.text);

    if (!text)
        return;
    a->why.text[0] = '\0';
    if (asking->history)
        history_add(&a->history[asking->history], text);
    if (asking->done(a, text) && a->asking == asking)
        ask_close(a);
    free(text);
}

static void cancel(struct app *a)
{
    const struct asking *asking = a->asking;

    ask_close(a);
    if (asking->cancelled)
        asking->cancelled(a);
}

static void changed(struct app *a)
{
    a->why.text[0] = '\0';
    if (a->asking->changed)
        a->asking->changed(a, a->prompt.text.text);
}

static void recall(struct app *a, int step)
{
    const char *line = history_step(&a->history[a->asking->history], step, a->prompt.text.text);

    if (!line)
        return;
    prompt_set(&a->prompt, line);
    changed(a);
}

void ask_stroke(struct app *a, uint32_t stroke, bool more)
{
    bool is_enter = stroke == STROKE_ENTER || stroke == STROKE_CTRL('J');

    a->why_is_hint = false;
    if (stroke == STROKE_TAB && a->asking->tab) {
        a->asking->tab(a, a->prompt.text.text);
        return;
    }
    if (is_enter && more && a->prompt.many) {
        prompt_paste(&a->prompt, "\n", 1); /* no person types on so fast: a list is coming in line by line */
        return;
    }
    if (a->asking->history && (stroke == STROKE_UP || stroke == STROKE_DOWN)) {
        recall(a, stroke == STROKE_UP ? -1 : 1);
        return;
    }
    switch (prompt_stroke(&a->prompt, stroke)) {
    case PROMPT_CHANGED:
        changed(a);
        break;
    case PROMPT_DONE:
        done(a);
        break;
    case PROMPT_CANCELLED:
        cancel(a);
        break;
    default:
        /* Backspace in an empty line leads out, as in vi */
        if ((stroke == STROKE_RUBOUT || stroke == STROKE_CTRL('H')) && !a->prompt.text.length)
            cancel(a);
    }
}

void ask_paste(struct app *a, const char *text, size_t length)
{
    prompt_paste(&a->prompt, text, length);
    changed(a);
}

void ask_question(struct app *a, void (*on_yes)(struct app *a), const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(a->label, sizeof(a->label), format, args);
    va_end(args);
    a->on_yes = on_yes;
    a->mode_after = a->mode == MODE_QUESTION ? a->mode_after : a->mode;
    a->mode = MODE_QUESTION;
}

void ask_answer(struct app *a, uint32_t stroke)
{
    bool again = stroke == STROKE_CTRL('C') && act_asks_to_leave(a);

    a->mode = a->mode_after;
    if (stroke == 'y' || stroke == 'Y' || again)
        a->on_yes(a);
}

/* --- what it is about --------------------------------------------------------------------------------------------- */

static bool add_subject(struct app *a, const struct row *r)
{
    if (a->nsubject == a->subject_size) {
        size_t size = a->subject_size ? 2 * a->subject_size : 16;
        struct subject *more = realloc(a->subject, size * sizeof(*more));

        if (!more) {
            app_say_fault(a, "out of memory");
            return false;
        }
        a->subject = more;
        a->subject_size = size;
    }
    a->subject[a->nsubject++] = (struct subject){ r->id, r->generation };
    return true;
}

bool ask_about(struct app *a)
{
    const struct snapshot_row *row = view_row(&a->view, a->snapshot);
    uint32_t id;

    a->nsubject = 0;
    a->subject_group[0] = '\0';
    if (panes_subject(a, &id))
        row = id < a->snapshot->nrow && a->snapshot->row[id].row.generation ? &a->snapshot->row[id] : NULL;
    if (!row) {
        app_say(a, view_group(&a->view) ? "this is a group: go to a site of it" : "there is no site here");
        return false;
    }
    view_hold(&a->view);
    return add_subject(a, &row->row);
}

/* What is on the screen of the group, in folds or not: what the filter hides is left alone. */
static bool about_group(struct app *a)
{
    const char *name = view_group_name(&a->view, view_group(&a->view));
    const struct snapshot_row *row;
    size_t i;

    a->nsubject = 0;
    text_clean(a->subject_group, sizeof(a->subject_group), name, strlen(name));
    view_hold(&a->view);
    for (i = 0; (row = view_group_row(&a->view, a->snapshot, i)) != NULL; i++)
        if (!add_subject(a, &row->row))
            return false;
    return a->nsubject > 0;
}

bool ask_about_each(struct app *a)
{
    size_t id;

    if (panes_here(a) != PANE_SITES)
        return ask_about(a);
    if (!a->view.ntagged)
        return view_group(&a->view) ? about_group(a) : ask_about(a);
    a->nsubject = 0;
    a->subject_group[0] = '\0';
    for (id = 0; id < a->snapshot->nrow; id++)
        if (view_is_tagged(&a->view, &a->snapshot->row[id].row) && !add_subject(a, &a->snapshot->row[id].row))
            return false;
    return a->nsubject > 0;
}

const struct row *ask_subject_at(const struct app *a, size_t i)
{
    const struct subject *s = i < a->nsubject ? &a->subject[i] : NULL;
    const struct row *r = s && s->id < a->snapshot->nrow ? &a->snapshot->row[s->id].row : NULL;

    return r && r->generation == s->generation ? r : NULL;
}

const struct row *ask_subject(const struct app *a)
{
    return ask_subject_at(a, 0);
}

const char *ask_subjects_text(const struct app *a, char text[SUBJECTS_TEXT_SIZE])
{
    const struct row *r = ask_subject(a);

    if (a->nsubject > 1)
        snprintf(text, SUBJECTS_TEXT_SIZE, "%zu sites%s%s", a->nsubject, a->subject_group[0] ? " of " : "", a->subject_group);
    else
        snprintf(text, SUBJECTS_TEXT_SIZE, "%.60s", r ? r->site->name : "a site that is gone");
    return text;
}
