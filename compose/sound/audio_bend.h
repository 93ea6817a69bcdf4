/* audio_bend.h: makes recorded sound express another mood, by FFmpeg's filters.
 *
 * The graph comes from one table row: rubberband for tempo and pitch, shelves for bass and treble,
 * asoftclip for the distortion of anger, aecho for the distance of sadness, and a limiter. Built
 * without libavfilter, it fails and names the package. */
#ifndef COMPOSE_SOUND_AUDIO_BEND_H
#define COMPOSE_SOUND_AUDIO_BEND_H

#include "compose/sound/audio_stream.h"
#include "compose/write/bend.h"

#include <stddef.h>

typedef struct AudioBend {
    double tempo;        /* factor, pitch unchanged */
    double semitones;    /* tempo unchanged */
    double bass, treble; /* decibels */
    double drive;        /* 0 clean … 1 clipped softly */
    double echo;         /* 0 dry … 0.6 */
} AudioBend;

AudioBend audio_bend_for(Mood mood, double strength);
/* One of bend_presets. */
AudioBend audio_bend_preset(const char *preset, Emotion emotion);

/* The filter graph in FFmpeg's syntax. */
enum { AUDIO_BEND_GRAPH = 512 };
const char *audio_bend_graph(const AudioBend *bend, char text[AUDIO_BEND_GRAPH]);

/* Changes the bend of a song playing through such a graph; distortion and echo cannot change. */
void audio_bend_set(AudioStream *stream, const AudioBend *bend);

/* Reads an audio file, bends it and writes it as WAV (44,100 Hz, 16 bits, stereo), completely or
 * not at all; `*seconds` is its length. */
int audio_bend_file(const char *in, const char *out, const AudioBend *bend, double *seconds,
                    Error *error) MUST_CHECK;

#endif
