#include "nn/ops/operators.h"
#include "tests/support/text.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>

static Tape *tape;
static Error error;

static void create(void) {
    tape = tape_create();
    tape_begin(tape, TAPE_TRAIN, rng_seed(1));
}

static void destroy(void) {
    tape_destroy(tape);
}

static const float one_two_three[] = {1, 2, 3};

static Tensor *variable(void) {
    return tape_variable(tape, "x", shape(3), one_two_three);
}

START_TEST(an_error_sticks_and_names_operator_and_shapes) {
    Tensor *x = variable(), *other = tape_input(tape, "y", shape(2), one_two_three);
    Tensor *wrong = op_add(tape, x, other);
    ck_assert_ptr_null(wrong);
    ck_assert_ptr_null(op_mul(tape, x, other)); /* a second error does not cover the first */
    ck_assert_int_eq(tape_check(tape, &error), -1);
    assert_contains(error.message, "add");
    assert_contains(error.message, "(3), (2)");
    ck_assert_ptr_null(op_relu(tape, x)); /* nothing runs on a failed tape */
    tape_begin(tape, TAPE_TRAIN, rng_seed(1));
    ck_assert_int_eq(tape_check(tape, &error), 0);
    ck_assert_ptr_nonnull(op_relu(tape, variable()));
}
END_TEST

START_TEST(null_passes_through_every_operator) {
    Tensor *x = variable(), *none = NULL;
    ck_assert_ptr_null(op_linear(tape, none, x, NULL));
    ck_assert_ptr_null(op_linear(tape, x, none, NULL));
    ck_assert_ptr_null(op_matmul(tape, none, x, false, false));
    ck_assert_ptr_null(op_conv2d(tape, none, x, NULL, (Conv2d){0}));
    ck_assert_ptr_null(op_batch_norm(tape, none, x, x, x, x, (BatchNorm){0}));
    ck_assert_ptr_null(op_layer_norm(tape, none, x, x, 1e-5f));
    ck_assert_ptr_null(op_relu(tape, none));
    ck_assert_ptr_null(op_sigmoid(tape, none));
    ck_assert_ptr_null(op_tanh(tape, none));
    ck_assert_ptr_null(op_add(tape, none, x));
    ck_assert_ptr_null(op_sub(tape, x, none));
    ck_assert_ptr_null(op_mul(tape, none, x));
    ck_assert_ptr_null(op_div(tape, x, none));
    ck_assert_ptr_null(op_scale(tape, none, 1, 0));
    ck_assert_ptr_null(op_dropout(tape, none, 0.5f, 0));
    ck_assert_ptr_null(op_softmax(tape, none));
    ck_assert_ptr_null(op_log_softmax(tape, none));
    ck_assert_ptr_null(op_max_pool(tape, none, (Pool){.size = 2}));
    ck_assert_ptr_null(op_average_pool(tape, none, (Pool){.size = 2}));
    ck_assert_ptr_null(op_global_average_pool(tape, none));
    ck_assert_ptr_null(op_sum(tape, none, 1));
    ck_assert_ptr_null(op_mean(tape, none, 1));
    ck_assert_ptr_null(op_concat(tape, (Tensor *[]){x, none}, 2, 0));
    ck_assert_ptr_null(op_slice(tape, none, 0, 0, 1));
    ck_assert_ptr_null(op_reshape(tape, none, shape(3)));
    ck_assert_ptr_null(op_transpose(tape, none, (const int[]){0}));
    ck_assert_ptr_null(op_embedding(tape, (const int32_t[]){0}, shape(1), none));
    ck_assert_ptr_null(op_lstm(tape, none, NULL, NULL, x, x, x, x, NULL).y);
    ck_assert_ptr_null(op_cross_entropy(tape, none, (CrossEntropy){0}));
    ck_assert_ptr_null(op_mse(tape, none, x));
    ck_assert_int_eq(tape_check(tape, &error), 0);
}
END_TEST

