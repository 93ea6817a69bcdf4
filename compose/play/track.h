/* track.h: plays one song: notes by the synthesizer, recordings by FFmpeg, at equal loudness.
 *
 * A recording is adjusted to LIBRARY_LEVEL (library_song_gain), notes by a rendered excerpt of a
 * few seconds when the track opens. */
#ifndef COMPOSE_PLAY_TRACK_H
#define COMPOSE_PLAY_TRACK_H

#include "compose/library/library.h"
#include "compose/sound/sound_format.h"
#include "compose/write/mood.h"
#include "datasets/music/song.h"

typedef struct Track Track;

typedef struct TrackSettings {
    const char *soundfont; /* as for soundfont_find */
    bool bends;            /* whether track_bend has an effect … */
    double strength;       /* … and how much: 0 … 1 */
    Mood bent;             /* from the beginning */
} TrackSettings;

/* Opens a song of the library. Free with track_close. */
Track *track_open(const LibrarySong *song, const TrackSettings *settings, Error *error);

/* The same for a composed song, which the track then owns, even on failure. */
Track *track_of_song(Song *song, const TrackSettings *settings, Error *error);

void track_close(Track *track);

/* Writes the next frames, stereo of SOUND_RATE, into `samples` (frames, 2). Returns how many there
 * were, fewer only at the end; or -1. */
int track_read(Track *track, float *samples, int frames, Error *error) MUST_CHECK;

/* Seconds of the song as written or recorded, and those read so far; 0 where its length is unknown.
 */
double track_seconds(const Track *track);
double track_heard(const Track *track);
/* Seconds until its end at the current tempo. */
double track_left(const Track *track);

/* Continues at that second of the song, or at its end. */
void track_seek(Track *track, double seconds);

bool track_is_of_notes(const Track *track);

/* From now on it is bent to express this mood. */
int track_bend(Track *track, Mood mood, Error *error) MUST_CHECK;

#endif
