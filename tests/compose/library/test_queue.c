#include "compose/library/queue.h"

#include "compose/library/feedback.h"
#include "tests/support/music_folder.h"
#include "tests/support/scratch.h"
#include "tests/support/song_library.h"
#include "tests/support/text.h"

#include <math.h>

/* Four songs, one in each corner of the plane by its folder, and a few nobody labelled. */
static Library *library_of_corners(void) {
    static const char *const names[] = {"happy/a.mid", "angry/b.mid", "sad/c.mid", "neutral/d.mid",
                                        "happy/e.mid", "angry/f.mid", "sad/g.mid", "neutral/h.mid"};
    for (int i = 0; i < 8; i++)
        music_folder_add(names[i], 60 + i, i);
    Library *library = song_library_open();
    ck_assert_int_eq(song_library_add(library).songs, 8);
    return library;
}

static Queue *open_queue(Library *library, const QueueSettings *settings) {
    Error error;
    Queue *queue = queue_open(library, settings, &error);
    ck_assert_msg(queue != NULL, "%s", error.message);
    return queue;
}

static QueueItem next(Queue *queue, double now) {
    Error error;
    int count;
    QueueItem item = *queue_plan(queue, now, 1e9 + now, &count);
    ck_assert_int_gt(count, 0);
    ck_assert_int_eq(queue_begin(queue, &item, 1e9 + now, &error), 0);
    return item;
}

static const char *path_of(Queue *queue, const QueueItem *item) {
    return queue_song(queue, item).path;
}

START_TEST(the_song_suits_what_is_felt) {
    Library *library = library_of_corners();
    QueueSettings settings = queue_defaults();
    Queue *queue = open_queue(library, &settings);
    queue_set_mood(queue, mood_of_emotion(EMOTION_SAD), 0);
    QueueItem item = next(queue, 0);
    assert_contains(path_of(queue, &item), "/sad/");
    assert_contains(item.reason, "by its folder");
    queue_set_mood(queue, mood_of_emotion(EMOTION_HAPPY), 10);
    item = next(queue, 10);
    assert_contains(path_of(queue, &item), "/happy/");
    queue_close(queue);
    library_close(library);
}
END_TEST

START_TEST(only_a_steady_change_of_mood_changes_the_plan) {
    QueueSettings settings = queue_defaults();
    settings.source = QUEUE_COMPOSE;
    Queue *queue = open_queue(NULL, &settings);
    Mood happy = mood_of_emotion(EMOTION_HAPPY), angry = mood_of_emotion(EMOTION_ANGRY);
    ck_assert(!queue_feel(queue, happy, 0));
    double now = 0;
    for (; now < 20; now += 0.1) /* a frown of a second now and then */
        ck_assert(!queue_feel(queue, fmod(now, 5) < 1 ? angry : happy, now));
    ck_assert_float_eq(queue_felt(queue).valence, happy.valence);
    double turned = now;
    while (!queue_feel(queue, angry, now) && now < turned + 60)
        now += 0.1;
    ck_assert_double_ge(now - turned, QUEUE_STEADY);
    ck_assert_double_lt(now - turned, QUEUE_STEADY + 2 * QUEUE_SMOOTH);
    ck_assert_float_lt(queue_felt(queue).valence, 0);
    queue_close(queue);
}
END_TEST

START_TEST(regulation_leads_on_while_time_passes) {
    QueueSettings settings = queue_defaults();
    settings.source = QUEUE_COMPOSE;
    settings.policy = MOOD_REGULATE;
    settings.journey = 600;
    Queue *queue = open_queue(NULL, &settings);
    queue_set_mood(queue, mood_of_emotion(EMOTION_SAD), 100);
    ck_assert_float_lt(queue_asked(queue, 100).valence, -0.5f);
    ck_assert_float_gt(queue_asked(queue, 700).valence, 0.5f);
    int count;
    const QueueItem *plan = queue_plan(queue, 100, 1e9, &count);
    ck_assert_int_eq(count, QUEUE_AHEAD);
    ck_assert_float_gt(plan[count - 1].asked.valence, plan[0].asked.valence);
    queue_close(queue);
}
END_TEST

