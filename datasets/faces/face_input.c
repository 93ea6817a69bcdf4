#include "datasets/faces/face_input.h"

#include <math.h>
#include <stdbool.h>

/* How far a corner view moves when the window leaves no room to move in. */
enum { CORNER_SHIFT = 3 };

FaceInput face_input_measure(const FaceSet *set, const uint32_t *indices, uint32_t count) {
    uint64_t sum = 0, squares = 0;
    for (uint32_t i = 0; i < count; i++) {
        const uint8_t *face = face_set_face(set, indices[i]);
        for (int p = 0; p < FACE_PIXELS; p++) {
            sum += face[p];
            squares += (uint64_t)face[p] * face[p];
        }
    }
    double n = (double)count * FACE_PIXELS;
    double mean = count ? (double)sum / n / 255 : 0.5;
    double variance = count ? (double)squares / n / (255 * 255) - mean * mean : 0;
    /* A set of one shade would divide by zero. */
    double deviation = variance > 1e-6 ? sqrt(variance) : 1;
    return (FaceInput){.side = FACE_SIDE, .mean = (float)mean, .deviation = (float)deviation};
}

void face_input_normalise(const FaceInput *input, float *x, int count) {
    float scale = 1 / (255 * input->deviation), offset = -input->mean / input->deviation;
    for (int i = 0; i < count; i++)
        x[i] = x[i] * scale + offset;
}

void face_input_restore(const FaceInput *input, const float *x, int count, uint8_t *pixels) {
    for (int i = 0; i < count; i++) {
        float value = 255 * (x[i] * input->deviation + input->mean);
        pixels[i] = (uint8_t)lrintf(fminf(fmaxf(value, 0), 255));
    }
}

static int clamp(int value) {
    return value < 0 ? 0 : value >= FACE_SIDE ? FACE_SIDE - 1 : value;
}

/* Looks at the face through the window that starts at (left, top). */
static void look(const FaceInput *input, const uint8_t *face, int left, int top, bool mirrored,
                 float *x) {
    int side = input->side;
    for (int row = 0; row < side; row++)
        for (int column = 0; column < side; column++) {
            int from = mirrored ? side - 1 - column : column;
            x[row * side + column] = face[clamp(top + row) * FACE_SIDE + clamp(left + from)];
        }
    face_input_normalise(input, x, side * side);
}

void face_input_fit(GreyView face, uint8_t *pixels) {
    image_resize(face, pixels, FACE_SIDE, FACE_SIDE);
}

int face_views_count(FaceViews views) {
    return views == FACE_VIEWS_TEN ? 10 : views == FACE_VIEWS_FLIP ? 2 : 1;
}

void face_input_views(const FaceInput *input, FaceViews views, const uint8_t *face, float *x) {
    static const int directions[5][2] = {{0, 0}, {-1, -1}, {1, -1}, {-1, 1}, {1, 1}};
    int room = FACE_SIDE - input->side;
    int centre = room / 2, shift = room ? room - centre : CORNER_SHIFT;
    int mirrors = views == FACE_VIEWS_ONE ? 1 : 2;
    for (int view = 0; view < face_views_count(views); view++) {
        const int *direction = directions[view / mirrors];
        look(input, face, centre + direction[0] * shift, centre + direction[1] * shift,
             view % mirrors, x + (size_t)view * (size_t)(input->side * input->side));
    }
}
