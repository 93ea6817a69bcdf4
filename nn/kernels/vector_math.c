#include "nn/kernels/vector_math.h"

#include "nn/kernels/vectors.h"

#include <math.h>

/* y[i] = EXPRESSION of the vector x, the last part padded. */
#define MAP(EXPRESSION)                                                                            \
    do {                                                                                           \
        int64_t i = 0;                                                                             \
        for (; i + LANES <= count; i += LANES) {                                                   \
            Vector x = vector_load(from + i);                                                      \
            vector_store(to + i, EXPRESSION);                                                      \
        }                                                                                          \
        if (i < count) {                                                                           \
            Vector x = vector_load_part(from + i, (int)(count - i));                               \
            vector_store_part(to + i, EXPRESSION, (int)(count - i));                               \
        }                                                                                          \
    } while (0)

static void map_exp(float *to, const float *from, int64_t count) {
    MAP(vector_exp(x));
}

static void map_sigmoid(float *to, const float *from, int64_t count) {
    MAP(vector_sigmoid(x));
}

static void map_tanh(float *to, const float *from, int64_t count) {
    MAP(vector_tanh(x));
}

static void map_exp_minus(float *to, const float *from, float offset, int64_t count) {
    MAP(vector_exp(x - offset));
}

static float log_sum_exp(const float *x, int64_t count) {
    float largest = x[0];
    for (int64_t i = 1; i < count; i++)
        largest = x[i] > largest ? x[i] : largest;
    Vector total = vector_of(0);
    int64_t i = 0;
    for (; i + LANES <= count; i += LANES)
        total += vector_exp(vector_load(x + i) - largest);
    float lanes[LANES];
    vector_store(lanes, total);
    if (i < count) {
        float rest[LANES];
        vector_store(rest, vector_exp(vector_load_part(x + i, (int)(count - i)) - largest));
        for (int lane = 0; lane < count - i; lane++)
            lanes[lane] += rest[lane];
    }
    double sum = 0;
    for (int lane = 0; lane < LANES; lane++)
        sum += lanes[lane];
    return (float)(largest + log(sum));
}

static void accumulate(double *total, const float *x, int64_t count) {
    for (int64_t i = 0; i < count; i++)
        total[i] += x[i];
}

const VectorMathKernels KERNEL_TABLE(vector_math) = {
    .exp = map_exp,
    .sigmoid = map_sigmoid,
    .tanh = map_tanh,
    .log_sum_exp = log_sum_exp,
    .exp_minus = map_exp_minus,
    .accumulate = accumulate,
};
