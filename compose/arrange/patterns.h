/* patterns.h: accompaniment patterns, each for half a bar of eight sixteenths (in triple meters
 * only the first six are used, in 3/4 a half and the last beat of another). */
#ifndef COMPOSE_ARRANGE_PATTERNS_H
#define COMPOSE_ARRANGE_PATTERNS_H

#include <stdbool.h>
#include <stdint.h>

typedef enum ChordPattern {
    CHORDS_NONE,
    CHORDS_HELD,        /* one chord */
    CHORDS_QUARTERS,    /* struck on the beats */
    CHORDS_EIGHTHS,     /* repeated */
    CHORDS_OFFBEAT,     /* after the beats: oom-pah */
    CHORDS_AFTER_FIRST, /* on all beats of a waltz but the first: oom-pah-pah */
    CHORDS_HITS,        /* two short ones early */
    CHORDS_SYNCOPATED,  /* 3 + 3 + 2 */
    CHORDS_SPREAD,      /* the same, one or two notes at a time */
    CHORDS_BROKEN,      /* eighths up through the chord */
    CHORDS_ALBERTI,     /* eighths: lowest, highest, middle, highest */
    CHORDS_ROLLING,     /* sixteenths up and down */
    CHORDS_TREMOLO,     /* two notes in alternation, sixteenths */
    CHORDS_STABS,       /* one short chord, late */
    CHORD_PATTERNS
} ChordPattern;

typedef enum BassPattern {
    BASS_NONE,
    BASS_HELD,
    BASS_FIFTHS,  /* root, then fifth */
    BASS_EIGHTHS, /* root repeated */
    BASS_OCTAVES, /* root and its octave in turn */
    BASS_SYNCOPATED,
    BASS_WIDE_QUARTERS, /* root, fifth, tenth: broken chords over more than an octave */
    BASS_WIDE_EIGHTHS,
    BASS_WIDE_SIXTEENTHS,
    BASS_PATTERNS
} BassPattern;

typedef enum DrumPattern {
    DRUMS_NONE,
    DRUMS_BRUSHES, /* soft hi-hat quarters */
    DRUMS_POP,
    DRUMS_DRIVING,
    DRUMS_TOMS, /* low and sparse */
    DRUM_PATTERNS
} DrumPattern;

/* A stroke: its sixteenth in the half bar and its length in sixteenths; `notes` is a set of chord
 * notes by bit (0 the lowest of the voicing … 3, and for basses 0 root, 1 the fifth below, 2 the
 * octave, 3 the fifth above, 4 the tenth, 5 the twelfth), for drums a General MIDI key. */
typedef struct Stroke {
    uint8_t place, length, notes;
    int8_t loudness; /* added to the velocity */
} Stroke;

enum { PATTERN_STROKES = 8 };

typedef struct Pattern {
    int count;
    Stroke strokes[PATTERN_STROKES];
} Pattern;

extern const Pattern chord_patterns[CHORD_PATTERNS];
extern const Pattern bass_patterns[BASS_PATTERNS];
/* For the first and the second half of a bar. */
extern const Pattern drum_patterns[DRUM_PATTERNS][2];

#endif
