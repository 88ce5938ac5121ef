/* Disks that fill up, break or lie, files that are taken away, other programs in the way, and a sudden end. */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "model/making.h"
#include "place.h"
#include "support/random.h"
#include "support/tests.h"
#include "support/vfs.h"
#include "support/wait.h"

#define NOON INT64_C(1795435200000)
#define BATCHES_BYTES 65536u

static void quiet(void *context, enum log_level level, const char *line)
{
    (void)context;
    (void)level;
    (void)line;
}

static int setup(void **state)
{
    (void)state;
    log_open(LEVEL_ERROR, quiet, NULL);
    vfs_register();
    return 0;
}

static int heal(void **state)
{
    vfs_fail(VFS_WELL);
    vfs_failed();
    return place_remove(state);
}

static enum err try_open(struct place *p, struct errmsg *why)
{
    struct history_options o = { .path = p->path, .samples_ms = 14 * MS_PER_DAY, .hourly_ms = 400 * MS_PER_DAY, .vfs = VFS_NAME,
                                 .flush_ms = 50, .retry_ms = 10, .batches_bytes = BATCHES_BYTES };

    return history_open(&p->history, &o, why);
}

static void open_failing(struct place *p)
{
    struct errmsg why = ERRMSG_INIT;

    if (try_open(p, &why) != ERR_OK)
        fail_msg("%s", why.text);
}

static const char *trouble(struct place *p)
{
    static struct history_health health;

    history_health(p->history, &health);
    return health.trouble;
}

/* A site goes down: one batch, which is one transaction. */
static void tell_outage(struct place *p, int64_t id)
{
    struct incident_row i = { .id = id, .site = 1, .failing_ms = NOON + id, .opened_ms = NOON + id, .outcome = OUTCOME_DNS, .address = "",
                              .message = "no such host", .certificate_until = CERTIFICATE_UNKNOWN };
    struct batch *b = make_batch();

    batch_change(b, 1, NOON + id, STATE_DOWN);
    batch_incident(b, &i);
    history_commit(p->history, b);
}

static void assert_sound(const struct place *p)
{
    assert_string_equal(place_text(p, "PRAGMA integrity_check"), "ok");
    assert_int_equal(place_number(p, "SELECT (SELECT count(*) FROM incident) - (SELECT count(*) FROM change WHERE state = 'down' AND first = 0)"), 0);
}

/* --- disks -------------------------------------------------------------------------------------------------------- */

static void survive(struct place *p, enum vfs_fault fault, const char *words)
{
    struct sample s = make_sample(1, NOON);
    int i;

    open_failing(p);
    add_site(p, 1, "shop", NOON);
    place_settle(p);
    vfs_fail(fault);
    for (i = 0; i < 100; i++) {
        s.at_ms++;
        history_sample(p->history, &s);
    }
    tell_outage(p, 1);
    WAIT_FOR(strstr(trouble(p), words));
    tell_outage(p, 2);
    vfs_fail(VFS_WELL);
    WAIT_FOR(!*trouble(p));
    place_settle(p);
    assert_int_equal(place_number(p, "SELECT count(*) FROM sample"), 100);
    assert_int_equal(place_number(p, "SELECT count(*) FROM incident"), 2);
    assert_sound(p);
}

static void with_a_full_disk_all_waits_in_memory_and_is_written_later(void **state)
{
    survive(*state, VFS_FULL, "the disk is full");
}

static void with_a_disk_that_became_read_only_too(void **state)
{
    survive(*state, VFS_READ_ONLY, "it can only be read");
}

static void with_a_broken_disk_too(void **state)
{
    survive(*state, VFS_BROKEN, "cannot write history");
}

