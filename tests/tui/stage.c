#include "stage.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/text.h"
#include "since_read.h"
#include "support/tests.h"

/* --- the outside -------------------------------------------------------------------------------------------------- */

static enum err answer(struct stage *s, struct errmsg *said)
{
    snprintf(said->text, sizeof(said->text), "%s", s->said);
    return s->answer;
}

static void write_values(struct stage *s, const struct edit_value *value, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++)
        strbuf_addf(&s->asked, " %s=%s", value[i].key, value[i].text ? value[i].text : "(out)");
    strbuf_addc(&s->asked, '\n');
}

static enum err ask_add(void *self, const char *const *url, size_t nurl, const struct edit_value *value, size_t nvalue,
                        struct errmsg *said)
{
    struct stage *s = self;
    size_t i;

    strbuf_addf(&s->asked, "add");
    for (i = 0; i < nurl; i++)
        strbuf_addf(&s->asked, " %s", url[i]);
    write_values(s, value, nvalue);
    return answer(s, said);
}

static void write_names(struct stage *s, const char *verb, const char *const *name, size_t nname)
{
    size_t i;

    strbuf_adds(&s->asked, verb);
    for (i = 0; i < nname; i++)
        strbuf_addf(&s->asked, " %s", name[i]);
}

static enum err ask_set(void *self, const char *const *name, size_t nname, const struct edit_value *value, size_t nvalue,
                        struct errmsg *said)
{
    struct stage *s = self;

    write_names(s, "set", name, nname);
    write_values(s, value, nvalue);
    return answer(s, said);
}

static enum err ask_remove(void *self, const char *const *name, size_t nname, struct errmsg *said)
{
    struct stage *s = self;

    write_names(s, "remove", name, nname);
    strbuf_addc(&s->asked, '\n');
    return answer(s, said);
}

static enum err ask_set_screen(void *self, const struct edit_value *value, size_t nvalue, struct errmsg *said)
{
    struct stage *s = self;

    strbuf_adds(&s->asked, "screen");
    write_values(s, value, nvalue);
    return answer(s, said);
}

static enum err ask_undo(void *self, char *site, size_t size, struct errmsg *said)
{
    struct stage *s = self;

    strbuf_adds(&s->asked, "undo\n");
    snprintf(site, size, "%s", s->undone);
    return answer(s, said);
}

static enum err ask_reload(void *self, struct errmsg *said)
{
    struct stage *s = self;

    strbuf_adds(&s->asked, "reload\n");
    return answer(s, said);
}

static enum err ask_command(void *self, const struct command *c)
{
    static const char *const names[] = {
        [COMMAND_CHECK] = "check", [COMMAND_PAUSE] = "pause", [COMMAND_RESUME] = "resume", [COMMAND_CHECK_ALL] = "check all",
        [COMMAND_ACK] = "ack", [COMMAND_MUTE] = "mute", [COMMAND_MAINTAIN] = "maintain", [COMMAND_TEST] = "test",
    };
    struct stage *s = self;

    strbuf_addf(&s->asked, "%s %u.%u %lld\n", names[c->kind], (unsigned)c->site_id, (unsigned)c->generation,
                (long long)c->for_ms);
    if (c->kind == COMMAND_ACK)
        strbuf_addf(&s->asked, "note: %s\n", c->note);
    return s->answer;
}

static enum err ask_engine(void *self, const char *engine, struct errmsg *said)
{
    struct stage *s = self;

    strbuf_addf(&s->asked, "engine %s\n", engine);
    return err_set(said, s->answer, "engine %s", engine);
}

static const struct settings *ask_settings(void *self)
{
    return &((struct stage *)self)->settings;
}

