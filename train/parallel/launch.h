/* launch.h: what mpirun and srun say of the processes that they start. */
#ifndef TRAIN_PARALLEL_LAUNCH_H
#define TRAIN_PARALLEL_LAUNCH_H

/* How many processes were started together with this one, by what the launcher has set in the
 * environment; 1 where there was none. `variable` (may be NULL) becomes the one that told, or
 * NULL. */
int launch_size(const char **variable);

#endif
