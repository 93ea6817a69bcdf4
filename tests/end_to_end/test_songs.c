/* `affekt library`, `playlist`, `feedback` and `bend` as a user types them, one after the other on
 * the same songs. */
#include "compose/library/library.h"
#include "nn/io/file.h"
#include "tests/support/files.h"
#include "tests/support/midi_bytes.h"
#include "tests/support/music_folder.h"
#include "tests/support/program.h"
#include "tests/support/scratch.h"

#include <check.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char *library;

static Program run(const char *const words[]) {
    const char *all[32];
    int n = 0;
    while (words[n] && n < 29) {
        all[n] = words[n];
        n++;
    }
    all[n++] = "--library";
    all[n++] = library;
    all[n] = NULL;
    return program_run(all);
}

#define songs(...) run((const char *const[]){__VA_ARGS__, NULL})

/* Runs, asserts that it ends well, and returns what it prints, valid until the next. */
#define printed(...) output_of(songs(__VA_ARGS__))
static const char *output_of(Program program) {
    static char *text;
    program_assert(&program, EXIT_DONE);
    free(text);
    text = strdup(program.output);
    program_free(&program);
    return text;
}

static const char *song(const char *name) {
    return scratch_path(text_format("music/%s", name));
}

static void set_up(void) {
    static const char *const names[] = {"happy/a.mid", "happy/b.mid", "sad/tamil/c.mid",
                                        "sad/tamil/d.mid"};
    scratch_create();
    library = scratch_path("songs.db");
    for (int i = 0; i < 4; i++)
        music_folder_add(names[i], 20 + i, i);
    music_folder_write("broken.mid", "no notes");
    Program added = songs("library", "add", music_folder());
    program_assert(&added, EXIT_DONE);
    assert_contains(added.diagnostics, "1 file cannot be used; the first: ");
    assert_contains(added.diagnostics, "broken.mid: byte 0: not a MIDI file");
    program_free(&added);
}

/* What `library list --json` says of the song. */
static json_t *listed(const char *name) {
    json_t *list = json_loads(printed("library", "list", "--json", song(name)), 0, NULL);
    ck_assert_int_eq((int)json_array_size(list), 1);
    json_t *only = json_incref(json_array_get(list, 0));
    json_decref(list);
    return only;
}

static void assert_mood(const char *name, double valence, double arousal, const char *origin) {
    json_t *of = listed(name);
    ck_assert_double_eq_tol(json_number_value(json_object_get(of, "valence")), valence, 1e-5);
    ck_assert_double_eq_tol(json_number_value(json_object_get(of, "arousal")), arousal, 1e-5);
    ck_assert_str_eq(json_string_value(json_object_get(of, "origin")), origin);
    json_decref(of);
}

START_TEST(songs_are_listed_with_what_their_folders_say) {
    const char *list = printed("library", "list");
    assert_contains(list, "folder");
    assert_contains(list, "ta  c.mid");
    assert_lacks(list, "broken");
    list = printed("library", "list", "--language", "Tamil");
    assert_contains(list, "d.mid");
    assert_lacks(list, "a.mid");
    Program wrong = songs("library", "list", "--language", "Elvish");
    program_assert(&wrong, EXIT_USAGE);
    assert_contains(wrong.diagnostics, "'Elvish' is not the code or name of a language");
    program_free(&wrong);
    assert_contains(printed("library", "list", "--failed"),
                    "broken.mid: byte 0: not a MIDI file: this is a text");
    assert_contains(printed("library", "show", song("happy/a.mid")), "estimate");
}
END_TEST

START_TEST(your_own_word_counts_before_the_folder_until_forgotten) {
    printed("library", "set", song("happy/a.mid"), "--valence", "0.5", "--arousal", "-0.25",
            "--language", "hi");
    assert_mood("happy/a.mid", 0.5, -0.25, "user");
    printed("library", "set", "--forget", song("happy/a.mid"));
    json_t *of = listed("happy/a.mid");
    ck_assert_str_eq(json_string_value(json_object_get(of, "origin")), "folder");
    json_decref(of);
    Program wrong = songs("library", "set", song("happy/a.mid"), "--valence", "0.5");
    program_assert(&wrong, EXIT_USAGE);
    program_free(&wrong);
    wrong = songs("library", "set", "#77", "--emotion", "sad");
    program_assert(&wrong, EXIT_FAILED);
    assert_contains(wrong.diagnostics, "no song #77");
    program_free(&wrong);
}
END_TEST

