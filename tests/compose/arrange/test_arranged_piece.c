#include "compose/arrange/arranged_piece.h"

#include "datasets/measures/music_form.h"
#include "nn/base/threads.h"
#include "tests/support/same_notes.h"
#include "tests/support/text.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>

static LeadModel *model;

static void load(void) {
    Error error;
    threads_use(1); /* a token is too little work to share */
    ck_assert_msg((model = lead_model_load(NULL, &error)) != NULL, "%s", error.message);
}

static void unload(void) {
    lead_model_destroy(model);
}

static ArrangedSettings settings_for(int emotion, double seconds) {
    return (ArrangedSettings){.sampler = SAMPLER_DEFAULTS,
                              .seed = 7,
                              .cues = cues_table[emotion],
                              .candidates = 2,
                              .genre = GENRE_FREE,
                              .mode = ARRANGED_FREE,
                              .tonic = ARRANGED_FREE,
                              .seconds = seconds,
                              .program = -1};
}

static void compose(const ArrangedSettings *settings, ArrangedPiece *piece) {
    Error error;
    ck_assert_msg(!arranged_piece_compose(model, settings, piece, &error), "%s", error.message);
}

/* ------------------------------------------------------------------ plan */

START_TEST(every_plan_ends_with_its_theme_at_home) {
    static Plan plan;
    for (int bars = 1; bars <= 200; bars++) {
        plan_make(&plan, bars, false, rng_seed((uint64_t)bars));
        int counted = 0;
        for (int s = 0; s < plan.n_sections; s++) {
            ck_assert_int_eq(plan.sections[s].first, counted);
            counted += plan.sections[s].bars;
        }
        ck_assert_int_eq(counted, bars);
        ck_assert_int_eq(plan.bars[bars - 1].cadence, CADENCE_FINAL);
        ck_assert_int_eq(plan.sections[0].name[0], 'A');
        ck_assert_int_eq(plan.sections[plan.n_sections - 1].name[0], 'A');
        for (int b = 0; b < bars; b++)
            ck_assert_int_lt(plan.bars[b].source, b);
    }
}
END_TEST

/* ------------------------------------------------------------------ pieces */

START_TEST(the_theme_returns) {
    double mean = 0;
    for (int emotion = 0; emotion < EMOTION_COUNT; emotion++) {
        ArrangedSettings settings = settings_for(emotion, 120);
        ArrangedPiece piece;
        double form[FORM_MEASURES];
        Error error;
        compose(&settings, &piece);
        ck_assert(!music_form(piece.song, 0, form, &error));
        ck_assert_msg(form[FORM_FIGURES] > 0, "%s: %.3f", cues_table[emotion].name,
                      form[FORM_FIGURES]);
        mean += form[FORM_FIGURES] / EMOTION_COUNT;
        arranged_piece_free(&piece);
    }
    ck_assert_double_ge(mean, 0.25);
}
END_TEST

START_TEST(the_same_settings_give_the_same_piece) {
    ArrangedSettings settings = settings_for(EMOTION_HAPPY, 20);
    ArrangedPiece first, second;
    compose(&settings, &first);
    compose(&settings, &second);
    ck_assert(same_notes(first.song, second.song));
    settings.seed++;
    arranged_piece_free(&second);
    compose(&settings, &second);
    ck_assert(!same_notes(first.song, second.song));
    arranged_piece_free(&first);
    arranged_piece_free(&second);
}
END_TEST

START_TEST(a_taste_changes_how_it_is_played) {
    ArrangedSettings settings = settings_for(EMOTION_SAD, 20);
    ArrangedPiece plain, tasted;
    settings.felt = mood_of_emotion(EMOTION_SAD);
    compose(&settings, &plain);
    settings.taste = (MoodTaste){.valence_shift = 2, .arousal_shift = 1.5f};
    compose(&settings, &tasted);
    ck_assert_double_gt(tasted.bars[0].tempo, plain.bars[0].tempo);
    ck_assert(plain.bars[0].minor && !tasted.bars[0].minor);
    arranged_piece_free(&plain);
    arranged_piece_free(&tasted);
}
END_TEST

