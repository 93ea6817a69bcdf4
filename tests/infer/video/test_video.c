/* Videos: every frame in order, and clear words for what is no video. */
#include "infer/video/video.h"

#include "datasets/media/ffmpeg.h"
#include "infer/video/video_writer.h"
#include "nn/io/file.h"
#include "tests/support/clips.h"
#include "tests/support/corner_pictures.h"
#include "tests/support/data.h"
#include "tests/support/files.h"
#include "tests/support/scratch.h"
#include "tests/support/text.h"

#include <check.h>
#include <stdlib.h>
#include <unistd.h>

START_TEST(only_a_long_time_between_frames_is_a_hole) {
    ck_assert_double_eq(video_hole(3, 13), 0);
    ck_assert_double_eq(video_hole(3, 14), 11);
}
END_TEST

static void assert_refused(const char *path, bool camera, const char *reason) {
    Error error;
    Video *video = video_open(&(VideoSettings){.source = path, .camera = camera}, &error);
    VideoFrame frame = {0};
    if (video) /* what can be opened must fail before it gives a frame */
        ck_assert_int_eq(video_next(video, &frame, &error), -1);
    assert_contains(error.message, reason);
    video_frame_free(&frame);
    video_close(video);
}

#ifdef HAVE_FFMPEG

static Video *open_video(const char *path, bool colour) {
    Error error;
    Video *video = video_open(&(VideoSettings){.source = path, .colour = colour}, &error);
    ck_assert_msg(video != NULL, "%s", error.message);
    return video;
}

START_TEST(every_frame_comes_once_with_its_time) {
    Video *video = open_video(clip_write("a.y4m", 18, 11, 12), true);
    VideoFrame frame = {0};
    Error error;
    for (int i = 0; i < 12; i++) {
        ck_assert_int_eq(video_next(video, &frame, &error), 1);
        ck_assert_int_eq(frame.index, i);
        ck_assert_double_eq_tol(frame.time, i / 25.0, 1e-6);
        ck_assert(frame.grey.width == 18 && frame.grey.height == 11);
        ck_assert_int_eq(frame.grey.pixels[18 * 11 - 1], 10 * i + 20);
        ck_assert(frame.colour.channels == IMAGE_RGB && frame.colour.width == 18);
        ck_assert_int_le(abs(frame.colour.pixels[0] - (10 * i + 20)), 2);
    }
    ck_assert_int_eq(video_next(video, &frame, &error), 0);
    ck_assert_double_eq_tol(video_rate(video), 25, 1e-6);
    video_frame_free(&frame);
    video_close(video);
}
END_TEST

START_TEST(a_video_may_lie_deep) {
    char folder[1024], part[201];
    memset(part, 'x', sizeof part - 1);
    part[sizeof part - 1] = 0;
    snprintf(folder, sizeof folder, "%s/%s/%s/%s", scratch_path("deep"), part, part, part);
    Error error;
    ck_assert_msg(!directory_create(folder, &error), "%s", error.message);
    const char *path = text_format("%s/a.y4m", folder);
    ck_assert_int_eq(rename(clip_write("a.y4m", 18, 11, 1), path), 0);
    video_close(open_video(path, false));
}
END_TEST

START_TEST(frames_may_change_their_size) {
    unsigned char *bytes[2];
    size_t size[2];
    Error error;
    const char *const names[2] = {"tests/fixtures/gradient_32x24.jpg",
                                  "tests/fixtures/grey_40x30.jpg"};
    const char *path = scratch_path("changing.mjpeg");
    FILE *file = fopen(path, "wb");
    for (int i = 0; i < 6; i++) {
        ck_assert_int_eq(file_read(names[i % 2], 1 << 20, &bytes[i % 2], &size[i % 2], &error), 0);
        fwrite(bytes[i % 2], 1, size[i % 2], file);
        free(bytes[i % 2]);
    }
    fclose(file);
    Video *video = open_video(path, true);
    VideoFrame frame = {0};
    int widths[2] = {0};
    while (video_next(video, &frame, &error) > 0) {
        ck_assert(frame.grey.width == frame.colour.width &&
                  frame.grey.height == frame.colour.height);
        widths[0] += frame.grey.width == 32;
        widths[1] += frame.grey.width == 40;
    }
    ck_assert_int_ge(widths[0], 2);
    ck_assert_int_ge(widths[1], 2);
    video_frame_free(&frame);
    video_close(video);
}
END_TEST

