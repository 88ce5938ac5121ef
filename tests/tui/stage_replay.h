#ifndef TUI_STAGE_REPLAY_H
#define TUI_STAGE_REPLAY_H

#include "stage.h"

/* What a stage answers when the past is asked for. */
#define THEN_MS (STAGE_NOW_MS - (9 * 3600 + 29 * 60 + 9) * MS_PER_S) /* 03:12:00 */

/* As the world was: of its sites some were in trouble that are well now, and one has left it since. s->want was asked for. */
struct replay_picture *stage_picture(struct stage *s, int64_t at_ms);
/* s->asks answered, as far as one chunk goes: all good, but those that were in trouble. */
struct replay_chunk *stage_figures(struct stage *s);

#endif
