#ifndef ENGINE_BROKER_H
#define ENGINE_BROKER_H

#include "engine/engine.h"

/* A look at a broker without an engine. */

/* ERR_OK when it answers; ERR_UNAVAILABLE says why not; ERR_INVALID for a URL that is none. Waits two seconds at most. */
enum err broker_ping(const struct engine_broker *b, struct errmsg *why);

/* Takes every key of its prefix away. For prefixes made for one comparison, with nobody using them any more. */
void broker_forget(const struct engine_broker *b);

#endif
