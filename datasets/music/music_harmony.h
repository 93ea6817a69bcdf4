/* music_harmony.h: what a piece's harmony is made of, second by second.
 *
 * In each second the chord is the one whose notes the sounding pitch classes come closest to: the
 * greatest cosine of the square roots of their durations with the chord's notes, and a little more
 * where its root lies in the bass. Roots and basses are counted from the home of the key, the tonic
 * of its major scale: a key is more surely told than whether it or its relative is meant. Drums do
 * not count. */
#ifndef DATASETS_MUSIC_MUSIC_HARMONY_H
#define DATASETS_MUSIC_MUSIC_HARMONY_H

#include "datasets/music/song.h"

enum { HARMONY_QUALITIES = 11 }; /* triads, suspended and seventh chords, the bare fifth */

typedef struct MusicHarmony {
    SongKey key;
    int home; /* pitch class: the tonic of the major key with the same notes */
    /* Correlation with the best major key, with the best minor one; and by how much a major key
     * fits better than a minor one: the best of each, those at home, those on the same tonic. */
    double major_fit, minor_fit, mode, mode_at_home, mode_on_tonic;
    /* By how much the nearest major triad is nearer than the nearest minor one, over the seconds.
     */
    double triad_mean, triad_deviation, triad_share;
    double qualities[HARMONY_QUALITIES]; /* seconds of each */
    double motions[12];                  /* changes of chord by semitones from root to root */
    double change_rate;                  /* changes a second */
    int first_bass, last_bass;           /* semitones above home: the lowest notes of the first and
                                            of the last second */
} MusicHarmony;

/* Analyses a finished song. Fails when it has no pitched notes or memory is out. */
int music_harmony(const Song *song, MusicHarmony *harmony, Error *error) MUST_CHECK;

#endif
