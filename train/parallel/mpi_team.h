/* mpi_team.h: a team over MPI; only in builds with MPI. */
#ifndef TRAIN_PARALLEL_MPI_TEAM_H
#define TRAIN_PARALLEL_MPI_TEAM_H

#include "train/loop/team.h"

typedef struct MpiTeam MpiTeam;

/* Starts MPI, which ends with the process. NULL after an error. */
MpiTeam *mpi_team_start(Error *error);

/* The team for the training loop; owned by the MpiTeam. */
TrainTeam *mpi_team_of(MpiTeam *mpi);

/* Seconds to wait for an unresponsive member. */
void mpi_team_set_timeout(MpiTeam *mpi, double seconds);

/* How many members on this machine, including this one, may run on the same processors. */
int mpi_team_neighbours(MpiTeam *mpi);

/* The lowest rank that responded at the last meeting. */
int mpi_team_first_left(const MpiTeam *mpi);

#endif
