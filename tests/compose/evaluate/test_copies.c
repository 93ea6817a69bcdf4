#include "compose/evaluate/copies.h"

#include "datasets/corpus/synthetic_music.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static int longest(const MusicCorpus *corpus, uint16_t *tokens, int count) {
    Error error;
    Clip clip = {.tokens = tokens, .count = count};
    int found = -1;
    ck_assert(!copies_longest(&(Clips){.list = &clip, .count = 1}, corpus, &found, &error));
    return found;
}

START_TEST(longest_run_is_found) {
    Error error;
    MusicCorpus *corpus = synthetic_music_corpus(10, 1, &error);
    ck_assert_ptr_nonnull(corpus);
    const MusicPiece *piece = &corpus->pieces[3];
    ck_assert_int_eq(piece->entry->split, MUSIC_TRAIN);
    uint16_t tokens[300];
    for (int i = 0; i < 300; i++) /* a language that no piece speaks */
        tokens[i] = (uint16_t)(1000 + i);
    ck_assert_int_eq(longest(corpus, tokens, 300), 0);
    memcpy(tokens + 50, piece->tokens + 20, 77 * sizeof *tokens);
    ck_assert_int_eq(longest(corpus, tokens, 300), 77);
    memcpy(tokens + 200, piece->tokens + 60, 5 * sizeof *tokens);
    ck_assert_int_eq(longest(corpus, tokens, 300), 77);
    ck_assert_int_eq(longest(corpus, tokens + 200, 100), 5);
    music_corpus_free(corpus);
}
END_TEST

START_TEST(only_training_pieces_count) {
    Error error;
    MusicCorpus *corpus = synthetic_music_corpus(10, 1, &error);
    const MusicPiece *held_out = &corpus->pieces[9];
    ck_assert_int_eq(held_out->entry->split, MUSIC_TEST);
    uint16_t *tokens = malloc((size_t)held_out->count * sizeof *tokens);
    memcpy(tokens, held_out->tokens, (size_t)held_out->count * sizeof *tokens);
    ck_assert_int_lt(longest(corpus, tokens, held_out->count), held_out->count);
    free(tokens);
    music_corpus_free(corpus);
}
END_TEST

Suite *copies_suite(void) {
    Suite *suite = suite_create("copies");
    TCase *runs = tcase_create("runs");
    tcase_add_test(runs, longest_run_is_found);
    tcase_add_test(runs, only_training_pieces_count);
    suite_add_tcase(suite, runs);
    return suite;
}