static void each_single_failure_is_got_over_and_nothing_is_written_twice(void **state)
{
    struct place *p = *state;
    unsigned n;
    bool more = true;
    int64_t id = 0;

    open_failing(p);
    add_site(p, 1, "shop", NOON);
    place_settle(p);
    for (n = 1; more; n++) {
        struct sample s = make_sample(1, NOON + n);

        vfs_fail_once(n);
        history_sample(p->history, &s);
        tell_outage(p, ++id);
        place_settle(p);
        more = vfs_failed();
    }
    assert_true(n > 5);
    place_close(p);
    assert_int_equal(place_number(p, "SELECT count(*) FROM incident"), id);
    assert_int_equal(place_number(p, "SELECT count(*) FROM sample"), n - 1);
    assert_sound(p);
}

static void opening_fails_cleanly_at_each_failure(void **state)
{
    struct place *p = *state;
    bool more = true;
    unsigned n;

    open_failing(p);
    add_site(p, 1, "shop", NOON);
    place_close(p);
    for (n = 1; more; n++) {
        struct errmsg why = ERRMSG_INIT;
        enum err err;

        vfs_fail_once(n);
        err = try_open(p, &why);
        more = vfs_failed();
        if (err)
            assert_true(*why.text);
        place_close(p);
    }
    assert_true(n > 5);
    assert_string_equal(place_text(p, "SELECT name FROM site"), "shop");
    assert_int_equal(place_files(p, "."), 0); /* a failing disk damages no file */
    assert_sound(p);
}

static struct history_health health_of(struct place *p)
{
    struct history_health health;

    history_health(p->history, &health);
    return health;
}

static void tell_memory(struct place *p)
{
    struct batch *b = make_batch();

    batch_memory(b, 1, &(struct site_memory){ .state.verdict = STATE_UP });
    history_commit(p->history, b);
}

static void note_end(void *context, uint64_t number, bool written)
{
    int *told = context;

    (void)number;
    told[written]++;
}

/* Commits until one more batch of that kind has no room; how many had. */
static int fill(struct place *p, void (*commit_one)(struct place *p))
{
    uint64_t before = health_of(p).turned_away;
    int n = 0;

    while (health_of(p).turned_away == before) {
        commit_one(p);
        assert_true(health_of(p).waiting_bytes <= BATCHES_BYTES);
        n++;
    }
    return n - 1;
}

static void tell_next_outage(struct place *p)
{
    static int64_t id;

    tell_outage(p, ++id);
}

static void on_a_full_disk_memory_is_bounded_and_what_happened_comes_before_what_can_be_said_again(void **state)
{
    struct place *p = *state;
    int outages, told[2] = { 0 };
    struct batch *b;

    open_failing(p);
    add_site(p, 1, "shop", NOON);
    history_alive(p->history, NOON + 1000);
    place_settle(p);
    vfs_fail(VFS_FULL);
    history_alive(p->history, NOON + 5000);
    assert_true(fill(p, tell_memory) > 5);
    outages = fill(p, tell_next_outage);
    assert_true(outages > 5);
    b = make_batch();
    batch_change(b, 1, NOON + 6000, STATE_DOWN);
    batch_on_end(b, note_end, told, 1);
    history_commit(p->history, b);
    assert_int_equal(told[false], 1); /* at once: whoever waits for it waits no longer */
    history_alive(p->history, NOON + 60000);
    WAIT_FOR(strstr(trouble(p), "no room for 0 results and 3 other entries: cannot write history")); /* the screen says it */
    vfs_fail(VFS_WELL);
    WAIT_FOR(health_of(p).say_again == 1 && !*trouble(p));
    add_site(p, 2, "blog", NOON); /* there is room again */
    place_settle(p);
    assert_int_equal(told[true], 0);
    assert_int_equal(health_of(p).turned_away, 3);
    assert_int_equal(place_number(p, "SELECT count(*) FROM incident"), outages);
    assert_int_equal(place_number(p, "SELECT count(*) FROM site"), 2);
    /* what is missing was not observed: from the first that had no room on */
    assert_string_equal(place_text(p, "SELECT why || ' ' || (from_ms - 1795435200000) FROM run ORDER BY id DESC LIMIT 1"), "lost 60000");
    assert_string_equal(place_text(p, "SELECT until_ms - 1795435200000 FROM run WHERE why = 'start' ORDER BY id DESC LIMIT 1"), "5000");
    assert_sound(p);
}

