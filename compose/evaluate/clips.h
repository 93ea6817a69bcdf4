/* clips.h: sets of short pieces with known quadrants, real or generated, for comparison. */
#ifndef COMPOSE_EVALUATE_CLIPS_H
#define COMPOSE_EVALUATE_CLIPS_H

#include "compose/arrange/arranged_piece.h"
#include "compose/write/composer.h"
#include "datasets/corpus/music_corpus.h"
#include "datasets/measures/music_measures.h"
#include "infer/music/music_judge.h"
#include "nn/command_line/progress.h"

typedef struct Clip {
    MusicQuadrant quadrant;
    uint16_t *tokens; /* (count) of the whole piece */
    int count;
    const MusicEntry *entry; /* of a real one, else NULL */
    Song *song;              /* its first seconds */
    double measures[MUSIC_MEASURES];
    float features[MUSIC_FEATURES];
} Clip;

typedef struct Clips {
    Clip *list;
    int count;
} Clips;

void clips_free(Clips *clips);

/* The notes that begin in the first seconds of a song, cut off at their end (free with song_free);
 * NULL when out of memory. */
Song *clips_cut(const Song *song, double seconds, Error *error);

/* The labelled pieces of a corpus (by its index), each up to `seconds` (0 = all of it). */
int clips_of_corpus(const MusicCorpus *corpus, int index, double seconds, Clips *clips,
                    Error *error) MUST_CHECK;

/* Generates `per_quadrant` clips in each corner of valence and arousal; settings->seconds long:
 * performed ones, or if `lead` is not NULL arranged ones for piano, with the same sampling settings
 * and seed; their genre is then one of lead_styles, or ARRANGED_FREE. The same settings give the
 * same clips for any number of threads. */
int clips_generate(const MusicModel *model, const LeadModel *lead, const ComposerSettings *settings,
                   int per_quadrant, Clips *clips, Progress *progress, Error *error) MUST_CHECK;

#endif
