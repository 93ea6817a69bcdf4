/* The player's screen, its line and its keys. */
#include "compose/play/play_screen.h"

#include "tests/support/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const LibrarySong songs[] = {
    {.path = "/music/a.mid", .title = "Hello", .artist = "World"},
    {.path = "/music/odd\033[2J.mid", .title = "", .artist = ""},
};

static QueueItem playing, plan[1];
static EmotionState state;
static LibrarySongs all;

static PlayView view_of_tests(void) {
    playing = (QueueItem){.song = 0, .reason = "valence +0.4 by your word, in the same key"};
    plan[0] = (QueueItem){.song = 1};
    state = (EmotionState){.emotion = EMOTION_HAPPY, .confidence = 0.9f};
    state.probabilities[EMOTION_HAPPY] = 0.9f;
    all = (LibrarySongs){.list = (LibrarySong *)songs, .count = 2};
    return (PlayView){.jukebox = {.item = &playing,
                                  .song = songs[0],
                                  .plan = plan,
                                  .n_plan = 1,
                                  .seconds = 100,
                                  .heard = 62,
                                  .state = &state,
                                  .by_hand = true,
                                  .volume = 0.8},
                      .songs = &all,
                      .seconds = 62};
}

static char *drawn(int width, int height, const PlayView *view) {
    const TerminalLooks looks = {.unicode = true, .width = width, .height = height};
    char *text;
    size_t size;
    FILE *stream = open_memstream(&text, &size);
    play_screen_draw(stream, &looks, view);
    ck_assert(!fclose(stream));
    return text;
}

START_TEST(the_song_why_it_was_chosen_and_what_comes_next) {
    PlayView view = view_of_tests();
    char *text = drawn(100, 40, &view);
    assert_contains(text, "World – Hello");
    assert_contains(text, "1:02 of 1:40");
    assert_contains(text, "valence +0.4 by your word");
    assert_contains(text, "in the same key");
    assert_contains(text, "next odd\\x1B[2J.mid");
    assert_contains(text, "volume 80 %");
    assert_contains(text, "happy");
    assert_lacks(text, "\033[2J");
    free(text);
}
END_TEST

START_TEST(any_size_of_terminal_will_do) {
    PlayView view = view_of_tests();
    for (int width = 1; width < 140; width += 6)
        for (int height = 1; height < 50; height += 3)
            free(drawn(width, height, &view));
    view.jukebox.item = NULL;
    view.jukebox.state = NULL;
    view.jukebox.n_plan = 0;
    char *text = drawn(80, 24, &view);
    assert_contains(text, "nothing plays yet");
    free(text);
}
END_TEST

START_TEST(keys_are_commands) {
    ck_assert_int_eq(play_screen_command('q'), PLAY_SCREEN_QUIT);
    ck_assert_int_eq(play_screen_command(' '), JUKEBOX_PAUSE);
    ck_assert_int_eq(play_screen_command('s'), JUKEBOX_SAY + VERDICT_TOO_SAD);
    ck_assert_int_eq(play_screen_command('1'), JUKEBOX_FEEL + EMOTION_ANGRY);
    ck_assert_int_eq(play_screen_command('7'), JUKEBOX_FEEL + EMOTION_NEUTRAL);
    ck_assert_int_eq(play_screen_command('0'), JUKEBOX_FOLLOW);
    ck_assert_int_eq(play_screen_command('x'), -1);
    ck_assert_int_eq(play_screen_command(0), -1);
}
END_TEST

START_TEST(a_line_where_there_is_no_terminal) {
    PlayView view = view_of_tests();
    char *text;
    size_t size;
    FILE *stream = open_memstream(&text, &size);
    play_screen_line(stream, &view);
    ck_assert(!fclose(stream));
    assert_contains(text, "happy");
    assert_contains(text, "World – Hello (valence +0.4 by your word");
    free(text);
}
END_TEST

Suite *play_screen_suite(void) {
    Suite *suite = suite_create("play_screen");
    TCase *tcase = tcase_create("play_screen");
    tcase_add_test(tcase, the_song_why_it_was_chosen_and_what_comes_next);
    tcase_add_test(tcase, any_size_of_terminal_will_do);
    tcase_add_test(tcase, keys_are_commands);
    tcase_add_test(tcase, a_line_where_there_is_no_terminal);
    suite_add_tcase(suite, tcase);
    return suite;
}
