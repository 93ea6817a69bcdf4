/* audio_write.h: sound into a file, in the format that the ending of its name says.
 *
 * .wav is written here (16 bits); the others by FFmpeg's encoders: .flac (16 bits), .ogg (Vorbis),
 * .opus, .mp3, .m4a (AAC), .aac, .aiff. The same samples give the same bytes. */
#ifndef DATASETS_MEDIA_AUDIO_WRITE_H
#define DATASETS_MEDIA_AUDIO_WRITE_H

#include "datasets/media/stereo_sound.h"
#include "nn/base/error.h"

#include <stdbool.h>
#include <stddef.h>

/* "wav", "flac" …; NULL after the last. */
extern const char *const audio_write_formats[];

/* Whether the name ends as one of the formats, in capitals or not. */
bool audio_write_is_name(const char *path);

/* 0 where this build can write the format of the name, else -1 with what is missing. */
int audio_write_check(const char *path, Error *error) MUST_CHECK;

/* Writes the file, which appears whole or not at all. `title` is the tag, NULL for none. */
int audio_write(const StereoSound *sound, const char *path, const char *title,
                Error *error) MUST_CHECK;

/* The same as bytes in memory, which the caller frees; of `name` only the ending counts. */
int audio_encode(const StereoSound *sound, const char *name, const char *title,
                 unsigned char **bytes, size_t *size, Error *error) MUST_CHECK;

#endif
