/* FFmpeg's measure of loudness against the one of datasets/audio/audio_loudness.h. */
#include "datasets/audio/loudness.h"

#include "datasets/audio/audio_loudness.h"
#include "nn/base/rng.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>

enum { RATE = 44100, SECONDS = 6, FRAMES = SECONDS * RATE };

static float samples[2 * FRAMES];
static StereoSound sound = {.samples = samples, .frames = FRAMES, .rate = RATE};

/* Noise whose second half is softer. */
static void make_noise(float loud, float soft) {
    Rng rng = rng_seed(1);
    for (int i = 0; i < FRAMES; i++) {
        float value = 2 * rng_uniform(rng, (uint64_t)i) - 1;
        samples[2 * i] = samples[2 * i + 1] = value * (i < FRAMES / 2 ? loud : soft);
    }
}

static double other_measure(void) {
    float *mono = malloc(FRAMES * sizeof *mono);
    double lufs;
    ck_assert_ptr_nonnull(mono);
    for (int i = 0; i < FRAMES; i++)
        mono[i] = (samples[2 * i] + samples[2 * i + 1]) / 2;
    ck_assert_int_eq(audio_loudness(mono, FRAMES, RATE, &lufs, NULL), 0);
    free(mono);
    return lufs;
}

static double power(int from, int to) {
    double sum = 0;
    for (int i = 2 * from; i < 2 * to; i++)
        sum += (double)(samples[i] * samples[i]);
    return sum / (to - from);
}

static float highest_peak(void) {
    float highest = 0;
    for (int i = 0; i < 2 * FRAMES; i++)
        highest = fmaxf(highest, fabsf(samples[i]));
    return highest;
}

START_TEST(two_measures_agree) {
    const float levels[] = {0.5f, 0.05f, 0.005f};
    double lufs;
    Error error;
    make_noise(levels[_i], levels[_i]);
    ck_assert_msg(!loudness_measure(&sound, &lufs, &error), "%s", error.message);
    ck_assert_double_eq_tol(lufs, other_measure(), 0.2);
}
END_TEST

START_TEST(loudness_is_set_and_softer_parts_stay_softer) {
    Error error;
    make_noise(0.03f, 0.015f);
    ck_assert_msg(!loudness_set(&sound, -16, &error), "%s", error.message);
    ck_assert_double_eq_tol(other_measure(), -16, 0.5);
    double ratio = power(RATE, FRAMES / 2 - RATE) / power(FRAMES / 2 + RATE, FRAMES - RATE);
    ck_assert_double_eq_tol(ratio, 4, 0.1);
}
END_TEST

START_TEST(peaks_do_not_clip) {
    Error error;
    make_noise(0.02f, 0.02f);
    for (int i = RATE; i < FRAMES; i += RATE / 2)
        samples[2 * i] = samples[2 * i + 1] = 0.9f;
    ck_assert_msg(!loudness_set(&sound, -14, &error), "%s", error.message);
    ck_assert_float_le(highest_peak(), 0.85f);
}
END_TEST

START_TEST(silence_stays_silence) {
    double lufs;
    make_noise(0, 0);
    ck_assert_int_eq(loudness_measure(&sound, &lufs, NULL), 0);
    ck_assert_double_eq(lufs, LOUDNESS_QUIETEST);
    ck_assert_int_eq(loudness_set(&sound, -16, NULL), 0);
    ck_assert_float_eq(highest_peak(), 0);
}
END_TEST

Suite *loudness_suite(void) {
    Suite *suite = suite_create("loudness");
    TCase *tcase = tcase_create("loudness");
    if (loudness_is_built()) {
        tcase_add_loop_test(tcase, two_measures_agree, 0, 3);
        tcase_add_test(tcase, loudness_is_set_and_softer_parts_stay_softer);
        tcase_add_test(tcase, peaks_do_not_clip);
        tcase_add_test(tcase, silence_stays_silence);
    }
    suite_add_tcase(suite, tcase);
    return suite;
}
