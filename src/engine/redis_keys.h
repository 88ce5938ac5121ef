#ifndef REDIS_KEYS_H
#define REDIS_KEYS_H

#include <stdio.h>
#include <string.h>

/* The names of our keys in Redis, shared by monitor and workers:
 *
 *     {us}:jobs:REGION[:hi]  stream, group "workers": checks to be made; hi: confirmations, taken first
 *     {us}:results           stream, group "monitor": what came of them
 *     {us}:leader            the token of the one monitor this prefix has, with an expiry
 *     {us}:leader:term       counts its monitors: the fencing number, carried by jobs and results
 *     {us}:worker:ID         a worker's heartbeat, with an expiry
 *     {us}:workers           sorted set of workers by when they were seen last
 *     {us}:dead              stream: jobs that several workers died of
 *
 * The braces keep them in one slot of a cluster, as scripts and transactions need. */
#define KEY_SIZE 128
#define PREFIX_BUILT_IN "us"
#define ANYWHERE "any"               /* the region of sites that name none, and of workers that name none */
#define GROUP_WORKERS "workers"
#define GROUP_MONITOR "monitor"
#define STREAM_JOBS_MOST "100000"
#define STREAM_RESULTS_MOST "200000"
#define BEGIN_WITHIN_MS 10000        /* a job that nobody began so long after it was sent is not begun any more */

#define key_format(key, prefix, ...)                                                                     \
    (snprintf((key), KEY_SIZE, "{%s}:", (prefix)),                                                       \
     snprintf((key) + strlen(key), KEY_SIZE - strlen(key), __VA_ARGS__))

#endif
