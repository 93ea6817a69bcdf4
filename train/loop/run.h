/* run.h: internal to the training loop: the state of one run. The public interface is trainer.h. */
#ifndef TRAIN_LOOP_RUN_H
#define TRAIN_LOOP_RUN_H

#include "nn/command_line/progress.h"
#include "nn/core/sharpness.h"
#include "nn/io/file_lock.h"
#include "train/loop/batch_gradient.h"
#include "train/loop/checkpoint.h"
#include "train/loop/trainer.h"

enum { RUN_PATH = 4096 };

typedef struct Run {
    const TrainTask *task;
    const TrainSettings *settings;
    json_t *record;          /* with the number of shards in use */
    uint64_t start_checksum; /* as CheckpointParts has it */
    TrainTeam *team;
    BatchGradient gradient;
    Optimizer *optimizer;
    Average *average;     /* or NULL */
    Sharpness *sharpness; /* or NULL */
    RunState state;
    Progress progress;
    double seconds_before; /* of the run before resuming */
    unsigned flags;        /* of the team's last meeting */
    char log_path[RUN_PATH], checkpoint_path[RUN_PATH];
    FileLock lock;
} Run;

/* ---- run_files.c: what a run writes, on rank 0 ---- */

void run_name_files(Run *run);
double run_seconds(const Run *run);

/* Checks that the files are writable, and locks them. */
int run_hold_files(Run *run, Error *error) MUST_CHECK;
/* Fails if a new run would overwrite an old one's files, unless requested. */
int run_check_files(const Run *run, Error *error) MUST_CHECK;
/* Deletes an old checkpoint, so that a run that ends before its first one is not resumed from it,
 * and the models that --keep left. */
int run_clear_files(const Run *run, Error *error) MUST_CHECK;
int run_save_checkpoint(Run *run, Error *error) MUST_CHECK;
/* Fails too where the best model so far, which only its own file holds, is missing. */
int run_load_checkpoint(Run *run, Error *error) MUST_CHECK;
/* Writes the current model, with its training settings in the metadata. */
int run_save_model(const Run *run, const char *path, const Validation *validation,
                   Error *error) MUST_CHECK;
/* Writes this epoch's model and removes the oldest one, with --keep. */
int run_keep_model(const Run *run, const Validation *validation, Error *error) MUST_CHECK;
/* The learning curve so far, also for an interrupted run. */
int run_draw_curve(const Run *run, Error *error) MUST_CHECK;

/* ---- run_validation.c ---- */

/* Evaluates the current model; every member its shards of the validation data, with the same result
 * for all. */
int run_validate(Run *run, Validation *validation, Error *error) MUST_CHECK;

/* ---- run_team.c: what the members of a team must agree on ---- */

/* Determines the number of shards per batch, and their assignment. */
int run_share_out(Run *run, Error *error) MUST_CHECK;
/* Fails for members with other data, settings, weights or programs than rank 0. */
int run_compare(const Run *run, Error *error) MUST_CHECK;
/* Receives rank 0's state from a checkpoint; `status` is that of reading it. */
int run_follow_checkpoint(Run *run, int status, Error *error) MUST_CHECK;

#endif
