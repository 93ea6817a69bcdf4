/* The thread that feeds an output. */
#include "compose/play/sound_thread.h"

#include "nn/base/clock.h"
#include "tests/support/text.h"

#include <check.h>
#include <stdatomic.h>
#include <string.h>

static Error error;

static void count_frames(void *context, float *samples, int frames) {
    memset(samples, 0, (size_t)frames * SOUND_CHANNELS * sizeof *samples);
    atomic_fetch_add((atomic_int *)context, frames);
}

static SoundOutput *open_nowhere(void) {
    const SoundOutputSettings nowhere = {.card = false};
    SoundOutput *output = sound_output_open(&nowhere, &error);
    ck_assert_msg(output != NULL, "%s", error.message);
    return output;
}

START_TEST(an_output_is_kept_full_as_time_passes) {
    atomic_int frames = 0;
    SoundOutput *output = open_nowhere();
    SoundThread *thread = sound_thread_start(count_frames, &frames, output, &error);
    ck_assert_msg(thread != NULL, "%s", error.message);
    double until = clock_seconds() + 5;
    while (atomic_load(&frames) < 2 * SOUND_OUTPUT_AHEAD && clock_seconds() < until)
        clock_sleep(0.01);
    ck_assert_int_ge(atomic_load(&frames), 2 * SOUND_OUTPUT_AHEAD);
    ck_assert_int_eq(sound_thread_check(thread, &error), 0);
    sound_thread_stop(thread);
    sound_output_close(output);
}
END_TEST

/* As a card does whose server has gone: this one is an hour ahead. */
START_TEST(an_output_that_takes_no_more_is_an_error) {
    static const float silence[SOUND_RATE * SOUND_CHANNELS];
    atomic_int frames = 0;
    SoundOutput *output = open_nowhere();
    for (int second = 0; second < 3600; second++)
        ck_assert_int_eq(sound_output_write(output, silence, SOUND_RATE, &error), 0);
    SoundThread *thread = sound_thread_start(count_frames, &frames, output, &error);
    ck_assert_msg(thread != NULL, "%s", error.message);
    double until = clock_seconds() + 60;
    int status = 0;
    while (!(status = sound_thread_check(thread, &error)) && clock_seconds() < until)
        clock_sleep(0.05);
    ck_assert_int_eq(status, -1);
    assert_contains(error.message, "takes no more sound");
    ck_assert_int_eq(atomic_load(&frames), 0);
    sound_thread_stop(thread);
    sound_output_close(output);
}
END_TEST

Suite *sound_thread_suite(void) {
    Suite *suite = suite_create("sound_thread");
    TCase *tests = tcase_create("sound_thread");
    tcase_add_test(tests, an_output_is_kept_full_as_time_passes);
    tcase_add_test(tests, an_output_that_takes_no_more_is_an_error);
    suite_add_tcase(suite, tests);
    return suite;
}
