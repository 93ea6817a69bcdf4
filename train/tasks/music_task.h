/* music_task.h: the training task of the music network. */
#ifndef TRAIN_TASKS_MUSIC_TASK_H
#define TRAIN_TASKS_MUSIC_TASK_H

#include "datasets/corpus/music_batch.h"
#include "nn/models/sequence_lstm.h"
#include "train/loop/trainer.h"

typedef struct MusicTaskSettings {
    int embedding, hidden, layers;
    float dropout;
    int steps, streams; /* T and B of a batch */
    uint64_t seed;
    bool labelled_only;          /* train only on pieces of known emotion (fine-tuning) */
    bool transpose;              /* draw each piece's key at random */
    float tempo_range;           /* vary tempo by 2^-r … 2^r */
    float forget_condition;      /* share of pieces whose emotion is hidden, so that guidance has an
                                    unconditional model to push away from (Ho and Salimans 2022) */
    float forget_genre;          /* the same for the genre */
    const float *corpus_weights; /* (n_corpora) or NULL */
    const char *start;           /* a model file to start from, or NULL for fresh weights */
} MusicTaskSettings;

typedef struct MusicTask MusicTask;

/* Builds the network for the corpus; validates on its validation split. The corpus must outlive the
 * task. */
MusicTask *music_task_create(const MusicCorpus *corpus, const MusicTaskSettings *settings,
                             Error *error);
void music_task_destroy(MusicTask *task);

TrainTask music_task_describe(MusicTask *task);
SequenceLstm *music_task_model(const MusicTask *task);
int music_task_training_pieces(const MusicTask *task);
int music_task_validation_pieces(const MusicTask *task);

#endif
