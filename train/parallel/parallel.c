#include "train/parallel/parallel.h"

#include "train/parallel/launch.h"
#include "train/parallel/mpi_team.h"

#include <fcntl.h>
#include <omp.h>
#include <stdio.h>
#include <unistd.h>

const char *const parallel_reductions[] = {"tree", "fast", NULL};
const char *const parallel_wires[] = {"full", "half", NULL};

#ifdef HAVE_MPI

static int real_errors = -1; /* standard error, where this process is to be silent */

/* Two lines of each message would help nobody. */
static void be_silent(void) {
    int nowhere = open("/dev/null", O_WRONLY);
    if (nowhere < 0)
        return;
    fflush(stdout);
    real_errors = dup(STDERR_FILENO);
    dup2(nowhere, STDOUT_FILENO);
    dup2(nowhere, STDERR_FILENO);
    close(nowhere);
}

int parallel_start(TrainTeam **team, Error *error) {
    static TrainTeam *joined_before;
    const char *variable;
    int size = launch_size(&variable);
    *team = joined_before;
    if (size == 1 || joined_before)
        return 0;
    if (launch_is_unconnected())
        return error_set(error,
                         "started as one of %d processes (%s), but srun does not connect them: use "
                         "srun --mpi=pmix (srun --mpi=list prints what this SLURM has)",
                         size, variable);
    MpiTeam *mpi = mpi_team_start(error);
    if (!mpi)
        return -1;
    TrainTeam *joined = mpi_team_of(mpi);
    if (joined->size == 1)
        return error_set(error,
                         "started as one of %d processes (%s), but MPI does not connect them: use "
                         "the mpirun of the MPI that affekt is built with, or srun --mpi=pmix",
                         size, variable);
    if (joined->rank)
        be_silent();
    *team = joined_before = joined;
    return 0;
}

void parallel_set(TrainTeam *team, int timeout, bool fast) {
    if (team)
        mpi_team_set(team->context, timeout, fast);
}

int parallel_threads(const TrainTeam *team, int threads) {
    if (!team)
        return threads;
    int share = omp_get_num_procs() / mpi_team_neighbours(team->context); /* all must ask */
    return threads ? threads : share ? share : 1;
}

bool parallel_speaks(TrainTeam *team) {
    if (!team || team->rank == mpi_team_first_left(team->context)) {
        if (real_errors >= 0)
            dup2(real_errors, STDERR_FILENO);
        return true;
    }
    return false;
}

#else

int parallel_start(TrainTeam **team, Error *error) {
    const char *variable;
    int size = launch_size(&variable);
    *team = NULL;
    return size == 1
               ? 0
               : error_set(error,
                           "started as one of %d processes (%s), but this build has no MPI, and "
                           "each would train alone: install libopenmpi-dev (or libmpich-dev) and "
                           "build again",
                           size, variable);
}

void parallel_set(TrainTeam *team, int timeout, bool fast) {
    (void)team;
    (void)timeout;
    (void)fast;
}

int parallel_threads(const TrainTeam *team, int threads) {
    (void)team;
    return threads;
}

bool parallel_speaks(TrainTeam *team) {
    (void)team;
    return true;
}

#endif
