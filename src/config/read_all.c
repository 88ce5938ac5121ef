/* The whole of uptime.cfg, section by section. The order of reading is that of the table below - sites need the
 * defaults, and names are checked when all are known - and faults are told in the order of the file all the same. */
#include "reading.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "find.h"
#include "model/calendar.h"
#include "refine.h"
#include "textmap.h"
#include "value.h"

/* One section of the top level. */
struct section {
    const char *name;
    int type;                        /* CONFIG_TYPE_GROUP or CONFIG_TYPE_LIST */
    void (*read)(const struct reading *r, const struct section *section, const config_setting_t *s);
    const struct table *table;       /* of a section that is one plain group */
    size_t offset;                   /* and its struct in struct settings */
};

/* --- the sections ----------------------------------------------------------------------------------------------- */

static void read_plain(const struct reading *r, const struct section *section, const config_setting_t *s)
{
    struct place place = { section->name, -1, NULL };

    reading_group(r, &place, s, section->table, NULL, (char *)r->settings + section->offset);
}

static void read_redis(const struct reading *r, const struct section *section, const config_setting_t *s)
{
    struct place place = { section->name, -1, NULL };
    const struct broker_settings *redis = &r->settings->redis;

    read_plain(r, section, s);
    if (redis->regions.n && (size_t)redis->quorum > redis->regions.n)
        reading_fault(r, config_setting_get_member(s, "quorum"), &place,
                      "'quorum' is %d, but there are only %zu regions", redis->quorum, redis->regions.n);
}

static void read_defaults(const struct reading *r, const struct section *section, const config_setting_t *s)
{
    struct place place = { section->name, -1, NULL };
    struct table table;
    struct options o;
    const struct options *shared;

    if (options_copy(&o, r->settings->defaults)) {
        reading_nomem(r);
        return;
    }
    table.rows = schema_site(&table.n);
    reading_group(r, &place, s, &table, NULL, &o);
    shared = options_share(&o);
    if (!shared) {
        reading_nomem(r);
        return;
    }
    options_unref(r->settings->defaults);
    r->settings->defaults = shared;
}

/* Room for each element of a list; NULL, told, when memory ran out. */
static void *make_room(const struct reading *r, const config_setting_t *list, size_t size)
{
    void *room = calloc((size_t)config_setting_length(list) + 1, size);

    if (!room)
        reading_nomem(r);
    return room;
}

/* A URL that was kept out of uptime.cfg joins those that stand there. */
static void add_secret_url(const struct reading *r, const config_setting_t *at, const struct place *place,
                           const char *name, const struct secret *secret, struct strings *urls)
{
    struct errmsg why = ERRMSG_INIT;
    char *url = NULL;
    enum err err;

    if (!secret->text)
        return;
    err = refine_secret_url(&url, secret->text, &why);
    if (err == ERR_INVALID)
        reading_fault(r, at, place, "'%s_%s': %s", name, secret->file ? "file" : "env", why.text);
    else if (err || strings_add(urls, url))
        reading_nomem(r);
    free(url);
}

static void read_owner(const struct reading *r, const config_setting_t *element, const struct place *place,
                       struct owner *owner)
{
    reading_group(r, place, element, &table_owner, NULL, owner);
    add_secret_url(r, element, place, "slack", &owner->slack_url, &owner->slack);
    add_secret_url(r, element, place, "discord", &owner->discord_url, &owner->discord);
    if (owner->gotify.n && !owner->gotify_token.text)
        reading_fault(r, config_setting_get_member(element, "gotify"), place,
                      "'gotify' needs 'gotify_token_file' or 'gotify_token_env'");
}

