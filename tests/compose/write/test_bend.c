#include "compose/write/bend.h"

#include "datasets/corpus/music_catalogue.h"
#include "datasets/music/midi.h"
#include "infer/music/mood_model.h"
#include "tests/support/data.h"
#include "tests/support/text.h"

#include <math.h>

static const Bend plain = {.tempo = 1, .articulation = 1, .program = -1};

/* Two octaves of C major in eighths, C held below, F sharp between, and a drum. */
static Song *scale(void) {
    static const int degrees[] = {0, 2, 4, 5, 7, 9, 11, 12, 11, 9, 7, 5, 4, 2, 0, 4, 7, 12, 7, 4};
    Song *song = song_create(480);
    ck_assert_int_eq(song_add_track(song, "melody", NULL), 0);
    ck_assert_int_eq(song_add_tempo(song, 0, 500000, NULL), 0);
    for (uint32_t i = 0; i < 20; i++) {
        SongNote note = {.onset = i * 240,
                         .release = i * 240 + 200,
                         .pitch = (uint8_t)(60 + degrees[i]),
                         .velocity = 70};
        ck_assert_int_eq(song_add_note(song, note, NULL), 0);
    }
    SongNote bass = {.onset = 0, .release = 4800, .pitch = 36, .velocity = 70};
    SongNote chromatic = {.onset = 1000, .release = 1030, .pitch = 66, .velocity = 70};
    SongNote drum = {
        .onset = 480, .release = 500, .pitch = 40, .velocity = 70, .channel = 9, .drum = true};
    ck_assert_int_eq(song_add_note(song, bass, NULL), 0);
    ck_assert_int_eq(song_add_note(song, chromatic, NULL), 0);
    ck_assert_int_eq(song_add_note(song, drum, NULL), 0);
    ck_assert_int_eq(song_finish(song, NULL), 0);
    return song;
}

static Song *bent(const Song *song, const Bend *bend) {
    Error error;
    Song *result = bend_song(song, bend, &error);
    ck_assert_msg(result != NULL, "%s", error.message);
    ck_assert_int_eq(result->n_notes, song->n_notes);
    return result;
}

START_TEST(a_bend_of_nothing_changes_nothing) {
    Song *song = scale(), *same = bent(song, &plain);
    for (int i = 0; i < song->n_notes; i++) {
        ck_assert_uint_eq(same->notes[i].onset, song->notes[i].onset);
        ck_assert_uint_eq(same->notes[i].release, song->notes[i].release);
        ck_assert_uint_eq(same->notes[i].pitch, song->notes[i].pitch);
        ck_assert_uint_eq(same->notes[i].velocity, song->notes[i].velocity);
    }
    ck_assert_double_eq(same->seconds, song->seconds);
    song_free(song);
    song_free(same);
}
END_TEST

START_TEST(of_both_thirds_at_once_each_stays) {
    Song *song = scale();
    const SongNote blue = {.onset = 480, .release = 600, .pitch = 63, .velocity = 70};
    ck_assert_int_eq(song_add_note(song, blue, NULL) | song_finish(song, NULL), 0);
    Bend bend = plain;
    bend.mode = -1;
    Song *minor = bent(song, &bend);
    for (int i = 0; i < song->n_notes; i++)
        if (song->notes[i].pitch == 63 || song->notes[i].pitch == 64)
            ck_assert_int_eq(minor->notes[i].pitch,
                             song->notes[i].onset == 480 ? song->notes[i].pitch : 63);
    song_free(song);
    song_free(minor);
}
END_TEST

START_TEST(a_note_struck_twice_at_once_moves_as_it_does_alone) {
    Song *song = scale();
    const SongNote double_third = {.onset = 480, .release = 900, .pitch = 64, .velocity = 60};
    ck_assert_int_eq(song_add_note(song, double_third, NULL) | song_finish(song, NULL), 0);
    Bend bend = plain;
    bend.mode = -1;
    Song *minor = bent(song, &bend);
    for (int i = 0; i < song->n_notes; i++)
        if (song->notes[i].pitch == 64)
            ck_assert_int_eq(minor->notes[i].pitch, 63);
    song_free(song);
    song_free(minor);
}
END_TEST

