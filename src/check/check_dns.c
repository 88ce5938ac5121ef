/* A name server asked for a record, by UDP and, when the answer is too large for that, TCP; expect_body and reject_body are
 * values a record must or must not have, expect_body_regex is matched with all values, one a line. dns:///NAME asks the
 * machine's own name servers. */
#include <ares.h>
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/text.h"
#include "dns_answer.h"
#include "names.h"
#include "ops.h"
#include "talk.h"

#define NAME_SIZE 256
#define TRY_LEAST_NS (100 * NS_PER_MS)
#define TRY_MOST_NS (2 * NS_PER_S)
#define UDP_SIZE 1232               /* what goes through everywhere (dnsflagday.net/2020) */

struct question {
    char name[NAME_SIZE];
    int type;
    uint16_t id, port;
    unsigned char *query;           /* c-ares's: two bytes of length belong before it by TCP */
    int nquery;
    int64_t try_ns;                 /* so long one try lasts */
    bool sent, tcp;
    struct strbuf values;
    unsigned char *answer;          /* by TCP: what came so far */
    size_t nanswer;
};

/* --- URLs --------------------------------------------------------------------------------------------------------- */

#define NAME_LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."

static enum err read_type(const char *query, int *type, struct errmsg *why)
{
    size_t n;
    const char *const *all = dns_type_names(&n);
    char word[16];
    const char *near;

    if (!*query) {
        *type = dns_type("A", 1);
        return ERR_OK;
    }
    if (strncasecmp(query, "?type=", 6) != 0)
        return err_set(why, ERR_INVALID, "it has another query than type=");
    *type = dns_type(query + 6, strlen(query + 6));
    if (*type)
        return ERR_OK;
    text_clean(word, sizeof(word), query + 6, strlen(query + 6));
    near = text_nearest(word, all, n);
    return err_set(why, ERR_INVALID, "it asks for records of no known type '%s'%s%s%s", word, near ? " (did you mean '" : "",
                   near ? near : "", near ? "'?)" : "");
}

/* "/example.org?type=MX". */
static enum err read_path(const char *url, char name[NAME_SIZE], int *type, struct errmsg *why)
{
    const char *path = talk_path(url);
    const char *start = path + (*path == '/');
    size_t length = strcspn(start, "?");

    if (!length)
        return err_set(why, ERR_INVALID, "it asks for no name: write it like dns://192.0.2.53/example.org?type=A");
    if (length >= NAME_SIZE - 2 || strspn(start, NAME_LETTERS) < length || strstr(start, "..") || *start == '.')
        return err_set(why, ERR_INVALID, "it asks for what is no name of a host");
    memcpy(name, start, length);
    name[length] = '\0';
    return read_type(start + length, type, why);
}

static enum err examine(const char *url, struct errmsg *why)
{
    char name[NAME_SIZE];
    int type;

    return read_path(url, name, &type, why);
}

/* --- asking ------------------------------------------------------------------------------------------------------- */

/* The machine's own name servers; those with another port than the first are left out. */
static bool own_servers(struct name_answer *a, uint16_t *port)
{
    struct ares_addr_port_node *all, *s;
    ares_channel channel;

    if (ares_init(&channel) != ARES_SUCCESS)
        return false;
    if (names_servers())
        ares_set_servers_ports_csv(channel, names_servers());
    if (ares_get_servers_ports(channel, &all) == ARES_SUCCESS) {
        for (s = all; s && a->n < NAME_ADDRESSES; s = s->next) {
            uint16_t theirs = s->udp_port ? (uint16_t)s->udp_port : 53;

            if (a->n && theirs != *port)
                continue;
            *port = theirs;
            a->address[a->n].family = s->family;
            memcpy(a->address[a->n++].bytes, &s->addr, s->family == AF_INET6 ? 16 : 4);
        }
        ares_free_data(all);
    }
    ares_destroy(channel);
    return a->n > 0;
}

static struct talk_way way_of(const struct question *q)
{
    return (struct talk_way){ .type = q->tcp ? SOCK_STREAM : SOCK_DGRAM, .port = q->port };
}

static enum probe_want connect_next(struct probe *p)
{
    struct question *q = p->talk.state;
    struct talk_way way = way_of(q);

