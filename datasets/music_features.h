/* music_features.h: a piece of any length as a fixed number of features, from which its emotion can
 * be told (infer/music_judge.h).
 *
 * How fast, how high, how loud, how long and how even its notes are; which degrees of the key
 * melody, bass and harmony use, since mode and harmony carry valence. Nothing depends on the key
 * itself or on how long the piece goes on. Drums do not count. */
#ifndef DATASETS_MUSIC_FEATURES_H
#define DATASETS_MUSIC_FEATURES_H

#include "datasets/song.h"

enum {
    MUSIC_FEATURE_SPREADS = 5, /* pitch, length, velocity, time between onsets, notes an onset; each
                                  as five quantiles, mean and standard deviation */
    MUSIC_FEATURES = 6 + 7 * MUSIC_FEATURE_SPREADS + 4 * 12 + 14 + 12 + 24,
};

/* Fills features[MUSIC_FEATURES] for a finished song. Fails when it has no pitched notes or memory
 * is out. */
int music_features(const Song *song, float *features, Error *error) MUST_CHECK;

#endif
