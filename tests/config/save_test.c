/* Writing uptime.cfg: the old text or the new one is there, whole, whatever fails; and nothing is left lying about. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/edit.h"
#include "save.h"
#include "scratch.h"
#include "support/memory.h"
#include "support/tests.h"

#define OLD "sites = (\n  \"https://a\"   # home\n);\n"
#define NEW "sites = (\n  \"https://a\",   # home\n  \"https://b\"\n);\n"

/* An edit that adds https://b to a fresh file, not saved yet. */
static struct edit *begin(const char *name)
{
    struct errmsg why = ERRMSG_INIT;
    struct edit *e = NULL;

    if (edit_open(&e, scratch_write(name, OLD, -1), &why) || edit_add(e, "https://b", NULL, 0, &why))
        fail_msg("%s", why.text);
    return e;
}

static void expect_text(const char *name, const char *wanted)
{
    char *text = scratch_read(name, NULL);

    assert_string_equal(text, wanted);
    free(text);
}

static void expect_files(const char *wanted)
{
    char *list = scratch_list();

    assert_string_equal(list, wanted);
    free(list);
}

static void clean(void)
{
    unlink(scratch_path("uptime.cfg"));
    unlink(scratch_path("uptime.cfg~"));
}

static void the_old_text_is_kept_beside_the_new(void **state)
{
    struct edit *e = begin("uptime.cfg");
    struct errmsg why = ERRMSG_INIT;

    (void)state;
    expect_text("uptime.cfg", OLD);
    assert_int_equal(edit_save(e, &why), ERR_OK);
    expect_text("uptime.cfg", NEW);
    expect_text("uptime.cfg~", OLD);
    expect_files("uptime.cfg uptime.cfg~");

    assert_int_equal(edit_remove(e, "a", &why), ERR_OK); /* and goes on from there */
    assert_int_equal(edit_save(e, &why), ERR_OK);
    expect_text("uptime.cfg", "sites = (\n  \"https://b\"\n);\n");
    expect_text("uptime.cfg~", NEW);
    edit_free(e);
    clean();
}

static void mode_and_owner_are_kept(void **state)
{
    struct errmsg why = ERRMSG_INIT;
    struct edit *e = begin("uptime.cfg");
    struct stat st;
    uid_t other = geteuid() == 0 ? 12345 : geteuid();

    (void)state;
    assert_int_equal(chown(scratch_path("uptime.cfg"), other, (gid_t)-1), 0);
    assert_int_equal(chmod(scratch_path("uptime.cfg"), 0640), 0);
    umask(0077);
    assert_int_equal(edit_save(e, &why), ERR_OK);
    umask(0022);
    assert_int_equal(stat(scratch_path("uptime.cfg"), &st), 0);
    assert_int_equal(st.st_mode & 07777, 0640);
    assert_int_equal(st.st_uid, other);
    assert_int_equal(stat(scratch_path("uptime.cfg~"), &st), 0);
    assert_int_equal(st.st_mode & 07777, 0640);
    assert_int_equal(st.st_uid, other);
    edit_free(e);
    clean();
}

static void a_link_stays_and_its_target_is_written(void **state)
{
    struct errmsg why = ERRMSG_INIT;
    struct edit *e;
    struct stat st;

    (void)state;
    mkdir(scratch_path("real"), 0700);
    scratch_write("real/real.cfg", OLD, -1);
    assert_int_equal(symlink("real/real.cfg", scratch_path("uptime.cfg")), 0);
    assert_int_equal(edit_open(&e, scratch_path("uptime.cfg"), &why), ERR_OK);
    assert_int_equal(edit_add(e, "https://b", NULL, 0, &why), ERR_OK);
    assert_int_equal(edit_save(e, &why), ERR_OK);
    assert_int_equal(lstat(scratch_path("uptime.cfg"), &st), 0);
    assert_true(S_ISLNK(st.st_mode));
    expect_text("real/real.cfg", NEW);
    expect_text("real/real.cfg~", OLD);

    scratch_write("real/other.cfg", OLD, -1); /* led elsewhere meanwhile */
    unlink(scratch_path("uptime.cfg"));
    assert_int_equal(symlink("real/other.cfg", scratch_path("uptime.cfg")), 0);
    assert_int_equal(edit_remove(e, "b", &why), ERR_OK);
    assert_int_equal(edit_save(e, &why), ERR_CHANGED);
    expect_text("real/other.cfg", OLD);
    expect_text("real/real.cfg", NEW);
    edit_free(e);
    unlink(scratch_path("real/other.cfg"));
    unlink(scratch_path("real/real.cfg"));
    unlink(scratch_path("real/real.cfg~"));
    rmdir(scratch_path("real"));
    clean();
}

