/* Melodies that people bring: what is taken, and what is refused. */
#include "compose/arrange/arranged_piece.h"

#include "nn/base/threads.h"
#include "tests/support/text.h"

#include <math.h>
#include <stdlib.h>

enum { TICKS = 96 };

/* "Ah ! vous dirai-je, maman", quarters and halves in C major. */
static const int tune[] = {60, 60, 67, 67, 69, 69, 67, 65, 65, 64, 64, 62, 62, 60};
enum { TUNE = sizeof tune / sizeof *tune };

static void add(Song *song, int track, double quarter, double length, int pitch) {
    SongNote note = {.onset = (uint32_t)(quarter * TICKS),
                     .release = (uint32_t)((quarter + length) * TICKS),
                     .pitch = (uint8_t)pitch,
                     .velocity = 90,
                     .track = (uint16_t)track};
    ck_assert_int_eq(song_add_note(song, note, NULL), 0);
}

static Song *begin(int numerator, int denominator) {
    Song *song = song_create(TICKS);
    ck_assert_int_eq(song_add_track(song, "Lead", NULL), 0);
    ck_assert_int_eq(song_add_meter(song, 0, numerator, denominator, NULL), 0);
    ck_assert_int_eq(song_add_tempo(song, 0, 600000, NULL), 0);
    return song;
}

static void add_tune(Song *song, int times) {
    double at = 0;
    for (int i = 0; i < TUNE * times; i++) {
        double length = i % 7 == 6 ? 2 : 1;
        add(song, 0, at, length, tune[i % TUNE]);
        at += length;
    }
}

static Song *finish(Song *song) {
    ck_assert_int_eq(song_finish(song, NULL), 0);
    return song;
}

START_TEST(a_tune_is_put_on_its_bars) {
    Song *song = begin(4, 4);
    GivenMelody melody;
    Error error;
    add_tune(song, 1);
    finish(song);
    ck_assert_msg(!given_melody_read(song, &melody, &error), "%s", error.message);
    ck_assert_int_eq(melody.sheet.n_bars, 4);
    ck_assert_int_eq(melody.tonic, 0);
    ck_assert(!melody.sheet.head.minor);
    for (int b = 0; b < 4; b++)
        for (int i = 0; i < melody.sheet.bars[b].n_events; i++)
            ck_assert_int_eq(melody.sheet.bars[b].events[i].place, 4 * i);
    ck_assert_int_eq(melody.sheet.bars[1].events[0].pitch, 9);
    given_melody_free(&melody);
    song_free(song);
}
END_TEST

START_TEST(chords_hold_the_tune_which_stays_as_it_is) {
    LeadModel *model = lead_model_load(NULL, NULL);
    Song *song = begin(4, 4);
    GivenMelody melody;
    Error error;
    ArrangedPiece piece;
    threads_use(1);
    add_tune(song, 4);
    finish(song);
    ck_assert_int_eq(given_melody_read(song, &melody, NULL), 0);
    const ArrangedSettings settings = {.sampler = SAMPLER_DEFAULTS,
                                       .seed = 3,
                                       .cues = cues_table[EMOTION_SAD],
                                       .candidates = 1,
                                       .genre = GENRE_FREE,
                                       .mode = ARRANGED_FREE,
                                       .program = -1,
                                       .melody = &melody};
    ck_assert_msg(!arranged_piece_compose(model, &settings, &piece, &error), "%s", error.message);
    int held = 0, notes = 0, sung = 0;
    for (int b = 0; b < piece.sheet.n_bars; b++)
        for (int i = 0; i < piece.sheet.bars[b].n_events; i++) {
            const LeadEvent *event = &piece.sheet.bars[b].events[i];
            held += lead_chord_has(piece.sheet.bars[b].chords[event->place >= 8], event->pitch);
            notes++;
        }
    ck_assert_int_eq(notes, 4 * TUNE);
    ck_assert_msg(held > 0.75 * notes, "chords hold %d of %d notes", held, notes);
    for (int i = 0; i < piece.song->n_notes; i++) {
        const SongNote *note = &piece.song->notes[i];
        if (note->track)
            continue;
        ck_assert_int_eq(note->pitch, tune[sung++ % TUNE]);
        ck_assert_int_eq(note->velocity, 90);
    }
    ck_assert_int_eq(sung, 4 * TUNE);
    ck_assert_int_gt(piece.song->n_notes, 2 * sung);
    ck_assert_int_eq(piece.song->tempos[0].microseconds, 600000);
    arranged_piece_free(&piece);
    given_melody_free(&melody);
    song_free(song);
    lead_model_destroy(model);
}
END_TEST

