/* slack: an incoming webhook of Slack, or of a chat that took its form over. Everything from outside stands in plain_text
 * blocks, where nothing is markup; the line for notifications can not say so and is escaped. */
#include <string.h>

#include "http.h"

/* No <!channel>, no <@user>, no <link|text> (docs.slack.dev, escaping text). */
static json_t *escaped(const char *text, size_t most)
{
    struct strbuf out = STRBUF_INIT;
    json_t *string;

    for (; text && *text; text++)
        if (*text == '&')
            strbuf_adds(&out, "&amp;");
        else if (*text == '<')
            strbuf_adds(&out, "&lt;");
        else if (*text == '>')
            strbuf_adds(&out, "&gt;");
        else
            strbuf_addc(&out, *text);
    string = out.failed ? NULL : http_text(out.text, most);
    strbuf_release(&out);
    return string;
}

static json_t *block(const char *type, const char *text, size_t most)
{
    return json_pack("{s:s, s:{s:s, s:o, s:b}}", "type", type, "text", "type", "plain_text", "text",
                     http_text(text && *text ? text : "-", most), "emoji", 0);
}

static enum err build(struct http_request *r, const struct destination *to, const char *address,
                      const struct letter *letter, struct errmsg *why)
{
    static const char *const colours[] = { [LETTER_PLAIN] = "#808080", [LETTER_GOOD] = "#2e9e4f",
                                           [LETTER_WARNING] = "#d99a00", [LETTER_BAD] = "#c0392b" };

    (void)to;
    (void)why;
    strbuf_adds(&r->url, address);
    http_take_json(r, json_pack("{s:o, s:b, s:s, s:b, s:b, s:b, s:[{s:s, s:o, s:[o, o]}]}", "text",
                                escaped(letter->title, 1000), "mrkdwn", 0, "parse", "none", "link_names", 0,
                                "unfurl_links", 0, "unfurl_media", 0, "attachments", "color", colours[letter->tone],
                                "fallback", escaped(letter->title, 1000), "blocks", block("header", letter->title, 150),
                                block("section", letter->push, 3000)));
    return ERR_OK;
}

static void hide(struct transfer *t, const struct destination *to, const char *address)
{
    (void)to;
    http_hide_path(t, address);
}

static bool accepted(const char *body, const json_t *answer)
{
    (void)answer;
    return !strncmp(body, "ok", 2);
}

static const struct http_row row = { "application/json", true, build, hide, accepted };

const struct notifier_ops notifier_slack_ops = { HTTP_NOTIFIER(slack, "a channel of Slack", &row) };
