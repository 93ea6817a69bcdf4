/* face_model.h: runs trained face networks: from faces to the probabilities of the seven emotions.
 *
 * A FaceModel has one network, or several whose probabilities are averaged, ready for inference:
 * batch norm folded into the convolutions, its own tape, buffers reused from call to call. It
 * prepares the input itself (datasets/faces/face_input.h, with the size and the normalisation of
 * the model file), so that evaluation, pictures and live cannot differ. Not thread-safe (see
 * face_model_share); a call uses OpenMP's threads. */
#ifndef INFER_FACES_FACE_MODEL_H
#define INFER_FACES_FACE_MODEL_H

#include "datasets/faces/face_input.h"
#include "datasets/faces/face_set.h"
#include "nn/models/image_classifier.h"

typedef struct FaceModel FaceModel;

/* Loads the model file, the model files named in `paths` separated by commas, or (NULL) the shipped
 * one. Where no such file is, "face", "face-voted", "mini" and "vgg" are the shipped ones. Fails on
 * anything but an image classifier, and on one whose classes are not the seven emotions, in any
 * order and in any spelling of datasets/faces/emotion.h. Free with face_model_destroy. */
FaceModel *face_model_load(const char *paths, Error *error);
/* A model of this network, of which it takes ownership, even on failure; NULL returns NULL and
 * leaves the error as it is. `name` is for messages. */
FaceModel *face_model_take(ImageClassifier *classifier, const char *name, Error *error);
/* Another model of the same networks, for another thread: only the buffers are separate. The
 * networks live as long as any of the models. */
FaceModel *face_model_share(const FaceModel *model, Error *error);
void face_model_destroy(FaceModel *model);

/* The files it was loaded from. */
const char *face_model_name(const FaceModel *model);

/* Writes the probabilities (n, EMOTION_COUNT), in the order of datasets/faces/emotion.h, of n faces
 * of 48×48 grey pixels each: image_classifier_probabilities, averaged over `views` and networks.
 * All views of all faces are computed in one pass; a call with no more faces than an earlier one
 * allocates nothing. The result does not depend on the number of threads, and that for one face
 * depends on the others only by rounding. */
int face_model_probabilities(FaceModel *model, const uint8_t *const *faces, int n, FaceViews views,
                             float *probabilities, Error *error) MUST_CHECK;

/* The same for one grey face of any size, cropped from a picture. */
int face_model_look(FaceModel *model, GreyView face, FaceViews views,
                    float probabilities[EMOTION_COUNT], Error *error) MUST_CHECK;

#endif
