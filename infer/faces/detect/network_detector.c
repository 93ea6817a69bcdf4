#include "infer/faces/detect/network_detector.h"

#include "infer/models/shipped.h"
#include "nn/base/array.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The smallest face becomes so many pixels. */
#define SMALLEST_SIDE 20.0f
/* A further copy of the picture is this much smaller. */
#define COPY_STEP 0.25f
/* Copies whose larger side is below this hold no face that the copy before does not. */
#define COPY_LEAST 48
/* Boxes of a copy that overlap more than this are one face. */
#define SAME_FACE 0.35f

enum { MOST = 512, SIDE_LIMIT = 1 << 15 };

struct NetworkDetector {
    BoxNetwork *network;
    Tape *tape;
    uint8_t *pixels;
    float *x;
    size_t capacity; /* pixels that both hold */
    ScoredBox boxes[2 * MOST];
};

NetworkDetector *network_detector_open(const char *path, Error *error) {
    char shipped[SHIPPED_PATH];
    if (!path && shipped_find(SHIPPED_DETECTOR, shipped, error))
        return NULL;
    NetworkDetector *detector = calloc(1, sizeof *detector);
    if (!detector || !(detector->tape = tape_create())) {
        error_memory(error, "a face detector", sizeof *detector);
        network_detector_destroy(detector);
        return NULL;
    }
    detector->network = box_network_load(path ? path : shipped, error);
    if (!detector->network || box_network_fold(detector->network, error)) {
        network_detector_destroy(detector);
        return NULL;
    }
    return detector;
}

void network_detector_destroy(NetworkDetector *detector) {
    if (!detector)
        return;
    box_network_destroy(detector->network);
    tape_destroy(detector->tape);
    free(detector->pixels);
    free(detector->x);
    free(detector);
}

static int reserve(NetworkDetector *detector, size_t count, Error *error) {
    if (count <= detector->capacity)
        return 0;
    if (!ARRAY_RESIZE(detector->pixels, count) || !ARRAY_RESIZE(detector->x, count))
        return error_memory(error, "a picture for the face detector", count * sizeof(float));
    detector->capacity = count;
    return 0;
}

static int padded(int side) {
    return (side + BOX_MULTIPLE - 1) / BOX_MULTIPLE * BOX_MULTIPLE;
}

/* The picture at `scale`, in the upper left of a canvas of black. */
static void lay_out(NetworkDetector *detector, GreyView picture, int width, int height,
                    int canvas_width, int canvas_height) {
    const BoxNetworkInfo *info = box_network_info(detector->network);
    float factor = 1 / (255 * info->std), offset = info->mean / info->std;
    image_resize(picture, detector->pixels, width, height);
    for (int y = 0; y < canvas_height; y++) {
        float *row = detector->x + (size_t)y * (size_t)canvas_width;
        const uint8_t *from = detector->pixels + (size_t)y * (size_t)width;
        for (int x = 0; x < canvas_width; x++)
            row[x] = (x < width && y < height ? (float)from[x] * factor : 0) - offset;
    }
}

/* Looks at one copy; adds boxes in the picture's coordinates behind the `n` that are there. */
static int look(NetworkDetector *detector, GreyView picture, float scale, float score, int n,
                Error *error) {
    int width = (int)lrintf((float)picture.width * scale);
    int height = (int)lrintf((float)picture.height * scale);
    width = width < 1 ? 1 : width;
    height = height < 1 ? 1 : height;
    int canvas_width = padded(width), canvas_height = padded(height);
    if (reserve(detector, (size_t)canvas_width * (size_t)canvas_height, error))
        return -1;
    lay_out(detector, picture, width, height, canvas_width, canvas_height);
    tape_begin(detector->tape, TAPE_EVALUATE, rng_seed(0));
    Tensor *x = tape_input(detector->tape, "picture", shape(1, canvas_height, canvas_width, 1),
                           detector->x);
    const Tensor *values = box_network_forward(detector->network, detector->tape, x);
    if (tape_check(detector->tape, error))
        return -1;
    int found = box_network_decode(values->data, 1, 0, canvas_height, canvas_width, score,
                                   SAME_FACE, detector->boxes + n, MOST);
    float across = (float)picture.width / (float)width,
          down = (float)picture.height / (float)height;
    for (ScoredBox *box = detector->boxes + n; box < detector->boxes + n + found; box++) {
        box->x *= across;
        box->width *= across;
        box->y *= down;
        box->height *= down;
    }
    return n + found;
}

int network_detector_find(NetworkDetector *detector, GreyView picture, int smallest, int largest,
                          float score, const ScoredBox **boxes, Error *error) {
    if (picture.width < 1 || picture.height < 1 || picture.width > SIDE_LIMIT ||
        picture.height > SIDE_LIMIT)
        return error_set(error, "a picture of %d×%d, expected 1×1 to %d×%d", picture.width,
                         picture.height, SIDE_LIMIT, SIDE_LIMIT);
    int larger = picture.width > picture.height ? picture.width : picture.height, n = 0;
    float scale = fminf(1, SMALLEST_SIDE / (float)(smallest > 1 ? smallest : 1));
    for (bool first = true; first || (float)larger * scale >= COPY_LEAST; scale *= COPY_STEP) {
        if (!first && largest > 0 && (float)largest * scale < SMALLEST_SIDE)
            break;
        first = false;
        n = look(detector, picture, scale, score, n, error);
        if (n < 0)
            return -1;
        n = box_suppress(detector->boxes, n, SAME_FACE, MOST);
    }
    int kept = 0;
    for (int i = 0; i < n; i++) {
        float side = sqrtf(detector->boxes[i].width * detector->boxes[i].height);
        if (side >= (float)smallest && (largest < 1 || side <= (float)largest))
            detector->boxes[kept++] = detector->boxes[i];
    }
    *boxes = detector->boxes;
    return kept;
}
