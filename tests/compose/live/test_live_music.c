#include "compose/live/live_music.h"

#include "nn/base/threads.h"
#include "tests/support/heap.h"
#include "tests/support/music_models.h"
#include "tests/support/scratch.h"

#include <check.h>
#include <malloc.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A face as a script has it, through the tracker that live uses, 25 frames a second. */
typedef struct Scene {
    LiveMusic *music;
    EmotionTracker tracker;
    long frame;
    NoteEvent *events; /* NULL: not kept */
    int count;
    bool down[NOTE_PITCHES];
    double heard; /* up to there */
    double last_strike, longest_hole, longest_note, struck[NOTE_PITCHES];
    long strikes, velocities; /* the latter summed */
} Scene;

enum { FRAMES_PER_SECOND = 25, MOST_EVENTS = 200000 };

static MusicModel *model;

static void setup(void) {
    threads_use(1); /* as live does */
    scratch_create();
    model = music_model_untrained(11);
}

static void teardown(void) {
    music_model_destroy(model);
    scratch_remove();
}

static Scene scene_with(const MusicModel *its_model, const LiveMusicSettings *settings) {
    Error error;
    Scene scene = {.music = live_music_create(its_model, settings, &error)};
    ck_assert_msg(scene.music != NULL, "%s", error.message);
    emotion_tracker_init(&scene.tracker, &EMOTION_TRACKER_DEFAULTS);
    return scene;
}

static Scene scene_of(const MusicModel *its_model, MoodPolicy policy, uint64_t seed) {
    LiveMusicSettings settings = {.composer = composer_defaults, .policy = policy};
    settings.composer.seed = seed;
    return scene_with(its_model, &settings);
}

static void keep_events(Scene *scene) {
    scene->events = malloc(MOST_EVENTS * sizeof *scene->events);
}

static void scene_free(Scene *scene) {
    live_music_destroy(scene->music);
    free(scene->events);
}

/* Every strike finds its key up, every release finds it down. */
static void hear(Scene *scene, NoteEvent event) {
    ck_assert_int_ne(scene->down[event.pitch], event.velocity > 0);
    scene->down[event.pitch] = event.velocity > 0;
    if (event.velocity) {
        scene->longest_hole = fmax(scene->longest_hole, event.time - scene->last_strike);
        scene->last_strike = scene->struck[event.pitch] = event.time;
        scene->strikes++;
        scene->velocities += event.velocity;
    } else {
        scene->longest_note = fmax(scene->longest_note, event.time - scene->struck[event.pitch]);
    }
    if (scene->events) {
        ck_assert_int_lt(scene->count, MOST_EVENTS);
        scene->events[scene->count++] = event;
    }
}

static double scene_time(const Scene *scene) {
    return (double)scene->frame / FRAMES_PER_SECOND;
}

/* Nothing comes out of order, or later than it is to sound. */
static void hear_until(Scene *scene, double time) {
    NoteEvent event;
    while (live_music_next(scene->music, time, &event)) {
        ck_assert_msg(event.time >= scene->heard && event.time <= time,
                      "%.3f between %.3f and %.3f", event.time, scene->heard, time);
        scene->heard = event.time;
        hear(scene, event);
    }
    scene->heard = time;
}

static void play(Scene *scene, Emotion emotion, double seconds) {
    float probabilities[EMOTION_COUNT];
    for (int i = 0; i < EMOTION_COUNT; i++)
        probabilities[i] = i == (int)emotion ? 0.94f : 0.01f;
    double end = scene_time(scene) + seconds;
    for (; scene_time(scene) < end; scene->frame++) {
        Error error;
        double now = scene_time(scene);
        const EmotionState *state = emotion_tracker_update(&scene->tracker, now, probabilities);
        live_music_feel(scene->music, state, now);
        ck_assert_msg(!live_music_write(scene->music, now, &error), "%s", error.message);
        ck_assert(live_music_status(scene->music).written >= now + LIVE_MUSIC_LEAD);
        hear_until(scene, now);
    }
}

