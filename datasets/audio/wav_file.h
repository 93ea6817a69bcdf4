/* wav_file.h: writes a WAV file: stereo, 16 bits. */
#ifndef DATASETS_AUDIO_WAV_FILE_H
#define DATASETS_AUDIO_WAV_FILE_H

#include "nn/io/file.h"

#include <stdint.h>

enum { WAV_HEADER = 44 };

/* The header for `data` bytes of samples, `rate` frames per second. */
void wav_header(unsigned char header[WAV_HEADER], int rate, uint32_t data);

/* Samples (frames, 2) in [-1, 1] in the file's format, 4 bytes per frame; values
 * outside are clipped. */
void wav_samples(const float *samples, int frames, unsigned char *bytes);

typedef struct WavFile {
    FileWriter writer;
    int rate;
    uint64_t frames; /* so far */
} WavFile;

/* The file appears under its name with wav_file_commit, completely or not at all. */
int wav_file_begin(WavFile *file, const char *path, int rate, Error *error) MUST_CHECK;

/* Adds samples as for wav_samples. Fails where the file would exceed the 4 GiB limit of WAV (6 h 45
 * min at 44,100 Hz), or the disk is full. */
int wav_file_add(WavFile *file, const float *samples, int frames, Error *error) MUST_CHECK;

/* Both end the file. */
int wav_file_commit(WavFile *file, Error *error) MUST_CHECK;
void wav_file_abandon(WavFile *file);

#endif
