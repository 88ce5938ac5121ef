/* Ten thousand random edits of messy files, judged by libconfig alone: it must read from the new text what it read
 * from the old one, but for the one thing that was wanted; lines that do not belong to the edit stay as they are,
 * byte for byte; and no comment is lost by setting and adding.
 *
 * CONFIG_ROUNDS and CONFIG_SEED in the environment make it longer, and other. */
#include <inttypes.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libconfig.h>

#include "base/strbuf.h"
#include "config/edit.h"
#include "messy.h"
#include "scratch.h"
#include "support/random.h"
#include "support/tests.h"

/* --- what libconfig reads --------------------------------------------------------------------------------------- */

/* A site as libconfig reads it: its members in their order, printed. */
struct member {
    char key[32], value[160];
};

struct model_site {
    bool plain;                      /* a string: one member, "url" */
    size_t n;
    struct member member[32];
    unsigned line;                   /* of the '{' */
};

struct model {
    char *around;                    /* everything but the sites, printed */
    size_t n;
    struct model_site site[16];
};

static void print_value(struct strbuf *out, const config_setting_t *s)
{
    int i;

    if (config_setting_name(s))
        strbuf_addf(out, "%s=", config_setting_name(s));
    switch (config_setting_type(s)) {
    case CONFIG_TYPE_INT:
    case CONFIG_TYPE_INT64:
        strbuf_addf(out, "%lld", config_setting_get_int64(s));
        return;
    case CONFIG_TYPE_BOOL:
        strbuf_adds(out, config_setting_get_bool(s) ? "true" : "false");
        return;
    case CONFIG_TYPE_STRING:
        strbuf_addf(out, "<%s>", config_setting_get_string(s));
        return;
    }
    strbuf_adds(out, config_setting_is_group(s) ? "{" : "[");
    for (i = 0; i < config_setting_length(s); i++) {
        print_value(out, config_setting_get_elem(s, (unsigned)i));
        strbuf_adds(out, ";");
    }
    strbuf_adds(out, config_setting_is_group(s) ? "}" : "]");
}

static void read_member(struct model_site *site, const char *key, const config_setting_t *s)
{
    struct member *m = &site->member[site->n++];
    struct strbuf value = STRBUF_INIT;
    const char *text;

    print_value(&value, s);
    text = config_setting_name(s) ? strchr(value.text, '=') + 1 : value.text;
    snprintf(m->key, sizeof(m->key), "%s", key);
    snprintf(m->value, sizeof(m->value), "%s", text);
    strbuf_release(&value);
}

static void read_site(struct model_site *site, const config_setting_t *s)
{
    int i;

    *site = (struct model_site){ .plain = !config_setting_is_group(s), .line = config_setting_source_line(s) };
    if (site->plain)
        read_member(site, "url", s);
    for (i = 0; !site->plain && i < config_setting_length(s); i++) {
        const config_setting_t *member = config_setting_get_elem(s, (unsigned)i);

        read_member(site, config_setting_name(member), member);
    }
}

/* By libconfig's own parser, on the plain text. */
static void model_read(struct model *m, const char *text, size_t length)
{
    size_t mark = length >= 3 && !memcmp(text, "\xef\xbb\xbf", 3) ? 3 : 0;
    struct strbuf copy = STRBUF_INIT, around = STRBUF_INIT;
    const config_setting_t *root, *sites;
    config_t config;
    int i;

    strbuf_add(&copy, text + mark, length - mark);
    strbuf_adds(&copy, "\n");
    config_init(&config);
    if (!config_read_string(&config, copy.text))
        fail_msg("libconfig: %s in line %d of\n%s", config_error_text(&config), config_error_line(&config), text);
    root = config_root_setting(&config);
    for (i = 0; i < config_setting_length(root); i++)
        if (strcmp(config_setting_name(config_setting_get_elem(root, (unsigned)i)), "sites") != 0)
            print_value(&around, config_setting_get_elem(root, (unsigned)i));
    sites = config_setting_get_member(root, "sites");
    m->n = sites ? (size_t)config_setting_length(sites) : 0;
    for (i = 0; (size_t)i < m->n; i++)
        read_site(&m->site[i], config_setting_get_elem(sites, (unsigned)i));
    m->around = strbuf_detach(&around);
    config_destroy(&config);
    strbuf_release(&copy);
}

