/* The groups of uptime.cfg, as the manual tells them. */
#include "config/schema.h"

#include "groups.h"

static const struct {
    const char *name;
    bool list;
    const struct table *table;      /* NULL: the settings of a site, or of free names */
    bool site;
    const char *help;
} groups[] = {
    { "", false, &table_top, false, "Settings of the top level" },
    { "defaults", false, NULL, true, "What every site begins with: any setting of a site but name and url" },
    { "sites", true, NULL, true, "The sites to watch: each a URL, or a group with url, name and what stands under defaults" },
    { "owners", true, &table_owner, false, "Who is told" },
    { "smtp", false, &table_smtp, false, "Where mail is handed over" },
    { "sms", false, &table_sms, false, "A Twilio-shaped service for text messages" },
    { "pushover", false, &table_pushover, false, "The application that pushes through Pushover" },
    { "messages", false, &table_messages, false, "Templates of what owners are told" },
    { "redis", false, &table_redis, false, "The task queue of the engine redis" },
    { "history", false, &table_history, false, "How long what was found is kept" },
    { "alarms", false, &table_alarms, false, "How messages are collected and limited" },
    { "screen", false, &table_screen, false, "How the screen looks; S on the screen writes it" },
    { "maintenance", true, &table_window, false, "Spans in which alarms are held" },
    { "keys", false, NULL, false, "Keys of the screen: NAME = \"KEY\", by the names of the commands behind ':'" },
};

struct schema_group schema_group(size_t i)
{
    struct schema_group g = { 0 };

    if (i >= sizeof(groups) / sizeof(groups[0]))
        return g;
    g = (struct schema_group){ .name = groups[i].name, .list = groups[i].list, .help = groups[i].help };
    if (groups[i].site)
        g.rows = schema_site(&g.n);
    else if (groups[i].table) {
        g.rows = groups[i].table->rows;
        g.n = groups[i].table->n;
    }
    return g;
}
