/* The sum over the shards: beside the backward pass it is the same as after it. */
#include "nn/ops/operators.h"
#include "tests/support/text.h"
#include "train/loop/shard_sum.h"

#include <check.h>
#include <string.h>

enum { SHARDS = 3, ROWS = 2, INPUTS = 600, OUTPUTS = 500 }; /* more than a piece of weights */

static Parameters *parameters;
static Tensor *weight, *bias, *gain, *buffer;
static Tape *tape;
static float x[SHARDS][ROWS * INPUTS];
static Error error;

static void create(void) {
    parameters = parameters_create();
    weight = parameters_add(parameters, "", "weight", shape(OUTPUTS, INPUTS), PARAMETER_WEIGHT);
    buffer = parameters_add(parameters, "", "buffer", shape(3), PARAMETER_BUFFER);
    bias = parameters_add(parameters, "", "bias", shape(OUTPUTS), PARAMETER_BIAS);
    gain = parameters_add(parameters, "", "gain", shape(OUTPUTS), PARAMETER_BIAS);
    ck_assert_int_eq(parameters_enable_gradients(parameters, &error), 0);
    init_fan_in_uniform(weight, rng_seed(1));
    init_constant(gain, 2);
    init_constant(buffer, 1);
    tape = tape_create();
    for (int i = 0; i < SHARDS; i++)
        for (int j = 0; j < ROWS * INPUTS; j++)
            x[i][j] = rng_normal(rng_seed((uint64_t)i), (uint64_t)j);
}

static void destroy(void) {
    tape_destroy(tape);
    parameters_destroy(parameters);
}

static Tensor *loss_of(int shard) {
    tape_begin(tape, TAPE_TRAIN, rng_seed(1));
    Tensor *y = op_linear(tape, tape_input(tape, "x", shape(ROWS, INPUTS), x[shard]), weight, bias);
    buffer->data[0] += 0.5f * (float)(shard + 1); /* as running statistics move */
    return op_mean(tape, op_mul(tape, op_tanh(tape, y), gain), 3);
}

/* A team of one, who finds the sum of what has been handed over so far at each piece. */
typedef struct Alone {
    TrainTeam team;
    TreeBlock blocks[TREE_BLOCKS];
    int n, pieces, polls;
    float *sum;
    size_t summed;
} Alone;

static int begin(void *context, int shards, const TreeBlock *blocks, int n, float *sum, Error *e) {
    Alone *alone = context;
    (void)shards, (void)e;
    memcpy(alone->blocks, blocks, (size_t)n * sizeof *blocks);
    alone->n = n;
    alone->sum = sum;
    return 0;
}

static int piece(void *context, size_t first, size_t count, bool half, Error *e) {
    Alone *alone = context;
    TreeBlock blocks[TREE_BLOCKS];
    (void)e;
    for (int i = 0; i < alone->n; i++) {
        blocks[i] = alone->blocks[i];
        blocks[i].values += first;
    }
    memcpy(alone->sum + first, tree_sum(blocks, alone->n, count, half), count * sizeof(float));
    alone->pieces++;
    alone->summed += count;
    return 0;
}

static int poll(void *context, Error *e) {
    (void)e;
    ((Alone *)context)->polls++;
    return 0;
}

static int end(void *context, Error *e) {
    (void)context, (void)e;
    return 0;
}

static int meet(void *context, const char *failure, unsigned *flags, Error *e) {
    (void)context, (void)flags;
    return failure ? error_set(e, "process 0: %s", failure) : 0;
}

static void join(Alone *alone) {
    *alone = (Alone){.team = {.size = 1,
                              .context = alone,
                              .meet = meet,
                              .sum_begin = begin,
                              .sum_piece = piece,
                              .sum_poll = poll,
                              .sum_end = end}};
}

/* The gradients of the batch: with a team the last shard's while it runs backwards. */
static void sum_up(TrainTeam *team, bool half, float *gradients) {
    ShardSum *sum = shard_sum_create(parameters, half, &error);
    StepCount count = {.examples = ROWS}, total;
    float loss;
    init_constant(buffer, 1);
    ck_assert_int_eq(shard_sum_begin(sum, &error), 0);
    for (int i = 0; i < SHARDS; i++) {
        Tensor *mean = loss_of(i);
        if (team && i == SHARDS - 1) {
            ck_assert_int_eq(shard_sum_backward(sum, team, tape, mean, i, SHARDS, &count, &error),
                             0);
        } else {
            ck_assert_int_eq(tape_backward(tape, mean, &error), 0);
            ck_assert_int_eq(shard_sum_add(sum, i, NULL, &count, mean->data[0], &error), 0);
        }
    }
    ck_assert_int_eq(shard_sum_finish(sum, team, SHARDS, 0, &total, &loss, &error), 0);
    ck_assert_double_eq(total.examples, SHARDS * ROWS);
    ck_assert_float_eq_tol(buffer->data[0], 2, 1e-5f); /* the mean of .5, 1 and 1.5 */
    memcpy(gradients, weight->gradient, OUTPUTS * INPUTS * sizeof *gradients);
    memcpy(gradients + OUTPUTS * INPUTS, gain->gradient, OUTPUTS * sizeof *gradients);
    shard_sum_destroy(sum);
}

START_TEST(the_sum_beside_the_backward_pass_is_the_same) {
    static float after[OUTPUTS * (INPUTS + 1)], beside[OUTPUTS * (INPUTS + 1)];
    Alone alone;
    join(&alone);
    sum_up(NULL, _i, after);
    sum_up(&alone.team, _i, beside);
    ck_assert_mem_eq(after, beside, sizeof after);
    ck_assert_int_ge(alone.pieces, 2);
    ck_assert_int_eq(alone.polls, 4);
    ck_assert_uint_ge(alone.summed, OUTPUTS * (INPUTS + 2) + 3);
}
END_TEST

/* The others hear of it with the sum. */
START_TEST(a_backward_pass_that_fails_ends_the_step_for_all) {
    Alone alone;
    join(&alone);
    ShardSum *sum = shard_sum_create(parameters, false, &error);
    StepCount count = {.examples = ROWS}, total;
    float loss, value = 1;
    ck_assert_int_eq(shard_sum_begin(sum, &error), 0);
    tape_begin(tape, TAPE_TRAIN, rng_seed(1));
    Tensor *constant = tape_input(tape, "constant", shape_scalar(), &value);
    int status = shard_sum_backward(sum, &alone.team, tape, constant, 0, 1, &count, &error);
    ck_assert_int_eq(status, -1);
    ck_assert_int_eq(shard_sum_finish(sum, &alone.team, 1, status, &total, &loss, &error), -1);
    assert_contains(error.message, "process 0: ");
    assert_contains(error.message, "depends on nothing that needs a gradient");
    ck_assert_int_eq(alone.pieces, 2);
    shard_sum_destroy(sum);
}
END_TEST

Suite *shard_sum_suite(void) {
    Suite *suite = suite_create("shard_sum");
    TCase *tcase = tcase_create("core");
    tcase_add_checked_fixture(tcase, create, destroy);
    tcase_add_loop_test(tcase, the_sum_beside_the_backward_pass_is_the_same, 0, 2);
    tcase_add_test(tcase, a_backward_pass_that_fails_ends_the_step_for_all);
    suite_add_tcase(suite, tcase);
    return suite;
}
