/* Notes as samples in memory. */
#include "compose/sound/pcm.h"

#include "compose/sound/soundfont.h"
#include "tests/support/text.h"

#include <stdlib.h>

#ifdef HAVE_FLUIDSYNTH

enum { BLOCK = 2048 };

static Error error;

static Pcm *open_pcm(void) {
    Pcm *pcm = pcm_open(NULL, 0, &error);
    ck_assert_msg(pcm != NULL, "%s", error.message);
    return pcm;
}

/* The largest sample of the next blocks, on either side. */
static int loudest(Pcm *pcm, int blocks) {
    int16_t samples[BLOCK * PCM_CHANNELS];
    int most = 0;
    for (int i = 0; i < blocks; i++) {
        pcm_render(pcm, samples, BLOCK);
        for (int at = 0; at < BLOCK * PCM_CHANNELS; at++)
            most = abs(samples[at]) > most ? abs(samples[at]) : most;
    }
    return most;
}

START_TEST(a_key_sounds_from_its_strike_to_its_release) {
    Pcm *pcm = open_pcm();
    ck_assert_int_lt(loudest(pcm, 4), 10);
    pcm_play(pcm, (NoteEvent){.pitch = 60, .velocity = 100});
    ck_assert_int_gt(loudest(pcm, 4), 1000);
    pcm_play(pcm, (NoteEvent){.pitch = 60});
    loudest(pcm, 100); /* five seconds */
    ck_assert_int_lt(loudest(pcm, 4), 100);
    pcm_close(pcm);
}
END_TEST

START_TEST(all_keys_come_up_together) {
    Pcm *pcm = open_pcm();
    pcm_set_program(pcm, 48); /* strings sound as long as they are held */
    for (uint8_t pitch = 48; pitch < 72; pitch = (uint8_t)(pitch + 4))
        pcm_play(pcm, (NoteEvent){.pitch = pitch, .velocity = 90});
    loudest(pcm, 40);
    ck_assert_int_gt(loudest(pcm, 4), 1000);
    pcm_release(pcm);
    loudest(pcm, 100);
    ck_assert_int_lt(loudest(pcm, 4), 100);
    pcm_close(pcm);
}
END_TEST

START_TEST(instruments_sound_different) {
    int16_t samples[2][BLOCK * PCM_CHANNELS];
    for (int i = 0; i < 2; i++) {
        Pcm *pcm = open_pcm();
        pcm_set_program(pcm, i ? 73 : 0);
        pcm_play(pcm, (NoteEvent){.pitch = 72, .velocity = 100});
        pcm_render(pcm, samples[i], BLOCK);
        pcm_close(pcm);
    }
    ck_assert_mem_ne(samples[0], samples[1], sizeof samples[0]);
}
END_TEST

START_TEST(a_soundfont_that_is_none_is_named) {
    ck_assert_ptr_null(pcm_open("/dev/null", 0, &error));
    assert_contains(error.message, "/dev/null");
    pcm_close(NULL);
}
END_TEST

#endif

Suite *pcm_suite(void) {
    Suite *suite = suite_create("pcm");
    TCase *tcase = tcase_create("pcm");
#ifdef HAVE_FLUIDSYNTH
    tcase_add_test(tcase, a_key_sounds_from_its_strike_to_its_release);
    tcase_add_test(tcase, all_keys_come_up_together);
    tcase_add_test(tcase, instruments_sound_different);
    tcase_add_test(tcase, a_soundfont_that_is_none_is_named);
#endif
    suite_add_tcase(suite, tcase);
    return suite;
}
