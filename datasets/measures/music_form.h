/* music_form.h: measures of form: repetition, harmonic and rhythmic change, and playability.
 *
 * The melody is the skyline: at each onset (notes within 50 ms) the highest note, unless a higher
 * one still sounds, be it by the pedal. Drums are ignored. */
#ifndef DATASETS_MEASURES_MUSIC_FORM_H
#define DATASETS_MEASURES_MUSIC_FORM_H

#include "datasets/music/song.h"

typedef enum FormMeasure {
    FORM_FIGURES,  /* share of melody notes inside a figure of 7 notes (6 intervals, and rhythm by
                      the rounded log2 of each onset interval to the one before) that recurs at least
                      3 s later; the later ones count */
    FORM_SEGMENTS, /* share of the 6 s segments that are similar to an earlier, non-overlapping 6 s:
                      Dice of the onsets and pitches on a grid of quarter seconds > .6 */
    FORM_CHORD_CHANGES, /* per second: changes of the best-fitting of 24 triads in each half second
                         */
    FORM_ONSET_VARIATION, /* coefficient of variation of the intervals between onsets, without those
                             over 2 s */
    FORM_ONSET_ENTROPY,   /* of the same intervals on a grid of 1/20 s, bits */
    FORM_REPEATED_NOTES,  /* share of melody notes with the pitch of the one before */
    FORM_NOTE_RATE,       /* notes per second */
    FORM_UNPLAYABLE, /* share of onsets that two hands cannot play: each has five fingers and spans
                        a tenth (16 semitones) */
    FORM_MEASURES
} FormMeasure;

/* "figures_again", "segments_again" … */
extern const char *const form_measure_names[FORM_MEASURES];

/* Measures `seconds` (0 = all) of a finished song from its first pitched note on. A measure without
 * enough music is NAN (such as segments in under 12 s). Fails when the song has no pitched notes or
 * memory runs out. */
int music_form(const Song *song, double seconds, double values[FORM_MEASURES],
               Error *error) MUST_CHECK;

#endif
