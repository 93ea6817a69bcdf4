/* attention MODEL DATA SPLIT FACES OUT.png THREADS: where a face network looks, by Grad-CAM
 * (Selvaraju et al. 2017): the last stage's feature maps, weighted by how much each raises the
 * logit of the emotion that was called. Draws maps over faces, and prints as JSON how the attention
 * is spread over the face and what it costs to cover the attended part. */
#include "datasets/draw/drawing.h"
#include "datasets/faces/face_load.h"
#include "datasets/faces/face_network.h"
#include "infer/faces/face_model.h"
#include "nn/base/arg_max.h"
#include "nn/base/threads.h"
#include "nn/models/image_classifier.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BATCH = 32, MOST_FACES = 3589, BANDS = 3 };

static const char *const band_names[BANDS] = {"brows", "eyes", "mouth"};

/* One face, and what was found about it. */
typedef struct Look {
    const uint8_t *pixels;
    Emotion truth, called;
    float heat[FACE_PIXELS]; /* 0 … 1 */
} Look;

typedef struct Study {
    FaceSet *set;
    FaceModel *model;         /* which answers, */
    ImageClassifier *network; /* and the same with its inner maps to be looked at */
    Look *looks;
    int n;
} Study;

/* ------------------------------------------------------------------ maps */

static float at(const float *map, int height, int width, int y, int x) {
    y = y < 0 ? 0 : y >= height ? height - 1 : y;
    x = x < 0 ? 0 : x >= width ? width - 1 : x;
    return map[y * width + x];
}

/* Spreads a small map over the face by bilinear interpolation, its largest value becoming 1. The
 * network sees the window of `side` pixels in the middle of the face. */
static void spread(const float *map, int height, int width, int side, float *heat) {
    float most = 1e-12f;
    for (int i = 0; i < height * width; i++)
        most = fmaxf(most, map[i]);
    int margin = (FACE_SIDE - side) / 2;
    for (int row = 0; row < FACE_SIDE; row++)
        for (int column = 0; column < FACE_SIDE; column++) {
            float y = ((float)(row - margin) + 0.5f) * (float)height / (float)side - 0.5f;
            float x = ((float)(column - margin) + 0.5f) * (float)width / (float)side - 0.5f;
            int top = (int)floorf(y), left = (int)floorf(x);
            float down = y - (float)top, right = x - (float)left;
            float above = (1 - right) * at(map, height, width, top, left) +
                          right * at(map, height, width, top, left + 1);
            float below = (1 - right) * at(map, height, width, top + 1, left) +
                          right * at(map, height, width, top + 1, left + 1);
            heat[row * FACE_SIDE + column] = ((1 - down) * above + down * below) / most;
        }
}

/* The map of picture i: ReLU of the channels' sum, each weighted by its mean gradient. */
static void map_attention(const Tensor *features, int i, float *map) {
    int places = features->shape.size[1] * features->shape.size[2];
    int channels = features->shape.size[3];
    const float *values = features->data + (size_t)i * (size_t)(places * channels);
    const float *slopes = features->gradient + (size_t)i * (size_t)(places * channels);
    memset(map, 0, (size_t)places * sizeof *map);
    for (int c = 0; c < channels; c++) {
        float weight = 0;
        for (int p = 0; p < places; p++)
            weight += slopes[p * channels + c] / (float)places;
        for (int p = 0; p < places; p++)
            map[p] += weight * values[p * channels + c];
    }
    for (int p = 0; p < places; p++)
        map[p] = fmaxf(map[p], 0);
}

