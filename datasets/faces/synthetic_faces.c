#include "datasets/faces/synthetic_faces.h"

#include <cairo.h>
#include <math.h>
#include <stdbool.h>

/* What an expression does to a face at rest; 1 is strong. */
typedef struct Expression {
    float brow_height; /* up */
    float brow_tilt;   /* inner ends up */
    float eye_open;    /* lids apart */
    float mouth_curve; /* corners up */
    float mouth_open;
    float mouth_width; /* corners apart */
    float nose_wrinkle;
} Expression;

static const Expression expressions[EMOTION_COUNT] = {
    [EMOTION_ANGRY] = {-0.8f, -1.0f, -0.1f, -0.3f, 0.1f, -0.2f, 0.3f},
    [EMOTION_DISGUST] = {-0.5f, -0.4f, -0.5f, -0.6f, 0.3f, -0.1f, 1.0f},
    [EMOTION_FEAR] = {0.8f, 0.9f, 0.8f, -0.3f, 0.4f, 0.4f, 0.0f},
    [EMOTION_HAPPY] = {0.1f, 0.0f, -0.4f, 1.0f, 0.35f, 0.5f, 0.0f},
    [EMOTION_SAD] = {0.2f, 1.0f, -0.4f, -0.9f, 0.0f, -0.2f, 0.0f},
    [EMOTION_SURPRISE] = {1.0f, 0.0f, 0.9f, 0.0f, 1.0f, -0.4f, 0.0f},
    [EMOTION_NEUTRAL] = {0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f},
};

/* One person in one picture. Lengths are in half picture sides with the origin between the eyes and
 * the mouth, x to the right and y down; shades are 0 black … 1 white. */
typedef struct Face {
    Expression expression;
    float width, height;             /* of the head, half */
    float eye_x, eye_y, eye_width;   /* of the right one in the picture */
    float brow_gap, brow_weight;     /* above the eye; of the stroke */
    float mouth_y, mouth_width, lip; /* lip: weight of the stroke */
    float nose_length;
    float hairline, hair_length;
    float skin, hair, eye_white, background[2];
    bool glasses, beard, teeth;
    float shift_x, shift_y, roll, size, yaw;
    float light_x, light_y, gain, noise;
} Face;

/* Draws the parameters in a fixed order. */
typedef struct Dice {
    Rng rng;
    uint64_t next;
} Dice;

static float between(Dice *dice, float low, float high) {
    return rng_between(dice->rng, dice->next++, low, high);
}

static bool chance(Dice *dice, float probability) {
    return rng_uniform(dice->rng, dice->next++) < probability;
}

static Expression draw_expression(Dice *dice, Emotion emotion) {
    const float weakest = 0.7f, wobble = 0.12f;
    float strength = between(dice, weakest, 1.1f);
    Expression e = expressions[emotion];
    float *parts[] = {&e.brow_height, &e.brow_tilt,  &e.eye_open,    &e.mouth_curve,
                      &e.mouth_width, &e.mouth_open, &e.nose_wrinkle};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        *parts[i] = *parts[i] * strength + between(dice, -wobble, wobble);
    e.mouth_open = fmaxf(e.mouth_open, 0);
    e.nose_wrinkle = fmaxf(e.nose_wrinkle, 0);
    return e;
}

