#include "compose/library/playlist.h"

#include "compose/library/playlist_file.h"
#include "datasets/media/csv.h"
#include "tests/support/data.h"
#include "tests/support/files.h"
#include "tests/support/scratch.h"
#include "tests/support/song_library.h"
#include "tests/support/text.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>

static PlaylistSettings settings_for(Emotion emotion, MoodPolicy policy) {
    return (PlaylistSettings){.felt = mood_of_emotion(emotion),
                              .policy = policy,
                              .seconds = 1800,
                              .seed = 1,
                              .draw = true,
                              .now = 1e9};
}

static Playlist choose(const LibrarySongs *songs, const Listener *listener,
                       const PlaylistSettings *settings) {
    Error error;
    Playlist playlist;
    ck_assert_msg(!playlist_choose(songs, listener, settings, &playlist, &error), "%s",
                  error.message);
    return playlist;
}

START_TEST(songs_lie_near_the_mood_asked_for) {
    LibrarySongs songs;
    song_library_draw(&songs, 10000, 1);
    PlaylistSettings settings = settings_for((Emotion)_i, MOOD_MIRROR);
    Playlist playlist = choose(&songs, NULL, &settings);
    ck_assert_int_eq(playlist.count, 10);
    for (int i = 0; i < playlist.count; i++) {
        MoodEstimate mood = songs.list[playlist.entries[i].song].mood;
        ck_assert_float_lt(
            hypotf(mood.valence - settings.felt.valence, mood.arousal - settings.felt.arousal),
            0.3f);
        for (int j = 0; j < i; j++)
            ck_assert_int_ne(playlist.entries[i].song, playlist.entries[j].song);
    }
    playlist_free(&playlist);
    library_songs_free(&songs);
}
END_TEST

START_TEST(a_song_of_a_day_is_for_a_list_of_a_day) {
    LibrarySongs songs;
    song_library_draw(&songs, 200, 1);
    PlaylistSettings settings = settings_for(EMOTION_SAD, MOOD_MIRROR);
    Playlist playlist = choose(&songs, NULL, &settings);
    int best = playlist.entries[0].song;
    playlist_free(&playlist);
    songs.list[best].seconds = 86400;
    playlist = choose(&songs, NULL, &settings);
    ck_assert_int_gt(playlist.count, 5);
    for (int i = 0; i < playlist.count; i++)
        ck_assert_int_ne(playlist.entries[i].song, best);
    ck_assert_double_gt(playlist.seconds, settings.seconds - 120);
    ck_assert_double_lt(playlist.seconds, settings.seconds + 600);
    playlist_free(&playlist);

    settings.seconds = 80000; /* of which the other songs fill half */
    playlist = choose(&songs, NULL, &settings);
    ck_assert_int_eq(playlist.entries[0].song, best);
    ck_assert_int_eq(playlist.count, 1);
    playlist_free(&playlist);

    settings.seconds = 60;
    for (int i = 0; i < songs.count; i++)
        songs.list[i].seconds = 3600 + i;
    playlist = choose(&songs, NULL, &settings);
    ck_assert_int_eq(playlist.count, 1);
    playlist_free(&playlist);
    library_songs_free(&songs);
}
END_TEST

START_TEST(regulation_leads_from_sad_to_bright) {
    LibrarySongs songs;
    song_library_draw(&songs, 2000, 2);
    PlaylistSettings settings = settings_for(EMOTION_SAD, MOOD_REGULATE);
    Listener listener;
    listener_start(&listener);
    Playlist playlist = choose(&songs, &listener, &settings);
    MoodEstimate first = songs.list[playlist.entries[0].song].mood,
                 last = songs.list[playlist.entries[playlist.count - 1].song].mood;
    ck_assert_float_lt(first.valence, -0.5f);
    ck_assert_float_gt(last.valence, 0.5f);
    playlist_free(&playlist);
    library_songs_free(&songs);
}
END_TEST

START_TEST(the_seed_decides_among_songs_that_fit_alike) {
    LibrarySongs songs;
    song_library_draw(&songs, 2000, 2);
    Listener listener;
    listener_start(&listener);
    PlaylistSettings settings = settings_for(EMOTION_HAPPY, MOOD_MIRROR);
    Playlist one = choose(&songs, &listener, &settings),
             same = choose(&songs, &listener, &settings);
    settings.seed = 2;
    Playlist other = choose(&songs, &listener, &settings);
    int shared = 0;
    for (int i = 0; i < one.count; i++) {
        ck_assert_int_eq(one.entries[i].song, same.entries[i].song);
        shared += one.entries[i].song == other.entries[i].song;
    }
    ck_assert_int_lt(shared, one.count);
    playlist_free(&one);
    playlist_free(&same);
    playlist_free(&other);
    library_songs_free(&songs);
}
END_TEST

