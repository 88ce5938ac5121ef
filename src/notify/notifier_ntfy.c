/* ntfy: push messages by ntfy.sh or a server of one's own. The address is a topic's URL; what is posted goes to the URL above
 * it, as JSON, because headers can not hold every text. */
#include <string.h>

#include "base/text.h"
#include "http.h"

#define MESSAGE_BYTES 4000           /* over 4096 it would become an attachment */

/* The settings have seen to it that there is a topic. */
static enum err split_topic(struct strbuf *server, char topic[128], const char *address, struct errmsg *why)
{
    size_t length = strcspn(address, "?");
    const char *slash = memrchr(address, '/', length);
    int bytes = 0;
    char *name = curl_easy_unescape(NULL, slash + 1, (int)(address + length - slash - 1), &bytes);

    if (!name)
        return ERR_NOMEM;
    if (bytes < 128)
        text_clean(topic, 128, name, (size_t)bytes);
    curl_free(name);
    strbuf_add(server, address, (size_t)(slash + 1 - address));
    return bytes < 128 ? ERR_OK : err_set(why, ERR_INVALID, "the topic of the ntfy URL is too long");
}

/* Whole characters of at most so many bytes. */
static json_t *message_of(const char *text)
{
    size_t length = strnlen(text, MESSAGE_BYTES + 1);

    if (length > MESSAGE_BYTES)
        for (length = MESSAGE_BYTES; ((unsigned char)text[length] & 0xc0) == 0x80;)
            length--;
    return json_stringn(text, length);
}

static enum err build(struct http_request *r, const struct destination *to, const char *address,
                      const struct letter *letter, struct errmsg *why)
{
    static const int priorities[] = { [LETTER_LOW] = 2, [LETTER_NORMAL] = 3, [LETTER_HIGH] = 5 };
    static const char *const tags[] = { [LETTER_PLAIN] = "speech_balloon", [LETTER_GOOD] = "white_check_mark",
                                        [LETTER_WARNING] = "warning", [LETTER_BAD] = "rotating_light" };
    char topic[128];
    enum err err = split_topic(&r->url, topic, address, why);
    json_t *json;

    if (err)
        return err;
    json = json_pack("{s:s, s:o, s:o, s:i, s:[s]}", "topic", topic, "title", http_text(letter->title, 250), "message",
                     message_of(letter->push ? letter->push : ""), "priority", priorities[letter->priority], "tags",
                     tags[letter->tone]);
    if (json && letter->url)
        json_object_set_new(json, "click", json_string(letter->url));
    http_take_json(r, json);
    if (to->owner->ntfy_token.text)
        http_add_header(r, "Authorization: Bearer %s", to->owner->ntfy_token.text);
    return ERR_OK;
}

static void hide(struct transfer *t, const struct destination *to, const char *address)
{
    (void)address;
    transfer_hide(t, to->owner->ntfy_token.text);
}

static bool accepted(const char *body, const json_t *answer)
{
    (void)body;
    return http_has(answer, "id");
}

static const struct http_row row = { "application/json", true, build, hide, accepted };

const struct notifier_ops notifier_ntfy_ops = { HTTP_NOTIFIER(ntfy, "push messages by ntfy", &row) };
