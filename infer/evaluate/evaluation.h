/* evaluation.h: a face model's predictions for the labelled faces of a split, for evaluation and
 * calibration. */
#ifndef INFER_EVALUATE_EVALUATION_H
#define INFER_EVALUATE_EVALUATION_H

#include "datasets/faces/face_votes.h"
#include "infer/evaluate/metrics.h"
#include "infer/faces/face_model.h"

typedef struct Evaluation {
    uint32_t count;       /* faces of the split that are judged, at least 1 */
    uint32_t *indices;    /* (count) of the faces in the set */
    uint8_t *labels;      /* (count) */
    float *probabilities; /* (count, EMOTION_COUNT) */
    bool *shared;         /* (count): the same pixels occur in another split too */
    FaceSplit split;
    bool unsplit; /* the data has no named splits: these are all its faces */
} Evaluation;

enum { EVALUATION_BATCH = 64 };

/* Runs the model over a split of the set, `batch` faces per pass, with progress on standard error
 * unless quiet. Fails when the split has no faces. Returns the predictions (free with
 * evaluation_destroy), which no longer need the set, or NULL. */
Evaluation *evaluation_run(FaceModel *model, const FaceSet *set, FaceSplit split, FaceViews views,
                           int batch, bool quiet, Error *error);
void evaluation_destroy(Evaluation *evaluation);

/* Takes the voters' majority for the label of each face, and leaves out those without a majority
 * for an emotion. Fails when none is left. */
int evaluation_judge_by_votes(Evaluation *evaluation, const FaceVotes *votes,
                              Error *error) MUST_CHECK;

/* The split's name, or "all" for data without named splits. */
const char *evaluation_split_name(const Evaluation *evaluation);

/* The metrics of all faces, and of those whose pixels occur in no other split. */
Metrics evaluation_measure(const Evaluation *evaluation);
int evaluation_measure_unshared(const Evaluation *evaluation, Metrics *metrics,
                                Error *error) MUST_CHECK;

/* Writes a table: a row for each face, with its index in the data (from 0), its label, the
 * prediction, whether its pixels occur in another split, and the probabilities. */
int evaluation_write(const Evaluation *evaluation, const char *path, Error *error) MUST_CHECK;

#endif
