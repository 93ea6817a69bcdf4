/* The built-in faces: the same for the same seed, balanced, and too hard for a linear model. */
#include "datasets/augment/face_batch.h"
#include "datasets/draw/contact_sheet.h"
#include "datasets/faces/synthetic_faces.h"
#include "datasets/media/picture.h"
#include "tests/support/scratch.h"
#include "tests/support/text.h"

#include <math.h>
#include <omp.h>
#include <stdlib.h>

START_TEST(a_seed_gives_the_same_faces_on_any_number_of_threads) {
    uint64_t expected = 0;
    for (int threads = 1; threads <= 3; threads++) {
        omp_set_num_threads(threads);
        FaceSet *set = synthetic_faces_make(100, 20, 5, NULL);
        uint64_t checksum = face_set_checksum(set);
        ck_assert(threads == 1 || checksum == expected);
        expected = checksum;
        face_set_destroy(set);
    }
    FaceSet *other = synthetic_faces_make(100, 20, 6, NULL);
    ck_assert(face_set_checksum(other) != expected);
    face_set_destroy(other);
}
END_TEST

START_TEST(a_longer_set_begins_with_the_shorter_one) {
    FaceSet *shorter = synthetic_faces_make(20, 0, 5, NULL),
            *longer = synthetic_faces_make(50, 10, 5, NULL);
    ck_assert(!memcmp(shorter->pixels, longer->pixels, 20 * FACE_PIXELS));
    face_set_destroy(shorter);
    face_set_destroy(longer);
}
END_TEST

START_TEST(splits_have_their_sizes_and_emotions_are_balanced) {
    enum { TRAINING = 700, TEST = 140 };
    FaceSet *set = synthetic_faces_make(TRAINING, TEST, 1, NULL);
    int counts[FACE_SPLIT_COUNT][EMOTION_COUNT] = {{0}};
    for (uint32_t i = 0; i < set->count; i++)
        counts[set->splits[i]][set->labels[i]]++;
    for (int code = 0; code < EMOTION_COUNT; code++) {
        ck_assert_int_eq(counts[FACE_TRAINING][code], TRAINING / EMOTION_COUNT);
        ck_assert_int_eq(counts[FACE_PUBLIC_TEST][code], TEST / EMOTION_COUNT);
        ck_assert_int_eq(counts[FACE_PRIVATE_TEST][code], TEST / EMOTION_COUNT);
    }
    uint32_t unshared,
        *indices = face_set_indices(set, FACE_PRIVATE_TEST, FACE_UNSHARED, &unshared, NULL);
    ck_assert_uint_eq(unshared, TEST); /* no face is drawn twice */
    free(indices);
    face_set_destroy(set);
}
END_TEST

/* ------------------------------------------------------------------------- a linear model */

/* Softmax regression on the pixels. */
typedef struct Linear {
    float weights[EMOTION_COUNT][FACE_PIXELS], biases[EMOTION_COUNT];
} Linear;

/* Writes the probabilities; returns the likeliest class. */
static int predict(const Linear *model, const float *x, float probabilities[EMOTION_COUNT]) {
    int best = 0;
    float total = 0;
    for (int k = 0; k < EMOTION_COUNT; k++) {
        float logit = model->biases[k];
        for (int i = 0; i < FACE_PIXELS; i++)
            logit += model->weights[k][i] * x[i];
        probabilities[k] = logit;
        best = logit > probabilities[best] ? k : best;
    }
    float highest = probabilities[best];
    for (int k = 0; k < EMOTION_COUNT; k++)
        total += probabilities[k] = expf(probabilities[k] - highest);
    for (int k = 0; k < EMOTION_COUNT; k++)
        probabilities[k] /= total;
    return best;
}

static void learn(Linear *model, const float *x, int label, float rate) {
    float probabilities[EMOTION_COUNT];
    predict(model, x, probabilities);
    for (int k = 0; k < EMOTION_COUNT; k++) {
        float step = rate * ((k == label) - probabilities[k]);
        model->biases[k] += step;
        for (int i = 0; i < FACE_PIXELS; i++)
            model->weights[k][i] += step * x[i];
    }
}

