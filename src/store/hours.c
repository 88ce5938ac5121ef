/* Samples read back, and added up by the hour. */
#include "hours.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

/* --- outcomes ----------------------------------------------------------------------------------------------------- */

int outcomes_learn(struct outcomes *o, struct database *d)
{
    sqlite3_stmt *s = database_bind(d, "SELECT id, name FROM outcome ORDER BY id DESC", NULL, 0);
    int code = s ? SQLITE_ROW : sqlite3_errcode(d->handle);

    while (s && (code = sqlite3_step(s)) == SQLITE_ROW) {
        int64_t id = sqlite3_column_int64(s, 0);
        const char *name = (const char *)sqlite3_column_text(s, 1);
        int known = name ? outcome_parse(name) : -1;

        if (!o->of && id >= 0 && id < UINT16_MAX) {
            o->n = (size_t)id + 1;
            o->of = malloc(o->n);
            if (o->of)
                memset(o->of, OUTCOME_PROTOCOL, o->n); /* a failure this program has no name for */
        }
        if (o->of && id >= 0 && (size_t)id < o->n && known >= 0)
            o->of[id] = (uint8_t)known;
    }
    database_reset(s);
    return code != SQLITE_DONE ? code : o->of ? SQLITE_OK : SQLITE_NOMEM;
}

enum outcome outcomes_of(const struct outcomes *o, int64_t id)
{
    return id >= 0 && (uint64_t)id < o->n ? (enum outcome)o->of[id] : OUTCOME_PROTOCOL;
}

void outcomes_release(struct outcomes *o)
{
    free(o->of);
    *o = (struct outcomes){ 0 };
}

/* --- samples ------------------------------------------------------------------------------------------------------ */

uint32_t phase_column(sqlite3_stmt *s, int at)
{
    return sqlite3_column_type(s, at) == SQLITE_NULL ? UINT32_MAX : (uint32_t)sqlite3_column_int64(s, at);
}

void sample_columns(sqlite3_stmt *s, int at, struct sample *to, uint32_t *outcome)
{
    int i;

    to->site = (uint32_t)sqlite3_column_int64(s, at);
    to->at_ms = sqlite3_column_int64(s, at + 1);
    *outcome = (uint32_t)sqlite3_column_int64(s, at + 2);
    to->status = (uint16_t)sqlite3_column_int(s, at + 3);
    to->method = (uint8_t)sqlite3_column_int(s, at + 4);
    to->attempt = (uint8_t)sqlite3_column_int(s, at + 5);
    to->counts = sqlite3_column_int(s, at + 6) != 0;
    to->took_us = (uint32_t)sqlite3_column_int64(s, at + 7);
    for (i = 0; i < PHASE_COUNT; i++)
        to->phase_us[i] = phase_column(s, at + 8 + i);
}

/* --- hours -------------------------------------------------------------------------------------------------------- */

int64_t hour_of(int64_t at_ms)
{
    return at_ms - (at_ms % MS_PER_H + MS_PER_H) % MS_PER_H;
}

void hours_add(struct rollup *r, const struct sample *s)
{
    if (!s->counts)
        rollup_add_inconclusive(r);
    else if (s->outcome != OUTCOME_OK)
        rollup_add_failed(r);
    else
        rollup_add_good(r, s->took_us, s->phase_us);
}

static void add_block(struct rollup *r, sqlite3_stmt *s, const struct outcomes *o)
{
    struct block_reader reader;
    struct sample sample = { 0 };
    uint32_t outcome;
    bool bad;

    block_open(&reader, sqlite3_column_blob(s, 1), (size_t)sqlite3_column_bytes(s, 1), sqlite3_column_int64(s, 0));
    while (block_next(&reader, &sample, &outcome, &bad)) {
        sample.outcome = (uint8_t)outcomes_of(o, outcome);
        hours_add(r, &sample);
    }
}

int hours_of_blocks(struct rollup *r, struct database *d, const struct outcomes *o, uint32_t site, int64_t hour_ms)
{
    sqlite3_stmt *s = database_select(d, "SELECT from_ms, data FROM block WHERE site = ? AND from_ms >= ? AND from_ms < ?",
                                      NUMBER(site), NUMBER(hour_ms), NUMBER(hour_ms + MS_PER_H));
    int code = s ? SQLITE_ROW : sqlite3_errcode(d->handle);

    while (s && (code = sqlite3_step(s)) == SQLITE_ROW)
        add_block(r, s, o);
    database_reset(s);
    return code;
}

/* --- packed ------------------------------------------------------------------------------------------------------- */

void packed_init(struct packed_hour *p)
{
    int i;

    for (i = 0; i < ROLLUP_COUNT; i++)
        p->bytes[i] = (struct strbuf)STRBUF_INIT;
}

void packed_release(struct packed_hour *p)
{
    int i;

    for (i = 0; i < ROLLUP_COUNT; i++)
        strbuf_release(&p->bytes[i]);
}

bool packed_make(struct packed_hour *p, const struct rollup *r)
{
    bool failed = false;
    int i;

    for (i = 0; i < ROLLUP_COUNT; i++) {
        strbuf_reset(&p->bytes[i]);
        rollup_pack(r, i, &p->bytes[i]);
        failed = failed || p->bytes[i].failed;
    }
    return !failed;
}
