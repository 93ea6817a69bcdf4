/* music_harmony.h: analysis of a piece's harmony, second by second.
 *
 * In each second the chord is the one closest to the sounding pitch classes: the greatest cosine of
 * the square roots of their durations with the chord's notes, with a small bonus where its root is
 * in the bass. Roots and basses are relative to the home of the key, the tonic of its major scale,
 * since major and relative minor are harder to distinguish than keys. Drums are ignored. */
#ifndef DATASETS_MEASURES_MUSIC_HARMONY_H
#define DATASETS_MEASURES_MUSIC_HARMONY_H

#include "datasets/music/song.h"

enum { HARMONY_QUALITIES = 11 }; /* triads, suspended and seventh chords, the bare fifth */

typedef struct MusicHarmony {
    SongKey key;
    int home; /* pitch class: the tonic of the major key with the same notes */
    /* Correlation with the best major key, with the best minor one; and how much better a major key
     * fits than a minor one: the best of each, those at home, those on the same tonic. */
    double major_fit, minor_fit, mode, mode_at_home, mode_on_tonic;
    /* How much closer the best major triad is than the best minor one, over the seconds. */
    double triad_mean, triad_deviation, triad_share;
    double qualities[HARMONY_QUALITIES]; /* seconds of each */
    double motions[12];                  /* chord changes by semitones from root to root */
    double change_rate;                  /* changes per second */
    int first_bass, last_bass;           /* semitones above home: the lowest notes of the first and
                                            of the last second */
} MusicHarmony;

/* Analyses a finished song. Fails when it has no pitched notes or memory runs out. */
int music_harmony(const Song *song, MusicHarmony *harmony, Error *error) MUST_CHECK;

#endif
