/* What people say of alarms: taken on, not to be heard of for a while, under maintenance, and whether telling works at all. Pure. */
#include <stdio.h>
#include <string.h>

#include "act.h"
#include "ask.h"
#include "base/duration.h"
#include "base/person.h"
#include "base/text.h"

/* To each site it is about; to how many. */
static size_t send_each(struct app *a, struct command c)
{
    size_t i, n = 0;

    person_name(c.by, sizeof(c.by));
    for (i = 0; i < a->nsubject; i++) {
        const struct row *r = ask_subject_at(a, i);
        enum err err;

        if (!r)
            continue;
        c.site_id = r->id;
        c.generation = r->generation;
        err = a->ops->command(a->self, &c);
        if (err) {
            app_say_fault(a, err == ERR_UNAVAILABLE ? "this screen only looks, or its monitor is gone"
                                                    : "the monitor takes no more commands now: try again");
            return 0;
        }
        n++;
    }
    return n;
}

/* --- acknowledge --------------------------------------------------------------------------------------------------------- */

static bool ack_done(struct app *a, const char *text)
{
    struct command c = { .kind = COMMAND_ACK };
    char what[SUBJECTS_TEXT_SIZE];

    text_clean(c.note, sizeof(c.note), text, strlen(text));
    if (send_each(a, c))
        app_say(a, "acknowledged %s: no reminders until it changes", ask_subjects_text(a, what));
    return true;
}

void action_ack(struct app *a, const char *argument)
{
    static const struct asking asking = { .done = ack_done };
    char what[SUBJECTS_TEXT_SIZE];
    bool any = false;
    size_t i;

    if (!ask_about_each(a))
        return;
    for (i = 0; i < a->nsubject; i++)
        any |= ask_subject_at(a, i)->state.verdict == STATE_DOWN;
    if (!any) {
        app_say(a, "%s is not down: there is nothing to acknowledge", ask_subjects_text(a, what));
        return;
    }
    ask(a, &asking, argument ? argument : "", "acknowledge %.40s, with a note: ", ask_subjects_text(a, what));
    if (argument && *argument && ack_done(a, argument))
        ask_close(a);
}

/* --- mute, maintenance ------------------------------------------------------------------------------------------------------- */

static bool for_a_time(struct app *a, const char *text, enum command_kind kind, const char *done, const char *over)
{
    struct command c = { .kind = kind };
    char length[DURATION_TEXT_SIZE], what[SUBJECTS_TEXT_SIZE];

    if (duration_parse(text, &c.for_ms, &a->why))
        return false;
    if (!send_each(a, c))
        return true;
    if (c.for_ms)
        app_say(a, "%s %s for %s", done, ask_subjects_text(a, what), duration_format(length, c.for_ms));
    else
        app_say(a, "%s %s", over, ask_subjects_text(a, what));
    return true;
}

static bool mute_done(struct app *a, const char *text)
{
    return for_a_time(a, text, COMMAND_MUTE, "muted", "no longer muted:");
}

static bool maintain_done(struct app *a, const char *text)
{
    return for_a_time(a, text, COMMAND_MAINTAIN, "maintenance of", "no longer under maintenance:");
}

static void offer_an_hour(struct app *a, const char *argument)
{
    if (!argument || !*argument)
        prompt_offer(&a->prompt, "1h");
}

void action_mute(struct app *a, const char *argument)
{
    static const struct asking asking = { .done = mute_done };
    char what[SUBJECTS_TEXT_SIZE];

    if (!ask_about_each(a))
        return;
    ask(a, &asking, argument ? argument : "", "mute %.40s for (0: no longer): ", ask_subjects_text(a, what));
    offer_an_hour(a, argument);
    if (argument && *argument && mute_done(a, argument))
        ask_close(a);
}

void action_maintain(struct app *a, const char *argument)
{
    static const struct asking asking = { .done = maintain_done };
    char what[SUBJECTS_TEXT_SIZE];

    if (!ask_about_each(a))
        return;
    ask(a, &asking, argument ? argument : "", "maintenance of %.40s for (0: no longer): ", ask_subjects_text(a, what));
    offer_an_hour(a, argument);
    if (argument && *argument && maintain_done(a, argument))
        ask_close(a);
}

/* --- test ---------------------------------------------------------------------------------------------------------------------- */

static void send_test(struct app *a)
{
    if (send_each(a, (struct command){ .kind = COMMAND_TEST }))
        app_say(a, "a test message is on its way: 4 shows what becomes of it");
}

void action_test(struct app *a, const char *argument)
{
    const struct row *r;

    (void)argument;
    if (!ask_about(a))
        return;
    r = ask_subject(a);
    if (!r->site->options->owner)
        app_say(a, "%s has no owner who could be told", r->site->name);
    else
        ask_question(a, send_test, "send a test message to %.60s, by every channel? y/N", r->site->options->owner);
}