static Face draw_face(Dice *dice, Emotion emotion) {
    Face face = {.expression = draw_expression(dice, emotion)};
    face.width = between(dice, 0.66f, 0.84f);
    face.height = between(dice, 0.9f, 1.08f);
    face.eye_x = between(dice, 0.28f, 0.37f);
    face.eye_y = between(dice, -0.24f, -0.12f);
    face.eye_width = between(dice, 0.13f, 0.18f);
    face.brow_gap = between(dice, 0.19f, 0.25f);
    face.brow_weight = between(dice, 0.05f, 0.11f);
    face.mouth_y = between(dice, 0.45f, 0.56f);
    face.mouth_width = between(dice, 0.25f, 0.34f);
    face.lip = between(dice, 0.05f, 0.09f);
    face.nose_length = between(dice, 0.3f, 0.42f);
    face.hairline = between(dice, -0.95f, -0.6f);
    face.hair_length = between(dice, -0.3f, 0.9f);
    face.skin = between(dice, 0.35f, 0.85f);
    face.hair = chance(dice, 0.7f) ? between(dice, 0.02f, 0.3f) : between(dice, 0.5f, 0.95f);
    face.eye_white = fminf(face.skin + between(dice, 0.1f, 0.3f), 1);
    face.background[0] = between(dice, 0, 1);
    face.background[1] = between(dice, 0, 1);
    face.glasses = chance(dice, 0.15f);
    face.beard = chance(dice, 0.15f);
    face.teeth = chance(dice, 0.5f);
    face.shift_x = between(dice, -0.16f, 0.16f);
    face.shift_y = between(dice, -0.16f, 0.16f);
    face.roll = between(dice, -0.3f, 0.3f);
    face.size = between(dice, 0.8f, 1.15f);
    face.yaw = between(dice, -1, 1);
    face.light_x = between(dice, -0.45f, 0.45f);
    face.light_y = between(dice, -0.3f, 0.3f);
    face.gain = between(dice, 0.6f, 1.15f);
    face.noise = between(dice, 0.01f, 0.06f);
    return face;
}

/* --------------------------------------------------------------------------------- drawing */

static void set_shade(cairo_t *cairo, float shade) {
    cairo_set_source_rgb(cairo, shade, shade, shade);
}

static void ellipse(cairo_t *cairo, float x, float y, float width, float height) {
    cairo_save(cairo);
    cairo_translate(cairo, x, y);
    cairo_scale(cairo, width, height);
    cairo_new_sub_path(cairo);
    cairo_arc(cairo, 0, 0, 1, 0, 2 * M_PI);
    cairo_restore(cairo);
}

/* A smooth line from a to b that passes half way to (x, y). */
static void bend_to(cairo_t *cairo, float x, float y, float b_x, float b_y) {
    double a_x, a_y;
    cairo_get_current_point(cairo, &a_x, &a_y);
    cairo_curve_to(cairo, a_x + (x - a_x) * 2 / 3, a_y + (y - a_y) * 2 / 3, b_x + (x - b_x) * 2 / 3,
                   b_y + (y - b_y) * 2 / 3, b_x, b_y);
}

static void stroke(cairo_t *cairo, float weight, float shade) {
    set_shade(cairo, shade);
    cairo_set_line_width(cairo, weight);
    cairo_stroke(cairo);
}

static void draw_background(cairo_t *cairo, const Face *face) {
    cairo_pattern_t *gradient = cairo_pattern_create_linear(0, 0, FACE_SIDE, FACE_SIDE);
    for (int end = 0; end < 2; end++) {
        float shade = face->background[end];
        cairo_pattern_add_color_stop_rgb(gradient, end, shade, shade, shade);
    }
    cairo_set_source(cairo, gradient);
    cairo_paint(cairo);
    cairo_pattern_destroy(gradient);
}

static void draw_head(cairo_t *cairo, const Face *face) {
    set_shade(cairo, face->hair);
    ellipse(cairo, 0, -0.15f, face->width * 1.15f, face->height);
    cairo_rectangle(cairo, -face->width * 1.15f, -0.15f, face->width * 2.3f,
                    face->hair_length + 0.15f);
    cairo_fill(cairo);
    set_shade(cairo, face->skin);
    ellipse(cairo, 0, 0, face->width, face->height);
    cairo_fill(cairo);
    cairo_save(cairo);
    ellipse(cairo, 0, 0, face->width, face->height);
    cairo_clip(cairo);
    set_shade(cairo, face->hair);
    ellipse(cairo, 0, face->hairline - 0.5f, face->width * 1.3f, 0.5f);
    cairo_fill(cairo);
    if (face->beard) {
        set_shade(cairo, 0.5f * (face->hair + face->skin));
        ellipse(cairo, 0, face->mouth_y + 0.35f, face->width * 0.9f, 0.45f);
        cairo_fill(cairo);
    }
    cairo_restore(cairo);
}

/* `side` is -1 for the eye at the left of the picture and 1 for the other; inner ends are at x =
 * -1. */
