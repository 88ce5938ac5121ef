/* One transaction of the writer. */
#include "transaction.h"

#include "base/log.h"

static bool went_well(int code)
{
    return code == SQLITE_DONE || code == SQLITE_OK;
}

/* It is the batch, not the disk: trying again would fail again. */
static bool is_its_own_fault(int code)
{
    switch (code & 0xff) {
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
    case SQLITE_RANGE:
    case SQLITE_TOOBIG:
    case SQLITE_ERROR:
        return true;
    default:
        return false;
    }
}

static int write_batch(struct keeper *k, const struct batch *b)
{
    int code = database_exec(&k->db, "SAVEPOINT batch");

    if (!went_well(code))
        return code;
    code = batch_write(&k->writing, b);
    if (is_its_own_fault(code)) {
        log_line(LEVEL_ERROR, "something was not written to history '%s': %s", k->path, sqlite3_errmsg(k->db.handle));
        code = database_exec(&k->db, "ROLLBACK TO batch");
    }
    return went_well(code) ? database_exec(&k->db, "RELEASE batch") : code;
}

static int write_portion(struct keeper *k, const struct portion *p)
{
    const struct batch *b = p->first;
    size_t i = 0, nbatch = 0;
    int code = SQLITE_OK;

    while (went_well(code) && (i < p->n || nbatch < p->nbatch)) {
        if (nbatch < p->nbatch && b->after <= p->start + i) {
            code = write_batch(k, b);
            if (++nbatch < p->nbatch)
                b = b->next;
        } else {
            code = write_sample(&k->writing, &p->sample[i]);
            latest_note(&k->latest, &p->sample[i++]);
        }
    }
    return code;
}

static int write_alive(struct writing *w, int64_t alive_ms)
{
    if (alive_ms <= w->alive_ms)
        return SQLITE_DONE;
    return database_run(w->db, "UPDATE run SET until_ms = ? WHERE id = ?", NUMBER(alive_ms), NUMBER(w->run));
}

enum err transaction_run(struct keeper *k, const struct portion *p, int64_t alive_ms, bool latest, struct errmsg *why)
{
    int64_t run = k->writing.run;
    enum err err;
    int code;

    /* what owners are told of survives a power failure; of samples the last moments may be lost then */
    code = database_exec(&k->db, p->nbatch ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
    if (went_well(code))
        code = database_exec(&k->db, "BEGIN IMMEDIATE");
    if (went_well(code))
        code = write_portion(k, p);
    if (went_well(code))
        code = write_alive(&k->writing, alive_ms);
    if (went_well(code) && latest)
        code = latest_write(&k->latest, &k->writing);
    if (went_well(code))
        code = database_exec(&k->db, "COMMIT");
    if (went_well(code)) {
        k->writing.alive_ms = alive_ms > k->writing.alive_ms ? alive_ms : k->writing.alive_ms;
        latest_settle(&k->latest, true);
        return ERR_OK;
    }

    err = keeper_failed(k, "write", why);
    if (k->open)
        database_exec(&k->db, "ROLLBACK");
    k->writing.run = run;
    latest_settle(&k->latest, false);
    return err;
}
