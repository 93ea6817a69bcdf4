#include "infer/faces/detect/network_detector.h"

#include "datasets/detection/landmarks68.h"
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

/* Candidates that share a pass of the network. */
enum { LOOKS_AT_ONCE = 8 };

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
    if (!(path = shipped_or(path, SHIPPED_DETECTOR, shipped, error)))
        return NULL;
    NetworkDetector *detector = calloc(1, sizeof *detector);
    if (!detector || !(detector->tape = tape_create())) {
        error_memory(error, "a face detector", sizeof *detector);
        network_detector_destroy(detector);
        return NULL;
    }
    detector->network = box_network_load(path, error);
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
static void lay_out(const NetworkDetector *detector, const uint8_t *pixels, int width, int height,
                    int canvas_width, int canvas_height, float *to) {
    const BoxNetworkInfo *info = box_network_info(detector->network);
    float factor = 1 / (255 * info->std), offset = info->mean / info->std;
    for (int y = 0; y < canvas_height; y++) {
        float *row = to + (size_t)y * (size_t)canvas_width;
        int filled = y < height ? width : 0;
        for (int x = 0; x < filled; x++)
            row[x] = (float)pixels[(size_t)y * (size_t)width + (size_t)x] * factor - offset;
        for (int x = filled; x < canvas_width; x++)
            row[x] = -offset;
    }
}

/* Runs the network on the n canvases; returns its values, or NULL. */
static const Tensor *run(NetworkDetector *detector, int n, int width, int height, Error *error) {
    tape_begin(detector->tape, TAPE_EVALUATE, rng_seed(0));
    Tensor *x = tape_input(detector->tape, "picture", shape(n, height, width, 1), detector->x);
    const Tensor *values = box_network_forward(detector->network, detector->tape, x);
    if (tape_check(detector->tape, error))
        return NULL;
    if (first_not_finite(values->data, tensor_count(values)) < 0)
        return values;
    error_set(error, "the detector's output is not finite; its weights are damaged");
    return NULL;
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
    lay_out(detector, detector->pixels, width, height, canvas_width, canvas_height, detector->x);
    const Tensor *values = run(detector, 1, canvas_width, canvas_height, error);
    if (!values)
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

static float logit(float score) {
    score = fminf(fmaxf(score, 1e-4f), 1 - 1e-4f);
    return logf(score / (1 - score));
}

/* A candidate's surroundings, drawn so that it covers `face` pixels of a window of that side. */
static FaceWindow closer_window(const ScoredBox *box, float face, int side) {
    return (FaceWindow){.x = box->x + 0.5f * box->width,
                        .y = box->y + 0.5f * box->height,
                        .side = sqrtf(box->width * box->height) / face * (float)side};
}

/* The box in the `index`-th of n windows that stands for the candidate, in the picture's
 * coordinates; one with a score of CLOSER_SCORE where there is none. */
static ScoredBox seen_in_window(const Tensor *values, int n, int index, const FaceWindow *window,
                                int side, const ScoredBox *candidate) {
    ScoredBox found[MOST];
    int n_found = box_network_decode(values->data, n, index, side, side, CLOSER_SCORE, SAME_FACE,
                                     found, MOST);
    float scale = window->side / (float)side;
    float left = window->x - 0.5f * window->side, top = window->y - 0.5f * window->side;
    for (int i = 0; i < n_found; i++) {
        ScoredBox seen = {left + scale * found[i].x, top + scale * found[i].y,
                          scale * found[i].width, scale * found[i].height, found[i].score};
        if (scored_box_overlap(&seen, candidate) > CLOSER_OVERLAP)
            return seen;
    }
    return (ScoredBox){.score = CLOSER_SCORE};
}

/* Looks at the surroundings of n candidates, at most LOOKS_AT_ONCE, in one pass. */
static int look_closer(NetworkDetector *detector, GreyView picture, const ScoredBox *candidates,
                       int n, float face, int side, ScoredBox *seen, Error *error) {
    size_t size = (size_t)side * (size_t)side;
    if (reserve(detector, (size_t)n * size, error))
        return -1;
    FaceWindow windows[LOOKS_AT_ONCE];
#pragma omp parallel for if (n > 1)
    for (int i = 0; i < n; i++) {
        uint8_t *pixels = detector->pixels + (size_t)i * size;
        windows[i] = closer_window(&candidates[i], face, side);
        face_window_draw(&windows[i], picture, side, pixels);
        lay_out(detector, pixels, side, side, side, side, detector->x + (size_t)i * size);
    }
    const Tensor *values = run(detector, n, side, side, error);
    for (int i = 0; values && i < n; i++)
        seen[i] = seen_in_window(values, n, i, &windows[i], side, &candidates[i]);
    return values ? 0 : -1;
}

/* Looks at n candidates, at most LOOKS_AT_ONCE, again at other sizes: their boxes become the means
 * of those seen, their scores the means of all scores (of their logits). */
static int confirm(NetworkDetector *detector, GreyView picture, ScoredBox *candidates, int n,
                   Error *error) {
    ScoredBox seen[CLOSER_LOOKS][LOOKS_AT_ONCE];
    for (int look = 0; look < CLOSER_LOOKS; look++)
        if (look_closer(detector, picture, candidates, n, closer_looks[look].face,
                        closer_looks[look].side, seen[look], error))
            return -1;
    for (int i = 0; i < n; i++) {
        ScoredBox sum = candidates[i];
        float logits = logit(sum.score), count = 1;
        for (int look = 0; look < CLOSER_LOOKS; look++) {
            const ScoredBox *closer = &seen[look][i];
            logits += logit(closer->score);
            if (closer->score <= CLOSER_SCORE)
                continue;
            sum = (ScoredBox){sum.x + closer->x, sum.y + closer->y, sum.width + closer->width,
                              sum.height + closer->height, 0};
            count++;
        }
        candidates[i] =
            (ScoredBox){sum.x / count, sum.y / count, sum.width / count, sum.height / count,
                        1 / (1 + expf(-logits / (1 + CLOSER_LOOKS)))};
    }
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
    int candidates = 0;
    while (candidates < n && detector->boxes[candidates].score >= CANDIDATE_SCORE)
        candidates++;
    for (int i = 0; i < candidates; i += LOOKS_AT_ONCE)
        if (confirm(detector, picture, detector->boxes + i,
                    candidates - i < LOOKS_AT_ONCE ? candidates - i : LOOKS_AT_ONCE, error))
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
