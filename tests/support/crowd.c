/* Threads for stress tests. */
#include "support/crowd.h"

#include <pthread.h>
#include <stdlib.h>

struct start {
    pthread_barrier_t gate;
    void (*member)(void *context, int number);
    void *context;
};

struct seat {
    struct start *start;
    pthread_t thread;
    int number;
};

static void *run(void *context)
{
    struct seat *seat = context;

    pthread_barrier_wait(&seat->start->gate);
    seat->start->member(seat->start->context, seat->number);
    return NULL;
}

void crowd(int n, void (*member)(void *context, int number), void *context)
{
    struct start start = { .member = member, .context = context };
    struct seat *seats = calloc((size_t)n, sizeof(*seats));
    int i;

    if (!seats || pthread_barrier_init(&start.gate, NULL, (unsigned)n))
        abort();
    for (i = 0; i < n; i++) {
        seats[i] = (struct seat){ .start = &start, .number = i };
        if (pthread_create(&seats[i].thread, NULL, run, &seats[i]))
            abort();
    }
    for (i = 0; i < n; i++)
        pthread_join(seats[i].thread, NULL);
    pthread_barrier_destroy(&start.gate);
    free(seats);
}
