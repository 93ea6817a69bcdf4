/* Songs written to MIDI files. */
#include "datasets/music/midi.h"

#include "nn/io/file.h"
#include "tests/support/scratch.h"
#include "tests/support/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

START_TEST(of_doubles_the_longest_and_loudest_is_written) {
    static const SongNote notes[] = {
        {.onset = 0, .release = 100, .sounding = 900, .pitch = 60, .velocity = 90},
        {.onset = 0, .release = 400, .sounding = 400, .pitch = 60, .velocity = 50},
        {.onset = 600, .release = 700, .sounding = 700, .pitch = 60, .velocity = 70}};
    Song *song = song_create(480);
    ck_assert_int_eq(song_add_track(song, "", NULL), 0);
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(song_add_note(song, notes[i], NULL), 0);
    ck_assert_int_eq(song_finish(song, NULL), 0);
    ck_assert_uint_eq(song->notes[0].sounding, 600); /* the pedal goes on beyond the double */
    const char *path = scratch_path("song.mid");
    ck_assert_int_eq(midi_write(song, path, NULL), 0);
    Song *again = midi_read(path, NULL);
    ck_assert_int_eq(again->n_notes, 2);
    ck_assert_uint_eq(again->notes[0].release, 600);
    ck_assert_int_eq(again->notes[0].velocity, 90);
    song_free(song);
    song_free(again);
}
END_TEST

static SongNote of_program(uint32_t onset, int track, int pitch, int program) {
    return (SongNote){.onset = onset,
                      .release = onset + 400,
                      .pitch = (uint8_t)pitch,
                      .velocity = 80,
                      .track = (uint16_t)track,
                      .program = (uint8_t)program};
}

START_TEST(tracks_of_one_channel_keep_the_programs_of_their_notes) {
    const SongNote notes[] = {of_program(0, 0, 60, 0), of_program(480, 1, 72, 40),
                              of_program(960, 0, 62, 0), of_program(1440, 1, 74, 0),
                              of_program(1920, 0, 64, 40)};
    enum { NOTES = sizeof notes / sizeof *notes };
    Song *song = song_create(480);
    ck_assert_int_eq(song_add_track(song, "", NULL) | song_add_track(song, "", NULL), 0);
    for (int i = 0; i < NOTES; i++)
        ck_assert_int_eq(song_add_note(song, notes[i], NULL), 0);
    ck_assert_int_eq(song_finish(song, NULL), 0);
    const char *path = scratch_path("song.mid");
    ck_assert_int_eq(midi_write(song, path, NULL), 0);
    Song *again = midi_read(path, NULL);
    ck_assert_int_eq(again->n_notes, NOTES);
    for (int i = 0; i < NOTES; i++)
        ck_assert_int_eq(again->notes[i].program, notes[i].program);
    song_free(song);
    song_free(again);
}
END_TEST