/* Latencies around the row's median, the slow ones now and then. */
static bool ask_recent(void *self, uint32_t id, struct samples *samples, struct region_result region[REGIONS_MOST], int *n)
{
    const struct snapshot_row *row = &((struct stage *)self)->snapshot.row[id];
    static const uint32_t phase_part[PHASE_COUNT] = { 2, 10, 20, 63, 5 };
    int i;

    (void)region;
    *n = 0;
    *samples = (struct samples){ 0 };
    for (i = 0; row->p50_us && i < SAMPLES_KEPT; i++)
        samples_add(samples, MARK_GOOD, i % 19 == 18 ? row->p95_us : i % 7 == 6 ? row->p50_us * 13 / 10 : row->p50_us, 1);
    for (i = 0; row->p50_us && i < PHASE_COUNT; i++)
        samples->usual[i] = latency_code(row->p50_us * phase_part[i] / 100);
    return true;
}

static const struct lookback *ask_lookback(void *self, const char *name, int64_t window_ms, int64_t until_ms)
{
    struct stage *s = self;

    s->lookback.until_ms = until_ms;

    (void)name;
    s->lookback.window_ms = window_ms;
    return s->lookback.name[0] ? &s->lookback : NULL;
}

static const struct chain *ask_chain(void *self, const struct site *site, int64_t until)
{
    struct stage *s = self;

    (void)until;
    return !strcmp(site->name, s->chain_of) ? &s->chain : NULL;
}

static struct past_log *ask_past_log(void *self)
{
    struct stage *s = self;
    struct past_log *log = s->past_log;

    s->past_log = NULL;
    return log;
}

static struct since *ask_since(void *self)
{
    struct stage *s = self;
    struct since *since = s->since;

    s->since = NULL;
    return since;
}

static bool ask_want_since(void *self, int64_t from_ms)
{
    strbuf_addf(&((struct stage *)self)->asked, "since %lld\n", (long long)(from_ms - STAGE_NOW_MS) / 1000);
    return true;
}

static bool ask_replay(void *self, struct replay_want *want)
{
    struct stage *s = self;

    strbuf_addf(&s->asked, "replay %lld %d %lld\n", (long long)(want->from_ms - STAGE_NOW_MS) / 1000, want->steps,
                (long long)want->ahead_ms / 1000);
    replay_want_free(s->want);
    s->want = want;
    return true;
}

static void ask_figures(void *self, struct replay_asks *asks)
{
    struct stage *s = self;

    replay_asks_free(s->asks);
    s->asks = asks;
}

static struct replay_picture *ask_replayed(void *self)
{
    struct stage *s = self;
    struct replay_picture *p = s->picture;

    s->picture = NULL;
    return p;
}

static struct replay_chunk *ask_figured(void *self)
{
    struct stage *s = self;
    struct replay_chunk *c = s->chunk;

    s->chunk = NULL;
    return c;
}

static const struct evidence *ask_evidence(void *self, int64_t incident)
{
    struct stage *s = self;

    return s->evidence_of == incident ? &s->evidence : NULL;
}

static enum err ask_preview(void *self, const char *const *url, size_t nurl, char **diff, struct errmsg *said)
{
    struct stage *s = self;
    struct strbuf text = STRBUF_INIT;
    size_t i;

    for (i = 0; i < nurl; i++)
        strbuf_addf(&text, "+    \"%s\",\n", url[i]);
    if (text.failed) {
        strbuf_release(&text);
        return err_set(said, ERR_NOMEM, "out of memory");
    }
    *diff = strbuf_detach(&text);
    return s->answer ? answer(s, said) : ERR_OK;
}

static enum err ask_try_out(void *self, const char *const *url, size_t nurl, struct errmsg *said)
{
    (void)self;
    (void)url;
    (void)nurl;
    (void)said;
    return ERR_OK;
}

static void ask_tried(void *self, struct tried *out, size_t n)
{
    struct stage *s = self;
    size_t i;

    for (i = 0; i < n && i < s->ntried; i++)
        out[i] = s->tried[i];
}

