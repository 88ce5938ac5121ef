/* What columns sort by: ascending is worst, slowest, newest first. */
#include <ctype.h>
#include <string.h>

#include "columns.h"
#include "words.h"

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

static order_key_fn *const keys[COLUMN_COUNT] = {
#define COLUMN(id, title, width, rank, lie, gives, key, text) key_##key,
#include "columns.def"
#undef COLUMN
};

order_key_fn *column_key(enum column c)
{
    return keys[c];
}
