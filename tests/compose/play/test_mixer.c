/* Songs one after the other: no gap, no cut, and in time. */
#include "compose/play/mixer.h"

#include "datasets/audio/wav_file.h"
#include "tests/support/played_songs.h"
#include "tests/support/scratch.h"
#include "tests/support/wav.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>

enum { CHUNK = 1024 };

static const TrackSettings plain = {.strength = 0.5};

static Mixer *create(void) {
    Error error;
    MixerSettings settings = mixer_defaults();
    settings.overlap = 1;
    settings.patience = 2;
    Mixer *mixer = mixer_create(&settings, &error);
    ck_assert_msg(mixer != NULL, "%s", error.message);
    return mixer;
}

static Track *notes(int quarters, int rests) {
    Error error;
    Track *track = track_of_song(played_song(quarters, 60, 90, rests), &plain, &error);
    ck_assert_msg(track != NULL, "%s", error.message);
    return track;
}

static Track *tone(const char *name, double seconds) {
    double hertz = *name == 'a' ? 440 : 663;
    Error error;
    LibrarySong song = {.path = wav_write_tone(name, seconds, hertz, 0),
                        .kind = MOOD_FROM_SOUND,
                        .seconds = seconds,
                        .gain = NAN,
                        .loudness = NAN};
    Track *track = track_open(&song, &plain, &error);
    ck_assert_msg(track != NULL, "%s", error.message);
    return track;
}

/* Plays on; returns the softest and the loudest mean square of a chunk. */
static void play(Mixer *mixer, double seconds, double *softest, double *loudest) {
    float samples[CHUNK * SOUND_CHANNELS];
    *softest = INFINITY;
    *loudest = 0;
    for (double played = 0; played < seconds; played += (double)CHUNK / SOUND_RATE) {
        mixer_read(mixer, samples, CHUNK);
        double level = mean_square(samples, CHUNK);
        *softest = fmin(*softest, level);
        *loudest = fmax(*loudest, level);
        for (int i = 0; i < CHUNK * SOUND_CHANNELS; i++)
            ck_assert(samples[i] >= -1 && samples[i] <= 1);
    }
}

START_TEST(nothing_offered_is_silence) {
    double softest, loudest;
    Mixer *mixer = create();
    play(mixer, 0.5, &softest, &loudest);
    ck_assert_double_eq(loudest, 0);
    ck_assert(!mixer_status(mixer).playing);
    mixer_destroy(mixer);
}
END_TEST

START_TEST(recordings_overlap_without_a_gap_or_a_hole) {
    double softest, loudest;
    Mixer *mixer = create();
    mixer_offer(mixer, tone("a.wav", 4));
    mixer_offer(mixer, tone("b.wav", 4));
    ck_assert_int_eq(mixer_status(mixer).begun, 1);
    play(mixer, 0.2, &softest, &loudest); /* the beginning */
    play(mixer, 6, &softest, &loudest);
    MixerStatus status = mixer_status(mixer);
    ck_assert_int_eq(status.begun, 2);
    ck_assert(status.last_was_whole);
    ck_assert_double_gt(softest, loudest / 20);
    ck_assert_double_lt(fabs(status.heard - 3.2), 0.2); /* a second of the first was shared */
    play(mixer, 2, &softest, &loudest);
    ck_assert(!mixer_status(mixer).playing);
    ck_assert(mixer_status(mixer).last_was_whole);
    mixer_destroy(mixer);
}
END_TEST

START_TEST(a_song_makes_way_within_its_patience) {
    double softest, loudest;
    Mixer *mixer = create();
    mixer_offer(mixer, tone("a.wav", 30));
    mixer_make_way(mixer);
    play(mixer, 4, &softest, &loudest);
    ck_assert_int_eq(mixer_status(mixer).begun, 1); /* there is none to make way for */
    mixer_offer(mixer, tone("b.wav", 30));
    play(mixer, 0.1, &softest, &loudest);
    MixerStatus status = mixer_status(mixer);
    ck_assert_int_eq(status.begun, 2);
    ck_assert(!status.last_was_whole);
    ck_assert(!status.leaving);
    mixer_destroy(mixer);
}
END_TEST