static size_t ask_alerts(void *self, struct alert *out, size_t most, uint64_t *revision)
{
    struct stage *s = self;
    size_t n = s->nalert < most ? s->nalert : most;

    if (n)
        memcpy(out, s->alert, n * sizeof(*out));
    *revision = s->revision;
    return n;
}

static size_t ask_messages(void *self, struct outbox_item *out, size_t most, struct outbox_counts *counts)
{
    struct stage *s = self;
    size_t n = s->nmessage < most ? s->nmessage : most, i;

    *counts = (struct outbox_counts){ .saved = true, .revision = s->revision };
    for (i = 0; i < s->nmessage; i++) {
        if (s->message[i].state == OUTBOX_WAITING && (!counts->next_ms || s->message[i].next_ms < counts->next_ms))
            counts->next_ms = s->message[i].next_ms;
        counts->waiting += s->message[i].state == OUTBOX_WAITING;
        counts->dead += s->message[i].state == OUTBOX_DEAD;
    }
    if (n)
        memcpy(out, s->message, n * sizeof(*out));
    return n;
}

static enum err ask_place(void *self, const char *name, char **path, uint32_t *line, struct errmsg *said)
{
    struct stage *s = self;

    if (s->answer)
        return err_set(said, s->answer, "refused");
    strbuf_addf(&s->asked, "place %s\n", name ? name : "-");
    *path = strdup("/etc/uptime.cfg");
    *line = 7;
    return ERR_OK;
}

static enum err ask_message(void *self, uint64_t id, bool drop)
{
    struct stage *s = self;

    strbuf_addf(&s->asked, "%s message %llu\n", drop ? "drop" : "send", (unsigned long long)id);
    return s->answer;
}

static const struct app_ops ops = { ask_add, ask_preview, ask_try_out, ask_tried, ask_set, ask_remove, ask_set_screen, ask_place,
                                    ask_undo, ask_reload, ask_command, ask_engine, ask_recent, ask_lookback, ask_chain,
                                    ask_past_log, ask_replay, ask_figures, ask_replayed, ask_figured, ask_since, ask_want_since, ask_evidence,
                                    ask_alerts, ask_messages, ask_message, ask_settings };

/* --- the stage ---------------------------------------------------------------------------------------------------- */

int stage_locale(void **state)
{
    (void)state;
    setenv("TZ", "UTC", 1);
    tzset();
    return setlocale(LC_ALL, "C.UTF-8") ? 0 : -1;
}

static struct owner owner = { .name = (char *)"ops" };

int stage_begin(void **state)
{
    struct stage *s = calloc(1, sizeof(*s));
    struct options defaults;

    assert_non_null(s);
    options_init(&defaults);
    s->settings.screen.rings = true;
    s->settings.defaults = options_share(&defaults);
    s->settings.path = (char *)"/etc/uptimesquirrel/uptime.cfg";
    s->settings.owner = &owner;
    s->settings.nowner = 1;
    s->snapshot.now_ms = STAGE_NOW_MS;
    s->snapshot.now_ns = STAGE_NOW_NS;
    s->snapshot.health.slots = 32;
    s->snapshot.health.workers = 2;
    snprintf(s->snapshot.health.engine, sizeof(s->snapshot.health.engine), "events");
    s->asked = (struct strbuf)STRBUF_INIT;
    app_init(&s->app, &ops, s, &s->snapshot, "web-07");
    *state = s;
    return 0;
}

int stage_end(void **state)
{
    struct stage *s = *state;

    app_release(&s->app);
    replay_want_free(s->want);
    replay_asks_free(s->asks);
    replay_picture_free(s->picture);
    since_free(s->since);
    free(s->chunk);
    snapshot_release(&s->snapshot);
    cells_release(&s->cells);
    strbuf_release(&s->asked);
    options_unref(s->settings.defaults);
    free(s);
    return 0;
}

