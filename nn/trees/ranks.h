/* ranks.h: a table's numbers as ranks, which is all that a tree's splits depend on. */
#ifndef NN_TREES_RANKS_H
#define NN_TREES_RANKS_H

#include "nn/base/error.h"

#include <stdint.h>

enum { RANKS_MOST_BINS = 4096 };

/* For each input: ranks of the rows, and the smallest and largest value of each rank. A missing
 * value (NaN) has a rank below all others, whose values are -FLT_MAX. */
typedef struct Ranks {
    int rows, inputs;
    uint32_t *of;        /* (inputs, rows) */
    int *n;              /* (inputs) */
    float **low, **high; /* (inputs) of (n) */
} Ranks;

/* Ranks x (rows, inputs): every distinct value has its own rank (bins 0), or neighbours share one,
 * so that there are at most `bins` ranks with rows as evenly distributed as possible. Fails on an
 * infinite value, naming row and input from 1 on. Free with ranks_free, also after an error. */
int ranks_make(Ranks *ranks, const float *x, int rows, int inputs, int bins,
               Error *error) MUST_CHECK;
void ranks_free(Ranks *ranks);

/* The number between rank `below` and the next one in use, `above`: values up to it lie below. */
float ranks_threshold(const Ranks *ranks, int input, uint32_t below, uint32_t above);

#endif
