/* One group of settings at a time: by its table, each member is taken or is a fault. */
#include "reading.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "value.h"

/* --- faults ----------------------------------------------------------------------------------------------------- */

static int print_place(char *out, size_t size, const struct place *place)
{
    struct shown name;

    if (!place || !place->group)
        return 0;
    if (place->number < 0)
        return snprintf(out, size, "%s: ", place->group);
    if (!place->name)
        return snprintf(out, size, "%s[%d]: ", place->group, place->number);
    return snprintf(out, size, "%s[%d] '%s': ", place->group, place->number, shown(&name, place->name));
}

void reading_fault(const struct reading *r, const config_setting_t *at, const struct place *place, const char *format,
                   ...)
{
    char message[768];
    int used = print_place(message, sizeof(message), place);
    va_list args;

    va_start(args, format);
    vsnprintf(message + used, sizeof(message) - (size_t)used, format, args);
    va_end(args);
    source_fault(&r->document->source, r->report, document_line(r->document, at), "%s", message);
}

void reading_nomem(const struct reading *r)
{
    report_error(r->report, ERR_NOMEM, "out of memory");
}

static bool begins(const char *text, const char *with)
{
    return !strncmp(text, with, strlen(with));
}

/* Every name a member can have: the table's, and others. */
static size_t known_names(const char *known[64], const struct table *table, const char *const *others)
{
    size_t n = 0, i;

    for (i = 0; i < table->n && n < 64; i++)
        known[n++] = table->rows[i].name;
    for (i = 0; others && others[i] && n < 64; i++)
        known[n++] = others[i];
    return n;
}

/* "intervall" was meant to be "interval", and "password" perhaps "password_file". */
static void fault_unknown(const struct reading *r, const config_setting_t *member, const struct place *place,
                          const struct table *table, const char *const *others)
{
    const char *name = config_setting_name(member), *known[64], *longer = NULL;
    size_t n = known_names(known, table, others), i;
    struct shown s;
    struct hint h;

    for (i = 0; i < n && !longer && strlen(name) > 3; i++)
        if (begins(known[i], name))
            longer = known[i];
    hint(&h, name, known, n);
    if (!*h.text && longer)
        hint(&h, longer, &longer, 1);
    reading_fault(r, member, place, "unknown setting '%s'%s", shown(&s, name), h.text);
}

bool reading_is(const struct reading *r, const config_setting_t *s, const struct place *place, int type)
{
    static const char *const nouns[] = {
        [CONFIG_TYPE_GROUP] = "a group { }", [CONFIG_TYPE_LIST] = "a list ( )", [CONFIG_TYPE_STRING] = "a text",
    };

    if (config_setting_type(s) == type)
        return true;
    if (config_setting_name(s))
        reading_fault(r, s, place, "'%s' must be %s", config_setting_name(s), nouns[type]);
    else
        reading_fault(r, s, place, "this must be %s", nouns[type]);
    return false;
}

/* --- values ----------------------------------------------------------------------------------------------------- */

/* The elements of a list if all are texts; GIVEN_MIXTURE if not, or when memory ran out. */
static void give_list(const struct reading *r, const config_setting_t *s, struct given *g, struct strings *texts)
{
    int n = config_setting_length(s), i;

    g->kind = GIVEN_TEXTS;
    g->texts = texts;
    for (i = 0; i < n && g->kind == GIVEN_TEXTS; i++) {
        const char *text = config_setting_get_string_elem(s, i);

        if (!text) {
            g->kind = GIVEN_MIXTURE;
        } else if (strings_add(texts, text)) {
            g->kind = GIVEN_MIXTURE;
            reading_nomem(r);
        }
    }
}

static void give(const struct reading *r, const config_setting_t *s, struct given *g, struct strings *texts)
{
    *g = (struct given){ .kind = GIVEN_GROUP };
    switch (config_setting_type(s)) {
    case CONFIG_TYPE_STRING:
        g->kind = GIVEN_TEXT;
        g->text = config_setting_get_string(s);
        break;
    case CONFIG_TYPE_INT:
    case CONFIG_TYPE_INT64:
        g->kind = config_setting_get_format(s) == CONFIG_FORMAT_HEX ? GIVEN_HEX : GIVEN_NUMBER;
        g->number = config_setting_get_int64(s);
        break;
    case CONFIG_TYPE_BOOL:
        g->kind = GIVEN_BOOLEAN;
        g->number = config_setting_get_bool(s);
        break;
    case CONFIG_TYPE_FLOAT:
        g->kind = GIVEN_FLOAT;
        break;
    case CONFIG_TYPE_LIST:
    case CONFIG_TYPE_ARRAY:
        give_list(r, s, g, texts);
        break;
    }
}

static void read_member(const struct reading *r, const config_setting_t *member, const struct place *place,
                        const struct setting *row, void *object)
{
    struct errmsg why = ERRMSG_INIT;
    struct strings texts = { 0 };
    struct given given;
    enum err err;

    give(r, member, &given, &texts);
    err = value_take(row, &given, r->base_dir, object, &why);
    if (err == ERR_NOMEM)
        reading_nomem(r);
    else if (err)
        reading_fault(r, member, place, "%s", why.text);
    strings_release(&texts);
}

/* --- groups ----------------------------------------------------------------------------------------------------- */

static const struct setting *find_row(const struct table *table, const char *name)
{
    size_t i;

    for (i = 0; i < table->n; i++)
        if (!strcmp(table->rows[i].name, name))
            return &table->rows[i];
    return NULL;
}

static bool is_other(const char *const *others, const char *name)
{
    for (; others && *others; others++)
        if (!strcmp(*others, name))
            return true;
    return false;
}

static void check_required(const struct reading *r, const struct place *place, const config_setting_t *group,
                           const struct table *table)
{
    size_t i;

    for (i = 0; i < table->n; i++)
        if (table->rows[i].required && !config_setting_get_member(group, table->rows[i].name))
            reading_fault(r, group, place, "'%s' is missing", table->rows[i].name);
    for (i = 1; i < table->n; i++) {     /* the row before it is the file's */
        const struct setting *row = &table->rows[i];
        const config_setting_t *env =
            row->type == SETTING_PASSWORD_ENV ? config_setting_get_member(group, row->name) : NULL;

        if (env && config_setting_get_member(group, row[-1].name))
            reading_fault(r, env, place, "'%s' and '%s' exclude each other", row[-1].name, row->name);
    }
}

void reading_group(const struct reading *r, const struct place *place, const config_setting_t *group,
                   const struct table *table, const char *const *others, void *object)
{
    int n = config_setting_length(group), i;

    for (i = 0; i < n; i++) {
        const config_setting_t *member = config_setting_get_elem(group, (unsigned)i);
        const struct setting *row = find_row(table, config_setting_name(member));

        if (row)
            read_member(r, member, place, row, object);
        else if (!is_other(others, config_setting_name(member)))
            fault_unknown(r, member, place, table, others);
    }
    check_required(r, place, group, table);
}

const char *reading_text(const config_setting_t *group, const char *name)
{
    const config_setting_t *member = config_setting_is_group(group) ? config_setting_get_member(group, name) : NULL;

    return member ? config_setting_get_string(member) : NULL;
}