/* Share of half bars with a minor or a diminished chord. */
static double darkness(const LeadSheet *sheet) {
    int dark = 0;
    for (int h = 0; h < 2 * sheet->n_bars; h++) {
        int quality = sheet->bars[h / 2].chords[h % 2] % LEAD_QUALITIES;
        dark += quality == LEAD_MINOR || quality == LEAD_DIMINISHED;
    }
    return dark / (2.0 * sheet->n_bars);
}

START_TEST(dark_moods_prefer_dark_chords) {
    double dark = 0, plain = 0;
    const int pieces = 8;
    ArrangedSettings settings = settings_for(EMOTION_SAD, 60);
    settings.candidates = 1;
    for (int i = 0; i < pieces; i++) {
        ArrangedPiece piece;
        settings.seed = (uint64_t)i;
        settings.cues.dark = cues_table[EMOTION_SAD].dark;
        compose(&settings, &piece);
        dark += darkness(&piece.sheet) / pieces;
        arranged_piece_free(&piece);
        settings.cues.dark = 0;
        compose(&settings, &piece);
        plain += darkness(&piece.sheet) / pieces;
        arranged_piece_free(&piece);
    }
    ck_assert_double_gt(dark, plain + 0.1);
}
END_TEST

START_TEST(length_key_and_tempo_are_as_asked) {
    ArrangedSettings settings = settings_for(EMOTION_SAD, 30);
    ArrangedPiece piece;
    compose(&settings, &piece);
    ck_assert_double_eq_tol(piece.song->seconds, 30, 1.5);
    arranged_piece_free(&piece);
    settings.bars = 13;
    settings.tempo = 100;
    settings.tonic = 4;
    settings.mode = 0;
    settings.meter = LEAD_3_4;
    compose(&settings, &piece);
    ck_assert_int_eq(piece.sheet.n_bars, 13);
    ck_assert_int_eq(piece.song->tempos[0].microseconds, 600000);
    ck_assert_int_eq(piece.song->meters[0].numerator, 3);
    ck_assert_int_eq(piece.song->keys[0].tonic, 4);
    ck_assert(!piece.song->keys[0].minor);
    arranged_piece_free(&piece);
}
END_TEST

/* Seconds to the end of the last bar. */
static double bars_seconds(const ArrangedPiece *piece) {
    int places = lead_places(piece->sheet.head.meter);
    return song_seconds(piece->song, piece->sheet.n_bars * places / 4.0 * ARRANGER_TICKS);
}

START_TEST(short_pieces_take_their_time_too) {
    for (int seconds = 2; seconds <= 12; seconds++) {
        ArrangedSettings settings = settings_for(_i, seconds);
        ArrangedPiece piece;
        compose(&settings, &piece);
        ck_assert_double_eq_tol(bars_seconds(&piece), seconds, 0.02 * seconds);
        arranged_piece_free(&piece);
    }
}
END_TEST

START_TEST(it_ends_on_its_tonic) {
    for (int emotion = 0; emotion < EMOTION_COUNT; emotion++) {
        ArrangedSettings settings = settings_for(emotion, 20);
        ArrangedPiece piece;
        compose(&settings, &piece);
        const LeadBar *last = &piece.sheet.bars[piece.sheet.n_bars - 1];
        ck_assert_int_eq(last->chords[0], piece.sheet.head.minor ? LEAD_MINOR : LEAD_MAJOR);
        ck_assert_int_eq(last->chords[1], last->chords[0]);
        ck_assert_int_eq(last->n_events, 1);
        ck_assert_int_eq((last->events[0].pitch + 120) % 12, 0);
        arranged_piece_free(&piece);
    }
}
END_TEST

START_TEST(an_ensemble_has_its_tracks) {
    static const int tracks[ENSEMBLES] = {3, 5, 4, 4};
    for (int ensemble = 0; ensemble < ENSEMBLES; ensemble++) {
        ArrangedSettings settings = settings_for(EMOTION_HAPPY, 40);
        ArrangedPiece piece;
        settings.ensemble = (Ensemble)ensemble;
        compose(&settings, &piece);
        ck_assert_int_eq(piece.song->n_tracks, tracks[ensemble]);
        ck_assert_str_eq(piece.song->tracks[0].name, "Melody");
        for (int t = 0; t < piece.song->n_tracks; t++)
            ck_assert_int_gt(piece.song->tracks[t].notes, 0);
        ck_assert_int_ge(piece.song->n_markers, piece.plan.n_sections);
        ck_assert_str_eq(piece.song->markers[0].text, "A");
        arranged_piece_free(&piece);
    }
}
END_TEST

