/* Which faces a training sees, which it is judged by, and where it begins. */
#include "tests/support/scratch.h"
#include "tests/support/text.h"
#include "train/tasks/face_task.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static Error error;

static FaceTaskSettings settings(uint64_t seed) {
    return (FaceTaskSettings){.arch = "mini", .size = 48, .batch = 16, .seed = seed};
}

/* `n` pictures as training faces, each `copies` times, with another label each time. */
static FaceSet *unsplit_set(uint32_t n, uint32_t copies) {
    FaceSet *set = face_set_create(&error);
    uint8_t pixels[FACE_PIXELS];
    for (uint32_t i = 0; i < n * copies; i++) {
        for (int p = 0; p < FACE_PIXELS; p++)
            pixels[p] = (uint8_t)rng_bits(rng_seed(i % n), (uint64_t)p);
        ck_assert_int_eq(
            face_set_append(set, pixels, (Emotion)(i % EMOTION_COUNT), FACE_TRAINING, &error), 0);
    }
    return set;
}

static FaceTask *task_on(const FaceSet *set, FaceTaskSettings s) {
    FaceTask *task = face_task_create(set, &s, &error);
    ck_assert_msg(task != NULL, "%s", error.message);
    return task;
}

START_TEST(a_tenth_is_held_out_and_the_rest_trained_on) {
    FaceSet *set = unsplit_set(200, 1);
    FaceTask *task = task_on(set, settings(1));
    uint32_t n_training, n_validation;
    const uint32_t *training = face_task_training(task, &n_training);
    const uint32_t *validation = face_task_validation(task, &n_validation);
    ck_assert_uint_eq(n_validation, 20);
    ck_assert_uint_eq(n_training, 180);
    int seen[200] = {0};
    for (uint32_t i = 0; i < n_training; i++)
        seen[training[i]]++;
    for (uint32_t i = 0; i < n_validation; i++)
        seen[validation[i]]++;
    for (int i = 0; i < 200; i++)
        ck_assert_int_eq(seen[i], 1);
    face_task_destroy(task);
    face_set_destroy(set);
}
END_TEST

START_TEST(no_picture_stands_on_both_sides) {
    FaceSet *set = unsplit_set(150, 3);
    FaceTask *task = task_on(set, settings(1));
    uint32_t n_training, n_validation;
    const uint32_t *training = face_task_training(task, &n_training);
    const uint32_t *validation = face_task_validation(task, &n_validation);
    ck_assert_uint_eq(n_validation, 45);
    for (uint32_t i = 0; i < n_validation; i++)
        for (uint32_t j = 0; j < n_training; j++)
            ck_assert_uint_ne(validation[i] % 150, training[j] % 150);
    face_task_destroy(task);
    face_set_destroy(set);
}
END_TEST

START_TEST(the_seed_chooses_who_is_held_out) {
    FaceSet *set = unsplit_set(100, 1);
    FaceTask *tasks[3];
    const uint32_t *held[3];
    for (int i = 0; i < 3; i++) {
        uint32_t n;
        tasks[i] = task_on(set, settings(i == 2 ? 7 : 1));
        held[i] = face_task_validation(tasks[i], &n);
        ck_assert_uint_eq(n, 10);
    }
    ck_assert_mem_eq(held[0], held[1], 10 * sizeof **held);
    ck_assert_mem_ne(held[0], held[2], 10 * sizeof **held);
    for (int i = 0; i < 3; i++)
        face_task_destroy(tasks[i]);
    face_set_destroy(set);
}
END_TEST

START_TEST(copies_of_a_single_picture_are_too_few) {
    FaceSet *set = unsplit_set(1, 50);
    FaceTaskSettings s = settings(1);
    ck_assert_ptr_null(face_task_create(set, &s, &error));
    assert_contains(error.message, "0 faces to train on");
    face_set_destroy(set);
}
END_TEST

/* The network's own settings are taken over or refused; its weights are where training begins, and
 * its calibration ends. */
