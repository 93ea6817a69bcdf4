/* Scores: their bars are full, their notes are the song's, and MuseScore reads them. */
#include "datasets/music/musicxml.h"

#include "datasets/music/midi.h"
#include "tests/support/scratch.h"
#include "tests/support/text.h"

#include <stdio.h>
#include <stdlib.h>

enum { TICKS = 480, SIXTEENTH = TICKS / 4 };

static void add(Song *song, int track, int channel, double place, double length, int pitch) {
    SongNote note = {.onset = (uint32_t)(place * SIXTEENTH),
                     .release = (uint32_t)((place + length) * SIXTEENTH),
                     .pitch = (uint8_t)pitch,
                     .velocity = 80,
                     .track = (uint16_t)track,
                     .channel = (uint8_t)channel};
    ck_assert_int_eq(song_add_note(song, note, NULL), 0);
}

/* Three bars of 4/4 and two of 3/4 in E flat major: a melody with a syncopation over a bar line, a
 * piano that needs two staves, drums. */
static Song *make_song(void) {
    Song *song = song_create(TICKS);
    int status = song_add_tempo(song, 0, 500000, NULL) | song_add_meter(song, 0, 4, 4, NULL) |
                 song_add_meter(song, 48 * SIXTEENTH, 3, 4, NULL) |
                 song_add_key(song, 0, 3, false, NULL) |
                 song_add_track(song, "Flute & <voice>", NULL) | song_add_track(song, "", NULL) |
                 song_add_track(song, "Drums", NULL) | song_add_track(song, "Nobody", NULL) |
                 song_add_marker(song, 0, "A", NULL) | song_add_chord(song, 0, "Eb", NULL) |
                 song_add_chord(song, 24 * SIXTEENTH, "Cm", NULL);
    ck_assert_int_eq(status, 0);
    for (int i = 0; i < 6; i++)
        add(song, 0, 0, 3 * i, i % 2 ? 1 : 3, 75 + 2 * i); /* the last at 15 is held over */
    add(song, 0, 0, 60.2, 11.5, 66);
    for (int bar = 0; bar < 3; bar++) {
        for (int k = 0; k < 3; k++)
            add(song, 1, 1, 16 * bar, 16, 39 + 12 * k);
        add(song, 1, 1, 16 * bar + 6, 10, 75);
        add(song, 2, SONG_DRUM_CHANNEL, 16 * bar, 1, 36);
        add(song, 2, SONG_DRUM_CHANNEL, 16 * bar + 4, 1, 38);
    }
    song->grid = SONG_GRID_METRIC;
    ck_assert_int_eq(song_finish(song, NULL), 0);
    return song;
}

static char *encode(const Song *song) {
    Error error;
    char *text;
    size_t size;
    ck_assert_msg(!musicxml_encode(song, "A title", &text, &size, &error), "%s", error.message);
    ck_assert_uint_eq(strlen(text), size);
    return text;
}

/* assert_contains would show the whole score. */
#define assert_has(text, part) ck_assert_msg(strstr(text, part), "no \"%s\" in the score", part)

static int count(const char *text, const char *part) {
    int n = 0;
    for (const char *at = text; (at = strstr(at, part)); at += strlen(part))
        n++;
    return n;
}

/* The sixteenths by which the notes of the measure at `text` move on, and how far it got. */
static int measure_length(const char *text, int *furthest) {
    const char *end = strstr(text, "</measure>");
    int at = 0;
    *furthest = 0;
    for (const char *d = text; (d = strstr(d, "<duration>")) && d < end; d++) {
        const char *open = d;
        while (*open != '\n')
            open--;
        int length = atoi(d + strlen("<duration>"));
        bool chord = strstr(open, "<chord/>") && strstr(open, "<chord/>") < d;
        at += strstr(open, "<backup>") && strstr(open, "<backup>") < d ? -length
              : chord                                                  ? 0
                                                                       : length;
        *furthest = at > *furthest ? at : *furthest;
    }
    return at;
}

