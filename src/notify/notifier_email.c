/* email: SMTP by libcurl, one mail for each recipient, so that one bad address stops nobody else's. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "mail.h"
#include "notifiers.h"
#include "transfer.h"

#define LIMIT_MS (25 * MS_PER_S)

static bool email_ready(const struct settings *s, struct errmsg *why)
{
    if (s->smtp.url)
        return true;
    err_set(why, ERR_INVALID, "uptime.cfg has no 'smtp': there is no mail server");
    return false;
}

static enum err email_open(void **self, const struct notifier_ops *ops, const atomic_bool *stop, struct errmsg *why)
{
    (void)ops;
    return transfer_open((struct transfer **)self, stop, why);
}

static void email_close(void *self)
{
    transfer_close(self);
}

/* --- sending ---------------------------------------------------------------------------------------------------- */

#define SET(option, value)                                            \
    do {                                                              \
        if (curl_easy_setopt(t->easy, (option), (value)) != CURLE_OK) \
            return false;                                             \
    } while (0)

/* A password goes over an encrypted line, unless "none" says in so many words that it need not. */
static long encryption(const struct mail_settings *m)
{
    if (m->tls == MAIL_TLS_NONE)
        return CURLUSESSL_NONE;
    return m->tls == MAIL_TLS_TRY && !m->password ? CURLUSESSL_TRY : CURLUSESSL_ALL;
}

static bool set_up(struct transfer *t, const struct mail_settings *m, const struct curl_slist *recipients)
{
    SET(CURLOPT_URL, m->url);
    SET(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    SET(CURLOPT_PROXY, "");
    SET(CURLOPT_USE_SSL, encryption(m));
    if (m->ca_file)
        SET(CURLOPT_CAINFO, m->ca_file);
    if (m->user) {
        SET(CURLOPT_USERNAME, m->user);
        SET(CURLOPT_PASSWORD, m->password ? m->password : "");
    }
    SET(CURLOPT_MAIL_FROM, m->from);
    SET(CURLOPT_MAIL_RCPT, recipients);
    SET(CURLOPT_UPLOAD, 1L);
    return true;
}

/* What libcurl says of a refusal, in terms of who can do something about it. */
static void judge(const struct transfer *t, const struct mail_settings *m, CURLcode code, struct delivery *out)
{
    bool at_door = (code == CURLE_WEIRD_SERVER_REPLY || code == CURLE_REMOTE_ACCESS_DENIED) && !t->began;
    long reply = strtol(t->line, NULL, 10);

    if (code == CURLE_OK)
        transfer_told(t, out, DELIVERY_SENT, (int)reply, "%s", t->line);
    else if (code == CURLE_USE_SSL_FAILED)
        transfer_told(t, out, DELIVERY_PERMANENT, (int)reply, "the mail server offers no encryption, which smtp.tls asks for");
    else if (code == CURLE_OPERATION_TIMEDOUT && !*t->line && !strncmp(m->url, "smtp://", 7))
        transfer_told(t, out, DELIVERY_PASSING, 0, "the mail server says nothing (is it smtps://?)");
    else if (code == CURLE_LOGIN_DENIED && reply >= 500)
        transfer_told(t, out, DELIVERY_PERMANENT, (int)reply, "user or password refused: %s", t->line);
    else if (reply >= 500 && reply < 600 && !at_door)
        transfer_told(t, out, DELIVERY_PERMANENT, (int)reply, "%s", t->line);
    else if (reply >= 400 && reply < 600)
        transfer_told(t, out, DELIVERY_PASSING, (int)reply, "%s", t->line);
    else
        transfer_failed(t, code, out);
}

static void send_text(struct transfer *t, const struct mail_settings *m, const char *to, const struct strbuf *text,
                      struct delivery *out)
{
    struct curl_slist *recipients = curl_slist_append(NULL, to);

    transfer_hide(t, m->password);
    t->upload.text = text->text;
    t->upload.length = text->length;
    if (recipients && set_up(t, m, recipients))
        judge(t, m, transfer_run(t), out);
    else
        delivery_set(out, DELIVERY_PASSING, 0, "out of memory");
    curl_slist_free_all(recipients);
}

static void email_send(void *self, const struct destination *to, const struct letter *letter, int64_t until_ns,
                       struct delivery *out)
{
    const struct mail_settings *m = &to->settings->smtp;
    const char *address = destination_address(&notifier_email_ops, to);
    struct transfer *t = self;
    struct strbuf text = STRBUF_INIT;
    struct errmsg why = ERRMSG_INIT;

    if (!email_ready(to->settings, &why)) {
        delivery_set(out, DELIVERY_PERMANENT, 0, "%s", why.text);
        return;
    }
    mail_compose(&text, letter, m->from, address);
    if (text.failed)
        delivery_set(out, DELIVERY_PASSING, 0, "out of memory");
    else if (transfer_begin(t, until_ns, LIMIT_MS, out))
        send_text(t, m, address, &text, out);
    strbuf_release(&text);
}

const struct notifier_ops notifier_email_ops = {
    .name = "email",
    .summary = "mail by SMTP, one to each address",
    .addresses = offsetof(struct owner, email),
    .ready = email_ready,
    .open = email_open,
    .send = email_send,
    .close = email_close,
};
