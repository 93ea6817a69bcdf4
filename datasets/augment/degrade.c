#include "datasets/augment/degrade.h"

#include "datasets/faces/face_set.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

/* Which random number serves which purpose. */
typedef enum Draw {
    DRAW_COIN, /* and one for each step */
    DRAW_GAMMA = 5,
    DRAW_SIDE_LIGHT,
    DRAW_DIRECTION,
    DRAW_BLUR,
    DRAW_COARSE,
    DRAW_QUALITY,
    DRAW_BLOCK_X,
    DRAW_BLOCK_Y,
} Draw;

typedef enum Step { STEP_GAMMA, STEP_SIDE_LIGHT, STEP_BLUR, STEP_COARSE, STEP_JPEG } Step;

static float limit(float value) {
    value = value < 0 ? 0 : value;
    return value > 255 ? 255 : value;
}

/* ---------------------------------------------------------------------------- light */

static void bend_light(Rng rng, float most, int count, float *x) {
    float exponent = expf((2 * rng_uniform(rng, DRAW_GAMMA) - 1) * log1pf(most));
    for (int i = 0; i < count; i++)
        x[i] = 255 * powf(limit(x[i]) / 255, exponent);
}

static void light_from_a_side(Rng rng, float most, int side, float *x) {
    float strength = rng_uniform(rng, DRAW_SIDE_LIGHT) * most;
    float direction = rng_uniform(rng, DRAW_DIRECTION) * 2 * (float)M_PI;
    float across = strength * cosf(direction), down = strength * sinf(direction);
    float half = (float)(side - 1) / 2;
    for (int row = 0; row < side; row++)
        for (int column = 0; column < side; column++) {
            float *pixel = &x[row * side + column];
            float gain =
                1 + (across * ((float)column - half) + down * ((float)row - half)) / (half + 0.5f);
            *pixel = limit(*pixel * gain);
        }
}

/* ---------------------------------------------------------------------------- lens, sensor */

enum { REACH = 24 }; /* of the widest kernel, either way */

static int inside(int i, int side) {
    return i < 0 ? 0 : i >= side ? side - 1 : i;
}

/* Convolves rows, then columns, with a kernel (2 reach + 1); the border is repeated. */
static void convolve(const float *kernel, int reach, int side, float *x) {
    for (int along = 0; along < 2; along++) {
        int step = along ? side : 1, other = along ? 1 : side;
        for (int line = 0; line < side; line++) {
            float *values = x + line * other, kept[FACE_SIDE];
            for (int i = 0; i < side; i++)
                kept[i] = values[i * step];
            for (int i = 0; i < side; i++) {
                float sum = 0;
                for (int k = -reach; k <= reach; k++)
                    sum += kernel[k + reach] * kept[inside(i + k, side)];
                values[i * step] = sum;
            }
        }
    }
}

static void blur(Rng rng, float most, int side, float *x) {
    float deviation = rng_uniform(rng, DRAW_BLUR) * most, kernel[2 * REACH + 1], sum = 0;
    int reach = (int)fminf(ceilf(3 * deviation), REACH);
    for (int k = -reach; k <= reach; k++) {
        float distance = deviation > 0 ? (float)k / deviation : 0;
        sum += kernel[k + reach] = expf(-distance * distance / 2);
    }
    for (int k = 0; k <= 2 * reach; k++)
        kernel[k] /= sum;
    convolve(kernel, reach, side, x);
}

/* One line of `from` values, resampled to `to` values with a triangle filter as wide as the coarser
 * of both grids. */
static void resample(const float *line, int from, int to, float *out) {
    float ratio = (float)from / (float)to, width = fmaxf(ratio, 1);
    for (int i = 0; i < to; i++) {
        float centre = ((float)i + 0.5f) * ratio - 0.5f, sum = 0, weights = 0;
        for (int j = (int)ceilf(centre - width); j <= (int)floorf(centre + width); j++) {
            float weight = 1 - fabsf((float)j - centre) / width;
            sum += weight * line[inside(j, from)];
            weights += weight;
        }
        out[i] = sum / weights;
    }
}

static void coarsen(Rng rng, float most, int side, float *x) {
    float factor = expf(rng_uniform(rng, DRAW_COARSE) * log1pf(most));
    int small = (int)fmaxf(lrintf((float)side / factor), 2);
    if (small >= side)
        return;
    for (int along = 0; along < 2; along++) {
        int step = along ? side : 1, other = along ? 1 : side;
        for (int line = 0; line < side; line++) {
            float *values = x + line * other, kept[FACE_SIDE], less[FACE_SIDE];
            for (int i = 0; i < side; i++)
                kept[i] = values[i * step];
            resample(kept, side, small, less);
            resample(less, small, side, kept);
            for (int i = 0; i < side; i++)
                values[i * step] = kept[i];
        }
    }
}

/* ---------------------------------------------------------------------------- codec */

enum { BLOCK = 8 };

