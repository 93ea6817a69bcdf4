#include "compose/evaluate/likelihood.h"

#include "datasets/corpus/synthetic_music.h"
#include "datasets/music/music_tokens.h"
#include "nn/kernels/vector_math.h"
#include "tests/support/music_models.h"
#include "tests/support/scratch.h"

#include <check.h>

/* What a piece costs when it is read token by token, on its own. */
static void read_alone(const MusicModel *model, const MusicPiece *piece, Likelihood *likelihood) {
    float conditions[MUSIC_CONDITION_WIDTH(3)], logits[MUSIC_VOCABULARY];
    Error error;
    MusicStream *stream = music_stream_create(model, 1, &error);
    ck_assert_msg(stream != NULL, "%s", error.message);
    music_condition_fill(piece->entry->valence, piece->entry->arousal, 0, 3, conditions);
    for (int i = 1; i < piece->count; i++) {
        int index, token = piece->tokens[i];
        music_stream_step(stream, piece->tokens[i - 1], conditions, logits);
        likelihood->nats +=
            (double)(KERNELS(vector_math)->log_sum_exp(logits, MUSIC_VOCABULARY) - logits[token]);
        likelihood->notes += music_token_kind(token, &index) == MUSIC_PITCH;
        likelihood->tokens++;
    }
    music_stream_destroy(stream);
}

START_TEST(pieces_cost_what_they_cost_token_by_token) {
    Error error;
    MusicModel *model = music_model_untrained(3);
    MusicCorpus *corpus = synthetic_music_corpus(50, 1, &error);
    ck_assert_msg(corpus != NULL, "%s", error.message);
    Likelihood expected = {0}, found = {0};
    for (int i = 0; i < corpus->n_pieces; i++)
        if (corpus->pieces[i].entry->split == MUSIC_TEST)
            read_alone(model, &corpus->pieces[i], &expected);
    Progress silent = progress_start(true, 0);
    ck_assert(!likelihood_measure(model, corpus, MUSIC_TEST, &found, &silent, &error));
    ck_assert_int_gt(expected.tokens, 1000);
    ck_assert_int_eq(found.tokens, expected.tokens);
    ck_assert_int_eq(found.notes, expected.notes);
    /* A stream keeps its weights in half precision. */
    ck_assert_double_eq_tol(found.nats / expected.nats, 1, 1e-4);
    music_corpus_free(corpus);
    music_model_destroy(model);
}
END_TEST

START_TEST(corpora_add_up) {
    const Likelihood each[3] = {
        {.nats = 1.5, .tokens = 2, .notes = 1}, [2] = {.nats = 2, .tokens = 3}};
    Likelihood total = likelihood_total(each, 3);
    ck_assert_double_eq(total.nats, 3.5);
    ck_assert_int_eq(total.tokens, 5);
    ck_assert_int_eq(total.notes, 1);
}
END_TEST

Suite *likelihood_suite(void) {
    Suite *suite = suite_create("likelihood");
    TCase *tcase = tcase_create("measure");
    tcase_add_checked_fixture(tcase, scratch_create, scratch_remove);
    tcase_add_test(tcase, pieces_cost_what_they_cost_token_by_token);
    tcase_add_test(tcase, corpora_add_up);
    suite_add_tcase(suite, tcase);
    return suite;
}
