/* music_features.h: a piece of any length as a fixed number of features, from which its emotion is
 * predicted (infer/music/music_judge.h).
 *
 * Rate, pitch, loudness, length and regularity of its notes, and their change over the four
 * quarters of the piece; its pulse; its mode, chords and chord changes, which carry valence
 * (datasets/measures/music_harmony.h). Nothing depends on the key or the length of the piece. Drums
 * are ignored. */
#ifndef DATASETS_MEASURES_MUSIC_FEATURES_H
#define DATASETS_MEASURES_MUSIC_FEATURES_H

#include "datasets/measures/music_harmony.h"

enum {
    MUSIC_FEATURE_SPREADS = 5, /* pitch, length, velocity, time between onsets, notes per onset;
                                  each as five quantiles, mean and standard deviation */
    MUSIC_FEATURE_BANDS = 10,  /* of the pulse's period */
    MUSIC_FEATURES = 6 + 7 * MUSIC_FEATURE_SPREADS + 4 * 3 + (MUSIC_FEATURE_BANDS + 2) + 12 + 12 +
                     14 + 5 + 3 + HARMONY_QUALITIES + 12 + 1 + 2 * 12,
};

/* Fills features[MUSIC_FEATURES] for a finished song. Fails when it has no pitched notes or memory
 * runs out. */
int music_features(const Song *song, float *features, Error *error) MUST_CHECK;

/* Whether a feature is of loudness: corpora without dynamics have one velocity throughout, by which
 * alone they would be recognised. */
bool music_feature_is_loudness(int feature);

#endif
