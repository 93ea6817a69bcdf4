/* song.h: a piece of music as plain arrays of notes, tempos, meters and keys.
 *
 * MIDI files are read into it (datasets/music/midi.h), tokens are encoded from it and decoded to it
 * (datasets/music/music_tokens.h), and it is what is drawn and written. Times are in ticks, with
 * seconds from the tempo map (120 quarter notes per minute by default).
 *
 * To build one: song_create, song_add_… in any order, song_finish; then read the arrays freely. */
#ifndef DATASETS_MUSIC_SONG_H
#define DATASETS_MUSIC_SONG_H

#include "nn/base/error.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    SONG_DRUM_CHANNEL = 9,           /* General MIDI: channel 10, counted from 0 */
    SONG_DEFAULT_TEMPO = 500000,     /* microseconds per quarter note */
    SONG_LONGEST_SECONDS = 24 * 3600 /* longer pieces are rejected */
};

typedef struct SongNote {
    uint32_t onset, release; /* ticks, release > onset: while the key is held */
    uint32_t sounding; /* tick ≥ release at which the sound ends: including the sustain pedal, cut
                          where the same key is struck again */
    double start, end; /* seconds of onset and release */
    double sound_end;  /* seconds of `sounding` */
    uint16_t track;    /* index into tracks */
    uint8_t pitch, velocity;  /* 0 … 127, 1 … 127; pitch 60 is middle C */
    uint8_t channel, program; /* 0 … 15, General MIDI 0 … 127 at the onset */
    bool drum;
} SongNote;

/* When a change takes place; tempos, meters and keys begin with one. */
typedef struct SongMoment {
    uint32_t tick;
    int order; /* private: as added */
} SongMoment;

typedef struct SongTempo {
    SongMoment at;
    uint32_t microseconds; /* per quarter note, 1 … 0xffffff */
    double seconds;        /* time of the tick */
} SongTempo;

typedef struct SongMeter {
    SongMoment at;
    int numerator, denominator;
} SongMeter;

typedef struct SongKey {
    SongMoment at;
    int tonic; /* pitch class, 0 = C */
    bool minor;
} SongKey;

typedef struct SongMarker {
    SongMoment at;
    bool chord;    /* the text is a chord's name, else a section's */
    char text[24]; /* "A", "Am" */
} SongMarker;

typedef struct SongTrack {
    char name[64];
    int program; /* at its first note, 0 when it has none */
    int notes, drum_notes;
} SongTrack;

/* The timing of a piece's notes: on its beats, or performed freely. */
typedef enum SongGrid { SONG_GRID_UNKNOWN, SONG_GRID_METRIC, SONG_GRID_PERFORMED } SongGrid;

typedef struct Song {
    int format; /* of the file, 1 for built songs */
    int ticks_per_quarter;
    SongGrid grid;       /* from the mark in Affekt's own files, else unknown */
    double lag;          /* where it is known: steps behind the grid (music_grid) */
    uint64_t seed;       /* with which Affekt composed it, 0 = unknown */
    SongTrack *tracks;   /* (n_tracks) */
    SongTempo *tempos;   /* (n_tempos) by tick, the first at tick 0 */
    SongMeter *meters;   /* (n_meters) by tick; none means 4/4 */
    SongKey *keys;       /* (n_keys) by tick */
    SongMarker *markers; /* (n_markers) by tick: names of sections and chords; in built songs, not
                            read from files */
    SongNote *notes;     /* (n_notes) by onset, then pitch */
    int n_tracks, n_tempos, n_meters, n_keys, n_markers, n_notes;
    uint32_t ticks;   /* last release */
    double seconds;   /* of the last release */
    long n_controls;  /* of the file, that a song has no place for: pitch bends, volume … */
    long n_texts;     /* likewise lyrics, markers … */
    int n_repairs;    /* by midi_check */
    char repair[160]; /* the first of them */
    int room[6];      /* private: capacity of the arrays */
} Song;

/* Returns an empty song, or NULL when out of memory. Free with song_free (NULL is fine). */
Song *song_create(int ticks_per_quarter);
void song_free(Song *song);

int song_add_track(Song *song, const char *name, Error *error) MUST_CHECK;
int song_add_tempo(Song *song, uint32_t tick, uint32_t microseconds, Error *error) MUST_CHECK;
int song_add_meter(Song *song, uint32_t tick, int numerator, int denominator,
                   Error *error) MUST_CHECK;
int song_add_key(Song *song, uint32_t tick, int tonic, bool minor, Error *error) MUST_CHECK;
/* Several may be at one tick. A long text is truncated. */
int song_add_marker(Song *song, uint32_t tick, const char *text, Error *error) MUST_CHECK;
int song_add_chord(Song *song, uint32_t tick, const char *name, Error *error) MUST_CHECK;
/* Needs onset, release, pitch, velocity, track, channel and program; `sounding` where it is later
 * than the release. */
int song_add_note(Song *song, SongNote note, Error *error) MUST_CHECK;

/* Sorts, drops repeated tempos and meters, computes times and track counts. Fails when the song is
 * longer than SONG_LONGEST_SECONDS or a note refers to a missing track. */
int song_finish(Song *song, Error *error) MUST_CHECK;

/* Seconds at a tick, and the tick (not rounded) at a time, of a finished song. */
double song_seconds(const Song *song, double tick);
double song_ticks(const Song *song, double seconds);

/* "C minor" */
const char *song_key_name(int tonic, bool minor);

/* Seconds for which each pitch class is held, at most two per note. */
void song_chroma(const Song *song, double chroma[12]);

/* How well each major (fits[0]) and minor key fits the song: the correlation of chroma with the
 * key's profile (Krumhansl and Schmuckler; profiles of Albrecht and Shanahan 2013). All 0 where all
 * pitch classes are equal. */
void song_key_fits(const double chroma[12], double fits[2][12]);

/* The key that fits the song's chroma best. C major for a song without pitched notes. */
SongKey song_estimate_key(const Song *song);

#endif