/* Up and down a chord of three pitches and its octave, in eighths, from `onset` on. */
static void add_arpeggios(Song *song, uint32_t onset, int root, int third, int fifth) {
    enum { BARS = 16, EIGHTHS = 8, EIGHTH = 240 };
    const int pitches[EIGHTHS] = {root, third, fifth, root + 12, root + 12, fifth, third, root};
    for (uint32_t i = 0; i < BARS * EIGHTHS; i++) {
        SongNote note = {.onset = onset + i * EIGHTH,
                         .release = onset + i * EIGHTH + 200,
                         .pitch = (uint8_t)pitches[i % EIGHTHS],
                         .velocity = 70};
        ck_assert_int_eq(song_add_note(song, note, NULL), 0);
    }
}

static Song *stated_in_c_major(void) {
    Song *song = song_create(480);
    ck_assert_int_eq(song_add_track(song, "", NULL) | song_add_key(song, 0, 0, false, NULL), 0);
    return song;
}

static void assert_key(const Song *song, int index, int tonic, bool minor) {
    ck_assert_int_lt(index, song->n_keys);
    ck_assert_str_eq(song_key_name(song->keys[index].tonic, song->keys[index].minor),
                     song_key_name(tonic, minor));
}

START_TEST(a_bent_mode_has_the_key_of_its_notes_whatever_the_file_states) {
    Song *song = stated_in_c_major();
    add_arpeggios(song, 0, 57, 60, 64); /* A minor */
    ck_assert_int_eq(song_finish(song, NULL), 0);
    for (int mode = -1; mode <= 1; mode++) {
        Bend bend = plain;
        bend.mode = mode;
        bend.semitones = 2;
        Song *result = bent(song, &bend);
        ck_assert_int_eq(result->n_keys, 1);
        ck_assert_uint_eq(result->keys[0].at.tick, 0);
        assert_key(result, 0, mode ? 11 : 2, mode < 0);
        song_free(result);
    }
    song_free(song);
}
END_TEST

START_TEST(where_the_key_changes_the_bent_key_changes) {
    enum { CHANGE = 16 * 4 * 480 };
    Song *song = stated_in_c_major();
    add_arpeggios(song, 0, 60, 64, 67);      /* C major */
    add_arpeggios(song, CHANGE, 64, 68, 71); /* E major */
    ck_assert_int_eq(song_finish(song, NULL), 0);
    Bend bend = plain;
    bend.mode = -1;
    Song *minor = bent(song, &bend);
    const SongKey *last = &minor->keys[minor->n_keys - 1];
    assert_key(minor, 0, 0, true);
    ck_assert_uint_eq(minor->keys[0].at.tick, 0);
    assert_key(minor, minor->n_keys - 1, 4, true);
    ck_assert_double_eq_tol(song_seconds(minor, last->at.tick), song_seconds(song, CHANGE), 12);
    song_free(song);
    song_free(minor);
}
END_TEST

START_TEST(minor_lowers_third_sixth_and_seventh_and_nothing_else) {
    static const int minor[12] = {0, 1, 2, 3, 3, 5, 6, 7, 8, 8, 10, 10};
    Bend bend = plain;
    bend.mode = -1;
    Song *song = scale(), *sad = bent(song, &bend);
    for (int i = 0; i < song->n_notes; i++) {
        int pitch = song->notes[i].pitch;
        int expected = song->notes[i].drum ? pitch : pitch - pitch % 12 + minor[pitch % 12];
        ck_assert_int_eq(sad->notes[i].pitch, expected);
    }
    bend.mode = 1;
    Song *back = bent(sad, &bend);
    for (int i = 0; i < song->n_notes; i++)
        ck_assert_int_eq(back->notes[i].pitch, song->notes[i].pitch);
    song_free(song);
    song_free(sad);
    song_free(back);
}
END_TEST

START_TEST(tempo_register_level_and_length_follow_the_row) {
    Bend bend = {.tempo = 1.5, .semitones = 5, .velocity = 30, .articulation = 0.5, .program = 40};
    Song *song = scale(), *result = bent(song, &bend);
    ck_assert_double_eq_tol(result->notes[10].start, song->notes[10].start / 1.5, 1e-4);
    for (int i = 0; i < song->n_notes; i++) {
        const SongNote *before = &song->notes[i], *after = &result->notes[i];
        ck_assert_int_eq(after->velocity, 100);
        if (before->drum) {
            ck_assert_int_eq(after->pitch, before->pitch);
            continue;
        }
        ck_assert_int_eq(after->pitch, before->pitch + 5);
        ck_assert_int_eq(after->program, 40);
        ck_assert_uint_eq(after->release - after->onset, (before->release - before->onset) / 2);
    }
    song_free(song);
    song_free(result);
}
END_TEST