/* Who an owner's alarms go to must be somebody else. */
static void check_escalations(const struct reading *r, const char *section, const config_setting_t *list,
                              const struct textmap *names)
{
    int n = config_setting_length(list), i;

    for (i = 0; i < n; i++) {
        const config_setting_t *element = config_setting_get_elem(list, (unsigned)i);
        struct place place = { section, i, reading_text(element, "name") };
        const char *to = reading_text(element, "escalate");
        struct shown s;

        if (!to || !*to)
            continue;
        if (place.name && !strcmp(to, place.name))
            reading_fault(r, config_setting_get_member(element, "escalate"), &place, "'escalate' is the owner itself");
        else if (!textmap_find(names, to))
            reading_fault(r, config_setting_get_member(element, "escalate"), &place, "there is no owner '%s'", shown(&s, to));
    }
}

static void read_owners(const struct reading *r, const struct section *section, const config_setting_t *s)
{
    struct settings *settings = r->settings;
    struct textmap names = TEXTMAP_INIT;
    int n = config_setting_length(s), i;

    settings->owner = make_room(r, s, sizeof(*settings->owner));
    for (i = 0; settings->owner && i < n; i++) {
        const config_setting_t *element = config_setting_get_elem(s, (unsigned)i);
        struct place place = { section->name, i, reading_text(element, "name") };
        struct owner *owner = &settings->owner[settings->nowner];

        if (!reading_is(r, element, &place, CONFIG_TYPE_GROUP))
            continue;
        read_owner(r, element, &place, owner);
        settings->nowner++;
        if (owner->name && textmap_find(&names, owner->name))
            reading_fault(r, element, &place, "two owners have this name");
        else if (owner->name && textmap_add(&names, owner->name, 0))
            reading_nomem(r);
    }
    check_escalations(r, section->name, s, &names);
    textmap_release(&names);
}

static void read_window(const struct reading *r, const config_setting_t *element, const struct place *place, struct window *w)
{
    reading_group(r, place, element, &table_window, NULL, w);
    if (w->repeat == REPEAT_DAILY && w->duration_ms > MS_PER_DAY)
        reading_fault(r, config_setting_get_member(element, "duration"), place, "'duration' is longer than a day, and it repeats daily");
    if (w->repeat == REPEAT_WEEKLY && w->duration_ms > 7 * MS_PER_DAY)
        reading_fault(r, config_setting_get_member(element, "duration"), place,
                      "'duration' is longer than a week, and it repeats weekly");
}

static void read_maintenance(const struct reading *r, const struct section *section, const config_setting_t *s)
{
    struct settings *settings = r->settings;
    int n = config_setting_length(s), i;

    settings->window = make_room(r, s, sizeof(*settings->window));
    for (i = 0; settings->window && i < n; i++) {
        const config_setting_t *element = config_setting_get_elem(s, (unsigned)i);
        struct place place = { section->name, i, NULL };

        if (reading_is(r, element, &place, CONFIG_TYPE_GROUP))
            read_window(r, element, &place, &settings->window[settings->nwindow++]);
    }
}

/* Which actions there are, the screen knows: any name will do here. */
static void read_key(const struct reading *r, const struct place *place, const config_setting_t *s,
                     struct key_binding *key)
{
    struct setting row = { .name = config_setting_name(s), .type = SETTING_TEXT, .required = true,
                           .offset = offsetof(struct key_binding, key), .refine = refine_line };
    struct given given = { .kind = GIVEN_TEXT, .text = config_setting_get_string(s) };
    struct errmsg why = ERRMSG_INIT;
    enum err err = ERR_NOMEM;

    key->action = strdup(row.name);
    if (key->action)
        err = value_take(&row, &given, r->base_dir, key, &why);
    if (err == ERR_NOMEM)
        reading_nomem(r);
    else if (err)
        reading_fault(r, s, place, "%s", why.text);
}

static void read_keys(const struct reading *r, const struct section *section, const config_setting_t *s)
{
    struct settings *settings = r->settings;
    struct place place = { section->name, -1, NULL };
    int n = config_setting_length(s), i;

    settings->key = make_room(r, s, sizeof(*settings->key));
    for (i = 0; settings->key && i < n; i++) {
        const config_setting_t *element = config_setting_get_elem(s, (unsigned)i);

        if (reading_is(r, element, &place, CONFIG_TYPE_STRING))
            read_key(r, &place, element, &settings->key[settings->nkey++]);
    }
}

