/* The structural check of MIDI bytes: what is repaired, what is refused and in which words. */
#include "datasets/media/midi_check.h"

#include "datasets/media/midi_events.h"
#include "datasets/music/midi.h"
#include "tests/support/midi_bytes.h"
#include "tests/support/text.h"

#include <stdlib.h>

/* One track of two notes, ended in order. */
static MidiBytes example(void) {
    MidiBytes file = midi_bytes(0, 1, 480);
    midi_track(&file);
    midi_note(&file, 0, 480, 60, 80);
    midi_note(&file, 0, 480, 64, 80);
    midi_track_end(&file);
    return file;
}

static void assert_refused(MidiBytes *file, const char *words) {
    MidiCheck check;
    Error error;
    ck_assert_int_eq(midi_check(file->bytes, file->size, "x.mid", &check, &error), -1);
    assert_contains(error.message, words);
    ck_assert_ptr_null(midi_parse(file->bytes, file->size, "x.mid", &error));
    midi_bytes_free(file);
}

static void assert_repaired(MidiBytes *file, const char *words, int notes) {
    Error error;
    Song *song = midi_parse(file->bytes, file->size, "x.mid", &error);
    ck_assert_msg(song != NULL, "%s", error.message);
    ck_assert_int_ge(song->n_repairs, 1);
    assert_contains(song->repair, words);
    ck_assert_int_eq(song->n_notes, notes);
    song_free(song);
    midi_bytes_free(file);
}

START_TEST(a_sound_file_needs_no_repair) {
    MidiBytes file = example();
    MidiCheck check;
    ck_assert_int_eq(midi_check(file.bytes, file.size, "x.mid", &check, NULL), 0);
    ck_assert_int_eq(check.n_repairs, 0);
    ck_assert_str_eq(check.first_repair, "");
    ck_assert_int_eq(check.ticks_per_quarter, 480);
    ck_assert_int_eq(check.n_tracks, 1);
    ck_assert_uint_eq(check.n_events, 4);
    midi_check_free(&check);
    midi_bytes_free(&file);
}
END_TEST

START_TEST(a_clean_file_stays_as_it_is) {
    MidiBytes file = example();
    MidiCheck once, twice;
    ck_assert_int_eq(midi_check(file.bytes, file.size, "x.mid", &once, NULL), 0);
    ck_assert_int_eq(midi_check(once.bytes, once.size, "x.mid", &twice, NULL), 0);
    ck_assert_uint_eq(once.size, twice.size);
    ck_assert_mem_eq(once.bytes, twice.bytes, once.size);
    ck_assert_int_eq(twice.n_repairs, 0);
    midi_check_free(&once);
    midi_check_free(&twice);
    midi_bytes_free(&file);
}
END_TEST

START_TEST(what_is_no_midi_file_is_refused) {
    MidiBytes empty = {0}, text = {0}, cut = midi_bytes(1, 1, 480),
              trackless = midi_bytes(1, 1, 480);
    midi_put(&empty, "", 0);
    midi_put(&text, "version https://git-lfs.github.com/spec/v1\n", 43);
    cut.size = 9;
    assert_refused(&empty, "x.mid: byte 0: not a MIDI file (0 bytes");
    assert_refused(&text, "not a MIDI file: this is a pointer of Git LFS");
    assert_refused(&cut, "the header is cut off after 9 bytes");
    assert_refused(&trackless, "byte 14: no track");
}
END_TEST

START_TEST(formats_and_divisions_that_are_not_read_are_named) {
    MidiBytes several = midi_bytes(2, 1, 480), smpte = midi_bytes(1, 1, 0xe728),
              none = midi_bytes(1, 1, 0);
    assert_refused(&several, "byte 8: MIDI format 2");
    assert_refused(&smpte, "byte 12: SMPTE time division 0xe728");
    assert_refused(&none, "byte 12: 0 ticks per quarter note");
}
END_TEST

