/* audio_write.h: writes sound to a file, in the format given by its suffix.
 *
 * .wav is written here (16 bits); the others by FFmpeg's encoders: .flac (16 bits), .ogg (Vorbis),
 * .opus, .mp3, .m4a (AAC), .aac, .aiff. The same samples give the same bytes. */
#ifndef DATASETS_AUDIO_AUDIO_WRITE_H
#define DATASETS_AUDIO_AUDIO_WRITE_H

#include "datasets/audio/stereo_sound.h"
#include "nn/base/error.h"

#include <stdbool.h>
#include <stddef.h>

/* "wav", "flac" …; NULL after the last. */
extern const char *const audio_write_formats[];

/* Whether the name has the suffix of one of the formats, ignoring case. */
bool audio_write_is_name(const char *path);

/* 0 if this build can write the format of the name, else -1 with what is missing. */
int audio_write_check(const char *path, Error *error) MUST_CHECK;

/* Writes the file, completely or not at all. `title` is the tag, NULL for none. */
int audio_write(const StereoSound *sound, const char *path, const char *title,
                Error *error) MUST_CHECK;

/* The same into memory, which the caller frees; only the suffix of `name` matters. */
int audio_encode(const StereoSound *sound, const char *name, const char *title,
                 unsigned char **bytes, size_t *size, Error *error) MUST_CHECK;

#endif
