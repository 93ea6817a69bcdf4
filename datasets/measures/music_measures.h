/* music_measures.h: simple statistics of a piece, for comparing sets of pieces.
 *
 * Definitions follow muspy's metrics (Dong et al., ISMIR 2020) where it has them. Beats are those
 * of the tempo map, bars those of the first meter; music that does not follow the beat has the
 * map's default of 120 per minute in 4/4, so that a "bar" is 2 seconds. Drums are ignored. */
#ifndef DATASETS_MEASURES_MUSIC_MEASURES_H
#define DATASETS_MEASURES_MUSIC_MEASURES_H

#include "datasets/music/song.h"

typedef enum MusicMeasure {
    MEASURE_PITCHES,             /* different pitches */
    MEASURE_PITCH_CLASSES,       /* different pitch classes */
    MEASURE_PITCH_RANGE,         /* semitones from lowest to highest */
    MEASURE_MEAN_PITCH,          /* MIDI pitch */
    MEASURE_INTERVAL,            /* mean distance between successive notes, semitones */
    MEASURE_NOTE_DENSITY,        /* notes per second */
    MEASURE_ONSET_INTERVAL,      /* mean seconds between onsets */
    MEASURE_NOTE_LENGTH,         /* mean seconds */
    MEASURE_VELOCITY,            /* mean MIDI velocity */
    MEASURE_VELOCITY_SPREAD,     /* and its standard deviation */
    MEASURE_POLYPHONY,           /* mean number of notes sounding while any does */
    MEASURE_PITCH_CLASS_ENTROPY, /* bits, at most 3.585 */
    MEASURE_SCALE_CONSISTENCY,   /* share of notes within the best of the 24 scales */
    MEASURE_GROOVE_CONSISTENCY,  /* 1 - mean Hamming distance of neighbouring bars' onsets, on 16
                                    places per bar */
    MEASURE_EMPTY_BEATS,         /* share of beats in which nothing sounds */
    MEASURE_TEMPO,               /* quarter notes per minute at the start; NAN without a beat */
    MEASURE_MAJOR,               /* 1 when the notes fit a major key best, else 0 */
    MUSIC_MEASURES
} MusicMeasure;

/* "pitches", "note_density" … */
extern const char *const music_measure_names[MUSIC_MEASURES];

/* Measures a finished song. Fails when it has no pitched notes or memory runs out. */
int music_measure(const Song *song, double values[MUSIC_MEASURES], Error *error) MUST_CHECK;

#endif