void stage_touch(struct stage *s, uint32_t id)
{
    struct snapshot *n = &s->snapshot;
    size_t i;

    for (i = 0; i < n->nchanged; i++)
        if (n->changed[i] == id)
            return;
    if (n->nchanged == n->changed_size) {
        n->changed_size = n->changed_size ? 2 * n->changed_size : 64;
        n->changed = realloc(n->changed, n->changed_size * sizeof(*n->changed));
        assert_non_null(n->changed);
    }
    n->changed[n->nchanged++] = id;
}

static uint32_t free_id(struct snapshot *n)
{
    uint32_t id;

    for (id = 0; id < n->nrow; id++)
        if (!n->row[id].row.generation)
            return id;
    if (n->nrow == n->size) {
        size_t size = n->size ? 2 * n->size : 64;

        n->row = realloc(n->row, size * sizeof(*n->row));
        assert_non_null(n->row);
        memset(n->row + n->size, 0, (size - n->size) * sizeof(*n->row));
        n->size = size;
    }
    return (uint32_t)n->nrow++;
}

static void put_state(struct row *r, enum state state)
{
    r->state = (struct site_state){ 0 };
    switch (state) {
    case STATE_MAINTENANCE:
        r->state.maintenance = true;
        r->state.verdict = STATE_UP;
        break;
    case STATE_PAUSED:
        r->state.paused = true;
        break;
    case STATE_INCONCLUSIVE:
        r->state.unsure = true;
        r->state.verdict = STATE_UP;
        break;
    case STATE_DEGRADED:
        r->state.degraded = DEGRADED_SLOW;
        r->state.verdict = STATE_DEGRADED;
        break;
    default:
        r->state.verdict = (uint8_t)state;
    }
}

struct snapshot_row *stage_site(struct stage *s, const char *name, const char *url, enum state state)
{
    static uint32_t generation;
    uint32_t id = free_id(&s->snapshot);
    struct snapshot_row *row = &s->snapshot.row[id];
    struct row *r = &row->row;
    int i;

    memset(row, 0, sizeof(*row));
    r->id = id;
    r->generation = ++generation;
    r->site = site_new(name, url, s->settings.defaults);
    assert_non_null(r->site);
    put_state(r, state);
    r->since_ns = STAGE_NOW_NS - 60 * NS_PER_S;
    r->due_ns = STAGE_NOW_NS + 21 * NS_PER_S;
    r->certificate_until = CERTIFICATE_UNKNOWN;
    r->figures = (struct figures)FIGURES_NONE;
    for (i = 0; i < PHASE_COUNT; i++)
        r->phase_us[i] = UINT32_MAX;
    if (state != STATE_NEW && state != STATE_PAUSED) {
        r->checks = 1;
        r->checked_ns = STAGE_NOW_NS - NS_PER_S;
    }
    row->slot = (uint32_t)(STAGE_NOW_NS / NS_PER_S) / trend_slot_s(r->site->options->interval_ms);
    stage_touch(s, id);
    return row;
}

struct options *stage_options(struct snapshot_row *row, struct options *scratch)
{
    assert_int_equal(options_copy(scratch, row->row.site->options), ERR_OK);
    return scratch;
}

void stage_set_options(struct snapshot_row *row, struct options *scratch)
{
    const struct site *old = row->row.site;
    const struct options *shared = options_share(scratch);

    assert_non_null(shared);
    row->row.site = site_new(old->name, old->url, shared);
    assert_non_null(row->row.site);
    row->slot = (uint32_t)(STAGE_NOW_NS / NS_PER_S) / trend_slot_s(shared->interval_ms);
    options_unref(shared);
    site_unref(old);
}

void stage_set_state(struct stage *s, uint32_t id, enum state state)
{
    put_state(&s->snapshot.row[id].row, state);
    s->snapshot.row[id].row.since_ns = s->snapshot.now_ns;
    stage_touch(s, id);
}

