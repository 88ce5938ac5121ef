/* discord: a webhook of Discord. Nobody is mentioned, whatever a text says; what would be markup is escaped. */
#include <string.h>

#include "base/clock.h"
#include "http.h"

static json_t *escaped(const char *text, size_t most)
{
    struct strbuf out = STRBUF_INIT;
    json_t *string;

    for (; text && *text; text++) {
        if (strchr("\\*_~`|<>[]()#@:-", *text))
            strbuf_addc(&out, '\\');
        strbuf_addc(&out, *text);
    }
    string = out.failed ? NULL : http_text(out.text, most);
    strbuf_release(&out);
    return string;
}

static enum err build(struct http_request *r, const struct destination *to, const char *address,
                      const struct letter *letter, struct errmsg *why)
{
    static const int colours[] = { [LETTER_PLAIN] = 0x808080, [LETTER_GOOD] = 0x2e9e4f, [LETTER_WARNING] = 0xd99a00,
                                   [LETTER_BAD] = 0xc0392b };
    char at[CLOCK_RFC3339_SIZE];
    json_t *embed = json_pack("{s:o, s:o, s:i, s:s}", "title", escaped(letter->title, 256), "description",
                              escaped(letter->push, 4000), "color", colours[letter->tone], "timestamp",
                              clock_rfc3339(at, letter->at_ms));

    (void)to;
    (void)why;
    if (embed && letter->url)
        json_object_set_new(embed, "url", json_string(letter->url));
    strbuf_adds(&r->url, address);
    http_take_json(r, json_pack("{s:s, s:{s:[]}, s:[o]}", "username", "UptimeSquirrel", "allowed_mentions", "parse",
                                "embeds", embed));
    return ERR_OK;
}

static void hide(struct transfer *t, const struct destination *to, const char *address)
{
    (void)to;
    http_hide_path(t, address);
}

static const struct http_row row = { .type = "application/json", .is_owners = true, .build = build, .hide = hide };

const struct notifier_ops notifier_discord_ops = { HTTP_NOTIFIER(discord, "a channel of Discord", &row) };
