#ifndef MODEL_OUTCOME_H
#define MODEL_OUTCOME_H

#include <stdbool.h>

/* What one check found. Each outcome is one row of outcomes.def. */
enum outcome {
#define OUTCOME(id, class, tag, sentence) OUTCOME_##id,
#include "model/outcomes.def"
#undef OUTCOME
    OUTCOME_COUNT
};

/* The word scripts see: "dns", "refused", ... "local"; NULL for OUTCOME_OK. */
const char *outcome_class(enum outcome o);
/* CODE in the grid, at most 4 characters; NULL: show the HTTP status. */
const char *outcome_tag(enum outcome o);
const char *outcome_sentence(enum outcome o);
/* "OK", "DNS_TIMEOUT": for logs and tests. */
const char *outcome_name(enum outcome o);

/* The outcome of that name; -1: there is none. */
int outcome_parse(const char *name);

/* The fault is ours: changes no counter, is never alarmed. */
bool outcome_is_local(enum outcome o);
/* HTTP answered, well or badly. */
bool outcome_has_answer(enum outcome o);
/* Below HTTP in a way that our own network could be to blame for: name, time-out, no route. */
bool outcome_is_network(enum outcome o);

#endif
