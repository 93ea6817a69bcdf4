/* training_log.h: the CSV beside the model: settings as comment lines, then one row an epoch. */
#ifndef TRAIN_LOOP_TRAINING_LOG_H
#define TRAIN_LOOP_TRAINING_LOG_H

#include "nn/base/error.h"

#include <jansson.h>

typedef struct TrainingLogRow {
    int epoch; /* from 1 */
    long long step;
    double loss, accuracy;                       /* over the epoch's training batches */
    double validation_loss, validation_accuracy; /* after it */
    double score;
    double learning_rate; /* of its last step */
    double seconds;       /* since the start of the run */
} TrainingLogRow;

/* Writes the log anew: settings and head line; with `epochs_done` > 0 the rows of those epochs of
 * the old log stay (a run that was killed may have logged more than its checkpoint knows). */
int training_log_start(const char *path, const json_t *settings, int epochs_done,
                       Error *error) MUST_CHECK;

/* Appends a row. */
int training_log_append(const char *path, const TrainingLogRow *row, Error *error) MUST_CHECK;

#endif
