/* midi_bytes.h: builds Standard MIDI Files byte by byte, valid or not.
 *
 *     MidiBytes file = midi_bytes(1, 2, 480);
 *     midi_track(&file);
 *     midi_event(&file, 0, "\x90\x3c\x50", 3);
 *     midi_event(&file, 480, "\x80\x3c\x40", 3);
 *     midi_track_end(&file);
 *     Song *song = midi_parse(file.bytes, file.size, "test", &error);
 *     midi_bytes_free(&file);
 */
#ifndef TESTS_SUPPORT_MIDI_BYTES_H
#define TESTS_SUPPORT_MIDI_BYTES_H

#include <stddef.h>
#include <stdint.h>

typedef struct MidiBytes {
    uint8_t *bytes;
    size_t size, room;
    size_t track; /* where the current track begins */
} MidiBytes;

/* A file of a header only. */
MidiBytes midi_bytes(int format, int tracks, int division);
void midi_bytes_free(MidiBytes *file);

void midi_put(MidiBytes *file, const void *bytes, size_t count);
void midi_put_number(MidiBytes *file, uint32_t value, int bytes);
void midi_put_quantity(MidiBytes *file, uint32_t value);

/* Begins a track; midi_track_close fills in its length, midi_track_end adds end-of-track before. */
void midi_track(MidiBytes *file);
void midi_track_close(MidiBytes *file);
void midi_track_end(MidiBytes *file);

/* A delta time and the raw bytes of an event. */
void midi_event(MidiBytes *file, uint32_t delta, const void *bytes, size_t count);
void midi_tempo(MidiBytes *file, uint32_t delta, uint32_t microseconds);
/* Note-on, and note-off `length` ticks later. */
void midi_note(MidiBytes *file, uint32_t delta, uint32_t length, int pitch, int velocity);

#endif