START_TEST(languages_and_genres_are_filtered) {
    LibrarySongs songs;
    song_library_draw(&songs, 30, 3);
    for (int i = 0; i < 30; i++) {
        songs.list[i].language = i % 3 == 0 ? "ta" : i % 3 == 1 ? "en" : "";
        songs.list[i].genre = i < 15 ? "Rock" : "";
    }
    PlaylistSettings settings = settings_for(EMOTION_HAPPY, MOOD_MIRROR);
    settings.languages = "tamil";
    settings.genre = "rock";
    settings.seconds = 1e6;
    Playlist playlist = choose(&songs, NULL, &settings);
    ck_assert_int_eq(playlist.count, 10);
    playlist_free(&playlist);
    settings.strict = true;
    playlist = choose(&songs, NULL, &settings);
    ck_assert_int_eq(playlist.count, 5);
    playlist_free(&playlist);
    Error error;
    settings.languages = "klingon language";
    ck_assert_int_eq(playlist_choose(&songs, NULL, &settings, &playlist, &error), -1);
    assert_contains(error.message, "'klingon language' is not the code");
    settings.languages = "fr";
    ck_assert_int_eq(playlist_choose(&songs, NULL, &settings, &playlist, &error), -1);
    assert_contains(error.message, "no song in the library matches");
    library_songs_free(&songs);
}
END_TEST

START_TEST(a_song_heard_just_now_and_its_artist_wait) {
    LibrarySongs songs;
    song_library_draw(&songs, 3, 3);
    for (int i = 0; i < 3; i++) {
        songs.list[i].mood = (MoodEstimate){0.5f, 0.5f, 0.1f, 0.1f};
        songs.list[i].tempo = NAN;
        songs.list[i].tonic = 0;
    }
    songs.list[0].last_played = 1e9 - 3600;
    songs.list[1].artist = songs.list[2].artist = "the same";
    int before[] = {2};
    const bool excluded[] = {false, false, true};
    Choice choice = {.songs = songs.list,
                     .count = 3,
                     .excluded = excluded,
                     .wanted = {.valence = 0.5f, .arousal = 0.5f},
                     .before = before,
                     .n_before = 1,
                     .now = 1e9};
    ck_assert_float_gt(choice_cost(&choice, 0).recency, 2);
    ck_assert_float_gt(choice_cost(&choice, 1).artist, 1);
    ck_assert_int_eq(choice_best(&choice), 1);
    char reason[CHOICE_REASON];
    ChoiceReasons reasons = choice_reasons(&choice, 0);
    assert_contains(choice_reason(&reasons, reason), "last heard 1 h ago");
    assert_contains(reason, "by your word");
    library_songs_free(&songs);
}
END_TEST

START_TEST(a_doubtful_song_costs_more_than_a_sure_one_at_the_same_place) {
    LibrarySongs songs;
    song_library_draw(&songs, 2, 3);
    songs.list[0].mood = (MoodEstimate){1, 1, 0.9f, 0.9f};
    songs.list[1].mood = (MoodEstimate){1, 1, 0.1f, 0.1f};
    Choice choice = {.songs = songs.list, .count = 2, .wanted = {.valence = 1, .arousal = 1}};
    ck_assert_float_gt(choice_cost(&choice, 0).mood, choice_cost(&choice, 1).mood);
    library_songs_free(&songs);
}
END_TEST

/* ------------------------------------------------------------------ files */

START_TEST(lists_are_written_in_three_forms) {
    LibrarySongs songs;
    song_library_draw(&songs, 2, 3);
    songs.list[0].path = text_format("%s/a & b/100%%\n\xff.mid", scratch_path("."));
    songs.list[0].title = "Tom & \"Jerry\" <live>\x1b[2J";
    PlaylistEntry entries[] = {{.song = 0, .reason = "because"}, {.song = 1}};
    Playlist playlist = {.entries = entries, .count = 2};
    Error error;
    const char *path = scratch_path("list.m3u8");
    ck_assert_msg(!playlist_file_write(path, &songs, &playlist, false, &error), "%s",
                  error.message);
    char *text = (char *)file_bytes(path, NULL);
    assert_contains(text, "#EXTM3U\n#EXTINF:180,");
    assert_contains(text, "%0A%FF.mid\n");
    assert_lacks(text, "\x1b");
    free(text);
    path = scratch_path("list.xspf");
    ck_assert_int_eq(playlist_file_write(path, &songs, &playlist, true, NULL), 0);
    text = (char *)file_bytes(path, NULL);
    assert_contains(text, "Tom &#38; \"Jerry\" &#60;live&#62;?[2J");
    assert_contains(text, "<location>file:///music/1.mid</location>");
    free(text);
    path = scratch_path("list.jspf");
    ck_assert_int_eq(playlist_file_write(path, &songs, &playlist, true, NULL), 0);
    json_t *list = json_load_file(path, 0, NULL);
    ck_assert_int_eq(
        (int)json_array_size(json_object_get(json_object_get(list, "playlist"), "track")), 2);
    json_decref(list);
    ck_assert_int_eq(playlist_file_write(scratch_path("list.pls"), &songs, &playlist, true, &error),
                     -1);
    assert_contains(error.message, "ends in .m3u8");
    library_songs_free(&songs);
}
END_TEST

