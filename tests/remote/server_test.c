/* The door of a monitor, and screens at it: real sockets in a directory of the test's own. */
#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "link.h"
#include "making.h"
#include "message.h"
#include "place.h"
#include "remote/screen.h"
#include "remote/server.h"

#define HELLO "\3\0\0\0h\4\0"
static_assert(REMOTE_VERSION == 4, "HELLO says it");

static char directory[64];
static struct fake fake;
static struct remote_server *server;
static struct settings *settings;

static int setup(void **state)
{
    char path[128];

    (void)state;
    snprintf(directory, sizeof(directory), "/tmp/remote_test.XXXXXX");
    assert_non_null(mkdtemp(directory));
    unsetenv("RUNTIME_DIRECTORY");
    setenv("XDG_RUNTIME_DIR", directory, 1);
    settings = settings_new();
    snprintf(path, sizeof(path), "%s/t.db", directory);
    free(settings->database);
    settings->database = strdup(path);
    free(settings->path);
    snprintf(path, sizeof(path), "%s/uptime.cfg", directory);
    settings->path = strdup(path);
    fake_init(&fake);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    remote_server_close(server);
    server = NULL;
    fake_release(&fake);
    settings_free(settings);
    return rmdir(directory); /* nothing is left behind */
}

static void open_server(void)
{
    struct errmsg why = ERRMSG_INIT;

    if (remote_server_open(&server, fake_monitor(&fake), settings, fake_reload, &fake, &why) != ERR_OK)
        fail_msg("%s", why.text);
}

static int knock(void)
{
    struct sockaddr_un place, other;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_true(place_to_open(&place, &other, settings->path, settings->database));
    assert_int_equal(connect(fd, (struct sockaddr *)&place, sizeof(place)), 0);
    return fd;
}

/* Waits until the other side hangs up. */
static void assert_sent_away(int fd)
{
    struct pollfd p = { .fd = fd, .events = POLLIN };
    char bytes[256];
    ssize_t n;

    do {
        assert_int_equal(poll(&p, 1, 20000), 1);
        n = recv(fd, bytes, sizeof(bytes), 0);
    } while (n > 0);
    assert_true(n == 0 || errno == ECONNRESET);
    close(fd);
}

static void the_door_is_for_its_owner_alone_and_goes_with_the_monitor(void **state)
{
    struct sockaddr_un place, other;
    struct stat st;

    (void)state;
    open_server();
    assert_true(place_to_open(&place, &other, settings->path, settings->database));
    assert_int_equal(stat(place.sun_path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    remote_server_close(server);
    server = NULL;
    assert_int_equal(stat(place.sun_path, &st), -1);
}

/* pthread_create() of everything here, which can be made to fail. */
static bool no_threads;
int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*work)(void *), void *context);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*work)(void *), void *context);

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*work)(void *), void *context)
{
    return no_threads ? EAGAIN : __real_pthread_create(thread, attr, work, context);
}

static void a_door_that_can_not_be_kept_leaves_nothing_behind(void **state)
{
    struct errmsg why = ERRMSG_INIT;

    (void)state;
    no_threads = true;
    assert_int_equal(remote_server_open(&server, fake_monitor(&fake), settings, fake_reload, &fake, &why), ERR_UNAVAILABLE);
    no_threads = false;
    assert_non_null(strstr(why.text, "thread")); /* and the directory is empty: teardown removes it */
}

static void what_the_monitor_holds_is_fetched(void **state)
{
    struct status_table *t = status_new(1, NULL, NULL);
    struct status_counts counts;
    struct remote_link *l;
    struct row row;
    int i;

    (void)state;
    for (i = 0; i < 1000; i++)
        fake_publish(&fake, fake_add(&fake, i), i % 10 != 0);
    open_server();
    assert_int_equal(remote_link_open(&l, settings, 20000, NULL), ERR_OK);
    assert_int_equal(remote_fetch(l, t, false, &counts, NULL), ERR_OK);
    assert_int_equal(counts.total, 1000);
    assert_int_equal(counts.state[STATE_DOWN], 100);
    assert_int_equal(status_slots(t), 1000);
    assert_int_equal(status_row(t, 999, &row, NULL), ERR_OK);
    assert_string_equal(row.site->name, "site-999");
    site_unref(row.site);
    status_free(t);

    t = status_new(1, NULL, NULL);
    assert_int_equal(remote_fetch(l, t, true, &counts, NULL), ERR_OK);
    assert_int_equal(counts.total, 1000);
    status_counts(t, &counts);
    assert_int_equal(counts.total, 100);
    status_free(t);
    remote_link_close(l);
}

