/* What was left in the outbox when the program ended, and what the rules remembered: read once, at the start. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "database.h"
#include "outbox_inside.h"
#include "schema.h"

#define SHOWN 100                    /* ended messages that are shown after a start */

static const char *column(sqlite3_stmt *s, int i)
{
    const char *text = (const char *)sqlite3_column_text(s, i);

    return text ? text : "";
}

/* --- messages -------------------------------------------------------------------------------------------------------------- */

enum { ID, INCIDENT, SITE, OWNER, CHANNEL, ADDRESS, SUBJECT, NOTICE_ID, NOTICE, CREATED, NOT_BEFORE, STATE, PARCEL, TRIES, FIRST, NEXT,
       ENDED, ERROR };
#define COLUMNS                                                                                                              \
    "id, incident, site, owner, channel, address, subject, notice_id, notice, created_ms, not_before_ms, state, parcel, tries,"    \
    " first_ms, next_ms, ended_ms, error"

static struct message *read_message(sqlite3_stmt *s)
{
    struct message *m = calloc(1, sizeof(*m));

    if (!m)
        return NULL;
    *m = (struct message){ .id = (uint64_t)sqlite3_column_int64(s, ID), .incident_id = (uint64_t)sqlite3_column_int64(s, INCIDENT),
                           .created_ms = sqlite3_column_int64(s, CREATED), .not_before_ms = sqlite3_column_int64(s, NOT_BEFORE),
                           .written = true, .site = strdup(column(s, SITE)), .subject = strdup(column(s, SUBJECT)),
                           .notice_id = strdup(column(s, NOTICE_ID)), .notice = strdup(column(s, NOTICE)) };
    if (m->site && m->subject && m->notice_id && m->notice)
        return m;
    message_free(m);
    return NULL;
}

static struct line *line_of(struct outbox *o, sqlite3_stmt *s)
{
    return outbox_line(o, column(s, OWNER), column(s, CHANNEL), column(s, ADDRESS));
}

/* One that waits. Those of a parcel come first, so that it is whole before others stand behind it; where a line runs already a
 * parcel is formed anew, and gets the number it had: of its first message. */
static enum err take_waiting(struct outbox *o, sqlite3_stmt *s, int64_t now_ms)
{
    struct line *l = line_of(o, s);
    struct message *m = l ? read_message(s) : NULL;

    if (!m)
        return ERR_NOMEM;
    mutex_lock(&o->lock);
    line_insert(l, m);
    if (sqlite3_column_int64(s, PARCEL) && !o->first_id) {
        l->nparcel++;
        l->parcel = (uint64_t)sqlite3_column_int64(s, PARCEL);
        l->tries = (uint32_t)sqlite3_column_int64(s, TRIES);
        l->first_ms = sqlite3_column_int64(s, FIRST);
        l->next_ms = sqlite3_column_int64(s, NEXT);
        snprintf(l->error, sizeof(l->error), "%s", column(s, ERROR));
        if (l->next_ms > now_ms + OUTBOX_LIFE_MS) /* the clock was put back */
            l->next_ms = now_ms;
    }
    mutex_unlock(&o->lock);
    return ERR_OK;
}

static enum err take_dead(struct outbox *o, sqlite3_stmt *s, int64_t now_ms)
{
    struct dead *d = calloc(1, sizeof(*d));
    struct line *l = line_of(o, s);
    struct message *m = read_message(s);
    struct dead **at;

    (void)now_ms;
    if (!d || !l || !m) {
        free(d);
        message_free(m);
        return ERR_NOMEM;
    }
    *d = (struct dead){ .line = l, .message = m, .ended_ms = sqlite3_column_int64(s, ENDED),
                        .tries = (uint32_t)sqlite3_column_int64(s, TRIES) };
    snprintf(d->error, sizeof(d->error), "%s", column(s, ERROR));
    mutex_lock(&o->lock);
    for (at = &o->dead; *at && (*at)->ended_ms > d->ended_ms; at = &(*at)->next)
        continue;
    d->next = *at;
    *at = d;
    o->ndead++;
    mutex_unlock(&o->lock);
    return ERR_OK;
}

static enum err take_ended(struct outbox *o, sqlite3_stmt *s, int64_t now_ms)
{
    struct line *l = line_of(o, s);
    struct message *m = l ? read_message(s) : NULL;
    struct outbox_item item;

    (void)now_ms;
    if (!m)
        return ERR_NOMEM;
    item = line_item(l, m);
    message_free(m);
    item.state = !strcmp(column(s, STATE), "sent") ? OUTBOX_SENT : OUTBOX_DROPPED;
    item.tries = (uint32_t)sqlite3_column_int64(s, TRIES);
    item.next_ms = 0;
    item.ended_ms = sqlite3_column_int64(s, ENDED);
    snprintf(item.error, sizeof(item.error), "%s", column(s, ERROR));
    mutex_lock(&o->lock);
    o->ended[o->nended++ % ENDED_MOST] = item;
    mutex_unlock(&o->lock);
    return ERR_OK;
}

