/* A monitor for the tests of this room. */
#include "making.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"

static struct status_table *table(struct monitor *m)
{
    return ((struct fake *)(void *)m)->table;
}

static enum err take(struct monitor *m, const struct command *c)
{
    struct fake *f = (void *)m;

    mutex_lock(&f->lock);
    f->last = *c;
    f->commands++;
    cond_broadcast(&f->came);
    mutex_unlock(&f->lock);
    return f->answer;
}

void fake_wait(struct fake *f, unsigned commands)
{
    int64_t until_ns = clock_mono_ns() + 60 * NS_PER_S;
    bool in_time = true;

    mutex_lock(&f->lock);
    while (f->commands < commands && in_time)
        in_time = cond_wait(&f->came, &f->lock, until_ns);
    mutex_unlock(&f->lock);
    assert_true(in_time);
}

static size_t messages(struct monitor *m, struct outbox_item *out, size_t most, struct outbox_counts *counts)
{
    struct fake *f = (void *)m;
    size_t n;

    mutex_lock(&f->lock);
    *counts = f->counts;
    n = most < f->counts.waiting ? most : f->counts.waiting;
    if (n)
        memcpy(out, f->item, n * sizeof(*out));
    mutex_unlock(&f->lock);
    return n;
}

static const struct monitor_ops ops = { .table = table, .send = take, .messages = messages };

void fake_write(struct fake *f, uint64_t revision)
{
    mutex_lock(&f->lock);
    f->counts = (struct outbox_counts){ .waiting = 2, .revision = revision, .saved = true };
    f->item[0] = (struct outbox_item){ .id = 7, .incident_id = 5, .owner = "ops", .channel = "webhook", .site = "shop",
                                         .subject = "DOWN shop" };
    f->item[1] = (struct outbox_item){ .id = 8, .state = OUTBOX_SENDING, .owner = "boss", .channel = "smtp", .subject = "DOWN blog" };
    mutex_unlock(&f->lock);
}

void fake_init(struct fake *f)
{
    memset(f, 0, sizeof(*f));
    f->face.ops = &ops;
    mutex_init(&f->lock);
    cond_init(&f->came);
    f->table = status_new(64, NULL, NULL);
    assert_non_null(f->table);
}

void fake_release(struct fake *f)
{
    status_free(f->table);
    cond_release(&f->came);
    mutex_release(&f->lock);
}

struct monitor *fake_monitor(struct fake *f)
{
    return (struct monitor *)(void *)f;
}

void fake_reload(void *context)
{
    ((struct fake *)context)->reloads++;
}

uint32_t fake_add(struct fake *f, int i)
{
    uint32_t id, generation;
    struct options o;
    const struct options *shared;
    struct site *site;
    char name[64], url[128];

    options_init(&o);
    o.retries = 0;
    shared = options_share(&o);
    snprintf(name, sizeof(name), "site-%d", i);
    snprintf(url, sizeof(url), "https://joe:secret@site-%d.example.org/", i);
    site = site_new(name, url, shared);
    assert_int_equal(status_add(f->table, site, false, &id, &generation), ERR_OK);
    site_unref(site);
    options_unref(shared);
    return id;
}

void fake_publish(struct fake *f, uint32_t id, bool good)
{
    struct journal_entry e;
    struct row row;
    struct result r;
    struct job job = { .site_id = id };

    assert_int_equal(status_row(f->table, id, &row, NULL), ERR_OK);
    job.generation = row.generation;
    site_unref(row.site);
    result_init(&r, &job);
    r.outcome = good ? OUTCOME_OK : OUTCOME_REFUSED;
    r.status = good ? 200 : 0;
    r.took_ns = 42 * NS_PER_MS;
    r.checked_at_ms = clock_wall_ms();
    snprintf(r.detail, sizeof(r.detail), "%s", good ? "" : "so it is");
    status_publish(f->table, &r, clock_mono_ns());
    while (status_take_journal(f->table, &e, 1))
        ;
}
