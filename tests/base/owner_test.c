/* New files in a directory of somebody else. */
#include "base/owner.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/tests.h"

static uid_t owner_of_a_new_file(uid_t directory_is)
{
    char directory[] = "/tmp/owner_test.XXXXXX", path[64];
    struct stat st;
    int fd;

    assert_non_null(mkdtemp(directory));
    assert_int_equal(chown(directory, directory_is, (gid_t)-1), 0);
    snprintf(path, sizeof(path), "%s/file", directory);
    fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    owner_give(fd, path);
    assert_int_equal(fstat(fd, &st), 0);
    close(fd);
    unlink(path);
    rmdir(directory);
    return st.st_uid;
}

static void what_root_makes_for_somebody_is_theirs(void **state)
{
    (void)state;
    assert_int_equal(owner_of_a_new_file(geteuid()), geteuid());
    if (geteuid() == 0) /* nobody else can make directories of others */
        assert_int_equal(owner_of_a_new_file(65534), 65534);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(what_root_makes_for_somebody_is_theirs) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
