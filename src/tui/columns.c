/* The columns of the grid: what each says of a site, what it sorts by, and which of them fit. Pure. */
#include "columns.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/duration.h"
#include "base/text.h"
#include "words.h"

/* --- what they sort by: ascending is worst, slowest, newest first ------------------------------------------------- */

static const struct order_key key_unknown = { ORDER_UNKNOWN, 0 };

static struct order_key key_state(const struct snapshot_row *row)
{
    static const int8_t ranks[STATE_COUNT] = {
        [STATE_DOWN] = 0, [STATE_CHECKING] = 1, [STATE_DEGRADED] = 2, [STATE_INCONCLUSIVE] = 4,
        [STATE_NEW] = 5, [STATE_UP] = 6, [STATE_MAINTENANCE] = 7, [STATE_PAUSED] = 8,
    };
    const struct site_state *state = &row->row.state;
    enum state shown = state_shown(state);
    int64_t rank = ranks[shown] + (shown == STATE_DEGRADED && state->degraded != DEGRADED_SLOW);

    return (struct order_key){ rank, rank <= ranks[STATE_INCONCLUSIVE] ? -row->row.since_ns : 0 };
}

static struct order_key key_name(const struct snapshot_row *row)
{
    (void)row;
    return (struct order_key){ 0, 0 };
}

/* The first sixteen bytes of a text, as numbers that sort as the text does. */
static struct order_key key_text(const char *text)
{
    const uint64_t sign = UINT64_C(1) << 63; /* turned over, signed numbers are in the order of unsigned ones */
    uint64_t half[2] = { 0, 0 };
    size_t i;

    if (!text || !*text)
        return key_unknown;
    for (i = 0; i < 16; i++) {
        half[i / 8] = half[i / 8] << 8 | (unsigned char)tolower((unsigned char)*text);
        text += *text != '\0';
    }
    return (struct order_key){ (int64_t)(half[0] ^ sign), (int64_t)(half[1] ^ sign) };
}

static struct order_key key_tag(const struct snapshot_row *row)
{
    const struct strings *tags = &row->row.site->options->tags;

    return key_text(tags->n ? tags->item[0] : NULL);
}

static struct order_key key_owner(const struct snapshot_row *row)
{
    return key_text(row->row.site->options->owner);
}

static struct order_key key_url(const struct snapshot_row *row)
{
    const char *host;

    site_host(row->row.site->url, &host);
    return key_text(host);
}

static struct order_key key_code(const struct snapshot_row *row)
{
    char text[WORDS_SIZE];

    words_code(text, &row->row);
    return key_text(*text == '-' ? NULL : text);
}

static struct order_key largest_first(uint32_t us)
{
    return us ? (struct order_key){ -(int64_t)us, 0 } : key_unknown;
}

static struct order_key key_last(const struct snapshot_row *row)
{
    return largest_first(row->row.latency_us);
}

static struct order_key key_p50(const struct snapshot_row *row)
{
    return largest_first(row->p50_us);
}

static struct order_key key_p95(const struct snapshot_row *row)
{
    return largest_first(row->p95_us);
}

static struct order_key key_p99(const struct snapshot_row *row)
{
    return largest_first(row->p99_us);
}

static struct order_key least_first(const struct snapshot_row *row, enum figures_window w)
{
    int32_t share = row->row.figures.up[w];

    return share == SHARE_NONE ? key_unknown : (struct order_key){ share, 0 };
}

static struct order_key key_up24h(const struct snapshot_row *row)
{
    return least_first(row, FIGURES_24H);
}

static struct order_key key_up7d(const struct snapshot_row *row)
{
    return least_first(row, FIGURES_7D);
}

static struct order_key key_up30d(const struct snapshot_row *row)
{
    return least_first(row, FIGURES_30D);
}

static struct order_key key_cert(const struct snapshot_row *row)
{
    int64_t until = row->row.certificate_until;

    return until == CERTIFICATE_UNKNOWN ? key_unknown : (struct order_key){ until, 0 };
}

static struct order_key key_next(const struct snapshot_row *row)
{
    return (struct order_key){ row->row.due_ns, 0 }; /* INT64_MAX is unknown here too */
}

