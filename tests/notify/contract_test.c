/* What holds for every channel of the table: each is put before the same troubles, played by real servers and programs, and
 * must tell what may pass from what never will, in time, and without its secrets. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/text.h"
#include "parts.h"
#include "support/ports.h"
#include "support/server.h"
#include "support/tests.h"

enum trouble { GOOD, DENIED, BUSY, HUNG, LOST, REFUSED, TROUBLES };

static const char *const words[] = { "good", "denied", "busy", "hung", "lost", "refused" };

static const enum delivery_end ends[] = {
    [GOOD] = DELIVERY_SENT, [DENIED] = DELIVERY_PERMANENT, [BUSY] = DELIVERY_PASSING,
    [HUNG] = DELIVERY_PASSING, [LOST] = DELIVERY_PASSING, [REFUSED] = DELIVERY_PASSING,
};

/* What a channel needs to meet trouble: settings, where @A@ is a URL and @B@ the word for it. */
static const struct rig {
    const char *channel, *settings;
    const char *answer;              /* of a service that took it; NULL: it speaks no HTTP */
} rigs[] = {
    { "email",
      "owners = ( { name = \"ops\"; email = \"@B@@example.org\"; } );\n"
      "smtp: { url = \"@A@\"; from = \"uptime@example.org\"; tls = \"none\"; };", NULL },
    { "sms",
      "owners = ( { name = \"ops\"; sms = \"+15550100\"; } );\n"
      "sms: { url = \"@A@/Messages.json\"; user = \"AC0\"; password_env = \"NOTIFY_SECRET\"; from = \"+15550000\"; };",
      "{\"sid\":\"SM1\",\"status\":\"queued\"}" },
    { "ntfy", "owners = ( { name = \"ops\"; ntfy = \"@A@/alerts\"; ntfy_token_env = \"NOTIFY_SECRET\"; } );",
      "{\"id\":\"x\",\"topic\":\"alerts\"}" },
    { "pushover",
      "owners = ( { name = \"ops\"; pushover = \"uQiRzpo4DXghDmr9\"; } );\n"
      "pushover: { url = \"@A@/1/messages.json\"; token_env = \"NOTIFY_SECRET\"; };", "{\"status\":1,\"request\":\"r\"}" },
    { "gotify", "owners = ( { name = \"ops\"; gotify = \"@A@\"; gotify_token_env = \"NOTIFY_SECRET\"; } );", "{\"id\":7}" },
    { "slack", "owners = ( { name = \"ops\"; slack = \"@A@/services/T0/" PARTS_SECRET "\"; } );", "ok" },
    { "discord", "owners = ( { name = \"ops\"; discord = \"@A@/webhooks/" PARTS_SECRET "\"; } );", "" },
    { "webhook",
      "owners = ( { name = \"ops\"; webhook = \"@A@/x?token=" PARTS_SECRET "\"; webhook_secret_env = \"NOTIFY_SECRET\"; } );",
      "thanks" },
    { "command",
      "owners = ( { name = \"ops\"; command = [ \"/bin/sh\", \"-c\", \"case @B@ in good) exec cat;; denied) echo no; exit 67;;"
      " busy) exit 75;; hung) sleep 1000;; lost) kill -9 $$;; *) exit 1; esac\" ]; } );", NULL },
};
#define NRIG (sizeof(rigs) / sizeof(rigs[0]))

static struct server *server;
static struct part *mail;

static int start_all(void **state)
{
    parts_begin(state);
    server = server_start(NULL);
    mkdir(parts_path("mail"), 0700);
    mail = part("mail", parts_path("mail"));
    return 0;
}

static int stop_all(void **state)
{
    server_stop(server);
    part_end(mail);
    return parts_end(state);
}

static const struct rig *rig_of(const char *channel)
{
    size_t i;

    for (i = 0; i < NRIG; i++)
        if (!strcmp(rigs[i].channel, channel))
            return &rigs[i];
    fail_msg("no rig for the channel '%s'", channel);
    return NULL;
}

static void set_routes(const struct rig *rig)
{
    /* a service may tell secrets back that it was given */
    static const char no[] = "{\"message\":\"wrong: " PARTS_SECRET "\",\"error\":\"wrong\"}";

    server_route(server, "/good*", ANSWER(200, NULL, rig->answer));
    server_route(server, "/denied*", ANSWER(400, "Content-Type: application/json\r\n", no));
    server_route(server, "/busy*", ANSWER(429, "Retry-After: 7\r\n", "slow down"));
    server_route(server, "/hung*", HANG);
    server_route(server, "/lost*", RESET);
}

