/* The settings file edited for real, with a monitor that only counts. */
#include "outside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/tests.h"

/* --- a monitor that takes everything ------------------------------------------------------------------------------ */

struct monitor {
    size_t nsite;
    unsigned applied, sent;
};

size_t monitor_alerts(struct monitor *m, struct alert *out, size_t most, uint64_t *revision)
{
    (void)m;
    (void)out;
    (void)most;
    *revision = 0;
    return 0;
}

size_t monitor_messages(struct monitor *m, struct outbox_item *out, size_t most, struct outbox_counts *counts)
{
    (void)m;
    (void)out;
    (void)most;
    *counts = (struct outbox_counts){ .saved = true };
    return 0;
}

struct status_table *monitor_table(struct monitor *m)
{
    (void)m;
    return NULL;
}

enum err monitor_apply(struct monitor *m, const struct settings *s, struct monitor_changes *changes)
{
    *changes = (struct monitor_changes){ s->nsite > m->nsite ? s->nsite - m->nsite : 0,
                                         s->nsite < m->nsite ? m->nsite - s->nsite : 0, 0 };
    m->nsite = s->nsite;
    m->applied++;
    return ERR_OK;
}

enum err monitor_change_engine(struct monitor *m, const struct settings *s, const char *engine, struct errmsg *why)
{
    (void)m;
    (void)s;
    return err_set(why, ERR_UNAVAILABLE, "there is no engine '%s' here", engine);
}

enum err monitor_send(struct monitor *m, const struct command *command)
{
    (void)command;
    m->sent++;
    return ERR_OK;
}

/* --- a file ------------------------------------------------------------------------------------------------------- */

struct desk {
    char path[64];
    struct monitor monitor;
    struct settings *settings;
    struct outside outside;
    struct errmsg said;
    char site[64];                   /* what an undo brought back */
};

static const char original[] =
    "# ours\n"
    "sites = (\n"
    "  \"https://a.example.org/\",   # the first\n"
    "  { name = \"shop\"; url = \"https://shop.example.org/\"; }\n"
    ");\n";