START_TEST(frames_of_every_orientation_come_upright) {
    for (int orientation = 1; orientation <= 8; orientation++) {
        size_t size;
        unsigned char *bytes = corner_picture(CORNER_JPEG, orientation, &size);
        const char *path = scratch_path("turned.mjpeg");
        FILE *file = fopen(path, "wb");
        for (int i = 0; i < 4; i++)
            fwrite(bytes, 1, size, file);
        fclose(file);
        free(bytes);
        Video *video = open_video(path, true);
        VideoFrame frame = {0};
        Error error;
        ck_assert_int_eq(video_next(video, &frame, &error), 1);
        assert_corners(&frame.colour, orientation);
        video_frame_free(&frame);
        video_close(video);
    }
}
END_TEST

/* The same picture, once stored half as wide in pixels that are twice as wide as high. */
START_TEST(pixels_become_square) {
    Video *wide = open_video("tests/fixtures/wide_pixels.mp4", true);
    Video *square = open_video("tests/fixtures/square_pixels.mp4", false);
    VideoFrame frames[2] = {{0}, {0}};
    Error error;
    ck_assert_int_eq(video_next(wide, &frames[0], &error), 1);
    ck_assert_int_eq(video_next(square, &frames[1], &error), 1);
    const Image *a = &frames[0].grey, *b = &frames[1].grey;
    ck_assert(a->width == b->width && a->height == b->height);
    ck_assert_int_eq(frames[0].colour.width, b->width);
    long difference = 0, pixels = (long)a->width * a->height;
    for (long i = 0; i < pixels; i++)
        difference += labs((long)a->pixels[i] - b->pixels[i]);
    ck_assert_int_lt(difference / pixels, 8);
    video_frame_free(&frames[0]);
    video_frame_free(&frames[1]);
    video_close(wide);
    video_close(square);
}
END_TEST

START_TEST(pixels_of_an_absurd_shape_are_not_believed) {
    const char *path = scratch_path("absurd.y4m");
    FILE *file = fopen(path, "wb");
    fprintf(file, "YUV4MPEG2 W16 H8 F25:1 Ip A1000:1 Cmono\nFRAME\n%128s", "");
    fclose(file);
    Video *video = open_video(path, false);
    VideoFrame frame = {0};
    Error error;
    ck_assert_int_eq(video_next(video, &frame, &error), 1);
    ck_assert(frame.grey.width == 16 && frame.grey.height == 8);
    video_frame_free(&frame);
    video_close(video);
}
END_TEST

/* Reads to the end; returns how many frames there were. */
static int count_frames(Video *video) {
    VideoFrame frame = {0};
    Error error;
    int frames = 0, status;
    while ((status = video_next(video, &frame, &error)) > 0)
        frames++;
    ck_assert_int_eq(status, 0);
    video_frame_free(&frame);
    return frames;
}

/* Writes 100 frames at 25 frames per second, the first at `begin` seconds; returns the path. */
static const char *write_video_from(const char *name, double begin) {
    const char *path = scratch_path(name);
    Error error;
    VideoWriter *writer = video_writer_create(path, 64, 48, 25, &error);
    ck_assert_msg(writer != NULL, "%s", error.message);
    Image picture;
    ck_assert_int_eq(image_create(&picture, 64, 48, IMAGE_RGB, &error), 0);
    for (int i = 0; i < 100; i++) {
        for (int k = 0; k < 64 * 48 * 3; k++)
            picture.pixels[k] = (uint8_t)(k * k / 7 + 3 * i);
        ck_assert_int_eq(video_writer_add(writer, &picture, begin + i / 25.0, &error), 0);
    }
    ck_assert_int_eq(video_writer_finish(writer, &error), 0);
    image_free(&picture);
    return path;
}

static const char *write_video(const char *name) {
    return write_video_from(name, 0);
}

START_TEST(a_video_that_is_cut_off_is_noticed) {
    Video *whole = open_video("tests/fixtures/square_pixels.mp4", false);
    int frames = count_frames(whole);
    ck_assert_int_eq(video_damaged(whole), 0);
    ck_assert_double_eq(video_missing(whole), 0);
    video_close(whole);
    ck_assert_int_eq(frames, 10);
    size_t size;
    unsigned char *bytes = file_bytes(write_video("whole.avi"), &size);
    Video *cut = open_video(scratch_write_bytes("cut.avi", (char *)bytes, size / 2), false);
    ck_assert_int_lt(count_frames(cut), 60);
    ck_assert_int_gt(video_damaged(cut), 0);
    video_close(cut);
    free(bytes);
}
END_TEST

/* Files of only one stream, whose duration can be nothing but that of the pictures. */
START_TEST(a_video_whose_last_part_is_missing_is_noticed) {
    size_t size;
    unsigned char *bytes = file_bytes(write_video("whole.mkv"), &size);
    Video *whole = open_video(scratch_path("whole.mkv"), false);
    ck_assert_int_eq(count_frames(whole), 100);
    ck_assert_double_eq(video_missing(whole), 0);
    video_close(whole);
    Video *cut = open_video(scratch_write_bytes("cut.mkv", (char *)bytes, size * 8 / 10), false);
    int frames = count_frames(cut);
    ck_assert_int_lt(frames, 90);
    ck_assert_double_eq_tol(video_missing(cut), 4 - frames / 25.0, 0.1);
    video_close(cut);
    free(bytes);
}
END_TEST

