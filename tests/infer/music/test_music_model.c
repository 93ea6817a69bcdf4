#include "infer/music/music_model.h"

#include "datasets/music/music_tokens.h"
#include "tests/support/music_models.h"
#include "tests/support/probe.h"
#include "tests/support/scratch.h"
#include "tests/support/text.h"

#include <check.h>
#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

enum { STEPS = 20, WIDTH = MUSIC_CONDITION_WIDTH(3) };

/* Two readings of the same tokens: under an emotion, and under none. */
static void read_twice(const MusicModel *model, float *logits) {
    Error error;
    MusicStream *stream = music_stream_create(model, 2, &error);
    ck_assert_msg(stream != NULL, "%s", error.message);
    float conditions[2 * WIDTH];
    music_condition_fill(1, -1, 1, 3, conditions);
    music_condition_fill(NAN, NAN, 1, 3, conditions + WIDTH);
    for (int t = 0; t < STEPS; t++)
        music_stream_step(stream, 7 * t % MUSIC_VOCABULARY, conditions,
                          logits + (size_t)t * 2 * MUSIC_VOCABULARY);
    music_stream_destroy(stream);
}

/* Rounds what a stream keeps in half precision. */
static void round_weights(const MusicModel *model) {
    Parameters *weights = sequence_lstm_parameters(music_model_network(model));
    for (int i = 0; i < parameters_count(weights); i++) {
        Parameter *p = parameters_at(weights, i);
        if (p->role == PARAMETER_WEIGHT && strcmp(p->tensor.name, "embedding.weight"))
            probe_round_to_half(&p->tensor);
    }
}

START_TEST(stream_gives_the_logits_of_the_training_network) {
    MusicModel *model = music_model_untrained(1);
    round_weights(model);
    static float streamed[STEPS * 2 * MUSIC_VOCABULARY], conditions[STEPS * 2 * WIDTH];
    read_twice(model, streamed);
    int32_t tokens[STEPS * 2];
    for (int t = 0; t < STEPS; t++) {
        tokens[2 * t] = tokens[2 * t + 1] = 7 * t % MUSIC_VOCABULARY;
        music_condition_fill(1, -1, 1, 3, conditions + (2 * t) * WIDTH);
        music_condition_fill(NAN, NAN, 1, 3, conditions + (2 * t + 1) * WIDTH);
    }
    Error error;
    const SequenceLstm *network = music_model_network(model);
    Parameters *state = sequence_lstm_state(network, 2, &error);
    Tape *tape = tape_create();
    tape_begin(tape, TAPE_EVALUATE, rng_seed(0));
    const Tensor *logits =
        sequence_lstm_forward(network, tape, STEPS, 2, tokens, conditions, NULL, state);
    ck_assert_msg(!tape_check(tape, &error), "%s", error.message);
    for (size_t i = 0; i < tensor_count(logits); i++)
        ck_assert_float_eq_tol(streamed[i], logits->data[i], 1e-5f);
    tape_destroy(tape);
    parameters_destroy(state);
    music_model_destroy(model);
}
END_TEST

/* ---- what half precision costs ---- */

enum { PIECES = 8, TOKENS = 256 };

/* Pieces drawn from the shipped model, one in each corner of the emotions' plane and again. */
typedef struct Sample {
    int32_t tokens[TOKENS + 1][PIECES];
    float streamed[TOKENS][PIECES][MUSIC_VOCABULARY]; /* the logits that they were drawn from */
    float *conditions;                                /* (TOKENS, PIECES, width) */
    int width;
} Sample;

/* The first token whose cumulated probability passes `chance`. */
static int draw(const float *logits, double chance) {
    double total = 0, sum = 0;
    for (int k = 0; k < MUSIC_VOCABULARY; k++)
        total += exp((double)logits[k]);
    for (int k = 0; k < MUSIC_VOCABULARY; k++)
        if ((sum += exp((double)logits[k])) > chance * total)
            return k;
    return MUSIC_VOCABULARY - 1;
}

static double log_probability(const float *logits, int token) {
    double total = 0;
    for (int k = 0; k < MUSIC_VOCABULARY; k++)
        total += exp((double)logits[k]);
    return logits[token] - log(total);
}

static double chance_of(int t, int piece) {
    return rng_uniform(rng_split(rng_seed(9), (uint64_t)piece), (uint64_t)t);
}

