#ifndef NAMES_INSIDE_H
#define NAMES_INSIDE_H

#include "base/clock.h"
#include "names.h"

/* What the files of names share: names.c has the names and who waits for them, names_table.c finds them, and names_ares.c and
 * names_system.c ask for them. */

#define KEEP_BAD_NS NS_PER_S        /* a name that failed is asked again at the next retry, not sooner */
#define KEEP_LOCAL_NS (30 * NS_PER_S) /* what tells no time to live: getaddrinfo(3), /etc/hosts */

enum name_state { NAME_KNOWN, NAME_WANTED, NAME_ASKED };

struct name {
    struct name *next;              /* in its bucket */
    struct name *wanted;            /* the next to be asked for */
    struct name_query *waiting;     /* who wants to know */
    struct name_answer answer;
    int64_t until_ns;               /* how long the answer is good for */
    uint8_t state;                  /* enum name_state */
    uint8_t family;                 /* enum ip_family */
    char host[];
};

/* --- names.c: any thread ---------------------------------------------------------------------------------------------- */

/* Tells it to whoever waits, and remembers it. A name that is asked for is freed by nobody before that. */
void names_answer(struct name *n, const struct name_answer *a, int64_t keep_ns);
/* The next to be asked of name servers; NULL: none. */
struct name *names_next_wanted(void);
/* AF_UNSPEC: both. */
int names_family(const struct name *n);

/* --- names_ares.c: a thread that asks for what is wanted -------------------------------------------------------------- */

/* servers: see names_open(). */
enum err names_ares_open(const char *servers, struct errmsg *why);
/* There is more to be asked for. Any thread. */
void names_ares_poke(void);
/* Look-ups under way end as cancelled. */
void names_ares_close(void);

/* --- names_system.c: getaddrinfo(3) on threads of its own ------------------------------------------------------------- */

/* Which names are left to getaddrinfo(3) and the modules of nsswitch.conf(5). */
enum system_use { SYSTEM_NEVER, SYSTEM_LOCAL, SYSTEM_ALWAYS };
enum system_use names_system_use(void);

enum err names_system_open(struct errmsg *why);
/* Answers, now or later. */
void names_system_ask(struct name *n);
/* Nothing is under way. */
void names_system_close(void);

#endif