START_TEST(corrupt_events_are_refused_with_their_byte) {
    MidiBytes statusless = midi_bytes(0, 1, 480), data = midi_bytes(0, 1, 480),
              endless = midi_bytes(0, 1, 480);
    MidiBytes undefined = midi_bytes(0, 1, 480);
    midi_track(&statusless);
    midi_event(&statusless, 0, "\x3c\x50", 2);
    midi_track_end(&statusless);
    assert_refused(&statusless, "byte 23: found 0x3c, expected a status byte");
    midi_track(&data);
    midi_event(&data, 0, "\x90\xbc\x50", 3);
    midi_track_end(&data);
    assert_refused(&data, "byte 24: 0xbc among the data of event 0x90");
    midi_track(&endless);
    midi_put(&endless, "\xff\xff\xff\xff\x7f", 5);
    midi_track_end(&endless);
    assert_refused(&endless, "byte 22: a time or length of more than four bytes");
    midi_track(&undefined);
    midi_event(&undefined, 0, "\xf5", 1);
    midi_track_end(&undefined);
    assert_refused(&undefined, "undefined status 0xf5");
}
END_TEST

/* Every kind of event whose value may have its high bit set, the second of its data bytes or the
 * first. */
START_TEST(values_beyond_127_are_held_to_that) {
    static const char *const events[] = {"\xb0\x40\xff", "\xb0\xff\x40", "\xe0\x40\xff",
                                         "\xe0\xff\x40", "\xc0\xff",     "\xd0\xff",
                                         "\xa0\x3c\xff", "\x90\x30\xff"};
    for (size_t i = 0; i < sizeof events / sizeof *events; i++) {
        bool note = (events[i][0] & 0xf0) == 0x90;
        MidiBytes file = midi_bytes(0, 1, 480);
        midi_track(&file);
        midi_event(&file, 0, events[i], strlen(events[i]));
        midi_note(&file, 0, 480, 60, 80);
        midi_track_end(&file);
        Error error;
        Song *song = midi_parse(file.bytes, file.size, "x.mid", &error);
        ck_assert_msg(song != NULL, "%s", error.message);
        ck_assert_int_eq(song->n_repairs, 1);
        assert_contains(song->repair, "byte 2"); /* 24 or 25 */
        assert_contains(song->repair, "a value of more than 127, held to that");
        ck_assert_int_eq(song->n_notes, 1 + note);
        ck_assert(!note || song->notes[0].velocity == 127);
        song_free(song);
        midi_bytes_free(&file);
    }
}
END_TEST

START_TEST(what_is_dropped_is_counted) {
    MidiBytes file = midi_bytes(0, 1, 480);
    midi_track(&file);
    midi_event(&file, 0, "\xff\x03\4Name", 7);
    midi_event(&file, 0, "\xff\x01\x0f" MIDI_MARK_METRIC, 3 + strlen(MIDI_MARK_METRIC));
    midi_event(&file, 0, "\xff\x01\4Text", 7);
    midi_event(&file, 0, "\xff\x02\2by", 5);
    midi_event(&file, 0, "\xff\x05\2la", 5);
    midi_event(&file, 0, "\xff\x06\5Verse", 8);
    midi_event(&file, 0, "\xff\x20\1\0", 4); /* a channel prefix */
    midi_event(&file, 0, "\xb0\x07\x50", 3); /* volume */
    midi_note(&file, 0, 480, 60, 80);
    midi_track_end(&file);
    Error error;
    Song *song = midi_parse(file.bytes, file.size, "x.mid", &error);
    ck_assert_msg(song != NULL, "%s", error.message);
    ck_assert_int_eq(song->n_texts, 4);
    ck_assert_int_eq(song->n_controls, 1);
    ck_assert_int_eq(song->n_repairs, 0);
    song_free(song);
    midi_bytes_free(&file);
}
END_TEST

