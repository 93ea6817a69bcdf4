#include "datasets/audio/wav_file.h"

#include <math.h>
#include <string.h>

enum { CHANNELS = 2, FRAME_BYTES = 2 * CHANNELS, CHUNK = 1024 };

static void put(unsigned char *at, uint32_t value, int bytes) {
    for (int i = 0; i < bytes; i++)
        at[i] = (unsigned char)(value >> 8 * i);
}

void wav_header(unsigned char header[WAV_HEADER], int rate, uint32_t data) {
    memcpy(header, "RIFF____WAVEfmt ", 16);
    put(header + 4, WAV_HEADER - 8 + data, 4);
    put(header + 16, 16, 4);
    put(header + 20, 1, 2); /* PCM */
    put(header + 22, CHANNELS, 2);
    put(header + 24, (uint32_t)rate, 4);
    put(header + 28, (uint32_t)rate * FRAME_BYTES, 4);
    put(header + 32, FRAME_BYTES, 2);
    put(header + 34, 16, 2);
    memcpy(header + 36, "data", 4);
    put(header + 40, data, 4);
}

void wav_samples(const float *samples, int frames, unsigned char *bytes) {
    for (int i = 0; i < frames * CHANNELS; i++)
        put(bytes + 2 * i, (uint16_t)lrintf(32767 * fminf(fmaxf(samples[i], -1), 1)), 2);
}

static int write_bytes(WavFile *file, const void *bytes, size_t count, Error *error) {
    return fwrite(bytes, 1, count, file->writer.stream) == count
               ? 0
               : error_errno(error, "cannot write %s", file->writer.path);
}

int wav_file_begin(WavFile *file, const char *path, int rate, Error *error) {
    unsigned char header[WAV_HEADER];
    file->rate = rate;
    file->frames = 0;
    if (file_begin(&file->writer, path, error))
        return -1;
    wav_header(header, rate, 0);
    if (!write_bytes(file, header, sizeof header, error))
        return 0;
    file_abandon(&file->writer);
    return -1;
}

int wav_file_add(WavFile *file, const float *samples, int frames, Error *error) {
    unsigned char bytes[CHUNK * FRAME_BYTES];
    uint64_t most = (UINT32_MAX - WAV_HEADER) / FRAME_BYTES;
    if (file->frames + (uint64_t)frames > most)
        return error_set(error, "%s: a WAV file holds no more than 4 GiB, %.1f hours of sound",
                         file->writer.path, (double)most / file->rate / 3600);
    for (int done = 0; done < frames;) {
        int count = frames - done < CHUNK ? frames - done : CHUNK;
        wav_samples(samples + (size_t)done * CHANNELS, count, bytes);
        if (write_bytes(file, bytes, (size_t)count * FRAME_BYTES, error))
            return -1;
        done += count;
    }
    file->frames += (uint64_t)frames;
    return 0;
}

int wav_file_commit(WavFile *file, Error *error) {
    unsigned char header[WAV_HEADER];
    wav_header(header, file->rate, (uint32_t)(file->frames * FRAME_BYTES));
    rewind(file->writer.stream);
    if (write_bytes(file, header, sizeof header, error)) {
        file_abandon(&file->writer);
        return -1;
    }
    return file_commit(&file->writer, error);
}

void wav_file_abandon(WavFile *file) {
    file_abandon(&file->writer);
}
