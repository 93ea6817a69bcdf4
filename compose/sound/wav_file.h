/* wav_file.h: writes a WAV file: SOUND_RATE frames per second, stereo, 16 bits. */
#ifndef COMPOSE_SOUND_WAV_FILE_H
#define COMPOSE_SOUND_WAV_FILE_H

#include "nn/base/file.h"

#include <stdint.h>

enum { SOUND_RATE = 44100, SOUND_CHANNELS = 2, WAV_HEADER = 44 };

/* The header for `data` bytes of samples. */
void wav_header(unsigned char header[WAV_HEADER], uint32_t data);

/* Samples (frames, SOUND_CHANNELS) in [-1, 1] in the file's format, 4 bytes per frame; values
 * outside are clipped. */
void wav_samples(const float *samples, int frames, unsigned char *bytes);

typedef struct WavFile {
    FileWriter writer;
    uint64_t frames; /* so far */
} WavFile;

/* The file appears under its name with wav_file_commit, completely or not at all. */
int wav_file_begin(WavFile *file, const char *path, Error *error) MUST_CHECK;

/* Adds samples as for wav_samples. Fails where the file would exceed the 4 GiB limit of WAV (6 h 45
 * min), or the disk is full. */
int wav_file_add(WavFile *file, const float *samples, int frames, Error *error) MUST_CHECK;

/* Both end the file. */
int wav_file_commit(WavFile *file, Error *error) MUST_CHECK;
void wav_file_abandon(WavFile *file);

#endif
