/* Songs to tokens and back. */
#include "datasets/music/music_encode.h"

#include "datasets/music/midi.h"
#include "nn/base/rng.h"
#include "tests/support/data.h"
#include "tests/support/files.h"
#include "tests/support/scratch.h"
#include "tests/support/text.h"

#include <math.h>
#include <stdlib.h>

static const MusicEncodeSettings as_it_is = {0}, trimmed = {.trim = true},
                                 excerpt = {.trim = true, .excerpt = true};

static uint16_t *encode(const Song *song, const MusicEncodeSettings *settings, int *count) {
    uint16_t *tokens = NULL;
    Error error;
    ck_assert_msg(!music_encode(song, settings, &tokens, count, &error), "%s", error.message);
    return tokens;
}

static Song *decode(const uint16_t *tokens, int count) {
    Error error;
    Song *song = music_decode(tokens, count, 0, &error);
    ck_assert_msg(song != NULL, "%s", error.message);
    return song;
}

static int count_kind(const uint16_t *tokens, int count, MusicKind kind) {
    int found = 0, index;
    for (int i = 0; i < count; i++)
        found += music_token_kind(tokens[i], &index) == kind;
    return found;
}

/* A song with one track; add notes, then finish. */
static Song *begin(int ticks_per_quarter) {
    Song *song = song_create(ticks_per_quarter);
    ck_assert_int_eq(song_add_track(song, "", NULL), 0);
    return song;
}

static void add(Song *song, double onset, double length, int pitch, int velocity) {
    SongNote note = {
        .onset = (uint32_t)lround(onset), .pitch = (uint8_t)pitch, .velocity = (uint8_t)velocity};
    note.release = note.onset + (uint32_t)lround(length);
    ck_assert_int_eq(song_add_note(song, note, NULL), 0);
}

static void finish(Song *song) {
    Error error;
    ck_assert_msg(!song_finish(song, &error), "%s", error.message);
}

static Song *read_data(const char *name) {
    const char *path = data_path(name);
    Error error;
    Song *song = path ? midi_read(path, &error) : NULL;
    ck_assert_msg(!path || song, "%s", error.message);
    return song;
}

/* Asserts that each pitched note of `song` has an onset of its pitch in `told` within `steps` and
 * `seconds`: steps of the metric grid, or seconds where steps is 0. */
static void assert_onsets(const Song *song, const Song *told, double steps, double seconds) {
    for (int i = 0; i < song->n_notes; i++) {
        const SongNote *note = &song->notes[i];
        double nearest = HUGE_VAL;
        for (int j = 0; j < told->n_notes && !note->drum; j++) {
            const SongNote *other = &told->notes[j];
            double apart = steps > 0 ? fabs((double)note->onset / song->ticks_per_quarter -
                                            (double)other->onset / told->ticks_per_quarter) *
                                           MUSIC_STEPS_PER_QUARTER
                                     : fabs(note->start - other->start);
            if (other->pitch == note->pitch)
                nearest = fmin(nearest, apart);
        }
        if (!note->drum)
            ck_assert_msg(nearest <= (steps > 0 ? steps : seconds) + 1e-9,
                          "note %d (pitch %d, %.3f s) moved by %g", i, note->pitch, note->start,
                          nearest);
    }
}

/* ---------------------------------------------------------------------------- metric */

START_TEST(music_on_the_grid_keeps_its_notes_and_lengths) {
    static const int pitches[] = {0, 21, 60, 64, 67, 108, 127};
    Song *song = begin(960);
    for (int i = 0; i < 64; i++)
        add(song, 240 * i, 240 * (1 + i % 4), pitches[i % 7], 20 + i);
    finish(song);
    int count;
    uint16_t *tokens = encode(song, &as_it_is, &count);
    ck_assert_int_eq(tokens[1], music_token(MUSIC_GRID, 0));
    Song *told = decode(tokens, count);
    ck_assert_int_eq(told->n_notes, song->n_notes);
    for (int i = 0; i < song->n_notes; i++) {
        ck_assert_uint_eq(told->notes[i].onset * 2, song->notes[i].onset);
        ck_assert_uint_eq(told->notes[i].release * 2, song->notes[i].release);
        ck_assert_int_eq(told->notes[i].pitch, song->notes[i].pitch);
        ck_assert_int_le(abs(told->notes[i].velocity - song->notes[i].velocity), 4);
    }
    free(tokens);
    song_free(song);
    song_free(told);
}
END_TEST