START_TEST(a_video_that_begins_late_misses_nothing) {
    static const char *const names[] = {"late.mkv", "late.mp4", "late.flv"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        Video *late = open_video(write_video_from(names[i], 5), false);
        ck_assert_int_eq(count_frames(late), 100);
        ck_assert_double_eq(video_missing(late), 0);
        video_close(late);
    }
}
END_TEST

START_TEST(odd_pixel_formats_become_grey_and_colour) {
    /* Name, bytes of a pixel's luma, chroma samples a frame of 16×8, middle grey. */
    static const struct {
        const char *colours;
        int bytes, chroma, grey;
    } formats[] = {{"444", 1, 2 * 128, 128},
                   {"411", 1, 2 * 32, 128},
                   {"420p10", 2, 2 * 32, 512},
                   {"422p12", 2, 2 * 64, 2048},
                   {"mono16", 2, 0, 32768}};
    for (size_t k = 0; k < sizeof formats / sizeof *formats; k++) {
        const char *path = scratch_path(text_format("%s.y4m", formats[k].colours));
        FILE *file = fopen(path, "wb");
        fprintf(file, "YUV4MPEG2 W16 H8 F25:1 Ip A1:1 C%s\nFRAME\n", formats[k].colours);
        for (int i = 0; i < 128 + formats[k].chroma; i++)
            for (int byte = 0; byte < formats[k].bytes; byte++)
                fputc(formats[k].grey >> 8 * byte & 255, file);
        fclose(file);
        Video *video = open_video(path, true);
        VideoFrame frame = {0};
        Error error;
        ck_assert_msg(video_next(video, &frame, &error) == 1, "%s: %s", formats[k].colours,
                      error.message);
        ck_assert_int_le(abs(frame.grey.pixels[127] - 128), 3);
        for (int c = 0; c < 3; c++)
            ck_assert_int_le(abs(frame.colour.pixels[3 * 127 + c] - 128), 3);
        video_frame_free(&frame);
        video_close(video);
    }
}
END_TEST

START_TEST(a_damaged_video_gives_what_is_left) {
    const char *path = data_path("faces/video/pyfeat_single_face.mp4");
    if (!path)
        return;
    unsigned char *bytes;
    size_t size;
    Error error;
    ck_assert_int_eq(file_read(path, 1 << 26, &bytes, &size, &error), 0);
    for (size_t i = size / 4; i < size / 2; i += 97)
        bytes[i] ^= 0x55;
    Video *video = open_video(scratch_write_bytes("damaged.mp4", bytes, size), false);
    VideoFrame frame = {0};
    int frames = 0, status;
    while ((status = video_next(video, &frame, &error)) > 0)
        frames++;
    ck_assert_int_eq(status, 0);
    ck_assert_int_gt(frames, 5);
    video_frame_free(&frame);
    video_close(video);
    free(bytes);
}
END_TEST

START_TEST(standard_input_is_read) {
    const char *path = clip_write("pipe.y4m", 16, 16, 3);
    ck_assert_ptr_nonnull(freopen(path, "rb", stdin));
    Video *video = open_video("-", false);
    VideoFrame frame = {0};
    Error error;
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(video_next(video, &frame, &error), 1);
    ck_assert_int_eq(video_next(video, &frame, &error), 0);
    video_frame_free(&frame);
    video_close(video);
}
END_TEST

START_TEST(pictures_on_standard_input_come_upright) {
    static const CornerFormat formats[] = {CORNER_JPEG, CORNER_PNG, CORNER_WEBP};
    for (int i = 0; i < 3 * 8; i++) {
        size_t size;
        unsigned char *bytes = corner_picture(formats[i / 8], 1 + i % 8, &size);
        const char *path = scratch_path("turned");
        FILE *file = fopen(path, "wb");
        fwrite(bytes, 1, size, file);
        fclose(file);
        free(bytes);
        ck_assert_ptr_nonnull(freopen(path, "rb", stdin));
        Video *video = open_video("-", true);
        VideoFrame frame = {0};
        Error error;
        ck_assert_msg(video_next(video, &frame, &error) == 1, "%s", error.message);
        assert_corners(&frame.colour, 1 + i % 8);
        video_frame_free(&frame);
        video_close(video);
    }
}
END_TEST

