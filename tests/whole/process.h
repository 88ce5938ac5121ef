#ifndef WHOLE_PROCESS_H
#define WHOLE_PROCESS_H

#include <stddef.h>
#include <sys/types.h>

/* Programs run through pipes, as a script would. They live in the place (place.h). What can not be run, and what takes longer
 * than SERVER_PATIENCE_S, fails the test. */

/* What became of one; good until the end of the test. */
struct ran {
    int code;                        /* what it exited with; -N: signal N ended it */
    char *out, *err;                 /* what it wrote, terminated */
    size_t out_length, err_length;
};

/* All may be left empty. */
struct how {
    const char *input;               /* standard input; NULL: /dev/null */
    const char *const *changes;      /* of the environment, as place_environment() takes them */
};

/* Runs the program with these words. */
#define run(...) process_run(NULL, (const char *const[]){ SQUIRREL, __VA_ARGS__, NULL })
#define run_with(how, ...) process_run(how, (const char *const[]){ SQUIRREL, __VA_ARGS__, NULL })
/* Runs a line of sh, in which "$squirrel" is the program; values are $1, $2 and so on. */
#define shell(...) shell_with(NULL, __VA_ARGS__)
#define shell_with(how, line, ...) \
    process_run(how, (const char *const[]){ "sh", "-c", line, "sh", __VA_ARGS__ __VA_OPT__(,) NULL })
const struct ran *process_run(const struct how *how, const char *const argv[]);

/* The same in two steps. */
struct process;
#define start(...) process_start(NULL, (const char *const[]){ SQUIRREL, __VA_ARGS__, NULL })
struct process *process_start(const struct how *how, const char *const argv[]);
pid_t process_id(const struct process *p);
void process_signal(struct process *p, int number);
/* Waits until it ended and its pipes are closed. */
const struct ran *process_end(struct process *p);

/* Frees a result before the end of the test; all of them. */
void process_forget(const struct ran *r);
void process_release_all(void);

#endif
