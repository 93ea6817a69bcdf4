#include "infer/faces/detect/face_finder.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The least certainty of a box of the network, and of one that is asked for with fewer neighbours
 * than the default: where a face is known to be, one blurred by a blink or a turn is it still. */
#define LEAST_SCORE 0.5f
#define KNOWN_SCORE 0.35f

/* Medians over 1,515 faces that cascade and shipped network both find (400 pictures of helen_train,
 * WIDER's training part): the cascade's square's side over the root of the box's area, and how far
 * its centre lies below the box's, in sides of that square. */
#define SQUARE_SIDE 1.11f
#define SQUARE_DOWN (-0.005f)

/* One kind of detector. */
typedef struct Kind {
    int (*find)(FaceFinder *, GreyView, const DetectorSettings *, const FaceBox **, Error *);
} Kind;

struct FaceFinder {
    const Kind *kind;
    FaceDetector *cascade;
    NetworkDetector *network;
    FaceBox *faces; /* of the network */
    size_t capacity;
};

static int find_by_cascade(FaceFinder *finder, GreyView picture, const DetectorSettings *settings,
                           const FaceBox **faces, Error *error) {
    return face_detector_find(finder->cascade, picture, settings, faces, error);
}

Box face_finder_square(const ScoredBox *box) {
    float side = SQUARE_SIDE * sqrtf(box->width * box->height);
    float x = box->x + 0.5f * box->width, y = box->y + 0.5f * box->height + SQUARE_DOWN * side;
    int pixels = (int)lrintf(side);
    return (Box){(int)lrintf(x - 0.5f * side), (int)lrintf(y - 0.5f * side), pixels, pixels};
}

static int find_by_network(FaceFinder *finder, GreyView picture, const DetectorSettings *settings,
                           const FaceBox **faces, Error *error) {
    const ScoredBox *boxes;
    int smallest = (int)((float)settings->smallest / SQUARE_SIDE);
    int largest = (int)((float)settings->largest / SQUARE_SIDE);
    bool known = settings->neighbours < DETECTOR_DEFAULTS.neighbours;
    int n = network_detector_find(finder->network, picture, smallest, largest,
                                  known ? KNOWN_SCORE : LEAST_SCORE, &boxes, error);
    if (n < 0)
        return -1;
    if ((size_t)n > finder->capacity) {
        FaceBox *larger = realloc(finder->faces, (size_t)n * sizeof *larger);
        if (!larger)
            return error_memory(error, "faces", (size_t)n * sizeof *larger);
        finder->faces = larger;
        finder->capacity = (size_t)n;
    }
    int kept = 0;
    for (int i = 0; i < n; i++) {
        Box square = face_finder_square(&boxes[i]);
        Box visible = box_clip(square, picture.width, picture.height);
        if (visible.width > 0 && visible.height > 0)
            finder->faces[kept++] = (FaceBox){square, (int)lrintf(100 * boxes[i].score)};
    }
    *faces = finder->faces;
    return kept;
}

static const Kind haar = {find_by_cascade}, net = {find_by_network};

const char *face_finder_choose(const char *detector, const char *cascade, Error *error) {
    const char *name = detector ? detector : cascade ? "haar" : FACE_FINDER_DEFAULT;
    if (!cascade || !strcmp(name, "haar"))
        return name;
    error_set(error,
              "the detector '%s' is a network, which uses no cascade; omit %s, or use the "
              "detector haar",
              name, cascade);
    return NULL;
}

FaceFinder *face_finder_open(const char *detector, const char *cascade, Error *error) {
    const char *name = face_finder_choose(detector, cascade, error);
    if (!name)
        return NULL;
    FaceFinder *finder = calloc(1, sizeof *finder);
    if (!finder) {
        error_memory(error, "a face detector", sizeof *finder);
        return NULL;
    }
    finder->kind = strcmp(name, "haar") ? &net : &haar;
    if (finder->kind == &haar)
        finder->cascade = face_detector_open(cascade, error);
    else
        finder->network = network_detector_open(strcmp(name, "net") ? name : NULL, error);
    if (!finder->cascade && !finder->network) {
        if (finder->kind == &net && strcmp(name, "net") != 0)
            error_context(error, "the face detector is net, haar or a file of weights");
        face_finder_destroy(finder);
        return NULL;
    }
    return finder;
}

void face_finder_destroy(FaceFinder *finder) {
    if (!finder)
        return;
    face_detector_destroy(finder->cascade);
    network_detector_destroy(finder->network);
    free(finder->faces);
    free(finder);
}

int face_finder_find(FaceFinder *finder, GreyView picture, const DetectorSettings *settings,
                     const FaceBox **faces, Error *error) {
    return finder->kind->find(finder, picture, settings, faces, error);
}
