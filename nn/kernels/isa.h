/* isa.h: one source, several instruction sets, chosen at run time.
 *
 * Every .c file in this folder (except isa.c) is compiled once for each instruction set, with ISA
 * defined as `portable`, `avx2` or `avx512`. It exports its functions as one table,
 * KERNEL_TABLE(topic), which the topic's header declares for every instruction set through
 * DECLARE_KERNELS; KERNELS(topic) is the table to use on this machine. The portable build is the
 * reference that tests compare the others with.
 *
 *     // relu.h                                         // relu.c (compiled several times)
 *     typedef struct ReluKernels {                      static void forward(...) { ... }
 *         void (*forward)(...);                         const ReluKernels KERNEL_TABLE(relu) = {
 *     } ReluKernels;                                        .forward = forward,
 *     DECLARE_KERNELS(ReluKernels, relu);               };
 *                                                       // a user: KERNELS(relu)->forward(...);
 */
#ifndef NN_KERNELS_ISA_H
#define NN_KERNELS_ISA_H

#include "nn/base/error.h"

#include <stdbool.h>

typedef enum Isa { ISA_KIND_PORTABLE, ISA_KIND_AVX2, ISA_KIND_AVX512, ISA_KINDS } Isa;

/* The best instruction set that this build has and this machine supports, or the one that the
 * environment variable AFFEKT_ISA names (portable, avx2, avx512) if the machine can run it. Fixed
 * at first use. */
Isa isa_current(void);

/* Fails where AFFEKT_ISA is not the name of an instruction set, or is one that isa_current cannot
 * use, so that a program does not silently compute with another one. Empty counts as unset. */
int isa_check(Error *error) MUST_CHECK;

/* "portable", "avx2", "avx512". */
const char *isa_name(Isa isa);

/* Whether this build has the instruction set and this machine supports it. */
bool isa_available(Isa isa);

#define ISA_JOIN_(a, b)     a##_##b
#define ISA_JOIN(a, b)      ISA_JOIN_(a, b)
#define KERNEL_TABLE(topic) ISA_JOIN(topic##_kernels, ISA)

#ifdef ISA_AVX512_BUILT /* the x86-64 build has all three */
#    define DECLARE_KERNELS(type, topic)                                                           \
        extern const type topic##_kernels_portable, topic##_kernels_avx2, topic##_kernels_avx512
#    define KERNELS_OF(topic, isa)                                                                 \
        ((isa) == ISA_KIND_AVX512 ? &topic##_kernels_avx512                                        \
         : (isa) == ISA_KIND_AVX2 ? &topic##_kernels_avx2                                          \
                                  : &topic##_kernels_portable)
#else
#    define DECLARE_KERNELS(type, topic) extern const type topic##_kernels_portable
#    define KERNELS_OF(topic, isa)       ((void)(isa), &topic##_kernels_portable)
#endif
#define KERNELS(topic) KERNELS_OF(topic, isa_current())

/* The widest vector of floats of the instruction set being compiled for. */
#if defined ISA_AVX512
enum { LANES = 16 };
#else
enum { LANES = 8 };
#endif
typedef float Vector __attribute__((vector_size(LANES * sizeof(float)), aligned(4), may_alias));
typedef int VectorInt __attribute__((vector_size(LANES * sizeof(int)), aligned(4), may_alias));

#endif