static void assert_all_keys_up(const Scene *scene) {
    for (int pitch = 0; pitch < NOTE_PITCHES; pitch++)
        ck_assert(!scene->down[pitch]);
    ck_assert_int_eq(live_music_status(scene->music).sounding, 0);
}

/* ------------------------------------------------------------------ */

START_TEST(the_same_faces_give_the_same_music) {
    Scene scenes[3];
    for (int i = 0; i < 3; i++) {
        scenes[i] = scene_of(model, MOOD_MIRROR, i < 2 ? 5 : 6);
        keep_events(&scenes[i]);
        play(&scenes[i], EMOTION_HAPPY, 12);
        play(&scenes[i], EMOTION_SAD, 12);
    }
    ck_assert_int_gt(scenes[0].count, 50);
    ck_assert_int_eq(scenes[0].count, scenes[1].count);
    for (int i = 0; i < scenes[0].count; i++)
        ck_assert(scenes[0].events[i].time == scenes[1].events[i].time &&
                  scenes[0].events[i].pitch == scenes[1].events[i].pitch &&
                  scenes[0].events[i].velocity == scenes[1].events[i].velocity);
    ck_assert(scenes[2].count != scenes[0].count ||
              scenes[2].events[0].pitch != scenes[0].events[0].pitch ||
              scenes[2].events[9].time != scenes[0].events[9].time);
    for (int i = 0; i < 3; i++)
        scene_free(&scenes[i]);
}
END_TEST

/* Two scenes that differ from a moment on: no strike later than two seconds is the same. */
START_TEST(a_change_of_the_face_is_heard_within_two_seconds) {
    const double changed = 20 + _i;
    Scene same = scene_of(model, MOOD_MIRROR, (uint64_t)_i);
    Scene other = scene_of(model, MOOD_MIRROR, (uint64_t)_i);
    keep_events(&same);
    keep_events(&other);
    play(&same, EMOTION_HAPPY, changed + 8);
    play(&other, EMOTION_HAPPY, changed);
    play(&other, EMOTION_SAD, 8);
    int i = 0;
    double last_same = 0;
    while (i < same.count && i < other.count && same.events[i].time == other.events[i].time &&
           same.events[i].pitch == other.events[i].pitch &&
           same.events[i].velocity == other.events[i].velocity) {
        last_same = same.events[i].velocity ? same.events[i].time : last_same;
        i++;
    }
    ck_assert(i < same.count && i < other.count);
    double heard = fmin(same.events[i].time, other.events[i].time);
    ck_assert_msg(heard > changed, "heard at %.2f, before the change", heard);
    ck_assert_msg(last_same < changed + 2, "changed at %.2f, the same until %.2f", changed,
                  last_same);
    scene_free(&same);
    scene_free(&other);
}
END_TEST

START_TEST(a_mood_that_moves_far_turns_the_piece_once) {
    Scene scene = scene_of(model, MOOD_MIRROR, 3);
    play(&scene, EMOTION_HAPPY, 20);
    LiveMusicStatus happy = live_music_status(scene.music);
    play(&scene, EMOTION_HAPPY, 5);
    ck_assert_int_eq(live_music_status(scene.music).section, happy.section);
    play(&scene, EMOTION_SAD, 8);
    LiveMusicStatus sad = live_music_status(scene.music);
    ck_assert_int_ge(sad.section, happy.section + 1);
    ck_assert_int_le(sad.section, happy.section + 2);
    ck_assert_int_eq(sad.piece, happy.piece);
    ck_assert_int_eq(sad.tonic, happy.tonic);
    ck_assert(sad.asked.valence < -0.5f && happy.asked.valence > 0.5f);
    scene_free(&scene);
}
END_TEST

