/* gotify: push messages by a Gotify server of one's own. The address is the server's URL. */
#include <string.h>

#include "http.h"

static enum err build(struct http_request *r, const struct destination *to, const char *address,
                      const struct letter *letter, struct errmsg *why)
{
    static const int priorities[] = { [LETTER_LOW] = 2, [LETTER_NORMAL] = 5, [LETTER_HIGH] = 8 };
    size_t length = strcspn(address, "?");
    json_t *json;

    (void)why;
    while (length && address[length - 1] == '/')
        length--;
    strbuf_add(&r->url, address, length);
    strbuf_adds(&r->url, "/message");
    json = json_pack("{s:o, s:o, s:i}", "title", http_text(letter->title, 250), "message",
                     http_text(letter->push, 8000), "priority", priorities[letter->priority]);
    if (json && letter->url)
        json_object_set_new(json, "extras", json_pack("{s:{s:{s:s}}}", "client::notification", "click", "url", letter->url));
    http_take_json(r, json);
    http_add_header(r, "X-Gotify-Key: %s", to->owner->gotify_token.text);
    return ERR_OK;
}

static void hide(struct transfer *t, const struct destination *to, const char *address)
{
    (void)address;
    transfer_hide(t, to->owner->gotify_token.text);
}

static bool accepted(const char *body, const json_t *answer)
{
    (void)body;
    return http_has(answer, "id");
}

static const struct http_row row = { "application/json", true, build, hide, accepted };

const struct notifier_ops notifier_gotify_ops = { HTTP_NOTIFIER(gotify, "push messages by Gotify", &row) };
