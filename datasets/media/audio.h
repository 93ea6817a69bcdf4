/* audio.h: recorded sound and its tags, from any file that FFmpeg can open (MP3, FLAC, Ogg, Opus,
 * M4A, WAV …).
 *
 * Built without FFmpeg's libraries, audio_read fails and names the missing packages. Files are
 * anyone's: a decoder that crashes takes its process with it, so that whoever reads many files does
 * so in a child process (compose/library/analyst.h). */
#ifndef DATASETS_MEDIA_AUDIO_H
#define DATASETS_MEDIA_AUDIO_H

#include "nn/base/error.h"

#include <stdbool.h>

enum { AUDIO_TAG = 256, AUDIO_SEGMENTS = 8 };

/* What a file says of itself; "" and NAN where it does not. In Ogg files the tags of the stream
 * count, in others those of the file. */
typedef struct AudioTags {
    char title[AUDIO_TAG], artist[AUDIO_TAG], album[AUDIO_TAG], genre[AUDIO_TAG];
    char language[AUDIO_TAG], mood[AUDIO_TAG];
    float tempo; /* beats a minute: TBPM, BPM */
    float gain;  /* decibels: REPLAYGAIN_TRACK_GAIN */
} AudioTags;

/* Mono sound, one piece or several excerpts, one after the other. */
typedef struct Audio {
    float *samples; /* (count) about [-1, 1] */
    int rate;       /* a second */
    int count, n_segments;
    int segments[AUDIO_SEGMENTS]; /* where each begins */
    double seconds;               /* of the whole file */
    AudioTags tags;
} Audio;

typedef struct AudioSettings {
    int rate;     /* of the result, 8000 … 48000 */
    int excerpts; /* 0 reads the whole file, else so many excerpts, evenly spread */
    double excerpt_seconds;
    double longest_seconds; /* of a whole file; what follows is left out */
} AudioSettings;

/* Reads the first audio stream of the file; free with audio_free. Files no longer than the excerpts
 * are read whole. Damaged parts are passed over. */
int audio_read(const char *path, const AudioSettings *settings, Audio *audio,
               Error *error) MUST_CHECK;
void audio_free(Audio *audio);

/* Whether the name ends as those of audio files do. */
bool audio_is_name(const char *path);

#endif