/* The luminance steps of ITU-T T.81, table K.1. */
static const uint8_t steps_at_50[BLOCK * BLOCK] = {
    16, 11, 10, 16, 24,  40,  51,  61,  12, 12, 14, 19, 26,  58,  60,  55,
    14, 13, 16, 24, 40,  57,  69,  56,  14, 17, 22, 29, 51,  87,  80,  62,
    18, 22, 37, 56, 68,  109, 103, 77,  24, 35, 55, 64, 81,  104, 113, 92,
    49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99};

/* For a quality of 1 … 100, as libjpeg scales them. */
static void make_steps(float quality, float steps[BLOCK * BLOCK]) {
    float percent = quality < 50 ? 5000 / quality : 200 - 2 * quality;
    for (int i = 0; i < BLOCK * BLOCK; i++) {
        float step = floorf((steps_at_50[i] * percent + 50) / 100);
        steps[i] = step < 1 ? 1 : step > 255 ? 255 : step;
    }
}

/* The orthonormal basis of the DCT: row u holds the cosine of frequency u. */
static void make_basis(float basis[BLOCK][BLOCK]) {
    for (int u = 0; u < BLOCK; u++)
        for (int i = 0; i < BLOCK; i++)
            basis[u][i] = (u ? 0.5f : sqrtf(0.125f)) *
                          cosf((float)((2 * i + 1) * u) * (float)M_PI / (2 * BLOCK));
}

/* out = left in rightᵀ, or with both transposed. */
static void transform(const float basis[BLOCK][BLOCK], bool back, float block[BLOCK][BLOCK]) {
    float half[BLOCK][BLOCK];
    for (int y = 0; y < BLOCK; y++)
        for (int u = 0; u < BLOCK; u++) {
            half[y][u] = 0;
            for (int i = 0; i < BLOCK; i++)
                half[y][u] += block[y][i] * (back ? basis[i][u] : basis[u][i]);
        }
    for (int v = 0; v < BLOCK; v++)
        for (int u = 0; u < BLOCK; u++) {
            block[v][u] = 0;
            for (int i = 0; i < BLOCK; i++)
                block[v][u] += half[i][u] * (back ? basis[i][v] : basis[v][i]);
        }
}

static void code_block(const float basis[BLOCK][BLOCK], const float steps[BLOCK * BLOCK],
                       float block[BLOCK][BLOCK]) {
    transform(basis, false, block);
    for (int i = 0; i < BLOCK * BLOCK; i++) {
        float *value = &block[i / BLOCK][i % BLOCK];
        *value = steps[i] * rintf(*value / steps[i]);
    }
    transform(basis, true, block);
}

/* The blocks begin anywhere, as a face stands anywhere in its picture; the border is repeated. */
static void code_as_jpeg(Rng rng, float most, int side, float *x) {
    float quality = fmaxf(100 - rng_uniform(rng, DRAW_QUALITY) * most, 1);
    float steps[BLOCK * BLOCK], basis[BLOCK][BLOCK];
    float coded[FACE_SIDE * FACE_SIDE];
    make_steps(quality, steps);
    make_basis(basis);
    int left = -(int)(rng_uniform(rng, DRAW_BLOCK_X) * BLOCK),
        top = -(int)(rng_uniform(rng, DRAW_BLOCK_Y) * BLOCK);
    for (int y = top; y < side; y += BLOCK)
        for (int first = left; first < side; first += BLOCK) {
            float block[BLOCK][BLOCK];
            for (int i = 0; i < BLOCK * BLOCK; i++)
                block[i / BLOCK][i % BLOCK] =
                    x[inside(y + i / BLOCK, side) * side + inside(first + i % BLOCK, side)] - 128;
            code_block(basis, steps, block);
            for (int i = 0; i < BLOCK * BLOCK; i++) {
                int row = y + i / BLOCK, column = first + i % BLOCK;
                if (row >= 0 && row < side && column >= 0 && column < side)
                    coded[row * side + column] = limit(block[i / BLOCK][i % BLOCK] + 128);
            }
        }
    memcpy(x, coded, (size_t)(side * side) * sizeof *x);
}

/* ---------------------------------------------------------------------------- all */

void degrade_face(const Degradation *d, Rng rng, int side, float *x) {
    const float most[] = {[STEP_GAMMA] = d->gamma,
                          [STEP_SIDE_LIGHT] = d->side_light,
                          [STEP_BLUR] = d->blur,
                          [STEP_COARSE] = d->coarse,
                          [STEP_JPEG] = d->jpeg};
    for (int step = STEP_GAMMA; step <= STEP_JPEG; step++) {
        if (most[step] <= 0 || rng_uniform(rng, DRAW_COIN + (uint64_t)step) >= d->chance)
            continue;
        switch ((Step)step) {
        case STEP_GAMMA:
            bend_light(rng, most[step], side * side, x);
            break;
        case STEP_SIDE_LIGHT:
            light_from_a_side(rng, most[step], side, x);
            break;
        case STEP_BLUR:
            blur(rng, most[step], side, x);
            break;
        case STEP_COARSE:
            coarsen(rng, most[step], side, x);
            break;
        case STEP_JPEG:
            code_as_jpeg(rng, most[step], side, x);
            break;
        }
    }
}
