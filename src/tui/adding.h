#ifndef ADDING_H
#define ADDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "cells.h"
#include "trial.h"

/* The page on which a list is looked over before it is added: what each URL answers, and what would be written. Pure. */
struct adding {
    char **url;                      /* ours */
    size_t n;
    struct tried *tried;             /* by index; brought up to date by the caller */
    char  *diff;                     /* ours; lines "+..." and "-..."; NULL: none */
    int    top;
};

/* Takes the texts out of url[0..n) and leaves NULLs; diff is taken. ERR_NOMEM takes nothing. */
enum err adding_new(struct adding **out, char **url, size_t n, char *diff);
void adding_free(struct adding *a);

/* How many have an answer; how many of these are up. */
size_t adding_settled(const struct adding *a);
size_t adding_well(const struct adding *a);

enum adding_event { ADDING_GOES_ON, ADDING_ALL, ADDING_WELL, ADDING_CANCEL };
enum adding_event adding_stroke(struct adding *a, uint32_t stroke, int height);

void adding_draw(struct adding *a, struct cells *c);

#endif