START_TEST(rubato_keeps_the_order_of_the_notes) {
    Bend bend = plain;
    bend.rubato = 0.2;
    Song *song = scale(), *result = bent(song, &bend);
    for (int i = 0; i < song->n_notes; i++)
        ck_assert_uint_eq(result->notes[i].pitch, song->notes[i].pitch);
    song_free(song);
    song_free(result);
}
END_TEST

START_TEST(the_presets_are_those_that_are_named) {
    Bend happy = bend_preset("fixed", EMOTION_HAPPY), sad = bend_preset("fixed", EMOTION_SAD),
         angry = bend_preset("fixed", EMOTION_ANGRY), mild = bend_preset("mild", EMOTION_SAD),
         strong = bend_preset("strong", EMOTION_SAD);
    ck_assert_double_eq(happy.tempo, 1.5);
    ck_assert_double_eq(sad.tempo, 0.9);
    ck_assert_int_eq(sad.semitones, -4);
    ck_assert_double_eq(angry.tempo, 1.5);
    ck_assert_int_eq(angry.semitones, 5);
    ck_assert_double_gt(mild.tempo, strong.tempo);
    ck_assert_double_lt(mild.tempo, 1);
}
END_TEST

/* ------------------------------------------------------------------ real music */

static MoodEstimate judged(const MoodModel *judge, const Song *song) {
    float features[MUSIC_FEATURES];
    ck_assert_int_eq(music_features(song, features, NULL), 0);
    return mood_model_estimate(judge, MOOD_FROM_NOTES, features);
}

START_TEST(a_judge_hears_real_pieces_move_as_they_were_bent) {
    /* VGMIDI is not among what the shipped judge has learnt from. */
    const char *folder = data_path("midi/vgmidi/labelled");
    if (!folder)
        return;
    Error error;
    MoodModel *judge = mood_model_load(NULL, &error);
    MusicCatalogue *catalogue = music_catalogue_create(folder, NULL, &error);
    ck_assert_msg(judge && catalogue, "%s", error.message);
    Bend happy = bend_preset("strong", EMOTION_HAPPY), sad = bend_preset("strong", EMOTION_SAD);
    int pieces = 0, valence = 0, arousal = 0;
    for (int i = 0; i < catalogue->n_entries; i += 2) {
        Song *song = midi_read(catalogue->entries[i].path, &error);
        ck_assert_msg(song != NULL, "%s", error.message);
        Song *up = bent(song, &happy), *down = bent(song, &sad);
        MoodEstimate high = judged(judge, up), low = judged(judge, down);
        pieces++;
        valence += high.valence > low.valence;
        arousal += high.arousal > low.arousal;
        song_free(song);
        song_free(up);
        song_free(down);
    }
    ck_assert_int_gt(pieces, 50);
    ck_assert_msg(valence >= 0.8 * pieces && arousal >= 0.8 * pieces,
                  "of %d pieces %d move in valence and %d in arousal", pieces, valence, arousal);
    music_catalogue_free(catalogue);
    mood_model_destroy(judge);
}
END_TEST

Suite *bend_suite(void) {
    Suite *suite = suite_create("bend");
    TCase *tcase = tcase_create("bend");
    tcase_add_test(tcase, a_bend_of_nothing_changes_nothing);
    tcase_add_test(tcase, of_both_thirds_at_once_each_stays);
    tcase_add_test(tcase, a_note_struck_twice_at_once_moves_as_it_does_alone);
    tcase_add_test(tcase, a_bent_mode_has_the_key_of_its_notes_whatever_the_file_states);
    tcase_add_test(tcase, where_the_key_changes_the_bent_key_changes);
    tcase_add_test(tcase, minor_lowers_third_sixth_and_seventh_and_nothing_else);
    tcase_add_test(tcase, tempo_register_level_and_length_follow_the_row);
    tcase_add_test(tcase, rubato_keeps_the_order_of_the_notes);
    tcase_add_test(tcase, the_presets_are_those_that_are_named);
    tcase_add_test(tcase, a_judge_hears_real_pieces_move_as_they_were_bent);
    suite_add_tcase(suite, tcase);
    return suite;
}