void stage_remove(struct stage *s, uint32_t id)
{
    site_unref(s->snapshot.row[id].row.site);
    memset(&s->snapshot.row[id], 0, sizeof(s->snapshot.row[id]));
    s->snapshot.row[id].row.id = id;
    stage_touch(s, id);
}

void stage_take(struct stage *s)
{
    struct status_counts *c = &s->snapshot.counts;
    size_t i;

    memset(c, 0, sizeof(*c));
    for (i = 0; i < s->snapshot.nrow; i++) {
        const struct row *r = &s->snapshot.row[i].row;

        if (!r->generation)
            continue;
        c->total++;
        c->state[state_shown(&r->state)]++;
        c->warning += state_shown(&r->state) == STATE_DEGRADED && r->state.degraded != DEGRADED_SLOW;
    }
    app_take(&s->app, &s->snapshot);
    s->snapshot.nchanged = 0;
}

/* --- the world ---------------------------------------------------------------------------------------------------- */

/* The sites of SCREENS.md: latencies in ms, ages in s, trends by their marks. */
static const struct actor {
    enum state state;
    const char *name, *tag, *url;
    enum outcome outcome;
    int status, days;                /* of the certificate; 0: unknown */
    double last, p50, p95, p99;
    int64_t age_s;
    int next_s;
    const char *trend;
} actors[] = {
    { STATE_DOWN, "api-eu", "shop", "https://api.eu.example.org/", OUTCOME_TLS_EXPIRED, 0, 0, 31, 40, 60, 90, 14 * 60, 21, "..-.-..-..XXXXXX" },
    { STATE_DOWN, "legacy-crm", "crm", "https://crm.example.org/login", OUTCOME_WAIT_TIMEOUT, 0, 201, 10000, 410, 1900, 4800, 40 * 60, 4, "-=-==+==+=XXXXXX" },
    { STATE_DOWN, "mx-webmail", "mail", "https://webmail.example.net/", OUTCOME_DNS, 0, 55, 12, 30, 50, 70, 4 * 60, 12, "....-......XXXXX" },
    { STATE_CHECKING, "blog", "www", "https://blog.example.org/", OUTCOME_STATUS, 502, 61, 88, 60, 90, 110, 9, 2, "..-....-..-...-X" },
    { STATE_DEGRADED, "shop-cart", "shop", "https://shop.example.org/cart", OUTCOME_OK, 200, 61, 2400, 240, 1800, 3100, 6 * 60, 33, ".-=-=+=+**##*#*#" },
    { STATE_DEGRADED, "search", "www", "https://search.example.org/", OUTCOME_OK, 200, 61, 1100, 310, 980, 1400, 22 * 60, 48, "--=-==+==+=+=+++" },
    { STATE_INCONCLUSIVE, "far-away", "www", "https://far.example.org/", OUTCOME_LOCAL_NETWORK, 0, 61, 5, 310, 380, 400, 30, 8, "..-..-..-..-..??" },
    { STATE_NEW, "newcomer", "www", "https://new.example.org/", OUTCOME_OK, 0, 0, 0, 0, 0, 0, 3, 4, "                " },
    { STATE_UP, "status-page", "www", "https://status.example.org/", OUTCOME_OK, 200, 61, 38, 35, 52, 90, 41 * 86400, 7, ".._._.._...__.._" },
    { STATE_UP, "docs", "www", "https://docs.example.org/", OUTCOME_OK, 200, 61, 41, 40, 58, 88, 12 * 86400, 9, "._..__..._._.._." },
    { STATE_UP, "login", "sso", "https://login.example.org/", OUTCOME_OK, 302, 18, 73, 70, 115, 180, 3 * 86400, 15, "-.-..-..-.-..-.-" },
    { STATE_UP, "cdn-asset", "cdn", "https://cdn.example.org/a.png", OUTCOME_OK, 200, 77, 12, 11, 19, 33, 90 * 86400, 18, "________________" },
    { STATE_UP, "payments", "shop", "https://pay.example.org/", OUTCOME_OK, 200, 34, 96, 94, 160, 240, 8 * 3600, 19, "-.--.-.--.-.--.-" },
    { STATE_UP, "git", "dev", "https://git.example.org/", OUTCOME_OK, 200, 40, 55, 52, 90, 140, 5 * 86400, 22, "..-..-...-..-..-" },
    { STATE_UP, "ci", "dev", "https://ci.example.org/", OUTCOME_OK, 200, 40, 120, 118, 300, 720, 86400, 24, "-=--=-.-=--=-.-=" },
    { STATE_UP, "registry", "dev", "https://registry.example.org/v2/", OUTCOME_OK, 401, 40, 47, 45, 71, 99, 20 * 86400, 25, "..._.._...._.._." },
    { STATE_MAINTENANCE, "erp", "crm", "https://erp.example.org/", OUTCOME_STATUS, 503, 120, 90, 80, 100, 130, 25 * 60, 28, "-..-.-..mmmmmmmm" },
    { STATE_PAUSED, "old-wiki", "www", "https://wiki.example.org/", OUTCOME_OK, 0, 0, 0, 0, 0, 0, 2 * 86400, 0, "                " },
    { STATE_UP, "grafana", "dev", "https://grafana.example.org/", OUTCOME_OK, 200, 40, 64, 60, 99, 150, 9 * 86400, 29, "..-..-..-..-..-." },
    { STATE_UP, "intranet", "crm", "http://intranet.example.org/", OUTCOME_OK, 200, 0, 29, 28, 40, 60, 44 * 86400, 31, "_._._._._._._._." },
    { STATE_UP, "jobs", "www", "https://jobs.example.org/", OUTCOME_OK, 200, 61, 88, 80, 140, 260, 30 * 86400, 32, "-.-.-.-.-.-.-.-." },
    { STATE_UP, "media", "cdn", "https://media.example.org/", OUTCOME_OK, 206, 77, 0.4, 0.5, 1.2, 9.6, 90 * 86400, 35, "_._.____._._____" },
    { STATE_UP, "a-name-much-too-long-for-its-column", "www", "https://long.example.org/", OUTCOME_OK, 200, 61, 190, 185, 340, 610, 2 * 86400, 38, "=-==-=-==-=-==-=" },
    { STATE_UP, "shop-日本", "shop", "https://jp.example.org/", OUTCOME_OK, 200, 61, 168, 160, 210, 300, 41 * 86400, 46, "======-=====-===" },
    { STATE_UP, "stale", "www", "https://stale.example.org/", OUTCOME_OK, 200, 61, 33, 30, 40, 50, 3 * 86400, 0, "..-..-..-.      " },
};

