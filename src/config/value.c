/* Values of settings. Each type is one row of the table below: what may be given for it, how it is taken, how it is shown,
 * and what memory it holds. */
#include "value.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/duration.h"
#include "base/text.h"
#include "civil.h"
#include "file.h"
#include "items.h"
#include "refine.h"
#include "report.h"
#include "secret.h"
#include "url.h"

/* One value on its way into its member. */
struct taking {
    const struct setting *row;
    const struct given *given;
    const char *base_dir;
    void *member;
    struct errmsg *why;
};

struct type {
    const char *noun;
    unsigned accepts;                /* a bit for each given_kind */
    enum err (*take)(const struct taking *t);
    void (*format)(const struct setting *row, const void *member, struct strbuf *out);
    size_t plain;                    /* bytes of the member that hold no pointer, at its beginning */
    size_t texts_at, ntext;          /* and where its char * are */
};

static const struct type types[SETTING_TYPES];

#define BIT(kind) (1u << (kind))

static void *member_of(const struct setting *row, void *object)
{
    return (char *)object + row->offset;
}

static bool is_list(const struct setting *row)
{
    return row->type == SETTING_STRINGS || row->type == SETTING_TEXTS;
}

static char **texts_of(const struct type *type, void *member)
{
    return (char **)((char *)member + type->texts_at);
}

static enum err out_of_memory(struct errmsg *why)
{
    return err_set(why, ERR_NOMEM, "out of memory");
}

/* Puts "'owner': " before a message that does not name the setting yet. */
static enum err named(const struct taking *t, enum err err, const struct errmsg *inner)
{
    return err_set(t->why, err, "'%s': %.400s", t->row->name, inner->text);
}

static void replace(char **member, char *text)
{
    free(*member);
    *member = text;
}

/* --- texts ------------------------------------------------------------------------------------------------------ */

/* "HEAD or GET", "serial, threads or events" */
static void join_words(struct strbuf *out, const struct strings *words)
{
    size_t i;

    for (i = 0; i < words->n; i++)
        strbuf_addf(out, "%s%s", !i ? "" : i + 1 < words->n ? ", " : " or ", words->item[i]);
}

static void split_words(struct strings *out, const char *words)
{
    char word[32];

    for (; *words; words += strcspn(words, " "), words += strspn(words, " ")) {
        snprintf(word, sizeof(word), "%.*s", (int)strcspn(words, " "), words);
        if (strings_add(out, word))
            return; /* a shorter list in a message */
    }
}

static enum err refuse_word(const struct taking *t, const char *text)
{
    struct strbuf joined = STRBUF_INIT;
    struct strings words = { 0 };
    struct hint h;
    struct shown s;

    split_words(&words, t->row->words);
    join_words(&joined, &words);
    err_set(t->why, ERR_INVALID, "'%s' must be %.200s, not '%s'%s", t->row->name, joined.text, shown(&s, text),
            hint(&h, text, (const char *const *)words.item, words.n));
    strings_release(&words);
    strbuf_release(&joined);
    return ERR_INVALID;
}

/* The number of a word in the row's list, -1 if it is not there. */
static int word_number(const struct setting *row, const char *text)
{
    size_t length = strlen(text);
    const char *word;
    int number = 0;

    for (word = row->words; *word; word += strcspn(word, " "), word += strspn(word, " "), number++)
        if (strcspn(word, " ") == length && !strncmp(word, text, length))
            return number;
    return -1;
}

/* One text, checked: what to keep of it, for the caller to free. */
static enum err refine(const struct taking *t, char **out, const char *text)
{
    struct errmsg inner = ERRMSG_INIT;
    enum err err;

    if (t->row->words && word_number(t->row, text) < 0)
        return refuse_word(t, text);
    if (!t->row->refine) {
        *out = strdup(text);
        return *out ? ERR_OK : out_of_memory(t->why);
    }
    err = t->row->refine(out, text, &inner);
    return err ? named(t, err, &inner) : ERR_OK;
}

static enum err take_text(const struct taking *t)
{
    char *kept = NULL;
    enum err err;

    if (!*t->given->text && t->row->required)
        return err_set(t->why, ERR_INVALID, "'%s' is empty", t->row->name);
    err = *t->given->text ? refine(t, &kept, t->given->text) : ERR_OK;
    if (!err)
        replace(t->member, kept);
    return err;
}

static void format_text(const struct setting *row, const void *member, struct strbuf *out)
{
    const char *text = *(char *const *)member;

    (void)row;
    strbuf_adds(out, text ? text : "");
}

