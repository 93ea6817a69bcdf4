#include "compose/sound/note_queue.h"

#include <check.h>

static NoteQueue queue;

static void setup(void) {
    queue = (NoteQueue){0};
}

static void teardown(void) {
    note_queue_free(&queue);
}

static void add(double start, double end, uint8_t pitch) {
    Error error;
    const ComposerNote note = {.start = start, .end = end, .pitch = pitch, .velocity = 80};
    ck_assert(!note_queue_add(&queue, note, &error));
}

static void expect(double until, double time, uint8_t pitch, bool strikes) {
    NoteEvent event;
    ck_assert(note_queue_next(&queue, until, &event));
    ck_assert_double_eq(event.time, time);
    ck_assert_uint_eq(event.pitch, pitch);
    ck_assert_int_eq(event.velocity, strikes ? 80 : 0);
}

static void expect_nothing(double until) {
    NoteEvent event;
    ck_assert(!note_queue_next(&queue, until, &event));
}

START_TEST(strikes_and_releases_come_in_order_of_time) {
    add(0, 3, 60);
    add(1, 2, 64);
    expect_nothing(-0.1);
    expect(5, 0, 60, true);
    expect(5, 1, 64, true);
    expect_nothing(1.9);
    expect(5, 2, 64, false);
    expect(5, 3, 60, false);
    expect_nothing(100);
    ck_assert_int_eq(queue.sounding, 0);
}
END_TEST

START_TEST(a_key_is_released_before_it_is_struck_again) {
    add(0, 5, 60);
    add(1, 2, 60);
    expect(9, 0, 60, true);
    expect(9, 1, 60, false);
    expect(9, 1, 60, true);
    expect(9, 2, 60, false);
    expect_nothing(9);
}
END_TEST

START_TEST(releases_come_before_strikes_of_the_same_time) {
    add(0, 1, 60);
    add(1, 2, 62);
    expect(9, 0, 60, true);
    expect(9, 1, 60, false);
    expect(9, 1, 62, true);
}
END_TEST

START_TEST(damping_releases_early_and_clearing_forgets) {
    add(0, 10, 60);
    add(0, 1, 61);
    expect(0, 0, 60, true);
    expect(0, 0, 61, true);
    add(4, 5, 62);
    note_queue_clear(&queue);
    note_queue_damp(&queue, 3);
    expect(9, 1, 61, false);
    expect(9, 3, 60, false);
    expect_nothing(100);
}
END_TEST

START_TEST(a_queue_that_is_emptied_as_it_is_filled_does_not_grow) {
    int events = 0;
    NoteEvent event;
    for (int i = 0; i < 100000; i++) {
        add(i, i + 20.5, (uint8_t)(i % 100));
        while (note_queue_next(&queue, i, &event))
            events++;
    }
    while (note_queue_next(&queue, 1e9, &event))
        events++;
    ck_assert_int_eq(events, 200000);
    ck_assert_int_le(queue.room, 512);
}
END_TEST

Suite *note_queue_suite(void) {
    Suite *suite = suite_create("note_queue");
    TCase *tcase = tcase_create("queue");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, strikes_and_releases_come_in_order_of_time);
    tcase_add_test(tcase, a_key_is_released_before_it_is_struck_again);
    tcase_add_test(tcase, releases_come_before_strikes_of_the_same_time);
    tcase_add_test(tcase, damping_releases_early_and_clearing_forgets);
    tcase_add_test(tcase, a_queue_that_is_emptied_as_it_is_filled_does_not_grow);
    suite_add_tcase(suite, tcase);
    return suite;
}
