/* strokes.h: a song's notes as strikes and releases of keys, for a synthesizer.
 *
 * A note may last a little beyond the next one of the same pitch (an early onset, or a file's own
 * overlap). The synthesizer lets the older sound go when a key is struck again, but a release that
 * comes later would end the newer one: a Keyboard tells which releases are still due. */
#ifndef COMPOSE_SOUND_STROKES_H
#define COMPOSE_SOUND_STROKES_H

#include "datasets/music/song.h"

typedef struct Stroke {
    double time; /* seconds of the song */
    int note;    /* index */
    bool strike; /* or release */
} Stroke;

/* The (2 · n_notes) strokes of a finished song by time, releases before strikes, else in the order
 * of the notes. Free with free; NULL when out of memory. */
Stroke *strokes_of(const Song *song, Error *error);

enum { KEYBOARD_CHANNELS = 16, KEYBOARD_PITCHES = 128 };

/* For which note each key is down. A zeroed keyboard has no key down. */
typedef struct Keyboard {
    int held[KEYBOARD_CHANNELS][KEYBOARD_PITCHES]; /* 1 + the note's index, or 0 */
} Keyboard;

void keyboard_strike(Keyboard *keyboard, int channel, int pitch, int note);

/* Whether the end of a note releases its key, which then is up: not where the key was struck for
 * another note since. */
bool keyboard_release(Keyboard *keyboard, int channel, int pitch, int note);

#endif