static void put_trend(struct snapshot_row *row, const char *trend, double median_ms)
{
    static const char marks[] = "_.-=+*#";
    static const double factors[] = { 0.7, 1.0, 1.4, 1.9, 3, 5, 8 };
    int i, n = (int)strlen(trend);

    for (i = 0; i < n; i++) {
        const char *at = strchr(marks, trend[i]);
        int cell = TREND_SLOTS - n + i;

        row->mark[cell] = trend[i] == ' ' ? MARK_NONE : trend[i] == 'X' ? MARK_FAILED : trend[i] == 'm' ? MARK_MAINTENANCE
                        : trend[i] == '?' ? MARK_INCONCLUSIVE : MARK_GOOD;
        if (at)
            row->worst[cell] = latency_code((uint32_t)(median_ms * factors[at - marks] * 1000));
    }
}

static void enter(struct stage *s, const struct actor *a)
{
    struct snapshot_row *row = stage_site(s, a->name, a->url, a->state);
    struct row *r = &row->row;
    struct options o;

    stage_options(row, &o);
    o.interval_ms = MS_PER_MIN;
    o.retries = 3;
    assert_int_equal(strings_add(&o.tags, a->tag), ERR_OK);
    if (!strcmp(a->tag, "shop")) {
        o.owner = strdup("ops");
        assert_non_null(o.owner);
    }
    stage_set_options(row, &o);
    r->outcome = (uint8_t)a->outcome;
    r->status = a->status;
    r->latency_us = (uint32_t)(a->last * 1000);
    row->p50_us = (uint32_t)(a->p50 * 1000);
    row->p95_us = (uint32_t)(a->p95 * 1000);
    row->p99_us = (uint32_t)(a->p99 * 1000);
    r->since_ns = STAGE_NOW_NS - a->age_s * NS_PER_S;
    r->due_ns = a->next_s ? STAGE_NOW_NS + a->next_s * NS_PER_S : INT64_MAX;
    if (a->days)
        r->certificate_until = STAGE_NOW_MS / MS_PER_S + a->days * INT64_C(86400) + 3600;
    put_trend(row, a->trend, a->p50);
}

