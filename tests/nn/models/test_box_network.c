/* What a box network's values mean, and that its files keep them. */
#include "nn/models/box_network.h"
#include "tests/support/scratch.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static Error error;

static BoxNetwork *fresh(void) {
    BoxNetworkInfo info = {16, 0.5f, 0.25f};
    BoxNetwork *network = box_network_create(&info, rng_seed(3), &error);
    ck_assert_msg(network != NULL, "%s", error.message);
    return network;
}

/* The values for a picture of noise, 64 × 96 (caller frees). */
static float *values_of(const BoxNetwork *network, size_t *count) {
    Tape *tape = tape_create();
    float x[64 * 96];
    for (int i = 0; i < 64 * 96; i++)
        x[i] = rng_normal(rng_seed(5), (uint64_t)i);
    tape_begin(tape, TAPE_EVALUATE, rng_seed(0));
    const Tensor *values =
        box_network_forward(network, tape, tape_input(tape, "picture", shape(1, 64, 96, 1), x));
    ck_assert_int_eq(tape_check(tape, &error), 0);
    *count = tensor_count(values);
    float *copy = malloc(*count * sizeof *copy);
    memcpy(copy, values->data, *count * sizeof *copy);
    tape_destroy(tape);
    return copy;
}

START_TEST(a_box_survives_encoding) {
    ScoredBox box = {33, 41, 20, 26, 0};
    float values[BOX_VALUES] = {0};
    box_encode(&box, 16, 2, 3, values + 1);
    ScoredBox back = box_decode(values, 16, 2, 3);
    ck_assert_float_eq_tol(back.x, 33, 1e-4f);
    ck_assert_float_eq_tol(back.y, 41, 1e-4f);
    ck_assert_float_eq_tol(back.width, 20, 1e-4f);
    ck_assert_float_eq_tol(back.height, 26, 1e-4f);
    ck_assert_float_eq_tol(back.score, 0.5f, 1e-6f);
    values[3] = values[4] = 1e30f; /* a wild network still gives finite boxes */
    ck_assert(isfinite(box_decode(values, 16, 2, 3).width));
}
END_TEST

START_TEST(of_overlapping_boxes_the_surest_stays) {
    ScoredBox boxes[] = {{0, 0, 10, 10, 0.5f}, {1, 0, 10, 10, 0.9f}, {30, 0, 10, 10, 0.2f}};
    ck_assert_int_eq(box_suppress(boxes, 3, 0.35f, 10), 2);
    ck_assert_float_eq(boxes[0].score, 0.9f);
    ck_assert_float_eq(boxes[1].score, 0.2f);
    ck_assert_float_eq_tol(
        scored_box_overlap(&(ScoredBox){0, 0, 2, 2, 0}, &(ScoredBox){1, 0, 2, 2, 0}), 1 / 3.0f,
        1e-6f);
}
END_TEST

START_TEST(there_is_a_value_for_each_position_of_each_map) {
    BoxNetwork *network = fresh();
    size_t count;
    float *values = values_of(network, &count);
    size_t positions = 8 * 12 + 4 * 6 + 2 * 3;
    ck_assert_uint_eq(count, positions * BOX_VALUES);
    ScoredBox boxes[4];
    for (size_t i = 0; i < positions; i++)
        values[BOX_VALUES * i] = -10;
    values[BOX_VALUES * (8 * 12 + 6 + 2)] = 5; /* second map, row 1, column 2 */
    memset(values + BOX_VALUES * (8 * 12 + 6 + 2) + 1, 0, 4 * sizeof *values);
    ck_assert_int_eq(box_network_decode(values, 1, 0, 64, 96, 0.9f, 0.3f, boxes, 4), 1);
    ck_assert_float_eq_tol(boxes[0].x + boxes[0].width / 2, 2.5f * 16, 1e-4f);
    ck_assert_float_eq_tol(boxes[0].y + boxes[0].height / 2, 1.5f * 16, 1e-4f);
    free(values);
    box_network_destroy(network);
}
END_TEST

/* A map full of doubtful boxes leaves room for a sure one of a later map. */
START_TEST(the_surest_of_very_many_boxes_is_found) {
    enum { SIDE = 640, FIRST = 80 * 80, ALL = FIRST + 40 * 40 + 20 * 20 };
    float *values = calloc((size_t)ALL * BOX_VALUES, sizeof *values);
    ScoredBox boxes[8];
    ck_assert_ptr_nonnull(values);
    values[(size_t)(ALL - 1) * BOX_VALUES] = 5;
    int n = box_network_decode(values, 1, 0, SIDE, SIDE, 0.4f, 0.3f, boxes, 8);
    ck_assert_int_eq(n, 8);
    ck_assert_float_gt(boxes[0].score, 0.9f);
    ck_assert_float_eq_tol(boxes[1].score, 0.5f, 1e-6f);
    free(values);
}
END_TEST

