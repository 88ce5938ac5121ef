/* The table of outcomes. No state; any thread. */
#include "model/outcome.h"

#include <stddef.h>
#include <string.h>

static const struct {
    const char *name, *class, *tag, *sentence;
} rows[OUTCOME_COUNT] = {
#define OUTCOME(id, class, tag, sentence) { #id, class, tag, sentence },
#include "model/outcomes.def"
#undef OUTCOME
};

const char *outcome_class(enum outcome o)
{
    return rows[o].class;
}

const char *outcome_tag(enum outcome o)
{
    return rows[o].tag;
}

const char *outcome_sentence(enum outcome o)
{
    return rows[o].sentence;
}

const char *outcome_name(enum outcome o)
{
    return rows[o].name;
}

int outcome_parse(const char *name)
{
    int o;

    for (o = 0; o < OUTCOME_COUNT; o++)
        if (!strcmp(rows[o].name, name))
            return o;
    return -1;
}

bool outcome_is_local(enum outcome o)
{
    return rows[o].class && !strcmp(rows[o].class, "local");
}

bool outcome_has_answer(enum outcome o)
{
    static const char *const classes[] = { "status", "body", "blocked", "redirect" };
    const char *class = rows[o].class;
    size_t i;

    for (i = 0; class && i < sizeof(classes) / sizeof(classes[0]); i++)
        if (!strcmp(class, classes[i]))
            return true;
    return !class;
}

bool outcome_is_network(enum outcome o)
{
    static const enum outcome answers[] = { OUTCOME_NO_NAME, OUTCOME_NO_RECORD, OUTCOME_DNS_REFUSED, OUTCOME_NO_END };
    const char *class = rows[o].class;
    size_t i;

    for (i = 0; i < sizeof(answers) / sizeof(answers[0]); i++)
        if (o == answers[i])
            return false; /* somebody said so, or it was a program of ours */
    return o == OUTCOME_UNREACHABLE || o == OUTCOME_NO_NETWORK ||
           (class && (!strcmp(class, "dns") || !strcmp(class, "timeout")));
}
