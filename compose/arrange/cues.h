/* cues.h: how each emotion sounds, beyond valence and arousal.
 *
 * One table. The directions are those on which listening experiments and performers agree:
 *
 *   [JL] Juslin and Laukka, "Communication of emotions in vocal expression and music performance:
 *        different channels, same code?", Psychological Bulletin 129 (2003), tables 7 and 11:
 * tempo, sound level and its variability, articulation, timing, register, mode by emotion. [EF]
 * Eerola, Friberg and Bresin, "Emotional expression in music: contribution, linearity, and
 *        additivity of primary musical cues", Frontiers in Psychology 4 (2013), 487: mode, then
 *        tempo, register, dynamics, articulation, timbre; happy major, fast, high; sad minor, slow,
 *        low, soft; scary minor, low or extreme register, loud or very uneven.
 *   [GL] Gabrielsson and Lindström, "The role of structure in the musical expression of emotions",
 *        Handbook of Music and Emotion (2010): harmony, rests, range, rhythm.
 *
 * Neither names disgust or surprise often: disgust is here slow, low, dissonant and halting ([GL]:
 * complex, dissonant harmony: unpleasantness), surprise fast, high, with leaps of loudness, chords
 * from outside the key and sudden silence ([JL]: large variability; expectancy broken, Huron 2006).
 * The figures themselves are ours, set so that tempo times pattern gives the notes a second of
 * EMOPIA's quadrants (affekt eval music). */
#ifndef COMPOSE_ARRANGE_CUES_H
#define COMPOSE_ARRANGE_CUES_H

#include "compose/arrange/patterns.h"
#include "compose/write/mood.h"

enum { CUES_CHOICES = 3, CUES_TENDER = EMOTION_COUNT, CUES_ROWS };

typedef struct Cues {
    const char *name;
    double slowest, fastest; /* quarter notes a minute, the pulse is drawn between */
    double major;            /* chance of a major mode */
    int low, high;           /* the melody's range, semitones above the tonic near middle C */
    int accompaniment;       /* octaves by which chords and bass are shifted */
    int velocity, accent;    /* MIDI; by how much strong places stand out */
    double uneven;           /* how much loudness changes from phrase to phrase, MIDI velocity */
    double articulation;     /* share of a melody note's time that it is held: 1 legato */
    bool pedal;              /* the accompaniment rings until the chord changes */
    double surprise;         /* chance that a chord comes from outside the key */
    double chord_seconds;    /* least time between changes of chord */
    double runs;             /* added to the logits of sixteenths between eighths */
    double leaps;            /* share of the usual reluctance to leap that is left */
    double silence;          /* chance that the accompaniment of half a bar is left out */
    double timing;           /* standard deviation of onsets, seconds */
    ChordPattern chords[CUES_CHOICES]; /* for a calm, a usual and a full section */
    BassPattern bass[CUES_CHOICES];
    DrumPattern drums;
} Cues;

/* One row for each emotion, and one (CUES_TENDER) for pleasant and calm, which no emotion of the
 * seven is. */
extern const Cues cues_table[CUES_ROWS];

/* A mixture of rows: numbers by their weights (which need not sum to 1), patterns those of the
 * heaviest. */
Cues cues_mix(const double weights[CUES_ROWS]);

/* The cues at a point of the plane: the row whose place is nearest, its tempo, loudness and
 * articulation mixed with the others' by distance. */
Cues cues_at(Mood mood);

#endif
