/* The built-in pieces say in their notes what they were asked for. */
#include "datasets/corpus/synthetic_music.h"

#include "datasets/music/music_encode.h"
#include "tests/support/same_notes.h"
#include "tests/support/text.h"

#include <math.h>
#include <stdlib.h>

static Song *compose(float valence, float arousal, uint64_t seed) {
    Error error;
    Song *song = synthetic_music_compose(valence, arousal, 4, rng_seed(seed), &error);
    ck_assert_msg(song != NULL, "%s", error.message);
    return song;
}

START_TEST(the_same_seed_composes_the_same_piece_and_another_another) {
    Song *a = compose(0.3f, 0.2f, 1), *b = compose(0.3f, 0.2f, 1), *c = compose(0.3f, 0.2f, 2);
    ck_assert(same_notes(a, b));
    ck_assert(!same_notes(a, c));
    song_free(a);
    song_free(b);
    song_free(c);
}
END_TEST

START_TEST(valence_sets_the_mode_and_the_notes_are_in_it) {
    for (uint64_t seed = 0; seed < 30; seed++)
        for (int minor = 0; minor < 2; minor++) {
            Song *song = compose(minor ? -0.7f : 0.7f, (float)(seed % 5) / 2 - 1, seed);
            ck_assert_int_eq(song->keys[0].minor, minor);
            int outside = 0;
            for (int i = 0; i < song->n_notes; i++) {
                static const int in_key[2] = {
                    0xab5,
                    0xdad}; /* bit d: d semitones above the tonic; minor with both sevenths */
                int above = (song->notes[i].pitch - song->keys[0].tonic + 12) % 12;
                outside += !(in_key[minor] >> above & 1);
            }
            ck_assert_int_eq(outside, 0);
            song_free(song);
        }
}
END_TEST

START_TEST(arousal_raises_tempo_loudness_and_density) {
    for (uint64_t seed = 0; seed < 20; seed++) {
        Song *calm = compose(0.5f, -0.9f, seed), *wild = compose(0.5f, 0.9f, seed);
        ck_assert_uint_gt(calm->tempos[0].microseconds, wild->tempos[0].microseconds);
        ck_assert_double_gt(wild->n_notes / wild->seconds, 2 * calm->n_notes / calm->seconds);
        ck_assert_int_gt(wild->notes[0].velocity, calm->notes[0].velocity + 30);
        song_free(calm);
        song_free(wild);
    }
}
END_TEST

START_TEST(a_piece_has_its_bars_and_closes_on_the_tonic) {
    for (uint64_t seed = 0; seed < 20; seed++) {
        Song *song = compose((float)seed / 10 - 1, 0, seed);
        int bar = song->meters[0].numerator * 480, highest = 0, lowest = 127;
        ck_assert_uint_eq(song->ticks, 16u * (uint32_t)bar);
        ck_assert_uint_eq(song->notes[0].onset, 0);
        for (int i = 0; i < song->n_notes; i++)
            if (song->notes[i].onset >= 15u * (uint32_t)bar) {
                highest = song->notes[i].pitch > highest ? song->notes[i].pitch : highest;
                lowest = song->notes[i].pitch < lowest ? song->notes[i].pitch : lowest;
            }
        ck_assert_int_eq(highest % 12, song->keys[0].tonic);
        ck_assert_int_eq(lowest % 12, song->keys[0].tonic);
        song_free(song);
    }
}
END_TEST

/* The notes of bars that begin at `from`, moved to 0; the melody is the top of each onset. */
static int tops(const Song *song, uint32_t from, uint32_t to, int pitches[64]) {
    int n = 0;
    uint32_t last = UINT32_MAX;
    for (int i = 0; i < song->n_notes; i++) {
        const SongNote *note = &song->notes[i];
        if (note->onset < from || note->onset >= to)
            continue;
        n += note->onset != last;
        ck_assert_int_le(n, 64);
        pitches[n - 1] = note->pitch;
        last = note->onset;
    }
    return n;
}

START_TEST(the_theme_returns_after_the_contrast) {
    int differ = 0;
    for (uint64_t seed = 0; seed < 20; seed++) {
        Song *song = compose(0.5f, -0.5f, seed);
        uint32_t bar = 480u * (uint32_t)song->meters[0].numerator;
        int theme[64], contrast[64], back[64];
        int n = tops(song, 0, 2 * bar, theme);
        int m = tops(song, 8 * bar, 10 * bar, contrast);
        ck_assert_int_eq(tops(song, 12 * bar, 14 * bar, back), n);
        ck_assert_mem_eq(theme, back, (size_t)n * sizeof *theme);
        differ += m != n || memcmp(theme, contrast, (size_t)n * sizeof *theme) != 0;
        song_free(song);
    }
    ck_assert_int_ge(differ, 18);
}
END_TEST

START_TEST(the_corpus_covers_the_plane_and_has_all_splits) {
    Error error;
    MusicCorpus *corpus = synthetic_music_corpus(200, 1, &error);
    ck_assert_msg(corpus != NULL, "%s", error.message);
    int quadrants[4] = {0}, splits[4] = {0};
    for (int i = 0; i < corpus->n_pieces; i++) {
        const MusicPiece *piece = &corpus->pieces[i];
        quadrants[2 * (piece->entry->valence < 0) + (piece->entry->arousal < 0)]++;
        splits[piece->entry->split]++;
        ck_assert_int_eq(piece->tokens[1], music_token(MUSIC_GRID, 0));
        ck_assert_int_eq(piece->tokens[2], music_token(MUSIC_MODE, piece->entry->valence < 0));
        Song *song = music_decode(piece->tokens, piece->count, 0, &error);
        ck_assert_msg(song != NULL, "%s", error.message);
        song_free(song);
    }
    for (int i = 0; i < 4; i++)
        ck_assert_int_ge(quadrants[i], 30);
    ck_assert_int_eq(splits[MUSIC_TRAIN], 160);
    ck_assert_int_eq(splits[MUSIC_VALIDATION], 20);
    ck_assert_int_eq(splits[MUSIC_TEST], 20);
    music_corpus_free(corpus);
}
END_TEST

Suite *synthetic_music_suite(void) {
    Suite *suite = suite_create("synthetic_music");
    TCase *tcase = tcase_create("synthetic_music");
    tcase_add_test(tcase, the_same_seed_composes_the_same_piece_and_another_another);
    tcase_add_test(tcase, valence_sets_the_mode_and_the_notes_are_in_it);
    tcase_add_test(tcase, arousal_raises_tempo_loudness_and_density);
    tcase_add_test(tcase, a_piece_has_its_bars_and_closes_on_the_tonic);
    tcase_add_test(tcase, the_theme_returns_after_the_contrast);
    tcase_add_test(tcase, the_corpus_covers_the_plane_and_has_all_splits);
    suite_add_tcase(suite, tcase);
    return suite;
}
