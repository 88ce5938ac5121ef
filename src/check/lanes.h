#ifndef LANES_H
#define LANES_H

#include <curl/curl.h>
#include <stdint.h>

/* The multi handles of one thread: one for each CA file, since libcurl keeps one parsed CA store a multi handle and would
 * parse it anew at each change. */
struct lane {
    struct lane *next;
    CURLM *multi;
    char  *ca_file;      /* NULL: the system's */
    void  *context;      /* the owner's, for the callbacks libcurl calls */
    uint32_t number;     /* of a loop: its name in epoll's data */
    int64_t  timer_ns;   /* of a loop: when libcurl wants to act; INT64_MAX: never */
};

/* Finds or makes; NULL when memory ran out. setup (may be NULL) is called for a new one. */
struct lane *lane_for(struct lane **lanes, const char *ca_file, void (*setup)(struct lane *lane, void *context),
                      void *context);
void lanes_free(struct lane *lanes);

#endif
