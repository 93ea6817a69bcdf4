/* arranger_parts.h: a song in the making, for the files of the arranger only. */
#ifndef COMPOSE_ARRANGE_ARRANGER_PARTS_H
#define COMPOSE_ARRANGE_ARRANGER_PARTS_H

#include "compose/arrange/arranger.h"
#include "compose/arrange/genres.h"

enum { SIXTEENTH = ARRANGER_TICKS / 4, VOICES = 4, REACH = 16, BEAT = 4 };

typedef enum Part { MELODY, CHORDS, BASS, PADS, DRUMS, PARTS } Part;

typedef struct Instrument {
    const char *name; /* NULL: the ensemble has none */
    int program;      /* General MIDI, from 0 */
    int loudness;     /* added to the velocity */
} Instrument;

extern const Instrument arranger_instruments[ENSEMBLES][PARTS];

/* The chords' latest voicing, from below. */
typedef struct Voicing {
    int pitches[VOICES], count;
    int chord; /* -1 before the first */
} Voicing;

/* What the right hand adds below the melody on beats. */
typedef enum Doubling {
    DOUBLING_NONE,
    DOUBLING_OCTAVES,
    DOUBLING_CHORD, /* the next note of the chord but one */
    DOUBLINGS
} Doubling;

/* What a player does in the whole piece. */
typedef struct Habits {
    double pedal;    /* probability that half a bar is pedalled, times the cues' */
    double contrast; /* of the melody to the rest, MIDI velocity */
    double wobble;   /* standard deviation of a note's velocity */
    int height;      /* semitones by which chords and bass lie higher */
    float broken;    /* probability that a section's chords are broken where there is a choice */
    float wide;      /* probability that a section's left hand plays wide broken chords */
    Doubling doubling;
    double rubato;    /* slowing at the end of a phrase, times the usual */
    double drift;     /* standard deviation of a half bar's tempo */
    double blur;      /* probability that the pedal is held beyond a change */
    bool open;        /* chords have their second note an octave lower */
    float together;   /* probability that a note is exactly on its chord's time */
    float colour;     /* times the genre's probability of sevenths and ninths */
    bool low_octaves; /* the bass is doubled an octave lower */
    double lift;      /* seconds after a new chord that the pedal is lifted */
} Habits;

struct Arranger {
    const Arrangement *arrangement;
    const Genre *genre;
    Habits habits;
    const Cues *cues; /* of the bar at hand */
    double tempo;
    bool minor;
    Song *song;
    Error *error;
    int tracks[PARTS]; /* -1 where there is none */
    int places;        /* of a bar */
    int home;          /* MIDI pitch of the tonic that the sheet counts from */
    Voicing voicing;
    int line, bass; /* latest pitches of counter-melody and bass, 0 before the first */
    struct {
        Voicing voicing;
        int line, bass;
    } before; /* as the bar at hand began */
    int bar;
    Rng rng; /* of the bar */
    uint64_t drawn;
    double swell; /* loudness of the phrase */
    int pedal[2]; /* the place up to which each half's notes sound, 0 = no pedal */
    int failed;
};

/* ---- arranger.c ---- */

/* Whether a bar has three beats. */
bool arranger_is_waltz(const Arranger *arranger);
/* The place where a bar's half begins, 2 for the next bar's first; a waltz's second is its last
 * beat. */
int arranger_half(const Arranger *arranger, int half);

/* ---- performance.c ---- */

Habits arranger_habits(const Arrangement *arrangement);
/* Draws a bar's own random numbers, its phrase's loudness and its pedal. */
void arranger_begin_bar(Arranger *arranger, int bar, const ArrangementBar *how);
float arranger_chance(Arranger *arranger);
uint32_t arranger_tick(const Arranger *arranger, int bar, double place);
/* Adds a note at a place, performed. */
void arranger_note(Arranger *arranger, Part part, int bar, double place, double length, int pitch,
                   int loudness);
/* The same, but a part that sounds the pitch up to there goes on sounding it. */
void arranger_tied_note(Arranger *arranger, Part part, int bar, double place, double length,
                        int pitch);
uint8_t arranger_melody_program(const Arrangement *arrangement);
/* Writes by what factor each half bar of the piece is faster (2 · n_bars); the piece takes as long
 * as without. */
void arranger_rubato(const Arrangement *arrangement, double *factors);

/* ---- accompaniment.c ---- */

/* Half a bar in the patterns of the cues, or what a pianist plays instead. */
void arranger_patterns(Arranger *arranger, int bar, int half, int octave);
void arranger_classical(Arranger *arranger, int bar, int half, int octave, int fullness);
/* The last bar: one chord, held. */
void arranger_end(Arranger *arranger, int bar, int octave);

/* ---- voices.c ---- */

/* The voicing of a chord that moves least from the one before, around `center` and below `ceiling`;
 * `colour` adds a seventh or ninth and leaves the root to the bass. */
void arranger_voice(Arranger *arranger, int chord, int center, int ceiling, bool colour);
/* Four voices below the melody in quarters; held chords; a walking bass. */
void arranger_chorale(Arranger *arranger, int bar, int half, int octave);
void arranger_folk(Arranger *arranger, int bar, int half);
void arranger_jazz(Arranger *arranger, int bar, int half);
/* The chord of half a bar as the genre plays it, which may make it a dominant seventh. */
int arranger_chord(const Arranger *arranger, int bar, int half);
/* A line of long notes between melody and chords, for those who play pads. */
void arranger_counter_line(Arranger *arranger, int bar, int half, int octave);
/* What the melody sounds at a place of the bar, or -1. */
int arranger_melody_at(const Arranger *arranger, int bar, int place, int octave);

#endif
