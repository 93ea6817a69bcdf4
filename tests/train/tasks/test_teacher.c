/* Distillation: the teacher sees what the student sees, as its own normalisation wants it. */
#include "train/tasks/teacher.h"

#include "datasets/faces/emotion.h"
#include "infer/faces/face_model.h"
#include "nn/io/file.h"
#include "tests/support/heap.h"
#include "tests/support/networks.h"
#include "tests/support/scratch.h"
#include "tests/support/text.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

enum { FACES = 5, VALUES = FACES * EMOTION_COUNT };

typedef struct Batch {
    uint8_t pixels[FACES * FACE_PIXELS];
    float x[FACES * FACE_PIXELS]; /* as the student's input */
    float targets[VALUES];        /* one-hot */
} Batch;

static Batch *batch_create(const FaceInput *input) {
    Batch *batch = calloc(1, sizeof *batch);
    network_faces(batch->pixels, FACES, 7);
    for (int i = 0; i < FACES * FACE_PIXELS; i++)
        batch->x[i] = batch->pixels[i];
    face_input_normalise(input, batch->x, FACES * FACE_PIXELS);
    for (int i = 0; i < FACES; i++)
        batch->targets[i * EMOTION_COUNT + i] = 1;
    return batch;
}

/* What inference says of the batch's faces. */
static void expect(const char *paths, const Batch *batch, float *probabilities) {
    Error error;
    FaceModel *model = face_model_load(paths, &error);
    ck_assert_msg(model != NULL, "%s", error.message);
    const uint8_t *faces[FACES];
    for (int i = 0; i < FACES; i++)
        faces[i] = batch->pixels + (size_t)i * FACE_PIXELS;
    ck_assert_int_eq(
        face_model_probabilities(model, faces, FACES, FACE_VIEWS_ONE, probabilities, &error), 0);
    face_model_destroy(model);
}

START_TEST(teachers_say_what_inference_says_whatever_the_student_is_normalised_by) {
    ImageClassifierInfo one = network_info("mini"), other = network_info("mini");
    one.temperature = 1.7f;
    one.floor = 0.02f;
    other.mean = 0.4f;
    other.std = 0.3f;
    for (int i = 0; i < EMOTION_COUNT; i++) /* its outputs stand in another order */
        strcpy(other.class_names[i], emotions[(i + 3) % EMOTION_COUNT].name);
    char paths[1024];
    snprintf(paths, sizeof paths, "%s", network_save(&one, 1, "one.safetensors"));
    strcat(strcat(paths, ","), network_save(&other, 2, "other.safetensors"));
    FaceInput student = {.side = FACE_SIDE, .mean = 0.6f, .deviation = 0.2f};
    Batch *batch = batch_create(&student);
    float expected[VALUES], weight = 0.7f, hard[VALUES];
    expect(paths, batch, expected);
    memcpy(hard, batch->targets, sizeof hard);
    Error error;
    Teacher *teacher = teacher_load(paths, false, &student, &error);
    ck_assert_msg(teacher != NULL, "%s", error.message);
    ck_assert_int_eq(teacher_blend(teacher, batch->x, FACES, 0, weight, batch->targets, &error), 0);
    for (int i = 0; i < VALUES; i++)
        ck_assert_float_eq_tol(batch->targets[i], (1 - weight) * hard[i] + weight * expected[i],
                               1e-5f);
    teacher_destroy(teacher);
    free(batch);
}
END_TEST

START_TEST(teachers_that_share_a_batch_tell_their_part_of_it) {
    ImageClassifierInfo info = network_info("mini");
    const char *names[] = {network_save(&info, 1, "one.safetensors"),
                           network_save(&info, 2, "other.safetensors")};
    FaceInput student = {.side = FACE_SIDE, .mean = info.mean, .deviation = info.std};
    Batch *batch = batch_create(&student);
    float expected[2][VALUES], weight = 0.7f, hard[VALUES];
    for (int k = 0; k < 2; k++)
        expect(names[k], batch, expected[k]);
    memcpy(hard, batch->targets, sizeof hard);
    Error error;
    Teacher *teacher =
        teacher_load(text_format("%s,%s", names[0], names[1]), true, &student, &error);
    ck_assert_msg(teacher != NULL, "%s", error.message);
    ck_assert_int_eq(teacher_blend(teacher, batch->x, FACES, 0, weight, batch->targets, &error), 0);
    for (int i = 0; i < VALUES; i++) {
        const float *told = expected[i / EMOTION_COUNT < FACES / 2 ? 0 : 1];
        ck_assert_float_eq_tol(batch->targets[i], (1 - weight) * hard[i] + weight * told[i], 1e-5f);
    }
    memcpy(batch->targets, hard, sizeof hard); /* a share of no faces is none */
    ck_assert_int_eq(teacher_blend(teacher, batch->x, 1, 0, weight, batch->targets, &error), 0);
    for (int i = 0; i < EMOTION_COUNT; i++)
        ck_assert_float_eq_tol(batch->targets[i], (1 - weight) * hard[i] + weight * expected[1][i],
                               1e-5f);
    memcpy(batch->targets, hard, sizeof hard); /* at the next turn it is the other's */
    ck_assert_int_eq(teacher_blend(teacher, batch->x, 1, 1, weight, batch->targets, &error), 0);
    for (int i = 0; i < EMOTION_COUNT; i++)
        ck_assert_float_eq_tol(batch->targets[i], (1 - weight) * hard[i] + weight * expected[0][i],
                               1e-5f);
    teacher_destroy(teacher);
    free(batch);
}
END_TEST