    q->sent = false;
    q->nanswer = 0;
    return talk_connect(p, &way);
}

static bool make_query(struct question *q)
{
    return getrandom(&q->id, sizeof(q->id), 0) == (ssize_t)sizeof(q->id) &&
           ares_create_query(q->name, 1, q->type, q->id, 1, &q->query, &q->nquery, UDP_SIZE) == ARES_SUCCESS;
}

static enum probe_want begin(struct probe *p)
{
    const char *url = p->job.site->url;
    struct question *q = p->talk.state = calloc(1, sizeof(*q));
    struct errmsg why;

    if (!q)
        return talk_over(p, OUTCOME_LOCAL_MEMORY, NULL);
    q->values = (struct strbuf)STRBUF_INIT;
    if (read_path(url, q->name, &q->type, &why) != ERR_OK)
        return talk_over(p, OUTCOME_LOCAL_SETTINGS, why.text);
    if (!make_query(q))
        return talk_over(p, OUTCOME_LOCAL_SETTINGS, "the question can not be written");
    q->port = talk_port(url);
    if (!p->query.answer.n && !own_servers(&p->query.answer, &q->port))
        return talk_over(p, OUTCOME_LOCAL_SETTINGS, "this machine knows no name server");
    q->try_ns = (p->deadline_ns - clock_mono_ns()) / 4;
    q->try_ns = q->try_ns < TRY_LEAST_NS ? TRY_LEAST_NS : q->try_ns > TRY_MOST_NS ? TRY_MOST_NS : q->try_ns;
    return connect_next(p);
}

/* --- judging ------------------------------------------------------------------------------------------------------ */

static bool matches(const char *expression, const char *values)
{
    regex_t regex;
    bool match;

    if (regcomp(&regex, expression, REG_EXTENDED | REG_NOSUB | REG_NEWLINE) != 0)
        return false; /* settings were read with this expression: only memory can be the cause */
    match = regexec(&regex, values, 0, NULL, 0) == 0;
    regfree(&regex);
    return match;
}

/* "192.0.2.7, 192.0.2.8": for people; what was found, whether it was wanted or not. */
static enum probe_want over_with_values(struct probe *p, enum outcome outcome)
{
    struct question *q = p->talk.state;
    char text[RESULT_DETAIL_SIZE];
    size_t used = 0, i;

    for (i = 0; i + 1 < q->values.length && used + 3 < sizeof(text); i++) {
        if (q->values.text[i] == '\n')
            text[used++] = ',';
        text[used++] = q->values.text[i] == '\n' ? ' ' : q->values.text[i];
    }
    text[used] = '\0';
    return talk_over(p, outcome, text);
}

static enum probe_want judge(struct probe *p, enum outcome outcome)
{
    const struct options *o = p->job.site->options;
    struct question *q = p->talk.state;

    p->talk.answered_ns = clock_mono_ns();
    if (outcome != OUTCOME_OK)
        return talk_over(p, outcome, outcome == OUTCOME_PROTOCOL ? NULL : q->name);
    if (o->reject_body && dns_has_value(q->values.text, o->reject_body))
        return over_with_values(p, OUTCOME_RECORD_REJECTED);
    if (o->expect_body && !dns_has_value(q->values.text, o->expect_body))
        return over_with_values(p, OUTCOME_RECORD_MISSING);
    if (o->expect_body_regex && !matches(o->expect_body_regex, q->values.text))
        return over_with_values(p, OUTCOME_RECORD_MISSING);
    return over_with_values(p, OUTCOME_OK);
}

/* --- answers ------------------------------------------------------------------------------------------------------ */

/* What a whole message says; PROBE_SOCKET when it is not for us. */
static enum probe_want take(struct probe *p, const unsigned char *bytes, size_t length)
{
    struct question *q = p->talk.state;
    enum outcome outcome;
    enum dns_reply reply;

    strbuf_reset(&q->values);
    reply = dns_read_answer(bytes, length, q->id, q->name, q->type, &outcome, &q->values);
    if (reply == DNS_READ)
        return judge(p, outcome);
    if (q->tcp)
        return talk_over(p, OUTCOME_PROTOCOL, NULL);
    if (reply == DNS_NOT_OURS)
        return PROBE_SOCKET;
    q->tcp = true;
    p->talk.address--; /* the same server */
    talk_close(p);
    return connect_next(p);
}

