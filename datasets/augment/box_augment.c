#include "datasets/augment/box_augment.h"

#include <math.h>
#include <string.h>

/* What the draws are for: indices into the window's stream. */
enum {
    FACE,
    SIZE,
    SPREAD,
    ANGLE,
    FLIP,
    PLACE_X,
    PLACE_Y,
    EMPTY,
    LIGHT,
    CONTRAST,
    BRIGHTNESS,
    GAMMA,
    DARK,
    DARKNESS,
    BLUR
};

/* picture position = centre + matrix · (window position - middle) */
typedef struct Mapping {
    float centre_x, centre_y, matrix[4];
    float scale, turn; /* picture pixels per window pixel, radians */
    bool mirrored;
} Mapping;

static int choose_face(const BoxPicture *picture, Rng rng) {
    int candidates = 0, chosen = -1;
    for (int i = 0; i < picture->n_boxes; i++)
        candidates += !picture->boxes[i].ignored && picture->boxes[i].box.height >= 10;
    if (!candidates)
        return -1;
    int which = (int)rng_below(rng, FACE, (uint32_t)candidates);
    for (int i = 0; i < picture->n_boxes && which >= 0; i++)
        if (!picture->boxes[i].ignored && picture->boxes[i].box.height >= 10 && !which--)
            chosen = i;
    return chosen;
}

static Mapping draw_mapping(const BoxPicture *picture, const BoxAugmentation *a, Rng rng,
                            int side) {
    Mapping m;
    int face = rng_uniform(rng, EMPTY) < a->empty ? -1 : choose_face(picture, rng);
    float range = rng_uniform(rng, SPREAD) < 0.5f ? a->tilt : a->sway;
    m.turn = rng_between(rng, ANGLE, -range, range) * (float)M_PI / 180;
    m.mirrored = rng_uniform(rng, FLIP) < a->flip;
    float x = rng_between(rng, PLACE_X, -0.5f, 0.5f), y = rng_between(rng, PLACE_Y, -0.5f, 0.5f);
    float width = (float)picture->grey.width, height = (float)picture->grey.height;
    if (face < 0) {
        m.scale = fminf(width, height) / (float)side * rng_between(rng, SIZE, 0.4f, 1.5f);
        m.centre_x = width * (0.5f + x);
        m.centre_y = height * (0.5f + y);
    } else {
        const ScoredBox *box = &picture->boxes[face].box;
        float size = sqrtf(box->width * box->height);
        float wanted = a->smallest * powf(a->largest / a->smallest, rng_uniform(rng, SIZE));
        /* A face of few pixels, enlarged far, would be a blot. */
        m.scale = fmaxf(size / wanted, 1 / 2.5f);
        m.centre_x = box->x + 0.5f * box->width + x * m.scale * (float)side * 0.9f;
        m.centre_y = box->y + 0.5f * box->height + y * m.scale * (float)side * 0.9f;
    }
    float c = cosf(m.turn) * m.scale, s = sinf(m.turn) * m.scale, sign = m.mirrored ? -1.0f : 1.0f;
    m.matrix[0] = c * sign;
    m.matrix[1] = -s;
    m.matrix[2] = s * sign;
    m.matrix[3] = c;
    return m;
}

static float sample(const Image *grey, float x, float y) {
    int left = (int)floorf(x), top = (int)floorf(y);
    if (left < 0 || top < 0 || left >= grey->width - 1 || top >= grey->height - 1)
        return 0;
    const uint8_t *at = grey->pixels + (size_t)top * (size_t)grey->width + left;
    float fx = x - (float)left, fy = y - (float)top;
    float above = (float)at[0] + fx * (float)(at[1] - at[0]);
    at += grey->width;
    float below = (float)at[0] + fx * (float)(at[1] - at[0]);
    return above + fy * (below - above);
}

/* The pixel at the place, 0 beyond the border. */
static float nearest(const Image *grey, float x, float y) {
    int column = (int)floorf(x), row = (int)floorf(y);
    if (column < 0 || row < 0 || column >= grey->width || row >= grey->height)
        return 0;
    return grey->pixels[(size_t)row * (size_t)grey->width + (size_t)column];
}

/* The mean of `taps` × `taps` places of the picture for each pixel, as many as it shrinks by; from
 * three on, their mean is as smooth without interpolating at each. */