/* Folded networks have weights prepared for full precision. */
START_TEST(teachers_round_when_they_are_told_to) {
    ImageClassifierInfo info = network_info("mini");
    const char *path = network_save(&info, 1, "one.safetensors");
    FaceInput student = {.side = FACE_SIDE, .mean = info.mean, .deviation = info.std};
    Batch *batch = batch_create(&student);
    float hard[VALUES], full[VALUES], expected[VALUES];
    expect(path, batch, expected);
    memcpy(hard, batch->targets, sizeof hard);
    Error error;
    Teacher *teacher = teacher_load(path, false, &student, &error);
    ck_assert_msg(teacher != NULL, "%s", error.message);
    float *targets = batch->targets;
    ck_assert_int_eq(teacher_blend(teacher, batch->x, FACES, 0, 1, targets, &error), 0);
    memcpy(full, targets, sizeof full);
    memcpy(targets, hard, sizeof hard);
    teacher_use_bfloat16(teacher, true);
    ck_assert_int_eq(teacher_blend(teacher, batch->x, FACES, 0, 1, targets, &error), 0);
    ck_assert_mem_ne(full, targets, sizeof full);
    for (int i = 0; i < VALUES; i++)
        ck_assert_float_eq_tol(targets[i], expected[i], 0.02f);
    teacher_destroy(teacher);
    free(batch);
}
END_TEST

static void assert_refused(const char *paths, int side, const char *because) {
    FaceInput student = {.side = side, .mean = 0.5f, .deviation = 0.25f};
    Error error;
    ck_assert_ptr_null(teacher_load(paths, false, &student, &error));
    assert_contains(error.message, because);
}

START_TEST(unsuitable_teachers_are_refused) {
    ImageClassifierInfo info = network_info("mini"), strange = info;
    strcpy(strange.class_names[2], "hungry");
    const char *good = network_save(&info, 1, "good.safetensors");
    assert_refused(good, 32, "for 48 pixels");
    assert_refused(network_save(&strange, 1, "strange.safetensors"), 48, "not a known emotion");
    assert_refused(text_format("%s,", good), 48, "item 2 of the list is empty");
    assert_refused("no-such-file", 48, "no-such-file");
}
END_TEST

/* At first libraries keep what they need ever after, and the heap keeps some small blocks. */
START_TEST(nothing_is_left_of_a_teacher) {
    ImageClassifierInfo info = network_info("mini");
    const char *paths = text_format("%s,%s", network_save(&info, 1, "one.safetensors"),
                                    network_save(&info, 2, "other.safetensors"));
    FaceInput student = {.side = FACE_SIDE, .mean = 0.6f, .deviation = 0.2f};
    Batch *batch = batch_create(&student);
    const int first = 3, last = 11, small = 16384;
    long before = 0;
    for (int i = 0; i < last; i++) {
        Error error;
        if (i == first)
            before = heap_bytes();
        Teacher *teacher = teacher_load(paths, false, &student, &error);
        ck_assert_msg(teacher != NULL, "%s", error.message);
        ck_assert_int_eq(teacher_blend(teacher, batch->x, FACES, 0, 0.5f, batch->targets, &error),
                         0);
        teacher_destroy(teacher);
    }
    ck_assert_int_lt(heap_bytes() - before, small);
    free(batch);
}
END_TEST

Suite *teacher_suite(void) {
    Suite *suite = suite_create("teacher");
    TCase *tcase = tcase_create("teacher");
    tcase_add_checked_fixture(tcase, scratch_create, scratch_remove);
    tcase_add_test(tcase, teachers_say_what_inference_says_whatever_the_student_is_normalised_by);
    tcase_add_test(tcase, teachers_that_share_a_batch_tell_their_part_of_it);
    tcase_add_test(tcase, nothing_is_left_of_a_teacher);
    tcase_add_test(tcase, teachers_round_when_they_are_told_to);
    tcase_add_test(tcase, unsuitable_teachers_are_refused);
    suite_add_tcase(suite, tcase);
    return suite;
}
