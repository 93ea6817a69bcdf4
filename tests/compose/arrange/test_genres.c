/* What makes a genre is in the notes, whatever the emotion. */
#include "compose/arrange/arranged_piece.h"

#include "tests/support/text.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MELODY, CHORDS, BASS, BARS = 16, BEATS = 4 };

static LeadModel *model;
static ArrangedPiece piece;
static Error error;

static void set_up(void) {
    model = lead_model_load(NULL, &error);
    ck_assert_msg(model != NULL, "%s", error.message);
}

static void tear_down(void) {
    arranged_piece_free(&piece);
    lead_model_destroy(model);
}

static const Song *compose(int genre, Emotion emotion, uint64_t seed) {
    ArrangedSettings settings = arranged_defaults;
    settings.sampler = (SamplerSettings)SAMPLER_DEFAULTS;
    settings.seed = seed;
    settings.cues = cues_table[emotion];
    settings.felt = mood_of_emotion(emotion);
    settings.genre = genre;
    settings.candidates = 1;
    settings.bars = BARS;
    arranged_piece_free(&piece);
    ck_assert_msg(!arranged_piece_compose(model, &settings, &piece, &error), "%s", error.message);
    return piece.song;
}

/* How many notes of a part (-1: all) sound at a tick. */
static int sounding(const Song *song, int part, uint32_t tick) {
    int count = 0;
    for (int i = 0; i < song->n_notes; i++)
        count += (part < 0 || song->notes[i].channel == part) && song->notes[i].onset <= tick &&
                 song->notes[i].release > tick;
    return count;
}

START_TEST(a_chorale_has_four_voices_and_one_loudness) {
    const Song *song = compose(LEAD_CHORALE, (Emotion)_i, 1);
    for (int beat = 0; beat < BEATS * (BARS - 1); beat++) {
        uint32_t tick = (uint32_t)beat * ARRANGER_TICKS + 1;
        ck_assert_int_eq(sounding(song, CHORDS, tick), 2);
        ck_assert_int_eq(sounding(song, BASS, tick), 1);
        ck_assert_int_le(sounding(song, MELODY, tick), 1);
    }
    for (int i = 1; i < song->n_notes; i++)
        ck_assert_int_eq(song->notes[i].velocity, song->notes[0].velocity);
    for (int i = 0; i < song->n_notes; i++)
        ck_assert_int_eq(song->notes[i].onset % (ARRANGER_TICKS / 4), 0);
}
END_TEST

START_TEST(voices_of_a_chorale_hold_what_they_share) {
    const Song *song = compose(LEAD_CHORALE, (Emotion)_i, 2);
    int held = 0;
    for (int i = 0; i < song->n_notes; i++) {
        const SongNote *note = &song->notes[i];
        held += note->channel == BASS && note->release - note->onset > ARRANGER_TICKS;
        bool ends = note->release >= (BARS - 1) * BEATS * ARRANGER_TICKS;
        for (int k = i + 1; k < song->n_notes && note->channel == BASS && !ends; k++)
            ck_assert(song->notes[k].channel != note->channel ||
                      song->notes[k].pitch != note->pitch || song->notes[k].onset != note->release);
    }
    ck_assert_int_gt(held, 0);
}
END_TEST

START_TEST(classical_music_has_an_alberti_bass) {
    int figures = 0;
    for (uint64_t seed = 1; seed <= 4; seed++) {
        const Song *song = compose(LEAD_CLASSICAL, (Emotion)_i, seed);
        const SongNote *figure[4] = {NULL};
        for (int i = 0; i < song->n_notes; i++) {
            if (song->notes[i].channel != CHORDS)
                continue;
            memmove(figure, figure + 1, 3 * sizeof *figure);
            figure[3] = &song->notes[i];
            figures += figure[0] && figure[0]->pitch < figure[2]->pitch &&
                       figure[2]->pitch < figure[1]->pitch && figure[1]->pitch == figure[3]->pitch;
        }
    }
    ck_assert_int_ge(figures, 8);
}
END_TEST