static void write_file(struct desk *d, const char *text)
{
    FILE *f = fopen(d->path, "w");

    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

static const char *file(struct desk *d)
{
    static char text[4096];
    FILE *f = fopen(d->path, "r");

    assert_non_null(f);
    text[fread(text, 1, sizeof(text) - 1, f)] = '\0';
    fclose(f);
    return text;
}

static int begin(void **state)
{
    struct desk *d = calloc(1, sizeof(*d));
    struct faults faults = { 0 };

    assert_non_null(d);
    snprintf(d->path, sizeof(d->path), "tui_outside.XXXXXX");
    assert_non_null(mkdtemp(d->path));
    strcat(d->path, "/uptime.cfg");
    write_file(d, original);
    assert_int_equal(settings_read(&d->settings, d->path, &faults), ERR_OK);
    d->monitor.nsite = d->settings->nsite;
    outside_init(&d->outside, &d->monitor, &d->settings);
    *state = d;
    return 0;
}

static int end(void **state)
{
    struct desk *d = *state;
    char command[128];

    outside_release(&d->outside);
    settings_free(d->settings);
    snprintf(command, sizeof(command), "rm -r '%.*s'", (int)(strrchr(d->path, '/') - d->path), d->path);
    free(d);
    return system(command);
}

static enum err add(struct desk *d, const char *url)
{
    return outside_ops.add(&d->outside, &url, 1, NULL, 0, &d->said);
}

static enum err set(struct desk *d, const char *name, const char *key, const char *text)
{
    const struct edit_value value = { key, text };

    return outside_ops.set(&d->outside, &name, 1, &value, 1, &d->said);
}

static enum err undo(struct desk *d)
{
    return outside_ops.undo(&d->outside, d->site, sizeof(d->site), &d->said);
}

/* Looks; what was said, or NULL. */
static const char *look(struct desk *d)
{
    enum err err;

    return outside_look(&d->outside, &err, &d->said) ? d->said.text : NULL;
}

/* --- the tests ---------------------------------------------------------------------------------------------------- */

static void an_edit_is_written_read_again_and_applied(void **state)
{
    struct desk *d = *state;

    assert_int_equal(add(d, "https://user:s3cret@b.example.org/"), ERR_OK);
    assert_string_equal(d->said.text, "added https://user:***@b.example.org/");
    assert_non_null(strstr(file(d), "# the first"));
    assert_non_null(strstr(file(d), "https://user:s3cret@b.example.org/"));
    assert_int_equal(d->settings->nsite, 3);
    assert_int_equal(d->monitor.applied, 1);
    assert_true(d->outside.applied);
    assert_int_equal(set(d, "shop", "interval", "30s"), ERR_OK);
    assert_int_equal(settings_site(d->settings, "shop")->options->interval_ms, 30000);
    assert_int_equal(outside_ops.remove(&d->outside, (const char *const[]){ "a.example.org" }, 1, &d->said), ERR_OK);
    assert_string_equal(d->said.text, "deleted a.example.org");
    assert_int_equal(d->settings->nsite, 2);
    assert_null(look(d));            /* our own edits are no news */
}

static void edits_are_undone_in_turn_to_the_last_byte(void **state)
{
    struct desk *d = *state;
    const struct app_ops *ops = &outside_ops;

    assert_int_equal(undo(d), ERR_NOTFOUND);
    assert_int_equal(add(d, "https://b.example.org/"), ERR_OK);
    assert_int_equal(set(d, "shop", "interval", "30s"), ERR_OK);
    assert_int_equal(ops->remove(&d->outside, (const char *const[]){ "shop" }, 1, &d->said), ERR_OK);
    assert_int_equal(undo(d), ERR_OK);
    assert_string_equal(d->said.text, "undone: delete shop");
    assert_string_equal(d->site, "shop");
    assert_int_equal(settings_site(d->settings, "shop")->options->interval_ms, 30000);
    assert_int_equal(undo(d), ERR_OK);
    assert_string_equal(d->said.text, "undone: edit shop");
    assert_int_equal(undo(d), ERR_OK);
    assert_string_equal(file(d), original);
    assert_int_equal(d->settings->nsite, 2);
    assert_int_equal(undo(d), ERR_NOTFOUND);
}

static void more_edits_than_are_kept_can_be_made(void **state)
{
    struct desk *d = *state;
    char interval[16];
    int i;

    for (i = 0; i < OUTSIDE_UNDO + 3; i++) {
        snprintf(interval, sizeof(interval), "%ds", 100 + i);
        assert_int_equal(set(d, "shop", "interval", interval), ERR_OK);
    }
    for (i = 0; i < OUTSIDE_UNDO; i++)
        assert_int_equal(undo(d), ERR_OK);
    assert_int_equal(undo(d), ERR_NOTFOUND);
    assert_int_equal(settings_site(d->settings, "shop")->options->interval_ms, 102000);
}

static void what_somebody_else_wrote_is_not_undone(void **state)
{
    struct desk *d = *state;
    static const char theirs[] = "sites = ( \"https://theirs.example.org/\" );\n";

    assert_int_equal(add(d, "https://b.example.org/"), ERR_OK);
    write_file(d, theirs);
    assert_int_equal(undo(d), ERR_CHANGED);
    assert_string_equal(file(d), theirs);
    assert_int_equal(undo(d), ERR_NOTFOUND);
    assert_int_equal(add(d, "https://c.example.org/"), ERR_OK);
    assert_int_equal(undo(d), ERR_OK);
    assert_string_equal(file(d), theirs);
}

static void a_file_changed_by_hand_is_noticed(void **state)
{
    struct desk *d = *state;

    assert_null(look(d));
    write_file(d, "sites = ( \"https://a.example.org/\", \"https://b.example.org/\", \"https://c.example.org/\" );\n");
    assert_string_equal(look(d), "uptime.cfg reloaded: +b.example.org +c.example.org -shop");
    assert_int_equal(d->settings->nsite, 3);
    assert_null(look(d));
    assert_int_equal(outside_ops.reload(&d->outside, &d->said), ERR_OK);
    assert_string_equal(d->said.text, "uptime.cfg reloaded: no site is another one");
}

static void what_a_reading_changed_is_told_by_name(void **state)
{
    struct desk *d = *state;
    struct strbuf many = STRBUF_INIT;
    int i;

    write_file(d, "sites = ( { name = \"a.example.org\"; url = \"https://a.example.org/\"; retries = 7; }, \"https://n.example.org/\" );\n");
    assert_string_equal(look(d), "uptime.cfg reloaded: +n.example.org ~a.example.org -shop");
    for (i = 0; i < 9; i++)
        strbuf_addf(&many, "%s\"https://h%d.example.org/\"", i ? ", " : "sites = ( ", i);
    strbuf_adds(&many, " );\n");
    write_file(d, many.text);
    assert_string_equal(look(d), "uptime.cfg reloaded: +h0.example.org +h1.example.org +h2.example.org +h3.example.org +h4.example.org "
                                 "+h5.example.org and 3 more -a.example.org -n.example.org");
    strbuf_release(&many);
}

static void a_wrong_file_is_told_once_and_the_old_settings_go_on(void **state)
{
    struct desk *d = *state;

    write_file(d, "sites = ( { name = \"x\"; intervall = \"1m\"; }, \"nonsense\" );\n");
    assert_non_null(look(d));
    assert_memory_equal(d->said.text, "uptime.cfg:1: ", 14);
    assert_non_null(strstr(d->said.text, "more; the old settings go on"));
    assert_non_null(strstr(d->outside.trouble, "uptime.cfg: "));
    assert_int_equal(d->settings->nsite, 2);
    assert_int_equal(d->monitor.applied, 0);
    assert_null(look(d));
    assert_null(look(d));
    assert_int_equal(outside_ops.reload(&d->outside, &d->said), ERR_INVALID); /* asked for, it is told again */
    assert_int_not_equal(add(d, "https://b.example.org/"), ERR_OK);
    write_file(d, "sites = ( \"https://a.example.org/\" );\n");
    assert_string_equal(look(d), "uptime.cfg reloaded: -shop");
    assert_string_equal(d->outside.trouble, "");
}

static void a_file_that_went_is_told_once_too(void **state)
{
    struct desk *d = *state;

    assert_int_equal(unlink(d->path), 0);
    assert_non_null(look(d));
    assert_null(look(d));
    assert_int_equal(d->settings->nsite, 2);
    write_file(d, original);
    assert_non_null(look(d));
    assert_string_equal(d->outside.trouble, "");
}

static void refused_edits_leave_the_file_alone(void **state)
{
    struct desk *d = *state;

    assert_int_not_equal(set(d, "shop", "interval", "never"), ERR_OK);
    assert_non_null(strstr(d->said.text, "never"));
    assert_int_not_equal(set(d, "nobody", "interval", "1m"), ERR_OK);
    assert_int_not_equal(outside_ops.remove(&d->outside, (const char *const[]){ "nobody" }, 1, &d->said), ERR_OK);
    assert_int_not_equal(add(d, "ftp://b.example.org/"), ERR_OK);
    assert_string_equal(file(d), original);
    assert_int_equal(d->monitor.applied, 0);
    assert_int_equal(undo(d), ERR_NOTFOUND);
}

static void without_a_file_nothing_is_edited(void **state)
{
    struct desk *d = *state;
    struct settings *none = settings_new();
    struct outside o;

    assert_non_null(none);
    outside_init(&o, &d->monitor, &none);
    assert_int_equal(outside_ops.remove(&o, (const char *const[]){ "a" }, 1, &d->said), ERR_UNAVAILABLE);
    assert_int_equal(outside_ops.reload(&o, &d->said), ERR_UNAVAILABLE);
    assert_int_equal(outside_ops.undo(&o, d->site, sizeof(d->site), &d->said), ERR_NOTFOUND);
    outside_release(&o);
    settings_free(none);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_edit_is_written_read_again_and_applied, begin, end),
        cmocka_unit_test_setup_teardown(edits_are_undone_in_turn_to_the_last_byte, begin, end),
        cmocka_unit_test_setup_teardown(more_edits_than_are_kept_can_be_made, begin, end),
        cmocka_unit_test_setup_teardown(what_somebody_else_wrote_is_not_undone, begin, end),
        cmocka_unit_test_setup_teardown(a_file_changed_by_hand_is_noticed, begin, end),
        cmocka_unit_test_setup_teardown(what_a_reading_changed_is_told_by_name, begin, end),
        cmocka_unit_test_setup_teardown(a_wrong_file_is_told_once_and_the_old_settings_go_on, begin, end),
        cmocka_unit_test_setup_teardown(a_file_that_went_is_told_once_too, begin, end),
        cmocka_unit_test_setup_teardown(refused_edits_leave_the_file_alone, begin, end),
        cmocka_unit_test_setup_teardown(without_a_file_nothing_is_edited, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
