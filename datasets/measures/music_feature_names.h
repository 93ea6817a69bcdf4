/* music_feature_names.h: what each feature of music_features.h is called, in groups.
 *
 * For reports of what a classifier relies on (compose/evaluate/apart.h). */
#ifndef DATASETS_MEASURES_MUSIC_FEATURE_NAMES_H
#define DATASETS_MEASURES_MUSIC_FEATURE_NAMES_H

#include "datasets/measures/music_features.h"

enum { MUSIC_FEATURE_GROUPS = 14, MUSIC_FEATURE_NAME = 64 };

typedef struct MusicFeatureGroup {
    const char *name;
    int count; /* of features, which follow those of the group before */
} MusicFeatureGroup;

/* All features in their order; the counts sum to MUSIC_FEATURES. */
extern const MusicFeatureGroup music_feature_groups[MUSIC_FEATURE_GROUPS];

/* The index of the group that a feature is in. */
int music_feature_group(int feature);

/* Writes "pitches, 10 %", "steps of the top voice, 12", … */
void music_feature_name(int feature, char name[MUSIC_FEATURE_NAME]);

#endif
