/* Several notices in one message: how many are down and up, and what the failing ones share. Pure; any thread. */
#include "model/notice.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "model/site.h"

#define SHARED_OF 4u          /* a cause is common when 3 of 4 share it */
#define SHARED_MOST 3u
#define COMPARED_MOST 1024u   /* failing sites looked at for a common cause */

static bool tells_down(const struct notice *n)
{
    return n->state == STATE_DOWN && n->site[0] && n->kind != NOTICE_CERTIFICATE;
}

static bool tells_up(const struct notice *n)
{
    return n->kind == NOTICE_UP || (n->kind == NOTICE_SETTLED && n->state != STATE_DOWN);
}

/* --- what they may share: each writes what n has of it, "" for nothing ----------------------------------------------- */

static void its_certificate(char *text, size_t size, const struct notice *n)
{
    char at[CLOCK_RFC3339_SIZE];

    if (n->phase != PHASE_TLS || n->certificate_until == CERTIFICATE_UNKNOWN)
        return;
    clock_rfc3339(at, n->certificate_until * MS_PER_S);
    snprintf(text, size, "%.10s %.5s UTC", at, at + 11);
}

static void its_address(char *text, size_t size, const struct notice *n)
{
    if (n->phase != PHASE_COUNT)
        snprintf(text, size, "%s", n->address);
}

static void its_domain(char *text, size_t size, const struct notice *n)
{
    const char *host, *dot, *last;
    size_t length = site_host(n->url, &host);

    if (n->phase != PHASE_DNS || !length)
        return;
    for (dot = last = host + length; dot > host; dot--)
        if (dot[-1] == '.') {
            if (last != host + length)
                break;
            last = dot - 1;
        }
    snprintf(text, size, "%.*s", (int)(host + length - dot), dot);
}

static void its_outcome(char *text, size_t size, const struct notice *n)
{
    if (n->outcome == OUTCOME_STATUS)
        snprintf(text, size, "HTTP %d", n->status);
    else if (n->outcome != OUTCOME_OK)
        snprintf(text, size, "%s", outcome_sentence(n->outcome));
}

static const struct {
    enum common kind;
    void (*of)(char *text, size_t size, const struct notice *n);
} traits[] = {
    { COMMON_CERTIFICATE, its_certificate },
    { COMMON_ADDRESS, its_address },
    { COMMON_NAMESERVER, its_domain },
    { COMMON_TAG, NULL },                /* a site has many: see share_tag() */
    { COMMON_OUTCOME, its_outcome },
};

/* The phase goes with the address: a host that refuses and one that answers 502 do not fail for one reason. */
static bool alike(enum common kind, const char *a, const struct notice *x, const char *b, const struct notice *y)
{
    return a[0] && !strcmp(a, b) && (kind != COMMON_ADDRESS || x->phase == y->phase);
}

static bool enough(size_t sharing, size_t of)
{
    return sharing >= 2 && sharing * SHARED_OF >= of * SHARED_MOST;
}

static bool keep(struct common_cause *c, enum common kind, size_t count, const char *text)
{
    *c = (struct common_cause){ .kind = kind, .count = (uint32_t)count };
    snprintf(c->text, sizeof(c->text), "%s", text);
    return true;
}

/* What three in four share is what one of the first few has: so many as may not share it, and one more. */
static size_t candidates(size_t n)
{
    return n - n * SHARED_MOST / SHARED_OF + 1 < n ? n - n * SHARED_MOST / SHARED_OF + 1 : n;
}

static bool share_trait(struct common_cause *c, size_t trait, const struct notice *const *down, size_t n)
{
    char mine[NOTICE_NAME_SIZE], other[NOTICE_NAME_SIZE];
    size_t i, k, sharing;

    for (i = 0; i < candidates(n); i++) {
        mine[0] = '\0';
        traits[trait].of(mine, sizeof(mine), down[i]);
        for (k = sharing = 0; mine[0] && k < n; k++) {
            other[0] = '\0';
            traits[trait].of(other, sizeof(other), down[k]);
            sharing += alike(traits[trait].kind, mine, down[i], other, down[k]);
        }
        if (enough(sharing, n))
            return keep(c, traits[trait].kind, sharing, mine);
    }
    return false;
}

/* The next of "eu, money"; its length, 0 at the end. */
static size_t next_tag(const char **at)
{
    size_t length;

    *at += strspn(*at, ", ");
    length = strcspn(*at, ",");
    return length;
}

