#include "nn/core/parameters.h"

#include <check.h>
#include <math.h>

/* A convolution's weights: 64 outputs, 32 inputs, 3×3. */
enum { OUTPUTS = 64, INPUTS = 32, AREA = 9, COUNT = OUTPUTS * INPUTS * AREA };
#define FAN_IN ((double)(INPUTS * AREA))

static const struct Start {
    void (*fill)(Tensor *weight, Rng rng);
    double variance;
    double bound; /* of the values' squares; 0 for none */
} starts[] = {
    {init_kaiming_normal, 2 / FAN_IN, 0},
    {init_fan_in_uniform, 1 / (3 * FAN_IN), 1 / FAN_IN},
};

/* COUNT values tell a variance to about one part in a hundred. */
START_TEST(weights_begin_with_the_spread_of_their_source) {
    const struct Start *start = &starts[_i];
    Parameters *parameters = parameters_create();
    Tensor *weight =
        parameters_add(parameters, "layer", "weight", shape_make(4, (int[]){OUTPUTS, INPUTS, 3, 3}),
                       PARAMETER_WEIGHT);
    start->fill(weight, rng_seed(1));
    double sum = 0, squares = 0, largest = 0;
    for (int i = 0; i < COUNT; i++) {
        double value = (double)weight->data[i];
        sum += value;
        squares += value * value;
        largest = fmax(largest, value * value);
    }
    ck_assert_double_eq_tol(squares / COUNT / start->variance, 1, 0.04);
    ck_assert_double_lt(fabs(sum / COUNT), 0.03 * sqrt(start->variance));
    if (start->bound > 0) {
        ck_assert_double_le(largest, start->bound * 1.000001);
        ck_assert_double_gt(largest, start->bound * 0.99);
    }
    parameters_destroy(parameters);
}
END_TEST

Suite *parameters_suite(void) {
    Suite *suite = suite_create("parameters");
    TCase *tests = tcase_create("initialisation");
    tcase_add_loop_test(tests, weights_begin_with_the_spread_of_their_source, 0,
                        sizeof starts / sizeof *starts);
    suite_add_tcase(suite, tests);
    return suite;
}