#define IN(member) offsetof(struct settings, member)

static const struct section sections[] = {
    { "defaults", CONFIG_TYPE_GROUP, read_defaults, NULL, 0 },
    { "owners", CONFIG_TYPE_LIST, read_owners, NULL, 0 },
    { "smtp", CONFIG_TYPE_GROUP, read_plain, &table_smtp, IN(smtp) },
    { "sms", CONFIG_TYPE_GROUP, read_plain, &table_sms, IN(sms) },
    { "pushover", CONFIG_TYPE_GROUP, read_plain, &table_pushover, IN(pushover) },
    { "messages", CONFIG_TYPE_GROUP, read_plain, &table_messages, IN(messages) },
    { "redis", CONFIG_TYPE_GROUP, read_redis, &table_redis, IN(redis) },
    { "history", CONFIG_TYPE_GROUP, read_plain, &table_history, IN(history) },
    { "alarms", CONFIG_TYPE_GROUP, read_plain, &table_alarms, IN(alarms) },
    { "screen", CONFIG_TYPE_GROUP, read_plain, &table_screen, IN(screen) },
    { "maintenance", CONFIG_TYPE_LIST, read_maintenance, NULL, 0 },
    { "keys", CONFIG_TYPE_GROUP, read_keys, NULL, 0 },
};
#define NSECTION (sizeof(sections) / sizeof(sections[0]))

static void read_section(const struct reading *r, const struct section *section, const config_setting_t *root)
{
    const config_setting_t *s = config_setting_get_member(root, section->name);
    struct place top = { NULL, -1, NULL };
    bool is_array = s && config_setting_is_array(s) && section->type == CONFIG_TYPE_LIST;

    if (s && (is_array || reading_is(r, s, &top, section->type)))
        section->read(r, section, s);
}

/* --- the whole -------------------------------------------------------------------------------------------------- */

static void read_everything(const struct reading *r)
{
    const config_setting_t *root = config_root_setting(&r->document->config);
    const char *others[NSECTION + 2] = { [NSECTION] = "sites" };
    struct place top = { NULL, -1, NULL };
    size_t i;

    for (i = 0; i < NSECTION; i++)
        others[i] = sections[i].name;
    reading_group(r, &top, root, &table_top, others, r->settings);
    for (i = 0; i < NSECTION; i++)
        read_section(r, &sections[i], root);
    reading_sites(r, root);
}

static enum err keep_files(struct settings *s, const struct source *source)
{
    size_t i;

    s->stamp = calloc(source->nfile, sizeof(*s->stamp));
    if (!s->stamp)
        return ERR_NOMEM;
    for (i = 0; i < source->nfile; i++) {
        if (strings_add(&s->files, source->file[i].path))
            return ERR_NOMEM;
        s->stamp[i] = source->file[i].stamp;
    }
    return ERR_OK;
}

/* What it stands for until the file says otherwise. */
static void take_database_of_service(struct settings *s)
{
    char *database = find_database_of_service(s->path, FIND_SYSTEM_FILE, FIND_SYSTEM_STATE);

    if (!database)
        return;
    free(s->database);
    s->database = database;
}

struct settings *reading_all(const struct document *d, const char *path, struct report *report)
{
    struct reading r = { settings_new(), d, report, path_directory(path) };

    if (!r.settings || !r.base_dir || !(r.settings->path = strdup(path)) || keep_files(r.settings, &d->source))
        reading_nomem(&r);
    else {
        take_database_of_service(r.settings);
        read_everything(&r);
    }
    free(r.base_dir);
    if (!report->kind)
        return r.settings;
    settings_free(r.settings);
    return NULL;
}
