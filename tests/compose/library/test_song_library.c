#include "compose/library/library.h"

#include "compose/library/feedback.h"
#include "compose/library/transfer.h"
#include "nn/io/file.h"
#include "tests/support/files.h"
#include "tests/support/music_folder.h"
#include "tests/support/scratch.h"
#include "tests/support/song_library.h"
#include "tests/support/text.h"

#include <stdlib.h>
#include <unistd.h>

static LibrarySongs songs_of(Library *library) {
    Error error;
    LibrarySongs songs;
    ck_assert_msg(!library_songs(library, &songs, &error), "%s", error.message);
    return songs;
}

START_TEST(a_song_has_the_mood_of_its_folder_before_the_estimate) {
    music_folder_add("happy/tamil/a.mid", 60, 0);
    music_folder_add("other/b.mid", 60, 3);
    Library *library = song_library_open();
    ScanReport report = song_library_add(library);
    ck_assert_int_eq(report.songs, 2);
    LibrarySongs songs = songs_of(library);
    ck_assert_int_eq(songs.list[0].origin, ORIGIN_FOLDER);
    ck_assert_float_gt(songs.list[0].mood.valence, 0.9f);
    ck_assert_str_eq(songs.list[0].language, "ta");
    ck_assert_int_eq(songs.list[1].origin, ORIGIN_ESTIMATE);
    ck_assert_float_gt(songs.list[1].mood.valence_deviation, 0.3f);
    ck_assert_str_eq(songs.list[1].language, "");
    library_songs_free(&songs);
    library_close(library);
}
END_TEST

START_TEST(the_users_word_counts_first_and_can_be_taken_back) {
    music_folder_add("happy/a.mid", 60, 0);
    Library *library = song_library_open();
    song_library_add(library);
    LibrarySongs songs = songs_of(library);
    int64_t id = songs.list[0].id;
    library_songs_free(&songs);
    ck_assert_int_eq(
        library_set_mood(library, id, ORIGIN_IMPORT, (MoodEstimate){0, 0, 0.2f, 0.2f}, NULL), 0);
    ck_assert_int_eq(
        library_set_mood(library, id, ORIGIN_USER, (MoodEstimate){-1, -1, 0.1f, 0.1f}, NULL), 0);
    songs = songs_of(library);
    ck_assert_int_eq(songs.list[0].origin, ORIGIN_USER);
    ck_assert_float_eq(songs.list[0].mood.valence, -1);
    library_songs_free(&songs);
    ck_assert_int_eq(library_forget_mood(library, id, ORIGIN_USER, NULL), 0);
    songs = songs_of(library);
    ck_assert_int_eq(songs.list[0].origin, ORIGIN_IMPORT);
    library_songs_free(&songs);
    library_close(library);
}
END_TEST

START_TEST(what_is_exported_can_be_imported_elsewhere) {
    music_folder_add("one, \"two\"/a.mid", 60, 0);
    music_folder_add("b.mid", 60, 5);
    Library *library = song_library_open();
    song_library_add(library);
    int count, unknown;
    const char *csv = scratch_path("moods.csv");
    Error error;
    ck_assert_msg(!library_export(library, csv, &count, &error), "%s", error.message);
    ck_assert_int_eq(count, 2);
    LibrarySongs before = songs_of(library);
    ck_assert_msg(!library_import(library, csv, &count, &unknown, &error), "%s", error.message);
    ck_assert_int_eq(count, 0); /* it says what counts already */
    ck_assert_int_eq(database_run(library_database(library), "DELETE FROM moods", NULL), 0);
    ck_assert_msg(!library_import(library, csv, &count, &unknown, &error), "%s", error.message);
    ck_assert_int_eq(count, 2);
    ck_assert_int_eq(unknown, 0);
    LibrarySongs after = songs_of(library);
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(after.list[i].origin, ORIGIN_IMPORT);
        ck_assert_float_eq_tol(after.list[i].mood.valence, before.list[i].mood.valence, 1e-3f);
    }
    library_songs_free(&before);
    library_songs_free(&after);
    library_close(library);
}
END_TEST

