/* Faces followed through the videos of the data directory, and through frames far apart. */
#include "infer/faces/face_tracker.h"

#include "datasets/media/ffmpeg.h"
#include "datasets/media/picture.h"
#include "infer/video/video.h"
#include "tests/support/data.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct Watched {
    int frames, with_face, seen, last_id;
    int most;              /* faces at a time */
    double largest_step;   /* of the first face's centre between frames, in sizes of the face */
    float lowest, highest; /* score of the first face, where it was seen */
} Watched;

static FaceTracker *open_tracker(float least_score) {
    Error error;
    FaceTrackerSettings settings = face_tracker_defaults();
    settings.least_score = least_score;
    FaceTracker *tracker = face_tracker_create(NULL, NULL, &settings, &error);
    ck_assert_msg(tracker != NULL, "%s", error.message);
    return tracker;
}

/* Follows the faces through a video; false where it, or FFmpeg, is missing. */
static bool watch_with(const char *name, float least_score, Watched *watched) {
    const char *path = data_path(name);
#ifndef HAVE_FFMPEG
    path = NULL;
#endif
    *watched = (Watched){.lowest = INFINITY};
    if (!path)
        return false;
    Error error;
    FaceTracker *tracker = open_tracker(least_score);
    Video *video = video_open(&(VideoSettings){.source = path}, &error);
    ck_assert_msg(video != NULL, "%s", error.message);
    VideoFrame frame = {0};
    Box last = {0};
    int status;
    while ((status = video_next(video, &frame, &error)) > 0) {
        const TrackedFace *faces;
        int n = face_tracker_update(tracker, image_view(&frame.grey), frame.time, &faces, &error);
        ck_assert_msg(n >= 0, "%s", error.message);
        watched->frames++;
        watched->with_face += n > 0;
        watched->most = n > watched->most ? n : watched->most;
        for (int i = 0; i < n; i++)
            watched->last_id = faces[i].id > watched->last_id ? faces[i].id : watched->last_id;
        if (n) {
            watched->seen += faces[0].seen;
            double dx = faces[0].box.x - last.x, dy = faces[0].box.y - last.y;
            if (last.width)
                watched->largest_step =
                    fmax(watched->largest_step, hypot(dx, dy) / faces[0].box.width);
            last = faces[0].box;
        }
        if (n && faces[0].seen) {
            watched->lowest = fminf(watched->lowest, faces[0].score);
            watched->highest = fmaxf(watched->highest, faces[0].score);
        }
    }
    ck_assert_msg(!status, "%s", error.message);
    ck_assert_int_gt(watched->frames, 0);
    video_frame_free(&frame);
    video_close(video);
    face_tracker_destroy(tracker);
    return true;
}

static bool watch(const char *name, Watched *watched) {
    return watch_with(name, 0, watched);
}

START_TEST(no_face_scores_lower_than_asked) {
    const char *name = "faces/video/pyfeat_single_face.mp4";
    Watched all, some;
    if (!watch(name, &all))
        return;
    float least = (all.lowest + all.highest) / 2;
    ck_assert_float_lt(all.lowest, least);
    ck_assert(watch_with(name, least, &some));
    ck_assert_int_gt(some.seen, 0);
    ck_assert_int_lt(some.seen, all.seen);
    ck_assert_float_ge(some.lowest, least);
}
END_TEST

START_TEST(one_face_keeps_one_number) {
    Watched watched;
    if (!watch("faces/video/pyfeat_single_face.mp4", &watched))
        return;
    ck_assert_int_eq(watched.last_id, 1);
    ck_assert_int_eq(watched.most, 1);
    ck_assert_int_ge(watched.with_face, watched.frames - 2);
    ck_assert_int_ge(watched.seen, watched.frames * 95 / 100);
    ck_assert_double_lt(watched.largest_step, 0.3);
}
END_TEST

START_TEST(a_face_that_leaves_is_no_longer_told) {
    Watched watched;
    if (!watch("faces/video/pyfeat_face_noface.mov", &watched))
        return;
    ck_assert_int_gt(watched.with_face, watched.frames * 40 / 100);
    ck_assert_int_lt(watched.with_face, watched.frames * 65 / 100);
    if (!watch("faces/video/pyfeat_noface_face.mov", &watched))
        return;
    ck_assert_int_gt(watched.with_face, watched.frames * 35 / 100);
    ck_assert_int_lt(watched.with_face, watched.frames * 60 / 100);
}
END_TEST

START_TEST(where_there_is_no_face_none_is_told) {
    Watched watched;
    if (!watch("faces/video/pyfeat_no_face.mp4", &watched))
        return;
    ck_assert_int_eq(watched.with_face, 0);
}
END_TEST