START_TEST(what_is_no_video_is_refused) {
    assert_refused(scratch_write("empty.mp4", ""), false, "empty.mp4");
    assert_refused(scratch_write("text.avi", "no video here"), false,
                   "text.avi: neither a picture nor a video");
    assert_refused(scratch_path("missing.mp4"), false, "No such file");
    assert_refused(scratch_write("head.y4m", "YUV4MPEG2 W64 H64 F25:1\n"), false, "head.y4m");
    assert_refused(scratch_write("http.m3u8",
                                 "#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:1/a.ts\n#EXT-X-ENDLIST\n"),
                   false, "http.m3u8");
}
END_TEST

START_TEST(a_clip_that_ends_within_a_frame_is_noticed) {
    size_t size;
    unsigned char *bytes = file_bytes(clip_write("whole.y4m", 64, 48, 5), &size);
    for (int cut = 0; cut <= 2000; cut += 500) {
        const char *path = scratch_write_bytes("cut.y4m", (char *)bytes, size - (size_t)cut);
        Video *video = open_video(path, false);
        ck_assert_int_eq(count_frames(video), cut ? 4 : 5);
        ck_assert_int_eq(video_damaged(video), cut > 0);
        video_close(video);
    }
    free(bytes);
}
END_TEST

/* Formats that FFmpeg takes for shorter ones: the mark of the end is missing, or also a part
 * of the last frames. */
START_TEST(a_cut_file_without_a_length_is_noticed) {
    const char *const whole[] = {"tests/fixtures/moving.gif", "tests/fixtures/moving.png",
                                 write_video("whole.ogv")};
    static const char *const names[] = {"cut.gif", "cut.png", "cut.ogv"};
    for (int i = 0; i < 3; i++) {
        size_t size;
        unsigned char *bytes = file_bytes(whole[i], &size);
        const size_t ends[] = {size, size - 1, size * 97 / 100};
        for (int j = 0; j < 3; j++) {
            Video *video = open_video(scratch_write_bytes(names[i], (char *)bytes, ends[j]), false);
            ck_assert_int_gt(count_frames(video), 0);
            ck_assert_msg((video_damaged(video) > 0) == (j > 0), "%s, %zu of %zu bytes: %ld",
                          names[i], ends[j], size, video_damaged(video));
            video_close(video);
        }
        free(bytes);
    }
}
END_TEST

START_TEST(sizes_that_no_video_has_are_named) {
    static const char *const sizes[] = {"W0 H0", "W999999999 H999999999", "W65535 H65535",
                                        "W-5 H10"};
    const char *text = text_format("YUV4MPEG2 %s F25:1\nFRAME\n", sizes[_i]);
    assert_refused(scratch_write("size.y4m", text), false,
                   "size.y4m: its header has a size or rate that no video can have");
}
END_TEST

START_TEST(a_missing_camera_is_told) {
    assert_refused("/dev/video99", true, "/dev/video99: there is no such camera");
}
END_TEST

#else

START_TEST(without_ffmpeg_the_packages_are_named) {
    assert_refused("a.mp4", false, "libavcodec-dev");
}
END_TEST

#endif

Suite *video_suite(void) {
    Suite *suite = suite_create("video");
    TCase *tcase = tcase_create("video");
    tcase_add_checked_fixture(tcase, scratch_create, scratch_remove);
    tcase_add_test(tcase, only_a_long_time_between_frames_is_a_hole);
#ifdef HAVE_FFMPEG
    tcase_add_test(tcase, every_frame_comes_once_with_its_time);
    tcase_add_test(tcase, a_video_may_lie_deep);
    tcase_add_test(tcase, frames_may_change_their_size);
    tcase_add_test(tcase, frames_of_every_orientation_come_upright);
    tcase_add_test(tcase, pixels_become_square);
    tcase_add_test(tcase, pixels_of_an_absurd_shape_are_not_believed);
    tcase_add_test(tcase, a_video_that_is_cut_off_is_noticed);
    tcase_add_test(tcase, a_video_whose_last_part_is_missing_is_noticed);
    tcase_add_test(tcase, a_video_that_begins_late_misses_nothing);
    tcase_add_test(tcase, odd_pixel_formats_become_grey_and_colour);
    tcase_add_test(tcase, a_damaged_video_gives_what_is_left);
    tcase_add_test(tcase, standard_input_is_read);
    tcase_add_test(tcase, a_cut_file_without_a_length_is_noticed);
    tcase_add_test(tcase, a_clip_that_ends_within_a_frame_is_noticed);
    tcase_add_test(tcase, pictures_on_standard_input_come_upright);
    tcase_add_test(tcase, what_is_no_video_is_refused);
    tcase_add_loop_test(tcase, sizes_that_no_video_has_are_named, 0, 4);
    tcase_add_test(tcase, a_missing_camera_is_told);
#else
    tcase_add_test(tcase, without_ffmpeg_the_packages_are_named);
#endif
    suite_add_tcase(suite, tcase);
    return suite;
}
