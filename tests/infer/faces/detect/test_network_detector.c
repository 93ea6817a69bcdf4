/* Faces by the shipped network: found at any size, and never where there is nothing. */
#include "datasets/media/ffmpeg.h"
#include "datasets/media/picture.h"
#include "infer/faces/detect/face_finder.h"
#include "infer/faces/detect/network_detector.h"
#include "nn/io/file.h"
#include "tests/support/data.h"
#include "tests/support/scratch.h"
#include "tests/support/text.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static Error error;
static NetworkDetector *detector;
static Image portrait;

static void set_up(void) {
    scratch_create();
    detector = network_detector_open(NULL, &error);
    ck_assert_msg(detector != NULL, "%s", error.message);
    ck_assert_msg(!picture_read("experiments/demo/hopper.png", IMAGE_GREY, &portrait, &error), "%s",
                  error.message);
}

static void tear_down(void) {
    network_detector_destroy(detector);
    image_free(&portrait);
    scratch_remove();
}

static Image canvas(int width, int height, uint8_t grey) {
    Image image;
    ck_assert_int_eq(image_create(&image, width, height, IMAGE_GREY, &error), 0);
    memset(image.pixels, grey, (size_t)width * (size_t)height);
    return image;
}

/* The portrait, `width` pixels wide, somewhere in a larger picture. */
static Image with_portrait(int width, int x, int y) {
    Image image = canvas(640, 640, 90);
    int height = portrait.height * width / portrait.width;
    uint8_t *small = malloc((size_t)width * (size_t)height);
    image_resize(image_view(&portrait), small, width, height);
    for (int row = 0; row < height && y + row < 640; row++)
        for (int column = 0; column < width && x + column < 640; column++)
            image.pixels[(y + row) * 640 + x + column] = small[row * width + column];
    free(small);
    return image;
}

START_TEST(a_face_is_found_at_any_size) {
    const ScoredBox *boxes;
    int n = network_detector_find(detector, image_view(&portrait), 20, 0, 0.4f, &boxes, &error);
    ck_assert_int_ge(n, 1);
    ScoredBox at = boxes[0];
    float portrait_width = (float)portrait.width;
    for (int width = 120; width <= 480; width *= 2) {
        float scale = (float)width / portrait_width;
        if (at.width * scale < 24)
            continue;
        Image image = with_portrait(width, 40, 60);
        n = network_detector_find(detector, image_view(&image), 20, 0, 0.3f, &boxes, &error);
        bool found = false;
        ScoredBox expected = {at.x * scale + 40, at.y * scale + 60, at.width * scale,
                              at.height * scale, 0};
        for (int i = 0; i < n; i++)
            found |= scored_box_overlap(&boxes[i], &expected) > 0.5f;
        ck_assert_msg(found, "no face in the portrait at a width of %d", width);
        image_free(&image);
    }
}
END_TEST

/* A face of ten pixels is too small to be found; one of 2,000 is found, once. */
START_TEST(tiny_and_huge_faces_are_no_trouble) {
    enum { HUGE = 4000 };
    const ScoredBox *boxes;
    int n = network_detector_find(detector, image_view(&portrait), 20, 0, 0.5f, &boxes, &error);
    ck_assert_int_eq(n, 1);
    ScoredBox at = boxes[0];
    float scale = HUGE / (float)portrait.width;
    Image tiny = with_portrait((int)(10 * (float)portrait.width / at.width), 300, 300);
    ck_assert_int_eq(
        network_detector_find(detector, image_view(&tiny), 20, 0, 0.5f, &boxes, &error), 0);
    image_free(&tiny);
    Image huge = canvas(HUGE, HUGE * portrait.height / portrait.width, 0);
    image_resize(image_view(&portrait), huge.pixels, huge.width, huge.height);
    n = network_detector_find(detector, image_view(&huge), huge.width / 8, 0, 0.5f, &boxes, &error);
    ck_assert_int_eq(n, 1);
    ScoredBox expected = {at.x * scale, at.y * scale, at.width * scale, at.height * scale, 0};
    ck_assert_float_gt(scored_box_overlap(&boxes[0], &expected), 0.6f);
    image_free(&huge);
}
END_TEST

/* The portrait's face is within the second range alone. */
START_TEST(sizes_asked_for_are_held) {
    static const int ranges[][2] = {{60, 90}, {120, 260}};
    const ScoredBox *boxes;
    Image image = with_portrait(400, 100, 100);
    for (int range = 0; range < 2; range++) {
        int smallest = ranges[range][0], largest = ranges[range][1];
        int n = network_detector_find(detector, image_view(&image), smallest, largest, 0.1f, &boxes,
                                      &error);
        ck_assert_int_ge(n, range);
        for (int i = 0; i < n; i++) {
            float side = sqrtf(boxes[i].width * boxes[i].height);
            ck_assert(side >= (float)smallest && side <= (float)largest);
            ck_assert(boxes[i].score >= 0.1f);
            if (i)
                ck_assert(boxes[i].score <= boxes[i - 1].score);
        }
    }
    image_free(&image);
}
END_TEST