START_TEST(an_import_finds_songs_by_the_end_of_their_path_unless_two_have_it) {
    music_folder_add("one/a.mid", 60, 0);
    music_folder_add("one/xb.mid", 60, 2);
    music_folder_add("two/a.mid", 60, 5);
    music_folder_add("two/b.mid", 60, 9);
    Library *library = song_library_open();
    song_library_add(library);
    const char *csv = scratch_write("elsewhere.csv", "file,valence,arousal\n"
                                                     "a.mid,0.1,0.5\n"
                                                     "two/a.mid,0.2,0.5\n"
                                                     "b.mid,0.3,0.5\n"
                                                     "wo/b.mid,0.4,0.5\n"
                                                     ",0.6,0.5\n");
    int count, unknown;
    Error error;
    ck_assert_msg(!library_import(library, csv, &count, &unknown, &error), "%s", error.message);
    ck_assert_int_eq(count, 2);
    ck_assert_int_eq(unknown, 3);
    LibrarySongs songs = songs_of(library);
    const Origin origins[] = {ORIGIN_ESTIMATE, ORIGIN_ESTIMATE, ORIGIN_IMPORT, ORIGIN_IMPORT};
    for (int i = 0; i < 4; i++)
        ck_assert_int_eq(songs.list[i].origin, origins[i]);
    ck_assert_float_eq_tol(songs.list[2].mood.valence, 0.2f, 1e-6f);
    ck_assert_float_eq_tol(songs.list[3].mood.valence, 0.3f, 1e-6f);
    library_songs_free(&songs);
    library_close(library);
}
END_TEST

START_TEST(nothing_is_imported_into_an_empty_library) {
    Library *library = song_library_open();
    const char *csv = scratch_write("moods.csv", "file,valence,arousal\na.mid,0.1,0.5\n");
    int count, unknown;
    Error error;
    ck_assert_msg(!library_import(library, csv, &count, &unknown, &error), "%s", error.message);
    ck_assert_int_eq(count, 0);
    ck_assert_int_eq(unknown, 1);
    library_close(library);
}
END_TEST

START_TEST(an_import_counts_the_songs_that_it_changes) {
    music_folder_add("a.mid", 60, 0);
    music_folder_add("b.mid", 60, 5);
    Library *library = song_library_open();
    song_library_add(library);
    const char *csv = scratch_write("moods.csv", "file,valence,arousal,language\n"
                                                 "a.mid,0.1,0.5,\n"
                                                 "a.mid,0.2,0.5,ta\n"
                                                 "b.mid,,,\n");
    int count, unknown;
    Error error;
    ck_assert_msg(!library_import(library, csv, &count, &unknown, &error), "%s", error.message);
    ck_assert_int_eq(count, 1);
    LibrarySongs songs = songs_of(library);
    ck_assert_float_eq_tol(songs.list[0].mood.valence, 0.2f, 1e-6f);
    ck_assert_str_eq(songs.list[0].language, "ta");
    ck_assert_int_eq(songs.list[1].origin, ORIGIN_ESTIMATE);
    library_songs_free(&songs);
    csv = scratch_write("half.csv", "file,valence,arousal\nb.mid,0.1,\n");
    ck_assert_int_eq(library_import(library, csv, &count, &unknown, &error), -1);
    assert_contains(error.message, "half.csv:2: only one of valence and arousal");
    library_close(library);
}
END_TEST

START_TEST(an_import_out_of_range_changes_nothing) {
    music_folder_add("a.mid", 60, 0);
    music_folder_add("b.mid", 60, 5);
    Library *library = song_library_open();
    song_library_add(library);
    const char *csv =
        scratch_write("moods.csv", "file,valence,arousal\na.mid,0.5,0.5\nb.mid,3,0\n");
    int count, unknown;
    Error error;
    ck_assert_int_eq(library_import(library, csv, &count, &unknown, &error), -1);
    assert_contains(error.message, "moods.csv:3: valence '3', expected -1 … 1");
    LibrarySongs songs = songs_of(library);
    ck_assert_int_eq(songs.list[0].origin, ORIGIN_ESTIMATE);
    library_songs_free(&songs);
    library_close(library);
}
END_TEST