START_TEST(triplets_stay_triplets) {
    Song *song = begin(480);
    for (int i = 0; i < 48; i++)
        add(song, 160 * i, 160, 60 + i % 5, 80);
    finish(song);
    int count;
    uint16_t *tokens = encode(song, &as_it_is, &count);
    Song *told = decode(tokens, count);
    for (int i = 0; i < song->n_notes; i++)
        ck_assert_uint_eq(told->notes[i].onset, song->notes[i].onset);
    free(tokens);
    song_free(song);
    song_free(told);
}
END_TEST

START_TEST(meters_and_tempos_change_at_their_bars) {
    Song *song = begin(480);
    for (int i = 0; i < 80; i++)
        add(song, 240 * i, 240, 60 + i % 5, 80);
    ck_assert_int_eq(song_add_meter(song, 0, 4, 4, NULL), 0);
    ck_assert_int_eq(song_add_meter(song, 2 * 1920, 6, 8, NULL), 0);
    ck_assert_int_eq(song_add_tempo(song, 0, 500000, NULL), 0);
    ck_assert_int_eq(song_add_tempo(song, 2 * 1920 + 1440, 1000000, NULL), 0);
    finish(song);
    int count;
    uint16_t *tokens = encode(song, &as_it_is, &count);
    Song *told = decode(tokens, count);
    ck_assert_int_eq(told->n_meters, 2);
    ck_assert_uint_eq(told->meters[1].at.tick, 2 * 1920);
    ck_assert_int_eq(told->meters[1].numerator, 6);
    ck_assert_int_eq(told->n_tempos, 2);
    ck_assert_uint_eq(told->tempos[1].at.tick, 2 * 1920 + 1440);
    ck_assert_uint_eq(told->tempos[1].microseconds, 1000000);
    free(tokens);
    song_free(song);
    song_free(told);
}
END_TEST

START_TEST(small_swings_of_tempo_write_no_tokens) {
    Song *song = begin(480);
    for (int i = 0; i < 160; i++)
        add(song, 240 * i, 240, 60 + i % 5, 80);
    for (uint32_t i = 0; i < 40; i++)
        ck_assert_int_eq(song_add_tempo(song, i * 480, 500000 + (i % 7) * 2000, NULL), 0);
    finish(song);
    int count;
    uint16_t *tokens = encode(song, &as_it_is, &count);
    ck_assert_int_eq(count_kind(tokens, count, MUSIC_TEMPO), 1);
    free(tokens);
    song_free(song);
}
END_TEST

START_TEST(trimming_begins_at_the_first_bar_with_a_note_and_takes_off_a_lag) {
    Song *song = begin(480);
    for (int i = 0; i < 64; i++)
        add(song, 3 * 1920 + 960 + 240 * i + 11, 240, 60 + i % 5, 80);
    finish(song);
    int count;
    uint16_t *tokens = encode(song, &trimmed, &count);
    Song *told = decode(tokens, count);
    ck_assert_uint_eq(told->notes[0].onset, 960);
    ck_assert_uint_eq(told->notes[63].onset, 960 + 240 * 63);
    free(tokens);
    song_free(song);
    song_free(told);
}
END_TEST

START_TEST(a_piece_counts_its_last_bars_down_and_an_excerpt_does_not) {
    Song *song = begin(480);
    for (int i = 0; i < 64; i++) /* 8 bars */
        add(song, 240 * i, 240, 60 + i % 5, 80);
    finish(song);
    int count;
    uint16_t *tokens = encode(song, &trimmed, &count);
    ck_assert_int_eq(count_kind(tokens, count, MUSIC_BAR), 4);
    ck_assert_int_eq(count_kind(tokens, count, MUSIC_LAST_BARS), 4);
    ck_assert_int_eq(tokens[count - 1], music_token(MUSIC_END, 0));
    free(tokens);
    tokens = encode(song, &excerpt, &count);
    ck_assert_int_eq(count_kind(tokens, count, MUSIC_BAR), 8);
    ck_assert_int_eq(count_kind(tokens, count, MUSIC_LAST_BARS), 0);
    ck_assert_int_eq(count_kind(tokens, count, MUSIC_END), 0);
    song_free(decode(tokens, count));
    free(tokens);
    song_free(song);
}
END_TEST

