/* Pieces as chunks for training. */
#include "datasets/corpus/music_batch.h"

#include "datasets/corpus/synthetic_music.h"
#include "datasets/music/music_tokens.h"
#include "tests/support/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PIECES = 40, STEPS = 50, STREAMS = 3, CELLS = STEPS * STREAMS };

static MusicCorpus *corpus;

static void create(void) {
    Error error;
    corpus = synthetic_music_corpus(PIECES, 5, &error);
    ck_assert_msg(corpus != NULL, "%s", error.message);
}

static void destroy(void) {
    music_corpus_free(corpus);
}

static MusicBatches *batches_of(const MusicBatchSettings *settings) {
    Error error;
    MusicBatches *batches = music_batches_create(corpus, settings, &error);
    ck_assert_msg(batches != NULL, "%s", error.message);
    return batches;
}

static const MusicBatchSettings training = {.split = MUSIC_TRAIN,
                                            .steps = STEPS,
                                            .streams = STREAMS,
                                            .rng = {.seed = 11},
                                            .tempo_range = 0.2f,
                                            .transpose = true};
static const MusicBatchSettings measuring = {
    .split = MUSIC_VALIDATION, .steps = STEPS, .streams = STREAMS, .once = true};

START_TEST(measuring_shows_every_step_of_every_piece_once) {
    MusicBatches *batches = batches_of(&measuring);
    MusicBatch batch;
    long shown[PIECES] = {0}, steps = 0, wrong = 0;
    int at[STREAMS] = {0}, status;
    while ((status = music_batch_next(batches, &batch, NULL)) == 1) {
        steps++;
        for (int i = 0; i < CELLS; i++) {
            int stream = i % STREAMS, piece = batch.piece[i];
            if (piece < 0) {
                wrong += batch.targets[i] != -1;
                continue;
            }
            at[stream] = batch.reset[i] ? 0 : at[stream] + 1;
            const MusicPiece *source = &corpus->pieces[piece];
            wrong += batch.tokens[i] != source->tokens[at[stream]];
            wrong += batch.targets[i] != source->tokens[at[stream] + 1];
            wrong += batch.valence[i] != source->entry->valence ||
                     batch.arousal[i] != source->entry->arousal;
            shown[piece]++;
        }
    }
    ck_assert_int_eq(status, 0);
    ck_assert_int_eq(wrong, 0);
    ck_assert_int_eq(steps, music_batches_per_epoch(batches));
    for (int i = 0; i < PIECES; i++)
        ck_assert_int_eq(shown[i], corpus->pieces[i].entry->split == MUSIC_VALIDATION
                                       ? corpus->pieces[i].count - 1
                                       : 0);
    music_batches_free(batches);
}
END_TEST

START_TEST(training_plays_whole_pieces_one_after_the_other) {
    MusicBatches *batches = batches_of(&training);
    MusicBatch batch;
    MusicState states[STREAMS];
    int wrong = 0, resets = 0, first = 1;
    while (music_batch_next(batches, &batch, NULL) == 1)
        for (int i = 0; i < CELLS; i++) {
            MusicState *state = &states[i % STREAMS];
            if (batch.reset[i]) {
                /* A piece ends when `end` is its next token; the step after begins another. */
                wrong += i >= STREAMS && batch.targets[i - STREAMS] != music_token(MUSIC_END, 0);
                music_state_begin(state);
                resets++;
            }
            wrong += first && i < STREAMS && !batch.reset[i];
            wrong += !music_grammar_step(state, batch.tokens[i]) ||
                     !music_grammar_allows(state, batch.targets[i]);
            wrong += corpus->pieces[batch.piece[i]].entry->split != MUSIC_TRAIN;
            first = first && i < CELLS - 1;
        }
    ck_assert_int_eq(wrong, 0);
    ck_assert_int_ge(resets, 32);
    music_batches_free(batches);
}
END_TEST

/* All that a batch holds, to be compared. */
typedef struct Copy {
    int32_t tokens[CELLS], targets[CELLS], piece[CELLS];
    uint8_t reset[CELLS];
} Copy;

static Copy next_copy(MusicBatches *batches) {
    MusicBatch batch;
    Copy copy;
    memset(&copy, 0, sizeof copy);
    int status = music_batch_next(batches, &batch, NULL);
    if (!status)
        status = music_batch_next(batches, &batch, NULL);
    ck_assert_int_eq(status, 1);
    memcpy(copy.tokens, batch.tokens, sizeof copy.tokens);
    memcpy(copy.targets, batch.targets, sizeof copy.targets);
    memcpy(copy.piece, batch.piece, sizeof copy.piece);
    memcpy(copy.reset, batch.reset, sizeof copy.reset);
    return copy;
}

