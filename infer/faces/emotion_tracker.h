/* emotion_tracker.h: derives a stable emotion from noisy probabilities.
 *
 * Probabilities are smoothed exponentially in time (independent of the frame rate). The reported
 * emotion changes only when another one has led by a margin for a while (hysteresis and dwell
 * time), so it neither flickers nor lags: with the defaults a clear change is reported after half a
 * second (tests require under 0.6 s at 24 frames per second and more). The first face, and frames
 * more than FACE_TRACKS_APART apart (infer/faces/face_tracks.h), speak for themselves. Without a
 * face the state is held, then drifts to neutral. */
#ifndef INFER_FACES_EMOTION_TRACKER_H
#define INFER_FACES_EMOTION_TRACKER_H

#include "datasets/faces/emotion.h"

#include <stdbool.h>

typedef struct EmotionTrackerSettings {
    double smooth_seconds; /* time constant of the probabilities */
    float margin;          /* by which the smoothed probability of another emotion must lead … */
    double dwell_seconds;  /* … and for how long */
    double hold_seconds;   /* without a face, before the drift begins */
    double drift_seconds;  /* its time constant */
} EmotionTrackerSettings;

static const EmotionTrackerSettings EMOTION_TRACKER_DEFAULTS = {
    .smooth_seconds = 0.3,
    .margin = 0.3f,
    .dwell_seconds = 0.2,
    .hold_seconds = 1.5,
    .drift_seconds = 2.0,
};

typedef struct EmotionState {
    double time;
    bool face; /* seen in this frame */
    Emotion emotion;
    float probabilities[EMOTION_COUNT]; /* smoothed; they sum to 1 */
    float confidence;                   /* the smoothed probability of `emotion` */
    float valence, arousal;             /* their mean under the smoothed probabilities, -1 … 1 */
    double since;                       /* when the emotion began */
} EmotionState;

typedef struct EmotionTracker {
    EmotionTrackerSettings settings;
    EmotionState state;
    bool started;
    double last_face;   /* when a face was last seen */
    Emotion rival;      /* leading by the margin … */
    double rival_since; /* … since then */
} EmotionTracker;

/* Starts at neutral. */
void emotion_tracker_init(EmotionTracker *tracker, const EmotionTrackerSettings *settings);

/* Takes the probabilities of the face at `time` (seconds, non-decreasing), or NULL without a face;
 * returns the state, which belongs to the tracker. */
const EmotionState *emotion_tracker_update(EmotionTracker *tracker, double time,
                                           const float probabilities[EMOTION_COUNT]);

#endif
