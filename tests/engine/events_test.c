/* How the events engine divides work among its threads. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mutex.h"
#include "check/check.h"
#include "engine/engine.h"
#include "support/server.h"
#include "support/tests.h"

#define WORKERS 4
#define SLOTS 400

/* Who brought the results: under lock. */
struct bringers {
    struct mutex lock;
    struct cond more;
    pthread_t thread[WORKERS];
    unsigned brought[WORKERS];
    int nthread;
    unsigned n;
};

static struct server *server;
static struct bringers bringers;
static struct engine *engine;

static void on_done(void *context, const struct result *r)
{
    struct bringers *b = context;
    int i;

    (void)r;
    mutex_lock(&b->lock);
    for (i = 0; i < b->nthread && !pthread_equal(b->thread[i], pthread_self()); i++)
        ;
    if (i == WORKERS)
        abort();
    if (i == b->nthread)
        b->thread[b->nthread++] = pthread_self();
    b->brought[i]++;
    b->n++;
    mutex_unlock(&b->lock);
    cond_broadcast(&b->more);
}

static void submit(unsigned n, const char *path)
{
    const struct options *shared;
    char url[SERVER_URL_SIZE];
    struct options o;
    struct site *site;
    unsigned i;

    options_init(&o);
    o.timeout_ms = 60000;
    shared = options_share(&o);
    site = site_new("x", server_url(server, path, url), shared);
    for (i = 0; i < n; i++) {
        struct job job = { .id = i + 1, .attempt = 1, .method = METHOD_HEAD, .due_ns = clock_mono_ns(), .site = site };

        assert_int_equal(engine_submit(engine, &job), ERR_OK);
    }
    site_unref(site);
    options_unref(shared);
}

static void wait_for(unsigned n)
{
    mutex_lock(&bringers.lock);
    while (bringers.n < n)
        cond_wait(&bringers.more, &bringers.lock, COND_FOREVER);
    mutex_unlock(&bringers.lock);
}

static int setup(void **state)
{
    struct errmsg why;

    (void)state;
    mutex_init(&bringers.lock);
    cond_init(&bringers.more);
    server = server_start(NULL);
    return server && check_open(&why) == ERR_OK ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    check_close();
    server_stop(server);
    return 0;
}

static int open_engine(void **state)
{
    struct engine_env env = { .workers = WORKERS, .slots = SLOTS, .done = on_done, .context = &bringers };
    struct errmsg why;

    (void)state;
    bringers.nthread = 0;
    bringers.n = 0;
    memset(bringers.brought, 0, sizeof(bringers.brought));
    return engine_open(&engine, "events", &env, &why) == ERR_OK ? 0 : -1;
}

static int close_engine(void **state)
{
    (void)state;
    engine_close(engine);
    return 0;
}

static void a_few_checks_wake_one_thread(void **state)
{
    (void)state;
    submit(10, "/ok");
    wait_for(10);
    assert_int_equal(bringers.nthread, 1);
}

static void many_checks_are_shared_by_all_threads(void **state)
{
    int i;

    (void)state;
    server_route(server, "/held", HOLD, ANSWER(200, NULL, ""));
    submit(SLOTS, "/held");
    assert_true(server_wait_held(server, SLOTS));
    server_release(server);
    wait_for(SLOTS);
    assert_int_equal(bringers.nthread, WORKERS);
    for (i = 0; i < WORKERS; i++)
        assert_int_equal(bringers.brought[i], SLOTS / WORKERS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_few_checks_wake_one_thread, open_engine, close_engine),
        cmocka_unit_test_setup_teardown(many_checks_are_shared_by_all_threads, open_engine, close_engine),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
