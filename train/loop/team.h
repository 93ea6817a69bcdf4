/* team.h: processes that train one model together, each on its own shards of every batch.
 *
 * All members make the same calls in the same order, and have the same weights after each step. A
 * failure is reported at the next meeting, and all other members then end as well. Rank 0 writes
 * the files. A NULL team is a process that trains alone. */
#ifndef TRAIN_LOOP_TEAM_H
#define TRAIN_LOOP_TEAM_H

#include "train/loop/shard_tree.h"

/* The flags exchanged at a meeting: each is set if any member has set it. */
enum { TEAM_INTERRUPTED = 1, TEAM_TERMINATED = 2, TEAM_SAVE = 4 };

typedef struct TrainTeam {
    void *context; /* first argument of the functions */
    int rank, size;
    bool over; /* a member has failed, and all reachable members know it */

    /* Waits for all. `failure` (NULL: none) is sent to the others. -1 when any member has failed or
     * does not respond, with a message that names it; otherwise `flags` are everyone's. */
    int (*meet)(void *context, const char *failure, unsigned *flags, Error *error);
    /* The sum over all shards of all members, given the `n` blocks of this member's shards;
     * overwrites the blocks' values. */
    int (*reduce)(void *context, int shards, TreeBlock *blocks, int n, size_t count, float *sum,
                  Error *error);
    /* Collects `size` numbers of each shard from all members, in order; with `failed` this one has
     * none to give. Returns 1 if another member has failed. */
    int (*gather)(void *context, int shards, bool failed, size_t size, const double *own,
                  double *all, Error *error);
    /* Copies a member's data to all others. */
    int (*broadcast)(void *context, int from, void *data, size_t bytes, Error *error);
} TrainTeam;

static inline bool team_leads(const TrainTeam *team) {
    return !team || team->rank == 0;
}

/* The shards of member `rank`: consecutive ones, as evenly as possible. */
Shards team_shards(const TrainTeam *team, int rank, int count);

/* Meets with this member's status so far; if it is not 0, its message is sent. `flags` (may be
 * NULL) is this member's on entry and everyone's on return. */
int team_meet(TrainTeam *team, int status, unsigned *flags, Error *error) MUST_CHECK;

/* Meets, then receives rank 0's data. */
int team_follow(TrainTeam *team, int status, void *data, size_t bytes, Error *error) MUST_CHECK;

/* Receives rank 0's values of all tensors; `parameters` may be NULL. */
int team_follow_values(TrainTeam *team, Parameters *parameters, Error *error) MUST_CHECK;

/* As the team's gather; a member that fails by itself should not meet before it has called this. */
int team_gather(TrainTeam *team, int shards, bool failed, size_t size, const double *own,
                double *all, Error *error) MUST_CHECK;

/* Gathers rows distributed over the members: tensors with one row per example of a batch, where
 * each member has the rows of its shards. */
int team_gather_rows(TrainTeam *team, int shards, Parameters *parameters, Error *error) MUST_CHECK;

#endif