START_TEST(events_behind_an_end_of_track_are_read_on) {
    MidiBytes file = midi_bytes(0, 1, 480);
    midi_track(&file);
    midi_note(&file, 0, 480, 60, 80);
    midi_event(&file, 0, "\xff\x2f\0", 3);
    midi_note(&file, 0, 480, 64, 80);
    midi_event(&file, 0, "\xff\x2f\0", 3);
    midi_note(&file, 480, 480, 67, 80);
    midi_track_end(&file);
    Error error;
    Song *song = midi_parse(file.bytes, file.size, "x.mid", &error);
    ck_assert_msg(song != NULL, "%s", error.message);
    ck_assert_int_eq(song->n_repairs, 1);
    ck_assert_int_eq(song->n_notes, 3);
    ck_assert_uint_eq(song->ticks, 4 * 480);
    song_free(song);
    assert_repaired(&file, "events after an end-of-track, which were read on", 3);
}
END_TEST

START_TEST(what_is_no_event_behind_an_end_of_track_is_left_out) {
    MidiBytes zeros = midi_bytes(0, 1, 480), text = midi_bytes(0, 1, 480);
    MidiBytes *const files[] = {&zeros, &text};
    for (int i = 0; i < 2; i++) {
        midi_track(files[i]);
        midi_note(files[i], 0, 480, 60, 80);
        midi_event(files[i], 0, "\xff\x2f\0", 3);
        midi_put(files[i], i ? "made by hand" : "\0\0\0\0\0\0\0\0\0\0\0", 12);
        midi_track_close(files[i]);
    }
    MidiCheck check;
    ck_assert_int_eq(midi_check(zeros.bytes, zeros.size, "x.mid", &check, NULL), 0);
    ck_assert_int_eq(check.n_repairs, 0);
    midi_check_free(&check);
    midi_bytes_free(&zeros);
    assert_repaired(&text, "bytes after an end-of-track, left out", 1);
}
END_TEST

START_TEST(a_length_that_reaches_into_the_next_track_loses_nothing) {
    MidiBytes file = midi_bytes(1, 2, 480);
    for (int i = 0; i < 2; i++) {
        midi_track(&file);
        midi_note(&file, 0, 480, 60 + i, 80);
        midi_track_end(&file);
    }
    file.bytes[14 + 7] += 9;
    assert_repaired(&file, "a track's length reaches into the next", 2);
}
END_TEST

START_TEST(a_file_in_a_riff_container_is_read) {
    MidiBytes plain = example(), file = {0};
    midi_put(&file, "RIFF\0\0\0\0RMIDLIST\3\0\0\0abc\0data", 28);
    midi_put(&file, &(uint8_t){(uint8_t)plain.size}, 1);
    midi_put(&file, "\0\0\0", 3);
    midi_put(&file, plain.bytes, plain.size);
    Error error;
    Song *song = midi_parse(file.bytes, file.size, "x.rmi", &error);
    ck_assert_msg(song != NULL, "%s", error.message);
    ck_assert_int_eq(song->n_notes, 2);
    ck_assert_int_eq(song->n_repairs, 0);
    song_free(song);
    midi_bytes_free(&file);
    midi_bytes_free(&plain);
}
END_TEST