START_TEST(two_hands_can_play_it) {
    double sum = 0;
    for (int emotion = 0; emotion < EMOTION_COUNT; emotion++) {
        ArrangedSettings settings = settings_for(emotion, 40);
        ArrangedPiece piece;
        double form[FORM_MEASURES];
        Error error;
        compose(&settings, &piece);
        ck_assert(!music_form(piece.song, 0, form, &error));
        sum += form[FORM_UNPLAYABLE] / EMOTION_COUNT;
        arranged_piece_free(&piece);
    }
    ck_assert_double_lt(sum, 0.01);
}
END_TEST

/* The sixteenth of the bar that a note belongs to. */
static int place_of(const SongNote *note, int places) {
    return (int)lround(note->onset / (ARRANGER_TICKS / 4.0)) % places;
}

/* In 3/4 the beats are quarters, and what accompanies is struck on them. */
START_TEST(a_waltz_has_three_beats) {
    enum { CHORDS = 1, BASS, PLACES = 12 };
    for (int emotion = 0; emotion < EMOTION_COUNT; emotion++) {
        ArrangedSettings settings = settings_for(emotion, 0);
        ArrangedPiece piece;
        int kicks[PLACES] = {0}, snares[PLACES] = {0}, chords[PLACES] = {0}, bass[PLACES] = {0};
        settings.bars = 16;
        settings.tempo = 100;
        settings.meter = LEAD_3_4;
        settings.ensemble = ENSEMBLE_BAND;
        settings.candidates = 1;
        compose(&settings, &piece);
        for (int i = 0; i < piece.song->n_notes; i++) {
            const SongNote *note = &piece.song->notes[i];
            int place = place_of(note, PLACES);
            kicks[place] += note->drum && note->pitch == 36;
            snares[place] += note->drum && note->pitch == 38;
            chords[place] += note->channel == CHORDS;
            bass[place] += note->channel == BASS;
        }
        ck_assert_int_eq(snares[6] + snares[10], 0);
        ck_assert_int_ge(kicks[0], kicks[6]);
        ck_assert_int_le(abs(snares[8] - snares[4]), 2); /* a half may be silent */
        ck_assert_int_gt(bass[0], 0);
        ck_assert_int_le(chords[6] + bass[6], chords[4] + bass[4] + chords[8] + bass[8]);
        for (int m = 0; m < piece.song->n_markers; m++)
            ck_assert_int_eq(piece.song->markers[m].at.tick % ARRANGER_TICKS, 0);
        arranged_piece_free(&piece);
    }
}
END_TEST

START_TEST(a_loop_leads_back_to_its_beginning) {
    for (int emotion = 0; emotion < EMOTION_COUNT; emotion++) {
        ArrangedSettings settings = settings_for(emotion, 0);
        ArrangedPiece piece;
        settings.bars = 8;
        settings.loops = true;
        compose(&settings, &piece);
        const Song *song = piece.song;
        uint32_t end = 8 * 4 * ARRANGER_TICKS;
        const LeadBar *last = &piece.sheet.bars[7];
        ck_assert_int_eq(last->chords[1] / LEAD_QUALITIES, 7);
        ck_assert_int_eq(piece.sheet.bars[0].chords[0] / LEAD_QUALITIES, 0);
        ck_assert_int_eq(song->n_tempos, 1);
        ck_assert_double_eq_tol(piece.loop, song_seconds(song, end), 1e-9);
        for (int i = 0; i < song->n_notes; i++) {
            ck_assert_uint_lt(song->notes[i].onset, end);
            ck_assert_uint_le(song->notes[i].release, end);
        }
        ck_assert_str_eq(song->markers[song->n_markers - 1].text, "loopEnd");
        ck_assert_uint_eq(song->markers[song->n_markers - 1].at.tick, end);
        arranged_piece_free(&piece);
    }
}
END_TEST

