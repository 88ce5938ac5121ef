/* The book of rules at work: on the wall clock, with real owners, their channels and the outbox. The monitor's thread. */
#include "alarming.h"

#include <stdlib.h>
#include <string.h>

#include "alarm_policy.h"
#include "alarming_inside.h"
#include "base/clock.h"
#include "base/log.h"
#include "fan_out.h"
#include "notify/notice_json.h"

#define JUMP_MS 2000                 /* the wall clock against the one that only runs on: more is no correction but a jump */

static int64_t wall_ahead_ms(void)
{
    return clock_wall_ms() - clock_boot_ns() / NS_PER_MS;
}

/* --- what the book wants done ------------------------------------------------------------------------------------------------ */

static void tell(void *context, uint32_t id, const struct notice *n, int64_t not_before_ms)
{
    struct alarming *al = context;

    (void)id;
    if (al->outbox)
        fan_out(al->outbox, al->host.batch(al->host.context), al->settings, n, not_before_ms, clock_wall_ms());
}

static void keep(void *context, uint32_t id, const struct alarm_memory *m)
{
    struct alarming *al = context;
    struct batch *b = al->host.batch(al->host.context);
    char *json = NULL;

    al->changed = true;
    if (!b || id >= al->nsite || !al->site[id])
        return;
    if (!alarm_memory_is_empty(m) && alarm_memory_to_json(&json, m)) {
        log_line(LEVEL_ERROR, "no memory to keep the alarm of '%s'", al->site[id]->name);
        return;
    }
    batch_alarm(b, al->site[id]->name, json);
    free(json);
}

static void ask(void *context, uint32_t id)
{
    struct alarming *al = context;

    al->host.check_soon(al->host.context, id);
}

static void maintain(void *context, uint32_t id, bool on)
{
    struct alarming *al = context;

    al->changed = true;
    al->host.maintain(al->host.context, id, on);
}

/* --- what an earlier run remembered ------------------------------------------------------------------------------------------- */

static struct remembered *add_remembered(struct alarming *al)
{
    if (al->nremembered == al->remembered_size) {
        size_t size = al->remembered_size ? 2 * al->remembered_size : 16;
        struct remembered *grown = realloc(al->remembered, size * sizeof(*grown));

        if (!grown)
            return NULL;
        al->remembered = grown;
        al->remembered_size = size;
    }
    return &al->remembered[al->nremembered];
}

static void remember(void *context, const char *site, const char *memory)
{
    struct alarming *al = context;
    struct remembered *r = add_remembered(al);

    if (!r)
        return;
    if (alarm_memory_from_json(&r->memory, memory)) {
        log_line(LEVEL_WARNING, "what was remembered of the alarms of '%s' can not be read", site);
        return;
    }
    r->taken = false;
    r->site = strdup(site);
    al->nremembered += r->site != NULL;
}

/* The database gives them in the order of their names. */
static struct remembered *find_remembered(const struct alarming *al, const char *site)
{
    size_t low = 0, high = al->nremembered;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(site, al->remembered[middle].site);

