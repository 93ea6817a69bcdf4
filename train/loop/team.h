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
    bool over;                         /* a member has failed, and all reachable members know it */
    double bytes_sent, seconds_waited; /* so far: for sums, and for their ends */

    /* Waits for all. `failure` (NULL: none) is sent to the others. -1 when any member has failed or
     * does not respond, with a message that names it; otherwise `flags` are everyone's. */
    int (*meet)(void *context, const char *failure, unsigned *flags, Error *error);
    /* The sum over all shards of all members, given the `n` blocks of this member's; overwrites the
     * blocks' values. It runs in pieces, beside other work: sum_piece begins with elements first …
     * first + count - 1, which must be ready, and is called by all members for the same pieces in
     * the same order; sum_poll moves on what is under way, and returns at once; sum_end waits for
     * all. Pieces in half precision (half.h) have been rounded. */
    int (*sum_begin)(void *context, int shards, const TreeBlock *blocks, int n, float *sum,
                     Error *error);
    int (*sum_piece)(void *context, size_t first, size_t count, bool half, Error *error);
    int (*sum_poll)(void *context, Error *error);
    int (*sum_end)(void *context, Error *error);
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
