/* Sites and owners beside the history, in step with uptime.cfg. Filled on the monitor's thread, written on the writer's. */
#include <string.h>

#include "base/strbuf.h"
#include "base/text.h"
#include "store/batch.h"
#include "writing.h"

/* --- sites -------------------------------------------------------------------------------------------------------- */

struct site_row {
    uint32_t key;
    const char *name, *url, *owner, *tags;
    int64_t interval_ms, at_ms;
};

/* A JSON string of clean UTF-8 (RFC 8259, section 7). */
static void add_json(struct strbuf *b, const char *text)
{
    strbuf_addc(b, '"');
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            strbuf_addc(b, '\\');
        if ((unsigned char)*text < 0x20)
            strbuf_addf(b, "\\u%04x", (unsigned)*text);
        else
            strbuf_addc(b, *text);
    }
    strbuf_addc(b, '"');
}

static const char *tags_json(struct batch *b, const struct strings *tags)
{
    struct strbuf json = STRBUF_INIT;
    const char *copy;
    size_t i;

    strbuf_addc(&json, '[');
    for (i = 0; i < tags->n; i++) {
        if (i)
            strbuf_addc(&json, ',');
        add_json(&json, tags->item[i]);
    }
    strbuf_addc(&json, ']');
    b->failed = b->failed || json.failed;
    copy = json.failed ? "[]" : batch_text(b, json.text);
    strbuf_release(&json);
    return copy;
}

void batch_site(struct batch *b, uint32_t key, const struct site *site, int64_t at_ms)
{
    struct site_row *r = batch_put(b, WRITE_SITE, sizeof(*r));

    if (!r)
        return;
    r->key = key;
    r->name = batch_text(b, site->name);
    r->url = batch_masked(b, site->url);
    r->owner = batch_text(b, site->options->owner);
    r->tags = tags_json(b, &site->options->tags);
    r->interval_ms = site->options->interval_ms;
    r->at_ms = at_ms;
}

int write_site(struct writing *w, const void *row)
{
    const struct site_row *r = row;
    int code = database_run(w->db,
                            "INSERT INTO site (key, name, url, owner, tags, interval_ms, added_ms) VALUES (?, ?, ?, ?, ?, ?, ?) "
                            "ON CONFLICT (key) DO UPDATE SET name = excluded.name, url = excluded.url, owner = excluded.owner,"
                            " tags = excluded.tags, interval_ms = excluded.interval_ms, gone_ms = NULL",
                            NUMBER(r->key), TEXT(r->name), TEXT(r->url), TEXT(r->owner), TEXT(r->tags),
                            NUMBER(r->interval_ms), NUMBER(r->at_ms));

    if (code != SQLITE_DONE)
        return code;
    return database_run(w->db, "INSERT OR IGNORE INTO memory (site, since_ms) VALUES (?, ?)", NUMBER(r->key), NUMBER(r->at_ms));
}

struct gone_row {
    uint32_t key;
    int64_t at_ms;
};

void batch_site_gone(struct batch *b, uint32_t key, int64_t at_ms)
{
    struct gone_row *r = batch_put(b, WRITE_SITE_GONE, sizeof(*r));

    if (r)
        *r = (struct gone_row){ .key = key, .at_ms = at_ms };
}

int write_site_gone(struct writing *w, const void *row)
{
    const struct gone_row *r = row;
    int code = database_run(w->db, "UPDATE site SET gone_ms = ? WHERE key = ?", NUMBER(r->at_ms), NUMBER(r->key));

    if (code == SQLITE_DONE)
        code = database_run(w->db, "INSERT OR REPLACE INTO change (site, run, at_ms, state) VALUES (?, ?, ?, 'gone')",
                            NUMBER(r->key), NUMBER(w->run), NUMBER(r->at_ms));
    return code;
}

/* --- owners ------------------------------------------------------------------------------------------------------- */

struct owner_copy {
    const char *name;
    int64_t remind_ms;
    size_t n;
    struct owner_contact *contact;
};
struct owners_row {
    size_t n;
    struct owner_copy *owner;
};

static void copy_owner(struct batch *b, struct owner_copy *to, const struct owner_row *from)
{
    to->name = batch_text(b, from->name);
    to->remind_ms = from->remind_ms;
    to->contact = batch_memory_of(b, from->ncontact * sizeof(*to->contact));
    for (; to->contact && to->n < from->ncontact; to->n++)
        to->contact[to->n] = (struct owner_contact){
            batch_text(b, from->contact[to->n].channel), batch_text(b, from->contact[to->n].address)
        };
}

void batch_owners(struct batch *b, const struct owner_row *owner, size_t n)
{
    struct owners_row *r = batch_put(b, WRITE_OWNERS, sizeof(*r));

    if (!r)
        return;
    r->owner = batch_memory_of(b, n * sizeof(*r->owner));
    for (; r->owner && r->n < n; r->n++)
        copy_owner(b, &r->owner[r->n], &owner[r->n]);
}

static int write_contacts(struct writing *w, const struct owner_copy *o)
{
    int code = SQLITE_DONE;
    size_t i;

    for (i = 0; i < o->n && code == SQLITE_DONE; i++)
        code = database_run(w->db, "INSERT OR IGNORE INTO contact (owner, channel, address) VALUES (?, ?, ?)", TEXT(o->name),
                            TEXT(o->contact[i].channel), TEXT(o->contact[i].address));
    return code;
}

int write_owners(struct writing *w, const void *row)
{
    const struct owners_row *r = row;
    int code = database_exec(w->db, "DELETE FROM owner; DELETE FROM contact");
    size_t i;

    if (code != SQLITE_OK)
        return code;
    for (i = 0, code = SQLITE_DONE; i < r->n && code == SQLITE_DONE; i++) {
        code = database_run(w->db, "INSERT OR REPLACE INTO owner (name, remind_ms) VALUES (?, ?)", TEXT(r->owner[i].name),
                            NUMBER(r->owner[i].remind_ms));
        if (code == SQLITE_DONE)
            code = write_contacts(w, &r->owner[i]);
    }
    return code;
}
