/* rehearse: walks the clock through an outage of a site, and prints who would be told what and when. Nothing is checked, nothing
 * is sent. */
#include <stdio.h>
#include <string.h>

#include "args.h"
#include "base/clock.h"
#include "base/duration.h"
#include "base/text.h"
#include "cli.h"
#include "monitor/rehearsal.h"

#define NAMES_MOST 256

struct stage {
    int64_t start_ms;
    unsigned messages;
};

/* "+1m5s  12:01:05Z" */
static void print_time(const struct stage *s, int64_t at_ms)
{
    char length[DURATION_TEXT_SIZE], clock[CLOCK_RFC3339_SIZE];
    int64_t since_ms = (at_ms - s->start_ms) / MS_PER_S * MS_PER_S;

    printf("+%-9s %.19sZ  ", duration_format(length, since_ms > 0 ? since_ms : 0), clock_rfc3339(clock, at_ms));
}

static void print_event(void *context, int64_t at_ms, const char *site, const char *what)
{
    char clean[256];

    text_clean(clean, sizeof(clean), site, strlen(site));
    print_time(context, at_ms);
    printf("%s: %s\n", clean, what);
}

static void print_message(void *context, int64_t at_ms, const char *owner, const char *channel, const char *address,
                          const struct letter *letter, size_t n)
{
    struct stage *s = context;

    s->messages++;
    print_time(s, at_ms);
    printf("-> %s by %s to %s: %s", owner, channel, address, letter->title);
    if (n > 1)
        printf(" (%zu notices)", n);
    putchar('\n');
}

static int complain_site(const struct args *a, const struct settings *s, const char *word)
{
    const char *known[NAMES_MOST], *meant;
    char shown[160];
    size_t n;

    for (n = 0; n < s->nsite && n < NAMES_MOST; n++)
        known[n] = s->site[n]->name;
    meant = text_nearest(word, known, n);
    text_clean(shown, sizeof(shown), word, strlen(word));
    return complain(a, EXIT_USAGE, "there is no site '%s'%s%s%s", shown, meant ? " (did you mean '" : "", meant ? meant : "",
                    meant ? "'?)" : "");
}

static int play(const struct args *a, const struct settings *s, const struct site *site, int64_t lasts_ms)
{
    struct stage stage = { .start_ms = clock_wall_ms() };
    struct rehearsal r = { .site = site, .start_ms = stage.start_ms, .lasts_ms = lasts_ms, .context = &stage,
                           .happens = print_event, .sends = print_message };
    struct errmsg why = ERRMSG_INIT;

    if (rehearse(s, &r, &why))
        return complain(a, EXIT_TROUBLE, "%s", why.text);
    if (!stage.messages)
        say("nobody would be told%s", site->options->owner ? "" : ": the site has no owner");
    else
        say("%u message%s; nothing was checked, and nothing was sent", stage.messages, stage.messages == 1 ? "" : "s");
    return EXIT_WELL;
}

int command_rehearse(const struct args *a)
{
    const struct site *site;
    struct errmsg why = ERRMSG_INIT;
    struct settings *s;
    int64_t lasts_ms;
    int code;

    if (a->noperand != 3 || strcmp(a->operand[1], "down") != 0)
        return complain(a, EXIT_USAGE, "takes NAME down D, as in: rehearse shop down 30m");
    if (duration_parse(a->operand[2], &lasts_ms, &why))
        return complain(a, EXIT_USAGE, "%s", why.text);
    if (lasts_ms < MS_PER_S || lasts_ms > 30 * MS_PER_DAY)
        return complain(a, EXIT_USAGE, "an outage lasts 1s-30d here");
    code = load_settings(a, true, &s);
    if (code)
        return code;
    site = settings_site(s, a->operand[0]);
    code = site ? play(a, s, site, lasts_ms) : complain_site(a, s, a->operand[0]);
    settings_free(s);
    return finish_output(a, code);
}
