#include "infer/commands/labelled_faces.h"

#include "datasets/faces/face_load.h"
#include "nn/base/plain_text.h"

#include <stdio.h>

bool labelled_faces_check(const LabelledFaces *faces, const Usage *usage) {
    if (!faces->data) {
        options_wrong(usage, "--data is missing: labelled faces");
        return false;
    }
    if (face_split_from_name(faces->split) < 0) {
        options_wrong(usage, "--split: there is no '%s'; choose from %s, %s, %s", faces->split,
                      face_split_name(0), face_split_name(1), face_split_name(2));
        return false;
    }
    return true;
}

/* The evaluation of the set, or NULL. */
static Evaluation *evaluate(const LabelledFaces *faces, const FaceSet *set, FaceModel *model,
                            FaceViews views, bool quiet, Error *error) {
    FaceVotes *votes = faces->votes ? face_votes_load(faces->votes, set, error) : NULL;
    if (faces->votes && !votes)
        return NULL;
    FaceSplit split = (FaceSplit)face_split_from_name(faces->split);
    Evaluation *evaluation = evaluation_run(model, set, split, views, faces->batch, quiet, error);
    uint32_t all = evaluation ? evaluation->count : 0;
    bool judged = evaluation && (!votes || !evaluation_judge_by_votes(evaluation, votes, error));
    face_votes_destroy(votes);
    PlainText name;
    if (judged && evaluation->count < all && !quiet)
        fprintf(stderr, "%s: %u of %u faces left out, without a majority for an emotion\n",
                plain_text(faces->votes, &name), all - evaluation->count, all);
    if (judged)
        return evaluation;
    error_context(error, "%s", faces->data);
    evaluation_destroy(evaluation);
    return NULL;
}

Evaluation *labelled_faces_evaluate(const LabelledFaces *faces, FaceModel *model, FaceViews views,
                                    bool quiet, Error *error) {
    FaceLoadOptions options = {.skip_bad = faces->skip_bad,
                               .list_bad = faces->list_bad,
                               .unsplit = (FaceSplit)face_split_from_name(faces->split),
                               .seed = faces->seed};
    FaceSet *set = face_load(faces->data, options, error);
    if (!set)
        return NULL;
    PlainText name;
    if (set->skipped && !quiet)
        fprintf(stderr, "%s: %u bad rows or files skipped\n", plain_text(faces->data, &name),
                set->skipped);
    Evaluation *evaluation = NULL;
    if (set->skipped && faces->numbered)
        error_set(error,
                  "%s: where bad rows or files are skipped, a face's number in --predictions would "
                  "not be its row's: mend the data first (--list-bad)",
                  faces->data);
    else
        evaluation = evaluate(faces, set, model, views, quiet, error);
    face_set_destroy(set);
    return evaluation;
}
