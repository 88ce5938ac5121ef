/* The schema, from every version there ever was; and files that are not ours. */
#include "schema.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "place.h"
#include "store/query.h"
#include "support/tests.h"

#define ALL "SELECT group_concat(sql, char(10)) FROM (SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type, name)"

static char *schema_of(const struct place *p)
{
    sqlite3_stmt *s;
    sqlite3 *db;
    char *text;

    assert_int_equal(sqlite3_open(p->path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, ALL, -1, &s, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(s), SQLITE_ROW);
    text = strdup((const char *)sqlite3_column_text(s, 0));
    sqlite3_finalize(s);
    sqlite3_close(db);
    return text;
}

static void climb_to(const struct place *p, int version)
{
    struct errmsg why = ERRMSG_INIT;
    struct database d;

    assert_int_equal(database_open(&d, p->path, DATABASE_WRITES, NULL, &why), ERR_OK);
    if (schema_update_to(&d, version, &why) != ERR_OK)
        fail_msg("%s", why.text);
    database_close(&d);
}

static void every_earlier_version_becomes_the_same_schema_as_a_new_file(void **state)
{
    struct place *p = *state;
    char *fresh;
    int version;

    climb_to(p, schema_version());
    fresh = schema_of(p);
    for (version = 1; version < schema_version(); version++) {
        char *climbed;

        unlink(p->path);
        climb_to(p, version);
        place_exec(p, "INSERT INTO site (key, name, url, interval_ms, added_ms) VALUES (9, 'shop', 'https://shop/', 60000, 1)");
        climb_to(p, schema_version());
        climbed = schema_of(p);
        assert_string_equal(climbed, fresh);
        assert_int_equal(place_number(p, "SELECT key FROM site WHERE name = 'shop'"), 9);
        free(climbed);
    }
    free(fresh);
}

static enum err try_open(struct place *p, struct errmsg *why)
{
    struct history_options o = { .path = p->path, .samples_ms = 1, .hourly_ms = 1 };

    return history_open(&p->history, &o, why);
}

static void another_programs_database_is_left_alone(void **state)
{
    struct place *p = *state;
    struct errmsg why;
    struct query *q;

    place_exec(p, "CREATE TABLE recipe (name TEXT); INSERT INTO recipe VALUES ('soup')");
    assert_int_equal(try_open(p, &why), ERR_INVALID);
    assert_non_null(strstr(why.text, "it is another program's database"));
    assert_string_equal(place_text(p, "SELECT name FROM recipe"), "soup");
    assert_string_equal(place_text(p, "PRAGMA journal_mode"), "delete");
    assert_int_equal(place_files(p, "."), 0); /* nothing was set aside */
    assert_int_equal(query_open(&q, p->path, &why), ERR_INVALID);
}

static void marked_by_its_program_with_a_number_of_any_sign(void **state)
{
    struct place *p = *state;
    struct errmsg why;

    place_exec(p, "PRAGMA application_id = -2; CREATE TABLE recipe (name TEXT)");
    assert_int_equal(try_open(p, &why), ERR_INVALID);
    assert_non_null(strstr(why.text, "it is another program's database"));
    place_exec(p, "DROP TABLE recipe; PRAGMA application_id = 0; PRAGMA user_version = -7");
    assert_int_equal(try_open(p, &why), ERR_INVALID);
    assert_non_null(strstr(why.text, "it is another program's database"));
}

static void a_database_of_a_newer_version_is_left_alone(void **state)
{
    struct place *p = *state;
    struct errmsg why;
    struct query *q;

    climb_to(p, schema_version());
    place_exec(p, "PRAGMA user_version = 1000");
    assert_int_equal(try_open(p, &why), ERR_INVALID);
    assert_non_null(strstr(why.text, "newer version of this program"));
    assert_int_equal(place_number(p, "PRAGMA user_version"), 1000);
    assert_int_equal(query_open(&q, p->path, &why), ERR_INVALID);
}

static void nothing_is_read_where_there_is_no_file(void **state)
{
    struct place *p = *state;
    struct errmsg why;
    struct query *q;

    assert_int_equal(query_open(&q, p->path, &why), ERR_NOTFOUND);
    assert_int_equal(place_files(p, ""), 0); /* and none is made */
}

static void a_reader_changes_nothing(void **state)
{
    struct place *p = *state;
    struct database d;

    climb_to(p, schema_version());
    assert_int_equal(database_open(&d, p->path, DATABASE_READS, NULL, NULL), ERR_OK);
    assert_int_equal(database_exec(&d, "DELETE FROM site") & 0xff, SQLITE_READONLY);
    database_close(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, place_make, place_remove)
        TEST(every_earlier_version_becomes_the_same_schema_as_a_new_file),
        TEST(another_programs_database_is_left_alone),
        TEST(marked_by_its_program_with_a_number_of_any_sign),
        TEST(a_database_of_a_newer_version_is_left_alone),
        TEST(nothing_is_read_where_there_is_no_file),
        TEST(a_reader_changes_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