static bool same_site(const struct model_site *a, const struct model_site *b)
{
    size_t i;

    for (i = 0; i < a->n && i < b->n; i++)
        if (strcmp(a->member[i].key, b->member[i].key) || strcmp(a->member[i].value, b->member[i].value))
            return false;
    return a->n == b->n && a->plain == b->plain;
}

static bool same_model(const struct model *a, const struct model *b)
{
    size_t i;

    for (i = 0; i < a->n && i < b->n; i++)
        if (!same_site(&a->site[i], &b->site[i]))
            return false;
    return a->n == b->n && !strcmp(a->around, b->around);
}

/* --- the same edit, made on the model --------------------------------------------------------------------------- */

static size_t find_member(const struct model_site *s, const char *key)
{
    size_t i;

    for (i = 0; i < s->n && strcmp(s->member[i].key, key); i++)
        ;
    return i;
}

static void insert_member(struct model_site *s, size_t at, const char *key, const char *value)
{
    memmove(&s->member[at + 1], &s->member[at], (s->n - at) * sizeof(s->member[0]));
    snprintf(s->member[at].key, sizeof(s->member[at].key), "%s", key);
    snprintf(s->member[at].value, sizeof(s->member[at].value), "%s", value);
    s->n++;
}

static void model_set(struct model_site *s, const char *key, const char *value)
{
    size_t at = find_member(s, key);

    if (at < s->n && value) {
        snprintf(s->member[at].value, sizeof(s->member[at].value), "%s", value);
    } else if (at < s->n && !s->plain) {
        memmove(&s->member[at], &s->member[at + 1], (s->n - at - 1) * sizeof(s->member[0]));
        s->n--;
    } else if (value) {
        insert_member(s, s->plain && !strcmp(key, "name") ? 0 : s->n, key, value);
        s->plain = false;
    }
}

static void model_remove(struct model *m, size_t number)
{
    memmove(&m->site[number], &m->site[number + 1], (m->n - number - 1) * sizeof(m->site[0]));
    m->n--;
}

/* --- what must not be lost -------------------------------------------------------------------------------------- */

/* All comments, one behind the other; a reader of its own, so that it can not be wrong in the same way. */
static char *comments_of(const char *text)
{
    struct strbuf found = STRBUF_INIT;
    bool in_text = false;

    for (; *text; text++) {
        size_t length = 0;

        if (in_text && *text == '\\' && (text[1] == '"' || text[1] == '\\')) {
            text++;
            continue;
        }
        if (*text == '"')
            in_text = !in_text;
        if (!in_text && (*text == '#' || (*text == '/' && text[1] == '/')))
            length = strcspn(text, "\r\n");
        if (!in_text && *text == '/' && text[1] == '*')
            length = (size_t)(strstr(text + 2, "*/") + 2 - text);
        strbuf_add(&found, text, length);
        strbuf_adds(&found, length ? "\n" : "");
        text += length ? length - 1 : 0;
    }
    return strbuf_detach(&found);
}

static void check_comments(const char *before, const char *after)
{
    char *a = comments_of(before), *b = comments_of(after);

    if (strcmp(a, b) != 0)
        fail_msg("comments are lost in\n%s\n--- to\n%s", before, after);
    free(a);
    free(b);
}

/* Where a line begins, from 1; the end of the text for one that is not there. */
static size_t line_begin(const char *text, unsigned line)
{
    const char *at = text;

    while (at && --line)
        at = (at = strchr(at, '\n')) ? at + 1 : NULL;
    return at ? (size_t)(at - text) : strlen(text);
}

/* Bytes before line `first` and behind line `last` of the old text (from 1) are the same in the new one. */
static void check_lines(const char *before, const char *after, unsigned first, unsigned last)
{
    size_t head = line_begin(before, first), rest = strlen(before) - line_begin(before, last + (last < UINT32_MAX));
    size_t length = strlen(after);

    if (length < head || memcmp(before, after, head) != 0)
        fail_msg("changed before line %u, in\n%s\n--- to\n%s", first, before, after);
    if (length < rest || memcmp(before + strlen(before) - rest, after + length - rest, rest) != 0)
        fail_msg("changed behind line %u, in\n%s\n--- to\n%s", last, before, after);
}

/* --- one edit --------------------------------------------------------------------------------------------------- */

