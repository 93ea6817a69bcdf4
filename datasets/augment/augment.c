#include "datasets/augment/augment.h"

#include <math.h>
#include <string.h>

/* Which random number of an image's stream serves which purpose. */
typedef enum Draw {
    DRAW_FLIP,
    DRAW_ROTATION,
    DRAW_SCALE,
    DRAW_SHEAR,
    DRAW_SHIFT_X,
    DRAW_SHIFT_Y,
    DRAW_CROP_X,
    DRAW_CROP_Y,
    DRAW_BRIGHTNESS,
    DRAW_CONTRAST,
    DRAW_ERASE,
    DRAW_ERASE_AREA,
    DRAW_ERASE_ASPECT,
    DRAW_ERASE_X,
    DRAW_ERASE_Y,
    DRAW_KIND_OF_MIX,
    DRAW_CUT_X,
    DRAW_CUT_Y,
    DRAW_BETA, /* and all after it */
    DRAWS_OF_A_FACE = DRAW_KIND_OF_MIX
} Draw;

/* The streams that an image's generator is split into beside its own numbers. */
enum { STREAM_COINS, STREAM_FRAMING, STREAM_DEGRADATION };

/* Uniform numbers in [0, 1), one for each purpose. */
typedef struct Draws {
    float uniform[(DRAWS_OF_A_FACE + 3) / 4 * 4];
} Draws;

static Draws draw_all(Rng rng) {
    Draws draws;
    for (int block = 0; block < (DRAWS_OF_A_FACE + 3) / 4; block++) {
        uint32_t words[4];
        rng_block(rng, (uint64_t)block, words);
        for (int i = 0; i < 4; i++)
            draws.uniform[4 * block + i] = (float)(words[i] >> 8) * 0x1p-24f;
    }
    return draws;
}

/* Uniform in ±range. */
static float either_way(const Draws *draws, Draw draw, float range) {
    return (2 * draws->uniform[draw] - 1) * range;
}

/* A whole number of pixels, uniform in -range … range. */
static float whole_pixels(const Draws *draws, Draw draw, float range) {
    float most = floorf(range);
    return floorf(draws->uniform[draw] * (2 * most + 1)) - most;
}

/* ------------------------------------------------------------------------------- geometry */

/* From the window to the face: (u, v) = origin + column * across + row * down. */
typedef struct Affine {
    float origin[2], across[2], down[2];
} Affine;

/* The ranges that are left after a coin for each of rotation, scale, shear and shift. */
static Augmentation skip_some(const Augmentation *augmentation, Rng rng) {
    Augmentation left = *augmentation;
    float *const ranges[4] = {&left.rotation, &left.scale, &left.shear, &left.shift};
    Rng coins = rng_split(rng, STREAM_COINS);
    for (uint64_t i = 0; i < 4; i++)
        if (rng_uniform(coins, i) < augmentation->skip)
            *ranges[i] = 0;
    return left;
}

/* Moves and resizes as the box of a detector would be off. */
static void reframe(float framing, Rng rng, float *size, float move[2]) {
    if (framing <= 0)
        return;
    Rng box = rng_split(rng, STREAM_FRAMING);
    *size *= expf(framing * rng_normal(box, 0));
    for (int axis = 0; axis < 2; axis++)
        move[axis] += framing * FACE_SIDE * rng_normal(box, (uint64_t)axis + 1);
}

static Affine draw_affine(const Augmentation *all, Rng rng, const Draws *draws, int side) {
    const float radians = (float)M_PI / 180;
    Augmentation range = skip_some(all, rng);
    float angle = either_way(draws, DRAW_ROTATION, range.rotation) * radians;
    float lean = tanf(either_way(draws, DRAW_SHEAR, range.shear) * radians);
    float size = expf(-either_way(draws, DRAW_SCALE, log1pf(range.scale)));
    float mirror = draws->uniform[DRAW_FLIP] < range.flip ? -1 : 1;
    float move[2] = {either_way(draws, DRAW_SHIFT_X, range.shift * FACE_SIDE) +
                         whole_pixels(draws, DRAW_CROP_X, range.crop),
                     either_way(draws, DRAW_SHIFT_Y, range.shift * FACE_SIDE) +
                         whole_pixels(draws, DRAW_CROP_Y, range.crop)};
    reframe(range.framing, rng, &size, move);
    Affine map = {
        .across = {mirror * size * cosf(angle), mirror * size * sinf(angle)},
        .down = {size * (lean * cosf(angle) - sinf(angle)),
                 size * (lean * sinf(angle) + cosf(angle))},
    };
    float half = (float)(side - 1) / 2;
    for (int axis = 0; axis < 2; axis++) {
        float centre = half + (float)((FACE_SIDE - side) / 2) + move[axis];
        map.origin[axis] = centre - half * (map.across[axis] + map.down[axis]);
    }
    return map;
}

