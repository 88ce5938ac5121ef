/* pushover: push messages by pushover.net. The address is a user's or a group's key. */
#include "base/clock.h"
#include "http.h"

#define SERVICE "https://api.pushover.net/1/messages.json"

static bool pushover_ready(const struct settings *s, struct errmsg *why)
{
    if (s->pushover.token.text)
        return true;
    err_set(why, ERR_INVALID, "uptime.cfg has no 'token_file' or 'token_env' in 'pushover': there is no application");
    return false;
}

static enum err build(struct http_request *r, const struct destination *to, const char *address,
                      const struct letter *letter, struct errmsg *why)
{
    static const int priorities[] = { [LETTER_LOW] = -1, [LETTER_NORMAL] = 0, [LETTER_HIGH] = 1 };
    const struct pushover_settings *p = &to->settings->pushover;
    json_t *json;

    if (!pushover_ready(to->settings, why))
        return ERR_INVALID;
    strbuf_adds(&r->url, p->url ? p->url : SERVICE);
    json = json_pack("{s:s, s:s, s:o, s:o, s:i, s:I}", "token", p->token.text, "user", address, "title",
                     http_text(letter->title, 250), "message", http_text(letter->push, 1024), "priority",
                     priorities[letter->priority], "timestamp", (json_int_t)(letter->at_ms / MS_PER_S));
    if (json && letter->url)
        json_object_set_new(json, "url", http_text(letter->url, 512));
    http_take_json(r, json);
    return ERR_OK;
}

static void hide(struct transfer *t, const struct destination *to, const char *address)
{
    transfer_hide(t, to->settings->pushover.token.text);
    transfer_hide(t, address);
}

static bool accepted(const char *body, const json_t *answer)
{
    (void)body;
    return json_integer_value(json_object_get(answer, "status")) == 1;
}

static const struct http_row row = { "application/json", false, build, hide, accepted };

const struct notifier_ops notifier_pushover_ops = {
    HTTP_NOTIFIER(pushover, "push messages by Pushover", &row),
    .secret_address = true,
    .ready = pushover_ready,
};