START_TEST(a_linear_model_on_the_pixels_fails) {
    enum { TRAINING = 2800, TEST = 700, EPOCHS = 5 };
    FaceSet *set = synthetic_faces_make(TRAINING, TEST, 1, NULL);
    uint32_t order[TRAINING];
    rng_permutation(rng_seed(1), order, TRAINING);
    FaceInput input = face_input_measure(set, order, TRAINING);
    Linear *model = calloc(1, sizeof *model);
    float x[FACE_PIXELS], probabilities[EMOTION_COUNT];
    for (int epoch = 0; epoch < EPOCHS; epoch++)
        for (int i = 0; i < TRAINING; i++) {
            face_batch_fill(set, &order[i], 1, NULL, rng_seed(0), &input, x);
            learn(model, x, set->labels[order[i]], 2e-4f);
        }
    int right = 0;
    for (uint32_t i = TRAINING; i < TRAINING + TEST; i++) {
        face_batch_fill(set, &i, 1, NULL, rng_seed(0), &input, x);
        right += predict(model, x, probabilities) == set->labels[i];
    }
    ck_assert_msg(right < 0.5 * TEST, "a linear model is right on %d of %d", right, TEST);
    ck_assert_msg(right > 1.5 / EMOTION_COUNT * TEST,
                  "the linear model of this test learns nothing: %d of %d", right, TEST);
    free(model);
    face_set_destroy(set);
}
END_TEST

/* -------------------------------------------------------------------------- contact sheet */

START_TEST(a_preview_shows_ten_looks_at_each_face) {
    FaceSet *set = synthetic_faces_make(7, 0, 1, NULL);
    FaceInput input = {.side = 44, .mean = 0.5f, .deviation = 0.25f};
    const char *path = scratch_path("preview.png");
    Error error = {""};
    ck_assert_msg(!contact_sheet_preview(path, set, (uint32_t[]){0, 3, 6}, 3,
                                         &(Augmentation){.flip = 0.5f}, rng_seed(1), &input,
                                         &error),
                  "%s", error.message);
    Image sheet;
    ck_assert_int_eq(picture_read(path, IMAGE_RGB, &sheet, &error), 0);
    ck_assert_int_gt(sheet.width, 10 * 44);
    ck_assert_int_gt(sheet.height, 3 * 44);
    image_free(&sheet);
    face_set_destroy(set);
}
END_TEST

START_TEST(a_sheet_that_cannot_be_drawn_or_written_says_so) {
    uint8_t face[FACE_PIXELS] = {0};
    Error error = {""};
    ck_assert_int_eq(
        contact_sheet_write(scratch_path("no/sheet.png"), face, 1, FACE_SIDE, 1, NULL, &error), -1);
    assert_contains(error.message, "no/sheet.png");
    ck_assert_int_eq(
        contact_sheet_write(scratch_path("sheet.png"), face, 0, FACE_SIDE, 1, NULL, &error), -1);
    assert_contains(error.message, "0 faces");
}
END_TEST

Suite *synthetic_faces_suite(void) {
    Suite *suite = suite_create("synthetic_faces");
    TCase *tcase = tcase_create("faces and sheets");
    tcase_add_checked_fixture(tcase, scratch_create, scratch_remove);
    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, a_seed_gives_the_same_faces_on_any_number_of_threads);
    tcase_add_test(tcase, a_longer_set_begins_with_the_shorter_one);
    tcase_add_test(tcase, splits_have_their_sizes_and_emotions_are_balanced);
    tcase_add_test(tcase, a_linear_model_on_the_pixels_fails);
    tcase_add_test(tcase, a_preview_shows_ten_looks_at_each_face);
    tcase_add_test(tcase, a_sheet_that_cannot_be_drawn_or_written_says_so);
    suite_add_tcase(suite, tcase);
    return suite;
}
