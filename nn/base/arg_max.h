/* arg_max.h: where a row of numbers is largest. */
#ifndef NN_BASE_ARG_MAX_H
#define NN_BASE_ARG_MAX_H

/* The index of the largest of n ≥ 1 numbers, the first where several are. */
static inline int arg_max(const float *row, int n) {
    int best = 0;
    for (int i = 1; i < n; i++)
        best = row[i] > row[best] ? i : best;
    return best;
}

#endif