START_TEST(a_table_gives_moods_and_comes_back) {
    const char *table = scratch_write(
        "moods.csv", text_format("file,valence,arousal\n%s,-0.75,0.5\n", song("happy/b.mid")));
    assert_contains(printed("library", "import", table), "1 song imported");
    assert_mood("happy/b.mid", -0.75, 0.5, "import");
    const char *copy = scratch_path("copy.csv");
    assert_contains(printed("library", "export", "-o", copy), "4 songs exported");
    char *text = (char *)file_bytes(copy, NULL);
    assert_contains(text, "file,valence,arousal,");
    assert_contains(text, "happy/b.mid,-0.75,0.5,");
    free(text);
}
END_TEST

START_TEST(moved_songs_are_found_again_and_lost_ones_kept) {
    ck_assert_int_eq(rename(song("happy/b.mid"), song("happy/moved.mid")), 0);
    remove(song("sad/tamil/d.mid"));
    assert_contains(printed("library", "scan"), "0 read now, 1 moved");
    assert_contains(printed("library", "list", "--gone"), "(gone) d.mid");
    assert_contains(printed("library", "list"), "moved.mid");
    assert_contains(printed("library", "remove", song("sad")), "2 songs removed");
    assert_lacks(printed("library", "list"), "c.mid");
}
END_TEST

START_TEST(a_mood_of_unknown_origin_is_not_shown) {
    Error error;
    Library *opened = library_open(library, &error);
    ck_assert_msg(opened != NULL, "%s", error.message);
    ck_assert_int_eq(database_run(library_database(opened),
                                  "INSERT INTO moods SELECT id, 5, 0, 0, 0, 0 FROM songs", &error),
                     0);
    library_close(opened);
    const char *shown = printed("library", "show", "--json", song("happy/a.mid"));
    assert_contains(shown, "\"origin\": \"estimate\"");
    assert_lacks(shown, "\"origin\": \"user\"");
}
END_TEST

START_TEST(a_library_that_is_not_there_is_not_made_by_looking) {
    static const char *const words[][4] = {
        {"library", "list"},        {"library", "show"},           {"library", "scan"},
        {"library", "remove", "x"}, {"playlist", "--emotion=sad"}, {"feedback", "show"},
        {"play", "--emotion=sad"}};
    char option[4096];
    snprintf(option, sizeof option, "--library=%s", scratch_path("mistyped.db"));
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        const char *all[6] = {words[i][0], words[i][1], option, words[i][2]};
        Program program = program_run(all);
        program_assert(&program, EXIT_FAILED);
        assert_contains(program.diagnostics, "there is no library");
        program_free(&program);
    }
    ck_assert(!file_exists(scratch_path("mistyped.db")));
    Program program = affekt("library", "add", scratch_write("notes.txt", "no music"));
    program_assert(&program, EXIT_FAILED);
    assert_contains(program.diagnostics, "notes.txt: neither a folder nor");
    program_free(&program);
}
END_TEST

START_TEST(removing_what_is_not_there_fails) {
    Program wrong = songs("library", "remove", song("elsewhere"));
    program_assert(&wrong, EXIT_FAILED);
    assert_contains(wrong.diagnostics, "the library has nothing at ");
    assert_contains(wrong.diagnostics, "music/elsewhere");
    program_free(&wrong);
    assert_contains(printed("library", "list"), "a.mid");
}
END_TEST

/* A library of another name, without songs. */
static void use_empty_library(const char *name) {
    library = scratch_path(name);
    ck_assert_int_eq(directory_create(scratch_path("nothing"), NULL), 0);
    assert_contains(printed("library", "add", scratch_path("nothing")), "0 songs");
}

START_TEST(an_empty_library_says_how_to_fill_it) {
    use_empty_library("empty.db");
    for (int json = 0; json < 2; json++) {
        Program program = songs("library", "list", json ? "--json" : NULL);
        program_assert(&program, EXIT_DONE);
        ck_assert_str_eq(program.output, json ? "[]\n" : "");
        if (json)
            ck_assert_str_eq(program.diagnostics, "");
        else
            assert_contains(program.diagnostics, "it is empty ('affekt library add FOLDER')");
        program_free(&program);
    }
}
END_TEST