START_TEST(folding_and_saving_change_nothing) {
    BoxNetwork *network = fresh();
    size_t count;
    float *before = values_of(network, &count);
    const char *path = scratch_path("boxes.safetensors");
    ck_assert_int_eq(box_network_save(network, path, NULL, &error), 0);
    BoxNetwork *loaded = box_network_load(path, &error);
    ck_assert_msg(loaded != NULL, "%s", error.message);
    ck_assert_int_eq(box_network_fold(loaded, &error), 0);
    float *after = values_of(loaded, &count);
    for (size_t i = 0; i < count; i++)
        ck_assert_float_eq_tol(before[i], after[i], 1e-3f * (1 + fabsf(before[i])));
    free(before);
    free(after);
    box_network_destroy(network);
    box_network_destroy(loaded);
}
END_TEST

/* Second looks at several candidates share a pass (infer/faces/detect/network_detector.c). */
START_TEST(pictures_in_a_batch_give_what_each_gives_alone) {
    enum { N = 5, SIDE = 64, POSITIONS = 64 + 16 + 4 };
    static float x[N * SIDE * SIDE], together[N * POSITIONS * BOX_VALUES];
    BoxNetwork *network = fresh();
    ck_assert_int_eq(box_network_fold(network, &error), 0);
    for (int i = 0; i < N * SIDE * SIDE; i++)
        x[i] = rng_normal(rng_seed(5), (uint64_t)i);
    Tape *tape = tape_create();
    tape_begin(tape, TAPE_EVALUATE, rng_seed(0));
    const Tensor *values =
        box_network_forward(network, tape, tape_input(tape, "all", shape(N, SIDE, SIDE, 1), x));
    ck_assert_int_eq(tape_check(tape, &error), 0);
    ck_assert_uint_eq(tensor_count(values), N * POSITIONS * BOX_VALUES);
    memcpy(together, values->data, sizeof together);
    for (int i = 0; i < N; i++) {
        ScoredBox alone[POSITIONS], among[POSITIONS];
        tape_begin(tape, TAPE_EVALUATE, rng_seed(0));
        values = box_network_forward(
            network, tape,
            tape_input(tape, "one", shape(1, SIDE, SIDE, 1), x + (size_t)i * SIDE * SIDE));
        int n = box_network_decode(values->data, 1, 0, SIDE, SIDE, 1e-3f, 0.9f, alone, POSITIONS);
        ck_assert_int_gt(n, 0);
        ck_assert_int_eq(
            box_network_decode(together, N, i, SIDE, SIDE, 1e-3f, 0.9f, among, POSITIONS), n);
        ck_assert_mem_eq(alone, among, (size_t)n * sizeof *alone);
    }
    tape_destroy(tape);
    box_network_destroy(network);
}
END_TEST

START_TEST(a_file_of_another_kind_is_refused) {
    const char *path = scratch_write("other.safetensors", "no model");
    ck_assert_ptr_null(box_network_load(path, &error));
    ck_assert_ptr_null(box_network_create(&(BoxNetworkInfo){20, 0, 1}, rng_seed(1), &error));
    ck_assert_ptr_nonnull(strstr(error.message, "multiple of 16"));
}
END_TEST

Suite *box_network_suite(void) {
    Suite *suite = suite_create("box network");
    TCase *tcase = tcase_create("box network");
    tcase_add_checked_fixture(tcase, scratch_create, scratch_remove);
    tcase_add_test(tcase, a_box_survives_encoding);
    tcase_add_test(tcase, of_overlapping_boxes_the_surest_stays);
    tcase_add_test(tcase, the_surest_of_very_many_boxes_is_found);
    tcase_add_test(tcase, there_is_a_value_for_each_position_of_each_map);
    tcase_add_test(tcase, folding_and_saving_change_nothing);
    tcase_add_test(tcase, pictures_in_a_batch_give_what_each_gives_alone);
    tcase_add_test(tcase, a_file_of_another_kind_is_refused);
    suite_add_tcase(suite, tcase);
    return suite;
}
