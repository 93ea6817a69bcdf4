/* MIDI files read into songs. */
#include "datasets/music/midi.h"

#include "nn/base/rng.h"
#include "nn/io/file.h"
#include "tests/support/data.h"
#include "tests/support/midi_bytes.h"
#include "tests/support/text.h"

#include <dirent.h>
#include <stdlib.h>
#include <time.h>

/* A file of one track, to be filled with events and given to finish(). */
static MidiBytes one_track(int division) {
    MidiBytes file = midi_bytes(0, 1, division);
    midi_track(&file);
    return file;
}

/* What the file holds, which is freed. */
static Song *parse(MidiBytes *file) {
    Error error;
    Song *song = midi_parse(file->bytes, file->size, "x.mid", &error);
    ck_assert_msg(song != NULL, "%s", error.message);
    midi_bytes_free(file);
    return song;
}

/* Ends the last track first. */
static Song *finish(MidiBytes *file) {
    midi_track_end(file);
    return parse(file);
}

static void assert_near(double found, double expected) {
    ck_assert_double_eq_tol(found, expected, 1e-9);
}

/* ---------------------------------------------------------------------------- time */

START_TEST(without_a_tempo_a_minute_has_120_quarter_notes) {
    MidiBytes file = one_track(96);
    midi_note(&file, 96, 192, 60, 80);
    Song *song = finish(&file);
    assert_near(song->notes[0].start, 0.5);
    assert_near(song->notes[0].end, 1.5);
    assert_near(song->seconds, 1.5);
    ck_assert_uint_eq(song->tempos[0].microseconds, 500000);
    song_free(song);
}
END_TEST

START_TEST(a_tempo_change_in_mid_piece_counts_from_its_tick) {
    MidiBytes file = midi_bytes(1, 2, 480);
    midi_track(&file);
    midi_tempo(&file, 0, 1000000);
    midi_tempo(&file, 960, 250000);
    midi_track_end(&file);
    midi_track(&file);
    midi_note(&file, 0, 480, 60, 80);   /* 0 … 1 s */
    midi_note(&file, 0, 960, 62, 80);   /* 1 … 2.25 s: over the change at 2 s */
    midi_note(&file, 480, 480, 64, 80); /* 2.5 … 2.75 s */
    Song *song = finish(&file);
    assert_near(song->notes[1].start, 1);
    assert_near(song->notes[1].end, 2.25);
    assert_near(song->notes[2].start, 2.5);
    assert_near(song->seconds, 2.75);
    assert_near(song_ticks(song, 2.25), 1440);
    assert_near(song_seconds(song, 1440), 2.25);
    song_free(song);
}
END_TEST

START_TEST(tempo_counts_quarter_notes_in_six_eight_too) {
    MidiBytes file = one_track(480);
    midi_event(&file, 0, "\xff\x58\x04\x06\x03\x24\x08", 7);
    midi_tempo(&file, 0, 600000); /* 100 quarter notes: 66.7 dotted ones */
    midi_note(&file, 6 * 240, 240, 60, 80);
    Song *song = finish(&file);
    ck_assert_int_eq(song->meters[0].numerator, 6);
    ck_assert_int_eq(song->meters[0].denominator, 8);
    assert_near(song->notes[0].start, 1.8);
    song_free(song);
}
END_TEST

START_TEST(of_two_tempos_at_one_tick_the_last_holds) {
    MidiBytes file = one_track(480);
    midi_tempo(&file, 0, 250000);
    midi_tempo(&file, 0, 1000000);
    midi_note(&file, 480, 480, 60, 80);
    Song *song = finish(&file);
    ck_assert_int_eq(song->n_tempos, 1);
    assert_near(song->notes[0].start, 1);
    song_free(song);
}
END_TEST

START_TEST(fifty_thousand_tempo_changes_load_at_once) {
    MidiBytes file = midi_bytes(1, 2, 480);
    midi_track(&file);
    for (int i = 0; i < 50000; i++)
        midi_tempo(&file, 10, 400000 + (uint32_t)i);
    midi_track_end(&file);
    midi_track(&file);
    for (int i = 0; i < 50000; i++)
        midi_note(&file, 5, 5, 60, 80);
    clock_t start = clock();
    Song *song = finish(&file);
    ck_assert_double_lt((double)(clock() - start) / CLOCKS_PER_SEC, 2);
    ck_assert_int_eq(song->n_tempos, 50001); /* and the one before the first */
    ck_assert_int_eq(song->n_notes, 50000);
    song_free(song);
}
END_TEST

