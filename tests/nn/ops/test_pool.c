/* Pooling against its definition, window by window, on every instruction set. */
#include "nn/ops/operators.h"
#include "tests/support/probe.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>

typedef struct Case {
    int n, h, w, c;
    Pool settings;
} Case;

static const Case cases[] = {
    {2, 8, 6, 20, {.size = 2}},
    {3, 7, 9, 5, {.size = 3, .stride = 2, .padding = 1}},
    {1, 5, 5, 33, {.size = 3, .stride = 1, .padding = 1}},
    {2, 7, 7, 3, {.size = 2}}, /* the last row and column belong to no window */
    {2, 16, 17, 1, {.size = 16, .stride = 1}},
};
enum { N_CASES = sizeof cases / sizeof *cases };

typedef struct Run {
    size_t n_x, n_y;
    int out_h, out_w;
    float *x, *dy;
    double *y, *dx; /* the reference */
} Run;

static Run prepare(const Case *test) {
    int stride = test->settings.stride ? test->settings.stride : test->settings.size;
    Run r = {.out_h = (test->h + 2 * test->settings.padding - test->settings.size) / stride + 1,
             .out_w = (test->w + 2 * test->settings.padding - test->settings.size) / stride + 1};
    r.n_x = (size_t)test->n * test->h * test->w * test->c;
    r.n_y = (size_t)test->n * r.out_h * r.out_w * test->c;
    r.x = probe_random(1, r.n_x);
    r.dy = probe_random(2, r.n_y);
    r.y = calloc(r.n_y, sizeof(double));
    r.dx = calloc(r.n_x, sizeof(double));
    return r;
}

static void run_free(Run *r) {
    free(r->x);
    free(r->dy);
    free(r->y);
    free(r->dx);
}

/* Indices in x of the places of output y's window that lie on the image; returns their number. */
static int window(const Case *test, const Run *r, size_t y, size_t places[256]) {
    int stride = test->settings.stride ? test->settings.stride : test->settings.size, count = 0;
    size_t c = y % test->c, position = y / test->c;
    int q = (int)(position % r->out_w), p = (int)(position / r->out_w % r->out_h);
    size_t n = position / r->out_w / r->out_h;
    for (int i = 0; i < test->settings.size * test->settings.size; i++) {
        int iy = p * stride - test->settings.padding + i / test->settings.size;
        int ix = q * stride - test->settings.padding + i % test->settings.size;
        if (iy >= 0 && iy < test->h && ix >= 0 && ix < test->w)
            places[count++] = ((n * test->h + iy) * test->w + ix) * test->c + c;
    }
    return count;
}

static void maximum_reference(const Case *test, Run *r) {
    size_t places[256];
    for (size_t y = 0; y < r->n_y; y++) {
        int count = window(test, r, y, places);
        size_t winner = places[0];
        for (int i = 1; i < count; i++)
            winner = r->x[places[i]] > r->x[winner] ? places[i] : winner;
        r->y[y] = r->x[winner];
        r->dx[winner] += r->dy[y];
    }
}

static void average_reference(const Case *test, Run *r) {
    size_t places[256];
    for (size_t y = 0; y < r->n_y; y++) {
        int count = window(test, r, y, places);
        for (int i = 0; i < count; i++) {
            r->y[y] += (double)r->x[places[i]] / count;
            r->dx[places[i]] += (double)r->dy[y] / count;
        }
    }
}

typedef Tensor *PoolOperator(Tape *tape, Tensor *x, Pool settings);

static void check(const Case *test, PoolOperator *op, void (*reference)(const Case *, Run *)) {
    Run r = prepare(test);
    reference(test, &r);
    Tape *tape = tape_create();
    tape_begin(tape, TAPE_TRAIN, rng_seed(1));
    Tensor *x = tape_variable(tape, "x", shape(test->n, test->h, test->w, test->c), r.x);
    Tensor *y = op(tape, x, test->settings);
    Error error;
    int status = tape_backward(tape, probe_loss(tape, y, r.dy), &error);
    ck_assert_msg(!status, "%s", error.message);
    ck_assert(shape_equal(y->shape, shape(test->n, r.out_h, r.out_w, test->c)));
    ck_assert_double_lt(probe_distance(y->data, r.y, r.n_y), 1e-5);
    ck_assert_double_lt(probe_distance(x->gradient, r.dx, r.n_x), 1e-6);
    tape_destroy(tape);
    run_free(&r);
}

START_TEST(maximum_and_average_agree_with_definition) {
    if (!probe_use_isa((Isa)_i))
        return;
    for (int i = 0; i < N_CASES; i++) {
        check(&cases[i], op_max_pool, maximum_reference);
        check(&cases[i], op_average_pool, average_reference);
    }
}
END_TEST

START_TEST(global_average_is_mean_of_positions) {
    float *data = probe_random(1, 2 * 3 * 5 * 4), *dy = probe_random(2, 2 * 4);
    Tape *tape = tape_create();
    tape_begin(tape, TAPE_TRAIN, rng_seed(1));
    Tensor *x = tape_variable(tape, "x", shape(2, 3, 5, 4), data),
           *y = op_global_average_pool(tape, x);
    ck_assert_int_eq(tape_backward(tape, probe_loss(tape, y, dy), NULL), 0);
    for (int n = 0; n < 2; n++)
        for (int c = 0; c < 4; c++) {
            double sum = 0;
            for (int p = 0; p < 15; p++) {
                sum += data[(n * 15 + p) * 4 + c];
                ck_assert_float_eq_tol(x->gradient[(n * 15 + p) * 4 + c], dy[n * 4 + c] / 15, 1e-6);
            }
            ck_assert_float_eq_tol(y->data[n * 4 + c], (float)(sum / 15), 1e-6);
        }
    tape_destroy(tape);
    free(data);
    free(dy);
}
END_TEST

/* A NaN in the input must reach the loss, where training stops, and not vanish in a comparison. */
START_TEST(maximum_keeps_nan) {
    for (int place = 0; place < 4; place++) {
        float data[4] = {1, 2, 3, 4};
        data[place] = NAN;
        Tape *tape = tape_create();
        tape_begin(tape, TAPE_EVALUATE, rng_seed(1));
        Tensor *y =
            op_max_pool(tape, tape_input(tape, "x", shape(1, 2, 2, 1), data), (Pool){.size = 2});
        ck_assert(isnan(y->data[0]));
        tape_destroy(tape);
    }
}
END_TEST

START_TEST(rejects_windows_that_do_not_fit) {
    float data[9] = {0};
    static const Pool wrong[] = {
        {.size = 0}, {.size = 4}, {.size = 17, .padding = 8}, {.size = 2, .padding = 2}};
    Tape *tape = tape_create();
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        tape_begin(tape, TAPE_EVALUATE, rng_seed(1));
        Error error;
        ck_assert_ptr_null(
            op_max_pool(tape, tape_input(tape, "x", shape(1, 3, 3, 1), data), wrong[i]));
        ck_assert_int_eq(tape_check(tape, &error), -1);
    }
    tape_destroy(tape);
}
END_TEST

Suite *pool_suite(void) {
    Suite *suite = suite_create("pool");
    TCase *tests = tcase_create("pool");
    tcase_add_loop_test(tests, maximum_and_average_agree_with_definition, 0, ISA_KINDS);
    tcase_add_test(tests, global_average_is_mean_of_positions);
    tcase_add_test(tests, maximum_keeps_nan);
    tcase_add_test(tests, rejects_windows_that_do_not_fit);
    suite_add_tcase(suite, tests);
    return suite;
}