START_TEST(a_start_begins_with_that_models_weights) {
    FaceSet *set = unsplit_set(60, 1);
    const char *path = scratch_path("start.safetensors");
    FaceTask *first = task_on(set, settings(5));
    image_classifier_info(face_task_model(first))->temperature = 1.5f;
    image_classifier_info(face_task_model(first))->floor = 0.02f;
    ck_assert_int_eq(image_classifier_save(face_task_model(first), path, NULL, &error), 0);
    FaceTaskSettings s = settings(6);
    s.start = path;
    FaceTask *second = task_on(set, s);
    const Parameters *a = image_classifier_parameters(face_task_model(first)),
                     *b = image_classifier_parameters(face_task_model(second));
    ck_assert_float_eq(image_classifier_info(face_task_model(second))->temperature, 1);
    ck_assert_float_eq(image_classifier_info(face_task_model(second))->floor, 0);
    ck_assert_int_eq(parameters_count(a), parameters_count(b));
    for (int i = 0; i < parameters_count(a); i++)
        ck_assert_mem_eq(parameters_at(a, i)->tensor.data, parameters_at(b, i)->tensor.data,
                         tensor_count(&parameters_at(a, i)->tensor) * sizeof(float));
    face_task_destroy(first);
    face_task_destroy(second);
    s.arch = "vgg";
    ck_assert_ptr_null(face_task_create(set, &s, &error));
    assert_contains(error.message, "is a mini for 48 pixels, expected vgg");
    face_set_destroy(set);
}
END_TEST

/* The norm of the gradients of the first batch's loss, in the mode in which a network says the same
 * as it says as a teacher. */
static double first_norm(FaceTask *task, int looks) {
    TrainTask described = face_task_describe(task);
    Tape *tape = tape_create();
    ck_assert_int_eq(parameters_enable_gradients(described.parameters, &error), 0);
    ck_assert_int_eq(described.prepare(task, 0, (Shards){0, 1, 1}, 0, 0, &error), 0);
    for (int i = 0; i < looks; i++) {
        StepCount count = {0};
        tape_begin(tape, TAPE_RECORD, rng_seed(0));
        Tensor *loss = described.loss(task, 0, 0, tape, &count, &error);
        ck_assert_int_eq(tape_backward(tape, loss, &error), 0);
    }
    double norm = gradients_norm(described.parameters);
    tape_destroy(tape);
    return norm;
}

/* The gradient of a cross-entropy is the difference of what is said and what is to be said: a
 * student that is its own teacher has none, if both see the same picture. */
START_TEST(a_teacher_sees_the_augmented_and_mixed_picture_that_its_student_sees) {
    FaceSet *set = unsplit_set(60, 1);
    const char *path = scratch_path("both.safetensors");
    FaceTask *trained = task_on(set, settings(5));
    ck_assert_int_eq(image_classifier_save(face_task_model(trained), path, NULL, &error), 0);
    face_task_destroy(trained);
    FaceTaskSettings s = settings(6);
    s.start = s.teacher = path;
    s.augmentation = (Augmentation){.flip = 0.5f,
                                    .rotation = 30,
                                    .scale = 0.25f,
                                    .shift = 0.2f,
                                    .erase = 0.5f,
                                    .erase_area = 0.2f,
                                    .mixup = 1};
    FaceTask *by_labels = task_on(set, s);
    s.teacher_weight = 1;
    FaceTask *by_itself = task_on(set, s);
    ck_assert_double_lt(first_norm(by_itself, 1), 1e-3 * first_norm(by_labels, 1));
    face_task_destroy(by_labels);
    face_task_destroy(by_itself);
    face_set_destroy(set);
}
END_TEST

START_TEST(a_teacher_has_its_say_once_however_often_a_batch_is_looked_at) {
    FaceSet *set = unsplit_set(60, 1);
    const char *path = scratch_path("teacher.safetensors");
    FaceTask *trained = task_on(set, settings(5));
    ck_assert_int_eq(image_classifier_save(face_task_model(trained), path, NULL, &error), 0);
    face_task_destroy(trained);
    FaceTaskSettings s = settings(6);
    s.teacher = path;
    s.teacher_weight = 0.5f;
    FaceTask *task = task_on(set, s);
    double once = first_norm(task, 1);
    ck_assert_double_eq(first_norm(task, 2), once);
    face_task_destroy(task);
    face_set_destroy(set);
}
END_TEST