/* A slide show of two frames a second: the photograph's face stands elsewhere in each. */
START_TEST(frames_far_apart_show_their_faces_at_once) {
    enum { FRAMES = 4 };
    Error error;
    FaceTracker *tracker = open_tracker(0);
    Image photograph = {0}, slide;
    ck_assert_msg(!picture_read("experiments/demo/collins.png", IMAGE_GREY, &photograph, &error),
                  "%s", error.message);
    size_t row = (size_t)photograph.width, height = (size_t)photograph.height;
    ck_assert_int_eq(
        image_create(&slide, FRAMES * photograph.width, photograph.height, IMAGE_GREY, &error), 0);
    for (size_t i = 0; i < FRAMES; i++) {
        memset(slide.pixels, 128, FRAMES * row * height);
        for (size_t y = 0; y < height; y++)
            memcpy(slide.pixels + (y * FRAMES + i) * row, photograph.pixels + y * row, row);
        const TrackedFace *faces;
        int n = face_tracker_update(tracker, image_view(&slide), 0.5 * (double)i, &faces, &error);
        ck_assert_int_eq(n, i > 0);
        if (n)
            ck_assert_int_eq((faces[0].box.x + faces[0].box.width / 2) / photograph.width, (int)i);
    }
    image_free(&slide);
    image_free(&photograph);
    face_tracker_destroy(tracker);
}
END_TEST

/* Copies the head out of the picture of one into the scene, `left` pixels from its edge. */
static void paste_head(const Image *picture, Image *scene, int left) {
    for (int y = 0; y < picture->height; y++)
        for (int x = 0; x < picture->width; x++) {
            double dx = (x - 78) / 46.0, dy = (y - 75) / 56.0;
            if (dx * dx + dy * dy < 1)
                scene->pixels[y * scene->width + left + x] =
                    picture->pixels[y * picture->width + x];
        }
}

/* Who walks was there first, comes to half cover who stands, and is gone: then the standing face is
 * the only one near the last place of the one that walked. */
START_TEST(who_is_gone_does_not_take_the_place_of_another) {
    enum { FRAMES = 65, STANDING = 10, WALK = 15, STEP = 4, PLACE = 160, NEAR = 36 };
    Error error;
    FaceTracker *tracker = open_tracker(0);
    Image head = {0}, scene;
    ck_assert_msg(!picture_read("experiments/demo/collins.png", IMAGE_GREY, &head, &error), "%s",
                  error.message);
    ck_assert_int_eq(image_create(&scene, PLACE + head.width, head.height, IMAGE_GREY, &error), 0);
    const TrackedFace *faces;
    int n = 0, most = 0;
    for (int i = 0; i < FRAMES; i++) {
        int walked = i < WALK ? 0 : STEP * (i - WALK);
        memset(scene.pixels, 128, (size_t)scene.width * (size_t)scene.height);
        if (i >= STANDING)
            paste_head(&head, &scene, PLACE);
        if (walked <= PLACE - NEAR)
            paste_head(&head, &scene, walked);
        n = face_tracker_update(tracker, image_view(&scene), i / 25.0, &faces, &error);
        ck_assert_msg(n >= 0, "%s", error.message);
        most = n > most ? n : most;
    }
    ck_assert_int_eq(most, 2);
    ck_assert_int_eq(n, 1);
    ck_assert_int_eq(faces[0].id, 2);
    image_free(&scene);
    image_free(&head);
    face_tracker_destroy(tracker);
}
END_TEST

START_TEST(frames_of_changing_size_do_no_harm) {
    FaceTracker *tracker = open_tracker(0);
    uint8_t *pixels = calloc(400, 300);
    for (int i = 0; i < 400 * 300; i++)
        pixels[i] = (uint8_t)(i * 37 >> 3);
    Error error;
    for (int i = 0; i < 40; i++) {
        const TrackedFace *faces;
        int width = 1 + i * 61 % 400, height = 1 + i * 83 % 300;
        ck_assert_int_ge(face_tracker_update(tracker, (GreyView){pixels, width, height, width},
                                             i * 0.1, &faces, &error),
                         0);
    }
    free(pixels);
    face_tracker_destroy(tracker);
}
END_TEST

Suite *face_tracker_suite(void) {
    Suite *suite = suite_create("face_tracker");
    TCase *tcase = tcase_create("face_tracker");
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, no_face_scores_lower_than_asked);
    tcase_add_test(tcase, one_face_keeps_one_number);
    tcase_add_test(tcase, a_face_that_leaves_is_no_longer_told);
    tcase_add_test(tcase, where_there_is_no_face_none_is_told);
    tcase_add_test(tcase, frames_far_apart_show_their_faces_at_once);
    tcase_add_test(tcase, who_is_gone_does_not_take_the_place_of_another);
    tcase_add_test(tcase, frames_of_changing_size_do_no_harm);
    suite_add_tcase(suite, tcase);
    return suite;
}