static struct order_key key_every(const struct snapshot_row *row)
{
    return (struct order_key){ row->row.site->options->interval_ms, 0 };
}

static struct order_key key_age(const struct snapshot_row *row)
{
    return (struct order_key){ -row->row.since_ns, 0 };
}

#define key_none NULL

/* --- what they say ------------------------------------------------------------------------------------------------ */

#define TEXT_SIZE 512
#define UPTIME_POOR 99000            /* a share below is coloured */

/* One cell's worth of text and how it is to look. */
struct said {
    char text[TEXT_SIZE];
    unsigned style;
};

struct asked {
    const struct snapshot *snapshot;
    const struct snapshot_row *row;
    int width;
};

typedef void text_fn(struct said *to, const struct asked *a);

static void say(struct said *to, const char *text)
{
    snprintf(to->text, TEXT_SIZE, "%s", text);
}

static void text_state(struct said *to, const struct asked *a)
{
    const struct row *r = &a->row->row;

    if (a->snapshot->unobserved) {
        say(to, "-");
        return;
    }
    say(to, state_label(state_shown(&r->state), (enum degraded)r->state.degraded));
    to->style = words_state_style(r);
}

static void text_name(struct said *to, const struct asked *a)
{
    say(to, a->row->row.site->name);
    if (state_shown(&a->row->row.state) == STATE_PAUSED)
        to->style = STYLE_PAUSE;
}

static void text_tag(struct said *to, const struct asked *a)
{
    const struct strings *tags = &a->row->row.site->options->tags;

    say(to, tags->n ? tags->item[0] : "");
    to->style = STYLE_QUIET;
}

static void text_owner(struct said *to, const struct asked *a)
{
    const char *owner = a->row->row.site->options->owner;

    say(to, owner ? owner : "");
    to->style = STYLE_QUIET;
}

static void text_url(struct said *to, const struct asked *a)
{
    text_mask_url(to->text, TEXT_SIZE, a->row->row.site->url);
    to->style = STYLE_QUIET;
}

static void text_code(struct said *to, const struct asked *a)
{
    words_code(to->text, &a->row->row);
    if (state_shown(&a->row->row.state) == STATE_DOWN)
        to->style = STYLE_REASON;
}

static void text_last(struct said *to, const struct asked *a)
{
    const struct row *r = &a->row->row;
    bool good = r->checks && r->outcome == OUTCOME_OK && state_shown(&r->state) != STATE_PAUSED;

    words_latency(to->text, good ? r->latency_us : 0, a->width);
    if (words_is_old(r, a->snapshot->now_ns))
        say(to, "old");
    else if (state_shown(&r->state) == STATE_DEGRADED && r->state.degraded == DEGRADED_SLOW)
        to->style = STYLE_SLOW;
}

static void text_p50(struct said *to, const struct asked *a)
{
    words_latency(to->text, a->row->p50_us, a->width);
}

static void text_p95(struct said *to, const struct asked *a)
{
    words_latency(to->text, a->row->p95_us, a->width);
}

static void text_p99(struct said *to, const struct asked *a)
{
    words_latency(to->text, a->row->p99_us, a->width);
}

static void text_uptime(struct said *to, const struct asked *a, enum figures_window w)
{
    const struct figures *f = &a->row->row.figures;

    words_uptime(to->text, f->up[w], f->seen[w]);
    if (f->up[w] != SHARE_NONE && f->up[w] < UPTIME_POOR)
        to->style = STYLE_WARN;
}

static void text_up24h(struct said *to, const struct asked *a)
{
    text_uptime(to, a, FIGURES_24H);
}

static void text_up7d(struct said *to, const struct asked *a)
{
    text_uptime(to, a, FIGURES_7D);
}

static void text_up30d(struct said *to, const struct asked *a)
{
    text_uptime(to, a, FIGURES_30D);
}

static void text_unknown(struct said *to, const struct asked *a)
{
    (void)a;
    say(to, "-");
}

