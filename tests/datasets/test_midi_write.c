/* Songs written to MIDI files. */
#include "datasets/midi.h"

#include "tests/support/scratch.h"
#include "tests/support/text.h"

#include <time.h>

/* Two tracks with all that a song can hold; the pedal's sound is what is written. */
static Song *example(void) {
    Song *song = song_create(480);
    ck_assert_int_eq(song_add_track(song, "Right hand", NULL), 0);
    ck_assert_int_eq(song_add_track(song, "Drums", NULL), 0);
    ck_assert_int_eq(song_add_tempo(song, 0, 600000, NULL), 0);
    ck_assert_int_eq(song_add_tempo(song, 960, 400000, NULL), 0);
    ck_assert_int_eq(song_add_meter(song, 0, 6, 8, NULL), 0);
    ck_assert_int_eq(song_add_key(song, 0, 3, true, NULL), 0);
    for (uint32_t i = 0; i < 8; i++) {
        SongNote note = {.onset = i * 240,
                         .release = i * 240 + 480,
                         .pitch = (uint8_t)(60 + i % 4),
                         .velocity = 70,
                         .program = 11};
        ck_assert_int_eq(song_add_note(song, note, NULL), 0);
        SongNote drum = {.onset = i * 240,
                         .release = i * 240 + 60,
                         .pitch = 36,
                         .velocity = 100,
                         .channel = 9,
                         .track = 1};
        ck_assert_int_eq(song_add_note(song, drum, NULL), 0);
    }
    ck_assert_int_eq(song_finish(song, NULL), 0);
    return song;
}

START_TEST(a_written_song_reads_back_the_same) {
    Error error;
    Song *song = example();
    const char *path = scratch_path("song.mid");
    ck_assert_msg(!midi_write(song, path, &error), "%s", error.message);
    Song *again = midi_read(path, &error);
    ck_assert_msg(again != NULL, "%s", error.message);
    ck_assert_int_eq(again->n_repairs, 0);
    ck_assert_int_eq(again->format, 1);
    ck_assert_int_eq(again->n_tracks, 3); /* the conductor's comes first */
    ck_assert_str_eq(again->tracks[1].name, "Right hand");
    ck_assert_int_eq(again->tracks[1].program, 11);
    ck_assert_int_eq(again->n_tempos, 2);
    ck_assert_uint_eq(again->tempos[1].microseconds, 400000);
    ck_assert_int_eq(again->meters[0].numerator, 6);
    ck_assert_int_eq(again->keys[0].tonic, 3);
    ck_assert(again->keys[0].minor);
    ck_assert_int_eq(again->n_notes, song->n_notes);
    for (int i = 0; i < song->n_notes; i++) {
        ck_assert_uint_eq(again->notes[i].onset, song->notes[i].onset);
        ck_assert_uint_eq(again->notes[i].release, song->notes[i].sounding);
        ck_assert_int_eq(again->notes[i].pitch, song->notes[i].pitch);
        ck_assert_int_eq(again->notes[i].velocity, song->notes[i].velocity);
        ck_assert_double_eq_tol(again->notes[i].start, song->notes[i].start, 1e-9);
    }
    song_free(song);
    song_free(again);
}
END_TEST

START_TEST(a_written_file_has_no_hanging_and_no_overlapping_note) {
    Song *song = song_create(480);
    ck_assert_int_eq(song_add_track(song, "", NULL), 0);
    for (uint32_t i = 0; i < 4; i++) /* each runs into the next, and one has a double */
        for (int twice = 0; twice < 1 + (i == 2); twice++) {
            SongNote note = {
                .onset = i * 100, .release = i * 100 + 150, .pitch = 60, .velocity = 80};
            ck_assert_int_eq(song_add_note(song, note, NULL), 0);
        }
    ck_assert_int_eq(song_finish(song, NULL), 0);
    const char *path = scratch_path("song.mid");
    ck_assert_int_eq(midi_write(song, path, NULL), 0);
    Song *again = midi_read(path, NULL);
    ck_assert_int_eq(again->n_notes, 4);
    for (int i = 0; i < 3; i++)
        ck_assert_uint_le(again->notes[i].release, again->notes[i + 1].onset);
    ck_assert_uint_eq(again->notes[3].release, 450);
    song_free(song);
    song_free(again);
}
END_TEST

START_TEST(what_cannot_be_written_leaves_nothing_behind) {
    Error error;
    Song *song = example();
    ck_assert_int_eq(midi_write(song, scratch_path("missing/song.mid"), &error), -1);
    assert_contains(error.message, "missing/song.mid");
    song_free(song);
}
END_TEST

START_TEST(a_song_of_many_tempos_is_written_in_time) {
    Song *song = song_create(480);
    ck_assert_int_eq(song_add_track(song, "", NULL), 0);
    for (uint32_t i = 0; i < 10000; i++) {
        SongNote note = {.onset = i * 48, .release = i * 48 + 40, .pitch = 60, .velocity = 80};
        ck_assert_int_eq(song_add_tempo(song, i * 48, 400000 + i % 1000, NULL), 0);
        ck_assert_int_eq(song_add_note(song, note, NULL), 0);
    }
    ck_assert_int_eq(song_finish(song, NULL), 0);
    clock_t start = clock();
    ck_assert_int_eq(midi_write(song, scratch_path("song.mid"), NULL), 0);
    ck_assert_double_lt((double)(clock() - start) / CLOCKS_PER_SEC, 10);
    song_free(song);
}
END_TEST

Suite *midi_write_suite(void) {
    Suite *suite = suite_create("midi_write");
    TCase *writing = tcase_create("writing");
    tcase_add_checked_fixture(writing, scratch_create, scratch_remove);
    tcase_add_test(writing, a_written_song_reads_back_the_same);
    tcase_add_test(writing, a_written_file_has_no_hanging_and_no_overlapping_note);
    tcase_add_test(writing, what_cannot_be_written_leaves_nothing_behind);
    tcase_add_test(writing, a_song_of_many_tempos_is_written_in_time);
    suite_add_tcase(suite, writing);
    return suite;
}
