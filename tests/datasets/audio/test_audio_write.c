#include "datasets/audio/audio_write.h"

#include "datasets/audio/audio.h"
#include "nn/io/file.h"
#include "tests/support/files.h"
#include "tests/support/scratch.h"
#include "tests/support/text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { RATE = 44100, SECONDS = 3, FRAMES = SECONDS * RATE };

static float samples[2 * FRAMES];
static const StereoSound tone = {.samples = samples, .frames = FRAMES, .rate = RATE};

static void setup(void) {
    scratch_create();
    for (int i = 0; i < FRAMES; i++)
        samples[2 * i] = samples[2 * i + 1] = 0.25f * sinf(6.2831853f * 440 * (float)i / RATE);
}

static const char *name_of(int format) {
    return text_format("tone.%s", audio_write_formats[format]);
}

static int formats(void) {
    int n = 0;
    while (audio_write_formats[n])
        n++;
    return n;
}

START_TEST(every_format_is_decoded_to_the_same_sound) {
    const AudioSettings whole = {.rate = RATE, .longest_seconds = 60};
    for (int f = 0; f < formats(); f++) {
        const char *path = scratch_path(name_of(f));
        Error error;
        Audio audio;
        if (audio_write_check(path, &error)) {
            fprintf(stderr, "skipped: %s\n", error.message);
            continue;
        }
        ck_assert_msg(!audio_write(&tone, path, "A tone & more", &error), "%s", error.message);
        ck_assert_msg(!audio_read(path, &whole, &audio, &error), "%s", error.message);
        ck_assert_double_eq_tol((double)audio.count / RATE, SECONDS, 0.1);
        int crossings = 0;
        double power = 0;
        for (int i = RATE; i < 2 * RATE; i++) {
            crossings += (audio.samples[i] < 0) != (audio.samples[i - 1] < 0);
            power += (double)(audio.samples[i] * audio.samples[i]) / RATE;
        }
        ck_assert_msg(abs(crossings - 880) < 4, "%s: %d crossings", path, crossings);
        ck_assert_double_eq_tol(sqrt(2 * power), 0.25, 0.01);
        if (f && strcmp(audio_write_formats[f], "aac")) /* WAV and bare AAC have no tags */
            ck_assert_str_eq(audio.tags.title, "A tone & more");
        audio_free(&audio);
    }
}
END_TEST

START_TEST(the_same_sound_gives_the_same_bytes_in_memory_too) {
    for (int f = 0; f < formats(); f++) {
        const char *path = scratch_path(name_of(f));
        unsigned char *bytes, *again;
        size_t size, size_again;
        if (audio_write_check(path, NULL))
            continue;
        ck_assert_int_eq(audio_write(&tone, path, NULL, NULL), 0);
        ck_assert_int_eq(audio_encode(&tone, name_of(f), NULL, &bytes, &size, NULL), 0);
        again = file_bytes(path, &size_again);
        ck_assert_uint_eq(size, size_again);
        ck_assert_mem_eq(bytes, again, size);
        free(bytes);
        free(again);
    }
}
END_TEST

START_TEST(other_endings_are_refused_and_nothing_is_written) {
    Error error;
    ck_assert(audio_write_is_name("x.FLAC"));
    ck_assert(!audio_write_is_name("x.mid"));
    ck_assert_int_eq(audio_write(&tone, scratch_path("tone.voc"), NULL, &error), -1);
    assert_contains(error.message, "tone.voc");
    assert_contains(error.message, ".wav");
    ck_assert_int_eq(scratch_count(), 0);
}
END_TEST

Suite *audio_write_suite(void) {
    Suite *suite = suite_create("audio_write");
    TCase *tcase = tcase_create("audio_write");
    tcase_add_checked_fixture(tcase, setup, scratch_remove);
    tcase_add_test(tcase, every_format_is_decoded_to_the_same_sound);
    tcase_add_test(tcase, the_same_sound_gives_the_same_bytes_in_memory_too);
    tcase_add_test(tcase, other_endings_are_refused_and_nothing_is_written);
    suite_add_tcase(suite, tcase);
    return suite;
}
