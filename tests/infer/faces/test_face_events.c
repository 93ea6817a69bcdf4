/* Blinks and smiles over time, from made-up geometry at 25 frames a second. */
#include "infer/faces/face_events.h"

#include <check.h>

static const double FRAME = 1 / 25.0;

/* `frames` of a face with eyes so wide open and such a mouth. */
static void show(FaceEvents *events, double *time, int frames, float eyes, float smile) {
    for (int i = 0; i < frames; i++, *time += FRAME) {
        FaceGeometry geometry = {.left_eye = eyes, .right_eye = eyes, .smile = smile};
        face_events_update(events, *time, &geometry);
    }
}

START_TEST(short_closings_are_blinks) {
    FaceEvents events = {0};
    double time = 0;
    show(&events, &time, 30, 0.3f, 0);
    for (int i = 0; i < 3; i++) {
        show(&events, &time, 4, 0.08f, 0);
        show(&events, &time, 40, 0.3f, 0);
    }
    ck_assert_int_eq(events.blinks, 3);
    ck_assert_int_eq(events.smiles, 0);
}
END_TEST

START_TEST(eyes_that_stay_shut_are_no_blink) {
    FaceEvents events = {0};
    double time = 0;
    show(&events, &time, 30, 0.3f, 0);
    show(&events, &time, 50, 0.08f, 0);
    show(&events, &time, 30, 0.3f, 0);
    ck_assert_int_eq(events.blinks, 0);
}
END_TEST

START_TEST(narrow_eyes_blink_like_others) {
    FaceEvents events = {0};
    double time = 0;
    show(&events, &time, 50, 0.17f, 0);
    ck_assert_int_eq(events.blinks, 0);
    show(&events, &time, 3, 0.05f, 0);
    show(&events, &time, 30, 0.17f, 0);
    ck_assert_int_eq(events.blinks, 1);
}
END_TEST

START_TEST(a_smile_counts_once_and_its_seconds_add_up) {
    FaceEvents events = {0};
    double time = 0;
    show(&events, &time, 50, 0.3f, 0.02f);
    show(&events, &time, 50, 0.3f, 0.16f);
    show(&events, &time, 50, 0.3f, 0.02f);
    ck_assert_int_eq(events.smiles, 1);
    ck_assert_double_eq_tol(events.smiling_seconds, 2, 0.1);
    show(&events, &time, 3, 0.3f, 0.16f); /* a twitch */
    show(&events, &time, 20, 0.3f, 0.02f);
    ck_assert_int_eq(events.smiles, 1);
    ck_assert_int_eq(events.blinks, 0);
}
END_TEST

START_TEST(a_gap_ends_what_was_going_on) {
    FaceEvents events = {0};
    double time = 0;
    show(&events, &time, 30, 0.3f, 0);
    show(&events, &time, 2, 0.08f, 0);
    time += 5;
    show(&events, &time, 30, 0.3f, 0);
    ck_assert_int_eq(events.blinks, 0);
}
END_TEST

Suite *face_events_suite(void) {
    Suite *suite = suite_create("face_events");
    TCase *tcase = tcase_create("face_events");
    tcase_add_test(tcase, short_closings_are_blinks);
    tcase_add_test(tcase, eyes_that_stay_shut_are_no_blink);
    tcase_add_test(tcase, narrow_eyes_blink_like_others);
    tcase_add_test(tcase, a_smile_counts_once_and_its_seconds_add_up);
    tcase_add_test(tcase, a_gap_ends_what_was_going_on);
    suite_add_tcase(suite, tcase);
    return suite;
}
