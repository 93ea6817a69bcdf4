/* The emotion tracker on made-up probabilities: quick on a clear change, steady in noise. */
#include "infer/faces/emotion_tracker.h"

#include "nn/base/rng.h"

#include <check.h>
#include <math.h>

/* A network's answer that is `sure` of an emotion, the rest spread evenly. */
static void answer(Emotion emotion, float sure, float probabilities[EMOTION_COUNT]) {
    for (int i = 0; i < EMOTION_COUNT; i++)
        probabilities[i] = (1 - sure) / (EMOTION_COUNT - 1);
    probabilities[emotion] = sure;
}

/* The answer with noise on its logits, normalised again. */
static void noisy(const float *clean, float deviation, Rng rng, int frame, float *out) {
    float sum = 0;
    for (int i = 0; i < EMOTION_COUNT; i++) {
        out[i] =
            clean[i] * expf(deviation * rng_normal(rng, (uint64_t)(frame * EMOTION_COUNT + i)));
        sum += out[i];
    }
    for (int i = 0; i < EMOTION_COUNT; i++)
        out[i] /= sum;
}

static EmotionTracker fresh(void) {
    EmotionTracker tracker;
    emotion_tracker_init(&tracker, &EMOTION_TRACKER_DEFAULTS);
    return tracker;
}

START_TEST(a_clear_change_is_told_soon) {
    static const double rates[] = {5, 10, 24, 30, 60};
    for (int r = 0; r < 5; r++) {
        EmotionTracker tracker = fresh();
        float before[EMOTION_COUNT], after[EMOTION_COUNT];
        answer(EMOTION_NEUTRAL, 0.75f, before);
        answer(EMOTION_HAPPY, 0.75f, after);
        double time = 0, told = -1;
        for (; time < 3; time += 1 / rates[r])
            emotion_tracker_update(&tracker, time, before);
        ck_assert_int_eq(tracker.state.emotion, EMOTION_NEUTRAL);
        double change = time;
        for (; told < 0 && time < change + 2; time += 1 / rates[r])
            if (emotion_tracker_update(&tracker, time, after)->emotion == EMOTION_HAPPY)
                told = time - change;
        ck_assert_msg(told > 0.1 && told < (rates[r] < 20 ? 0.7 : 0.6), "%g frames a second: %g s",
                      rates[r], told);
    }
}
END_TEST

START_TEST(noise_does_not_make_it_flicker) {
    Rng rng = rng_seed(5);
    int switches = 0;
    enum { MINUTES = 20, RATE = 30 };
    float clean[EMOTION_COUNT], seen[EMOTION_COUNT];
    answer(EMOTION_SAD, 0.40f, clean); /* close to its rival */
    clean[EMOTION_NEUTRAL] += 0.25f;
    clean[EMOTION_ANGRY] = clean[EMOTION_DISGUST] = clean[EMOTION_FEAR] = clean[EMOTION_HAPPY] =
        0.07f;
    EmotionTracker tracker = fresh();
    Emotion last = EMOTION_NEUTRAL;
    for (int frame = 0; frame < MINUTES * 60 * RATE; frame++) {
        noisy(clean, 0.8f, rng, frame, seen);
        Emotion told = emotion_tracker_update(&tracker, frame / (double)RATE, seen)->emotion;
        switches += frame > RATE && told != last;
        last = told;
    }
    ck_assert_msg(switches <= MINUTES, "%d switches in %d minutes", switches, MINUTES);
}
END_TEST

START_TEST(the_first_face_is_told_at_once) {
    EmotionTracker tracker = fresh();
    float angry[EMOTION_COUNT];
    answer(EMOTION_ANGRY, 0.8f, angry);
    emotion_tracker_update(&tracker, 0, NULL);
    ck_assert_int_eq(emotion_tracker_update(&tracker, 0.1, angry)->emotion, EMOTION_ANGRY);
}
END_TEST

START_TEST(frames_that_are_apart_speak_for_themselves) {
    static const Emotion shown[] = {EMOTION_HAPPY, EMOTION_SURPRISE, EMOTION_SAD, EMOTION_FEAR};
    for (double gap = 0.5; gap < 8; gap *= 2) {
        EmotionTracker tracker = fresh();
        for (int i = 0; i < 4; i++) {
            float seen[EMOTION_COUNT];
            answer(shown[i], 0.7f, seen);
            const EmotionState *state = emotion_tracker_update(&tracker, i * gap, seen);
            ck_assert_int_eq(state->emotion, shown[i]);
            ck_assert_double_eq(state->since, i * gap);
        }
    }
}
END_TEST

