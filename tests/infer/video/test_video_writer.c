/* What the writer writes, the reader reads. */
#include "infer/video/video_writer.h"

#include "datasets/media/ffmpeg.h"
#include "infer/video/video.h"
#include "nn/io/file.h"
#include "tests/support/scratch.h"
#include "tests/support/text.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#ifdef HAVE_FFMPEG

enum { WIDTH = 66, HEIGHT = 49, FRAMES = 20 };

/* A frame of one shade that rises from frame to frame. */
static void fill(Image *frame, int i) {
    memset(frame->pixels, 20 + 10 * i, (size_t)frame->width * (size_t)frame->height * 3);
}

static void write_clip(const char *path) {
    Error error;
    Image frame;
    ck_assert_int_eq(image_create(&frame, WIDTH, HEIGHT, IMAGE_RGB, &error), 0);
    VideoWriter *writer = video_writer_create(path, WIDTH, HEIGHT, 25, &error);
    ck_assert_msg(writer != NULL, "%s", error.message);
    for (int i = 0; i < FRAMES; i++) {
        fill(&frame, i);
        ck_assert_msg(!video_writer_add(writer, &frame, i / 25.0, &error), "%s", error.message);
    }
    ck_assert(!file_exists(path)); /* it appears when it is complete */
    ck_assert_msg(!video_writer_finish(writer, &error), "%s", error.message);
    image_free(&frame);
}

START_TEST(frames_come_back_with_their_times) {
    static const char *const names[] = {"a.mp4", "a.avi", "a.mkv", "a.y4m"};
    for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
        Error error;
        const char *path = scratch_path(names[k]);
        write_clip(path);
        Video *video = video_open(&(VideoSettings){.source = path}, &error);
        ck_assert_msg(video != NULL, "%s", error.message);
        VideoFrame frame = {0};
        int n = 0;
        for (; video_next(video, &frame, &error) > 0; n++) {
            ck_assert_double_eq_tol(frame.time, n / 25.0, 2e-3);
            ck_assert_int_le(abs(frame.grey.pixels[frame.grey.width * 20 + 30] - (20 + 10 * n)), 4);
            ck_assert_int_ge(frame.grey.width, WIDTH & ~1);
        }
        ck_assert_int_eq(n, FRAMES);
        video_frame_free(&frame);
        video_close(video);
    }
}
END_TEST

/* Slow for a second, then fast: half of the frames are closer to each other than the average. */
START_TEST(frames_at_irregular_times_keep_them) {
    static const char *const names[] = {"a.mp4", "a.mov", "a.mkv", "a.webm", "a.flv"};
    static const double times[] = {0, .5, 1, 1.03, 1.06, 1.1};
    enum { COUNT = sizeof times / sizeof *times };
    Image frame;
    Error error;
    ck_assert_int_eq(image_create(&frame, WIDTH, HEIGHT, IMAGE_RGB, &error), 0);
    for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
        const char *path = scratch_path(names[k]);
        VideoWriter *writer = video_writer_create(path, WIDTH, HEIGHT, COUNT / 1.13, &error);
        ck_assert_msg(writer != NULL, "%s", error.message);
        for (int i = 0; i < COUNT; i++) {
            fill(&frame, i);
            ck_assert_msg(!video_writer_add(writer, &frame, times[i], &error), "%s", error.message);
        }
        ck_assert_msg(!video_writer_finish(writer, &error), "%s", error.message);
        Video *video = video_open(&(VideoSettings){.source = path}, &error);
        ck_assert_msg(video != NULL, "%s", error.message);
        VideoFrame back = {0};
        int n = 0;
        for (; video_next(video, &back, &error) > 0; n++)
            ck_assert_double_eq_tol(back.time, times[n], 2e-3);
        ck_assert_int_eq(n, COUNT);
        video_frame_free(&back);
        video_close(video);
    }
    image_free(&frame);
}
END_TEST

/* Stripes of one pixel, which would be grey in the middle of a frame that is scaled. */
START_TEST(an_odd_side_loses_its_last_pixel_and_no_other_changes) {
    enum { ODD = 67 };
    const char *path = scratch_path("odd.mkv");
    Image frame;
    Error error;
    ck_assert_int_eq(image_create(&frame, ODD, HEIGHT, IMAGE_RGB, &error), 0);
    for (int i = 0; i < ODD * HEIGHT; i++)
        memset(frame.pixels + 3 * i, i % ODD % 2 ? 220 : 40, 3);
    VideoWriter *writer = video_writer_create(path, ODD, HEIGHT, 25, &error);
    ck_assert_msg(writer != NULL, "%s", error.message);
    ck_assert_int_eq(video_writer_add(writer, &frame, 0, &error), 0);
    ck_assert_msg(!video_writer_finish(writer, &error), "%s", error.message);
    Video *video = video_open(&(VideoSettings){.source = path}, &error);
    ck_assert_msg(video != NULL, "%s", error.message);
    VideoFrame back = {0};
    ck_assert_int_eq(video_next(video, &back, &error), 1);
    ck_assert_int_eq(back.grey.width, ODD - 1);
    for (int x = 0; x < ODD - 1; x++)
        ck_assert_int_le(abs(back.grey.pixels[24 * back.grey.width + x] - (x % 2 ? 220 : 40)), 40);
    video_frame_free(&back);
    video_close(video);
    image_free(&frame);
}
END_TEST

START_TEST(a_name_without_a_kind_and_a_missing_folder_are_refused) {
    Error error;
    ck_assert_ptr_null(video_writer_create(scratch_path("clip"), WIDTH, HEIGHT, 25, &error));
    assert_contains(error.message, "unknown video format");
    ck_assert_ptr_null(video_writer_create(scratch_path("clip.png"), WIDTH, HEIGHT, 25, &error));
    assert_contains(error.message, "unknown video format");
    ck_assert_ptr_null(
        video_writer_create(scratch_path("no/such/folder.mp4"), WIDTH, HEIGHT, 25, &error));
    assert_contains(error.message, "folder.mp4");
}
END_TEST

START_TEST(odd_rates_can_be_written) {
    static const char *const names[] = {"a.mp4", "a.avi", "a.mkv"};
    for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
        Error error;
        VideoWriter *writer =
            video_writer_create(scratch_path(names[k]), WIDTH, HEIGHT, 29.972437, &error);
        ck_assert_msg(writer != NULL, "%s: %s", names[k], error.message);
        video_writer_abandon(writer);
    }
}
END_TEST

START_TEST(giving_up_leaves_nothing) {
    Error error;
    VideoWriter *writer = video_writer_create(scratch_path("b.mkv"), WIDTH, HEIGHT, 25, &error);
    ck_assert_ptr_nonnull(writer);
    video_writer_abandon(writer);
    ck_assert(!file_exists(scratch_path("b.mkv")));
}
END_TEST

#endif

Suite *video_writer_suite(void) {
    Suite *suite = suite_create("video_writer");
    TCase *tcase = tcase_create("video_writer");
    tcase_add_checked_fixture(tcase, scratch_create, scratch_remove);
#ifdef HAVE_FFMPEG
    tcase_add_test(tcase, frames_come_back_with_their_times);
    tcase_add_test(tcase, frames_at_irregular_times_keep_them);
    tcase_add_test(tcase, an_odd_side_loses_its_last_pixel_and_no_other_changes);
    tcase_add_test(tcase, a_name_without_a_kind_and_a_missing_folder_are_refused);
    tcase_add_test(tcase, odd_rates_can_be_written);
    tcase_add_test(tcase, giving_up_leaves_nothing);
#endif
    suite_add_tcase(suite, tcase);
    return suite;
}
