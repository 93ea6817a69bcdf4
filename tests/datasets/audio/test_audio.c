/* What recorded songs say of themselves, in the files of the fuzzers' corpus; and how long they
 * are.
 */
#include "datasets/audio/audio.h"

#include "datasets/audio/audio_write.h"
#include "datasets/media/ffmpeg.h"
#include "nn/base/rng.h"
#include "tests/support/scratch.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#if defined HAVE_FFMPEG && defined HAVE_LIBSWRESAMPLE

static Audio read_tags(const char *path) {
    static const AudioSettings whole = {.rate = 22050, .longest_seconds = 10};
    Error error;
    Audio audio;
    ck_assert_msg(!audio_read(path, &whole, &audio, &error), "%s", error.message);
    ck_assert_int_gt(audio.count, 0);
    ck_assert_str_eq(audio.tags.title, "Hello");
    audio_free(&audio);
    return audio;
}

START_TEST(tags_of_mp3) {
    Audio audio = read_tags("tests/fuzz/corpus/song_tags/tone.mp3");
    ck_assert_str_eq(audio.tags.artist, "World");
    ck_assert_str_eq(audio.tags.mood, "happy");
    ck_assert_str_eq(audio.tags.language, "tam");
    ck_assert_float_eq(audio.tags.tempo, 120);
    ck_assert_float_eq(audio.tags.gain, -3.5f);
}
END_TEST

START_TEST(tags_of_flac) {
    Audio audio = read_tags("tests/fuzz/corpus/song_tags/tone.flac");
    ck_assert_str_eq(audio.tags.mood, "sad");
    ck_assert(isnan(audio.tags.tempo) && isnan(audio.tags.gain));
    ck_assert_double_eq_tol(audio.seconds, 0.2, 0.01);
}
END_TEST

/* As iTunes and its kin write them: the mood and ReplayGain as atoms of their own, the language on
 * the stream. FFmpeg does not hand on the tempo ("tmpo"). */
START_TEST(tags_of_m4a) {
    Audio audio = read_tags("tests/fuzz/corpus/song_tags/tone.m4a");
    ck_assert_str_eq(audio.tags.artist, "World");
    ck_assert_str_eq(audio.tags.album, "Both");
    ck_assert_str_eq(audio.tags.genre, "Folk");
    ck_assert_str_eq(audio.tags.mood, "sad");
    ck_assert_str_eq(audio.tags.language, "tam");
    ck_assert_float_eq(audio.tags.gain, -3.5f);
}
END_TEST

/* Five seconds of noise and fifteen of silence, which need fewer bits. */
static unsigned char *noise_and_silence(const char *name, size_t *size) {
    enum { RATE = 44100, NOISE = 5 * RATE, FRAMES = 20 * RATE };
    Error error;
    unsigned char *bytes;
    float *samples = calloc(2 * FRAMES, sizeof *samples);
    for (int i = 0; i < 2 * NOISE; i++)
        samples[i] = 0.2f * rng_normal(rng_seed(1), (uint64_t)i);
    const StereoSound sound = {.samples = samples, .frames = FRAMES, .rate = RATE};
    ck_assert_msg(!audio_encode(&sound, name, NULL, &bytes, size, &error), "%s", error.message);
    free(samples);
    return bytes;
}

static void assert_is_20_seconds_long(const char *name, const unsigned char *bytes, size_t size) {
    static const AudioSettings excerpts = {
        .rate = 22050, .excerpts = 3, .excerpt_seconds = 2, .longest_seconds = 10};
    Error error;
    Audio audio;
    const char *path = scratch_write_bytes(name, bytes, size);
    ck_assert_msg(!audio_read(path, &excerpts, &audio, &error), "%s", error.message);
    ck_assert_double_eq_tol(audio.seconds, 20, 0.2);
    ck_assert_int_eq(audio.n_segments, 3);
    audio_free(&audio);
}

START_TEST(a_length_that_no_header_tells_is_found) {
    size_t size;
    unsigned char *bytes = noise_and_silence("a.flac", &size);
    bytes[21] &= 0xf0; /* the number of samples, as of a FLAC that was written into a pipe */
    memset(bytes + 22, 0, 4);
    assert_is_20_seconds_long("a.flac", bytes, size);
    free(bytes);
    bytes = noise_and_silence("a.aac", &size); /* whose length FFmpeg guesses from the bit rate */
    assert_is_20_seconds_long("a.aac", bytes, size);
    free(bytes);
}
END_TEST

#endif

Suite *audio_suite(void) {
    Suite *suite = suite_create("audio");
    TCase *tcase = tcase_create("audio");
    tcase_add_checked_fixture(tcase, scratch_create, scratch_remove);
#if defined HAVE_FFMPEG && defined HAVE_LIBSWRESAMPLE
    tcase_add_test(tcase, tags_of_mp3);
    tcase_add_test(tcase, tags_of_flac);
    tcase_add_test(tcase, tags_of_m4a);
    tcase_add_test(tcase, a_length_that_no_header_tells_is_found);
#endif
    suite_add_tcase(suite, tcase);
    return suite;
}