static enum err take_strings(const struct taking *t)
{
    struct strings kept = { 0 };
    enum err err = ERR_OK;
    size_t i;

    for (i = 0; i < t->given->texts->n && !err; i++) {
        char *item = NULL;

        err = refine(t, &item, t->given->texts->item[i]);
        if (!err && strings_add(&kept, item))
            err = out_of_memory(t->why);
        free(item);
    }
    if (err) {
        strings_release(&kept);
        return err;
    }
    strings_release(t->member);
    *(struct strings *)t->member = kept;
    return ERR_OK;
}

static enum err take_texts(const struct taking *t)
{
    char *item = (char *)t->given->text; /* only read */
    struct strings one = { item && *item ? 1 : 0, &item };
    struct given list = { .kind = GIVEN_TEXTS, .texts = &one };
    struct taking as_list = *t;

    as_list.given = &list;
    return take_strings(t->given->kind == GIVEN_TEXTS ? t : &as_list);
}

/* Headers with their secrets as ***. */
static enum err mask_headers(struct strings *masked, const struct strings *headers)
{
    size_t i;

    for (i = 0; i < headers->n; i++) {
        const char *header = headers->item[i], *secret = secret_in_header(header);
        struct strbuf text = STRBUF_INIT;
        bool added;

        strbuf_add(&text, header, secret ? (size_t)(secret - header) : strlen(header));
        strbuf_adds(&text, secret ? "***" : "");
        added = !text.failed && !strings_add(masked, text.text);
        strbuf_release(&text);
        if (!added)
            return ERR_NOMEM;
    }
    return ERR_OK;
}

static void format_strings(const struct setting *row, const void *member, struct strbuf *out)
{
    struct strings masked = { 0 };

    if (row->refine != refine_header)
        items_join(out, member);
    else if (mask_headers(&masked, member))
        out->failed = true;
    else
        items_join(out, &masked);
    strings_release(&masked);
}

/* --- numbers ---------------------------------------------------------------------------------------------------- */

static enum err in_range(const struct taking *t, int64_t number)
{
    if (number >= t->row->least && number <= t->row->most)
        return ERR_OK;
    return err_set(t->why, ERR_INVALID, "'%s' must be %lld to %lld, not %lld", t->row->name, (long long)t->row->least,
                   (long long)t->row->most, (long long)number);
}

static enum err take_integer(const struct taking *t)
{
    enum err err = in_range(t, t->given->number);

    if (!err)
        *(int *)t->member = (int)t->given->number;
    return err;
}

static void format_integer(const struct setting *row, const void *member, struct strbuf *out)
{
    (void)row;
    strbuf_addf(out, "%d", *(const int *)member);
}

static enum err take_size(const struct taking *t)
{
    enum err err = in_range(t, t->given->number);

    if (!err)
        *(int64_t *)t->member = t->given->number;
    return err;
}

static void format_size(const struct setting *row, const void *member, struct strbuf *out)
{
    (void)row;
    strbuf_addf(out, "%lld", (long long)*(const int64_t *)member);
}

static enum err take_boolean(const struct taking *t)
{
    *(bool *)t->member = t->given->number != 0;
    return ERR_OK;
}

static void format_boolean(const struct setting *row, const void *member, struct strbuf *out)
{
    (void)row;
    strbuf_adds(out, *(const bool *)member ? "true" : "false");
}

static enum err take_word(const struct taking *t)
{
    char digits[24];
    const char *text = t->given->text;
    int number;

    if (t->given->kind == GIVEN_NUMBER) { /* ip = 4 */
        snprintf(digits, sizeof(digits), "%lld", (long long)t->given->number);
        text = digits;
    }
    number = word_number(t->row, text);
    if (number < 0)
        return refuse_word(t, text);
    *(int *)t->member = number;
    return ERR_OK;
}

static void format_word(const struct setting *row, const void *member, struct strbuf *out)
{
    const char *word = row->words;
    int number = *(const int *)member;

    while (number--)
        word += strcspn(word, " ") + 1;
    strbuf_add(out, word, strcspn(word, " "));
}

/* --- durations -------------------------------------------------------------------------------------------------- */

/* Zero that means "off" lies below the range. */
static bool can_be_off(const struct setting *row)
{
    return row->words && !strcmp(row->words, "off");
}

static enum err read_duration(const struct taking *t, int64_t *ms)
{
    struct errmsg inner = ERRMSG_INIT;