START_TEST(a_resumed_run_gets_the_batches_of_the_unbroken_one) {
    MusicBatches *unbroken = batches_of(&training), *resumed = batches_of(&training);
    long per_epoch = music_batches_per_epoch(unbroken);
    for (long step = 0; step < 2 * per_epoch + 3; step++) {
        Copy copy = next_copy(unbroken);
        if (step % 17 && step != per_epoch && step != per_epoch - 1)
            continue;
        ck_assert_int_eq(
            music_batches_seek(resumed, (int)(step / per_epoch), step % per_epoch, NULL), 0);
        Copy again = next_copy(resumed);
        ck_assert_mem_eq(&copy, &again, sizeof copy);
        ck_assert_int_eq(music_batches_epoch(unbroken), music_batches_epoch(resumed));
        ck_assert_int_eq(music_batches_step(unbroken), music_batches_step(resumed));
    }
    music_batches_free(unbroken);
    music_batches_free(resumed);
}
END_TEST

START_TEST(epochs_and_seeds_differ) {
    MusicBatchSettings other = training;
    other.rng.seed++;
    MusicBatches *a = batches_of(&training), *b = batches_of(&training), *c = batches_of(&other);
    ck_assert_int_eq(music_batches_seek(b, 1, 0, NULL), 0);
    Copy first = next_copy(a), second = next_copy(b), third = next_copy(c);
    ck_assert(memcmp(&first, &second, sizeof first));
    ck_assert(memcmp(&first, &third, sizeof first));
    music_batches_free(a);
    music_batches_free(b);
    music_batches_free(c);
}
END_TEST

START_TEST(variation_moves_key_and_tempo_and_nothing_else_of_metric_pieces) {
    MusicBatches *batches = batches_of(&training);
    MusicBatch batch;
    int at[STREAMS] = {0}, wrong = 0, keys = 0, tempos = 0, index;
    while (music_batch_next(batches, &batch, NULL) == 1)
        for (int i = 0; i < CELLS; i++) {
            int *here = &at[i % STREAMS];
            *here = batch.reset[i] ? 0 : *here + 1;
            int original = corpus->pieces[batch.piece[i]].tokens[*here];
            MusicKind kind = music_token_kind(original, &index);
            if (batch.tokens[i] == original)
                continue;
            keys += kind == MUSIC_TONIC;
            tempos += kind == MUSIC_TEMPO;
            wrong += kind != MUSIC_TONIC && kind != MUSIC_TEMPO;
        }
    ck_assert_int_eq(wrong, 0);
    ck_assert_int_ge(keys, 20);
    ck_assert_int_ge(tempos, 10);
    music_batches_free(batches);
}
END_TEST

START_TEST(weights_say_how_often_an_epoch_takes_a_corpus) {
    const float doubled = 2, nothing = 0;
    MusicBatchSettings settings = training;
    MusicBatches *plain = batches_of(&settings);
    settings.weights = &doubled;
    MusicBatches *twice = batches_of(&settings);
    ck_assert_int_le(labs(music_batches_per_epoch(twice) - 2 * music_batches_per_epoch(plain)), 1);
    settings.weights = &nothing;
    Error error;
    ck_assert_ptr_null(music_batches_create(corpus, &settings, &error));
    assert_contains(error.message, "no piece in the train split");
    music_batches_free(plain);
    music_batches_free(twice);
}
END_TEST

START_TEST(measuring_leaves_out_what_has_no_weight_and_takes_the_rest_once) {
    const float doubled = 2, nothing = 0;
    MusicBatchSettings settings = training;
    settings.once = true;
    MusicBatches *plain = batches_of(&settings);
    settings.weights = &doubled;
    MusicBatches *weighted = batches_of(&settings);
    ck_assert_int_eq(music_batches_pieces(weighted), music_batches_pieces(plain));
    ck_assert_int_eq(music_batches_per_epoch(weighted), music_batches_per_epoch(plain));
    settings.weights = &nothing;
    Error error;
    ck_assert_ptr_null(music_batches_create(corpus, &settings, &error));
    music_batches_free(plain);
    music_batches_free(weighted);
}
END_TEST

START_TEST(an_empty_split_and_a_batch_of_nothing_are_refused) {
    MusicBatchSettings settings = training;
    Error error;
    settings.split = MUSIC_UNSPLIT;
    ck_assert_ptr_null(music_batches_create(corpus, &settings, &error));
    assert_contains(error.message, "no piece in the none split");
    settings = training;
    settings.streams = 0;
    ck_assert_ptr_null(music_batches_create(corpus, &settings, &error));
    assert_contains(error.message, "0 streams of 50 steps");
}
END_TEST

Suite *music_batch_suite(void) {
    Suite *suite = suite_create("music_batch");
    TCase *tcase = tcase_create("music_batch");
    tcase_add_checked_fixture(tcase, create, destroy);
    tcase_add_test(tcase, measuring_shows_every_step_of_every_piece_once);
    tcase_add_test(tcase, training_plays_whole_pieces_one_after_the_other);
    tcase_add_test(tcase, a_resumed_run_gets_the_batches_of_the_unbroken_one);
    tcase_add_test(tcase, epochs_and_seeds_differ);
    tcase_add_test(tcase, variation_moves_key_and_tempo_and_nothing_else_of_metric_pieces);
    tcase_add_test(tcase, weights_say_how_often_an_epoch_takes_a_corpus);
    tcase_add_test(tcase, measuring_leaves_out_what_has_no_weight_and_takes_the_rest_once);
    tcase_add_test(tcase, an_empty_split_and_a_batch_of_nothing_are_refused);
    suite_add_tcase(suite, tcase);
    return suite;
}