        if (!order)
            return al->remembered[middle].taken ? NULL : &al->remembered[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

static void release_remembered(struct alarming *al)
{
    size_t i;

    for (i = 0; i < al->nremembered; i++)
        free(al->remembered[i].site);
    free(al->remembered);
    al->remembered = NULL;
    al->nremembered = al->remembered_size = 0;
}

/* What is left belongs to sites that are in the list no longer: once the first list is there. */
static void forget_remembered(struct alarming *al)
{
    size_t i;

    for (i = 0; i < al->nremembered; i++)
        if (!al->remembered[i].taken)
            batch_alarm(al->host.batch(al->host.context), al->remembered[i].site, NULL);
    release_remembered(al);
}

/* --- open and close ------------------------------------------------------------------------------------------------------------- */

enum err alarming_open(struct alarming **out, const struct alarming_host *host, struct outbox *outbox, struct history *history,
                       struct errmsg *why)
{
    const struct alarm_sink sink = { .tell = tell, .keep = keep, .ask = ask, .maintain = maintain };
    struct alarming *al = calloc(1, sizeof(*al));
    struct alarm_sink mine = sink;
    struct alarm_rules *rules = alarm_rules_new(0, 0, 0);
    struct history_health health = { .present = false };
    enum err err = ERR_NOMEM;

    if (!al || !rules)
        goto fail;
    mutex_init(&al->lock);
    al->host = *host;
    al->outbox = outbox;
    al->settings = settings_new();
    mine.context = al;
    al->book = alarms_new(rules, &mine);
    rules = NULL;
    al->ahead_ms = wall_ahead_ms();
    if (!al->settings || !al->book)
        goto fail;
    if (history)
        history_health(history, &health);
    err = health.present ? outbox_alarms(history, remember, al, why) : ERR_OK;
    if (!err) {
        *out = al;
        return ERR_OK;
    }
fail:
    alarm_rules_free(rules);
    alarming_close(al);
    return err == ERR_NOMEM ? err_set(why, err, "cannot open the alarms: out of memory") : err;
}

void alarming_close(struct alarming *al)
{
    size_t i;

    if (!al)
        return;
    release_remembered(al);
    alarms_free(al->book);
    for (i = 0; i < al->nsite; i++)
        site_unref(al->site[i]);
    free(al->site);
    free(al->alert);
    settings_free(al->settings);
    mutex_release(&al->lock);
    free(al);
}

/* --- the list --------------------------------------------------------------------------------------------------------------------- */

static enum err keep_site(struct alarming *al, uint32_t id, const struct site *site)
{
    if (id >= al->nsite) {
        size_t n = id + 64;
        const struct site **grown = realloc(al->site, n * sizeof(*grown));

        if (!grown)
            return ERR_NOMEM;
        memset(grown + al->nsite, 0, (n - al->nsite) * sizeof(*grown));
        al->site = grown;
        al->nsite = n;
    }
    site_ref(site);
    site_unref(al->site[id]);
    al->site[id] = site;
    return ERR_OK;
}

enum err alarming_site(struct alarming *al, uint32_t id, const struct site *site, bool paused)
{
    bool renamed = id < al->nsite && al->site[id] && strcmp(al->site[id]->name, site->name) != 0;
    struct remembered *r;
    enum err err;

    if (renamed)
        batch_alarm(al->host.batch(al->host.context), al->site[id]->name, NULL);
    err = keep_site(al, id, site);
    if (!err)
        err = alarms_set_site(al->book, id, site);
    if (err)
        return err;
    alarms_pause(al->book, id, paused, clock_wall_ms());
    r = find_remembered(al, site->name);
    if (!r)
        return ERR_OK;
    r->taken = true;
    return alarms_remember(al->book, id, &r->memory);
}

void alarming_gone(struct alarming *al, uint32_t id)
{
    if (id >= al->nsite || !al->site[id])
        return;
    batch_alarm(al->host.batch(al->host.context), al->site[id]->name, NULL);
    alarms_remove_site(al->book, id);
    site_unref(al->site[id]);
    al->site[id] = NULL;
    al->changed = true;
}

enum err alarming_list_end(struct alarming *al, const struct settings *s)
{
    struct alarm_rules *rules = alarm_policy(s);
    struct settings *old = al->settings;

    if (!rules)
        return ERR_NOMEM;
    al->settings = settings_ref(s);
    settings_free(old);
    alarms_set_rules(al->book, rules);
    forget_remembered(al);
    if (al->outbox)
        outbox_limit(al->outbox, s->alarms.per_hour);
    al->changed = true;
    return alarms_settle(al->book, clock_wall_ms());
}

/* --- a database that was not there, or lacks something --------------------------------------------------------------------------- */

void alarming_say_again(struct alarming *al)
{
    batch_alarm(al->host.batch(al->host.context), NULL, NULL);
    alarms_keep_all(al->book);
}

enum err alarming_join(struct alarming *al, struct history *history, struct errmsg *why)
{
    enum err err = outbox_alarms(history, remember, al, why);
    uint32_t id;

    for (id = 0; id < al->nsite && !err; id++) {
        struct remembered *r = al->site[id] ? find_remembered(al, al->site[id]->name) : NULL;

        if (r && !alarms_remembers(al->book, id))
            err = alarms_remember(al->book, id, &r->memory);
    }
    release_remembered(al);
    if (!err)
        alarming_say_again(al);
    return err;
}

/* --- what happens ------------------------------------------------------------------------------------------------------------------ */

void alarming_result(struct alarming *al, uint32_t id, const struct journal_entry *e, uint64_t incident)
{
    alarms_observe(al->book, id, &e->state, &e->result, incident, clock_wall_ms());
}

void alarming_paused(struct alarming *al, uint32_t id, bool paused)
{
    alarms_pause(al->book, id, paused, clock_wall_ms());
    al->changed = true;
}

void alarming_offline(struct alarming *al, bool offline)
{
    alarms_offline(al->book, offline, clock_wall_ms());
    al->changed = true;
}

void alarming_ack(struct alarming *al, uint32_t id, const char *by, const char *note, uint64_t *incident)
{
    *incident = 0;
    if (alarms_ack(al->book, id, by, note, clock_wall_ms()) == ERR_OK)
        *incident = alarms_incident(al->book, id);
}

void alarming_mute(struct alarming *al, uint32_t id, int64_t for_ms)
{
    int64_t now_ms = clock_wall_ms();

    alarms_mute(al->book, id, for_ms ? now_ms + for_ms : 0, now_ms);
}

void alarming_maintain(struct alarming *al, uint32_t id, int64_t for_ms)
{
    int64_t now_ms = clock_wall_ms();

    alarms_maintain(al->book, id, for_ms ? now_ms + for_ms : 0, now_ms);
}

void alarming_test(struct alarming *al, uint32_t id)
{
    int64_t now_ms = clock_wall_ms();
    struct notice n;

    if (!al->outbox || !al->site[id]->options->owner)
        return;
    notice_init(&n, NOTICE_TEST);
    n.at_ms = now_ms;
    n.is_first = true;
    snprintf(n.owner, sizeof(n.owner), "%s", al->site[id]->options->owner);
    snprintf(n.id, sizeof(n.id), "t%lld", (long long)now_ms);
    memcpy(n.thread, n.id, sizeof(n.thread));
    fan_out(al->outbox, al->host.batch(al->host.context), al->settings, &n, now_ms, now_ms);
}

void alarming_tick(struct alarming *al)
{
    int64_t ahead_ms = wall_ahead_ms(), by_ms = ahead_ms - al->ahead_ms;

    al->ahead_ms = ahead_ms;
    if (by_ms > JUMP_MS || by_ms < -JUMP_MS) {
        log_line(LEVEL_WARNING, "the clock was put %s by %lld s: waits go on as they were", by_ms > 0 ? "on" : "back",
                 (long long)((by_ms > 0 ? by_ms : -by_ms) / MS_PER_S));
        alarms_shift(al->book, by_ms);
        if (al->outbox)
            outbox_shift(al->outbox, by_ms);
    }
    alarms_tick(al->book, clock_wall_ms());
}

int64_t alarming_next_ns(const struct alarming *al)
{
    int64_t next_ms = alarms_next(al->book), in_ms = next_ms - clock_wall_ms(), next_ns = INT64_MAX;

    if (next_ms != INT64_MAX && in_ms < MS_PER_DAY)
        next_ns = clock_mono_ns() + (in_ms > 0 ? in_ms : 0) * NS_PER_MS;
    return al->changed && al->publish_ns < next_ns ? al->publish_ns : next_ns;
}