/* ---------------------------------------------------------------------------- performed */

/* Notes at any millisecond, in 1000 ticks a second. */
static Song *performance(int notes) {
    Song *song = begin(500);
    double at = 300;
    for (int i = 0; i < notes; i++) {
        Rng rng = rng_split(rng_seed(9), (uint64_t)i);
        at += rng_below(rng, 0, 400);
        add(song, at, 30 + rng_below(rng, 1, 900), 40 + (int)rng_below(rng, 2, 40),
            30 + (int)rng_below(rng, 3, 90));
    }
    finish(song);
    return song;
}

START_TEST(performed_music_keeps_its_timing_within_ten_milliseconds) {
    Song *song = performance(500);
    int count;
    uint16_t *tokens = encode(song, &as_it_is, &count);
    ck_assert_int_eq(tokens[1], music_token(MUSIC_GRID, 1));
    Song *told = decode(tokens, count);
    assert_onsets(song, told, 0, 0.010);
    free(tokens);
    song_free(song);
    song_free(told);
}
END_TEST

START_TEST(long_silences_are_kept) {
    Song *song = begin(500);
    for (int i = 0; i < 40; i++)
        add(song, i * 5003, 107, 60, 80);
    finish(song);
    int count;
    uint16_t *tokens = encode(song, &as_it_is, &count);
    Song *told = decode(tokens, count);
    ck_assert_int_eq(tokens[1], music_token(MUSIC_GRID, 1));
    assert_onsets(song, told, 0, 0.010);
    free(tokens);
    song_free(song);
    song_free(told);
}
END_TEST

START_TEST(the_close_of_a_performance_is_told_four_seconds_ahead) {
    Song *song = performance(200);
    int count, at = 0, index;
    uint16_t *tokens = encode(song, &trimmed, &count);
    ck_assert_int_eq(count_kind(tokens, count, MUSIC_CLOSING), 1);
    while (music_token_kind(tokens[at], &index) != MUSIC_CLOSING)
        at++;
    Song *told = decode(tokens, count), *before = decode(tokens, at);
    ck_assert_double_gt(
        told->notes[told->n_notes - 1].start - before->notes[before->n_notes - 1].start, 4.0);
    ck_assert_double_le(told->notes[told->n_notes - 1].start - told->notes[before->n_notes].start,
                        4.0 + 1e-9);
    free(tokens);
    song_free(song);
    song_free(told);
    song_free(before);
}
END_TEST

/* ---------------------------------------------------------------------------- both */

START_TEST(the_tonic_token_carries_the_key_and_the_rest_is_relative_to_it) {
    uint16_t *first = NULL;
    int first_count = 0;
    for (int tonic = 0; tonic < 12; tonic++) {
        static const int scale[] = {0, 4, 7, 12, 11, 9, 7, 5, 4, 2, 0, 0};
        Song *song = begin(480);
        for (int i = 0; i < 48; i++)
            add(song, 240 * i, 240, 60 + music_tonic_shift(tonic) + scale[i % 12], 80);
        finish(song);
        int count;
        uint16_t *tokens = encode(song, &as_it_is, &count);
        ck_assert_int_eq(tokens[3], music_token(MUSIC_TONIC, tonic));
        if (!first) {
            first = tokens;
            first_count = count;
        } else {
            ck_assert_int_eq(count, first_count);
            ck_assert_mem_eq(tokens + 4, first + 4, (size_t)(count - 4) * sizeof *tokens);
            free(tokens);
        }
        song_free(song);
    }
    ck_assert(music_can_transpose(first, first_count, 6));
    free(first);
}
END_TEST

START_TEST(notes_out_of_reach_forbid_a_transposition) {
    Song *song = begin(480);
    for (int i = 0; i < 16; i++)
        add(song, 240 * i, 240, i ? 60 + 4 * (i % 3) : 127, 80);
    finish(song);
    int count;
    uint16_t *tokens = encode(song, &as_it_is, &count);
    int tonic = tokens[3] - music_token(MUSIC_TONIC, 0);
    ck_assert(music_can_transpose(tokens, count, tonic));
    ck_assert(!music_can_transpose(tokens, count, 6));
    free(tokens);
    song_free(song);
}
END_TEST

