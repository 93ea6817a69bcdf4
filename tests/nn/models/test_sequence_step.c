/* A sequence LSTM a token at a time: steps that share their weights give the same bits. */
#include "nn/models/sequence_step.h"

#include <check.h>
#include <math.h>
#include <string.h>

enum { WORDS = 11, CONDITIONS = 3, TOKENS = 20 };

static SequenceLstm *network;

static void create(void) {
    const SequenceLstmInfo info = {
        .vocabulary = WORDS, .conditions = CONDITIONS, .embedding = 5, .hidden = 8, .layers = 2};
    Error error;
    network = sequence_lstm_create(&info, rng_seed(3), &error);
    ck_assert_msg(network != NULL, "%s", error.message);
}

static void destroy(void) {
    sequence_lstm_destroy(network);
}

static const float conditions[2][CONDITIONS] = {{0.2f, -0.5f, 1}, {0, 0, 0}};

/* Reads the t-th of some tokens in all rows. */
static void read(SequenceStep *step, int t, float logits[2][WORDS]) {
    sequence_step_read(step, t * 7 % WORDS, conditions[0], logits[0]);
}

START_TEST(steps_that_share_weights_answer_alike_each_in_its_own_state) {
    Error error;
    SequenceStep *first = sequence_step_create(network, 2, &error);
    SequenceStep *other = sequence_step_share(first, 2, &error),
                 *single = sequence_step_share(other, 1, &error);
    ck_assert(first && other && single);
    float expected[TOKENS][2][WORDS], logits[2][WORDS];
    for (int t = 0; t < TOKENS; t++)
        read(first, t, expected[t]);
    ck_assert_mem_ne(expected[0][0], expected[0][1], sizeof expected[0][0]);
    sequence_step_destroy(first);
    for (int t = 0; t < TOKENS; t++) {
        read(other, t, logits);
        ck_assert_mem_eq(logits, expected[t], sizeof logits);
        read(single, t, logits);
        for (int i = 0; i < WORDS; i++)
            ck_assert_float_eq_tol(logits[0][i], expected[t][0][i], 1e-5f);
    }
    sequence_step_reset(other);
    read(other, 0, logits);
    ck_assert_mem_eq(logits, expected[0], sizeof logits);
    sequence_step_destroy(other);
    sequence_step_destroy(single);
    sequence_step_destroy(NULL);
}
END_TEST

Suite *sequence_step_suite(void) {
    Suite *suite = suite_create("sequence_step");
    TCase *tcase = tcase_create("sequence step");
    tcase_add_checked_fixture(tcase, create, destroy);
    tcase_add_test(tcase, steps_that_share_weights_answer_alike_each_in_its_own_state);
    suite_add_tcase(suite, tcase);
    return suite;
}