START_TEST(every_bar_is_full_in_every_part) {
    Song *song = make_song();
    char *text = encode(song);
    int measures = 0, furthest;
    for (const char *at = text; (at = strstr(at, "<measure ")); at++, measures++) {
        int number = atoi(strchr(at, '"') + 1), length = number > 3 ? 12 : 16;
        ck_assert_int_eq(measure_length(at, &furthest), length);
        ck_assert_int_eq(furthest, length);
    }
    ck_assert_int_eq(measures, 3 * 5);
    free(text);
    song_free(song);
}
END_TEST

/* In each beat, notes at other of its four sixteenths, from the last one alone to all; then a rest
 * of one sixteenth off the beat. */
START_TEST(notes_and_rests_off_the_beat_are_as_long_as_they_last) {
    enum { PATTERNS = 15, BARS = 4 };
    Song *song = song_create(TICKS);
    ck_assert_int_eq(song_add_track(song, "Flute", NULL) | song_add_meter(song, 0, 4, 4, NULL), 0);
    for (int pattern = 1; pattern <= PATTERNS; pattern++)
        for (int place = 0; place < 4; place++)
            if (pattern >> (3 - place) & 1)
                add(song, 0, 0, 4 * (pattern - 1) + place, 1, 72);
    add(song, 0, 0, 4 * PATTERNS - 4, 5, 74);
    add(song, 0, 0, 4 * PATTERNS + 2, 2, 72);
    song->grid = SONG_GRID_METRIC;
    ck_assert_int_eq(song_finish(song, NULL), 0);
    char *text = encode(song);
    int furthest, measures = 0;
    for (const char *at = text; (at = strstr(at, "<measure ")); at++, measures++)
        ck_assert_int_eq(measure_length(at, &furthest), 16);
    ck_assert_int_eq(measures, BARS);
    ck_assert_int_eq(count(text, "<tie type=\"start\"/>"), count(text, "<tie type=\"stop\"/>"));
    free(text);
    song_free(song);
}
END_TEST

/* It begins less than half a sixteenth before the last bar line. */
START_TEST(a_last_note_that_belongs_to_the_next_bar_is_written) {
    Song *song = song_create(TICKS);
    ck_assert_int_eq(song_add_track(song, "Piano", NULL) | song_add_meter(song, 0, 4, 4, NULL), 0);
    for (int i = 0; i < 4; i++)
        add(song, 0, 0, 4 * i, 4, 60 + i);
    add(song, 0, 0, 15.7, 0.3, 72);
    song->grid = SONG_GRID_METRIC;
    ck_assert_int_eq(song_finish(song, NULL), 0);
    char *text = encode(song);
    ck_assert_int_eq(count(text, "<note ") - count(text, "<tie type=\"stop\"/>"), 5);
    free(text);
    song_free(song);
}
END_TEST

START_TEST(notes_are_the_songs_and_ties_have_two_ends) {
    Song *song = make_song();
    char *text = encode(song);
    int notes = count(text, "<note "), tied = count(text, "<tie type=\"stop\"/>");
    ck_assert_int_eq(count(text, "<tie type=\"start\"/>"), tied);
    ck_assert_int_eq(notes - tied, song->n_notes);
    ck_assert_int_eq(count(text, "<part-name>"), 3);
    ck_assert_int_eq(count(text, "<staves>2</staves>"), 1);
    ck_assert_int_eq(count(text, "<clef"), 4);
    ck_assert_int_eq(count(text, "<backup>"), 5);
    assert_has(text, "<part-name>Flute &amp; &lt;voice></part-name>");
    assert_has(text, "<midi-unpitched>37</midi-unpitched>");
    free(text);
    song_free(song);
}
END_TEST

START_TEST(keys_chords_and_sections_are_spelt) {
    Song *song = make_song();
    char *text = encode(song);
    assert_has(text, "<fifths>-3</fifths><mode>major</mode>");
    assert_has(text, "<pitch><step>E</step><alter>-1</alter><octave>5</octave></pitch>");
    /* A lowered third and a raised fourth. */
    assert_has(text, "<pitch><step>G</step><alter>-1</alter><octave>4</octave></pitch>");
    assert_has(text, "<pitch><step>A</step><octave>5</octave></pitch>");
    assert_has(text, "<rehearsal>A</rehearsal>");
    assert_has(text, "<root-step>E</root-step><root-alter>-1</root-alter></root>"
                     "<kind text=\"\">major</kind></harmony>");
    assert_has(text, "<root-step>C</root-step></root><kind text=\"m\">minor</kind>");
    ck_assert_int_eq(count(text, "<harmony>"), 2);
    assert_has(text, "<sound tempo=\"120.00\"/>");
    free(text);
    song_free(song);
}
END_TEST

