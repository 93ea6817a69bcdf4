#include "datasets/audio/audio_features.h"

#include "datasets/audio/audio_loudness.h"
#include "datasets/media/csv.h"
#include "tests/support/data.h"
#include "tests/support/scratch.h"
#include "tests/support/text.h"
#include "tests/support/wav.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------ made sound */

static Audio made(double seconds) {
    Audio audio = {.rate = AUDIO_RATE, .count = (int)(seconds * AUDIO_RATE), .n_segments = 1};
    audio.samples = calloc((size_t)audio.count, sizeof *audio.samples);
    ck_assert_ptr_nonnull(audio.samples);
    return audio;
}

static void add_tone(Audio *audio, double hertz, double level) {
    for (int i = 0; i < audio->count; i++)
        audio->samples[i] += (float)(level * sin(2 * M_PI * hertz * i / audio->rate));
}

static int measure(Audio *audio, float *features) {
    Error error;
    int tonic;
    ck_assert_msg(!audio_features(audio, features, &tonic, &error), "%s", error.message);
    audio_free(audio);
    return tonic;
}

START_TEST(a_tone_has_its_frequency_as_centroid_and_its_level) {
    Audio audio = made(5);
    float features[AUDIO_FEATURES];
    add_tone(&audio, 1000, 0.5);
    measure(&audio, features);
    ck_assert_float_eq_tol(features[AUDIO_CENTROID], 1000, 15);
    ck_assert_float_eq_tol(features[AUDIO_ROLLOFF], 1000, 20);
    ck_assert_float_eq_tol(features[AUDIO_RMS], 0.3536f, 0.004f);
    ck_assert_float_eq_tol(features[AUDIO_ZERO_CROSSINGS], 2 * 1000.0f / AUDIO_RATE, 1e-3f);
}
END_TEST

START_TEST(sound_that_is_not_finite_is_refused) {
    Audio audio = made(5);
    float features[AUDIO_FEATURES];
    int tonic;
    Error error;
    add_tone(&audio, 1000, 0.5);
    audio.samples[30000] = NAN;
    ck_assert_int_eq(audio_features(&audio, features, &tonic, &error), -1);
    assert_contains(error.message, "not finite");
    audio_free(&audio);
}
END_TEST

START_TEST(loudness_is_that_of_ebu_tech_3341) {
    /* Its first case: 1 kHz in both channels at -23 dBFS (of the peak) is -23 LUFS. */
    Audio audio = made(20);
    double loudness;
    add_tone(&audio, 1000, pow(10, -23.0 / 20));
    ck_assert_int_eq(audio_loudness(audio.samples, audio.count, audio.rate, &loudness, NULL), 0);
    ck_assert_double_eq_tol(loudness, -23, 0.1);
    audio_free(&audio);
}
END_TEST

START_TEST(clicks_have_their_tempo) {
    const double tempi[] = {90, 120, 150};
    Audio audio = made(20);
    float features[AUDIO_FEATURES];
    for (double at = 0.1; at < 19.9; at += 60 / tempi[_i])
        for (int i = 0; i < 400; i++)
            audio.samples[(int)(at * AUDIO_RATE) + i] =
                (float)(0.8 * sin(0.9 * i) * exp(-i / 100.0));
    measure(&audio, features);
    ck_assert_float_eq_tol(features[AUDIO_TEMPO], (float)tempi[_i], 1.5f);
    ck_assert_float_eq_tol(features[AUDIO_ONSET_RATE], (float)(tempi[_i] / 60), 0.15f);
    ck_assert_float_gt(features[AUDIO_TEMPO_STRENGTH], 0.3f);
}
END_TEST

START_TEST(chords_have_their_key_and_mode) {
    /* Tonic, subdominant, dominant of A major, then of A minor. */
    static const int chords[2][9] = {{0, 4, 7, 5, 9, 12, 7, 11, 14},
                                     {0, 3, 7, 5, 8, 12, 7, 11, 14}};
    float mode[2];
    for (int minor = 0; minor < 2; minor++) {
        Audio audio = made(9);
        float features[AUDIO_FEATURES];
        for (int i = 0; i < audio.count; i++)
            for (int voice = 0; voice < 3; voice++) {
                int chord = (int)(i / (1.5 * AUDIO_RATE)) % 3;
                double hertz = 220 * exp2(chords[minor][3 * chord + voice] / 12.0);
                audio.samples[i] += (float)(0.2 * sin(2 * M_PI * hertz * i / AUDIO_RATE));
            }
        ck_assert_int_eq(measure(&audio, features), 9);
        mode[minor] = features[AUDIO_MODE];
    }
    ck_assert_float_gt(mode[0], 0);
    ck_assert_float_lt(mode[1], 0);
}
END_TEST

START_TEST(silence_and_snippets_have_no_features) {
    float features[AUDIO_FEATURES];
    int tonic;
    Error error;
    Audio audio = made(3);
    ck_assert_int_eq(audio_features(&audio, features, &tonic, &error), -1);
    assert_contains(error.message, "silence");
    audio.count = 100;
    ck_assert_int_eq(audio_features(&audio, features, &tonic, &error), -1);
    assert_contains(error.message, "100 samples");
    audio_free(&audio);
}
END_TEST