/* --- somebody else was here ------------------------------------------------------------------------------------- */

static void change_text(void)
{
    scratch_write("uptime.cfg", OLD "# mine\n", -1);
}

static void change_a_letter_and_nothing_else(void)
{
    struct timespec times[2];
    struct stat st;
    int fd = open(scratch_path("uptime.cfg"), O_WRONLY);

    assert_int_equal(fstat(fd, &st), 0);
    assert_int_equal(pwrite(fd, "S", 1, 0), 1);
    times[0] = st.st_atim;
    times[1] = st.st_mtim;
    assert_int_equal(futimens(fd, times), 0);
    close(fd);
}

static void change_the_time(void)
{
    struct timespec times[2] = { { .tv_sec = 1 }, { .tv_sec = 1 } };

    assert_int_equal(utimensat(AT_FDCWD, scratch_path("uptime.cfg"), times, 0), 0);
}

static void change_the_inode(void)
{
    scratch_write("other", OLD, -1);
    assert_int_equal(rename(scratch_path("other"), scratch_path("uptime.cfg")), 0);
}

static void take_it_away(void)
{
    unlink(scratch_path("uptime.cfg"));
}

static void put_a_directory_there(void)
{
    unlink(scratch_path("uptime.cfg"));
    mkdir(scratch_path("uptime.cfg"), 0700);
}

static void a_file_that_changed_is_not_written_over(void **state)
{
    static void (*const changes[])(void) = {
        change_text, change_a_letter_and_nothing_else, change_the_time, change_the_inode, take_it_away,
        put_a_directory_there,
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
        struct edit *e = begin("uptime.cfg");
        struct errmsg why = ERRMSG_INIT;
        char *before, *after;

        changes[i]();
        before = scratch_list();
        assert_int_equal(edit_save(e, &why), ERR_CHANGED);
        assert_true(*why.text);
        after = scratch_list();
        assert_string_equal(before, after);
        free(before);
        free(after);
        edit_free(e);
        rmdir(scratch_path("uptime.cfg"));
        clean();
    }
}

static void who_holds_the_directory_is_waited_for_a_moment_only(void **state)
{
    struct edit *e = begin("uptime.cfg");
    struct errmsg why = ERRMSG_INIT;
    int fd = open(scratch_path("."), O_RDONLY | O_DIRECTORY);

    (void)state;
    assert_int_equal(flock(fd, LOCK_EX), 0);
    assert_int_equal(edit_save(e, &why), ERR_BUSY);
    expect_text("uptime.cfg", OLD);
    close(fd);
    assert_int_equal(edit_save(e, &why), ERR_OK);
    expect_text("uptime.cfg", NEW);
    edit_free(e);
    clean();
}

/* --- failures --------------------------------------------------------------------------------------------------- */

/* The calls of save.c pass through here; the one whose turn comes fails. */
static unsigned calls_left;          /* until one fails; 0: none does */
static bool call_failed;

static bool fails(void)
{
    if (!calls_left || --calls_left)
        return false;
    call_failed = true;
    errno = EIO;
    return true;
}

int __real_fsync(int fd);
int __real_rename(const char *from, const char *to);
int __real_fchmod(int fd, mode_t mode);
int __real_mkostemp(char *path, int flags);
ssize_t __real_write(int fd, const void *bytes, size_t n);
int __wrap_fsync(int fd);
int __wrap_rename(const char *from, const char *to);
int __wrap_fchmod(int fd, mode_t mode);
int __wrap_mkostemp(char *path, int flags);
ssize_t __wrap_write(int fd, const void *bytes, size_t n);

int __wrap_fsync(int fd)
{
    return fails() ? -1 : __real_fsync(fd);
}

int __wrap_rename(const char *from, const char *to)
{
    return fails() ? -1 : __real_rename(from, to);
}

int __wrap_fchmod(int fd, mode_t mode)
{
    return fails() ? -1 : __real_fchmod(fd, mode);
}

int __wrap_mkostemp(char *path, int flags)
{
    return fails() ? -1 : __real_mkostemp(path, flags);
}

