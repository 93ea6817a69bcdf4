/* notation.h: a song in staff notation: bars of notes, chords and rests on a grid of sixteenths.
 *
 * A track is a part; one that spans more than a hand's range has two staves, split at middle C. A
 * staff has one voice: a note that sounds beyond the next is written up to it (as in pedalled
 * music), a note released slightly early is written at its full length, with a staccato dot where
 * it is short. Onsets between sixteenths are rounded to the nearest. */
#ifndef DATASETS_MUSIC_NOTATION_H
#define DATASETS_MUSIC_NOTATION_H

#include "datasets/music/song.h"

enum { NOTATION_CHORD = 12, NOTATION_STAVES = 2 };

/* A note, a chord, or with n_pitches 0 a rest. Places count sixteenths from the beginning. */
typedef struct NotationEvent {
    int place, length;
    int n_pitches;
    uint8_t pitches[NOTATION_CHORD]; /* ascending; for drums, General MIDI keys */
    uint8_t velocity;
    bool staccato;
} NotationEvent;

typedef struct NotationStaff {
    NotationEvent *events; /* (n_events) without gaps, to the end of the last bar */
    int n_events;
    bool bass; /* bass clef */
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

/* Notates a finished song, which must outlive the notation (free with notation_free). Fails for a
 * song without a beat or notes, or with a meter that does not fit sixteenths. */
int notation_make(const Song *song, Notation *notation, Error *error) MUST_CHECK;
void notation_free(Notation *notation);

/* The sixteenth at a tick of the song. */
int notation_place(const Song *song, uint32_t tick);

#endif
