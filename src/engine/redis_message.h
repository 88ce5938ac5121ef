#ifndef REDIS_MESSAGE_H
#define REDIS_MESSAGE_H

#include <hiredis/hiredis.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "model/evidence.h"
#include "model/job.h"
#include "model/result.h"

/* Jobs and results as entries of Redis streams: fields and values, all text. No secret is ever among them: of a site that has
 * any the job says so, and the worker takes them from its own uptime.cfg, by the site's name. What comes back from
 * Redis is a stranger's: checked, bounded, made clean. */
#define MESSAGE_VERSION "1"
#define MESSAGE_FIELDS 64
#define MESSAGE_TEXT 8192             /* bytes of all values of one message together */

/* One command under way, "XADD key * field value ...", with its texts. */
struct message {
    int nword;
    const char *word[MESSAGE_FIELDS];
    size_t length[MESSAGE_FIELDS];
    char text[MESSAGE_TEXT];
    size_t used;
    bool full;                        /* something did not fit: it must not be sent */
    char *spec;                       /* of a job: its JSON; freed by message_release() */
};

void message_begin(struct message *m, const char *command, const char *key);
void message_add(struct message *m, const char *word);                /* borrowed */
void message_addf(struct message *m, const char *field, const char *format, ...) __attribute__((format(printf, 3, 4)));
void message_release(struct message *m);

/* What a job says beside the site: whose it is, and when it is too late to begin. */
struct envelope {
    uint64_t job_id;
    uint32_t generation;
    uint32_t attempt;
    uint64_t term;                    /* of the monitor that sent it; results of another are dropped */
    int64_t  begin_by_ms;             /* the server's clock */
};

/* Adds the fields of a job. False when its texts can not be sent (too long, not UTF-8). */
bool message_put_job(struct message *m, const struct envelope *e, const struct job *job);

/* Reads a job. *site is a new reference. cache, NULL at first, is the options of the last job: equal ones become the same block,
 * so that handles need not be set up anew; the caller's to unref. needs_secrets: the site has secrets that were not sent. ERR_INVALID for anything
 * that is no job. */
enum err message_get_job(const redisReply *fields, struct envelope *e, struct job *job, struct site **site,
                         bool *needs_secrets, const struct options **cache);

void message_put_result(struct message *m, const struct envelope *e, const char *region, const char *worker,
                        const struct result *result);
/* What a failing check met, beside its result: the beginning of it, as the bytes it is. */
void message_put_evidence(struct message *m, const struct evidence *e);
/* False when there is none. */
bool message_get_evidence(const redisReply *fields, struct evidence *e);
/* site_id, attempt and times that only the monitor knows are not there. region has REGION_NAME_SIZE bytes. */
enum err message_get_result(const redisReply *fields, struct envelope *e, char *region, struct result *result);

/* True when a check of it needs what is not sent. */
bool site_has_secrets(const struct site *site);
/* A site as sent, completed from the worker's own of the same name. NULL when memory ran out. */
struct site *site_with_secrets(const struct site *sent, const struct site *own);

/* The value of a field; NULL: it is not there. */
const char *field_text(const redisReply *fields, const char *name);

#endif
