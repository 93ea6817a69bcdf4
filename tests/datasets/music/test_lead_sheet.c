#include "datasets/music/lead_extract.h"
#include "datasets/music/lead_sheet.h"
#include "tests/support/networks.h"
#include "tests/support/scratch.h"
#include "tests/support/text.h"

#include <check.h>
#include <math.h>
#include <string.h>

static const LeadBar two_bars[2] = {
    {.chords = {LEAD_MAJOR, LEAD_MAJOR}, .n_events = 2, .events = {{0, 4}, {8, 7}}},
    {.chords = {5 * LEAD_QUALITIES, 7 * LEAD_QUALITIES + LEAD_SEVENTH},
     .n_events = 2,
     .events = {{4, LEAD_REST}, {15, -1}}},
};

START_TEST(a_sheet_is_the_tokens_that_its_language_allows) {
    LeadSheet sheet = {.bars = (LeadBar *)two_bars, .n_bars = 2};
    uint16_t tokens[128];
    uint8_t allowed[LEAD_VOCABULARY];
    int n = lead_tokens(&sheet, tokens, 128);
    ck_assert_int_eq(n, 1 + 6 + 6 + 1);
    LeadContext context = lead_context_begin(2);
    lead_context_step(&context, tokens[0]);
    for (int i = 1; i < n; i++) {
        lead_context_allowed(&context, LEAD_4_4, allowed);
        ck_assert_msg(allowed[tokens[i]], "token %d, the %dth", tokens[i], i);
        lead_context_step(&context, tokens[i]);
    }
    ck_assert_int_eq(context.bar, 1);
    ck_assert_int_eq(context.left, 0);
    ck_assert_int_eq(context.chords[1], 7 * LEAD_QUALITIES + LEAD_SEVENTH);
    ck_assert_int_lt(lead_tokens(&sheet, tokens, 20), 0);
}
END_TEST

START_TEST(places_only_go_forward_and_stay_in_the_bar) {
    uint8_t allowed[LEAD_VOCABULARY];
    LeadContext context = lead_context_begin(0);
    const int tokens[] = {LEAD_TOKEN_START, LEAD_TOKEN_CHORD, LEAD_TOKEN_HOLD, LEAD_TOKEN_PLACE + 7,
                          LEAD_TOKEN_PITCH + 12};
    for (int i = 0; i < 5; i++)
        lead_context_step(&context, tokens[i]);
    lead_context_allowed(&context, LEAD_3_4, allowed);
    for (int p = 0; p < LEAD_PLACES; p++)
        ck_assert_int_eq(allowed[LEAD_TOKEN_PLACE + p], p > 7 && p < 12);
    ck_assert(allowed[LEAD_TOKEN_CHORD]);
    ck_assert(!allowed[LEAD_TOKEN_PITCH] && !allowed[LEAD_TOKEN_HOLD]);
}
END_TEST

START_TEST(features_tell_the_chords_and_where_in_the_bar) {
    float features[LEAD_FEATURES];
    LeadHead head = {.valence = NAN, .arousal = 1, .style = 5, .minor = true, .meter = LEAD_6_8};
    LeadContext context = {.chords = {2, LEAD_CHORDS}, .place = 3, .said = 1, .bar = 9, .left = 2};
    lead_features(&context, &head, features);
    float sum = 0;
    for (int i = 0; i < LEAD_FEATURES; i++)
        sum += features[i];
    /* Style, mode, meter, three notes of one chord, place, bar, bars left; no emotion. */
    ck_assert_float_eq(sum, 9);
    ck_assert_float_eq(features[0], 0);
    ck_assert_float_eq(features[3 + 5], 1);
    ck_assert_float_eq(features[3 + LEAD_STYLES + 1 + 3 + 6], 1); /* the diminished fifth */
}
END_TEST

static void add(Song *song, int track, double quarter, double length, int pitch) {
    Error error;
    SongNote note = {.onset = (uint32_t)lround(quarter * 480),
                     .release = (uint32_t)lround((quarter + length) * 480),
                     .pitch = (uint8_t)pitch,
                     .velocity = 80,
                     .channel = (uint8_t)track,
                     .track = (uint16_t)track};
    ck_assert(!song_add_note(song, note, &error));
}

