/* lead_task.h: the training task of lead sheets.
 *
 * The sheets of an epoch, shuffled, are concatenated and cut into B streams; a batch is the next T
 * tokens of all of them, and the state is carried from batch to batch. */
#ifndef TRAIN_TASKS_LEAD_TASK_H
#define TRAIN_TASKS_LEAD_TASK_H

#include "datasets/corpus/lead_corpus.h"
#include "nn/models/sequence_lstm.h"
#include "train/loop/trainer.h"

typedef struct LeadTaskSettings {
    int embedding, hidden, layers;
    float dropout;
    const char *start;  /* a model file to start from, or NULL for fresh weights */
    int steps, streams; /* T and B of a batch */
    uint64_t seed;
    float forget_condition, forget_style; /* share of sheets whose emotion or style is hidden */
    const float *corpus_weights;          /* how often an epoch takes a corpus' sheets, or NULL */
} LeadTaskSettings;

typedef struct LeadTask LeadTask;

/* Builds the network; validates on the corpus' validation split. The corpus must outlive the task.
 */
LeadTask *lead_task_create(const LeadCorpus *corpus, const LeadTaskSettings *settings,
                           Error *error);
void lead_task_destroy(LeadTask *task);

TrainTask lead_task_describe(LeadTask *task);
SequenceLstm *lead_task_model(const LeadTask *task);

#endif