/* Fills `called` and `heat` of n looks. */
static int look(const Study *study, Tape *tape, Look *looks, int n, Error *error) {
    static float x[BATCH * FACE_PIXELS], chosen[BATCH * EMOTION_COUNT], map[FACE_PIXELS];
    const ImageClassifierInfo *info = image_classifier_info(study->network);
    FaceInput input = {.side = info->size, .mean = info->mean, .deviation = info->std};
    int side = info->size;
    for (int i = 0; i < n; i++)
        face_input_views(&input, FACE_VIEWS_ONE, looks[i].pixels, x + i * side * side);
    tape_begin(tape, TAPE_RECORD, rng_seed(0));
    Tensor *features = NULL;
    Tensor *logits = image_classifier_forward_features(
        study->network, tape, tape_variable(tape, "faces", shape(n, side, side, 1), x), &features);
    if (tape_check(tape, error))
        return -1;
    memset(chosen, 0, sizeof chosen);
    for (int i = 0; i < n; i++) {
        const float *row = logits->data + (ptrdiff_t)i * EMOTION_COUNT;
        int best = arg_max(row, EMOTION_COUNT);
        looks[i].called = (Emotion)best;
        chosen[i * EMOTION_COUNT + best] = 1;
    }
    features->keep_gradient = true;
    Tensor *mask = tape_input(tape, "chosen", shape(n, EMOTION_COUNT), chosen);
    if (tape_backward(tape, op_sum(tape, op_mul(tape, logits, mask), 3), error))
        return -1;
    for (int i = 0; i < n; i++) {
        map_attention(features, i, map);
        spread(map, features->shape.size[1], features->shape.size[2], side, looks[i].heat);
    }
    return 0;
}

static int look_at_all(Study *study, Error *error) {
    Tape *tape = tape_create();
    int status = tape ? 0 : error_memory(error, "a tape", 1);
    for (int i = 0; i < study->n && !status; i += BATCH)
        status =
            look(study, tape, study->looks + i, study->n - i < BATCH ? study->n - i : BATCH, error);
    tape_destroy(tape);
    return status;
}

/* ------------------------------------------------------------------ what covering costs */

static int compare_heat(const void *a, const void *b, void *heat) {
    int i = *(const int *)a, j = *(const int *)b;
    float x = ((const float *)heat)[i], y = ((const float *)heat)[j];
    return x < y ? 1 : x > y ? -1 : i - j;
}

/* Copies the face with a quarter of its pixels grey: the hottest of the map, or the coldest. */
static void cover(const uint8_t *face, const float *heat, bool hottest, uint8_t grey,
                  uint8_t *covered) {
    int order[FACE_PIXELS];
    for (int i = 0; i < FACE_PIXELS; i++)
        order[i] = i;
    qsort_r(order, FACE_PIXELS, sizeof *order, compare_heat, (void *)heat);
    memcpy(covered, face, FACE_PIXELS);
    for (int i = 0; i < FACE_PIXELS / 4; i++)
        covered[order[hottest ? i : FACE_PIXELS - 1 - i]] = grey;
}

typedef enum Covering { COVER_NOTHING, COVER_HOTTEST, COVER_COLDEST, COVER_OTHERS } Covering;

/* The share of faces that the network still calls right, or a negative number. The map of another
 * face shows what covering any quarter of that shape costs. */
static double accuracy(const Study *study, Covering covering, Error *error) {
    uint8_t grey = (uint8_t)lrintf(255 * image_classifier_info(study->network)->mean);
    int right = 0;
    for (int i = 0; i < study->n; i++) {
        const Look *one = &study->looks[i];
        const Look *other = &study->looks[(i + study->n / 2) % study->n];
        uint8_t face[FACE_PIXELS];
        float probabilities[EMOTION_COUNT];
        if (covering == COVER_NOTHING)
            memcpy(face, one->pixels, FACE_PIXELS);
        else
            cover(one->pixels, (covering == COVER_OTHERS ? other : one)->heat,
                  covering != COVER_COLDEST, grey, face);
        if (face_model_probabilities(study->model, (const uint8_t *[]){face}, 1, FACE_VIEWS_ONE,
                                     probabilities, error))
            return -1;
        right += emotion_most_probable(probabilities) == one->truth;
    }
    return (double)right / study->n;
}

/* ------------------------------------------------------------------ the picture */

enum { EXAMPLES = 5, ENLARGED = 2, CELL = FACE_SIDE * ENLARGED, GAP = 5, LABEL = 90, HEAD = 44 };

/* The face in grey, and where it is hot in orange to yellow: dark to light, so that it reads
 * without colour vision. */