/* Eight bars in D major, I IV V I twice, that begin `late` quarters after a bar line of a file that
 * says 1/4. */
static Song *late_song(double late) {
    static const int roots[] = {50, 55, 57, 50}, tune[4] = {74, 71, 73, 78};
    Error error;
    Song *song = song_create(480);
    ck_assert(!song_add_track(song, "MELODY", &error) && !song_add_track(song, "PIANO", &error));
    ck_assert(!song_add_meter(song, 0, 1, 4, &error));
    for (int bar = 0; bar < 8; bar++) {
        double at = late + 4 * bar;
        for (int beat = 0; beat < 4; beat++)
            add(song, 0, at + beat, 0.9, tune[bar % 4] + (beat == 3 ? -1 + 3 * (bar % 2) : 0));
        add(song, 1, at, 4, roots[bar % 4] - 12);
        add(song, 1, at, 4, roots[bar % 4] + 4);
        add(song, 1, at, 4, roots[bar % 4] + 7);
    }
    ck_assert(!song_finish(song, &error));
    return song;
}

START_TEST(the_scales_differ_in_their_third_sixth_and_seventh) {
    for (int c = -12; c < 12; c++) {
        bool differs = lead_scale_has(false, c) != lead_scale_has(true, c);
        int above = (c + 12) % 12;
        ck_assert_int_eq(differs, above == 3 || above == 4 || above >= 8);
        ck_assert_int_eq(lead_scale_has(true, c), lead_scale_has(false, above + 9));
    }
}
END_TEST

START_TEST(bars_are_found_where_the_file_does_not_say_them) {
    static const double lateness[] = {0, 1, 1.5, 2.77};
    static const int degrees[] = {0, 5, 7, 0};
    for (int i = 0; i < 4; i++) {
        LeadSheet sheet;
        Error error;
        Song *song = late_song(lateness[i]);
        ck_assert_msg(!lead_extract(song, &sheet, &error), "%s", error.message);
        ck_assert_int_eq(sheet.n_bars, 8);
        ck_assert(!sheet.head.minor);
        for (int bar = 0; bar < 8; bar++) {
            ck_assert_int_eq(sheet.bars[bar].chords[0], degrees[bar % 4] * LEAD_QUALITIES);
            ck_assert_int_eq(sheet.bars[bar].chords[1], sheet.bars[bar].chords[0]);
            ck_assert_int_eq(sheet.bars[bar].n_events, 4);
            ck_assert_int_eq(sheet.bars[bar].events[1].place, 4);
        }
        ck_assert_int_eq((sheet.bars[0].events[0].pitch + 120) % 12, 0);
        lead_sheet_free(&sheet);
        song_free(song);
    }
}
END_TEST

/* Neither are drums a melody, nor does a track without notes take its place. */
START_TEST(the_melody_is_found_beside_drums_and_empty_tracks) {
    for (int drums_first = 0; drums_first < 2; drums_first++) {
        Error error;
        LeadSheet sheet;
        Song *song = song_create(480);
        int status = song_add_track(song, drums_first ? "Drums" : "Piano", &error) |
                     song_add_track(song, drums_first ? "Piano" : "Drums", &error) |
                     song_add_track(song, "Melody", &error);
        ck_assert(!status);
        for (int beat = 0; beat < 32; beat++) {
            static const int tune[] = {72, 76, 79, 77};
            add(song, drums_first, beat, 0.9, tune[beat % 4]);
            add(song, drums_first, beat, 0.9, tune[0] - 24);
            const SongNote drum = {.onset = (uint32_t)beat * 480,
                                   .release = (uint32_t)beat * 480 + 100,
                                   .pitch = 36,
                                   .velocity = 80,
                                   .channel = SONG_DRUM_CHANNEL,
                                   .track = (uint16_t)!drums_first};
            ck_assert(!song_add_note(song, drum, &error));
        }
        ck_assert(!song_finish(song, &error));
        ck_assert_msg(!lead_extract(song, &sheet, &error), "%s", error.message);
        ck_assert_int_eq(sheet.n_bars, 8);
        for (int bar = 0; bar < 8; bar++)
            ck_assert_int_eq(sheet.bars[bar].n_events, 4);
        lead_sheet_free(&sheet);
        song_free(song);
    }
}
END_TEST

