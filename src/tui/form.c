/* The page on which a site's settings are edited. Its fields are `name`, `url` and the rows of config/schema.h.
 * Pure. */
#include "form.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/duration.h"
#include "base/text.h"
#include "config/schema.h"
#include "keys.h"

enum { FIELD_NAME, FIELD_URL, FIELD_SETTINGS };

struct field {
    const char *key;                 /* in the file */
    const struct setting *setting;   /* NULL: name or url */
    struct prompt line;
    char *before;                    /* the text it began with */
    char *standard;                  /* what holds when it is empty; NULL: nothing to tell */
    bool touched;
    struct errmsg why;               /* what is wrong; "": nothing */
};

struct form {
    struct strings owners;           /* names there are */
    char *name;                      /* NULL: a new site */
    char *url;                       /* as it is, password and all; NULL: a new site */
    char *base_dir;                  /* of the file */
    struct options options;          /* to try values on */
    form_taken_fn *taken;
    const void *taken_context;
    struct field *field;
    size_t n, at, top;
};

/* --- making one --------------------------------------------------------------------------------------------------- */

static bool field_init(struct field *f, const char *key, const struct setting *setting, char *text, char *standard)
{
    *f = (struct field){ .key = key, .setting = setting, .line = PROMPT_INIT, .before = text, .standard = standard };
    if (!text)
        return false;
    prompt_set(&f->line, text);
    return !f->line.text.failed;
}

static bool add_settings(struct form *f, const struct options *now, const struct options *standard)
{
    size_t n, i;
    const struct setting *row = schema_site(&n);
    struct field *field = realloc(f->field, (f->n + n) * sizeof(*field));

    if (!field)
        return false;
    f->field = field;
    for (i = 0; i < n; i++) {
        char *text = NULL, *by_default = NULL;

        if (setting_format(&text, &row[i], now) || setting_format(&by_default, &row[i], standard)) {
            free(text);
            return false;
        }
        if (!field_init(&f->field[f->n++], row[i].name, &row[i], text, by_default))
            return false;
    }
    return true;
}

static char *masked(const char *url)
{
    size_t size = strlen(url) + 8;
    char *text = malloc(size);

    if (text)
        text_mask_url(text, size, url);
    return text;
}

/* Where relative paths of the file begin. */
static char *directory_of(const char *path)
{
    const char *slash = path ? strrchr(path, '/') : NULL;

    return slash ? strndup(path, (size_t)(slash - path) + (slash == path)) : strdup(".");
}

static struct form *form_make(const struct settings *settings, const char *name, const char *url,
                              const struct options *options)
{
    struct form *f = calloc(1, sizeof(*f));
    size_t i;

    if (!f)
        return NULL;
    f->base_dir = directory_of(settings->path);
    f->field = calloc(FIELD_SETTINGS, sizeof(*f->field));
    if (!f->base_dir || !f->field || options_copy(&f->options, options))
        goto fail;
    for (i = 0; i < settings->nowner; i++)
        if (strings_add(&f->owners, settings->owner[i].name))
            goto fail;
    f->n = FIELD_SETTINGS;
    if (!field_init(&f->field[FIELD_NAME], "name", NULL, strdup(name), NULL) ||
        !field_init(&f->field[FIELD_URL], "url", NULL, masked(url), NULL) ||
        !add_settings(f, options, settings->defaults))
        goto fail;
    return f;

fail:
    form_free(f);
    return NULL;
}

struct form *form_edit(const struct settings *settings, const struct site *site)
{
    struct form *f = form_make(settings, site->name, site->url, site->options);

    if (!f)
        return NULL;
    f->name = strdup(site->name);
    f->url = strdup(site->url);
    if (f->name && f->url)
        return f;
    form_free(f);
    return NULL;
}

struct form *form_new(const struct settings *settings, const char *url)
{
    struct form *f = form_make(settings, "", url, settings->defaults);

    if (f)
        f->at = FIELD_NAME;
    return f;
}

