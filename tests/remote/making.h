#ifndef MAKING_H
#define MAKING_H

#include "monitor/face.h"

/* A monitor for the tests of this room: a real table, and commands that are kept. */
struct fake {
    struct monitor_face face;
    struct status_table *table;
    struct command last;
    _Atomic unsigned commands, reloads;
    enum err answer;
};

void fake_init(struct fake *f);
void fake_release(struct fake *f);
struct monitor *fake_monitor(struct fake *f);
/* For remote_server_open(). */
void fake_reload(void *context);

/* Adds site number i ("site-7", https://site-7.example.org/), and returns its number in the table. */
uint32_t fake_add(struct fake *f, int i);
/* A good or bad result for it. */
void fake_publish(struct fake *f, uint32_t id, bool good);

#endif
