#include "compose/sound/audio_bend.h"

#include "datasets/audio/audio_features.h"
#include "tests/support/scratch.h"
#include "tests/support/text.h"
#include "tests/support/wav.h"

#include <math.h>
#include <unistd.h>

static const AudioBend plain = {.tempo = 1};

/* Bends a file and measures what comes out. */
static double bend_and_measure(const char *in, const AudioBend *bend, float *features) {
    static const AudioSettings whole = {.rate = AUDIO_RATE, .longest_seconds = 60};
    Error error;
    Audio audio;
    double seconds;
    int tonic;
    const char *out = scratch_path("bent.wav");
    ck_assert_msg(!audio_bend_file(in, out, bend, &seconds, &error), "%s", error.message);
    ck_assert_msg(!audio_read(out, &whole, &audio, &error), "%s", error.message);
    ck_assert_msg(!audio_features(&audio, features, &tonic, &error), "%s", error.message);
    audio_free(&audio);
    return seconds;
}

START_TEST(pitch_moves_by_its_semitones_and_tempo_stays) {
    const int semitones[] = {-4, 0, 5};
    float features[AUDIO_FEATURES];
    AudioBend bend = plain;
    bend.semitones = semitones[_i];
    double seconds = bend_and_measure(wav_write_tone("tone.wav", 8, 440, 0), &bend, features);
    float expected = 440 * exp2f((float)semitones[_i] / 12);
    ck_assert_double_eq_tol(seconds, 8, 0.2);
    /* A tone crosses zero twice in each period. */
    ck_assert_float_eq_tol(features[AUDIO_ZERO_CROSSINGS] * AUDIO_RATE / 2, expected,
                           0.02f * expected);
}
END_TEST

START_TEST(tempo_moves_and_the_clicks_with_it) {
    const double tempi[] = {0.9, 1.25};
    float features[AUDIO_FEATURES];
    AudioBend bend = plain;
    bend.tempo = tempi[_i];
    double seconds = bend_and_measure(wav_write_tone("clicks.wav", 20, 1000, 100), &bend, features);
    ck_assert_double_eq_tol(seconds, 20 / tempi[_i], 0.3);
    ck_assert_float_eq_tol(features[AUDIO_TEMPO], (float)(100 * tempi[_i]), 2);
}
END_TEST

START_TEST(anger_distorts_and_sadness_echoes) {
    char text[AUDIO_BEND_GRAPH];
    AudioBend angry = audio_bend_preset("strong", EMOTION_ANGRY),
              sad = audio_bend_preset("strong", EMOTION_SAD),
              happy = audio_bend_preset("mild", EMOTION_HAPPY);
    assert_contains(audio_bend_graph(&angry, text), "asoftclip=type=tanh");
    assert_contains(audio_bend_graph(&sad, text), "aecho=");
    ck_assert_double_lt(sad.tempo, 1);
    ck_assert_double_gt(happy.tempo, 1);
    assert_lacks(audio_bend_graph(&happy, text), "asoftclip");
    AudioBend fixed = audio_bend_preset("fixed", EMOTION_SAD);
    ck_assert_double_eq(fixed.tempo, 0.9);
    ck_assert_double_eq(fixed.semitones, -4);
}
END_TEST

START_TEST(what_is_no_sound_is_refused_and_nothing_written) {
    Error error;
    double seconds;
    const char *in = scratch_write("in:[0].mp3", "no sound"), *out = scratch_path("out.wav");
    ck_assert_int_eq(audio_bend_file(in, out, &plain, &seconds, &error), -1);
    assert_contains(error.message, "in:[0].mp3");
    ck_assert_int_eq(scratch_count(), 1);
}
END_TEST

START_TEST(a_name_may_hold_a_colon) {
    Error error;
    double seconds;
    const char *out = scratch_path("bent.wav");
    wav_write_tone("12:30.wav", 1, 440, 0);
    ck_assert_int_eq(chdir(scratch_path("")), 0);
    ck_assert_msg(!audio_bend_file("12:30.wav", out, &plain, &seconds, &error), "%s",
                  error.message);
    ck_assert_double_eq_tol(seconds, 1, 0.1);
}
END_TEST

Suite *audio_bend_suite(void) {
    Suite *suite = suite_create("audio_bend");
    TCase *tcase = tcase_create("audio_bend");
    tcase_add_checked_fixture(tcase, scratch_create, scratch_remove);
    tcase_add_loop_test(tcase, pitch_moves_by_its_semitones_and_tempo_stays, 0, 3);
    tcase_add_loop_test(tcase, tempo_moves_and_the_clicks_with_it, 0, 2);
    tcase_add_test(tcase, anger_distorts_and_sadness_echoes);
    tcase_add_test(tcase, what_is_no_sound_is_refused_and_nothing_written);
    tcase_add_test(tcase, a_name_may_hold_a_colon);
    suite_add_tcase(suite, tcase);
    return suite;
}
