/* What one check finds of each way in which an answer can be good, bad or not one at all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "asking.h"
#include "support/ports.h"
#include "support/server.h"

#define SHORT_MS 300 /* for what has to run out of time */

static void each_fault_is_found_and_named(void **state)
{
    struct server *s = server_start(NULL);
    unsigned wrong = 0;
    size_t i;

    (void)state;
    for (i = 0; i < nfault; i++) {
        const struct fault *f = &faults[i];
        struct options o = asking_options();
        char path[128], url[SERVER_URL_SIZE];
        const char *class;
        struct result r;

        if (f->error && !strcmp(f->error, "timeout"))
            o.timeout_ms = SHORT_MS;
        snprintf(path, sizeof(path), "/fault/%s", f->name);
        r = ask(server_url(s, path, url), &o, METHOD_HEAD);
        options_release(&o);
        class = outcome_class(r.outcome);
        if (strcmp(class ? class : "-", f->error ? f->error : "-") != 0 || (f->status && r.status != f->status)) {
            print_error("%s: found %s (%s) %d '%s', not %s %d\n", f->name, class ? class : "-", outcome_name(r.outcome),
                        r.status, r.detail, f->error ? f->error : "-", f->status);
            wrong++;
        }
    }
    assert_int_equal(wrong, 0);
    server_stop(s);
}

static void a_check_over_a_refused_port_is_refused(void **state)
{
    struct options o = asking_options();
    char url[64];
    struct result r;

    (void)state;
    snprintf(url, sizeof(url), "http://127.0.0.1:%d/", port_refused());
    r = ask(url, &o, METHOD_HEAD);
    assert_int_equal(r.outcome, OUTCOME_REFUSED);
    assert_string_equal(r.address, "127.0.0.1");
    options_release(&o);
}

static void a_full_backlog_is_a_connection_that_times_out(void **state)
{
    struct options o = asking_options();
    char url[64];

    (void)state;
    o.timeout_ms = SHORT_MS;
    snprintf(url, sizeof(url), "http://127.0.0.1:%d/", port_full());
    assert_int_equal(ask(url, &o, METHOD_HEAD).outcome, OUTCOME_CONNECT_TIMEOUT);
    options_release(&o);
}

static void a_name_that_does_not_exist_is_dns(void **state)
{
    struct options o = asking_options();
    struct result r;

    (void)state;
    r = ask("http://nosuch.invalid/", &o, METHOD_HEAD);
    assert_string_equal(outcome_class(r.outcome), "dns");
    options_release(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_fault_is_found_and_named),
        cmocka_unit_test(a_check_over_a_refused_port_is_refused),
        cmocka_unit_test(a_full_backlog_is_a_connection_that_times_out),
        cmocka_unit_test(a_name_that_does_not_exist_is_dns),
    };

    return cmocka_run_group_tests(tests, asking_setup, asking_teardown);
}