/* Calm, excited and calm faces before the model that is shipped, with several chances. */
START_TEST(notes_come_closer_and_louder_with_arousal) {
    enum { SESSIONS = 4 };
    static const Emotion faces[] = {EMOTION_SAD, EMOTION_ANGRY, EMOTION_SAD, EMOTION_HAPPY};
    const double settle = 5, listen = 15;
    Error error;
    MusicModel *shipped = music_model_load(NULL, &error);
    ck_assert_msg(shipped != NULL, "%s", error.message);
    double notes_a_second[4] = {0}, velocity[4] = {0};
    for (int i = 0; i < SESSIONS; i++) {
        Scene scene = scene_of(shipped, MOOD_MIRROR, (uint64_t)i + 1);
        for (int k = 0; k < 4; k++) {
            play(&scene, faces[k], settle);
            long strikes = scene.strikes, velocities = scene.velocities;
            play(&scene, faces[k], listen);
            strikes = scene.strikes - strikes;
            ck_assert_int_gt(strikes, 0);
            notes_a_second[k] += (double)strikes / listen / SESSIONS;
            velocity[k] += (double)(scene.velocities - velocities) / (double)strikes / SESSIONS;
        }
        scene_free(&scene);
    }
    double calm = notes_a_second[0] + notes_a_second[2];
    double excited = notes_a_second[1] + notes_a_second[3];
    ck_assert_double_gt(excited, 1.4 * calm);
    for (int k = 0; k < 4; k += 2) {
        ck_assert_double_gt(notes_a_second[1], 1.5 * notes_a_second[k]);
        ck_assert_double_gt(velocity[1], velocity[k] + 15);
        ck_assert_double_gt(velocity[3], velocity[k] + 15);
    }
    music_model_destroy(shipped);
}
END_TEST

START_TEST(regulation_meets_the_mood_and_leads_it) {
    Scene scene = scene_of(model, MOOD_REGULATE, 3);
    play(&scene, EMOTION_SAD, 5);
    ck_assert(live_music_status(scene.music).asked.valence < -0.5f);
    play(&scene, EMOTION_SAD, 40);
    ck_assert(live_music_status(scene.music).asked.valence > 0.9f);
    live_music_set_policy(scene.music, MOOD_MIRROR);
    play(&scene, EMOTION_SAD, 3);
    ck_assert(live_music_status(scene.music).asked.valence < -0.5f);
    scene_free(&scene);
}
END_TEST

START_TEST(a_taste_is_heard) {
    Scene scene = scene_of(model, MOOD_MIRROR, 3);
    live_music_set_taste(scene.music, (MoodTaste){.valence_shift = 0.5f});
    play(&scene, EMOTION_NEUTRAL, 3);
    ck_assert_float_eq_tol(live_music_status(scene.music).asked.valence, 0.5f, 0.1f);
    live_music_set_taste(scene.music, (MoodTaste){0});
    play(&scene, EMOTION_NEUTRAL, 3);
    ck_assert_float_eq_tol(live_music_status(scene.music).asked.valence, 0, 0.1f);
    scene_free(&scene);
}
END_TEST

START_TEST(skipping_begins_another_piece_soon) {
    Scene scene = scene_of(model, MOOD_MIRROR, 3);
    play(&scene, EMOTION_HAPPY, 10);
    ck_assert_int_eq(live_music_status(scene.music).piece, 1);
    live_music_skip(scene.music);
    play(&scene, EMOTION_HAPPY, 3);
    ck_assert_int_eq(live_music_status(scene.music).piece, 2);
    scene_free(&scene);
}
END_TEST

/* Bars that last longer than a span, at several speeds. */
START_TEST(a_slow_piece_turns_and_is_left_in_order) {
    static const double speeds[] = {1, LIVE_MUSIC_SLOWEST, LIVE_MUSIC_FASTEST};
    LiveMusicSettings settings = {.composer = composer_defaults};
    settings.composer.seed = (uint64_t)_i;
    settings.composer.tempo = 40;
    Scene scene = scene_with(model, &settings);
    for (size_t k = 0; k < sizeof speeds / sizeof *speeds; k++) {
        live_music_set_speed(scene.music, speeds[k]);
        play(&scene, EMOTION_HAPPY, 12);
        play(&scene, EMOTION_SAD, 12);
        live_music_skip(scene.music);
        play(&scene, EMOTION_SAD, 3);
    }
    ck_assert_int_eq(live_music_status(scene.music).piece, 4);
    scene_free(&scene);
}
END_TEST

