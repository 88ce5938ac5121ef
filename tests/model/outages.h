#ifndef TESTS_MODEL_OUTAGES_H
#define TESTS_MODEL_OUTAGES_H

#include "model/alarm.h"

/* A book of alarms played by a script, on a clock of its own that begins at 10:00 UTC of a Tuesday, 2026-12-01.
 *
 * Owners are ops and boss, sites router, shop, api, cdn, owned by ops. A script is steps "TIME VERB SITE [MORE]" with ";" between
 * them, TIME from the beginning as in "1h30m":
 *
 *   down up slow local     what is true of the site from now on; it is checked at once, and whenever the book asks
 *   cert D [N]             it is up with certificate number N (0), whose end is so far away
 *   ack NOTE  mute D  maintain D  pause  resume
 *   offline online restart jump D      of the whole; SITE is -
 *   wait                   nothing happens
 *
 * What was told is written a line each: "TIME OWNER KIND SITE", TIME that of delivery, and ": WHY" where there is a reason. */
struct outages {
    struct alarm_rules *rules;      /* to be changed before the first step */
    struct options *site[4];        /* likewise */
};

#define OUTAGES_T0_MS INT64_C(1796119200000)
enum { ROUTER, SHOP, API, CDN };

/* Plays the script; adjust may be NULL. Returns what was told, until the next call; fails the test for a bad script. */
const char *outages_play(void (*adjust)(struct outages *o), const char *script);

/* The last notices of that play; how many. */
size_t outages_notices(const struct notice **out);

#endif
