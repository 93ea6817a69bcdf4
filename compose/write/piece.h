/* piece.h: a whole piece as a song, to be written into a file.
 *
 * Under a policy that moves the mood, the piece may pass from one quadrant of valence and arousal
 * to another. The mode of a token sequence is fixed, so each quadrant gets a section of its own, a
 * sequence that keeps grid, meter and tonic of the one before (a minor section is followed by one
 * in major on the same tonic); the mood moves on within sections bar by bar, and only the last
 * section has the ending. */
#ifndef COMPOSE_WRITE_PIECE_H
#define COMPOSE_WRITE_PIECE_H

#include "compose/write/composer.h"
#include "datasets/music/song.h"

typedef struct PieceSettings {
    ComposerSettings composer; /* with a length */
    Mood felt;
    MoodPolicy policy;
    int program; /* General MIDI, 0 = grand piano */
} PieceSettings;

/* The composer's seed for an emotion: each has chances of its own, the same alone as among all
 * seven. */
uint64_t piece_seed(uint64_t seed, Emotion emotion);

/* Composes a finished song (free with song_free). Its tempo is exactly the wished one. NULL when
 * the prime does not fit (composer_begin) or memory is out. */
Song *piece_compose(Composer *composer, const PieceSettings *settings, Error *error);

#endif
