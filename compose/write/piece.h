/* piece.h: composes a whole piece as a song, for a file.
 *
 * Under a policy that moves the mood, the piece may pass from one quadrant of valence and arousal
 * to another. The mode of a token sequence is fixed, so each quadrant gets its own section, a
 * sequence that keeps grid, meter and tonic of the previous one (a minor section is followed by one
 * in major on the same tonic); within sections the mood changes bar by bar, and only the last
 * section has the ending. Where a section's last bar would leave too little for another, the
 * section lasts to the end of the piece. */
#ifndef COMPOSE_WRITE_PIECE_H
#define COMPOSE_WRITE_PIECE_H

#include "compose/write/composer.h"
#include "datasets/music/song.h"

typedef struct PieceSettings {
    ComposerSettings composer; /* with a length */
    Mood felt;
    MoodPolicy policy;
    MoodTaste taste; /* for this listener */
    int program;     /* General MIDI, 0 = grand piano */
} PieceSettings;

/* The composer's seed for an emotion, the same whether it is composed alone or among all seven. */
uint64_t piece_seed(uint64_t seed, Emotion emotion);

/* Composes a finished song (free with song_free). Its tempo is exactly the requested one. NULL when
 * the prime does not fit (composer_begin) or memory runs out. */
Song *piece_compose(Composer *composer, const PieceSettings *settings, Error *error);

#endif
