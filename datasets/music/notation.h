/* notation.h: a song as it is written on staves: bars of notes, chords and rests on a grid of
 * sixteenths.
 *
 * A track is a part; one that spans more than a hand's range has two staves, parted at middle C. A
 * staff has one voice: what sounds on under the next note is written up to it (as music for a pedal
 * is), a note that is released a little early is written as long as it counts, with a dot above it
 * where it is short. Onsets between sixteenths go to the nearest. */
#ifndef DATASETS_MUSIC_NOTATION_H
#define DATASETS_MUSIC_NOTATION_H

#include "datasets/music/song.h"

enum { NOTATION_CHORD = 12, NOTATION_STAVES = 2 };

/* A note, a chord, or with n_pitches 0 a rest. Places count sixteenths from the beginning. */
typedef struct NotationEvent {
    int place, length;
    int n_pitches;
    uint8_t pitches[NOTATION_CHORD]; /* upwards; of drums, General MIDI keys */
    uint8_t velocity;
    bool staccato;
} NotationEvent;

typedef struct NotationStaff {
    NotationEvent *events; /* (n_events) without gaps, to the end of the last bar */
    int n_events;
    bool bass; /* the clef that fits */
} NotationStaff;

typedef struct NotationPart {
    const SongTrack *track;
    int channel;
    bool drums;
    NotationStaff staves[NOTATION_STAVES];
    int n_staves;
} NotationPart;

typedef struct NotationBar {
    int place, length;
    const SongMeter *meter; /* that begins here, else NULL */
    const SongKey *key;     /* likewise */
} NotationBar;

typedef struct Notation {
    const Song *song;
    NotationPart *parts; /* (n_parts): tracks with notes */
    NotationBar *bars;   /* (n_bars) */
    int n_parts, n_bars;
} Notation;

/* Writes a finished song down; it must outlive the notation (free with notation_free). Fails for a
 * song that is off the beat, has no notes, or has a meter that does not fit sixteenths. */
int notation_make(const Song *song, Notation *notation, Error *error) MUST_CHECK;
void notation_free(Notation *notation);

/* The sixteenth at a tick of the song. */
int notation_place(const Song *song, uint32_t tick);

#endif
