/* Pings. In a network of the test's own, where the kernel lets us make one: there it can be allowed and forbidden. */
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "asking.h"
#include "base/clock.h"

static bool own_network;

static bool write_file(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    bool good = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

    if (fd >= 0)
        close(fd);
    return good;
}

static bool raise_loopback(void)
{
    struct ifreq request = { .ifr_name = "lo" };
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    bool good;

    request.ifr_flags = IFF_UP | IFF_RUNNING;
    good = fd >= 0 && ioctl(fd, SIOCSIFFLAGS, &request) == 0;
    if (fd >= 0)
        close(fd);
    return good;
}

/* Before any thread: a network of our own, in which we are root. */
static void leave_for_own_network(void)
{
    char map[64];
    unsigned uid = getuid(), gid = getgid();

    if (uid == 0 ? unshare(CLONE_NEWNET) != 0 : unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0)
        return;
    if (uid != 0) {
        snprintf(map, sizeof(map), "0 %u 1", uid);
        write_file("/proc/self/uid_map", map);
        write_file("/proc/self/setgroups", "deny");
        snprintf(map, sizeof(map), "0 %u 1", gid);
        write_file("/proc/self/gid_map", map);
    }
    own_network = raise_loopback() && write_file("/proc/sys/net/ipv4/ping_group_range", "0 0");
}

static bool can_ping(void)
{
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, IPPROTO_ICMP);

    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

static struct result ping(const char *url, int64_t timeout_ms)
{
    struct options o = asking_options();
    struct result r;

    o.timeout_ms = timeout_ms;
    r = ask(url, &o, METHOD_HEAD);
    options_release(&o);
    return r;
}

static void a_host_that_answers_pings_is_up(void **state)
{
    struct result r;

    (void)state;
    if (!can_ping()) {
        print_message("skipped: net.ipv4.ping_group_range lets us send no pings, and we may make no network of our own\n");
        skip();
    }
    r = ping("icmp://127.0.0.1", 20000);
    assert_int_equal(r.outcome, OUTCOME_OK);
    assert_string_equal(r.address, "127.0.0.1");
    assert_true(r.phase_ns[PHASE_FIRST_BYTE] >= 0);
    assert_true(r.phase_ns[PHASE_FIRST_BYTE] <= r.took_ns);
    r = ping("icmp://ok.example.org", 20000);
    assert_int_equal(r.outcome, OUTCOME_OK);
    assert_true(r.phase_ns[PHASE_DNS] >= 0);
    if (own_network) {
        assert_int_equal(ping("icmp://[::1]", 20000).outcome, OUTCOME_OK);
        assert_int_equal(ping("icmp://192.0.2.1", 20000).outcome, OUTCOME_NO_NETWORK);
    }
}

static void a_host_that_is_silent_times_out(void **state)
{
    struct result r;

    (void)state;
    if (!own_network || !write_file("/proc/sys/net/ipv4/icmp_echo_ignore_all", "1")) {
        print_message("skipped: we may make no network of our own\n");
        skip();
    }
    r = ping("icmp://127.0.0.1", 1200); /* beyond the second try */
    write_file("/proc/sys/net/ipv4/icmp_echo_ignore_all", "0");
    assert_int_equal(r.outcome, OUTCOME_NO_ANSWER);
}

static void a_kernel_that_forbids_pings_is_named_and_nobody_blamed(void **state)
{
    struct result r;

    (void)state;
    if (own_network)
        write_file("/proc/sys/net/ipv4/ping_group_range", "1 0");
    if (can_ping()) {
        print_message("skipped: this kernel allows pings\n");
        skip();
    }
    r = ping("icmp://127.0.0.1", 20000);
    assert_string_equal(outcome_class(r.outcome), "local");
    assert_non_null(strstr(r.detail, "net.ipv4.ping_group_range"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_host_that_answers_pings_is_up),
        cmocka_unit_test(a_host_that_is_silent_times_out),
        cmocka_unit_test(a_kernel_that_forbids_pings_is_named_and_nobody_blamed),
    };

    leave_for_own_network();
    return cmocka_run_group_tests(tests, asking_setup, asking_teardown);
}
