/* training_log.h: the CSV beside the model: a header line, then a row for each epoch. */
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

/* Starts a new log; with `epochs_done` > 0 it keeps the old log's rows of those epochs (a killed
 * run may have logged more than its checkpoint covers). Fails where the file exists and is not a
 * log: it may be the user's data. */
int training_log_start(const char *path, int epochs_done, Error *error) MUST_CHECK;

/* Appends a row. */
int training_log_append(const char *path, const TrainingLogRow *row, Error *error) MUST_CHECK;

#endif
