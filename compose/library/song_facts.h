/* song_facts.h: what is read out of a song's file: how long it is, its key, tempo and loudness, its
 * tags, and the features from which its mood is estimated. MIDI files by our reader, audio files by
 * FFmpeg. */
#ifndef COMPOSE_LIBRARY_SONG_FACTS_H
#define COMPOSE_LIBRARY_SONG_FACTS_H

#include "datasets/media/audio.h"
#include "infer/music/mood_model.h"

enum { SONG_FAILURE = 256 };

/* One piece of memory without pointers, which a child process can send whole. */
typedef struct SongFacts {
    MoodSource kind;
    double seconds;
    float tempo;    /* quarter notes or beats a minute, NAN off the beat */
    float loudness; /* LUFS, NAN for MIDI */
    int tonic;      /* pitch class */
    bool minor;
    AudioTags tags;
    int n_features; /* 0 for a piece without pitched notes, or silence */
    float features[MUSIC_FEATURES];
    char failure[SONG_FAILURE]; /* why the rest says nothing; "" where all went well */
} SongFacts;

/* Whether the name is that of a song's file, and of which kind. */
bool song_is_name(const char *path, MoodSource *kind);

/* Reads the file; a failure is told in `facts`. */
void song_facts_read(const char *path, SongFacts *facts);

/* FNV-1a of the file's size, its first and its last 64 KiB: enough to tell songs apart, and quick.
 */
int song_hash(const char *path, int64_t *hash, Error *error) MUST_CHECK;

#endif
