/* Songs rendered as sound. */
#include "compose/sound/sound.h"

#include "compose/sound/soundfont.h"
#include "datasets/audio/loudness.h"
#include "datasets/music/midi.h"
#include "nn/io/file.h"
#include "tests/support/files.h"
#include "tests/support/music_folder.h"
#include "tests/support/played_songs.h"
#include "tests/support/scratch.h"
#include "tests/support/text.h"

#include <check.h>
#include <math.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/resource.h>

#ifdef HAVE_FLUIDSYNTH

static const SoundSettings usual = {.title = "A piece"};

/* A short piece; NULL, after saying so, where nothing can play it. */
static Song *playable_piece(void) {
    char soundfont[SOUNDFONT_PATH];
    if (soundfont_find(NULL, soundfont, NULL)) {
        fprintf(stderr, "skipped: there is no soundfont to hear MIDI with\n");
        return NULL;
    }
    music_folder_add("a.mid", 4, 0);
    return midi_read(text_format("%s/a.mid", music_folder()), NULL);
}

START_TEST(a_piece_becomes_a_whole_sound_file) {
    Song *song = playable_piece();
    const char *wav = scratch_path("a.wav");
    unsigned char *bytes;
    size_t size;
    Error error;
    if (!song)
        return;
    int files = scratch_count();
    ck_assert_msg(!sound_render(song, wav, &usual, &error), "%s", error.message);
    ck_assert_int_eq(scratch_count(), files + 1);
    ck_assert_int_eq(file_read(wav, 1 << 26, &bytes, &size, NULL), 0);
    uint32_t rest; /* how many bytes follow this number, as the format has it */
    memcpy(&rest, bytes + 4, sizeof rest);
    ck_assert_mem_eq(bytes, "RIFF", 4);
    ck_assert_uint_eq(rest, size - 8);
    double seconds = (double)(size - 44) / (44100 * 4), after = seconds - song->seconds;
    ck_assert_msg(after > 0 && after < 2.5, "%.1f s of sound after the last note", after);
    song_free(song);
    free(bytes);
}
END_TEST

/* Of a WAV file as it is written here. */
static double file_loudness(const char *path) {
    enum { HEADER = 44 };
    size_t size;
    unsigned char *bytes = file_bytes(path, &size);
    StereoSound sound = {.frames = (long)(size - HEADER) / 4, .rate = 44100};
    sound.samples = malloc(2 * (size_t)sound.frames * sizeof *sound.samples);
    ck_assert_ptr_nonnull(sound.samples);
    for (long i = 0; i < 2 * sound.frames; i++) {
        int16_t sample;
        memcpy(&sample, bytes + HEADER + 2 * i, sizeof sample);
        sound.samples[i] = (float)sample / 32768;
    }
    double lufs;
    Error error;
    ck_assert_msg(!loudness_measure(&sound, &lufs, &error), "%s", error.message);
    free(sound.samples);
    free(bytes);
    return lufs;
}

START_TEST(files_are_evenly_loud_and_soft_pieces_a_little_softer) {
    Song *song = playable_piece();
    const int velocities[] = {72, 72, 45, 110};
    const int programs[] = {0, 80, 0, 0};
    double lufs[4];
    if (!song || !loudness_is_built())
        return;
    for (int k = 0; k < 4; k++) {
        for (int i = 0; i < song->n_notes; i++) {
            song->notes[i].velocity = (uint8_t)velocities[k];
            song->notes[i].program = (uint8_t)programs[k];
        }
        ck_assert_int_eq(sound_render(song, scratch_path("a.wav"), &usual, NULL), 0);
        lufs[k] = file_loudness(scratch_path("a.wav"));
        ck_assert_double_eq_tol(lufs[k], sound_level(song), 1);
    }
    ck_assert_double_eq_tol(lufs[0], SOUND_LUFS, 1);
    ck_assert_double_eq_tol(lufs[1], SOUND_LUFS, 1);
    ck_assert_double_lt(lufs[2], lufs[0] - 2);
    ck_assert_double_ge(lufs[2], SOUND_LUFS - SOUND_LEVELS - 1);
    ck_assert_double_gt(lufs[3], lufs[0] + 2);
    song_free(song);
}
END_TEST