    if (t->given->kind == GIVEN_HEX)
        return err_set(t->why, ERR_INVALID, "'%s' is no duration: not in hexadecimal", t->row->name);
    if (t->given->kind == GIVEN_NUMBER) {
        if (__builtin_mul_overflow(t->given->number, MS_PER_S, ms))
            *ms = t->given->number < 0 ? INT64_MIN : INT64_MAX;
        return ERR_OK;
    }
    *ms = 0;
    if (!*t->given->text && (can_be_off(t->row) || !t->row->least))
        return ERR_OK;
    return duration_parse(t->given->text, ms, &inner) ? named(t, ERR_INVALID, &inner) : ERR_OK;
}

static enum err take_duration(const struct taking *t)
{
    char least[DURATION_TEXT_SIZE], most[DURATION_TEXT_SIZE], was[DURATION_TEXT_SIZE];
    int64_t ms;
    enum err err = read_duration(t, &ms);

    if (err)
        return err;
    if ((ms < t->row->least || ms > t->row->most) && !(can_be_off(t->row) && ms == 0))
        return err_set(t->why, ERR_INVALID, "'%s' must be %s to %s%s, not %s%s", t->row->name,
                       duration_format(least, t->row->least), duration_format(most, t->row->most),
                       can_be_off(t->row) ? " (or 0: off)" : "", ms < 0 ? "-" : "",
                       duration_format(was, ms < 0 ? -(ms + 1) + 1 : ms));
    *(int64_t *)t->member = ms;
    return ERR_OK;
}

static void format_duration(const struct setting *row, const void *member, struct strbuf *out)
{
    char text[DURATION_TEXT_SIZE];
    int64_t ms = *(const int64_t *)member;

    if (ms || !can_be_off(row))
        strbuf_adds(out, duration_format(text, ms));
}

/* --- statuses, proxy, hours ------------------------------------------------------------------------------------- */

static enum err take_statuses(const struct taking *t)
{
    struct errmsg inner = ERRMSG_INIT;
    struct status_set set = { 0 };
    char digits[24];
    const char *text = t->given->text;

    if (t->given->kind == GIVEN_NUMBER) {
        snprintf(digits, sizeof(digits), "%lld", (long long)t->given->number);
        text = digits;
    }
    if (*text && status_set_parse(&set, text, &inner))
        return named(t, ERR_INVALID, &inner);
    memcpy(t->member, &set, sizeof(set));
    return ERR_OK;
}

static void format_statuses(const struct setting *row, const void *member, struct strbuf *out)
{
    char text[STATUS_SET_TEXT_SIZE];

    (void)row;
    strbuf_adds(out, status_set_format(text, member));
}

static enum err take_proxy(const struct taking *t)
{
    const char *text = t->given->text;
    struct errmsg inner = ERRMSG_INIT;
    char *url = NULL;
    enum proxy_use use = !*text || !strcmp(text, "none") ? PROXY_NONE : !strcmp(text, "env") ? PROXY_ENV : PROXY_URL;
    enum err err = ERR_OK;

    if (use == PROXY_URL)
        err = url_normalize_for(&url, text, "http https socks4 socks4a socks5 socks5h", &inner);
    if (err)
        return err_set(t->why, err, "'%s' must be none, env or a URL: %.400s", t->row->name, inner.text);
    *(enum proxy_use *)t->member = use;
    replace(texts_of(&types[SETTING_PROXY], t->member), url);
    return ERR_OK;
}

static void format_proxy(const struct setting *row, const void *member, struct strbuf *out)
{
    static const char *const words[] = { [PROXY_NONE] = "none", [PROXY_ENV] = "env" };
    enum proxy_use use = *(const enum proxy_use *)member;
    char shown_url[8192];

    (void)row;
    if (use != PROXY_URL) {
        strbuf_adds(out, words[use]);
        return;
    }
    text_mask_url(shown_url, sizeof(shown_url), *texts_of(&types[SETTING_PROXY], (void *)member));
    strbuf_adds(out, shown_url);
}

static enum err take_quiet(const struct taking *t)
{
    struct errmsg inner = ERRMSG_INIT;
    struct quiet q = { 0 };
    enum err err = *t->given->text ? quiet_parse(&q, t->given->text, &inner) : ERR_OK;

    if (err)
        return named(t, err, &inner);
    free(((struct quiet *)t->member)->zone);
    *(struct quiet *)t->member = q;
    return ERR_OK;
}

static void format_quiet(const struct setting *row, const void *member, struct strbuf *out)
{
    (void)row;
    quiet_format(member, out);
}

static enum err take_moment(const struct taking *t)
{
    struct errmsg inner = ERRMSG_INIT;
    struct moment m;
    enum err err = moment_parse(&m, t->given->text, &inner);

