/* Points on the demo's portrait by the shipped network, wherever and however it is looked at. */
#include "datasets/media/picture.h"
#include "infer/faces/detect/face_finder.h"
#include "infer/faces/landmark_model.h"
#include "nn/models/point_network.h"
#include "tests/support/scratch.h"
#include "tests/support/text.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static Error error;
static LandmarkModel *model;
static Image picture;

static void set_up(void) {
    scratch_create();
    model = landmark_model_open(NULL, &error);
    ck_assert_msg(model != NULL, "%s", error.message);
    ck_assert_msg(!picture_read("experiments/demo/hopper.png", IMAGE_GREY, &picture, &error), "%s",
                  error.message);
}

static void tear_down(void) {
    landmark_model_destroy(model);
    image_free(&picture);
    scratch_remove();
}

/* The window of the portrait's face, as the network detector finds it. */
static FaceWindow window_of_face(void) {
    FaceFinder *finder = face_finder_open("net", NULL, &error);
    ck_assert_msg(finder != NULL, "%s", error.message);
    const FaceBox *faces;
    DetectorSettings settings = DETECTOR_DEFAULTS;
    ck_assert_int_gt(face_finder_find(finder, image_view(&picture), &settings, &faces, &error), 0);
    FaceWindow window = landmark_model_window(faces[0].box);
    face_finder_destroy(finder);
    return window;
}

START_TEST(points_lie_where_a_face_has_them) {
    FaceWindow window = window_of_face();
    Point p[LANDMARKS];
    ck_assert_int_eq(landmark_model_place(model, image_view(&picture), &window, p, &error), 0);
    float eyes = landmarks_eye_distance(p);
    ck_assert_float_gt(eyes, 0.2f * window.side);
    ck_assert_float_lt(eyes, 0.6f * window.side);
    ck_assert_float_lt(p[36].x, p[39].x);
    ck_assert_float_lt(p[39].x, p[42].x);
    ck_assert_float_lt(p[42].x, p[45].x);
    ck_assert_float_lt(p[19].y, p[37].y);
    ck_assert_float_lt(p[37].y, p[30].y);
    ck_assert_float_lt(p[30].y, p[51].y);
    ck_assert_float_lt(p[51].y, p[57].y);
    ck_assert_float_lt(p[57].y, p[8].y);
}
END_TEST

START_TEST(a_window_a_little_off_gives_nearly_the_same) {
    FaceWindow window = window_of_face(), off = window;
    off.x += 0.05f * window.side;
    off.side *= 1.08f;
    Point p[LANDMARKS], q[LANDMARKS];
    ck_assert_int_eq(landmark_model_place(model, image_view(&picture), &window, p, &error), 0);
    ck_assert_int_eq(landmark_model_place(model, image_view(&picture), &off, q, &error), 0);
    ck_assert_float_lt(landmarks_error(q, p), 0.05f);
}
END_TEST

/* On its side or upside down the face has the same points, turned with it. */
START_TEST(a_face_that_is_not_upright_is_placed_as_it_lies) {
    FaceWindow upright = window_of_face();
    Point p[LANDMARKS], q[LANDMARKS], expected[LANDMARKS];
    ck_assert_int_eq(landmark_model_place(model, image_view(&picture), &upright, p, &error), 0);
    enum { SIDE = 300 };
    static uint8_t pixels[SIDE * SIDE];
    GreyView view = {pixels, SIDE, SIDE, SIDE};
    Box square = {SIDE / 4, SIDE / 4, SIDE / 2, SIDE / 2};
    for (int quarter = 1; quarter < 4; quarter++) {
        FaceWindow turned = upright, window = landmark_model_window(square);
        turned.y -= 0.144f / 1.16f * upright.side; /* the centre of the detector's square */
        turned.side *= SIDE / window.side;
        turned.turn = (float)quarter * (float)M_PI_2;
        face_window_draw(&turned, image_view(&picture), SIDE, pixels);
        for (int i = 0; i < LANDMARKS; i++) {
            Point at = face_window_into(&turned, p[i]);
            expected[i] = (Point){(at.x + 0.5f) * SIDE, (at.y + 0.5f) * SIDE};
        }
        ck_assert_int_eq(landmark_model_search(model, view, &window, q, &error), 0);
        ck_assert_msg(landmarks_error(q, expected) < 0.05f, "%d quarter turns: %.3f", quarter,
                      (double)landmarks_error(q, expected));
    }
}
END_TEST

