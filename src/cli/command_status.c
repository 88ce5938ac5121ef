/* status: what the running monitor holds, for people, scripts, a status bar and Prometheus. Exit 1 when something is down, 3
 * when no monitor answers, or nothing is down but something is inconclusive or the monitor is not well itself. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/duration.h"
#include "cli.h"
#include "model/row_text.h"
#include "model/snapshot.h"
#include "padded.h"
#include "remote/screen.h"
#include "running.h"
#include "web/pages.h"

#define WAIT_MS 5000
#define BAR_WAIT_MS 150              /* a status bar is not to wait */
#define STUCK_NS (15 * NS_PER_S)     /* a monitor that tells nothing of itself for so long is stuck */
#define PIECE 65536u                 /* bytes written at a time */

struct status {
    const struct args *args;
    struct settings *settings;
    struct status_table *table;
    struct snapshot snapshot;
    struct status_counts counts;     /* of all, also when some rows only were asked for */
};

/* --- forms -------------------------------------------------------------------------------------------------------- */

/* Worst first, then by how long it is so. */
static int compare_rows(const void *a, const void *b)
{
    static const uint8_t rank[STATE_COUNT] = { [STATE_DOWN] = 0, [STATE_CHECKING] = 1, [STATE_DEGRADED] = 2,
                                               [STATE_INCONCLUSIVE] = 3, [STATE_NEW] = 4, [STATE_UP] = 5,
                                               [STATE_MAINTENANCE] = 6, [STATE_PAUSED] = 7 };
    const struct row *x = &(*(const struct snapshot_row *const *)a)->row, *y = &(*(const struct snapshot_row *const *)b)->row;
    int by_state = rank[state_shown(&x->state)] - rank[state_shown(&y->state)];

    return by_state ? by_state : x->since_ns < y->since_ns ? -1 : x->since_ns > y->since_ns;
}

static const struct snapshot_row **sorted(const struct snapshot *s, size_t *n)
{
    const struct snapshot_row **row = calloc(s->nrow + 1, sizeof(*row));
    size_t i;

    *n = 0;
    for (i = 0; row && i < s->nrow; i++)
        if (s->row[i].row.generation)
            row[(*n)++] = &s->row[i];
    if (row)
        qsort(row, *n, sizeof(*row), compare_rows);
    return row;
}

static void print_row(const struct status *s, const struct row *r, int width)
{
    char age[DURATION_TEXT_SIZE], message[RESULT_MESSAGE_SIZE];

    printf("%-5s ", state_label(state_shown(&r->state), (enum degraded)r->state.degraded));
    print_padded(r->site->name, width);
    printf(" %6s  %s\n", duration_glance(age, (s->snapshot.now_ns - r->since_ns) / NS_PER_MS), row_message(message, r));
}

static int as_table(struct status *s)
{
    size_t n, i;
    const struct snapshot_row **row = sorted(&s->snapshot, &n);
    int width = 4;

    if (!row)
        return complain(s->args, EXIT_TROUBLE, "out of memory");
    for (i = 0; i < n; i++)
        if (padded_width(row[i]->row.site->name) > width)
            width = padded_width(row[i]->row.site->name);
    width = width > 40 ? 40 : width;
    printf("STATE ");
    print_padded("NAME", width);
    printf(" %6s  MESSAGE\n", "FOR");
    for (i = 0; i < n; i++)
        print_row(s, &row[i]->row, width);
    free(row);
    return EXIT_WELL;
}

/* tmux takes what a '#' begins for a style or a format: two of them are one. */
static void print_for_tmux(const char *text)
{
    for (; *text; text++) {
        if (*text == '#')
            putchar('#');
        putchar(*text);
    }
}

/* "D3 S2 U130 legacy-crm 40m"; "U138" when all is well. */
static int as_bar(struct status *s)
{
    static const struct { char letter; enum state state; } shown[] = {
        { 'D', STATE_DOWN }, { 'C', STATE_CHECKING }, { 'S', STATE_DEGRADED }, { '?', STATE_INCONCLUSIVE }, { 'U', STATE_UP },
    };
    size_t n, i;
    const struct snapshot_row **row = sorted(&s->snapshot, &n);
    const char *before = "";
    char age[DURATION_TEXT_SIZE];

    for (i = 0; i < sizeof(shown) / sizeof(shown[0]); i++)
        if (s->counts.state[shown[i].state] || (shown[i].state == STATE_UP && !*before)) {
            printf("%s%c%u", before, shown[i].letter, s->counts.state[shown[i].state]);
            before = " ";
        }
    if (row && n && state_shown(&row[0]->row.state) == STATE_DOWN) {
        putchar(' ');
        print_for_tmux(row[0]->row.site->name);
        printf(" %s", duration_glance(age, (s->snapshot.now_ns - row[0]->row.since_ns) / NS_PER_MS));
    }
    putchar('\n');
    free(row);
    return EXIT_WELL;
}

