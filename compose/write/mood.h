/* mood.h: from a feeling to what music is asked to express.
 *
 * A feeling is a point of valence (unpleasant -1 … +1 pleasant) and arousal (calm -1 … +1 excited):
 * an emotion's own (datasets/faces/emotion.h), or what a face is read as. A mood is where in the
 * same plane the music is to lie, together with how loud it is played.
 *
 * Two things stand between the two. Music with labels is labelled by quadrant, so the model knows
 * the corners (±1, ±1) best, while feelings as people rate them stay closer to the middle: a mood
 * is the feeling times MOOD_GAIN, held within [-1, 1]. And anger and fear, which lie together in
 * the plane, are played apart by loudness: cues of Juslin and Laukka, "Communication of emotions in
 * vocal expression and music performance", Psychological Bulletin 129 (2003), table 7 (anger high,
 * fear low, happiness medium to high, sadness low sound level). */
#ifndef COMPOSE_WRITE_MOOD_H
#define COMPOSE_WRITE_MOOD_H

#include "datasets/faces/emotion.h"

#define MOOD_GAIN 2.0f

typedef struct Mood {
    float valence, arousal; /* [-1, 1], NAN for "whatever" */
    float loudness;         /* -1 soft … 0 as the model has it … +1 loud */
} Mood;

Mood mood_of_emotion(Emotion emotion);
/* Of a feeling's place in the plane, each in [-1, 1]: as loud as the model has it. */
Mood mood_of_feeling(float valence, float arousal);
/* Of a face as it is read: the mean feeling and loudness under the probabilities (they sum to 1).
 */
Mood mood_of_probabilities(const float probabilities[EMOTION_COUNT]);

/* "pleasant, calm", "excited" …, "neutral" in the middle of the plane. */
const char *mood_words(Mood mood);

/* What music does with a feeling. */
typedef enum MoodPolicy {
    MOOD_MIRROR,   /* plays it */
    MOOD_REGULATE, /* plays what helps: lifts sadness, calms anger, fear and disgust, drives
                      happiness on */
    MOOD_POLICIES
} MoodPolicy;

/* "mirror", "regulate"; NULL after the last. */
extern const char *const mood_policy_names[MOOD_POLICIES + 1];

/* Where a policy leads a feeling to. */
Mood mood_goal(MoodPolicy policy, Mood felt);

/* The mood after a share `progress` (0 … 1) of the piece: by the iso principle (Altshuler 1948; its
 * test by Starcke, Mayr and von Georgi, Int. J. Environ. Res. Public Health 18 (2021), 12486) music
 * meets the felt mood and leads from there: it stays for the first quarter, moves evenly, and has
 * arrived for the last quarter. */
Mood mood_at(MoodPolicy policy, Mood felt, double progress);

#endif
