/* tui_demo [-a] [-n] [-s SCHEME] [FILE]: the real screen over sites that are only played. No check is made;
 * a thread publishes results that look like some. For people who look at the screen: not a test.
 *
 * It stands in for the monitor: the functions of monitor/monitor.h that the tui room calls are defined here. */
#include <locale.h>
#include <math.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "model/status.h"
#include "monitor/monitor.h"
#include "support/random.h"
#include "tui/tui.h"

struct monitor {
    struct status_table *table;
    pthread_mutex_t lock;            /* all below */
    struct played {
        const struct site *site;     /* NULL: free */
        uint32_t id, generation;
        double median_ms;
        int role;
        int64_t due_ns;
        bool paused;
    } *played;
    size_t nplayed;
    struct random random;
    uint64_t checks;
};

/* What a site plays; most are well. */
enum { ROLE_WELL, ROLE_SLOW, ROLE_DOWN, ROLE_FLAPS, ROLE_EXPIRES, ROLE_EXPIRED, ROLE_NO_NAME, ROLE_SILENT, ROLE_LOCAL };

static int role_of(const struct site *site)
{
    static const struct {
        const char *part;
        int role;
    } roles[] = {
        { "crm", ROLE_SILENT }, { "api-eu", ROLE_EXPIRED }, { "webmail", ROLE_NO_NAME }, { "blog", ROLE_FLAPS },
        { "cart", ROLE_SLOW }, { "search", ROLE_SLOW }, { "pay", ROLE_EXPIRES }, { "far", ROLE_LOCAL }, { "down", ROLE_DOWN },
    };
    size_t i;

    for (i = 0; i < sizeof(roles) / sizeof(roles[0]); i++)
        if (strstr(site->url, roles[i].part))
            return roles[i].role;
    return ROLE_WELL;
}

static double uniform(struct random *r)
{
    return (double)(random_next(r) >> 11) / (double)(UINT64_C(1) << 53);
}

static void perform(struct monitor *m, struct played *p, int64_t now_ns)
{
    struct job job = { .id = ++m->checks, .site_id = p->id, .generation = p->generation, .attempt = 1, .site = p->site };
    double ms = p->median_ms * exp((uniform(&m->random) - 0.4) * 0.8);
    struct result r;

    result_init(&r, &job);
    r.checked_at_ms = clock_wall_ms();
    r.status = 200;
    r.certificate_until = r.checked_at_ms / 1000 + 86400 * (20 + (int64_t)(p->median_ms * 7) % 300);
    switch (p->role) {
    case ROLE_SLOW: ms *= uniform(&m->random) < 0.6 ? 20 : 6; break;
    case ROLE_DOWN: r.outcome = OUTCOME_REFUSED; r.status = 0; break;
    case ROLE_FLAPS: if (uniform(&m->random) < 0.5) { r.outcome = OUTCOME_STATUS; r.status = 502; strcpy(r.detail, "Bad Gateway"); } break;
    case ROLE_EXPIRES: r.certificate_until = r.checked_at_ms / 1000 + 3 * 86400; break;
    case ROLE_EXPIRED: r.outcome = OUTCOME_TLS_EXPIRED; r.status = 0; r.certificate_until = r.checked_at_ms / 1000 - 960; break;
    case ROLE_NO_NAME: r.outcome = OUTCOME_DNS; r.status = 0; r.certificate_until = CERTIFICATE_UNKNOWN; strcpy(r.detail, "webmail.example.net"); break;
    case ROLE_SILENT: r.outcome = OUTCOME_WAIT_TIMEOUT; r.status = 0; ms = 10000; r.phase_ns[PHASE_CONNECT] = 21000000; r.phase_ns[PHASE_TLS] = 38000000; break;
    case ROLE_LOCAL: r.outcome = OUTCOME_LOCAL_FILES; r.status = 0; break;
    default: break;
    }
    r.took_ns = (int64_t)(ms * 1e6);
    status_publish(m->table, &r, now_ns);
    p->due_ns = now_ns + (int64_t)(1e9 * (2 + 6 * uniform(&m->random)));
    status_set_due(m->table, p->id, p->due_ns, false, false);
}