START_TEST(a_library_whose_path_is_not_utf8_is_shown) {
    use_empty_library("caf\xe9.db");
    json_t *shown = json_loads(printed("library", "show", "--json"), 0, NULL);
    ck_assert_ptr_nonnull(shown);
    assert_contains(json_string_value(json_object_get(shown, "library")), "caf\xef\xbf\xbd.db");
    json_decref(shown);
}
END_TEST

START_TEST(a_playlist_is_written_in_each_format) {
    static const char *const names[] = {"list.m3u8", "list.m3u", "list.xspf", "list.jspf"};
    for (int i = 0; i < 4; i++) {
        const char *list = scratch_path(names[i]);
        assert_contains(printed("playlist", "--emotion", "happy", "--minutes", "1", "-o", list),
                        ": happy, ");
        char *text = (char *)file_bytes(list, NULL);
        assert_contains(text, "happy/a.mid");
        free(text);
    }
    const char *json = printed("playlist", "--emotion", "sad", "--minutes", "1", "-o",
                               scratch_path("list.m3u8"), "--json");
    json_t *list = json_loads(json, 0, NULL);
    ck_assert_msg(list != NULL, "%s", json);
    json_decref(list);
    const char *words = printed("playlist", "--emotion", "sad", "--minutes", "1", "--language",
                                "ta", "--strict", "-o", scratch_path("ta.m3u8"), "--explain");
    assert_contains(words, "by its folder");
    assert_lacks(words, "a.mid");
}
END_TEST

START_TEST(all_emotions_get_a_list_each) {
    printed("playlist", "--emotion", "all", "--minutes", "1", "-o", scratch_path("lists"));
    static const char *const names[] = {"angry", "disgust",  "fear",   "happy",
                                        "sad",   "surprise", "neutral"};
    for (int i = 0; i < 7; i++)
        ck_assert(file_exists(scratch_path(text_format("lists/%s.m3u8", names[i]))));
}
END_TEST

START_TEST(a_wrong_playlist_is_told_before_it_is_made) {
    static const char *const wrong[][5] = {{"--emotion", "happy", "-o", "list.txt"},
                                           {"--emotion", "hapy", "-o", "list.m3u8"},
                                           {"--valence", "1", "-o", "list.m3u8"}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        Program program =
            songs("playlist", wrong[i][0], wrong[i][1], wrong[i][2], scratch_path(wrong[i][3]));
        program_assert(&program, EXIT_USAGE);
        program_free(&program);
    }
    Program none = songs("playlist", "--emotion", "sad", "--language", "hi", "--strict", "-o",
                         scratch_path("none.m3u8"));
    program_assert(&none, EXIT_FAILED);
    assert_contains(none.diagnostics, "no song in the library matches");
    program_free(&none);
}
END_TEST

START_TEST(feedback_is_kept_taken_back_and_carried_over) {
    assert_contains(
        printed("feedback", "give", "too-sad", song("sad/tamil/c.mid"), "--emotion", "neutral"),
        "1 event saved");
    assert_contains(printed("feedback", "give", "like", song("happy/a.mid"), song("happy/b.mid")),
                    "2 events saved");
    assert_contains(printed("feedback", "show"), "3 verdicts\n");
    char *before = strdup(printed("feedback", "show", "--json"));
    const char *table = scratch_path("feedback.csv");
    assert_contains(printed("feedback", "export", "-o", table), "3 events exported");
    printed("feedback", "undo");
    assert_contains(printed("feedback", "show"), "2 verdicts\n");
    printed("feedback", "reset");
    assert_contains(printed("feedback", "show"), "0 verdicts\n");
    assert_contains(printed("feedback", "import", table), "3 events imported");
    ck_assert_str_eq(printed("feedback", "show", "--json"), before);
    free(before);
    Program wrong = songs("feedback", "give", "too-odd", song("happy/a.mid"));
    program_assert(&wrong, EXIT_USAGE);
    program_free(&wrong);
}
END_TEST

