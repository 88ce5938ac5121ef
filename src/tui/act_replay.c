/* Keys that lead through time, and those that do nothing there. Pure. */
#include "act.h"

/* All that is about sites changes something, but for these. */
bool replay_stops(enum action action)
{
    static const enum action harmless[] = { ACTION_TAG, ACTION_TAG_ALL, ACTION_UNTAG_ALL, ACTION_COPY, ACTION_LOG_OF_SITE };
    size_t i;

    if (keys_row(action)->section != SECTION_SITES)
        return false;
    for (i = 0; i < sizeof(harmless) / sizeof(harmless[0]); i++)
        if (action == harmless[i])
            return false;
    return true;
}

bool replay_refuses(struct app *a, enum action action)
{
    if (!a->replay.on || !replay_stops(action))
        return false;
    app_say(a, "this is the past, and stays as it is: 0 goes back to now");
    return true;
}

static void say_where(struct app *a)
{
    struct replay_banner b = replay_banner_of(a);
    char text[REPLAY_TEXT_SIZE];

    if (a->replay.on)
        app_say(a, "%s", replay_banner_text(text, &b, 60));
    else
        app_say(a, "this is now: [ goes back, or :replay 03:12, 2h, 2026-11-20 14:00");
}

void action_replay(struct app *a, const char *argument)
{
    struct errmsg why;
    int64_t at_ms;

    if (!argument)
        replay_step(a, -1, 0);
    else if (!*argument)
        say_where(a);
    else if (replay_parse(argument, a->live->now_ms, &at_ms, &why))
        app_say_fault(a, "%s", why.text);
    else
        replay_go(a, at_ms);
}

void action_replay_on(struct app *a, const char *argument)
{
    (void)argument;
    if (a->replay.on)
        replay_step(a, 1, 0);
    else
        say_where(a);
}

void action_now(struct app *a, const char *argument)
{
    (void)argument;
    if (a->replay.on)
        replay_leave(a);
    else
        say_where(a);
}
