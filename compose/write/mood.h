/* mood.h: maps an emotion to the mood that music should express.
 *
 * A feeling is a point of valence (unpleasant -1 … +1 pleasant) and arousal (calm -1 … +1 excited):
 * that of an emotion (datasets/faces/emotion.h), or the one estimated from a face. A mood is the
 * point in the same plane for the music, together with its loudness.
 *
 * They differ in two ways. Labelled music is labelled by quadrant, so the model knows the corners
 * (±1, ±1) best, while people's ratings of feelings are closer to the middle: a mood is the feeling
 * times MOOD_GAIN, clamped to [-1, 1]. And anger and fear, which are close in the plane, are
 * distinguished by loudness: cues of Juslin and Laukka, "Communication of emotions in vocal
 * expression and music performance", Psychological Bulletin 129 (2003), table 7 (anger high, fear
 * low, happiness medium to high, sadness low sound level). */
#ifndef COMPOSE_WRITE_MOOD_H
#define COMPOSE_WRITE_MOOD_H

#include "datasets/faces/emotion.h"

#include <stdbool.h>

#define MOOD_GAIN 2.0f

typedef struct Mood {
    float valence, arousal; /* [-1, 1], NAN for unspecified */
    float loudness;         /* -1 soft … 0 as generated … +1 loud */
} Mood;

Mood mood_of_emotion(Emotion emotion);
/* Of a point in the plane, each in [-1, 1]: loudness as generated. */
Mood mood_of_feeling(float valence, float arousal);
/* Of a face: the mean feeling and loudness under the probabilities (they sum to 1). */
Mood mood_of_probabilities(const float probabilities[EMOTION_COUNT]);

/* "pleasant, calm", "excited" …, "neutral" in the middle of the plane. */
const char *mood_words(Mood mood);

/* How moods should sound to a listener (compose/library/listener.h): on each axis a shift, and a
 * gain in addition to 1. All zero: as they are. */
typedef struct MoodTaste {
    float valence_shift, valence_gain;
    float arousal_shift, arousal_gain;
} MoodTaste;

bool mood_taste_is_plain(MoodTaste taste);

/* The mood as that listener should hear it, within the plane. */
Mood mood_for_taste(MoodTaste taste, Mood mood);

/* How music responds to a feeling. */
typedef enum MoodPolicy {
    MOOD_MIRROR,   /* expresses it */
    MOOD_REGULATE, /* regulates it: lifts sadness, calms anger, fear and disgust, increases
                      happiness */
    MOOD_POLICIES
} MoodPolicy;

/* "mirror", "regulate"; NULL after the last. */
extern const char *const mood_policy_names[MOOD_POLICIES + 1];

/* The target of a policy for a feeling. */
Mood mood_goal(MoodPolicy policy, Mood felt);

/* The mood at `progress` (0 … 1) through the piece: by the iso principle (Altshuler 1948; its test
 * by Starcke, Mayr and von Georgi, Int. J. Environ. Res. Public Health 18 (2021), 12486) music
 * first matches the felt mood and then leads away: it stays for the first quarter, moves linearly,
 * and stays at the target for the last quarter. */
Mood mood_at(MoodPolicy policy, Mood felt, double progress);
/* How much of that way is gone by then, 0 … 1. */
double mood_way_gone(double progress);

#endif
