/* Files as people write them, and worse. */
#include "messy.h"

#include <stdbool.h>
#include <string.h>

#define PICK(r, array) ((array)[random_below(r, sizeof(array) / sizeof((array)[0]))])

struct writer {
    struct random *random;
    struct strbuf *out;
    unsigned mess;                   /* of 10: how often there is more than one blank between two words */
    bool comma_first;
    unsigned sites;                  /* so far: each has a name of its own */
};

static bool maybe(struct writer *w, unsigned of_ten)
{
    return random_below(w->random, 10) < of_ten;
}

/* What can stand between two words; `least` where something must. */
static void gap(struct writer *w, const char *least)
{
    static const char *const gaps[] = {
        "", " ", "  ", "\t", "\n", "\n    ", "\n\n  ", " # to the end { \"of\" the ( line\n",
        "\n  // a line of its \"own }\n  ",
        " /* { \" ( */ ", "/*\n * several # \"lines\n */", "#\n", " //, ; = \n\t", "/**/", "\n# one\n# two \xc3\xa4\n",
    };

    strbuf_adds(w->out, maybe(w, w->mess) ? PICK(w->random, gaps) : least);
}

/* A gap that separates even where it is empty. */
static void blank(struct writer *w)
{
    strbuf_adds(w->out, " ");
    gap(w, "");
}

static void separator(struct writer *w)
{
    static const char *const separators[] = { ";", ";", ";", ",", "" };

    gap(w, "");
    strbuf_adds(w->out, PICK(w->random, separators));
    blank(w);
}

static void setting(struct writer *w, const char *key, const char *value)
{
    strbuf_adds(w->out, key);
    gap(w, " ");
    strbuf_adds(w->out, maybe(w, 2) ? ":" : "=");
    gap(w, " ");
    strbuf_adds(w->out, value);
    separator(w);
}

static void strings(struct writer *w, const char *key, unsigned n)
{
    static const char *const items[] = { "\"eu\"", "\"money\"", "\"a, b\"", "\"{x}\"", "\"it \\\"is\\\"\"" };
    bool array = maybe(w, 5);

    strbuf_adds(w->out, key);
    gap(w, " ");
    strbuf_adds(w->out, array ? "= [" : "= (");
    while (n--) {
        gap(w, " ");
        strbuf_adds(w->out, PICK(w->random, items));
        gap(w, "");
        strbuf_adds(w->out, n ? "," : "");
    }
    gap(w, " ");
    strbuf_adds(w->out, array ? "]" : ")");
    separator(w);
}

/* Some settings of a site, each at most once. */
static void options(struct writer *w)
{
    static const struct { const char *key, *value; } known[] = {
        { "interval", "\"30s\"" }, { "timeout", "5" }, { "retries", "0x2" }, { "method", "\"GET\"" },
        { "paused", "TRUE" },
        { "expect_body", "\"two\" /* joined */ \"parts\"" }, { "expect_status", "\"200-299, 401\"" },
        { "tls_verify", "false" },
        { "expect_body_regex", "\"v[0-9]+ \\\"x\\\"\"" }, { "slow_above", "\"800ms\"" }, { "ip", "4" },
        { "user_agent", "\"x/1 # no comment\"" }, { "body_limit", "1000L" },
    };
    size_t i;

    for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        if (maybe(w, 2))
            setting(w, known[i].key, known[i].value);
    if (maybe(w, 2))
        strings(w, "tags", (unsigned)random_below(w->random, 4));
    if (maybe(w, 1))
        setting(w, "headers", "[ \"X-A: 1, 2\", \"X-B: {\" ]");
}

static void name(struct writer *w)
{
    static const char *const kinds[] = {
        "\"site %u\"", "\"süd %u\"", "\"n\" \"ame-%u\"", "\"q\\\"%u\\\"\"", "\"{%u}\"",
    };
    struct strbuf value = STRBUF_INIT;
    const char *kind = PICK(w->random, kinds), *number = strstr(kind, "%u");

    strbuf_add(&value, kind, (size_t)(number - kind));
    strbuf_addf(&value, "%u%s", w->sites, number + 2);
    setting(w, "name", value.text);
    strbuf_release(&value);
}

static void url(struct writer *w)
{
    struct strbuf value = STRBUF_INIT;

    strbuf_addf(&value, maybe(w, 8) ? "\"https://h%u.example.org/\"" : "\"https://\" \"h%u.example.org/x\"", w->sites);
    setting(w, "url", value.text);
    strbuf_release(&value);
}

static void site(struct writer *w)
{
    w->sites++;
    if (maybe(w, 4)) {
        strbuf_addf(w->out, "\"https://h%u.example.org/\"", w->sites);
        return;
    }
    strbuf_adds(w->out, "{");
    gap(w, " ");
    if (maybe(w, 5)) {
        name(w);
        url(w);
        options(w);
    } else {
        options(w);
        url(w);
        if (maybe(w, 5))
            name(w);
    }
    strbuf_adds(w->out, "}");
}

static void sites(struct writer *w)
{
    size_t n = random_below(w->random, 7), i;

    strbuf_adds(w->out, "sites");
    gap(w, " ");
    strbuf_adds(w->out, "= (");
    gap(w, "\n");
    for (i = 0; i < n; i++) {
        if (i && w->comma_first)
            strbuf_adds(w->out, "\n  , ");
        site(w);
        gap(w, "");
        if (i + 1 < n && !w->comma_first) {
            strbuf_adds(w->out, ",");
            gap(w, "\n  ");
        }
    }
    gap(w, "\n");
    strbuf_adds(w->out, ")");
    separator(w);
}

static void other(struct writer *w, unsigned which)
{
    static const char *const others[] = {
        "workers = 2", "owners = ( { name = \"ops\"; email = \"ops@example.org\" }, { name = \"web\" } )",
        "defaults: { interval = \"2m\"; # {\n tags = [ \"all\" ] }", "history = { samples = \"7d\", hourly = \"30d\" }",
        "anchors = [\"https://192.0.2.1/\",\n  \"https://192.0.2.2/\"  // \"two\n ]", "max_in_flight = 0x100",
    };

    if (which >= sizeof(others) / sizeof(others[0]))
        return;
    strbuf_adds(w->out, others[which]);
    separator(w);
}

static void with_crlf(struct strbuf *text)
{
    size_t i;

    for (i = 0; i < text->length; i++)
        if (text->text[i] == '\n')
            strbuf_splice(text, i++, 0, "\r", 1);
}

void messy_file(struct random *r, struct strbuf *out)
{
    struct writer w = {
        .random = r, .out = out, .mess = (unsigned)random_below(r, 8), .comma_first = random_below(r, 5) == 0,
    };
    unsigned at = (unsigned)random_below(r, 8), i;
    bool has_sites = random_below(r, 12) != 0;

    strbuf_reset(out);
    gap(&w, "");
    for (i = 0; i < 8; i++) {
        if (i == at && has_sites)
            sites(&w);
        if (i == 1 || random_below(r, 2)) /* the owners are always there */
            other(&w, i);
    }
    gap(&w, "\n");
    if (random_below(r, 4))
        strbuf_adds(out, "\n");
    if (random_below(r, 4) == 0)
        with_crlf(out);
    if (random_below(r, 8) == 0)
        strbuf_splice(out, 0, 0, "\xef\xbb\xbf", 3);
}