enum {
    TILE = FACE_SIDE + 1, /* the last column and row twice, so that each pixel has neighbours */
    ONE = 1 << 16,        /* fixed point */
};

static void make_tile(const uint8_t *face, uint8_t tile[TILE * TILE]) {
    for (int y = 0; y < TILE; y++) {
        const uint8_t *row = face + (y < FACE_SIDE ? y : FACE_SIDE - 1) * FACE_SIDE;
        memcpy(tile + y * TILE, row, FACE_SIDE);
        tile[y * TILE + FACE_SIDE] = row[FACE_SIDE - 1];
    }
}

static int clamp(int position) {
    const int last = (FACE_SIDE - 1) * ONE;
    position = position < 0 ? 0 : position;
    return position > last ? last : position;
}

/* Bilinear resampling into x (side, side), pixels 0 … 255. */
static void warp(const Affine *map, const uint8_t *face, int side, float *x) {
    uint8_t tile[TILE * TILE];
    make_tile(face, tile);
    int step_u = (int)lrintf(map->across[0] * ONE), step_v = (int)lrintf(map->across[1] * ONE);
    for (int row = 0; row < side; row++, x += side) {
        int u = (int)lrintf((map->origin[0] + (float)row * map->down[0]) * ONE);
        int v = (int)lrintf((map->origin[1] + (float)row * map->down[1]) * ONE);
        for (int column = 0; column < side; column++, u += step_u, v += step_v) {
            int inside_u = clamp(u), inside_v = clamp(v);
            const uint8_t *at = tile + (inside_v / ONE) * TILE + inside_u / ONE;
            float right = (float)(inside_u % ONE) * (1.0f / ONE),
                  below = (float)(inside_v % ONE) * (1.0f / ONE);
            float upper = (float)at[0] + (float)(at[1] - at[0]) * right;
            float lower = (float)at[TILE] + (float)(at[TILE + 1] - at[TILE]) * right;
            x[column] = upper + (lower - upper) * below;
        }
    }
}

/* ---------------------------------------------------------------------------- light, holes */

static void relight(const Augmentation *augmentation, const Draws *draws, const uint8_t *face,
                    float *x, int count) {
    if (augmentation->brightness == 0 && augmentation->contrast == 0)
        return;
    int sum = 0;
    for (int i = 0; i < FACE_PIXELS; i++)
        sum += face[i];
    float mean = (float)sum / FACE_PIXELS;
    float factor = 1 + either_way(draws, DRAW_CONTRAST, augmentation->contrast);
    float offset =
        mean * (1 - factor) + 255 * either_way(draws, DRAW_BRIGHTNESS, augmentation->brightness);
    for (int i = 0; i < count; i++) {
        float value = x[i] * factor + offset;
        value = value < 0 ? 0 : value;
        x[i] = value > 255 ? 255 : value;
    }
}

/* Blanks a rectangle to the training split's mean, which is 0 after normalisation. */
static void erase(const Augmentation *augmentation, const Draws *draws, int side, float *x) {
    const float smallest = 0.02f, flattest = 0.3f; /* as in the paper */
    if (draws->uniform[DRAW_ERASE] >= augmentation->erase)
        return;
    float share =
        smallest + draws->uniform[DRAW_ERASE_AREA] * fmaxf(augmentation->erase_area - smallest, 0);
    float aspect = expf(either_way(draws, DRAW_ERASE_ASPECT, -logf(flattest)));
    int height = (int)fminf(roundf((float)side * sqrtf(share * aspect)), (float)side);
    int width = (int)fminf(roundf((float)side * sqrtf(share / aspect)), (float)side);
    int top = (int)(draws->uniform[DRAW_ERASE_Y] * (float)(side - height + 1));
    int left = (int)(draws->uniform[DRAW_ERASE_X] * (float)(side - width + 1));
    for (int row = top; row < top + height; row++)
        memset(x + row * side + left, 0, (size_t)width * sizeof *x);
}