static void a_list_larger_than_what_may_wait_is_written_all_the_same(void **state)
{
    struct place *p = *state;
    struct batch *b = make_batch();
    char name[32];
    uint32_t key;

    open_failing(p);
    for (key = 1; key <= 1000; key++) {
        const struct site *site;

        snprintf(name, sizeof(name), "site-%u", (unsigned)key);
        site = make_site(name, "https://shop.example.org/", NULL);
        batch_site(b, key, site, NOON);
        batch_change(b, key, NOON, STATE_NEW);
        site_unref(site);
    }
    vfs_fail(VFS_FULL);
    history_commit(p->history, b);
    assert_true(health_of(p).waiting_bytes > BATCHES_BYTES);
    for (key = 1; key <= 10; key++)
        tell_next_outage(p);         /* what happens while it is written has its room */
    assert_int_equal(health_of(p).turned_away, 0);
    vfs_fail(VFS_WELL);
    place_settle(p);
    assert_int_equal(health_of(p).turned_away, 0);
    assert_int_equal(place_number(p, "SELECT count(*) FROM site"), 1000);
    assert_int_equal(place_number(p, "SELECT count(*) FROM incident"), 10);
    assert_sound(p);
}

static void a_close_on_a_full_disk_takes_no_time(void **state)
{
    struct place *p = *state;

    open_failing(p);
    add_site(p, 1, "shop", NOON);
    place_settle(p);
    vfs_fail(VFS_FULL);
    tell_outage(p, 1);
    WAIT_FOR(*trouble(p));
    place_close(p);
    vfs_fail(VFS_WELL);
    assert_sound(p);
    assert_int_equal(place_number(p, "SELECT count(*) FROM incident"), 0);
}

/* --- files -------------------------------------------------------------------------------------------------------- */

static void remove_all(struct place *p)
{
    char path[200];

    unlink(p->path);
    snprintf(path, sizeof(path), "%s-wal", p->path);
    unlink(path);
    snprintf(path, sizeof(path), "%s-shm", p->path);
    unlink(path);
}

static void a_file_that_was_removed_is_put_back_with_all_that_was_in_it(void **state)
{
    struct place *p = *state;

    open_failing(p);
    add_site(p, 1, "shop", NOON);
    tell_outage(p, 1);
    place_settle(p);
    remove_all(p);
    tell_outage(p, 2);
    place_settle(p);
    assert_int_equal(place_number(p, "SELECT count(*) FROM incident"), 2);
    assert_sound(p);
    place_close(p);
    assert_sound(p);
}

static void a_file_put_in_its_place_is_set_aside(void **state)
{
    struct place *p = *state;
    char other[200];

    open_failing(p);
    add_site(p, 1, "shop", NOON);
    tell_outage(p, 1);
    place_settle(p);
    snprintf(other, sizeof(other), "%s-other", p->path);
    rename(p->path, other);
    remove_all(p);
    place_exec(p, "CREATE TABLE recipe (name TEXT)");
    tell_outage(p, 2);
    place_settle(p);
    assert_int_equal(place_number(p, "SELECT count(*) FROM incident"), 2);
    assert_int_equal(place_files(p, ".replaced-"), 1);
    assert_sound(p);
}

static void scribble(const struct place *p, off_t from, size_t bytes)
{
    char *garbage = malloc(bytes);
    int fd = open(p->path, O_WRONLY);

    assert_non_null(garbage);
    memset(garbage, 0xa5, bytes);
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, garbage, bytes, from), bytes);
    close(fd);
    free(garbage);
}

