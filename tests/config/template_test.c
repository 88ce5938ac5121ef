/* Channels of owners, and the words of one's own: what is read, what is refused, what a template becomes. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/settings.h"
#include "config/template.h"
#include "scratch.h"
#include "support/tests.h"

/* --- settings --------------------------------------------------------------------------------------------------- */

static const char everything[] =
    "owners = ( { name = \"ops\"; ntfy = \"https://ntfy.example.org/ops\"; ntfy_token_env = \"CHANNEL_SECRET\";\n"
    "  pushover = [ \"uQiRzpo4DXghDmr9QzzfQu27cmVRsG\" ]; gotify = \"https://push.example.org\";\n"
    "  gotify_token_file = \"secret\"; slack = \"https://Hooks.slack.example/services/T0/B0/x\"; slack_file = \"url\";\n"
    "  discord_env = \"CHANNEL_URL\"; webhook = [ \"https://a.example\", \"https://b.example/x\" ];\n"
    "  webhook_secret_file = \"secret\"; command = [ \"gammu-smsd-inject\", \"TEXT\", \"+15550100\", \"-text\", \"{short}\" ]; } );\n"
    "pushover: { url = \"http://127.0.0.1:1/x\"; token_file = \"secret\"; };\n"
    "smtp: { url = \"smtps://m\"; from = \"a@b\"; ca_file = \"secret\"; };\n"
    "messages: { title = \"[{state}] {site}\"; text = \"{cause}\\n\\n{{since}} {since}\"; short = \"{state}\"; push = \"{cause}\"; };\n";

static void every_channel_is_read(void **state)
{
    struct settings *s;
    const struct owner *ops;

    (void)state;
    setenv("CHANNEL_SECRET", "from the environment", 1);
    setenv("CHANNEL_URL", "https://discord.example/api/webhooks/1/y", 1);
    scratch_write("secret", "from a file\n", -1);
    scratch_write("url", "https://hooks.slack.example/services/T1/B1/z\n", -1);
    s = scratch_settings(everything);
    ops = settings_owner(s, "ops");
    assert_string_equal(ops->ntfy_token.text, "from the environment");
    assert_string_equal(ops->ntfy_token.variable, "CHANNEL_SECRET");
    assert_string_equal(ops->gotify_token.text, "from a file");
    assert_string_equal(ops->pushover.item[0], "uQiRzpo4DXghDmr9QzzfQu27cmVRsG");
    assert_string_equal(ops->gotify.item[0], "https://push.example.org/");
    assert_int_equal(ops->slack.n, 2);
    assert_string_equal(ops->slack.item[0], "https://hooks.slack.example/services/T0/B0/x");
    assert_string_equal(ops->slack.item[1], "https://hooks.slack.example/services/T1/B1/z");
    assert_int_equal(ops->discord.n, 1);
    assert_string_equal(ops->discord.item[0], "https://discord.example/api/webhooks/1/y");
    assert_int_equal(ops->webhook.n, 2);
    assert_string_equal(ops->webhook_secret.file, scratch_path("secret"));
    assert_int_equal(ops->command.n, 5);
    assert_string_equal(s->pushover.token.text, "from a file");
    assert_string_equal(s->smtp.ca_file, scratch_path("secret"));
    assert_string_equal(s->messages.text, "{cause}\n\n{{since}} {since}");
    settings_free(s);
}