/* A change that stands on the last bar line, where the last note has just been released. */
START_TEST(a_meter_after_the_last_note_is_not_the_pieces) {
    Error error;
    Song *song = song_create(480);
    int status = song_add_track(song, "Piano", NULL);
    for (uint32_t i = 0; i < 64; i++) {
        static const uint8_t scale[] = {60, 64, 67, 72};
        const SongNote note = {
            .onset = 240 * i, .release = 240 * i + 200, .pitch = scale[i % 4], .velocity = 80};
        status |= song_add_note(song, note, NULL);
    }
    status |= song_add_meter(song, 0, 4, 4, NULL) || song_add_meter(song, 64 * 240, 3, 4, NULL) ||
              song_finish(song, NULL);
    ck_assert(!status);
    LeadSheet sheet;
    ck_assert_msg(!lead_extract(song, &sheet, &error), "%s", error.message);
    ck_assert_int_eq(sheet.head.meter, LEAD_4_4);
    lead_sheet_free(&sheet);
    song_free(song);
}
END_TEST

START_TEST(music_off_the_beat_has_no_sheet) {
    Error error;
    LeadSheet sheet;
    Song *song = song_create(480);
    ck_assert(!song_add_track(song, "Piano", &error));
    for (int i = 0; i < 200; i++)
        add(song, 0, i * 0.31831, 0.2, 60 + i % 12);
    ck_assert(!song_finish(song, &error));
    ck_assert(lead_extract(song, &sheet, &error) < 0);
    ck_assert_ptr_nonnull(strstr(error.message, "no steady beat"));
    song_free(song);
}
END_TEST

START_TEST(weights_of_another_language_are_refused) {
    static const char *const told[][2] = {{"lead_language", "1"},
                                          {"lead_language", "2"},
                                          {"lead_language", "one"},
                                          {"music_language", "1"}};
    static const char *const said[] = {NULL, "uses lead language 2, expected 1", "lead_language",
                                       "not a model of lead sheets"};
    Error error;
    ImageClassifierInfo info = network_info("mini");
    ImageClassifier *network = network_create(&info, 1);
    const char *path = scratch_path("weights.safetensors");
    json_t *metadata = json_pack("{s:s}", told[_i][0], told[_i][1]);
    ck_assert_int_eq(image_classifier_save(network, path, metadata, &error), 0);
    SafetensorsFile *file = safetensors_open(path, &error);
    ck_assert_int_eq(lead_language_check(file, &error), said[_i] ? -1 : 0);
    if (said[_i])
        assert_contains(error.message, said[_i]);
    safetensors_close(file);
    json_decref(metadata);
    image_classifier_destroy(network);
}
END_TEST

Suite *lead_sheet_suite(void) {
    Suite *suite = suite_create("lead_sheet");
    TCase *tests = tcase_create("lead_sheet");
    tcase_add_checked_fixture(tests, scratch_create, scratch_remove);
    tcase_add_test(tests, a_sheet_is_the_tokens_that_its_language_allows);
    tcase_add_test(tests, places_only_go_forward_and_stay_in_the_bar);
    tcase_add_test(tests, features_tell_the_chords_and_where_in_the_bar);
    tcase_add_test(tests, the_scales_differ_in_their_third_sixth_and_seventh);
    tcase_add_test(tests, bars_are_found_where_the_file_does_not_say_them);
    tcase_add_test(tests, the_melody_is_found_beside_drums_and_empty_tracks);
    tcase_add_test(tests, a_meter_after_the_last_note_is_not_the_pieces);
    tcase_add_test(tests, music_off_the_beat_has_no_sheet);
    tcase_add_loop_test(tests, weights_of_another_language_are_refused, 0, 4);
    suite_add_tcase(suite, tests);
    return suite;
}
