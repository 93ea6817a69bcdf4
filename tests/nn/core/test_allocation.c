/* Once warm, a step allocates nothing from the heap. */
#include "nn/models/image_classifier.h"
#include "tests/support/heap.h"
#include "tests/support/operator_cases.h"
#include "tests/support/probe.h"

#include <check.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>

enum { WARM_STEPS = 2, STEPS = 2, THREADS = 2 };

/* Without assertions, which allocate. */
static int step(const OperatorCase *c, CaseData *data, Tape *tape) {
    Tensor *outputs[CASE_MAX_OUTPUTS];
    int n = case_build(c, data, tape, outputs);
    return tape_backward(tape, functional(tape, outputs, n), NULL);
}

START_TEST(a_warm_step_does_not_touch_the_heap) {
    const OperatorCase *c = &operator_cases[_i];
    if (!heap_is_counted()) {
        if (_i == 0)
            fprintf(stderr, "skipped: the sanitizer's heap cannot be counted\n");
        return;
    }
    omp_set_num_threads(THREADS);
    Tape *tape = tape_create();
    CaseData data;
    case_create(c, &data);
    int failed = 0;
    for (int i = 0; i < WARM_STEPS; i++)
        failed |= step(c, &data, tape);
    size_t held = tape_held(tape);
    long before = heap_allocations();
    for (int i = 0; i < STEPS; i++)
        failed |= step(c, &data, tape);
    long made = heap_allocations() - before;
    ck_assert_int_eq(failed, 0);
    ck_assert_msg(made == 0, "%s, %s: %ld allocations in %d warm steps", c->operator, c->what, made,
                  STEPS);
    ck_assert_uint_eq(tape_held(tape), held);
    case_destroy(c, &data);
    tape_destroy(tape);
}
END_TEST

/* A whole network: operators of all kinds and sizes in one step. */
static int train_faces(ImageClassifier *model, Tape *tape, const float *pixels) {
    static const int32_t labels[] = {0, 1, 2};
    tape_begin(tape, TAPE_TRAIN, rng_seed(1));
    Tensor *x = tape_input(tape, "x", shape(3, 16, 16, 1), pixels);
    Tensor *logits = image_classifier_forward(model, tape, x);
    return tape_backward(tape, op_cross_entropy(tape, logits, (CrossEntropy){.labels = labels}),
                         NULL);
}

START_TEST(training_a_network_does_not_touch_the_heap) {
    if (!heap_is_counted())
        return;
    static const char *const archs[] = {"vgg", "mini", "resnet"};
    ImageClassifierInfo info = {
        .size = 16, .n_classes = 7, .std = 1, .temperature = 1, .dropout = 0.5f};
    snprintf(info.arch, sizeof info.arch, "%s", archs[_i]);
    for (int i = 0; i < info.n_classes; i++)
        snprintf(info.class_names[i], sizeof info.class_names[i], "class %d", i);
    Error error;
    ImageClassifier *model = image_classifier_create(&info, rng_seed(1), &error);
    ck_assert_msg(model != NULL, "%s", error.message);
    ck_assert_int_eq(parameters_enable_gradients(image_classifier_parameters(model), &error), 0);
    omp_set_num_threads(THREADS);
    Tape *tape = tape_create();
    float *pixels = probe_random(1, 3 * 16 * 16);
    int failed = 0;
    for (int i = 0; i < WARM_STEPS; i++)
        failed |= train_faces(model, tape, pixels);
    long before = heap_allocations();
    for (int i = 0; i < STEPS; i++)
        failed |= train_faces(model, tape, pixels);
    long made = heap_allocations() - before;
    ck_assert_int_eq(failed, 0);
    ck_assert_int_eq(made, 0);
    free(pixels);
    tape_destroy(tape);
    image_classifier_destroy(model);
}
END_TEST

START_TEST(the_count_sees_an_allocation) {
    if (!heap_is_counted())
        return;
    long before = heap_allocations();
    Tape *tape = tape_create();
    ck_assert_int_gt(heap_allocations(), before);
    tape_destroy(tape);
}
END_TEST

Suite *allocation_suite(void) {
    Suite *suite = suite_create("allocation");
    TCase *tests = tcase_create("warm steps");
    tcase_add_loop_test(tests, a_warm_step_does_not_touch_the_heap, 0, n_operator_cases);
    tcase_add_loop_test(tests, training_a_network_does_not_touch_the_heap, 0, 3);
    tcase_add_test(tests, the_count_sees_an_allocation);
    suite_add_tcase(suite, tests);
    return suite;
}
