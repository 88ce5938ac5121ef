#ifndef PACK_H
#define PACK_H

#include "hours.h"
#include "keeper.h"

/* Moves samples out of the table of the last ones into blocks, and adds up the hours that are over. The writer's, between its
 * portions. */
#define PACK_MOST 32768u             /* rows moved in one transaction; so many and twice more wait in the table at the most */

struct row {
    struct sample sample;
    uint32_t outcome;                /* the file's number */
    int64_t id;
};
struct packer {
    struct row *row;                 /* room for PACK_MOST */
    struct rollup *rollup;
    struct strbuf data;
    struct packed_hour packed;
    struct outcomes outcomes;        /* of the file that was packed last */
};

enum err packer_init(struct packer *p);
void packer_release(struct packer *p);

/* One transaction, if there is something to be moved: samples of hours that are over at now_ms, or the oldest ones when there
 * are too many. *more: there may be more to move. */
enum err pack_step(struct packer *p, struct keeper *k, int64_t now_ms, bool *more, struct errmsg *why);

#endif