/* Votes on 60 pictures: the first ten are no faces to most, of the others each has three votes for
 * happiness, and one for fear or, for every fourth face, three. */
static const char *write_votes(void) {
    static char text[8192];
    char *end = text + sprintf(text, "usage,happiness,fear,NF\n");
    for (int i = 0; i < 60; i++)
        end += sprintf(end, "Training,%s\n", i < 10 ? "1,0,5" : i % 4 == 0 ? "3,3,0" : "3,1,0");
    return scratch_write("votes.csv", text);
}

START_TEST(voters_decide_what_is_learnt_and_what_is_right) {
    FaceSet *set = unsplit_set(60, 1);
    FaceTaskSettings s = settings(1);
    s.votes = write_votes();
    s.class_weights = true;
    FaceTask *task = task_on(set, s);
    uint32_t n_training, n_validation;
    const uint32_t *training = face_task_training(task, &n_training);
    const uint32_t *validation = face_task_validation(task, &n_validation);
    ck_assert_uint_gt(n_training, 40); /* 54, without those of the ten */
    ck_assert_uint_le(n_training, 50);
    for (uint32_t i = 0; i < n_training; i++)
        ck_assert_uint_ge(training[i], 10);
    for (uint32_t i = 0; i < n_validation; i++)
        ck_assert(validation[i] >= 10 && validation[i] % 4);
    TrainTask described = face_task_describe(task);
    Parameters *parameters = described.parameters;
    Tensor *bias = &parameters_at(parameters, parameters_count(parameters) - 1)->tensor;
    ck_assert_int_eq(bias->shape.n_dims, 1);
    ck_assert_int_eq(bias->shape.size[0], EMOTION_COUNT);
    /* A network that says happiness with 3 to 1 for fear, and nothing else, whatever it sees. */
    for (int i = 0; i < parameters_count(parameters); i++)
        if (parameters_at(parameters, i)->tensor.shape.n_dims == 2)
            init_constant(&parameters_at(parameters, i)->tensor, 0);
    init_constant(bias, -50);
    bias->data[EMOTION_HAPPY] = logf(3);
    bias->data[EMOTION_FEAR] = 0;
    Tape *tape = tape_create();
    ValidationSums sums = {0};
    ck_assert_int_eq(described.validate(task, tape, (Shards){0, 1, 1}, &sums, &error), 0);
    ck_assert_double_eq(sums.examples, n_validation);
    ck_assert_double_eq(sums.correct, n_validation);
    ck_assert_double_eq(sums.score, n_validation);
    double entropy = -0.75 * log(0.75) - 0.25 * log(0.25);
    ck_assert_double_eq_tol(sums.loss / n_validation, entropy, 1e-5);
    FaceTaskSettings plain = settings(1);
    FaceTask *by_labels = task_on(set, plain);
    ck_assert_uint_ne(face_task_describe(by_labels).data_checksum, described.data_checksum);
    face_task_destroy(by_labels);
    tape_destroy(tape);
    face_task_destroy(task);
    face_set_destroy(set);
}
END_TEST

Suite *face_task_suite(void) {
    Suite *suite = suite_create("face task");
    TCase *tests = tcase_create("the faces of a training");
    tcase_set_timeout(tests, 120);
    tcase_add_checked_fixture(tests, scratch_create, scratch_remove);
    tcase_add_test(tests, a_tenth_is_held_out_and_the_rest_trained_on);
    tcase_add_test(tests, no_picture_stands_on_both_sides);
    tcase_add_test(tests, the_seed_chooses_who_is_held_out);
    tcase_add_test(tests, copies_of_a_single_picture_are_too_few);
    tcase_add_test(tests, a_start_begins_with_that_models_weights);
    tcase_add_test(tests, a_teacher_sees_the_augmented_and_mixed_picture_that_its_student_sees);
    tcase_add_test(tests, a_teacher_has_its_say_once_however_often_a_batch_is_looked_at);
    tcase_add_test(tests, voters_decide_what_is_learnt_and_what_is_right);
    suite_add_tcase(suite, tests);
    return suite;
}
