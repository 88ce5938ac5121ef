/* A bare libcurl loop with the good options and nothing else: no state, no table, no certificates, no screen. What the engines
 * are measured against, side by side.
 *
 *     bare_loop [-c IN_FLIGHT] [-t THREADS] [-r ROUNDS] [-T TIMEOUT_MS] < URLS
 *
 * Each thread takes its share of the URLs and drives them by curl_multi_socket_action over epoll. Prints one line of JSON. */
#include <curl/curl.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define STARTS_A_TURN 32

struct loop {
    pthread_t thread;
    CURLM *multi;
    int epoll;
    long timer_ms;
    char **url;
    size_t n, next, done, good;
};

static long in_flight = 64, timeout_ms = 10000;

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

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

static void start(struct loop *l, CURL *easy)
{
    curl_easy_setopt(easy, CURLOPT_URL, l->url[l->next++ % l->n]);
    curl_multi_add_handle(l->multi, easy);
}

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
    if (getenv("BARE_CA_FILE"))
        curl_easy_setopt(easy, CURLOPT_CAINFO, getenv("BARE_CA_FILE"));
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, timeout_ms);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, ignore);
    return easy;
}

static void collect(struct loop *l, CURL **idle, size_t *nidle)
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
        idle[(*nidle)++] = easy;
    }
}

static void *run(void *context)
{
    struct loop *l = context;
    CURL **idle = calloc((size_t)in_flight, sizeof(CURL *));
    size_t nidle = 0, total = l->n;
    long i;

    l->epoll = epoll_create1(0);
    l->multi = curl_multi_init();
    l->timer_ms = -1;
    curl_multi_setopt(l->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    curl_multi_setopt(l->multi, CURLMOPT_SOCKETDATA, l);
    curl_multi_setopt(l->multi, CURLMOPT_TIMERFUNCTION, on_timer);
    curl_multi_setopt(l->multi, CURLMOPT_TIMERDATA, l);
    for (i = 0; i < in_flight; i++)
        idle[nidle++] = new_handle();
    while (l->done < total) {
        struct epoll_event events[256];
        int running, n, begun = 0;

        while (nidle && l->next < total && begun++ < STARTS_A_TURN)
            start(l, idle[--nidle]);
        n = epoll_wait(l->epoll, events, 256, nidle && l->next < total ? 0 : (int)l->timer_ms);
        for (i = 0; i < n; i++)
            curl_multi_socket_action(l->multi, events[i].data.fd,
                                     (events[i].events & EPOLLIN ? CURL_CSELECT_IN : 0) |
                                         (events[i].events & EPOLLOUT ? CURL_CSELECT_OUT : 0) |
                                         (events[i].events & (EPOLLERR | EPOLLHUP) ? CURL_CSELECT_ERR : 0),
                                     &running);
        if (n == 0 || l->timer_ms == 0)
            curl_multi_socket_action(l->multi, CURL_SOCKET_TIMEOUT, 0, &running);
        collect(l, idle, &nidle);
    }
    while (nidle)
        curl_easy_cleanup(idle[--nidle]);
    curl_multi_cleanup(l->multi);
    close(l->epoll);
    free(idle);
    return NULL;
}

static char **read_urls(size_t *n)
{
    char **url = NULL, *line = NULL;
    size_t size = 0;
    ssize_t length;

    while ((length = getline(&line, &size, stdin)) > 1) {
        line[length - 1] = '\0';
        url = realloc(url, (*n + 1) * sizeof(*url));
        url[(*n)++] = strdup(line);
    }
    free(line);
    return url;
}

int main(int argc, char *argv[])
{
    long threads = 1, rounds = 1, t, r;
    size_t n = 0, good = 0, i;
    struct rlimit files;
    struct rusage usage;
    struct loop *loop;
    double begun;
    char **url;
    int c;

    while ((c = getopt(argc, argv, "c:t:r:T:")) != -1)
        *(c == 'c' ? &in_flight : c == 't' ? &threads : c == 'r' ? &rounds : &timeout_ms) = atol(optarg);
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    url = read_urls(&n);
    loop = calloc((size_t)threads, sizeof(*loop));
    begun = now();
    for (r = 0; r < rounds; r++) {
        for (t = 0; t < threads; t++) {
            size_t from = n * (size_t)t / (size_t)threads, to = n * (size_t)(t + 1) / (size_t)threads;

            loop[t] = (struct loop){ .url = url + from, .n = to - from };
            pthread_create(&loop[t].thread, NULL, run, &loop[t]);
        }
        for (t = 0; t < threads; t++) {
            pthread_join(loop[t].thread, NULL);
            good += loop[t].good;
        }
    }
    getrusage(RUSAGE_SELF, &usage);
    printf("{\"checks\":%zu,\"good\":%zu,\"wall_s\":%.4f,\"cpu_s\":%.4f,\"rss_kb\":%ld}\n", n * (size_t)rounds, good,
           now() - begun,
           (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
               (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6,
           usage.ru_maxrss);
    for (i = 0; i < n; i++)
        free(url[i]);
    free(url);
    free(loop);
    return 0;
}