/* Settings of an owner whose letters meet that trouble. */
static struct settings *settings_for(const struct rig *rig, enum trouble trouble)
{
    char url[SERVER_URL_SIZE], path[32];

    snprintf(path, sizeof(path), "/%s", words[trouble]);
    if (rig->answer)
        set_routes(rig);
    if (trouble == REFUSED)
        snprintf(url, sizeof(url), "%s://127.0.0.1:%d/x", rig->answer ? "http" : "smtp", port_refused());
    else if (rig->answer)
        server_url(server, path, url);
    else
        snprintf(url, sizeof(url), "smtp://127.0.0.1:%s", part_told(mail));
    return parts_settings(rig->settings, url, words[trouble]);
}

/* --- sending ---------------------------------------------------------------------------------------------------- */

static void check_delivery(const struct rig *rig, enum trouble trouble, const struct delivery *d)
{
    if (d->end != ends[trouble])
        fail_msg("%s, %s: %s: %s", rig->channel, words[trouble], delivery_word(d->end), d->message);
    assert_true(*d->message);
    assert_true(text_is_clean(d->message));
    assert_null(strstr(d->message, PARTS_SECRET));
    if (trouble == BUSY && rig->answer)
        assert_int_equal(d->retry_after_ms, 7000);
    else
        assert_int_equal(d->retry_after_ms, 0);
}

static void every_channel_tells_passing_trouble_from_lasting(void **state)
{
    size_t n, i;
    const struct notifier_ops *const *table = notifier_table(&n);

    (void)state;
    for (i = 0; i < n; i++) {
        const struct rig *rig = rig_of(table[i]->name);
        enum trouble trouble;

        for (trouble = GOOD; trouble < TROUBLES; trouble++) {
            struct settings *s = settings_for(rig, trouble);
            struct destination to = { s, &s->owner[0], 0 };
            int64_t patience_ns = trouble == HUNG ? NS_PER_S / 2 : 20 * NS_PER_S;
            struct delivery d;

            notifier_send_once(table[i], &to, parts_letter(), NULL, clock_mono_ns() + patience_ns, &d);
            check_delivery(rig, trouble, &d);
            settings_free(s);
        }
    }
}

static void one_worker_sends_letter_after_letter_whatever_came_of_the_last(void **state)
{
    static const enum trouble order[] = { GOOD, LOST, GOOD, DENIED, BUSY, GOOD };
    size_t n, i, j;
    const struct notifier_ops *const *table = notifier_table(&n);

    (void)state;
    for (i = 0; i < n; i++) {
        const struct rig *rig = rig_of(table[i]->name);
        void *self = NULL;

        assert_int_equal(table[i]->open(&self, table[i], NULL, NULL), ERR_OK);
        for (j = 0; j < sizeof(order) / sizeof(order[0]); j++) {
            struct settings *s = settings_for(rig, order[j]);
            struct destination to = { s, &s->owner[0], 0 };
            struct delivery d;

            table[i]->send(self, &to, parts_letter(), clock_mono_ns() + 20 * NS_PER_S, &d);
            check_delivery(rig, order[j], &d);
            settings_free(s);
        }
        table[i]->close(self);
    }
}

#define WORKERS 4

struct worker {
    const struct notifier_ops *ops;
    const struct settings *settings;
    unsigned sent;
};

static void *work(void *context)
{
    struct worker *w = context;
    struct destination to = { w->settings, &w->settings->owner[0], 0 };
    void *self = NULL;
    int i;

    if (w->ops->open(&self, w->ops, NULL, NULL))
        return NULL;
    for (i = 0; i < 5; i++) {
        struct delivery d;

        w->ops->send(self, &to, parts_letter(), clock_mono_ns() + 20 * NS_PER_S, &d);
        w->sent += d.end == DELIVERY_SENT;
    }
    w->ops->close(self);
    return NULL;
}

static void workers_of_a_channel_do_not_disturb_each_other(void **state)
{
    size_t n, i, j;
    const struct notifier_ops *const *table = notifier_table(&n);

    (void)state;
    for (i = 0; i < n; i++) {
        struct settings *s = settings_for(rig_of(table[i]->name), GOOD);
        struct worker worker[WORKERS];
        pthread_t thread[WORKERS];

        for (j = 0; j < WORKERS; j++) {
            worker[j] = (struct worker){ table[i], s, 0 };
            assert_int_equal(pthread_create(&thread[j], NULL, work, &worker[j]), 0);
        }
        for (j = 0; j < WORKERS; j++) {
            pthread_join(thread[j], NULL);
            assert_int_equal(worker[j].sent, 5);
        }
        settings_free(s);
    }
}

