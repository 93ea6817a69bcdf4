/* Points, their windows, and what they say of a face: on a face of straight lines. */
#include "infer/faces/face_geometry.h"

#include <check.h>
#include <math.h>

/* A face looking straight ahead, symmetric about x = 0; `lids` and `lips` are how wide open. */
static void make_face(float lids, float lips, Point *p) {
    for (int i = 0; i <= 16; i++)
        p[i] = (Point){(float)(i - 8) * 10, 60 - fabsf((float)(i - 8)) * 7.5f};
    for (int i = 0; i < 5; i++) {
        p[17 + i] = (Point){-60 + 10 * (float)i, -20};
        p[26 - i] = (Point){60 - 10 * (float)i, -20};
    }
    for (int i = 27; i <= 30; i++)
        p[i] = (Point){0, (float)(i - 27) * 6};
    for (int i = 31; i <= 35; i++)
        p[i] = (Point){(float)(i - 33) * 6, 24};
    for (int side = 0; side < 2; side++) {
        Point *eye = p + 36 + 6 * side;
        float x = side ? 35 : -35;
        static const float across[] = {-15, -5, 5, 15, 5, -5};
        for (int i = 0; i < 6; i++)
            eye[i] = (Point){x + across[i], i == 0 || i == 3 ? 0 : i < 3 ? -lids : lids};
    }
    for (int i = 48; i <= 54; i++)
        p[i] = (Point){(float)(i - 51) * 8, 40};
    for (int i = 55; i <= 59; i++)
        p[i] = (Point){(float)(57 - i) * 8, 40};
    for (int i = 60; i <= 64; i++)
        p[i] = (Point){(float)(i - 62) * 10, 40 - (i == 62 ? lips : 0)};
    for (int i = 65; i <= 67; i++)
        p[i] = (Point){(float)(66 - i) * 10, 40 + (i == 66 ? lips : 0)};
}

static void turn(Point *p, float degrees) {
    float a = degrees * (float)M_PI / 180, c = cosf(a), s = sinf(a);
    for (int i = 0; i < LANDMARKS; i++)
        p[i] = (Point){100 + c * p[i].x - s * p[i].y, 80 + s * p[i].x + c * p[i].y};
}

START_TEST(a_straight_face_is_straight) {
    Point p[LANDMARKS];
    make_face(4.5f, 0, p);
    FaceGeometry g = face_geometry(p);
    ck_assert_float_eq_tol(g.roll, 0, 1e-3f);
    ck_assert_float_eq_tol(g.yaw, 0, 1e-3f);
    ck_assert_float_eq_tol(g.pitch, 0, 1);
    ck_assert_float_eq_tol(g.left_eye, 0.3f, 1e-4f);
    ck_assert_float_eq_tol(g.right_eye, 0.3f, 1e-4f);
    ck_assert_float_eq_tol(g.mouth_open, 0, 1e-4f);
    ck_assert_float_eq_tol(g.brows, 0.2f, 1e-4f);
    ck_assert_float_eq_tol(g.smile, 0, 1e-4f);
}
END_TEST

START_TEST(only_the_roll_changes_as_the_head_tilts) {
    Point p[LANDMARKS];
    make_face(3, 10, p);
    FaceGeometry before = face_geometry(p);
    turn(p, 25);
    FaceGeometry after = face_geometry(p);
    ck_assert_float_eq_tol(after.roll, 25, 1e-2f);
    ck_assert_float_eq_tol(after.yaw, before.yaw, 1e-2f);
    ck_assert_float_eq_tol(after.left_eye, before.left_eye, 1e-4f);
    ck_assert_float_eq_tol(after.mouth_open, 0.5f, 1e-4f);
    ck_assert_float_eq_tol(after.brows, before.brows, 1e-4f);
}
END_TEST

START_TEST(a_nose_to_the_right_is_a_turn_to_the_right) {
    Point p[LANDMARKS];
    make_face(3, 0, p);
    for (int i = 27; i <= 35; i++)
        p[i].x += 20;
    ck_assert_float_gt(face_geometry(p).yaw, 10);
    p[48].y = p[54].y = 34; /* the corners of the mouth go up */
    ck_assert_float_gt(face_geometry(p).smile, 0.1f);
}
END_TEST

START_TEST(a_window_maps_there_and_back) {
    FaceWindow window = {30, 40, 50, 0.4f, true};
    Point inside = {0.2f, -0.3f};
    Point back = face_window_into(&window, face_window_out(&window, inside));
    ck_assert_float_eq_tol(back.x, inside.x, 1e-5f);
    ck_assert_float_eq_tol(back.y, inside.y, 1e-5f);
    for (int i = 0; i < LANDMARKS; i++)
        ck_assert_int_eq(landmark_mirrored(landmark_mirrored(i)), i);
    ck_assert_int_eq(landmark_mirrored(36), 45);
    ck_assert_int_eq(landmark_mirrored(0), 16);
    ck_assert_int_eq(landmark_mirrored(60), 64);
}
END_TEST

START_TEST(a_mirrored_face_is_a_face) {
    Point p[LANDMARKS];
    make_face(3, 5, p);
    for (int i = 0; i < LANDMARKS; i++) {
        ck_assert_float_eq_tol(p[landmark_mirrored(i)].x, -p[i].x, 1e-4f);
        ck_assert_float_eq_tol(p[landmark_mirrored(i)].y, p[i].y, 1e-4f);
    }
}
END_TEST

Suite *face_geometry_suite(void) {
    Suite *suite = suite_create("face geometry");
    TCase *tcase = tcase_create("face geometry");
    tcase_add_test(tcase, a_straight_face_is_straight);
    tcase_add_test(tcase, only_the_roll_changes_as_the_head_tilts);
    tcase_add_test(tcase, a_nose_to_the_right_is_a_turn_to_the_right);
    tcase_add_test(tcase, a_window_maps_there_and_back);
    tcase_add_test(tcase, a_mirrored_face_is_a_face);
    suite_add_tcase(suite, tcase);
    return suite;
}
