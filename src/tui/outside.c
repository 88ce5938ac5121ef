/* Edits of the settings file, and commands to the monitor. The main thread, which alone owns the file. */
#include "outside.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "seen.h"

#define SETTLED_NS (2 * NS_PER_S)

void outside_init(struct outside *o, struct monitor *m, struct settings **settings)
{
    *o = (struct outside){ .monitor = m, .settings = settings };
}

static void forget(struct edit_done *d)
{
    free(d->label);
    free(d->site);
    free(d->text);
    *d = (struct edit_done){ 0 };
}

static void forget_all(struct outside *o)
{
    while (o->ndone)
        forget(&o->done[--o->ndone]);
    free(o->now);
    o->now = NULL;
}

void outside_open(struct outside *o, void (*wake)(void *context), void *context)
{
    o->wake = wake;
    o->wake_context = context;
    if ((*o->settings)->database && lookback_start(&o->reader, (*o->settings)->database, wake, context))
        o->reader = NULL;
    if (o->reader)
        lookback_want_log(o->reader, clock_wall_ms());
    o->since_ms = o->reader ? seen_read((*o->settings)->database) : 0;
    if (o->since_ms)
        lookback_want_since(o->reader, o->since_ms);
    if (o->since_ms)
        o->since_again_ns = clock_mono_ns() + SETTLED_NS;
}

void outside_release(struct outside *o)
{
    int i;

    for (i = 0; i < OUTSIDE_TRIALS; i++)
        trial_stop(o->trial[i]);
    lookback_stop(o->reader);
    chains_stop(o->chains);
    free(o->chain_url);
    forget_all(o);
}

static const struct settings *current(void *self)
{
    return *((struct outside *)self)->settings;
}

