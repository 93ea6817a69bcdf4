#include "nn/kernels/isa.h"

#ifdef ISA_AVX512_BUILT
#    include <cpuid.h>
#endif
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[ISA_KINDS] = {"portable", "avx2", "avx512"};

const char *isa_name(Isa isa) {
    return names[isa];
}

#ifdef ISA_AVX512_BUILT
/* Conversion from and to half precision. Not every compiler's __builtin_cpu_supports knows it. */
static bool has_f16c(void) {
    unsigned eax, ebx, ecx, edx;
    return __get_cpuid(1, &eax, &ebx, &ecx, &edx) && ecx & bit_F16C;
}
#endif

bool isa_available(Isa isa) {
#ifdef ISA_AVX512_BUILT
    if (isa == ISA_KIND_AVX2)
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && has_f16c();
    if (isa == ISA_KIND_AVX512)
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
               __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
#endif
    return isa == ISA_KIND_PORTABLE;
}

static Isa choose(void) {
    const char *wanted = getenv("AFFEKT_ISA");
    Isa best = ISA_KIND_PORTABLE;
    for (Isa isa = ISA_KIND_PORTABLE; isa < ISA_KINDS; isa++) {
        if (!isa_available(isa))
            continue;
        best = isa;
        if (wanted && !strcmp(wanted, names[isa]))
            return isa;
    }
    return best;
}

int isa_check(Error *error) {
    const char *wanted = getenv("AFFEKT_ISA");
    char available[64] = "";
    if (!wanted || !*wanted)
        return 0;
    for (Isa isa = ISA_KIND_PORTABLE; isa < ISA_KINDS; isa++) {
        if (!isa_available(isa))
            continue;
        if (!strcmp(wanted, names[isa]))
            return 0;
        size_t used = strlen(available);
        snprintf(available + used, sizeof available - used, "%s%s", used ? ", " : "", names[isa]);
    }
    return error_set(error, "AFFEKT_ISA is '%s'; this build and machine have %s", wanted,
                     available);
}

Isa isa_current(void) {
    static atomic_int chosen = -1;
    int isa = atomic_load_explicit(&chosen, memory_order_relaxed);
    if (isa < 0) {
        isa = choose();
        atomic_store_explicit(&chosen, isa, memory_order_relaxed);
    }
    return (Isa)isa;
}
