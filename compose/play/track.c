#include "compose/play/track.h"

#include "compose/sound/audio_bend.h"
#include "compose/sound/song_sound.h"
#include "datasets/music/midi.h"

#include <math.h>
#include <stdlib.h>

struct Track {
    Song *song; /* of notes, and its sound; else … */
    SongSound *notes;
    AudioStream *recording; /* … a recording */
    TrackSettings settings;
    double seconds, heard;
    double tempo; /* times as fast as it is written */
    float gain;   /* factor */
};

/* ------------------------------------------------------------------ loudness */

static float factor(double decibels) {
    return (float)pow(10, decibels / 20);
}

/* ------------------------------------------------------------------ opening */

static Track *create(const TrackSettings *settings, Error *error) {
    Track *track = calloc(1, sizeof *track);
    if (!track)
        error_memory(error, "a song", sizeof *track);
    else
        *track = (Track){.settings = *settings, .tempo = 1, .gain = 1};
    return track;
}

static int open_notes(Track *track, Song *song, Error *error) {
    track->song = song;
    if (!song)
        return -1;
    if (!song->n_notes)
        return error_set(error, "this song has no notes");
    track->notes = song_sound_open(song, track->settings.soundfont, error);
    if (!track->notes)
        return -1;
    track->gain = song_sound_gain(track->notes, LIBRARY_LEVEL);
    track->seconds = song_sound_seconds(track->notes);
    return track->settings.bends ? track_bend(track, track->settings.bent, error) : 0;
}

static int open_recording(Track *track, const LibrarySong *song, Error *error) {
    const TrackSettings *settings = &track->settings;
    AudioBend bend = audio_bend_for(settings->bent, settings->strength);
    char graph[AUDIO_BEND_GRAPH];
    bend.drive = bend.echo = 0; /* those could not be changed later */
    track->recording = audio_stream_open(
        song->path, settings->bends ? audio_bend_graph(&bend, graph) : NULL, error);
    track->tempo = settings->bends ? bend.tempo : 1;
    track->gain = factor(library_song_gain(song));
    track->seconds = song->seconds > 0 ? song->seconds : 0;
    return track->recording ? 0 : -1;
}

Track *track_open(const LibrarySong *song, const TrackSettings *settings, Error *error) {
    Track *track = create(settings, error);
    if (!track)
        return NULL;
    int status = song->kind == MOOD_FROM_NOTES
                     ? open_notes(track, midi_read(song->path, error), error)
                     : open_recording(track, song, error);
    if (!status)
        return track;
    track_close(track);
    return NULL;
}

Track *track_of_song(Song *song, const TrackSettings *settings, Error *error) {
    Track *track = create(settings, error);
    if (track && !open_notes(track, song, error))
        return track;
    if (track)
        track_close(track);
    else
        song_free(song);
    return NULL;
}

void track_close(Track *track) {
    if (!track)
        return;
    song_sound_close(track->notes);
    song_free(track->song);
    audio_stream_close(track->recording);
    free(track);
}

/* ------------------------------------------------------------------ playing */

int track_read(Track *track, float *samples, int frames, Error *error) {
    int count = track->notes ? song_sound_read(track->notes, samples, frames)
                             : audio_stream_read(track->recording, samples, frames, error);
    for (int i = 0; i < count * SOUND_CHANNELS; i++)
        samples[i] *= track->gain;
    track->heard += count > 0 ? count * track->tempo / SOUND_RATE : 0;
    return count;
}

double track_seconds(const Track *track) {
    return track->seconds;
}

double track_heard(const Track *track) {
    return track->heard;
}

double track_left(const Track *track) {
    return fmax(track->seconds - track->heard, 0) / track->tempo;
}

void track_seek(Track *track, double seconds) {
    seconds = fmax(seconds, 0);
    if (track->seconds > 0)
        seconds = fmin(seconds, track->seconds);
    if (track->notes)
        song_sound_seek(track->notes, seconds);
    else
        audio_stream_seek(track->recording, seconds);
    track->heard = seconds;
}

bool track_is_of_notes(const Track *track) {
    return track->notes != NULL;
}

int track_bend(Track *track, Mood mood, Error *error) {
    if (!track->settings.bends)
        return 0;
    if (track->notes) {
        Bend bend = bend_for(mood, track->settings.strength);
        track->tempo = bend.tempo;
        return song_sound_bend(track->notes, &bend, error);
    }
    AudioBend bend = audio_bend_for(mood, track->settings.strength);
    track->tempo = bend.tempo;
    audio_bend_set(track->recording, &bend);
    return 0;
}