void augment_face(const Augmentation *augmentation, Rng rng, const FaceInput *input,
                  const uint8_t *face, float *x) {
    int side = input->side;
    Draws draws = draw_all(rng);
    Affine map = draw_affine(augmentation, rng, &draws, side);
    warp(&map, face, side, x);
    relight(augmentation, &draws, face, x, side * side);
    degrade_face(&augmentation->degradation, rng_split(rng, STREAM_DEGRADATION), side, x);
    face_input_normalise(input, x, side * side);
    erase(augmentation, &draws, side, x);
}

/* -------------------------------------------------------------------------------- mixtures */

/* The logarithm of a Gamma(shape, 1) number (Marsaglia and Tsang 2000, with their step for shapes
 * below 1; the logarithm keeps small shapes from vanishing). Takes its draws from `*next` on. */
static double log_gamma_number(Rng rng, float shape, uint64_t *next) {
    double boost = 0;
    if (shape < 1) {
        boost = log(1 - (double)rng_uniform(rng, (*next)++)) / shape;
        shape += 1;
    }
    double d = shape - 1.0 / 3, c = 1 / sqrt(9 * d);
    for (;;) {
        double normal = rng_normal(rng, (*next)++),
               uniform = 1 - (double)rng_uniform(rng, (*next)++);
        double v = 1 + c * normal;
        v = v * v * v;
        if (v > 0 && log(uniform) < normal * normal / 2 + d - d * v + d * log(v))
            return log(d * v) + boost;
    }
}

/* A Beta(alpha, alpha) number. */
static float beta_number(Rng rng, float alpha) {
    uint64_t next = DRAW_BETA;
    double a = log_gamma_number(rng, alpha, &next), b = log_gamma_number(rng, alpha, &next);
    return (float)(1 / (1 + exp(b - a)));
}

static void blend(float *a, float *b, int count, float share) {
    for (int i = 0; i < count; i++) {
        float kept = a[i];
        a[i] = share * kept + (1 - share) * b[i];
        b[i] = share * b[i] + (1 - share) * kept;
    }
}

/* Swaps a square of the area 1 - share, cut off at the window's edges; returns the share that was
 * kept. */
static float swap_square(Rng rng, float *a, float *b, int side, float share) {
    float half = (float)side * sqrtf(1 - share) / 2;
    float x = rng_uniform(rng, DRAW_CUT_X) * (float)side,
          y = rng_uniform(rng, DRAW_CUT_Y) * (float)side;
    int left = (int)fmaxf(roundf(x - half), 0), right = (int)fminf(roundf(x + half), (float)side);
    int top = (int)fmaxf(roundf(y - half), 0), bottom = (int)fminf(roundf(y + half), (float)side);
    for (int row = top; row < bottom; row++)
        for (int i = row * side + left; i < row * side + right; i++) {
            float kept = a[i];
            a[i] = b[i];
            b[i] = kept;
        }
    return 1 - (float)((right - left) * (bottom - top)) / (float)(side * side);
}

void augment_mix(const Augmentation *augmentation, Rng rng, int n, int side, float *x,
                 float *targets) {
    if (augmentation->mixup <= 0 && augmentation->cutmix <= 0)
        return;
    int count = side * side;
    for (int i = 0; i < n / 2; i++) {
        int partner = n - 1 - i;
        Rng own = rng_split(rng, (uint64_t)i);
        float *a = x + (size_t)i * (size_t)count, *b = x + (size_t)partner * (size_t)count;
        bool cut = augmentation->mixup <= 0 ||
                   (augmentation->cutmix > 0 && rng_uniform(own, DRAW_KIND_OF_MIX) < 0.5f);
        float share = beta_number(own, cut ? augmentation->cutmix : augmentation->mixup);
        if (cut)
            share = swap_square(own, a, b, side, share);
        else
            blend(a, b, count, share);
        blend(targets + (size_t)i * EMOTION_COUNT, targets + (size_t)partner * EMOTION_COUNT,
              EMOTION_COUNT, share);
    }
}
