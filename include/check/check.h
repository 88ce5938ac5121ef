#ifndef CHECK_CHECK_H
#define CHECK_CHECK_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "model/job.h"
#include "model/result.h"

/* How one site is checked: this room owns all of libcurl. Two ways to run the same check: blocking, one at a time, and a
 * loop that drives many. An engine arranges threads or processes around them. */

/* Once, before any thread; check_close() at the very end. $UPTIMESQUIRREL_NAME_SERVERS ("192.0.2.53,[2001:db8::53]:5353") are
 * asked for names in place of the system's. */
enum err check_open(struct errmsg *why);
void check_close(void);
/* "libcurl 7.88.1, OpenSSL 3.0.19": for --version. */
const char *check_libraries(void);

/* --- one at a time ------------------------------------------------------------------------------------------------ */

/* A blocking runner for one thread, with its handle and its CA store kept between checks. */
struct check_runner;
enum err check_runner_open(struct check_runner **out, struct errmsg *why);
void check_runner_close(struct check_runner *r);
/* Returns when the check is over, at the latest soon after the site's timeout; never fails: what goes wrong with us is a
 * local outcome. */
void check_run(struct check_runner *r, const struct job *job, struct result *out);
/* Any thread: the check that runs now, and each that is begun later, ends at once with OUTCOME_CANCELLED. */
void check_runner_stop(struct check_runner *r);

/* --- many at a time ----------------------------------------------------------------------------------------------- */

typedef void check_done_fn(void *context, const struct result *result);

/* A loop for one thread: its multi handles, its epoll and its pool of easy handles. Only check_loop_wake() may be called by
 * other threads. */
struct check_loop;
/* most: checks at once; done is called from check_loop_turn() and check_loop_close(). */
enum err check_loop_open(struct check_loop **out, size_t most, check_done_fn *done, void *context, struct errmsg *why);
/* Each check under way is done with OUTCOME_CANCELLED. */
void check_loop_close(struct check_loop *l);
/* Begins a check; takes a reference on its site. ERR_FULL when `most` are under way. */
enum err check_loop_start(struct check_loop *l, const struct job *job);
void check_loop_cancel(struct check_loop *l, uint64_t job_id);
/* Waits for something to happen, until `until_ns` (monotonic) at most, and deals with it. */
void check_loop_turn(struct check_loop *l, int64_t until_ns);
/* Makes the turn that runs now, or the next one, return soon. Any thread. */
void check_loop_wake(struct check_loop *l);
size_t check_loop_active(const struct check_loop *l);

#endif
