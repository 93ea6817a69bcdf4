/* parallel.h: training on several processes, started together by mpirun or srun.
 *
 * MPI (Open MPI or MPICH) connects them; a build without it reports that if started as one of
 * several. A process started alone never uses MPI. */
#ifndef TRAIN_PARALLEL_PARALLEL_H
#define TRAIN_PARALLEL_PARALLEL_H

#include "train/loop/team.h"

/* Joins the team of the processes started together; NULL where this one is alone. The team lasts as
 * long as the process. From here on only rank 0 writes to standard output and standard error. Call
 * it before parsing the command line; a second call gives the same team. */
int parallel_start(TrainTeam **team, Error *error) MUST_CHECK;

/* How gradients are added up: "tree", "fast", NULL. */
extern const char *const parallel_reductions[];
enum { PARALLEL_TREE, PARALLEL_FAST };

/* In which precision: "full", "half", NULL. */
extern const char *const parallel_wires[];
enum { PARALLEL_FULL, PARALLEL_HALF };

/* How long to wait for an unresponsive member, in seconds, and whether MPI may add up the gradients
 * in whatever order is fast. */
void parallel_set(TrainTeam *team, int timeout, bool fast);

/* The number of threads of a member: as requested; else (0) its share of the processors that it may
 * run on, which mpirun's binding may reserve for it. */
int parallel_threads(const TrainTeam *team, int threads);

/* Whether this process should print an error: rank 0, or if rank 0 is lost the first remaining one,
 * whose standard error is then restored. */
bool parallel_speaks(TrainTeam *team);

#endif
