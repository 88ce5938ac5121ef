#ifndef SUPPORT_CROWD_H
#define SUPPORT_CROWD_H

/* Many threads at once: runs member(context, 0) ... member(context, n - 1), each on a thread of its own, all let go at the
 * same moment, and returns when every one has. */
void crowd(int n, void (*member)(void *context, int number), void *context);

#endif
