/* Programs of the owner's: what they are given, how they may end, and that nothing of them is left; and a text message by a
 * modem of one's own. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "parts.h"
#include "support/tests.h"
#include "support/wait.h"

static struct delivery run(const char *command, const struct letter *l)
{
    char text[1024];
    struct settings *s;
    struct delivery d;

    snprintf(text, sizeof(text), "owners = ( { name = \"ops\"; command = [ %s ]; } );", command);
    s = parts_settings(text, "", "");
    d = parts_send("command", s, l);
    settings_free(s);
    return d;
}

static void arguments_come_whole_and_json_on_standard_input(void **state)
{
    struct delivery d = run("\"sh\", \"-c\", \"for a; do echo \\\"<$a>\\\"; done > args; cat > input\", \"sh\","
                            " \"{short}\", \"{title} {owner}\", \"--id={id}\", \"{{short}}\", \"{url}\"",
                            parts_hostile());
    char *args = parts_read(parts_path("args")), *input = parts_read(parts_path("input"));

    (void)state;
    assert_int_equal(d.end, DELIVERY_SENT);
    /* what comes from outside is one argument each, no option, and never a command */
    assert_ptr_equal(strstr(args, "< --help; `id` $(id) & \"x\">\n<[DOWN] @everyone <!channel>"), args);
    assert_non_null(strstr(args, "\n<--id=43.0.m1x2y3>\n<{short}>\n<https://shop.example.org/?a=<b>&c='d'>\n"));
    assert_string_equal(input, parts_hostile()->json);
    free(args);
    free(input);
}

static void secrets_of_our_environment_are_not_passed_on(void **state)
{
    struct delivery d = run("\"sh\", \"-c\", \"env > environment\"", parts_letter());
    char *environment = parts_read(parts_path("environment"));

    (void)state;
    assert_int_equal(d.end, DELIVERY_SENT);
    assert_non_null(strstr(environment, "PATH="));
    assert_null(strstr(environment, PARTS_SECRET));
    free(environment);
}

static void exit_codes_are_those_of_sysexits(void **state)
{
    static const struct {
        const char *command;
        enum delivery_end end;
        const char *message;
    } rows[] = {
        { "\"true\"", DELIVERY_SENT, "exit 0" },
        { "\"sh\", \"-c\", \"echo thanks; echo more\"", DELIVERY_SENT, "exit 0: thanks" },
        { "\"sh\", \"-c\", \"echo no modem >&2; exit 75\"", DELIVERY_PASSING, "exit 75: no modem" },
        { "\"false\"", DELIVERY_PASSING, "exit 1" },
        { "\"sh\", \"-c\", \"exit 64\"", DELIVERY_PERMANENT, "exit 64" },
        { "\"sh\", \"-c\", \"exit 67\"", DELIVERY_PERMANENT, "exit 67" },
        { "\"sh\", \"-c\", \"no-such-program 2>&-\"", DELIVERY_PERMANENT, "exit 127" },
        { "\"sh\", \"-c\", \"kill -TERM $$\"", DELIVERY_PASSING, "ended by signal 15" },
        { "\"/etc/passwd\"", DELIVERY_PERMANENT, "cannot start '/etc/passwd': Permission denied" },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct delivery d = run(rows[i].command, parts_letter());

        assert_string_equal(d.message, rows[i].message);
        assert_int_equal(d.end, rows[i].end);
    }
}

static void what_a_program_prints_is_bounded_and_clean(void **state)
{
    struct delivery d = run("\"sh\", \"-c\", \"printf '\\\\033[31mred '; yes | head -100000\"", parts_letter());

    (void)state;
    assert_int_equal(d.end, DELIVERY_SENT);
    assert_string_equal(d.message, "exit 0: ?[31mred y");
}

/* It may lie there unreaped: init does that. */
static bool is_gone(const char *proc)
{
    char *stat = parts_read(proc);
    bool gone = !stat || strstr(stat, ") Z ");

    free(stat);
    return gone;
}

static void a_program_that_takes_too_long_is_ended_with_all_it_started(void **state)
{
    struct settings *s = parts_settings(
        "owners = ( { name = \"ops\"; command = [ \"sh\", \"-c\", \"trap '' TERM; sleep 1000 & echo $! > child; wait; sleep 1000\" ]; } );",
        "", "");
    struct destination to = { s, &s->owner[0], 0 };
    struct delivery d;
    char *child, proc[64];

    (void)state;
    notifier_send_once(notifier_find("command"), &to, parts_letter(), NULL, clock_mono_ns() + NS_PER_S, &d);
    assert_int_equal(d.end, DELIVERY_PASSING);
    assert_string_equal(d.message, "took too long and was ended");
    child = parts_wait(parts_path("child"));
    snprintf(proc, sizeof(proc), "/proc/%d/stat", atoi(child));
    WAIT_FOR(is_gone(proc));
    free(child);
    settings_free(s);
}

static void a_text_message_goes_out_by_a_modem_of_ones_own(void **state)
{
    struct part *modem;
    struct settings *s;
    struct delivery d;
    char *sms;

    (void)state;
    modem = part("modem", parts_path(""));
    s = parts_settings("owners = ( { name = \"ops\"; command = [ \"gammu-smsd-inject\", \"-c\", \"@A@\", \"TEXT\", \"+15550100\", "
                       "\"-text\", \"{short}\" ]; } );",
                       part_told(modem), "");
    d = parts_send("command", s, parts_letter());
    settings_free(s);
    if (d.end != DELIVERY_SENT)
        fail_msg("%s", d.message);
    sms = parts_wait(parts_path("sent/OUT*+15550100*")); /* the daemon moves it there when the modem took it */
    part_end(modem);
    assert_non_null(strstr(sms, "; DOWN shop: HTTP 502"));
    free(sms);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arguments_come_whole_and_json_on_standard_input),
        cmocka_unit_test(secrets_of_our_environment_are_not_passed_on),
        cmocka_unit_test(exit_codes_are_those_of_sysexits),
        cmocka_unit_test(what_a_program_prints_is_bounded_and_clean),
        cmocka_unit_test(a_program_that_takes_too_long_is_ended_with_all_it_started),
        cmocka_unit_test(a_text_message_goes_out_by_a_modem_of_ones_own),
    };

    return cmocka_run_group_tests(tests, parts_begin, parts_end);
}