static const struct {
    const char *key, *typed, *read;  /* read: by libconfig, printed */
} values[] = {
    { "interval", "45s", "<45s>" }, { "interval", " 90 ", "<90>" }, { "timeout", "2s500ms", "<2s500ms>" },
    { "retries", "7", "7" }, { "paused", "yes", "true" }, { "paused", "off", "false" }, { "method", "HEAD", "<HEAD>" },
    { "owner", "web", "<web>" }, { "owner", "", "<>" }, { "tags", "eu, \"a, b\"", "[<eu>;<a, b>;]" },
    { "tags", "", "[]" },
    { "headers", "X-A: 1, \"X-B: {1, 2}\"", "[<X-A: 1>;<X-B: {1, 2}>;]" },
    { "expect_body", " \"q\" # \\x ", "< \"q\" # \\x >" },
    { "expect_body_regex", "[0-9]{2}", "<[0-9]{2}>" }, { "slow_above", "", "<0s>" }, { "ip", "6", "<6>" },
    { "body_limit", "2048", "2048" }, { "user_agent", "süd/1", "<süd/1>" },
    { "url", "https://new.example.org/p?q=1", "<https://new.example.org/p?q=1>" },
    { "name", "new \"{%u}\"", "<new \"{%u}\">" },
    { "expect_status", "200,204", "<200,204>" }, { "proxy", "env", "<env>" },
};
#define NVALUE (sizeof(values) / sizeof(values[0]))

struct round {
    unsigned number;
    struct random *random;
    struct edit *edit;
    struct settings *settings;       /* what the text says: for names */
    struct model model;
    const char *before;
};

static void check_wanted(struct round *r, const struct model *wanted)
{
    struct model found;
    size_t length;
    const char *after = edit_text(r->edit, &length);

    model_read(&found, after, length);
    if (!same_model(&found, wanted))
        fail_msg("not what was wanted:\n%s\n--- gives\n%s", r->before, after);
    free(found.around);
}

static const char *edited(const struct round *r)
{
    size_t length;

    return edit_text(r->edit, &length);
}

/* The lines a site can touch. libconfig tells of a string's line only that it is not behind that of the next token. */
static unsigned first_line(const struct round *r, size_t number)
{
    return r->model.site[number].plain ? number ? r->model.site[number - 1].line : 1 : r->model.site[number].line;
}

static unsigned last_line(const struct round *r, size_t number)
{
    return number + 1 < r->model.n ? r->model.site[number + 1].line : UINT32_MAX;
}

/* With the round's number for %u, so that no name is given twice. */
static const char *numbered(char text[64], const struct round *r, const char *pattern)
{
    const char *at = strstr(pattern, "%u");

    if (at)
        snprintf(text, 64, "%.*s%u%s", (int)(at - pattern), pattern, r->number, at + 2);
    else
        snprintf(text, 64, "%s", pattern);
    return text;
}

static void set_something(struct round *r)
{
    size_t number = random_below(r->random, r->model.n), which = random_below(r->random, NVALUE);
    char typed[64], read[64];
    struct edit_value value = { values[which].key, numbered(typed, r, values[which].typed) };
    struct model wanted = r->model;
    struct errmsg why = ERRMSG_INIT;
    enum err err;

    if (!random_below(r->random, 4))
        value.text = NULL;
    model_set(&wanted.site[number], value.key, value.text ? numbered(read, r, values[which].read) : NULL);
    err = edit_set(r->edit, r->settings->site[number]->name, &value, 1, &why);
    if (!value.text && !strcmp(value.key, "url")) {
        assert_int_equal(err, ERR_INVALID);
        assert_string_equal(edited(r), r->before);
        return;
    }
    if (err)
        fail_msg("'%s' = '%s': %s\n%s", value.key, value.text ? value.text : "(none)", why.text, r->before);
    check_wanted(r, &wanted);
    check_lines(r->before, edited(r), first_line(r, number), last_line(r, number));
    if (value.text)
        check_comments(r->before, edited(r));
}