/* What went out in the last hour counts for the limit. */
static enum err take_sent(struct outbox *o, sqlite3_stmt *s, int64_t now_ms)
{
    struct line *l = line_of(o, s);

    (void)now_ms;
    if (!l)
        return ERR_NOMEM;
    mutex_lock(&o->lock);
    line_note_sent(l, sqlite3_column_int64(s, ENDED));
    mutex_unlock(&o->lock);
    return ERR_OK;
}

typedef enum err take_fn(struct outbox *o, sqlite3_stmt *s, int64_t now_ms);

static enum err each(struct outbox *o, struct database *d, sqlite3_stmt *s, take_fn *take, int64_t now_ms, struct errmsg *why)
{
    enum err err = ERR_OK;
    int code = SQLITE_ROW;

    if (!s)
        return database_failed(d, "read", why);
    while (!err && (code = sqlite3_step(s)) == SQLITE_ROW)
        err = take(o, s, now_ms);
    if (err)
        err_set(why, err, "cannot read the outbox: out of memory");
    else if (code != SQLITE_DONE)
        err = database_failed(d, "read", why);
    database_reset(s);
    return err;
}

static enum err open_database(struct database *d, struct history *h, struct errmsg *why)
{
    enum err err = database_open(d, history_path(h), DATABASE_READS, NULL, why);

    if (!err) {
        err = schema_check(d, why);
        if (err)
            database_close(d);
    }
    return err;
}

/* Up to that number. */
static enum err read_unfinished(struct outbox *o, struct database *d, uint64_t upto, int64_t now_ms, struct errmsg *why)
{
    enum err err = each(o, d, database_select(d, "SELECT " COLUMNS " FROM outbox WHERE state = 'waiting' AND id <= ?"
                                              " ORDER BY parcel IS NULL, parcel, id", NUMBER(upto)), take_waiting, now_ms, why);

    return err ? err : each(o, d, database_select(d, "SELECT " COLUMNS " FROM outbox WHERE state = 'dead' AND ended_ms > ? AND id <= ?"
                                                  " ORDER BY ended_ms, id", NUMBER(now_ms - MS_PER_DAY), NUMBER(upto)),
                            take_dead, now_ms, why);
}

/* What has ended, for people and for the limit of the hour. */
static enum err read_ended(struct outbox *o, struct database *d, int64_t now_ms, struct errmsg *why)
{
    enum err err = each(o, d, database_select(d, "SELECT * FROM (SELECT " COLUMNS " FROM outbox WHERE state IN ('sent', 'dropped')"
                                              " AND ended_ms > 0 ORDER BY ended_ms DESC, id DESC LIMIT ?) ORDER BY ended_ms, id",
                                              NUMBER(SHOWN)), take_ended, now_ms, why);

    return err ? err : each(o, d, database_select(d, "SELECT " COLUMNS " FROM outbox WHERE state = 'sent' AND ended_ms > ?"
                                                  " GROUP BY coalesce(parcel, id) ORDER BY ended_ms", NUMBER(now_ms - MS_PER_H)),
                            take_sent, now_ms, why);
}

static enum err read_all(struct outbox *o, struct database *d, int64_t now_ms, struct errmsg *why)
{
    enum err err;

    o->last_id = (uint64_t)database_number(d, "SELECT coalesce(max(id), 0) FROM outbox", 0);
    o->released_id = o->last_id;
    err = read_unfinished(o, d, o->last_id, now_ms, why);
    return err ? err : read_ended(o, d, now_ms, why);
}

enum err outbox_read(struct outbox *o, int64_t now_ms, struct errmsg *why)
{
    struct database d;
    enum err err = open_database(&d, o->history, why);

    if (err)
        return err;
    err = o->first_id ? read_unfinished(o, &d, o->first_id - 1, now_ms, why) : read_all(o, &d, now_ms, why);
    database_close(&d);
    o->read = !err;
    return err;
}

/* --- what rules remembered ----------------------------------------------------------------------------------------------------- */

enum err outbox_alarms(struct history *h, outbox_alarm_fn *visit, void *context, struct errmsg *why)
{
    struct database d;
    enum err err = open_database(&d, h, why);
    sqlite3_stmt *s;
    int code = SQLITE_ERROR;

    if (err)
        return err;
    s = database_select(&d, "SELECT site, memory FROM alarm WHERE site IS NOT ? ORDER BY site", NUMBER(0));
    while (s && (code = sqlite3_step(s)) == SQLITE_ROW)
        visit(context, column(s, 0), column(s, 1));
    if (code != SQLITE_DONE)
        err = database_failed(&d, "read", why);
    if (s)
        database_reset(s);
    database_close(&d);
    return err;
}