START_TEST(nothing_is_found_in_nothing) {
    static const int sizes[][2] = {{1, 1}, {7, 300}, {31, 33}, {640, 480}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (int grey = 0; grey <= 255; grey += 85) {
            Image image = canvas(sizes[i][0], sizes[i][1], (uint8_t)grey);
            const ScoredBox *boxes;
            ck_assert_int_eq(
                network_detector_find(detector, image_view(&image), 20, 0, 0.5f, &boxes, &error),
                0);
            image_free(&image);
        }
}
END_TEST

START_TEST(what_cannot_be_searched_is_told) {
    GreyView none = {portrait.pixels, 0, 10, 10}, huge = {portrait.pixels, 1 << 16, 10, 1 << 16};
    const ScoredBox *boxes;
    ck_assert_int_eq(network_detector_find(detector, none, 20, 0, 0.5f, &boxes, &error), -1);
    ck_assert_int_eq(network_detector_find(detector, huge, 20, 0, 0.5f, &boxes, &error), -1);
    assert_contains(error.message, "65536×10");
    ck_assert_ptr_null(network_detector_open(scratch_write("x.safetensors", "none"), &error));
    ck_assert_ptr_null(face_finder_open(scratch_path("no.safetensors"), NULL, &error));
}
END_TEST

/* 1.11 sides of the box's square, and a little higher: what the cascade would draw. */
START_TEST(squares_stand_around_boxes) {
    ScoredBox box = {100, 50, 80, 125, 0.9f};
    Box square = face_finder_square(&box);
    ck_assert_int_eq(square.width, 111);
    ck_assert_int_eq(square.height, 111);
    ck_assert_int_le(abs(square.x - (140 - 55)), 1);
    ck_assert_int_le(abs(square.y - 56), 1);
}
END_TEST

/* A face at the picture's edge has the square of the whole face. */
START_TEST(the_square_of_a_face_at_the_edge_extends_beyond_it) {
    FaceFinder *finder = face_finder_open("net", NULL, &error);
    ck_assert_msg(finder != NULL, "%s", error.message);
    const FaceBox *faces;
    ck_assert_int_eq(
        face_finder_find(finder, image_view(&portrait), &DETECTOR_DEFAULTS, &faces, &error), 1);
    Box whole = faces[0].box;
    GreyView right = image_view(&portrait);
    int cut = whole.x + whole.width / 4;
    right.pixels += cut;
    right.width -= cut;
    ck_assert_int_eq(face_finder_find(finder, right, &DETECTOR_DEFAULTS, &faces, &error), 1);
    Box part = faces[0].box;
    ck_assert_int_lt(part.x, 0);
    ck_assert_int_eq(part.width, part.height);
    part.x += cut;
    ck_assert_float_gt(box_overlap(part, whole), 0.6f);
    face_finder_destroy(finder);
}
END_TEST

/* Whether the picture is there, and of a kind that this build reads. */
static bool is_readable(const char *path) {
#ifdef HAVE_FFMPEG
    return path;
#else
    return path && file_has_suffix(path, ".png");
#endif
}

/* The cascade finds faces in two dogs, a tie, a soldier's coat and letters on a banner, and misses
 * the half face and two in profile. */
START_TEST(photographs_have_the_faces_that_people_see_in_them) {
    static const struct {
        const char *name;
        int least, most;
    } stills[] = {
        {"face/fr_two_people.jpg", 2, 2},
        {"face/fr_obama_partial_face.jpg", 1, 1},
        {"face/pyfeat_BWPictureHuman.jpg", 1, 1},
        {"face/pyfeat_multi_face.jpg", 5, 5},
        {"face/udacity_obamas.jpg", 2, 2},
        {"face/skimage_astronaut.png", 1, 1},
        {"expression/pyfeat_45-m7-di-ph.jpg", 1, 1},
        {"noface/dlib_dog.jpg", 0, 0},
        {"noface/dlib_dogs.jpg", 0, 1},
        {"noface/skimage_chelsea.png", 0, 0},
        {"noface/skimage_coffee.png", 0, 0},
        {"noface/fer_no-faces.jpg", 0, 0},
    };
    FaceFinder *finder = face_finder_open("net", NULL, &error);
    ck_assert_msg(finder != NULL, "%s", error.message);
    for (size_t i = 0; i < sizeof stills / sizeof *stills; i++) {
        const char *path = data_path(text_format("faces/stills/%s", stills[i].name));
        Image grey = {0};
        if (!is_readable(path))
            continue;
        ck_assert_msg(!picture_read(path, IMAGE_GREY, &grey, &error), "%s", error.message);
        const FaceBox *faces;
        int n = face_finder_find(finder, image_view(&grey), &DETECTOR_DEFAULTS, &faces, &error);
        ck_assert_msg(n >= stills[i].least && n <= stills[i].most, "%s: %d faces", stills[i].name,
                      n);
        image_free(&grey);
    }
    face_finder_destroy(finder);
}
END_TEST

Suite *network_detector_suite(void) {
    Suite *suite = suite_create("network_detector");
    TCase *tcase = tcase_create("network_detector");
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, a_face_is_found_at_any_size);
    tcase_add_test(tcase, tiny_and_huge_faces_are_no_trouble);
    tcase_add_test(tcase, sizes_asked_for_are_held);
    tcase_add_test(tcase, nothing_is_found_in_nothing);
    tcase_add_test(tcase, what_cannot_be_searched_is_told);
    tcase_add_test(tcase, squares_stand_around_boxes);
    tcase_add_test(tcase, the_square_of_a_face_at_the_edge_extends_beyond_it);
    tcase_add_test(tcase, photographs_have_the_faces_that_people_see_in_them);
    suite_add_tcase(suite, tcase);
    return suite;
}
