/* team.h: processes that train one model together, each on its own shards of every batch.
 *
 * All members make the same calls in the same order, and hold the same weights after each step. One
 * that fails says so at the next meeting, where all others learn of it and end as well. Rank 0
 * writes the files. A NULL team is a process that trains alone. */
#ifndef TRAIN_LOOP_TEAM_H
#define TRAIN_LOOP_TEAM_H

#include "train/loop/shard_tree.h"

/* What members tell each other at a meeting: each flag is one that any of them has raised. */
enum { TEAM_INTERRUPTED = 1, TEAM_TERMINATED = 2, TEAM_SAVE = 4 };

typedef struct TrainTeam {
    void *context; /* first argument of the functions */
    int rank, size;
    bool over; /* a member has failed, and all that can be told know it */

    /* Waits for all. `failure` (NULL: all is well) is told to the others. -1 when any member has
     * failed or does not answer, with a message that names it; otherwise `flags` are everyone's. */
    int (*meet)(void *context, const char *failure, unsigned *flags, Error *error);
    /* The sum over all shards of all members, from the `n` blocks of those that are this member's;
     * overwrites the blocks' values. */
    int (*reduce)(void *context, int shards, TreeBlock *blocks, int n, size_t count, float *sum,
                  Error *error);
    /* Copies a member's data to all others. */
    int (*broadcast)(void *context, int from, void *data, size_t bytes, Error *error);
} TrainTeam;

static inline bool team_leads(const TrainTeam *team) {
    return !team || team->rank == 0;
}

/* The shards of member `rank`: blocks of consecutive ones, as equal as can be. */
Shards team_shards(const TrainTeam *team, int rank, int count);

/* Meets with the status so far of this member, whose message is told where it is not 0. `flags`
 * (may be NULL) goes in as this member's and comes back as everyone's. */
int team_meet(TrainTeam *team, int status, unsigned *flags, Error *error) MUST_CHECK;

/* Meets, then takes over rank 0's data. */
int team_follow(TrainTeam *team, int status, void *data, size_t bytes, Error *error) MUST_CHECK;

/* Takes over rank 0's values of all tensors; `parameters` may be NULL. */
int team_follow_values(TrainTeam *team, Parameters *parameters, Error *error) MUST_CHECK;

/* Brings together rows that lie with the members: tensors of a row for each example of a batch,
 * each member's rows those of its shards. */
int team_gather_rows(TrainTeam *team, int shards, Parameters *parameters, Error *error) MUST_CHECK;

#endif
