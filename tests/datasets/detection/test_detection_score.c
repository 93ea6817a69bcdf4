/* The score of a detector's boxes. */
#include "datasets/detection/detection_score.h"

#include <check.h>

static Error error;

static TruthBox face_at(float x, float size) {
    return (TruthBox){.box = {x, 0, size, size, 0}};
}

START_TEST(a_detector_is_scored_by_hand) {
    DetectionScore *score = detection_score_create(10);
    TruthBox truth[] = {face_at(0, 20), face_at(100, 20), face_at(200, 5), face_at(300, 20)};
    truth[3].ignored = true;
    /* Found, found twice (a mistake), on a small one and an ignored one (neither way), nowhere. */
    ScoredBox found[] = {{0, 0, 20, 20, 0.9f},   {2, 0, 20, 20, 0.8f},   {200, 0, 5, 5, 0.7f},
                         {300, 0, 20, 20, 0.6f}, {100, 0, 20, 20, 0.5f}, {400, 0, 20, 20, 0.4f}};
    ck_assert_int_eq(detection_score_add(score, truth, 4, found, 6, &error), 0);
    ck_assert_int_eq(detection_score_faces(score), 2);
    /* right, wrong, right, wrong: precision 1 up to half the faces, then 2/3. */
    ck_assert_double_eq_tol(detection_score_average_precision(score), (1 + 2.0 / 3) / 2, 1e-9);
    float threshold;
    ck_assert_double_eq(detection_score_recall(score, 0.5, &threshold), 0.5);
    ck_assert_float_eq(threshold, 0.9f);
    ck_assert_double_eq(detection_score_recall(score, 1, &threshold), 1);
    detection_score_destroy(score);
}
END_TEST

/* One right and two wrong boxes share a score. */
START_TEST(the_threshold_takes_all_boxes_of_a_score) {
    DetectionScore *score = detection_score_create(10);
    TruthBox truth[] = {face_at(0, 20), face_at(100, 20)};
    ScoredBox found[] = {{0, 0, 20, 20, 0.9f},
                         {100, 0, 20, 20, 0.5f},
                         {400, 0, 20, 20, 0.5f},
                         {600, 0, 20, 20, 0.5f}};
    ck_assert_int_eq(detection_score_add(score, truth, 2, found, 4, &error), 0);
    float threshold;
    ck_assert_double_eq(detection_score_recall(score, 1, &threshold), 0.5);
    ck_assert_float_eq(threshold, 0.9f);
    ck_assert_double_eq(detection_score_recall(score, 2, &threshold), 1);
    ck_assert_float_eq(threshold, 0.5f);
    detection_score_destroy(score);
}
END_TEST

Suite *detection_score_suite(void) {
    Suite *suite = suite_create("detection score");
    TCase *tcase = tcase_create("scores");
    tcase_add_test(tcase, a_detector_is_scored_by_hand);
    tcase_add_test(tcase, the_threshold_takes_all_boxes_of_a_score);
    suite_add_tcase(suite, tcase);
    return suite;
}