START_TEST(removing_a_folder_forgets_its_songs_and_no_others) {
    music_folder_add("one/a.mid", 60, 0);
    music_folder_add("one more/b.mid", 60, 5);
    Library *library = song_library_open();
    song_library_add(library);
    ck_assert_int_eq(library_remove(library, scratch_path("music/one"), NULL), 1);
    LibrarySongs songs = songs_of(library);
    ck_assert_int_eq(songs.count, 1);
    assert_contains(songs.list[0].path, "one more/b.mid");
    library_songs_free(&songs);
    library_close(library);
}
END_TEST

START_TEST(an_empty_name_is_nothing_and_not_everything) {
    music_folder_add("one/a.mid", 60, 0);
    Library *library = song_library_open();
    song_library_add(library);
    Error error;
    int count;
    ck_assert_int_eq(library_remove(library, "", &error), -1);
    assert_contains(error.message, "an empty name");
    LibrarySongs songs = songs_of(library);
    ck_assert_int_eq(songs.count, 1);
    ck_assert_ptr_null(library_find(&songs, "", &count, &error));
    assert_contains(error.message, "an empty name");
    library_songs_free(&songs);
    library_close(library);
    ck_assert_ptr_null(library_open("", &error));
    assert_contains(error.message, "an empty name");
}
END_TEST

START_TEST(removing_everything_forgets_the_folders_too) {
    music_folder_add("one/a.mid", 60, 0);
    Library *library = song_library_open();
    song_library_add(library);
    ck_assert_int_eq(library_remove(library, "/", NULL), 1);
    ck_assert_int_eq(song_library_scan(library).songs, 0);
    library_close(library);
}
END_TEST

START_TEST(songs_behind_links_are_found_imported_and_removed) {
    music_folder_add("x.mid", 60, 0);
    ck_assert_int_eq(directory_create(scratch_path("far"), NULL), 0);
    ck_assert_int_eq(rename(scratch_path("music/x.mid"), scratch_path("far/x.mid")), 0);
    ck_assert_int_eq(symlink(scratch_path("far"), scratch_path("music/link")), 0);
    Library *library = song_library_open();
    song_library_add(library);
    LibrarySongs songs = songs_of(library);
    static const char *const names[] = {"music/link/x.mid", "music/link", "far/x.mid", "far"};
    Error error;
    int count, unknown;
    for (int i = 0; i < 4; i++) {
        int *found = library_find(&songs, scratch_path(names[i]), &count, &error);
        ck_assert_msg(found && count == 1, "%s: %s", names[i], error.message);
        free(found);
    }
    library_songs_free(&songs);
    const char *csv = scratch_path("moods.csv");
    ck_assert_int_eq(library_export(library, csv, &count, &error), 0);
    ck_assert_int_eq(library_import(library, csv, &count, &unknown, &error), 0);
    ck_assert_int_eq(unknown, 0);
    ck_assert_int_eq(library_remove(library, scratch_path("music/link"), &error), 1);
    library_close(library);
}
END_TEST

START_TEST(removing_what_is_not_there_fails) {
    music_folder_add("one/a.mid", 60, 0);
    Library *library = song_library_open();
    song_library_add(library);
    Error error;
    const char *empty = scratch_path("empty");
    ck_assert_int_eq(directory_create(empty, NULL), 0);
    ck_assert_int_eq(library_add_folder(library, empty, NULL), 0);
    ck_assert_int_eq(library_remove(library, empty, NULL), 0);
    ck_assert_int_eq(library_remove(library, empty, &error), -1);
    assert_contains(error.message, "the library has nothing at /");
    LibrarySongs songs = songs_of(library);
    ck_assert_int_eq(songs.count, 1);
    library_songs_free(&songs);
    library_close(library);
}
END_TEST

START_TEST(a_mood_of_unknown_origin_does_not_count) {
    music_folder_add("happy/a.mid", 60, 0);
    Library *library = song_library_open();
    song_library_add(library);
    for (int origin = -1; origin <= ORIGINS; origin += ORIGINS + 1)
        ck_assert_int_eq(
            database_run(
                library_database(library),
                text_format("INSERT INTO moods SELECT id, %d, -1, -1, 0, 0 FROM songs", origin),
                NULL),
            0);
    LibrarySongs songs = songs_of(library);
    ck_assert_int_eq(songs.list[0].origin, ORIGIN_FOLDER);
    ck_assert_float_gt(songs.list[0].mood.valence, 0.9f);
    library_songs_free(&songs);
    ck_assert_int_eq(
        database_run(library_database(library), "UPDATE moods SET origin = origin + 50", NULL), 0);
    songs = songs_of(library);
    ck_assert(!songs.list[0].has_mood);
    library_songs_free(&songs);
    library_close(library);
}
END_TEST

