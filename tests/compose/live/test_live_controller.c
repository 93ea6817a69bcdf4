/* Commands and status of a live session, without a terminal. */
#include "compose/live/live_controller.h"
#include "compose/live/live_screen.h"
#include "datasets/media/ffmpeg.h"
#include "nn/io/file.h"
#include "tests/support/clips.h"
#include "tests/support/music_models.h"
#include "tests/support/networks.h"
#include "tests/support/scratch.h"
#include "tests/support/text.h"

#include <check.h>
#include <string.h>

#ifdef HAVE_FFMPEG

static Error error;
static LiveSession *session;
static LiveController *controller;
static bool keys;

static void open_session(const char *source, bool camera) {
    ImageClassifierInfo info = network_info("mini");
    music_model_destroy(music_model_untrained(11));
    LiveSettings settings = {.watching = watcher_defaults(),
                             .music_model = scratch_path("music.safetensors"),
                             .music = {.composer = composer_defaults, .policy = MOOD_MIRROR},
                             .record = scratch_path("record.mid")};
    settings.watching.model = network_save(&info, 4, "face.safetensors");
    settings.watching.detect = false;
    settings.music.composer.openings = 1;
    session = live_session_open(&settings, &error);
    ck_assert_msg(session != NULL, "%s", error.message);
    const LiveControllerSettings how = {
        .source = source, .camera = camera, .colour = true, .keys = keys};
    controller = live_controller_start(session, &how, &error);
    ck_assert_msg(controller != NULL, "%s", error.message);
}

static void close_session(void) {
    double seconds;
    ck_assert_msg(!live_controller_stop(controller, &seconds, &error), "%s", error.message);
    live_session_close(session);
}

static LiveStatus step(void) {
    ck_assert_msg(!live_controller_step(controller, 0.05, &error), "%s", error.message);
    return live_controller_status(controller);
}

static LiveStatus after(LiveCommand command) {
    live_controller_do(controller, command);
    return live_controller_status(controller);
}

START_TEST(a_frame_is_seen_and_felt) {
    open_session(clip_write("clip.y4m", 64, 48, 1500), false);
    LiveStatus status = step();
    for (int i = 0; i < 100 && !status.face; i++)
        status = step();
    ck_assert(status.face && status.picture && status.state->face);
    ck_assert_int_eq(status.picture->width, 64);
    ck_assert(!status.mirrored && !status.by_hand && !status.ended);
    close_session();
    ck_assert(file_exists(scratch_path("record.mid")));
}
END_TEST

START_TEST(commands_change_what_the_status_says) {
    open_session(clip_write("clip.y4m", 64, 48, 1500), false);
    step();
    ck_assert(after(LIVE_PAUSE).paused);
    ck_assert(!after(LIVE_PAUSE).paused);
    ck_assert(after(LIVE_MUTE).muted);
    ck_assert_str_eq(after(LIVE_FASTER).message, "tempo: 1.10 times as written");
    ck_assert_str_eq(after(LIVE_SLOWER).message, "tempo: 1.00 times as written");
    ck_assert_int_eq(after(LIVE_POLICY).music->policy, MOOD_REGULATE);
    ck_assert_str_eq(after(LIVE_SAVE).message, "saved");
    ck_assert(file_exists(scratch_path("record.mid")));
    ck_assert(after(LIVE_QUIT).ended);
    close_session();
}
END_TEST

/* Whatever the face shows, until it is followed again. */
START_TEST(a_mood_set_by_hand_leads_the_music) {
    open_session(clip_write("clip.y4m", 64, 48, 1500), false);
    LiveStatus status = after((LiveCommand)(LIVE_FEEL + EMOTION_SAD));
    ck_assert(status.by_hand);
    ck_assert_int_eq(status.state->emotion, EMOTION_SAD);
    status = step();
    ck_assert_int_eq(status.state->emotion, EMOTION_SAD);
    ck_assert(!after(LIVE_FOLLOW).by_hand);
    close_session();
}
END_TEST

/* Without a camera a session goes on, and can be led by hand: with keys where there are any. */
START_TEST(a_missing_camera_is_told_and_the_session_goes_on) {
    keys = _i;
    open_session("/dev/no-such-camera", true);
    LiveStatus status = step();
    for (int i = 0; i < 200 && !status.message; i++)
        status = step();
    assert_contains(status.message, "there is no such camera; waiting for it.");
    ck_assert_int_eq(strstr(status.message, "Keys 1 to 7") != NULL, keys);
    ck_assert(!status.state->face && !status.face && !status.picture);
    ck_assert_int_eq(after((LiveCommand)(LIVE_FEEL + EMOTION_HAPPY)).state->emotion, EMOTION_HAPPY);
    close_session();
}
END_TEST

#endif

START_TEST(each_key_has_one_command) {
    ck_assert_int_eq(live_screen_command('q'), LIVE_QUIT);
    ck_assert_int_eq(live_screen_command(' '), LIVE_PAUSE);
    ck_assert_int_eq(live_screen_command('1'), LIVE_FEEL + EMOTION_ANGRY);
    ck_assert_int_eq(live_screen_command('7'), LIVE_FEEL + EMOTION_NEUTRAL);
    ck_assert_int_eq(live_screen_command('8'), -1);
    ck_assert_int_eq(live_screen_command('x'), -1);
    ck_assert_int_eq(live_screen_command(0), -1);
}
END_TEST

Suite *live_controller_suite(void) {
    Suite *suite = suite_create("live controller");
    TCase *tests = tcase_create("commands and status");
    tcase_add_checked_fixture(tests, scratch_create, scratch_remove);
    tcase_add_test(tests, each_key_has_one_command);
#ifdef HAVE_FFMPEG
    tcase_add_test(tests, a_frame_is_seen_and_felt);
    tcase_add_test(tests, commands_change_what_the_status_says);
    tcase_add_test(tests, a_mood_set_by_hand_leads_the_music);
    tcase_add_loop_test(tests, a_missing_camera_is_told_and_the_session_goes_on, 0, 2);
#endif
    suite_add_tcase(suite, tests);
    return suite;
}
