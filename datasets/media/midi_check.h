/* midi_check.h: validates the bytes of a Standard MIDI File before any library reads them.
 *
 * Files in the wild are truncated, padded and have wrong lengths, and libsmf 1.3 overflows, asserts
 * or becomes very slow on some of them. midi_check walks every chunk and every event with all
 * bounds checked and writes a clean file in memory with only the musical content, in the simplest
 * form that the standard allows: one MTrk per track with its correct length, a status byte in each
 * event (no running status), one end-of-track event. Kept are note-on, note-off, program change,
 * the sustain pedal (controller 64), all-sound-off and all-notes-off (120, 123), tempo, time
 * signature, key signature, track name, and the text that marks Affekt's own files; the rest is
 * dropped and its delta time added to the next event.
 *
 * Tempo and time signature are wrapped as sequencer-specific events (FF 7F: first payload byte is
 * the event's own type), since libsmf's tempo map takes quadratic time; datasets/music/midi.c
 * unwraps them.
 *
 * Repaired, with a note: a track without end-of-track, events after one (kept), other bytes after
 * one (dropped, without a note where they are zeros), a last track or event cut off by the end of
 * the file or its chunk, a wrong track count, bytes after the last chunk, tempo, time and key
 * signatures of a wrong size or value (dropped), values above 127 in controllers, programs, bends
 * and velocities (clamped to 127). Accepted: running status across meta events, a RIFF container
 * around the file (.rmi). Rejected: anything but a MIDI file, format 2, SMPTE divisions, division
 * 0, data bytes where a status byte must be, pitches above 127, lengths of more than four bytes,
 * more than the limits below.
 *
 * Source: Standard MIDI Files 1.0 (RP-001), MIDI Manufacturers Association 1996. */
#ifndef DATASETS_MEDIA_MIDI_CHECK_H
#define DATASETS_MEDIA_MIDI_CHECK_H

#include "nn/base/error.h"

#include <stddef.h>
#include <stdint.h>

enum {
    MIDI_FILE_LIMIT = 32 << 20,   /* bytes of a file */
    MIDI_TRACK_LIMIT = 4096,      /* tracks of a file */
    MIDI_EVENT_LIMIT = 1 << 20,   /* events kept, all tracks together */
    MIDI_TEMPO_LIMIT = 1 << 18,   /* tempo and time signature changes */
    MIDI_TICK_LIMIT = 0x7fffffff, /* length in ticks */
};

typedef struct MidiCheck {
    uint8_t *bytes; /* the clean file; free with midi_check_free */
    size_t size;
    int format;            /* 0 or 1, from the file */
    int ticks_per_quarter; /* 1 … 32767 */
    int n_tracks;          /* tracks found */
    size_t n_events;       /* events kept, not counting end-of-track */
    long n_controls;       /* pitch bends, pressure and controllers that were dropped */
    long n_texts;          /* lyrics, markers and other texts that were dropped */
    int n_repairs;
    char first_repair[160]; /* the first repair and its byte offset, "" for none */
} MidiCheck;

/* Checks `size` bytes; `name` is used in messages ("NAME: byte 123: …"). */
int midi_check(const uint8_t *bytes, size_t size, const char *name, MidiCheck *check,
               Error *error) MUST_CHECK;
void midi_check_free(MidiCheck *check);

#endif