START_TEST(songs_are_found_by_path_folder_and_number) {
    music_folder_add("x/a.mid", 60, 0);
    music_folder_add("x/b.mid", 60, 5);
    Library *library = song_library_open();
    song_library_add(library);
    LibrarySongs songs = songs_of(library);
    Error error;
    int count;
    int *found = library_find(&songs, scratch_path("music/x"), &count, &error);
    ck_assert_int_eq(count, 2);
    free(found);
    found = library_find(&songs, text_format("#%d", (int)songs.list[1].id), &count, &error);
    ck_assert_int_eq(count, 1);
    ck_assert_int_eq(found[0], 1);
    free(found);
    ck_assert_ptr_null(library_find(&songs, "nothing", &count, &error));
    assert_contains(error.message, "the library has no song nothing");
    library_songs_free(&songs);
    library_close(library);
}
END_TEST

/* ------------------------------------------------------------------ the file itself */

static void assert_refused(const char *path, const char *part) {
    Error error;
    Library *library = library_open(path, &error);
    ck_assert_ptr_null(library);
    assert_contains(error.message, part);
}

START_TEST(a_file_that_is_no_database_is_refused) {
    assert_refused(scratch_write("library.db", "this is no database, but a text that is long "
                                               "enough to have been one, had it wished to be; "
                                               "the header alone takes a hundred bytes"),
                   "is not a library of songs");
}
END_TEST

START_TEST(a_library_of_a_later_version_is_refused) {
    Library *library = song_library_open();
    ck_assert_int_eq(database_run(library_database(library), "PRAGMA user_version = 99", NULL), 0);
    library_close(library);
    assert_refused(scratch_path("library.db"), "was written by a later Affekt (version 99");
}
END_TEST

START_TEST(another_programs_database_is_left_alone) {
    const char *path = scratch_path("library.db");
    for (int i = 0; i < 2; i++) { /* with an id, and with none */
        Library *library = song_library_open();
        const char *sql =
            text_format("PRAGMA journal_mode = DELETE; PRAGMA application_id = %d", i ? 0 : 7);
        ck_assert_int_eq(database_run(library_database(library), sql, NULL), 0);
        library_close(library);
        size_t size, size_after;
        unsigned char *before = file_bytes(path, &size);
        assert_refused(path, "is another program's database");
        unsigned char *after = file_bytes(path, &size_after);
        ck_assert_uint_eq(size_after, size);
        ck_assert_mem_eq(after, before, size);
        free(before);
        free(after);
        ck_assert_int_eq(unlink(path), 0);
    }
}
END_TEST

START_TEST(a_library_cut_short_is_reported_as_damaged) {
    for (int i = 0; i < 20; i++)
        music_folder_add(text_format("%d.mid", i), 40, i % 12);
    Library *library = song_library_open();
    song_library_add(library);
    library_close(library);
    const char *path = scratch_path("library.db");
    size_t size;
    free(file_bytes(path, &size));
    ck_assert_int_eq(truncate(path, (off_t)(size / 2)), 0);
    Error error;
    library = library_open(path, &error);
    LibrarySongs songs;
    int status = library ? library_songs(library, &songs, &error) : -1;
    ck_assert_int_eq(status, -1);
    assert_contains(error.message, "the library is damaged");
    library_close(library);
}
END_TEST

START_TEST(a_library_is_read_while_another_program_writes) {
    music_folder_add("a.mid", 60, 0);
    Library *writer = song_library_open();
    song_library_add(writer);
    ck_assert_int_eq(database_run(library_database(writer), "BEGIN IMMEDIATE", NULL), 0);
    Library *reader = song_library_open();
    LibrarySongs songs = songs_of(reader);
    ck_assert_int_eq(songs.count, 1);
    ck_assert_int_eq(database_run(library_database(writer), "ROLLBACK", NULL), 0);
    library_songs_free(&songs);
    library_close(reader);
    library_close(writer);
}
END_TEST

