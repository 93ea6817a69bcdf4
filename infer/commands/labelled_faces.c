#include "infer/commands/labelled_faces.h"

#include "datasets/faces/face_load.h"

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

Evaluation *labelled_faces_evaluate(const LabelledFaces *faces, FaceModel *model, FaceViews views,
                                    bool quiet, Error *error) {
    FaceSplit split = (FaceSplit)face_split_from_name(faces->split);
    FaceLoadOptions options = {.skip_bad = faces->skip_bad,
                               .list_bad = faces->list_bad,
                               .unsplit = split,
                               .seed = faces->seed};
    FaceSet *set = face_load(faces->data, options, error);
    if (!set)
        return NULL;
    if (set->skipped && !quiet)
        fprintf(stderr, "%s: %u bad rows or files skipped\n", faces->data, set->skipped);
    Evaluation *evaluation = evaluation_run(model, set, split, views, faces->batch, quiet, error);
    if (!evaluation)
        error_context(error, "%s", faces->data);
    face_set_destroy(set);
    return evaluation;
}