START_TEST(what_is_no_midi_file_is_named) {
    MidiBytes clip = {0}, picture = {0};
    midi_put(&clip, "SMF2CLIP\0\0\0\0\0\0\0\0", 16);
    midi_put(&picture, "\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16);
    assert_refused(&clip, "not a MIDI file: this is a MIDI 2.0 clip file");
    assert_refused(&picture, "not a MIDI file: this is a PNG picture");
}
END_TEST

START_TEST(a_track_without_end_is_ended) {
    MidiBytes file = midi_bytes(0, 1, 480);
    midi_track(&file);
    midi_note(&file, 0, 480, 60, 80);
    midi_track_close(&file);
    assert_repaired(&file, "without end-of-track", 1);
}
END_TEST

START_TEST(a_file_cut_within_an_event_keeps_what_came_before) {
    MidiBytes file = example();
    file.size -= 6; /* end-of-track and half of the last note-off */
    assert_repaired(&file, "the file ends within a track", 2);
}
END_TEST

START_TEST(a_length_past_the_end_of_the_file_is_set_right) {
    MidiBytes file = example();
    file.bytes[14 + 4] = 0x7f;
    assert_repaired(&file, "reaches past the end of the file", 2);
}
END_TEST

START_TEST(a_meta_event_longer_than_its_track_ends_it) {
    MidiBytes file = midi_bytes(0, 1, 480);
    midi_track(&file);
    midi_note(&file, 0, 480, 60, 80);
    midi_event(&file, 0,
               "\xff\x03\xff\xff\xff\x7f"
               "abc",
               9);
    midi_track_end(&file);
    assert_repaired(&file, "within an event", 1);
}
END_TEST

START_TEST(wrong_counts_and_stray_bytes_are_passed_over) {
    MidiBytes many = example(), stray = example(), bytes = example();
    many.bytes[10] = many.bytes[11] = 0xff;
    assert_repaired(&many, "counts the tracks wrongly", 2);
    midi_put(&stray, "abc", 3);
    assert_repaired(&stray, "stray bytes", 2);
    midi_put(&bytes, "this is no chunk", 16);
    assert_repaired(&bytes, "not a chunk", 2);
}
END_TEST

START_TEST(alien_chunks_and_a_longer_header_are_skipped) {
    MidiBytes file = {0};
    midi_put(&file, "MThd\0\0\0\x08\0\1\0\1\x01\xe0\0\0", 16);
    midi_put(&file, "XFIH\0\0\0\5hello", 13);
    midi_track(&file);
    midi_note(&file, 0, 480, 60, 80);
    midi_track_end(&file);
    Error error;
    Song *song = midi_parse(file.bytes, file.size, "x.mid", &error);
    ck_assert_msg(song != NULL, "%s", error.message);
    ck_assert_int_eq(song->n_notes, 1);
    ck_assert_int_eq(song->n_repairs, 0);
    song_free(song);
    midi_bytes_free(&file);
}
END_TEST

START_TEST(senseless_tempos_and_signatures_are_dropped) {
    static const char *const events[] = {
        "\xff\x51\x02\x07\xa1",     "\xff\x51\x03\0\0\0",           "\xff\x58\x01\x04",
        "\xff\x58\x04\0\2\x18\x08", "\xff\x58\x04\x04\x20\x18\x08", "\xff\x59\x02\x20\0",
        "\xff\x59\x02\0\x07"};
    static const size_t sizes[] = {5, 6, 4, 7, 7, 5, 5};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        MidiBytes file = midi_bytes(0, 1, 480);
        midi_track(&file);
        midi_event(&file, 0, events[i], sizes[i]);
        midi_note(&file, 0, 480, 60, 80);
        midi_track_end(&file);
        assert_repaired(&file, "makes no sense", 1);
    }
}
END_TEST

START_TEST(system_exclusive_and_unused_events_are_dropped_and_their_time_kept) {
    MidiBytes file = midi_bytes(0, 1, 480);
    midi_track(&file);
    midi_event(&file, 10, "\xf0\x03\x01\x02\xf7", 5);
    midi_event(&file, 20, "\xf7\x02\x01\x02", 4);
    midi_event(&file, 30, "\xe0\x00\x40", 3);
    midi_event(&file, 40, "\xff\x06\x04mark", 7);
    midi_note(&file, 50, 480, 60, 80);
    midi_track_end(&file);
    Song *song = midi_parse(file.bytes, file.size, "x.mid", NULL);
    ck_assert_uint_eq(song->notes[0].onset, 150);
    song_free(song);
    midi_bytes_free(&file);
}
END_TEST

