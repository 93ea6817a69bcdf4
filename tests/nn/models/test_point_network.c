/* The network of points: its sizes, its start, and that its files keep it. */
#include "nn/models/point_network.h"
#include "tests/support/scratch.h"
#include "tests/support/text.h"

#include <check.h>
#include <math.h>
#include <string.h>

static Error error;
enum { POINTS = 5 };

static PointNetwork *fresh(void) {
    PointNetworkInfo info = {POINTS, 16, 0.45f, 0.25f};
    PointNetwork *network = point_network_create(&info, rng_seed(2), &error);
    ck_assert_msg(network != NULL, "%s", error.message);
    return network;
}

/* The places of two pictures of noise. */
static void ask(const PointNetwork *network, float places[2 * 2 * POINTS]) {
    static float x[2 * POINT_SIDE * POINT_SIDE];
    for (int i = 0; i < 2 * POINT_SIDE * POINT_SIDE; i++)
        x[i] = rng_normal(rng_seed(4), (uint64_t)i);
    Tape *tape = tape_create();
    tape_begin(tape, TAPE_EVALUATE, rng_seed(0));
    const Tensor *y = point_network_forward(
        network, tape, tape_input(tape, "faces", shape(2, POINT_SIDE, POINT_SIDE, 1), x));
    ck_assert_int_eq(tape_check(tape, &error), 0);
    ck_assert_uint_eq(tensor_count(y), 2 * 2 * POINTS);
    memcpy(places, y->data, 2 * 2 * POINTS * sizeof *places);
    tape_destroy(tape);
}

START_TEST(it_begins_where_it_is_told) {
    PointNetwork *network = fresh();
    float start[2 * POINTS], before[4 * POINTS], after[4 * POINTS];
    for (int i = 0; i < 2 * POINTS; i++)
        start[i] = 0.01f * (float)i;
    ask(network, before);
    float old[2 * POINTS];
    memcpy(old, parameters_find(point_network_parameters(network), "places.bias")->data,
           sizeof old);
    point_network_start(network, start);
    ask(network, after);
    for (int i = 0; i < 4 * POINTS; i++)
        ck_assert_float_eq_tol(after[i] - before[i],
                               start[i % (2 * POINTS)] - old[i % (2 * POINTS)], 1e-5f);
    point_network_destroy(network);
}
END_TEST

START_TEST(folding_and_saving_change_next_to_nothing) {
    PointNetwork *network = fresh();
    const char *path = scratch_path("points.safetensors");
    ck_assert_int_eq(point_network_save(network, path, NULL, &error), 0);
    PointNetwork *loaded = point_network_load(path, &error);
    ck_assert_msg(loaded != NULL, "%s", error.message);
    ck_assert_int_eq(point_network_info(loaded)->points, POINTS);
    ck_assert_int_eq(point_network_fold(loaded, &error), 0);
    float before[4 * POINTS], after[4 * POINTS];
    ask(network, before);
    ask(loaded, after);
    for (int i = 0; i < 4 * POINTS; i++) /* files keep half precision */
        ck_assert_float_eq_tol(before[i], after[i], 3e-2f * (1 + fabsf(before[i])));
    point_network_destroy(network);
    point_network_destroy(loaded);
}
END_TEST

START_TEST(what_is_no_such_network_is_refused) {
    ck_assert_ptr_null(
        point_network_create(&(PointNetworkInfo){POINTS, 20, 0, 1}, rng_seed(1), &error));
    assert_contains(error.message, "multiple of 8");
    ck_assert_ptr_null(point_network_load(scratch_write("x.safetensors", "no model"), &error));
    PointNetwork *network = fresh();
    parameters_find(point_network_parameters(network), "places.weight")->data[3] = NAN;
    ck_assert_int_eq(point_network_fold(network, &error), -1);
    assert_contains(error.message, "'places.weight' is not finite");
    point_network_destroy(network);
}
END_TEST

Suite *point_network_suite(void) {
    Suite *suite = suite_create("point network");
    TCase *tcase = tcase_create("point network");
    tcase_add_checked_fixture(tcase, scratch_create, scratch_remove);
    tcase_add_test(tcase, it_begins_where_it_is_told);
    tcase_add_test(tcase, folding_and_saving_change_next_to_nothing);
    tcase_add_test(tcase, what_is_no_such_network_is_refused);
    suite_add_tcase(suite, tcase);
    return suite;
}