static void a_send_is_given_up_when_the_program_ends(void **state)
{
    const atomic_bool stop = true;
    size_t n, i;
    const struct notifier_ops *const *table = notifier_table(&n);

    (void)state;
    for (i = 0; i < n; i++) {
        struct settings *s = settings_for(rig_of(table[i]->name), HUNG);
        struct destination to = { s, &s->owner[0], 0 };
        int64_t begun_ns = clock_mono_ns();
        struct delivery d;

        notifier_send_once(table[i], &to, parts_letter(), &stop, begun_ns + NOTIFIER_LIMIT_NS, &d);
        assert_int_equal(d.end, DELIVERY_PASSING);
        assert_true(clock_mono_ns() - begun_ns < 10 * NS_PER_S); /* a second or so; every channel's own limit is longer */
        settings_free(s);
    }
}

static void hostile_letters_are_sent_all_the_same(void **state)
{
    size_t n, i;
    const struct notifier_ops *const *table = notifier_table(&n);

    (void)state;
    for (i = 0; i < n; i++) {
        const struct rig *rig = rig_of(table[i]->name);
        struct settings *s = settings_for(rig, GOOD);
        struct delivery d = parts_send(rig->channel, s, parts_hostile());

        check_delivery(rig, GOOD, &d);
        settings_free(s);
    }
}

/* --- the table -------------------------------------------------------------------------------------------------- */

static void every_channel_has_a_name_a_summary_and_a_label_for_its_address(void **state)
{
    size_t n, i;
    const struct notifier_ops *const *table = notifier_table(&n);

    (void)state;
    for (i = 0; i < n; i++) {
        struct settings *s = settings_for(rig_of(table[i]->name), GOOD);
        char label[NOTIFIER_LABEL_SIZE];
        size_t address = 99;

        assert_ptr_equal(notifier_find(table[i]->name), table[i]);
        assert_true(table[i]->summary && *table[i]->summary);
        assert_int_equal(notifier_addresses(table[i], &s->owner[0]), 1);
        notifier_label(label, table[i], &s->owner[0], 0);
        assert_true(*label && text_is_clean(label));
        assert_null(strstr(label, PARTS_SECRET));
        assert_null(strstr(label, "uQiRzpo"));
        assert_true(notifier_address(table[i], &s->owner[0], label, &address));
        assert_int_equal(address, 0);
        assert_false(notifier_address(table[i], &s->owner[0], "somebody else", &address));
        settings_free(s);
    }
    assert_null(notifier_find("pigeon"));
}

static void what_settings_lack_is_told_and_nothing_is_sent(void **state)
{
    static const struct {
        const char *channel, *settings, *message;
    } rows[] = {
        { "email", "owners = ( { name = \"ops\"; email = \"a@b\"; } );", "uptime.cfg has no 'smtp'" },
        { "sms", "owners = ( { name = \"ops\"; sms = \"+15550100\"; } );", "uptime.cfg has no 'sms'" },
        { "pushover", "owners = ( { name = \"ops\"; pushover = \"u1\"; } );", "uptime.cfg has no 'token_file'" },
        { "command", "owners = ( { name = \"ops\"; command = [ \"/no/such/program\" ]; } );", "cannot start '/no/such/program'" },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct settings *s = parts_settings(rows[i].settings, "", "");
        struct delivery d = parts_send(rows[i].channel, s, parts_letter());

        assert_int_equal(d.end, DELIVERY_PERMANENT);
        if (strncmp(d.message, rows[i].message, strlen(rows[i].message)) != 0)
            fail_msg("%s: %s", rows[i].channel, d.message);
        settings_free(s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_channel_tells_passing_trouble_from_lasting),
        cmocka_unit_test(one_worker_sends_letter_after_letter_whatever_came_of_the_last),
        cmocka_unit_test(workers_of_a_channel_do_not_disturb_each_other),
        cmocka_unit_test(a_send_is_given_up_when_the_program_ends),
        cmocka_unit_test(hostile_letters_are_sent_all_the_same),
        cmocka_unit_test(every_channel_has_a_name_a_summary_and_a_label_for_its_address),
        cmocka_unit_test(what_settings_lack_is_told_and_nothing_is_sent),
    };

    return cmocka_run_group_tests(tests, start_all, stop_all);
}