static void add_something(struct round *r)
{
    size_t which = random_below(r->random, NVALUE - 4), last = r->model.n - (r->model.n > 0);
    char name[64], read[64];
    struct edit_value given[2] = { { values[which].key, values[which].typed },
                                   { "name", numbered(name, r, "added, \\\"%u\\\"") } };
    size_t ngiven = random_below(r->random, 3);
    struct model wanted = r->model;
    struct model_site *site = &wanted.site[wanted.n++];
    struct errmsg why = ERRMSG_INIT;

    if (ngiven && !strcmp(given[0].key, "url"))
        ngiven = 0;
    *site = (struct model_site){ .plain = true };
    insert_member(site, 0, "url", "<https://added.example.org/>");
    if (ngiven == 2)
        model_set(site, "name", numbered(read, r, "<added, \\\"%u\\\">"));
    if (ngiven)
        model_set(site, values[which].key, values[which].read);
    if (edit_add(r->edit, "https://added.example.org/", given, ngiven, &why))
        fail_msg("%s\n%s", why.text, r->before);
    check_wanted(r, &wanted);
    if (r->model.n)
        check_lines(r->before, edited(r), first_line(r, last), UINT32_MAX);
    check_comments(r->before, edited(r));
}

static void remove_something(struct round *r)
{
    size_t number = random_below(r->random, r->model.n);
    struct model wanted = r->model;
    struct errmsg why = ERRMSG_INIT;

    model_remove(&wanted, number);
    if (edit_remove(r->edit, r->settings->site[number]->name, &why))
        fail_msg("%s\n%s", why.text, r->before);
    check_wanted(r, &wanted);
    check_lines(r->before, edited(r), number ? first_line(r, number - 1) : 1, last_line(r, number));
}

static void set_something_wrong(struct round *r)
{
    static const struct edit_value wrong[] = {
        { "interval", "0" }, { "retries", "11" }, { "owner", "nobody" }, { "url", "https://a b" }, { "headers", "X" },
        { "url", "https://x/\n" }, { "name", "\x01" }, { "depends_on", "nobody" }, { "expect_status", "2" },
    };
    size_t number = random_below(r->random, r->model.n);

    assert_int_equal(edit_set(r->edit, r->settings->site[number]->name,
                              &wrong[random_below(r->random, sizeof(wrong) / sizeof(wrong[0]))], 1, NULL), ERR_INVALID);
    assert_string_equal(edited(r), r->before);
}

static void edit_once(struct round *r)
{
    char *before;
    size_t length;

    before = strdup(edit_text(r->edit, &length));
    r->before = before;
    assert_int_equal(settings_read_text(&r->settings, scratch_path("uptime.cfg"), before, length, NULL), ERR_OK);
    model_read(&r->model, before, length);
    assert_int_equal(r->model.n, r->settings->nsite);

    switch (random_below(r->random, r->model.n ? 8 : 1)) {
    case 0:
        if (r->model.n < 10)
            add_something(r);
        break;
    case 1:
    case 2:
        remove_something(r);
        break;
    case 3:
        set_something_wrong(r);
        break;
    default:
        set_something(r);
    }
    free(r->model.around);
    settings_free(r->settings);
    free(before);
}

static uint64_t from_environment(const char *name, uint64_t otherwise)
{
    const char *value = getenv(name);

    return value && *value ? strtoull(value, NULL, 10) : otherwise;
}

/* Six edits to a file. */
static void random_edits_do_what_was_wanted_and_nothing_else(void **state)
{
    uint64_t seed = from_environment("CONFIG_SEED", 1), rounds = from_environment("CONFIG_ROUNDS", 10000), i;
    struct random random = { seed };
    struct round r = { .random = &random };
    struct strbuf text = STRBUF_INIT;

    (void)state;
    print_message("seed %" PRIu64 ", %" PRIu64 " rounds\n", seed, rounds);
    for (i = 0; i < rounds; i++) {
        struct errmsg why = ERRMSG_INIT;

        if (i % 6 == 0) {
            edit_free(i ? r.edit : NULL);
            messy_file(&random, &text);
            if (edit_open(&r.edit, scratch_write("uptime.cfg", text.text, (long)text.length), &why))
                fail_msg("round %" PRIu64 ": %s\n%s", i, why.text, text.text);
        }
        r.number = (unsigned)i;
        edit_once(&r);
    }
    edit_free(r.edit);
    strbuf_release(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_edits_do_what_was_wanted_and_nothing_else),
    };

    setlocale(LC_ALL, "C.UTF-8");
    return cmocka_run_group_tests(tests, scratch_begin, scratch_end);
}