static const char *file_name(const struct outside *o)
{
    const char *path = (*o->settings)->path;
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

/* --- reading ------------------------------------------------------------------------------------------------------ */

static enum err tell_faults(struct outside *o, enum err err, const struct faults *f, struct errmsg *said)
{
    size_t n = f->line.n;

    snprintf(o->trouble, sizeof(o->trouble), "%.60s: %zu fault%s", file_name(o), n, n == 1 ? "" : "s");
    if (!n)
        return err_set(said, err, "cannot read %s: %s", file_name(o), err_name(err));
    if (n == 1)
        return err_set(said, err, "%s - the old settings go on", f->line.item[0]);
    return err_set(said, err, "%s - and %zu more; the old settings go on", f->line.item[0], n - 1);
}

/* --- what a reading changes --------------------------------------------------------------------------------------- */

#define NAMES_TOLD 6                 /* of each kind; the others are counted */

struct telling {
    struct strbuf *out;
    size_t n;
};

static void tell_site(struct telling *t, char sign, const char *name)
{
    if (t->n++ < NAMES_TOLD)
        strbuf_addf(t->out, " %c%.40s", sign, name);
}

static void tell_rest(const struct telling *t)
{
    if (t->n > NAMES_TOLD)
        strbuf_addf(t->out, " and %zu more", t->n - NAMES_TOLD);
}

/* " +new ~changed -gone": which sites a reading adds, changes and takes away. */
static void tell_difference(struct strbuf *out, const struct settings *old, const struct settings *fresh)
{
    struct telling added = { out, 0 }, changed = { out, 0 }, gone = { out, 0 };
    size_t i;

    for (i = 0; i < fresh->nsite; i++)
        if (!settings_site(old, fresh->site[i]->name))
            tell_site(&added, '+', fresh->site[i]->name);
    tell_rest(&added);
    for (i = 0; i < fresh->nsite; i++) {
        const struct site *before = settings_site(old, fresh->site[i]->name);

        if (before && !site_equal(before, fresh->site[i]))
            tell_site(&changed, '~', fresh->site[i]->name);
    }
    tell_rest(&changed);
    for (i = 0; i < old->nsite; i++)
        if (!settings_site(fresh, old->site[i]->name))
            tell_site(&gone, '-', old->site[i]->name);
    tell_rest(&gone);
}

/* Reads the file and goes over to what it says. difference may be NULL. */
static enum err read_again(struct outside *o, struct strbuf *difference, struct errmsg *said)
{
    struct monitor_changes changes = { 0 };
    struct settings *old = *o->settings, *fresh = NULL;
    struct faults faults = { 0 };
    enum err err = settings_read(&fresh, old->path, &faults);

    if (err) {
        o->tried = settings_look(old);
        tell_faults(o, err, &faults, said);
        faults_release(&faults);
        return err;
    }
    if (difference)
        tell_difference(difference, old, fresh);
    *o->settings = fresh;
    o->tried = 0;
    o->trouble[0] = '\0';
    o->applied = true;
    err = monitor_apply(o->monitor, fresh, &changes);
    settings_free(old); /* a monitor elsewhere borrowed them until now */
    return err ? err_set(said, err, "cannot take over all of %s: %s", file_name(o), err_name(err)) : ERR_OK;
}

static enum err reload(void *self, struct errmsg *said)
{
    struct outside *o = self;
    struct strbuf difference = STRBUF_INIT;
    enum err err;

    if (!(*o->settings)->path)
        return err_set(said, ERR_UNAVAILABLE, "there is no settings file to read again");
    err = read_again(o, &difference, said);
    if (!err)
        err_set(said, ERR_OK, "%s reloaded:%s", file_name(o), difference.length ? difference.text : " no site is another one");
    strbuf_release(&difference);
    return err;
}

bool outside_look(struct outside *o, enum err *err, struct errmsg *said)
{
    const struct settings *s = *o->settings;

    if (!s->path || !settings_changed(s))
        return false;
    if (o->tried && o->tried == settings_look(s))
        return false;
    *err = reload(o, said);
    return true;
}

/* --- editing ------------------------------------------------------------------------------------------------------ */

static char *copy_of(const char *text, size_t length)
{
    char *copy = malloc(length + 1);

    if (copy)
        memcpy(copy, text, length);
    return copy;
}

/* What it takes to undo the edit; saving it makes the original something else. */
static struct edit_done note(const struct edit *e, const char *label, const char *site)
{
    struct edit_done d = { .label = strdup(label), .site = site ? strdup(site) : NULL };
    const char *text = edit_original(e, &d.length);

    d.text = copy_of(text, d.length);
    return d;
}

/* The edit was written. What somebody else did before it can not be taken back, nor what came before that. */
static void remember(struct outside *o, const struct edit *e, struct edit_done d)
{
    size_t length;
    const char *text = edit_text(e, &length);
    char *now = copy_of(text, length);

    if (!d.label || !d.text || !now) { /* the edit holds, it just can not be undone */
        forget_all(o);
        forget(&d);
        free(now);
        return;
    }
    if (o->now && (d.length != o->now_length || memcmp(d.text, o->now, d.length) != 0))
        forget_all(o);
    if (o->ndone == OUTSIDE_UNDO) {
        forget(&o->done[0]);
        memmove(&o->done[0], &o->done[1], --o->ndone * sizeof(*o->done));
    }
    o->done[o->ndone++] = d;
    free(o->now);
    o->now = now;
    o->now_length = length;
}

static enum err refuse(struct errmsg *said)
{
    return err_set(said, ERR_UNAVAILABLE, "this screen only looks (--readonly)");
}

/* Opens the file for an edit; *e is NULL on failure. */
static enum err begin(struct outside *o, struct edit **e, struct errmsg *said)
{
    *e = NULL;
    if (o->readonly)
        return refuse(said);
    if (!(*o->settings)->path)
        return err_set(said, ERR_UNAVAILABLE, "there is no settings file to write to");
    return edit_open(e, (*o->settings)->path, said);
}

/* Writes what was edited, if nothing went wrong, and takes it over. site: what it was about; may be NULL. */
static enum err finish(struct outside *o, struct edit *e, enum err err, const char *label, const char *site, struct errmsg *said)
{
    struct edit_done d;

    if (!err) {
        d = note(e, label, site);
        err = edit_save(e, said);
        if (err)
            forget(&d);
        else
            remember(o, e, d);
    }
    edit_free(e);
    return err ? err : read_again(o, NULL, said);
}

static enum err add(void *self, const char *const *url, size_t nurl, const struct edit_value *value, size_t nvalue,
                    struct errmsg *said)
{
    struct outside *o = self;
    char label[256], what[200];
    struct edit *e;
    enum err err = begin(o, &e, said);

    if (!err)
        err = edit_add_all(e, url, nurl, value, nvalue, said);
    if (nurl == 1)
        text_mask_url(what, sizeof(what), url[0]);
    else
        snprintf(what, sizeof(what), "%zu sites", nurl);
    snprintf(label, sizeof(label), "add %s", what);
    err = finish(o, e, err, label, NULL, said);
    return err ? err : err_set(said, ERR_OK, "added %s", what);
}

static enum err preview(void *self, const char *const *url, size_t nurl, char **diff, struct errmsg *said)
{
    struct edit *e;
    enum err err = begin(self, &e, said);

    if (!err)
        err = edit_add_all(e, url, nurl, NULL, 0, said);
    if (!err)
        err = edit_diff(e, diff);
    edit_free(e);
    return err;
}

/* A list that nobody looks at any more goes on to its end behind the others. */
static enum err try_out(void *self, const char *const *url, size_t nurl, struct errmsg *said)
{
    struct outside *o = self;
    struct trial *fresh;
    int last = OUTSIDE_TRIALS - 1, i;
    enum err err;

    for (i = 0; i < OUTSIDE_TRIALS; i++)
        if (o->trial[i] && trial_is_over(o->trial[i])) {
            trial_stop(o->trial[i]);
            o->trial[i] = NULL;
        }
    for (i = 0; i < last && o->trial[i]; i++)
        ;
    if (o->trial[i])
        return err_set(said, ERR_BUSY, "lists are being tried already");
    err = trial_start(&fresh, *o->settings, url, nurl, o->wake, o->wake_context);
    if (err)
        return err_set(said, err, "%s", err_name(err));
    o->trial[i] = o->trial[0];
    o->trial[0] = fresh;
    return ERR_OK;
}

static void tried(void *self, struct tried *out, size_t n)
{
    struct outside *o = self;

    if (o->trial[0])
        trial_look(o->trial[0], out, n);
}

/* "edit shop", "edit 5 sites". */
static void name_edit(char label[256], const char *verb, const char *const *name, size_t nname)
{
    if (nname == 1)
        snprintf(label, 256, "%s %s", verb, name[0]);
    else
        snprintf(label, 256, "%s %zu sites", verb, nname);
}

static enum err set(void *self, const char *const *name, size_t nname, const struct edit_value *value, size_t nvalue,
                    struct errmsg *said)
{
    struct outside *o = self;
    char label[256];
    struct edit *e;
    enum err err = begin(o, &e, said);
    size_t i;

    for (i = 0; !err && i < nname; i++)
        err = edit_set(e, name[i], value, nvalue, said);
    name_edit(label, "edit", name, nname);
    err = finish(o, e, err, label, name[0], said);
    return err ? err : err_set(said, ERR_OK, "saved%s", label + strlen("edit"));
}

/* A file that can not be edited from here is to be mended there: it opens at its top. */
static enum err place(void *self, const char *name, char **path, uint32_t *line, struct errmsg *said)
{
    struct outside *o = self;
    struct edit *e;
    enum err err = begin(o, &e, said);

    if (!err && name)
        err = edit_place(e, name, path, line, said);
    edit_free(e);
    if ((!err && !name) || err == ERR_INVALID) {
        *line = 1;
        *path = realpath((*o->settings)->path, NULL);
        err = *path ? ERR_OK : err_errno(said, ERR_IO, errno, "cannot find '%s'", (*o->settings)->path);
    }
    return err;
}

static enum err remove_sites(void *self, const char *const *name, size_t nname, struct errmsg *said)
{
    struct outside *o = self;
    char label[256];
    struct edit *e;
    enum err err = begin(o, &e, said);
    size_t i;

    for (i = 0; !err && i < nname; i++)
        err = edit_remove(e, name[i], said);
    name_edit(label, "delete", name, nname);
    err = finish(o, e, err, label, name[0], said);
    return err ? err : err_set(said, ERR_OK, "deleted%s", label + strlen("delete"));
}

static enum err set_screen(void *self, const struct edit_value *value, size_t nvalue, struct errmsg *said)
{
    struct outside *o = self;
    struct edit *e;
    enum err err = begin(o, &e, said);

    if (!err)
        err = edit_screen(e, value, nvalue, said);
    err = finish(o, e, err, "the screen's setup", NULL, said);
    return err ? err : err_set(said, ERR_OK, "saved how the screen looks - u undoes");
}

static enum err undo(void *self, char *site, size_t size, struct errmsg *said)
{
    struct outside *o = self;
    struct edit_done *d;
    char label[256];
    enum err err;

    if (o->readonly)
        return refuse(said);
    if (!o->ndone)
        return err_set(said, ERR_NOTFOUND, "nothing to undo");
    d = &o->done[o->ndone - 1];
    err = edit_restore((*o->settings)->path, d->text, d->length, o->now, o->now_length, said);
    if (err) {
        if (err == ERR_CHANGED)
            forget_all(o);
        return err;
    }
    free(o->now);
    o->now = d->text;
    o->now_length = d->length;
    d->text = NULL;
    snprintf(label, sizeof(label), "%s", d->label);
    snprintf(site, size, "%s", d->site ? d->site : "");
    forget(d);
    o->ndone--;
    err = read_again(o, NULL, said);
    return err ? err : err_set(said, ERR_OK, "undone: %s", label);
}

static enum err command(void *self, const struct command *c)
{
    struct outside *o = self;

    return o->readonly ? ERR_UNAVAILABLE : monitor_send(o->monitor, c);
}

static bool recent(void *self, uint32_t id, struct samples *samples, struct region_result region[REGIONS_MOST], int *nregion)
{
    struct status_table *table = monitor_table(((struct outside *)self)->monitor);
    struct row row;

    if (status_row(table, id, &row, samples))
        return false;
    site_unref(row.site);
    *nregion = status_regions(table, id, region);
    return true;
}

/* --- the history -------------------------------------------------------------------------------------------------- */

#define LOOK_AGAIN_NS (10 * NS_PER_S) /* what was read is so old at most while it is looked at */

static const struct lookback *lookback(void *self, const char *name, int64_t window_ms, int64_t until_ms)
{
    struct outside *o = self;
    int64_t now_ns = clock_mono_ns();

    if (!o->reader)
        return NULL;
    lookback_take(o->reader, &o->lookback);
    if (window_ms != o->wanted_window_ms || until_ms != o->wanted_until_ms || strncmp(name, o->wanted, sizeof(o->wanted) - 1) != 0 ||
        (!until_ms && now_ns - o->wanted_ns > LOOK_AGAIN_NS)) {
        snprintf(o->wanted, sizeof(o->wanted), "%s", name);
        o->wanted_window_ms = window_ms;
        o->wanted_until_ms = until_ms;
        o->wanted_ns = now_ns;
        lookback_want(o->reader, name, window_ms, until_ms);
    }
    return &o->lookback;
}

static struct past_log *past_log(void *self)
{
    struct outside *o = self;

    return o->reader ? lookback_take_log(o->reader) : NULL;
}

static bool replay(void *self, struct replay_want *want)
{
    struct outside *o = self;

    if (o->reader)
        lookback_want_replay(o->reader, want);
    else
        replay_want_free(want);
    return o->reader != NULL;
}

static void ask_figures(void *self, struct replay_asks *asks)
{
    lookback_want_figures(((struct outside *)self)->reader, asks);
}

static struct replay_picture *replayed(void *self)
{
    struct outside *o = self;

    return o->reader ? lookback_take_replay(o->reader) : NULL;
}

static struct replay_chunk *figures(void *self)
{
    struct outside *o = self;

    return o->reader ? lookback_take_figures(o->reader) : NULL;
}

/* What a monitor that was just started finds out about its list is not written at once: it is read once more a little later. */
static struct since *since(void *self)
{
    struct outside *o = self;

    if (o->since_again_ns && clock_mono_ns() >= o->since_again_ns) {
        o->since_again_ns = 0;
        lookback_want_since(o->reader, o->since_ms);
    }
    return o->reader ? lookback_take_since(o->reader) : NULL;
}

static bool want_since(void *self, int64_t from_ms)
{
    struct outside *o = self;

    o->since_again_ns = 0;
    if (o->reader)
        lookback_want_since(o->reader, from_ms);
    return o->reader != NULL;
}

void outside_seen(struct outside *o, int64_t at_ms)
{
    if (o->reader && !o->readonly)
        seen_write((*o->settings)->database, at_ms);
}

static const struct evidence *evidence(void *self, int64_t incident)
{
    struct outside *o = self;

    if (o->evidence_wanted != incident) {
        o->evidence_wanted = incident;
        lookback_want_evidence(o->reader, incident);
    }
    if (lookback_take_evidence(o->reader, &o->evidence))
        o->evidence_of = o->evidence_wanted;
    return o->evidence_of == incident ? &o->evidence : NULL;
}

/* --- certificates ------------------------------------------------------------------------------------------------- */

#define REST_NS NS_PER_S                   /* whoever goes through the list connects to nobody */
#define CHAIN_OLD_NS (600 * NS_PER_S)
#define CHAIN_DOUBT_NS (60 * NS_PER_S)     /* the same when a check has met another certificate */

static void look_at(struct outside *o, const struct site *site, int64_t now_ns)
{
    if (!o->chains && (!o->wake || chains_start(&o->chains, o->wake, o->wake_context)))
        return;
    o->chain_asked_ns = now_ns;
    chains_want(o->chains, site);
}

static bool is_another(const struct chain *c, int64_t until)
{
    int64_t earliest = INT64_MAX;
    int i;

    for (i = 0; i < c->n; i++)
        if (c->certificate[i].until < earliest)
            earliest = c->certificate[i].until;
    return until != CERTIFICATE_UNKNOWN && c->n && earliest != until;
}

static const struct chain *chain(void *self, const struct site *site, int64_t until)
{
    struct outside *o = self;
    int64_t now_ns = clock_mono_ns(), seen_ns = 0;
    bool seen = o->chains && chains_take(o->chains, site->url, &o->chain, &seen_ns);
    int64_t old_ns = seen && is_another(&o->chain, until) ? CHAIN_DOUBT_NS : CHAIN_OLD_NS;

    if (!o->chain_url || strcmp(o->chain_url, site->url) != 0) {
        free(o->chain_url);
        o->chain_url = strdup(site->url);
        o->chain_ns = now_ns;
        o->chain_asked_ns = 0;
    }
    if (now_ns - o->chain_ns >= REST_NS && (!seen || now_ns - seen_ns > old_ns) &&
        (!o->chain_asked_ns || now_ns - o->chain_asked_ns > old_ns))
        look_at(o, site, now_ns);
    return seen ? &o->chain : NULL;
}

/* --- the engine --------------------------------------------------------------------------------------------------- */

static enum err change_engine(void *self, const char *engine, struct errmsg *said)
{
    struct outside *o = self;
    enum err err = o->readonly ? refuse(said) : monitor_change_engine(o->monitor, *o->settings, engine, said);

    return err ? err : err_set(said, ERR_OK, "checks are run by '%s' from now on, until this program ends", engine);
}

static size_t alerts(void *self, struct alert *out, size_t most, uint64_t *revision)
{
    return monitor_alerts(((struct outside *)self)->monitor, out, most, revision);
}

static size_t messages(void *self, struct outbox_item *out, size_t most, struct outbox_counts *counts)
{
    return monitor_messages(((struct outside *)self)->monitor, out, most, counts);
}

static enum err message(void *self, uint64_t id, bool drop)
{
    return command(self, &(struct command){ .kind = drop ? COMMAND_DROP : COMMAND_SEND_NOW, .message = id });
}

const struct app_ops outside_ops = {
    .add = add,
    .preview = preview,
    .try_out = try_out,
    .tried = tried,
    .set = set,
    .remove = remove_sites,
    .set_screen = set_screen,
    .place = place,
    .undo = undo,
    .reload = reload,
    .command = command,
    .change_engine = change_engine,
    .recent = recent,
    .lookback = lookback,
    .chain = chain,
    .past_log = past_log,
    .since = since,
    .want_since = want_since,
    .replay = replay,
    .ask_figures = ask_figures,
    .replayed = replayed,
    .figures = figures,
    .evidence = evidence,
    .alerts = alerts,
    .messages = messages,
    .message = message,
    .settings = current,
};
