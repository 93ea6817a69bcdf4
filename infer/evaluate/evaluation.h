/* evaluation.h: a face model's answers for the labelled faces of a split, for whoever measures or
 * calibrates. */
#ifndef INFER_EVALUATE_EVALUATION_H
#define INFER_EVALUATE_EVALUATION_H

#include "infer/evaluate/metrics.h"
#include "infer/faces/face_model.h"
#include "nn/base/options.h"

/* Which faces, and how they are looked at. A command lets its user say so. */
typedef struct EvaluationSettings {
    const char *data;  /* as face_load takes it */
    const char *split; /* as face_split_from_name takes it */
    bool skip_bad;
    uint64_t seed;   /* of the synthetic faces */
    int batch;       /* faces in a pass */
    FaceViews views; /* not among the options */
} EvaluationSettings;

extern const EvaluationSettings evaluation_defaults;

/* The rows of a command's option table for an EvaluationSettings `field` in its settings struct S.
 */
#define EVALUATION_OPTIONS(S, field)                                                               \
    OPTION_STRING(S, field.data, "data", 'd', "FILE_OR_DIR",                                       \
                  "fer2013.csv, plain or .gz, a folder of pictures by class, or 'synthetic'"),     \
        OPTION_STRING(S, field.split, "split", 0, "NAME", "Training, PublicTest or PrivateTest"),  \
        OPTION_FLAG(S, field.skip_bad, "skip-bad",                                                 \
                    "leave out bad rows or files and say how many"),                               \
        OPTION_INTEGER(S, field.batch, "batch", "N", 1, 4096, "faces in a pass"),                  \
        OPTION_SEED(S, field.seed, "seed", "seed of the synthetic faces")

/* Tells on standard error what the user has said wrong, and returns false; true when all is well.
 */
bool evaluation_settings_check(const EvaluationSettings *settings, const Usage *usage);

typedef struct Evaluation {
    uint32_t count;       /* faces of the split, at least 1 */
    uint8_t *labels;      /* (count) */
    float *probabilities; /* (count, EMOTION_COUNT) */
    bool *shared;         /* (count): the same pixels occur in another split too */
    FaceSplit split;
    bool unsplit; /* the data named no splits: these are all its faces */
} Evaluation;

/* Loads the data and runs the model over the split, with progress and the number of rows left out
 * on standard error unless quiet. Fails when the split holds no face. Returns what was found (free
 * with evaluation_destroy), or NULL. */
Evaluation *evaluation_run(FaceModel *model, const EvaluationSettings *settings, bool quiet,
                           Error *error);
void evaluation_destroy(Evaluation *evaluation);

/* The split's name, or "all" of data that name none. */
const char *evaluation_split_name(const Evaluation *evaluation);

/* The figures of all faces, and of those whose pixels occur in no other split. */
Metrics evaluation_measure(const Evaluation *evaluation);
int evaluation_measure_unshared(const Evaluation *evaluation, Metrics *metrics,
                                Error *error) MUST_CHECK;

#endif