static void commands_reach_the_monitor_and_its_answer_comes_back(void **state)
{
    struct command c = { .kind = COMMAND_PAUSE, .site_id = 3, .generation = 4, .for_ms = 60000 };
    struct errmsg why = ERRMSG_INIT;
    struct remote_link *l;

    (void)state;
    open_server();
    assert_int_equal(remote_link_open(&l, settings, 20000, NULL), ERR_OK);
    assert_int_equal(remote_send(l, &c, NULL), ERR_OK);
    assert_true(fake.last.kind == COMMAND_PAUSE && fake.last.site_id == 3 && fake.last.generation == 4 && fake.last.for_ms == 60000);
    fake.answer = ERR_FULL;
    assert_int_equal(remote_send(l, &c, &why), ERR_FULL);
    assert_non_null(strstr(why.text, "too busy"));
    assert_int_equal(remote_reload(l, NULL), ERR_OK);
    assert_int_equal(fake.reloads, 1);
    remote_link_close(l);
}

static void nobody_answers_where_no_monitor_is(void **state)
{
    struct errmsg why = ERRMSG_INIT;
    struct remote_link *l;
    struct monitor *m;

    (void)state;
    assert_int_equal(remote_link_open(&l, settings, 20000, &why), ERR_UNAVAILABLE);
    assert_int_equal(remote_screen_open(&m, settings, false, &why), ERR_UNAVAILABLE);
}

static void nonsense_is_shown_the_door(void **state)
{
    static const struct { const char *bytes; size_t length; } rows[] = {
        { "GET / HTTP/1.1\r\n\r\n", 18 }, { "\377\377\377\377h", 5 }, { "\0\0\0\0", 4 }, { "\2\0\0\0h\200", 6 },
        { "\5\0\0\0a\0\0\0\0", 9 },                               /* before any hello */
        { HELLO HELLO, 14 },
        { HELLO "\5\0\0\0a\0\0\7\0", 16 }, { HELLO "\2\0\0\0?x", 13 },
    };
    struct remote_link *l;
    size_t i;

    (void)state;
    open_server();
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        int fd = knock();

        assert_int_equal(send(fd, rows[i].bytes, rows[i].length, MSG_NOSIGNAL), rows[i].length);
        assert_sent_away(fd);
    }
    assert_int_equal(remote_link_open(&l, settings, 20000, NULL), ERR_OK); /* and it is still there */
    remote_link_close(l);
}

static void another_version_is_told_ours_and_sent_away(void **state)
{
    unsigned char bytes[FRAME_HEAD + 2];
    int fd;

    (void)state;
    open_server();
    fd = knock();
    assert_int_equal(send(fd, "\4\0\0\0h\143\1\2", 8, MSG_NOSIGNAL), 8);
    assert_int_equal(recv(fd, bytes, sizeof(bytes), MSG_WAITALL), sizeof(bytes));
    assert_int_equal(bytes[FRAME_HEAD], FRAME_WELCOME);
    assert_int_equal(bytes[FRAME_HEAD + 1], REMOTE_VERSION);
    assert_sent_away(fd);
}

/* A monitor of another version, as far as it is known to us: its version, and who knows what behind it. */
static void *welcome_of_another_version(void *context)
{
    int fd = accept(*(int *)context, NULL, NULL);
    char hello[7];

    recv(fd, hello, sizeof(hello), MSG_WAITALL);
    send(fd, "\6\0\0\0W\143????", 10, MSG_NOSIGNAL);
    close(fd);
    return NULL;
}

