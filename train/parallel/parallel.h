/* parallel.h: training on several processes, started together by mpirun or srun.
 *
 * MPI (Open MPI or MPICH) connects them; a build without it says so where it was started as one of
 * several. A process that was started alone never touches MPI. */
#ifndef TRAIN_PARALLEL_PARALLEL_H
#define TRAIN_PARALLEL_PARALLEL_H

#include "train/loop/team.h"

/* Joins the team of the processes that were started together; NULL where this one is alone. The
 * team lasts as long as the process. From here on only rank 0 writes to standard output and
 * standard error. To be called once, before the command line is read. */
int parallel_start(TrainTeam **team, Error *error) MUST_CHECK;

/* How long to wait for a member that does not answer. */
void parallel_set_timeout(TrainTeam *team, int seconds);

/* The threads for a member: as many as asked for; else (0) its share of the processors that it may
 * run on, some of which it may have to itself by mpirun's binding. */
int parallel_threads(const TrainTeam *team, int threads);

/* Whether this process is the one to print an error: rank 0, or the first that is left where rank 0
 * has been lost, whose standard error then comes back. */
bool parallel_speaks(TrainTeam *team);

#endif