START_TEST(drums_are_left_out_and_a_song_of_drums_alone_is_refused) {
    Song *song = begin(480);
    SongNote drum = {
        .onset = 0, .release = 100, .pitch = 36, .velocity = 90, .channel = SONG_DRUM_CHANNEL};
    ck_assert_int_eq(song_add_note(song, drum, NULL), 0);
    finish(song);
    uint16_t *tokens;
    int count;
    Error error;
    ck_assert_int_eq(music_encode(song, &trimmed, &tokens, &count, &error), -1);
    ck_assert_str_eq(error.message, "no pitched note");
    add(song, 480, 480, 60, 80);
    finish(song);
    tokens = encode(song, &trimmed, &count);
    ck_assert_int_eq(count_kind(tokens, count, MUSIC_PITCH), 1);
    free(tokens);
    song_free(song);
}
END_TEST

START_TEST(a_song_of_too_many_bars_is_refused) {
    Song *song = begin(1);
    ck_assert_int_eq(song_add_tempo(song, 0, 1000, NULL), 0);
    add(song, 0, 1, 60, 80);
    add(song, 4e6, 1, 60, 80);
    finish(song);
    uint16_t *tokens;
    int count;
    Error error;
    ck_assert_int_eq(music_encode(song, &trimmed, &tokens, &count, &error), -1);
    ck_assert_str_eq(error.message, "more than 100000 bars");
    song_free(song);
}
END_TEST

/* Its tempo lies between two of the table's, and the nearer one makes it longer than a day. */
START_TEST(a_song_that_tokens_make_too_long_is_refused) {
    size_t size;
    unsigned char *bytes = file_bytes("tests/fuzz/corpus/midi/slow_for_a_day.mid", &size);
    Error error;
    Song *song = midi_parse(bytes, size, "slow.mid", &error);
    ck_assert_msg(song != NULL, "%s", error.message);
    uint16_t *tokens;
    int count;
    ck_assert_int_eq(music_encode(song, &(MusicEncodeSettings){0}, &tokens, &count, &error), -1);
    assert_contains(error.message, "seconds of music as tokens, the limit is 86400");
    song_free(song);
    free(bytes);
}
END_TEST

START_TEST(tokens_against_the_grammar_are_named) {
    const uint16_t tokens[] = {(uint16_t)music_token(MUSIC_START, 0),
                               (uint16_t)music_token(MUSIC_PITCH, 66)};
    const uint16_t beyond[] = {65535};
    Error error;
    ck_assert_ptr_null(music_decode(tokens, 2, 0, &error));
    assert_contains(error.message, "token 1: pitch:C4");
    ck_assert_ptr_null(music_decode(beyond, 1, 0, &error));
    assert_contains(error.message, "token 0: ?");
}
END_TEST

START_TEST(stretching_changes_the_time_and_nothing_else) {
    Song *metric = begin(480), *performed = performance(100);
    for (int i = 0; i < 64; i++)
        add(metric, 240 * i, 240, 60 + i % 5, 80);
    finish(metric);
    const Song *songs[] = {metric, performed};
    for (int i = 0; i < 2; i++) {
        int count, slower_count;
        uint16_t *tokens = encode(songs[i], &trimmed, &count), *slower;
        ck_assert_int_eq(music_stretch(tokens, count, 1 / 1.1225, &slower, &slower_count, NULL), 0);
        Song *told = decode(tokens, count), *stretched = decode(slower, slower_count);
        ck_assert_int_eq(told->n_notes, stretched->n_notes);
        ck_assert_double_eq_tol(stretched->notes[told->n_notes - 1].start /
                                    told->notes[told->n_notes - 1].start,
                                1.1225, 0.005);
        for (int j = 0; j < 4; j++)
            ck_assert_int_eq(tokens[j], slower[j]);
        free(tokens);
        free(slower);
        song_free(told);
        song_free(stretched);
    }
    song_free(metric);
    song_free(performed);
}
END_TEST

/* ---------------------------------------------------------------------------- real music */