START_TEST(a_folk_tune_has_chords_in_root_position) {
    const Song *song = compose(LEAD_FOLK, (Emotion)_i, 1);
    for (int half = 0; half < 2 * (BARS - 1); half++) {
        uint32_t tick = (uint32_t)half * 2 * ARRANGER_TICKS + 1;
        int chord = piece.sheet.bars[half / 2].chords[half % 2], lowest = 127;
        for (int i = 0; i < song->n_notes; i++)
            if (song->notes[i].onset <= tick && song->notes[i].release > tick &&
                song->notes[i].pitch < lowest)
                lowest = song->notes[i].pitch;
        ck_assert_int_eq((lowest - piece.tonic + 120) % 12, chord / LEAD_QUALITIES);
    }
}
END_TEST

START_TEST(jazz_walks_and_swings) {
    int late = 0, straight = 0;
    for (int emotion = 0; emotion < EMOTION_COUNT; emotion++) {
        const Song *song = compose(LEAD_JAZZ, (Emotion)emotion, 1);
        int walked = 0;
        for (int i = 0; i < song->n_notes; i++) {
            const SongNote *note = &song->notes[i];
            double inside = fmod(note->onset, ARRANGER_TICKS) / ARRANGER_TICKS;
            walked += note->channel == BASS;
            late += note->channel == MELODY && fabs(inside - 0.62) < 0.06;
            straight += note->channel == MELODY && fabs(inside - 0.5) < 0.05;
        }
        ck_assert_int_eq(walked, BEATS * (BARS - 1) + 1);
    }
    ck_assert_int_gt(late, 4 * straight);
}
END_TEST

START_TEST(tempos_stay_within_the_genre) {
    static const struct {
        int genre;
        double slowest, fastest;
    } limits[] = {{LEAD_CHORALE, 88, 108}, {LEAD_FOLK, 108, 132}, {LEAD_JAZZ, 120, 220}};
    for (int g = 0; g < 3; g++)
        for (int emotion = 0; emotion < EMOTION_COUNT; emotion++) {
            const Song *song = compose(limits[g].genre, (Emotion)emotion, 2);
            double tempo = 60e6 / song->tempos[0].microseconds;
            ck_assert_double_ge(tempo, limits[g].slowest - 0.01);
            ck_assert_double_le(tempo, limits[g].fastest + 0.01);
        }
}
END_TEST

/* A pianist's tempo breathes, the piece takes as long; and what is pedalled sounds on. */
START_TEST(a_pianist_has_rubato_and_pedal) {
    const Song *song = compose(GENRE_FREE, EMOTION_SAD, 3);
    double slowest = INFINITY, fastest = 0;
    int rings = 0;
    for (int i = 0; i + 2 < song->n_tempos; i++) {
        slowest = fmin(slowest, 60e6 / song->tempos[i].microseconds);
        fastest = fmax(fastest, 60e6 / song->tempos[i].microseconds);
    }
    ck_assert_double_gt(fastest, 1.03 * slowest);
    ck_assert_double_lt(fastest, 1.3 * slowest);
    for (int i = 0; i < song->n_notes; i++)
        rings += song->notes[i].sounding > song->notes[i].release;
    ck_assert_int_gt(rings, song->n_notes / 4);
    double written = 0;
    for (int b = 0; b < BARS; b++)
        written += 60 * BEATS / piece.bars[b].tempo * (b == BARS - 1 ? 1.25 : 1);
    ck_assert_double_eq_tol(song_seconds(song, BARS * BEATS * ARRANGER_TICKS), written,
                            0.02 * written);
}
END_TEST

Suite *genres_suite(void) {
    Suite *suite = suite_create("genres");
    TCase *tcase = tcase_create("genres");
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_loop_test(tcase, a_chorale_has_four_voices_and_one_loudness, 0, EMOTION_COUNT);
    tcase_add_loop_test(tcase, voices_of_a_chorale_hold_what_they_share, 0, EMOTION_COUNT);
    tcase_add_loop_test(tcase, classical_music_has_an_alberti_bass, 0, EMOTION_COUNT);
    tcase_add_loop_test(tcase, a_folk_tune_has_chords_in_root_position, 0, EMOTION_COUNT);
    tcase_add_test(tcase, jazz_walks_and_swings);
    tcase_add_test(tcase, tempos_stay_within_the_genre);
    tcase_add_test(tcase, a_pianist_has_rubato_and_pedal);
    suite_add_tcase(suite, tcase);
    return suite;
}
