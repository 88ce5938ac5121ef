/* The service manager is told what it must be told, over a real socket. */
#include "base/service.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "support/tests.h"

static int manager;

static int set_up(void **state)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    char name[64];

    (void)state;
    snprintf(name, sizeof(name), "@squirrel-test-%d", (int)getpid());
    memcpy(address.sun_path + 1, name + 1, strlen(name) - 1);
    manager = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    if (manager < 0 || bind(manager, (struct sockaddr *)&address,
                            (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(name))) < 0)
        return -1;
    setenv("NOTIFY_SOCKET", name, 1);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    unsetenv("NOTIFY_SOCKET");
    return close(manager);
}

static const char *told(void)
{
    static char text[1024];
    ssize_t n = recv(manager, text, sizeof(text) - 1, 0);

    text[n < 0 ? 0 : n] = '\0';
    return text;
}

static void words_reach_the_manager_as_they_are(void **state)
{
    (void)state;
    service_notify("READY=1\nSTATUS=%d up, %d down", 42, 1);
    assert_string_equal(told(), "READY=1\nSTATUS=42 up, 1 down");
    service_reloading();
    assert_int_equal(strncmp(told(), "RELOADING=1\nMONOTONIC_USEC=", 27), 0);
}

static void without_a_manager_nothing_happens(void **state)
{
    (void)state;
    setenv("NOTIFY_SOCKET", "nonsense", 1);
    service_notify("READY=1");
    setenv("NOTIFY_SOCKET", "/nowhere/at/all", 1);
    service_notify("READY=1");
    unsetenv("NOTIFY_SOCKET");
    service_notify("READY=1");
    assert_string_equal(told(), "");
}

static void the_watchdog_is_told_at_half_of_its_time(void **state)
{
    char pid[16];

    (void)state;
    snprintf(pid, sizeof(pid), "%d", (int)getpid());
    setenv("WATCHDOG_PID", pid, 1);
    setenv("WATCHDOG_USEC", "10000000", 1);
    service_alive(100 * NS_PER_S);
    assert_string_equal(told(), "WATCHDOG=1");
    service_alive(104 * NS_PER_S);
    assert_string_equal(told(), "");
    service_alive(105 * NS_PER_S);
    assert_string_equal(told(), "WATCHDOG=1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(words_reach_the_manager_as_they_are, set_up, tear_down),
        cmocka_unit_test_setup_teardown(without_a_manager_nothing_happens, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_watchdog_is_told_at_half_of_its_time, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
