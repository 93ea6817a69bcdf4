/* cues.h: musical cues of each emotion, beyond valence and arousal.
 *
 * One table. The directions are those that listening experiments and performers agree on:
 *
 *   [JL] Juslin and Laukka, "Communication of emotions in vocal expression and music performance:
 *        different channels, same code?", Psychological Bulletin 129 (2003), tables 7 and 11:
 *        tempo, sound level and its variability, articulation, timing, register, mode by emotion.
 *   [EF] Eerola, Friberg and Bresin, "Emotional expression in music: contribution, linearity, and
 *        additivity of primary musical cues", Frontiers in Psychology 4 (2013), 487: mode, then
 *        tempo, register, dynamics, articulation, timbre; happy major, fast, high; sad minor, slow,
 *        low, soft; scary minor, low or extreme register, loud or very uneven.
 *   [GL] Gabrielsson and Lindström, "The role of structure in the musical expression of emotions",
 *        Handbook of Music and Emotion (2010): harmony, rests, range, rhythm.
 *
 * They rarely cover disgust or surprise: here disgust is slow, low, dissonant and halting ([GL]:
 * complex, dissonant harmony: unpleasantness), surprise fast, high, with jumps in loudness, chords
 * outside the key and sudden silence ([JL]: large variability; violated expectancy, Huron 2006).
 * The numbers are ours, chosen so that tempo and pattern together give the note rates of EMOPIA's
 * quadrants (affekt eval music). */
#ifndef COMPOSE_ARRANGE_CUES_H
#define COMPOSE_ARRANGE_CUES_H

#include "compose/arrange/patterns.h"
#include "compose/write/mood.h"

enum { CUES_CHOICES = 3, CUES_TENDER = EMOTION_COUNT, CUES_ROWS };

typedef struct Cues {
    const char *name;
    double slowest, fastest; /* quarter notes per minute, limits of the drawn tempo */
    double major;            /* probability of a major mode */
    int low, high;           /* the melody's range, semitones above the tonic near middle C */
    int accompaniment;       /* -1: chords and bass lie lower */
    int velocity, accent;    /* MIDI; accent of strong places */
    double uneven;           /* variation of loudness from phrase to phrase, MIDI velocity */
    double articulation;     /* held share of a melody note's duration: 1 = legato */
    double pedal;            /* probability that a piano's notes ring until the chord changes */
    double surprise;         /* probability of a chord from outside the key */
    double dark;             /* in minor: added to the logits of minor chords, and more to those of
                                diminished ones */
    double open;             /* probability that a phrase does not close with dominant and tonic */
    double chord_seconds;    /* least time between chord changes */
    double runs;             /* added to the logits of sixteenths between eighths */
    double eighths;          /* the same of eighths between quarters */
    double outside;          /* the same of melody notes outside the key */
    double leaps;            /* remaining share of the usual penalty on leaps */
    double silence;          /* probability of omitting the accompaniment in half a bar */
    double timing;           /* standard deviation of onsets, seconds */
    ChordPattern chords[CUES_CHOICES]; /* for a calm, a usual and a full section */
    BassPattern bass[CUES_CHOICES];
    DrumPattern drums;
} Cues;

/* One row for each emotion, and one (CUES_TENDER) for pleasant and calm, which none of the seven
 * is. */
extern const Cues cues_table[CUES_ROWS];

/* A mixture of rows: numbers by their weights (which need not sum to 1), patterns those of the
 * heaviest. */
Cues cues_mix(const double weights[CUES_ROWS]);

/* Cues on the way from one to another: numbers by the share 0 … 1 of the way, patterns those of the
 * nearer. */
Cues cues_between(const Cues *from, const Cues *to, double share);

/* The cues at a point in the plane: the nearest row, with tempo, loudness and articulation
 * interpolated by distance. */
Cues cues_at(Mood mood);

#endif
