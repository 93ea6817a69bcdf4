/* MIDI rendered as sound. */
#include "compose/sound/sound.h"

#include "compose/sound/soundfont.h"
#include "datasets/music/midi.h"
#include "nn/base/file.h"
#include "tests/support/music_folder.h"
#include "tests/support/scratch.h"
#include "tests/support/text.h"

#include <check.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/resource.h>

#ifdef HAVE_FLUIDSYNTH

/* A short piece in the scratch directory; NULL, after saying so, where nothing can play it. */
static const char *playable_piece(void) {
    char soundfont[SOUNDFONT_PATH];
    if (soundfont_find(NULL, soundfont, NULL)) {
        fprintf(stderr, "skipped: there is no soundfont to hear MIDI with\n");
        return NULL;
    }
    music_folder_add("a.mid", 4, 0);
    return text_format("%s/a.mid", music_folder());
}

START_TEST(a_piece_becomes_a_whole_sound_file) {
    const char *midi = playable_piece(), *wav = scratch_path("a.wav");
    unsigned char *bytes;
    size_t size;
    Error error;
    if (!midi)
        return;
    int files = scratch_count();
    ck_assert_msg(!sound_render(midi, wav, NULL, &error), "%s", error.message);
    ck_assert_int_eq(scratch_count(), files + 1);
    ck_assert_int_eq(file_read(wav, 1 << 26, &bytes, &size, NULL), 0);
    uint32_t rest; /* how many bytes follow this number, as the format has it */
    memcpy(&rest, bytes + 4, sizeof rest);
    ck_assert_mem_eq(bytes, "RIFF", 4);
    ck_assert_uint_eq(rest, size - 8);
    Song *song = midi_read(midi, NULL);
    double seconds = (double)(size - 44) / (44100 * 4), after = seconds - song->seconds;
    song_free(song);
    ck_assert_msg(after > 0 && after < 2.5, "%.1f s of sound after the last note", after);
    bool silent = true;
    for (size_t i = 44; i < size; i++)
        silent = silent && !bytes[i];
    ck_assert(!silent);
    free(bytes);
}
END_TEST

START_TEST(a_full_disk_leaves_the_older_sound) {
    const char *midi = playable_piece();
    if (!midi)
        return;
    const char *wav = scratch_write("a.wav", "older");
    int files = scratch_count();
    signal(SIGXFSZ, SIG_IGN);
    struct rlimit limit = {.rlim_cur = 1 << 16, .rlim_max = RLIM_INFINITY};
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    Error error;
    int status = sound_render(midi, wav, NULL, &error);
    limit.rlim_cur = RLIM_INFINITY;
    setrlimit(RLIMIT_FSIZE, &limit);
    ck_assert_int_eq(status, -1);
    assert_contains(error.message, "cannot write");
    assert_contains(error.message, "a.wav");
    unsigned char *bytes;
    size_t size;
    ck_assert_int_eq(file_read(wav, 100, &bytes, &size, NULL), 0);
    ck_assert_str_eq((char *)bytes, "older");
    ck_assert_int_eq(scratch_count(), files);
    free(bytes);
}
END_TEST

#endif

Suite *sound_suite(void) {
    Suite *suite = suite_create("sound");
    TCase *tcase = tcase_create("sound");
    tcase_add_checked_fixture(tcase, scratch_create, scratch_remove);
#ifdef HAVE_FLUIDSYNTH
    tcase_add_test(tcase, a_piece_becomes_a_whole_sound_file);
    tcase_add_test(tcase, a_full_disk_leaves_the_older_sound);
#endif
    suite_add_tcase(suite, tcase);
    return suite;
}
