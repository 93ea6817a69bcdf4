/* machine.h: the machine's peak performance, for comparison with benchmarks. */
#ifndef NN_KERNELS_MACHINE_H
#define NN_KERNELS_MACHINE_H

#include "nn/kernels/isa.h"

#include <stddef.h>

typedef struct MachineKernels {
    /* Only multiplies and adds in registers; returns a value that depends on all of it. */
    float (*multiply_adds)(long rounds);
    /* Floating-point operations of one round. */
    int round_flops;
    /* Reads count floats; returns a value that depends on all of them. */
    float (*read)(const float *data, size_t count);
} MachineKernels;
DECLARE_KERNELS(MachineKernels, machine);

#endif
