/* mood_fit.h: fits a mood model (infer/music/mood_model.h) to rated songs, and scores it on unseen
 * songs. The solution is in closed form: there are no epochs. */
#ifndef TRAIN_TASKS_MOOD_FIT_H
#define TRAIN_TASKS_MOOD_FIT_H

#include "datasets/corpus/mood_table.h"
#include "nn/models/kernel_regression.h"

enum { MOOD_FOLDS = 5 };

/* Five folds that keep songs whole: each song is estimated by a regression fitted to the others. */
int mood_folds(const MoodTable *table, KernelRegressionSettings settings,
               MoodScore scores[MOOD_AXES], Error *error) MUST_CHECK;

typedef struct MoodFit {
    const MoodTable *notes, *sound; /* NULL or empty: the model does not know that source */
    KernelRegressionSettings notes_settings, sound_settings;
    MoodScores scores; /* results */
    const char *data;  /* for the metadata */
} MoodFit;

/* Fits, scores by folds, and writes the model. */
int mood_fit(MoodFit *fit, const char *out, Error *error) MUST_CHECK;

#endif
