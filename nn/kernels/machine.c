#include "nn/kernels/machine.h"

#include "nn/kernels/vectors.h"

/* Independent chains: enough to hide four cycles of latency on two units. */
enum { CHAINS = 12 };

static float sum_lanes(const Vector *vectors, int count) {
    float sum = 0;
    for (int i = 0; i < count; i++)
        for (int lane = 0; lane < LANES; lane++)
            sum += vectors[i][lane];
    return sum;
}

static float multiply_adds(long rounds) {
    Vector a = vector_of(0.5f), b = vector_of(0.25f), chain[CHAINS];
#pragma GCC unroll 12
    for (int i = 0; i < CHAINS; i++)
        chain[i] = vector_of((float)i);
    for (long round = 0; round < rounds; round++)
#pragma GCC unroll 12
        for (int i = 0; i < CHAINS; i++)
            chain[i] = chain[i] * a + b;
    return sum_lanes(chain, CHAINS);
}

static float read(const float *data, size_t count) {
    enum { STREAMS = 4 };
    Vector sum[STREAMS] = {0};
    for (size_t i = 0; i + STREAMS * LANES <= count; i += STREAMS * LANES)
        for (int s = 0; s < STREAMS; s++)
            sum[s] += vector_load(data + i + s * LANES);
    return sum_lanes(sum, STREAMS);
}

const MachineKernels KERNEL_TABLE(machine) = {
    .multiply_adds = multiply_adds,
    .round_flops = 2 * CHAINS * LANES,
    .read = read,
};
