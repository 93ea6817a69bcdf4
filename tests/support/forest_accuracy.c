#include "tests/support/forest_accuracy.h"

#include <stdlib.h>

double forest_accuracy(const Forest *forest, const ForestTable *table) {
    float *p = malloc((size_t)(table->rows * table->classes) * sizeof *p);
    forest_probabilities(forest, table->x, table->rows, p);
    int right = 0;
    for (int row = 0; row < table->rows; row++)
        right += (p[2 * row + 1] > p[2 * row]) == (table->labels[row] == 1);
    free(p);
    return (double)right / table->rows;
}
