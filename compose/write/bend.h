/* bend.h: makes an existing piece express another mood.
 *
 * By the cues that carry emotion in performance (Juslin and Laukka 2003, table 7; for mode and
 * register Gabrielsson and Lindstroem, "The role of structure in the musical expression of
 * emotions", 2010): tempo, level, register, articulation, the deviation of timing, instrument, and
 * the mode, by the scale degrees of the local key: thirds, sixths and sevenths move by a semitone.
 * Chromatic notes, drums, the order and the number of the notes are unchanged. */
#ifndef COMPOSE_WRITE_BEND_H
#define COMPOSE_WRITE_BEND_H

#include "compose/write/mood.h"
#include "datasets/music/song.h"

#include <stdint.h>

typedef struct Bend {
    double tempo;        /* factor */
    int semitones;       /* of the register */
    double velocity;     /* added, -127 … 127 */
    double articulation; /* factor for the length of each note */
    double rubato;       /* timing deviation as a share of a beat, 0 … 0.2 */
    int mode;            /* +1 to major, -1 to minor, 0 unchanged */
    int program;         /* General MIDI, -1 unchanged */
} Bend;

/* The table's row for a mood, at `strength` (0 … 1). Instruments are unchanged. */
Bend bend_for(Mood mood, double strength);

/* Named rows: "mild" is bend_for at half strength, "strong" at full, "fixed" has fixed factors:
 * happy 1.5 times as fast; sad 0.9 times and 4 semitones lower; angry 1.5 times and 5 higher; the
 * others as they are. NULL after the last. */
extern const char *const bend_presets[];

/* The row of a preset for an emotion. */
Bend bend_preset(const char *preset, Emotion emotion);

/* The local keys of a song, section by section. */
typedef struct BendKeys {
    SongKey *at; /* (count) */
    int count;
} BendKeys;

/* Free with bend_keys_free. */
int bend_keys_find(const Song *song, BendKeys *keys, Error *error) MUST_CHECK;
void bend_keys_free(BendKeys *keys);

/* The pitch of a note of the song under a bend; with zeroed keys its mode is unchanged. */
int bend_pitch(const BendKeys *keys, const Bend *bend, const SongNote *note);

/* Returns the bent piece (free with song_free), or NULL when out of memory. The input is finished
 * and is not changed. Where the mode is bent, the keys that the piece states are the local ones. */
Song *bend_song(const Song *song, const Bend *bend, Error *error);

#endif
