/* mood_table.h: songs with people's ratings of their mood, as tables to learn from.
 *
 * What can be read:
 *
 * - a folder with MIDI files and labels.csv (datasets/music/music_catalogue.h): notes;
 * - a CSV whose columns are named as the features of datasets/music/audio_features.h: sound. The
 *   names of librosa's users count too (rms, spectral, rolloff, MFCC), and where it has
 *   arousal_mean and valence_mean, these are means of ratings from 1 to 9, as in DEAM;
 * - a CSV with a column `file` (from the CSV's folder) and no features: audio files to be measured.
 *
 * Columns valence and arousal lie in [-1, 1]. Means of many people's ratings keep to the middle of
 * their scale: those from 1 to 9 are spread by MOOD_RATING_GAIN, and held within [-1, 1], into the
 * plane of what music is asked to express (compose/write/mood.h). */
#ifndef DATASETS_MUSIC_MOOD_TABLE_H
#define DATASETS_MUSIC_MOOD_TABLE_H

#include "datasets/music/audio_features.h"
#include "datasets/music/music_features.h"
#include "nn/base/progress.h"

#include <stdint.h>

#define MOOD_RATING_GAIN 2

enum { MOOD_AXES = 2 };

typedef struct MoodTable {
    int n, room, inputs;
    float *x;                     /* (n, inputs) */
    float *y;                     /* (n, MOOD_AXES) valence, arousal */
    uint64_t *songs;              /* (n) rows of one song are never parted */
    int features[AUDIO_FEATURES]; /* (inputs) of sound: which AudioFeature each is */
} MoodTable;

/* Notes and sound; zeroed at first, free with mood_tables_free. */
typedef struct MoodTables {
    MoodTable notes, sound;
    long passed_over; /* files and rows that cannot be read or have no mood */
} MoodTables;

/* Adds what the path names. Fails when nothing in it can be used, and when tables of sound have
 * different columns. */
int mood_tables_read(MoodTables *tables, const char *path, Progress *progress,
                     Error *error) MUST_CHECK;
void mood_tables_free(MoodTables *tables);

/* Of one axis: Pearson's correlation of estimates with ratings, the root of the mean squared error,
 * and how often the sign is right. */
typedef struct MoodScore {
    double correlation, deviation, sign;
} MoodScore;

/* Scores estimates (n, MOOD_AXES) against ratings, per axis. */
void mood_score(const float *estimates, const float *ratings, int n, MoodScore scores[MOOD_AXES]);

#endif
