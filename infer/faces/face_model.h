/* face_model.h: from faces to the probabilities of the seven emotions; what everything that runs
 * a trained face network runs.
 *
 * A FaceModel holds one network, or several whose probabilities are averaged, ready for inference:
 * batch norm folded into the convolutions, a tape of its own, buffers that are kept from call to
 * call. It prepares the input itself (datasets/faces/face_input.h, with the size and the
 * normalisation of the model file), so that evaluation, pictures and live cannot differ. Not for
 * several threads at once (face_model_share); the work inside of a call is spread over OpenMP's
 * threads. */
#ifndef INFER_FACES_FACE_MODEL_H
#define INFER_FACES_FACE_MODEL_H

#include "datasets/faces/face_input.h"
#include "datasets/faces/face_set.h"
#include "nn/models/image_classifier.h"

typedef struct FaceModel FaceModel;

/* Loads the model file, the model files whose names stand in `paths` separated by commas, or (NULL)
 * the shipped one. Fails on what is no image classifier, and on one whose classes are not the seven
 * emotions; their order and spelling may be any that datasets/faces/emotion.h knows. Free with
 * face_model_destroy. */
FaceModel *face_model_load(const char *paths, Error *error);
/* A model of this one network, which it takes over, or destroys where it fails; NULL fails without
 * a word. `name` is for messages. */
FaceModel *face_model_take(ImageClassifier *classifier, const char *name, Error *error);
/* Another model of the same networks, for another thread: it has only its own buffers. The networks
 * stay as long as one of the models is there. */
FaceModel *face_model_share(const FaceModel *model, Error *error);
void face_model_destroy(FaceModel *model);

/* What it was loaded from, and how many networks it averages. */
const char *face_model_name(const FaceModel *model);
int face_model_networks(const FaceModel *model);

/* Writes the probabilities (n, EMOTION_COUNT), in the order of datasets/faces/emotion.h, of n faces
 * of 48×48 grey pixels each: softmax(logits / temperature), averaged over `views` and networks. All
 * faces, views and all, are computed in one pass; a call with no more faces than an earlier one
 * allocates nothing. The result does not depend on the number of threads, and that for a face not
 * on the others beyond rounding. */
int face_model_probabilities(FaceModel *model, const uint8_t *const *faces, int n, FaceViews views,
                             float *probabilities, Error *error) MUST_CHECK;

/* The same for one grey face of any size, cut out of a picture; a single view. */
int face_model_look(FaceModel *model, GreyView face, float probabilities[EMOTION_COUNT],
                    Error *error) MUST_CHECK;

#endif
