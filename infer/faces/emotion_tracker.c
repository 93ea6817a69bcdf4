#include "infer/faces/emotion_tracker.h"

#include "infer/faces/face_tracks.h"

#include <math.h>

void emotion_tracker_init(EmotionTracker *tracker, const EmotionTrackerSettings *settings) {
    *tracker = (EmotionTracker){.settings = *settings};
    tracker->state.emotion = tracker->rival = EMOTION_NEUTRAL;
    tracker->state.probabilities[EMOTION_NEUTRAL] = 1;
    tracker->state.confidence = 1;
}

/* Moves the smoothed probabilities towards the target, as far as `elapsed` seconds allow. */
static void approach(EmotionState *state, const float target[EMOTION_COUNT], double elapsed,
                     double time_constant) {
    float part = time_constant > 0 ? (float)(1 - exp(-elapsed / time_constant)) : 1;
    for (int i = 0; i < EMOTION_COUNT; i++)
        state->probabilities[i] += part * (target[i] - state->probabilities[i]);
}

static void change(EmotionTracker *tracker, Emotion emotion) {
    EmotionState *state = &tracker->state;
    if (emotion != state->emotion)
        state->since = state->time;
    state->emotion = tracker->rival = emotion;
}

/* Changes the emotion when another one has been ahead by the margin for long enough. */
static void decide(EmotionTracker *tracker) {
    EmotionState *state = &tracker->state;
    Emotion best = emotion_most_probable(state->probabilities);
    bool ahead = best != state->emotion &&
                 state->probabilities[best] - state->probabilities[state->emotion] >
                     tracker->settings.margin;
    if (!ahead) {
        tracker->rival = state->emotion;
        return;
    }
    if (best != tracker->rival) {
        tracker->rival = best;
        tracker->rival_since = state->time;
    }
    if (state->time - tracker->rival_since >= tracker->settings.dwell_seconds)
        change(tracker, best);
}

static bool usable(const float *probabilities) {
    float sum = 0;
    for (int i = 0; i < EMOTION_COUNT; i++)
        sum += probabilities[i];
    return sum > 0.5f && sum < 2; /* false for NaN */
}

static void tell_dimensions(EmotionState *state) {
    state->valence = state->arousal = 0;
    for (int i = 0; i < EMOTION_COUNT; i++) {
        state->valence += state->probabilities[i] * emotions[i].valence;
        state->arousal += state->probabilities[i] * emotions[i].arousal;
    }
    state->confidence = state->probabilities[state->emotion];
}

const EmotionState *emotion_tracker_update(EmotionTracker *tracker, double time,
                                           const float probabilities[EMOTION_COUNT]) {
    static const float neutral[EMOTION_COUNT] = {[EMOTION_NEUTRAL] = 1};
    EmotionState *state = &tracker->state;
    bool begins = !tracker->started;
    double elapsed = tracker->started && time > state->time ? time - state->time : 0;
    state->face = probabilities && usable(probabilities);
    state->time = tracker->started && time < state->time ? state->time : time;
    if (state->face) {
        bool first =
            !tracker->started || state->time - tracker->last_face > tracker->settings.hold_seconds;
        approach(state, probabilities, elapsed, first ? 0 : tracker->settings.smooth_seconds);
        tracker->last_face = state->time;
        tracker->started = true;
    } else if (tracker->started &&
               state->time - tracker->last_face > tracker->settings.hold_seconds) {
        approach(state, neutral, elapsed, tracker->settings.drift_seconds);
    }
    /* Of the first face, and in frames that are apart, there is nothing to be steady about. */
    if (state->face && (begins || elapsed > FACE_TRACKS_APART))
        change(tracker, emotion_most_probable(state->probabilities));
    else
        decide(tracker);
    tell_dimensions(state);
    return state;
}
