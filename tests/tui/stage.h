#ifndef TUI_STAGE_H
#define TUI_STAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app.h"
#include "model/snapshot.h"

/* A snapshot built by hand under a clock that stands still, an outside that only writes down what it is asked, and a
 * controller between them: whole dialogues without curses, files or a monitor. */

#define STAGE_NOW_MS INT64_C(1795524069000) /* Tue 2026-11-24 12:41:09 UTC */
#define STAGE_NOW_NS (INT64_C(20000000) * 1000000000)

struct stage {
    struct snapshot snapshot;
    struct settings settings;        /* defaults, owners, a path */
    struct app app;
    struct cells cells;
    struct strbuf asked;             /* what the outside was asked, a line each */
    enum err answer;                 /* what it answers */
    char said[256];                  /* and says */
    char undone[32];                 /* the site that an undo brings back */
    struct tried tried[8];           /* what is known of a list that is tried */
    size_t ntried;
    struct lookback lookback;        /* what the history tells of the site named there */
    struct chain chain;              /* what the server of the site of that name shows */
    char chain_of[32];
    struct past_log *past_log;       /* what happened before; given once */
    struct since *since;             /* what happened since somebody looked last; given once */
    struct replay_want *want;        /* the moment of the past that was asked for, and figures of it */
    struct replay_asks *asks;
    struct replay_picture *picture;  /* what came of it; given once */
    struct replay_chunk *chunk;
    struct evidence evidence;
    struct alert alert[8];           /* what the monitor tells of alarms and messages, under this revision */
    size_t nalert;
    struct outbox_item message[8];
    size_t nmessage;
    uint64_t revision;
    int64_t evidence_of;             /* the incident */
};

/* cmocka's group setup: a UTF-8 locale and UTC, for all tests of a program. */
int stage_locale(void **state);

/* cmocka's setup and teardown: an empty stage in *state. */
int stage_begin(void **state);
int stage_end(void **state);

/* Adds a site in some state; the row is the stage's, to be changed further. It is among the changed. */
struct snapshot_row *stage_site(struct stage *s, const char *name, const char *url, enum state state);
/* Changes the options of a site. */
struct options *stage_options(struct snapshot_row *row, struct options *scratch);
void stage_set_options(struct snapshot_row *row, struct options *scratch);
void stage_set_state(struct stage *s, uint32_t id, enum state state);
void stage_touch(struct stage *s, uint32_t id);
void stage_remove(struct stage *s, uint32_t id);
/* Every state and every kind of number: the sites of SCREENS.md, and what they leave out. */
void stage_world(struct stage *s);
/* The world's alarms and messages to its owners. */
void stage_alarms(struct stage *s);

/* Counts the states anew and hands the snapshot to the controller; nothing is changed afterwards. */
void stage_take(struct stage *s);

/* Draws at some size; the text is good until the next call. */
const char *stage_draw(struct stage *s, int width, int height);
/* Line y of the last drawing, without its end. */
const char *stage_line(struct stage *s, int y);
bool stage_shows(struct stage *s, const char *text);

/* Keys by name, blank separated: "j j Enter Ctrl-U". */
void stage_keys(struct stage *s, const char *keys);
/* Types each character of the text. */
void stage_type(struct stage *s, const char *text);
void stage_paste(struct stage *s, const char *text);

/* The name of the site under the cursor, "" if there is none. */
const char *stage_cursor(const struct stage *s);
/* Names of the visible sites, blank separated. */
const char *stage_order(struct stage *s);

/* Compares with tests/tui/golden/NAME.txt; with UPTIME_GOLDEN=write in the environment, writes it. */
void stage_golden(const char *name, const char *text);

#endif
