/* Who is connected. libmicrohttpd's thread, which alone calls all this. */
#include "crowd.h"

#include <sys/socket.h>

#include "base/clock.h"

#define SPARE 16u                    /* places kept free: who is sent away goes a moment later */

void crowd_init(struct crowd *c)
{
    size_t i;

    for (i = 0; i < CROWD_MOST; i++)
        c->guest[i].fd = -1;
    c->n = 0;
}

/* Closes the connection of the one who is waited for longest, as far as we can: libmicrohttpd finds it ended. */
static void send_one_away(struct crowd *c)
{
    struct guest *slowest = NULL;
    size_t i;

    for (i = 0; i < CROWD_MOST; i++) {
        struct guest *g = &c->guest[i];

        if (g->fd >= 0 && (!slowest || g->asked < slowest->asked || (g->asked == slowest->asked && g->since_ns < slowest->since_ns)))
            slowest = g;
    }
    if (!slowest)
        return;
    shutdown(slowest->fd, SHUT_RDWR);
    slowest->asked = true;           /* the next is somebody else's turn */
    slowest->since_ns = INT64_MAX;
}

static struct guest *free_place(struct crowd *c)
{
    size_t i;

    for (i = 0; i < CROWD_MOST; i++)
        if (c->guest[i].fd < 0)
            return &c->guest[i];
    return NULL;
}

void crowd_on_connection(void *context, struct MHD_Connection *connection, void **guest, enum MHD_ConnectionNotificationCode what)
{
    struct crowd *c = context;
    struct guest *g = *guest;

    if (what == MHD_CONNECTION_NOTIFY_CLOSED) {
        if (g) {
            g->fd = -1;
            c->n--;
        }
        return;
    }
    if (c->n + SPARE >= CROWD_MOST)
        send_one_away(c);
    g = free_place(c);
    *guest = g;
    if (!g)
        return;
    *g = (struct guest){ .fd = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd,
                         .since_ns = clock_mono_ns() };
    c->n++;
}

static void now(struct MHD_Connection *c, bool asked)
{
    struct guest *g = MHD_get_connection_info(c, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;

    if (!g || g->since_ns == INT64_MAX) /* he is gone already */
        return;
    g->asked = asked;
    g->since_ns = clock_mono_ns();
}

void crowd_asked(struct MHD_Connection *c)
{
    now(c, true);
}

void crowd_answered(struct MHD_Connection *c)
{
    now(c, false);
}