static void text_cert(struct said *to, const struct asked *a)
{
    const struct row *r = &a->row->row;

    words_certificate(to->text, r, a->snapshot->now_ms);
    if (!strcmp(to->text, "EXP"))
        to->style = STYLE_DOWN;
    else if (r->certificate_until != CERTIFICATE_UNKNOWN &&
             words_certificate_left_ms(r, a->snapshot->now_ms) < r->site->options->certificate_warning_ms)
        to->style = STYLE_WARN;
}

static void text_next(struct said *to, const struct asked *a)
{
    words_countdown_calm(to->text, &a->row->row, a->snapshot->now_ns);
    to->style = STYLE_QUIET;
}

static void text_every(struct said *to, const struct asked *a)
{
    duration_format(to->text, a->row->row.site->options->interval_ms);
    if ((int)strlen(to->text) > a->width)
        duration_glance(to->text, a->row->row.site->options->interval_ms);
    to->style = STYLE_QUIET;
}

static void text_age(struct said *to, const struct asked *a)
{
    words_age(to->text, a->row->row.since_ns, a->snapshot->now_ns);
}

static const struct {
    const char *title;
    int width, rank;
    enum lie lie;
    bool gives;
    order_key_fn *key;
    text_fn *text;
} columns[COLUMN_COUNT] = {
#define COLUMN(id, title, width, rank, lie, gives, key, text) \
    { title, width, rank, lie, gives, key_##key, text_##text },
#include "columns.def"
#undef COLUMN
};

const char *column_title(enum column c)
{
    return columns[c].title;
}

enum column column_find(const char *title)
{
    int c = 0;

    while (c < COLUMN_COUNT && strcasecmp(columns[c].title, title) != 0)
        c++;
    return (enum column)c;
}

order_key_fn *column_key(enum column c)
{
    return columns[c].key;
}

/* --- which of them fit -------------------------------------------------------------------------------------------- */

#define NAME_LEAST 16
#define NAME_LEAST_AT_80 20
#define REASON_ENOUGH 34             /* a reason that has less room takes columns that do not give way, too */

/* How columns grow where there is room: each step up to its limit, in this order; what is left then is NAME's, or
 * URL's. */
static const struct {
    enum column column;
    int most;
} growth[] = {
    { COLUMN_NAME, 22 }, { COLUMN_TREND, 16 }, { COLUMN_NAME, 32 }, { COLUMN_TREND, TREND_SLOTS },
    { COLUMN_URL, 48 }, { COLUMN_NAME, 48 }, { COLUMN_URL, 400 }, { COLUMN_NAME, 400 },
};

static int spread(int width[COLUMN_COUNT], int spare)
{
    size_t i;

    for (i = 0; i < sizeof(growth) / sizeof(growth[0]) && spare > 0; i++) {
        int *w = &width[growth[i].column];
        int more = *w && growth[i].most > *w ? growth[i].most - *w : 0;

        if (more > spare)
            more = spare;
        *w += more;
        spare -= more;
    }
    return spare;
}

static int frozen(int width, int set[COLUMN_COUNT])
{
    memset(set, 0, COLUMN_COUNT * sizeof(*set));
    set[COLUMN_STATE] = columns[COLUMN_STATE].width;
    set[COLUMN_NAME] = width < 80 ? NAME_LEAST : NAME_LEAST_AT_80;
    return width - 1 - set[COLUMN_STATE] - 1 - set[COLUMN_NAME]; /* column 0 is the cursor's */
}

static int column_of_rank(int rank)
{
    int c = 0;

    while (columns[c].rank != rank)
        c++;
    return c;
}

enum err column_choice_read(struct column_choice *choice, const char *const *title, size_t n, struct errmsg *why)
{
    struct column_choice read = { .column = { COLUMN_STATE, COLUMN_NAME }, .n = n ? 2 : 0 };
    size_t i;
    int k;

    for (i = 0; i < n; i++) {
        enum column c = column_find(title[i]);

        if (c == COLUMN_COUNT)
            return err_set(why, ERR_INVALID, "there is no column '%.40s'", title[i]);
        for (k = 0; k < read.n && read.column[k] != c; k++)
            ;
        if (k == read.n)
            read.column[read.n++] = c;
    }
    *choice = read;
    return ERR_OK;
}

static bool is_chosen(const struct column_choice *choice, int c)
{
    int i;

    for (i = 0; i < choice->n; i++)
        if ((int)choice->column[i] == c)
            return true;
    return !choice->n;
}

/* The columns worth most, of those chosen. */
static void choose_best(const struct column_choice *choice, int width, int set[COLUMN_COUNT])
{
    int spare = frozen(width, set), rank, c;

    for (rank = 1; rank < COLUMN_COUNT - 1; rank++) {
        c = column_of_rank(rank);
        if (!is_chosen(choice, c))
            continue;
        if (columns[c].width >= spare)
            break;                   /* none of less worth gets in before it */
        set[c] = columns[c].width;
        spare -= columns[c].width + 1;
    }
    spread(set, spare);
}

/* All columns in turn, from the scroll-th of those that are not frozen; how many there were before them. */
static int choose_from(int width, int scroll, int set[COLUMN_COUNT])
{
    int spare = frozen(width, set) - 1, c, before = 0; /* the last column of the screen says that there is more */

    for (c = COLUMN_NAME + 1; c < COLUMN_COUNT; c++) {
        if (before < scroll - 1) {
            before++;
            continue;
        }
        if (columns[c].width >= spare)
            break;
        set[c] = columns[c].width;
        spare -= columns[c].width + 1;
    }
    spread(set, spare);
    return c;
}

int layout_last_scroll(int width)
{
    int set[COLUMN_COUNT], scroll = 1;

    if (width < COLUMNS_SHORT_BELOW)
        return 0;
    while (scroll < COLUMN_COUNT && choose_from(width, scroll, set) < COLUMN_COUNT)
        scroll++;
    return scroll;
}

/* STATE NAME CODE FOR LAST, as far as they fit beside a name that one can read. */
static void plan_short(struct layout *l, int width)
{
    static const struct {
        enum column column;
        int width;
    } wanted[] = { { COLUMN_CODE, 4 }, { COLUMN_FOR, 4 }, { COLUMN_LAST, 4 } };
    int name = width - 7, x, i;

    l->n = 0;
    for (i = 0; i < 3 && name - wanted[i].width - 1 >= 8; i++)
        name -= wanted[i].width + 1;
    l->at[l->n].column = COLUMN_STATE;
    l->at[l->n].x = 1;
    l->at[l->n++].width = 5;
    l->at[l->n].column = COLUMN_NAME;
    l->at[l->n].x = 7;
    l->at[l->n++].width = name;
    x = 7 + name + 1;
    while (l->n - 2 < i) {
        l->at[l->n].column = wanted[l->n - 2].column;
        l->at[l->n].x = x;
        l->at[l->n].width = wanted[l->n - 2].width;
        x += l->at[l->n++].width + 1;
    }
    l->more_left = l->more_right = false;
    l->reason_x = l->reason_width = l->trend_width = 0;
}

/* The reason takes the columns that give way, from the first on, and what follows while that is too little. */
static void plan_reason(struct layout *l)
{
    int i = 0, end = 0;

    l->reason_width = 0;
    while (i < l->n && !columns[l->at[i].column].gives)
        i++;
    if (i == l->n)
        return;
    l->reason_x = l->at[i].x;
    for (; i < l->n && l->at[i].column != COLUMN_FOR; i++) {
        if (!columns[l->at[i].column].gives && end - l->reason_x >= REASON_ENOUGH)
            break;
        end = l->at[i].x + l->at[i].width;
    }
    l->reason_width = end - l->reason_x;
}

void layout_plan(struct layout *l, const struct column_choice *choice, int width, int scroll)
{
    int set[COLUMN_COUNT], i, x = 1;

    if (width < COLUMNS_SHORT_BELOW) {
        plan_short(l, width);
        return;
    }
    l->n = 0;
    l->more_left = scroll > 1;
    l->more_right = false;
    l->trend_width = 0;
    if (scroll > 0)
        l->more_right = choose_from(width, scroll, set) < COLUMN_COUNT;
    else
        choose_best(choice, width, set);
    for (i = 0; i < (choice->n && !scroll ? choice->n : COLUMN_COUNT); i++) {
        int c = choice->n && !scroll ? (int)choice->column[i] : i;

        if (!set[c])
            continue;
        l->at[l->n].column = (enum column)c;
        l->at[l->n].x = x;
        l->at[l->n++].width = set[c];
        x += set[c] + 1;
        if (c == COLUMN_TREND)
            l->trend_width = set[c];
    }
    plan_reason(l);
}

/* --- drawing ------------------------------------------------------------------------------------------------------ */

void columns_draw_titles(struct cells *c, int y, const struct layout *l, enum column sorted, const char *trend)
{
    int i;

    cells_fill(c, y, 0, c->width, STYLE_TITLE);
    for (i = 0; i < l->n; i++) {
        enum column k = l->at[i].column;
        unsigned style = k == sorted ? STYLE_SORTED : STYLE_TITLE;
        enum lie lie = columns[k].lie == LIE_RIGHT ? LIE_RIGHT : LIE_LEFT;

        cells_field(c, y, l->at[i].x, l->at[i].width, style, lie, k == COLUMN_TREND ? trend : columns[k].title);
    }
    if (l->more_left)
        cells_text(c, y, 0, 1, STYLE_TITLE, "<");
    if (l->more_right)
        cells_text(c, y, c->width - 1, 1, STYLE_TITLE, ">");
}

#define FAST_US 5000                 /* what is only so much slower is no news, whatever the factor */

/* How high a latency is beside the site's median: each step is a factor, and the median lies in step 1 of 7. */
static int step_of(uint32_t us, uint32_t median)
{
    static const double factors[] = { 0.8, 1.25, 1.6, 2.2, 3.5, 6 };
    int step = 0;

    while (step < 6 && median && us > factors[step] * median)
        step++;
    return step > 2 && us < median + FAST_US ? 2 : step;
}

static void draw_mark(struct cells *c, int y, int x, unsigned flags, uint8_t mark, uint32_t us, uint32_t median)
{
    static const char *const ascii[] = { "_", ".", "-", "=", "+", "*", "#" };
    static const char *const blocks[] = { "▁", "▂", "▃", "▄", "▅", "▆", "▇" };
    static const struct {
        const char *text;
        enum style style;
    } others[] = {
        [MARK_NONE] = { " ", STYLE_PLAIN },
        [MARK_MAINTENANCE] = { "m", STYLE_TREND_OTHER },
        [MARK_INCONCLUSIVE] = { "?", STYLE_TREND_OTHER },
        [MARK_FAILED] = { "X", STYLE_TREND_FAIL },
    };
    int step = step_of(us, median);

    if (mark != MARK_GOOD)
        cells_text(c, y, x, 1, others[mark].style | flags, others[mark].text);
    else
        cells_text(c, y, x, 1, (step > 3 ? STYLE_TREND_HIGH : STYLE_TREND) | flags,
                   c->utf8 ? blocks[step] : ascii[step]);
}

/* The snapshot's trend is as of the row's last change; time since then moves it to the left. A result may be of a later
 * moment than the snapshot. */
static void draw_trend(struct cells *c, int y, int x, int width, unsigned flags, const struct snapshot *s,
                       const struct snapshot_row *row)
{
    uint32_t slot = (uint32_t)(s->now_ns / NS_PER_S) / trend_slot_s(row->row.site->options->interval_ms);
    uint32_t passed = slot > row->slot ? slot - row->slot : 0;
    int i;

    for (i = 0; i < width; i++) {
        int64_t from = (int64_t)TREND_SLOTS - width + i + passed;

        if (from >= 0 && from < TREND_SLOTS)
            draw_mark(c, y, x + i, flags, row->mark[from], latency_us(row->worst[from]), row->p50_us);
    }
}

#define KNOWN_MOST 24

/* The reason gives way to what stands behind it, "[ACK sam]": that somebody knows is half the news. */
static void draw_reason(struct cells *c, int y, const struct layout *l, unsigned flags, const char *known, const struct asked *a)
{
    static const enum style styles[STATE_COUNT] = {
        STYLE_QUIET, STYLE_PLAIN, STYLE_PLAIN, STYLE_REASON_CHECK, STYLE_REASON, STYLE_REASON_OURS, STYLE_MAINT,
        STYLE_PAUSE,
    };
    char text[WORDS_REASON_SIZE], behind[KNOWN_MOST * 4] = "";
    unsigned style = styles[state_shown(&a->row->row.state)];
    int width = l->reason_width, used;

    if (known && *known)
        snprintf(behind, sizeof(behind), " [%.*s]", KNOWN_MOST, known);
    used = cells_columns(c, behind, SIZE_MAX);
    if (used > width / 2)
        used = 0;
    words_reason(text, &a->row->row, a->snapshot, width - used);
    cells_field(c, y, l->reason_x, width, style | flags, LIE_LEFT, "");
    width = cells_text(c, y, l->reason_x, width - used, style | flags, text);
    if (used)
        cells_text(c, y, l->reason_x + width, used, STYLE_PLAIN | flags, behind);
}

#define NAME_READABLE 8              /* columns that a name keeps however deep it stands */

int column_indent(int depth, int width)
{
    int most = width > NAME_READABLE ? (width - NAME_READABLE) & ~1 : 0;

    return depth < most / 2 ? 2 * depth : most;
}

/* Steps of two columns for each depth, and the mark in the last of them. */
static void draw_name(struct cells *c, int y, int x, int width, unsigned style, struct row_look look, struct said *said)
{
    int indent = column_indent(look.depth < INT16_MAX ? (int)look.depth : INT16_MAX, width);
    char mark[2] = { look.mark };
    size_t length = strlen(said->text);

    if (look.hidden)
        snprintf(said->text + length, TEXT_SIZE - length, " (%u)", (unsigned)look.hidden);
    if (indent >= 2)
        cells_text(c, y, x + indent - 2, 1, STYLE_KEY | (style & ~STYLE_KIND), mark);
    cells_field(c, y, x + indent, width - indent, style, columns[COLUMN_NAME].lie, said->text);
}

static void draw_column(struct cells *c, int y, const struct layout *l, int i, unsigned flags, struct row_look look,
                        const struct snapshot *s, const struct snapshot_row *row)
{
    enum column k = l->at[i].column;
    struct asked a = { s, row, l->at[i].width };
    struct said said = { .style = STYLE_PLAIN };

    if (k == COLUMN_TREND) {
        draw_trend(c, y, l->at[i].x, l->at[i].width, flags, s, row);
        return;
    }
    columns[k].text(&said, &a);
    if (said.text[0] == '-' && !said.text[1])
        said.style = STYLE_QUIET;
    if (k == COLUMN_NAME && look.found)
        said.style = STYLE_MATCH;
    else if (k == COLUMN_NAME && look.tagged)
        said.style = STYLE_CHANGED;
    if (k == COLUMN_NAME)
        draw_name(c, y, l->at[i].x, l->at[i].width, said.style | flags, look, &said);
    else
        cells_field(c, y, l->at[i].x, l->at[i].width, said.style | flags, columns[k].lie, said.text);
}

void columns_draw_edge(struct cells *c, int y, struct row_look look, unsigned flags)
{
    cells_fill(c, y, 0, c->width, STYLE_PLAIN | flags);
    if (look.under_cursor || look.tagged)
        cells_text(c, y, 0, 1, (look.tagged ? STYLE_CHANGED : STYLE_PLAIN) | flags, look.tagged ? "*" : ">");
}

void columns_draw_row(struct cells *c, int y, const struct layout *l, const struct snapshot *s,
                      const struct snapshot_row *row, struct row_look look)
{
    bool reason = l->reason_width && words_has_reason(&row->row);
    unsigned flags = words_is_old(&row->row, s->now_ns) ? STYLE_OLD : 0;
    struct asked a = { s, row, 0 };
    int i;

    flags |= look.under_cursor ? STYLE_UNDER_CURSOR : 0;
    columns_draw_edge(c, y, look, flags);
    for (i = 0; i < l->n; i++) {
        int end = l->at[i].x + l->at[i].width;

        if (reason && l->at[i].x >= l->reason_x && end <= l->reason_x + l->reason_width)
            continue;
        draw_column(c, y, l, i, flags, look, s, row);
    }
    if (reason)
        draw_reason(c, y, l, flags, look.known, &a);
}