static void a_monitor_of_another_version_is_told_apart_from_none(void **state)
{
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct errmsg why = ERRMSG_INIT;
    struct sockaddr_un place, other;
    struct remote_link *l;
    pthread_t monitor;

    (void)state;
    assert_true(place_to_open(&place, &other, settings->path, settings->database));
    assert_int_equal(bind(listener, (struct sockaddr *)&place, sizeof(place)), 0);
    assert_int_equal(listen(listener, 1), 0);
    assert_int_equal(pthread_create(&monitor, NULL, welcome_of_another_version, &listener), 0);
    assert_int_equal(remote_link_open(&l, settings, 20000, &why), ERR_INVALID);
    assert_non_null(strstr(why.text, "another version"));
    pthread_join(monitor, NULL);
    close(listener);
    unlink(place.sun_path);
}

/* The number of descriptors is lowered below what the door has to wait for: poll(2) refuses, and works again later. */
static void a_door_that_can_not_wait_rests_and_goes_on(void **state)
{
    struct rlimit before, few;
    struct pollfd p = { .events = POLLIN };
    int first, fd;

    (void)state;
    open_server();
    first = knock();
    assert_int_equal(send(first, HELLO, 7, MSG_NOSIGNAL), 7);
    p.fd = first;
    assert_int_equal(poll(&p, 1, 20000), 1); /* he is in */
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    few = before;
    few.rlim_cur = 2; /* three are waited for */
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
    assert_int_equal(send(first, "\5\0\0\0a\0\0\0\0", 9, MSG_NOSIGNAL), 9); /* wakes it */
    p.events = POLLHUP;
    assert_int_equal(poll(&p, 1, 300), 0);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    fd = knock();
    assert_int_equal(send(fd, HELLO, 7, MSG_NOSIGNAL), 7);
    p = (struct pollfd){ .fd = fd, .events = POLLIN };
    assert_int_equal(poll(&p, 1, 20000), 1);
    close(fd);
    close(first);
}

/* Somebody asks for everything, again and again, and reads nothing: the others, and the table, never notice. */
static void who_never_reads_slows_nobody(void **state)
{
    static const char asks[] = HELLO "\5\0\0\0a\0\0\0\0" "\5\0\0\0a\0\0\0\0" "\5\0\0\0a\0\0\0\0";
    struct status_table *t = status_new(1, NULL, NULL);
    struct status_counts counts;
    struct remote_link *l;
    int fd[8], i;

    (void)state;
    for (i = 0; i < 3000; i++)
        fake_add(&fake, i);
    open_server();
    for (i = 0; i < 8; i++) {
        fd[i] = knock();
        assert_int_equal(send(fd[i], asks, sizeof(asks) - 1, MSG_NOSIGNAL), sizeof(asks) - 1);
    }
    assert_int_equal(remote_link_open(&l, settings, 20000, NULL), ERR_OK);
    for (i = 0; i < 5; i++)
        assert_int_equal(remote_fetch(l, t, false, &counts, NULL), ERR_OK);
    assert_int_equal(counts.total, 3000);
    remote_link_close(l);
    for (i = 0; i < 8; i++)
        close(fd[i]);
    status_free(t);
}

static int64_t cpu_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return t.tv_sec * NS_PER_S + t.tv_nsec;
}

/* Descriptors run out, and somebody knocks: he waits, the thread rests, and he is let in when there are some again. */
static void without_descriptors_the_door_waits_and_does_not_spin(void **state)
{
    struct sockaddr_un place, other;
    struct rlimit before, none;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), next = dup(fd);
    struct pollfd p = { .fd = fd, .events = POLLIN };
    int64_t used_ns;

    (void)state;
    close(next);
    open_server();
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    none = before;
    none.rlim_cur = (rlim_t)next;
    assert_true(place_to_open(&place, &other, settings->path, settings->database));
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    used_ns = cpu_ns();
    assert_int_equal(connect(fd, (struct sockaddr *)&place, sizeof(place)), 0);
    assert_int_equal(send(fd, HELLO, 7, MSG_NOSIGNAL), 7);
    assert_int_equal(poll(&p, 1, 1000), 0);
    used_ns = cpu_ns() - used_ns;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    assert_int_equal(poll(&p, 1, 20000), 1);
    close(fd);
    assert_true(used_ns < 20 * NS_PER_MS);
}

