/* 68 points as numbers: what must not matter does not, and what must does. */
#include "datasets/detection/landmark_features.h"

#include <check.h>
#include <math.h>
#include <string.h>

/* Points on a ring around the eyes' middle, with eyes, brows and mouth where faces have them. */
static void draw_face(Point p[LANDMARKS], float mouth_open) {
    for (int i = 0; i < LANDMARKS; i++)
        p[i] = (Point){100 + 40 * cosf((float)i), 120 + 50 * sinf((float)i)};
    static const Point eye[6] = {{-8, 0}, {-3, -4}, {3, -4}, {8, 0}, {3, 4}, {-3, 4}};
    for (int i = 0; i < 6; i++) {
        p[36 + i] = (Point){80 + eye[i].x, 100 + eye[i].y};
        p[42 + i] = (Point){120 + eye[i].x, 100 + eye[i].y};
    }
    p[60] = (Point){90, 140};
    p[64] = (Point){110, 140};
    p[62] = (Point){100, 140 - mouth_open};
    p[66] = (Point){100, 140 + mouth_open};
}

static int index_of(const char *name) {
    char text[LANDMARK_FEATURE_NAME];
    for (int i = 0; i < LANDMARK_FEATURES; i++)
        if (!strcmp(landmark_feature_name(i, text), name))
            return i;
    ck_abort_msg("no feature is called %s", name);
    return -1;
}

START_TEST(place_size_and_roll_do_not_matter) {
    Point face[LANDMARKS], moved[LANDMARKS];
    draw_face(face, 4);
    float c = 1.7f * cosf(0.4f), s = 1.7f * sinf(0.4f);
    for (int i = 0; i < LANDMARKS; i++)
        moved[i] = (Point){c * face[i].x - s * face[i].y + 31, s * face[i].x + c * face[i].y - 12};
    float features[LANDMARK_FEATURES], others[LANDMARK_FEATURES];
    landmark_features(face, features);
    landmark_features(moved, others);
    for (int i = 0; i < LANDMARK_FEATURES; i++)
        ck_assert_float_eq_tol(features[i], others[i], 2e-4f);
}
END_TEST

START_TEST(features_are_what_their_names_say) {
    Point face[LANDMARKS];
    draw_face(face, 5);
    float features[LANDMARK_FEATURES];
    landmark_features(face, features);
    ck_assert_float_eq_tol(features[index_of("distance 36-45")], 1, 1e-6f);
    ck_assert_float_eq_tol(features[index_of("x of 36")], -0.5f, 1e-6f);
    ck_assert_float_eq_tol(features[index_of("y of 36")], 0, 1e-6f);
    ck_assert_float_eq_tol(features[index_of("distance 62-66")], 10 / 56.0f, 1e-6f);
    ck_assert_float_eq_tol(features[index_of("openness of the inner lips")], 0.5f, 1e-6f);
    ck_assert_float_eq_tol(features[index_of("openness of the left eye")], 0.5f, 1e-6f);
    ck_assert_float_eq_tol(features[index_of("slope 36-37")], atan2f(-4, 5), 1e-6f);
}
END_TEST

START_TEST(every_feature_has_a_name_of_its_own) {
    char name[LANDMARK_FEATURE_NAME];
    for (int i = 0; i < LANDMARK_FEATURES; i++)
        ck_assert_int_eq(index_of(landmark_feature_name(i, name)), i);
}
END_TEST

START_TEST(points_that_fall_together_give_finite_numbers) {
    Point face[LANDMARKS] = {{0, 0}};
    float features[LANDMARK_FEATURES];
    landmark_features(face, features);
    for (int i = 0; i < LANDMARK_FEATURES; i++)
        ck_assert(isfinite(features[i]));
}
END_TEST

Suite *landmark_features_suite(void) {
    Suite *suite = suite_create("landmark_features");
    TCase *tcase = tcase_create("landmark_features");
    tcase_add_test(tcase, place_size_and_roll_do_not_matter);
    tcase_add_test(tcase, features_are_what_their_names_say);
    tcase_add_test(tcase, every_feature_has_a_name_of_its_own);
    tcase_add_test(tcase, points_that_fall_together_give_finite_numbers);
    suite_add_tcase(suite, tcase);
    return suite;
}
