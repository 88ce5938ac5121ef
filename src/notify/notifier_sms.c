/* sms: text messages by a service shaped like Twilio's: a form with To, From and Body, signed in for by Basic. */
#include <string.h>

#include "http.h"

static bool sms_ready(const struct settings *s, struct errmsg *why)
{
    if (s->sms.url)
        return true;
    err_set(why, ERR_INVALID, "uptime.cfg has no 'sms': there is no service for text messages");
    return false;
}

static void add_field(struct http_request *r, const char *name, const char *value)
{
    char *escaped = curl_easy_escape(NULL, value, (int)strlen(value));

    if (escaped)
        strbuf_addf(&r->body, "%s%s=%s", r->body.length ? "&" : "", name, escaped);
    else
        r->failed = true;
    curl_free(escaped);
}

/* "MG" and 32 digits is not a number but a service that chooses one. */
static bool is_service(const char *from)
{
    return strlen(from) == 34 && !strncmp(from, "MG", 2);
}

static enum err build(struct http_request *r, const struct destination *to, const char *address,
                      const struct letter *letter, struct errmsg *why)
{
    const struct sms_settings *s = &to->settings->sms;

    if (!sms_ready(to->settings, why))
        return ERR_INVALID;
    strbuf_adds(&r->url, s->url);
    r->user = s->user;
    r->password = s->password;
    add_field(r, "To", address);
    add_field(r, is_service(s->from) ? "MessagingServiceSid" : "From", s->from);
    add_field(r, "Body", letter->brief ? letter->brief : "");
    http_add_header(r, "Idempotency-Key: %s", letter->id);
    return ERR_OK;
}

static const struct http_row row = { .type = "application/x-www-form-urlencoded", .build = build };

const struct notifier_ops notifier_sms_ops = {
    HTTP_NOTIFIER(sms, "text messages by a service such as Twilio", &row),
    .ready = sms_ready,
};
