#include "train/parallel/launch.h"

#include <stdlib.h>
#include <string.h>

#define BY_SRUN "SLURM_STEP_NUM_TASKS"

/* Open MPI's; PMI's, by MPICH and its kin; SLURM's of a step, which srun sets in each task. */
static const char *const SIZES[] = {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", BY_SRUN};

int launch_size(const char **variable) {
    for (size_t i = 0; i < sizeof SIZES / sizeof *SIZES; i++) {
        const char *value = getenv(SIZES[i]);
        int size = value ? atoi(value) : 0;
        if (size > 1) {
            if (variable)
                *variable = SIZES[i];
            return size;
        }
    }
    if (variable)
        *variable = NULL;
    return 1;
}

bool launch_is_unconnected(void) {
    const char *variable;
    return launch_size(&variable) > 1 && !strcmp(variable, BY_SRUN) && !getenv("PMIX_RANK") &&
           !getenv("PMI_FD");
}