static void what_is_wrong_with_a_channel_is_told(void **state)
{
    static const struct {
        const char *text, *fault;
    } rows[] = {
        { "owners = ( { name = \"a\"; pushhover = \"x\"; } );", "owners[0] 'a': unknown setting 'pushhover' (did you mean 'pushover'?)" },
        { "owners = ( { name = \"a\"; pushover = \"not a key\"; } );", "owners[0] 'a': 'pushover': a key is letters and digits alone" },
        { "owners = ( { name = \"a\"; slack = \"hooks.slack.com/SECRET\"; } );",
          "owners[0] 'a': 'slack': what is given is no URL that begins with https://" },
        { "owners = ( { name = \"a\"; slack_env = \"CHANNEL_SECRET\"; } );",
          "owners[0] 'a': 'slack_env': what is given is no URL that begins with https://" },
        { "owners = ( { name = \"a\"; gotify_token_env = \"CHANNEL_SECRET\"; gotify_token_file = \"secret\"; } );",
          "owners[0] 'a': 'gotify_token_file' and 'gotify_token_env' exclude each other" },
        { "owners = ( { name = \"a\"; webhook_secret_env = \"CHANNEL_UNSET\"; } );",
          "owners[0] 'a': 'webhook_secret_env': the environment variable 'CHANNEL_UNSET' is not set" },
        { "owners = ( { name = \"a\"; gotify = \"https://push.example.org\"; } );",
          "owners[0] 'a': 'gotify' needs 'gotify_token_file' or 'gotify_token_env'" },
        { "owners = ( { name = \"a\"; ntfy = \"https://ntfy.sh/\"; } );",
          "owners[0] 'a': 'ntfy': 'https://ntfy.sh/' names no topic: write it like https://ntfy.sh/topic" },
        { "owners = ( { name = \"a\"; slack = \"tcp://hooks.slack.com:443\"; } );",
          "owners[0] 'a': 'slack': what is given is no URL that begins with https://" },
        { "owners = ( { name = \"a\"; email = \"ops@ex\xc3\xa4mple.org\"; } );",
          "owners[0] 'a': 'email': 'ops@ex\xc3\xa4mple.org' has letters beyond ASCII: write its domain as xn--..." },
        { "owners = ( { name = \"a\"; command = \"mail ops\"; } );", "owners[0] 'a': 'command' must be a list of texts, not a text" },
        { "owners = ( { name = \"a\"; command = [ \"x\", \"{shrot}\" ]; } );",
          "owners[0] 'a': 'command': there is no {shrot} to put in (did you mean 'short'?)" },
        { "messages: { titel = \"x\"; };", "messages: unknown setting 'titel' (did you mean 'title'?)" },
        { "messages: { title = \"{sate} {site}\"; };", "messages: 'title': there is no {sate} to put in (did you mean 'state'?)" },
        { "messages: { push = \"{site\"; };", "messages: 'push': '{' has no partner: write a brace that is meant as '{{'" },
        { "messages: { push = \"site}\"; };", "messages: 'push': '}' has no partner: write a brace that is meant as '}}'" },
        { "messages: { text = \"a\\rb\"; };", "messages: 'text': a text has a control character or broken UTF-8 in it" },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char wanted[512], *found = scratch_faults(rows[i].text, -1);

        snprintf(wanted, sizeof(wanted), "uptime.cfg:1: %s\n", rows[i].fault);
        assert_string_equal(found, wanted);
        assert_null(strstr(found, "SECRET\n"));
        free(found);
    }
}

/* --- templates -------------------------------------------------------------------------------------------------- */

static const char *value_of(void *context, int field)
{
    (void)context;
    return field == MESSAGE_SITE ? "sh{cause}op" : field == MESSAGE_STATE ? "DOWN" : NULL;
}

static void a_template_is_filled_in_once(void **state)
{
    static const struct {
        const char *text, *wanted;
    } rows[] = {
        { "", "" }, { "plain", "plain" }, { "[{state}] {site}", "[DOWN] sh{cause}op" }, { "{cause}{url}", "" },
        { "{{state}} {{{state}}}", "{state} {DOWN}" }, { "a{state}", "aDOWN" }, { "}}", "}" },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct strbuf out = STRBUF_INIT;

        assert_int_equal(template_check(TEMPLATE_MESSAGE, rows[i].text, NULL), ERR_OK);
        template_fill(&out, TEMPLATE_MESSAGE, rows[i].text, value_of, NULL);
        assert_string_equal(out.text, rows[i].wanted);
        strbuf_release(&out);
    }
}

static void what_holds_for_one_kind_of_template_is_unknown_to_the_other(void **state)
{
    (void)state;
    assert_int_equal(template_check(TEMPLATE_COMMAND, "{json}", NULL), ERR_OK);
    assert_int_equal(template_check(TEMPLATE_MESSAGE, "{json}", NULL), ERR_INVALID);
    assert_int_equal(template_check(TEMPLATE_COMMAND, "{cause}", NULL), ERR_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_channel_is_read),
        cmocka_unit_test(what_is_wrong_with_a_channel_is_told),
        cmocka_unit_test(a_template_is_filled_in_once),
        cmocka_unit_test(what_holds_for_one_kind_of_template_is_unknown_to_the_other),
    };

    setlocale(LC_ALL, "C.UTF-8");
    return cmocka_run_group_tests(tests, scratch_begin, scratch_end);
}
