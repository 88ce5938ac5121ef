/* A bare pool: threads that each run one blocking libcurl handle, kept for all checks, and nothing else. With one thread the
 * floor of a serial engine.
 *
 *     bare_pool [-t THREADS] [-w WARM_ROUNDS] [-r ROUNDS] [-T TIMEOUT_MS] < URLS */
#include <curl/curl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "bench.h"

struct worker {
    pthread_t thread;
    CURL *easy;
};

static char **url;
static size_t nurl, total;
static _Atomic size_t next, good;
static long timeout_ms = 10000;

static CURL *new_handle(void)
{
    CURL *easy = curl_easy_init();

    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
    curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
    curl_easy_setopt(easy, CURLOPT_DNS_CACHE_TIMEOUT, 0L);
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, timeout_ms);
    return easy;
}

static void *work(void *context)
{
    struct worker *w = context;
    size_t i;

    while ((i = atomic_fetch_add(&next, 1)) < total) {
        long status = 0;

        curl_easy_setopt(w->easy, CURLOPT_URL, url[i % nurl]);
        if (curl_easy_perform(w->easy) == CURLE_OK && !curl_easy_getinfo(w->easy, CURLINFO_RESPONSE_CODE, &status) && status < 400)
            atomic_fetch_add(&good, 1);
    }
    return NULL;
}

static void run_all(struct worker *w, long threads, long rounds)
{
    long t;

    total = nurl * (size_t)rounds;
    atomic_store(&next, 0);
    atomic_store(&good, 0);
    for (t = 0; t < threads; t++)
        pthread_create(&w[t].thread, NULL, work, &w[t]);
    for (t = 0; t < threads; t++)
        pthread_join(w[t].thread, NULL);
}

int main(int argc, char *argv[])
{
    long threads = 1, warm = 0, rounds = 1, t;
    struct bench_meter meter;
    struct worker *w;
    int c;

    while ((c = getopt(argc, argv, "t:w:r:T:")) != -1)
        *(c == 't' ? &threads : c == 'w' ? &warm : c == 'r' ? &rounds : &timeout_ms) = atol(optarg);
    bench_raise_files();
    curl_global_init(CURL_GLOBAL_DEFAULT);
    url = bench_urls(&nurl);
    w = calloc((size_t)threads, sizeof(*w));
    for (t = 0; t < threads; t++)
        w[t].easy = new_handle();
    run_all(w, threads, warm);
    bench_begin(&meter);
    run_all(w, threads, rounds);
    bench_report(&meter, total, atomic_load(&good), "");
    for (t = 0; t < threads; t++)
        curl_easy_cleanup(w[t].easy);
    free(w);
    return 0;
}
