/* What a live session holds, and its music in real time (live_stage.h). */
#include "compose/live/live_stage.h"
#include "datasets/music/midi.h"
#include "nn/base/clock.h"
#include "nn/io/file.h"
#include "tests/support/files.h"
#include "tests/support/music_models.h"
#include "tests/support/networks.h"
#include "tests/support/scratch.h"
#include "tests/support/text.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static Error error;
static LiveSettings settings;

static void set_up(void) {
    scratch_create();
    ImageClassifierInfo info = network_info("mini");
    music_model_destroy(music_model_untrained(11));
    settings = (LiveSettings){.watching = watcher_defaults(),
                              .music_model = strdup(scratch_path("music.safetensors")),
                              .music = {.composer = composer_defaults, .policy = MOOD_MIRROR},
                              .record = strdup(scratch_path("record.mid")),
                              .log = strdup(scratch_path("log.jsonl"))};
    settings.watching.model = strdup(network_save(&info, 4, "face.safetensors"));
    settings.watching.detect = false;
    settings.music.composer.openings = 1;
}

static void tear_down(void) {
    free((char *)settings.music_model);
    free((char *)settings.record);
    free((char *)settings.log);
    free((char *)settings.watching.model);
    scratch_remove();
}

static LiveSession *opened(void) {
    LiveSession *session = live_session_open(&settings, &error);
    ck_assert_msg(session != NULL, "%s", error.message);
    return session;
}

/* So many grey frames, ten a second, as a replay takes them. */
static void watch(LiveSession *session, int frames) {
    uint8_t pixels[48 * 48];
    memset(pixels, 120, sizeof pixels);
    VideoFrame frame = {
        .grey = {.width = 48, .height = 48, .channels = IMAGE_GREY, .pixels = pixels}};
    for (int i = 0; i < frames; i++) {
        frame.time = i / 10.0;
        ck_assert_int_eq(live_session_look(session, &frame, frame.time, &error), 0);
        ck_assert_int_eq(live_music_write(session->music, frame.time, &error), 0);
        ck_assert_int_eq(live_session_log(session, &error), 0);
        ck_assert_int_eq(live_session_play(session, frame.time, &error), 0);
    }
}

START_TEST(what_was_played_is_saved_and_what_was_seen_logged) {
    LiveSession *session = opened();
    watch(session, 60);
    ck_assert_int_eq(session->frames, 60);
    ck_assert_int_gt(session->notes, 0);
    ck_assert(!file_exists(settings.record));
    ck_assert_int_eq(live_session_finish(session, 6, 1, &error), 0);
    live_session_close(session);
    Song *song = midi_read(settings.record, &error);
    ck_assert_msg(song && song->n_notes > 0, "%s", error.message);
    song_free(song);
    int lines = 0;
    unsigned char *log = file_bytes(settings.log, NULL);
    for (const unsigned char *at = log; *at; at++)
        lines += *at == '\n';
    free(log);
    ck_assert_int_eq(lines, 60);
}
END_TEST

/* Each line at once, for whoever reads along. */
START_TEST(a_line_of_the_log_does_not_wait_for_the_next) {
    LiveSession *session = opened();
    watch(session, 1);
    unsigned char *log = file_bytes(settings.log, NULL);
    ck_assert_int_eq(log[strlen((char *)log) - 1], '\n');
    free(log);
    live_session_close(session);
}
END_TEST

START_TEST(a_mood_set_by_hand_is_what_the_music_follows) {
    LiveSession *session = opened();
    live_session_set_mood(session, EMOTION_SAD, 0);
    watch(session, 10);
    ck_assert_int_eq(live_session_mood(session)->emotion, EMOTION_SAD);
    ck_assert_float_lt(live_music_status(session->music).asked.valence, 0);
    live_session_set_mood(session, LIVE_SESSION_FACE, 1);
    ck_assert_ptr_eq(live_session_mood(session), watcher_mood(session->watcher));
    live_session_close(session);
}
END_TEST

START_TEST(what_cannot_be_opened_is_named) {
    static const char *const missing = "/nowhere/at.all";
    const LiveSettings good = settings;
    for (int i = 0; i < 4; i++) {
        settings = good;
        if (i == 0)
            settings.watching.model = missing;
        else if (i == 1)
            settings.music_model = missing;
        else if (i == 2)
            settings.log = missing;
        else
            settings.genre = "polka";
        ck_assert_ptr_null(live_session_open(&settings, &error));
        assert_contains(error.message, i < 3 ? missing : "polka");
    }
    settings = good;
}
END_TEST

START_TEST(without_a_device_the_music_goes_on_into_a_file) {
    const char *const record = settings.record, *unheard = scratch_path("unheard.mid");
    settings.sound = true;
    settings.player.driver = "no-such-driver";
    ck_assert_ptr_null(live_session_open(&settings, &error));
    settings.unheard = unheard;
    settings.record = NULL;
    LiveSession *session = opened();
    ck_assert(session->unheard.message[0]);
    ck_assert_ptr_null(session->player);
    watch(session, 20);
    ck_assert_int_eq(live_session_finish(session, 2, 0, &error), 0);
    live_session_close(session);
    ck_assert(file_exists(unheard));
    settings.record = record; /* which is recorded into where there is one */
    session = opened();
    ck_assert_str_eq(session->record, record);
    live_session_close(session);
}
END_TEST

START_TEST(on_the_stage_time_goes_on_but_not_in_a_pause) {
    LiveSession *session = opened();
    LiveStage *stage = live_stage_start(session, &error);
    ck_assert_ptr_nonnull(stage);
    for (int i = 0; i < 500 && live_stage_status(stage).now < 0.05; i++)
        clock_sleep(0.01);
    ck_assert_double_ge(live_stage_status(stage).now, 0.05);
    live_stage_pause(stage, true);
    double paused = live_stage_status(stage).now;
    clock_sleep(0.1);
    ck_assert(live_stage_status(stage).paused);
    ck_assert_double_eq_tol(live_stage_status(stage).now, paused, 0.02);
    live_stage_pause(stage, false);
    for (int i = 0; i < 500 && live_stage_status(stage).now < paused + 0.05; i++)
        clock_sleep(0.01);
    ck_assert_double_gt(live_stage_status(stage).now, paused + 0.04);
    ck_assert_int_eq(live_stage_check(stage, &error), 0);
    ck_assert_int_eq(live_stage_stop(stage, 0, &error), 0);
    live_session_close(session);
    ck_assert(file_exists(settings.record));
}
END_TEST

Suite *live_session_suite(void) {
    Suite *suite = suite_create("live session");
    TCase *tests = tcase_create("a face and its music");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, what_was_played_is_saved_and_what_was_seen_logged);
    tcase_add_test(tests, a_line_of_the_log_does_not_wait_for_the_next);
    tcase_add_test(tests, a_mood_set_by_hand_is_what_the_music_follows);
    tcase_add_test(tests, what_cannot_be_opened_is_named);
    tcase_add_test(tests, without_a_device_the_music_goes_on_into_a_file);
    tcase_add_test(tests, on_the_stage_time_goes_on_but_not_in_a_pause);
    suite_add_tcase(suite, tests);
    return suite;
}
