/* music_features.h: a piece of any length as a fixed number of features, from which its emotion can
 * be told (infer/music/music_judge.h).
 *
 * How fast, how high, how loud, how long and how even its notes are, and how that changes from
 * quarter to quarter of the piece; its pulse; its mode, chords and their motion, which carry
 * valence (datasets/music/music_harmony.h). Nothing depends on the key itself or on how long the
 * piece goes on. Drums do not count. */
#ifndef DATASETS_MUSIC_MUSIC_FEATURES_H
#define DATASETS_MUSIC_MUSIC_FEATURES_H

#include "datasets/music/music_harmony.h"

enum {
    MUSIC_FEATURE_SPREADS = 5, /* pitch, length, velocity, time between onsets, notes an onset; each
                                  as five quantiles, mean and standard deviation */
    MUSIC_FEATURE_BANDS = 10,  /* of the pulse's period */
    MUSIC_FEATURES = 6 + 7 * MUSIC_FEATURE_SPREADS + 4 * 3 + (MUSIC_FEATURE_BANDS + 2) + 12 + 12 +
                     14 + 5 + 3 + HARMONY_QUALITIES + 12 + 1 + 2 * 12,
};

/* Fills features[MUSIC_FEATURES] for a finished song. Fails when it has no pitched notes or memory
 * is out. */
int music_features(const Song *song, float *features, Error *error) MUST_CHECK;

#endif
