/* What recorded songs say of themselves, in the files of the fuzzers' corpus. */
#include "datasets/audio/audio.h"

#include "datasets/media/ffmpeg.h"

#include <check.h>
#include <math.h>

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

#endif

Suite *audio_suite(void) {
    Suite *suite = suite_create("audio");
    TCase *tcase = tcase_create("audio");
#if defined HAVE_FFMPEG && defined HAVE_LIBSWRESAMPLE
    tcase_add_test(tcase, tags_of_mp3);
    tcase_add_test(tcase, tags_of_flac);
    tcase_add_test(tcase, tags_of_m4a);
#endif
    suite_add_tcase(suite, tcase);
    return suite;
}
