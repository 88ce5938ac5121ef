/* The receiver of webhooks: one thread, one connection at a time. */
#include "receiver.h"

#include <arpa/inet.h>
#include <jansson.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mutex.h"
#include "support/tests.h"

#define TOLD_MOST 8192
#define REQUEST_MOST (1 << 20)

struct receiver {
    pthread_t thread;
    int listener, stop[2];
    struct sockaddr_in address;
    char url[64];
    _Atomic int mood;
    atomic_uint lost;

    struct mutex lock;               /* leaf, but for this is a test */
    struct told *told;               /* under lock */
    size_t ntold;                    /* under lock */
};

/* --- what came ----------------------------------------------------------------------------------------------------------- */

static void note(struct receiver *r, const json_t *n, const char *letter)
{
    const char *id = json_string_value(json_object_get(n, "notice_id")), *site = json_string_value(json_object_get(n, "site"));
    struct told *t;
    size_t i;

    if (!id)
        return;
    mutex_lock(&r->lock);
    for (i = 0; i < r->ntold && strcmp(r->told[i].id, id) != 0; i++)
        ;
    if (i == r->ntold && r->ntold < TOLD_MOST) {
        t = &r->told[r->ntold++];
        snprintf(t->id, sizeof(t->id), "%s", id);
        snprintf(t->letter, sizeof(t->letter), "%s", letter);
        snprintf(t->event, sizeof(t->event), "%s", json_string_value(json_object_get(n, "event")));
        snprintf(t->site, sizeof(t->site), "%s", site ? site : "");
    }
    if (i < r->ntold) {
        r->told[i].times++;
        if (strcmp(r->told[i].letter, letter) != 0) /* a repeat must come in the same letter */
            snprintf(r->told[i].letter, sizeof(r->told[i].letter), "DIFFERS");
    }
    mutex_unlock(&r->lock);
}

static void note_all(struct receiver *r, const char *body, const char *letter)
{
    json_t *o = json_loads(body, 0, NULL), *list = json_object_get(o, "notices");
    size_t i;

    if (json_is_array(list))
        for (i = 0; i < json_array_size(list); i++)
            note(r, json_array_get(list, i), letter);
    else if (o)
        note(r, o, letter);
    json_decref(o);
}

/* --- one connection --------------------------------------------------------------------------------------------------------- */

/* Reads one request whole; false when it was cut. */
static bool read_request(int fd, char *text, char **body)
{
    size_t n = 0, length = 0;

    *body = NULL;
    while (!*body || strlen(*body) < length) {
        ssize_t got = n < REQUEST_MOST - 1 ? recv(fd, text + n, REQUEST_MOST - 1 - n, 0) : 0;

        if (got <= 0)
            return false;
        n += (size_t)got;
        text[n] = '\0';
        if (!*body && (*body = strstr(text, "\r\n\r\n"))) {
            const char *at = strcasestr(text, "\r\nContent-Length:");

            length = at ? strtoul(at + 17, NULL, 10) : 0;
            *body += 4;
        }
    }
    return true;
}

static void letter_of(const char *request, char *letter, size_t size)
{
    const char *at = strcasestr(request, "\r\nIdempotency-Key:");

    snprintf(letter, size, "%.*s", at ? (int)strcspn(at + 18, "\r") : 0, at ? at + 18 : "");
}

static void serve(struct receiver *r, int fd, char *text)
{
    static const char well[] = "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n";
    static const char busy[] = "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\nRetry-After: 1\r\nConnection: close\r\n\r\n";
    int mood = atomic_load(&r->mood);
    char letter[128], *body;

    if (mood == RECEIVER_AWAY || !read_request(fd, text, &body))
        return;
    letter_of(text, letter, sizeof(letter));
    if (mood == RECEIVER_BUSY) {
        send(fd, busy, sizeof(busy) - 1, MSG_NOSIGNAL);
        return;
    }
    note_all(r, body, letter);
    if (mood == RECEIVER_LOSES)
        atomic_fetch_add(&r->lost, 1);
    else
        send(fd, well, sizeof(well) - 1, MSG_NOSIGNAL);
}

static void *work(void *context)
{
    struct receiver *r = context;
    char *text = malloc(REQUEST_MOST);
    struct pollfd p[2] = { { .fd = r->listener, .events = POLLIN }, { .fd = r->stop[0], .events = POLLIN } };

    while (text && poll(p, 2, -1) > 0 && !p[1].revents) {
        int fd = accept(r->listener, NULL, NULL);

        if (fd < 0)
            continue;
        serve(r, fd, text);
        close(fd);
    }
    free(text);
    return NULL;
}

/* --- start and stop ----------------------------------------------------------------------------------------------------------- */

struct receiver *receiver_start(void)
{
    struct receiver *r = calloc(1, sizeof(*r));
    socklen_t length = sizeof(r->address);

    assert_non_null(r);
    mutex_init(&r->lock);
    r->told = calloc(TOLD_MOST, sizeof(*r->told));
    assert_non_null(r->told);
    r->address = (struct sockaddr_in){ .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    r->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(r->listener, (struct sockaddr *)&r->address, length), 0);
    assert_int_equal(listen(r->listener, 64), 0);
    assert_int_equal(getsockname(r->listener, (struct sockaddr *)&r->address, &length), 0);
    snprintf(r->url, sizeof(r->url), "http://127.0.0.1:%d/told", ntohs(r->address.sin_port));
    assert_int_equal(pipe(r->stop), 0);
    assert_int_equal(pthread_create(&r->thread, NULL, work, r), 0);
    return r;
}

void receiver_stop(struct receiver *r)
{
    assert_int_equal(write(r->stop[1], "", 1), 1);
    pthread_join(r->thread, NULL);
    close(r->listener);
    close(r->stop[0]);
    close(r->stop[1]);
    mutex_release(&r->lock);
    free(r->told);
    free(r);
}

const char *receiver_url(const struct receiver *r)
{
    return r->url;
}

void receiver_set(struct receiver *r, enum receiver_mood mood)
{
    atomic_store(&r->mood, mood);
}

size_t receiver_told(struct receiver *r, struct told *out, size_t most)
{
    size_t n;

    mutex_lock(&r->lock);
    n = r->ntold;
    memcpy(out, r->told, (n < most ? n : most) * sizeof(*out));
    mutex_unlock(&r->lock);
    return n;
}

unsigned receiver_count(struct receiver *r, const char *site, const char *event)
{
    unsigned n = 0;
    size_t i;

    mutex_lock(&r->lock);
    for (i = 0; i < r->ntold; i++)
        n += !strcmp(r->told[i].site, site) && !strcmp(r->told[i].event, event);
    mutex_unlock(&r->lock);
    return n;
}

unsigned receiver_lost(struct receiver *r)
{
    return atomic_load(&r->lost);
}
