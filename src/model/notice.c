/* Notices: the words of their kinds. Pure; any thread. */
#include "model/notice.h"

#include <string.h>

static const char *const kind_names[NOTICE_KINDS] = {
    [NOTICE_DOWN] = "down",         [NOTICE_UP] = "up",
    [NOTICE_REMINDER] = "reminder", [NOTICE_PARENT_BACK] = "parent_back",
    [NOTICE_DEGRADED] = "degraded", [NOTICE_FINE] = "fine",
    [NOTICE_CERTIFICATE] = "certificate",
    [NOTICE_FLAPPING] = "flapping", [NOTICE_SETTLED] = "settled",
    [NOTICE_OURS] = "ours",         [NOTICE_TEST] = "test",
};

void notice_init(struct notice *n, enum notice_kind kind)
{
    *n = (struct notice){ .kind = kind, .outcome = OUTCOME_OK, .phase = PHASE_COUNT, .certificate_until = CERTIFICATE_UNKNOWN };
}

const char *notice_kind_name(enum notice_kind k)
{
    return kind_names[k];
}

int notice_kind_parse(const char *name)
{
    int k;

    for (k = 0; k < NOTICE_KINDS; k++)
        if (!strcmp(kind_names[k], name))
            return k;
    return -1;
}