START_TEST(a_regulated_piece_keeps_its_theme_and_changes_all_else) {
    ArrangedSettings settings = settings_for(EMOTION_SAD, 90);
    ArrangedPiece piece;
    settings.policy = MOOD_REGULATE;
    settings.felt = mood_of_emotion(EMOTION_SAD);
    compose(&settings, &piece);
    int n = piece.sheet.n_bars;
    ck_assert_double_eq_tol(piece.song->seconds, 90, 1.5);
    ck_assert(piece.bars[0].minor && !piece.bars[n - 1].minor);
    ck_assert_double_gt(piece.bars[n - 1].tempo, 1.4 * piece.bars[0].tempo);
    ck_assert_int_gt(piece.bars[n - 1].cues.velocity, piece.bars[0].cues.velocity + 10);
    ck_assert_int_eq(piece.song->n_keys, 2);
    int again = 0, returns = 0; /* bars that return in the other mode have the same rhythm */
    for (int b = 0; b < n; b++) {
        int source = piece.plan.bars[b].source;
        if (source < 0 || piece.bars[source].minor == piece.bars[b].minor)
            continue;
        returns++;
        again += piece.sheet.bars[b].n_events >= piece.sheet.bars[source].n_events;
    }
    ck_assert_int_gt(returns, 0);
    ck_assert_int_eq(again, returns);
    arranged_piece_free(&piece);
}
END_TEST

/* Feelings that are no places of the plane sound as themselves first, and go from there. */
START_TEST(a_regulated_piece_leaves_its_feeling_by_and_by) {
    for (int emotion = 0; emotion < EMOTION_COUNT; emotion++) {
        ArrangedSettings settings = settings_for(emotion, 90);
        ArrangedPiece piece;
        settings.policy = MOOD_REGULATE;
        settings.felt = mood_of_emotion((Emotion)emotion);
        settings.candidates = 1;
        compose(&settings, &piece);
        for (int b = 1; b < piece.sheet.n_bars; b++) {
            double change = piece.bars[b].tempo / piece.bars[b - 1].tempo;
            ck_assert_msg(change > 0.88 && change < 1.12, "%s: bar %d at %.0f after %.0f",
                          cues_table[emotion].name, b, piece.bars[b].tempo,
                          piece.bars[b - 1].tempo);
            ck_assert_int_le(abs(piece.bars[b].cues.velocity - piece.bars[b - 1].cues.velocity), 6);
        }
        arranged_piece_free(&piece);
    }
}
END_TEST

static void read_prime(const Song *song, GivenPrime *prime) {
    Error error;
    ck_assert_msg(!given_prime_read(song, prime, &error), "%s", error.message);
}

START_TEST(a_tune_is_continued_and_comes_back) {
    ArrangedSettings settings = settings_for(EMOTION_HAPPY, 0);
    ArrangedPiece first, second;
    GivenPrime prime;
    settings.bars = 8;
    settings.tonic = 2;
    settings.tempo = 100;
    settings.ensemble = ENSEMBLE_BAND;
    compose(&settings, &first);
    settings.bars = 24;
    settings.tonic = ARRANGED_FREE;
    settings.tempo = 0;
    read_prime(first.song, &prime);
    settings.prime = &prime;
    compose(&settings, &second);
    ck_assert_int_eq(second.tonic, 2);
    ck_assert_double_eq_tol(second.bars[0].tempo, 100, 0.1);
    int same = 0, notes = 0;
    for (int b = 0; b < 7; b++)
        for (int i = 0; i < first.sheet.bars[b].n_events; i++, notes++)
            for (int k = 0; k < second.sheet.bars[b].n_events; k++)
                same +=
                    first.sheet.bars[b].events[i].place == second.sheet.bars[b].events[k].place &&
                    (first.sheet.bars[b].events[i].pitch - second.sheet.bars[b].events[k].pitch) %
                            12 ==
                        0;
    ck_assert_msg(same > 0.8 * notes, "%d of %d melody notes are the prime's", same, notes);
    arranged_piece_free(&second);
    settings.bars = 6;
    Error error;
    ck_assert_int_eq(arranged_piece_compose(model, &settings, &second, &error), -1);
    ck_assert_ptr_nonnull(strstr(error.message, "too few"));
    given_prime_free(&prime);
    arranged_piece_free(&first);
}
END_TEST

