/* The conditioned LSTM over long sequences: chunks, carried state, resets, conditions. */
#include "nn/models/sequence_lstm.h"
#include "tests/support/text.h"

#include <math.h>
#include <stdlib.h>

enum { VOCABULARY = 7, CONDITIONS = 2, T = 6, B = 2, LOGITS = T * B * VOCABULARY };

static const SequenceLstmInfo INFO = {.vocabulary = VOCABULARY,
                                      .conditions = CONDITIONS,
                                      .embedding = 5,
                                      .hidden = 9,
                                      .layers = 2,
                                      .dropout = 0.3f};

static const int32_t tokens[T * B] = {0, 3, 1, 4, 2, 5, 3, 6, 4, 0, 5, 1};
static const float conditions[T * B * CONDITIONS] = {
    0.5f, -1, 0, 1, 0.5f, -1, 0, 1, 0.5f, -1, 0, 1, 0.5f, -1, 0, 1, 0.5f, -1, 0, 1, 0.5f, -1, 0, 1};

static SequenceLstm *create(void) {
    Error error;
    SequenceLstm *model = sequence_lstm_create(&INFO, rng_seed(3), &error);
    ck_assert_msg(model != NULL, "%s", error.message);
    return model;
}

static Parameters *create_state(const SequenceLstm *model) {
    Error error;
    Parameters *state = sequence_lstm_state(model, B, &error);
    ck_assert_ptr_nonnull(state);
    return state;
}

/* Logits of steps first … first+count-1 of both sequences. */
static void run(const SequenceLstm *model, int first, int count, const uint8_t *reset,
                Parameters *state, float *logits) {
    Tape *tape = tape_create();
    Error error;
    tape_begin(tape, TAPE_EVALUATE, rng_seed(0));
    const Tensor *output = sequence_lstm_forward(model, tape, count, B, tokens + first * B,
                                                 conditions + first * B * CONDITIONS, reset, state);
    ck_assert_msg(!tape_check(tape, &error), "%s", error.message);
    memcpy(logits, output->data, (size_t)(count * B * VOCABULARY) * sizeof *logits);
    tape_destroy(tape);
}

static void assert_close(const float *a, const float *b, int count) {
    for (int i = 0; i < count; i++)
        ck_assert_float_eq_tol(a[i], b[i], 1e-6f);
}

START_TEST(chunks_with_carried_state_equal_the_whole_sequence) {
    SequenceLstm *model = create();
    float whole[LOGITS], parts[LOGITS];
    Parameters *state = create_state(model);
    run(model, 0, T, NULL, state, whole);
    parameters_destroy(state);
    state = create_state(model);
    run(model, 0, 2, NULL, state, parts);
    run(model, 2, 1, NULL, state, parts + 2 * B * VOCABULARY);
    run(model, 3, 3, NULL, state, parts + 3 * B * VOCABULARY);
    assert_close(whole, parts, LOGITS);
    parameters_destroy(state);
    sequence_lstm_destroy(model);
}
END_TEST

START_TEST(a_reset_in_mid_chunk_equals_a_fresh_start_of_that_sequence_alone) {
    SequenceLstm *model = create();
    float with_reset[LOGITS], carried[LOGITS], fresh[LOGITS];
    uint8_t reset[T * B] = {0};
    reset[3 * B + 1] = 1; /* the second sequence starts anew at step 3 */
    Parameters *state = create_state(model);
    run(model, 0, T, reset, state, with_reset);
    parameters_destroy(state);
    state = create_state(model);
    run(model, 0, T, NULL, state, carried);
    parameters_destroy(state);
    state = create_state(model);
    run(model, 3, 3, NULL, state, fresh);
    for (int t = 0; t < T; t++) {
        assert_close(with_reset + t * B * VOCABULARY, carried + t * B * VOCABULARY, VOCABULARY);
        const float *second = with_reset + (t * B + 1) * VOCABULARY;
        assert_close(second,
                     t < 3 ? carried + (t * B + 1) * VOCABULARY
                           : fresh + ((t - 3) * B + 1) * VOCABULARY,
                     VOCABULARY);
    }
    parameters_destroy(state);
    sequence_lstm_destroy(model);
}
END_TEST

START_TEST(conditions_matter) {
    SequenceLstm *model = create();
    float logits[LOGITS];
    Parameters *state = create_state(model);
    /* Both sequences read the same token here under different conditions. */
    Tape *tape = tape_create();
    tape_begin(tape, TAPE_EVALUATE, rng_seed(0));
    const Tensor *output =
        sequence_lstm_forward(model, tape, 1, B, (const int32_t[]){2, 2}, conditions, NULL, state);
    memcpy(logits, output->data, 2 * VOCABULARY * sizeof *logits);
    float difference = 0;
    for (int k = 0; k < VOCABULARY; k++)
        difference += fabsf(logits[k] - logits[VOCABULARY + k]);
    ck_assert_float_gt(difference, 1e-3f);
    tape_destroy(tape);
    parameters_destroy(state);
    sequence_lstm_destroy(model);
}
END_TEST

Suite *sequence_chunks_suite(void) {
    Suite *suite = suite_create("sequence_chunks");
    TCase *tcase = tcase_create("sequence_chunks");
    tcase_add_test(tcase, chunks_with_carried_state_equal_the_whole_sequence);
    tcase_add_test(tcase, a_reset_in_mid_chunk_equals_a_fresh_start_of_that_sequence_alone);
    tcase_add_test(tcase, conditions_matter);
    suite_add_tcase(suite, tcase);
    return suite;
}
