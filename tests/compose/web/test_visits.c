/* One open page, and the pages that are open: a face that is followed, music that is heard in time.
 */
#include "compose/web/visits.h"

#include "datasets/music/midi.h"
#include "nn/base/clock.h"
#include "tests/support/music_models.h"
#include "tests/support/networks.h"
#include "tests/support/scratch.h"
#include "tests/support/text.h"

#include <omp.h>
#include <pthread.h>
#include <stdlib.h>

#ifdef HAVE_FLUIDSYNTH

static MusicModel *model;
static VisitSettings settings;
static Error error;

static void set_up(void) {
    scratch_create();
    ImageClassifierInfo info = network_info("mini");
    model = music_model_untrained(11);
    settings = (VisitSettings){
        .watching = watcher_defaults(), .model = model, .music = {.composer = composer_defaults}};
    settings.watching.model = network_save(&info, 4, "model.safetensors");
    settings.watching.detect = false;
    settings.music.composer.openings = 1;
}

static void tear_down(void) {
    music_model_destroy(model);
    scratch_remove();
}

static Visit *open_visit(void) {
    Visit *visit = visit_create(&settings, &error);
    ck_assert_msg(visit != NULL, "%s", error.message);
    return visit;
}

static Image grey_frame(void) {
    Image frame = {0};
    ck_assert_int_eq(image_create(&frame, 64, 48, IMAGE_GREY, &error), 0);
    for (int i = 0; i < 64 * 48; i++)
        frame.pixels[i] = (uint8_t)(i * 31);
    return frame;
}

START_TEST(a_face_is_followed_and_leads_the_mood) {
    Visit *visit = open_visit();
    Image frame = grey_frame();
    VisitFace faces[VISIT_FACES];
    int count = 0;
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(visit_look(visit, &frame, faces, &count, &error), 0);
    ck_assert_int_eq(count, 1);
    ck_assert(faces[0].leads);
    VisitStatus status = visit_status(visit);
    ck_assert(status.mood.face && !status.by_hand);
    ck_assert_float_eq(status.valence, status.mood.valence);
    image_free(&frame);
    visit_destroy(visit);
}
END_TEST

/* As a thread of the server, which begins with as many as the machine has processors. */
static void *look_once(void *user) {
    static int threads;
    Image frame = grey_frame();
    VisitFace faces[VISIT_FACES];
    Error of_thread;
    int count;
    threads = visit_look(user, &frame, faces, &count, &of_thread) ? 0 : omp_get_max_threads();
    image_free(&frame);
    return &threads;
}

START_TEST(whoever_brings_a_frame_looks_with_as_many_threads_as_were_asked_for) {
    settings.threads = 3;
    Visit *visit = open_visit();
    pthread_t thread;
    void *threads;
    ck_assert_int_eq(pthread_create(&thread, NULL, look_once, visit), 0);
    ck_assert_int_eq(pthread_join(thread, &threads), 0);
    ck_assert_int_eq(*(int *)threads, 3);
    visit_destroy(visit);
}
END_TEST

START_TEST(without_frames_the_mood_goes_on_as_without_a_face) {
    Visit *visit = open_visit();
    Image frame = grey_frame();
    VisitFace faces[VISIT_FACES];
    int count;
    for (int by_hand = 0; by_hand < 2; by_hand++) {
        if (by_hand)
            visit_feel(visit, 0.25f, -0.75f);
        ck_assert_int_eq(visit_look(visit, &frame, faces, &count, &error), 0);
        for (int i = 0; i < 1000 && visit_status(visit).mood.face; i++)
            clock_sleep(0.02);
        VisitStatus status = visit_status(visit);
        ck_assert(!status.mood.face);
        ck_assert_int_eq(status.by_hand, by_hand);
        ck_assert_float_eq(status.valence, by_hand ? 0.25f : status.mood.valence);
    }
    image_free(&frame);
    visit_destroy(visit);
}
END_TEST

START_TEST(while_the_page_is_hidden_the_mood_stays) {
    Visit *visit = open_visit();
    Image frame = grey_frame();
    VisitFace faces[VISIT_FACES];
    int count;
    ck_assert_int_eq(visit_look(visit, &frame, faces, &count, &error), 0);
    visit_hide(visit, true);
    clock_sleep(VISIT_BLIND_AFTER + 0.5);
    ck_assert(visit_status(visit).mood.face);
    visit_hide(visit, false);
    for (int i = 0; i < 1000 && visit_status(visit).mood.face; i++)
        clock_sleep(0.02);
    ck_assert(!visit_status(visit).mood.face);
    image_free(&frame);
    visit_destroy(visit);
}
END_TEST

