/* list: the sites of the file, as a table or one JSON object a line. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "args.h"
#include "base/duration.h"
#include "base/text.h"
#include "cli.h"
#include "padded.h"

static json_t *json_strings(const struct strings *s)
{
    json_t *list = json_array();
    size_t i;

    for (i = 0; i < s->n; i++)
        json_array_append_new(list, json_string(s->item[i]));
    return list;
}

static void print_json(const struct site *site, const char *url)
{
    const struct options *o = site->options;
    json_t *j = json_object();
    char *line;

    json_object_set_new(j, "name", json_string(site->name));
    json_object_set_new(j, "url", json_string(url));
    json_object_set_new(j, "owner", o->owner ? json_string(o->owner) : json_null());
    json_object_set_new(j, "tags", json_strings(&o->tags));
    json_object_set_new(j, "interval_ms", json_integer(o->interval_ms));
    json_object_set_new(j, "timeout_ms", json_integer(o->timeout_ms));
    json_object_set_new(j, "retries", json_integer(o->retries));
    json_object_set_new(j, "method", json_string(o->method == METHOD_GET ? "GET" : "HEAD"));
    json_object_set_new(j, "paused", json_boolean(o->paused));
    line = json_dumps(j, JSON_COMPACT);
    if (line)
        puts(line);
    free(line);
    json_decref(j);
}

static void print_row(const struct site *site, const char *url, int name_width)
{
    const struct options *o = site->options;
    char interval[DURATION_TEXT_SIZE];
    size_t i;

    print_padded(site->name, name_width);
    printf(" %-8s %-12s %s", o->paused ? "paused" : duration_format(interval, o->interval_ms), o->owner ? o->owner : "-", url);
    for (i = 0; i < o->tags.n; i++)
        printf("%s%s", i ? ", " : "  [", o->tags.item[i]);
    puts(o->tags.n ? "]" : "");
}

int command_list(const struct args *a)
{
    struct settings *s;
    bool json, bad;
    int code, name_width;
    size_t i;

    if (a->noperand)
        return complain(a, EXIT_USAGE, "takes no arguments; name the file by -c FILE");
    json = args_json(a, &bad);
    if (bad)
        return EXIT_USAGE;
    code = load_settings(a, true, &s);
    if (code)
        return code;
    name_width = names_width(s->site, s->nsite);
    if (!json) {
        print_padded("NAME", name_width);
        printf(" %-8s %-12s %s\n", "EVERY", "OWNER", "URL  [TAGS]");
    }
    for (i = 0; i < s->nsite; i++) {
        char url[2048];

        text_mask_url(url, sizeof(url), s->site[i]->url);
        if (json)
            print_json(s->site[i], url);
        else
            print_row(s->site[i], url, name_width);
    }
    settings_free(s);
    return finish_output(a, EXIT_WELL);
}
