/* What was played, as a MIDI file. */
#include "compose/live/recording.h"

#include "datasets/music/midi.h"
#include "tests/support/files.h"
#include "tests/support/scratch.h"

#include <check.h>
#include <stdlib.h>

static void play(Recording *recording, double time, int pitch, int velocity) {
    Error error;
    NoteEvent event = {.time = time, .pitch = (uint8_t)pitch, .velocity = (uint8_t)velocity};
    ck_assert(!recording_add(recording, event, &error));
}

static Song *saved(const Recording *recording, double end) {
    Error error;
    const char *path = scratch_path("record.mid");
    ck_assert_msg(!recording_save(recording, end, path, &error), "%s", error.message);
    unsigned char *bytes, *written;
    size_t size, written_size;
    ck_assert_msg(!recording_encode(recording, end, &bytes, &size, &error), "%s", error.message);
    written = file_bytes(path, &written_size);
    ck_assert_uint_eq(size, written_size);
    ck_assert_mem_eq(bytes, written, size);
    free(bytes);
    free(written);
    Song *song = midi_read(path, &error);
    ck_assert_msg(song != NULL, "%s", error.message);
    ck_assert_int_eq(song->n_repairs, 0);
    return song;
}

START_TEST(notes_are_kept_to_the_millisecond) {
    Error error;
    Recording *recording = recording_create(24, &error);
    play(recording, 0.001, 60, 90);
    play(recording, 0.25, 64, 1);
    play(recording, 0.25, 60, 0);
    play(recording, 0.25, 60, 127); /* struck again as it comes up */
    play(recording, 3600.5, 64, 0);
    play(recording, 3600.5, 60, 0);
    Song *song = saved(recording, 3601);
    static const struct {
        double start, end;
        int pitch, velocity;
    } notes[] = {{0.001, 0.25, 60, 90}, {0.25, 3600.5, 60, 127}, {0.25, 3600.5, 64, 1}};
    ck_assert_int_eq(song->n_notes, 3);
    for (int i = 0; i < 3; i++) {
        ck_assert_double_eq_tol(song->notes[i].start, notes[i].start, 1e-6);
        ck_assert_double_eq_tol(song->notes[i].end, notes[i].end, 1e-6);
        ck_assert_int_eq(song->notes[i].pitch, notes[i].pitch);
        ck_assert_int_eq(song->notes[i].velocity, notes[i].velocity);
        ck_assert_int_eq(song->notes[i].program, 24);
    }
    song_free(song);
    recording_destroy(recording);
}
END_TEST

START_TEST(what_sounds_when_it_is_saved_ends_there_in_the_file_only) {
    Error error;
    Recording *recording = recording_create(0, &error);
    play(recording, 1, 60, 80);
    for (int save = 1; save <= 2; save++) {
        Song *song = saved(recording, 1 + save);
        ck_assert_int_eq(song->n_notes, 1);
        ck_assert_double_eq_tol(song->notes[0].end, 1 + save, 1e-6);
        song_free(song);
    }
    play(recording, 4, 60, 0);
    Song *song = saved(recording, 9);
    ck_assert_double_eq_tol(song->notes[0].end, 4, 1e-6);
    song_free(song);
    recording_destroy(recording);
}
END_TEST

START_TEST(a_copy_stays_as_it_was) {
    Error error;
    Recording *recording = recording_create(0, &error);
    Recording *empty = recording_copy(recording, &error);
    for (int i = 0; i < 10000; i++) {
        play(recording, 0.1 * i, 40 + i % 12, 64);
        play(recording, 0.1 * i + 0.05, 40 + i % 12, 0);
    }
    Recording *copy = recording_copy(recording, &error);
    play(recording, 2000, 60, 80);
    recording_destroy(recording);
    Song *song = saved(empty, 1000);
    ck_assert_int_eq(song->n_notes, 0);
    song_free(song);
    song = saved(copy, 1000);
    ck_assert_int_eq(song->n_notes, 10000);
    song_free(song);
    recording_destroy(copy);
    recording_destroy(empty);
}
END_TEST

Suite *recording_suite(void) {
    Suite *suite = suite_create("recording");
    TCase *tcase = tcase_create("recording");
    tcase_add_checked_fixture(tcase, scratch_create, scratch_remove);
    tcase_add_test(tcase, notes_are_kept_to_the_millisecond);
    tcase_add_test(tcase, what_sounds_when_it_is_saved_ends_there_in_the_file_only);
    tcase_add_test(tcase, a_copy_stays_as_it_was);
    suite_add_tcase(suite, tcase);
    return suite;
}
