#include "nn/trees/ranks.h"

#include "nn/base/array.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

typedef struct Value {
    float value;
    uint32_t row;
} Value;

static int by_value(const void *a, const void *b) {
    const Value *first = a, *second = b;
    if (first->value != second->value)
        return first->value < second->value ? -1 : 1;
    return (first->row > second->row) - (first->row < second->row);
}

/* Gives the sorted values their ranks; returns how many there are. */
static int rank_sorted(const Value *values, int rows, int bins, uint32_t *of, float *low,
                       float *high) {
    int n = 0, in_bin = 0, left = rows;
    double room = bins ? (double)rows / bins : 0;
    for (int i = 0; i < rows; i++) {
        bool fresh = i == 0 || values[i].value != values[i - 1].value;
        if (fresh && (n == 0 || in_bin >= room)) {
            /* What large groups of one value have used up the other bins share anew. */
            if (bins && n < bins)
                room = (double)left / (bins - n);
            low[n++] = values[i].value;
            in_bin = 0;
        }
        high[n - 1] = values[i].value;
        of[values[i].row] = (uint32_t)(n - 1);
        in_bin++;
        left--;
    }
    return n;
}

static int rank_input(Ranks *ranks, const float *x, int input, int bins, Error *error) {
    size_t rows = (size_t)ranks->rows;
    Value *values = malloc(rows * sizeof *values);
    float *low = malloc(rows * sizeof *low), *high = malloc(rows * sizeof *high);
    ranks->low[input] = low;
    ranks->high[input] = high;
    if (!values || !low || !high) {
        free(values);
        return error_memory(error, "ranks", rows * sizeof *values);
    }
    for (size_t row = 0; row < rows; row++) {
        float value = x[row * (size_t)ranks->inputs + (size_t)input];
        if (isinf(value)) {
            free(values);
            return error_set(error, "row %zu, input %d: the value is infinite", row + 1, input + 1);
        }
        values[row] = (Value){isnan(value) ? -FLT_MAX : value, (uint32_t)row};
    }
    qsort(values, rows, sizeof *values, by_value);
    ranks->n[input] =
        rank_sorted(values, ranks->rows, bins, ranks->of + (size_t)input * rows, low, high);
    free(values);
    /* Where memory cannot be given back, the arrays stay as large as they are. */
    size_t used = (size_t)ranks->n[input] + 1;
    (void)(ARRAY_RESIZE(ranks->low[input], used) && ARRAY_RESIZE(ranks->high[input], used));
    return 0;
}

int ranks_make(Ranks *ranks, const float *x, int rows, int inputs, int bins, Error *error) {
    *ranks = (Ranks){.rows = rows, .inputs = inputs};
    size_t columns = (size_t)inputs;
    ranks->of = malloc(columns * (size_t)rows * sizeof *ranks->of);
    ranks->n = calloc(columns, sizeof *ranks->n);
    ranks->low = calloc(columns, sizeof *ranks->low);
    ranks->high = calloc(columns, sizeof *ranks->high);
    if (!ranks->of || !ranks->n || !ranks->low || !ranks->high)
        return error_memory(error, "ranks", columns * (size_t)rows * sizeof *ranks->of);
    int failed = 0;
#pragma omp parallel for schedule(dynamic)
    for (int input = 0; input < inputs; input++) {
        Error own;
        if (rank_input(ranks, x, input, bins, &own))
#pragma omp critical(ranks)
        {
            if (!failed || input < failed - 1) {
                error_set(error, "%s", own.message);
                failed = input + 1;
            }
        }
    }
    return failed ? -1 : 0;
}

void ranks_free(Ranks *ranks) {
    for (int input = 0; input < ranks->inputs && ranks->low && ranks->high; input++) {
        free(ranks->low[input]);
        free(ranks->high[input]);
    }
    free(ranks->of);
    free(ranks->n);
    free(ranks->low);
    free(ranks->high);
    *ranks = (Ranks){0};
}

float ranks_threshold(const Ranks *ranks, int input, uint32_t below, uint32_t above) {
    float low = ranks->high[input][below], high = ranks->low[input][above];
    if (low == -FLT_MAX)
        return low;
    float middle = 0.5f * low + 0.5f * high;
    return middle < high ? middle : low;
}
