/* median.h: the median of numbers. */
#ifndef NN_BASE_MEDIAN_H
#define NN_BASE_MEDIAN_H

/* Sorts the values and returns the one in the middle, of an even number the upper one. `count` is
 * at least 1. */
double median_of(double *values, int count);

#endif