/* A recording of two seconds of one tone and two of another. */
static const char *two_tones(void) {
    enum { HALF = 2 * SOUND_RATE };
    const char *path = scratch_path("two.wav");
    static float samples[2 * HALF * SOUND_CHANNELS];
    WavFile file;
    Error error;
    for (int i = 0; i < 2 * HALF; i++)
        samples[2 * i] = samples[2 * i + 1] =
            (i < HALF ? 0.05f : 0.2f) * (float)sin(2 * M_PI * 440 * i / SOUND_RATE);
    ck_assert(!wav_file_begin(&file, path, SOUND_RATE, &error) &&
              !wav_file_add(&file, samples, 2 * HALF, &error) && !wav_file_commit(&file, &error));
    return path;
}

START_TEST(seeking_goes_on_from_there) {
    double softest, loudest, first;
    Error error;
    LibrarySong song = {
        .path = two_tones(), .kind = MOOD_FROM_SOUND, .seconds = 4, .gain = 0, .loudness = NAN};
    Mixer *mixer = create();
    mixer_offer(mixer, track_open(&song, &plain, &error));
    play(mixer, 0.5, &softest, &first);
    mixer_seek(mixer, 2.5);
    play(mixer, 0.5, &softest, &loudest);
    ck_assert_double_gt(loudest, 8 * first);
    ck_assert_double_lt(fabs(mixer_status(mixer).heard - 3), 0.05);
    mixer_seek(mixer, 0.5);
    play(mixer, 0.5, &softest, &loudest);
    ck_assert_double_lt(loudest, 2 * first);
    mixer_seek(mixer, 1e9);
    play(mixer, 0.5, &softest, &loudest);
    ck_assert(!mixer_status(mixer).playing && mixer_status(mixer).last_was_whole);
    mixer_destroy(mixer);
}
END_TEST

START_TEST(a_rest_ends_a_phrase) {
    if (!songs_can_be_played())
        return;
    double softest, loudest, waited = 0;
    MixerSettings settings = {.overlap = 1, .patience = 60};
    Mixer *mixer = mixer_create(&settings, NULL);
    mixer_offer(mixer, notes(400, 2));
    mixer_offer(mixer, notes(400, 2));
    play(mixer, 8, &softest, &loudest);
    mixer_make_way(mixer);
    for (; mixer_status(mixer).begun == 1 && waited < 10; waited += 0.1)
        play(mixer, 0.1, &softest, &loudest);
    ck_assert_double_lt(waited, 5);
    mixer_destroy(mixer);
}
END_TEST

START_TEST(an_offer_can_be_taken_back_until_it_has_begun) {
    double softest, loudest;
    Mixer *mixer = create();
    mixer_offer(mixer, tone("a.wav", 5));
    ck_assert(!mixer_withdraw(mixer));
    mixer_offer(mixer, tone("b.wav", 5));
    ck_assert(mixer_status(mixer).ready);
    ck_assert(mixer_withdraw(mixer));
    ck_assert(!mixer_status(mixer).ready);
    play(mixer, 6, &softest, &loudest);
    ck_assert_int_eq(mixer_status(mixer).begun, 1);
    mixer_destroy(mixer);
}
END_TEST

START_TEST(skipping_fades_within_half_a_second) {
    double softest, loudest;
    Mixer *mixer = create();
    mixer_offer(mixer, tone("a.wav", 20));
    play(mixer, 1, &softest, &loudest);
    mixer_skip(mixer);
    play(mixer, 0.6, &softest, &loudest);
    ck_assert(!mixer_status(mixer).playing);
    mixer_offer(mixer, tone("b.wav", 20));
    ck_assert_int_eq(mixer_status(mixer).begun, 2);
    mixer_end(mixer, 0.2);
    play(mixer, 0.4, &softest, &loudest);
    ck_assert(!mixer_status(mixer).playing);
    mixer_destroy(mixer);
}
END_TEST

START_TEST(a_pause_is_silent_and_loses_nothing) {
    double softest, loudest;
    Mixer *mixer = create();
    mixer_offer(mixer, tone("a.wav", 20));
    play(mixer, 1, &softest, &loudest);
    mixer_pause(mixer, true);
    play(mixer, 0.1, &softest, &loudest);
    double heard = mixer_status(mixer).heard;
    play(mixer, 1, &softest, &loudest);
    ck_assert_double_eq(loudest, 0);
    ck_assert_double_eq(mixer_status(mixer).heard, heard);
    mixer_pause(mixer, false);
    mixer_volume(mixer, 0);
    play(mixer, 0.2, &softest, &loudest);
    play(mixer, 0.2, &softest, &loudest);
    ck_assert_double_eq(loudest, 0);
    ck_assert_double_gt(mixer_status(mixer).heard, heard);
    mixer_destroy(mixer);
}
END_TEST

