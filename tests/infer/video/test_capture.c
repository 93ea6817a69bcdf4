/* Live capture: the newest frame only, and a camera that is away is tried again. */
#include "infer/video/capture.h"

#include "datasets/media/ffmpeg.h"
#include "nn/base/clock.h"
#include "nn/io/file.h"
#include "tests/support/clips.h"
#include "tests/support/scratch.h"
#include "tests/support/text.h"

#include <check.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#ifdef HAVE_FFMPEG

static Capture *start(const char *source, bool camera) {
    Error error;
    Capture *capture = capture_start(&(VideoSettings){.source = source, .camera = camera}, &error);
    ck_assert_msg(capture != NULL, "%s", error.message);
    return capture;
}

START_TEST(a_slow_caller_sees_the_newest_frame) {
    Capture *capture = start(clip_write("a.y4m", 16, 16, 20), false);
    VideoFrame frame = {0};
    Error error;
    ck_assert_int_eq(capture_take(capture, 5, &frame, &error), CAPTURE_FRAME);
    usleep(300000); /* seven frames' time */
    ck_assert_int_eq(capture_take(capture, 5, &frame, &error), CAPTURE_FRAME);
    ck_assert_int_ge(frame.index, 4);
    ck_assert_int_eq(frame.grey.pixels[0], 10 * frame.index + 20);
    CaptureState state;
    long last = frame.index;
    while ((state = capture_take(capture, 5, &frame, &error)) == CAPTURE_FRAME) {
        ck_assert_int_gt(frame.index, last);
        last = frame.index;
    }
    ck_assert_int_eq(state, CAPTURE_ENDED);
    capture_stop(capture);
    video_frame_free(&frame);
}
END_TEST

START_TEST(the_last_frame_waits_to_be_taken) {
    Capture *capture = start(clip_write("one.y4m", 16, 16, 1), false);
    usleep(300000);
    VideoFrame frame = {0};
    Error error;
    ck_assert_int_eq(capture_take(capture, 5, &frame, &error), CAPTURE_FRAME);
    ck_assert_int_eq(capture_take(capture, 5, &frame, &error), CAPTURE_ENDED);
    capture_stop(capture);
    video_frame_free(&frame);
}
END_TEST

START_TEST(nothing_yet_is_told_in_time) {
    Capture *capture = start(clip_write("b.y4m", 16, 16, 20), false);
    VideoFrame frame = {0};
    ck_assert_int_eq(capture_take(capture, 5, &frame, NULL), CAPTURE_FRAME);
    while (capture_take(capture, 0, &frame, NULL) == CAPTURE_FRAME)
        ;
    ck_assert_int_eq(capture_take(capture, 0, &frame, NULL), CAPTURE_WAITING);
    capture_stop(capture); /* in the middle of the clip */
    video_frame_free(&frame);
}
END_TEST

START_TEST(a_missing_camera_is_lost_and_tried_again) {
    Capture *capture = start("/dev/video99", true);
    VideoFrame frame = {0};
    Error error;
    ck_assert_int_eq(capture_take(capture, 5, &frame, &error), CAPTURE_LOST);
    assert_contains(error.message, "no such camera");
    ck_assert_int_eq(capture_take(capture, 0.1, &frame, &error), CAPTURE_WAITING);
    ck_assert_int_eq(capture_take(capture, 5, &frame, &error), CAPTURE_LOST); /* the second try */
    capture_stop(capture);
    video_frame_free(&frame);
}
END_TEST

/* FFmpeg's own pictures stand in for a camera: five frames, then it is pulled out. */
START_TEST(a_camera_that_comes_back_goes_on_in_time) {
    Error error;
    Capture *capture =
        capture_start(&(VideoSettings){.source = "color=gray:size=32x24:rate=25:duration=0.2",
                                       .camera = true,
                                       .driver = "lavfi"},
                      &error);
    ck_assert_ptr_nonnull(capture);
    VideoFrame frame = {0};
    double last = -1;
    bool lost = false, back = false;
    while (!back) { /* a busy machine may show none of a round's frames in time */
        CaptureState state = capture_take(capture, 5, &frame, &error);
        if (state == CAPTURE_LOST && strstr(error.message, "knows no cameras"))
            break; /* an FFmpeg without lavfi */
        ck_assert(state == CAPTURE_FRAME || state == CAPTURE_LOST);
        if (state == CAPTURE_FRAME) {
            ck_assert_double_gt(frame.time, last);
            ck_assert(!lost || frame.time > 0.9); /* it is tried again after a second */
            last = frame.time;
            back = lost;
        } else {
            assert_contains(error.message, "stopped");
            lost = true;
        }
    }
    capture_stop(capture);
    video_frame_free(&frame);
}
END_TEST

/* A pipe that somebody holds open and writes into no more: at once, or after a clip's first part.
 */
START_TEST(a_silent_pipe_can_be_stopped) {
    const char *path = scratch_path("pipe");
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    Capture *capture = start(path, false);
    int writer = open(path, O_RDWR);
    VideoFrame frame = {0};
    ck_assert_int_ge(writer, 0);
    if (_i) {
        Error error;
        unsigned char *bytes;
        size_t size;
        ck_assert(!file_read(clip_write("c.y4m", 64, 48, 4), 1 << 16, &bytes, &size, &error));
        ck_assert_int_eq(write(writer, bytes, size), (ssize_t)size);
        free(bytes);
        ck_assert_int_eq(capture_take(capture, 5, &frame, NULL), CAPTURE_FRAME);
    }
    while (capture_take(capture, 0.3, &frame, NULL) == CAPTURE_FRAME)
        ;
    ck_assert_int_eq(capture_take(capture, 0.1, &frame, NULL), CAPTURE_WAITING);
    double asked = clock_seconds();
    capture_stop(capture);
    ck_assert_double_lt(clock_seconds() - asked, 1);
    close(writer);
    video_frame_free(&frame);
}
END_TEST

START_TEST(a_file_that_cannot_be_read_fails_for_good) {
    Capture *capture = start(scratch_write("bad.mp4", "nothing"), false);
    VideoFrame frame = {0};
    Error error;
    ck_assert_int_eq(capture_take(capture, 5, &frame, &error), CAPTURE_FAILED);
    assert_contains(error.message, "bad.mp4");
    ck_assert_int_eq(capture_take(capture, 5, &frame, &error), CAPTURE_FAILED);
    capture_stop(capture);
}
END_TEST

#endif

Suite *capture_suite(void) {
    Suite *suite = suite_create("capture");
    TCase *tcase = tcase_create("capture");
    tcase_add_checked_fixture(tcase, scratch_create, scratch_remove);
#ifdef HAVE_FFMPEG
    tcase_add_test(tcase, a_slow_caller_sees_the_newest_frame);
    tcase_add_test(tcase, the_last_frame_waits_to_be_taken);
    tcase_add_test(tcase, nothing_yet_is_told_in_time);
    tcase_add_test(tcase, a_missing_camera_is_lost_and_tried_again);
    tcase_add_test(tcase, a_camera_that_comes_back_goes_on_in_time);
    tcase_add_loop_test(tcase, a_silent_pipe_can_be_stopped, 0, 2);
    tcase_add_test(tcase, a_file_that_cannot_be_read_fails_for_good);
#endif
    suite_add_tcase(suite, tcase);
    return suite;
}