static void *play(void *arg)
{
    struct monitor *m = arg;
    struct journal_entry e;

    for (;;) {
        struct health h = { .checks_per_s = 4.2, .lag_p99_ns = 12 * NS_PER_MS, .in_flight = 3, .slots = 32, .workers = 2 };
        size_t i;

        pthread_mutex_lock(&m->lock);
        for (i = 0; i < m->nplayed; i++)
            if (m->played[i].site && !m->played[i].paused && m->played[i].due_ns < clock_mono_ns())
                perform(m, &m->played[i], clock_mono_ns());
        pthread_mutex_unlock(&m->lock);
        while (status_take_journal(m->table, &e, 1))
            ;
        h.checks = m->checks;
        strcpy(h.engine, "played");
        status_set_health(m->table, &h);
        poll(NULL, 0, 20);
    }
    return NULL;
}

static void enter(struct monitor *m, const struct site *site)
{
    struct played *p;

    m->played = realloc(m->played, (m->nplayed + 1) * sizeof(*m->played));
    p = &m->played[m->nplayed++];
    memset(p, 0, sizeof(*p));
    p->site = site_ref(site);
    p->median_ms = 10 + exp(uniform(&m->random) * 5);
    p->role = role_of(site);
    p->paused = site->options->paused;
    p->due_ns = clock_mono_ns() + (int64_t)(uniform(&m->random) * 3e9);
    status_add(m->table, site, false, &p->id, &p->generation);
    status_set_due(m->table, p->id, p->paused ? INT64_MAX : p->due_ns, false, false);
}

static struct played *find(struct monitor *m, const char *name)
{
    size_t i;

    for (i = 0; i < m->nplayed; i++)
        if (m->played[i].site && !strcmp(m->played[i].site->name, name))
            return &m->played[i];
    return NULL;
}

enum err monitor_apply(struct monitor *m, const struct settings *s, struct monitor_changes *changes)
{
    size_t i;

    *changes = (struct monitor_changes){ 0 };
    pthread_mutex_lock(&m->lock);
    for (i = 0; i < s->nsite; i++) {
        struct played *p = find(m, s->site[i]->name);

        if (!p) {
            enter(m, s->site[i]);
            changes->added++;
        } else if (!site_equal(p->site, s->site[i])) {
            p->generation = status_replace(m->table, p->id, s->site[i]);
            site_unref(p->site);
            p->site = site_ref(s->site[i]);
            if (p->paused != p->site->options->paused)
                status_pause(m->table, p->id, p->site->options->paused);
            p->paused = p->site->options->paused;
            changes->changed++;
        }
    }
    for (i = 0; i < m->nplayed; i++)
        if (m->played[i].site && !settings_site(s, m->played[i].site->name)) {
            status_remove(m->table, m->played[i].id);
            site_unref(m->played[i].site);
            m->played[i].site = NULL;
            changes->removed++;
        }
    pthread_mutex_unlock(&m->lock);
    return ERR_OK;
}

enum err monitor_send(struct monitor *m, const struct command *c)
{
    size_t i;

    pthread_mutex_lock(&m->lock);
    for (i = 0; i < m->nplayed; i++) {
        struct played *p = &m->played[i];

        if (!p->site || (c->kind != COMMAND_CHECK_ALL && (p->id != c->site_id || p->generation != c->generation)))
            continue;
        p->due_ns = 0;
        if (c->kind == COMMAND_PAUSE || c->kind == COMMAND_RESUME) {
            p->paused = c->kind == COMMAND_PAUSE;
            status_pause(m->table, p->id, p->paused);
            status_set_due(m->table, p->id, p->paused && c->for_ms ? clock_mono_ns() + c->for_ms * NS_PER_MS : INT64_MAX, false, false);
        }
    }
    pthread_mutex_unlock(&m->lock);
    return ERR_OK;
}

struct status_table *monitor_table(struct monitor *m)
{
    return m->table;
}

