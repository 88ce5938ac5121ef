/* Who sits at this terminal. */
#include "base/person.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support/tests.h"

static void a_person_is_called_as_they_signed_in(void **state)
{
    char name[64];

    (void)state;
    setenv("LOGNAME", "sam", 1);
    person_name(name, sizeof(name));
    assert_string_equal(name, "sam");
}

static void without_a_name_of_the_session_the_system_knows_the_person(void **state)
{
    const struct passwd *who = getpwuid(getuid());
    char name[64];

    (void)state;
    unsetenv("LOGNAME");
    person_name(name, sizeof(name));
    if (who)
        assert_string_equal(name, who->pw_name);
    else
        assert_memory_equal(name, "user ", 5);
    setenv("LOGNAME", "", 1);
    person_name(name, sizeof(name));
    assert_true(name[0] != '\0');
}

static void a_name_is_shown_safely_and_is_never_too_long(void **state)
{
    char name[8];

    (void)state;
    setenv("LOGNAME", "\033[2Jsamantha-the-second", 1);
    person_name(name, sizeof(name));
    assert_null(strchr(name, '\033'));
    assert_true(strlen(name) < sizeof(name));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_person_is_called_as_they_signed_in),
        cmocka_unit_test(without_a_name_of_the_session_the_system_knows_the_person),
        cmocka_unit_test(a_name_is_shown_safely_and_is_never_too_long),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