START_TEST(half_a_million_notes_load_in_time) {
    MidiBytes file = one_track(480);
    for (int i = 0; i < 500000; i++)
        midi_note(&file, 5, 5, i % 128, 80);
    clock_t start = clock();
    Song *song = finish(&file);
    ck_assert_double_lt((double)(clock() - start) / CLOCKS_PER_SEC, 3);
    ck_assert_int_eq(song->n_notes, 500000);
    song_free(song);
}
END_TEST

START_TEST(a_piece_of_more_than_a_day_is_refused) {
    MidiBytes file = midi_bytes(0, 1, 1);
    Error error;
    midi_track(&file);
    midi_note(&file, 200000, 1, 60, 80);
    midi_track_end(&file);
    ck_assert_ptr_null(midi_parse(file.bytes, file.size, "x.mid", &error));
    assert_contains(error.message, "x.mid: 100000 seconds of music, the limit is 86400");
    midi_bytes_free(&file);
}
END_TEST

/* ---------------------------------------------------------------------------- notes */

START_TEST(running_status_and_velocity_zero_end_notes) {
    MidiBytes file = one_track(480);
    midi_event(&file, 0, "\x90\x3c\x50", 3);
    midi_event(&file, 0, "\x40\x51", 2);
    midi_event(&file, 480, "\x3c\x00", 2);
    midi_event(&file, 480, "\x40\x00", 2);
    Song *song = finish(&file);
    ck_assert_int_eq(song->n_notes, 2);
    ck_assert_uint_eq(song->notes[0].release, 480);
    ck_assert_uint_eq(song->notes[1].release, 960);
    ck_assert_int_eq(song->notes[1].velocity, 0x51);
    song_free(song);
}
END_TEST

START_TEST(overlapping_notes_of_one_pitch_end_in_the_order_they_began) {
    MidiBytes file = one_track(480);
    midi_event(&file, 0, "\x90\x3c\x50", 3);
    midi_event(&file, 100, "\x90\x3c\x60", 3);
    midi_event(&file, 100, "\x80\x3c\x40", 3);
    midi_event(&file, 100, "\x80\x3c\x40", 3);
    midi_event(&file, 100, "\x80\x3c\x40", 3); /* of nothing: ignored */
    Song *song = finish(&file);
    ck_assert_int_eq(song->n_notes, 2);
    ck_assert_uint_eq(song->notes[0].release, 200);
    ck_assert_uint_eq(song->notes[1].release, 300);
    song_free(song);
}
END_TEST

START_TEST(a_hanging_note_ends_with_its_track) {
    MidiBytes file = one_track(480);
    midi_event(&file, 0, "\x90\x3c\x50", 3);
    midi_note(&file, 240, 240, 64, 80);
    midi_event(&file, 100, "\xff\x2f\0", 3);
    midi_track_close(&file);
    Song *song = parse(&file);
    ck_assert_uint_eq(song->notes[0].release, 580);
    song_free(song);
}
END_TEST

START_TEST(all_notes_off_ends_every_note_of_its_channel) {
    MidiBytes file = one_track(480);
    midi_event(&file, 0, "\x90\x3c\x50", 3);
    midi_event(&file, 0, "\x91\x3d\x50", 3);
    midi_event(&file, 240, "\xb0\x7b\0", 3);
    midi_event(&file, 240, "\x81\x3d\x40", 3);
    Song *song = finish(&file);
    ck_assert_uint_eq(song->notes[0].release, 240);
    ck_assert_uint_eq(song->notes[1].release, 480);
    song_free(song);
}
END_TEST

START_TEST(a_note_of_no_length_sounds_for_a_tick) {
    MidiBytes file = one_track(480);
    midi_note(&file, 480, 0, 60, 80);
    Song *song = finish(&file);
    ck_assert_uint_eq(song->notes[0].release, 481);
    song_free(song);
}
END_TEST

START_TEST(the_pedal_holds_notes_until_it_is_lifted_or_the_key_struck_again) {
    MidiBytes file = one_track(480);
    midi_event(&file, 0, "\xb0\x40\x7f", 3);
    midi_note(&file, 0, 100, 60, 80);
    midi_note(&file, 0, 100, 64, 80);
    midi_note(&file, 100, 100, 60, 80);
    midi_event(&file, 100, "\xb0\x40\x20", 3); /* below 64: up, at tick 500 */
    midi_note(&file, 0, 100, 67, 80);
    Song *song = finish(&file);
    ck_assert_int_eq(song->n_notes, 4);
    ck_assert_uint_eq(song->notes[0].release, 100);
    ck_assert_uint_eq(song->notes[0].sounding, 300);
    ck_assert_uint_eq(song->notes[1].sounding, 500);
    ck_assert_uint_eq(song->notes[2].sounding, 500);
    ck_assert_uint_eq(song->notes[3].sounding, 600);
    song_free(song);
}
END_TEST

