/* midi.h: Standard MIDI Files in and out.
 *
 * Reading: the bytes pass datasets/media/midi_check.h, then libsmf splits the clean file into
 * events, and they become a Song here: notes paired first-on first-off within a track, channel and
 * pitch (so that overlapping notes of one pitch both survive), note-on with velocity 0 taken as
 * note-off, hanging notes ended with their track, programs and sustain pedal followed per channel
 * across tracks, times computed from the tempo map by binary search.
 *
 * Writing: format 1, a first track with tempo, meter and key, then the song's tracks, each with
 * name, programs and notes, held as long as they sound (the pedal is written into the
 * lengths); every note is released and no note-on falls into a sounding note of its
 * own channel and pitch. The file appears whole or not at all. */
#ifndef DATASETS_MUSIC_MIDI_H
#define DATASETS_MUSIC_MIDI_H

#include "datasets/music/song.h"

#include <stddef.h>

/* Returns the song (free with song_free) or NULL. `name` is used in messages. */
Song *midi_parse(const uint8_t *bytes, size_t size, const char *name, Error *error);
Song *midi_read(const char *path, Error *error);

/* Whether the path ends as the names of MIDI files that we write do: in .mid or .midi; and as those
 * that we read: also .kar (with lyrics), .rmi (in a RIFF container) or .smf. In capitals or not. */
bool midi_is_name(const char *path);
bool midi_is_name_to_read(const char *path);

/* Writes a finished song, in time that grows as its notes and changes do (but for sorting them): a
 * night of music is saved at once. Fails on a silence of 2^28 ticks, longer than the format can
 * say, and on what cannot be written. */
int midi_write(const Song *song, const char *path, Error *error) MUST_CHECK;

/* The same as bytes in memory, which the caller frees. */
int midi_encode(const Song *song, unsigned char **bytes, size_t *size, Error *error) MUST_CHECK;

#endif
