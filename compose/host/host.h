/* host.h: shared by the implementation of affekt.h, which documents it.
 *
 * These files only translate: they call the same functions as the program's commands, with the same
 * results. */
#ifndef COMPOSE_HOST_HOST_H
#define COMPOSE_HOST_HOST_H

#include "affekt.h"
#include "nn/base/error.h"

#include <omp.h>

/* Copies an error; `to` may be NULL. Returns -1. */
int host_error(affekt_error *to, const Error *from);

/* The block after `HOST_REGION` is one task of OpenMP's, run by the calling thread; within it,
 * omp_set_num_threads affects the parallel loops inside, and not the host's setting. */
#define HOST_REGION _Pragma("omp parallel num_threads(1)")

#endif
