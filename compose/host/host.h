/* host.h: what the files behind affekt.h share. affekt.h is the manual of what they do.
 *
 * They only translate: whatever a host can ask for, the program's commands ask for in the same way,
 * and get the same answer. */
#ifndef COMPOSE_HOST_HOST_H
#define COMPOSE_HOST_HOST_H

#include "affekt.h"
#include "nn/base/error.h"

#include <omp.h>

/* Hands an error on; `to` may be NULL. Returns -1. */
int host_error(affekt_error *to, const Error *from);

/* The block after `HOST_REGION` is one task of OpenMP's, run by the calling thread; within it, a
 * call of omp_set_num_threads counts for the parallel loops inside, and the host's own number
 * stays. */
#define HOST_REGION _Pragma("omp parallel num_threads(1)")

#endif