static const char file[] =
    "# Sites that are only played.\n"
    "defaults: { interval = \"1m\"; slow_above = \"900ms\"; owner = \"ops\"; };\n"
    "owners = ( { name = \"ops\"; email = \"ops@example.org\"; } );\n"
    "sites = (\n"
    "  { name = \"legacy-crm\"; url = \"https://crm.example.org/login\"; tags = [\"crm\"]; },\n"
    "  { name = \"api-eu\"; url = \"https://api-eu.example.org/\"; tags = [\"shop\"]; },   # renew!\n"
    "  { name = \"mx-webmail\"; url = \"https://webmail.example.net/\"; tags = [\"mail\"]; },\n"
    "  { name = \"blog\"; url = \"https://blog.example.org/\"; tags = [\"www\"]; },\n"
    "  { name = \"shop-cart\"; url = \"https://shop.example.org/cart\"; tags = [\"shop\"]; },\n"
    "  { name = \"search\"; url = \"https://search.example.org/\"; tags = [\"www\"]; },\n"
    "  { name = \"payments\"; url = \"https://pay.example.org/\"; tags = [\"shop\", \"money\"]; },\n"
    "  { name = \"far-away\"; url = \"https://far.example.org/\"; tags = [\"www\"]; },\n"
    "  { name = \"old-wiki\"; url = \"https://wiki.example.org/\"; tags = [\"www\"]; paused = true; },\n"
    "  { name = \"shop-日本\"; url = \"https://jp.example.org/\"; tags = [\"shop\"]; },\n"
    "  { name = \"a-name-much-too-long-for-its-column\"; url = \"https://long.example.org/\"; },\n"
    "  \"https://status.example.org/\", \"https://docs.example.org/\", \"https://login.example.org/\",\n"
    "  \"https://cdn.example.org/a.png\", \"https://git.example.org/\", \"https://ci.example.org/\",\n"
    "  \"https://registry.example.org/v2/\", \"https://grafana.example.org/\", \"http://intranet.example.org/\",\n"
    "  \"https://jobs.example.org/\", \"https://media.example.org/\", \"https://ns1.example.org/\",\n"
    "  \"https://ns2.example.org/\", \"https://partner-feed.example.org/\", \"https://support.example.org/\",\n"
    "  \"https://www-de.example.org/\", \"https://www-fr.example.org/\", \"https://www-jp.example.org/\"\n"
    ");\n";

static char *write_file(char path[64])
{
    FILE *f;

    snprintf(path, 64, "/tmp/tui_demo.XXXXXX");
    if (!mkdtemp(path))
        return NULL;
    strcat(path, "/uptime.cfg");
    f = fopen(path, "w");
    if (!f || fputs(file, f) < 0 || fclose(f) != 0)
        return NULL;
    return path;
}

int main(int argc, char *argv[])
{
    struct tui_options options = { .log_level = LEVEL_INFO };
    struct monitor m = { .lock = PTHREAD_MUTEX_INITIALIZER, .random = { 7 } };
    struct settings *settings = NULL;
    struct errmsg why = ERRMSG_INIT;
    struct faults faults = { 0 };
    struct monitor_changes changes;
    char path[64];
    pthread_t thread;
    sigset_t set;
    enum err err;
    int c;

    while ((c = getopt(argc, argv, "ans:")) != -1) {
        options.ascii |= c == 'a';
        options.no_color |= c == 'n';
        if (c == 's')
            options.scheme = optarg;
    }
    setlocale(LC_ALL, "");
    setlocale(LC_NUMERIC, "C");
    tui_signals(&set);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    if (settings_read(&settings, optind < argc ? argv[optind] : write_file(path), &faults)) {
        fprintf(stderr, "tui_demo: %s\n", faults.line.n ? faults.line.item[0] : "cannot read");
        return 1;
    }
    m.table = status_new(4096, NULL, NULL);
    monitor_apply(&m, settings, &changes);
    pthread_create(&thread, NULL, play, &m);
    err = tui_run(&m, &settings, &options, &why);
    if (err)
        fprintf(stderr, "tui_demo: %s\n", why.text);
    return err ? 3 : 0;
}