static void draw_pixels(const Image *grey, const Mapping *m, int side, uint8_t *pixels) {
    int taps = (int)lrintf(m->scale);
    taps = taps < 1 ? 1 : taps > 4 ? 4 : taps;
    float middle = 0.5f * (float)side;
    for (int y = 0; y < side; y++)
        for (int x = 0; x < side; x++) {
            float sum = 0;
            for (int i = 0; i < taps * taps; i++) {
                float wx = (float)x + ((float)(i % taps) + 0.5f) / (float)taps - middle;
                float wy = (float)y + ((float)(i / taps) + 0.5f) / (float)taps - middle;
                float px = m->centre_x + m->matrix[0] * wx + m->matrix[1] * wy;
                float py = m->centre_y + m->matrix[2] * wx + m->matrix[3] * wy;
                sum += taps < 3 ? sample(grey, px - 0.5f, py - 0.5f) : nearest(grey, px, py);
            }
            pixels[y * side + x] = (uint8_t)(sum / (float)(taps * taps) + 0.5f);
        }
}

static void change_light(const BoxAugmentation *a, Rng rng, int count, uint8_t *pixels) {
    float contrast = 1, brightness = 0, gamma = 1;
    if (rng_uniform(rng, LIGHT) < a->light) {
        contrast = rng_between(rng, CONTRAST, 0.5f, 1.4f);
        brightness = rng_between(rng, BRIGHTNESS, -50, 50);
        gamma = powf(2, rng_between(rng, GAMMA, -0.7f, 0.7f));
    }
    float dark = rng_uniform(rng, DARK) < a->dark ? powf(10, -rng_uniform(rng, DARKNESS)) : 1;
    uint8_t table[256];
    for (int i = 0; i < 256; i++) {
        float value = 255 * powf((float)i / 255, gamma);
        value = (128 + contrast * (value - 128) + brightness) * dark;
        table[i] = (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value + 0.5f);
    }
    for (int i = 0; i < count; i++)
        pixels[i] = table[pixels[i]];
}

/* Each pixel the mean of itself and its right and lower neighbours: [1 1]/2, or twice. */
static void blur(int side, uint8_t *pixels) {
    for (int y = 0; y < side - 1; y++)
        for (int x = 0; x < side - 1; x++) {
            uint8_t *at = pixels + y * side + x;
            at[0] = (uint8_t)((at[0] + at[1] + at[side] + at[side + 1] + 2) / 4);
        }
}

/* The box in the window: its centre moves with the picture; as it turns, its sides become alike. */
static TruthBox map_box(const TruthBox *truth, const Mapping *m, int side) {
    const ScoredBox *box = &truth->box;
    float dx = box->x + 0.5f * box->width - m->centre_x;
    float dy = box->y + 0.5f * box->height - m->centre_y;
    float inverse = 1 / (m->scale * m->scale);
    float x = (m->matrix[0] * dx + m->matrix[2] * dy) * inverse + 0.5f * (float)side;
    float y = (m->matrix[1] * dx + m->matrix[3] * dy) * inverse + 0.5f * (float)side;
    float c = cosf(m->turn) * cosf(m->turn);
    TruthBox mapped = *truth;
    mapped.box.width = (c * box->width + (1 - c) * box->height) / m->scale;
    mapped.box.height = (c * box->height + (1 - c) * box->width) / m->scale;
    mapped.box.x = x - 0.5f * mapped.box.width;
    mapped.box.y = y - 0.5f * mapped.box.height;
    mapped.ignored |= fminf(mapped.box.width, mapped.box.height) < BOX_SMALLEST_SIDE;
    return mapped;
}

int box_augment(const BoxPicture *picture, const BoxAugmentation *augmentation, Rng rng, int side,
                uint8_t *pixels, TruthBox *boxes) {
    Mapping mapping = draw_mapping(picture, augmentation, rng, side);
    draw_pixels(&picture->grey, &mapping, side, pixels);
    change_light(augmentation, rng, side * side, pixels);
    if (rng_uniform(rng, BLUR) < augmentation->blur)
        blur(side, pixels);
    int n = 0;
    for (int i = 0; i < picture->n_boxes; i++) {
        TruthBox mapped = map_box(&picture->boxes[i], &mapping, side);
        float x = mapped.box.x + 0.5f * mapped.box.width,
              y = mapped.box.y + 0.5f * mapped.box.height;
        if (x >= 0 && y >= 0 && x < (float)side && y < (float)side)
            boxes[n++] = mapped;
    }
    return n;
}
