#ifndef BASE_OWNER_H
#define BASE_OWNER_H

/* A file that root has just made (O_EXCL) goes to whom its directory belongs to: a service must be able to open what an
 * administrator's look at its state left there. Others than root change nothing. Any thread. */
void owner_give(int fd, const char *path);

#endif