START_TEST(a_single_wrong_frame_changes_nothing) {
    EmotionTracker tracker = fresh();
    float happy[EMOTION_COUNT], angry[EMOTION_COUNT];
    answer(EMOTION_HAPPY, 0.8f, happy);
    answer(EMOTION_ANGRY, 0.99f, angry);
    for (int frame = 0; frame < 300; frame++) {
        const EmotionState *state =
            emotion_tracker_update(&tracker, frame / 30.0, frame % 30 == 29 ? angry : happy);
        if (frame > 30)
            ck_assert_int_eq(state->emotion, EMOTION_HAPPY);
    }
}
END_TEST

START_TEST(without_a_face_it_holds_and_then_drifts_to_neutral) {
    EmotionTracker tracker = fresh();
    float happy[EMOTION_COUNT];
    answer(EMOTION_HAPPY, 0.9f, happy);
    double time = 0;
    for (; time < 2; time += 0.04)
        emotion_tracker_update(&tracker, time, happy);
    float valence = tracker.state.valence;
    ck_assert_float_gt(valence, 0.5f);
    for (double end = time + 1.4; time < end; time += 0.04) {
        const EmotionState *state = emotion_tracker_update(&tracker, time, NULL);
        ck_assert(!state->face && state->emotion == EMOTION_HAPPY);
        ck_assert_float_eq(state->valence, valence);
    }
    for (double end = time + 10; time < end; time += 0.04) {
        float before = tracker.state.valence;
        ck_assert_float_le(emotion_tracker_update(&tracker, time, NULL)->valence, before + 1e-6f);
    }
    ck_assert_int_eq(tracker.state.emotion, EMOTION_NEUTRAL);
    ck_assert_float_lt(fabsf(tracker.state.valence), 0.05f);
    ck_assert_float_gt(tracker.state.confidence, 0.9f);
}
END_TEST

START_TEST(probabilities_sum_to_one_and_the_dimensions_are_their_mean) {
    EmotionTracker tracker = fresh();
    Rng rng = rng_seed(2);
    float clean[EMOTION_COUNT], seen[EMOTION_COUNT];
    for (int frame = 0; frame < 500; frame++) {
        answer((Emotion)(frame / 50 % EMOTION_COUNT), 0.6f, clean);
        noisy(clean, 1, rng, frame, seen);
        const EmotionState *state =
            emotion_tracker_update(&tracker, frame * 0.03, frame % 7 ? seen : NULL);
        float sum = 0, valence = 0;
        for (int i = 0; i < EMOTION_COUNT; i++) {
            sum += state->probabilities[i];
            valence += state->probabilities[i] * emotions[i].valence;
        }
        ck_assert_float_eq_tol(sum, 1, 1e-4f);
        ck_assert_float_eq_tol(state->valence, valence, 1e-5f);
        ck_assert_float_eq(state->confidence, state->probabilities[state->emotion]);
    }
}
END_TEST

START_TEST(senseless_input_does_no_harm) {
    EmotionTracker tracker = fresh();
    float wrong[EMOTION_COUNT] = {NAN};
    for (int frame = 0; frame < 100; frame++)
        emotion_tracker_update(&tracker, -frame,
                               frame % 2 ? wrong : NULL); /* time that goes back, too */
    ck_assert_int_eq(tracker.state.emotion, EMOTION_NEUTRAL);
    ck_assert_float_eq_tol(tracker.state.confidence, 1, 1e-6f);
}
END_TEST

Suite *emotion_tracker_suite(void) {
    Suite *suite = suite_create("emotion_tracker");
    TCase *tcase = tcase_create("emotion_tracker");
    tcase_add_test(tcase, a_clear_change_is_told_soon);
    tcase_add_test(tcase, noise_does_not_make_it_flicker);
    tcase_add_test(tcase, the_first_face_is_told_at_once);
    tcase_add_test(tcase, frames_that_are_apart_speak_for_themselves);
    tcase_add_test(tcase, a_single_wrong_frame_changes_nothing);
    tcase_add_test(tcase, without_a_face_it_holds_and_then_drifts_to_neutral);
    tcase_add_test(tcase, probabilities_sum_to_one_and_the_dimensions_are_their_mean);
    tcase_add_test(tcase, senseless_input_does_no_harm);
    suite_add_tcase(suite, tcase);
    return suite;
}
