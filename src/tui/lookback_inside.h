#ifndef LOOKBACK_INSIDE_H
#define LOOKBACK_INSIDE_H

#include <pthread.h>

#include "base/mutex.h"
#include "lookback.h"

/* What the reader's thread (lookback.c) and who asks it (lookback_ask.c) share. */
struct lookback_reader {
    pthread_t thread;
    char *path;
    void (*wake)(void *context);
    void *context;

    struct mutex lock;
    struct cond  news;
    bool over;                       /* under lock, as all below */
    bool wanted, wants_evidence, wants_log, wants_since;
    int64_t since_ms;
    struct since *since;             /* read; NULL: nothing */
    char name[LOOKBACK_NAME_SIZE];
    int64_t window_ms, until_ms, incident, before_ms;
    struct replay_want *replay;      /* wanted; NULL: nothing */
    struct replay_asks *asks;
    struct replay_picture *picture;  /* read; NULL: nothing */
    struct replay_chunk *first, **last;
    struct past_log *log;
    bool has_read, has_evidence;
    struct lookback read;
    struct evidence evidence;
};

#endif