START_TEST(a_mood_set_by_hand_stays_until_the_face_is_followed_again) {
    Visit *visit = open_visit();
    Image frame = grey_frame();
    VisitFace faces[VISIT_FACES];
    int count;
    visit_feel(visit, 0.25f, -0.75f);
    ck_assert_int_eq(visit_look(visit, &frame, faces, &count, &error), 0);
    VisitStatus status = visit_status(visit);
    ck_assert(status.by_hand && status.valence == 0.25f && status.arousal == -0.75f);
    visit_follow(visit);
    status = visit_status(visit);
    ck_assert(!status.by_hand);
    ck_assert_float_eq(status.valence, status.mood.valence);
    image_free(&frame);
    visit_destroy(visit);
}
END_TEST

/* Listens for so many seconds of sound. */
static int hear(Visit *visit, int listener, double seconds) {
    int16_t samples[2048 * PCM_CHANNELS];
    int heard = 0;
    while (heard < seconds * PCM_RATE) {
        int count = visit_listen(visit, listener, samples, 2048);
        ck_assert_int_ge(count, 0);
        if (!count)
            break;
        heard += count;
    }
    return heard;
}

START_TEST(sound_comes_in_real_time_and_a_little_ahead) {
    Visit *visit = open_visit();
    int listener = visit_begin_listening(visit);
    double started = clock_seconds();
    int heard = hear(visit, listener, 1.5);
    ck_assert_int_ge(heard, (int)(1.5 * PCM_RATE));
    /* never more ahead than it says; how far behind is the machine's affair */
    ck_assert_double_ge(clock_seconds() - started, 1.5 - VISIT_AHEAD - 0.01);
    ck_assert(visit_status(visit).listening);
    ck_assert_double_gt(visit_status(visit).seconds, 0);
    visit_end_listening(visit, listener);
    ck_assert(!visit_status(visit).listening);
    visit_destroy(visit);
}
END_TEST

START_TEST(a_later_listener_takes_the_place_of_an_earlier_one) {
    Visit *visit = open_visit();
    int first = visit_begin_listening(visit), second = visit_begin_listening(visit);
    ck_assert_int_eq(hear(visit, first, 1), 0);
    ck_assert_int_gt(hear(visit, second, 0.2), 0);
    visit_end_listening(visit, first); /* ends nothing of the second's */
    ck_assert(visit_status(visit).listening);
    ck_assert_int_gt(hear(visit, second, 0.2), 0);
    visit_destroy(visit);
}
END_TEST

START_TEST(music_stands_still_in_a_pause_and_while_nobody_listens) {
    Visit *visit = open_visit();
    int listener = visit_begin_listening(visit);
    hear(visit, listener, 1);
    visit_pause(visit, true);
    double seconds = visit_status(visit).seconds;
    hear(visit, listener, 0.5);
    ck_assert_double_eq(visit_status(visit).seconds, seconds);
    visit_pause(visit, false);
    visit_end_listening(visit, listener);
    clock_sleep(0.3);
    ck_assert_double_eq(visit_status(visit).seconds, seconds);
    listener = visit_begin_listening(visit);
    hear(visit, listener, 1);
    ck_assert_double_gt(visit_status(visit).seconds, seconds);
    unsigned char *bytes;
    size_t size;
    ck_assert_int_eq(visit_record(visit, &bytes, &size, &error), 0);
    ck_assert_mem_eq(bytes, "MThd", 4);
    free(bytes);
    visit_destroy(visit);
}
END_TEST

START_TEST(a_chosen_instrument_is_recorded) {
    enum { STRINGS = 48 };
    Visit *visit = open_visit();
    visit_set_program(visit, STRINGS);
    int listener = visit_begin_listening(visit);
    for (int i = 0; i < 200 && !visit_status(visit).music.sounding; i++)
        hear(visit, listener, 0.1);
    unsigned char *bytes;
    size_t size;
    ck_assert_int_eq(visit_record(visit, &bytes, &size, &error), 0);
    Song *song = midi_parse(bytes, size, "the record", &error);
    ck_assert_msg(song != NULL, "%s", error.message);
    ck_assert_int_gt(song->n_notes, 0);
    for (int i = 0; i < song->n_notes; i++)
        ck_assert_int_eq(song->notes[i].program, STRINGS);
    song_free(song);
    free(bytes);
    visit_destroy(visit);
}
END_TEST

START_TEST(what_cannot_be_loaded_opens_no_page) {
    settings.soundfont = "/dev/null";
    ck_assert_ptr_null(visit_create(&settings, &error));
    assert_contains(error.message, "/dev/null");
    settings.soundfont = NULL;
    settings.library = scratch_write("songs.db", "no database, but something else entirely");
    ck_assert_ptr_null(visit_create(&settings, &error));
    assert_contains(error.message, "songs.db");
    visit_destroy(NULL);
}
END_TEST