/* --- screens ------------------------------------------------------------------------------------------------------ */

/* A copy of a screen is brought up to date by a thread of its own, and tells nobody: it is looked at until it says so. Only a
 * broken test looks long. */
static void look_again(int64_t *until_ns)
{
    if (!*until_ns)
        *until_ns = clock_mono_ns() + 60 * NS_PER_S;
    assert_true(clock_mono_ns() < *until_ns);
    nanosleep(&(struct timespec){ 0, NS_PER_MS }, NULL);
}

static void wait_until(bool (*is_so)(struct status_table *t), struct monitor *m)
{
    int64_t until_ns = 0;

    while (!is_so(monitor_table(m)))
        look_again(&until_ns);
}

static bool site_1_is_down(struct status_table *t)
{
    struct row row;
    bool down;

    if (status_row(t, 1, &row, NULL))
        return false;
    down = state_shown(&row.state) == STATE_DOWN;
    site_unref(row.site);
    return down;
}

static bool two_sites_are_left(struct status_table *t)
{
    struct status_counts n;

    status_counts(t, &n);
    return n.total == 2;
}

static bool the_monitor_is_gone(struct status_table *t)
{
    struct health h;

    status_health(t, &h);
    return strstr(h.trouble, "what is shown is old") != NULL;
}

static bool the_monitor_is_back(struct status_table *t)
{
    return !the_monitor_is_gone(t) && two_sites_are_left(t);
}

static void screens_follow_what_changes(void **state)
{
    struct command c = { .kind = COMMAND_CHECK, .site_id = 1, .generation = 2 };
    struct monitor *one, *other;
    uint32_t id[3];
    int i;

    (void)state;
    for (i = 0; i < 3; i++)
        fake_publish(&fake, id[i] = fake_add(&fake, i), true);
    open_server();
    assert_int_equal(remote_screen_open(&one, settings, false, NULL), ERR_OK);
    assert_int_equal(remote_screen_open(&other, settings, true, NULL), ERR_OK);
    fake_publish(&fake, id[1], false);
    wait_until(site_1_is_down, one);
    wait_until(site_1_is_down, other);
    status_remove(fake.table, id[2]);
    wait_until(two_sites_are_left, one);
    wait_until(two_sites_are_left, other);
    assert_int_equal(monitor_send(other, &c), ERR_UNAVAILABLE); /* it only looks */
    assert_int_equal(monitor_send(one, &c), ERR_OK);
    fake_wait(&fake, 1);
    monitor_close(one);
    monitor_close(other);
    assert_int_equal(fake.commands, 1);
}

/* Waits until the screen has so many messages, and tells their revision. */
static uint64_t wait_for_messages(struct monitor *m, size_t wanted, struct outbox_item *item)
{
    struct outbox_counts counts;
    int64_t until_ns = 0;

    while (monitor_messages(m, item, 2, &counts) != wanted)
        look_again(&until_ns);
    assert_int_equal(counts.waiting, wanted);
    return counts.revision;
}

static void messages_to_owners_are_seen_and_meddled_with_from_a_screen(void **state)
{
    struct command drop = { .kind = COMMAND_DROP, .message = 7 }, other = { .kind = COMMAND_DROP, .message = 8 };
    struct monitor *one, *looking;
    struct outbox_item item[2];
    struct fake second;
    uint64_t revision;

    (void)state;
    open_server();
    assert_int_equal(remote_screen_open(&one, settings, false, NULL), ERR_OK);
    assert_int_equal(remote_screen_open(&looking, settings, true, NULL), ERR_OK);
    assert_int_equal(monitor_send(one, &drop), ERR_NOTFOUND);
    fake_write(&fake, 9);
    revision = wait_for_messages(one, 2, item);
    assert_string_equal(item[0].subject, "DOWN shop");
    assert_string_equal(item[0].site, "shop");
    assert_int_equal(item[0].incident_id, 5);
    assert_string_equal(item[1].owner, "boss");
    wait_for_messages(looking, 2, item);
    assert_int_equal(monitor_send(looking, &drop), ERR_UNAVAILABLE);
    assert_int_equal(monitor_send(one, &other), ERR_BUSY);
    assert_int_equal(monitor_send(one, &drop), ERR_OK);
    fake_wait(&fake, 1);
    assert_true(fake.last.kind == COMMAND_DROP && fake.last.message == 7);
    monitor_close(looking);

    remote_server_close(server); /* another monitor has none: they do not stay */
    fake_init(&second);
    assert_int_equal(remote_server_open(&server, fake_monitor(&second), settings, fake_reload, &second, NULL), ERR_OK);
    assert_true(wait_for_messages(one, 0, item) > revision);
    fake_write(&second, 9); /* and what it has then is new, whatever it counts from */
    assert_true(wait_for_messages(one, 2, item) > revision + 1);
    monitor_close(one);
    remote_server_close(server);
    server = NULL;
    fake_release(&second);
}

