/* Children that were killed and have not ended yet. Any thread; one leaf lock around the list. */
#include "reap.h"

#include <stddef.h>
#include <sys/wait.h>

#include "base/mutex.h"

#define HELD_MOST 256 /* more that no one could reap stay in the list of processes until we end */

static struct {
    struct mutex lock;       /* leaf */
    pid_t held[HELD_MOST];   /* under lock */
    size_t n;                /* under lock */
} list = { .lock = MUTEX_INIT };

void reap_child(pid_t pid)
{
    if (waitpid(pid, NULL, WNOHANG) != 0)
        return;
    mutex_lock(&list.lock);
    if (list.n < HELD_MOST)
        list.held[list.n++] = pid;
    mutex_unlock(&list.lock);
}

void reap_again(void)
{
    size_t i;

    mutex_lock(&list.lock);
    for (i = 0; i < list.n;)
        if (waitpid(list.held[i], NULL, WNOHANG) != 0)
            list.held[i] = list.held[--list.n];
        else
            i++;
    mutex_unlock(&list.lock);
}