/* ------------------------------------------------------------------ those that are open */

START_TEST(a_visit_is_found_by_its_id_alone) {
    Visits visits;
    char id[GATE_TOKEN + 1], other[GATE_TOKEN + 1];
    visits_init(&visits);
    ck_assert_int_eq(visits_open(&visits, &settings, id, &error), 0);
    ck_assert_int_eq(visits_open(&visits, &settings, other, &error), 0);
    ck_assert_str_ne(id, other);
    Visit *visit = visits_use(&visits, id);
    ck_assert_ptr_nonnull(visit);
    ck_assert_ptr_ne(visit, visits_use(&visits, other));
    ck_assert_ptr_null(visits_use(&visits, NULL));
    ck_assert_ptr_null(visits_use(&visits, ""));
    id[0] = id[0] == '0' ? '1' : '0';
    ck_assert_ptr_null(visits_use(&visits, id));
    visits_return(&visits, visit);
    visits_return(&visits, NULL);
    visits_free(&visits);
}
END_TEST

START_TEST(those_in_use_and_those_used_just_now_do_not_expire) {
    Visits visits;
    char id[2][GATE_TOKEN + 1];
    visits_init(&visits);
    for (int i = 0; i < 2; i++)
        ck_assert_int_eq(visits_open(&visits, &settings, id[i], &error), 0);
    Visit *used = visits_use(&visits, id[0]);
    for (int i = 0; i < VISITS_MOST; i++)
        visits.slots[i].last_used -= 61;
    visits_expire(&visits);
    ck_assert_ptr_eq(visits_use(&visits, id[0]), used);
    ck_assert_ptr_null(visits_use(&visits, id[1]));
    visits_free(&visits);
}
END_TEST

START_TEST(a_closed_one_goes_when_nobody_uses_it) {
    Visits visits;
    char id[GATE_TOKEN + 1];
    visits_init(&visits);
    ck_assert_int_eq(visits_open(&visits, &settings, id, &error), 0);
    Visit *used = visits_use(&visits, id);
    visits_close(&visits, id);
    ck_assert_ptr_null(visits_use(&visits, id));
    visits_expire(&visits);
    ck_assert_ptr_eq(visits.slots[0].visit, used);
    visits_return(&visits, used);
    visits_expire(&visits);
    ck_assert_ptr_null(visits.slots[0].visit);
    visits_free(&visits);
}
END_TEST

START_TEST(the_seventeenth_is_refused_until_one_has_expired) {
    Visits visits;
    char id[GATE_TOKEN + 1];
    visits_init(&visits);
    for (int i = 0; i < VISITS_MOST; i++)
        ck_assert_int_eq(visits_open(&visits, &settings, id, &error), 0);
    ck_assert_int_eq(visits_open(&visits, &settings, id, &error), -1);
    assert_contains(error.message, "16 pages are open");
    visits.slots[3].last_used -= 61;
    ck_assert_int_eq(visits_open(&visits, &settings, id, &error), 0);
    visits_free(&visits);
}
END_TEST

#endif

Suite *visits_suite(void) {
    Suite *suite = suite_create("visits");
    TCase *tcase = tcase_create("visits");
#ifdef HAVE_FLUIDSYNTH
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, a_face_is_followed_and_leads_the_mood);
    tcase_add_test(tcase, whoever_brings_a_frame_looks_with_as_many_threads_as_were_asked_for);
    tcase_add_test(tcase, without_frames_the_mood_goes_on_as_without_a_face);
    tcase_add_test(tcase, while_the_page_is_hidden_the_mood_stays);
    tcase_add_test(tcase, a_mood_set_by_hand_stays_until_the_face_is_followed_again);
    tcase_add_test(tcase, sound_comes_in_real_time_and_a_little_ahead);
    tcase_add_test(tcase, a_later_listener_takes_the_place_of_an_earlier_one);
    tcase_add_test(tcase, music_stands_still_in_a_pause_and_while_nobody_listens);
    tcase_add_test(tcase, a_chosen_instrument_is_recorded);
    tcase_add_test(tcase, what_cannot_be_loaded_opens_no_page);
    tcase_add_test(tcase, a_visit_is_found_by_its_id_alone);
    tcase_add_test(tcase, those_in_use_and_those_used_just_now_do_not_expire);
    tcase_add_test(tcase, a_closed_one_goes_when_nobody_uses_it);
    tcase_add_test(tcase, the_seventeenth_is_refused_until_one_has_expired);
#endif
    suite_add_tcase(suite, tcase);
    return suite;
}