static void sample_pieces(const MusicModel *model, Sample *sample) {
    sample->width = music_model_condition_width(model);
    sample->conditions =
        malloc((size_t)(TOKENS * PIECES * sample->width) * sizeof *sample->conditions);
    for (int piece = 0; piece < PIECES; piece++) {
        MusicStream *stream = music_stream_create(model, 1, NULL);
        sample->tokens[0][piece] = 0;
        for (int t = 0; t < TOKENS; t++) {
            float *condition = sample->conditions + (t * PIECES + piece) * sample->width;
            music_condition_fill(piece & 1 ? 1 : -1, piece & 2 ? 1 : -1, 0,
                                 music_model_genres(model), condition);
            music_stream_step(stream, sample->tokens[t][piece], condition,
                              sample->streamed[t][piece]);
            sample->tokens[t + 1][piece] = draw(sample->streamed[t][piece], chance_of(t, piece));
        }
        music_stream_destroy(stream);
    }
}

/* Over 2048 tokens of the shipped model: the pieces are as likely to the network in fp32 (found: a
 * difference of 5e-6 nats per token), its logits are the same (6e-5), and it would have drawn the
 * same tokens (all but 2). */
START_TEST(half_precision_costs_no_likelihood) {
    Error error;
    MusicModel *model = music_model_load("compose/models/music.safetensors", &error);
    ck_assert_msg(model != NULL, "%s (run from the root of the repository)", error.message);
    static Sample sample;
    sample_pieces(model, &sample);
    const SequenceLstm *network = music_model_network(model);
    Parameters *state = sequence_lstm_state(network, PIECES, &error);
    Tape *tape = tape_create();
    tape_begin(tape, TAPE_EVALUATE, rng_seed(0));
    const Tensor *logits = sequence_lstm_forward(network, tape, TOKENS, PIECES, sample.tokens[0],
                                                 sample.conditions, NULL, state);
    ck_assert_msg(!tape_check(tape, &error), "%s", error.message);
    double difference = 0, squares = 0, norm = 0;
    int others = 0;
    for (int t = 0; t < TOKENS; t++)
        for (int piece = 0; piece < PIECES; piece++) {
            const float *exact = logits->data + (size_t)(t * PIECES + piece) * MUSIC_VOCABULARY;
            const float *streamed = sample.streamed[t][piece];
            int token = sample.tokens[t + 1][piece];
            difference += log_probability(streamed, token) - log_probability(exact, token);
            others += draw(exact, chance_of(t, piece)) != token;
            for (int k = 0; k < MUSIC_VOCABULARY; k++) {
                squares += pow(streamed[k] - exact[k], 2);
                norm += pow(exact[k], 2);
            }
        }
    ck_assert_double_lt(fabs(difference) / (TOKENS * PIECES), 1e-4);
    ck_assert_double_lt(sqrt(squares / norm), 2e-4);
    ck_assert_int_le(others, TOKENS * PIECES / 500);
    free(sample.conditions);
    tape_destroy(tape);
    parameters_destroy(state);
    music_model_destroy(model);
}
END_TEST

START_TEST(condition_changes_what_comes_next) {
    MusicModel *model = music_model_untrained(2);
    static float logits[STEPS * 2 * MUSIC_VOCABULARY];
    read_twice(model, logits);
    ck_assert(logits[0] != logits[MUSIC_VOCABULARY]);
    music_model_destroy(model);
}
END_TEST

START_TEST(reset_begins_anew) {
    MusicModel *model = music_model_untrained(3);
    MusicStream *stream = music_stream_create(model, 1, NULL);
    float condition[WIDTH], first[MUSIC_VOCABULARY], later[MUSIC_VOCABULARY];
    music_condition_fill(0, 0, 0, 3, condition);
    music_stream_step(stream, 0, condition, first);
    music_stream_step(stream, 0, condition, later);
    ck_assert(first[5] != later[5]);
    music_stream_reset(stream);
    music_stream_step(stream, 0, condition, later);
    ck_assert_mem_eq(first, later, sizeof first);
    music_stream_destroy(stream);
    music_model_destroy(model);
}
END_TEST