START_TEST(a_tempo_inside_a_bar_has_its_place) {
    Song *song = song_create(TICKS);
    int status = song_add_tempo(song, 0, 500000, NULL) | song_add_meter(song, 0, 4, 4, NULL) |
                 song_add_tempo(song, 8 * SIXTEENTH, 600000, NULL) |
                 song_add_track(song, "Flute", NULL);
    ck_assert_int_eq(status, 0);
    for (int i = 0; i < 4; i++)
        add(song, 0, 0, 8 * i, 8, 60);
    song->grid = SONG_GRID_METRIC;
    ck_assert_int_eq(song_finish(song, NULL), 0);
    char *text = encode(song);
    assert_has(text, "<metronome><beat-unit>quarter</beat-unit><per-minute>120</per-minute>"
                     "</metronome></direction-type><sound tempo=\"120.00\"/>");
    assert_has(text, "<offset sound=\"yes\">8</offset><sound tempo=\"100.00\"/>");
    ck_assert_int_eq(count(text, "<metronome>"), 1);
    free(text);
    song_free(song);
}
END_TEST

START_TEST(what_has_no_bars_is_refused) {
    Song *song = make_song();
    Error error;
    song->grid = SONG_GRID_PERFORMED;
    ck_assert_int_eq(musicxml_write(song, scratch_path("x.musicxml"), NULL, &error), -1);
    assert_contains(error.message, "--style arranged");
    ck_assert_int_eq(scratch_count(), 0);
    song_free(song);
}
END_TEST

START_TEST(musescore_reads_it) {
    if (system("command -v mscore3 >/dev/null 2>&1")) {
        fprintf(stderr, "skipped: mscore3 is not installed\n");
        return;
    }
    Song *song = make_song();
    const char *score = scratch_path("x.musicxml"), *midi = scratch_path("x.mid");
    ck_assert_int_eq(musicxml_write(song, score, "A title", NULL), 0);
    const char *command = text_format("HOME='%s' QT_QPA_PLATFORM=offscreen mscore3 -o '%s' '%s' "
                                      ">'%s' 2>&1",
                                      scratch_path(""), midi, score, scratch_path("said"));
    ck_assert_msg(!system(command), "%s", command);
    Song *back = midi_read(midi, NULL);
    ck_assert_ptr_nonnull(back);
    ck_assert_int_eq(back->n_notes, song->n_notes);
    for (int i = 0; i < song->n_notes; i++) {
        double on = 4.0 * back->notes[i].onset / back->ticks_per_quarter;
        ck_assert_int_eq(back->notes[i].pitch, song->notes[i].pitch);
        ck_assert_double_eq_tol(on, 4.0 * song->notes[i].onset / TICKS, 0.3);
    }
    ck_assert_int_eq(back->meters[1].numerator, 3);
    song_free(back);
    song_free(song);
}
END_TEST

Suite *musicxml_suite(void) {
    Suite *suite = suite_create("musicxml");
    TCase *tcase = tcase_create("musicxml");
    tcase_add_checked_fixture(tcase, scratch_create, scratch_remove);
    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, every_bar_is_full_in_every_part);
    tcase_add_test(tcase, notes_and_rests_off_the_beat_are_as_long_as_they_last);
    tcase_add_test(tcase, a_last_note_that_belongs_to_the_next_bar_is_written);
    tcase_add_test(tcase, notes_are_the_songs_and_ties_have_two_ends);
    tcase_add_test(tcase, keys_chords_and_sections_are_spelt);
    tcase_add_test(tcase, a_tempo_inside_a_bar_has_its_place);
    tcase_add_test(tcase, what_has_no_bars_is_refused);
    tcase_add_test(tcase, musescore_reads_it);
    suite_add_tcase(suite, tcase);
    return suite;
}
