/* forest_accuracy.h: how many rows of a table a forest predicts. */
#ifndef TESTS_SUPPORT_FOREST_ACCURACY_H
#define TESTS_SUPPORT_FOREST_ACCURACY_H

#include "nn/trees/forest.h"

/* The share of the rows of a table of two classes that is predicted rightly. */
double forest_accuracy(const Forest *forest, const ForestTable *table);

#endif