static struct row *actor_row(struct stage *s, const char *name)
{
    size_t i;

    for (i = 0; i < s->snapshot.nrow; i++)
        if (s->snapshot.row[i].row.generation && !strcmp(s->snapshot.row[i].row.site->name, name))
            return &s->snapshot.row[i].row;
    fail_msg("nobody is called %s", name);
    return NULL;
}

static void put_figures(struct stage *s)
{
    static const struct {
        const char *name;
        int32_t up[3], seen_30d;
    } rows[] = {
        { "shop-cart", { 100000, 99990, 99974 }, 99600 }, { "search", { 100000, 100000, 99991 }, 99600 },
        { "status-page", { 100000, 100000, 100000 }, 100000 }, { "login", { 100000, 100000, 99980 }, 41000 },
        { "payments", { 99996, 99999, 99998 }, 99600 }, { "ci", { 99800, 99701, 98610 }, 99600 },
        { "legacy-crm", { 97203, 99510, 99800 }, 99600 }, { "erp", { SHARE_NONE, 99900, 99901 }, 99600 },
    };
    size_t i;
    int w;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct figures *f = &actor_row(s, rows[i].name)->figures;

        for (w = 0; w < 3; w++) {
            f->up[w] = rows[i].up[w];
            f->seen[w] = w == FIGURES_30D ? rows[i].seen_30d : SHARE_ALL;
        }
    }
}

void stage_world(struct stage *s)
{
    struct health *h = &s->snapshot.health;
    struct row *r;
    size_t i;

    for (i = 0; i < sizeof(actors) / sizeof(actors[0]); i++)
        enter(s, &actors[i]);
    r = actor_row(s, "api-eu");
    r->certificate_until = STAGE_NOW_MS / MS_PER_S - 16 * 60;
    r = actor_row(s, "legacy-crm");
    r->phase_us[PHASE_DNS] = 2000;
    r->phase_us[PHASE_CONNECT] = 21000;
    r->phase_us[PHASE_TLS] = 38000;
    r->state.failures = 4;
    r = actor_row(s, "mx-webmail");
    snprintf(r->detail, sizeof(r->detail), "webmail.example.net");
    r = actor_row(s, "blog");
    r->state.failures = 2;
    r = actor_row(s, "shop-cart");
    r->in_flight = true;
    r = actor_row(s, "payments");
    r->state.verdict = STATE_DEGRADED;
    r->state.degraded = DEGRADED_CERTIFICATE;
    r->certificate_until = STAGE_NOW_MS / MS_PER_S + 3 * 86400 + 60;
    r = actor_row(s, "stale");
    r->checked_ns = STAGE_NOW_NS - 6 * 60 * NS_PER_S;

    put_figures(s);

    h->checks_per_s = 2.3;
    h->lag_p99_ns = 12 * NS_PER_MS;
    h->in_flight = 3;
    h->checks = 1433;
    h->descriptors = 41;
    h->descriptors_most = 1024;
    h->memory_bytes = 13 << 20;
    h->database_bytes = 7300000;
    h->write_ns = 400000;
    h->unwritten = 12;
    stage_take(s);
}

