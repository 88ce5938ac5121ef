#ifndef LAB_H
#define LAB_H

#include <stdint.h>

/* The two kinds of work of the story: waiting, and crunching numbers. */
enum lab_kind { LAB_SLEEP, LAB_CRUNCH, LAB_KINDS };

/* Who ran a task, and for how long. A plain value, fit for a pipe. */
struct lab_task {
    int32_t pid;
    char process[16], thread[16];
    double took_s;
};

/* Runs one task here and now; ascii name of the kind: "sleep" "crunch". */
void lab_run(enum lab_kind kind, struct lab_task *out);
const char *lab_kind_name(enum lab_kind kind);
/* Who runs this: fills all but took_s. */
void lab_introduce(struct lab_task *out);
/* How long LAB_SLEEP sleeps. */
#define LAB_SLEEP_MS 1000

#endif