static void draw_eye(cairo_t *cairo, const Face *face, float side) {
    const Expression *e = &face->expression;
    float width = face->eye_width, open = width * fmaxf(0.62f + 0.5f * e->eye_open, 0.12f);
    cairo_save(cairo);
    cairo_translate(cairo, side * face->eye_x, face->eye_y);
    cairo_scale(cairo, side, 1);
    cairo_move_to(cairo, -width, 0);
    bend_to(cairo, 0, -1.6f * open, width, 0);
    bend_to(cairo, 0, 1.2f * open, -width, 0);
    cairo_path_t *outline = cairo_copy_path(cairo);
    cairo_save(cairo);
    cairo_clip(cairo);
    set_shade(cairo, face->eye_white);
    cairo_paint(cairo);
    set_shade(cairo, 0.1f);
    ellipse(cairo, 0, 0, 0.5f * width, 0.5f * width);
    cairo_fill(cairo);
    cairo_restore(cairo);
    cairo_new_path(cairo);
    cairo_append_path(cairo, outline);
    cairo_path_destroy(outline);
    stroke(cairo, 0.035f, face->skin * 0.35f);
    float brow = -face->brow_gap - 0.11f * e->brow_height, tilt = 0.1f * e->brow_tilt;
    cairo_move_to(cairo, -width * 1.15f, brow - tilt);
    bend_to(cairo, 0.2f * width, brow - 0.08f - 0.04f * e->brow_height, width * 1.35f,
            brow + 0.04f + tilt * 0.7f);
    stroke(cairo, face->brow_weight, fminf(face->hair, face->skin * 0.6f));
    if (face->glasses) {
        ellipse(cairo, 0, 0.03f, width * 1.5f, width * 1.3f);
        stroke(cairo, 0.03f, 0.08f);
    }
    cairo_restore(cairo);
}

static void draw_nose(cairo_t *cairo, const Face *face) {
    float top = face->eye_y, bottom = face->eye_y + face->nose_length,
          wrinkle = face->expression.nose_wrinkle;
    float shade = face->skin * 0.7f;
    cairo_move_to(cairo, 0.05, top + 0.1);
    bend_to(cairo, 0.06f, bottom - 0.1f, 0.12f, bottom);
    bend_to(cairo, 0, bottom + 0.1f, -0.12f, bottom);
    stroke(cairo, 0.045f, shade);
    for (int i = 0; i < 3; i++) {
        float y = top - 0.02f + 0.09f * (float)i;
        cairo_move_to(cairo, -0.1, y);
        bend_to(cairo, 0, y - 0.06f, 0.1f, y);
        stroke(cairo, 0.05f * fminf(wrinkle, 1), face->skin * (1 - 0.45f * fminf(wrinkle, 1)));
    }
    float fold = fmaxf(fmaxf(face->expression.mouth_curve, wrinkle) - 0.2f, 0);
    for (float side = -1; side <= 1; side += 2) {
        cairo_move_to(cairo, side * 0.16, bottom - 0.02);
        bend_to(cairo, side * 0.3f, bottom + 0.05f, side * (face->mouth_width + 0.1f),
                face->mouth_y);
        stroke(cairo, 0.04f * fminf(fold, 1), shade);
    }
}

static void draw_mouth(cairo_t *cairo, const Face *face) {
    const Expression *e = &face->expression;
    float half = face->mouth_width * (1 + 0.35f * e->mouth_width);
    float corner = face->mouth_y - 0.13f * e->mouth_curve;
    float middle = face->mouth_y + 0.12f * e->mouth_curve;
    float upper = middle - 0.2f * e->mouth_open - 0.12f * e->nose_wrinkle,
          lower = middle + 0.5f * e->mouth_open;
    cairo_move_to(cairo, -half, corner);
    bend_to(cairo, 0, upper, half, corner);
    bend_to(cairo, 0, lower, -half, corner);
    cairo_close_path(cairo);
    cairo_path_t *outline = cairo_copy_path(cairo);
    cairo_save(cairo);
    cairo_clip(cairo);
    set_shade(cairo, face->skin * 0.25f);
    cairo_paint(cairo);
    if (face->teeth) {
        set_shade(cairo, 0.92f);
        cairo_rectangle(cairo, -half, corner - 1, 2 * half,
                        1 + 0.5 * (middle + upper) - corner + 0.08);
        cairo_fill(cairo);
    }
    cairo_restore(cairo);
    cairo_new_path(cairo);
    cairo_append_path(cairo, outline);
    cairo_path_destroy(outline);
    stroke(cairo, face->lip, face->skin * 0.55f);
}