/* --- looking ------------------------------------------------------------------------------------------------------ */

const char *stage_draw(struct stage *s, int width, int height)
{
    static struct strbuf text = STRBUF_INIT;

    assert_int_equal(cells_resize(&s->cells, width, height), ERR_OK);
    app_draw(&s->app, &s->cells);
    strbuf_release(&text);
    cells_to_text(&s->cells, &text);
    assert_false(text.failed);
    return text.text;
}

const char *stage_line(struct stage *s, int y)
{
    static char line[2048];
    struct cells one = s->cells;
    struct strbuf text = STRBUF_INIT;

    assert_in_range(y, 0, s->cells.height - 1);
    one.cell = cells_at(&s->cells, y, 0);
    one.height = 1;
    cells_to_text(&one, &text);
    snprintf(line, sizeof(line), "%.*s", (int)text.length - 1, text.text);
    strbuf_release(&text);
    return line;
}

bool stage_shows(struct stage *s, const char *text)
{
    return strstr(stage_draw(s, s->cells.width ? s->cells.width : 80, s->cells.height ? s->cells.height : 24), text) != NULL;
}

void stage_keys(struct stage *s, const char *keys)
{
    size_t length;

    for (; *keys; keys += length + strspn(keys + length, " ")) {
        uint32_t stroke;

        length = strcspn(keys, " ");
        stroke = stroke_parse(keys, length);
        if (stroke == STROKE_NONE)
            fail_msg("there is no key '%.*s'", (int)length, keys);
        app_stroke(&s->app, stroke, false);
    }
}

void stage_type(struct stage *s, const char *text)
{
    size_t length = strlen(text);

    while (length) {
        uint32_t point = 0;
        int n = text_decode(text, length, &point);

        assert_in_range(n, 1, 4);
        app_stroke(&s->app, point, false);
        text += n;
        length -= (size_t)n;
    }
}

void stage_paste(struct stage *s, const char *text)
{
    app_paste(&s->app, text, strlen(text));
}

const char *stage_cursor(const struct stage *s)
{
    const struct snapshot_row *row = view_row(&s->app.view, &s->snapshot);

    return row ? row->row.site->name : "";
}

const char *stage_order(struct stage *s)
{
    static struct strbuf text = STRBUF_INIT;
    size_t i;

    strbuf_release(&text);
    for (i = 0; i < s->app.view.sites.n; i++)
        strbuf_addf(&text, "%s%s", i ? " " : "", s->snapshot.row[s->app.view.sites.id[i]].row.site->name);
    return text.text;
}

/* --- goldens ------------------------------------------------------------------------------------------------------ */

static char *read_whole(const char *path)
{
    FILE *f = fopen(path, "r");
    char *text = calloc(1, 1 << 17);

    assert_non_null(text);
    if (f) {
        size_t n = fread(text, 1, (1 << 17) - 1, f);

        text[n] = '\0';
        fclose(f);
    }
    return text;
}

void stage_golden(const char *name, const char *text)
{
    const char *wish = getenv("UPTIME_GOLDEN");
    char path[1024];
    char *wanted;
    FILE *f;

    snprintf(path, sizeof(path), "%s/%s.txt", GOLDEN, name);
    if (wish && !strcmp(wish, "write")) {
        f = fopen(path, "w");
        assert_non_null(f);
        assert_true(fputs(text, f) >= 0);
        assert_int_equal(fclose(f), 0);
        return;
    }
    wanted = read_whole(path);
    if (strcmp(wanted, text) != 0)
        print_error("golden %s differs; the screen now (UPTIME_GOLDEN=write takes it):\n%s", name, text);
    assert_string_equal(text, wanted);
    free(wanted);
}
