/* A bare libcurl loop with the good options and nothing else: no state, no table, no certificates, no screen. What the engines
 * are measured against, side by side.
 *
 *     bare_loop [-c IN_FLIGHT] [-t THREADS] [-w WARM_ROUNDS] [-r ROUNDS] [-T TIMEOUT_MS] [-a CA_FILE]
 *               [-p CHECKS_PER_SECOND] < URLS
 *
 * Each thread takes its share of the URLs and drives them by curl_multi_socket_action over epoll; as fast as it can, or so many
 * a second (each thread), begun every 10 ms. */
#include <curl/curl.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "bench.h"

#define STARTS_A_TURN 32
#define TICKS_A_SECOND 100

struct loop {
    pthread_t thread;
    CURLM *multi;
    CURL **idle;
    size_t nidle;
    int epoll;
    long timer_ms;
    char **url;
    size_t n, next, done, total, good;
    double begun_s;
};

static long in_flight = 64, timeout_ms = 10000, pace;
static const char *ca_file;

/* --- what libcurl calls ------------------------------------------------------------------------------------------- */

static int on_timer(CURLM *multi, long ms, void *context)
{
    (void)multi;
    ((struct loop *)context)->timer_ms = ms;
    return 0;
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *context, void *known)
{
    struct loop *l = context;
    struct epoll_event event = { .data.fd = fd };

    (void)easy;
    if (what == CURL_POLL_REMOVE) {
        epoll_ctl(l->epoll, EPOLL_CTL_DEL, fd, NULL);
        return 0;
    }
    event.events = (what & CURL_POLL_IN ? EPOLLIN : 0u) | (what & CURL_POLL_OUT ? EPOLLOUT : 0u);
    if (epoll_ctl(l->epoll, known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &event) != 0 && errno == EEXIST)
        epoll_ctl(l->epoll, EPOLL_CTL_MOD, fd, &event);
    curl_multi_assign(l->multi, fd, l);
    return 0;
}

static size_t ignore(char *bytes, size_t size, size_t n, void *context)
{
    (void)bytes;
    (void)context;
    return size * n;
}

/* --- a loop ------------------------------------------------------------------------------------------------------- */

static CURL *new_handle(void)
{
    CURL *easy = curl_easy_init();

    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
    curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
    curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_SESSIONID_CACHE, 0L);
    curl_easy_setopt(easy, CURLOPT_DNS_CACHE_TIMEOUT, 0L);
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
    if (ca_file)
        curl_easy_setopt(easy, CURLOPT_CAINFO, ca_file);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, timeout_ms);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, ignore);
    return easy;
}

static void loop_open(struct loop *l, char **url, size_t n)
{
    long i;

    *l = (struct loop){ .url = url, .n = n, .timer_ms = -1 };
    l->idle = calloc((size_t)in_flight, sizeof(*l->idle));
    l->epoll = epoll_create1(0);
    l->multi = curl_multi_init();
    curl_multi_setopt(l->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    curl_multi_setopt(l->multi, CURLMOPT_SOCKETDATA, l);
    curl_multi_setopt(l->multi, CURLMOPT_TIMERFUNCTION, on_timer);
    curl_multi_setopt(l->multi, CURLMOPT_TIMERDATA, l);
    for (i = 0; i < in_flight; i++)
        l->idle[l->nidle++] = new_handle();
}

static void loop_close(struct loop *l)
{
    while (l->nidle)
        curl_easy_cleanup(l->idle[--l->nidle]);
    curl_multi_cleanup(l->multi);
    close(l->epoll);
    free(l->idle);
}

static void start(struct loop *l)
{
    CURL *easy = l->idle[--l->nidle];

    curl_easy_setopt(easy, CURLOPT_URL, l->url[l->next++ % l->n]);
    curl_multi_add_handle(l->multi, easy);
}

static void collect(struct loop *l)
{
    CURLMsg *message;
    int left;

    while ((message = curl_multi_info_read(l->multi, &left))) {
        CURL *easy = message->easy_handle;
        long status = 0;

        l->good += message->data.result == CURLE_OK && curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status) == CURLE_OK &&
                   status < 400;
        l->done++;
        curl_multi_remove_handle(l->multi, easy);
        l->idle[l->nidle++] = easy;
    }
}

