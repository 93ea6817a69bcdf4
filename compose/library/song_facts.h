/* song_facts.h: what is read from a song's file: length, key, tempo, loudness, tags, and the
 * features for estimating its mood. MIDI files by our reader, audio files by FFmpeg. */
#ifndef COMPOSE_LIBRARY_SONG_FACTS_H
#define COMPOSE_LIBRARY_SONG_FACTS_H

#include "datasets/audio/audio.h"
#include "infer/music/mood_model.h"

enum { SONG_FAILURE = 256 };

/* Without pointers, so that a child process can send it as is. */
typedef struct SongFacts {
    MoodSource kind;
    double seconds;
    float tempo;    /* quarter notes or beats per minute, NAN without a beat */
    float loudness; /* LUFS, NAN for MIDI */
    int tonic;      /* pitch class */
    bool minor;
    AudioTags tags;
    int n_features; /* 0 for a piece without pitched notes, or silence */
    float features[MUSIC_FEATURES];
    char failure[SONG_FAILURE]; /* why the rest is invalid; "" on success */
} SongFacts;

/* Whether the name is that of a song file, and its kind. */
bool song_is_name(const char *path, MoodSource *kind);

/* Reads the file; a failure is reported in `facts`. */
void song_facts_read(const char *path, SongFacts *facts);

/* Facts of which nothing is known but the kind, by the name. */
void song_facts_clear(const char *path, SongFacts *facts);

/* For facts from a process whose memory a decoder may have damaged: ends all texts, and makes a
 * failure of facts whose kind or number of features cannot be the file's. */
void song_facts_check(const char *path, SongFacts *facts);

/* FNV-1a of the file's size, its first and its last 64 KiB: enough to distinguish songs, and fast.
 */
int song_hash(const char *path, int64_t *hash, Error *error) MUST_CHECK;

#endif