START_TEST(a_piece_longer_than_a_plan_is_refused) {
    ArrangedSettings settings = settings_for(EMOTION_ANGRY, 3600);
    ArrangedPiece piece;
    Error error;
    ck_assert(arranged_piece_compose(model, &settings, &piece, &error) < 0);
    assert_contains(error.message, "at most 500 bars, at this tempo ");
    assert_contains(error.message, "--style performed");
    settings.seconds = strtod(strstr(error.message, "tempo ") + strlen("tempo "), NULL);
    settings.candidates = 1;
    compose(&settings, &piece);
    ck_assert_double_eq_tol(bars_seconds(&piece), settings.seconds, 1);
    arranged_piece_free(&piece);
    settings.seconds = 0;
    settings.bars = 501;
    ck_assert(arranged_piece_compose(model, &settings, &piece, &error) < 0);
    assert_contains(error.message, "at most 500 bars");
}
END_TEST

START_TEST(a_loop_of_one_bar_is_refused) {
    ArrangedSettings settings = settings_for(EMOTION_HAPPY, 1);
    ArrangedPiece piece;
    Error error;
    settings.loops = true;
    ck_assert(arranged_piece_compose(model, &settings, &piece, &error) < 0);
    assert_contains(error.message, "2 bars");
    settings.seconds = 0;
    settings.bars = 1;
    ck_assert(arranged_piece_compose(model, &settings, &piece, &error) < 0);
    assert_contains(error.message, "2 bars");
}
END_TEST

START_TEST(chords_are_named_in_their_key) {
    char name[8];
    arranger_chord_name(9 * LEAD_QUALITIES + LEAD_MINOR, 0, false, name);
    ck_assert_str_eq(name, "Am");
    arranger_chord_name(5 * LEAD_QUALITIES + LEAD_MAJOR, 5, false, name);
    ck_assert_str_eq(name, "Bb");
    arranger_chord_name(7 * LEAD_QUALITIES + LEAD_SEVENTH, 4, false, name);
    ck_assert_str_eq(name, "B7");
    arranger_chord_name(3 * LEAD_QUALITIES + LEAD_MAJOR, 0, true, name);
    ck_assert_str_eq(name, "Eb");
}
END_TEST

Suite *arranged_piece_suite(void) {
    Suite *suite = suite_create("arranged_piece");
    TCase *tests = tcase_create("arranged_piece");
    tcase_add_unchecked_fixture(tests, load, unload);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, every_plan_ends_with_its_theme_at_home);
    tcase_add_test(tests, the_theme_returns);
    tcase_add_test(tests, the_same_settings_give_the_same_piece);
    tcase_add_test(tests, a_taste_changes_how_it_is_played);
    tcase_add_test(tests, dark_moods_prefer_dark_chords);
    tcase_add_test(tests, length_key_and_tempo_are_as_asked);
    tcase_add_loop_test(tests, short_pieces_take_their_time_too, 0, EMOTION_COUNT);
    tcase_add_test(tests, it_ends_on_its_tonic);
    tcase_add_test(tests, an_ensemble_has_its_tracks);
    tcase_add_test(tests, two_hands_can_play_it);
    tcase_add_test(tests, a_waltz_has_three_beats);
    tcase_add_test(tests, a_loop_leads_back_to_its_beginning);
    tcase_add_test(tests, a_regulated_piece_keeps_its_theme_and_changes_all_else);
    tcase_add_test(tests, a_regulated_piece_leaves_its_feeling_by_and_by);
    tcase_add_test(tests, a_tune_is_continued_and_comes_back);
    tcase_add_test(tests, a_piece_longer_than_a_plan_is_refused);
    tcase_add_test(tests, a_loop_of_one_bar_is_refused);
    tcase_add_test(tests, chords_are_named_in_their_key);
    suite_add_tcase(suite, tests);
    return suite;
}