START_TEST(shapes_that_do_not_fit_are_refused) {
    static float data[64];
    Tensor *m = tape_input(tape, "m", shape(2, 3), data), *v = variable();
    Tensor *scalar = tape_input(tape, "s", shape_scalar(), data);
#define REFUSED(call, text)                                                                        \
    do {                                                                                           \
        ck_assert_msg(!(call), #call);                                                             \
        ck_assert_int_eq(tape_check(tape, &error), -1);                                            \
        assert_contains(error.message, text);                                                      \
        tape_begin(tape, TAPE_TRAIN, rng_seed(1));                                                 \
        m = tape_input(tape, "m", shape(2, 3), data);                                              \
        v = variable();                                                                            \
        scalar = tape_input(tape, "s", shape_scalar(), data);                                      \
    } while (0)
    REFUSED(op_linear(tape, m, tape_input(tape, "w", shape(4, 2), data), NULL), "linear");
    REFUSED(op_linear(tape, scalar, m, NULL), "linear");
    REFUSED(op_matmul(tape, m, m, false, false), "matmul");
    REFUSED(op_matmul(tape, v, m, false, false), "matmul");
    REFUSED(op_layer_norm(tape, m, v, m, 1e-5f), "layer_norm");
    REFUSED(op_dropout(tape, m, 0.5f, 3), "dropout");
    REFUSED(op_sum(tape, m, 4), "sum");
    REFUSED(op_mean(tape, m, 8), "mean");
    REFUSED(op_concat(tape, (Tensor *[]){m, v}, 2, 0), "concat");
    REFUSED(op_concat(tape, (Tensor *[]){m, m}, 2, 2), "concat");
    REFUSED(op_concat(tape, (Tensor *[]){m, m, m, m, m, m, m, m, m}, 9, 0), "concat: 9 inputs");
    REFUSED(op_concat(tape, (Tensor *[]){m, m}, 2, -1), "concat");
    REFUSED(op_slice(tape, m, 1, 2, 2), "slice");
    REFUSED(op_slice(tape, m, 1, -1, 1), "slice");
    REFUSED(op_slice(tape, m, 2, 0, 1), "slice");
    REFUSED(op_reshape(tape, m, shape(4, -1)), "reshape");
    REFUSED(op_reshape(tape, m, shape(-1, -1)), "reshape");
    REFUSED(op_reshape(tape, m, shape(7)), "reshape");
    REFUSED(op_transpose(tape, m, (const int[]){0, 0}), "transpose");
    REFUSED(op_transpose(tape, m, (const int[]){0, 2}), "transpose");
    REFUSED(op_embedding(tape, (const int32_t[]){2}, shape(1), m), "token 2");
    REFUSED(op_embedding(tape, (const int32_t[]){-1}, shape(1), m), "token -1");
    REFUSED(op_cross_entropy(tape, m, (CrossEntropy){.labels = (const int32_t[]){0, 3}}),
            "label 3 in row 1");
    REFUSED(op_cross_entropy(tape, m, (CrossEntropy){0}), "labels or targets");
    REFUSED(op_mse(tape, m, v), "mse");
    REFUSED(op_lstm(tape, m, NULL, NULL, m, m, v, v, NULL).y, "lstm");
}
END_TEST

START_TEST(a_loss_that_leads_nowhere_is_refused) {
    Tensor *input = tape_input(tape, "x", shape(3), one_two_three);
    ck_assert_int_eq(tape_backward(tape, op_sum(tape, input, 1), &error), -1);
    assert_contains(error.message, "nothing that needs a gradient");
    ck_assert_int_eq(tape_backward(tape, op_relu(tape, variable()), &error), -1);
    assert_contains(error.message, "3 elements");
    tape_begin(tape, TAPE_EVALUATE, rng_seed(1));
    ck_assert_int_eq(tape_backward(tape, op_sum(tape, variable(), 1), &error), -1);
    assert_contains(error.message, "does not record");
    tape_begin(tape, TAPE_TRAIN, rng_seed(1));
    ck_assert_int_eq(tape_backward(tape, NULL, &error), -1);
    assert_contains(error.message, "no loss");
}
END_TEST

START_TEST(a_step_overwrites_the_gradients_of_the_last) {
    float data[3] = {1, 2, 3}, gradient[3] = {7, 7, 7};
    Tensor weight = {.name = "w", .shape = shape(3), .data = data, .gradient = gradient};
    weight.needs_gradient = true;
    for (int step = 0; step < 3; step++) {
        tape_begin(tape, TAPE_TRAIN, rng_seed(1));
        Tensor *loss = op_sum(tape, op_add(tape, &weight, op_mul(tape, &weight, &weight)), 1);
        ck_assert_int_eq(tape_backward(tape, loss, &error), 0);
        for (int i = 0; i < 3; i++)
            ck_assert_float_eq(gradient[i], 1 + 2 * data[i]);
    }
}
END_TEST

START_TEST(inputs_get_no_gradient_and_unused_branches_none) {
    Tensor *x = variable(), *input = tape_input(tape, "c", shape(3), one_two_three);
    Tensor *unused = variable();
    op_relu(tape, unused); /* does not lead to the loss */
    Tensor *loss = op_sum(tape, op_mul(tape, x, input), 1);
    ck_assert_int_eq(tape_backward(tape, loss, &error), 0);
    ck_assert_ptr_null(input->gradient);
    ck_assert(!unused->gradient_is_set);
    for (int i = 0; i < 3; i++)
        ck_assert_float_eq(x->gradient[i], one_two_three[i]);
}
END_TEST

START_TEST(a_value_inside_keeps_its_gradient_when_asked_to) {
    Tensor *x = variable(), *inside = op_scale(tape, x, 3, 0), *other = op_relu(tape, inside);
    inside->keep_gradient = true;
    Tensor *loss = op_sum(tape, op_scale(tape, other, 5, 0), 1);
    ck_assert_int_eq(tape_backward(tape, loss, &error), 0);
    ck_assert_ptr_null(other->gradient);
    ck_assert_ptr_nonnull(inside->gradient);
    for (int i = 0; i < 3; i++) {
        ck_assert_float_eq(inside->gradient[i], 5);
        ck_assert_float_eq(x->gradient[i], 15);
    }
}
END_TEST

START_TEST(forgotten_values_make_room_outside_recording) {
    static float data[1 << 16];
    size_t held[2];
    for (int forget = 0; forget < 2; forget++) {
        Tape *deep = tape_create();
        tape_begin(deep, TAPE_EVALUATE, rng_seed(1));
        Tensor *x = tape_input(deep, "x", shape(1 << 16), data);
        for (int layer = 0; layer < 20; layer++) {
            Tensor *y = op_relu(deep, x);
            if (forget && layer > 0)
                tape_forget(deep, x);
            x = y;
        }
        ck_assert_int_eq(tape_check(deep, &error), 0);
        held[forget] = tape_held(deep);
        tape_destroy(deep);
    }
    ck_assert_uint_lt(held[1] * 4, held[0]);
}
END_TEST

START_TEST(while_recording_nothing_is_forgotten) {
    Tensor *x = variable();
    Tensor *square = op_mul(tape, x, x);
    tape_forget(tape, square);
    Tensor *other = op_scale(tape, x, 100, 0),
           *loss = op_sum(tape, op_mul(tape, square, square), 1);
    ck_assert_ptr_nonnull(other);
    ck_assert_int_eq(tape_backward(tape, loss, &error), 0);
    for (int i = 0; i < 3; i++) /* d x⁴ = 4 x³ */
        ck_assert_float_eq(x->gradient[i], 4 * powf(one_two_three[i], 3));
}
END_TEST

START_TEST(scratch_is_handed_out_again) {
    float *first = tape_borrow(tape, 1000);
    tape_release(tape, first);
    ck_assert_ptr_eq(tape_borrow(tape, 900), first);
    ck_assert_ptr_ne(tape_borrow(tape, 900), first); /* still in use */
}
END_TEST

START_TEST(memory_that_cannot_be_had_is_an_error_of_the_tape) {
    ck_assert_ptr_null(tape_alloc(tape, (size_t)1 << 62));
    ck_assert_int_eq(tape_check(tape, &error), -1);
    assert_contains(error.message, "memory");
    ck_assert_ptr_null(op_relu(tape, variable()));
}
END_TEST

START_TEST(the_first_tensor_that_went_wrong_is_named) {
    static const float values[] = {1, -2, 0};
    Tensor *x = tape_input(tape, "pixels", shape(3), values);
    Tensor *fine = op_scale(tape, x, 2, 0);
    ck_assert_ptr_null(tape_first_not_finite(tape));
    Tensor *wrong = op_div(tape, fine, x); /* 0 / 0 */
    op_relu(tape, wrong);
    ck_assert_ptr_eq(tape_first_not_finite(tape), wrong);
    ck_assert_str_eq(wrong->name, "div");
    static const float broken[] = {1, NAN, 0};
    tape_begin(tape, TAPE_TRAIN, rng_seed(1));
    op_relu(tape, tape_input(tape, "pixels", shape(3), broken));
    ck_assert_str_eq(tape_first_not_finite(tape)->name, "pixels");
}
END_TEST

START_TEST(dropout_keeps_its_share_and_its_mean) {
    static float ones[100000];
    for (int i = 0; i < 100000; i++)
        ones[i] = 1;
    Tensor *x = tape_input(tape, "x", shape(100000), ones);
    Tensor *first = op_dropout(tape, x, 0.3f, 0), *second = op_dropout(tape, x, 0.3f, 0);
    int dropped = 0, both = 0;
    for (int i = 0; i < 100000; i++) {
        ck_assert(first->data[i] == 0 || fabsf(first->data[i] - 1 / 0.7f) < 1e-6f);
        dropped += first->data[i] == 0;
        both += first->data[i] == 0 && second->data[i] == 0;
    }
    ck_assert_int_le(abs(dropped - 30000), 600); /* four standard errors */
    ck_assert_int_le(abs(both - 9000), 400);     /* the masks of two layers are independent */
    Tensor *all = op_dropout(tape, x, 1, 0);
    ck_assert_float_eq(all->data[17], 0);
    tape_begin(tape, TAPE_RECORD, rng_seed(1));
    x = variable();
    ck_assert_ptr_eq(op_dropout(tape, x, 0.3f, 0), x); /* passes when not training */
}
END_TEST

START_TEST(a_shared_mask_drops_the_same_features_at_every_step) {
    static float ones[40 * 50];
    for (int i = 0; i < 40 * 50; i++)
        ones[i] = 1;
    Tensor *y = op_dropout(tape, tape_input(tape, "x", shape(40, 5, 10), ones), 0.5f, 1);
    for (int i = 50; i < 40 * 50; i++)
        ck_assert_float_eq(y->data[i], y->data[i % 50]);
}
END_TEST

START_TEST(a_loss_without_labels_is_zero) {
    static const float logits[] = {1, 2, 3, 4, 5, 6};
    Tensor *z = tape_variable(tape, "z", shape(2, 3), logits);
    const int32_t none[] = {CROSS_ENTROPY_IGNORE, CROSS_ENTROPY_IGNORE};
    Tensor *loss = op_cross_entropy(tape, z, (CrossEntropy){.labels = none});
    ck_assert_float_eq(loss->data[0], 0);
    ck_assert_int_eq(tape_backward(tape, loss, &error), 0);
    for (int i = 0; i < 6; i++)
        ck_assert_float_eq(z->gradient[i], 0);
}
END_TEST

START_TEST(large_logits_neither_overflow_nor_vanish) {
    static const float logits[] = {1e4f, 0, -1e4f};
    Tensor *z = tape_variable(tape, "z", shape(1, 3), logits);
    Tensor *loss = op_cross_entropy(tape, z, (CrossEntropy){.labels = (const int32_t[]){2}});
    ck_assert_float_eq_tol(loss->data[0], 2e4f, 1);
    Tensor *p = op_softmax(tape, z);
    ck_assert_float_eq(p->data[0], 1);
    ck_assert_float_eq(p->data[2], 0);
    ck_assert_int_eq(tape_backward(tape, loss, &error), 0);
    ck_assert_float_eq(z->gradient[0], 1);
    ck_assert_float_eq(z->gradient[2], -1);
}
END_TEST

typedef struct Seen {
    Tensor *leaves[4];
    int count, operators, operators_before[4];
} Seen;

static void see(void *context, Tensor *leaf) {
    Seen *seen = context;
    if (!leaf) {
        seen->operators++;
        return;
    }
    seen->operators_before[seen->count] = seen->operators;
    seen->leaves[seen->count++] = leaf;
}

/* loss = Σ relu(a) (b + a): the gradient of b is known first, that of a after both of its uses. */
START_TEST(complete_gradients_are_shown_early) {
    Tensor *a = variable(), *b = variable();
    Tensor *left = op_relu(tape, a), *right = op_add(tape, b, a);
    Tensor *loss = op_sum(tape, op_mul(tape, left, right), 1);
    Seen seen = {0};
    tape_watch(tape, see, &seen);
    ck_assert_int_eq(tape_backward(tape, loss, &error), 0);
    tape_watch(tape, NULL, NULL);
    ck_assert_int_eq(seen.operators, 4);
    ck_assert_int_eq(seen.count, 2);
    ck_assert_ptr_eq(seen.leaves[0], b);
    ck_assert_int_eq(seen.operators_before[0], 2);
    ck_assert_ptr_eq(seen.leaves[1], a);
    ck_assert_int_eq(seen.operators_before[1], 3);
}
END_TEST

START_TEST(a_gradient_is_shown_though_an_earlier_use_leads_nowhere) {
    Tensor *a = variable();
    (void)op_relu(tape, a);
    Tensor *loss = op_sum(tape, op_mul(tape, a, a), 1);
    Seen seen = {0};
    tape_watch(tape, see, &seen);
    ck_assert_int_eq(tape_backward(tape, loss, &error), 0);
    tape_watch(tape, NULL, NULL);
    ck_assert_int_eq(seen.count, 1);
    ck_assert_ptr_eq(seen.leaves[0], a);
}
END_TEST

Suite *tape_suite(void) {
    Suite *suite = suite_create("tape");
    TCase *tests = tcase_create("steps");
    tcase_add_checked_fixture(tests, create, destroy);
    tcase_add_test(tests, an_error_sticks_and_names_operator_and_shapes);
    tcase_add_test(tests, null_passes_through_every_operator);
    tcase_add_test(tests, shapes_that_do_not_fit_are_refused);
    tcase_add_test(tests, a_loss_that_leads_nowhere_is_refused);
    tcase_add_test(tests, a_step_overwrites_the_gradients_of_the_last);
    tcase_add_test(tests, inputs_get_no_gradient_and_unused_branches_none);
    tcase_add_test(tests, a_value_inside_keeps_its_gradient_when_asked_to);
    tcase_add_test(tests, complete_gradients_are_shown_early);
    tcase_add_test(tests, a_gradient_is_shown_though_an_earlier_use_leads_nowhere);
    tcase_add_test(tests, forgotten_values_make_room_outside_recording);
    tcase_add_test(tests, while_recording_nothing_is_forgotten);
    tcase_add_test(tests, scratch_is_handed_out_again);
    tcase_add_test(tests, memory_that_cannot_be_had_is_an_error_of_the_tape);
    tcase_add_test(tests, the_first_tensor_that_went_wrong_is_named);
    tcase_add_test(tests, dropout_keeps_its_share_and_its_mean);
    tcase_add_test(tests, a_shared_mask_drops_the_same_features_at_every_step);
    tcase_add_test(tests, a_loss_without_labels_is_zero);
    tcase_add_test(tests, large_logits_neither_overflow_nor_vanish);
    suite_add_tcase(suite, tests);
    return suite;
}