/* A screen of another make, that does not refuse by itself. */
static void who_only_looks_is_refused_at_the_door(void **state)
{
    struct command drop = { .kind = COMMAND_DROP, .message = 7 };
    struct sockaddr_un place[PLACES_MOST];
    struct errmsg why = ERRMSG_INIT;
    struct remote_link *l = link_new(settings, 20000, -1);

    (void)state;
    fake_write(&fake, 9);
    open_server();
    assert_int_equal(link_connect(l, place, places_to_look(place, settings->path, settings->database), true, NULL), ERR_OK);
    assert_int_equal(remote_send(l, &drop, &why), ERR_UNAVAILABLE);
    assert_non_null(strstr(why.text, "only looks"));
    assert_int_equal(fake.commands, 0);
    remote_link_close(l);
    assert_int_equal(remote_link_open(&l, settings, 20000, NULL), ERR_OK);
    fake.answer = ERR_NOTFOUND;
    assert_int_equal(remote_send(l, &drop, &why), ERR_NOTFOUND);
    assert_non_null(strstr(why.text, "not on its way any more"));
    remote_link_close(l);
}

static void a_monitor_that_vanishes_is_told_and_the_screen_comes_back_by_itself(void **state)
{
    struct fake second;
    struct monitor *m;
    int i;

    (void)state;
    for (i = 0; i < 5; i++)
        fake_add(&fake, i);
    open_server();
    assert_int_equal(remote_screen_open(&m, settings, false, NULL), ERR_OK);
    remote_server_close(server);
    wait_until(the_monitor_is_gone, m);
    assert_int_equal(monitor_send(m, &(struct command){ .kind = COMMAND_CHECK, .site_id = 1, .generation = 2 }), ERR_UNAVAILABLE);
    fake_init(&second);
    fake_add(&second, 8);
    fake_add(&second, 9);
    assert_int_equal(remote_server_open(&server, fake_monitor(&second), settings, fake_reload, &second, NULL), ERR_OK);
    wait_until(the_monitor_is_back, m); /* what the first one had is gone from the table */
    monitor_close(m);
    remote_server_close(server);
    server = NULL;
    fake_release(&second);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(the_door_is_for_its_owner_alone_and_goes_with_the_monitor),
        TEST(a_door_that_can_not_be_kept_leaves_nothing_behind),
        TEST(what_the_monitor_holds_is_fetched),
        TEST(commands_reach_the_monitor_and_its_answer_comes_back),
        TEST(nobody_answers_where_no_monitor_is),
        TEST(nonsense_is_shown_the_door),
        TEST(another_version_is_told_ours_and_sent_away),
        TEST(a_monitor_of_another_version_is_told_apart_from_none),
        TEST(a_door_that_can_not_wait_rests_and_goes_on),
        TEST(who_never_reads_slows_nobody),
        TEST(without_descriptors_the_door_waits_and_does_not_spin),
        TEST(screens_follow_what_changes),
        TEST(messages_to_owners_are_seen_and_meddled_with_from_a_screen),
        TEST(who_only_looks_is_refused_at_the_door),
        TEST(a_monitor_that_vanishes_is_told_and_the_screen_comes_back_by_itself),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
