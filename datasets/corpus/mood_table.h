/* mood_table.h: songs with human ratings of their mood, as tables for training.
 *
 * Supported sources:
 *
 * - a folder with MIDI files and labels.csv (datasets/corpus/music_catalogue.h), for notes;
 * - a CSV whose columns are named like the features of datasets/audio/audio_features.h, for sound.
 * Common names from librosa are also accepted (rms, spectral, rolloff, MFCC), and columns
 * arousal_mean and valence_mean are means of ratings from 1 to 9, as in DEAM;
 * - a CSV with a column `file` (from the CSV's folder) and no features: audio files to be measured.
 *
 * Columns valence and arousal are in [-1, 1]. Means of many ratings cluster around the middle of
 * the scale: those from 1 to 9 are scaled by MOOD_RATING_GAIN and clamped to [-1, 1], to match the
 * plane of moods for composing (compose/write/mood.h). */
#ifndef DATASETS_CORPUS_MOOD_TABLE_H
#define DATASETS_CORPUS_MOOD_TABLE_H

#include "datasets/audio/audio_features.h"
#include "datasets/measures/music_features.h"

#include <stdint.h>

#define MOOD_RATING_GAIN 2

enum { MOOD_AXES = 2 };

typedef struct MoodTable {
    int n, room, inputs;
    float *x;                     /* (n, inputs) */
    float *y;                     /* (n, MOOD_AXES) valence, arousal */
    uint64_t *songs;              /* (n) rows of one song stay in one split */
    int features[AUDIO_FEATURES]; /* (inputs) of sound: which AudioFeature each is */
} MoodTable;

/* Notes and sound; initialise with zeros, free with mood_tables_free. */
typedef struct MoodTables {
    MoodTable notes, sound;
    long passed_over; /* files and rows that are unreadable or have no mood */
} MoodTables;

/* Reads a list of paths, with commas; unless quiet, shows the progress and notes what was passed
 * over. Fails when one has nothing usable, and when tables of sound have different columns. */
int mood_tables_read(MoodTables *tables, const char *paths, bool quiet, Error *error) MUST_CHECK;
void mood_tables_free(MoodTables *tables);

/* For one axis: Pearson correlation of estimates with ratings, root mean squared error, and the
 * share of correct signs. */
typedef struct MoodScore {
    double correlation, deviation, sign;
} MoodScore;

typedef struct MoodScores {
    MoodScore notes[MOOD_AXES], sound[MOOD_AXES];
} MoodScores;

/* Scores estimates (n, MOOD_AXES) against ratings, per axis. */
void mood_score(const float *estimates, const float *ratings, int n, MoodScore scores[MOOD_AXES]);

/* Prints those of the tables that have songs, to standard output: a line for each axis, or an
 * object. `songs` says what they are of, as in "songs, five folds". */
void mood_scores_print(const MoodTables *tables, const MoodScores *scores, const char *songs,
                       bool json);

#endif
