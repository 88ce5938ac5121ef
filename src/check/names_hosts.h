#ifndef NAMES_HOSTS_H
#define NAMES_HOSTS_H

#include <stdbool.h>

/* /etc/hosts, remembered: c-ares would read it again for every name. One thread at a time. */

/* False: the file has nothing on this name. True: it has perhaps, ask for it. Looks for changes of the file every 5 s. */
bool hosts_may_know(const char *host);
void hosts_forget(void);

#endif
