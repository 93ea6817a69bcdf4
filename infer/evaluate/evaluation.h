/* evaluation.h: a face model's answers for the labelled faces of a split, for whoever measures or
 * calibrates. */
#ifndef INFER_EVALUATE_EVALUATION_H
#define INFER_EVALUATE_EVALUATION_H

#include "infer/evaluate/metrics.h"
#include "infer/faces/face_model.h"

typedef struct Evaluation {
    uint32_t count;       /* faces of the split, at least 1 */
    uint32_t *indices;    /* (count) of the faces in the set */
    uint8_t *labels;      /* (count) */
    float *probabilities; /* (count, EMOTION_COUNT) */
    bool *shared;         /* (count): the same pixels occur in another split too */
    FaceSplit split;
    bool unsplit; /* the data named no splits: these are all its faces */
} Evaluation;

enum { EVALUATION_BATCH = 64 };

/* Runs the model over a split of the set, `batch` faces in a pass, with progress on standard error
 * unless quiet. Fails when the split holds no face. Returns what was found (free with
 * evaluation_destroy), which does not need the set any more, or NULL. */
Evaluation *evaluation_run(FaceModel *model, const FaceSet *set, FaceSplit split, FaceViews views,
                           int batch, bool quiet, Error *error);
void evaluation_destroy(Evaluation *evaluation);

/* The split's name, or "all" of data that name none. */
const char *evaluation_split_name(const Evaluation *evaluation);

/* The figures of all faces, and of those whose pixels occur in no other split. */
Metrics evaluation_measure(const Evaluation *evaluation);
int evaluation_measure_unshared(const Evaluation *evaluation, Metrics *metrics,
                                Error *error) MUST_CHECK;

/* Writes a table: a row for each face, with its place among the data's faces (from 0), its label,
 * what the model calls it, whether its pixels occur in another split, and the probabilities. */
int evaluation_write(const Evaluation *evaluation, const char *path, Error *error) MUST_CHECK;

#endif