static enum probe_want receive_udp(struct probe *p)
{
    struct question *q = p->talk.state;
    struct talk_way way = way_of(q);
    unsigned char bytes[4096];
    enum probe_want want = PROBE_SOCKET;
    ssize_t n = 0;
    int i;

    for (i = 0; i < TALK_DATAGRAMS && want == PROBE_SOCKET && !q->tcp && n >= 0; i++)
        if ((n = recv(p->talk.fd, bytes, sizeof(bytes), 0)) >= 0)
            want = take(p, bytes, (size_t)n);
    if (want == PROBE_OVER || q->tcp)
        return want;
    if (n < 0 && errno != EAGAIN && errno != EINTR)
        return talk_failed(p, &way, errno);
    return talk_wait(p, POLLIN, p->talk.next_ns);
}

static enum probe_want receive_tcp(struct probe *p)
{
    struct question *q = p->talk.state;
    size_t wanted;
    ssize_t n;

    if (!q->answer && !(q->answer = malloc(UINT16_MAX + 2)))
        return talk_over(p, OUTCOME_LOCAL_MEMORY, NULL);
    for (;;) {
        wanted = q->nanswer < 2 ? 2 : ((size_t)q->answer[0] << 8 | q->answer[1]) + 2;
        if (q->nanswer >= 2 && q->nanswer == wanted)
            return take(p, q->answer + 2, wanted - 2);
        n = recv(p->talk.fd, q->answer + q->nanswer, wanted - q->nanswer, 0);
        if (n <= 0)
            break;
        q->nanswer += (size_t)n;
    }
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return talk_wait(p, POLLIN, INT64_MAX);
    return talk_over(p, q->nanswer ? OUTCOME_CUT : OUTCOME_EMPTY, NULL);
}

static enum probe_want ask(struct probe *p)
{
    struct question *q = p->talk.state;
    struct talk_way way = way_of(q);
    unsigned char length[2] = { (unsigned char)(q->nquery >> 8), (unsigned char)q->nquery };
    struct iovec part[] = { { length, sizeof(length) }, { q->query, (size_t)q->nquery } };
    struct msghdr message = { .msg_iov = q->tcp ? part : part + 1, .msg_iovlen = q->tcp ? 2 : 1 };
    int number = talk_connected(p);

    if (!number && sendmsg(p->talk.fd, &message, MSG_NOSIGNAL) < 0)
        number = errno;
    if (number)
        return talk_failed(p, &way, number);
    q->sent = true;
    return talk_wait(p, POLLIN, q->tcp ? INT64_MAX : clock_mono_ns() + q->try_ns);
}

static enum probe_want ready(struct probe *p)
{
    struct question *q = p->talk.state;
    enum probe_want want;

    if (!q->sent)
        return ask(p);
    if (q->tcp)
        return receive_tcp(p);
    want = receive_udp(p);
    if (want != PROBE_SOCKET || q->tcp || !q->sent || clock_mono_ns() < p->talk.next_ns)
        return want;
    if (p->talk.address == p->query.answer.n) /* lost, or the server is: from the first one again */
        p->talk.address = 0;
    talk_close(p);
    return connect_next(p);
}

static void expire(struct probe *p)
{
    talk_over(p, OUTCOME_NO_ANSWER, NULL);
}

static void end(struct probe *p)
{
    struct question *q = p->talk.state;

    if (!q)
        return;
    if (q->query)
        ares_free_string(q->query);
    strbuf_release(&q->values);
    free(q->answer);
    free(q);
}

static const struct check_scheme schemes[] = { { "dns", "53" }, { NULL, NULL } };

const struct check_ops check_dns_ops = {
    .kind = { .name = "dns", .summary = "a name server gives a record; expect_body is the value it must have",
              .example = "dns://192.0.2.53/example.org?type=MX", .schemes = schemes,
              .parts = URL_PORT | URL_PATH | URL_ANY_HOST, .examine = examine },
    .begin = begin,
    .ready = ready,
    .expire = expire,
    .end = end,
};