void form_free(struct form *f)
{
    size_t i;

    if (!f)
        return;
    for (i = 0; f->field && i < f->n; i++) {
        prompt_release(&f->field[i].line);
        free(f->field[i].before);
        free(f->field[i].standard);
    }
    options_release(&f->options);
    strings_release(&f->owners);
    free(f->field);
    free(f->base_dir);
    free(f->name);
    free(f->url);
    free(f);
}

void form_forbid(struct form *f, form_taken_fn *taken, const void *context)
{
    f->taken = taken;
    f->taken_context = context;
}

const char *form_name(const struct form *f)
{
    return f->name;
}

/* --- what is wrong ------------------------------------------------------------------------------------------------ */

static void check_name(struct form *f, struct field *field)
{
    const char *name = field->line.text.text;

    if (!*name && f->name)
        err_set(&field->why, ERR_INVALID, "a site needs a name");
    else if (*name && f->taken && (!f->name || strcmp(f->name, name) != 0) && f->taken(f->taken_context, name))
        err_set(&field->why, ERR_INVALID, "another site has that name");
}

static void check_owner(struct form *f, struct field *field)
{
    const char *name = field->line.text.text;

    if (*name && !strings_have(&f->owners, name))
        err_set(&field->why, ERR_INVALID, "nobody of that name is among the owners");
}

static void check_field(struct form *f, struct field *field)
{
    const char *text = field->line.text.text;
    char *url = NULL;

    field->why.text[0] = '\0';
    if (!field->setting && field == &f->field[FIELD_NAME])
        check_name(f, field);
    else if (!field->setting)
        url_normalize(&url, text, &field->why);
    else if (*text)
        setting_parse(field->setting, text, f->base_dir, &f->options, &field->why);
    if (field->setting && !strcmp(field->key, "owner") && !field->why.text[0])
        check_owner(f, field);
    free(url);
}

/* --- keys --------------------------------------------------------------------------------------------------------- */

static void changed(struct form *f, struct field *field)
{
    field->touched = strcmp(field->line.text.text, field->before) != 0;
    check_field(f, field);
    if (!field->touched)
        field->why.text[0] = '\0';   /* what was there when we came is not our business */
}

static void go(struct form *f, size_t at)
{
    f->at = at < f->n ? at : f->n - 1;
    f->field[f->at].line.at = f->field[f->at].line.text.length;
}

static const char *choices_of(const struct field *field)
{
    if (!field->setting)
        return NULL;
    if (field->setting->type == SETTING_BOOLEAN)
        return "true false";
    return field->setting->type == SETTING_WORD ? field->setting->words : NULL;
}

/* Goes on to the next of the words that are possible here. */
static void choose_next(struct form *f, struct field *field, const char *choices)
{
    const char *now = field->line.text.text, *at = choices;
    char word[64];
    size_t length;
    bool take = false, found = false;

    for (;;) {                       /* twice round at most: past the end, the first is next */
        length = strcspn(at, " ");
        if (take || (found && at == choices))
            break;
        take = strlen(now) == length && !strncasecmp(at, now, length);
        at += length + strspn(at + length, " ");
        if (!*at) {
            found = true;
            at = choices;
        }
    }
    snprintf(word, sizeof(word), "%.*s", (int)length, at);
    prompt_set(&field->line, word);
    changed(f, field);
}

static enum form_event save(struct form *f)
{
    size_t i;

    for (i = 0; i < f->n; i++) {
        if (f->field[i].touched || (!f->name && i == FIELD_URL))
            check_field(f, &f->field[i]);
        if (f->field[i].why.text[0]) {
            go(f, i);
            return FORM_GOES_ON;
        }
    }
    return FORM_SAVE;
}

enum form_event form_stroke(struct form *f, uint32_t stroke)
{
    struct field *field = &f->field[f->at];
    const char *choices = choices_of(field);

