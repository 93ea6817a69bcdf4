#include "compose/arrange/lead_mode.h"

#include <check.h>
#include <string.h>

/* I vi with a scale upwards, IV V7 with one downwards. */
static const LeadBar bars[] = {
    {.chords = {LEAD_MAJOR, 9 * LEAD_QUALITIES + LEAD_MINOR},
     .n_events = 4,
     .events = {{0, 0}, {4, 4}, {8, 9}, {12, LEAD_REST}}},
    {.chords = {5 * LEAD_QUALITIES + LEAD_MAJOR, 7 * LEAD_QUALITIES + LEAD_SEVENTH},
     .n_events = 3,
     .events = {{0, 9}, {8, 11}, {12, 5}}},
};

START_TEST(third_and_sixth_move_and_the_leading_note_stays) {
    LeadBar bar = bars[0];
    lead_bar_to_mode(&bar, LEAD_4_4, true);
    ck_assert_int_eq(bar.chords[0], LEAD_MINOR);
    ck_assert_int_eq(bar.chords[1], 8 * LEAD_QUALITIES + LEAD_MAJOR);
    ck_assert_int_eq(bar.events[0].pitch, 0);
    ck_assert_int_eq(bar.events[1].pitch, 3);
    ck_assert_int_eq(bar.events[2].pitch, 8);
    ck_assert_int_eq(bar.events[3].pitch, LEAD_REST);
    bar = bars[1];
    lead_bar_to_mode(&bar, LEAD_4_4, true);
    ck_assert_int_eq(bar.chords[1], 7 * LEAD_QUALITIES + LEAD_SEVENTH);
    ck_assert_int_eq(bar.events[1].pitch, 11);
}
END_TEST

START_TEST(there_and_back_is_the_same_bar) {
    for (int b = 0; b < 2; b++) {
        LeadBar bar = bars[b];
        lead_bar_to_mode(&bar, LEAD_4_4, true);
        lead_bar_to_mode(&bar, LEAD_4_4, false);
        ck_assert(!memcmp(&bar, &bars[b], sizeof bar));
    }
}
END_TEST

Suite *lead_mode_suite(void) {
    Suite *suite = suite_create("lead_mode");
    TCase *tcase = tcase_create("lead_mode");
    tcase_add_test(tcase, third_and_sixth_move_and_the_leading_note_stays);
    tcase_add_test(tcase, there_and_back_is_the_same_bar);
    suite_add_tcase(suite, tcase);
    return suite;
}