START_TEST(programs_and_drums_are_told_by_channel_across_tracks) {
    MidiBytes file = midi_bytes(1, 3, 480);
    midi_track(&file);
    midi_event(&file, 0, "\xc1\x18", 2);
    midi_event(&file, 480, "\xc1\x19", 2);
    midi_track_end(&file);
    midi_track(&file);
    midi_event(&file, 0, "\xff\x03\x07Strings", 10); /* the last name counts */
    midi_event(&file, 0, "\xff\x03\x06Guitar", 9);
    midi_event(&file, 0, "\x91\x3c\x50", 3);
    midi_event(&file, 480, "\x91\x3c\0", 3);
    midi_event(&file, 0, "\x91\x3e\x50", 3);
    midi_event(&file, 480, "\x91\x3e\0", 3);
    midi_track_end(&file);
    midi_track(&file);
    midi_event(&file, 0, "\x99\x24\x50", 3);
    midi_event(&file, 480, "\x99\x24\0", 3);
    Song *song = finish(&file);
    ck_assert_int_eq(song->n_tracks, 3);
    ck_assert_str_eq(song->tracks[1].name, "Guitar");
    ck_assert_int_eq(song->tracks[1].program, 0x18);
    ck_assert_int_eq(song->tracks[2].drum_notes, 1);
    ck_assert(song->notes[0].drum);
    ck_assert_int_eq(song->notes[1].program, 0x18);
    ck_assert_int_eq(song->notes[2].program, 0x19);
    song_free(song);
}
END_TEST

START_TEST(key_signatures_become_tonic_and_mode) {
    static const struct {
        const char *bytes;
        int tonic;
        bool minor;
    } keys[] = {{"\xff\x59\x02\0\0", 0, false},    {"\xff\x59\x02\0\1", 9, true},
                {"\xff\x59\x02\xfd\1", 0, true},   {"\xff\x59\x02\x03\0", 9, false},
                {"\xff\x59\x02\xf9\0", 11, false}, {"\xff\x59\x02\x07\1", 10, true}};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        MidiBytes file = one_track(480);
        midi_event(&file, 0, keys[i].bytes, 5);
        midi_note(&file, 0, 480, 60, 80);
        Song *song = finish(&file);
        ck_assert_int_eq(song->keys[0].tonic, keys[i].tonic);
        ck_assert_int_eq(song->keys[0].minor, keys[i].minor);
        song_free(song);
    }
}
END_TEST

START_TEST(the_key_is_estimated_from_a_scale) {
    static const int major[] = {0, 2, 4, 5, 7, 9, 11, 12, 7, 4, 0},
                     minor[] = {0, 2, 3, 5, 7, 8, 11, 12, 7, 3, 0};
    for (int tonic = 0; tonic < 12; tonic++)
        for (int mode = 0; mode < 2; mode++) {
            Song *song = song_create(480);
            ck_assert_int_eq(song_add_track(song, "", NULL), 0);
            for (uint32_t i = 0; i < 11; i++) {
                int pitch = 48 + tonic + (mode ? minor : major)[i];
                SongNote note = {.onset = i * 480,
                                 .release = i * 480 + 480,
                                 .pitch = (uint8_t)pitch,
                                 .velocity = 80};
                ck_assert_int_eq(song_add_note(song, note, NULL), 0);
            }
            ck_assert_int_eq(song_finish(song, NULL), 0);
            SongKey key = song_estimate_key(song);
            ck_assert_int_eq(key.tonic, tonic);
            ck_assert_int_eq(key.minor, mode);
            song_free(song);
        }
}
END_TEST

/* ---------------------------------------------------------------------------- real and broken */

START_TEST(malformed_files_are_read_or_refused) {
    static const struct {
        const char *name;
        int notes; /* -1: refused */
    } files[] = {
        {"real_appledouble_0", -1},
        {"real_gitlfs_pointer_0", -1},
        {"real_jazz_mckenzie_OverTheRainbowXG", 2628},
        {"syn_division_zero", -1},
        {"syn_empty", -1},
        {"syn_hanging_notes", 40},
        {"syn_header_cut", -1},
        {"syn_meta_len_overrun", 0},
        {"syn_no_eot", 12},
        {"syn_ntracks_65535", 12},
        {"syn_ok_alien_chunk", 12},
        {"syn_sysex_unterminated", 0},
        {"syn_truncated_half", 84},
    };
    const char *folder = data_path("midi/malformed");
    for (size_t i = 0; folder && i < sizeof files / sizeof *files; i++) {
        Error error;
        Song *song = midi_read(text_format("%s/%s.mid", folder, files[i].name), &error);
        ck_assert_msg((song ? song->n_notes : -1) == files[i].notes, "%s: %d notes, expected %d",
                      files[i].name, song ? song->n_notes : -1, files[i].notes);
        song_free(song);
    }
}
END_TEST