    switch (stroke) {
    case STROKE_UP: case STROKE_BACKTAB: case STROKE_CTRL('P'):
        go(f, f->at ? f->at - 1 : f->n - 1);
        return FORM_GOES_ON;
    case STROKE_DOWN: case STROKE_TAB: case STROKE_CTRL('N'):
        go(f, f->at + 1 < f->n ? f->at + 1 : 0);
        return FORM_GOES_ON;
    case STROKE_PAGE_UP:
        go(f, f->at > 10 ? f->at - 10 : 0);
        return FORM_GOES_ON;
    case STROKE_PAGE_DOWN:
        go(f, f->at + 10);
        return FORM_GOES_ON;
    case STROKE_SPACE:
        if (choices) {
            choose_next(f, field, choices);
            return FORM_GOES_ON;
        }
        break;
    default:
        break;
    }
    switch (prompt_stroke(&field->line, stroke)) {
    case PROMPT_CHANGED:
        changed(f, field);
        return FORM_GOES_ON;
    case PROMPT_DONE:
        return save(f);
    case PROMPT_CANCELLED:
        return FORM_CANCEL;
    default:
        return FORM_GOES_ON;
    }
}

void form_paste(struct form *f, const char *text, size_t length)
{
    prompt_paste(&f->field[f->at].line, text, length);
    changed(f, &f->field[f->at]);
}

/* --- what came of it ---------------------------------------------------------------------------------------------- */

size_t form_changes(const struct form *f)
{
    size_t n = 0, i;

    for (i = 0; i < f->n; i++)
        n += f->field[i].touched;
    return n;
}

/* The URL was shown with its password as ***: where that still stands, the password does. */
static bool restore_password(struct form *f)
{
    struct strbuf *text = &f->field[FIELD_URL].line.text;
    const char *stars = strstr(text->text, ":***@");
    const char *colon, *at;

    if (!stars || !f->url)
        return true;
    colon = strstr(f->url, "://");
    colon = colon ? strchr(colon + 3, ':') : NULL;
    at = f->url + strlen(f->url);
    if (colon)
        while (at > colon && *at != '@')
            at--;
    if (!colon || at == colon)
        return true;
    strbuf_splice(text, (size_t)(stars - text->text), 5, colon, (size_t)(at - colon) + 1);
    return !text->failed;
}

enum err form_values(const struct form *const_form, const char **url, struct edit_value **value, size_t *n)
{
    struct form *f = (struct form *)const_form;
    struct edit_value *v = calloc(f->n, sizeof(*v));
    size_t i;

    if (!v || !restore_password(f)) {
        free(v);
        return ERR_NOMEM;
    }
    *n = 0;
    *url = f->field[FIELD_URL].line.text.text;
    for (i = 0; i < f->n; i++) {
        const char *text = f->field[i].line.text.text;

        if (!f->field[i].touched || (!f->name && i == FIELD_URL))
            continue;
        v[*n].key = f->field[i].key;
        v[(*n)++].text = *text ? text : NULL;
    }
    *value = v;
    return ERR_OK;
}

/* --- drawing ------------------------------------------------------------------------------------------------------ */

#define KEY_WIDTH 20

static const char *help_of(const struct field *field)
{
    if (field->setting)
        return field->setting->help;
    return !strcmp(field->key, "name") ? "what it is called on the screen and in messages"
                                       : "what is asked: http or https";
}

static void draw_field(struct form *f, struct cells *c, int y, size_t i)
{
    struct field *field = &f->field[i];
    const char *text = field->line.text.text;
    bool here = i == f->at, standard = !*text && field->standard && *field->standard;
    int x = KEY_WIDTH + 2 < c->width / 2 ? KEY_WIDTH + 2 : c->width / 2;
    bool same = standard || (field->standard && !strcmp(text, field->standard));
    enum style style = field->why.text[0] ? STYLE_FAULT
                     : field->touched ? STYLE_CHANGED : same ? STYLE_QUIET : STYLE_INPUT;

    cells_text(c, y, 0, 1, STYLE_CHANGED, here ? ">" : field->touched ? "*" : " ");
    cells_text(c, y, 1, x - 2, here ? STYLE_HEADING : STYLE_PLAIN, field->key);
    if (here)
        prompt_draw(&field->line, c, y, x, c->width - x, style);
    else
        cells_text(c, y, x, c->width - x, style, standard ? field->standard : text);
}

