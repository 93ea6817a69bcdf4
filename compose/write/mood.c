#include "compose/write/mood.h"

#include <math.h>
#include <stddef.h>

const char *const mood_policy_names[MOOD_POLICIES + 1] = {"mirror", "regulate", NULL};

/* Sound level by emotion (Juslin and Laukka 2003). */
static const float loudness[EMOTION_COUNT] = {
    [EMOTION_ANGRY] = 0.6f, [EMOTION_DISGUST] = 0,  [EMOTION_FEAR] = -0.6f, [EMOTION_HAPPY] = 0.1f,
    [EMOTION_SAD] = -0.4f,  [EMOTION_SURPRISE] = 0, [EMOTION_NEUTRAL] = 0,
};

static float clamp(float value) {
    return fminf(fmaxf(value, -1), 1);
}

static Mood mood_of_feeling(float valence, float arousal) {
    return (Mood){.valence = clamp(MOOD_GAIN * valence), .arousal = clamp(MOOD_GAIN * arousal)};
}

Mood mood_of_emotion(Emotion emotion) {
    Mood mood = mood_of_feeling(emotions[emotion].valence, emotions[emotion].arousal);
    mood.loudness = loudness[emotion];
    return mood;
}

Mood mood_of_probabilities(const float probabilities[EMOTION_COUNT]) {
    float valence = 0, arousal = 0, level = 0;
    for (int i = 0; i < EMOTION_COUNT; i++) {
        valence += probabilities[i] * emotions[i].valence;
        arousal += probabilities[i] * emotions[i].arousal;
        level += probabilities[i] * loudness[i];
    }
    Mood mood = mood_of_feeling(valence, arousal);
    mood.loudness = level;
    return mood;
}

/* Feelings nearer than this to an axis of the plane lie between two goals: wide enough that the
 * noise of a face's reading does not throw the goal about, and narrow enough that each emotion's
 * own mood (the nearest is at 0.5) has a goal to itself. */
static const float transition = 0.25f;

/* 0 up to the axis, 1 from the transition's end on. */
static float beyond(float value) {
    return fminf(fmaxf(value / transition, 0), 1);
}

/* The goals of regulation: unpleasant and excited feelings are calmed; low ones are lifted;
 * pleasant and excited ones are driven on. */
Mood mood_goal(MoodPolicy policy, Mood felt) {
    static const Mood calm = {.valence = 0.8f, .arousal = -0.8f},
                      lift = {.valence = 1, .arousal = 0.6f}, drive = {.valence = 1, .arousal = 1};
    if (policy == MOOD_MIRROR)
        return felt;
    float excited = beyond(felt.arousal);
    float calming = excited * beyond(-felt.valence), driving = excited * beyond(felt.valence);
    float lifting = 1 - calming - driving;
    return (Mood){
        .valence = calming * calm.valence + lifting * lift.valence + driving * drive.valence,
        .arousal = calming * calm.arousal + lifting * lift.arousal + driving * drive.arousal};
}

Mood mood_at(MoodPolicy policy, Mood felt, double progress) {
    Mood goal = mood_goal(policy, felt);
    float share = (float)fmin(fmax(2 * progress - 0.5, 0), 1);
    return (Mood){.valence = felt.valence + share * (goal.valence - felt.valence),
                  .arousal = felt.arousal + share * (goal.arousal - felt.arousal),
                  .loudness = felt.loudness + share * (goal.loudness - felt.loudness)};
}