START_TEST(a_real_file_that_libsmf_alone_aborts_on_is_read) {
    const char *folder = data_path("midi/vgmidi/labelled");
    DIR *directory = folder ? opendir(folder) : NULL;
    int read = 0;
    for (struct dirent *entry; directory && (entry = readdir(directory));)
        if (!strncmp(entry->d_name, "Battle_of_Olympus", 17)) {
            Error error;
            Song *song = midi_read(text_format("%s/%s", folder, entry->d_name), &error);
            ck_assert_msg(song && song->n_notes > 0, "%s", error.message);
            song_free(song);
            read++;
        }
    if (directory)
        closedir(directory);
    ck_assert(!folder || read == 7);
}
END_TEST

START_TEST(a_file_cut_anywhere_is_read_or_refused) {
    const char *path = data_path("midi/emopia/Q1_0vLPYiPN7qY_0.mid");
    unsigned char *bytes;
    size_t size;
    if (!path)
        return;
    ck_assert_int_eq(file_read(path, 1 << 20, &bytes, &size, NULL), 0);
    for (size_t cut = 0; cut <= size; cut++) {
        unsigned char *part =
            malloc(cut + 1); /* of its exact size, so that sanitizers see overreads */
        memcpy(part, bytes, cut);
        song_free(midi_parse(part, cut, "cut", NULL));
        free(part);
    }
    free(bytes);
}
END_TEST

START_TEST(random_bytes_are_read_or_refused) {
    static const char head[] = "MThd\0\0\0\6\0\1\0\1\1\xe0MTrk\0\0\1\xea\0\x90";
    enum { HEAD = sizeof head - 1 };
    uint8_t bytes[512];
    for (int trial = 0; trial < 20000; trial++) {
        Rng rng = rng_split(rng_seed(4), (uint64_t)trial);
        for (uint32_t i = 0; i < sizeof bytes; i++)
            bytes[i] = (uint8_t)rng_below(rng, i, 256);
        if (trial % 2) {
            memcpy(bytes, head, HEAD);
            for (uint32_t i = HEAD; i < sizeof bytes; i++)
                bytes[i] &= rng_below(rng, 1000 + i, 8) ? 0x7f : 0xff;
        }
        song_free(midi_parse(bytes, sizeof bytes, "random", NULL));
    }
}
END_TEST

Suite *midi_suite(void) {
    Suite *suite = suite_create("midi");
    TCase *reading = tcase_create("reading"), *files = tcase_create("files");
    tcase_set_timeout(reading, 60);
    tcase_set_timeout(files, 60);
    tcase_add_test(reading, without_a_tempo_a_minute_has_120_quarter_notes);
    tcase_add_test(reading, a_tempo_change_in_mid_piece_counts_from_its_tick);
    tcase_add_test(reading, tempo_counts_quarter_notes_in_six_eight_too);
    tcase_add_test(reading, of_two_tempos_at_one_tick_the_last_holds);
    tcase_add_test(reading, fifty_thousand_tempo_changes_load_at_once);
    tcase_add_test(reading, half_a_million_notes_load_in_time);
    tcase_add_test(reading, a_piece_of_more_than_a_day_is_refused);
    tcase_add_test(reading, running_status_and_velocity_zero_end_notes);
    tcase_add_test(reading, overlapping_notes_of_one_pitch_end_in_the_order_they_began);
    tcase_add_test(reading, a_hanging_note_ends_with_its_track);
    tcase_add_test(reading, all_notes_off_ends_every_note_of_its_channel);
    tcase_add_test(reading, a_note_of_no_length_sounds_for_a_tick);
    tcase_add_test(reading, the_pedal_holds_notes_until_it_is_lifted_or_the_key_struck_again);
    tcase_add_test(reading, programs_and_drums_are_told_by_channel_across_tracks);
    tcase_add_test(reading, key_signatures_become_tonic_and_mode);
    tcase_add_test(reading, the_key_is_estimated_from_a_scale);
    tcase_add_test(files, malformed_files_are_read_or_refused);
    tcase_add_test(files, a_real_file_that_libsmf_alone_aborts_on_is_read);
    tcase_add_test(files, a_file_cut_anywhere_is_read_or_refused);
    tcase_add_test(files, random_bytes_are_read_or_refused);
    suite_add_tcase(suite, reading);
    suite_add_tcase(suite, files);
    return suite;
}