static uint32_t shade(float grey, float heat) {
    float share = 0.75f * heat;
    float red = (1 - share) * grey + share * 255;
    float green = (1 - share) * grey + share * (60 + 170 * heat);
    float blue = (1 - share) * grey + share * 20;
    return (uint32_t)red << 16 | (uint32_t)green << 8 | (uint32_t)blue;
}

/* Paints a face with its heat (NULL for none) at column `column` of row `row`. */
static void paint(cairo_t *cairo, int row, int column, const float *face, const float *heat) {
    cairo_surface_t *cell = cairo_image_surface_create(CAIRO_FORMAT_RGB24, FACE_SIDE, FACE_SIDE);
    unsigned char *rows = cairo_image_surface_get_data(cell);
    for (int i = 0; rows && i < FACE_PIXELS; i++) {
        ptrdiff_t line = (ptrdiff_t)(i / FACE_SIDE) * cairo_image_surface_get_stride(cell);
        ((uint32_t *)(void *)(rows + line))[i % FACE_SIDE] = shade(face[i], heat ? heat[i] : 0);
    }
    cairo_surface_mark_dirty(cell);
    cairo_save(cairo);
    cairo_translate(cairo, LABEL + column * (CELL + GAP) + column / 2 * GAP,
                    HEAD + row * (CELL + GAP));
    cairo_scale(cairo, ENLARGED, ENLARGED);
    cairo_set_source_surface(cairo, cell, 0, 0);
    cairo_paint(cairo);
    cairo_restore(cairo);
    cairo_surface_destroy(cell);
}

static void write_at(cairo_t *cairo, double x, double y, const char *text) {
    cairo_set_source_rgb(cairo, 0.1, 0.1, 0.12);
    cairo_move_to(cairo, x, y);
    cairo_show_text(cairo, text);
}

/* An emotion's row: faces rightly called so, each beside its map, then the mean of all of them. */
static void paint_row(cairo_t *cairo, const Study *study, Emotion emotion) {
    float mean[FACE_PIXELS] = {0}, mean_heat[FACE_PIXELS] = {0};
    int found = 0;
    for (int i = 0; i < study->n; i++) {
        const Look *one = &study->looks[i];
        if (one->truth != emotion || one->called != emotion)
            continue;
        float face[FACE_PIXELS];
        found++;
        for (int p = 0; p < FACE_PIXELS; p++) {
            face[p] = one->pixels[p];
            mean[p] += (face[p] - mean[p]) / (float)found;
            mean_heat[p] += (one->heat[p] - mean_heat[p]) / (float)found;
        }
        if (found > EXAMPLES)
            continue;
        paint(cairo, emotion, 2 * (found - 1), face, NULL);
        paint(cairo, emotion, 2 * (found - 1) + 1, face, one->heat);
    }
    if (found) {
        paint(cairo, emotion, 2 * EXAMPLES, mean, NULL);
        paint(cairo, emotion, 2 * EXAMPLES + 1, mean, mean_heat);
    }
    write_at(cairo, 8, HEAD + emotion * (CELL + GAP) + CELL / 2.0 + 5, emotions[emotion].name);
}

static int draw(const Study *study, const char *path, Error *error) {
    int columns = 2 * EXAMPLES + 2;
    int width = LABEL + columns * (CELL + GAP) + columns / 2 * GAP;
    cairo_surface_t *surface =
        cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, HEAD + EMOTION_COUNT * (CELL + GAP));
    cairo_t *cairo = cairo_create(surface);
    cairo_set_source_rgb(cairo, 1, 1, 1);
    cairo_paint(cairo);
    cairo_select_font_face(cairo, "sans-serif", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_font_size(cairo, 17);
    write_at(cairo, LABEL, 28, "faces rightly called, each beside its attention");
    write_at(cairo, LABEL + 2 * EXAMPLES * (CELL + GAP) + EXAMPLES * GAP, 28,
             "mean of all of them");
    for (int emotion = 0; emotion < EMOTION_COUNT; emotion++)
        paint_row(cairo, study, (Emotion)emotion);
    cairo_destroy(cairo);
    cairo_surface_flush(surface);
    int status = drawing_write(surface, path, error);
    cairo_surface_destroy(surface);
    return status;
}