/* Song → tokens → file → tokens. */
static void assert_file_keeps_tokens(const char *name, const char *file) {
    Song *song = read_data(name);
    if (!song)
        return;
    for (int trim = 0; trim < 2; trim++) {
        int count, again_count;
        uint16_t *tokens = encode(song, trim ? &trimmed : &as_it_is, &count);
        Song *told = decode(tokens, count);
        ck_assert_int_eq(midi_write(told, file, NULL), 0);
        Song *read = midi_read(file, NULL);
        ck_assert_int_eq(read->n_repairs, 0);
        uint16_t *again = encode(read, &as_it_is, &again_count);
        ck_assert_int_eq(again_count, count);
        ck_assert_mem_eq(again, tokens, (size_t)count * sizeof *tokens);
        free(tokens);
        free(again);
        song_free(told);
        song_free(read);
    }
    song_free(song);
}

START_TEST(tokens_to_midi_to_tokens_is_the_identity) {
    static const char *const names[] = {"midi/emopia/Q1_0vLPYiPN7qY_0.mid",
                                        "midi/nottingham/ashover1.mid",
                                        "midi/pop909/001.mid",
                                        "midi/asap_scores/Bach_Fugue_bwv_846.mid",
                                        "midi/jsb_chorales/jsb_train_000.mid",
                                        "midi/piano_midi_de/alb_esp1.mid",
                                        "midi/weimar_jazz/ArtPepper_Anthropology.mid"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_file_keeps_tokens(names[i], scratch_path("told.mid"));
}
END_TEST

START_TEST(real_music_keeps_its_onsets_and_pitches) {
    static const struct {
        const char *name;
        bool performed;
    } files[] = {{"midi/emopia/Q1_0vLPYiPN7qY_0.mid", true},
                 {"midi/emopia/Q2_L3_TadjSQQ0_0.mid", true},
                 {"midi/nottingham/ashover1.mid", false},
                 {"midi/jsb_chorales/jsb_train_000.mid", false},
                 {"midi/asap_scores/Bach_Fugue_bwv_848.mid", false}};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        Song *song = read_data(files[i].name);
        if (!song)
            continue;
        int count;
        uint16_t *tokens = encode(song, &as_it_is, &count);
        ck_assert_int_eq(tokens[1], music_token(MUSIC_GRID, files[i].performed));
        Song *told = decode(tokens, count);
        assert_onsets(song, told, files[i].performed ? 0 : 0.5, 0.010);
        free(tokens);
        song_free(song);
        song_free(told);
    }
}
END_TEST

Suite *music_encode_suite(void) {
    Suite *suite = suite_create("music_encode");
    TCase *tcase = tcase_create("songs"), *files = tcase_create("files");
    tcase_add_test(tcase, music_on_the_grid_keeps_its_notes_and_lengths);
    tcase_add_test(tcase, triplets_stay_triplets);
    tcase_add_test(tcase, meters_and_tempos_change_at_their_bars);
    tcase_add_test(tcase, small_swings_of_tempo_write_no_tokens);
    tcase_add_test(tcase, trimming_begins_at_the_first_bar_with_a_note_and_takes_off_a_lag);
    tcase_add_test(tcase, a_piece_counts_its_last_bars_down_and_an_excerpt_does_not);
    tcase_add_test(tcase, performed_music_keeps_its_timing_within_ten_milliseconds);
    tcase_add_test(tcase, long_silences_are_kept);
    tcase_add_test(tcase, the_close_of_a_performance_is_told_four_seconds_ahead);
    tcase_add_test(tcase, the_tonic_token_carries_the_key_and_the_rest_is_relative_to_it);
    tcase_add_test(tcase, notes_out_of_reach_forbid_a_transposition);
    tcase_add_test(tcase, drums_are_left_out_and_a_song_of_drums_alone_is_refused);
    tcase_add_test(tcase, a_song_of_too_many_bars_is_refused);
    tcase_add_test(tcase, a_song_that_tokens_make_too_long_is_refused);
    tcase_add_test(tcase, tokens_against_the_grammar_are_named);
    tcase_add_test(tcase, stretching_changes_the_time_and_nothing_else);
    tcase_add_checked_fixture(files, scratch_create, scratch_remove);
    tcase_add_test(files, tokens_to_midi_to_tokens_is_the_identity);
    tcase_add_test(files, real_music_keeps_its_onsets_and_pitches);
    suite_add_tcase(suite, tcase);
    suite_add_tcase(suite, files);
    return suite;
}
