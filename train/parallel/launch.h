/* launch.h: the environment that mpirun and srun set for their processes. */
#ifndef TRAIN_PARALLEL_LAUNCH_H
#define TRAIN_PARALLEL_LAUNCH_H

#include <stdbool.h>

/* How many processes were started together with this one, according to the launcher's environment
 * variables; 1 without a launcher. `variable` (may be NULL) becomes the variable used, or NULL. */
int launch_size(const char **variable);

/* Whether srun has started them without a way to find each other (its --mpi), of which some MPI
 * would end the process. */
bool launch_is_unconnected(void);

#endif