START_TEST(songs_come_again_only_after_others) {
    Library *library = library_of_corners();
    QueueSettings settings = queue_defaults();
    Queue *queue = open_queue(library, &settings);
    queue_set_mood(queue, mood_of_emotion(EMOTION_HAPPY), 0);
    int played[12];
    for (int i = 0; i < 12; i++) {
        played[i] = next(queue, 60 * i).song;
        for (int back = 1; back <= 4 && back <= i; back++)
            ck_assert_int_ne(played[i], played[i - back]);
    }
    queue_close(queue);
    library_close(library);
}
END_TEST

START_TEST(composed_pieces_and_songs_mix) {
    Library *library = library_of_corners();
    QueueSettings settings = queue_defaults();
    settings.source = QUEUE_MIX;
    Queue *queue = open_queue(library, &settings);
    queue_set_mood(queue, mood_of_emotion(EMOTION_SAD), 0);
    int composed = 0;
    uint64_t seeds[20] = {0};
    for (int i = 0; i < 20; i++) {
        QueueItem item = next(queue, 90 * i);
        if (item.song != QUEUE_COMPOSED_PIECE)
            continue;
        ck_assert_double_eq(item.seconds, settings.composed_seconds);
        assert_contains(queue_song(queue, &item).title, "composed for valence -");
        for (int j = 0; j < composed; j++)
            ck_assert_uint_ne(item.seed, seeds[j]);
        seeds[composed++] = item.seed;
    }
    ck_assert_int_gt(composed, 0);
    ck_assert_int_lt(composed, 20);
    queue_close(queue);
    library_close(library);
}
END_TEST

START_TEST(what_is_said_is_kept_learnt_and_taken_back) {
    Library *library = library_of_corners();
    QueueSettings settings = queue_defaults();
    Queue *queue = open_queue(library, &settings);
    Error error;
    Mood neutral = mood_of_emotion(EMOTION_NEUTRAL);
    queue_set_mood(queue, neutral, 0);
    for (int i = 0; i < 5; i++) {
        QueueItem item = next(queue, i);
        ck_assert_int_eq(queue_hear(queue, &item, VERDICT_TOO_SAD, 1e9 + i, &error), 0);
    }
    ck_assert_float_gt(queue_wanted(queue, 5).valence, neutral.valence + 0.1f);
    Listener replayed;
    ck_assert_int_eq(feedback_learn(library, &replayed, &error), 0);
    ck_assert_double_eq_tol(replayed.valence.mean[0], queue_listener(queue)->valence.mean[0], 1e-6);
    bool undone;
    ck_assert_int_eq(queue_undo(queue, 1e9 + 9, &undone, &error), 0);
    ck_assert(undone);
    ck_assert_int_eq(queue_listener(queue)->events, 4);
    queue_close(queue);
    library_close(library);
}
END_TEST

START_TEST(composed_pieces_are_learnt_about_too) {
    Library *library = library_of_corners();
    QueueSettings settings = queue_defaults();
    settings.source = QUEUE_COMPOSE;
    Queue *queue = open_queue(library, &settings);
    Error error;
    queue_set_mood(queue, mood_of_emotion(EMOTION_NEUTRAL), 0);
    QueueItem item = next(queue, 0);
    ck_assert_int_eq(queue_hear(queue, &item, VERDICT_TOO_CALM, 1e9, &error), 0);
    queue_close(queue);
    queue = open_queue(library, &settings);
    ck_assert_float_gt(queue_wanted(queue, 0).arousal,
                       mood_of_emotion(EMOTION_NEUTRAL).arousal + 0.05f);
    queue_close(queue);
    library_close(library);
}
END_TEST

