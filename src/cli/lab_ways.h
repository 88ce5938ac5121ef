#ifndef LAB_WAYS_H
#define LAB_WAYS_H

#include "base/err.h"
#include "lab.h"

/* The ways the lab runs a handful of tasks in: each a row of lab_ways[]. */
#define LAB_TASKS_MOST 64

struct lab_way {
    const char *name;
    /* Runs n tasks and fills task[0..n). */
    enum err (*run)(enum lab_kind kind, struct lab_task *task, int n, struct errmsg *why);
    const char *lesson[LAB_KINDS];
};

extern const struct lab_way lab_ways[];
extern const int nlab_way;

/* What a process of the way "processes" does: one task, told on standard output. */
int lab_one_task(int kind);

#endif
