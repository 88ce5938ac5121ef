/* The monitor that runs, asked and told. The main thread. */
#include "running.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "model/snapshot.h"

#define WAIT_MS 5000

int complain_of_none(const struct args *a, const struct settings *s, enum err err, const struct errmsg *why)
{
    if (err == ERR_UNAVAILABLE)
        return complain(a, EXIT_TROUBLE, "%s (%s): start one with 'uptimesquirrel run'", why->text, s->path);
    return complain(a, EXIT_TROUBLE, "%s", why->text);
}

int running_open(struct running *r)
{
    struct errmsg why;
    int code = r->strict ? load_settings(r->args, true, &r->settings) : load_settings_or_path(r->args, &r->settings);
    enum err err;

    if (code)
        return code;
    err = remote_link_open(&r->link, r->settings, WAIT_MS, &why);
    return err ? complain_of_none(r->args, r->settings, err, &why) : EXIT_WELL;
}

void running_close(struct running *r)
{
    remote_link_close(r->link);
    status_free(r->table);
    settings_free(r->settings);
}

static int complain_unknown(const struct running *r, const char *name)
{
    struct snapshot s = SNAPSHOT_INIT;
    const char **names = NULL, *near = NULL;
    char shown[160], meant[160] = "";
    size_t n = 0, i;
    int code;

    if (snapshot_refresh(&s, r->table, 0, 0) == ERR_OK)
        names = calloc(s.nrow + 1, sizeof(*names));
    for (i = 0; names && i < s.nrow; i++)
        if (s.row[i].row.generation)
            names[n++] = s.row[i].row.site->name;
    near = names ? text_nearest(name, names, n) : NULL;
    text_clean(shown, sizeof(shown), name, strlen(name));
    if (near)
        text_clean(meant, sizeof(meant), near, strlen(near));
    code = complain(r->args, EXIT_USAGE, "the monitor has no site '%s'%s%s%s", shown, near ? " (did you mean '" : "", meant,
                    near ? "'?)" : "");
    free(names);
    snapshot_release(&s);
    return code;
}

static int fetch(struct running *r)
{
    struct status_counts counts;
    struct errmsg why;

    if (r->table)
        return EXIT_WELL;
    r->table = status_new(1, NULL, NULL);
    if (!r->table)
        return complain(r->args, EXIT_TROUBLE, "out of memory");
    if (remote_fetch(r->link, r->table, false, &counts, &why) != ERR_OK)
        return complain(r->args, EXIT_TROUBLE, "%s", why.text);
    return EXIT_WELL;
}

int running_find(struct running *r, const char *name, uint32_t *id, uint32_t *generation)
{
    int code = fetch(r);
    struct row row;
    bool found = false;

    for (*id = 0; !code && *id < status_slots(r->table); ++*id) {
        if (status_row(r->table, *id, &row, NULL) != ERR_OK)
            continue;
        found = !strcmp(row.site->name, name);
        *generation = row.generation;
        site_unref(row.site);
        if (found)
            return EXIT_WELL;
    }
    return code ? code : complain_unknown(r, name);
}

int running_send(struct running *r, const struct command *c)
{
    struct errmsg why;

    return remote_send(r->link, c, &why) == ERR_OK ? EXIT_WELL : complain(r->args, EXIT_TROUBLE, "%s", why.text);
}
