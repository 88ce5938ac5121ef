#ifndef REAP_H
#define REAP_H

#include <sys/types.h>

/* Ends of child processes nobody can wait for: one that is killed while a dead file server holds it ends when that comes
 * back. Any thread. */

/* Reaps a child that was killed, now or, if it is still held, at a later reap_again(). */
void reap_child(pid_t pid);
void reap_again(void);

#endif
