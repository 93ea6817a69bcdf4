/* mpi_team.h: a team over MPI; only where the build has it. */
#ifndef TRAIN_PARALLEL_MPI_TEAM_H
#define TRAIN_PARALLEL_MPI_TEAM_H

#include "train/loop/team.h"

typedef struct MpiTeam MpiTeam;

/* Starts MPI, which ends with the process. NULL after an error. */
MpiTeam *mpi_team_start(Error *error);

/* As the training loop wants it; lives in the MpiTeam. */
TrainTeam *mpi_team_of(MpiTeam *mpi);

/* Seconds to wait for a member that does not answer. */
void mpi_team_set_timeout(MpiTeam *mpi, double seconds);

/* How many members on this machine, itself included, may run on the very same processors. */
int mpi_team_neighbours(MpiTeam *mpi);

/* The lowest rank that still answered at the last meeting. */
int mpi_team_first_left(const MpiTeam *mpi);

#endif
