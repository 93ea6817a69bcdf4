/* audio.h: recorded sound and its tags, from any file that FFmpeg can open (MP3, FLAC, Ogg, Opus,
 * M4A, WAV …).
 *
 * Built without FFmpeg's libraries, audio_read fails and names the missing packages. Files are
 * untrusted: a decoder that crashes takes its process with it, so code that reads many files does
 * so in a child process (compose/library/analyst.h). */
#ifndef DATASETS_AUDIO_AUDIO_H
#define DATASETS_AUDIO_AUDIO_H

#include "nn/base/error.h"

#include <stdbool.h>

enum { AUDIO_TAG = 256, AUDIO_SEGMENTS = 8 };

/* A file's tags; "" and NAN where missing. In Ogg files these are the tags of the stream, in others
 * those of the file. */
typedef struct AudioTags {
    char title[AUDIO_TAG], artist[AUDIO_TAG], album[AUDIO_TAG], genre[AUDIO_TAG];
    char language[AUDIO_TAG], mood[AUDIO_TAG];
    float tempo; /* beats per minute: TBPM, BPM */
    float gain;  /* decibels: REPLAYGAIN_TRACK_GAIN */
} AudioTags;

/* Mono sound: one recording, or several concatenated excerpts. */
typedef struct Audio {
    float *samples; /* (count) about [-1, 1] */
    int rate;       /* samples per second */
    int count, n_segments;
    int segments[AUDIO_SEGMENTS]; /* where each begins */
    double seconds;               /* of the whole file */
    AudioTags tags;
} Audio;

typedef struct AudioSettings {
    int rate;     /* of the result, 8000 … 48000 */
    int excerpts; /* 0 reads the whole file, otherwise this many excerpts, evenly spread */
    double excerpt_seconds;
    double longest_seconds; /* of a whole file; the rest is ignored */
} AudioSettings;

/* Reads the first audio stream of the file; free with audio_free. Files no longer than the excerpts
 * are read whole. Damaged parts are skipped. */
int audio_read(const char *path, const AudioSettings *settings, Audio *audio,
               Error *error) MUST_CHECK;
void audio_free(Audio *audio);

/* Whether the name has the suffix of an audio file. */
bool audio_is_name(const char *path);

#endif