START_TEST(a_song_that_is_removed_leaves_its_plays_to_no_other) {
    music_folder_add("one/a.mid", 60, 0);
    Library *library = song_library_open();
    song_library_add(library);
    LibrarySongs songs = songs_of(library);
    int64_t id = songs.list[0].id;
    ck_assert_int_eq(feedback_played(library, &songs.list[0], 1234, NULL), 0);
    library_songs_free(&songs);
    songs = songs_of(library);
    ck_assert_double_eq(songs.list[0].last_played, 1234);
    library_songs_free(&songs);
    ck_assert_int_eq(library_remove(library, text_format("%s/", scratch_path("music")), NULL), 1);
    music_folder_add("one/a.mid", 90, 5);
    song_library_add(library);
    songs = songs_of(library);
    ck_assert_int_eq(songs.list[0].id, id);
    ck_assert_double_eq(songs.list[0].last_played, 0);
    library_songs_free(&songs);
    library_close(library);
}
END_TEST

START_TEST(two_programs_write_one_library) {
    music_folder_add("a.mid", 60, 0);
    Library *one = song_library_open(), *other = song_library_open();
    song_library_add(one);
    LibrarySongs songs = songs_of(other);
    ck_assert_int_eq(songs.count, 1);
    MoodEstimate mood = {0.5f, 0.5f, 0.1f, 0.1f};
    ck_assert_int_eq(library_set_mood(other, songs.list[0].id, ORIGIN_USER, mood, NULL), 0);
    ck_assert_int_eq(library_set_language(one, songs.list[0].id, ORIGIN_USER, "hi", NULL), 0);
    library_songs_free(&songs);
    songs = songs_of(one);
    ck_assert_int_eq(songs.list[0].origin, ORIGIN_USER);
    ck_assert_str_eq(songs.list[0].language, "hi");
    library_songs_free(&songs);
    library_close(one);
    library_close(other);
}
END_TEST

Suite *song_library_suite(void) {
    Suite *suite = suite_create("song_library");
    TCase *tcase = tcase_create("library");
    tcase_add_checked_fixture(tcase, scratch_create, scratch_remove);
    tcase_add_test(tcase, a_song_has_the_mood_of_its_folder_before_the_estimate);
    tcase_add_test(tcase, the_users_word_counts_first_and_can_be_taken_back);
    tcase_add_test(tcase, what_is_exported_can_be_imported_elsewhere);
    tcase_add_test(tcase, an_import_finds_songs_by_the_end_of_their_path_unless_two_have_it);
    tcase_add_test(tcase, nothing_is_imported_into_an_empty_library);
    tcase_add_test(tcase, an_import_counts_the_songs_that_it_changes);
    tcase_add_test(tcase, an_import_out_of_range_changes_nothing);
    tcase_add_test(tcase, removing_a_folder_forgets_its_songs_and_no_others);
    tcase_add_test(tcase, an_empty_name_is_nothing_and_not_everything);
    tcase_add_test(tcase, removing_everything_forgets_the_folders_too);
    tcase_add_test(tcase, songs_behind_links_are_found_imported_and_removed);
    tcase_add_test(tcase, removing_what_is_not_there_fails);
    tcase_add_test(tcase, a_mood_of_unknown_origin_does_not_count);
    tcase_add_test(tcase, songs_are_found_by_path_folder_and_number);
    tcase_add_test(tcase, a_file_that_is_no_database_is_refused);
    tcase_add_test(tcase, a_library_of_a_later_version_is_refused);
    tcase_add_test(tcase, another_programs_database_is_left_alone);
    tcase_add_test(tcase, a_library_cut_short_is_reported_as_damaged);
    tcase_add_test(tcase, a_library_is_read_while_another_program_writes);
    tcase_add_test(tcase, a_song_that_is_removed_leaves_its_plays_to_no_other);
    tcase_add_test(tcase, two_programs_write_one_library);
    suite_add_tcase(suite, tcase);
    return suite;
}
