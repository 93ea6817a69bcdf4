/* arranger.h: a lead sheet as a song for an ensemble: melody, chords, bass, pads, drums.
 *
 * Driven by rules and the cues' tables (compose/arrange/cues.h), not by a network: the patterns of
 * a section follow from its fullness, chords move to the nearest voicing below the melody, bass and
 * chords that a pianist strikes together stay within a hand, and the performance has accents,
 * phrasing, rubato, pedal and small timing deviations, or what the genre has instead.
 *
 * Every part is a track with its own name and program. Bars and tempo are those of the sheet; the
 * last bar of more than two slows down. Markers name sections and chords. */
#ifndef COMPOSE_ARRANGE_ARRANGER_H
#define COMPOSE_ARRANGE_ARRANGER_H

#include "compose/arrange/cues.h"
#include "compose/arrange/genres.h"
#include "compose/arrange/plan.h"
#include "datasets/music/lead_sheet.h"
#include "datasets/music/song.h"

/* Per quarter note; and limits of the tempo, quarter notes per minute. */
enum { ARRANGER_TICKS = 480, ARRANGER_SLOWEST = 30, ARRANGER_FASTEST = 240 };

typedef enum Ensemble {
    ENSEMBLE_PIANO,
    ENSEMBLE_BAND,
    ENSEMBLE_STRINGS,
    ENSEMBLE_CHIPTUNE,
    ENSEMBLES
} Ensemble;

/* "piano", "band", "strings", "chiptune"; NULL after the last. */
extern const char *const ensemble_names[ENSEMBLES + 1];

/* How a bar is played. */
typedef struct ArrangementBar {
    Cues cues;
    double tempo; /* quarter notes per minute */
    bool minor;   /* the mode of its chord names */
} ArrangementBar;

typedef struct Arrangement {
    const LeadSheet *sheet;
    const Plan *plan;           /* of the sheet's bars */
    const ArrangementBar *bars; /* (n_bars); not needed for arranger_bar */
    Ensemble ensemble;
    int genre;         /* GENRE_FREE or an index into lead_styles (compose/arrange/genres.h) */
    int tonic;         /* pitch class */
    int program;       /* of the melody, -1: the ensemble's */
    const Song *given; /* a melody played unchanged, with its own tempos, instead of the sheet's
                          (ARRANGER_TICKS ticks per quarter), or NULL */
    bool steady;       /* no rubato */
    bool loops;        /* no slowing and no end: the last bar leads to the first */
    Rng rng;
} Arrangement;

/* Returns the finished song (free with song_free), or NULL when out of memory. */
Song *arranger_play(const Arrangement *arrangement, Error *error);

/* The same bar by bar, for music written while it plays. The arrangement must outlive it; only the
 * current bar of its sheet, the one before and the next are read. Free with arranger_destroy. */
typedef struct Arranger Arranger;
Arranger *arranger_create(const Arrangement *arrangement, Error *error);
void arranger_destroy(Arranger *arranger);

/* No note begins further from its place than this, in ticks, but for swing, which comes later. */
#define ARRANGER_STRAY (ARRANGER_TICKS / 10)

/* Replaces the song's notes by those of the bar, in ticks from the beginning of the piece. A bar
 * may be played again with another `how`. */
int arranger_bar(Arranger *arranger, int bar, const ArrangementBar *how, Error *error) MUST_CHECK;
/* The song, with notes in the order they were written; not finished. */
const Song *arranger_song(const Arranger *arranger);

/* The tempo of a piece's last bar, times that of its cues: less than 1 where it slows down. */
double arranger_last_tempo(int n_bars, bool loops);

/* "Am", "Bb7": a chord of a sheet in a key. */
void arranger_chord_name(int chord, int tonic, bool minor, char name[8]);

#endif
