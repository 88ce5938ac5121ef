/* A port that takes connections; with expect_body, expect_body_regex or reject_body what it says at first is judged, too. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/text.h"
#include "ops.h"
#include "talk.h"

static struct talk_way way_of(const struct probe *p)
{
    return (struct talk_way){ .type = SOCK_STREAM, .port = talk_port(p->job.site->url) };
}

static enum probe_want begin(struct probe *p)
{
    struct talk_way way = way_of(p);

    body_begin(&p->body, p->job.site->options, options_want_body(p->job.site->options));
    return talk_connect(p, &way);
}

static enum probe_want judge(struct probe *p)
{
    const struct options *o = p->job.site->options;
    enum outcome outcome = body_verdict(&p->body);
    const char *text = outcome == OUTCOME_BODY_MISSING    ? o->expect_body
                       : outcome == OUTCOME_BODY_NO_MATCH ? o->expect_body_regex
                       : outcome == OUTCOME_BODY_REJECTED ? o->reject_body
                                                          : NULL;

    return talk_over(p, outcome != OUTCOME_OK && !p->body.bytes ? OUTCOME_EMPTY : outcome, text);
}

/* What it says: judged when the verdict is certain, or no more comes. */
static enum probe_want listen_to(struct probe *p)
{
    char bytes[4096];
    ssize_t n;

    while ((n = recv(p->talk.fd, bytes, sizeof(bytes), 0)) > 0) {
        if (!p->talk.answered_ns)
            p->talk.answered_ns = clock_mono_ns();
        if (!body_take(&p->body, bytes, (size_t)n))
            return judge(p);
        if (p->job.site->options->expect_body_regex && body_verdict(&p->body) == OUTCOME_OK)
            return judge(p); /* it would wait for our word for ever */
    }
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return talk_wait(p, POLLIN, INT64_MAX);
    if (n < 0 && !p->body.bytes)
        return talk_over(p, OUTCOME_CUT, NULL);
    return judge(p);
}

static enum probe_want ready(struct probe *p)
{
    struct talk_way way = way_of(p);
    int number;

    if (!p->talk.connected_ns) {
        number = talk_connected(p);
        if (number)
            return talk_failed(p, &way, number);
        p->talk.connected_ns = clock_mono_ns();
        if (!p->body.watch)
            return talk_over(p, OUTCOME_OK, NULL);
    }
    return listen_to(p);
}

static void expire(struct probe *p)
{
    if (!p->talk.connected_ns)
        talk_over(p, OUTCOME_CONNECT_TIMEOUT, NULL);
    else if (!p->body.bytes)
        talk_over(p, OUTCOME_WAIT_TIMEOUT, NULL);
    else
        judge(p); /* it waits for our word: what it said is all there is */
}

static enum err examine(const char *url, struct errmsg *why)
{
    return talk_port(url) ? ERR_OK : err_set(why, ERR_INVALID, "it names no port");
}

static const struct check_scheme schemes[] = { { "tcp", NULL }, { NULL, NULL } };

const struct check_ops check_tcp_ops = {
    .kind = { .name = "tcp", .summary = "a port takes connections; expect_body judges what it says first",
              .example = "tcp://db.example.org:5432", .schemes = schemes, .parts = URL_PORT, .examine = examine },
    .begin = begin,
    .ready = ready,
    .expire = expire,
};