static void begin_with_damage(struct place *p, off_t from, size_t bytes)
{
    open_failing(p);
    add_site(p, 1, "shop", NOON);
    place_close(p);
    scribble(p, from, bytes);
    open_failing(p);
    assert_int_equal(place_files(p, ".damaged-"), 1);
    assert_int_equal(place_number(p, "SELECT count(*) FROM site"), 0);
    add_site(p, 1, "shop", NOON);
    tell_outage(p, 1);
    place_settle(p);
    assert_sound(p);
}

static void a_file_with_a_damaged_header_is_set_aside_at_the_start(void **state)
{
    begin_with_damage(*state, 16, 100);
}

static void a_file_that_is_no_database_is_left_alone(void **state)
{
    struct place *p = *state;
    struct errmsg why = ERRMSG_INIT;

    open_failing(p);
    place_close(p);
    scribble(p, 0, 4096);
    assert_int_equal(try_open(p, &why), ERR_INVALID);
    assert_non_null(strstr(why.text, "it is no SQLite database"));
    assert_int_equal(place_files(p, "."), 0);
}

static void a_file_with_damaged_pages_is_set_aside_at_the_start(void **state)
{
    begin_with_damage(*state, 4096, 20 * 4096);
}

static void a_file_damaged_while_it_is_written_is_set_aside_and_all_is_said_again(void **state)
{
    struct place *p = *state;
    struct history_health health;
    uint32_t before;

    open_failing(p);
    add_site(p, 1, "shop", NOON);
    place_settle(p);
    history_health(p->history, &health);
    before = health.say_again;
    place_exec(p, "PRAGMA wal_checkpoint(TRUNCATE)");
    scribble(p, 4096, 20 * 4096);
    tell_outage(p, 1);
    WAIT_FOR((history_health(p->history, &health), health.say_again == before + 1));
    add_site(p, 1, "shop", NOON); /* as the monitor does then */
    place_settle(p);
    assert_int_equal(place_files(p, ".damaged-"), 1);
    assert_int_equal(place_number(p, "SELECT count(*) FROM site"), 1);
    assert_int_equal(place_number(p, "SELECT count(*) FROM incident"), 1); /* what waited is in the new file */
    assert_sound(p);
}

static void of_files_damaged_in_one_second_each_gets_its_own_name(void **state)
{
    struct place *p = *state;
    int i;

    open_failing(p);
    add_site(p, 1, "shop", NOON);
    place_close(p);
    for (i = 1; i <= 3; i++) {
        scribble(p, 16, 100);
        open_failing(p);
        place_close(p);
        assert_int_equal(place_files(p, ".damaged-"), i);
    }
}

static mode_t mode_of(const struct place *p, const char *companion)
{
    char path[200];
    struct stat st;

    snprintf(path, sizeof(path), "%s%s", p->path, companion);
    assert_int_equal(stat(path, &st), 0);
    return st.st_mode & 0777;
}

static void set_mode(const struct place *p, const char *companion, mode_t mode)
{
    char path[200];

    snprintf(path, sizeof(path), "%s%s", p->path, companion);
    assert_int_equal(chmod(path, mode), 0);
}

static void a_file_that_others_could_read_is_its_owners_alone_after_the_start(void **state)
{
    struct place *p = *state;
    sqlite3 *reader;

    open_failing(p);
    add_site(p, 1, "shop", NOON);
    place_settle(p);
    assert_int_equal(sqlite3_open(p->path, &reader), SQLITE_OK); /* so that what lies beside it stays */
    assert_int_equal(sqlite3_exec(reader, "SELECT count(*) FROM site", NULL, NULL, NULL), SQLITE_OK);
    place_close(p);
    set_mode(p, "", 0644);
    set_mode(p, "-wal", 0644);
    set_mode(p, "-shm", 0644);
    open_failing(p);
    assert_int_equal(mode_of(p, ""), 0600);
    assert_int_equal(mode_of(p, "-wal"), 0600);
    assert_int_equal(mode_of(p, "-shm"), 0600);
    sqlite3_close(reader);
}

/* --- others ------------------------------------------------------------------------------------------------------- */