START_TEST(threads_change_no_bit) {
    MusicModel *model = music_model_untrained(4);
    static float expected[STEPS * 2 * MUSIC_VOCABULARY], found[STEPS * 2 * MUSIC_VOCABULARY];
    int before = omp_get_max_threads();
    omp_set_num_threads(1);
    read_twice(model, expected);
    for (int threads = 2; threads <= 3; threads++) {
        omp_set_num_threads(threads);
        read_twice(model, found);
        ck_assert_mem_eq(found, expected, sizeof expected);
    }
    omp_set_num_threads(before);
    music_model_destroy(model);
}
END_TEST

START_TEST(genres_are_known_by_name) {
    MusicModel *model = music_model_untrained(5);
    ck_assert_int_eq(music_model_genres(model), 3);
    ck_assert_int_eq(music_model_find_genre(model, "unknown"), 0);
    ck_assert_int_eq(music_model_find_genre(model, "folk"), 2);
    ck_assert_int_eq(music_model_find_genre(model, "polka"), -1);
    music_model_destroy(model);
}
END_TEST

/* `genres` are the names of one or of several, separated by commas. */
static void save(int vocabulary, int conditions, const char *genres) {
    SequenceLstm *network = sequence_lstm_create(&(SequenceLstmInfo){.vocabulary = vocabulary,
                                                                     .conditions = conditions,
                                                                     .embedding = 4,
                                                                     .hidden = 4,
                                                                     .layers = 1},
                                                 rng_seed(1), NULL);
    json_t *metadata = json_object();
    if (genres)
        music_condition_describe(metadata, &genres, 1);
    ck_assert(!sequence_lstm_save(network, scratch_path("other.safetensors"), metadata, NULL));
    json_decref(metadata);
    sequence_lstm_destroy(network);
}

static void assert_refused(const char *words) {
    Error error;
    ck_assert_ptr_null(music_model_load(scratch_path("other.safetensors"), &error));
    assert_contains(error.message, words);
}

START_TEST(genres_may_be_many) {
    enum { GENRES = 300 };
    char names[4 * GENRES] = "100";
    for (int i = 1; i < GENRES; i++)
        strcat(names, text_format(",%d", 100 + i));
    save(MUSIC_VOCABULARY, MUSIC_CONDITION_WIDTH(GENRES), names);
    Error error;
    int genre;
    MusicModel *model = music_model_load(scratch_path("other.safetensors"), &error);
    ck_assert_msg(model != NULL, "%s", error.message);
    ck_assert_int_eq(music_model_genres(model), GENRES);
    ck_assert_int_eq(music_model_find_genre(model, "399"), 299);
    ck_assert_int_lt(music_model_choose_genre(model, "polka", &genre, &error), 0);
    assert_contains(error.message, "no genre 'polka'; it has 100, 101");
    music_model_destroy(model);
}
END_TEST

START_TEST(other_models_are_refused) {
    save(MUSIC_VOCABULARY, 4, NULL);
    assert_refused("genres");
    save(MUSIC_VOCABULARY - 1, 4, "unknown");
    assert_refused("tokens");
    save(MUSIC_VOCABULARY, 6, "unknown");
    assert_refused("6 conditions, expected 4");
    save(MUSIC_VOCABULARY, 6, "unknown,,pop");
    assert_refused("item 2 of the list is empty");
    save(MUSIC_VOCABULARY, 5, "unknown,pop");
    MusicModel *model = music_model_load(scratch_path("other.safetensors"), NULL);
    ck_assert_ptr_nonnull(model);
    music_model_destroy(model);
}
END_TEST

Suite *music_model_suite(void) {
    Suite *suite = suite_create("music_model");
    TCase *streams = tcase_create("streams");
    tcase_add_checked_fixture(streams, scratch_create, scratch_remove);
    tcase_add_test(streams, stream_gives_the_logits_of_the_training_network);
    tcase_add_test(streams, condition_changes_what_comes_next);
    tcase_add_test(streams, reset_begins_anew);
    tcase_add_test(streams, threads_change_no_bit);
    tcase_add_test(streams, genres_are_known_by_name);
    tcase_add_test(streams, genres_may_be_many);
    tcase_add_test(streams, other_models_are_refused);
    suite_add_tcase(suite, streams);
    TCase *precision = tcase_create("precision");
    tcase_set_timeout(precision, 60);
    tcase_add_test(precision, half_precision_costs_no_likelihood);
    suite_add_tcase(suite, precision);
    return suite;
}