static void choices_text(char *text, size_t size, const struct field *field)
{
    const struct setting *s = field->setting;
    char least[DURATION_TEXT_SIZE], most[DURATION_TEXT_SIZE];
    const char *choices = choices_of(field);

    text[0] = '\0';
    if (choices)
        snprintf(text, size, "  (Space: %s)", choices);
    else if (s && s->type == SETTING_DURATION && s->most)
        snprintf(text, size, "  (%s - %s%s%s)", duration_format(least, s->least), duration_format(most, s->most),
                 s->words ? ", or " : "", s->words ? s->words : "");
    else if (s && (s->type == SETTING_INTEGER || s->type == SETTING_SIZE) && s->most)
        snprintf(text, size, "  (%lld - %lld)", (long long)s->least, (long long)s->most);
}

static void draw_help(struct form *f, struct cells *c, int y)
{
    struct field *field = &f->field[f->at];
    char choices[160], text[640];

    choices_text(choices, sizeof(choices), field);
    snprintf(text, sizeof(text), "%s%s", help_of(field), choices);
    if (field->why.text[0])
        cells_text(c, y, 0, c->width, STYLE_FAULT, field->why.text);
    else
        cells_text(c, y, 0, c->width, STYLE_PLAIN, text);
}

static void draw_standard(struct form *f, struct cells *c, int y)
{
    struct field *field = &f->field[f->at];
    char text[256];

    if (!field->setting)
        return;
    snprintf(text, sizeof(text), "default: %.200s", field->standard && *field->standard ? field->standard : "none");
    cells_text(c, y, 0, c->width, STYLE_QUIET, text);
}

static void draw_title(struct form *f, struct cells *c)
{
    char title[160], count[48];
    size_t n = form_changes(f);

    cells_fill(c, 0, 0, c->width, STYLE_TITLE);
    if (f->name)
        snprintf(title, sizeof(title), " Edit %s", f->name);
    else
        snprintf(title, sizeof(title), " Add a site");
    cells_text(c, 0, 0, c->width, STYLE_TITLE, title);
    snprintf(count, sizeof(count), "%zu change%s ", n, n == 1 ? "" : "s");
    if (n && c->width >= 40)
        cells_field(c, 0, c->width - 14, 14, STYLE_TITLE, LIE_RIGHT, count);
}

void form_draw(struct form *f, struct cells *c)
{
    int foot = c->height >= 10 ? 3 : c->height >= 6 ? 2 : 0; /* help, default, keys */
    int rows = c->height - 1 - foot, y = c->height - foot;
    size_t i;

    cells_clear(c);
    draw_title(f, c);
    if (rows < 1)
        return;
    if (f->at < f->top)
        f->top = f->at;
    if (f->at >= f->top + (size_t)rows)
        f->top = f->at - (size_t)rows + 1;
    if (f->n > (size_t)rows && f->top > f->n - (size_t)rows)
        f->top = f->n - (size_t)rows;
    if (f->n <= (size_t)rows)
        f->top = 0;
    for (i = f->top; i < f->n && i < f->top + (size_t)rows; i++)
        draw_field(f, c, 1 + (int)(i - f->top), i);
    if (foot)
        draw_help(f, c, y++);
    if (foot == 3)
        draw_standard(f, c, y++);
    if (foot)
        cells_text(c, y, 0, c->width, STYLE_LABEL,
                   c->width >= 60 ? "Enter saves   Esc leaves   Up Down go   Ctrl-U empties: back to the default"
                                  : "Enter saves   Esc leaves");
}