START_TEST(a_loop_rings_on_into_its_beginning) {
    Song *song = playable_piece();
    StereoSound loop, once;
    double loop_start = 0, once_start = 0;
    if (!song)
        return;
    SoundSettings settings = {.loop = song->seconds};
    ck_assert_int_eq(sound_play(song, &settings, &loop, NULL), 0);
    ck_assert_int_eq(sound_play(song, &usual, &once, NULL), 0);
    ck_assert_int_eq(loop.frames, lround(song->seconds * loop.rate));
    /* The first note is struck in both; in the loop the last one's echo is below it. */
    for (int i = 0; i < 64; i++) {
        loop_start += fabs((double)loop.samples[i]);
        once_start += fabs((double)once.samples[i]);
    }
    ck_assert_double_gt(loop_start, 2 * once_start);
    /* No jump at the seam that is larger than those within. */
    float largest = 0;
    for (long i = 2; i < 2 * loop.frames; i++)
        largest = fmaxf(largest, fabsf(loop.samples[i] - loop.samples[i - 2]));
    ck_assert_float_le(fabsf(loop.samples[0] - loop.samples[2 * loop.frames - 2]), largest);
    free(loop.samples);
    free(once.samples);
    song_free(song);
}
END_TEST

/* Of the second of two notes, while it is held. */
static double level_struck_again(int overlap) {
    Song *song = struck_again_song(overlap);
    StereoSound sound;
    ck_assert_int_eq(sound_play(song, &usual, &sound, NULL), 0);
    double level = mean_square(sound.samples + 2 * sound.rate, sound.rate / 2);
    free(sound.samples);
    song_free(song);
    return level;
}

START_TEST(a_late_release_does_not_end_the_next_note) {
    if (!songs_can_be_played())
        return;
    double apart = level_struck_again(0), overlapping = level_struck_again(24);
    ck_assert_double_gt(apart, 1e-6);
    ck_assert_double_gt(overlapping, apart / 2);
    ck_assert_double_lt(overlapping, apart * 2);
}
END_TEST

START_TEST(a_full_disk_leaves_the_older_sound) {
    Song *song = playable_piece();
    if (!song)
        return;
    const char *wav = scratch_write("a.wav", "older");
    int files = scratch_count();
    signal(SIGXFSZ, SIG_IGN);
    struct rlimit limit = {.rlim_cur = 1 << 16, .rlim_max = RLIM_INFINITY};
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    Error error;
    int status = sound_render(song, wav, &usual, &error);
    limit.rlim_cur = RLIM_INFINITY;
    setrlimit(RLIMIT_FSIZE, &limit);
    ck_assert_int_eq(status, -1);
    assert_contains(error.message, "a.wav");
    unsigned char *bytes;
    size_t size;
    ck_assert_int_eq(file_read(wav, 100, &bytes, &size, NULL), 0);
    ck_assert_str_eq((char *)bytes, "older");
    ck_assert_int_eq(scratch_count(), files);
    free(bytes);
    song_free(song);
}
END_TEST

#endif

Suite *sound_suite(void) {
    Suite *suite = suite_create("sound");
    TCase *tcase = tcase_create("sound");
    tcase_add_checked_fixture(tcase, scratch_create, scratch_remove);
#ifdef HAVE_FLUIDSYNTH
    tcase_add_test(tcase, a_piece_becomes_a_whole_sound_file);
    tcase_add_test(tcase, files_are_evenly_loud_and_soft_pieces_a_little_softer);
    tcase_add_test(tcase, a_loop_rings_on_into_its_beginning);
    tcase_add_test(tcase, a_late_release_does_not_end_the_next_note);
    tcase_add_test(tcase, a_full_disk_leaves_the_older_sound);
#endif
    suite_add_tcase(suite, tcase);
    return suite;
}