START_TEST(the_way_from_a_folder_to_a_file) {
    char way[64];
    ck_assert(relative_path("/a/b", "/a/b/c.mid", way, sizeof way));
    ck_assert_str_eq(way, "c.mid");
    ck_assert(relative_path("/a/b", "/a/bc/d.mid", way, sizeof way));
    ck_assert_str_eq(way, "../bc/d.mid");
    ck_assert(relative_path("/x/y", "/a/d.mid", way, sizeof way));
    ck_assert_str_eq(way, "../../a/d.mid");
    ck_assert(!relative_path("/x/y", "/a/d.mid", way, 8));
}
END_TEST

/* ------------------------------------------------------------------ real music */

/* People's valence of a song of VGMIDI, 0 where the table lacks it. */
static double label_of(const CsvTable *csv, const char *path) {
    for (int row = 0; row < csv->n_rows; row++) {
        const char *name = csv_cell(csv, row, 0);
        if (strlen(path) > strlen(name) && !strcmp(path + strlen(path) - strlen(name), name))
            return atof(csv_cell(csv, row, 1));
    }
    return 0;
}

START_TEST(real_pieces_go_from_sad_to_bright_by_labels_that_the_library_did_not_see) {
    const char *folder = data_path("midi/vgmidi");
    if (!folder)
        return;
    Error error;
    CsvTable csv;
    Arena *arena = arena_create();
    ck_assert_int_eq(csv_read(text_format("%s/labels.csv", folder), arena, &csv, &error), 0);
    Library *library = song_library_open();
    ck_assert_int_eq(library_add_folder(library, text_format("%s/labelled", folder), &error), 0);
    song_library_scan(library);
    LibrarySongs songs;
    ck_assert_int_eq(library_songs(library, &songs, &error), 0);
    double first = 0, last = 0;
    for (uint64_t seed = 1; seed <= 10; seed++) {
        PlaylistSettings settings = settings_for(EMOTION_SAD, MOOD_REGULATE);
        settings.seconds = 1200;
        settings.seed = seed;
        Playlist playlist = choose(&songs, NULL, &settings);
        first += label_of(&csv, songs.list[playlist.entries[0].song].path);
        last += label_of(&csv, songs.list[playlist.entries[playlist.count - 1].song].path);
        playlist_free(&playlist);
    }
    ck_assert_double_lt(first, 0);
    ck_assert_double_gt(last, 0);
    library_songs_free(&songs);
    library_close(library);
    arena_destroy(arena);
}
END_TEST

Suite *playlist_suite(void) {
    Suite *suite = suite_create("playlist");
    TCase *tcase = tcase_create("playlist");
    tcase_add_checked_fixture(tcase, scratch_create, scratch_remove);
    tcase_add_loop_test(tcase, songs_lie_near_the_mood_asked_for, 0, EMOTION_COUNT);
    tcase_add_test(tcase, a_song_of_a_day_is_for_a_list_of_a_day);
    tcase_add_test(tcase, regulation_leads_from_sad_to_bright);
    tcase_add_test(tcase, the_seed_decides_among_songs_that_fit_alike);
    tcase_add_test(tcase, languages_and_genres_are_filtered);
    tcase_add_test(tcase, a_song_heard_just_now_and_its_artist_wait);
    tcase_add_test(tcase, a_doubtful_song_costs_more_than_a_sure_one_at_the_same_place);
    tcase_add_test(tcase, lists_are_written_in_three_forms);
    tcase_add_test(tcase, the_way_from_a_folder_to_a_file);
    tcase_add_test(tcase, real_pieces_go_from_sad_to_bright_by_labels_that_the_library_did_not_see);
    suite_add_tcase(suite, tcase);
    return suite;
}