/* ------------------------------------------------------------------ the numbers */

/* How the attention of faces rightly called `emotion` is spread over thirds of their height. */
static json_t *bands_json(const Study *study, Emotion emotion) {
    double sums[BANDS] = {0}, total = 0;
    int found = 0;
    for (int i = 0; i < study->n; i++) {
        const Look *one = &study->looks[i];
        if (one->truth != emotion || one->called != emotion)
            continue;
        found++;
        for (int p = 0; p < FACE_PIXELS; p++) {
            sums[p / (FACE_PIXELS / BANDS)] += (double)one->heat[p];
            total += (double)one->heat[p];
        }
    }
    json_t *json = json_pack("{s:s, s:i}", "name", emotions[emotion].name, "faces", found);
    for (int b = 0; b < BANDS; b++)
        json_object_set_new(json, band_names[b],
                            total > 0 ? json_real(sums[b] / total) : json_null());
    return json;
}

static int tell(const Study *study, Error *error) {
    static const char *const names[] = {[COVER_NOTHING] = "nothing",
                                        [COVER_HOTTEST] = "attended",
                                        [COVER_COLDEST] = "unattended",
                                        [COVER_OTHERS] = "others"};
    json_t *classes = json_array(), *covered = json_object();
    int status = 0;
    for (int c = COVER_NOTHING; c <= COVER_OTHERS && !status; c++) {
        double share = accuracy(study, (Covering)c, error);
        status = share < 0 ? -1 : 0;
        json_object_set_new(covered, names[c], json_real(share));
    }
    for (int emotion = 0; emotion < EMOTION_COUNT; emotion++)
        json_array_append_new(classes, bands_json(study, (Emotion)emotion));
    json_t *json =
        json_pack("{s:i, s:o, s:o}", "faces", study->n, "covered", covered, "classes", classes);
    if (!status && json)
        json_dumpf(json, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(6));
    json_decref(json);
    return status;
}

/* Loads the network, and `most` faces of the split at even distances. */
static int prepare(Study *study, char **argv, Error *error) {
    int most = atoi(argv[4]);
    FaceSplit split = (FaceSplit)face_split_from_name(argv[3]);
    study->model = face_model_load(argv[1], error);
    if (!study->model || !(study->network = face_network_load(argv[1], error)))
        return -1;
    uint32_t count = 0, *indices = NULL;
    study->set = face_load(argv[2], (FaceLoadOptions){.unsplit = split}, error);
    if (!study->set || !(indices = face_set_indices(study->set, split, FACE_ALL, &count, error)))
        return -1;
    study->n = (int)(count < (uint32_t)most ? count : (uint32_t)most);
    study->looks = calloc((size_t)study->n + 1, sizeof *study->looks);
    for (int i = 0; i < study->n && study->looks; i++) {
        uint32_t face = indices[(uint64_t)i * count / (uint32_t)study->n];
        study->looks[i].pixels = face_set_face(study->set, face);
        study->looks[i].truth = (Emotion)study->set->labels[face];
    }
    free(indices);
    if (!study->looks)
        return error_memory(error, "the faces' maps", (size_t)study->n * sizeof *study->looks);
    return study->n ? 0 : error_set(error, "%s holds no face of %s", argv[2], argv[3]);
}

int main(int argc, char **argv) {
    Error error = {{0}};
    if (argc != 7 || face_split_from_name(argv[3]) < 0 || atoi(argv[4]) < 1 ||
        atoi(argv[4]) > MOST_FACES) {
        fprintf(stderr, "usage: attention MODEL DATA SPLIT FACES OUT.png THREADS\n");
        return EXIT_FAILURE;
    }
    threads_use(atoi(argv[6]));
    Study study = {0};
    int status = prepare(&study, argv, &error) || look_at_all(&study, &error) ||
                 draw(&study, argv[5], &error) || tell(&study, &error);
    face_model_destroy(study.model);
    image_classifier_destroy(study.network);
    face_set_destroy(study.set);
    free(study.looks);
    if (status)
        fprintf(stderr, "attention: %s\n", error.message);
    return status ? EXIT_FAILURE : EXIT_SUCCESS;
}
