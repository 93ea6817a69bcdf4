#include "infer/faces/detect/network_detector.h"

#include "datasets/faces/landmarks68.h"
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

/* Candidates of at least this score are looked at again … */
#define CANDIDATE_SCORE 0.2f
/* … where they cover this many pixels of a window of that side. */
static const struct {
    float face;
    int side;
} closer_looks[] = {{26, 64}, {52, 128}};
enum { CLOSER_LOOKS = sizeof closer_looks / sizeof *closer_looks };
/* A closer look confirms a candidate by a box that overlaps it more than this; the lowest score of
 * such a box, and what a look without one counts as. */
#define CLOSER_OVERLAP 0.35f
#define CLOSER_SCORE   0.01f

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

/* The pixels, width × height, as the network's input, in the upper left of a canvas of black. */
static void lay_out(NetworkDetector *detector, int width, int height, int canvas_width,
                    int canvas_height) {
    const BoxNetworkInfo *info = box_network_info(detector->network);
    float factor = 1 / (255 * info->std), offset = info->mean / info->std;
    for (int y = 0; y < canvas_height; y++) {
        float *row = detector->x + (size_t)y * (size_t)canvas_width;
        const uint8_t *from = detector->pixels + (size_t)y * (size_t)width;
        for (int x = 0; x < canvas_width; x++)
            row[x] = (x < width && y < height ? (float)from[x] * factor : 0) - offset;
    }
}

/* Runs the network on the canvas; writes boxes of at least `score` in its coordinates, best first.
 * Returns how many, or -1. */
static int run(NetworkDetector *detector, int width, int height, float score, ScoredBox *boxes,
               Error *error) {
    tape_begin(detector->tape, TAPE_EVALUATE, rng_seed(0));
    Tensor *x = tape_input(detector->tape, "picture", shape(1, height, width, 1), detector->x);
    const Tensor *values = box_network_forward(detector->network, detector->tape, x);
    if (tape_check(detector->tape, error))
        return -1;
    return box_network_decode(values->data, 1, 0, height, width, score, SAME_FACE, boxes, MOST);
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
    image_resize(picture, detector->pixels, width, height);
    lay_out(detector, width, height, canvas_width, canvas_height);
    int found = run(detector, canvas_width, canvas_height, score, detector->boxes + n, error);
    if (found < 0)
        return -1;
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

static float logit(float score) {
    score = fminf(fmaxf(score, 1e-4f), 1 - 1e-4f);
    return logf(score / (1 - score));
}

/* Looks at the box's surroundings, drawn so that it covers `face` pixels of `side`. Returns the
 * score of the box that is found there in its place, which goes to `*seen` in the picture's
 * coordinates; CLOSER_SCORE when there is none, -1 on failure. */
static float look_closer(NetworkDetector *detector, GreyView picture, const ScoredBox *box,
                         float face, int side, ScoredBox *seen, Error *error) {
    float scale = sqrtf(box->width * box->height) / face;
    FaceWindow window = {.x = box->x + 0.5f * box->width,
                         .y = box->y + 0.5f * box->height,
                         .side = scale * (float)side};
    if (reserve(detector, (size_t)side * (size_t)side, error))
        return -1;
    face_window_draw(&window, picture, side, detector->pixels);
    lay_out(detector, side, side, side, side);
    ScoredBox found[MOST];
    int n = run(detector, side, side, CLOSER_SCORE, found, error);
    float left = window.x - 0.5f * window.side, top = window.y - 0.5f * window.side;
    for (int i = 0; i < n; i++) {
        *seen = (ScoredBox){left + scale * found[i].x, top + scale * found[i].y,
                            scale * found[i].width, scale * found[i].height, found[i].score};
        if (scored_box_overlap(seen, box) > CLOSER_OVERLAP)
            return seen->score;
    }
    return n < 0 ? -1 : CLOSER_SCORE;
}

/* Looks at a candidate again at other sizes: its box becomes the mean of those seen, its score the
 * mean of all scores (of their logits). */
static int confirm(NetworkDetector *detector, GreyView picture, ScoredBox *box, Error *error) {
    ScoredBox sum = *box;
    float logits = logit(box->score);
    int seen = 1;
    for (int i = 0; i < CLOSER_LOOKS; i++) {
        ScoredBox closer;
        float score = look_closer(detector, picture, box, closer_looks[i].face,
                                  closer_looks[i].side, &closer, error);
        if (score < 0)
            return -1;
        logits += logit(score);
        if (score <= CLOSER_SCORE)
            continue;
        sum = (ScoredBox){sum.x + closer.x, sum.y + closer.y, sum.width + closer.width,
                          sum.height + closer.height, 0};
        seen++;
    }
    float part = 1 / (float)seen;
    *box = (ScoredBox){sum.x * part, sum.y * part, sum.width * part, sum.height * part,
                       1 / (1 + expf(-logits / (1 + CLOSER_LOOKS)))};
    return 0;
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
        n = look(detector, picture, scale, fminf(score, CANDIDATE_SCORE), n, error);
        if (n < 0)
            return -1;
        n = box_suppress(detector->boxes, n, SAME_FACE, MOST);
    }
    for (int i = 0; i < n && detector->boxes[i].score >= CANDIDATE_SCORE; i++)
        if (confirm(detector, picture, &detector->boxes[i], error))
            return -1;
    n = box_suppress(detector->boxes, n, SAME_FACE, MOST);
    int kept = 0;
    for (int i = 0; i < n; i++) {
        float side = sqrtf(detector->boxes[i].width * detector->boxes[i].height);
        if (detector->boxes[i].score >= score && side >= (float)smallest &&
            (largest < 1 || side <= (float)largest))
            detector->boxes[kept++] = detector->boxes[i];
    }
    *boxes = detector->boxes;
    return kept;
}
