/* emotion.h: the seven emotions.
 *
 * Codes and names are FER2013's. Valence (unpleasant -1 … +1 pleasant) and arousal (calm -1 … +1
 * excited) are the mean ratings of Russell and Mehrabian, "Evidence for a three-factor theory of
 * emotions", Journal of Research in Personality 11 (1977), table 4 (their pleasure and arousal for
 * angry, disgusted, fearful, happy, sad, surprised); neutral is the origin. */
#ifndef DATASETS_FACES_EMOTION_H
#define DATASETS_FACES_EMOTION_H

typedef enum Emotion {
    EMOTION_ANGRY,
    EMOTION_DISGUST,
    EMOTION_FEAR,
    EMOTION_HAPPY,
    EMOTION_SAD,
    EMOTION_SURPRISE,
    EMOTION_NEUTRAL,
    EMOTION_COUNT
} Emotion;

enum { EMOTION_SPELLINGS = 6 };

typedef struct EmotionInfo {
    const char *name;
    float valence, arousal;
    const char *spellings[EMOTION_SPELLINGS]; /* synonyms, NULL after the last */
} EmotionInfo;

/* Indexed by code. */
extern const EmotionInfo emotions[EMOTION_COUNT];

/* Returns the code for a name, another spelling or a digit, ignoring case; -1 for none. */
int emotion_from_name(const char *name);

/* Returns the code of the greatest probability, the first among equals. */
Emotion emotion_most_probable(const float probabilities[EMOTION_COUNT]);

#endif
