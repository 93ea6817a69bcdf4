/* run.h: what the files of the training loop share: one run as it goes. Outside: trainer.h. */
#ifndef TRAIN_LOOP_RUN_H
#define TRAIN_LOOP_RUN_H

#include "nn/base/file_lock.h"
#include "nn/base/progress.h"
#include "nn/core/sharpness.h"
#include "train/loop/batch_gradient.h"
#include "train/loop/checkpoint.h"
#include "train/loop/trainer.h"

enum { RUN_PATH = 4096 };

typedef struct Run {
    const TrainTask *task;
    const TrainSettings *settings;
    json_t *record; /* with the number of shards that was settled on */
    TrainTeam *team;
    BatchGradient gradient;
    Optimizer *optimizer;
    Average *average;     /* or NULL */
    Sharpness *sharpness; /* or NULL */
    RunState state;
    Progress progress;
    double seconds_before; /* of earlier parts of the run */
    unsigned flags;        /* of the team's last meeting */
    char log_path[RUN_PATH], checkpoint_path[RUN_PATH];
    FileLock lock;
} Run;

/* ---- run_files.c: what a run writes, by the process that leads ---- */

void run_name_files(Run *run);
double run_seconds(const Run *run);

/* Makes sure that the files can be written, and that nobody else does. */
int run_hold_files(Run *run, Error *error) MUST_CHECK;
/* Refuses to begin anew over a run's files, unless asked to; then its checkpoint goes, lest a run
 * that ends before its own first one be continued from it. */
int run_clear_files(const Run *run, Error *error) MUST_CHECK;
int run_save_checkpoint(Run *run, Error *error) MUST_CHECK;
int run_load_checkpoint(Run *run, Error *error) MUST_CHECK;
/* Writes the model as it stands, with how it came to be in the metadata. */
int run_save_model(const Run *run, const char *path, const Validation *validation,
                   Error *error) MUST_CHECK;
/* Writes this epoch's model and removes the one that is now too old, with --keep. */
int run_keep_model(const Run *run, const Validation *validation, Error *error) MUST_CHECK;
/* The learning curve so far, of a run that was interrupted too. */
int run_draw_curve(const Run *run, Error *error) MUST_CHECK;

/* ---- run_team.c: what the members of a team must agree on ---- */

/* Settles into how many shards a batch is cut, and who takes which. */
int run_share_out(Run *run, Error *error) MUST_CHECK;
/* Refuses members with other data, settings, weights or programs than rank 0. */
int run_compare(const Run *run, Error *error) MUST_CHECK;
/* Takes over from rank 0 what it has read from a checkpoint; `status` is that of reading. */
int run_follow_checkpoint(Run *run, int status, Error *error) MUST_CHECK;

#endif