START_TEST(an_export_does_not_take_the_place_of_the_users_own_library) {
    const char *own = scratch_path("affekt/library.db");
    ck_assert_int_eq(setenv("XDG_DATA_HOME", scratch_path(""), 1), 0);
    ck_assert_int_eq(mkdir(scratch_path("affekt"), 0777), 0);
    Program run = affekt("library", "add", music_folder(), "--quiet");
    program_assert(&run, EXIT_DONE);
    program_free(&run);
    static const char *const words[][3] = {
        {"library", "export", "--quiet"}, {"feedback", "export", "--quiet"}, {"play", "-e", "sad"}};
    for (int i = 0; i < 3; i++) {
        run = affekt(words[i][0], words[i][1], words[i][2], "-o", own);
        program_assert(&run, EXIT_USAGE);
        assert_contains(run.diagnostics, "would take the place of the library itself");
        program_free(&run);
    }
}
END_TEST

START_TEST(a_song_is_bent_to_another_mood) {
    const char *bent = scratch_path("bent.mid");
    Program program = affekt("bend", song("happy/a.mid"), "--emotion", "sad", "-o", bent, "--json");
    program_assert(&program, EXIT_DONE);
    json_t *changes = json_loads(program.output, 0, NULL);
    ck_assert_double_lt(json_number_value(json_object_get(changes, "tempo")), 1);
    ck_assert_int_eq((int)json_integer_value(json_object_get(changes, "notes")), 20);
    json_decref(changes);
    program_free(&program);
    ck_assert(file_exists(bent));
    program = affekt("bend", bent, "--emotion", "sad", "-o", bent);
    program_assert(&program, EXIT_USAGE);
    assert_contains(program.diagnostics, "would take the place of");
    program_free(&program);
    program = affekt("bend", scratch_path("none.mid"), "--emotion", "sad", "-o", bent);
    program_assert(&program, EXIT_FAILED);
    assert_contains(program.diagnostics, "none.mid: No such file");
    program_free(&program);
    MidiBytes file = midi_bytes(0, 1, 480);
    midi_track(&file);
    midi_event(&file, 0, "\xb0\x07\x50", 3); /* volume */
    midi_event(&file, 0, "\xe0\x00\x50", 3); /* pitch bend */
    midi_event(&file, 0, "\xb0\x40\x7f", 3); /* the pedal, which is kept */
    midi_event(&file, 0, "\xff\x05\2la", 5); /* lyrics */
    midi_note(&file, 0, 480, 60, 80);
    midi_track_end(&file);
    program = affekt("bend", scratch_write_bytes("guitar.mid", file.bytes, file.size), "--emotion",
                     "sad", "-o", bent);
    program_assert(&program, EXIT_DONE);
    assert_contains(program.diagnostics, "2 pitch bends and controllers");
    assert_contains(program.diagnostics, "1 texts (lyrics, markers …) are left out");
    program_free(&program);
    midi_bytes_free(&file);
    static const char *const wrong[][2] = {
        {"--preset=none", "-o=x.mid"}, {"--emotion=sad", "-o"}, {"--emotion=sad", "--quiet"}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        program = affekt("bend", song("happy/a.mid"), wrong[i][0], wrong[i][1]);
        program_assert(&program, EXIT_USAGE);
        program_free(&program);
    }
}
END_TEST

Suite *songs_suite(void) {
    Suite *suite = suite_create("songs");
    TCase *tcase = tcase_create("songs");
    tcase_add_checked_fixture(tcase, set_up, scratch_remove);
    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, songs_are_listed_with_what_their_folders_say);
    tcase_add_test(tcase, your_own_word_counts_before_the_folder_until_forgotten);
    tcase_add_test(tcase, a_table_gives_moods_and_comes_back);
    tcase_add_test(tcase, moved_songs_are_found_again_and_lost_ones_kept);
    tcase_add_test(tcase, a_mood_of_unknown_origin_is_not_shown);
    tcase_add_test(tcase, a_library_that_is_not_there_is_not_made_by_looking);
    tcase_add_test(tcase, removing_what_is_not_there_fails);
    tcase_add_test(tcase, an_empty_library_says_how_to_fill_it);
    tcase_add_test(tcase, a_library_whose_path_is_not_utf8_is_shown);
    tcase_add_test(tcase, a_playlist_is_written_in_each_format);
    tcase_add_test(tcase, all_emotions_get_a_list_each);
    tcase_add_test(tcase, a_wrong_playlist_is_told_before_it_is_made);
    tcase_add_test(tcase, feedback_is_kept_taken_back_and_carried_over);
    tcase_add_test(tcase, an_export_does_not_take_the_place_of_the_users_own_library);
    tcase_add_test(tcase, a_song_is_bent_to_another_mood);
    suite_add_tcase(suite, tcase);
    return suite;
}