START_TEST(a_length_beyond_31_bits_is_refused_and_one_below_is_carried) {
    MidiBytes bomb = midi_bytes(0, 1, 32767), far = midi_bytes(0, 1, 32767);
    midi_track(&bomb);
    for (int i = 0; i < 9; i++)
        midi_event(&bomb, 0x0fffffff, "\x90\x3c\x50", 3);
    midi_track_end(&bomb);
    assert_refused(&bomb, "more than 2147483647 ticks");
    midi_track(&far);
    midi_tempo(&far, 0, 1);
    for (int i = 0; i < 3; i++)
        midi_event(&far, 0x0fffffff, "\xe0\0\0", 3); /* dropped: its time goes to the note */
    midi_note(&far, 0, 480, 60, 80);
    midi_track_end(&far);
    Song *song = midi_parse(far.bytes, far.size, "x.mid", NULL);
    ck_assert_uint_eq(song->notes[0].onset, 3 * 0x0fffffffu);
    song_free(song);
    midi_bytes_free(&far);
}
END_TEST

START_TEST(more_tracks_than_the_limit_are_refused) {
    MidiBytes file = midi_bytes(1, 65535, 480);
    for (int i = 0; i < 65535; i++) {
        midi_track(&file);
        midi_track_end(&file);
    }
    assert_refused(&file, "more than 4096 tracks");
}
END_TEST

START_TEST(more_events_than_the_limit_are_refused) {
    MidiBytes file = midi_bytes(0, 1, 480);
    midi_track(&file);
    midi_put(&file, "\0\x90\x3c\x50", 4);
    for (int i = 0; i < MIDI_EVENT_LIMIT; i++)
        midi_put(&file, "\0\x3c\x50", 3); /* running status */
    midi_track_end(&file);
    assert_refused(&file, "more than 1048576 events");
}
END_TEST

Suite *midi_check_suite(void) {
    Suite *suite = suite_create("midi_check");
    TCase *tcase = tcase_create("midi_check");
    tcase_add_test(tcase, a_sound_file_needs_no_repair);
    tcase_add_test(tcase, a_clean_file_stays_as_it_is);
    tcase_add_test(tcase, what_is_no_midi_file_is_refused);
    tcase_add_test(tcase, formats_and_divisions_that_are_not_read_are_named);
    tcase_add_test(tcase, corrupt_events_are_refused_with_their_byte);
    tcase_add_test(tcase, values_beyond_127_are_held_to_that);
    tcase_add_test(tcase, what_is_dropped_is_counted);
    tcase_add_test(tcase, events_behind_an_end_of_track_are_read_on);
    tcase_add_test(tcase, what_is_no_event_behind_an_end_of_track_is_left_out);
    tcase_add_test(tcase, a_length_that_reaches_into_the_next_track_loses_nothing);
    tcase_add_test(tcase, a_file_in_a_riff_container_is_read);
    tcase_add_test(tcase, what_is_no_midi_file_is_named);
    tcase_add_test(tcase, a_track_without_end_is_ended);
    tcase_add_test(tcase, a_file_cut_within_an_event_keeps_what_came_before);
    tcase_add_test(tcase, a_length_past_the_end_of_the_file_is_set_right);
    tcase_add_test(tcase, a_meta_event_longer_than_its_track_ends_it);
    tcase_add_test(tcase, wrong_counts_and_stray_bytes_are_passed_over);
    tcase_add_test(tcase, alien_chunks_and_a_longer_header_are_skipped);
    tcase_add_test(tcase, senseless_tempos_and_signatures_are_dropped);
    tcase_add_test(tcase, system_exclusive_and_unused_events_are_dropped_and_their_time_kept);
    tcase_add_test(tcase, a_length_beyond_31_bits_is_refused_and_one_below_is_carried);
    tcase_add_test(tcase, more_tracks_than_the_limit_are_refused);
    tcase_add_test(tcase, more_events_than_the_limit_are_refused);
    suite_add_tcase(suite, tcase);
    return suite;
}