/* Refining sees both the face and its mirror image, so that neither side is favoured. */
START_TEST(a_mirrored_face_has_mirrored_points) {
    FaceWindow window = window_of_face();
    Point p[LANDMARKS], q[LANDMARKS];
    ck_assert_int_eq(landmark_model_place(model, image_view(&picture), &window, p, &error), 0);
    Image mirrored;
    ck_assert_int_eq(image_create(&mirrored, picture.width, picture.height, IMAGE_GREY, &error), 0);
    for (int y = 0; y < picture.height; y++)
        for (int x = 0; x < picture.width; x++)
            mirrored.pixels[y * picture.width + x] =
                picture.pixels[y * picture.width + picture.width - 1 - x];
    float width = (float)picture.width;
    for (int i = 0; i < LANDMARKS; i++)
        q[i] = (Point){width - p[landmark_mirrored(i)].x, p[landmark_mirrored(i)].y};
    ck_assert_int_eq(landmark_model_refine(model, image_view(&picture), p, &error), 0);
    ck_assert_int_eq(landmark_model_refine(model, image_view(&mirrored), q, &error), 0);
    Point expected[LANDMARKS];
    for (int i = 0; i < LANDMARKS; i++)
        expected[i] = (Point){width - p[landmark_mirrored(i)].x, p[landmark_mirrored(i)].y};
    ck_assert_float_lt(landmarks_error(q, expected), 0.005f);
    image_free(&mirrored);
}
END_TEST

START_TEST(points_are_refined_while_they_are_near_the_face) {
    FaceWindow window = window_of_face();
    Point p[LANDMARKS], q[LANDMARKS];
    ck_assert_int_eq(landmark_model_place(model, image_view(&picture), &window, p, &error), 0);
    int side = (int)lrintf(window.side / 1.16f);
    Box square = {(int)lrintf(window.x) - side / 2,
                  (int)lrintf(window.y - 0.144f * (float)side) - side / 2, side, side};
    ck_assert(landmark_model_follows(p, square));
    for (int i = 0; i < LANDMARKS; i++)
        q[i] = (Point){p[i].x + 0.06f * window.side, p[i].y - 0.04f * window.side};
    ck_assert(landmark_model_follows(q, square));
    ck_assert_int_eq(landmark_model_refine(model, image_view(&picture), q, &error), 0);
    ck_assert_float_lt(landmarks_error(q, p), 0.04f);
    Box away = square, larger = square;
    away.x += side;
    larger.width = larger.height = 2 * side;
    ck_assert(!landmark_model_follows(p, away));
    ck_assert(!landmark_model_follows(p, larger));
}
END_TEST

/* The face twice as large, half beyond the picture: points are placed all the same. */
START_TEST(half_faces_and_no_faces_give_finite_points) {
    static const FaceWindow windows[] = {{0, 0, 40, 0, false},
                                         {-200, 5000, 64, 0, false},
                                         {10, 10, 1, 0, false},
                                         {20, 20, 1e5f, 0, false}};
    for (size_t i = 0; i < sizeof windows / sizeof *windows; i++) {
        Point p[LANDMARKS];
        ck_assert_int_eq(landmark_model_place(model, image_view(&picture), &windows[i], p, &error),
                         0);
        for (int k = 0; k < LANDMARKS; k++)
            ck_assert(isfinite(p[k].x) && isfinite(p[k].y));
    }
    FaceWindow none = {5, 5, 0, 0, false};
    Point p[LANDMARKS];
    ck_assert_int_eq(landmark_model_place(model, image_view(&picture), &none, p, &error), -1);
}
END_TEST

START_TEST(a_network_of_other_points_is_refused) {
    PointNetworkInfo info = {5, 16, 0, 1};
    PointNetwork *network = point_network_create(&info, rng_seed(1), &error);
    const char *path = scratch_path("five.safetensors");
    ck_assert_int_eq(point_network_save(network, path, NULL, &error), 0);
    point_network_destroy(network);
    ck_assert_ptr_null(landmark_model_open(path, &error));
    assert_contains(error.message, "places 5 points, expected 68");
    ck_assert_ptr_null(landmark_model_open(scratch_path("none"), &error));
}
END_TEST

Suite *landmark_model_suite(void) {
    Suite *suite = suite_create("landmark_model");
    TCase *tcase = tcase_create("landmark_model");
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, points_lie_where_a_face_has_them);
    tcase_add_test(tcase, a_window_a_little_off_gives_nearly_the_same);
    tcase_add_test(tcase, a_face_that_is_not_upright_is_placed_as_it_lies);
    tcase_add_test(tcase, a_mirrored_face_has_mirrored_points);
    tcase_add_test(tcase, points_are_refined_while_they_are_near_the_face);
    tcase_add_test(tcase, half_faces_and_no_faces_give_finite_points);
    tcase_add_test(tcase, a_network_of_other_points_is_refused);
    suite_add_tcase(suite, tcase);
    return suite;
}
