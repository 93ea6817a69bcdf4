/* Notes into a WAV file, each at its time, and what cannot be played. */
#include "compose/sound/player.h"

#include "compose/sound/soundfont.h"
#include "tests/support/files.h"
#include "tests/support/scratch.h"
#include "tests/support/text.h"

#include <check.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static Error error;

START_TEST(a_driver_that_there_is_not_is_named) {
    const PlayerSettings settings = {.driver = "no-such-driver"};
    ck_assert_ptr_null(player_open(&settings, &error));
    ck_assert(error.message[0]);
}
END_TEST

START_TEST(a_missing_soundfont_is_named) {
    const PlayerSettings settings = {.soundfont = "/nowhere/none.sf2",
                                     .wav = scratch_path("a.wav")};
    ck_assert_ptr_null(player_open(&settings, &error));
#ifdef HAVE_FLUIDSYNTH
    assert_contains(error.message, "/nowhere/none.sf2");
#else
    assert_contains(error.message, "libfluidsynth-dev");
#endif
}
END_TEST

#ifdef HAVE_FLUIDSYNTH

enum { RATE = 44100, CHANNELS = 2 };

/* A file in 16 bits, as loud as each tenth of a second of it is at most. */
typedef struct Loudness {
    double peak[100];
    int tenths;
} Loudness;

static Loudness measure(const char *path) {
    size_t size;
    unsigned char *bytes = file_bytes(path, &size);
    Loudness loudness = {0};
    ck_assert_uint_gt(size, 44);
    ck_assert_mem_eq(bytes, "RIFF", 4);
    for (size_t at = 44, i = 0; at + 1 < size; at += 2, i++) {
        int16_t sample;
        memcpy(&sample, bytes + at, 2);
        size_t tenth = i / (RATE * CHANNELS / 10);
        ck_assert_uint_lt(tenth, 100);
        loudness.tenths = (int)tenth + 1;
        loudness.peak[tenth] = fmax(loudness.peak[tenth], fabs(sample / 32768.0));
    }
    free(bytes);
    return loudness;
}

/* NULL, after saying so, where nothing can play. */
static Player *open_player(const char *wav) {
    char soundfont[SOUNDFONT_PATH];
    if (soundfont_find(NULL, soundfont, NULL)) {
        fprintf(stderr, "skipped: there is no soundfont to hear MIDI with\n");
        return NULL;
    }
    const PlayerSettings settings = {.wav = wav};
    Player *player = player_open(&settings, &error);
    ck_assert_msg(player, "%s", error.message);
    return player;
}

static void play(Player *player, double time, int velocity) {
    const NoteEvent event = {.time = time, .pitch = 60, .velocity = (uint8_t)velocity};
    ck_assert_int_eq(player_play(player, event, &error), 0);
}

START_TEST(notes_sound_at_their_times_and_ring_at_the_end) {
    const char *wav = scratch_path("a.wav");
    Player *player = open_player(wav);
    if (!player)
        return;
    ck_assert_str_eq(player_name(player), wav);
    play(player, 1.0, 100);
    play(player, 2.0, 0);
    ck_assert_int_eq(player_finish(player, &error), 0);
    player_close(player);
    Loudness loudness = measure(wav);
    for (int tenth = 0; tenth < 9; tenth++)
        ck_assert_double_lt(loudness.peak[tenth], 1e-3);
    for (int tenth = 11; tenth < 19; tenth++)
        ck_assert_double_gt(loudness.peak[tenth], 0.01);
    ck_assert_int_ge(loudness.tenths, 40); /* two seconds to die away in */
    ck_assert_int_le(loudness.tenths, 41);
    ck_assert_double_lt(loudness.peak[loudness.tenths - 2], 0.01);
}
END_TEST

START_TEST(what_is_turned_down_is_softer_until_it_is_turned_up_again) {
    const char *wav = scratch_path("a.wav");
    Player *player = open_player(wav);
    if (!player)
        return;
    static const double volumes[] = {0, 0.5, 1};
    for (int i = 0; i < 3; i++) {
        player_set_volume(player, volumes[i]);
        play(player, 2.0 * i, 100);
        play(player, 2.0 * i + 1, 0);
    }
    play(player, 6.0, 0);
    ck_assert_int_eq(player_finish(player, &error), 0);
    player_close(player);
    Loudness loudness = measure(wav);
    for (int tenth = 1; tenth < 9; tenth++)
        ck_assert_double_lt(loudness.peak[tenth], 1e-3);
    for (int tenth = 41; tenth < 49; tenth++)
        ck_assert_double_gt(loudness.peak[tenth], 0.01);
    double ratio = loudness.peak[22] / loudness.peak[42];
    ck_assert_double_gt(ratio, 0.5 * 0.5 * 0.5 - 0.03);
    ck_assert_double_lt(ratio, 0.5 * 0.5 * 0.5 + 0.03);
}
END_TEST

START_TEST(a_file_that_cannot_be_written_is_told) {
    const PlayerSettings settings = {.wav = scratch_path("missing/a.wav")};
    ck_assert_ptr_null(player_open(&settings, &error));
    ck_assert(error.message[0]);
}
END_TEST

#endif

Suite *player_suite(void) {
    Suite *suite = suite_create("player");
    TCase *tcase = tcase_create("player");
    tcase_add_checked_fixture(tcase, scratch_create, scratch_remove);
    tcase_add_test(tcase, a_driver_that_there_is_not_is_named);
    tcase_add_test(tcase, a_missing_soundfont_is_named);
#ifdef HAVE_FLUIDSYNTH
    tcase_add_test(tcase, notes_sound_at_their_times_and_ring_at_the_end);
    tcase_add_test(tcase, what_is_turned_down_is_softer_until_it_is_turned_up_again);
    tcase_add_test(tcase, a_file_that_cannot_be_written_is_told);
#endif
    suite_add_tcase(suite, tcase);
    return suite;
}