/* Players take the events of one tick track by track. */
START_TEST(of_notes_at_once_the_first_track_brings_the_program) {
    static const unsigned char change_and_note[] = {0xc0, 40, 0, 0x90, 72, 80};
    Song *song = song_create(480);
    ck_assert_int_eq(song_add_track(song, "", NULL) | song_add_track(song, "", NULL), 0);
    ck_assert_int_eq(song_add_note(song, of_program(0, 1, 60, 0), NULL), 0);
    ck_assert_int_eq(song_add_note(song, of_program(480, 0, 72, 0), NULL), 0);
    ck_assert_int_eq(song_add_note(song, of_program(960, 1, 60, 40), NULL), 0);
    ck_assert_int_eq(song_add_note(song, of_program(960, 0, 72, 40), NULL), 0);
    ck_assert_int_eq(song_finish(song, NULL), 0);
    unsigned char *bytes;
    size_t size;
    ck_assert_int_eq(midi_encode(song, &bytes, &size, NULL), 0);
    ck_assert_ptr_nonnull(memmem(bytes, size, change_and_note, sizeof change_and_note));
    free(bytes);
    song_free(song);
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

/* A night of live music and more: on two tracks, every third note in the other, under many tempos.
 * The test's time limit is the only clock here: quadratic work would pass any. */
START_TEST(a_very_long_song_is_written_and_reads_back) {
    enum { NOTES = 400000, TEMPOS = 20000 };
    Error error;
    Song *song = song_create(480);
    ck_assert_int_eq(song_add_track(song, "Left", NULL), 0);
    ck_assert_int_eq(song_add_track(song, "Right", NULL), 0);
    for (uint32_t i = 0; i < NOTES; i++) {
        SongNote note = {.onset = i * 48,
                         .release = i * 48 + 40 + i % 200,
                         .pitch = (uint8_t)(21 + i % 88),
                         .velocity = (uint8_t)(1 + i % 127),
                         .channel = i % 3 == 0,
                         .track = i % 3 == 0};
        ck_assert_int_eq(song_add_note(song, note, NULL), 0);
    }
    for (uint32_t i = 0; i < TEMPOS; i++)
        ck_assert_int_eq(song_add_tempo(song, i * 480, 400000 + i % 1000, NULL), 0);
    ck_assert_int_eq(song_finish(song, NULL), 0);
    const char *path = scratch_path("night.mid");
    ck_assert_msg(!midi_write(song, path, &error), "%s", error.message);
    Song *again = midi_read(path, &error);
    ck_assert_msg(again != NULL, "%s", error.message);
    ck_assert_int_eq(again->n_repairs, 0);
    ck_assert_int_eq(again->n_tempos, TEMPOS);
    ck_assert_int_eq(again->n_notes, NOTES);
    for (int i = 0; i < NOTES; i++) {
        const SongNote *wrote = &song->notes[i], *read = &again->notes[i];
        if (read->onset != wrote->onset || read->release != wrote->release ||
            read->pitch != wrote->pitch || read->velocity != wrote->velocity ||
            read->track != wrote->track + 1)
            ck_abort_msg("note %d came back another", i);
    }
    song_free(song);
    song_free(again);
}
END_TEST

/* By hand from the standard: its own examples of times that take 1, 2, 3 and 4 bytes. */
START_TEST(every_byte_is_as_the_standard_says) {
    static const char *const lines[] = {
        "4d546864 00000006 0001 0002 01e0", /* format 1, 2 tracks, 480 ticks */
        "4d54726b 00000015",                /* the conductor's track, */
        "00 ff0306 416666656b74",           /* its name, */
        "00 ff5103 07a120",                 /* 500,000 microseconds, */
        "00 ff2f00",                        /* and end */
        "4d54726b 00000030",                /* the notes: */
        "00 c004  00 903c40  40 803c40",    /* after 0x40 ticks, */
        "8100 903d41  c000 803d40",         /* 0x80 and 0x2000, */
        "818000 903e42  c08000 803e40",     /* 0x4000 and 0x100000, */
        "81808000 903f43  01 803f40",       /* 0x200000 */
        "00 ff2f00",
    };
    unsigned char expected[200];
    size_t count = 0;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        for (const char *digits = lines[i]; *digits; digits += strspn(digits, " ")) {
            ck_assert_int_eq(sscanf(digits, "%2hhx", &expected[count++]), 1);
            digits += 2;
        }
    static const uint32_t pauses[] = {0, 0x80, 0x4000, 0x200000},
                          lengths[] = {0x40, 0x2000, 0x100000, 1};
    unsigned char *bytes;
    size_t size;
    Song *song = song_create(480);
    ck_assert_int_eq(song_add_track(song, "", NULL), 0);
    for (uint32_t i = 0, tick = 0; i < 4; i++) {
        SongNote note = {.onset = tick + pauses[i],
                         .release = tick + pauses[i] + lengths[i],
                         .pitch = (uint8_t)(60 + i),
                         .velocity = (uint8_t)(64 + i),
                         .program = 4};
        ck_assert_int_eq(song_add_note(song, note, NULL), 0);
        tick = note.release;
    }
    ck_assert_int_eq(song_finish(song, NULL), 0);
    const char *path = scratch_path("song.mid");
    ck_assert_int_eq(midi_write(song, path, NULL), 0);
    ck_assert_int_eq(file_read(path, 1000, &bytes, &size, NULL), 0);
    ck_assert_uint_eq(size, count);
    ck_assert_mem_eq(bytes, expected, count);
    free(bytes);
    song_free(song);
}
END_TEST

START_TEST(a_silence_longer_than_the_format_can_say_is_refused) {
    Error error;
    Song *song = song_create(30000);
    ck_assert_int_eq(song_add_track(song, "", NULL), 0);
    SongNote note = {.onset = 0x10000000, .release = 0x10000001, .pitch = 60, .velocity = 1};
    ck_assert_int_eq(song_add_note(song, note, NULL), 0);
    ck_assert_int_eq(song_finish(song, NULL), 0);
    const char *path = scratch_path("song.mid");
    ck_assert_int_eq(midi_write(song, path, &error), -1);
    assert_contains(error.message, "song.mid: a silence of 268435456 ticks");
    ck_assert(!file_exists(path));
    song_free(song);
}
END_TEST

Suite *midi_write_suite(void) {
    Suite *suite = suite_create("midi_write");
    TCase *writing = tcase_create("writing");
    tcase_set_timeout(writing, 60);
    tcase_add_checked_fixture(writing, scratch_create, scratch_remove);
    tcase_add_test(writing, a_written_song_reads_back_the_same);
    tcase_add_test(writing, a_written_file_has_no_hanging_and_no_overlapping_note);
    tcase_add_test(writing, what_cannot_be_written_leaves_nothing_behind);
    tcase_add_test(writing, of_doubles_the_longest_and_loudest_is_written);
    tcase_add_test(writing, tracks_of_one_channel_keep_the_programs_of_their_notes);
    tcase_add_test(writing, of_notes_at_once_the_first_track_brings_the_program);
    tcase_add_test(writing, every_byte_is_as_the_standard_says);
    tcase_add_test(writing, a_silence_longer_than_the_format_can_say_is_refused);
    tcase_add_test(writing, a_very_long_song_is_written_and_reads_back);
    suite_add_tcase(suite, writing);
    return suite;
}