/* A long text, written a piece at a time. */
static int write_pieces(struct status *s, bool (*write_piece)(struct strbuf *, struct place *, const struct snapshot *, size_t))
{
    struct strbuf piece = STRBUF_INIT;
    struct place at = { 0 };
    bool more = true, failed;

    while (more && !piece.failed) {
        more = write_piece(&piece, &at, &s->snapshot, PIECE);
        fwrite(piece.text, 1, piece.length, stdout);
        if (!piece.failed)
            strbuf_reset(&piece);
    }
    failed = piece.failed;
    strbuf_release(&piece);
    return failed ? complain(s->args, EXIT_TROUBLE, "out of memory") : EXIT_WELL;
}

static int as_json(struct status *s)
{
    int code = write_pieces(s, status_json);

    putchar('\n');
    return code;
}

static int as_metrics(struct status *s)
{
    return write_pieces(s, metrics_write);
}

static const struct form {
    const char *name;
    int  (*print)(struct status *s);
    bool bar;                        /* rows in trouble are enough, and there is no time to wait */
} forms[] = {
    { "table", as_table, false }, { "json", as_json, false }, { "tmux", as_bar, true }, { "prometheus", as_metrics, false },
};

static const struct form *find_form(const struct args *a)
{
    const char *word = a->value[FLAG_STATUS_OUTPUT] ? a->value[FLAG_STATUS_OUTPUT] : forms[0].name;
    size_t i;

    for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
        if (!strcmp(forms[i].name, word))
            return &forms[i];
    complain(a, EXIT_USAGE, "--output: '%.40s' is neither table, json, tmux nor prometheus", word);
    return NULL;
}

/* --- asking ------------------------------------------------------------------------------------------------------- */

static enum err fetch(struct status *s, const struct form *form, struct errmsg *why)
{
    struct remote_link *link;
    enum err err = remote_link_open(&link, s->settings, form->bar ? BAR_WAIT_MS : WAIT_MS, why);

    if (err)
        return err;
    s->table = status_new(1, NULL, NULL);
    err = s->table ? remote_fetch(link, s->table, form->bar, &s->counts, why) : err_set(why, ERR_NOMEM, "out of memory");
    remote_link_close(link);
    if (!err && snapshot_refresh(&s->snapshot, s->table, clock_mono_ns(), clock_wall_ms()) != ERR_OK)
        err = err_set(why, ERR_NOMEM, "out of memory");
    return err;
}

/* What the exit code says of what was found. */
static int judge(const struct status *s)
{
    const struct health *h = &s->snapshot.health;
    int code = s->counts.state[STATE_INCONCLUSIVE] ? EXIT_TROUBLE : EXIT_WELL;

    if (s->snapshot.now_ns - h->told_ns > STUCK_NS)
        return complain(s->args, EXIT_TROUBLE, "the monitor is stuck: it did nothing for %lld s",
                        (long long)((s->snapshot.now_ns - h->told_ns) / NS_PER_S));
    if (!health_is_well(h))
        code = complain(s->args, EXIT_TROUBLE, "the monitor is not well: %s", h->trouble[0] ? h->trouble : "checks begin late");
    return s->counts.state[STATE_DOWN] ? EXIT_DOWN : code;
}

static int tell(struct status *s, const struct form *form)
{
    struct errmsg why;
    enum err err = fetch(s, form, &why);
    int code;

    if (err) {
        if (form->bar) {
            puts("squirrel?");
            return EXIT_TROUBLE;
        }
        return complain_of_none(s->args, s->settings, err, &why);
    }
    code = form->print(s);
    return code ? code : judge(s);
}

int command_status(const struct args *a)
{
    struct status s = { .args = a, .snapshot = SNAPSHOT_INIT };
    const struct form *form = find_form(a);
    int code;

    if (a->noperand)
        return complain(a, EXIT_USAGE, "takes no arguments; name the file by -c FILE");
    if (!form)
        return EXIT_USAGE;
    code = load_settings_or_path(a, &s.settings);
    if (!code)
        code = tell(&s, form);
    snapshot_release(&s.snapshot);
    status_free(s.table);
    settings_free(s.settings);
    return finish_output(a, code);
}
