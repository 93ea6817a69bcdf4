#include "tests/support/wav.h"

#include "tests/support/scratch.h"
#include "tests/support/text.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { RATE = 44100 };

static void put(FILE *stream, uint32_t value, int bytes) {
    for (int i = 0; i < bytes; i++)
        fputc((int)(value >> 8 * i & 255), stream);
}

const char *wav_write(const char *name, const float *samples, int count, int channels) {
    const char *path = scratch_path(name);
    FILE *stream = fopen(path, "wb");
    uint32_t frame = 2 * (uint32_t)channels, bytes = (uint32_t)count * frame;
    ck_assert_ptr_nonnull(stream);
    fwrite("RIFF", 1, 4, stream);
    put(stream, 36 + bytes, 4);
    fwrite("WAVEfmt ", 1, 8, stream);
    put(stream, 16, 4);
    put(stream, 1, 2);
    put(stream, (uint32_t)channels, 2);
    put(stream, RATE, 4);
    put(stream, RATE * frame, 4);
    put(stream, frame, 2);
    put(stream, 16, 2);
    fwrite("data", 1, 4, stream);
    put(stream, bytes, 4);
    for (int i = 0; i < count * channels; i++)
        put(stream, (uint32_t)lrintf(32767 * samples[i]), 2);
    fclose(stream);
    return path;
}

const char *wav_write_tone(const char *name, double seconds, double hertz, double clicks) {
    int count = (int)(seconds * RATE);
    float *samples = calloc((size_t)count, sizeof *samples);
    ck_assert_ptr_nonnull(samples);
    for (int i = 0; i < count; i++) {
        double since = clicks > 0 ? fmod((double)i / RATE, 60 / clicks) : 0;
        samples[i] = (float)(0.5 * sin(2 * M_PI * hertz * i / RATE) * exp(-since / 0.01));
    }
    const char *path = wav_write(name, samples, count, 1);
    free(samples);
    return path;
}