START_TEST(each_feature_is_found_by_its_name) {
    char name[AUDIO_FEATURE_NAME];
    for (int i = 0; i < AUDIO_FEATURES; i++)
        ck_assert_int_eq(audio_feature_by_name(audio_feature_name(i, name)), i);
    ck_assert_int_eq(audio_feature_by_name("mfcc_13"), -1);
}
END_TEST

/* ------------------------------------------------------------------ files */

/* Two channels at 44,100: left at the level, right silent. */
static const char *write_wav(const char *name, double seconds, double level) {
    int count = (int)(seconds * 44100);
    float *samples = calloc((size_t)count * 2, sizeof *samples);
    for (int i = 0; i < count; i++)
        samples[2 * i] = (float)(level * sin(i * 0.05));
    const char *path = wav_write(name, samples, count, 2);
    free(samples);
    return path;
}

START_TEST(files_are_read_as_the_mean_of_their_channels_in_excerpts) {
    static const AudioSettings excerpts = AUDIO_EXCERPTS;
    Audio audio;
    Error error;
    ck_assert_msg(!audio_read(write_wav("long.wav", 100, 0.5), &excerpts, &audio, &error), "%s",
                  error.message);
    ck_assert_int_eq(audio.n_segments, 3);
    ck_assert_int_eq(audio.count, 45 * AUDIO_RATE);
    ck_assert_double_eq_tol(audio.seconds, 100, 0.01);
    float most = 0;
    for (int i = 0; i < audio.count; i++)
        most = fmaxf(most, audio.samples[i]);
    ck_assert_float_eq_tol(most, 0.25f, 0.01f);
    audio_free(&audio);
    ck_assert_int_eq(audio_read(write_wav("short.wav", 4, 0.5), &excerpts, &audio, &error), 0);
    ck_assert_int_eq(audio.n_segments, 1);
    ck_assert_int_eq(abs(audio.count - 4 * AUDIO_RATE) < 100, 1);
    audio_free(&audio);
}
END_TEST

START_TEST(what_is_no_sound_is_refused) {
    static const AudioSettings excerpts = AUDIO_EXCERPTS;
    Audio audio;
    Error error;
    const char *text = scratch_write("song.mp3", "these are words, and nothing that sounds");
    ck_assert_int_eq(audio_read(text, &excerpts, &audio, &error), -1);
    assert_contains(error.message, "song.mp3");
    ck_assert_int_eq(audio_read(scratch_path("none.flac"), &excerpts, &audio, &error), -1);
}
END_TEST

/* The CSV's row of a clip, by its number. */
static int row_of(const CsvTable *csv, const char *number) {
    for (int row = 0; row < csv->n_rows; row++)
        if (!strcmp(csv_cell(csv, row, 0), number))
            return row;
    return -1;
}

START_TEST(features_of_real_clips_are_those_of_librosa) {
    static const char *const clips[] = {"2", "3", "4", "5", "7", "8", "10", "12", "13", "17"};
    static const struct {
        int feature;
        const char *column;
    } compared[] = {{AUDIO_RMS, "rms"},
                    {AUDIO_CENTROID, "spectral"},
                    {AUDIO_ROLLOFF, "rolloff"},
                    {AUDIO_MFCC_MEAN, "MFCC"}};
    const char *folder = data_path("audio");
    if (!folder)
        return;
    static const AudioSettings excerpts = AUDIO_EXCERPTS;
    CsvTable csv;
    Error error;
    Arena *arena = arena_create();
    ck_assert_int_eq(csv_read(text_format("%s/deam_features.csv", folder), arena, &csv, &error), 0);
    for (int i = 0; i < 10; i++) {
        Audio audio;
        float features[AUDIO_FEATURES];
        ck_assert_msg(!audio_read(text_format("%s/deam_clips/%s.flac", folder, clips[i]), &excerpts,
                                  &audio, &error),
                      "%s", error.message);
        measure(&audio, features);
        int row = row_of(&csv, clips[i]);
        for (int k = 0; k < 4; k++) {
            double expected = atof(csv_cell(&csv, row, csv_column(&csv, compared[k].column)));
            ck_assert_double_eq_tol((double)features[compared[k].feature], expected,
                                    0.01 * fabs(expected));
        }
    }
    arena_destroy(arena);
}
END_TEST

Suite *audio_features_suite(void) {
    Suite *suite = suite_create("audio_features");
    TCase *tcase = tcase_create("audio_features");
    tcase_add_checked_fixture(tcase, scratch_create, scratch_remove);
    tcase_add_test(tcase, a_tone_has_its_frequency_as_centroid_and_its_level);
    tcase_add_test(tcase, sound_that_is_not_finite_is_refused);
    tcase_add_test(tcase, loudness_is_that_of_ebu_tech_3341);
    tcase_add_loop_test(tcase, clicks_have_their_tempo, 0, 3);
    tcase_add_test(tcase, chords_have_their_key_and_mode);
    tcase_add_test(tcase, silence_and_snippets_have_no_features);
    tcase_add_test(tcase, each_feature_is_found_by_its_name);
    tcase_add_test(tcase, files_are_read_as_the_mean_of_their_channels_in_excerpts);
    tcase_add_test(tcase, what_is_no_sound_is_refused);
    tcase_add_test(tcase, features_of_real_clips_are_those_of_librosa);
    suite_add_tcase(suite, tcase);
    return suite;
}