static void draw_all(cairo_t *cairo, const Face *face) {
    draw_background(cairo, face);
    cairo_set_line_cap(cairo, CAIRO_LINE_CAP_ROUND);
    cairo_translate(cairo, FACE_SIDE * 0.5 * (1 + face->shift_x),
                    FACE_SIDE * 0.5 * (1 + face->shift_y));
    cairo_rotate(cairo, face->roll);
    cairo_scale(cairo, FACE_SIDE * 0.5 * face->size, FACE_SIDE * 0.5 * face->size);
    draw_head(cairo, face);
    /* A turned head shows its features moved to one side and narrower. */
    cairo_translate(cairo, 0.13 * face->yaw, 0);
    cairo_scale(cairo, 1 - 0.12 * fabsf(face->yaw), 1);
    draw_nose(cairo, face);
    draw_eye(cairo, face, -1);
    draw_eye(cairo, face, 1);
    draw_mouth(cairo, face);
}

/* Light from one side, exposure, noise; from cairo's 32-bit pixels to grey. */
static void expose(const Face *face, Rng rng, cairo_surface_t *surface, uint8_t *pixels) {
    const unsigned char *rows = cairo_image_surface_get_data(surface);
    int stride = cairo_image_surface_get_stride(surface);
    for (int y = 0; y < FACE_SIDE; y++)
        for (int x = 0; x < FACE_SIDE; x++) {
            float across = (float)x / (FACE_SIDE / 2) - 1, down = (float)y / (FACE_SIDE / 2) - 1;
            float light = face->gain * (1 + face->light_x * across + face->light_y * down);
            float value = light * (float)rows[y * stride + 4 * x + 1] / 255 +
                          face->noise * rng_normal(rng, (uint64_t)y * FACE_SIDE + x);
            pixels[y * FACE_SIDE + x] = (uint8_t)lrintf(255 * fminf(fmaxf(value, 0), 1));
        }
}

int synthetic_faces_draw(Rng rng, Emotion emotion, uint8_t *pixels, Error *error) {
    enum { STREAM_PARAMETERS, STREAM_NOISE };
    Dice dice = {.rng = rng_split(rng, STREAM_PARAMETERS)};
    Face face = draw_face(&dice, emotion);
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, FACE_SIDE, FACE_SIDE);
    cairo_t *cairo = cairo_create(surface);
    draw_all(cairo, &face);
    cairo_surface_flush(surface);
    cairo_status_t status = cairo_status(cairo);
    if (status == CAIRO_STATUS_SUCCESS)
        expose(&face, rng_split(rng, STREAM_NOISE), surface, pixels);
    cairo_destroy(cairo);
    cairo_surface_destroy(surface);
    return status == CAIRO_STATUS_SUCCESS ? 0
                                          : error_set(error, "cannot draw a synthetic face: %s",
                                                      cairo_status_to_string(status));
}

FaceSet *synthetic_faces_make(uint32_t training, uint32_t test, uint64_t seed, Error *error) {
    FaceSet *set = face_set_create(error);
    uint64_t total = (uint64_t)training + 2 * (uint64_t)test;
    if (!set || face_set_reserve(set, total > UINT32_MAX ? UINT32_MAX : (uint32_t)total, error)) {
        face_set_destroy(set);
        return NULL;
    }
    Rng rng = rng_seed(seed);
    bool failed = false;
#pragma omp parallel for schedule(static) reduction(|| : failed)
    for (uint32_t i = 0; i < (uint32_t)total; i++) {
        Emotion emotion = (Emotion)(i % EMOTION_COUNT);
        set->labels[i] = (uint8_t)emotion;
        set->splits[i] = i < training          ? FACE_TRAINING
                         : i - training < test ? FACE_PUBLIC_TEST
                                               : FACE_PRIVATE_TEST;
        failed = synthetic_faces_draw(rng_split(rng, i), emotion,
                                      set->pixels + (size_t)i * FACE_PIXELS, NULL) ||
                 failed;
    }
    if (failed) {
        error_set(error, "cannot draw synthetic faces: cairo is out of memory");
        face_set_destroy(set);
        return NULL;
    }
    set->count = (uint32_t)total;
    return set;
}
