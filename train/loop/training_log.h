/* training_log.h: the CSV beside the model: a head line, then a row for each epoch. */
#ifndef TRAIN_LOOP_TRAINING_LOG_H
#define TRAIN_LOOP_TRAINING_LOG_H

#include "nn/base/error.h"

typedef struct TrainingLogRow {
    int epoch; /* from 1 */
    long long step;
    double loss, accuracy;                       /* over the epoch's training batches */
    double validation_loss, validation_accuracy; /* after it */
    double score;
    double learning_rate; /* of its last step */
    double seconds;       /* since the start of the run */
} TrainingLogRow;

/* Writes the log anew; with `epochs_done` > 0 the rows of those epochs of the old log stay (a run
 * that was killed may have logged more than its checkpoint knows). Fails where the file is there
 * and is no log: a table of somebody's, perhaps the very data. */
int training_log_start(const char *path, int epochs_done, Error *error) MUST_CHECK;

/* Appends a row. */
int training_log_append(const char *path, const TrainingLogRow *row, Error *error) MUST_CHECK;

#endif
