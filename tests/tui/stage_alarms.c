/* Alarms and messages of the world: one outage taken on by somebody, one told in every way a message can go, one held. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "stage.h"
#include "support/tests.h"

#define ALERT(s, ...) s->alert[s->nalert++] = (struct alert){ __VA_ARGS__ }
#define MESSAGE(s, ...) s->message[s->nmessage++] = (struct outbox_item){ .id = 20 - s->nmessage, __VA_ARGS__ }

static char *one_address[] = { (char *)"x" };
#define ADDRESSES { 1, one_address } /* clang takes no variable here */
static struct owner owners[] = {
    { .name = (char *)"ops", .email = ADDRESSES, .sms = ADDRESSES, .remind_ms = 4 * MS_PER_H, .escalate = (char *)"boss" },
    { .name = (char *)"boss", .pushover = ADDRESSES, .quiet = { .from_min = 22 * 60, .until_min = 13 * 60 } },
};

static uint32_t id_of(struct stage *s, const char *name)
{
    size_t i;

    for (i = 0; i < s->snapshot.nrow; i++)
        if (s->snapshot.row[i].row.generation && !strcmp(s->snapshot.row[i].row.site->name, name))
            return (uint32_t)i;
    fail_msg("nobody is called %s", name);
    return 0;
}

static void set_owner(struct stage *s, const char *name)
{
    struct snapshot_row *row = &s->snapshot.row[id_of(s, name)];
    uint32_t slot = row->slot;
    struct options o;

    stage_options(row, &o);
    free(o.owner);
    o.owner = strdup("ops");
    assert_non_null(o.owner);
    stage_set_options(row, &o);
    row->slot = slot;
    stage_touch(s, row->row.id);
}

void stage_alarms(struct stage *s)
{
    const int64_t now = STAGE_NOW_MS, min = MS_PER_MIN;

    s->settings.owner = owners;
    s->settings.nowner = 2;
    set_owner(s, "legacy-crm");
    set_owner(s, "api-eu");
    set_owner(s, "mx-webmail");
    ALERT(s, .site_id = id_of(s, "legacy-crm"), .incident_id = 7, .down = true, .told = true, .since_ms = now - 40 * min,
          .remind_ms = now + 19 * min, .escalate_ms = now + 5 * min, .site = "legacy-crm", .cause = "no first byte in 10.0s (tcp+tls ok)",
          .owners = "ops, boss");
    ALERT(s, .site_id = id_of(s, "api-eu"), .incident_id = 8, .down = true, .told = true, .since_ms = now - 14 * min,
          .acked_ms = now - 12 * min, .site = "api-eu", .cause = "certificate expired 16m ago", .ack_by = "sam",
          .ack_note = "renewing, 20 min", .owners = "ops");
    ALERT(s, .site_id = id_of(s, "mx-webmail"), .incident_id = 9, .down = true, .hold = HOLD_MUTED, .since_ms = now - 4 * min,
          .mute_until_ms = now + 56 * min, .site = "mx-webmail", .cause = "no such host: webmail.example.net");
    ALERT(s, .site_id = id_of(s, "erp"), .hold = HOLD_MAINTENANCE, .maintain_until_ms = now + 20 * min, .site = "erp");
    MESSAGE(s, .state = OUTBOX_WAITING, .incident_id = 7, .tries = 1, .created_ms = now - 40 * min, .next_ms = now + 41000,
            .owner = "ops", .channel = "sms", .site = "legacy-crm", .subject = "down legacy-crm", .error = "503 from the gateway");
    MESSAGE(s, .state = OUTBOX_WAITING, .incident_id = 7, .created_ms = now - 25 * min, .next_ms = now + 19 * min, .owner = "boss",
            .channel = "pushover", .site = "legacy-crm", .subject = "down legacy-crm");
    MESSAGE(s, .state = OUTBOX_DEAD, .incident_id = 8, .tries = 4, .created_ms = now - 14 * min, .ended_ms = now - 13 * min,
            .owner = "ops", .channel = "sms", .site = "api-eu", .subject = "down api-eu", .error = "no such number");
    MESSAGE(s, .state = OUTBOX_SENT, .incident_id = 8, .tries = 1, .created_ms = now - 14 * min, .ended_ms = now - 14 * min,
            .owner = "ops", .channel = "email", .site = "api-eu", .subject = "down api-eu", .error = "250 OK");
    MESSAGE(s, .state = OUTBOX_SENT, .incident_id = 7, .tries = 1, .created_ms = now - 40 * min, .ended_ms = now - 39 * min,
            .owner = "ops", .channel = "email", .site = "legacy-crm", .subject = "down legacy-crm", .error = "250 OK");
    MESSAGE(s, .state = OUTBOX_SENT, .incident_id = 5, .tries = 1, .created_ms = now - 3 * 60 * min, .ended_ms = now - 3 * 60 * min,
            .owner = "ops", .channel = "email", .site = "ci", .subject = "up ci", .error = "250 OK");
    s->revision++;
    stage_take(s);
}
