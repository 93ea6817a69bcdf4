/* labelled_faces.h: options for labelled faces, and loading them. */
#ifndef INFER_COMMANDS_LABELLED_FACES_H
#define INFER_COMMANDS_LABELLED_FACES_H

#include "datasets/faces/face_set.h"
#include "infer/evaluate/evaluation.h"
#include "nn/command_line/options.h"

typedef struct LabelledFaces {
    const char *data;  /* as for face_load */
    const char *split; /* as for face_split_from_name */
    const char *votes; /* as for face_votes_load, or NULL */
    bool skip_bad;
    bool numbered; /* faces are told by their numbers, which skipped rows would shift */
    const char *list_bad;
    uint64_t seed; /* of the synthetic faces */
    int batch;     /* faces per pass */
} LabelledFaces;

static const LabelledFaces LABELLED_FACES_DEFAULTS = {.split = "PrivateTest",
                                                      .batch = EVALUATION_BATCH};

/* The rows of a command's option table for a LabelledFaces `field` in its settings struct S. */
#define LABELLED_FACES_OPTIONS(S, field)                                                           \
    OPTION_INPUT(S, field.data, "data", 'd', "FILE_OR_DIR",                                        \
                 "fer2013.csv, plain or .gz, a folder of pictures by class, or 'synthetic'"),      \
        OPTION_STRING(S, field.split, "split", 0, "NAME", "Training, PublicTest or PrivateTest"),  \
        OPTION_INPUT(                                                                              \
            S, field.votes, "votes", 0, "FILE.csv",                                                \
            "judge by the majority of several people's votes per face (FER+) instead of by "       \
            "the label; faces without a majority for an emotion are left out"),                    \
        OPTION_FLAG(S, field.skip_bad, "skip-bad", "skip bad rows or files, and count them"),      \
        OPTION_OUTPUT(S, field.list_bad, "list-bad", 0, "FILE",                                    \
                      "list all bad rows or files, and what is wrong with each, in this file"),    \
        OPTION_INTEGER(S, field.batch, "batch", "N", 1, 4096, "faces in a pass"),                  \
        OPTION_SEED(S, field.seed, "seed", "seed of the synthetic faces")

/* Whether the options are valid; reports on standard error what is wrong with them. */
bool labelled_faces_check(const LabelledFaces *faces, const Usage *usage);

/* Loads the data and runs the model over its split (evaluation_run; evaluation_judge_by_votes),
 * with notes on standard error unless quiet. */
Evaluation *labelled_faces_evaluate(const LabelledFaces *faces, FaceModel *model, FaceViews views,
                                    bool quiet, Error *error);

#endif
