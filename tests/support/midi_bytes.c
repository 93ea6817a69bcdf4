#include "tests/support/midi_bytes.h"

#include <stdlib.h>
#include <string.h>

void midi_put(MidiBytes *file, const void *bytes, size_t count) {
    if (file->size + count > file->room) {
        file->room = 2 * (file->size + count) + 256;
        file->bytes = realloc(file->bytes, file->room);
        if (!file->bytes)
            abort();
    }
    if (count)
        memcpy(file->bytes + file->size, bytes, count);
    file->size += count;
}

void midi_put_number(MidiBytes *file, uint32_t value, int bytes) {
    for (int i = bytes - 1; i >= 0; i--)
        midi_put(file, &(uint8_t){(uint8_t)(value >> 8 * i)}, 1);
}

void midi_put_quantity(MidiBytes *file, uint32_t value) {
    for (int shift = 21; shift > 0; shift -= 7)
        if (value >> shift)
            midi_put_number(file, (value >> shift & 0x7f) | 0x80, 1);
    midi_put_number(file, value & 0x7f, 1);
}

MidiBytes midi_bytes(int format, int tracks, int division) {
    MidiBytes file = {0};
    midi_put(&file, "MThd", 4);
    midi_put_number(&file, 6, 4);
    midi_put_number(&file, (uint32_t)format, 2);
    midi_put_number(&file, (uint32_t)tracks, 2);
    midi_put_number(&file, (uint32_t)division, 2);
    return file;
}

void midi_bytes_free(MidiBytes *file) {
    free(file->bytes);
    *file = (MidiBytes){0};
}

void midi_track(MidiBytes *file) {
    midi_put(file, "MTrk\0\0\0\0", 8);
    file->track = file->size;
}

void midi_track_close(MidiBytes *file) {
    size_t end = file->size;
    file->size = file->track - 4;
    midi_put_number(file, (uint32_t)(end - file->track), 4);
    file->size = end;
}

void midi_track_end(MidiBytes *file) {
    midi_event(file, 0, "\xff\x2f\0", 3);
    midi_track_close(file);
}

void midi_event(MidiBytes *file, uint32_t delta, const void *bytes, size_t count) {
    midi_put_quantity(file, delta);
    midi_put(file, bytes, count);
}

void midi_tempo(MidiBytes *file, uint32_t delta, uint32_t microseconds) {
    midi_event(file, delta, "\xff\x51\x03", 3);
    midi_put_number(file, microseconds, 3);
}

void midi_note(MidiBytes *file, uint32_t delta, uint32_t length, int pitch, int velocity) {
    uint8_t on[] = {0x90, (uint8_t)pitch, (uint8_t)velocity}, off[] = {0x80, (uint8_t)pitch, 64};
    midi_event(file, delta, on, 3);
    midi_event(file, length, off, 3);
}