START_TEST(an_item_of_the_plan_itself_can_begin) {
    Library *library = library_of_corners();
    QueueSettings settings = queue_defaults();
    Queue *queue = open_queue(library, &settings);
    queue_set_mood(queue, mood_of_emotion(EMOTION_SAD), 0);
    int count;
    const QueueItem *plan = queue_plan(queue, 0, 1e9, &count);
    ck_assert_int_gt(count, 1);
    int first = plan[0].song, second = plan[1].song;
    ck_assert_int_eq(queue_begin(queue, &plan[0], 1e9, NULL), 0);
    ck_assert_double_eq(queue_songs(queue)->list[first].last_played, 1e9);
    ck_assert_double_eq(queue_songs(queue)->list[second].last_played, 0);
    queue_close(queue);
    library_close(library);
}
END_TEST

START_TEST(a_song_that_cannot_be_played_is_not_tried_again) {
    Library *library = library_of_corners();
    QueueSettings settings = queue_defaults();
    Queue *queue = open_queue(library, &settings);
    queue_set_mood(queue, mood_of_emotion(EMOTION_SAD), 0);
    for (int i = 0; i < 8; i++) {
        QueueItem item = next(queue, i);
        queue_refuse(queue, &item);
    }
    int count;
    queue_plan(queue, 9, 1e9, &count);
    ck_assert_int_eq(count, 0);
    ck_assert_int_eq(queue_set_languages(queue, "tamil", NULL), 0);
    queue_plan(queue, 10, 1e9, &count);
    ck_assert_int_eq(count, 0);
    queue_close(queue);
    library_close(library);
}
END_TEST

START_TEST(languages_change_on_the_way) {
    Library *library = library_of_corners();
    Error error;
    ck_assert_int_eq(library_set_language(library, 1, ORIGIN_USER, "ta", &error), 0);
    QueueSettings settings = queue_defaults();
    settings.strict = true;
    Queue *queue = open_queue(library, &settings);
    ck_assert_int_eq(queue_set_languages(queue, "fr", &error), -1);
    assert_contains(error.message, "no song");
    ck_assert_int_eq(queue_set_languages(queue, "tamil", &error), 0);
    for (int i = 0; i < 3; i++) {
        QueueItem item = next(queue, i);
        ck_assert_str_eq(queue_song(queue, &item).language, "ta");
    }
    queue_close(queue);
    settings.languages = "fr";
    ck_assert_ptr_null(queue_open(library, &settings, &error));
    library_close(library);
}
END_TEST

START_TEST(the_same_seed_gives_the_same_songs) {
    Library *library = library_of_corners();
    int first[6];
    for (int round = 0; round < 2; round++) {
        QueueSettings settings = queue_defaults();
        settings.source = QUEUE_COMPOSE;
        Queue *queue = open_queue(library, &settings);
        queue_set_mood(queue, mood_of_emotion(EMOTION_HAPPY), 0);
        for (int i = 0; i < 6; i++) {
            QueueItem item = next(queue, i);
            int seed = (int)(item.seed & 0xffff);
            ck_assert(!round || seed == first[i]);
            first[i] = seed;
        }
        queue_close(queue);
    }
    library_close(library);
}
END_TEST

Suite *queue_suite(void) {
    Suite *suite = suite_create("queue");
    TCase *tcase = tcase_create("queue");
    tcase_add_checked_fixture(tcase, scratch_create, scratch_remove);
    tcase_add_test(tcase, the_song_suits_what_is_felt);
    tcase_add_test(tcase, only_a_steady_change_of_mood_changes_the_plan);
    tcase_add_test(tcase, regulation_leads_on_while_time_passes);
    tcase_add_test(tcase, songs_come_again_only_after_others);
    tcase_add_test(tcase, composed_pieces_and_songs_mix);
    tcase_add_test(tcase, what_is_said_is_kept_learnt_and_taken_back);
    tcase_add_test(tcase, composed_pieces_are_learnt_about_too);
    tcase_add_test(tcase, an_item_of_the_plan_itself_can_begin);
    tcase_add_test(tcase, a_song_that_cannot_be_played_is_not_tried_again);
    tcase_add_test(tcase, languages_change_on_the_way);
    tcase_add_test(tcase, the_same_seed_gives_the_same_songs);
    suite_add_tcase(suite, tcase);
    return suite;
}