START_TEST(twice_the_speed_writes_twice_the_music) {
    long strikes[2];
    for (int fast = 0; fast < 2; fast++) {
        Scene scene = scene_of(model, MOOD_MIRROR, 9);
        live_music_set_speed(scene.music, fast ? 2 : 1);
        play(&scene, EMOTION_HAPPY, 60);
        strikes[fast] = scene.strikes;
        scene_free(&scene);
    }
    ck_assert_msg(strikes[1] > 1.6 * (double)strikes[0] && strikes[1] < 2.4 * (double)strikes[0],
                  "%ld and %ld", strikes[0], strikes[1]);
}
END_TEST

START_TEST(stopping_lets_every_key_up) {
    Scene scene = scene_of(model, MOOD_MIRROR, 4);
    play(&scene, EMOTION_HAPPY, 15);
    double now = scene_time(&scene);
    live_music_stop(scene.music, now + 1);
    hear_until(&scene, now + 1);
    assert_all_keys_up(&scene);
    scene_free(&scene);
}
END_TEST

/* An hour in which the face changes every seven seconds and a user plays with the keys. */
START_TEST(an_hour_leaves_no_stuck_note_no_gap_and_no_memory) {
    Scene scene = scene_of(model, MOOD_MIRROR, 8);
    play(&scene, EMOTION_HAPPY, 300);
    size_t used = mallinfo2().uordblks;
    for (int i = 0; i < 3300 / 7; i++) {
        play(&scene, (Emotion)(i % EMOTION_COUNT), 7);
        if (i % 50 == 20)
            live_music_skip(scene.music);
        if (i % 40 == 10)
            live_music_set_speed(scene.music, 0.5 + i % 4 * 0.5);
        if (i % 60 == 30)
            live_music_set_policy(scene.music, (MoodPolicy)(i / 60 % MOOD_POLICIES));
    }
    if (heap_is_counted())
        ck_assert_uint_lt(mallinfo2().uordblks, used + (64 << 10));
    ck_assert_int_gt(live_music_status(scene.music).piece, 10);
    ck_assert_msg(scene.longest_hole < 9, "%.2f s", scene.longest_hole);
    ck_assert_msg(scene.longest_note < 30, "%.2f s", scene.longest_note);
    live_music_stop(scene.music, scene_time(&scene));
    hear_until(&scene, scene_time(&scene));
    assert_all_keys_up(&scene);
    scene_free(&scene);
}
END_TEST

Suite *live_music_suite(void) {
    Suite *suite = suite_create("live_music");
    TCase *tcase = tcase_create("following");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, the_same_faces_give_the_same_music);
    tcase_add_loop_test(tcase, a_change_of_the_face_is_heard_within_two_seconds, 0, 12);
    tcase_add_test(tcase, a_mood_that_moves_far_turns_the_piece_once);
    tcase_add_test(tcase, notes_come_closer_and_louder_with_arousal);
    tcase_add_test(tcase, regulation_meets_the_mood_and_leads_it);
    tcase_add_test(tcase, a_taste_is_heard);
    tcase_add_test(tcase, skipping_begins_another_piece_soon);
    tcase_add_loop_test(tcase, a_slow_piece_turns_and_is_left_in_order, 0, 4);
    tcase_add_test(tcase, twice_the_speed_writes_twice_the_music);
    tcase_add_test(tcase, stopping_lets_every_key_up);
    tcase_add_test(tcase, an_hour_leaves_no_stuck_note_no_gap_and_no_memory);
    suite_add_tcase(suite, tcase);
    return suite;
}
