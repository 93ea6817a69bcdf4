/* counts.h: small arithmetic for cutting a convolution into pieces; of positive numbers. */
#ifndef NN_CONV_COUNTS_H
#define NN_CONV_COUNTS_H

static inline int divide_up(int a, int b) {
    return (a + b - 1) / b;
}

static inline int round_up(int a, int b) {
    return divide_up(a, b) * b;
}

static inline int smaller(int a, int b) {
    return a < b ? a : b;
}

#endif
