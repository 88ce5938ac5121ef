#ifndef MAKING_H
#define MAKING_H

#include "base/mutex.h"
#include "monitor/face.h"

/* A monitor for the tests of this room: a real table, and commands that are kept. */
struct fake {
    struct monitor_face face;
    struct status_table *table;
    struct command last;             /* under lock, but for who waited for it */
    unsigned commands;               /* likewise */
    struct cond came;                /* one more of them */
    _Atomic unsigned reloads;
    enum err answer;
    struct outbox_item item[2];      /* given out while counts.revision is not 0; under lock */
    struct outbox_counts counts;     /* under lock */
    struct mutex lock;
};

void fake_init(struct fake *f);
void fake_release(struct fake *f);
struct monitor *fake_monitor(struct fake *f);
/* Waits until so many commands came. */
void fake_wait(struct fake *f, unsigned commands);
/* Two messages to owners, which wait; of that revision. */
void fake_write(struct fake *f, uint64_t revision);
/* For remote_server_open(). */
void fake_reload(void *context);

/* Adds site number i ("site-7", https://site-7.example.org/), and returns its number in the table. */
uint32_t fake_add(struct fake *f, int i);
/* A good or bad result for it. */
void fake_publish(struct fake *f, uint32_t id, bool good);

#endif
