/* shipped.h: finds the weights shipped with the program. */
#ifndef INFER_MODELS_SHIPPED_H
#define INFER_MODELS_SHIPPED_H

#include "nn/base/error.h"

enum { SHIPPED_PATH = 4096 };

typedef enum ShippedModel {
    SHIPPED_FACE,       /* infer/models/face.safetensors */
    SHIPPED_FACE_VOTED, /* infer/models/face-voted.safetensors */
    SHIPPED_MINI,       /* infer/models/mini.safetensors */
    SHIPPED_VGG,        /* infer/models/vgg.safetensors */
    SHIPPED_DETECTOR,   /* infer/models/detector.safetensors */
    SHIPPED_LANDMARKS,  /* infer/models/landmarks.safetensors */
    SHIPPED_MUSIC,      /* compose/models/music.safetensors */
    SHIPPED_LEAD,       /* compose/models/lead.safetensors */
    SHIPPED_MOOD,       /* compose/models/mood.safetensors */
} ShippedModel;

/* Writes the path of a shipped model. When the environment variable AFFEKT_MODELS is set, only that
 * directory is searched; otherwise, in the directories above the program, the source tree
 * (infer/models, compose/models) and the destination of `make install` (share/affekt/models).
 * Fails, naming the places searched, when the model is in none of them. */
int shipped_find(ShippedModel model, char path[SHIPPED_PATH], Error *error) MUST_CHECK;

/* The given path, or where it is NULL a shipped model's, written to `found`; NULL on failure. */
const char *shipped_or(const char *path, ShippedModel model, char found[SHIPPED_PATH],
                       Error *error);

#endif