/* The last bar is one chord, held: the sheet has no other, whatever time there is. */
START_TEST(the_last_bar_has_one_chord) {
    LeadModel *model = lead_model_load(NULL, NULL);
    Song *song = begin(4, 4);
    GivenMelody melody;
    threads_use(1);
    song->tempos[0].microseconds = 1200000;
    for (int i = 0; i < 32; i++)
        add(song, 0, i, 1, i % 4 < 2 ? 65 + i % 2 * 4 : 67 + i % 2 * 4);
    finish(song);
    ck_assert_int_eq(given_melody_read(song, &melody, NULL), 0);
    for (uint64_t seed = 1; seed <= 12; seed++) {
        const ArrangedSettings settings = {.sampler = SAMPLER_DEFAULTS,
                                           .seed = seed,
                                           .cues = cues_table[EMOTION_SURPRISE],
                                           .candidates = 1,
                                           .genre = GENRE_FREE,
                                           .mode = ARRANGED_FREE,
                                           .program = -1,
                                           .melody = &melody};
        ArrangedPiece piece;
        ck_assert_int_eq(arranged_piece_compose(model, &settings, &piece, NULL), 0);
        const LeadBar *last = &piece.sheet.bars[piece.sheet.n_bars - 1];
        ck_assert_int_eq(last->chords[0], last->chords[1]);
        arranged_piece_free(&piece);
    }
    given_melody_free(&melody);
    song_free(song);
    lead_model_destroy(model);
}
END_TEST

static void assert_refused(Song *song, const char *words) {
    GivenMelody melody;
    Error error;
    finish(song);
    ck_assert_int_eq(given_melody_read(song, &melody, &error), -1);
    assert_contains(error.message, words);
    ck_assert_ptr_null(melody.song);
    song_free(song);
}

START_TEST(what_is_no_melody_is_refused_in_clear_words) {
    Song *song = begin(4, 4);
    assert_refused(song, "no notes");
    song = begin(4, 4);
    add(song, 0, 0, 1, 60);
    assert_refused(song, "at least two notes");
    song = begin(4, 4);
    for (int i = 0; i < 8; i++) {
        add(song, 0, i, 1, 60);
        add(song, 0, i, 1, 64);
    }
    assert_refused(song, "together at 0.0 s");
    song = begin(7, 8);
    add_tune(song, 1);
    assert_refused(song, "7/8");
    song = begin(4, 4);
    for (int i = 0; i < 40; i++)
        add(song, 0, i + 0.0653 * (i % 4), 0.5, 60 + i % 5);
    assert_refused(song, "off the beat");
    song = begin(4, 4);
    ck_assert_int_eq(song_add_track(song, "Other", NULL), 0);
    add_tune(song, 1);
    add(song, 1, 0, 1, 40);
    assert_refused(song, "2 tracks");
    song = begin(4, 4);
    add_tune(song, 200);
    assert_refused(song, "800 bars");
}
END_TEST

START_TEST(ten_minutes_are_not_too_long) {
    Song *song = begin(4, 4);
    GivenMelody melody;
    add_tune(song, 62);
    finish(song);
    ck_assert_double_gt(song->seconds, 590);
    ck_assert_int_eq(given_melody_read(song, &melody, NULL), 0);
    ck_assert_int_eq(melody.sheet.n_bars, 248);
    given_melody_free(&melody);
    song_free(song);
}
END_TEST

Suite *given_melody_suite(void) {
    Suite *suite = suite_create("given_melody");
    TCase *tcase = tcase_create("given_melody");
    tcase_add_test(tcase, a_tune_is_put_on_its_bars);
    tcase_add_test(tcase, chords_hold_the_tune_which_stays_as_it_is);
    tcase_add_test(tcase, the_last_bar_has_one_chord);
    tcase_add_test(tcase, what_is_no_melody_is_refused_in_clear_words);
    tcase_add_test(tcase, ten_minutes_are_not_too_long);
    suite_add_tcase(suite, tcase);
    return suite;
}
