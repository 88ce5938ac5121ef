#ifndef WHOLE_KEEPER_H
#define WHOLE_KEEPER_H

/* Starts a process of its own that sleeps until this one stops it or is no more, however it ended, and then calls `clear`
 * once. ctest kills a test that takes too long, and no teardown runs then. One at a time. */
void keeper_start(void (*clear)(void));
void keeper_stop(void);

#endif
