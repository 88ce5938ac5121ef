/* Prompts and questions of the bottom line. Pure. */
#include "ask.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

void ask_stroke(struct app *a, uint32_t stroke, bool more)
{
    bool is_enter = stroke == STROKE_ENTER || stroke == STROKE_CTRL('J');

    if (stroke == STROKE_TAB && a->asking->tab) {
        a->asking->tab(a, a->prompt.text.text);
        return;
    }
    if (is_enter && more && a->prompt.many) {
        prompt_paste(&a->prompt, "\n", 1); /* no person types on so fast: a list is coming in line by line */
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
    a->mode = a->mode_after;
    if (stroke == 'y' || stroke == 'Y')
        a->on_yes(a);
}

bool ask_about(struct app *a)
{
    const struct snapshot_row *row = view_row(&a->view, a->snapshot);
    uint32_t id;

    if (panes_subject(a, &id))
        row = id < a->snapshot->nrow && a->snapshot->row[id].row.generation ? &a->snapshot->row[id] : NULL;
    if (!row) {
        app_say(a, "there is no site here");
        return false;
    }
    view_hold(&a->view);
    a->subject_id = row->row.id;
    a->subject_generation = row->row.generation;
    return true;
}

const struct row *ask_subject(const struct app *a)
{
    const struct row *r = a->subject_id < a->snapshot->nrow ? &a->snapshot->row[a->subject_id].row : NULL;

    return r && r->generation == a->subject_generation ? r : NULL;
}
