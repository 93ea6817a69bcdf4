/* genres.h: how each genre is arranged and performed, besides what the network writes for it.
 *
 * The cues (compose/arrange/cues.h) say what an emotion sounds like, a genre scales them and may
 * bring accompaniment of its own: a chorale is set for four voices with a chord on every beat, a
 * folk tune has held chords in root position under it, jazz a walking bass below chords with
 * sevenths, and swing, classical music an Alberti bass, mordents and applied dominants. Organs and
 * accordions have no dynamics of touch, and what is sequenced (classical music, games) no spread
 * within a chord. Pieces of no genre in particular are pop as a pianist performs it. */
#ifndef COMPOSE_ARRANGE_GENRES_H
#define COMPOSE_ARRANGE_GENRES_H

#include "compose/arrange/cues.h"
#include "datasets/music/lead_sheet.h"

enum { GENRE_FREE = -1 };

typedef enum Texture {
    TEXTURE_CUES,      /* the cues' patterns */
    TEXTURE_CHORALE,   /* four voices */
    TEXTURE_CLASSICAL, /* Alberti bass */
    TEXTURE_FOLK,      /* held chords in root position */
    TEXTURE_JAZZ,      /* walking bass and held chords with sevenths */
} Texture;

typedef struct Genre {
    Texture texture;
    double timing;           /* times the cues' timing deviations */
    double spread;           /* deviations within a chord, times those */
    double dynamics;         /* times the differences in loudness; 0 = always the same */
    double broken;           /* probability that chords are broken; below 0: by the player */
    double longest;          /* sixteenths that accompaniment holds a note, 0 = any */
    double runs, eighths;    /* added to the cues' */
    double chord_seconds;    /* the longest least time between chord changes, 0 = the cues' */
    double rubato;           /* deviations of the tempo, 1 = a tenth of it at the end of a phrase */
    double swing;            /* where the second half of a beat begins: 0.5 = straight */
    double pedal;            /* times the cues' probability of the pedal */
    double colour;           /* probability that a chord gets its seventh or ninth */
    double sevenths;         /* probability that a chord before one a fifth below becomes its
                                dominant seventh, where the melody allows */
    double surprise;         /* added to the cues' */
    double outside;          /* the same */
    int low, high;           /* the melody's range instead of the cues', where high is not 0 */
    double slowest, fastest; /* limits of the tempo, quarter notes per minute */
} Genre;

/* The row of a genre, an index into lead_styles or GENRE_FREE. */
const Genre *genre_row(int genre);

/* Cues as the genre moves them. */
Cues genre_cues(int genre, const Cues *cues);

/* A tempo within the genre's limits. */
double genre_tempo(int genre, double tempo);

/* The style that the network writes a genre's lead sheet in. */
int genre_style(int genre);

#endif
