#ifndef ASK_H
#define ASK_H

#include "app.h"

/* Talking with the person at the bottom line: prompts, and questions whose default is No. */

/* What a prompt is for. */
struct asking {
    bool many;                       /* a list may be pasted */

    /* After each change, for prompts that act while one types. May be NULL. */
    void (*changed)(struct app *a, const char *text);
    /* Enter. False keeps the prompt open; a->why says what is wrong then. */
    bool (*done)(struct app *a, const char *text);
    /* Esc: puts back what `changed` did. May be NULL. */
    void (*cancelled)(struct app *a);
    /* Tab: another way to go on. May be NULL. */
    void (*tab)(struct app *a, const char *text);
    enum history_kind history;
};

void ask(struct app *a, const struct asking *asking, const char *text, const char *label, ...)
    __attribute__((format(printf, 4, 5)));

/* y runs on_yes; any other key goes back to where we are now, but Ctrl-C where it is asked whether to leave. */
void ask_question(struct app *a, void (*on_yes)(struct app *a), const char *format, ...)
    __attribute__((format(printf, 3, 4)));

void ask_stroke(struct app *a, uint32_t stroke, bool more);
void ask_paste(struct app *a, const char *text, size_t length);
void ask_answer(struct app *a, uint32_t stroke);
/* Ends the prompt. */
void ask_close(struct app *a);

/* Remembers the site under the cursor as what prompt or question is about; false when there is none. */
bool ask_about(struct app *a);
/* The same of all tagged sites; where none is, of the one under the cursor, or of the group's. */
bool ask_about_each(struct app *a);
/* That site, as it is now; NULL when it was removed or edited meanwhile, or number i is behind the last. */
const struct row *ask_subject(const struct app *a);
const struct row *ask_subject_at(const struct app *a, size_t i);
/* "shop", "5 sites", "5 sites of eu". */
#define SUBJECTS_TEXT_SIZE 64
const char *ask_subjects_text(const struct app *a, char text[SUBJECTS_TEXT_SIZE]);

#endif
