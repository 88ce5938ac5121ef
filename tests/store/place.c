/* A directory with a database for one test. */
#include "place.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "model/making.h"
#include "support/temporary.h"
#include "support/tests.h"

#define PATIENCE_NS (60 * NS_PER_S)

int place_make(void **state)
{
    struct place *p = calloc(1, sizeof(*p));

    if (!p)
        return -1;
    if (!temporary_make(p->directory, sizeof(p->directory), "store"))
        return -1;
    snprintf(p->path, sizeof(p->path), "%s/uptime.db", p->directory);
    *state = p;
    return 0;
}

static void each_file(const struct place *p, void (*visit)(void *context, const char *name), void *context)
{
    DIR *dir = opendir(p->directory);
    struct dirent *e;

    while (dir && (e = readdir(dir)))
        if (e->d_name[0] != '.')
            visit(context, e->d_name);
    if (dir)
        closedir(dir);
}

int place_remove(void **state)
{
    struct place *p = *state;

    history_close(p->history);
    temporary_remove(p->directory);
    free(p);
    return 0;
}

void place_open(struct place *p)
{
    struct history_options o = { .path = p->path, .samples_ms = 14 * MS_PER_DAY, .hourly_ms = 400 * MS_PER_DAY };
    struct errmsg why = ERRMSG_INIT;
    enum err err = history_open(&p->history, &o, &why);

    if (err)
        fail_msg("%s", why.text);
}

void place_close(struct place *p)
{
    history_close(p->history);
    p->history = NULL;
}

void place_settle(struct place *p)
{
    assert_true(history_settle(p->history, clock_mono_ns() + PATIENCE_NS));
}

static sqlite3 *open_plainly(const struct place *p)
{
    sqlite3 *db;

    assert_int_equal(sqlite3_open(p->path, &db), SQLITE_OK);
    sqlite3_busy_timeout(db, 60000);
    return db;
}

static sqlite3_stmt *ask(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *s;

    if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    return s;
}

int64_t place_number(const struct place *p, const char *sql)
{
    sqlite3 *db = open_plainly(p);
    sqlite3_stmt *s = ask(db, sql);
    int64_t n = sqlite3_step(s) == SQLITE_ROW ? sqlite3_column_int64(s, 0) : -1;

    sqlite3_finalize(s);
    sqlite3_close(db);
    return n;
}

const char *place_text(const struct place *p, const char *sql)
{
    static char text[4096];
    sqlite3 *db = open_plainly(p);
    sqlite3_stmt *s = ask(db, sql);
    const char *found = sqlite3_step(s) == SQLITE_ROW ? (const char *)sqlite3_column_text(s, 0) : NULL;

    snprintf(text, sizeof(text), "%s", found ? found : "(nothing)");
    sqlite3_finalize(s);
    sqlite3_close(db);
    return text;
}

void place_exec(const struct place *p, const char *sql)
{
    sqlite3 *db = open_plainly(p);

    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    sqlite3_close(db);
}

struct counting {
    const char *beginning;
    int n;
};

static void count_file(void *context, const char *name)
{
    struct counting *c = context;

    c->n += !strncmp(name, c->beginning, strlen(c->beginning));
}

int place_files(const struct place *p, const char *behind)
{
    char beginning[128];
    struct counting c = { beginning, 0 };

    snprintf(beginning, sizeof(beginning), "uptime.db%s", behind);
    each_file(p, count_file, &c);
    return c.n;
}

struct sample make_sample(uint32_t key, int64_t at_ms)
{
    struct sample s = { .site = key, .status = 200, .outcome = OUTCOME_OK, .method = METHOD_HEAD, .attempt = 1, .counts = true,
                        .at_ms = at_ms, .took_us = 20000 };
    int i;

    for (i = 0; i < PHASE_COUNT; i++)
        s.phase_us[i] = UINT32_MAX;
    s.phase_us[PHASE_CONNECT] = 5000;
    s.phase_us[PHASE_FIRST_BYTE] = 14900;
    return s;
}

struct batch *make_batch(void)
{
    struct batch *b = batch_new();

    assert_non_null(b);
    return b;
}

void add_site(struct place *p, uint32_t key, const char *name, int64_t at_ms)
{
    struct batch *b = make_batch();
    char url[128];
    const struct site *site;

    snprintf(url, sizeof(url), "https://%s/", name);
    site = make_site(name, url, NULL);
    batch_site(b, key, site, at_ms);
    batch_change(b, key, at_ms, STATE_NEW);
    history_commit(p->history, b);
    site_unref(site);
}
