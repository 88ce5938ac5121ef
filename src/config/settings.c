/* Settings: made, found in, freed. Reading them is read_all.c's work. */
#include "config/settings.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "model/alarm.h"
#include "file.h"
#include "find.h"
#include "groups.h"
#include "reading.h"
#include "report.h"
#include "textmap.h"
#include "value.h"

static const struct options *built_in_options(void)
{
    struct options o;

    options_init(&o);
    return options_share(&o);
}

static char *default_database(void)
{
    char *here = path_resolve("."), *database = here ? find_database(here) : NULL;

    free(here);
    return database;
}

struct settings *settings_new(void)
{
    struct settings *s = calloc(1, sizeof(*s));

    if (!s)
        return NULL;
    s->max_in_flight = 1000;
    s->alarms = (struct alarm_settings){ .hold_ms = ALARM_HOLD_MS, .per_hour = 20, .flaps = ALARM_FLAPS,
                                         .flap_window_ms = ALARM_FLAP_MS };
    s->history = (struct history_settings){ .samples_ms = 14 * MS_PER_DAY, .hourly_ms = 400 * MS_PER_DAY };
    s->screen.rings = true;
    s->engine = strdup("events");
    s->database = default_database();
    s->defaults = built_in_options();
    s->index = calloc(1, sizeof(*s->index));
    if (s->engine && s->database && s->defaults && s->index)
        return s;
    settings_free(s);
    return NULL;
}

static void release_groups(struct settings *s)
{
    size_t i;

    for (i = 0; i < s->nowner; i++)
        value_release_all(table_owner.rows, table_owner.n, &s->owner[i]);
    for (i = 0; i < s->nwindow; i++)
        value_release_all(table_window.rows, table_window.n, &s->window[i]);
    for (i = 0; i < s->nkey; i++) {
        free(s->key[i].action);
        free(s->key[i].key);
    }
    free(s->owner);
    free(s->window);
    free(s->key);
    value_release_all(table_smtp.rows, table_smtp.n, &s->smtp);
    value_release_all(table_sms.rows, table_sms.n, &s->sms);
    value_release_all(table_pushover.rows, table_pushover.n, &s->pushover);
    value_release_all(table_messages.rows, table_messages.n, &s->messages);
    value_release_all(table_screen.rows, table_screen.n, &s->screen);
    value_release_all(table_redis.rows, table_redis.n, &s->redis);
    value_release_all(table_top.rows, table_top.n, s);
}

void settings_free(struct settings *s)
{
    size_t i;

    if (!s || atomic_fetch_sub(&s->references, 1) > 0)
        return;
    release_groups(s);
    for (i = 0; i < s->nsite; i++)
        site_unref(s->site[i]);
    free(s->site);
    if (s->index)
        textmap_release(s->index);
    free(s->index);
    options_unref(s->defaults);
    strings_release(&s->files);
    free(s->stamp);
    free(s->path);
    free(s);
}

struct settings *settings_ref(const struct settings *s)
{
    struct settings *shared = (struct settings *)s; /* only the count changes */

    atomic_fetch_add(&shared->references, 1);
    return shared;
}

const struct site *settings_site(const struct settings *s, const char *name)
{
    const size_t *number = textmap_find(s->index, name);

    return number ? s->site[*number] : NULL;
}

const struct owner *settings_owner(const struct settings *s, const char *name)
{
    size_t i;

    for (i = 0; i < s->nowner; i++)
        if (!strcmp(s->owner[i].name, name))
            return &s->owner[i];
    return NULL;
}

bool settings_changed(const struct settings *s)
{
    struct stat st;
    struct stamp now;
    size_t i;

    for (i = 0; i < s->files.n; i++) {
        if (stat(s->files.item[i], &st))
            return true;
        now = stamp_of(&st);
        if (!stamp_equal(&now, &s->stamp[i]))
            return true;
    }
    return false;
}

uint64_t settings_look(const struct settings *s)
{
    uint64_t h = UINT64_C(14695981039346656037); /* FNV-1a */
    size_t i, j;

    for (i = 0; i < s->files.n; i++) {
        struct stat st = { 0 };
        uint64_t part[4];

        if (stat(s->files.item[i], &st) != 0)
            st.st_ino = 0;
        part[0] = (uint64_t)st.st_ino;
        part[1] = (uint64_t)st.st_size;
        part[2] = (uint64_t)st.st_mtim.tv_sec;
        part[3] = (uint64_t)st.st_mtim.tv_nsec;
        for (j = 0; j < 4; j++)
            h = (h ^ part[j]) * UINT64_C(1099511628211);
    }
    return h;
}

/* --- reading ---------------------------------------------------------------------------------------------------- */

static enum err read_from(struct settings **out, const char *path, const char *text, size_t length,
                          struct faults *faults)
{
    struct report report = REPORT_INIT;
    struct settings *s = NULL;
    struct document document;
    char *whole = path_resolve(path);
    enum err err;

    if (whole) {
        document_open(&document, whole, text, length, &report);
        if (!report.kind)
            s = reading_all(&document, whole, &report);
        document_close(&document);
        free(whole);
    } else {
        report_error(&report, ERR_NOMEM, "out of memory");
    }
    err = report_finish(&report, faults);
    if (!err)
        *out = s;
    return err;
}

enum err settings_read(struct settings **out, const char *path, struct faults *faults)
{
    return read_from(out, path, NULL, 0, faults);
}

enum err settings_read_text(struct settings **out, const char *path, const char *text, size_t length,
                            struct faults *faults)
{
    return read_from(out, path, text, length, faults);
}
