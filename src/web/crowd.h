#ifndef CROWD_H
#define CROWD_H

#include <microhttpd.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Everybody who is connected, so that nobody can keep the others out: before there is no room any more, the one goes who has let
 * us wait longest for his request, or, if all have asked, for taking his answer. libmicrohttpd's thread. */

#define CROWD_MOST 128u              /* connections there may be */

struct guest {
    int      fd;                     /* -1: nobody */
    bool     asked;                  /* his request is whole */
    int64_t  since_ns;               /* when he came, asked, or had his answer */
};

struct crowd {
    struct guest guest[CROWD_MOST];
    size_t n;
};

void crowd_init(struct crowd *c);

/* For MHD_OPTION_NOTIFY_CONNECTION; context is the crowd. */
void crowd_on_connection(void *context, struct MHD_Connection *connection, void **guest, enum MHD_ConnectionNotificationCode what);

/* His request is whole; his answer was sent. */
void crowd_asked(struct MHD_Connection *c);
void crowd_answered(struct MHD_Connection *c);

#endif
