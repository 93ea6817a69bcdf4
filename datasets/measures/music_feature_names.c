#include "datasets/measures/music_feature_names.h"

#include <stdio.h>

const MusicFeatureGroup music_feature_groups[MUSIC_FEATURE_GROUPS] = {
    {"rates", 6},
    {"pitches", 7},
    {"note lengths", 7},
    {"velocities", 7},
    {"onset gaps", 7},
    {"notes of an onset", 7},
    {"quarters of the piece", 12},
    {"degrees of the key", 12},
    {"steps of the top voice", 14},
    {"ratios of onset gaps", 12},
    {"mode and triads", 8},
    {"chord qualities", HARMONY_QUALITIES},
    {"roots and basses", 12 + 1 + 2 * 12},
    {"pulse", MUSIC_FEATURE_BANDS + 2},
};

enum { SPREAD_GROUPS_FIRST = 1, SPREAD_GROUPS_LAST = 5 };

int music_feature_group(int feature) {
    int group = 0;
    while (group + 1 < MUSIC_FEATURE_GROUPS && feature >= music_feature_groups[group].count)
        feature -= music_feature_groups[group++].count;
    return group;
}

void music_feature_name(int feature, char name[MUSIC_FEATURE_NAME]) {
    static const char *const spread[] = {"10 %", "25 %", "median",   "75 %",
                                         "90 %", "mean", "deviation"};
    int group = music_feature_group(feature);
    for (int g = 0; g < group; g++)
        feature -= music_feature_groups[g].count;
    if (group >= SPREAD_GROUPS_FIRST && group <= SPREAD_GROUPS_LAST)
        snprintf(name, MUSIC_FEATURE_NAME, "%s, %s", music_feature_groups[group].name,
                 spread[feature]);
    else
        snprintf(name, MUSIC_FEATURE_NAME, "%s, %d", music_feature_groups[group].name, feature);
}