/* Half of what is asked for, so that it takes several calls. */
ssize_t __wrap_write(int fd, const void *bytes, size_t n)
{
    return fails() ? -1 : __real_write(fd, bytes, n > 16 ? n / 2 : n);
}

static void any_call_may_fail_and_the_text_is_whole(void **state)
{
    unsigned n;

    (void)state;
    for (n = 1, call_failed = true; call_failed; n++) {
        struct edit *e = begin("uptime.cfg");
        struct errmsg why = ERRMSG_INIT;
        char *text;
        enum err err;

        call_failed = false;
        calls_left = n;
        err = edit_save(e, &why);
        calls_left = 0;
        text = scratch_read("uptime.cfg", NULL);
        if (err)
            assert_string_equal(text, OLD);
        else
            assert_string_equal(text, NEW); /* the directory's fsync comes too late to fail */
        assert_true(err == ERR_OK || err == ERR_IO);
        assert_true(err == ERR_OK || strstr(why.text, "Input/output error"));
        unlink(scratch_path("uptime.cfg"));
        unlink(scratch_path("uptime.cfg~"));
        expect_files("");
        free(text);
        edit_free(e);
    }
    assert_true(n > 12);
}

static void a_failed_save_can_be_tried_again(void **state)
{
    struct edit *e = begin("uptime.cfg");
    struct errmsg why = ERRMSG_INIT;

    (void)state;
    calls_left = 3;
    assert_int_equal(edit_save(e, &why), ERR_IO);
    expect_files("uptime.cfg");
    assert_int_equal(edit_save(e, &why), ERR_OK);
    expect_text("uptime.cfg", NEW);
    edit_free(e);
    clean();
}

static void a_full_disk_leaves_the_old_text(void **state)
{
    struct edit *e = begin("uptime.cfg");
    struct errmsg why = ERRMSG_INIT;
    struct rlimit old, small;

    (void)state;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    small = (struct rlimit){ 20, old.rlim_max };
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    assert_int_equal(edit_save(e, &why), ERR_IO);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
    expect_text("uptime.cfg", OLD);
    expect_files("uptime.cfg");
    edit_free(e);
    clean();
}

static void memory_may_run_out_while_saving(void **state)
{
    bool more = true;
    unsigned n;

    (void)state;
    for (n = 1; more; n++) {
        struct edit *e = begin("uptime.cfg");
        struct errmsg why = ERRMSG_INIT;
        enum err err;

        memory_fail(n);
        err = edit_save(e, &why);
        more = memory_failed();
        assert_int_equal(err, more ? ERR_NOMEM : ERR_OK);
        expect_text("uptime.cfg", err ? OLD : NEW);
        edit_free(e);
        unlink(scratch_path("uptime.cfg~"));
        expect_files("uptime.cfg");
    }
    clean();
}

static void an_undo_puts_the_old_text_back_or_refuses(void **state)
{
    struct edit *e = begin("uptime.cfg");
    struct errmsg why = ERRMSG_INIT;
    size_t nold, nnew;
    char *old, *new;

    (void)state;
    old = strdup(edit_original(e, &nold));
    new = strdup(edit_text(e, &nnew));
    assert_int_equal(edit_save(e, &why), ERR_OK);
    edit_free(e);
    assert_int_equal(edit_restore(scratch_path("uptime.cfg"), old, nold, new, nnew, &why), ERR_OK);
    expect_text("uptime.cfg", OLD);
    expect_text("uptime.cfg~", NEW);
    assert_int_equal(edit_restore(scratch_path("uptime.cfg"), old, nold, new, nnew, &why), ERR_CHANGED);
    expect_text("uptime.cfg", OLD);
    free(old);
    free(new);
    clean();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_old_text_is_kept_beside_the_new),
        cmocka_unit_test(mode_and_owner_are_kept),
        cmocka_unit_test(a_link_stays_and_its_target_is_written),
        cmocka_unit_test(a_file_that_changed_is_not_written_over),
        cmocka_unit_test(who_holds_the_directory_is_waited_for_a_moment_only),
        cmocka_unit_test(any_call_may_fail_and_the_text_is_whole),
        cmocka_unit_test(a_failed_save_can_be_tried_again),
        cmocka_unit_test(a_full_disk_leaves_the_old_text),
        cmocka_unit_test(memory_may_run_out_while_saving),
        cmocka_unit_test(an_undo_puts_the_old_text_back_or_refuses),
    };

    return cmocka_run_group_tests(tests, scratch_begin, scratch_end);
}
