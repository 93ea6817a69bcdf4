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

Mood mood_of_feeling(float valence, float arousal) {
    return (Mood){.valence = clamp(MOOD_GAIN * valence), .arousal = clamp(MOOD_GAIN * arousal)};
}

Mood mood_of_emotion(Emotion emotion) {
    Mood mood = mood_of_feeling(emotions[emotion].valence, emotions[emotion].arousal);
    mood.loudness = loudness[emotion];
    return mood;
}

const char *mood_words(Mood mood) {
    static const char *const words[3][3] = {
        {"unpleasant, calm", "unpleasant", "unpleasant, excited"},
        {"calm", "neutral", "excited"},
        {"pleasant, calm", "pleasant", "pleasant, excited"}};
    const float middle = 0.25f;
    return words[1 + (mood.valence > middle) - (mood.valence < -middle)]
                [1 + (mood.arousal > middle) - (mood.arousal < -middle)];
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

bool mood_taste_is_plain(MoodTaste taste) {
    return taste.valence_shift == 0 && taste.valence_gain == 0 && taste.arousal_shift == 0 &&
           taste.arousal_gain == 0;
}

static float shifted(float value, float shift, float gain) {
    return isnan(value) ? value : clamp(shift + (1 + gain) * value);
}

Mood mood_for_taste(MoodTaste taste, Mood mood) {
    mood.valence = shifted(mood.valence, taste.valence_shift, taste.valence_gain);
    mood.arousal = shifted(mood.arousal, taste.arousal_shift, taste.arousal_gain);
    return mood;
}

static Mood between(Mood from, Mood to, float share) {
    return (Mood){.valence = from.valence + share * (to.valence - from.valence),
                  .arousal = from.arousal + share * (to.arousal - from.arousal),
                  .loudness = from.loudness + share * (to.loudness - from.loudness)};
}

/* How far `value` has come on the way from `start` to `end`, 0 … 1. */
static float way(float value, float start, float end) {
    return fminf(fmaxf((value - start) / (end - start), 0), 1);
}

/* The goals of regulation: unpleasant and excited feelings are calmed; low ones are lifted;
 * pleasant ones are driven on. Between them the goal changes evenly, so that noise in what is read
 * of a face cannot make it jump. */
Mood mood_goal(MoodPolicy policy, Mood felt) {
    static const Mood calm = {.valence = 0.8f, .arousal = -0.8f},
                      lift = {.valence = 1, .arousal = 0.6f}, drive = {.valence = 1, .arousal = 1};
    if (policy == MOOD_MIRROR)
        return felt;
    Mood excited = between(calm, drive, way(felt.valence, -0.25f, 0.25f));
    return between(lift, excited, way(felt.arousal, 0, 0.5f));
}

double mood_way_gone(double progress) {
    return fmin(fmax(2 * progress - 0.5, 0), 1);
}

Mood mood_at(MoodPolicy policy, Mood felt, double progress) {
    return between(felt, mood_goal(policy, felt), (float)mood_way_gone(progress));
}