    if (err)
        return named(t, err, &inner);
    free(((struct moment *)t->member)->zone);
    *(struct moment *)t->member = m;
    return ERR_OK;
}

static void format_moment(const struct setting *row, const void *member, struct strbuf *out)
{
    (void)row;
    moment_format(member, out);
}

/* --- files and passwords ---------------------------------------------------------------------------------------- */

static enum err check_path(const struct taking *t)
{
    if (!text_is_clean(t->given->text))
        return err_set(t->why, ERR_INVALID, "'%s' has a control character or broken UTF-8 in it", t->row->name);
    return ERR_OK;
}

static enum err take_path(const struct taking *t)
{
    char *path = NULL;
    enum err err = check_path(t);

    if (err)
        return err;
    if (*t->given->text && !(path = path_join(t->base_dir, t->given->text)))
        return out_of_memory(t->why);
    replace(t->member, path);
    return ERR_OK;
}

static enum err take_file(const struct taking *t)
{
    char *path = NULL;
    struct strbuf text = STRBUF_INIT;
    struct errmsg inner = ERRMSG_INIT;
    struct taking into = *t;
    enum err err;

    into.member = &path;
    err = take_path(&into);
    if (!err && path) {
        err = file_read(&text, NULL, path, FILE_REGULAR, (size_t)16 << 20, &inner);
        if (err)
            err = named(t, err == ERR_NOMEM ? err : ERR_INVALID, &inner);
    }
    strbuf_release(&text);
    if (err)
        free(path);
    else
        replace(t->member, path);
    return err;
}

/* The three texts of a password: itself, its file, its variable. Either source puts the other out. */
static void put_password(const struct taking *t, char *password, char *file, char *variable)
{
    char **texts = t->member;

    replace(&texts[0], password);
    replace(&texts[1], file);
    replace(&texts[2], variable);
}

static enum err take_password_file(const struct taking *t)
{
    struct errmsg inner = ERRMSG_INIT;
    char *path, *password = NULL;
    enum err err = check_path(t);

    if (err)
        return err;
    if (!*t->given->text) {
        put_password(t, NULL, NULL, NULL);
        return ERR_OK;
    }
    path = secret_path(t->base_dir, t->given->text);
    if (!path)
        return out_of_memory(t->why);
    err = secret_from_file(&password, path, &inner);
    if (err) {
        free(path);
        return named(t, err == ERR_NOMEM ? err : ERR_INVALID, &inner);
    }
    put_password(t, password, path, NULL);
    return ERR_OK;
}

static enum err take_password_env(const struct taking *t)
{
    struct errmsg inner = ERRMSG_INIT;
    char *variable, *password = NULL;
    enum err err;

    if (!*t->given->text) {
        put_password(t, NULL, NULL, NULL);
        return ERR_OK;
    }
    err = secret_from_variable(&password, t->given->text, &inner);
    if (err)
        return named(t, err, &inner);
    variable = strdup(t->given->text);
    if (!variable) {
        free(password);
        return out_of_memory(t->why);
    }
    put_password(t, password, NULL, variable);
    return ERR_OK;
}

static void format_password(const struct setting *row, const void *member, struct strbuf *out)
{
    const char *source = ((char *const *)member)[row->type == SETTING_PASSWORD_FILE ? 1 : 2];

    strbuf_adds(out, source ? source : "");
}

/* --- the table -------------------------------------------------------------------------------------------------- */

#define ONE_TEXT .ntext = 1

