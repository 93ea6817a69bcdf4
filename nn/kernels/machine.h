/* machine.h: what the machine can do at most, for benchmarks to be held against. */
#ifndef NN_KERNELS_MACHINE_H
#define NN_KERNELS_MACHINE_H

#include "nn/kernels/isa.h"

#include <stddef.h>

typedef struct MachineKernels {
    /* Does nothing but multiply and add in registers; returns a value that depends on all of it. */
    float (*multiply_adds)(long rounds);
    /* Floating-point operations of one round. */
    int round_flops;
    /* Reads count floats; returns a value that depends on all of them. */
    float (*read)(const float *data, size_t count);
} MachineKernels;
DECLARE_KERNELS(MachineKernels, machine);

#endif
