/* What the finished program keeps: through a kill, with a damaged file, with one that is not its own, with none that can be
 * written. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "place.h"
#include "process.h"
#include "store/query.h"
#include "whole.h"

#define DATABASE "state/uptimesquirrel/uptime.db"

static void write_list(const char *more)
{
    place_write("uptime.cfg", "%s\nsites = ( { name = \"shop\"; url = \"%s\"; interval = \"1s\"; retries = 0; } );\n", more,
                url("/named/shop"));
}

static struct process *start_run(void)
{
    return start("run", "-c", place_path("uptime.cfg"));
}

static bool add_incident(void *context, const struct stored_incident *i)
{
    char *text = context;

    sprintf(text + strlen(text), "%s %s%s; ", i->name, i->ended_ms ? incident_end_name(i->end) : "open",
            i->has_evidence ? " with evidence" : "");
    return true;
}

/* "shop open with evidence; "; what can not be read yet is "". */
static const char *incidents(void)
{
    static char text[1024];
    struct query *q;

    text[0] = '\0';
    if (query_open(&q, place_path(DATABASE), NULL) != ERR_OK)
        return text;
    query_incidents(q, 0, 0, INT64_MAX, add_incident, text, NULL);
    query_close(q);
    return text;
}

static bool has_incidents(void *context)
{
    return !strcmp(incidents(), context);
}

static void wait_incidents(const char *text)
{
    if (!whole_wait(has_incidents, (void *)(uintptr_t)text))
        fail_msg("'%s' never came, but '%s'", text, incidents());
}

static void assert_ends_well(struct process *p)
{
    process_signal(p, SIGTERM);
    assert_int_equal(process_end(p)->code, 0);
}

static void an_outage_goes_on_through_a_kill(void **state)
{
    struct process *p;
    int round;

    (void)state;
    write_list("");
    server_route(web, "/named/shop", ANSWER(500, NULL, "boom"));
    for (round = 0; round < 3; round++) {
        server_forget(web);
        p = start_run();
        assert_true(server_wait_hits(web, "GET", "/named/shop", 2));
        wait_incidents("shop open with evidence; ");
        process_signal(p, SIGKILL);
        assert_int_equal(process_end(p)->code, -SIGKILL);
    }
    p = start_run();
    server_route(web, "/named/shop", ANSWER(200, NULL, ""));
    wait_incidents("shop up with evidence; ");
    assert_ends_well(p);
}

static void the_database_is_for_its_owner_alone(void **state)
{
    struct process *p;
    struct stat st;

    (void)state;
    write_list("");
    server_route(web, "/named/shop", ANSWER(500, NULL, ""));
    p = start_run();
    wait_incidents("shop open with evidence; ");
    assert_int_equal(stat(place_path(DATABASE), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(stat(place_path("state/uptimesquirrel"), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
    assert_ends_well(p);
}

static void a_damaged_file_is_set_aside_and_said_so(void **state)
{
    const struct ran *ran;
    struct process *p;

    (void)state;
    write_list("database = \"kept.db\";");
    server_route(web, "/named/shop", ANSWER(200, NULL, ""));
    p = start_run();
    assert_true(server_wait_hits(web, NULL, "/named/shop", 1));
    assert_ends_well(p);
    assert_int_equal(shell("dd if=/dev/zero of=\"$1\" bs=1 seek=16 count=84 conv=notrunc", place_path("kept.db"))->code, 0);
    server_forget(web);
    p = start_run();
    assert_true(server_wait_hits(web, NULL, "/named/shop", 1));
    process_signal(p, SIGTERM);
    ran = process_end(p);
    assert_int_equal(ran->code, 0);
    assert_says(ran->err, "damaged");
    assert_int_equal(shell("ls kept.db.damaged-* | wc -l")->out[0], '1');
    assert_true(place_has("kept.db"));
}

static void another_programs_database_is_left_alone(void **state)
{
    const struct ran *ran;

    (void)state;
    write_list("database = \"uptime.cfg\";"); /* no database at all, and dear to its owner */
    ran = run("run", "-c", place_path("uptime.cfg"));
    if (ran->code == 0)
        fail_msg("it ran");
    assert_says(ran->err, "no SQLite database");
    assert_true(place_has("uptime.cfg"));
}

static void without_a_place_for_history_checks_go_on_and_it_begins_when_there_is_one(void **state)
{
    const struct ran *ran;
    struct process *p;

    (void)state;
    write_list("database = \"in-the-way\";");
    assert_int_equal(mkdir(place_path("in-the-way"), 0700), 0);
    p = start_run();
    assert_true(server_wait_hits(web, NULL, "/named/shop", 2));
    assert_int_equal(rmdir(place_path("in-the-way")), 0);
    server_forget(web);
    while (!place_has("in-the-way"))
        assert_true(server_wait_hits(web, NULL, "/named/shop", server_hits(web, NULL, "/named/shop") + 1));
    process_signal(p, SIGTERM);
    ran = process_end(p);
    assert_int_equal(ran->code, 0);
    assert_says(ran->err, "what there is to write waits in memory");
    assert_says(ran->err, "is written again");
}

static void a_second_monitor_on_the_database_is_refused(void **state)
{
    const struct ran *ran;
    struct process *p;

    (void)state;
    write_list("");
    p = start_run();
    assert_true(server_wait_hits(web, NULL, "/named/shop", 1));
    ran = run("run", "-c", place_path("uptime.cfg"));
    assert_int_equal(ran->code, 3);
    assert_says(ran->err, "a monitor is running already");
    assert_ends_well(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WHOLE(an_outage_goes_on_through_a_kill),
        WHOLE(the_database_is_for_its_owner_alone),
        WHOLE(a_damaged_file_is_set_aside_and_said_so),
        WHOLE(another_programs_database_is_left_alone),
        WHOLE(without_a_place_for_history_checks_go_on_and_it_begins_when_there_is_one),
        WHOLE(a_second_monitor_on_the_database_is_refused),
    };

    return WHOLE_RUN(tests);
}