static bool has_tag(const struct notice *n, const char *tag, size_t length)
{
    const char *at = n->tags;
    size_t here;

    for (; (here = next_tag(&at)) > 0; at += here)
        if (here == length && !memcmp(at, tag, length))
            return true;
    return false;
}

static bool share_tag(struct common_cause *c, const struct notice *const *down, size_t n)
{
    size_t i, k, length, sharing;
    char text[NOTICE_NAME_SIZE];
    const char *tag;

    for (i = 0; i < candidates(n); i++)
        for (tag = down[i]->tags; (length = next_tag(&tag)) > 0; tag += length) {
            for (k = sharing = 0; k < n; k++)
                sharing += has_tag(down[k], tag, length);
            snprintf(text, sizeof(text), "%.*s", (int)length, tag);
            if (enough(sharing, n))
                return keep(c, COMMON_TAG, sharing, text);
        }
    return false;
}

static void find_common(struct common_cause *c, const struct notice *const *down, size_t n)
{
    size_t i;

    for (i = 0; n >= 2 && i < sizeof(traits) / sizeof(traits[0]); i++)
        if (traits[i].of ? share_trait(c, i, down, n) : share_tag(c, down, n))
            return;
}

/* --- the bundle ----------------------------------------------------------------------------------------------------- */

struct news {
    const struct notice *notice;
    size_t at;
};

static int by_site(const void *a, const void *b)
{
    const struct news *x = a, *y = b;
    int order = strcmp(x->notice->site, y->notice->site);

    return order ? order : (x->at > y->at) - (x->at < y->at);
}

static int by_time(const void *a, const void *b)
{
    const struct news *x = a, *y = b;

    return (x->at > y->at) - (x->at < y->at);
}

/* Leaves the last news of each site, in the order in which it came; how many. */
static size_t last_of_each(struct news *news, size_t n)
{
    size_t i, kept = 0;

    qsort(news, n, sizeof(news[0]), by_site);
    for (i = 0; i < n; i++)
        if (i + 1 == n || strcmp(news[i].notice->site, news[i + 1].notice->site) != 0)
            news[kept++] = news[i];
    qsort(news, kept, sizeof(news[0]), by_time);
    return kept;
}

void bundle_init(struct bundle *b, const struct notice *const *notice, size_t n, enum bundle_reason reason)
{
    const struct notice *down[COMPARED_MOST];
    struct news *news = calloc(n, sizeof(*news));
    size_t nnews = 0, i;

    *b = (struct bundle){ .notice = notice, .n = n, .reason = reason };
    for (i = 0; i < n; i++)
        if (!tells_down(notice[i]) && !tells_up(notice[i]))
            b->other++;
        else if (news)
            news[nnews++] = (struct news){ notice[i], i };
    if (news)
        nnews = last_of_each(news, nnews);
    for (i = 0; i < nnews; i++)
        if (tells_up(news[i].notice))
            b->up++;
        else if (b->down++ < COMPARED_MOST)
            down[b->down - 1] = news[i].notice;
    find_common(&b->common, down, b->down < COMPARED_MOST ? b->down : COMPARED_MOST);
    free(news);
}

static const char *const common_words[] = {
    [COMMON_CERTIFICATE] = "by one certificate that ends ",
    [COMMON_ADDRESS] = "on ",
    [COMMON_NAMESERVER] = "without name service for ",
    [COMMON_TAG] = "tagged ",
    [COMMON_OUTCOME] = "with ",
};

static size_t add(char *text, size_t at, const char *addition)
{
    return at + (size_t)snprintf(text + at, BUNDLE_SUMMARY_SIZE - at, "%s%s", at ? ", " : "", addition);
}

const char *bundle_summary(char text[BUNDLE_SUMMARY_SIZE], const struct bundle *b)
{
    char part[NOTICE_NAME_SIZE + 64], share[16] = "all";
    size_t at = 0;

    text[0] = '\0';
    if (b->down) {
        snprintf(part, sizeof(part), "%u down", b->down);
        at = add(text, at, part);
    }
    if (b->common.kind) {
        if (b->common.count < b->down)
            snprintf(share, sizeof(share), "%u", b->common.count);
        snprintf(part, sizeof(part), "%s %s%s", share, common_words[b->common.kind], b->common.text);
        at = add(text, at, part);
    }
    if (b->up) {
        snprintf(part, sizeof(part), "%u up again", b->up);
        at = add(text, at, part);
    }
    if (b->other) {
        snprintf(part, sizeof(part), "%u other notice%s", b->other, b->other == 1 ? "" : "s");
        add(text, at, part);
    }
    return text;
}
