/* A page's songs on this computer's output: here a file. */
#include "compose/web/here_songs.h"

#include "nn/base/clock.h"
#include "tests/support/music_folder.h"
#include "tests/support/played_songs.h"
#include "tests/support/scratch.h"
#include "tests/support/song_library.h"
#include "tests/support/text.h"

#include <check.h>
#include <string.h>
#include <unistd.h>

#if defined HAVE_SQLITE3 && defined HAVE_FLUIDSYNTH

static const char *const names[] = {"happy/a.mid", "happy/b.mid", "sad/c.mid", "sad/d.mid"};
static PageSongs *songs;
static HereSongs *here;
static double started;
static Error error;

static double now(void) {
    return clock_seconds() - started;
}

/* Four songs of that many notes of half a second, and a player of them into a file. */
static bool open_all(int notes) {
    if (!songs_can_be_played())
        return false;
    for (int i = 0; i < 4; i++)
        music_folder_add(names[i], notes, i);
    Library *library = song_library_open();
    ck_assert_int_eq(song_library_add(library).songs, 4);
    library_close(library);
    started = clock_seconds();
    songs = page_songs_open(scratch_path("library.db"), 1, &error);
    ck_assert_msg(songs != NULL, "%s", error.message);
    const HereSongsSettings settings = {.output = {.wav = scratch_path("here.wav")},
                                        .started = started};
    here = here_songs_open(songs, &settings, &error);
    ck_assert_msg(here != NULL, "%s", error.message);
    return true;
}

static void close_all(void) {
    here_songs_close(here);
    page_songs_close(songs);
}

static void wish(QueueSource source) {
    const PageSongsWish wanted = {.source = source};
    page_songs_feel(songs, mood_of_emotion(EMOTION_SAD), true, true, now());
    ck_assert_msg(!page_songs_wish(songs, &wanted, now(), &error), "%s", error.message);
}

/* Waits until more than so much of a song was heard, at most ten seconds. */
static double wait_for(double heard) {
    for (int i = 0; i < 500 && here_songs_heard(here) <= heard; i++)
        clock_sleep(0.02);
    return here_songs_heard(here);
}

START_TEST(it_plays_what_is_chosen_and_leaves_with_it) {
    if (!open_all(40))
        return;
    ck_assert_double_eq(here_songs_heard(here), 0);
    wish(QUEUE_SONGS);
    ck_assert_double_gt(wait_for(0.5), 0.5);
    here_songs_pause(here, true);
    double heard = -1;
    for (int i = 0; i < 50 && heard < here_songs_heard(here); i++) { /* the block begun before it */
        heard = here_songs_heard(here);
        clock_sleep(0.3);
    }
    ck_assert_double_eq(here_songs_heard(here), heard);
    here_songs_pause(here, false);
    here_songs_seek(here, 8);
    ck_assert_double_gt(wait_for(8), 8);
    here_songs_set_volume(here, 0.5);
    wish(QUEUE_COMPOSE); /* the page plays that */
    for (int i = 0; i < 500 && here_songs_heard(here) > 0; i++)
        clock_sleep(0.02);
    ck_assert_double_eq(here_songs_heard(here), 0);
    close_all();
}
END_TEST

START_TEST(the_next_song_follows_one_that_ended) {
    PageSongsTurn first, second;
    if (!open_all(12))
        return;
    wish(QUEUE_SONGS);
    ck_assert(page_songs_turn(songs, &first));
    wait_for(0.1);
    here_songs_seek(here, 3.5);
    for (int i = 0; i < 500; i++) {
        ck_assert(page_songs_turn(songs, &second));
        if (strcmp(second.id, first.id) != 0)
            break;
        clock_sleep(0.02);
    }
    ck_assert_str_ne(second.id, first.id);
    clock_sleep(0.5);
    ck_assert(page_songs_turn(songs, &first)); /* it is not told to have ended, too */
    ck_assert_str_eq(second.id, first.id);
    ck_assert_double_gt(wait_for(0.1), 0.1);
    close_all();
}
END_TEST

START_TEST(a_song_that_is_gone_is_passed_over) {
    PageSongsTurn turn;
    if (!open_all(40))
        return;
    for (int i = 0; i < 2; i++)
        unlink(i ? scratch_path("music/sad/c.mid") : scratch_path("music/sad/d.mid"));
    wish(QUEUE_SONGS);
    ck_assert_double_gt(wait_for(0.1), 0.1);
    ck_assert(page_songs_turn(songs, &turn));
    ck_assert_ptr_nonnull(strstr(turn.path, "/happy/"));
    close_all();
}
END_TEST

START_TEST(next_leaves_a_song_though_those_after_it_are_gone) {
    PageSongsTurn first, again;
    if (!open_all(80))
        return;
    wish(QUEUE_SONGS);
    ck_assert(page_songs_turn(songs, &first));
    wait_for(0.1);
    here_songs_seek(here, 8);
    ck_assert_double_gt(wait_for(8), 8);
    for (int i = 0; i < 4; i++)
        if (!strstr(first.path, names[i]))
            ck_assert_int_eq(unlink(scratch_path(text_format("music/%s", names[i]))), 0);
    ck_assert(!page_songs_next(songs, now(), &error));
    for (int i = 0; i < 500 && here_songs_heard(here) >= 8; i++)
        clock_sleep(0.02);
    ck_assert_double_lt(here_songs_heard(here), 8); /* from its beginning */
    ck_assert(page_songs_turn(songs, &again));
    ck_assert_str_eq(again.path, first.path);
    ck_assert_str_ne(again.id, first.id);
    close_all();
}
END_TEST

#endif

Suite *here_songs_suite(void) {
    Suite *suite = suite_create("here_songs");
    TCase *tcase = tcase_create("here_songs");
    tcase_add_checked_fixture(tcase, scratch_create, scratch_remove);
    tcase_set_timeout(tcase, 60);
#if defined HAVE_SQLITE3 && defined HAVE_FLUIDSYNTH
    tcase_add_test(tcase, it_plays_what_is_chosen_and_leaves_with_it);
    tcase_add_test(tcase, the_next_song_follows_one_that_ended);
    tcase_add_test(tcase, a_song_that_is_gone_is_passed_over);
    tcase_add_test(tcase, next_leaves_a_song_though_those_after_it_are_gone);
#endif
    suite_add_tcase(suite, tcase);
    return suite;
}