START_TEST(songs_are_evenly_loud) {
    if (!songs_can_be_played())
        return;
    enum { SECONDS = 5 };
    static const int velocities[] = {60, 110};
    double levels[2];
    for (int i = 0; i < 2; i++) {
        Error error;
        float *samples = calloc((size_t)SECONDS * SOUND_RATE * 2, sizeof *samples);
        Track *track = track_of_song(played_song(40, 64, velocities[i], 0), &plain, &error);
        ck_assert_int_eq(track_read(track, samples, SECONDS * SOUND_RATE, &error),
                         SECONDS * SOUND_RATE);
        levels[i] = 10 * log10(mean_square(samples, SECONDS * SOUND_RATE));
        track_close(track);
        free(samples);
    }
    ck_assert_double_lt(fabs(levels[1] - levels[0]), 5);
    ck_assert_double_lt(fabs(levels[1] - LIBRARY_LEVEL), 3);
}
END_TEST

START_TEST(bending_changes_the_tempo_while_it_plays) {
    if (!songs_can_be_played())
        return;
    Error error;
    float samples[CHUNK * SOUND_CHANNELS];
    TrackSettings settings = {.strength = 1, .bends = true, .bent = {0, 0, 0}};
    Track *track = track_of_song(played_song(60, 64, 80, 0), &settings, &error);
    ck_assert_msg(track != NULL, "%s", error.message);
    ck_assert_int_eq(track_read(track, samples, CHUNK, &error), CHUNK);
    double before = track_heard(track);
    ck_assert_int_eq(track_bend(track, mood_of_emotion(EMOTION_HAPPY), &error), 0);
    ck_assert_int_eq(track_read(track, samples, CHUNK, &error), CHUNK);
    ck_assert_double_gt(track_heard(track) - before, 1.3 * before);
    track_close(track);
}
END_TEST

START_TEST(a_recording_bends_while_it_plays) {
    enum { FRAMES = SOUND_RATE };
    Error error;
    float *samples = calloc(FRAMES * 2, sizeof *samples);
    LibrarySong song = {.path = wav_write_tone("t.wav", 20, 440, 0),
                        .kind = MOOD_FROM_SOUND,
                        .seconds = 20,
                        .gain = NAN,
                        .loudness = NAN};
    TrackSettings settings = {.strength = 1, .bends = true, .bent = {0, 0, 0}};
    int crossings[2];
    Track *track = track_open(&song, &settings, &error);
    ck_assert_msg(track != NULL, "%s", error.message);
    for (int round = 0; round < 2; round++) {
        for (int second = 0; second < 3; second++) /* the last one counts */
            ck_assert_int_eq(track_read(track, samples, FRAMES, &error), FRAMES);
        crossings[round] = 0;
        for (int i = 1; i < FRAMES; i++)
            crossings[round] += samples[2 * i] >= 0 && samples[2 * i - 2] < 0;
        ck_assert_int_eq(track_bend(track, mood_of_emotion(EMOTION_HAPPY), &error), 0);
    }
    ck_assert_int_lt(abs(crossings[0] - 440), 6);
    ck_assert_int_gt(crossings[1], 480); /* two and a half semitones higher */
    track_close(track);
    free(samples);
}
END_TEST

Suite *mixer_suite(void) {
    Suite *suite = suite_create("mixer");
    TCase *tcase = tcase_create("mixer");
    tcase_add_checked_fixture(tcase, scratch_create, scratch_remove);
    tcase_add_test(tcase, nothing_offered_is_silence);
    tcase_add_test(tcase, seeking_goes_on_from_there);
    tcase_add_test(tcase, a_rest_ends_a_phrase);
    tcase_add_test(tcase, songs_are_evenly_loud);
    tcase_add_test(tcase, bending_changes_the_tempo_while_it_plays);
#ifdef HAVE_LIBAVFILTER
    tcase_add_test(tcase, recordings_overlap_without_a_gap_or_a_hole);
    tcase_add_test(tcase, a_song_makes_way_within_its_patience);
    tcase_add_test(tcase, an_offer_can_be_taken_back_until_it_has_begun);
    tcase_add_test(tcase, skipping_fades_within_half_a_second);
    tcase_add_test(tcase, a_pause_is_silent_and_loses_nothing);
    tcase_add_test(tcase, a_recording_bends_while_it_plays);
#endif
    suite_add_tcase(suite, tcase);
    return suite;
}