static void another_program_may_hold_it_locked_for_a_while(void **state)
{
    struct place *p = *state;
    sqlite3 *db;

    open_failing(p);
    add_site(p, 1, "shop", NOON);
    place_settle(p);
    assert_int_equal(sqlite3_open(p->path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    tell_outage(p, 1);
    WAIT_FOR(strstr(trouble(p), "another program holds it locked"));
    assert_int_equal(sqlite3_exec(db, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    place_settle(p);
    WAIT_FOR(!*trouble(p));
    assert_int_equal(place_number(p, "SELECT count(*) FROM incident"), 1);
}

static void a_database_that_is_locked_at_the_start_is_refused(void **state)
{
    struct place *p = *state;
    struct errmsg why = ERRMSG_INIT;
    sqlite3 *db;

    open_failing(p);
    place_close(p);
    assert_int_equal(sqlite3_open(p->path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(try_open(p, &why), ERR_BUSY);
    assert_non_null(strstr(why.text, "another program holds it locked"));
    sqlite3_close(db);
    assert_int_equal(place_files(p, "."), 0);
}

/* Writes outages without end, until it is killed. */
static void write_for_ever(struct place *p, int round)
{
    int64_t id = round * INT64_C(1000000);

    open_failing(p);
    for (;;) {
        struct sample s = make_sample(1, NOON + ++id);

        history_sample(p->history, &s);
        tell_outage(p, id);
        if (id % 50 == 0)
            place_settle(p);
    }
}

static void killed_in_the_middle_of_a_batch_it_is_whole_or_not_there(void **state)
{
    struct place *p = *state;
    struct random r = { 4 };
    int64_t before = 0;
    int round;

    open_failing(p);
    add_site(p, 1, "shop", NOON);
    place_close(p);
    for (round = 1; round <= 10; round++) {
        pid_t child = fork();

        if (!child)
            write_for_ever(p, round);
        assert_true(child > 0);
        WAIT_FOR(place_number(p, "SELECT count(*) FROM incident") > before);
        poll(NULL, 0, (int)random_below(&r, 30)); /* any moment will do */
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
        before = place_number(p, "SELECT count(*) FROM incident");
        assert_sound(p);
    }
    open_failing(p); /* and it goes on */
    tell_outage(p, 7);
    place_settle(p);
    assert_int_equal(place_number(p, "SELECT count(*) FROM incident"), before + 1);
    assert_int_equal(place_files(p, "."), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, place_make, heal)
        TEST(with_a_full_disk_all_waits_in_memory_and_is_written_later),
        TEST(with_a_disk_that_became_read_only_too),
        TEST(with_a_broken_disk_too),
        TEST(each_single_failure_is_got_over_and_nothing_is_written_twice),
        TEST(opening_fails_cleanly_at_each_failure),
        TEST(on_a_full_disk_memory_is_bounded_and_what_happened_comes_before_what_can_be_said_again),
        TEST(a_list_larger_than_what_may_wait_is_written_all_the_same),
        TEST(a_close_on_a_full_disk_takes_no_time),
        TEST(a_file_that_was_removed_is_put_back_with_all_that_was_in_it),
        TEST(a_file_put_in_its_place_is_set_aside),
        TEST(a_file_with_a_damaged_header_is_set_aside_at_the_start),
        TEST(a_file_that_is_no_database_is_left_alone),
        TEST(a_file_with_damaged_pages_is_set_aside_at_the_start),
        TEST(a_file_damaged_while_it_is_written_is_set_aside_and_all_is_said_again),
        TEST(of_files_damaged_in_one_second_each_gets_its_own_name),
        TEST(a_file_that_others_could_read_is_its_owners_alone_after_the_start),
        TEST(another_program_may_hold_it_locked_for_a_while),
        TEST(a_database_that_is_locked_at_the_start_is_refused),
        TEST(killed_in_the_middle_of_a_batch_it_is_whole_or_not_there),
    };

    return cmocka_run_group_tests(tests, setup, NULL);
}
