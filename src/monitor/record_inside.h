#ifndef RECORD_INSIDE_H
#define RECORD_INSIDE_H

#include "record.h"
#include "model/evidence.h"
#include "observed.h"
#include "store/query.h"

/* What the files of record*.c share. */

/* The first failing result of those that are not confirmed yet. */
struct failing {
    struct incident_row row;         /* message, address and evidence point to the next three */
    char message[RESULT_MESSAGE_SIZE];
    char address[RESULT_ADDRESS_SIZE];
    struct evidence *evidence;       /* ours; NULL: none */
};

/* A site in the table, by its number. */
struct recorded {
    uint32_t key;                    /* 0: nothing is kept of it */
    uint8_t shown;                   /* enum state, as last written */
    bool listed;                     /* in the file: kept, as soon as there is a history */
    struct site_state state;         /* as last written */
    int64_t incident;                /* the open one; 0: none */
    int64_t since_ms;                /* when it came into the shown state */
    int64_t get_until_ns;
    int64_t paused_until_ms;
    int64_t certificate_until;
    struct known *known;             /* NULL: nothing is kept of it */
    struct failing *failing;         /* NULL: it is not, or nothing is known of how it began */
};

/* A site history knows, watched or not. */
struct known {
    uint32_t key;
    uint32_t id;                     /* in the table; NOBODY: not there */
    char *name, *url;                /* url is masked */
    bool gone;                       /* from the list */
    bool claimed;                    /* in this reload: by the list's own names, or by a renamed one */
    int64_t incident;                /* of an earlier run, open */
    struct stored_site *stored;      /* as an earlier run left it; its texts are not ours to read. NULL: of this run */
    struct samples *samples;         /* likewise */
};
#define NOBODY UINT32_MAX

struct owners {
    size_t n;
    struct owner_copy {
        char *name;
        struct strings channel, address; /* of each contact: a name of the table of notifiers, and a label */
        int64_t remind_ms;
    } *owner;
};

struct record {
    struct history *history;         /* NULL: there is none */
    struct status_table *table;
    struct batch *batch;             /* being filled; NULL: nothing yet */
    struct recorded *site;           /* indexed by site id */
    size_t nsite;
    struct known **known;
    size_t nknown, known_size;
    struct known **by_name, **by_url; /* while a list is taken over: sorted */
    size_t nindex;                   /* of both */
    uint32_t last_key;
    int64_t last_incident;
    int64_t start_ms, start_ns;      /* wall and monotonic, the same moment */
    struct observed observed;
    bool joined;                     /* history was read: sites have keys */
    uint32_t said_again;
    struct owners owners;
    struct history_health health;
};

/* The site's place, made when it is not there; NULL when memory ran out. */
struct recorded *record_place(struct record *r, uint32_t id);
/* NULL: nothing is kept of it. */
struct recorded *record_of(struct record *r, uint32_t id);
void record_forget_failing(struct recorded *s);

/* Reads all of the database that a start needs. */
enum err record_read(struct record *r, struct errmsg *why);
void known_forget_all(struct record *r);
/* A new one, without name and URL; NULL when memory ran out. */
struct known *known_add(struct record *r);

/* Ends the open incident, if there is one. */
void record_end_incident(struct record *r, struct recorded *s, int64_t at_ms, enum incident_end why);

/* Opens it in a database that does not know it, with what is known of it still. */
void record_repeat_incident(struct record *r, struct recorded *s, const struct row *row);

/* What a site is in now, whatever was written of it before. */
void record_say_state(struct record *r, struct recorded *s, const struct row *row);

/* Finds the site among those known, else makes it known, and gives it its key; NULL when memory ran out. */
struct known *record_find(struct record *r, struct recorded *s, const struct site *site, bool *other_url);
/* The end of a list: who is not in it is gone from at_ms on, and nothing of an earlier run is of use any more. */
void record_list_settle(struct record *r, int64_t at_ms);

/* Looks whether the database can be used at last, or lacks what was said. */
enum record_news record_catch_up(struct record *r);
void owners_copy(struct owners *to, const struct settings *s);
void owners_write(const struct owners *o, struct batch *b);
void owners_release(struct owners *o);

#endif
