/* Songs with people's ratings: what their tables mean, and which rows are left out. */
#include "datasets/corpus/mood_table.h"

#include "tests/support/music_folder.h"
#include "tests/support/scratch.h"
#include "tests/support/text.h"
#include "tests/support/wav.h"

#include <check.h>
#include <sys/stat.h>

static int read_table(MoodTables *tables, const char *text, Error *error) {
    return mood_tables_read(tables, scratch_write("table.csv", text), true, error);
}

/* From 1 … 9, their middle 5, to -1 … 1, spread by MOOD_RATING_GAIN and cut off. */
START_TEST(ratings_from_one_to_nine_are_spread_over_the_plane) {
    MoodTables tables = {0};
    Error error;
    int status = read_table(&tables,
                            "song_id,rms,MFCC,valence_mean,arousal_mean\n"
                            "1,0.5,-100,5,6\n2,0.25,-50,2,9\n",
                            &error);
    ck_assert_msg(status == 0, "%s", error.message);
    ck_assert_int_eq(tables.sound.n, 2);
    ck_assert_int_eq(tables.sound.inputs, 2);
    ck_assert_int_eq(tables.sound.features[1], audio_feature_by_name("mfcc_0"));
    static const float moods[] = {0, 0.5F, -1, 1}, features[] = {0.5F, -100, 0.25F, -50};
    for (int i = 0; i < 4; i++) {
        ck_assert_float_eq_tol(tables.sound.y[i], moods[i], 1e-6F);
        ck_assert_float_eq(tables.sound.x[i], features[i]);
    }
    mood_tables_free(&tables);
}
END_TEST

START_TEST(rows_without_a_mood_or_a_feature_are_counted_and_left_out) {
    MoodTables tables = {0};
    Error error;
    int status = read_table(
        &tables, "rms,valence,arousal\n0.1,0.5,-0.5\n0.2,,0\n,0,0\n0.3,1.5,0\nx,0,0\n", &error);
    ck_assert_msg(status == 0, "%s", error.message);
    ck_assert_int_eq(tables.sound.n, 1);
    ck_assert_int_eq((int)tables.passed_over, 4);
    ck_assert_float_eq(tables.sound.y[0], 0.5F);
    ck_assert_float_eq(tables.sound.y[1], -0.5F);
    mood_tables_free(&tables);
}
END_TEST

START_TEST(tables_that_do_not_go_together_are_refused) {
    MoodTables tables = {0};
    Error error;
    ck_assert_int_eq(read_table(&tables, "rms,valence,arousal\n0.1,0.5,-0.5\n", &error), 0);
    ck_assert_int_eq(read_table(&tables, "centroid,valence,arousal\n900,0,0\n", &error), -1);
    assert_contains(error.message, "columns differ");
    ck_assert_int_eq(read_table(&tables, "rms,mood\n0.1,0.5\n", &error), -1);
    assert_contains(error.message, "no columns valence and arousal");
    mood_tables_free(&tables);
}
END_TEST

/* From the table's folder, or where a whole path says. */
START_TEST(files_are_found_and_why_none_can_be_used_is_told) {
    MoodTables tables = {0};
    Error error;
    ck_assert_int_eq(mkdir(scratch_path("songs"), 0700), 0);
    wav_write_tone("songs/near.wav", 3, 440, 2);
    const char *far = wav_write_tone("far.wav", 3, 330, 2);
    const char *table = scratch_write("songs/table.csv",
                                      text_format("file,valence,arousal\nnear.wav,0.5,0\n%s,0,0.5\n"
                                                  "gone.wav,0,0\n",
                                                  far));
    int status = mood_tables_read(&tables, table, true, &error);
    ck_assert_msg(!status, "%s", error.message);
    ck_assert_int_eq(tables.sound.n, 2);
    ck_assert_int_eq((int)tables.passed_over, 1);
    table = scratch_write("songs/none.csv", "file,valence,arousal\ngone.wav,0.5,0\n");
    ck_assert_int_eq(mood_tables_read(&tables, table, true, &error), -1);
    assert_contains(error.message, "no row can be used; the first: ");
    assert_contains(error.message, "songs/gone.wav");
    mood_tables_free(&tables);
}
END_TEST

START_TEST(pieces_get_the_mood_of_the_labels_beside_them) {
    for (int i = 0; i < 3; i++)
        music_folder_add(text_format("%c.mid", 'a' + i), 16, i);
    music_folder_write("labels.csv", "file,valence,arousal\na.mid,0.5,-1\nb.mid,,\nc.mid,0,0.25\n");
    MoodTables tables = {0};
    Error error;
    ck_assert_int_eq(mood_tables_read(&tables, music_folder(), true, &error), 0);
    ck_assert_int_eq(tables.notes.n, 2);
    ck_assert_int_eq(tables.notes.inputs, MUSIC_FEATURES);
    static const float moods[] = {0.5F, -1, 0, 0.25F};
    for (int i = 0; i < 4; i++)
        ck_assert_float_eq(tables.notes.y[i], moods[i]);
    mood_tables_free(&tables);
}
END_TEST

/* Estimates 2 r and r - 1 of ratings r: both correlate fully; half of the second's signs are
 * right. */
START_TEST(scores_are_those_worked_by_hand) {
    static const float ratings[] = {-0.5F, -0.5F, 0.5F, 0.5F}, estimates[] = {-1, -1.5F, 1, -0.5F};
    MoodScore scores[MOOD_AXES];
    mood_score(estimates, ratings, 2, scores);
    ck_assert_double_eq_tol(scores[0].correlation, 1, 1e-6);
    ck_assert_double_eq_tol(scores[1].correlation, 1, 1e-6);
    ck_assert_double_eq_tol(scores[0].deviation, 0.5, 1e-6);
    ck_assert_double_eq_tol(scores[1].deviation, 1, 1e-6);
    ck_assert_double_eq_tol(scores[0].sign, 1, 1e-6);
    ck_assert_double_eq_tol(scores[1].sign, 0.5, 1e-6);
}
END_TEST

Suite *mood_table_suite(void) {
    Suite *suite = suite_create("mood_table");
    TCase *tcase = tcase_create("mood_table");
    tcase_add_checked_fixture(tcase, scratch_create, scratch_remove);
    tcase_add_test(tcase, ratings_from_one_to_nine_are_spread_over_the_plane);
    tcase_add_test(tcase, rows_without_a_mood_or_a_feature_are_counted_and_left_out);
    tcase_add_test(tcase, tables_that_do_not_go_together_are_refused);
    tcase_add_test(tcase, files_are_found_and_why_none_can_be_used_is_told);
    tcase_add_test(tcase, pieces_get_the_mood_of_the_labels_beside_them);
    tcase_add_test(tcase, scores_are_those_worked_by_hand);
    suite_add_tcase(suite, tcase);
    return suite;
}