static const struct type types[SETTING_TYPES] = {
    [SETTING_TEXT] = { "a text", BIT(GIVEN_TEXT), take_text, format_text, ONE_TEXT },
    [SETTING_TEXTS] = { "a text or a list of texts", BIT(GIVEN_TEXT) | BIT(GIVEN_TEXTS), take_texts, format_strings },
    [SETTING_STRINGS] = { "a list of texts", BIT(GIVEN_TEXTS), take_strings, format_strings },
    [SETTING_DURATION] = { "a duration such as \"30s\"", BIT(GIVEN_TEXT) | BIT(GIVEN_NUMBER) | BIT(GIVEN_HEX), take_duration,
                           format_duration, sizeof(int64_t) },
    [SETTING_INTEGER] = { "a number", BIT(GIVEN_NUMBER) | BIT(GIVEN_HEX), take_integer, format_integer, sizeof(int) },
    [SETTING_SIZE] = { "a number", BIT(GIVEN_NUMBER) | BIT(GIVEN_HEX), take_size, format_size, sizeof(int64_t) },
    [SETTING_BOOLEAN] = { "true or false", BIT(GIVEN_BOOLEAN), take_boolean, format_boolean, sizeof(bool) },
    [SETTING_WORD] = { "a text", BIT(GIVEN_TEXT) | BIT(GIVEN_NUMBER), take_word, format_word, sizeof(int) },
    [SETTING_STATUSES] = { "a text such as \"200-299,401\"", BIT(GIVEN_TEXT) | BIT(GIVEN_NUMBER), take_statuses,
                           format_statuses, sizeof(struct status_set) },
    [SETTING_PROXY] = { "a text", BIT(GIVEN_TEXT), take_proxy, format_proxy, sizeof(enum proxy_use),
                        offsetof(struct options, proxy_url) - offsetof(struct options, proxy), 1 },
    [SETTING_FILE] = { "a text", BIT(GIVEN_TEXT), take_file, format_text, ONE_TEXT },
    [SETTING_PATH] = { "a text", BIT(GIVEN_TEXT), take_path, format_text, ONE_TEXT },
    [SETTING_PASSWORD_FILE] = { "a text", BIT(GIVEN_TEXT), take_password_file, format_password, .ntext = 3 },
    [SETTING_PASSWORD_ENV] = { "a text", BIT(GIVEN_TEXT), take_password_env, format_password, .ntext = 3 },
    [SETTING_QUIET] = { "a text such as \"22:00-07:00 Europe/Paris\"", BIT(GIVEN_TEXT), take_quiet, format_quiet,
                        offsetof(struct quiet, zone), offsetof(struct quiet, zone), 1 },
    [SETTING_MOMENT] = { "a text such as \"2026-12-01 02:00 Europe/Paris\"", BIT(GIVEN_TEXT), take_moment, format_moment,
                         offsetof(struct moment, zone), offsetof(struct moment, zone), 1 },
};

/* Words are enums here and ints there: one size, and all their values small. */
_Static_assert(sizeof(enum method) == sizeof(int) && sizeof(enum mail_tls) == sizeof(int), "an enum is no int");

enum err value_take(const struct setting *row, const struct given *g, const char *base_dir, void *object, struct errmsg *why)
{
    static const char *const nouns[] = {
        [GIVEN_TEXT] = "a text", [GIVEN_NUMBER] = "a number", [GIVEN_HEX] = "a hexadecimal number",
        [GIVEN_FLOAT] = "a number with a point", [GIVEN_BOOLEAN] = "true or false", [GIVEN_TEXTS] = "a list of texts",
        [GIVEN_MIXTURE] = "a list", [GIVEN_GROUP] = "a group",
    };
    struct taking t = { row, g, base_dir, member_of(row, object), why };

    if (!(types[row->type].accepts & BIT(g->kind)))
        return err_set(why, ERR_INVALID, "'%s' must be %s, not %s", row->name, types[row->type].noun, nouns[g->kind]);
    return types[row->type].take(&t);
}

void value_format(const struct setting *row, const void *object, struct strbuf *out)
{
    types[row->type].format(row, member_of(row, (void *)object), out);
}

const char *value_noun(const struct setting *row)
{
    return types[row->type].noun;
}

static enum err copy_strings(struct strings *dst, const struct strings *src)
{
    struct strings copy = { 0 };
    size_t i;

    for (i = 0; i < src->n; i++)
        if (strings_add(&copy, src->item[i])) {
            strings_release(&copy);
            return ERR_NOMEM;
        }
    strings_release(dst);
    *dst = copy;
    return ERR_OK;
}

enum err value_copy(const struct setting *row, void *dst, const void *src)
{
    const struct type *type = &types[row->type];
    void *to = member_of(row, dst), *from = member_of(row, (void *)src);
    char *copy[3] = { NULL };
    size_t i;

    if (is_list(row))
        return copy_strings(to, from);
    for (i = 0; i < type->ntext; i++) {
        const char *text = texts_of(type, from)[i];

        if (text && !(copy[i] = strdup(text))) {
            while (i--)
                free(copy[i]);
            return ERR_NOMEM;
        }
    }
    memcpy(to, from, type->plain);
    for (i = 0; i < type->ntext; i++)
        replace(&texts_of(type, to)[i], copy[i]);
    return ERR_OK;
}

void value_release_all(const struct setting *rows, size_t n, void *object)
{
    size_t i, j;

    for (i = 0; i < n; i++) {
        const struct type *type = &types[rows[i].type];
        void *member = member_of(&rows[i], object);

        if (is_list(&rows[i]))
            strings_release(member);
        for (j = 0; j < type->ntext; j++)
            replace(&texts_of(type, member)[j], NULL);
    }
}