static void act(struct loop *l, const struct epoll_event *event)
{
    int running;

    curl_multi_socket_action(l->multi, event->data.fd,
                             (event->events & EPOLLIN ? CURL_CSELECT_IN : 0) |
                                 (event->events & EPOLLOUT ? CURL_CSELECT_OUT : 0) |
                                 (event->events & (EPOLLERR | EPOLLHUP) ? CURL_CSELECT_ERR : 0),
                             &running);
}

/* Checks that may have been begun by now. */
static size_t allowed(const struct loop *l)
{
    size_t n = pace ? (size_t)((bench_now() - l->begun_s) * TICKS_A_SECOND) * (size_t)pace / TICKS_A_SECOND : l->total;

    return n < l->total ? n : l->total;
}

static int sleep_ms(const struct loop *l)
{
    long tick_ms;

    if (!pace || l->next == l->total)
        return (int)l->timer_ms;
    tick_ms = 1000 / TICKS_A_SECOND - (long)((bench_now() - l->begun_s) * 1000) % (1000 / TICKS_A_SECOND);
    return (int)(l->timer_ms >= 0 && l->timer_ms < tick_ms ? l->timer_ms : tick_ms);
}

static void *run(void *context)
{
    struct loop *l = context;

    l->begun_s = bench_now();
    while (l->done < l->total) {
        struct epoll_event events[256];
        size_t until = allowed(l);
        int running, n, i, begun = 0;

        while (l->nidle && l->next < until && begun++ < STARTS_A_TURN)
            start(l);
        n = epoll_wait(l->epoll, events, 256, l->nidle && l->next < until ? 0 : sleep_ms(l));
        for (i = 0; i < n; i++)
            act(l, &events[i]);
        if (n == 0 || l->timer_ms == 0)
            curl_multi_socket_action(l->multi, CURL_SOCKET_TIMEOUT, 0, &running);
        collect(l);
    }
    return NULL;
}

static size_t run_all(struct loop *loop, long threads, long rounds)
{
    size_t good = 0;
    long t;

    for (t = 0; t < threads; t++) {
        loop[t].next = loop[t].done = loop[t].good = 0;
        loop[t].total = loop[t].n * (size_t)rounds;
        pthread_create(&loop[t].thread, NULL, run, &loop[t]);
    }
    for (t = 0; t < threads; t++) {
        pthread_join(loop[t].thread, NULL);
        good += loop[t].good;
    }
    return good;
}

int main(int argc, char *argv[])
{
    long threads = 1, warm = 0, rounds = 1, t;
    struct bench_meter meter;
    size_t n = 0, good;
    struct loop *loop;
    char **url;
    int c;

    while ((c = getopt(argc, argv, "c:t:w:r:T:a:p:")) != -1)
        if (c == 'a')
            ca_file = optarg;
        else
            *(c == 'c' ? &in_flight : c == 't' ? &threads : c == 'w' ? &warm : c == 'r' ? &rounds : c == 'p' ? &pace : &timeout_ms) =
                atol(optarg);
    bench_raise_files();
    curl_global_init(CURL_GLOBAL_DEFAULT);
    url = bench_urls(&n);
    loop = calloc((size_t)threads, sizeof(*loop));
    for (t = 0; t < threads; t++) {
        size_t from = n * (size_t)t / (size_t)threads, to = n * (size_t)(t + 1) / (size_t)threads;

        loop_open(&loop[t], url + from, to - from);
    }
    run_all(loop, threads, warm);
    bench_begin(&meter);
    good = run_all(loop, threads, rounds);
    bench_report(&meter, n * (size_t)rounds, good, "");
    for (t = 0; t < threads; t++)
        loop_close(&loop[t]);
    free(loop);
    return 0;
}
