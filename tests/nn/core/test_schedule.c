/* The learning rate over a run. */
#include "nn/core/schedule.h"

#include <check.h>

START_TEST(warm_up_rises_evenly_to_the_base) {
    Schedule s = {.kind = SCHEDULE_CONSTANT, .base = 1, .warmup = 3};
    ck_assert_float_eq_tol(schedule_rate(&s, 0), 0.25f, 1e-6f);
    ck_assert_float_eq_tol(schedule_rate(&s, 2), 0.75f, 1e-6f);
    ck_assert_float_eq(schedule_rate(&s, 3), 1);
    ck_assert_float_eq(schedule_rate(&s, 1000), 1);
}
END_TEST

START_TEST(cosine_falls_from_base_to_floor_and_stays_there) {
    Schedule s = {.kind = SCHEDULE_COSINE, .base = 1, .floor = 0.2f, .warmup = 10, .total = 110};
    ck_assert_float_eq_tol(schedule_rate(&s, 10), 1, 1e-6f);
    ck_assert_float_eq_tol(schedule_rate(&s, 60), 0.6f, 1e-6f);
    ck_assert_float_eq_tol(schedule_rate(&s, 35), 0.2f + 0.8f * 0.853553f, 1e-5f);
    ck_assert_float_eq_tol(schedule_rate(&s, 110), 0.2f, 1e-6f);
    ck_assert_float_eq_tol(schedule_rate(&s, 500), 0.2f, 1e-6f);
}
END_TEST

START_TEST(steps_multiply_by_the_factor) {
    Schedule s = {.kind = SCHEDULE_STEP, .base = 1, .every = 10, .factor = 0.5f};
    ck_assert_float_eq(schedule_rate(&s, 9), 1);
    ck_assert_float_eq(schedule_rate(&s, 10), 0.5f);
    ck_assert_float_eq(schedule_rate(&s, 39), 0.125f);
}
END_TEST

START_TEST(plateau_waits_for_a_new_best_and_stops_at_the_floor) {
    Schedule s = {
        .kind = SCHEDULE_PLATEAU, .base = 1, .floor = 0.3f, .factor = 0.5f, .patience = 1};
    schedule_score(&s, 0.5f);
    schedule_score(&s, 0.4f); /* one without a new best: patience */
    ck_assert_float_eq(schedule_rate(&s, 0), 1);
    schedule_score(&s, 0.6f);
    schedule_score(&s, 0.6f);
    ck_assert_float_eq(schedule_rate(&s, 0), 1);
    schedule_score(&s, 0.6f);
    ck_assert_float_eq(schedule_rate(&s, 0), 0.5f);
    for (int i = 0; i < 10; i++)
        schedule_score(&s, 0.1f);
    ck_assert_float_eq(schedule_rate(&s, 0), 0.3f);
}
END_TEST

Suite *schedule_suite(void) {
    Suite *suite = suite_create("schedule");
    TCase *tcase = tcase_create("schedule");
    tcase_add_test(tcase, warm_up_rises_evenly_to_the_base);
    tcase_add_test(tcase, cosine_falls_from_base_to_floor_and_stays_there);
    tcase_add_test(tcase, steps_multiply_by_the_factor);
    tcase_add_test(tcase, plateau_waits_for_a_new_best_and_stops_at_the_floor);
    suite_add_tcase(suite, tcase);
    return suite;
}
