#ifndef SUPPORT_RANDOM_H
#define SUPPORT_RANDOM_H

#include <stdint.h>

/* Numbers that look random and are the same in every run (splitmix64): a property that fails, fails again. */
struct random {
    uint64_t seed;
};

static inline uint64_t random_next(struct random *r)
{
    uint64_t z = (r->seed += UINT64_C(0x9e3779b97f4a7c15));

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* 0 to n - 1. */
static inline uint64_t random_below(struct random *r, uint64_t n)
{
    return random_next(r) % n;
}

#endif
